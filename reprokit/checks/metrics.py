"""What an evaluation reports, computed again: one example at a time, by a loop of our own."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reprokit.checks import judged, probe, statements
from reprokit.checks.batch import from_dataset, leaves, length, some_of
from reprokit.checks.context import Context
from reprokit.checks.evaluation import held_out, numbers
from reprokit.checks.loss import aligned, counted, cross_entropies, is_binary, layouts
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_MAX_EXAMPLES_OFF = 1.5  # one example may tie
_TIE = 1e-3  # relative
_MAX_LOSS_ERROR = 2e-3  # relative; summation order moves a float32 mean by less than 1e-5
_MAX_RECOMPUTED = 2000  # examples, one by one
_MAX_LOG_ERROR = 0.01  # relative, of the logarithm of a perplexity
_MAX_ROUNDING = 1e-5  # of the same logarithm: float32 sums give 1e-7
_MAX_READ = 4000  # examples of the training data, for their targets


def metric_recomputed(context: Context) -> Passed:
    """Compute the loss and the accuracy again, one example at a time, by a loop of our own.

    On the whole held-out data as evaluation takes it, and on a part whose size no batch divides.
    """
    hold_together(context, numbers(context.trained().metrics))
    carried = statements.is_carried(context.spec)
    if carried:
        raise CheckSkipped(f"no single examples where SPEC's {carried} carries a state along")
    state = context.trained().state
    dataset = held_out(state)
    evaluate = context.program.function("evaluate")
    context.net(state).train()  # evaluation has to leave this mode by itself
    n = length(dataset)
    kind = type(context.net(state))
    # what is judged may be an average of the weights, put in for the evaluation
    net = judged.outermost_module(lambda: evaluate(state), kind) or context.net(state)
    whole = (dataset, range(n), evaluate(state))
    parts = [whole] if n <= _MAX_RECOMPUTED else []
    few = range(min(37, n))
    try:
        part = some_of(dataset, few)
        parts.append((dataset, few, evaluate(state, part)))
    except (AttributeError, TypeError, ValueError, LookupError, RuntimeError, CheckSkipped):
        pass  # this program's evaluation takes datasets of its own kind only
    said = [compare(context, state, net, *part) for part in parts or [whole]]
    return Passed(said[0])


def hold_together(context: Context, known: Mapping[str, float]) -> None:
    """Hold reported metrics against each other.

    Raises:
        CheckFailed: A root mean square is below the mean of the absolute values; a perplexity is
            not the exponential of the loss.
    """
    rmse, mae = known.get("rmse"), known.get("mae")
    if rmse is not None and mae is not None and rmse < mae * (1 - 1e-5):
        raise CheckFailed(
            expected="a root of the mean square, no less than the mean of the absolute values",
            found=f"rmse {rmse:.5g}, mae {mae:.5g}",
            causes=("the root is missing", "a mean of the batches' roots", "other units"),
            look="evaluate in train.py",
        )
    if not {"loss", "perplexity"} <= known.keys() or statements.unread_loss(context.spec):
        return
    if context.spec.get("label_smoothing"):
        return
    loss = known["loss"]
    off = abs(math.log(max(known["perplexity"], 1e-9)) - loss)
    if not off <= _MAX_LOSS_ERROR * max(loss, 0.1):
        raise CheckFailed(
            expected=f"perplexity {math.exp(loss):.5g}, the exponential of the loss {loss:.5g}",
            found=f"{known['perplexity']:.5g}",
            causes=("a mean of the batches' perplexities", "another base of the logarithm"),
            look="evaluate in train.py",
        )


def compare(context: Context, state: Any, net: Any, dataset: Any, rows: Any, reported: Any) -> str:
    """Hold reported metrics against recomputed ones; return a sentence."""
    ours = recomputed(context, state, net, dataset, rows)
    loss, right, count = ours.loss, ours.right, ours.count
    problems = []
    if reported.get("n", len(rows)) < len(rows):
        problems.append(f"n {reported['n']} for {len(rows)} examples")
    known = numbers(reported)
    # smoothed labels are for training: an evaluation may leave them out
    is_plain = not context.spec.get("label_smoothing") and not statements.unread_loss(context.spec)
    # written so that a loss that is not a number does not agree with anything
    reported_loss = known.get("loss", loss)
    if statements.unread_loss(context.spec):
        reported_loss = loss  # which of its terms an evaluation reports is open
    off = min(abs(reported_loss - value) for value in (loss, ours.plain if not is_plain else loss))
    if not off <= _MAX_LOSS_ERROR * max(abs(loss), 1e-3):
        problems.append(f"loss {known['loss']:.5g}, recomputed {loss:.5g}")
    if right is not None and "accuracy" in known:
        off = min(abs(known["accuracy"] / unit * count - right) for unit in (1, 100))
        if not off <= _MAX_EXAMPLES_OFF + ours.ties:
            problems.append(f"accuracy {known['accuracy']:.4f}, recomputed {right / count:.4f}")
    if "perplexity" in known and is_plain:
        off = abs(math.log(max(known["perplexity"], 1e-9)) - loss)
        # where it is the reported loss's at all, it is so to the last digits: no mean of batches'
        reported_off = abs(math.log(max(known["perplexity"], 1e-9)) - known.get("loss", loss))
        is_near = reported_off <= _MAX_LOG_ERROR * max(loss, 0.1)
        if not off <= _MAX_LOG_ERROR * max(loss, 0.1) or (is_near and reported_off > _MAX_ROUNDING):
            problems.append(f"perplexity {known['perplexity']:.4g}, exp(loss) {math.exp(loss):.4g}")
    if problems:
        raise CheckFailed(
            expected=f"what a loop over {len(rows)} single examples gives",
            found="; ".join(problems),
            causes=(
                "eval() is missing: dropout or batch statistics in evaluation",
                "a mean of means over batches of different sizes",
                "evaluation on another split, or on a part of it",
                "argmax over the wrong dimension",
            ),
            look="evaluate in train.py",
        )
    accuracy = "" if right is None else f"accuracy {right / count:.4f}, "
    return f"{accuracy}loss {loss:.4f} over {len(rows)}"


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What a loop over single examples gives.

    Args:
        loss: The mean over targets.
        right: How many targets are right; None where they are no classes.
        count: Of how many.
        plain: The mean negative log-likelihood without smoothing, where targets are classes.
        ties: Targets whose two largest outputs are the same but for rounding.
    """

    loss: float
    right: int | None
    count: int
    ties: int
    plain: float = math.nan


def recomputed(context: Context, state: Any, net: Any, dataset: Any, rows: Any) -> Recomputed:
    """Return loss and accuracy of a network over single examples.

    Raises:
        CheckSkipped: The program's loss draws, or its targets are not to be found.
    """
    if context.program.family == "diffusion":
        raise CheckSkipped("no loss without draws")
    like = context.batch(state)
    if not is_in_units_of_the_data(context, state, like):
        raise CheckSkipped("no target that is the dataset's: they are changed on the way")
    total, weight, right, count, ties, plain = 0.0, 0, 0, 0, 0, 0.0
    with probe.evaluating(net):
        first, call = probe.look(context, net, like)
        place = target_place(context, float(first), call, like)
        for i in rows:
            batch = from_dataset(context.program, dataset, [i], like)
            loss, call = probe.look(context, net, batch)
            hits, n, tied, nll = (
                (0, 1, 0, 0.0) if place is None else tally(context, call, leaves(batch)[place])
            )
            plain += nll
            total, weight = total + float(loss) * n, weight + n
            right, count, ties = right + hits, count + n, ties + tied
    if place is None:
        return Recomputed(total / max(weight, 1), None, max(count, 1), ties)
    return Recomputed(total / max(weight, 1), right, max(count, 1), ties, plain / max(count, 1))


def is_in_units_of_the_data(context: Context, state: Any, batch: Any) -> bool:
    """Return whether the real-valued targets of a batch are among those of the training data.

    They may be standardised on the way: then a dataset's items make no batch.
    """
    targets = [leaf for leaf in leaves(batch)[1:] if leaf.is_floating_point()]
    try:
        n = length(state.train)
        whole = leaves(from_dataset(context.program, state.train, range(min(n, _MAX_READ)), batch))
    except (CheckSkipped, AttributeError):
        return True
    known = [leaf for leaf in whole[1:] if leaf.is_floating_point()]
    if n > _MAX_READ or not targets or not known or known[-1].ndim != targets[-1].ndim:
        return True
    rows = {row.numpy().tobytes() for row in known[-1].detach().contiguous()}
    return any(row.numpy().tobytes() in rows for row in targets[-1].detach().contiguous())


def target_place(context: Context, loss: float, call: probe.Call, batch: Any) -> int | None:
    """Return which tensor of a batch holds the classes to predict; None where there are none.

    The one whose cross-entropy is the loss: lengths and masks have the shape of labels too.
    """
    if context.program.family not in ("classifier", "sequence", "language_model"):
        return None
    tensors = leaves(batch)
    found = [
        (abs(value - loss), place)
        for place, target in enumerate(tensors)
        if not target.is_floating_point()
        for logits in layouts(call.prediction.double())
        for _, value in cross_entropies(context, logits, target, call, tensors)
    ]
    off, place = min(found, default=(math.inf, None))
    return place if off <= _MAX_LOSS_ERROR * max(abs(loss), 1e-3) else None


def fitting(call: probe.Call, target: Any) -> tuple[Any, Any] | None:
    """Return logits and targets in the first layout in which they fit each other."""
    out = call.prediction
    if out.ndim <= 2 and out.numel() == target.numel() and is_binary(out, target):  # noqa: PLR2004
        return out.flatten(), target.flatten()
    for logits in layouts(out):
        pair = aligned(logits, target, call)
        if pair is not None:
            return pair
    return None


def tally(context: Context, call: probe.Call, target: Any) -> tuple[int, int, int, float]:
    """Return how many targets of an example are right, of how many, ties, and their summed nll."""
    pair = fitting(call, target)
    if pair is None:
        return 0, 1, 0, 0.0
    logits, target = pair
    if logits.ndim == target.ndim:
        return int(((logits > 0).long() == target).sum()), target.numel(), 0, math.nan
    counts = counted(context, target)
    hits = (logits.argmax(-1) == target) & counts
    best = logits.topk(2, -1).values
    tied = (best[..., 0] - best[..., 1] <= _TIE * best.abs().amax(-1)) & counts
    rows = logits.double().log_softmax(-1)[counts]
    nll = -rows.gather(-1, target[counts].long()[:, None]).sum() if len(rows) else 0.0
    return int(hits.sum()), int(counts.sum()), int(tied.sum()), float(nll)
