"""Stage 2: a few examples are learnt by heart, and not without looking at them."""

import math
from collections import Counter
from typing import Any

from reprokit.checks import probe, statements
from reprokit.checks.batch import leaves, map_leaves, size, take
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

N_STEPS_ONE_EXAMPLE = 60
N_STEPS_ZEROED = 100
N_EXAMPLES = 16
_N_STEPS = 600  # at most; a program without stages is judged as soon as it gets there
_LOOK_EVERY = 50
_ENOUGH = 0.1  # of the way from the first loss to the lowest possible one
_FAR = 0.3  # of the way: what is nearer has learnt something
_STILL_FALLING = 0.9
_SPENT = 0.02  # of the base rate: nothing more is learnt

_CAUSES = (
    "softmax or an activation before a loss that has its own",
    "inputs and labels that do not belong together",
    "a step that does not descend: sign, learning rate, missing zero_grad",
    "regularisation that forbids it: dropout, weight decay, label smoothing",
)


def overfits_one_example(context: Context) -> Passed:
    """Train on one example (two where the network has BatchNorm); the loss goes to its floor."""
    if not context.program.has_stages:
        has_norm = any(
            "BatchNorm" in type(m).__name__ for m in context.net(context.fresh()).modules()
        )
        return learnt_by_heart(context, 2 if has_norm else 1)
    net = context.setup().nets["model"]
    n = 2 if any("BatchNorm" in type(m).__name__ for m in net.modules()) else 1
    state = context.setup(f"examples={n}", f"batch_size={n}", f"steps={N_STEPS_ONE_EXAMPLE}")
    context.steps(state, N_STEPS_ONE_EXAMPLE)
    loss = float(context.program.function("evaluate")(state, state.train)["loss"])
    return near_zero(context, loss, f"{n} example{'s' * (n > 1)}, {N_STEPS_ONE_EXAMPLE} steps")


def overfits_one_batch(context: Context) -> Passed:
    """Train on the same few examples; all of them are learnt, also in evaluation mode."""
    if not context.program.has_stages:
        return learnt_by_heart(context, N_EXAMPLES)
    state = context.trained().state
    measured = context.program.function("evaluate")(state, state.train)
    passed = near_zero(
        context, float(measured["loss"]), f"{measured['n']} examples, {state.step} steps"
    )
    if measured["accuracy"] < 1:
        raise CheckFailed(
            expected="every training example right",
            found=f"accuracy {measured['accuracy']:.3f}",
            causes=("evaluation differs from training: mode, normalisation",),
            look="evaluate in train.py",
        )
    return Passed(passed.detail, {"overfit_loss": float(measured["loss"])})


def near_zero(context: Context, loss: float, what: str) -> Passed:
    """Hold a loss against the threshold."""
    limit = context.threshold("max_overfit_loss")
    if not loss <= limit:
        raise CheckFailed(
            expected=f"a loss of at most {limit:g} on {what}",
            found=f"{loss:.4g}",
            causes=_CAUSES,
            look="loss_fn and train_step in train.py, then model.py",
        )
    return Passed(f"loss {loss:.2g} on {what}")


def learnt_by_heart(context: Context, n: int) -> Passed:
    """Take steps on one batch of n examples until its loss is close to the lowest possible one.

    A program whose loss is still falling when the steps end is not judged: its learning rate
    is its paper's.
    """
    state = context.fresh()
    batch = context.batch(state)
    batch = take(batch, range(min(n, size(batch))))
    losses = [loss_on(context, state, batch)]
    floor = lowest_loss(context, state, batch)
    goal = floor + _ENOUGH * (losses[0] - floor)
    train_step = context.program.function("train_step")
    for number in range(1, _N_STEPS + 1):
        train_step(state, map_leaves(lambda t: t.clone(), batch))
        if number % _LOOK_EVERY == 0:
            losses.append(loss_on(context, state, batch))
            if losses[-1] <= goal or not math.isfinite(losses[-1]):
                break
    what = f"{size(batch)} examples, {(len(losses) - 1) * _LOOK_EVERY} steps"
    if losses[-1] <= goal:
        return Passed(f"loss {losses[-1]:.2g} (floor {floor:.2g}) on {what}")
    rates = [g["lr"] for o in state.optimizers.values() for g in o.param_groups]
    base = [g.get("initial_lr", g["lr"]) for o in state.optimizers.values() for g in o.param_groups]
    if max(rates) < _SPENT * max(base):
        raise CheckSkipped("no verdict: the schedule ends before the batch is learnt")
    draws = statements.says(context.spec, r"scheduled.sampling|coins?\b|gradient[\w ]*noise")
    if draws and losses[-1] <= floor + _FAR * (losses[0] - floor):
        raise CheckSkipped(f"no verdict: SPEC's {draws} draws at every step ({losses[-1]:.3g})")
    if losses[-1] - floor < _STILL_FALLING * (losses[len(losses) * 2 // 3] - floor):
        raise CheckSkipped(f"no verdict: the loss is still falling ({losses[-1]:.3g} on {what})")
    raise CheckFailed(
        expected=f"a loss of at most {goal:.3g} on {what}",
        found=f"{losses[-1]:.4g}, from {losses[0]:.4g}",
        causes=_CAUSES,
        look="loss_fn and train_step in train.py, then model.py",
    )


def loss_on(context: Context, state: Any, batch: Any) -> float:
    """Return the loss on a batch with dropout at rest: what has been learnt, without the masks.

    A network with batch statistics is looked at in the mode it is trained in: its running
    statistics are still those of other examples.
    """
    import torch  # noqa: PLC0415  heavy

    net = probe.twin(context.net(state)).train()
    torch.manual_seed(0)
    with torch.no_grad(), probe.without_masks():
        return float(
            context.program.function("loss_fn")(net, map_leaves(lambda t: t.clone(), batch))
        )


def lowest_loss(context: Context, state: Any, batch: Any) -> float:
    """Return the lowest loss that the batch allows.

    Tokens after the same beginning can be different ones, and smoothed labels are never sure:
    the entropy that stays is the floor.
    """
    family = context.program.family
    if family == "diffusion":
        raise CheckSkipped("no computable floor: the noise is drawn anew at each step")
    floor = 0.0
    if family == "language_model":
        floor = prefix_entropy(batch)
    smoothing = context.spec.get("label_smoothing")
    if isinstance(smoothing, float) and 0 < smoothing < 1:
        _, call = probe.look(context, context.net(state), batch)
        classes = call.prediction.shape[-1]
        sure, other = 1 - smoothing + smoothing / classes, smoothing / classes
        floor -= sure * math.log(sure) + (classes - 1) * other * math.log(other)
    return floor


def prefix_entropy(batch: Any) -> float:
    """Return the mean entropy of the next token given all before it, among a batch's rows."""
    tables = [t for t in leaves(batch) if t.ndim == 2 and not t.is_floating_point()]  # noqa: PLR2004
    if not tables:
        return 0.0
    rows = tables[0].tolist()
    following = [t.tolist() for t in tables[1:2]] or [[row[1:] for row in rows]]
    nexts: dict[tuple[int, ...], Counter[int]] = {}
    for row, after in zip(rows, following[0], strict=True):
        for t, token in enumerate(after):
            nexts.setdefault(tuple(row[: t + 1]), Counter())[token] += 1
    total = sum(sum(counts.values()) for counts in nexts.values())
    return sum(
        -count * math.log(count / sum(counts.values())) / total
        for counts in nexts.values()
        for count in counts.values()
    )


def zeroed_inputs_do_worse(context: Context) -> Passed:
    """Train on the same labels with inputs of zero: that must not reach the same loss."""
    state = context.setup()
    if not context.program.has_stages:
        return blind_program(context, state)

    def zeroed(batch: Any) -> Any:
        x, y = batch
        return x * 0, y

    losses = context.steps(state, N_STEPS_ZEROED, zeroed)
    loss, limit = float(losses[-1]), context.threshold("max_overfit_loss")
    if loss <= 2 * limit:
        raise seen_otherwise(f"a loss well above {limit:g}", f"{loss:.4g}")
    return Passed(f"loss {loss:.2g} without inputs")


def blind_program(context: Context, state: Any) -> Passed:
    """Zero the inputs of a batch, real-valued ones among them, and train on it."""
    batch = context.batch(state)
    batch = take(batch, range(min(N_EXAMPLES, size(batch))))
    _, call = probe.look(context, context.net(state), batch)
    inputs = [t for t in call.inputs if t.ndim > 1]
    is_blind = any(t.is_floating_point() for t in inputs)
    blind = map_leaves(
        lambda t: t * 0 if any(t.shape == i.shape and t.dtype == i.dtype for i in inputs) else t,
        batch,
    )
    labels = [t for t in leaves(batch) if t.ndim == 1 and not t.is_floating_point()]
    if not is_blind or not labels or len(set(labels[-1].tolist())) < 2:  # noqa: PLR2004
        raise CheckSkipped("no real-valued inputs with labels")
    train_step = context.program.function("train_step")
    start = loss_on(context, state, batch)
    for _ in range(N_STEPS_ZEROED):
        train_step(state, map_leaves(lambda t: t.clone(), blind))
    loss = loss_on(context, state, blind)
    if loss <= _ENOUGH * start / 2:
        raise seen_otherwise("a loss that stays when the inputs are zero", f"{loss:.4g}")
    return Passed(f"loss {loss:.2g} without inputs, {start:.2g} at the start")


def seen_otherwise(expected: str, found: str) -> CheckFailed:
    """Return the finding of labels learnt without the inputs."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "the labels reach the network by another way",
            "all labels of the batch are the same",
            "the loss does not depend on the prediction",
        ),
        look="the data and loss_fn",
    )
