"""Stage 3: held-out text that stands in the training text."""

from typing import Any

from reprokit.checks.batch import items, leaves_of, length
from reprokit.checks.outcome import CheckSkipped
from reprokit.checks.statistics import lower_bound, upper_bound

_GRAM = 12  # tokens
_MIN_GRAMS = 20
_MAX_ITEMS = 4000


def leaked_text(train: Any, held: Any) -> str:
    """Return how much of the held-out text stands in the training text, where it is too much.

    Stretches of 12 tokens that do not overlap, of the held-out text in each half of the training
    text, against those of one half in the other: text of little entropy repeats itself. Two
    Clopper-Pearson bounds at 1e-4 each.

    Raises:
        CheckSkipped: They are no texts, or too short.
    """
    ours, theirs = lines(train), lines(held)
    middle = sum(map(len, ours)) // 2
    halves: list[list[list[int]]] = [[], []]
    seen = 0
    for line in ours:
        cut = max(0, min(len(line), middle - seen))
        halves[0].append(line[:cut])
        halves[1].append(line[cut:])
        seen += len(line)
    known = [grams(half, 1) for half in halves]
    within, across = stretches(halves[1]), stretches(theirs)
    if len(within) < _MIN_GRAMS or len(across) < _MIN_GRAMS:
        raise CheckSkipped(f"no {_MIN_GRAMS} stretches of {_GRAM} tokens")
    natural = sum(gram in known[0] for gram in within)
    for part in known:
        found = sum(gram in part for gram in across)
        if lower_bound(found, len(across)) > upper_bound(natural, len(within)):
            return (
                f"{found} of {len(across)} stretches of {_GRAM} tokens stand in one half of the "
                f"training text; of its other half {natural} of {len(within)}"
            )
    return ""


def lines(dataset: Any) -> list[list[int]]:
    """Return the tokens of a dataset: one long line, or one for each example.

    Raises:
        CheckSkipped: It holds none.
    """
    import torch  # noqa: PLC0415  heavy

    if isinstance(dataset, torch.Tensor):
        read = [dataset] if dataset.ndim == 1 else list(dataset[:_MAX_ITEMS])
    else:
        rows = range(min(length(dataset), _MAX_ITEMS))
        read = [next(iter(leaves_of(item)), None) for item in items(dataset, rows)]
    if not read or any(t is None or t.ndim not in (1, 2) or t.is_floating_point() for t in read):
        raise CheckSkipped("no text: lines of whole numbers")
    return [line for t in read for line in (t if t.ndim == 2 else t[None]).tolist()]  # noqa: PLR2004


def grams(text: list[list[int]], stride: int) -> set[tuple[int, ...]]:
    """Return the different stretches of a text."""
    return {
        tuple(line[i : i + _GRAM]) for line in text for i in range(0, len(line) - _GRAM + 1, stride)
    }


def stretches(text: list[list[int]]) -> list[tuple[int, ...]]:
    """Return the stretches of a text one behind the other."""
    return [
        tuple(line[i : i + _GRAM]) for line in text for i in range(0, len(line) - _GRAM + 1, _GRAM)
    ]
