"""Evaluation: it changes nothing, says the same twice, and what it says is true."""

import contextlib
import math
import random
from typing import Any

from reprokit.checks import probe
from reprokit.checks.context import Context
from reprokit.checks.gradients import named_parameters
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

N_STEPS_AFTER = 3
_DRAWS = ("rl",)  # families whose evaluation may draw


def held_out(state: Any) -> Any:
    """Return the data the stage is judged on: the validation split, else the test split."""
    found = None
    for name in ("test", "validation"):
        with contextlib.suppress(AttributeError, LookupError):  # a state may be a dict of its own
            part = getattr(state, name)
            found = found if part is None else part
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
