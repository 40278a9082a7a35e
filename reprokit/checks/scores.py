"""GANs: what the losses make of the scores that a critic gives."""

import math
from collections.abc import Callable
from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import leaves
from reprokit.checks.context import Context
from reprokit.checks.gan import example_form, with_examples
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_SATURATED = 0.05
_HERE = 0.1  # a score at which D is not sure


def linear_critic(example: Any, output: Any) -> tuple[Any, Any]:
    """Return D(x) = x . u with |u| = 1, and u; its output has the shape of the program's D's.

    The gradient with respect to its input has norm 1 everywhere, so that a gradient penalty
    around 1 is zero.
    """
    import torch  # noqa: PLC0415  heavy

    direction = torch.ones(example[0].numel()) / math.sqrt(example[0].numel())
    shape = tuple(output.shape[1:])

    class Critic(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.u = torch.nn.Parameter(direction.clone())
            self.is_probability = False

        def forward(self, *given: Any) -> Any:
            x = leaves(list(given))[0]
            score = x.flatten(1).float() @ self.u
            score = score.sigmoid() if self.is_probability else score
            return score.reshape(len(x), *shape) if math.prod(shape) == 1 else score[:, None]

    return Critic(), direction


def score_of(state: Any, form: Any) -> Any:
    """Return what the program's D gives for real examples [N, ...] in the form that it takes.

    Raises:
        CheckSkipped: It takes them otherwise.
    """
    with probe.evaluating(state.nets["D"]) as net, probe.calls_of(net) as seen:
        try:
            net(form)
        except (TypeError, AttributeError, ValueError, RuntimeError) as error:
            raise CheckSkipped("no call of D with a batch as it is") from error
    return seen[0].prediction


def losses_pull_apart(context: Context) -> Passed:
    """Give both losses a critic with known scores: D and G want opposite things of the fakes.

    Whichever way round the labels are, D is rewarded for moving real and generated scores
    apart, and G for moving the generated scores to where D wants the real ones; and G is still
    pulled where D is sure of itself.
    """
    state = context.fresh()
    form, real = example_form(context, state)
    critic, u = linear_critic(real, score_of(state, form))
    losses = Losses(context, critic, u, form)
    slopes = losses.slopes()
    d_real, d_fake, g_fake, g_sure = slopes
    problems = []
    if not d_real * d_fake < 0:
        problems.append("D's loss does not move real and generated scores apart")
    # where G wants a score between the two (least squares), it may pull back from beyond it
    if not d_real * g_fake > 0 and not losses.g_wants_more_than_fakes():
        problems.append("G's loss pulls its scores away from where D wants the real ones")
    if abs(g_sure) < _SATURATED * abs(g_fake):
        problems.append(f"G's gradient saturates: {g_sure:.2g} where D is sure, {g_fake:.2g} else")
    if problems:
        raise CheckFailed(
            expected="D to separate scores, G to follow, also where D is sure",
            found=f"{'; '.join(problems)} (slopes {', '.join(f'{s:.3g}' for s in slopes)})",
            causes=("labels or signs swapped", "the saturating loss log(1 - D(G(z)))"),
            look="d_loss and g_loss in train.py",
        )
    return Passed(f"slopes: D real {d_real:.2g}, D fake {d_fake:.2g}, G {g_fake:.2g}")


class Losses:
    """D's and G's losses as functions of the score that a critic gives.

    Args:
        context: The program.
        critic: What `linear_critic` gave, D(x) = x . u.
        u: The direction.
        form: Real examples as the losses take them.
    """

    def __init__(self, context: Context, critic: Any, u: Any, form: Any) -> None:
        self._d_loss, self._g_loss = (context.program.function(n) for n in ("d_loss", "g_loss"))
        self._critic, self._u, self._form = critic, u, form

    def slopes(self) -> tuple[float, ...]:
        """Return the slopes of D's loss in the real and the fake score, of G's here and far off.

        Raises:
            CheckSkipped: The losses ask more of a critic than a score.
        """
        try:
            return self._all_slopes()
        except (RuntimeError, ValueError):  # a loss of probabilities
            self._critic.is_probability = True
            return self._all_slopes()
        except (AttributeError, TypeError) as error:
            raise CheckSkipped(f"no loss of a plain critic: {error}") from error

    def g_wants_more_than_fakes(self) -> bool:
        """Return whether the score that G wants lies on the real side of what D wants of fakes."""
        scores = [i / 4 for i in range(-24, 25)]
        real = min(scores, key=lambda s: self._of_d(s, _HERE))
        fake = min(scores, key=lambda s: self._of_d(_HERE, s))
        wanted = min(scores, key=self._of_g)
        return (wanted - fake) * (real - fake) > 0

    def _rows(self, score: float) -> Any:
        real = leaves(self._form)[0]
        rows = (score * self._u).expand(len(real), -1).reshape(real.shape).to(real.dtype)
        return with_examples(self._form, rows)

    def _of_d(self, real: float, fake: float) -> float:
        return float(self._d_loss(self._critic, self._rows(real), self._rows(fake)))

    def _of_g(self, fake: float) -> float:
        return float(self._g_loss(self._critic, self._rows(fake)))

    def _all_slopes(self) -> tuple[float, ...]:
        def slope(loss: Callable[[float], float], at: float) -> float:
            return (loss(at + 1e-2) - loss(at - 1e-2)) / 2e-2

        d_real = slope(lambda s: self._of_d(s, _HERE), _HERE)
        d_fake = slope(lambda s: self._of_d(_HERE, s), _HERE)
        far = -6.0 if d_real < 0 else 6.0  # where D is sure that it is a fake
        return d_real, d_fake, slope(self._of_g, _HERE), slope(self._of_g, far)
