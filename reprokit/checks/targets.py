"""Reinforcement learning: the target network, and the loss against its targets."""

import itertools
from typing import Any

from reprokit.checks import statements
from reprokit.checks.batch import leaves
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.rl import first, followers_of, roles, sampled

_CLOSE = 1e-3  # relative, float32
_MAX_TAU_OFF = 0.05  # relative
_PATIENCE = 50  # steps in which a target has to move
_TAUS = ("tau", "target_tau", "soft_update_tau", "polyak_tau", "polyak", "target_polyak")


def target_network_follows(context: Context) -> Passed:
    """Watch the target network: it becomes the trained one exactly every so many steps.

    Or goes a share tau of the way to it at each (T. Lillicrap et al., arXiv:1509.02971, section
    3); `polyak` may be stated as what is kept, 1 - tau.
    """
    every, tau = context.spec.get("target_update_every"), stated_tau(context)
    if tau is None and not isinstance(every, int):
        raise CheckSkipped("no target_update_every and no tau in SPEC")
    state = context.learning(context.fresh())
    names = followers_of(state)
    if not names:
        raise CheckSkipped("no target network")
    name = min(names)
    if isinstance(every, int) and every > 1:
        said = moves_every(context, state, state.nets[name], every)
        if tau is None:
            return Passed(said)
    share = share_of_the_way(context, state, name)
    if tau is None:
        tau = 1.0
    if not any(abs(found / tau - 1) <= _MAX_TAU_OFF for found in share):
        raise target_failed(
            f"the target network to go {tau:g} of the way to the trained one",
            f"{share[0]:.3g} of it",
        )
    return Passed(f"goes {tau:g} of the way to the trained network")


def stated_tau(context: Context) -> float | None:
    """Return the stated share of the way, None where there is none."""
    for name in _TAUS:
        value = context.spec.get(name)
        if isinstance(value, int | float) and 0 < value <= 1:
            return 1 - value if "polyak" in name and value > 0.5 else float(value)  # noqa: PLR2004
    return None


def moves_every(context: Context, state: Any, target: Any, every: int) -> str:
    """Return a sentence where a target network moves every so many steps and at no other."""
    before, moves, start = weights(target), [], state.step
    context.steps(state, 1)
    stride = max(1, state.step - start)  # a step may be counted in steps of the environment
    for number in range(1, 3 * every + 3):
        context.steps(state, 1)
        after = weights(target)
        if not bool((after == before).all()):
            moves.append(number)
        before = after
    gaps = {b - a for a, b in itertools.pairwise(moves)}
    if len(gaps) != 1 or not {every, every // stride} & gaps:
        raise target_failed(
            f"the target network to move every {every} steps",
            f"at steps {moves[:6]} of {3 * every + 2}" if moves else "it never moves",
        )
    return f"moves every {every} steps"


def share_of_the_way(context: Context, state: Any, name: str) -> list[float]:
    """Return what share of the way to the trained network the target goes when it moves.

    With respect to the trained network after the step, and before it.
    """
    trained = next(n for n in state.nets if n not in followers_of(state))
    shapes = [tuple(p.shape) for p in state.nets[name].parameters()]
    for other, net in state.nets.items():
        if other != name and [tuple(p.shape) for p in net.parameters()] == shapes:
            trained = other
            break
    every = context.spec.get("target_update_every")
    for _ in range(2 * (every if isinstance(every, int) else 1) + _PATIENCE):
        before, own = weights(state.nets[name]), weights(state.nets[trained])
        context.steps(state, 1)
        moved = weights(state.nets[name]) - before
        if bool(moved.any()):
            ways = [weights(state.nets[trained]) - before, own - before]
            return [float(moved @ way / (way @ way).clamp_min(1e-30)) for way in ways]
    raise target_failed("the target network to follow the trained one", "it never moves")


def target_failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of a target network that follows otherwise."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "it is never copied, or at every step",
            "tau and 1 - tau are exchanged",
            "it is the trained network itself",
        ),
        look="train_step in train.py",
    )


def weights(net: Any) -> Any:
    """Return the parameters of a network as one vector."""
    import torch  # noqa: PLC0415  heavy

    return torch.cat([p.detach().flatten().clone() for p in net.parameters()])


def values_of(net: Any, observations: Any) -> Any:
    """Return a network's values [B, A] of observations.

    Raises:
        CheckSkipped: They are none: the network does not take them.
    """
    try:
        return first(net(observations)).detach()
    except (RuntimeError, TypeError, IndexError) as error:
        raise CheckSkipped("no observations to tell in the batch") from error


def loss_is_of_the_taken_action(context: Context) -> Passed:
    """Compute the loss again: the value of the action taken against the target."""
    import torch  # noqa: PLC0415  heavy
    from torch.nn import functional as f  # noqa: PLC0415

    state = context.learning(context.fresh())
    batch = sampled(context, state)
    target = context.program.function("td_target")(state, batch).detach().flatten()
    place = roles(context, state, batch)
    online = next(n for n in state.nets if n not in followers_of(state))
    actions = [t for t in leaves(batch) if t.dtype == torch.int64 and t.numel() == target.numel()]
    before = [
        t for i, t in enumerate(leaves(batch))
        if i != place.get("next") and t.is_floating_point() and t.numel() != target.numel()
    ]  # fmt: skip
    if not actions or not before:
        raise CheckSkipped("no actions and observations to tell in the batch")
    if unread := statements.says(context.spec, r"importance|priorit|weighted"):
        raise CheckSkipped(f"no way to compute the loss that SPEC's {unread} weighs")
    found = float(context.program.function("loss_fn")(state, batch))
    expected: dict[str, float] = {}
    values = values_of(state.nets[online], before[0])
    for action in actions:
        if not 0 <= int(action.min()) <= int(action.max()) < values.shape[-1]:
            continue  # something else that is counted
        q = values.gather(1, action.reshape(-1, 1))[:, 0]
        expected |= {
            "squared error": float(f.mse_loss(q, target)),
            "half the squared error": float(f.mse_loss(q, target)) / 2,
            "Huber loss": float(f.smooth_l1_loss(q, target)),
        }
    stated = str(context.spec.get("loss", "")).casefold()
    kinds = {"huber": "Huber", "smooth": "Huber", "mse": "squared", "squared": "squared"}
    wanted = next((kind for word, kind in kinds.items() if word in stated), "")
    expected = {n: v for n, v in expected.items() if wanted in n}
    for name, value in expected.items():
        if abs(found - value) <= _CLOSE * max(abs(value), 1e-6):
            return Passed(f"{found:.4g} is the {name} of the taken action's value")
    raise CheckFailed(
        expected=" or ".join(f"{n} {v:.4g}" for n, v in expected.items()),
        found=f"{found:.4g}",
        causes=("the value of another action", "shapes [B, 1] and [B] that broadcast"),
        look="loss_fn in train.py",
    )
