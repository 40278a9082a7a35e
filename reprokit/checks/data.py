"""The data: whole epochs, inputs beside their labels, nothing held out that was trained on."""

import math
from collections import Counter
from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import from_dataset, leaves, length, size
from reprokit.checks.context import Context
from reprokit.checks.evaluation import held_out
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.statistics import lower_bound, upper_bound
from reprokit.checks.streams import walk

_MAX_EXAMPLES = 4000
_MAX_BATCHES = 400
_N_EPOCHS = 6
_N_MIXED = 8
_SIGMAS = 6.0
_MAX_INPUT_DEVIATION = 0.25  # of a standard deviation, between what is stated and what is seen
_NEAR = 1e-3  # of the usual distance to the nearest neighbour


def rows_of(batch: Any) -> list[tuple[bytes, ...]]:
    """Return each example of a batch as the bytes of its tensors."""
    n = size(batch)
    tensors = [leaf.detach().cpu().contiguous() for leaf in leaves(batch) if leaf.shape[:1] == (n,)]
    return [tuple(t[i].numpy().tobytes() for t in tensors) for i in range(n)]


def whole(context: Context, state: Any, dataset: Any) -> Any:
    """Return a dataset, or its first thousands of examples, as one batch.

    Raises:
        CheckSkipped: There is no way to one.
    """
    n = min(length(dataset), _MAX_EXAMPLES)
    return from_dataset(context.program, dataset, range(n), context.batch(state))


def batches_cover_the_data(context: Context) -> Passed:
    """Walk through some epochs: every example comes, with the label it has in the dataset.

    Sampling with replacement leaves out exp(-6) of the examples in six epochs: 5 % is allowed.
    """
    state = context.fresh()
    known: dict[bytes, set[bytes]] = {}
    data = rows_of(whole(context, state, state.train))
    for row in data:
        known.setdefault(row[0], set()).add(b"".join(row[1:]))
    n = length(state.train)
    per_epoch = max(1, n // max(1, size(context.batch(state))))
    batches = walk(context, state, min(_N_EPOCHS * per_epoch + 1, _MAX_BATCHES))
    rows = [row for batch in batches for row in rows_of(batch)]
    found = [row for row in rows if row[0] in known]
    if len(found) < 0.9 * len(rows) * min(1, len(data) / n):
        raise CheckSkipped("no batch whose inputs are those of the dataset: they are augmented")
    astray = sum(b"".join(row[1:]) not in known[row[0]] for row in found)
    if astray:
        raise failed(f"{astray} of {len(found)} examples come with a target not their own")
    seen = {row[0] for row in found}
    expected = len(known) if len(rows) >= _N_EPOCHS / 2 * n else 0
    missing = 1 - len(seen) / expected if expected else 0.0
    if missing > 0.05:  # noqa: PLR2004  exp(-6) = 0.25 %, with room for luck
        raise failed(f"{missing:.0%} of the examples never come in {len(rows) / n:.1f} epochs")
    return Passed(f"{len(found)} examples with their own targets, {missing:.1%} never came")


def failed(found: str) -> CheckFailed:
    """Return the finding of batches that are not the data."""
    return CheckFailed(
        expected="batches of all examples, each with its own target",
        found=found,
        causes=(
            "inputs and targets indexed or sorted apart",
            "the stream starts again from the same place",
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


def no_leak_into_held_out(context: Context) -> Passed:
    """Look for held-out examples among the training examples, exact and nearly so.

    Low-entropy data repeat themselves: what counts is whether held-out examples are found in
    the training data more often than training examples among each other (Clopper-Pearson bounds
    at 1e-4 each).
    """
    state = context.fresh()
    train = whole(context, state, state.train)
    held = whole(context, state, held_out(state))
    ours = Counter(row[0] for row in rows_of(train))
    theirs = [row[0] for row in rows_of(held)]
    copies = sum(row in ours for row in theirs)
    natural = sum(count for count in ours.values() if count > 1)
    exact = more_often(copies, len(theirs), natural, sum(ours.values()))
    near = near_copies(leaves(train)[0], leaves(held)[0])
    if exact or more_often(*near):
        found = (
            f"{copies} of {len(theirs)} are exact copies"
            if exact
            else (f"{near[0]} of {near[1]} are nearly copies")
        )
        raise CheckFailed(
            expected="no more copies than inside the training data "
            f"({natural} of {sum(ours.values())})",
            found=found,
            causes=(
                "the held-out data are a part of the training data",
                "the split was made after augmentation or repetition",
            ),
            look="the data",
        )
    return Passed(f"{copies} of {len(theirs)} held-out examples are also training examples")


def more_often(k: int, n: int, natural: int, total: int) -> bool:
    """Return whether k of n is more often than natural of total, beyond luck."""
    return lower_bound(k, n) > upper_bound(natural, total)


def near_copies(train: Any, held: Any) -> tuple[int, int, int, int]:
    """Count real-valued held-out and training examples with a near copy among the training ones."""
    import torch  # noqa: PLC0415  heavy

    if not train.is_floating_point() or train.shape[1:] != held.shape[1:]:
        return 0, 1, 0, 1
    a = train.flatten(1)[:1000].float()
    b = held.flatten(1)[:1000].float()
    inside = torch.cdist(a, a).fill_diagonal_(math.inf).amin(1)
    across = torch.cdist(b, train.flatten(1).float()).amin(1)
    limit = _NEAR * float(inside.median())
    return int((across <= limit).sum()), len(b), int((inside <= limit).sum()), len(a)


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
    return float(flat.mean()), float(flat.std()), sum(len(t) for t in tensors)
