"""How the weights were drawn, held against what the paper states."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

_MIN_WEIGHTS = 128  # smaller tensors say little about a distribution
_MIN_SHARE = 0.25  # of the weights: heads, embeddings and residual branches are often drawn apart
_MIN_LEFT_OVER = 48  # weights that all lie within PyTorch's default bound
_FAR = 0.6  # of the stated deviation
_KINDS = {
    "conv": "Conv", "linear": "Linear", "dense": "Linear", "fully": "Linear",
    "embedding": "Embedding", "recurrent": "recurrent", "hidden-to-hidden": "recurrent",
}  # fmt: skip
_NAMES = ("init", "initialisation", "initialization", "weight_init", "weight_initialization")
# Every word of a clause that is read here; another may be about something else than a draw.
_WORDS = frozenset(re.findall(r"[a-z]+", """
    a all and are as at batch bias biases block blocks by conv convolution convolutional
    convolutions d default dense distribution divided drawn e each embed embedding embeddings fan
    final for from fully connected gain gate gates gaussian glorot gru he head heads hidden in
    init initialisation initialised initialization initialized into is its kaiming kernel kernels
    last layer layers leaky linear lstm matrices matrix mean mode n nonlinearity norm normal norms
    of on one ones or orthogonal other others out output outputs parameters position positional
    positions projection projections pytorch recurrent relu residual rest root s scale scaled sd
    square sqrt standard deviation std stddev stream sigma tanh the times to token torch trunc
    truncated two u uniform unit variance vectors weight weights which with word xavier zero zeroed
    zeros y except every
"""))  # fmt: skip
_PARTS = ("head", "output", "last", "final", "residual", "except", "embed")


def facts(spec: Mapping[str, Any], state: Any) -> Iterator[tuple[str, str]]:
    """Yield what is stated about the initialisation, clause by clause, and what contradicts it.

    A clause is what stands between commas: a method, and the kind of layer it is for.
    """
    stated = next((spec[name] for name in _NAMES if isinstance(spec.get(name), str)), None)
    if stated is None:
        return
    for clause in re.split(r"[,;](?![^(]*\))", stated.casefold()):
        problem = clause_problem(clause, stated, state)
        if problem is not None:
            yield "init", f"paper {stated!r}, {problem}" if problem else ""
    yield from forget_gate(stated, state.nets)


def clause_problem(clause: str, stated: str, state: Any) -> str | None:
    """Return what contradicts a clause, an empty text where nothing does, None if it is unknown."""
    if "zero" in clause and "norm" in clause and re.search(r"scale|gamma|weight", clause):
        norms = [m for net in state.nets.values() for m in net.modules() if is_norm(m)]
        has_zero = any(not bool(m.weight.any()) for m in norms)
        return None if not norms else "" if has_zero else "no scale of a norm begins at zero"
    if set(re.findall(r"[a-z]+", clause)) - _WORDS:
        return None
    kind = next((kind for word, kind in _KINDS.items() if word in clause), "")
    weights = [
        w for name, w in layers(state.nets)
        if w.numel() >= _MIN_WEIGHTS and (name.startswith(kind) or name.endswith(kind))
    ]  # fmt: skip
    fits = [fits_initialisation(clause, w) for w in weights]
    if not fits or None in fits:
        return None
    ours = sum(w.numel() for w, is_fit in zip(weights, fits, strict=True) if is_fit)
    share = ours / sum(w.numel() for w in weights)
    is_part = any(word in clause for word in _PARTS) and kind != "recurrent"
    if share < (1e-9 if is_part else _MIN_SHARE):
        return f"{share:.0%} of the weights look drawn like {clause.strip()!r}"
    left = [] if any(word in stated.casefold() for word in _PARTS) else left_overs(clause, state)
    return f"PyTorch's default in {', '.join(left)}" if left else ""


def is_norm(module: Any) -> bool:
    """Return whether a layer normalises and has a scale."""
    return "Norm" in type(module).__name__ and getattr(module, "weight", None) is not None


def layers(nets: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each weight of two and more dimensions with the kind of layer that owns it."""
    seen = set()
    for net in nets.values():
        for module in net.modules():
            kind = type(module).__name__
            for name, p in module.named_parameters(recurse=False):
                if p.ndim > 1 and id(p) not in seen:
                    seen.add(id(p))
                    suffix = " recurrent" if name.startswith("weight_hh") else ""
                    yield f"{kind}{suffix}", p.detach().double()


def left_overs(stated: str, state: Any) -> list[str]:
    """Return the layers that kept PyTorch's default while others of their kind are as stated.

    The default of linear and convolutional layers is uniform within 1 / sqrt(fan_in)
    (torch.nn.Linear): a layer all of whose weights lie there, and whose deviation is far below
    the stated one, was not drawn as stated.
    """
    found, fitting = [], set()
    for kind, weight in layers(state.nets):
        if fits_initialisation(stated, weight):
            fitting.add(kind)
            continue
        bound = 1 / math.sqrt(weight[0].numel())
        is_default = float(weight.abs().max()) <= bound * (1 + 1e-6)
        is_default &= abs(float(weight.std()) / (bound / math.sqrt(3)) - 1) < 0.25  # noqa: PLR2004
        expected = deviations(stated, weight) or []
        spread = float(weight.std())
        is_far = bool(expected) and spread < _FAR * min(expected)
        if kind == "Embedding":  # torch.nn.Embedding is standard normal by default
            is_default = abs(spread - 1) < 0.1  # noqa: PLR2004
            is_far = bool(expected) and spread > 5 * max(expected)
        if weight.numel() >= _MIN_LEFT_OVER and is_default and is_far:
            found.append((kind, f"a {kind} {tuple(weight.shape)}"))
    return [text for kind, text in found if kind in fitting or (kind == "Embedding" and fitting)]


def forget_gate(stated: str, nets: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield whether the forget gates' biases begin as stated.

    torch.nn.LSTM keeps its gates in the order input, forget, cell, output, and has two biases,
    which are added (docs of torch.nn.LSTM).
    """
    number = re.search(r"forget[^.;,]{0,30}?bias\D{0,12}?(\d+(?:\.\d+)?)", stated.casefold())
    if not number:
        return
    import torch  # noqa: PLC0415  heavy

    wanted, found = float(number.group(1)), []
    for net in nets.values():
        for module in net.modules():
            if isinstance(module, torch.nn.LSTM | torch.nn.LSTMCell):
                size = module.hidden_size
                biases = {
                    name.replace("bias_ih", "").replace("bias_hh", ""): torch.zeros(4 * size)
                    for name, _ in module.named_parameters(recurse=False)
                    if name.startswith("bias_")
                }
                for name, p in module.named_parameters(recurse=False):
                    if name.startswith("bias_"):
                        layer = name.replace("bias_ih", "").replace("bias_hh", "")
                        biases[layer] = biases[layer] + p.detach().cpu()
                found += [float(b[size : 2 * size].mean()) for b in biases.values()]
    if found:
        off = max(found, key=lambda value: abs(value - wanted))
        is_same = abs(off - wanted) <= 0.25 * max(wanted, 0.4)
        yield "forget_bias", "" if is_same else f"paper {wanted:g}, the forget gates' is {off:.3g}"


def fits_initialisation(stated: str, weight: Any) -> bool | None:
    """Return whether a weight tensor can be drawn as stated; None for a name not known here.

    By its standard deviation, within 25 %: that of 128 normal draws is known within 6.3 %.
    Fans as in K. He et al., "Delving Deep into Rectifiers" (arXiv:1502.01852), and X. Glorot and
    Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
    """
    text = stated.casefold()
    if "orthogonal" in text:
        flat = weight.flatten(1)
        gram = flat @ flat.T if flat.shape[0] <= flat.shape[1] else flat.T @ flat
        off = gram - gram.diagonal().mean() * gram.new_ones(len(gram)).diag()
        return bool(off.abs().max() < 1e-3 * max(float(gram.diagonal().mean()), 1e-12))
    expected = deviations(stated, weight)
    if expected is None:
        return None
    return any(abs(float(weight.std()) / value - 1) < 0.25 for value in expected if value > 0)  # noqa: PLR2004


def deviations(stated: str, weight: Any) -> list[float] | None:
    """Return the standard deviations that a stated initialisation may give a weight tensor."""
    text = stated.casefold()
    fan_in = weight[0].numel()
    fan_out = weight.shape[0] * (weight[0][0].numel() if weight.ndim > 2 else 1)  # noqa: PLR2004
    if "xavier" in text or "glorot" in text:
        return [math.sqrt(2 / (fan_in + fan_out))]
    if "kaiming" in text or "he_" in text or text.startswith("he"):
        found = [math.sqrt(2 / fan_in), math.sqrt(2 / fan_out)]
        if re.search(r"fan[ _-]?out", text):
            return found[1:]
        if re.search(r"fan[ _-]?in", text):
            return found[:1]
        # torch's own default is its kaiming_uniform_ with a = sqrt(5)
        return [*found, math.sqrt(1 / (3 * fan_in))] if "uniform" in text else found
    given = stated_range(text) if "uniform" in text else stated_deviation(text)
    return None if given is None else [given]


def stated_range(text: str) -> float | None:
    """Return the standard deviation of a uniform distribution whose ends a text states."""
    ends = re.search(r"uniform\w*\s*[(\[]\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*[)\]]", text)
    return abs(float(ends.group(2)) - float(ends.group(1))) / math.sqrt(12) if ends else None


def stated_deviation(text: str) -> float | None:
    """Return the standard deviation that a text states: normal(0, 0.02), std 0.02, normal_0.02."""
    number = r"(\d*\.?\d+(?:e-?\d+)?)"
    for pattern in (
        rf"\b(?:trunc\w*[ _])?(?:normal|n|gaussian)\w*\s*\(\s*-?[\d.]+\s*,\s*{number}\s*\)",
        rf"std\w*\s*[=:]?\s*{number}",
        rf"normal[_ ]{number}",
    ):
        found = re.search(pattern, text)
        if found:
            return float(found.group(1))
    return None
