"""The clipped surrogate of PPO, computed again from a batch under every reading of it.

J. Schulman et al., "Proximal policy optimization algorithms" (arXiv:1707.06347), equations 7
and 9. Legend: B examples, A actions.
"""

import itertools
from collections.abc import Iterator
from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import leaves, map_leaves
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_CLOSE = 1e-4
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
    loss, output = moved_loss(context, state, batch)
    parts = [t.detach().double() for t in leaves(output)]
    n = len(parts[0])
    logits = [t for t in parts if t.ndim == 2 and t.shape[1] > 1]  # noqa: PLR2004
    values = [t.flatten() for t in parts if t.numel() == n]
    flat = [t for t in leaves(batch) if t.numel() == n]
    actions = [t.flatten() for t in flat if not t.is_floating_point()]
    real = [t.flatten().double() for t in flat if t.is_floating_point()]
    if not logits or not values or not actions or len(real) < 3:  # noqa: PLR2004
        raise CheckSkipped("no logits, value, actions and three numbers an example to tell")
    closest = min(
        readings(
            logits[0], values[0], actions[0], real, [float(v) for v in stated if v is not None]
        ),
        key=lambda value: abs(value - loss),
    )
    if abs(closest - loss) > _CLOSE * max(abs(loss), 1e-2):
        raise CheckFailed(
            expected=f"{closest:.5g}, the closest of all readings of the batch",
            found=f"{loss:.5g}",
            causes=(
                "a sign: of the gain, or of the entropy",
                "the ratio the wrong way round, or always 1",
                "the larger instead of the smaller of both gains",
                "another weight of value or entropy than stated",
            ),
            look="loss_fn in train.py",
        )
    return Passed(f"{loss:.4g} is the clipped surrogate with the stated weights")


def moved_loss(context: Context, state: Any, batch: Any) -> tuple[float, Any]:
    """Return the program's loss with its policy's logits moved at random, and the moved output.

    Raises:
        CheckSkipped: loss_fn does not call the network as a module.
    """
    import torch  # noqa: PLC0415  heavy

    net = context.net(state)
    generator = torch.Generator().manual_seed(context.seed)

    def moved(t: Any) -> Any:
        is_table = t.is_floating_point() and t.ndim == 2 and t.shape[1] > 1  # noqa: PLR2004
        return t + _MOVE * torch.randn(t.shape, generator=generator) if is_table else t

    handle = net.register_forward_hook(lambda _, __, output: map_leaves(moved, output))
    try:
        with probe.calls_of(net) as seen:
            loss = float(context.program.function("loss_fn")(state, batch))
    finally:
        handle.remove()
    if not seen:
        raise CheckSkipped("no call of the network in loss_fn that a hook could see")
    return loss, seen[0].output


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
