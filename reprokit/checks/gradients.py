"""Stage 1: the gradient is that of the loss, and reaches every parameter."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from reprokit.checks import probe, statements
from reprokit.checks.batch import map_leaves, size, take
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

N_STEPS = 3
N_WARM_STEPS = 2
_PROBE_SCALE = 1e-6  # a central difference in float64: errors near 1e-9
_MAX_DERIVATIVE_DIFFERENCE = 1e-2


def gradient_reaches_every_parameter(context: Context) -> Passed:
    """Take three steps; every parameter gets a gradient, is in an optimizer, and moves."""
    hold_nothing_frozen(context)
    state = context.fresh()
    parameters = named_parameters(state)
    before = {name: parameter.detach().clone() for name, parameter in parameters.items()}
    owned = {
        id(parameter)
        for optimizer in state.optimizers.values()
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    with_gradient = watch_gradients(context, state, parameters)
    exempt = frozen_parts(context.spec) | followers(state, owned)
    missing = {
        "no gradient": [name for name in parameters if name not in with_gradient],
        "in no optimizer": [name for name, p in parameters.items() if id(p) not in owned],
        "does not move": [
            name for name, p in parameters.items() if p.ndim > 1 and bool((p == before[name]).all())
        ],
    }
    found = {
        what: kept
        for what, names in missing.items()
        if (kept := sorted(name for name in names if not is_exempt(name, exempt)))
    }
    if found:
        raise CheckFailed(
            expected=f"a gradient and a change for every parameter within {N_STEPS} steps",
            found=str(found),
            causes=(
                "detach() or no_grad() in forward",
                "a layer that forward never calls",
                "the optimizer was built from a part of the parameters",
                "a learning rate of 0",
            ),
            look="forward in model.py and the optimizer",
        )
    n = sum(parameter.numel() for parameter in parameters.values())
    return Passed(f"{len(parameters)} tensors, {n} parameters", {"parameters": n})


def hold_nothing_frozen(context: Context) -> None:
    """Raise where SPEC says in a sentence that something moves later or never.

    Raises:
        CheckSkipped: So it does; the list `frozen` is read elsewhere.
    """
    thawed = statements.says(context.spec, r"freeze|freezing|frozen|thaw|stay\w* as initialised")
    if thawed not in ("", "frozen"):
        raise CheckSkipped(f"no first steps in which SPEC's {thawed} lets every parameter move")


def named_parameters(state: Any) -> dict[str, Any]:
    """Return the parameters of all networks by name."""
    return {
        f"{net}.{name}": parameter
        for net, module in state.nets.items()
        for name, parameter in module.named_parameters()
    }


def frozen_parts(spec: Mapping[str, Any]) -> set[str]:
    """Return the names of the parts that SPEC declares frozen: a list of them, or one."""
    stated = spec.get("frozen") or ()
    return {stated} if isinstance(stated, str) else set(map(str, stated))


def is_exempt(name: str, exempt: set[str]) -> bool:
    """Return whether a parameter, its network or its own name is declared frozen."""
    return any(f".{e}." in f".{name}." for e in exempt)


def followers(state: Any, owned: set[int]) -> set[str]:
    """Return the networks that no optimizer holds because they copy another one.

    A target network or a moving average has the shapes of a trained network, and no optimizer
    of its own.
    """
    shapes = {name: [tuple(p.shape) for p in net.parameters()] for name, net in state.nets.items()}
    trained = {
        name for name, net in state.nets.items() if any(id(p) in owned for p in net.parameters())
    }
    return {
        name
        for name in state.nets
        if name not in trained and any(shapes[name] == shapes[other] for other in trained)
    }


def watch_gradients(context: Context, state: Any, parameters: dict[str, Any]) -> set[str]:
    """Take steps; return the names of the parameters that had a gradient other than zero."""
    names = {id(parameter): name for name, parameter in parameters.items()}
    with probe.steps_of(state, with_gradients=True) as seen:
        context.learning(state)
        # a generator may wait for its critic, an agent for its turn
        context.steps(state, N_STEPS if context.program.family not in ("gan", "rl") else 12)
    # A bias on which the loss cannot depend (the last one of a Wasserstein critic: it cancels)
    # has a gradient, and rightly one of zero.
    return {
        names[key]
        for step in seen
        for key, gradient in step.gradients.items()
        if key in names and (gradient.ndim <= 1 or bool((gradient != 0).any()))
    }


def gradient_is_the_derivative(context: Context) -> Passed:
    """Compare autograd with a central difference of the loss, per tensor, in float64.

    Each tensor is moved along its own gradient, so that what is expected is its norm; tensors
    whose gradient is zero by symmetry (a bias before BatchNorm) are left out.
    """
    hold_nothing_frozen(context)
    net, loss = loss_in_float64(context)
    try:
        first = loss()
        if first.dtype != net_type(net):
            raise CheckSkipped("no float64: the program sets a type of its own")
        first.backward()
    except RuntimeError as error:
        if re.search(r"dtype|Float|type \((float|double)\)|same type", str(error)):
            raise CheckSkipped("no float64: the program sets a type of its own") from error
        raise
    gradients = {name: p.grad for name, p in net.named_parameters() if p.grad is not None}
    total = sum(float(g.norm()) ** 2 for g in gradients.values()) ** 0.5
    found, frozen = {}, frozen_parts(context.spec)
    for name, parameter in net.named_parameters():
        if is_exempt(name, frozen):
            continue
        gradient = gradients.get(name)
        norm = 0.0 if gradient is None else float(gradient.norm())
        slope = slope_along(loss, parameter, gradient if norm > 0 else None)
        if max(norm, abs(slope)) > 1e-3 * max(total, 1e-12):
            off = abs(slope - norm) / max(norm, abs(slope))
            if off > _MAX_DERIVATIVE_DIFFERENCE:
                found[name] = f"difference quotient {slope:.4g}, autograd {norm:.4g}"
    if found:
        raise CheckFailed(
            expected="autograd's gradient along itself to be the loss's slope, within "
            f"{_MAX_DERIVATIVE_DIFFERENCE:.0%}",
            found=str(found),
            causes=(
                "detach(), no_grad() or .data in forward or in the loss",
                "a backward written by hand that is wrong",
                "a state that is carried from call to call",
            ),
            look="forward in model.py and loss_fn in train.py",
        )
    return Passed(f"{len(gradients)} tensors agree with difference quotients")


def net_type(net: Any) -> Any:
    """Return the type of a network's parameters."""
    return next(net.parameters()).dtype


def loss_in_float64(context: Context) -> tuple[Any, Callable[[], Any]]:
    """Return a copy of the network in float64, and its loss on a few examples, without masks."""
    import torch  # noqa: PLC0415  heavy

    state = context.fresh()
    context.steps(state, N_WARM_STEPS)
    batch = context.batch(state)
    batch = in_float64(take(batch, range(min(8, size(batch)))))
    net = probe.twin(context.net(state)).double()
    loss_fn = context.program.function("loss_fn")

    def loss() -> Any:
        torch.manual_seed(context.seed)
        with probe.calm():
            return loss_fn(net, batch)

    return net, loss


def slope_along(loss: Any, parameter: Any, direction: Any) -> float:
    """Return the loss's central difference quotient along a direction of unit length."""
    import torch  # noqa: PLC0415  heavy

    if direction is None:  # no gradient: any direction will do
        generator = torch.Generator().manual_seed(0)
        direction = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
    unit = direction / direction.norm()
    with torch.no_grad():
        kept = parameter.detach().clone()
        values = []
        for sign in (1, -1):
            parameter.copy_(kept + sign * _PROBE_SCALE * unit)
            values.append(float(loss()))
        parameter.copy_(kept)
    return (values[0] - values[1]) / (2 * _PROBE_SCALE)


def in_float64(batch: Any) -> Any:
    """Return a batch with its floating-point tensors in float64."""
    return map_leaves(lambda t: t.double() if t.is_floating_point() else t, batch)
