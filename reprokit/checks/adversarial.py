"""GANs: the losses are the ones that are stated, computed again from known scores."""

import contextlib
import math
from collections.abc import Iterator
from typing import Any

from reprokit.checks import probe
from reprokit.checks.context import Context
from reprokit.checks.gan import given_batch, real_batch
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.scores import linear_critic

_CLOSE = 1e-3  # relative
_KINDS = {
    "bce": "cross-entropy", "cross": "cross-entropy", "saturating": "cross-entropy",
    "vanilla": "cross-entropy", "hinge": "hinge", "wasserstein": "difference",
    "wgan": "difference", "least": "squares", "lsgan": "squares",
}  # fmt: skip
_PENALTIES = ("r1_gamma", "r1", "r2", "drift")


def losses_as_stated(context: Context) -> Passed:
    """Give D's and G's losses a critic with known scores, and compute them again.

    As SPEC's `loss` names them, with its one-sided `label_smoothing` (T. Salimans et al.,
    arXiv:1606.03498, section 3.4); halved or not.
    """
    spec = context.spec
    stated = str(spec.get("loss", "")).casefold().replace("-", " ").replace("_", " ")
    kind = next((kind for word, kind in _KINDS.items() if word in stated), "")
    if not kind:
        raise CheckSkipped("no loss in SPEC that is known here")
    state = context.fresh()
    real = real_batch(context, state)
    with probe.evaluating(state.nets["D"]) as net, probe.calls_of(net) as seen:
        net(real)
    critic, u = linear_critic(real, seen[0].prediction)
    scores = (0.7, -0.4)
    d_loss, g_loss = (context.program.function(name) for name in ("d_loss", "g_loss"))
    rows = [(s * u).expand(len(real), -1).reshape(real.shape).to(real.dtype) for s in scores]
    ours = float(d_loss(critic, *rows)), float(g_loss(critic, rows[1]))
    smoothing = float(spec.get("label_smoothing") or 0.0)
    for name, found, readings in (
        ("D", ours[0], d_losses(kind, *scores, smoothing)),
        ("G", ours[1], g_losses(kind, scores[1])),
    ):
        values = [factor * value for value in readings for factor in (1.0, 0.5)]
        # a penalty around 1 is zero on a critic of slope 1; any other is added to D's loss
        if name == "D" and any(penalty in spec for penalty in _PENALTIES):
            continue
        if not any(abs(found - value) <= _CLOSE * max(abs(value), 1e-2) for value in values):
            raise CheckFailed(
                expected=f"{name}'s loss {values[0]:.5g}, {spec['loss']!r} of known scores",
                found=f"{found:.5g}",
                causes=(
                    "another loss than stated",
                    "labels smoothed on both sides, or not at all",
                    "probabilities where scores are meant",
                ),
                look="d_loss and g_loss in train.py",
            )
    return Passed(f"D {ours[0]:.4g} and G {ours[1]:.4g} on known scores, as stated")


def softplus(x: float) -> float:
    """Return log(1 + exp(x))."""
    return math.log1p(math.exp(-abs(x))) + max(x, 0.0)


def d_losses(kind: str, real: float, fake: float, smoothing: float) -> Iterator[float]:
    """Yield D's loss of two scores under each reading of a stated kind."""
    if kind == "cross-entropy":
        yield (1 - smoothing) * softplus(-real) + smoothing * softplus(real) + softplus(fake)
        yield (1 - smoothing) * softplus(fake) + smoothing * softplus(-fake) + softplus(-real)
        # the labels the other way round
        yield (1 - smoothing) * softplus(real) + smoothing * softplus(-real) + softplus(-fake)
    elif kind == "hinge":
        yield max(0.0, 1 - real) + max(0.0, 1 + fake)
    elif kind == "difference":
        yield fake - real
        yield real - fake
    else:
        yield (real - 1 + smoothing) ** 2 + fake**2
        yield (real - 1) ** 2 + (fake + 1) ** 2


def g_losses(kind: str, fake: float) -> Iterator[float]:
    """Yield G's loss of a score under each reading of a stated kind."""
    if kind == "cross-entropy":
        yield softplus(-fake)
        yield softplus(fake)
        yield -softplus(fake)  # saturating: log(1 - D); another check says what that costs
    elif kind in ("hinge", "difference"):
        yield -fake
        yield fake
    else:
        yield (fake - 1) ** 2
        yield fake**2


def steps_do_not_share_gradients(context: Context) -> Passed:
    """Take a d_step and a g_step, with all gradients cleared between them and without: the same.

    Where D's loss reaches G, or G's reaches D, and nothing clears it in time, the other
    network's step takes it along.
    """
    import torch  # noqa: PLC0415  heavy

    d_step, g_step = (context.program.function(name) for name in ("d_step", "g_step"))
    results = []
    for is_cleared in (False, True):
        state = context.fresh()
        context.steps(state, 1)
        real, n = given_batch(context, state)
        for number, (step, given) in enumerate(((d_step, real), (g_step, n)) * 2):
            for net in state.nets.values() if is_cleared and number % 2 else ():
                for p in net.parameters():
                    p.grad = None
            torch.manual_seed(number)
            step(state, given)
        results.append(probe.snapshot(state)["nets"])
    unlike = probe.differences(*results)
    if unlike:
        raise CheckFailed(
            expected="a g_step that uses nothing of the d_step's gradients",
            found=f"{', '.join(unlike[:4])} differ when they are cleared between",
            causes=(
                "fakes that are not detached in D's step, and gradients cleared too early",
                "zero_grad() once for both steps",
            ),
            look="d_step and g_step in train.py",
        )
    return Passed("the same weights with all gradients cleared between the steps")


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
    with probe.evaluating(state.nets["D"]) as net, probe.calls_of(net) as seen:
        net(real)
    critic, u = linear_critic(real, seen[0].prediction)
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
