"""Reinforcement learning by values: targets, losses and target networks against references.

Legend: B batch, A actions. Roles in a batch (what is the reward, what ends an episode) are found
by what the program's functions do with each tensor, never by its name or place.
"""

import itertools
from typing import Any

from reprokit.checks import statements
from reprokit.checks.batch import copy, leaves, map_leaves
from reprokit.checks.context import Context
from reprokit.checks.gradients import followers
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_CLOSE = 1e-3  # relative, float32
_OTHER_TARGETS = r"boltzmann|soft(max)? (q|value)|expected sarsa|distributional|retrace|munchausen"


def gamma_of(context: Context) -> float:
    """Return the stated discount, else the configured one."""
    for facts in (context.spec, context.config()):
        if isinstance(facts.get("gamma"), int | float):
            return float(facts["gamma"])
    raise CheckSkipped("no gamma in SPEC")


def sampled(context: Context, state: Any) -> Any:
    """Return a batch of stored transitions."""
    if context.program.has("sample"):
        batch = context.program.function("sample")(state)
        if leaves(batch):
            return batch
    raise CheckSkipped("no sample, or no tensors in what it gives")


def roles(context: Context, state: Any, batch: Any) -> dict[str, int]:
    """Return the places of reward, end and next observation among the tensors of a batch.

    The target moves one to one with the reward, not at all with the observation, and with the
    next observation only where an episode has not ended.
    """
    before = context.program.function("td_target")(state, batch)
    n = before.numel()
    target = context.program.function("td_target")
    found: dict[str, int] = {}
    for place, leaf in enumerate(leaves(batch)):
        if not leaf.ndim:
            continue  # one number for the whole batch
        is_flat = leaf.numel() == n
        values = set(leaf.unique().tolist())
        if is_flat and values <= {0, 1} and is_end(context, state, batch, place):
            found["end"] = place
        elif is_flat and (weight := weight_in_target(context, state, batch, place)):
            found["reward" if abs(weight - 1) < 1e-3 else "weighted"] = place  # noqa: PLR2004
        elif not is_flat:
            other = leaf.roll(1, 0)
            if not bool((target(state, changed(batch, place, other)) == before).all()):
                found["next"] = place
    return found


def weight_in_target(context: Context, state: Any, batch: Any, place: int) -> float:
    """Return by how much the target of every row moves with one more of a tensor; 0 if unevenly."""
    target = context.program.function("td_target")
    leaf = leaves(batch)[place]
    try:
        moved = target(state, changed(batch, place, leaf + 1)) - target(state, batch)
    except (RuntimeError, IndexError):  # an index out of its range
        return 0.0
    first_one = float(moved.flatten()[0])
    return first_one if bool(((moved - first_one).abs() < 1e-3).all()) else 0.0  # noqa: PLR2004


def is_end(context: Context, state: Any, batch: Any, place: int) -> bool:
    """Return whether the target depends on a flag otherwise than by adding it."""
    import torch  # noqa: PLC0415  heavy

    target = context.program.function("td_target")
    flag = leaves(batch)[place]
    on, off = (target(state, changed(batch, place, torch.full_like(flag, v))) for v in (1, 0))
    return not bool(((on - off) - (on - off).flatten()[0]).abs().max() < 1e-6)  # noqa: PLR2004


def changed(batch: Any, place: int, value: Any) -> Any:
    """Return a copy of a batch with one of its tensors replaced."""
    count = iter(range(10**6))
    return map_leaves(lambda leaf: value if next(count) == place else leaf.clone(), copy(batch))


def target_recomputed(context: Context) -> Passed:
    """Compute the target again: reward, and the discounted best value unless the episode ended.

    From the target network, its weights moved away from the trained one's; V. Mnih et al.,
    "Human-level control through deep reinforcement learning" (2015), and its double variant
    (H. van Hasselt et al., arXiv:1509.06461).
    """
    import torch  # noqa: PLC0415  heavy

    gamma, state = gamma_of(context), context.learning(context.fresh())
    batch = sampled(context, state)
    function = context.program.function("td_target")
    if statements.says(context.spec, _OTHER_TARGETS):
        raise CheckSkipped("no best next value in a target of this kind")
    move_apart(state)
    if function(state, batch).requires_grad:
        raise target_failed("a target without gradient", "it has one")
    place = roles(context, state, batch)
    tensors = leaves(batch)
    if "reward" not in place or "next" not in place:
        if "weighted" in place:
            weight = weight_in_target(context, state, batch, place["weighted"])
            raise target_failed("the reward itself", f"{weight:.4g} times the reward")
        raise CheckSkipped("no reward and next observation to tell from the target")
    reward, after = tensors[place["reward"]].flatten(), tensors[place["next"]]
    if "end" not in place:
        raise no_end(tensors, len(reward))
    both = torch.zeros_like(tensors[place["end"]])
    both.view(-1)[::2] = 1
    found = function(state, changed(batch, place["end"], both)).flatten()
    values = as_stated(context, next_values(state, after))
    flag = both.flatten().float()
    for name, value in values.items():
        for ends, factor in itertools.product((1 - flag, flag), discounts(context, tensors, gamma)):
            expected = reward + factor * ends * value
            if found.shape == expected.shape and close(found, expected):
                if name == "the trained network" and followers_of(state):
                    raise target_failed("values of the target network", "the trained network's")
                return Passed(f"reward and discounted {name}, nothing after an end")
    raise target_failed(
        f"reward + {gamma ** n_step(context):g} x best next value, unless the episode ended",
        f"shape {tuple(found.shape)}, mean {float(found.mean()):.4g}, of none of "
        f"{len(values)} ways to compute it",
    )


def n_step(context: Context) -> int:
    """Return over how many rewards a stated return goes before it bootstraps."""
    names = ("n_step", "nstep", "multi_step", "n_step_returns", "n_steps")
    found = (context.spec.get(name) for name in names)
    return next((n for n in found if isinstance(n, int) and n > 0), 1)


def discounts(context: Context, tensors: list[Any], gamma: float) -> list[Any]:
    """Return what the value of the next observation may be multiplied by.

    gamma to the number of rewards; or what a batch brings along, fewer only for a few rows whose
    episode was over sooner.
    """
    n = n_step(context)
    found: list[Any] = [gamma**n]
    powers = [gamma**k for k in range(1, n + 1)]
    for t in tensors if n > 1 else []:
        if (
            t.numel()
            and 1 <= float(t.min()) <= float(t.max()) == n
            and bool((t == t.round()).all())
        ):
            found.append(gamma ** t.flatten().double())  # the number of rewards itself
        flat = t.flatten().double()
        near = [(flat - power).abs() < 1e-6 for power in powers]  # noqa: PLR2004  float32
        if t.is_floating_point() and bool(sum(near).bool().all()):
            is_full = float(near[-1].double().mean()) > 0.5  # noqa: PLR2004
            found += [t.flatten().float()] if is_full else []
    return found


def no_end(tensors: list[Any], n: int) -> Exception:
    """Return what to say of a target that depends on no end: a finding where a flag is there."""
    if any(set(t.unique().tolist()) <= {0, 1} and t.numel() == n for t in tensors):
        return target_failed("no value after the end of an episode", "the target ignores ends")
    return CheckSkipped("no flag of an end in the batch")


def as_stated(context: Context, values: dict[str, Any]) -> dict[str, Any]:
    """Return the ways to value the next state that SPEC leaves open: `double_q` states one."""
    stated = [context.spec.get(name) for name in ("double_q", "double", "double_dqn")]
    is_double = next((value for value in stated if isinstance(value, bool)), None)
    if is_double is None:
        return values
    return {n: v for n, v in values.items() if ("chosen by" in n) == is_double} or values


def move_apart(state: Any) -> None:
    """Move the weights of each network by other amounts, so that no two give the same values."""
    import torch  # noqa: PLC0415  heavy

    with torch.no_grad():
        for number, net in enumerate(state.nets.values()):
            generator = torch.Generator().manual_seed(number)
            for p in net.parameters():
                p.add_(0.3 * p.std().nan_to_num(0.1) * torch.randn(p.shape, generator=generator))


def target_failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of a wrong target."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "the target bootstraps through the end of an episode",
            "another discount, or twice the same",
            "shapes [B, 1] and [B] that broadcast to [B, B]",
            "the trained network instead of the target network",
        ),
        look="td_target in train.py",
    )


def close(found: Any, expected: Any) -> bool:
    """Compare two tensors, relative to the larger values."""
    scale = max(float(expected.abs().max()), 1e-6)
    return bool((found - expected).abs().max() <= _CLOSE * scale)


def followers_of(state: Any) -> set[str]:
    """Return the networks that no optimizer holds."""
    owned = {
        id(p)
        for o in state.optimizers.values()
        for group in o.param_groups
        for p in group["params"]
    }
    return followers(state, owned)


def next_values(state: Any, after: Any) -> dict[str, Any]:
    """Return the best next values [B], by the network that chooses and the one that values."""
    import torch  # noqa: PLC0415  heavy

    targets = followers_of(state)
    online = next((n for n in state.nets if n not in targets), None)
    found = {}
    with torch.no_grad():
        outputs = {name: first(net(after)) for name, net in state.nets.items()}
    for name, q in outputs.items():
        if q.ndim != 2:  # noqa: PLR2004  one value an action
            continue
        label = "the target network" if name in targets else "the trained network"
        found[label] = q.max(1).values
        if online in outputs and name in targets:
            chosen = outputs[online].argmax(1, keepdim=True)
            found["the target network, chosen by the trained one"] = q.gather(1, chosen)[:, 0]
    return found


def first(output: Any) -> Any:
    """Return the first tensor of an output."""
    return leaves(output)[0]
