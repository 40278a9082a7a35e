"""Stage 4: the same numbers in another precision, compiled, in two processes, on a GPU."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import map_leaves, size
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

N_STEPS = 3
N_TIMED = 30
_MAX_BFLOAT16 = 0.05  # relative L2 of the output; 8 bits of precision give 0.4 % an operation
_MIN_COSINE = 0.98  # of the gradient in bfloat16 and that in float32
_MAX_COMPILED = 1e-3  # relative; fused operations round in another order
_MAX_SHARDS = 1e-4  # relative
_MAX_GPU = 1e-2  # relative; TF32 keeps 10 bits
_MAX_STALL = 0.95  # of the time, where no limit is declared
_MAX_SECONDS = 120.0


def look_at(context: Context, net: Any, batch: Any) -> tuple[Any, float, Any]:
    """Return output, loss and whole gradient [P] of a network on a batch, without masks.

    Raises:
        CheckSkipped: loss_fn does not call the network as a module, or gives no gradient.
    """
    import torch  # noqa: PLC0415  heavy

    net.eval()
    for p in net.parameters():
        p.grad = None
    with probe.calm(), probe.same_draws(context.seed):
        loss, call = probe.look(context, net, batch)
    loss.float().backward()
    gradients = [
        probe.dense(p.grad.detach()).float().flatten()
        for p in net.parameters()
        if p.grad is not None
    ]
    if not gradients:
        raise CheckSkipped("no gradient in evaluation mode")
    return call.prediction.detach().float(), float(loss.detach()), torch.cat(gradients).cpu()


def trained_a_little(context: Context) -> tuple[Any, Any]:
    """Return a copy of the network after a few steps, and a batch.

    Raises:
        CheckSkipped: The network is not in float32.
    """
    state = context.fresh()
    context.steps(state, N_STEPS)
    net = probe.twin(context.net(state))
    if any(str(p.dtype) != "torch.float32" for p in net.parameters()):
        raise CheckSkipped("no network in float32")
    return net, context.batch(state)


def distance(one: Any, other: Any) -> float:
    """Return the relative L2 distance of two tensors."""
    return float((one - other).norm() / other.norm().clamp_min(1e-12))


def lower_precision_agrees(context: Context) -> Passed:
    """Compare float32 with bfloat16 under autocast: output, loss and gradient within a band."""
    import torch  # noqa: PLC0415  heavy

    net, batch = trained_a_little(context)
    whole = look_at(context, net, batch)
    try:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            half = look_at(context, net, batch)
    except RuntimeError as error:
        raise CheckSkipped(f"no bfloat16 for this network: {error}") from error
    off = distance(half[0], whole[0])
    cosine = float(torch.nn.functional.cosine_similarity(half[2], whole[2], dim=0))
    said = f"output off by {off:.2%}, loss {half[1]:.4g} for {whole[1]:.4g}, cosine {cosine:.4f}"
    if not (off <= _MAX_BFLOAT16 and cosine >= _MIN_COSINE):
        raise CheckFailed(
            expected=f"bfloat16 within {_MAX_BFLOAT16:.0%} of float32, gradients at cosine "
            f"{_MIN_COSINE}",
            found=said,
            causes=(
                "a difference of two large numbers, which leaves no digits",
                "sums, norms or losses in low precision that need float32",
            ),
            look="forward in model.py and loss_fn in train.py",
        )
    return Passed(said, {"bfloat16_off": off})


def compiled_agrees(context: Context) -> Passed:
    """Compile the network (torch.compile, inductor) and compare with the eager one."""
    import torch  # noqa: PLC0415  heavy

    if not any(shutil.which(name) for name in ("c++", "g++", "clang++", "cl")):
        raise CheckSkipped("no C++ compiler")
    net, batch = trained_a_little(context)
    eager = look_at(context, net, batch)
    began = time.perf_counter()
    own = net.forward
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the compiler's, of itself
            net.forward = torch.compile(own)
            compiled = look_at(context, net, batch)
    except Exception as error:
        raise CheckSkipped(f"no compiled form: {type(error).__name__}: {error}"[:300]) from error
    finally:
        net.forward = own
    seconds = time.perf_counter() - began
    off = max(distance(a, b) for a, b in ((compiled[0], eager[0]), (compiled[2], eager[2])))
    if not off <= _MAX_COMPILED:
        raise CheckFailed(
            expected=f"the compiled network within {_MAX_COMPILED:g} of the eager one",
            found=f"{off:.3g} off",
            causes=("a global or an attribute that changes between calls", "a draw in forward"),
            look="forward in model.py",
        )
    return Passed(f"{off:.2g} off, compiled in {seconds:.0f} s", {"compile_seconds": seconds})


def two_processes_agree(context: Context) -> Passed:
    """Train a step in two processes (DistributedDataParallel, gloo), each on half of a batch.

    The gradient in both is the mean of the halves' gradients.
    """
    import torch  # noqa: PLC0415  heavy

    found = list(replicas(context))
    off = distance(found[0]["gradient"], found[1]["gradient"])
    mean = (found[0]["own"] + found[1]["own"]) / 2
    error = distance(found[0]["gradient"], mean)
    if not max(off, error) <= _MAX_SHARDS:
        raise CheckFailed(
            expected=f"both processes with the mean of the halves' gradients, to {_MAX_SHARDS:g}",
            found=f"{off:.3g} from each other, {error:.3g} from the mean",
            causes=(
                "a part of the network that is called around the wrapper",
                "weights or draws that differ between the processes",
            ),
            look="setup and loss_fn in train.py",
        )
    whole = distance(mean, found[0]["whole"]) if torch.is_tensor(found[0]["whole"]) else 0.0
    note = "" if whole <= 10 * _MAX_SHARDS else f"; the whole batch's differs by {whole:.2g}"
    return Passed(f"two processes, {error:.2g} from the mean of the halves{note}")


def replicas(context: Context) -> Iterator[dict[str, Any]]:
    """Yield what each of two processes found.

    Raises:
        CheckSkipped: They do not come to an end, or the program cannot be wrapped.
    """
    import torch  # noqa: PLC0415  heavy

    file = Path(str(context.program.module.__file__))
    if not torch.distributed.is_available() or not file.is_file():
        raise CheckSkipped("no torch.distributed, or no file of the program")
    with tempfile.TemporaryDirectory() as folder:
        request = {
            "program": str(file), "seed": context.seed, "overrides": list(context.overrides),
        }  # fmt: skip
        (Path(folder) / "request.json").write_text(json.dumps(request), "utf-8")
        command = [sys.executable, "-m", "reprokit.checks.replica", folder]
        environ = {**os.environ, "OMP_NUM_THREADS": "1", "USE_LIBUV": "0"}
        processes = [
            subprocess.Popen(
                [*command, str(rank)], env=environ, text=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            )
            for rank in (0, 1)
        ]  # fmt: skip
        try:
            said = [process.communicate(timeout=_MAX_SECONDS)[1] for process in processes]
        except subprocess.TimeoutExpired as error:
            raise CheckSkipped(f"no end of two processes in {_MAX_SECONDS:.0f} s") from error
        finally:
            for process in processes:
                process.kill()
                process.wait()
        paths = [Path(folder) / f"{rank}.pt" for rank in (0, 1)]
        if not all(path.is_file() for path in paths):
            last = next((text.strip().splitlines()[-1] for text in said if text.strip()), "")
            raise CheckSkipped(f"no training in two processes: {last[:200]}")
        for path in paths:
            yield torch.load(path, weights_only=True)


def data_keep_up(context: Context) -> Passed:
    """Time the loop: which share of it waits for the next batch, and how many examples a second."""
    state = context.fresh()
    stream = iter(context.program.function("batches")(state))
    train_step = context.program.function("train_step")
    waited = worked = 0.0
    n = 0
    for number in range(N_STEPS + N_TIMED):
        began = time.perf_counter()
        batch = next(stream)
        got = time.perf_counter()
        float(train_step(state, batch))
        if number >= N_STEPS:
            waited += got - began
            worked += time.perf_counter() - got
            n += size(batch)
    share, rate = waited / (waited + worked), n / (waited + worked)
    declared = context.spec.get("max_data_stall")
    limit = float(declared) if isinstance(declared, int | float) else _MAX_STALL
    said = f"{share:.0%} of the time waits for data, {rate:.0f} examples a second"
    if share > limit:
        raise CheckFailed(
            expected=f"at most {limit:.0%} of the time to wait for data",
            found=said,
            causes=(
                "examples that are decoded or augmented one by one",
                "a loader that is made anew for every batch",
                "no workers where examples are slow",
            ),
            look="batches and the data in train.py",
        )
    return Passed(said, {"data_stall": share, "examples_per_second": rate})


def devices_agree(context: Context) -> Passed:
    """Compare the CPU with the GPU, where there is one: output and gradient."""
    import torch  # noqa: PLC0415  heavy

    if not torch.cuda.is_available():
        raise CheckSkipped("no CUDA device; CUDA_VISIBLE_DEVICES=0 shows the first one")
    net, batch = trained_a_little(context)
    ours = look_at(context, net, batch)
    moved = map_leaves(lambda leaf: leaf.cuda(), batch)
    theirs = look_at(context, net.cuda(), moved)
    off = max(distance(theirs[0].cpu(), ours[0]), distance(theirs[2], ours[2]))
    if not off <= _MAX_GPU:
        raise CheckFailed(
            expected=f"the GPU within {_MAX_GPU:g} of the CPU",
            found=f"{off:.3g} off",
            causes=("a tensor made on one device and used on another", "a kernel that draws"),
            look="forward in model.py",
        )
    return Passed(f"{off:.2g} off on {torch.cuda.get_device_name()}")
