"""Seeds and checkpoints: the same bits again, and nothing forgotten."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reprokit.checks import probe, statements
from reprokit.checks.batch import length, same, size
from reprokit.checks.context import THE_END, Context
from reprokit.checks.evaluation import pollute
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

N_STEPS = 5
N_BEFORE_SAVE = 13
N_AFTER_SAVE = 8
N_AFTER_SAVE_RL = 40  # an episode ends, and a network is copied
_STAGED_BEFORE_SAVE = 37
_MAX_PER_EPOCH = 200  # batches
_MAX_SECONDS = 2.0  # to read batches in


def same_seed_same_training(context: Context) -> Passed:
    """Set up and train twice under one seed, other draws between: the same bits; else not."""
    runs = []
    for seed, disturbance in ((context.seed, 1), (context.seed, 2), (context.seed + 1, 1)):
        pollute(disturbance)
        state = context.at_seed(seed).fresh()
        start = probe.snapshot(state)["nets"]
        here = context.at_seed(seed)
        if context.program.family == "rl":
            here.learning(state)
        losses = [as_numbers(loss) for loss in here.steps(state, N_STEPS)]
        runs.append((start, losses, probe.snapshot(state)["nets"]))
    unlike = [
        what
        for what, a, b in zip(
            ("the first weights", "the losses", "the weights"), runs[0], runs[1], strict=True
        )
        if probe.differences(a, b)
    ]
    if unlike:
        raise seeds_failed("the same bits from the same seed", f"{', '.join(unlike)} differ")
    is_constant = statements.says(context.spec, r"init\w*: .*\b(all|every)\b.*(zero|constant)")
    if not probe.differences(runs[0][0], runs[2][0]) and not is_constant:
        raise seeds_failed("other weights from another seed", "the same weights")
    return Passed(f"{N_STEPS} steps, the same bits; another seed, other weights")


def as_numbers(loss: Any) -> Any:
    """Return what train_step gave as a number or a dict of them."""
    return {k: float(v) for k, v in loss.items()} if isinstance(loss, dict) else float(loss)


def seeds_failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of a seed that does not do what it should."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "setup does not seed what it draws from, or seeds it after the weights",
            "the order of batches comes from a global generator",
            "a seed that is written into the program",
        ),
        look="setup and batches in train.py",
    )


def bitwise_resume(context: Context) -> Passed:
    """Save in mid-epoch, go on; load, go on: the same bits, and every part of the state kept."""
    variants: list[tuple[str, ...]] = [()]
    if context.program.has_stages:
        variants.append(("loading=loader", "workers=2"))
    for overrides in variants:
        found = resume_differences(context, *overrides)
        if found:
            named = " ".join(overrides) or "as configured"
            raise CheckFailed(
                expected="the same bits after a resume as without one",
                found=f"{', '.join(found[:6])} differ ({named})",
                causes=(
                    "a part of the state is not saved: optimizer, scheduler, step, generators",
                    "the order of batches depends on more than seed and step, or starts again",
                    "random augmentation that depends on what was drawn before it",
                ),
                look="save and load",
            )
    return Passed(f"bit for bit over {N_AFTER_SAVE} steps after a resume in mid-epoch")


def resume_differences(context: Context, *overrides: str) -> list[str]:
    """Return what differs between a run that went on and one that was resumed."""
    save, load = (context.program.function(name) for name in ("save", "load"))
    state = context.setup(*overrides)
    if context.program.family == "rl":
        context.learning(state)
    stream = iter(context.program.function("batches")(state))
    train_step = context.program.function("train_step")
    for _ in range(_STAGED_BEFORE_SAVE if context.program.has_stages else N_BEFORE_SAVE):
        train_step(state, next(stream))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.pt"
        before = probe.snapshot(state)
        save(state, path)
        if not path.exists():
            raise CheckSkipped("no file at the path that save was given")
        if probe.differences(before, probe.snapshot(state)):
            return ["saving changes the state: it"]
        went_on = continued(context, state, stream)
        pollute()
        resumed_state = load(path)
    lost = probe.differences(before, probe.snapshot(resumed_state))
    if lost:
        return [f"{name} right after loading" for name in lost]
    again = iter(context.program.function("batches")(resumed_state))
    resumed = continued(context, resumed_state, again)
    return [
        what
        for what, a, b in zip(("losses", "learning rates", "state"), went_on, resumed, strict=True)
        if probe.differences(a, b)
    ]


def continued(
    context: Context, state: Any, batches: Iterator[Any]
) -> tuple[list[Any], list[Any], dict[str, Any]]:
    """Take steps; return the losses, the learning rates at each, and the state after."""
    losses, rates = [], []
    train_step = context.program.function("train_step")
    is_stepwise = context.program.family == "rl" and context.program.has("sample")
    for _ in range(N_AFTER_SAVE_RL if is_stepwise else N_AFTER_SAVE):
        rates.append([g["lr"] for o in state.optimizers.values() for g in o.param_groups])
        losses.append(as_numbers(train_step(state, next(batches))))
    return losses, rates, probe.snapshot(state)


def resumed_stream_goes_on(context: Context) -> Passed:
    """Save in mid-epoch and load; read on over the end of the epoch: the same batches.

    As by the stream that was begun at the start, read without training.
    """
    save, load = (context.program.function(name) for name in ("save", "load"))
    state = context.setup()
    width = max(1, size(context.batch(state)))
    per_epoch = -(-length(state.train) // width)
    if per_epoch > _MAX_PER_EPOCH:
        raise CheckSkipped(f"no epoch of at most {_MAX_PER_EPOCH} batches")
    stream = iter(context.program.function("batches")(state))
    train_step = context.program.function("train_step")
    for _ in range(max(1, min(per_epoch // 2, N_BEFORE_SAVE))):
        train_step(state, next(stream))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "checkpoint.pt"
        save(state, path)
        # one after the other: both may draw from the global generator, which load restores
        went_on = read_on(state, stream, 2 * per_epoch + 2)
        pollute()
        resumed = load(path)
    again = iter(context.program.function("batches")(resumed))
    for number, (one, other) in enumerate(
        zip(went_on, read_on(resumed, again, len(went_on)), strict=False)
    ):
        if not same(one, other):
            raise stream_failed(number, "another batch")
    return Passed(f"{len(went_on)} batches after a resume in mid-epoch, over its end")


def read_on(state: Any, stream: Iterator[Any], count: int) -> list[Any]:
    """Return further batches of a stream, read without training; fewer where time is up."""
    found: list[Any] = []
    ends_at = time.monotonic() + _MAX_SECONDS
    while len(found) < count and time.monotonic() < ends_at:
        batch = next(stream, THE_END)
        if batch is THE_END:
            break
        found.append(batch)
        state.step += 1
    return found


def stream_failed(number: int, what: str) -> CheckFailed:
    """Return the finding of a stream that goes on otherwise after a resume."""
    return CheckFailed(
        expected="the same batches after a resume as without one, in later epochs too",
        found=f"{what}, {number} batches after it",
        causes=(
            "what a resumed epoch leaves out is left out of every later one",
            "the order of a later epoch depends on where the stream was begun",
        ),
        look="batches in train.py",
    )


def workers_give_the_same_stream(context: Context) -> Passed:
    """Read the training data with no, one and two workers: the same batches in the same order."""
    make_loader = context.program.function("make_loader")
    state = context.fresh()
    if not items_repeat(state.train):
        raise CheckSkipped("no fixed items: the dataset draws at random")
    streams = [list(make_loader(state.train, workers, context.seed)) for workers in (0, 1, 2)]
    for workers, stream in enumerate(streams):
        is_same = len(stream) == len(streams[0]) and all(
            same(a, b) for a, b in zip(stream, streams[0], strict=True)
        )
        if not is_same:
            raise seeds_failed(
                "the same batches with any number of workers", f"others with {workers} workers"
            )
    pollute(2)
    if not all(same(a, b) for a, b in zip(make_loader(state.train, 0, context.seed), streams[0])):  # noqa: B905
        raise seeds_failed("the same batches from the same seed", "others after other draws")
    return Passed(f"{len(streams[0])} batches, the same with 0, 1 and 2 workers")


def items_repeat(dataset: Any) -> bool:
    """Return whether an item of a dataset is the same when it is asked for again."""
    try:
        return same([dataset[0]], [dataset[0]])
    except (TypeError, KeyError, IndexError, NotImplementedError) as error:
        raise CheckSkipped("no items by index: the dataset is a stream") from error
