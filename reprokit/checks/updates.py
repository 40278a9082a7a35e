"""Stage 1: the step takes the gradient of the loss, once, in training mode."""

import contextlib
import copy
from typing import Any

from reprokit.checks import probe, statements
from reprokit.checks.context import Context
from reprokit.checks.gradients import named_parameters
from reprokit.checks.loss import stated_decay
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

N_WARM_STEPS = 2
_MAX_GRADIENT_DIFFERENCE = 0.02  # relative L2; covers bfloat16, far below any bug's
_MAX_LOSS_DIFFERENCE = 0.01  # relative; likewise
_CLIP_PROBE = 1e4
_MAX_LEFT = 1e-3  # relative


def step_uses_the_gradient(context: Context) -> Passed:
    """Compare what reaches the optimizer with the gradient of loss_fn at the same weights.

    First as it is; where that differs, with dropout and batch statistics put to rest, for a
    step may take its batch in parts. Scaled down to a limit of the norm, or of every element,
    it is still the gradient, where that is what the step does to any large gradient.
    """
    unread = statements.changes_gradients(context.spec)
    if unread:
        raise CheckSkipped(f"no way to compute the gradient that SPEC's {unread} makes another")
    problem = ""
    for is_calm in (False, True):
        problem = step_problem(context, is_calm=is_calm)
        if not problem:
            return Passed("one step, with the gradient of the loss; the loss returned is true")
    if statements.says(context.spec, r"accumul|micro.?batch|half batch") and draws_in_loss(context):
        raise CheckSkipped("no draws that the parts of a batch have in common with the whole")
    if draws_in_calm(context):
        raise CheckSkipped("no way to put the network's own draws to rest")
    raise CheckFailed(
        expected="one optimizer step with the gradient of loss_fn on this batch",
        found=problem,
        causes=(
            "zero_grad() is missing or stands between backward and step",
            "the loss of the step is another than loss_fn's: scaled, detached, another batch",
            "more than one step, or accumulation without dividing",
            "the returned loss is that after the step, or a sum",
        ),
        look="train_step in train.py",
    )


def draws_in_loss(context: Context) -> bool:
    """Return whether loss_fn draws by itself, dropout put to rest."""
    import torch  # noqa: PLC0415  heavy

    state = context.fresh()
    net, batch = context.net(state), context.batch(state)
    found = []
    with torch.no_grad(), probe.calm():
        for seed in (1, 2):
            torch.manual_seed(seed)
            found.append(float(context.program.function("loss_fn")(net, batch)))
    return found[0] != found[1]


def draws_in_calm(context: Context) -> bool:
    """Return whether the network draws although dropout is put to rest: masks written by hand."""
    import torch  # noqa: PLC0415  heavy

    state = context.fresh()
    context.steps(state, N_WARM_STEPS)  # a last layer may begin at zero
    net = probe.twin(context.net(state)).train()
    outputs = []
    with probe.calm(), torch.no_grad():
        _, call = probe.look(context, net, context.batch(state))
        for seed in (1, 2):
            with probe.same_draws(seed), probe.calls_of(net) as seen:
                net(*call.args, **call.kwargs)
            outputs.append(seen[0].prediction)
    return not bool(torch.equal(*outputs))


def step_problem(context: Context, *, is_calm: bool) -> str:
    """Take one step after some others; return what is wrong with it, or an empty text."""
    mode = probe.calm if is_calm else contextlib.nullcontext
    state = context.fresh()
    with mode():
        context.steps(state, N_WARM_STEPS)
    batch = context.batch(state)
    net = context.net(state)
    reference = probe.twin(net).train()
    with mode(), probe.same_draws(context.seed):
        expected = context.program.function("loss_fn")(reference, copy.deepcopy(batch))
    expected.backward()
    watched = probe.steps_of(state, with_gradients=True)
    with watched as seen, mode(), probe.same_draws(context.seed):
        reported = context.program.function("train_step")(state, batch)
    if len(seen) != len(state.optimizers):
        return f"{len(seen)} optimizer steps in one train_step"
    value, loss = float(reported), float(expected)
    if not abs(value - loss) <= _MAX_LOSS_DIFFERENCE * max(abs(loss), 1e-3):
        return f"the returned loss {value:.5g}, loss_fn {loss:.5g}"
    used = {key: gradient for step in seen for key, gradient in step.gradients.items()}
    pairs = [
        (used.get(id(p)), None if r.grad is None else probe.dense(r.grad), r)
        for p, r in zip(net.parameters(), reference.parameters(), strict=True)
    ]
    return gradient_problem(context, [pair for pair in pairs if pair[1] is not None])


def gradient_problem(context: Context, pairs: list[tuple[Any, Any, Any]]) -> str:
    """Compare gradients (used, true, parameter); return what is wrong, or an empty text."""
    import torch  # noqa: PLC0415  heavy

    def flat(tensors: list[Any]) -> Any:
        return torch.cat([t.detach().flatten().double() for t in tensors])

    used = flat([torch.zeros_like(t) if u is None else u for u, t, _ in pairs])
    true = flat([t for _, t, _ in pairs])
    weights = flat([w for _, _, w in pairs])
    decay = stated_decay(context.spec)
    candidates = [true, true + decay * weights, true + 2 * decay * weights]
    scale = max(float(true.norm()), 1e-12)
    off = min(float((used - c).norm()) for c in candidates) / scale
    if off <= _MAX_GRADIENT_DIFFERENCE:
        return ""
    cosine = float(used @ true) / max(float(used.norm()) * scale, 1e-30)
    largest = float(used.abs().max())
    clipped = true.clamp(-largest, largest)
    is_clipped_by_value = float((used - clipped).norm()) <= _MAX_GRADIENT_DIFFERENCE * float(
        used.norm()
    )
    is_smaller = float(used.norm()) < scale and cosine > 1 - _MAX_GRADIENT_DIFFERENCE**2
    if (is_smaller or (is_clipped_by_value and largest < float(true.abs().max()))) and clips(
        context
    ):
        return ""
    return (
        f"a gradient of norm {float(used.norm()):.4g} at cosine {cosine:.4f} to the true one, "
        f"of norm {scale:.4g}"
    )


def clips(context: Context) -> bool:
    """Return whether the step limits the gradient: one made far larger arrives no larger."""
    sizes = [gradient_sizes(context, scale) for scale in (_CLIP_PROBE, 10 * _CLIP_PROBE)]
    norms = [max(found, default=0.0) for found in sizes]
    return bool(norms[0] and norms[1] < 2 * norms[0])


def gradient_sizes(context: Context, scale: float) -> list[float]:
    """Return norm and largest element of each gradient that reaches an optimizer in a step.

    Every gradient is scaled on its way, before whatever limits it.
    """
    state = context.fresh()
    handles = [
        p.register_hook(lambda g: g * scale)
        for net in state.nets.values()
        for p in net.parameters()
        if p.requires_grad
    ]
    with probe.steps_of(state, with_gradients=True) as seen:
        context.learning(state)
    for handle in handles:
        handle.remove()
    return [size for step in seen for size in (norm_of(step), largest_of(step))]


def largest_of(step: Any) -> float:
    """Return the largest element of the gradient of one optimizer step."""
    return max((float(g.abs().max()) for g in step.gradients.values()), default=0.0)


def norm_of(step: Any) -> float:
    """Return the norm of the whole gradient of one optimizer step."""
    return float(sum(float(g.double().norm()) ** 2 for g in step.gradients.values()) ** 0.5)


def trains_in_training_mode(context: Context) -> Passed:
    """Take a step before and after an evaluation: the network is in training mode both times."""
    state = context.fresh()
    net = context.net(state)
    if not probe.depends_on_mode(context, net, context.batch(state)):
        return Passed("the network is the same in both modes")
    modes = []
    for _ in range(2):
        with probe.calls_of(net) as seen:
            context.steps(state, 1)
        modes.append([call.was_training for call in seen])
        context.program.function("evaluate")(state)
    if not all(all(mode) and mode for mode in modes):
        when = "before" if not all(modes[0]) else "after"
        raise CheckFailed(
            expected="training mode whenever train_step calls the network",
            found=f"evaluation mode {when} the first evaluation",
            causes=("evaluate() leaves the network in evaluation mode", "train() is missing"),
            look="evaluate and train_step in train.py",
        )
    return Passed("training mode in train_step, before and after an evaluation")


def gradient_starts_from_zero(context: Context) -> Passed:
    """Take the same step twice, once with all gradients cleared before it: the same weights.

    Whatever a step leaves behind must be gone, or be its own, before the next one uses it.
    """
    import torch  # noqa: PLC0415  heavy

    results = []
    for is_cleared in (False, True):
        state = context.fresh()
        context.steps(context.learning(state), N_WARM_STEPS)
        if is_cleared:
            for net in state.nets.values():
                for p in net.parameters():
                    if p.grad is not None:
                        p.grad = torch.zeros_like(p.grad)
        torch.manual_seed(context.seed)
        context.steps(state, 1)
        results.append(probe.snapshot(state)["nets"])
    unlike = probe.differences(*results)
    if not unlike:
        unlike = uncleared(context)
    if unlike:
        raise CheckFailed(
            expected="a step that does not depend on gradients left from an earlier one",
            found=f"{', '.join(unlike[:4])} differ",
            causes=("zero_grad() is missing, or clears another network's gradients",),
            look="the steps in train.py",
        )
    return Passed("the same weights with all earlier gradients cleared")


class Accumulation:
    """Watch gradients accumulate: which were not cleared between two updates that used them.

    What is added to a gradient, and what it is afterwards, are the same where it was cleared
    just before. Another network's step may leave something in it, if only it is cleared in time.

    Args:
        state: The program's state; only parameters that an optimizer holds are watched.
    """

    def __init__(self, state: Any) -> None:
        self.found: set[str] = set()
        self._is_clear: dict[str, bool] = {}
        self._added: dict[str, Any] = {}
        self._handles: list[Any] = []
        names = {id(p): name for name, p in named_parameters(state).items()}
        for optimizer in state.optimizers.values():
            owned = {
                names[id(p)]: p
                for group in optimizer.param_groups
                for p in group["params"]
                if id(p) in names and p.requires_grad
            }
            self._watch(optimizer, owned)

    def _watch(self, optimizer: Any, owned: dict[str, Any]) -> None:
        for name, p in owned.items():
            self._is_clear[name] = True  # what comes before is another check's
            self._handles += [
                p.register_hook(lambda g, name=name: self._note(g, name)),
                p.register_post_accumulate_grad_hook(lambda p, name=name: self._look(p, name)),
            ]
        self._handles.append(optimizer.register_step_post_hook(lambda *_: self._use(owned)))

    def _note(self, gradient: Any, name: str) -> None:
        self._added[name] = gradient.detach().clone()

    def _look(self, p: Any, name: str) -> None:
        added = self._added.get(name)
        if p.grad is not None and added is not None:
            off = float((p.grad - added).abs().max())
            if off <= _MAX_LEFT * max(float(added.abs().max()), 1e-12):
                self._is_clear[name] = True

    def _use(self, owned: dict[str, Any]) -> None:
        self.found |= {n for n in owned if n in self._added and not self._is_clear[n]}
        self._is_clear.update(dict.fromkeys(owned, False))
        for name in owned:
            self._added.pop(name, None)

    def close(self) -> None:
        """Stop watching."""
        for handle in self._handles:
            handle.remove()


def uncleared(context: Context) -> list[str]:
    """Return the parameters whose gradient is not cleared between the updates of one step."""
    state = context.learning(context.fresh())
    watched = Accumulation(state)
    try:
        context.steps(state, 1)
    finally:
        watched.close()
    return sorted(watched.found)
