"""Which weights an evaluation judges: the network's own, or an average put in for it."""

from typing import Any

from reprokit.checks import probe, statements
from reprokit.checks.context import Context
from reprokit.checks.gradients import followers
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

N_STEPS = 12
_JUDGED = r"^(eval\w*|sampl\w*|judged\w*|test\w*): (.*\b)?(ema|averag\w*)\b"


def outermost_module(run: Any, kind: type) -> Any:
    """Return a copy of the first module of a kind that is called by itself while something runs.

    With the weights of that moment, which may be an average that is put in for an evaluation;
    None where no such module is called.
    """
    from torch.nn.modules import module as modules  # noqa: PLC0415  heavy

    found: list[Any] = []

    def look(module: Any, _: Any) -> None:
        if not found and isinstance(module, kind):
            found.append(None)  # copying calls nothing, and must not be caught again
            found[0] = probe.twin(module)

    handle = modules.register_module_forward_pre_hook(look)
    try:
        run()
    finally:
        handle.remove()
    return found[0] if found else None


def is_average(context: Context, state: Any) -> bool:
    """Return whether evaluation puts other weights in: neither the network's, nor the first ones.

    An average that was kept during the training is one; a copy that was never trained is none.
    """
    name = "G" if context.program.family == "gan" else "model"
    own = state.nets.get(name, context.net(state))
    found = outermost_module(lambda: context.program.function("evaluate")(state), type(own))
    if found is None:
        return False
    first = context.fresh().nets.get(name, own)
    weights, others = found.state_dict(), (own.state_dict(), first.state_dict())
    return all(probe.differences(weights, other) for other in others)


def average_is_kept_as_stated(context: Context) -> Passed:
    """Watch an average of the weights: each step moves it by 1 - ema_decay towards them.

    Or by more at first, as (1 + t) / (10 + t) has it. Where SPEC says that the average is judged,
    evaluation judges it. B. Polyak and A. Juditsky, "Acceleration of stochastic approximation by
    averaging" (1992).
    """
    stated = context.spec.get("ema_decay")
    if not isinstance(stated, int | float):
        raise CheckSkipped("no ema_decay in SPEC")
    state = context.learning(context.fresh())
    name = follower(state)
    average, own = state.nets[name], context.net(state)
    found = []
    for _ in range(N_STEPS):
        before = vector(average)
        context.steps(state, 1)
        after, weights = vector(average), vector(own)
        if bool((after == before).all()):
            continue  # not at every step
        gap = before - weights
        found.append(float(((after - weights) @ gap) / (gap @ gap).clamp_min(1e-30)))
    if not found:
        raise average_failed(f"an average that moves by {1 - stated:.3g} a step", "it never moves")
    decay = sorted(found)[len(found) // 2]
    is_warming = 0 < decay < stated and found == sorted(found)
    if abs((1 - decay) - (1 - stated)) > 0.05 * (1 - stated) + 1e-3 and not is_warming:
        raise average_failed(f"a decay of {stated:g} a step", f"{decay:.4g}")
    if statements.says(context.spec, _JUDGED):
        judged = outermost_module(
            lambda: context.program.function("evaluate")(state), type(average)
        )
        if judged is not None and not probe.differences(judged.state_dict(), own.state_dict()):
            raise average_failed(
                "an evaluation of the average", "the weights themselves are judged"
            )
    return Passed(f"a decay of {decay:.4g} a step, stated {stated:g}")


def follower(state: Any) -> str:
    """Return the name of the network that no optimizer holds, the average.

    Raises:
        CheckSkipped: There is none.
    """
    owned = {
        id(p)
        for o in state.optimizers.values()
        for group in o.param_groups
        for p in group["params"]
    }
    names = sorted(followers(state, owned))
    if not names:
        raise CheckSkipped("no average among state.nets")
    return names[0]


def vector(net: Any) -> Any:
    """Return the parameters of a network as one vector [P]."""
    import torch  # noqa: PLC0415  heavy

    return torch.cat([p.detach().double().flatten() for p in net.parameters()])


def average_failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of an average that is kept or used otherwise."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "decay and 1 - decay are exchanged",
            "the average is never updated, or never used",
        ),
        look="where the average is kept in train.py",
    )
