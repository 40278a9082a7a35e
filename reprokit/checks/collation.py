"""From examples to a batch: nothing cut off, nothing mixed up, filled up with padding."""

from collections.abc import Sequence
from typing import Any

from reprokit.checks import augmentation
from reprokit.checks.batch import from_dataset, items, leaves, leaves_of, length, same
from reprokit.checks.context import Context
from reprokit.checks.evaluation import pollute
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_N_ITEMS = 48


def collate_keeps_the_examples(context: Context) -> Passed:
    """Put sequences together and look for each in the batch: whole, and with its own target.

    What varies in length is filled up with SPEC's pad_index, at one end, and with nothing else.
    """
    state = context.fresh()
    rows = range(min(length(state.train), _N_ITEMS))
    like = context.batch(state)
    pollute(1)
    read = [leaves_of(item) for item in items(state.train, rows)]
    place = varying(read)
    pollute(1)
    batch = leaves(from_dataset(context.program, state.train, list(rows), like))
    sequences = [item[place] for item in read]
    found, order = where(context, sequences, batch)
    for other in range(len(read[0])):
        numbers = [item[other] for item in read]
        if other != place and order and all(value.ndim == 0 for value in numbers):
            found = found or astray([float(value) for value in numbers], order, batch)
    if found:
        raise CheckFailed(
            expected="every example whole, filled up with padding, beside its own target",
            found=found,
            causes=(
                "a length limit that cuts examples off",
                "padded with another index than the padding's",
                "sequences sorted without their targets",
                "an index for unknown words that is the padding's",
            ),
            look="collate in train.py",
        )
    return Passed(f"{len(read)} sequences found whole in a batch, with their targets")


def varying(read: list[list[Any]]) -> int:
    """Return which part of the examples is a sequence whose length varies.

    Raises:
        CheckSkipped: None is.
    """
    if read and len({len(item) for item in read}) == 1:
        for place in range(len(read[0])):
            parts = [item[place] for item in read]
            if parts[0].ndim == 1 and len({len(part) for part in parts}) > 1:
                return place
    raise CheckSkipped("no sequences of different lengths")


def where(context: Context, values: Sequence[Any], tables: list[Any]) -> tuple[str, list[int]]:
    """Return what is wrong with sequences in a batch, and in which row each stands.

    Raises:
        CheckSkipped: They are not to be found.
    """
    n, longest = len(values), max(len(v) for v in values)
    pad = context.spec.get("pad_index")
    own = [t for t in tables if t.ndim == 2 and t.dtype == values[0].dtype]  # noqa: PLR2004
    for table in [t for t in (*own, *(t.T for t in own)) if t.shape[0] == n]:
        width = table.shape[1]
        places = [rows_with(v, table) for v in values]
        if not all(places):
            continue
        if width < longest:
            cut = sum(len(v) > width for v in values)
            is_stated = width in context.spec.values()
            return "" if is_stated else f"{cut} of {n} cut to {width}", []
        order = list(range(n)) if all(i in p for i, p in enumerate(places)) else [*first(places)]
        kinds = set().union(*(filling(v, table[i]) for v, i in zip(values, order, strict=True)))
        if isinstance(pad, int) and kinds - {pad}:
            return f"filled up with {sorted(kinds - {pad})[:3]}, and pad_index is {pad}", order
        inside = sum(bool((v == pad).any()) for v in values) if isinstance(pad, int) else 0
        return f"the padding's index {pad} inside {inside} examples" if inside else "", order
    raise CheckSkipped("no table in a batch that holds the examples")


def first(places: list[list[int]]) -> list[int]:
    """Return a row for each sequence, none twice where that can be."""
    taken: list[int] = []
    for rows in places:
        taken.append(next((row for row in rows if row not in taken), rows[0]))
    return taken


def rows_with(value: Any, table: Any) -> list[int]:
    """Return the rows that begin or end with a sequence, or with as much of it as they hold."""
    n = min(len(value), table.shape[1])
    start, end, tail = value[:n], value[len(value) - n :], table[:, table.shape[1] - n :]
    found = (table[:, :n] == start).all(1) | (tail == start).all(1) | (tail == end).all(1)
    return [int(row) for row in found.nonzero().flatten()]


def filling(value: Any, row: Any) -> set[int]:
    """Return what fills up a row that begins or ends with a sequence."""
    n = len(value)
    if bool((row[:n] == value).all()):
        return set(row[n:].tolist())
    return set(row[: len(row) - n].tolist())


def astray(ours: list[float], order: list[int], tables: list[Any]) -> str:
    """Return how many numbers stand in other rows than their sequences."""
    off = []
    for column in (t.flatten().tolist() for t in tables if t.numel() == len(ours)):
        if sorted(map(float, column)) == sorted(ours):
            pairs = zip(order, ours, strict=True)
            off.append(sum(float(column[row]) != value for row, value in pairs))
    least = min(off, default=0)
    return f"{least} of {len(ours)} beside another's target" if least else ""


def workers_draw_apart(context: Context) -> Passed:
    """Read one example again and again with two workers: they do not draw the same."""
    make_loader = context.program.function("make_loader")
    state = context.fresh()
    if isinstance(state.train, tuple | dict) or not hasattr(type(state.train), "__getitem__"):
        raise CheckSkipped("no dataset with items of its own")
    dataset = one_example(state.train)
    alone = first_batches(make_loader(dataset, 0, context.seed))
    if same(*alone):
        raise CheckSkipped("no draws in the dataset's items that two readings show")
    apart = first_batches(make_loader(dataset, 2, context.seed))
    again = first_batches(make_loader(dataset, 2, context.seed + 1))
    found = ""
    if same(*apart):
        found = "two workers draw the same"
    elif same(apart[0], again[0]):
        found = "a worker draws the same under another seed"
    if found:
        raise augmentation.failed("draws of its own for every worker and every epoch", found)
    return Passed("two workers draw apart")


def one_example(dataset: Any) -> Any:
    """Return a dataset of the same kind that gives its first example whatever is asked for."""
    import copy  # noqa: PLC0415  beside its use

    kind = type(dataset)
    own = kind.__getitem__
    names = {"__getitem__": lambda self, _: own(self, 0), "__module__": __name__}
    twin = copy.copy(dataset)
    try:
        twin.__class__ = type("OneExample", (kind,), names)
    except TypeError as error:
        raise CheckSkipped("no dataset with items of its own") from error
    return twin


def first_batches(loader: Any) -> tuple[Any, Any]:
    """Return the first two batches.

    Raises:
        CheckSkipped: There is only one.
    """
    stream = iter(loader)
    try:
        return next(stream), next(stream)
    except StopIteration as error:
        raise CheckSkipped("no second batch") from error
