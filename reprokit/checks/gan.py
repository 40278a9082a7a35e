"""GANs: who is trained when, on what, and with which noise.

Legend: N examples, Z noise dimensions.
"""

import math
from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import leaves, map_leaves, size
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

N_STEPS = 20
_SIGMAS = 6.0
_DRAWS_A_CLASS = 28


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
            others = {id(p) for p in state.nets["G" if name == "D" else "D"].parameters()}
            if held & others - own:
                raise apart(f"{name}'s optimizer to hold {name} alone", "it holds the other's too")
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
    return of_one_step(context, parts[0])


def of_one_step(context: Context, examples: Any) -> Any:
    """Return the examples [N, ...] of one step of D, where a batch holds those of several."""
    import torch  # noqa: PLC0415  heavy

    if not context.program.has("sample_real"):
        return examples
    generator = torch.Generator().manual_seed(0)
    one = leaves(context.program.function("sample_real")(2, generator))[0]
    while examples.ndim > one.ndim:
        examples = examples[0]
    return examples


def example_form(context: Context, state: Any) -> tuple[Any, Any]:
    """Return real examples as the losses take them, and the tensor [N, ...] in them.

    One tensor; or, where G is told more than noise, all of a batch (examples and classes).

    Raises:
        CheckSkipped: There is no tensor in a batch.
    """
    import torch  # noqa: PLC0415  heavy

    batch = context.batch(state)
    parts = leaves(batch)
    if not parts:
        raise CheckSkipped("no tensors in a batch")
    is_plain = isinstance(context.program.function("sample_noise")(2), torch.Tensor)
    examples = of_one_step(context, parts[0])
    return (examples, examples) if is_plain else (batch, parts[0])


def with_examples(form: Any, rows: Any) -> Any:
    """Return the form of `example_form` with other examples [N, ...] in it."""
    places = iter(range(len(leaves(form))))
    return map_leaves(lambda leaf: rows if next(places) == 0 else leaf, form)


def given_batch(context: Context, state: Any) -> tuple[Any, int]:
    """Return what d_step takes of a batch, and the number of examples: all of it, or its tensor."""
    batch = context.batch(state)
    parts = leaves(batch)
    # one tensor; several batches for as many steps of D; or a container of one kind
    is_plain = len({t.shape for t in parts}) == 1 or isinstance(batch, list | dict)
    if not is_plain or not parts:
        return batch, size(batch)
    examples = of_one_step(context, parts[0])
    return examples, len(examples)


def noise_is_drawn_as_stated(context: Context) -> Passed:
    """Watch what G is given: new noise at every step, spread as sample_noise spreads it.

    In training and in evaluation; false-alarm rate below 1e-8 (six standard errors, and 10 %).
    """
    state = context.fresh()
    drawn = leaves(context.program.function("sample_noise")(5000))[0]
    kinds = {}
    with probe.calls_of(state.nets["G"]) as seen:
        context.steps(state, N_STEPS)
        training = list(seen)
        kinds["training"] = [call.inputs[0] for call in training if call.inputs]
        seen.clear()
        context.program.function("evaluate")(state)
        kinds["evaluation"] = [call.inputs[0] for call in seen if call.inputs]
    given = kinds["training"]
    if not given:
        raise CheckSkipped("no call of G that a hook could see")
    if len({t.detach().numpy().tobytes() for t in given}) <= len(given) / 4:
        raise noise_failed("new noise at every step", "the same again and again")
    told = [t for call in training for t in call.inputs if not t.is_floating_point()]
    problem = classes_problem(told, context.spec.get("n_classes"))
    if problem:
        raise noise_failed("every class told to G", problem)
    for kind, tensors in kinds.items():
        # noise that is asked for point by point (an interpolation) says nothing
        pool = [t.detach().flatten(1) for t in tensors if t.ndim == drawn.ndim]
        if pool and sum(len(t) for t in pool) >= 200:  # noqa: PLR2004
            problem = unlike_noise(pool, drawn.flatten(1))
            if problem:
                raise noise_failed("noise as sample_noise draws it", f"{problem} in {kind}")
    return Passed(f"{len(given)} draws in training, as sample_noise draws")


def classes_problem(told: list[Any], n_classes: Any) -> str:
    """Return which classes a conditional generator is never told, or an empty text.

    Of C classes drawn evenly, one is missed in 28 C draws with a probability below 1e-11.
    """
    if not isinstance(n_classes, int) or not told:
        return ""
    seen = [v for t in told for v in t.flatten().tolist()]
    if len(seen) < _DRAWS_A_CLASS * n_classes or not 0 <= min(seen) <= max(seen) < n_classes:
        return ""
    missing = sorted(set(range(n_classes)) - set(seen))
    return f"{len(seen)} draws without {missing[:5]}" if missing else ""


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
