"""Stage 3: what an evaluation says of a whole is the mean of what it says of its parts."""

from collections.abc import Sequence
from typing import Any

from reprokit.checks import statements
from reprokit.checks.batch import length, some_of
from reprokit.checks.context import Context
from reprokit.checks.evaluation import held_out, numbers
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_MIN_EXAMPLES = 60
_N_SINGLE = 6
_MAX_OFF = 1e-4  # relative; sums in float32 give 1e-6
# Metrics that are means over examples.
_MEANS = ("loss", "accuracy", "error", "error_rate", "mse", "mae", "nll", "cross_entropy")


def evaluation_adds_up(context: Context) -> Passed:
    """Evaluate two unequal parts of the held-out data, and both: a mean weighted by their sizes.

    The mean of the batches' means is another where the last batch is smaller. Nothing is said
    where single examples do not add up either: then an example's value depends on its place.
    """
    if unread := statements.says(context.spec, r"balanced|macro|per class|class.?wise"):
        raise CheckSkipped(f"no plain mean over examples, by SPEC's {unread}")
    state = context.trained().state
    dataset = held_out(state)
    n = length(dataset)
    if n < _MIN_EXAMPLES:
        raise CheckSkipped(f"no {_MIN_EXAMPLES} held-out examples")
    whole = reported(context, state, dataset, range(n))
    few = [reported(context, state, dataset, [i]) for i in range(_N_SINGLE)]
    names = [name for name in _MEANS if name in whole and all(name in r for r in few)]
    if not names:
        raise CheckSkipped("no metric that is a mean over examples")
    together = reported(context, state, dataset, range(_N_SINGLE))
    names = [m for m in names if is_same(together[m], sum(r[m] for r in few) / _N_SINGLE)]
    if not names:
        raise CheckSkipped("no single examples that add up: they depend on their place")
    cut = (n // 3) | 1
    parts = [(range(cut), cut), (range(cut, n), n - cut)]
    each = [(reported(context, state, dataset, rows), m) for rows, m in parts]
    off = {}
    for name in names:
        expected = sum(r[name] * m for r, m in each) / n
        if not is_same(whole[name], expected):
            off[name] = f"{name} {whole[name]:.6g} of the whole, {expected:.6g} of its parts"
    if off:
        raise CheckFailed(
            expected=f"the mean of {cut} and {n - cut} examples, weighted by their numbers",
            found="; ".join(off.values()),
            causes=(
                "a mean of means over batches, of which the last is smaller",
                "the last batch left out",
            ),
            look="evaluate in train.py",
        )
    return Passed(f"{', '.join(names)} of {n} examples, the mean of {cut} and {n - cut}")


def reported(context: Context, state: Any, dataset: Any, rows: Sequence[int]) -> dict[str, float]:
    """Return the metrics of some examples.

    Raises:
        CheckSkipped: The program's evaluation takes no part of the data, or counts otherwise.
    """
    try:
        part = dataset if len(rows) == length(dataset) else some_of(dataset, rows)
        found = numbers(context.program.function("evaluate")(state, part))
    except (AttributeError, TypeError, ValueError, LookupError, RuntimeError) as error:
        raise CheckSkipped("no evaluation of a part of the data") from error
    if found.get("n", len(rows)) != len(rows):
        raise CheckSkipped("no count of examples: n is of something else")
    return found


def is_same(one: float, other: float) -> bool:
    """Compare two means but for rounding."""
    return abs(one - other) <= _MAX_OFF * max(abs(other), 1e-3)
