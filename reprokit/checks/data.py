"""The data: whole epochs, inputs beside their labels, nothing held out that was trained on."""

import math
from collections import Counter
from typing import Any

from reprokit.checks import probe, statements
from reprokit.checks.batch import from_dataset, is_ragged, items, leaves, leaves_of, length, size
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.streams import walk

_MAX_EXAMPLES = 4000
_IGNORED = -100  # what torch's cross-entropy leaves out
_MAX_BATCHES = 400
_N_EPOCHS = 6
_N_MIXED = 8
# Families whose data may be read in the order in which they lie.
_IN_ORDER = ("regressor", "sequence", "language_model")
_MIN_LABELS = 200  # in an epoch; equal by chance with a probability below 1e-20
_MIN_BATCHES = 3  # in an epoch, for an order to be told
_SIGMAS = 6.0
_MAX_FEATURES = 64
_MAX_UNEVEN = 5.0
_MAX_INPUT_DEVIATION = 0.25  # of a standard deviation, between what is stated and what is seen


def rows_of(batch: Any, pad: Any = None) -> list[tuple[bytes, ...]]:
    """Return each example of a batch as the bytes of its tensors, sequences without padding."""
    n = size(batch)
    if is_ragged(batch, n):
        raise CheckSkipped("no rectangular batch: its examples lie one behind the other")
    tensors = [leaf.detach().cpu().contiguous() for leaf in leaves(batch) if leaf.shape[:1] == (n,)]
    return [tuple(bytes_of(t[i], pad) for t in tensors) for i in range(n)]


def bytes_of(value: Any, pad: Any = None) -> bytes:
    """Return the bytes of a tensor; of a sequence of tokens those without padding."""
    if isinstance(pad, int) and value.ndim == 1 and not value.is_floating_point():
        value = value[(value != pad) & (value != _IGNORED)]
    return bytes(value.numpy().tobytes())


def whole(context: Context, state: Any, dataset: Any) -> Any:
    """Return a dataset, or its first thousands of examples, as one batch.

    Raises:
        CheckSkipped: There is no way to one.
    """
    n = min(length(dataset), _MAX_EXAMPLES)
    return from_dataset(context.program, dataset, range(n), context.batch(state))


def batches_cover_the_data(context: Context) -> Passed:
    """Walk through some epochs: every example comes, with the label it has in the dataset.

    In an order of its own in each epoch; data with an order in time may come in that. Sampling
    with replacement leaves out exp(-6) of the examples in six epochs: 5 % is allowed.
    """
    state = context.fresh()
    data, place = known_rows(context, state)
    known: dict[bytes, set[bytes]] = {}
    for row in data:
        known.setdefault(row[0], set()).add(b"".join(row[1:]))
    n = length(state.train)
    per_epoch = max(1, n // max(1, size(context.batch(state))))
    batches = walk(context, state, min(_N_EPOCHS * per_epoch + 1, _MAX_BATCHES))
    walked = [rows_of(batch, context.spec.get("pad_index")) for batch in batches]
    if place is not None:
        walked = [[(row[place],) for row in rows] for rows in walked]
    rows = [row for batch in walked for row in batch]
    found = [row for row in rows if row[0] in known]
    if len(found) < 0.9 * len(rows) * min(1, len(data) / n):
        if labels_repeat(batches, n):
            raise failed("the targets of all batches come again in the same order in every epoch")
        different, examples = len({row[0] for row in rows}), len(known)
        if place is None and len(rows) >= _N_EPOCHS / 2 * n and different < examples / 2:
            raise failed(f"{different} different inputs in {len(rows)}, of {examples} examples")
        raise CheckSkipped("no batch whose inputs are those of the dataset: they are augmented")
    targets = set().union(*known.values())
    if found and not any(b"".join(row[1:]) in targets for row in found):
        raise CheckSkipped("no target that is the dataset's: they are changed on the way")
    astray = sum(b"".join(row[1:]) not in known[row[0]] for row in found)
    if astray:
        raise failed(f"{astray} of {len(found)} examples come with a target not their own")
    seen = {row[0] for row in found}
    expected = len(known) if len(rows) >= _N_EPOCHS / 2 * n else 0
    missing = 1 - len(seen) / expected if expected else 0.0
    if missing > 0.05:  # noqa: PLR2004  exp(-6) = 0.25 %, with room for luck
        raise failed(f"{missing:.0%} of the examples never come in {len(rows) / n:.1f} epochs")
    given = [row[0] for row in data] if context.program.family in _IN_ORDER else []
    if not statements.is_carried(context.spec) and repeats(walked, given, n):
        raise failed("the same batches, in the same order, in every epoch")
    return Passed(f"{len(found)} examples in their own place, {missing:.1%} never came")


def known_rows(context: Context, state: Any) -> tuple[list[tuple[bytes, ...]], int | None]:
    """Return the dataset's examples as rows of a batch; else inputs, and where a batch has them.

    Raises:
        CheckSkipped: A batch holds nothing of the dataset.
    """
    pad = context.spec.get("pad_index")
    try:
        return rows_of(whole(context, state, state.train), pad), None
    except CheckSkipped:
        rows = range(min(length(state.train), _MAX_EXAMPLES))
        read = [leaves_of(item)[:1] for item in items(state.train, rows)]
    tensors = [item[0].contiguous() for item in read if item]
    data: list[tuple[bytes, ...]] = [(bytes_of(tensor, pad),) for tensor in tensors]
    inputs = {row[0] for row in data}
    batch = rows_of(context.batch(state), pad)
    for place in range(len(batch[0])):
        if sum(row[place] in inputs for row in batch) > len(batch) / 2:
            return data, place
    raise CheckSkipped("no part of a batch that is the dataset's")


def labels_repeat(batches: list[Any], n: int) -> bool:
    """Return whether the classes [B] of all batches come again in every epoch, inputs aside."""
    columns = [
        [leaf for leaf in leaves(batch) if leaf.ndim == 1 and not leaf.is_floating_point()][-1:]
        for batch in batches
    ]
    if not all(columns) or len({v for (c,) in columns for v in c.tolist()}) < 2:  # noqa: PLR2004
        return False
    width = max(1, size(batches[0]))
    for per_epoch in {n // width, -(-n // width)}:
        epochs = [columns[i * per_epoch : (i + 1) * per_epoch] for i in range(3)]
        if per_epoch * width >= _MIN_LABELS and len(epochs[-1]) == per_epoch:
            names = [[tuple(c.tolist()) for (c,) in epoch] for epoch in epochs]
            if names[0] == names[1] == names[2] and len(set(names[0])) > 1:
                return True
    return False


def repeats(walked: list[list[tuple[bytes, ...]]], data: list[bytes], n: int) -> bool:
    """Return whether every epoch has the same batches in an order that is not the dataset's."""
    width = max(1, len(walked[0]))
    for per_epoch in {n // width, -(-n // width)}:
        epochs = [walked[i * per_epoch : (i + 1) * per_epoch] for i in range(3)]
        if per_epoch < _MIN_BATCHES or len(epochs[-1]) < per_epoch:
            continue
        names = [[frozenset(row[0] for row in rows) for rows in epoch] for epoch in epochs]
        is_given = [row[0] for row in walked[0]] == data[: len(walked[0])]
        if names[0] == names[1] == names[2] and len(set(names[0])) > 1 and not is_given:
            return True
    return False


def failed(found: str) -> CheckFailed:
    """Return the finding of batches that are not the data."""
    return CheckFailed(
        expected="batches of all examples, each with its own target",
        found=found,
        causes=(
            "inputs and targets indexed or sorted apart",
            "the stream starts again from the same place",
            "the order is drawn without the epoch's number",
            "a slice that leaves a part of the data out",
        ),
        look="batches and collate in train.py",
    )


def batches_are_mixed(context: Context) -> Passed:
    """Count the classes in batches: those of a shuffled dataset, not of a sorted one.

    The share of pairs of one class within a batch is compared with that in the whole data;
    false-alarm rate about 1e-8 at six standard errors of an effect that has to be large as well.
    """
    state = context.fresh()
    labels = [
        leaf for leaf in leaves(whole(context, state, state.train))
        if leaf.ndim == 1 and not leaf.is_floating_point()
    ]  # fmt: skip
    if not labels or len(Counter(labels[-1].tolist())) < 2:  # noqa: PLR2004
        raise CheckSkipped("no class labels in the data")
    shares = Counter(labels[-1].tolist())
    expected = sum((c / len(labels[-1])) ** 2 for c in shares.values())
    same = pairs = 0
    for batch in walk(context, state, _N_MIXED):
        ours = [x for x in leaves(batch) if x.ndim == 1 and not x.is_floating_point()][-1].tolist()
        counts = Counter(ours)
        same += sum(c * (c - 1) for c in counts.values())
        pairs += len(ours) * (len(ours) - 1)
    share = same / max(pairs, 1)
    noise = math.sqrt(expected * (1 - expected) / max(pairs, 1))
    if share > expected + _SIGMAS * noise and share > (1 + expected) / 2:
        raise CheckFailed(
            expected=f"batches as mixed as the data: {expected:.0%} of pairs of one class",
            found=f"{share:.0%} in {_N_MIXED} batches",
            causes=("the data are sorted and not shuffled", "a sampler that draws by class"),
            look="batches in train.py",
        )
    return Passed(f"{share:.0%} of pairs in a batch are of one class, {expected:.0%} in the data")


def inputs_as_declared(context: Context) -> Passed:
    """Measure the inputs where the network receives them: as stated, and alike in evaluation."""
    state = context.fresh()
    trained = [x for b in walk(context, state, _N_MIXED) for x in real_inputs(context, state, b)]
    if not trained:
        raise CheckSkipped("no real-valued input of the network")
    mean, deviation, n = moments(trained)
    said = f"mean {mean:.3g}, standard deviation {deviation:.3g}"
    stated = [context.spec.get(name) for name in ("input_mean", "input_std")]
    fits = [is_near(v, m, deviation) for v, m in zip(stated, (mean, deviation), strict=True)]
    # constants of a normalisation (0.1307, 0.3081) may be stated instead of its result (0, 1)
    is_standard = abs(mean) < _MAX_INPUT_DEVIATION and abs(deviation - 1) < _MAX_INPUT_DEVIATION
    if not all(fits) and not is_standard:
        raise inputs_failed(f"mean {stated[0]}, standard deviation {stated[1]}", said)
    if isinstance(stated[1], int | float) and (scales := uneven(trained)):
        raise inputs_failed(f"every feature with standard deviation {stated[1]}", scales)
    with probe.calls_of(context.net(state)) as seen:
        context.program.function("evaluate")(state)
    held = [t for call in seen for t in call.inputs if t.is_floating_point()]
    if context.program.family == "diffusion":
        held = []  # evaluation may look at other times, and so at other noise
    if held:
        other, spread, m = moments(held)
        noise = _SIGMAS * max(deviation, spread) * math.sqrt(1 / n + 1 / m)
        is_moved = abs(other - mean) > noise + _MAX_INPUT_DEVIATION * deviation
        if is_moved or not 0.6 < spread / max(deviation, 1e-9) < 1 / 0.6:  # noqa: PLR2004
            raise inputs_failed(
                f"the same in evaluation as in training ({said})",
                f"mean {other:.3g}, standard deviation {spread:.3g} in evaluation",
            )
    return Passed(said)


def uneven(tensors: list[Any]) -> str:
    """Return how the features of tables and series [B, ..., F] differ in scale, if they do much."""
    import torch  # noqa: PLC0415  heavy

    if any(t.ndim not in (2, 3) or t.shape[-1] < 2 or t.shape[-1] > _MAX_FEATURES for t in tensors):  # noqa: PLR2004
        return ""
    if len({t.shape[-1] for t in tensors}) > 1:
        return ""
    flat = torch.cat([t.flatten(0, -2).double() for t in tensors])
    spreads = [s for s in flat.std(0).tolist() if s > 0]
    if len(spreads) < 2 or max(spreads) < _MAX_UNEVEN * min(spreads):  # noqa: PLR2004
        return ""
    return f"standard deviations from {min(spreads):.3g} to {max(spreads):.3g}"


def inputs_failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of inputs that are not what they should be."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "normalisation is missing, done twice, or only in training",
            "statistics of another dataset",
            "bytes of 0 to 255 where 0 to 1 is meant",
        ),
        look="the data",
    )


def is_near(stated: Any, found: float, deviation: float) -> bool:
    """Return whether a stated moment is that found; what is not one number fits everything."""
    if not isinstance(stated, int | float):
        return True
    return abs(stated - found) <= _MAX_INPUT_DEVIATION * max(deviation, abs(float(stated)), 1e-9)


def real_inputs(context: Context, state: Any, batch: Any) -> list[Any]:
    """Return the real-valued tensors that the network receives for a batch."""
    if context.program.family == "diffusion":
        return leaves(batch)[:1]  # the data, before the noise
    _, call = probe.look(context, context.net(state), batch)
    return [t.detach() for t in call.inputs if t.is_floating_point() and t.numel() > size(batch)]


def moments(tensors: list[Any]) -> tuple[float, float, int]:
    """Return mean, standard deviation, and the number of examples."""
    import torch  # noqa: PLC0415  heavy

    flat = torch.cat([t.flatten().double() for t in tensors])
    flat = flat[~flat.isnan()]  # what is missing may be marked so
    return float(flat.mean()), float(flat.std()), sum(len(t) for t in tensors)
