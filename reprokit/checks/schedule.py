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

# Every word of a schedule that is read here; another may make it another schedule.
_WORDS = frozenset(re.findall(r"[a-z]+", """
    anneal annealed annealing constant cos cosine decay decayed decaying decays each exp
    exponential exponentially fixed from full half inverse invsqrt last linear linearly lr
    milestones multi multistep multisteplr noam none of over rate root rsqrt run schedule second
    sqrt square step steplr steps the then training whole with and after by its initial learning
    for at end
"""))  # fmt: skip
_EVERY = ("lr_step_size", "lr_decay_every", "lr_decay_steps", "lr_step")

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
        if not curves:
            raise CheckSkipped(f"no way to compute the schedule {spec.get('lr_schedule')!r}")
        base = spec.get(f"learning_rate_{net.casefold()}", spec.get("learning_rate"))
        is_own = len(run.rates) == 1 or f"learning_rate_{net.casefold()}" in spec
        base = float(base) if is_own and isinstance(base, int | float) else max(rates)
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
    """Yield what a program's schedule may mean, as factors of the base rate over its steps."""
    stated = spec.get("steps")
    total = stated if isinstance(stated, int) else n
    yield from readings(spec, total, steps_per_epoch(context, state))


def readings(
    spec: Mapping[str, Any], total: int, per_epoch: list[int]
) -> Iterator[tuple[str, Curve]]:
    """Yield what a stated schedule may mean, as factors of the base rate over steps.

    None where the text has a word or a number that nobody here reads.
    """
    text = str(spec.get("lr_schedule") or "").casefold().replace("_", " ").replace("-", " ")
    warmup, text = warm_up(spec, text)
    share, text = last_value(text)
    if re.search(r"\d", text) or set(re.findall(r"[a-z]+", text)) - _WORDS:
        return
    if warmup is None:
        return
    ends = floors(spec) if share is None else [share]
    for name, decay in decays(spec, text, total, warmup, ends, per_epoch):
        for start in {0, warmup}:
            for every in {1, *per_epoch}:
                yield (
                    f"{name}" + (f" after {warmup} steps of warm-up" if warmup else ""),
                    with_warmup(decay, warmup, start, every),
                )


def warm_up(spec: Mapping[str, Any], text: str) -> tuple[int | None, str]:
    """Return the steps of warm-up and what is left of a schedule's text.

    None where a warm-up is stated and its length is not.
    """
    clause = re.search(r"(?:a |linear |with |after )*warm ?up(?: of| over| for| in)?", text)
    stated = spec.get("warmup_steps")
    number = re.search(r"warm ?up\D{0,20}?(\d+) ?(?:steps|updates|iterations)?", text)
    if clause:
        end = number.end() if number else clause.end()
        text = f"{text[: clause.start()]} {text[end:]}"
    if isinstance(stated, int) and not isinstance(stated, bool):
        return stated, text
    if number:
        return int(number.group(1)), text
    return (None if clause else 0), text


def last_value(text: str) -> tuple[float | None, str]:
    """Return what share of the base rate a schedule ends at, if it says so, and what is left."""
    shares = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1,
              "hundredth": 0.01}  # fmt: skip
    found = re.search(r"(?:down )?to (\d+(?:\.\d+)?) ?(?:%|per ?cent)", text)
    if found:
        return float(found.group(1)) / 100, text.replace(found.group(), " ")
    found = re.search(rf"(?:down )?to (?:an? |one )?({'|'.join(shares)})", text)
    if found:
        return shares[found.group(1)], text.replace(found.group(), " ")
    found = re.search(r"(?:down )?to (?:zero|0(?:\.0)?)(?!\.?\d)", text)
    if found:
        return 0.0, text.replace(found.group(), " ")
    return None, text


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
    except (CheckSkipped, AttributeError, LookupError):
        return []
    return [max(1, n // b), max(1, -(-n // b))]


def decays(  # noqa: C901  a case a name, and what it depends on
    spec: Mapping[str, Any],
    name: str,
    total: int,
    warmup: int,
    ends: list[float],
    per_epoch: list[int],
) -> Iterator[tuple[str, Curve]]:
    """Yield the decays that a schedule's name may stand for."""
    milestones, factor = spec.get("lr_milestones"), decay_factor(spec)
    every = next((spec[k] for k in _EVERY if isinstance(spec.get(k), int)), None)
    if isinstance(milestones, list | tuple) and factor is not None:
        for unit in {1, *per_epoch}:
            marks = [m * unit for m in milestones]
            if unit > 1 and marks[0] >= total:
                continue  # no milestone in the training: they are steps
            yield f"milestones {list(milestones)}", stepped(marks, factor)
    elif "cos" in name or "linear" in name:
        kind, shape = ("cosine", cosine) if "cos" in name else ("linear", linear)
        wait = total // 2 if re.search(r"second|last", name) and "half" in name else 0
        for length_ in {total, total - warmup, total - wait}:
            for floor in ends if "cos" in name else {0.0, *ends[:1]}:
                yield kind, later(shape(max(length_ if not wait else total - wait, 1), floor), wait)
    elif "sqrt" in name or "root" in name or "noam" in name:
        peak = warmup or 1
        yield "inverse square root", lambda t: min(1.0, math.sqrt(peak / max(t, 1)))
        yield "inverse square root", lambda t: min(1.0, math.sqrt(peak / max(t + peak, 1)))
    elif factor is not None and (every is not None or "exp" in name):
        for unit in {1, *per_epoch}:
            if unit == 1 or unit * (every or 1) < total:
                yield "steps", exponential(factor, unit * (every or 1))
    elif not name.strip() or re.search(r"constant|none|fixed", name):
        yield "constant", lambda _: 1.0


def decay_factor(spec: Mapping[str, Any]) -> float | None:
    """Return by what a stepped schedule multiplies, None where that is not stated."""
    for name in ("lr_decay_factor", "lr_gamma", "lr_decay", "lr_decay_rate"):
        if isinstance(spec.get(name), int | float):
            return float(spec[name])
    return None


def later(curve: Curve, wait: int) -> Curve:
    """Return a curve that begins after some steps at its first value."""
    return lambda t: curve(max(t - wait, 0))


def floors(spec: Mapping[str, Any]) -> list[float]:
    """Return where a decay may end, in base rates: as stated, else where it usually does."""
    base = spec.get("learning_rate")
    for name, value in spec.items():
        is_end = re.search(r"(min|final|end|last)", name) and re.search(
            r"learning_rate|\blr|_lr", name
        )
        if name == "eta_min" or is_end:
            if not isinstance(value, int | float) or not isinstance(base, int | float):
                continue
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


def linear(end: int, floor: float) -> Curve:
    """Return a straight line from 1 to a floor."""
    return lambda t: 1 - (1 - floor) * min(max(t, 0) / end, 1)


def exponential(factor: float, unit: int) -> Curve:
    """Return a decay by a factor every so many steps."""
    return lambda t: factor ** (max(t, 0) // unit)
