"""GANs: gradient penalties, there with the weight and of the form that is stated."""

import contextlib
from collections.abc import Mapping
from typing import Any

from reprokit.checks import probe, statements
from reprokit.checks.batch import leaves, map_leaves
from reprokit.checks.context import Context
from reprokit.checks.gan import example_form, real_batch, with_examples
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.scores import linear_critic, score_of

_CLOSE = 1e-3  # relative
_MAX_WEIGHT_OFF = 0.05  # relative; the projection is exact to rounding where it applies
_MAX_LEFT = 0.02  # relative, of what the penalty has to explain
_NAMES = ("r1_gamma", "r1_weight", "r1_lambda", "r1")
_INTERVALS = ("r1_every", "r1_interval", "r1_period", "lazy_r1_every", "d_reg_every")
_MAX_INTERVAL = 16


def penalty_is_there(context: Context) -> Passed:
    """Estimate the weight of the gradient penalty from the gradient that D really gets.

    What exceeds the gradient of the bare critic loss is projected on that of the penalty
    (I. Gulrajani et al., arXiv:1704.00028, equation 3) at points between real and generated.
    """
    stated = context.spec.get("gp_lambda")
    if not isinstance(stated, int | float) or not stated:
        raise CheckSkipped("no gp_lambda in SPEC")
    estimates = []
    for shift in range(3):
        state = context.fresh()
        context.steps(state, 3 + shift)
        # a steep critic: its penalty is far from zero, and stands out of the loss
        for parameter in state.nets["D"].parameters():
            parameter.data.mul_(2.0)
        estimates.append(estimated_penalty(context, state))
    found = sorted(estimates)[1]
    if not 0.6 * stated <= found <= 1.6 * stated:
        raise CheckFailed(
            expected=f"a gradient penalty with weight {stated:g}",
            found=f"about {found:.3g}",
            causes=(
                "the penalty is missing or detached",
                "another weight",
                "a norm over the batch",
            ),
            look="d_step in train.py",
        )
    return Passed(f"weight about {found:.3g}, stated {stated:g}")


def estimated_penalty(context: Context, state: Any) -> float:
    """Return the weight of the penalty in one d_step."""
    import torch  # noqa: PLC0415  heavy

    critic = probe.twin(state.nets["D"])
    real = real_batch(context, state)
    with (
        probe.calls_of(state.nets["G"]) as fakes,
        probe.steps_of(state, with_gradients=True) as seen,
    ):
        context.program.function("d_step")(state, real)
    if not fakes or not seen:
        raise CheckSkipped("no call of G in d_step that a hook could see")
    fake = fakes[0].prediction.detach()
    used = [seen[0].gradients.get(id(p)) for p in state.nets["D"].parameters()]
    own = list(critic.parameters())
    bare = torch.autograd.grad(critic(fake).mean() - critic(real).mean(), own, allow_unused=True)
    n = min(len(real), len(fake))
    total = [torch.zeros_like(p) for p in own]
    for draw in range(4):
        generator = torch.Generator().manual_seed(draw)
        alpha = torch.rand(n, *[1] * (real.ndim - 1), generator=generator)
        between = (alpha * real[:n] + (1 - alpha) * fake[:n]).requires_grad_()
        (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
        penalty = ((slope.flatten(1).norm(dim=1) - 1) ** 2).mean()
        grads = torch.autograd.grad(penalty, own, allow_unused=True)
        total = [t + without(g, None, t) / 4 for t, g in zip(total, grads, strict=True)]
    extra = [without(u, b, p) for p, u, b in zip(own, used, bare, strict=True)]
    over = sum(float((e * t).sum()) for e, t in zip(extra, total, strict=True))
    return over / max(sum(float((t * t).sum()) for t in total), 1e-30)


def without(used: Any, bare: Any, like: Any) -> Any:
    """Return one gradient less another; a missing one is zero."""
    import torch  # noqa: PLC0415  heavy

    zero = torch.zeros_like(like)
    return (zero if used is None else used) - (zero if bare is None else bare)


def penalty_is_as_stated(context: Context) -> Passed:
    """Give D's loss critics of known slopes, and look at the points where it takes the gradient.

    Two-sided: what a slope s adds is gp_lambda (s - 1)^2, below 1 as above it; and each example
    has a point of its own between real and generated (I. Gulrajani et al., arXiv:1704.00028,
    algorithm 1).
    """
    stated = context.spec.get("gp_lambda")
    if not isinstance(stated, int | float) or not stated:
        raise CheckSkipped("no gp_lambda in SPEC")
    d_loss = context.program.function("d_loss")
    state = context.fresh()
    real = real_batch(context, state)
    critic, u = linear_critic(real, score_of(state, real))
    fake = real.roll(1, 0) + 0.5 * u.reshape(real[0].shape).to(real.dtype)
    added, given = {}, []
    for slope in (1.0, 0.5, 2.0):
        critic.u.data.copy_(slope * u)
        with probe.calls_of(critic) as calls:
            loss = float(d_loss(critic, real, fake))
        with contextlib.suppress(RuntimeError):  # the gradient is taken under a transform
            given = [call.inputs[0].detach() for call in calls]
        with_scores = float(critic(fake).mean() - critic(real).mean())
        added[slope] = loss - with_scores
    is_two_sided = "one" not in str(context.spec.get("gp_kind", ""))
    base = added[1.0]
    wanted = {0.5: stated * 0.25 * is_two_sided, 2.0: float(stated)}
    off = {s: added[s] - base for s in wanted}
    if abs(off[2.0] - wanted[2.0]) > 0.02 * stated:
        raise CheckSkipped("no gradient penalty in d_loss that adds to the critic's difference")
    if abs(off[0.5] - wanted[0.5]) > 0.02 * stated:
        raise penalty_failed(f"{wanted[0.5]:.3g} added at slope 0.5", f"{off[0.5]:.3g}")
    for points in given:
        share = None
        with contextlib.suppress(RuntimeError):
            share = shares_between(points, real, fake)
        if share is not None and len(share) > 2 and float(share.std()) < 1e-6:  # noqa: PLR2004
            raise penalty_failed(
                "a point of its own between real and generated for each example",
                f"the same share {float(share[0]):.3g} for all {len(share)}",
            )
    return Passed(f"{off[0.5]:.3g} at slope 0.5, {off[2.0]:.3g} at slope 2, as stated")


def shares_between(points: Any, real: Any, fake: Any) -> Any:
    """Return where each point lies between its real and its fake example; None if it does not."""
    if points.shape != real.shape:
        return None
    step = (fake - real).flatten(1)
    share = ((points - real).flatten(1) * step).sum(1) / (step**2).sum(1).clamp_min(1e-12)
    off = (points.flatten(1) - real.flatten(1) - share[:, None] * step).abs().max()
    is_inside = bool(((share > 1e-6) & (share < 1 - 1e-6)).any())  # noqa: PLR2004
    return share if is_inside and float(off) < _CLOSE * float(step.abs().max()) else None


def penalty_failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of a penalty of another form."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "only gradients above 1 are penalised",
            "one draw for the whole batch",
            "a norm over the batch instead of over each example",
        ),
        look="the gradient penalty in train.py",
    )


def real_penalty_is_as_stated(context: Context) -> Passed:
    """Estimate the weight of R1, the penalty of D's slope at real examples, over some steps.

    From what D's gradient exceeds that of d_loss by, and from what d_loss adds for a critic of
    the same scores that is twice as steep. The weight is r1_gamma / 2 (L. Mescheder et al.,
    arXiv:1801.04406, equation 9) or r1_gamma, on the mean over steps where it is lazy (T. Karras
    et al., arXiv:1912.04958, section 3.1).
    """
    stated = first_number(context.spec, _NAMES)
    if not stated:
        raise CheckSkipped("no r1_gamma in SPEC")
    interval = int(first_number(context.spec, _INTERVALS) or 1)
    if interval > _MAX_INTERVAL:
        raise CheckSkipped(f"no more than {_MAX_INTERVAL} steps are taken")
    state = context.fresh()
    context.steps(state, 2)
    found = [weight_in_step(context, state) for _ in range(2 * interval)]
    mean = sum(found) / len(found) + weight_in_loss(context, state)
    wanted = [stated / 2, stated]
    if interval > 1 and not statements.says(
        context.spec, r"lazily|multipli(ed|es)|scaled|times|compensat"
    ):
        wanted += [stated / 2 / interval, stated / interval]
    if not any(abs(mean / value - 1) <= _MAX_WEIGHT_OFF for value in wanted):
        raise CheckFailed(
            expected=f"a penalty at real examples with weight {stated:g} / 2, over steps",
            found=f"{mean:.3g} over {len(found)} steps",
            causes=(
                "the gradient is taken without create_graph: the penalty is a constant",
                "a lazy penalty that is not multiplied by its interval",
                "the slope at generated examples, or of a mean score",
            ),
            look="d_step in train.py",
        )
    return Passed(f"weight {mean:.3g} on the mean over {len(found)} steps, stated {stated:g}")


def first_number(spec: Mapping[str, Any], names: tuple[str, ...]) -> float | None:
    """Return the first of some facts that is a number."""
    found = (spec.get(name) for name in names)
    return next((float(v) for v in found if isinstance(v, int | float)), None)


def weight_in_step(context: Context, state: Any) -> float:
    """Take a step; return the weight of R1 in what D's gradient exceeds that of d_loss by.

    Raises:
        CheckSkipped: Something else is in it: clipping, a mask, other examples.
    """
    import torch  # noqa: PLC0415  heavy

    critic = probe.twin(state.nets["D"])
    form, real = example_form(context, state)
    with (
        probe.calls_of(state.nets["G"]) as fakes,
        probe.steps_of(state, with_gradients=True) as seen,
    ):
        context.steps(state, 1)
    steps = [step for step in seen if step.optimizer == "D"]
    if not fakes or len(steps) != 1:
        raise CheckSkipped("no single step of D with a call of G that a hook could see")
    used = [steps[0].gradients.get(id(p)) for p in state.nets["D"].parameters()]
    own = list(critic.parameters())
    try:
        loss = context.program.function("d_loss")(critic, form, detached(fakes[0].output))
        bare = torch.autograd.grad(loss, own, allow_unused=True)
        x = real.detach().clone().requires_grad_()
        score = critic(with_examples(form, x))
        (slope,) = torch.autograd.grad(leaves(score)[0].sum(), x, create_graph=True)
        penalty = slope.flatten(1).square().sum(1).mean()
        grads = torch.autograd.grad(penalty, own, allow_unused=True)
    except (RuntimeError, TypeError, AttributeError, ValueError) as error:
        raise CheckSkipped("no d_loss and D that take a batch as it is") from error

    def flat(tensors: Any) -> Any:
        pairs = zip(tensors, own, strict=True)
        return torch.cat([without(t, None, p).flatten().double() for t, p in pairs])

    extra, direction, whole = flat(used) - flat(bare), flat(grads), flat(used)
    weight = float(extra @ direction / (direction @ direction).clamp_min(1e-30))
    left = float((extra - weight * direction).norm())
    if left > _MAX_LEFT * max(float(extra.norm()), _MAX_LEFT * float(whole.norm())):
        raise CheckSkipped("no gradient of D that is that of d_loss and a penalty alone")
    return weight


def detached(output: Any) -> Any:
    """Return what G gave, without its graph."""
    return map_leaves(lambda leaf: leaf.detach(), output)


def weight_in_loss(context: Context, state: Any) -> float:
    """Return the weight of the squared slope in d_loss: of critics with the same scores."""
    form, real = example_form(context, state)
    critic, u = linear_critic(real, score_of(state, form))
    losses = []
    for steepness in (1.0, 2.0):
        critic.u.data.copy_(steepness * u)
        rows = [s / steepness * u.expand(len(real), -1) for s in (0.7, -0.4)]
        shaped = [with_examples(form, r.reshape(real.shape).to(real.dtype)) for r in rows]
        try:
            losses.append(float(context.program.function("d_loss")(critic, *shaped)))
        except (RuntimeError, TypeError, AttributeError, ValueError):
            return 0.0
    return (losses[1] - losses[0]) / 3
