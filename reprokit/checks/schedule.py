"""Stage 3: the learning rate over the whole training, held against the stated schedule."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reprokit.checks.batch import length, size
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_MAX_OFF = 0.06  # of the base rate; schedules differ by a step, and by where they end
_MAX_SHIFT = 2  # steps

# A schedule that holds for a part of the training has another form than those known here.
_PART = re.compile(r"half|third|last|cycl|restart|plateau|hold|flat")

Curve = Callable[[float], float]


def learning_rate_as_declared(context: Context) -> Passed:
    """Record the learning rate at every step of the training; it follows the stated schedule."""
    spec = context.spec
    if not any(spec.get(name) for name in ("lr_schedule", "lr_milestones", "warmup_steps")):
        raise CheckSkipped("no schedule in SPEC")
    run = context.trained()
    if not any(run.rates.values()):
        raise CheckSkipped("no record of the learning rates")
    problems = {}
    for net, trace in run.rates.items():
        rates = [max(groups) for groups in trace]
        curves = list(expected_curves(context, run.state, spec, len(rates)))
        if _PART.search(str(spec.get("lr_schedule", "")).casefold()):
            curves = []
        if not curves:
            raise CheckSkipped(f"no way to compute the schedule {spec.get('lr_schedule')!r}")
        base = spec.get(f"learning_rate_{net.casefold()}", spec.get("learning_rate"))
        base = float(base) if isinstance(base, int | float) else max(rates)
        off, name = min((distance(rates, base, curve), name) for name, curve in curves)
        if off > _MAX_OFF:
            problems[net] = (
                f"{off:.0%} of the base rate away from {name}: "
                f"{', '.join(f'{rates[int(i)]:.3g}' for i in spread(len(rates)))} over "
                f"{len(rates)} steps"
            )
    if problems:
        raise CheckFailed(
            expected=f"the stated schedule within {_MAX_OFF:.0%} of the base rate",
            found="; ".join(f"{net}: {problem}" for net, problem in problems.items()),
            causes=(
                "the scheduler is stepped by epochs and meant by steps, or the other way round",
                "warm-up is missing, or the scheduler is never stepped",
                "an integer division",
            ),
            look="the schedulers and train_step in train.py",
        )
    return Passed(f"{len(run.losses)} steps follow {spec.get('lr_schedule') or 'the milestones'}")


def spread(n: int) -> list[float]:
    """Return five places of a trace, from its first to its last."""
    return [i * (n - 1) / 4 for i in range(5)]


def distance(rates: list[float], base: float, curve: Curve) -> float:
    """Return the largest distance from a curve, in base rates; a few steps of shift are free."""
    n = len(rates)
    worst = 0.0
    for t, rate in enumerate(rates):
        near = [curve(u) for u in range(t - _MAX_SHIFT, t + _MAX_SHIFT + 1)]
        low, high = min(near), max(near)
        found = rate / base
        worst = max(worst, low - found, found - high)
    return worst if n else math.inf


def expected_curves(
    context: Context, state: Any, spec: Mapping[str, Any], n: int
) -> Iterator[tuple[str, Curve]]:
    """Yield what the schedule may mean, as factors of the base rate over steps."""
    warmup = spec.get("warmup_steps") or 0
    per_epoch = steps_per_epoch(context, state)
    stated = spec.get("steps")
    total = stated if isinstance(stated, int) else n
    for name, decay in decays(spec, total, per_epoch):
        for start in {0, warmup}:
            for every in {1, *per_epoch}:
                yield (
                    f"{name}" + (f" after {warmup} steps of warm-up" if warmup else ""),
                    with_warmup(decay, warmup, start, every),
                )


def with_warmup(decay: Curve, warmup: int, start: int, every: int) -> Curve:
    """Return a decay that begins at `start`, moves every so many steps, and warms up linearly."""

    def curve(t: float) -> float:
        if 0 < warmup > t:
            return max(t, 0) / warmup
        return decay((t - start) // every * every)

    return curve


def steps_per_epoch(context: Context, state: Any) -> list[int]:
    """Return how many steps an epoch may have: the last, smaller batch dropped or kept."""
    try:
        n, b = length(state.train), size(context.batch(state))
    except (CheckSkipped, AttributeError):
        return []
    return [max(1, n // b), max(1, -(-n // b))]


def decays(  # noqa: C901  a case a name
    spec: Mapping[str, Any], total: int, per_epoch: list[int]
) -> Iterator[tuple[str, Curve]]:
    """Yield the decays that a schedule's name may stand for."""
    name = str(spec.get("lr_schedule") or "").casefold()
    milestones, factor = spec.get("lr_milestones"), spec.get("lr_decay_factor")
    if isinstance(milestones, list | tuple) and isinstance(factor, int | float):
        for unit in {1, *per_epoch}:
            marks = [m * unit for m in milestones]
            if unit > 1 and marks[0] >= total:
                continue  # no milestone in the training: they are steps
            yield f"milestones {list(milestones)}", stepped(marks, float(factor))
    elif "cos" in name:
        ends = {total, total - (spec.get("warmup_steps") or 0)}
        for end in ends:
            for floor in floors(spec):
                yield "cosine", cosine(max(end, 1), floor)
    elif "linear" in name:
        for end in {total, total - (spec.get("warmup_steps") or 0)}:
            yield "linear", linear(max(end, 1))
    elif "sqrt" in name or "noam" in name or "rsqrt" in name:
        warmup = spec.get("warmup_steps") or 1
        yield "inverse square root", lambda t: min(1.0, math.sqrt(warmup / max(t, 1)))
    elif "exp" in name and isinstance(factor, int | float):
        for unit in {1, *per_epoch}:
            yield "exponential", exponential(float(factor), unit)
    elif name in ("constant", "none", "fixed", "") or "warm" in name:
        yield "constant", lambda _: 1.0


def floors(spec: Mapping[str, Any]) -> list[float]:
    """Return where a decay may end, in base rates: as stated, else where it usually does."""
    base = spec.get("learning_rate")
    for name in ("min_learning_rate", "lr_min", "min_lr", "eta_min"):
        value = spec.get(name)
        if isinstance(value, int | float) and isinstance(base, int | float):
            return [value / base]
    return [0.0, 0.01, 0.1]


def stepped(marks: list[int], factor: float) -> Curve:
    """Return a decay by a factor at each mark."""
    return lambda t: factor ** sum(t >= m for m in marks)


def cosine(end: int, floor: float) -> Curve:
    """Return a half cosine from 1 to a floor.

    I. Loshchilov and F. Hutter, SGDR (arXiv:1608.03983), equation 5.
    """
    return lambda t: floor + (1 - floor) * (1 + math.cos(math.pi * min(max(t, 0) / end, 1))) / 2


def linear(end: int) -> Curve:
    """Return a straight line from 1 to 0."""
    return lambda t: max(0.0, 1 - max(t, 0) / end)


def exponential(factor: float, unit: int) -> Curve:
    """Return a decay by a factor every so many steps."""
    return lambda t: factor ** (max(t, 0) // unit)
