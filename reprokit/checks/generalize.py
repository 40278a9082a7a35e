"""Stage 3: examples that training has not seen.

Proportions are judged by exact one-sided bounds at `statistics.ALPHA` = 1e-4: that is each
comparison's false-alarm rate for a program that sits exactly on its threshold.
"""

import math
from collections import Counter
from typing import Any

from reprokit.checks import bars
from reprokit.checks.context import Context
from reprokit.checks.evaluation import held_out
from reprokit.checks.outcome import CheckFailed, Passed
from reprokit.checks.statistics import lower_bound, mean_and_error, upper_bound

N_SEEDS = 3


def predictions(state: Any, dataset: Any) -> tuple[Any, Any]:
    """Return the logits [N, C] and labels [N], by a loop of the battery's own."""
    import torch  # noqa: PLC0415  heavy

    net = state.nets["model"]
    was_training = net.training
    net.eval()
    logits, labels = [], []
    with torch.no_grad():
        for i in range(len(dataset)):
            x, y = dataset[i]
            logits.append(net(x[None].to(state.device))[0].float().cpu())
            labels.append(int(y))
    net.train(was_training)
    return torch.stack(logits), torch.tensor(labels)


def count_right(state: Any, dataset: Any) -> tuple[int, int]:
    """Return how many examples are right, and of how many."""
    logits, labels = predictions(state, dataset)
    return int((logits.argmax(1) == labels).sum()), len(labels)


def reaches_its_bar(context: Context) -> Passed:
    """Train the stage; the lower bound of the kept model's accuracy reaches min_accuracy."""
    if not context.program.has_stages:
        return bars.reaches_stated_bars(context)
    bar = context.threshold("min_accuracy")
    state = context.trained().state
    right, n = count_right(state, held_out(state))
    bound = lower_bound(right, n)
    numbers = f"{right} of {n} right ({right / n:.1%}), lower bound {bound:.1%}"
    if bound < bar:
        raise CheckFailed(
            expected=f"a lower bound of at least {bar:.1%}",
            found=numbers,
            causes=(
                "too little training, or a learning rate that is off",
                "training data that differ from the held-out data: normalisation, augmentation",
                "overfitting: compare train_accuracy with accuracy",
            ),
            look="runs/3_generalize and its metrics.jsonl",
        )
    return Passed(f"{numbers}, bar {bar:.0%}", {"accuracy": right / n, "accuracy_bound": bound})


def beats_input_independent_baseline(context: Context) -> Passed:
    """The lower bound of the accuracy is above the share of the most frequent class."""
    if not context.program.has_stages:
        return bars.beats_knowing_nothing(context)
    state = context.trained().state
    dataset = held_out(state)
    right, n = count_right(state, dataset)
    majority = max(Counter(int(dataset[i][1]) for i in range(n)).values()) / n
    bound = lower_bound(right, n)
    if bound <= majority:
        raise CheckFailed(
            expected=f"a lower bound above {majority:.1%}, the most frequent class",
            found=f"{bound:.1%}",
            causes=("the network ignores its input", "labels that do not belong to the inputs"),
            look="data.py, then forward in model.py",
        )
    return Passed(f"lower bound {bound:.1%}, baseline {majority:.1%}", {"baseline": majority})


def shuffled_labels_stay_at_chance(context: Context) -> Passed:
    """Train on shuffled labels: what it then gets right of true labels is chance."""
    import torch  # noqa: PLC0415  heavy

    state = context.setup()
    generator = torch.Generator().manual_seed(context.seed)

    def shuffled(batch: Any) -> Any:
        x, y = batch
        return x, y[torch.randperm(len(y), generator=generator).to(y.device)]

    context.steps(state, int(state.config["steps"]), shuffled)
    dataset = held_out(state)
    right, n = count_right(state, dataset)
    majority = max(Counter(int(dataset[i][1]) for i in range(n)).values()) / n
    limit = max(upper_bound(round(majority * n), n), majority + 4 * math.sqrt(0.25 / n))
    if right / n > limit:
        raise CheckFailed(
            expected=f"at most {limit:.1%} right after training on shuffled labels",
            found=f"{right / n:.1%}",
            causes=("the label is in the input",),
            look="data.py",
        )
    return Passed(f"{right / n:.1%} right, chance up to {limit:.1%}")


def seeds_agree(context: Context) -> Passed:
    """Train three seeds; each reaches above the baseline, and the spread is reported."""
    values = []
    for seed in range(context.seed, context.seed + N_SEEDS):
        state = context.at_seed(seed).trained().state
        right, n = count_right(state, held_out(state))
        values.append(right / n)
    mean, error = mean_and_error(values)
    bar = context.threshold("min_accuracy")
    shown = ", ".join(f"{value:.1%}" for value in values)
    if min(values) < bar:
        raise CheckFailed(
            expected=f"every seed at {bar:.1%} or above",
            found=shown,
            causes=("training that depends on luck: learning rate, initialisation",),
            look="conf/stage/3_generalize.yaml",
        )
    return Passed(f"{shown}: mean {mean:.1%}, standard error {error:.1%}", {"accuracy_mean": mean})
