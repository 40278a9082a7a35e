"""Evaluation: it changes nothing, says the same twice, and what it says is true."""

import math
import random
from dataclasses import dataclass
from typing import Any

from reprokit.checks import judged, probe
from reprokit.checks.batch import from_dataset, leaves, length, some_of
from reprokit.checks.context import Context
from reprokit.checks.gradients import named_parameters
from reprokit.checks.loss import aligned, counted, cross_entropies, is_binary, layouts
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_MAX_EXAMPLES_OFF = 1.5  # one example may tie
_TIE = 1e-3  # relative
_MAX_LOSS_ERROR = 2e-3  # relative; summation order moves a float32 mean by less than 1e-5
_MAX_RECOMPUTED = 2000  # examples, one by one
_MAX_LOG_ERROR = 0.01  # relative, of the logarithm of a perplexity
_MAX_ROUNDING = 1e-5  # of the same logarithm: float32 sums give 1e-7
N_STEPS_AFTER = 3
_DRAWS = ("rl",)  # families whose evaluation may draw


def held_out(state: Any) -> Any:
    """Return the data the stage is judged on: the validation split, else the test split."""
    validation = getattr(state, "validation", None)
    found = getattr(state, "test", None) if validation is None else validation
    if found is None:
        raise CheckSkipped("no held-out data: state.test is missing")
    return found


def pollute(seed: int = 1) -> None:
    """Set every global generator to something of its own, as other code may."""
    import numpy as np  # noqa: PLC0415  heavy
    import torch  # noqa: PLC0415  heavy

    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  the legacy generator is the one to disturb
    torch.manual_seed(seed)


def evaluation_changes_nothing(context: Context) -> Passed:
    """Evaluate twice: the same numbers, and networks, optimizers and schedules stay as they are.

    Under other global random numbers, except where a family's evaluation may draw.
    """
    state = context.fresh()
    context.steps(state, 2)
    evaluate = context.program.function("evaluate")
    before, results = probe.snapshot(state), []
    learning = {name for name, p in named_parameters(state).items() if p.requires_grad}
    for seed in (1, 1 if may_draw(context) else 2):
        pollute(seed)
        results.append(dict(evaluate(state)))
    changed = probe.differences(before, probe.snapshot(state))
    context.steps(state, 1)  # a network may be frozen for its evaluation, and thawed by the step
    thawed = {name for name, p in named_parameters(state).items() if p.requires_grad}
    if context.program.family != "gan":  # its steps freeze one network for the other's
        changed += [f"{name}.requires_grad" for name in sorted(learning - thawed)]
    unlike = [
        name for name, value in results[0].items() if not same_number(value, results[1].get(name))
    ]
    if not changed and not unlike and disturbs_training(context):
        changed = ["the training that follows"]
    if changed or unlike:
        raise CheckFailed(
            expected="the same numbers twice, and a state that is untouched",
            found=", ".join(
                [*(f"{n} differs" for n in unlike), *(f"{c} changed" for c in changed)][:6]
            ),
            causes=(
                "eval() is missing: dropout or batch statistics in evaluation",
                "augmentation or another draw in evaluation",
                "a scheduler or an optimizer stepped in evaluation",
                "parameters frozen for evaluation and left so",
                "evaluation draws from the training's generator, or in its environment",
            ),
            look="evaluate in train.py",
        )
    return Passed(f"twice {', '.join(f'{k} {v:.4g}' for k, v in numbers(results[0]).items())}")


def may_draw(context: Context) -> bool:
    """Return whether an evaluation may depend on global draws: generated examples, a policy."""
    spec = context.spec
    is_greedy = "greedy" in str(spec.get("eval_policy", "")) or spec.get("eval_epsilon") == 0
    return context.program.family in _DRAWS and not is_greedy


def disturbs_training(context: Context) -> bool:
    """Return whether a training goes on otherwise after an evaluation, global draws aside."""
    losses = []
    for is_evaluated in (False, True):
        state = context.fresh()
        if context.program.family == "rl":
            context.learning(state)
        if is_evaluated:
            context.program.function("evaluate")(state)
        pollute(1)
        losses.append(context.steps(state, N_STEPS_AFTER))
    return bool(probe.differences(losses[0], losses[1]))


def numbers(metrics: Any) -> dict[str, float]:
    """Return the metrics that are numbers."""
    return {k: float(v) for k, v in metrics.items() if isinstance(v, int | float)}


def same_number(one: Any, other: Any) -> bool:
    """Compare two metrics, bit for bit where they are numbers."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    try:
        return bool(one == other)
    except (TypeError, ValueError, RuntimeError):
        return True


def metric_recomputed(context: Context) -> Passed:
    """Compute the loss and the accuracy again, one example at a time, by a loop of our own.

    On the whole held-out data as evaluation takes it, and on a part whose size no batch divides.
    """
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


def compare(context: Context, state: Any, net: Any, dataset: Any, rows: Any, reported: Any) -> str:
    """Hold reported metrics against recomputed ones; return a sentence."""
    ours = recomputed(context, state, net, dataset, rows)
    loss, right, count = ours.loss, ours.right, ours.count
    problems = []
    if reported.get("n", len(rows)) < len(rows):
        problems.append(f"n {reported['n']} for {len(rows)} examples")
    known = numbers(reported)
    # smoothed labels are for training: an evaluation may leave them out
    is_plain = not context.spec.get("label_smoothing")
    # written so that a loss that is not a number does not agree with anything
    reported_loss = known.get("loss", loss)
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
