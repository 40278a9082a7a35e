"""GANs: the losses are the ones that are stated, computed again from known scores."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from reprokit.checks import probe, statements
from reprokit.checks.context import Context
from reprokit.checks.gan import example_form, given_batch, with_examples
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.penalties import weight_in_loss
from reprokit.checks.scores import linear_critic, score_of

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
    kind = stated_kind(spec)
    state = context.fresh()
    form, real = example_form(context, state)
    critic, u = linear_critic(real, score_of(state, form))
    # unlike from example to example: a loss of the mean score is not the mean of the losses
    scores = tuple(spread_scores(len(real), middle) for middle in (0.7, -0.4))
    d_loss, g_loss = (context.program.function(name) for name in ("d_loss", "g_loss"))
    rows = [
        with_examples(form, (s[:, None] * u).reshape(real.shape).to(real.dtype)) for s in scores
    ]
    ours = float(d_loss(critic, *rows)), float(g_loss(critic, rows[1]))
    stated_smoothing = spec.get("label_smoothing")
    smoothing = float(stated_smoothing) if isinstance(stated_smoothing, int | float) else 0.0
    fakes = scores[1].tolist()
    pairs = list(zip(scores[0].tolist(), fakes, strict=True))
    for name, found, each in (
        ("D", ours[0], [list(d_losses(kind, *pair, smoothing)) for pair in pairs]),
        ("G", ours[1], [list(g_losses(kind, fake)) for fake in fakes]),
    ):
        readings = [sum(values) / len(each) for values in zip(*each, strict=True)]
        values = [factor * value for value in readings for factor in (1.0, 0.5)]
        # a penalty around 1 is zero on a critic of slope 1; any other is added to D's loss
        has_penalty = any(penalty in spec for penalty in _PENALTIES)
        if name == "D" and has_penalty and weight_in_loss(context, state):
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


def stated_kind(spec: Mapping[str, Any]) -> str:
    """Return the kind of loss that SPEC names.

    Raises:
        CheckSkipped: It names none that is known here, or makes it another.
    """
    stated = str(spec.get("loss", "")).casefold().replace("-", " ").replace("_", " ")
    kind = next((kind for word, kind in _KINDS.items() if word in stated), "")
    if not kind:
        raise CheckSkipped("no loss in SPEC that is known here")
    more = statements.says(
        spec,
        r"loss:.*(also|plus|auxiliary|relativistic|code)|labels?(_\w+)?: .*(flip|smooth|noisy)",
    )
    if more:
        raise CheckSkipped(f"no way to compute a loss that SPEC's {more} makes another")
    return kind


def spread_scores(n: int, middle: float) -> Any:
    """Return scores [N] around a middle, far enough apart to lie on both sides of 0 and of 1."""
    import torch  # noqa: PLC0415  heavy

    return torch.linspace(middle - 1.5, middle + 1.5, n) if n > 1 else torch.tensor([middle])


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
