"""Stage 1: one example runs, and its output and first loss are what they have to be."""

import math
from collections.abc import Callable
from typing import Any

from reprokit.checks import probe, statements
from reprokit.checks.batch import copy, leaves, map_leaves, same, size, take
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.streams import walk

N_INITIALISATIONS = 3
N_BATCHES = 8  # a small batch says little by itself
_MAX_ROWS = 8
_MAX_LOSS_CHANGE = 1e-3  # relative
_MAX_OUTPUT_DIFFERENCE = 1e-4  # relative to the largest output; float32 gives 1e-6


def one_example_runs(context: Context) -> Passed:
    """Train on an example: it ends, with finite losses (a stage: and leaves a checkpoint)."""
    if context.program.has_stages:
        run = context.trained()
        found = dict(run.metrics)
        said = f"{run.state.step} steps, loss {run.metrics['train_loss']:.3g}"
    else:
        losses = context.steps(context.setup(), 3)
        found = {f"step {i}": v for i, loss in enumerate(losses) for v in values_of(loss)}
        said = f"{len(losses)} steps, loss {values_of(losses[-1])[0]:.3g}"
    bad = {name: value for name, value in found.items() if not math.isfinite(value)}
    if bad:
        raise CheckFailed(
            expected="finite numbers after a few steps",
            found=str(bad),
            causes=("log or division of zero", "a learning rate far too high"),
            look="loss_fn in train.py",
        )
    return Passed(said)


def values_of(loss: Any) -> list[float]:
    """Return the numbers that train_step gave: one, or those of a dict."""
    values = loss.values() if isinstance(loss, dict) else [loss]
    return [float(value) for value in values]


def output_shape(context: Context) -> Passed:
    """Hold the output's shape, type and finiteness against the batch and the classes."""
    import torch  # noqa: PLC0415  heavy

    state = context.fresh()
    batch = context.batch(state)
    batch = take(batch, range(min(4, size(batch))))
    with probe.evaluating(context.net(state)) as net:
        kept = copy(batch)
        _, call = probe.look(context, net, batch)
    found = call.prediction
    shape, classes = tuple(found.shape), n_classes(context, state)
    is_binary = classes == 2 and (len(shape) == 1 or shape[-1] == 1)  # noqa: PLR2004
    is_open = bool(statements.unread_loss(context.spec))  # an output may be no logits
    has_classes = classes is None or classes in shape[1:] or is_binary or is_open
    has_rows = any(dim % size(batch) == 0 for dim in shape)
    if not has_classes or not has_rows or not bool(torch.isfinite(found).all()):
        wanted = f"{size(batch)} rows" + (f" of {classes} classes" if classes else "")
        raise CheckFailed(
            expected=f"finite floating-point output with {wanted}",
            found=f"shape {shape}, {found.dtype}, {int((~torch.isfinite(found)).sum())} not finite",
            causes=("a missing flatten", "the wrong number of classes", "log of zero in forward"),
            look="forward in model.py",
        )
    if not same(kept, batch):
        raise CheckFailed(
            expected="a batch that is the same after the loss as before",
            found="the network or the loss changed it in place",
            causes=("an in-place operation on the input: relu_, +=, masked_fill_",),
            look="forward in model.py",
        )
    return Passed(f"output {shape}, {str(found.dtype).removeprefix('torch.')}")


def n_classes(context: Context, state: Any) -> int | None:
    """Return the stated number of classes, else the configured one, else none.

    Of families whose output says a class: others may be told one.
    """
    if context.program.family not in ("classifier", "sequence", "language_model"):
        return None
    config = getattr(state, "config", None)
    model = config.get("model") if isinstance(config, dict) else None
    configured = model.get("n_classes") if isinstance(model, dict) else None
    stated = context.spec.get("n_classes", configured)
    if context.program.family == "language_model":
        stated = context.spec.get("vocab_size", stated)
    return stated if isinstance(stated, int) else None


def loss_at_initialisation(context: Context) -> Passed:
    """Compare the first loss, over some batches and a median of three seeds, with knowing nothing.

    ln(classes) for a classifier or a language model, the variance of the target for a squared
    error: nothing but the shapes and types of the targets says which.
    """
    import torch  # noqa: PLC0415  heavy

    found = []
    for seed in range(context.seed, context.seed + N_INITIALISATIONS):
        fresh = context.at_seed(seed)
        state = fresh.fresh()
        net, losses = context.net(state), []
        for batch in walk(fresh, state, N_BATCHES):
            with torch.no_grad():
                loss, call = probe.look(context, net, batch)
            losses.append(float(loss))
        found.append(sum(losses) / N_BATCHES)
    median = sorted(found)[N_INITIALISATIONS // 2]
    expected, name = uninformed_loss(context, call, batch)
    deviation = abs(median / expected - 1)
    # a squared error starts higher where the targets' mean is not zero, or blocks add up
    limit = context.threshold("max_init_loss_deviation") * (1 if name.startswith("ln") else 24)
    if not deviation <= limit:
        raise CheckFailed(
            expected=f"{name} = {expected:.3f} within {limit:.0%}",
            found=f"{median:.3f}",
            causes=(
                "the last layer starts too large",
                "the loss is a sum, not a mean",
                "softmax over the wrong dimension, or twice",
                "inputs that are not normalised",
            ),
            look="the last layer of model.py and loss_fn in train.py",
        )
    return Passed(f"{median:.3f}, {name} = {expected:.3f}", {"initial_loss": median})


def uninformed_loss(context: Context, call: probe.Call, batch: Any) -> tuple[float, str]:
    """Return the loss of a prediction that knows nothing, and its name.

    Raises:
        CheckSkipped: The targets say neither classification nor regression.
    """
    out = call.prediction
    unread = statements.unread_loss(context.spec)
    if unread:
        raise CheckSkipped(f"no first loss to expect where SPEC's {unread} makes the loss another")
    targets = [t for t in leaves(batch) if t.shape[:1] == out.shape[:1]]
    is_integer = any(is_of_classes(t, out) for t in targets)
    stated = n_classes(context, None)
    classes = stated if isinstance(stated, int) else out.shape[-1]
    if is_integer and context.program.family in ("classifier", "sequence", "language_model"):
        classes = 2 if out.ndim == 1 or out.shape[-1] == 1 else classes
        return math.log(classes), f"ln({classes})"
    if context.program.family == "regressor":
        fits = [t for t in targets if t.is_floating_point() and t.numel() == out.numel()]
        if fits:
            target = fits[-1].double()
            return max(float((target**2).mean()), 1e-6), "mean square of the target"
    raise CheckSkipped("no integer targets of a classification")


def is_of_classes(target: Any, out: Any) -> bool:
    """Return whether a tensor can hold a class for each place of an output [..., classes]."""
    if target.is_floating_point():
        return False
    is_one_logit = out.ndim == 1 or out.shape[-1] == 1
    return bool(target.ndim == out.ndim - 1 or (is_one_logit and target.numel() == out.numel()))


def examples_are_independent(context: Context) -> Passed:
    """Give the network some of a batch's examples: their outputs are those in the whole batch."""
    state = context.fresh()
    context.steps(state, 2)
    net = context.net(state)
    batch = context.batch(state)
    n = min(_MAX_ROWS, size(batch))
    batch = take(batch, range(n))
    outputs = output_of(context, net, batch)
    whole = outputs(range(n))
    dim = batch_dim(whole, outputs(range(n - 1)))
    worst, at = 0.0, ""
    for rows in (range(n), range(n // 2), range(n // 2, n), [0], [n - 1], [n // 2]):
        part = outputs(rows)
        off = difference(whole.index_select(dim, index(rows, whole)), part)
        if off > worst:
            worst, at = off, f"examples {list(rows)} of {n}"
    if worst > _MAX_OUTPUT_DIFFERENCE:
        raise CheckFailed(
            expected="the same output for an example, alone and among others, now and again",
            found=f"a relative difference of {worst:.2g} for {at}",
            causes=(
                "view or reshape where a transpose is meant",
                "softmax or a mean over the batch dimension",
                "a hidden state that is kept between calls",
                "batch statistics in evaluation",
                "batch_first is wrong",
            ),
            look="forward in model.py",
        )
    return Passed(f"{n} examples alone and together, relative difference {worst:.1e}")


def index(rows: Any, like: Any) -> Any:
    """Return rows as an index tensor on the device of another."""
    import torch  # noqa: PLC0415  heavy

    return torch.tensor(list(rows), device=like.device)


def output_of(context: Context, net: Any, batch: Any) -> Callable[[Any], Any]:
    """Return what gives the output for some rows of a batch.

    By loss_fn, which may treat a batch as a whole; where that draws (diffusion), by the network
    with the same arguments.
    """
    if context.program.family != "diffusion":
        return lambda rows: probe.prediction(context, net, take(batch, list(rows)))
    with probe.evaluating(net):
        _, call = probe.look(context, net, batch)
    return lambda rows: probe.answer(net, take(call.args, list(rows)), call.kwargs)


def batch_dim(whole: Any, part: Any) -> int:
    """Return the dimension of the output along which the examples lie: the one that shrinks.

    Raises:
        CheckSkipped: None does.
    """
    for dim, (a, b) in enumerate(zip(whole.shape, part.shape, strict=False)):
        if a == b + 1:
            return dim
    raise CheckSkipped("no output dimension along which the examples lie")


def difference(whole: Any, part: Any) -> float:
    """Return the largest difference relative to the largest output; shapes cut to fit."""
    if whole.ndim != part.ndim:
        return math.inf
    cut = tuple(slice(0, min(a, b)) for a, b in zip(whole.shape, part.shape, strict=True))
    scale = max(float(whole.abs().max()), 1e-6)
    return float((whole[cut] - part[cut]).abs().max()) / scale


def loss_is_a_mean(context: Context) -> Passed:
    """Double a batch: the loss stays; a mean over examples does not grow with their number."""
    state = context.fresh()
    batch = context.batch(state)
    n = size(batch)
    twice = take(batch, [*range(n), *range(n)])
    loss_fn = context.program.function("loss_fn")
    with probe.evaluating(context.net(state)) as net:
        once, doubled = (float(loss_fn(net, map_leaves(lambda t: t, b))) for b in (batch, twice))
    if abs(doubled / once - 1) > _MAX_LOSS_CHANGE:
        raise CheckFailed(
            expected=f"{once:.5g} again for a batch with every example twice",
            found=f"{doubled:.5g}",
            causes=('reduction="sum"', "softmax over the batch dimension", "a wrong divisor"),
            look="loss_fn in train.py",
        )
    return Passed(f"{once:.4g} for {n} examples, {doubled:.4g} for each twice")
