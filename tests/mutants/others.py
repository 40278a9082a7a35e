"""Run other libraries' checks on the mutation suite, as generously wired as their documents allow.

    python -m pip install --no-deps torchtest==0.5 torchtest2==0.1.0 pytest-torch==1.1.1
    python tests/mutants/others.py

torchtest, torchtest2 and pytest-torch are called as they are; mltest is for TensorFlow 1, so its
default suite is ported here. Each gets what its calls can take: the net, the inputs of its first
call, the program's own loss, optimizer, step, save, load, reference and padding. A test counts for
a bug only where it passes on the clean program; an exception that is no assertion counts for none.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from suite import HERE, Variant, whole_suite

LIBRARIES = ("torchtest", "mltest (ported)", "torchtest2", "pytest-torch")
KEPT = HERE / ".mutants"
LIMIT = 180  # seconds for one program
N_STEPS = 8
N_BEFORE_SAMPLE = 200  # steps of an agent, so that its memory holds a batch
OVERFIT_RATE = 3e-3  # the default, 1e-2, is too high for the clean transformer
MAX_GAP = 1e-4  # of a float32 net from its float64 reference


@dataclass(frozen=True)
class Part:
    """One net of a program as a library takes it.

    Args:
        net: The module.
        optimizer: The optimizer of that net.
        inputs: The arguments of the net's first call in the loss.
        loss: The program's loss as a function of the net's output.
        is_whole: Whether `loss` runs the net itself and does not look at the output.
    """

    net: Any
    optimizer: Any
    inputs: tuple[Any, ...]
    loss: Callable[[Any], Any]
    is_whole: bool


def parts(program: ModuleType) -> Iterator[Part]:
    """Yield the nets of a program that are trained, wired."""
    state = program.setup(0)
    batch = next(iter(program.batches(state)))
    if program.FAMILY == "gan":
        real, noise = program.sample_real(16, None), program.sample_noise(16)
        nets = state.nets
        fake = nets["G"](noise).detach()
        losses = {
            "D": lambda _: program.d_loss(nets["D"], real, fake),
            "G": lambda _: program.g_loss(nets["D"], nets["G"](noise)),
        }
        for name, x in (("D", real), ("G", noise)):
            yield Part(nets[name], state.optimizers[name], (x,), losses[name], is_whole=True)
        return
    is_whole = program.FAMILY == "rl"
    if is_whole and hasattr(program, "sample"):
        for batch, _ in zip(program.batches(state), range(N_BEFORE_SAMPLE), strict=False):
            program.train_step(state, batch)  # an agent learns from what it has seen
        batch = program.sample(state)
    name = next(iter(state.optimizers))
    net, optimizer = state.nets[name], state.optimizers[name]
    subject = state if is_whole else net
    inputs = first_inputs(net, lambda: same_draws(lambda: program.loss_fn(subject, batch)))

    def loss(output: Any) -> Any:
        return same_draws(
            lambda: program.loss_fn(subject if is_whole else standing_for(net, output), batch)
        )

    yield Part(net, optimizer, inputs, loss, is_whole)


def first_inputs(net: Any, run: Callable[[], object]) -> tuple[Any, ...]:
    """Return the arguments of a net's first call in `run`."""
    seen: list[tuple[Any, ...]] = []
    handle = net.register_forward_pre_hook(lambda _, args: seen.append(args))
    run()
    handle.remove()
    return seen[0]


def same_draws(run: Callable[[], Any]) -> Any:
    """Run with the same random numbers each time."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(0)
        return run()


def standing_for(net: Any, output: Any) -> Any:
    """Return a callable that answers with an output and else is the net."""

    class Answer:
        def __call__(self, *_: object, **__: object) -> Any:
            return output

        def __getattr__(self, name: str) -> Any:
            return getattr(net, name)

    return Answer()


def torchtest(program: ModuleType) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the tests of torchtest 0.5's suite."""
    import torchtest as library

    for part in parts(program):
        # Its suite has two-element batches, whose first is the input; others need their own call.
        if len(part.inputs) == 1:
            batch = [part.inputs[0], part.inputs[0]]

            def suite(part: Part = part, batch: list[Any] = batch, **which: bool) -> None:
                loss = lambda output, _: part.loss(output)  # noqa: E731 a form the library wants
                library.test_suite(part.net, loss, part.optimizer, batch, **which)

            yield "vars_change", lambda s=suite: s(test_vars_change=True)
            yield "nan", lambda s=suite: s(test_nan_vals=True)
            yield "inf", lambda s=suite: s(test_inf_vals=True)


def mltest(program: ModuleType) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield mltest's default suite with torch's words for TensorFlow's."""
    import torch

    def variables_change() -> None:
        state = program.setup(0)
        held = [p for o in state.optimizers.values() for g in o.param_groups for p in g["params"]]
        everything = [p for net in state.nets.values() for p in net.parameters()]
        before = [p.detach().clone() for p in everything]
        program.train_step(state, next(iter(program.batches(state))))
        ids = {id(p) for p in held}
        for p, old in zip(everything, before, strict=True):
            assert torch.equal(p, old) != (id(p) in ids)

    yield "vars_change", variables_change
    for part in parts(program):
        output = part.net(*part.inputs)
        tensor = output if torch.is_tensor(output) else output[0]
        yield "nan", lambda t=tensor: _hold(not torch.isnan(t).any())
        yield "inf", lambda t=tensor: _hold(not torch.isinf(t).any())
        for i, x in enumerate(part.inputs):
            if torch.is_tensor(x) and not part.is_whole:
                yield f"input_{i}_matters", lambda p=part, i=i: _hold(_matters(p, i))


def _matters(part: Part, i: int) -> bool:
    import torch

    other = list(part.inputs)
    other[i] = other[i].flip(0)
    return not torch.equal(
        part.loss(part.net(*part.inputs)).detach(), part.loss(part.net(*other)).detach()
    )


def torchtest2(program: ModuleType) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield the checks of torchtest2 0.1.0; a warning is no failure."""
    import torchtest2 as library

    for i, part in enumerate(parts(program)):
        report = library.check_model(
            part.net, part.inputs, loss_fn=part.loss, optimizer=part.optimizer
        )
        for result in report.results:
            status = result.status.name
            yield f"{i} {result.name}", lambda s=status: _hold(s != "FAIL")


def pytest_torch(program: ModuleType) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what pytest-torch 1.1.1 has for a training program."""
    import pytest_torch as library

    for i, part in enumerate(parts(program)):
        net, inputs, loss = part.net, part.inputs, part.loss
        yield (
            f"{i} gradients",
            lambda n=net, x=inputs, f=loss: library.assert_gradients_finite(n, x, f),
        )
        yield (
            f"{i} all gradients",
            lambda n=net, x=inputs, f=loss: library.assert_all_params_receive_grad(n, x, f),
        )
        yield f"{i} coverage", lambda p=part: library.assert_optimizer_coverage(p.net, p.optimizer)
        yield (
            f"{i} deterministic",
            lambda n=net, x=inputs: library.assert_deterministic(n.eval(), x),
        )
        report = library.check_inference_contract(net.eval(), inputs, raise_on_failure=False)
        for result in report.results:
            yield f"{i} {result.name}", lambda r=result: _hold(r.status != "fail")
        if not part.is_whole:
            yield (
                f"{i} overfits",
                lambda n=net, x=inputs, f=loss: library.assert_overfits_one_batch(
                    n, x, f, lr=OVERFIT_RATE
                ),
            )
    yield from _pytest_torch_runs(program, library)


def _pytest_torch_runs(
    program: ModuleType, library: Any
) -> Iterator[tuple[str, Callable[[], object]]]:
    import torch

    def made(state: Any) -> Any:
        setup = library.TrainingSetup(
            torch.nn.ModuleDict(state.nets), state.optimizers, dict(state.schedulers)
        )
        setup.program_state = state
        return setup

    def step(setup: Any, _: object) -> Any:
        state = setup.program_state
        if getattr(setup, "stream_of", None) is not state:
            setup.stream_of, setup.stream = state, iter(program.batches(state))
        loss = program.train_step(state, next(setup.stream))
        return sum(loss.values()) if isinstance(loss, dict) else torch.as_tensor(loss)

    def load(setup: Any, path: Path) -> None:
        state = program.load(path)
        fresh = made(state)
        setup.__dict__.update(fresh.__dict__)

    def run() -> None:
        library.run_training(
            lambda: made(program.setup(0)), [0], step, steps=N_STEPS
        ).assert_healthy()

    yield "healthy run", run
    yield (
        "resume",
        lambda: library.assert_resume_equivalent(
            lambda: made(program.setup(0)),
            [0],
            step,
            steps=N_STEPS,
            save=lambda setup, path: program.save(setup.program_state, path),
            load=load,
        ),
    )
    if hasattr(program, "reference_forward"):
        yield "reference", lambda: _reference(program, library)


def _reference(program: ModuleType, library: Any) -> None:
    import torch

    part = next(parts(program))
    weights = {k: v.numpy().astype("float64") for k, v in part.net.state_dict().items()}
    expected = torch.as_tensor(program.reference_forward(weights, part.inputs[0].numpy())).float()
    library.assert_matches_reference(part.net.eval(), expected, part.inputs, atol=MAX_GAP)


def _hold(holds: object) -> None:
    assert holds


TESTS = dict(zip(LIBRARIES, (torchtest, mltest, torchtest2, pytest_torch), strict=True))


def failures(path: Path) -> dict[str, list[str]]:
    """Return the tests that fail on a program, by library; runs in a process of its own."""
    import importlib.util
    import warnings

    import torch

    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    spec = importlib.util.spec_from_file_location("program", path)
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    sys.modules["program"] = program
    spec.loader.exec_module(program)
    found: dict[str, list[str]] = {}
    for library, tests in TESTS.items():
        failed, ran = [], 0
        try:
            for name, test in tests(program):
                ran += 1
                try:
                    test()
                except Exception as error:  # noqa: BLE001  another library's test
                    wanted = (
                        isinstance(error, AssertionError) or "Exception" in type(error).__name__
                    )
                    failed.append(name if wanted else f"! {name} {error!r:.100}")
        except Exception as error:  # noqa: BLE001  it may fail before its first test
            failed.append(f"! {error!r:.200}")
        found[library] = [*failed, f"# {ran}"]
    return found


def run(variant: Variant, *, is_fresh: bool) -> dict[str, list[str]]:
    """Return `failures` of a variant, kept from an earlier run or found in a new process."""
    kept = KEPT / f"others-{variant.half}-{variant.name}.json"
    if kept.is_file() and not is_fresh:
        return dict(json.loads(kept.read_text("utf-8")))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{variant.program}.py"
        path.write_text(variant.source, encoding="utf-8")
        command = [sys.executable, __file__, "--one", str(path)]
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=LIMIT, check=True, text=True
            )
            found = json.loads(done.stdout.splitlines()[-1])
        except (subprocess.SubprocessError, IndexError) as error:
            found = {library: [f"! {error!r:.200}"] for library in LIBRARIES}
    KEPT.mkdir(exist_ok=True)
    kept.write_text(json.dumps(found), encoding="utf-8")
    return dict(found)


def main() -> int:
    """Print one table: bugs caught, correct rewrites flagged, clean programs flagged."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", type=Path)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("programs", nargs="*")
    args = parser.parse_args()
    if args.one:
        print(json.dumps(failures(args.one)))
        return 0
    chosen = [v for v in whole_suite() if not args.programs or v.program in args.programs]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda v: run(v, is_fresh=args.fresh), chosen))
    clean = {v.program: f for v, f in zip(chosen, found, strict=True) if v.kind == "clean"}
    counts: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for variant, failed in zip(chosen, found, strict=True):
        for library in LIBRARIES:
            known = set() if variant.kind == "clean" else set(clean[variant.program][library])
            new = [t for t in failed[library] if t[0] not in "!#" and t not in known]
            counts[library, f"{variant.kind} {variant.half}"].append(bool(new))
    columns = sorted({column for _, column in counts})
    print("library".ljust(20), *(c.rjust(15) for c in columns))
    for library in LIBRARIES:
        cells = [f"{sum(counts[library, c])} of {len(counts[library, c])}" for c in columns]
        print(library.ljust(20), *(c.rjust(15) for c in cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
