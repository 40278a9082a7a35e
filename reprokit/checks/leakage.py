"""What must not go from held-out data, or from targets, into training."""

import contextlib
import math
from collections import Counter
from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import leaves, length
from reprokit.checks.context import Context
from reprokit.checks.data import rows_of, whole
from reprokit.checks.evaluation import held_out
from reprokit.checks.loss import counted
from reprokit.checks.metrics import target_place
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.statistics import lower_bound, upper_bound
from reprokit.checks.texts import leaked_text

_NEAR = 1e-3  # of the usual distance to the nearest neighbour
_EXACT_MEAN, _EXACT_DEVIATION = 1e-5, 1e-4  # of what was standardised by its own statistics
_MIN_ROWS = 50
_SAME_UP_TO_SCALE = 1e-6  # 1 - |correlation|; float32 gives 1e-12


def no_leak_into_held_out(context: Context) -> Passed:
    """Look for held-out examples among the training examples, exact and nearly so.

    Low-entropy data repeat themselves: what counts is whether held-out examples are found in
    the training data more often than training examples among each other (Clopper-Pearson bounds
    at 1e-4 each).
    """
    state = context.fresh()
    if context.program.family == "language_model":
        with contextlib.suppress(CheckSkipped):
            if found := leaked_text(state.train, held_out(state)):
                raise leak_found("held-out text that is not the training text", found)
            return Passed("held-out text stands in the training text no more often than chance")
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
        inside = f"{natural} of {sum(ours.values())}"
        raise leak_found(f"no more copies than inside the training data ({inside})", found)
    return Passed(f"{copies} of {len(theirs)} held-out examples are also training examples")


def leak_found(expected: str, found: str) -> CheckFailed:
    """Return the finding of held-out data that were trained on."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "the held-out data are a part of the training data",
            "the split was made after augmentation or repetition",
            "both are drawn from the same seed",
        ),
        look="the data",
    )


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


def standardised_by_the_training_data(context: Context) -> Passed:
    """Look for the traces that standardising leaves: a mean of exactly 0, a deviation of 1.

    On training data alone they are as they should be; on training and held-out data together the
    held-out ones had a part in the statistics; on held-out data alone they have a scale of their
    own. That happens by chance with a probability below 1e-3 a feature, and has to be so for all.
    """
    import torch  # noqa: PLC0415  heavy

    state = context.fresh()
    train, held = (leaves(whole(context, state, data)) for data in (state.train, held_out(state)))
    pairs = [
        (a.double(), b.double())
        for a, b in zip(train, held, strict=True)
        if a.is_floating_point() and a.shape[1:] == b.shape[1:] and len(b) >= _MIN_ROWS
    ]
    if not pairs or length(state.train) > len(train[0]):
        raise CheckSkipped("no real-valued data that can be read whole")
    for a, b in pairs:
        if is_standard(torch.cat([a, b])) and not is_standard(a):
            raise standardised_failed("training and held-out data together have")
        if is_standard(b) and not is_standard_by_row(b):
            raise standardised_failed("the held-out data by themselves have")
    return Passed(f"{len(pairs)} real-valued parts, none with a trace of held-out statistics")


def standardised_failed(found: str) -> CheckFailed:
    """Return the finding of statistics that held-out data had a part in."""
    return CheckFailed(
        expected="mean and deviation of the training data alone, used for all data",
        found=f"{found} a mean of exactly 0 and a deviation of exactly 1",
        causes=(
            "statistics computed before the split",
            "held-out data standardised by their own statistics",
        ),
        look="the data",
    )


def is_standard(values: Any) -> bool:
    """Return whether all features have mean 0 and deviation 1 exactly, or all values together."""
    if values.ndim == 1:
        values = values[:, None]
    forms = [values.flatten(1), values.flatten()[:, None]]
    if values.ndim > 2:  # noqa: PLR2004  channels
        forms.append(values.movedim(1, -1).flatten(0, -2))
    return any(
        bool((x.mean(0).abs() < _EXACT_MEAN).all())
        and any(bool(((x.std(0, correction=k) - 1).abs() < _EXACT_DEVIATION).all()) for k in (0, 1))
        for x in forms
    )


def is_standard_by_row(values: Any) -> bool:
    """Return whether every example was standardised by itself."""
    if values.ndim == 1 or values[0].numel() < 2:  # noqa: PLR2004
        return False
    return bool((values.flatten(1).mean(1).abs() < 10 * _EXACT_MEAN).double().mean() > 0.9)  # noqa: PLR2004


def inputs_do_not_hold_the_target(context: Context) -> Passed:
    """Correlate every feature with the target: none is the target, up to its scale."""
    import torch  # noqa: PLC0415  heavy

    state = context.fresh()
    tensors = leaves(whole(context, state, held_out(state)))
    columns = [
        t.double().flatten()
        for t in tensors
        if t[0].numel() == 1 and len(t.unique()) > 2  # noqa: PLR2004
    ]
    tables = [t.double().flatten(1) for t in tensors if t[0].numel() > 1 and t.is_floating_point()]
    if not columns or not tables or len(tensors[0]) < _MIN_ROWS:
        raise CheckSkipped("no features and targets, one a row")
    for table in tables:
        for column in columns:
            x, y = table - table.mean(0), column - column.mean()
            scale = x.norm(dim=0) * y.norm()
            share = ((x * y[:, None]).sum(0) / scale.clamp_min(1e-30)).abs()
            found = torch.nonzero(share > 1 - _SAME_UP_TO_SCALE).flatten().tolist()
            if found and table.shape[1] > 1:
                raise CheckFailed(
                    expected="inputs from which the target has to be learnt",
                    found=f"feature {found[0]} is the target, up to its scale",
                    causes=("a slice off by one when the table was read", "a leak of the target"),
                    look="the data",
                )
    return Passed(f"{sum(t.shape[1] for t in tables)} features, none is the target")


def every_class_occurs(context: Context) -> Passed:
    """Count the classes among the training targets: all that SPEC states, and no others."""
    stated = context.spec.get("n_classes")
    if not isinstance(stated, int):
        raise CheckSkipped("no n_classes in SPEC")
    state = context.fresh()
    like, net = context.batch(state), context.net(state)
    with probe.evaluating(net):
        loss, call = probe.look(context, net, like)
        place = target_place(context, float(loss), call, like)
    if place is None:
        raise CheckSkipped("no targets in the batch that fit the loss")
    labels = leaves(whole(context, state, state.train))[place]
    counts = Counter(labels[counted(context, labels)].tolist())
    is_small = len(labels) < length(state.train) or len(labels) < _MIN_ROWS * stated
    if len(counts) != stated and not (is_small and len(counts) < stated):
        raise CheckFailed(
            expected=f"{stated} classes among the training targets",
            found=f"{len(counts)}: {dict(sorted(counts.items())[:8])}",
            causes=("labels that are computed wrongly", "classes merged, or left out"),
            look="the data",
        )
    return Passed(f"{len(counts)} classes, {min(counts.values())} to {max(counts.values())} each")
