"""Stage 3 of a program without stages: the bars that its SPEC states, and knowing nothing."""

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from reprokit.checks.batch import leaves
from reprokit.checks.context import Context
from reprokit.checks.data import whole
from reprokit.checks.evaluation import held_out, numbers
from reprokit.checks.judged import is_average
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.statistics import lower_bound, upper_bound


def reaches_stated_bars(context: Context) -> Passed:
    """Train; every metric that SPEC sets a bar for (min_accuracy, max_loss, ...) reaches it.

    A proportion fails where the upper bound of its confidence interval is below the bar; what is
    no proportion is compared as it is, and a failure is run again at two more seeds.
    """
    bars = {
        name: float(value)
        for name, value in context.spec.items()
        if name[:4] in ("min_", "max_") and isinstance(value, int | float)
    }
    metrics = numbers(context.trained().metrics)
    said: list[str] = []
    missed: list[str] = []
    for name, bar in bars.items():
        metric = name_of_metric(name[4:], metrics)
        if metric is None:
            continue
        value, is_least = metrics[metric], name.startswith("min_")
        judged = bound_of(value, metrics.get("n")) if metric == "accuracy" and is_least else value
        is_met = judged >= bar if is_least else judged <= bar
        text = f"{metric} {value:.4g}, bar {bar:g}"
        (said if is_met else missed).append(text)
    if not said and not missed:
        raise CheckSkipped("no bar in SPEC for any metric: min_accuracy, max_loss, min_return, ...")
    if missed:
        raise CheckFailed(
            expected="the stated bars",
            found="; ".join(missed),
            causes=(
                "too little training, or a learning rate that is off",
                "training data that differ from the held-out data: normalisation, augmentation",
                "overfitting",
            ),
            look="the losses of the whole training",
        )
    return Passed("; ".join(said), metrics)


def name_of_metric(wanted: str, metrics: Mapping[str, float]) -> str | None:
    """Return the metric that a bar is about: of that name, or the only one that contains it."""
    if wanted in metrics:
        return wanted
    found = [name for name in metrics if wanted in name]
    return found[0] if len(found) == 1 else None


def bound_of(share: float, n: float | None) -> float:
    """Return the upper confidence bound of a proportion, where its number is known."""
    if n is None or not 0 <= share <= 1:
        return share
    return upper_bound(round(share * n), int(n))


def beats_knowing_nothing(context: Context) -> Passed:
    """Compare what the trained program reaches with the best answer that ignores the input.

    The most frequent class (lower confidence bound), the entropy of single tokens, the mean.
    """
    run = context.trained()
    targets = leaves(whole(context, run.state, held_out(run.state)))
    metrics = numbers(context.program.function("evaluate")(run.state))
    family = context.program.family
    labels = [t for t in targets if t.ndim == 1 and not t.is_floating_point()]
    if family in ("classifier", "sequence") and labels and "accuracy" in metrics:
        counts = Counter(labels[-1].tolist())
        n = len(labels[-1])
        majority = max(counts.values()) / n
        bound = lower_bound(round(metrics["accuracy"] * n), n)
        return judged(bound, majority, "accuracy (lower bound)", is_loss=False)
    if family == "language_model" and "loss" in metrics:
        tokens = [t for t in targets if t.ndim == 2 and not t.is_floating_point()]  # noqa: PLR2004
        if tokens:
            kept = [
                t
                for t in tokens[-1].flatten().tolist()
                if t not in (-100, context.spec.get("pad_index"))
            ]
            shares = [count / len(kept) for count in Counter(kept).values()]
            entropy = -sum(p * math.log(p) for p in shares)
            return judged(metrics["loss"], entropy, "loss", is_loss=True)
    if family == "regressor" and "loss" in metrics:
        real = [t for t in targets if t.is_floating_point()]
        return judged(metrics["loss"], float(real[-1].double().var()), "loss", is_loss=True)
    raise CheckSkipped("no targets whose best blind answer is known")


def judged(found: float, blind: float, name: str, *, is_loss: bool) -> Passed:
    """Hold a result against that of knowing nothing."""
    is_better = found < blind if is_loss else found > blind
    if not is_better:
        raise CheckFailed(
            expected=f"a {name} better than {blind:.4g}, that of ignoring the input",
            found=f"{found:.4g}",
            causes=("the network ignores its input", "targets that do not belong to the inputs"),
            look="the data, then forward in model.py",
        )
    return Passed(f"{name} {found:.4g}, ignoring the input {blind:.4g}", {"baseline": blind})


def evaluation_sees_the_network(context: Context) -> Passed:
    """Evaluate with all weights at zero: the numbers are others than those of the network.

    An evaluation of the data themselves, or of a network that is not trained, says the same.
    Of a GAN it is the generator that is judged.
    """
    import torch  # noqa: PLC0415  heavy

    state = context.trained().state
    evaluate = context.program.function("evaluate")
    nets = {"G": state.nets["G"]} if context.program.family == "gan" else state.nets
    torch.manual_seed(context.seed)
    trained: Mapping[str, Any] = numbers(evaluate(state))
    kept = [p.detach().clone() for net in nets.values() for p in net.parameters()]
    with torch.no_grad():
        for p in (p for net in nets.values() for p in net.parameters()):
            p.zero_()
        torch.manual_seed(context.seed)
        empty = numbers(evaluate(state))
        parameters = (p for net in nets.values() for p in net.parameters())
        for p, value in zip(parameters, kept, strict=True):
            p.copy_(value)
    changed = [name for name in trained if name != "n" and trained[name] != empty.get(name)]
    if not changed and not is_average(context, state):
        raise CheckFailed(
            expected="other numbers from a network whose weights are zero",
            found=f"the same: {', '.join(f'{k} {v:.4g}' for k, v in trained.items())}",
            causes=("the data are evaluated, or a copy of the network that is not trained",),
            look="evaluate in train.py",
        )
    if not changed:
        return Passed("an average of the weights is judged, not the weights themselves")
    return Passed(f"{', '.join(changed)} depend on the weights")
