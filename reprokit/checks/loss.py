"""Stage 1: the loss is the one that is meant, of the network's output and the right targets."""

from collections.abc import Iterator, Mapping
from typing import Any

from reprokit.checks import probe, statements
from reprokit.checks.batch import leaves
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_MAX_DIFFERENCE = 1e-3  # relative; summation order moves a float32 mean by less than 1e-5
_TINY = 1e-30


def loss_recomputed(context: Context) -> Passed:
    """Compute the loss again from the network's output and the batch's targets.

    Cross-entropy of integer targets (shifted by one where the tokens are their own targets,
    without padding), squared, absolute or Huber error of real ones. A penalty on the weights
    that SPEC declares may be added.
    """
    state = context.fresh()
    context.steps(state, 2)
    batch = context.batch(state)
    with probe.evaluating(context.net(state)) as net:
        loss, call = probe.look(context, net, batch)
        candidates = as_stated(context.spec, list(expected_losses(context, call, batch)))
        penalty = sum(float((p.double() ** 2).sum()) for p in net.parameters())
    if not candidates:
        raise CheckSkipped("no targets in the batch that fit the network's output")
    found, decay = float(loss), stated_decay(context.spec)
    close = [
        name
        for name, value in candidates
        for extra in (0.0, decay * penalty, decay * penalty / 2)
        if abs(found - value - extra) <= _MAX_DIFFERENCE * max(abs(value), 1e-3)
    ]
    unread = statements.unread_loss(context.spec)
    if not close and unread:
        raise CheckSkipped(f"no way to compute the loss that SPEC's {unread} makes another")
    if not close:
        raise CheckFailed(
            expected=" or ".join(f"{name} = {value:.5g}" for name, value in candidates[:4]),
            found=f"{found:.5g}",
            causes=(
                "a loss of logits given probabilities, or the other way round",
                "label smoothing or class weights that nobody declared",
                "targets shifted by none or by two, or padding that counts",
                "the wrong reduction or dimension",
            ),
            look="loss_fn in train.py",
        )
    return Passed(f"{found:.4g} is the {close[0]}")


def stated_decay(spec: Mapping[str, Any]) -> float:
    """Return the stated weight decay, 0 where there is none or none that is one number."""
    stated = spec.get("weight_decay")
    return float(stated) if isinstance(stated, int | float) else 0.0


def expected_losses(context: Context, call: probe.Call, batch: Any) -> Iterator[tuple[str, float]]:
    """Yield the losses that a correct program may have on this batch, by name."""
    out = call.prediction.double()
    targets = leaves(batch)
    if context.program.family in ("classifier", "sequence", "language_model"):
        integers = [t for t in targets if not t.is_floating_point()]
        for logits in layouts(out):
            for target in integers:
                yield from cross_entropies(context, logits, target, call, targets)
    if context.program.family in ("regressor", "sequence"):
        for target in targets:
            if target.is_floating_point() and not is_input(target, call):
                yield from errors(out, target.double(), deltas(context.spec))


def layouts(out: Any) -> Iterator[Any]:
    """Yield an output with its classes last: as it is, and with classes second."""
    yield out
    if out.ndim > 2:  # noqa: PLR2004  rows and classes
        yield out.movedim(1, -1)
        yield out.transpose(0, 1)


def is_input(target: Any, call: probe.Call) -> bool:
    """Return whether a tensor is what the network was given."""
    return any(
        t.shape == target.shape and bool((t.double() == target.double()).all()) for t in call.inputs
    )


def cross_entropies(
    context: Context, logits: Any, target: Any, call: probe.Call, others: list[Any]
) -> Iterator[tuple[str, float]]:
    """Yield the cross-entropies of a target: with and without what SPEC declares left out."""
    if is_binary(logits, target):
        mean = binary(logits.flatten(), target.flatten().double())
        yield "binary cross-entropy", mean
        yield "binary cross-entropy summed over labels", mean * logits[0].numel()
        return
    pair = aligned(logits, target, call)
    if pair is None:
        return
    logits, target = pair
    stated = context.spec.get("label_smoothing")
    smoothing = float(stated) if isinstance(stated, int | float) else 0.0
    masks = [("", None), *((f"mask {i}", m) for i, m in enumerate(others) if is_mask(m, target))]
    for what, mask in masks:
        # probabilities are no logits: a second softmax flattens them
        sure = log_of(logits)
        plain = ("cross-entropy", logits.log_softmax(-1) if sure[1] is None else None)
        for name, rows in (plain, sure):
            if rows is not None:
                value = mean_nll(rows, target, counted(context, target), smoothing, mask)
                if value is not None:
                    yield f"{name} {what}".strip(), value


def is_binary(logits: Any, target: Any) -> bool:
    """Return whether an output is one logit an example."""
    return bool(logits.numel() == target.numel() and set(target.unique().tolist()) <= {0, 1})


def binary(logits: Any, target: Any) -> float:
    """Return the binary cross-entropy of logits."""
    from torch.nn import functional  # noqa: PLC0415  heavy

    return float(functional.binary_cross_entropy_with_logits(logits, target))


def log_of(rows: Any) -> tuple[str, Any]:
    """Return the logarithm of an output that is probabilities, else nothing."""
    is_probability = bool((rows >= 0).all()) and bool(((rows.sum(-1) - 1).abs() < 1e-4).all())  # noqa: PLR2004
    return "negative log-likelihood", (rows.clamp_min(_TINY).log() if is_probability else None)


def aligned(logits: Any, target: Any, call: probe.Call) -> tuple[Any, Any] | None:
    """Return logits and targets of the same shape, or none where they do not fit.

    A target that contains the network's own tokens is a line: what follows each token is its
    target. Any other one stands beside the output as it is.
    """
    lead = tuple(logits.shape[:-1])
    if target.ndim > 1 and len(lead) > 1 and target.shape[0] == lead[0]:
        for tokens in call.inputs:
            at = place_in(tokens, target)
            if at is not None and tokens.shape == lead:
                following = target[:, at + 1 : at + 1 + lead[1]]
                return logits[:, : following.shape[1]], following
    return (logits, target) if tuple(target.shape) == lead else None


def place_in(tokens: Any, line: Any) -> int | None:
    """Return where in each line [B, T] the tokens [B, S] stand, the same place for all."""
    if tokens.ndim != 2 or line.ndim < 2 or tokens.shape[0] != line.shape[0]:  # noqa: PLR2004
        return None
    span = tokens.shape[1]
    for at in range(line.shape[1] - span + 1):
        if bool((line[:, at : at + span] == tokens).all()):
            return at
    return None


def is_mask(tensor: Any, target: Any) -> bool:
    """Return whether a tensor says for each target whether it counts."""
    if tensor.shape != target.shape or tensor is target:
        return False
    return set(tensor.unique().tolist()) <= {0, 1}


def counted(context: Context, target: Any) -> Any:
    """Return which targets count: not the ignored ones, and not padding where that fills them up.

    Where targets are filled up with a negative number, or with SPEC's ignore_index, the index of
    the inputs' padding is a class like any other.
    """
    counts = target >= 0
    ignored, pad = context.spec.get("ignore_index"), context.spec.get("pad_index")
    if isinstance(ignored, int):
        return counts & (target != ignored)
    if isinstance(pad, int) and target.ndim > 1 and bool(counts.all()):
        return counts & (target != pad)
    return counts


def mean_nll(rows: Any, target: Any, counts: Any, smoothing: float, mask: Any) -> float | None:
    """Return the mean negative log-likelihood over the targets that count."""
    import torch  # noqa: PLC0415  heavy

    counts = counts if mask is None else mask.bool()
    if not bool(counts.any()) or int(target[counts].max()) >= rows.shape[-1]:
        return None
    if int(target[counts].min()) < 0:
        return None  # counted by another mask only
    picked = rows[counts]
    nll = -picked.gather(-1, target[counts].long()[:, None]).squeeze(-1)
    smooth = -picked.mean(-1)
    return float(torch.lerp(nll, smooth, smoothing).mean())


def deltas(spec: Mapping[str, Any]) -> list[float]:
    """Return where a Huber loss may bend: 1, or what SPEC states."""
    stated = [
        float(value)
        for name, value in spec.items()
        if "delta" in name and isinstance(value, int | float) and value > 0
    ]
    return stated or [1.0]


def errors(out: Any, target: Any, bends: list[float]) -> Iterator[tuple[str, float]]:
    """Yield the usual errors of a real target."""
    from torch.nn import functional as f  # noqa: PLC0415  heavy

    if out.numel() != target.numel():
        return
    target = target.reshape(out.shape)
    means = {
        "mean squared error": float(f.mse_loss(out, target)),
        "mean absolute error": float(f.l1_loss(out, target)),
    }
    for bend in bends:
        means["Huber loss"] = float(f.huber_loss(out, target, delta=bend))
        if bend != 1:  # the same
            means["smooth L1 loss"] = float(f.smooth_l1_loss(out, target, beta=bend))
    yield from means.items()
    yield "half the mean squared error", means["mean squared error"] / 2
    if out.ndim > 1:
        for name, value in means.items():
            yield f"{name}, summed over outputs", value * out[0].numel()


# What SPEC's `loss` may be called, and the readings that it leaves.
_STATED = {
    "huber": ("Huber loss",), "smooth": ("smooth L1 loss", "Huber loss"),
    "mse": ("squared", "squares"), "square": ("squared", "squares"), "l2": ("squared", "squares"),
    "mae": ("absolute",), "absolute": ("absolute",), "l1": ("absolute",),
}  # fmt: skip


def as_stated(spec: Mapping[str, Any], found: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return the readings of a real target's loss that SPEC leaves open.

    Raises:
        CheckSkipped: SPEC names a loss that is not known here.
    """
    stated = str(spec.get("loss", "")).casefold()
    if not stated or any("entropy" in name or "likelihood" in name for name, _ in found):
        return found
    words = next((kept for word, kept in _STATED.items() if word in stated), None)
    if words is None or not found:
        raise CheckSkipped(f"no way to compute the stated loss {spec['loss']!r}")
    return [(name, value) for name, value in found if any(word in name for word in words)]
