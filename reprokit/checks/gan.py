"""GANs: who is trained when, on what, and with which noise.

Legend: N examples, Z noise dimensions.
"""

import math
from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import leaves, size
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

N_STEPS = 20
_SIGMAS = 6.0


def each_step_trains_its_own_network(context: Context) -> Passed:
    """Take a d_step and a g_step: each changes its own network's parameters and no other's."""
    program, state = context.program, context.fresh()
    real, n = given_batch(context, state)
    for owner, other, step in (("D", "G", "d_step"), ("G", "D", "g_step")):
        call = program.function(step)
        before = parameters_of(state)
        call(state, real if owner == "D" else n)
        after = parameters_of(state)
        if probe.differences(before[other], after[other]):
            raise apart(f"{owner} alone to change in {step}", f"{other} changes too")
        if not probe.differences(before[owner], after[owner]):
            raise apart(f"{owner} to change in {step}", "it stays")
    for name, optimizer in state.optimizers.items():
        if name in ("D", "G"):
            own = {id(p) for p in state.nets[name].parameters()}
            held = {id(p) for group in optimizer.param_groups for p in group["params"]}
            if held - own:
                raise apart(f"{name}'s optimizer to hold {name} alone", "it holds others too")
    return Passed("d_step changes D alone, g_step G alone")


def apart(expected: str, found: str) -> CheckFailed:
    """Return the finding of networks that are not trained apart."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "detach() is missing where D sees generated examples",
            "one optimizer holds the parameters of both networks",
            "the wrong optimizer is stepped",
        ),
        look="d_step and g_step in train.py",
    )


def parameters_of(state: Any) -> dict[str, dict[str, Any]]:
    """Return a copy of the parameters by network; buffers may change in any forward pass."""
    return {
        name: {n: p.detach().clone() for n, p in net.named_parameters()}
        for name, net in state.nets.items()
    }


def real_batch(context: Context, state: Any) -> Any:
    """Return real examples [N, ...]: a batch that is one tensor, or its first tensor.

    Raises:
        CheckSkipped: The losses take more of an example than one tensor: its class.
    """
    import torch  # noqa: PLC0415  heavy

    batch = context.batch(state)
    parts = leaves(batch)
    drawn = context.program.function("sample_noise")(2)
    if not isinstance(drawn, torch.Tensor) or not parts:
        raise CheckSkipped("no example that is one tensor: G is told more than noise")
    return parts[0]


def given_batch(context: Context, state: Any) -> tuple[Any, int]:
    """Return what d_step takes of a batch, and the number of examples: all of it, or its tensor."""
    batch = context.batch(state)
    parts = leaves(batch)
    is_plain = len(parts) == 1 or isinstance(batch, list | dict)
    return (parts[0], len(parts[0])) if is_plain and parts else (batch, size(batch))


def noise_is_drawn_as_stated(context: Context) -> Passed:
    """Watch what G is given: new noise at every step, spread as sample_noise spreads it.

    In training and in evaluation; false-alarm rate below 1e-8 (six standard errors, and 10 %).
    """
    state = context.fresh()
    drawn = leaves(context.program.function("sample_noise")(5000))[0]
    kinds = {}
    with probe.calls_of(state.nets["G"]) as seen:
        context.steps(state, N_STEPS)
        kinds["training"] = [call.inputs[0] for call in seen if call.inputs]
        seen.clear()
        context.program.function("evaluate")(state)
        kinds["evaluation"] = [call.inputs[0] for call in seen if call.inputs]
    given = kinds["training"]
    if not given:
        raise CheckSkipped("no call of G that a hook could see")
    if len({t.detach().numpy().tobytes() for t in given}) <= len(given) / 4:
        raise noise_failed("new noise at every step", "the same again and again")
    for kind, tensors in kinds.items():
        # noise that is asked for point by point (an interpolation) says nothing
        pool = [t.detach().flatten(1) for t in tensors if t.ndim == drawn.ndim]
        if pool and sum(len(t) for t in pool) >= 200:  # noqa: PLR2004
            problem = unlike_noise(pool, drawn.flatten(1))
            if problem:
                raise noise_failed("noise as sample_noise draws it", f"{problem} in {kind}")
    return Passed(f"{len(given)} draws in training, as sample_noise draws")


def noise_failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of wrong noise."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=("noise drawn once and kept", "another distribution, or truncated noise"),
        look="where G is called in train.py",
    )


def unlike_noise(pool: list[Any], drawn: Any) -> str:
    """Return how noise differs from the reference, by deviation, mean and fourth moment."""
    import torch  # noqa: PLC0415  heavy

    found = torch.cat(pool).double()
    drawn = drawn.double()
    if found.shape[1] != drawn.shape[1]:
        return f"{found.shape[1]} dimensions instead of {drawn.shape[1]}"
    n, m = found.numel(), drawn.numel()
    noise = _SIGMAS * math.sqrt(1 / n + 1 / m)
    spread, expected = float(found.std()), float(drawn.std())
    if abs(spread / expected - 1) > 0.1 + noise:
        return f"standard deviation {spread:.3g} instead of {expected:.3g}"
    if abs(float(found.mean() - drawn.mean())) > expected * (0.1 + noise):
        return f"mean {float(found.mean()):.3g} instead of {float(drawn.mean()):.3g}"
    tails = [float((t - t.mean()).pow(4).mean() / t.var() ** 2) for t in (found, drawn)]
    if abs(tails[0] - tails[1]) > 0.5 + 10 * noise:
        return f"fourth moment {tails[0]:.2f} instead of {tails[1]:.2f}"
    return ""


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
