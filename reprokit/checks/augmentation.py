"""Augmentation: there as stated, drawn anew each time, apart for each worker, never held out."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import items, leaves_of, length, same, size
from reprokit.checks.context import Context
from reprokit.checks.data import rows_of, whole
from reprokit.checks.evaluation import held_out, pollute
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_MAX_ROWS = 20_000  # for two epochs
_MAX_SECONDS = 1.5
_N_EPOCHS = 3
_MAX_EPOCHS = 40
_MAX_BATCHES = 500
_MIN_ROWS = 16  # in a batch
_MORE = 1.02  # times as many different inputs as there are examples
_NONE = ("none", "no", "false", "")
_N_ITEMS = 300
_N_READ_AGAIN = 64
_MIN_ELEMENTS = 16
_MIN_COMMON = 20


def augmentation_as_declared(context: Context) -> Passed:
    """Count the different inputs of some epochs: more than examples where SPEC states so.

    And where all inputs of an epoch are changed alike, two epochs have either all or nothing in
    common: one draw for a whole epoch.
    """
    stated = context.spec.get("augmentation")
    if stated is None:
        raise CheckSkipped("no augmentation in SPEC")
    is_wanted = str(stated).casefold() not in _NONE
    state = context.fresh()
    n = length(state.train)
    epochs = epochs_of(context, state, n)
    different = len(set.union(*epochs))
    varies = different > _MORE * n or varies_in_the_step(context)
    if is_wanted and not varies:
        raise failed(
            f"augmented inputs ({stated!r}): other ones in every epoch",
            f"the same {different} inputs in {len(epochs)} epochs of {n}",
        )
    if not is_wanted and varies:
        raise failed("no augmentation", f"{different} different inputs of {n} examples")
    if is_wanted and (found := whole_batches(context, state)):
        raise failed("a draw of its own for every example", found)
    if is_wanted and (share := shared_draw(context, overlaps(epochs), n)):
        raise failed(
            "a draw of its own for every example",
            f"{share:.0%} of the inputs of one epoch come again in another, and none in most",
        )
    return Passed(f"{different} different inputs of {n} examples in {len(epochs)} epochs")


def failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of an augmentation that is not what it should be."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "the data are built without their augmentation",
            "the augmentation's generator is seeded without the epoch, or without the example",
            "workers that all draw the same",
        ),
        look="the data and batches in train.py",
    )


def epochs_of(context: Context, state: Any, n: int) -> list[set[Any]]:
    """Return the different inputs of each of some epochs.

    Raises:
        CheckSkipped: Two epochs are too long to be read.
    """
    if 2 * n > _MAX_ROWS:
        raise CheckSkipped(f"no two epochs within {_MAX_ROWS} examples")
    ends_at = time.monotonic() + _MAX_SECONDS
    epochs: list[set[Any]] = []
    for rows in whole_epochs(context, state, n):
        epochs.append(rows)
        if len(epochs) >= _N_EPOCHS or time.monotonic() > ends_at:
            break
    if len(epochs) < 2:  # noqa: PLR2004
        raise CheckSkipped("no two epochs in the time that there is")
    return epochs


def whole_epochs(context: Context, state: Any, n: int) -> Iterator[set[Any]]:
    """Yield the different inputs of one epoch after the other, without training."""
    stream = iter(context.program.function("batches")(state))
    start, taken = state.step, 0
    rows: set[Any] = set()
    seen = 0
    try:
        for batch in stream:
            taken += 1
            state.step = start + taken
            found = rows_of(batch, context.spec.get("pad_index"))
            rows |= {row[0] for row in found}
            seen += len(found)
            if seen + size(batch) > n:
                yield rows
                rows, seen = set(), 0
    finally:
        state.step = start


def overlaps(epochs: Sequence[set[Any]]) -> list[float]:
    """Return the share of inputs that each two epochs have in common."""
    return [
        len(one & other) / max(1, min(len(one), len(other)))
        for i, one in enumerate(epochs)
        for other in epochs[:i]
    ]


def shared_draw(context: Context, shares: Sequence[float], n: int) -> float:
    """Return which share of the inputs two epochs have in common where others have none; else 0.

    Only where whole epochs had nothing in common, or all: the first batches of more epochs are
    compared, as far as they hold the same examples.
    """
    if any(0.005 < share < 0.9 for share in shares):  # noqa: PLR2004  each example on its own
        return 0.0
    state = context.fresh()
    b = size(context.batch(state))
    per_epoch, ends_at = max(1, n // b), time.monotonic() + _MAX_SECONDS
    taken = min(per_epoch, max(2, -(-n // (4 * b))))
    parts: list[set[Any]] = []
    for epoch in range(_MAX_EPOCHS):
        state.step = epoch * per_epoch
        batches = zip(range(taken), context.program.function("batches")(state), strict=False)
        parts.append({row[0] for _, batch in batches for row in rows_of(batch)})
        if time.monotonic() > ends_at:
            break
    common = (taken * b) ** 2 / n  # examples that two such parts share
    counts = sorted(len(a & other) for i, a in enumerate(parts) for other in parts[:i])
    if common < _MIN_COMMON or not counts:
        return 0.0
    is_apart = counts[len(counts) // 2] < 0.1 * common
    return min(1.0, counts[-1] / common) if is_apart and counts[-1] > common / 2 else 0.0


def whole_batches(context: Context, state: Any) -> str:
    """Return whether batches are left as they are as a whole, or not at all; else an empty text.

    Where inputs are rarely left as they are, one batch of which nearly all are was drawn as one.
    """
    try:
        known = {row[0] for row in rows_of(whole(context, state, state.train))}
    except CheckSkipped:
        return ""
    shares: list[list[float]] = [[]]  # by epoch
    ends_at, start, seen = time.monotonic() + _MAX_SECONDS, state.step, 0
    for batch in context.program.function("batches")(state):
        rows = rows_of(batch)
        state.step, seen = state.step + 1, seen + len(rows)
        if len(rows) >= _MIN_ROWS:  # the last of an epoch may be small
            shares[-1].append(sum(row[0] in known for row in rows) / len(rows))
        if seen >= length(state.train):
            shares, seen = [*shares, []], 0
        if time.monotonic() > ends_at or state.step - start >= _MAX_BATCHES:
            break
    state.step = start
    for epoch in filter(None, shares):
        mean = sum(epoch) / len(epoch)
        if max(epoch) > 0.9 and mean < 0.25:  # noqa: PLR2004  0.25^14 = 4e-9
            return f"a batch of which {max(epoch):.0%} is left as it is, {mean:.0%} on the mean"
    return ""


def varies_in_the_step(context: Context) -> bool:
    """Return whether the network is given other inputs for the same batch at another step."""
    given = []
    for n_before in (0, 1):
        state = context.fresh()
        batch = context.batch(state)
        context.steps(state, n_before)
        pollute(n_before + 1)
        with probe.calls_of(context.net(state)) as seen:
            context.program.function("train_step")(state, batch)
        if not seen or not seen[0].inputs:
            raise CheckSkipped("no call of the network in train_step that a hook could see")
        given.append(seen[0].inputs[:1])
    return not same(given[0], given[1])


def held_out_is_not_augmented(context: Context) -> Passed:
    """Read held-out examples again, after other draws and under another seed: they stay.

    Where another seed gives other data altogether, other labels among them, nothing is said;
    examples of which some stay, or whose values are only moved about, are the same ones, changed.
    """
    state = context.fresh()
    dataset = held_out(state)
    few = range(min(length(dataset), _N_READ_AGAIN))
    read = []
    for seed in (1, 2):
        pollute(seed)
        read.append([leaves_of(item) for item in items(dataset, few)])
    moved = sum(not same(a, b) for a, b in zip(*read, strict=True))
    if moved:
        raise held_out_failed(f"{moved} of {len(few)} are others when they are read again")
    rows = range(min(length(dataset), _N_ITEMS))
    other = held_out(context.at_seed(context.seed + 1).fresh())
    if length(other) != length(dataset):
        raise CheckSkipped("no held-out data that two seeds have in common")
    pairs = list(zip(items(dataset, rows), items(other, rows), strict=True))
    inputs = [(leaves_of(a)[:1], leaves_of(b)[:1]) for a, b in pairs]
    targets = [(leaves_of(a)[1:], leaves_of(b)[1:]) for a, b in pairs]
    kept = sum(same(a, b) for a, b in inputs)
    if kept < len(rows) and has_same_targets(targets):
        values = sum(is_moved_about(a[0], b[0]) for a, b in inputs)
        if values > len(rows) / 2 or (kept > len(rows) / 200 and has_large(inputs)):
            raise held_out_failed(
                f"{len(rows) - kept} of {len(rows)} are changed by the seed, their targets kept"
            )
    return Passed(f"{len(few)} held-out examples are the same when they are read again")


def held_out_failed(found: str) -> CheckFailed:
    """Return the finding of held-out data that are drawn."""
    return CheckFailed(
        expected="held-out examples that stay as they are",
        found=found,
        causes=(
            "the training augmentation is on for the held-out data",
            "held-out data that are generated anew when they are read",
        ),
        look="the data in train.py",
    )


def has_same_targets(pairs: list[tuple[list[Any], list[Any]]]) -> bool:
    """Return whether all targets are the same, and not all of one kind."""
    kinds = {tuple(leaf.flatten()[0].item() for leaf in a if leaf.numel()) for a, _ in pairs}
    return len(kinds) > 1 and all(same(a, b) for a, b in pairs)


def is_moved_about(one: Any, other: Any) -> bool:
    """Return whether two examples have the same values in another order."""
    if one.shape != other.shape or one.numel() < _MIN_ELEMENTS or same([one], [other]):
        return False
    return same([one.flatten().sort().values], [other.flatten().sort().values])


def has_large(pairs: list[tuple[list[Any], list[Any]]]) -> bool:
    """Return whether the inputs have so many values that equal ones are no accident."""
    return all(a and a[0].numel() >= _MIN_ELEMENTS for a, _ in pairs)
