"""Stage 4: the same training, faster."""

import statistics
import time
from typing import Any

from reprokit.checks.context import Context
from reprokit.checks.evaluation import held_out
from reprokit.checks.generalize import predictions
from reprokit.checks.outcome import CheckFailed, Passed

BASELINE = "3_generalize"
N_CURVE_STEPS = 50
N_ROUNDS = 9
N_STEPS_A_ROUND = 40
N_WARM_STEPS = 5
N_STANDARD_ERRORS = 4.0  # two-sided false-alarm rate 6e-5


def same_loss_curve(context: Context) -> Passed:
    """Take the first steps of stage 3 and of stage 4; the curves lie within a band."""
    curves = []
    for stage in (BASELINE, context.stage):
        state = context.setup(stage=stage)
        curves.append([float(loss) for loss in context.steps(state, N_CURVE_STEPS)])
    difference = statistics.fmean(abs(a - b) for a, b in zip(*curves, strict=True))
    limit = context.threshold("max_curve_difference")
    if not difference <= limit:
        raise CheckFailed(
            expected=f"a mean difference of at most {limit:g} over {N_CURVE_STEPS} steps",
            found=f"{difference:.4g}",
            causes=(
                "a setting that changes the training, not only its speed",
                "another order of batches",
                "a precision too low for this network",
            ),
            look="conf/stage/4_optimize.yaml",
        )
    return Passed(f"mean difference {difference:.2g} over {N_CURVE_STEPS} steps")


def same_final_loss(context: Context) -> Passed:
    """Train both stages; the held-out loss is not worse by more than ratio and noise."""
    from torch.nn import functional  # noqa: PLC0415  heavy

    losses = []
    for stage in (BASELINE, context.stage):
        state = context.trained(stage).state
        logits, labels = predictions(state, held_out(state))
        losses.append(functional.cross_entropy(logits, labels, reduction="none"))
    before, after = losses
    worse = after - before
    noise = N_STANDARD_ERRORS * float(worse.std()) / len(worse) ** 0.5
    allowed = (context.threshold("max_final_loss_ratio") - 1) * float(before.mean())
    numbers = f"loss {float(after.mean()):.4f}, stage 3 {float(before.mean()):.4f}"
    if not float(worse.mean()) <= max(allowed, noise):
        raise CheckFailed(
            expected=f"at most {max(allowed, noise):.4f} above stage 3's held-out loss",
            found=numbers,
            causes=("an optimisation that changes the result", "training that depends on luck"),
            look="conf/stage/4_optimize.yaml",
        )
    return Passed(numbers, {"loss": float(after.mean())})


def not_slower(context: Context) -> Passed:
    """Time stage 3 and stage 4 in turn; the median ratio of the pairs reaches min_speedup."""
    timers = [paced(context, stage) for stage in (BASELINE, context.stage)]
    pairs = [[next(timer) for timer in timers] for _ in range(N_ROUNDS)]
    ratios = [before / after for before, after in pairs]
    speedup = statistics.median(ratios)
    rate = N_STEPS_A_ROUND / statistics.median(after for _, after in pairs)
    numbers = (
        f"{speedup:.2f} x stage 3 ({min(ratios):.2f} to {max(ratios):.2f}), {rate:.0f} steps/s"
    )
    limit = context.threshold("min_speedup")
    if speedup < limit:
        raise CheckFailed(
            expected=f"at least {limit:.2f} x the speed of stage 3",
            found=numbers,
            causes=("an optimisation that costs more than it saves here", "a busy machine"),
            look="conf/stage/4_optimize.yaml; try its settings one by one",
        )
    return Passed(numbers, {"speedup": speedup, "steps_per_second": rate})


def paced(context: Context, stage: str) -> Any:
    """Yield the seconds of one round of steps after another, endlessly."""
    state = context.setup(stage=stage)
    batches = context.program.function("batches")(state)
    train_step = context.program.function("train_step")
    for _ in range(N_WARM_STEPS):
        train_step(state, next(batches))
    while True:
        began = time.perf_counter()
        for _ in range(N_STEPS_A_ROUND):
            loss = train_step(state, next(batches))
        float(loss)  # waits for the device
        yield time.perf_counter() - began
