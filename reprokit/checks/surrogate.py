"""The clipped surrogate of PPO, computed again from a batch under every reading of it.

J. Schulman et al., "Proximal policy optimization algorithms" (arXiv:1707.06347), equations 7
and 9. Legend: B examples, A actions.
"""

import contextlib
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import leaves, map_leaves, size
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_CLOSE = 1e-4
N_MOVES = 2  # one that a wrong reading fits by chance is not fitted twice
_MOVE = 0.7  # of a logit: enough for ratios beyond any usual clipping
_NAMES = ("clip_range", "entropy_coef", "value_coef")


def surrogate_recomputed(context: Context) -> Passed:
    """Compute the loss again, with the stated clipping and weights, at a moved policy.

    The policy is moved so that ratios differ from 1 and some are clipped. Whether advantages
    are normalised, and the form of the value's error, may be as the program has it.
    """
    stated = [context.spec.get(name) for name in _NAMES]
    if not all(isinstance(value, int | float) for value in stated):
        raise CheckSkipped("no clip_range, entropy_coef and value_coef in SPEC")
    state = context.fresh()
    batch = context.batch(state)
    numbers = [float(value) for value in stated if value is not None]
    fitting: set[int] | None = None
    for draw in range(N_MOVES):
        loss, parts = moved_loss(context, state, batch, draw)
        values = list(readings(*roles(parts, batch), numbers))
        closest = min(values, key=lambda value: abs(value - loss))
        limit = _CLOSE * max(abs(loss), 1e-2)
        fits = {place for place, value in enumerate(values) if abs(value - loss) <= limit}
        fitting = fits if fitting is None else fitting & fits
        if not fitting:
            raise surrogate_failed(closest, loss)
    return Passed(f"{loss:.4g} is the clipped surrogate with the stated weights")


def surrogate_failed(closest: float, loss: float) -> CheckFailed:
    """Return the finding of a loss that no reading of the batch gives at every move."""
    return CheckFailed(
        expected=f"{closest:.5g}, the closest of all readings of the batch",
        found=f"{loss:.5g}",
        causes=(
            "a sign: of the gain, or of the entropy",
            "the ratio the wrong way round, or always 1",
            "the larger instead of the smaller of both gains",
            "another weight of value or entropy than stated",
            "an advantage that depends on the value that is learnt",
        ),
        look="loss_fn in train.py",
    )


def roles(parts: list[Any], batch: Any) -> tuple[Any, Any, Any, list[Any]]:
    """Return logits [B, A], values [B], actions [B], and the numbers [B] of a batch.

    Raises:
        CheckSkipped: They are not to be told.
    """
    n = len(parts[0])
    logits = [t for t in parts if t.ndim == 2 and t.shape[1] > 1]  # noqa: PLR2004
    values = [t.flatten() for t in parts if t.numel() == n]
    flat = [t for t in leaves(batch) if t.numel() == n]
    actions = [t.flatten() for t in flat if not t.is_floating_point()]
    real = [t.flatten().double() for t in flat if t.is_floating_point()]
    if not logits or not values or not actions or len(real) < 3:  # noqa: PLR2004
        raise CheckSkipped("no logits, value, actions and three numbers an example to tell")
    return logits[0], values[0], actions[0], real


def moved_loss(context: Context, state: Any, batch: Any, draw: int) -> tuple[float, list[Any]]:
    """Return the program's loss with logits and values moved at random, and the moved ones.

    The outputs of the network are moved, or of its parts where the program calls these.

    Raises:
        CheckSkipped: loss_fn calls no module.
    """
    import torch  # noqa: PLC0415  heavy

    generator = torch.Generator().manual_seed(context.seed + 1000 * draw)
    parts: list[Any] = []
    n = size(batch)
    spreads = [float(t.std()) for t in leaves(batch) if t.is_floating_point() and t.numel() == n]
    scale = max([0.1, *spreads])

    def moved(t: Any) -> Any:
        if t.is_floating_point() and t.ndim == 2 and t.shape[1] > 1:  # noqa: PLR2004
            t = t + _MOVE * torch.randn(t.shape, generator=generator)
        elif t.is_floating_point() and t.numel() == n:
            t = t + _MOVE * scale * torch.randn(t.shape, generator=generator)
        parts.append(t.detach().double())
        return t

    with outermost_outputs(context.net(state), lambda output: map_policy(moved, output)):
        loss = float(context.program.function("loss_fn")(state, batch))
    if not parts:
        raise CheckSkipped("no call of the network in loss_fn that a hook could see")
    return loss, parts


@contextlib.contextmanager
def outermost_outputs(net: Any, change: Callable[[Any], Any]) -> Iterator[None]:
    """Replace what a network gives, or what its parts give where they are called by themselves."""
    depth = [0]

    def enter(*_: Any) -> None:
        depth[0] += 1

    def leave(_: Any, __: Any, output: Any) -> Any:
        depth[0] -= 1
        return change(output) if depth[0] == 0 else None

    handles = [
        handle
        for module in net.modules()
        for handle in (module.register_forward_pre_hook(enter), module.register_forward_hook(leave))
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def map_policy(function: Any, output: Any) -> Any:
    """Return an output with a function applied to its tensors and its policies' logits."""
    from torch.distributions import Categorical  # noqa: PLC0415  heavy

    if isinstance(output, Categorical):
        return Categorical(logits=function(output.logits))
    if isinstance(output, tuple) and not hasattr(output, "_fields"):
        return tuple(map_policy(function, part) for part in output)
    return map_leaves(function, output)


def policy_can_be_certain(context: Context) -> Passed:
    """Make the weights of a policy large: the probability of one action comes close to 1.

    A softmax of a softmax stays near even, whatever the network learns: at most e / (e + A - 1).
    """
    if context.program.has("td_target"):
        raise CheckSkipped("no policy: actions follow from values")
    state = context.fresh()
    batch = context.batch(state)
    if not leaves(batch):
        raise CheckSkipped("no tensors in a batch to ask the policy with")
    net = context.net(state)
    tables = [logits_with(context, state, net, batch, scale) for scale in (10.0, 100.0)]
    n = tables[0].shape[1]
    largest = max(float(table.softmax(-1).max()) for table in tables)
    bound = math.e / (math.e + n - 1)
    if largest < bound + 1e-3:
        raise CheckFailed(
            expected="a policy that large weights make certain",
            found=f"at most {largest:.3f} for an action, the bound of a softmax of a softmax",
            causes=("probabilities where logits are meant: softmax twice",),
            look="forward in model.py",
        )
    return Passed(f"with large weights up to {largest:.3f} for one of {n} actions")


def logits_with(context: Context, state: Any, net: Any, batch: Any, scale: float) -> Any:
    """Return the logits [B, A] of a copy of a network whose weights are so many times as large.

    Raises:
        CheckSkipped: It gives no table of them.
    """
    import torch  # noqa: PLC0415  heavy

    other = probe.twin(net)
    found: list[Any] = []
    name = next(name for name, own in state.nets.items() if own is net)

    def keep(t: Any) -> Any:
        found.append(t)
        return t

    def look(_: Any, __: Any, output: Any) -> None:
        map_policy(keep, output)

    handle = other.register_forward_hook(look)
    state.nets[name] = other
    try:
        with torch.no_grad():
            for p in other.parameters():
                p.mul_(scale)
            context.program.function("loss_fn")(state, batch)
    finally:
        handle.remove()
        state.nets[name] = net
    for table in found:
        if table.ndim == 2 and table.shape[1] > 1:  # noqa: PLR2004
            return table.double()
    raise CheckSkipped("no table of logits that the network gives")


def readings(
    logits: Any, value: Any, actions: Any, real: list[Any], stated: list[float]
) -> Iterator[float]:
    """Yield the loss under every reading: which number is the old log-probability, and so on."""
    import torch  # noqa: PLC0415  heavy

    clip, entropy_coef, value_coef = stated
    log_p = logits.log_softmax(-1)
    taken = log_p.gather(1, actions.long()[:, None])[:, 0]
    entropy = float(-(log_p.exp() * log_p).sum(-1).mean())
    for old, advantage, target in itertools.permutations(real, 3):
        ratio = (taken - old).exp()
        for gain in normalised(advantage):
            policy = -float(
                torch.minimum(ratio * gain, ratio.clamp(1 - clip, 1 + clip) * gain).mean()
            )
            for error in value_errors(value, target, real, clip):
                yield policy + value_coef * error - entropy_coef * entropy


def normalised(advantage: Any) -> Iterator[Any]:
    """Yield an advantage as it is, and with mean 0 and deviation 1."""
    yield advantage
    for unbiased in (True, False):
        yield (advantage - advantage.mean()) / (advantage.std(unbiased=unbiased) + 1e-8)


def value_errors(value: Any, target: Any, real: list[Any], clip: float) -> Iterator[float]:
    """Yield the usual errors of a value: squared, half of it, Huber, and clipped."""
    from torch.nn import functional as f  # noqa: PLC0415  heavy

    square = (value - target).square()
    yield float(square.mean())
    yield float(square.mean()) / 2
    yield float(f.smooth_l1_loss(value, target))
    for before in real:
        near = before + (value - before).clamp(-clip, clip)
        worse = square.maximum((near - target).square()).mean()
        yield float(worse)
        yield float(worse) / 2
