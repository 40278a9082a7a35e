"""Stated facts of the parts: what decays, how large the data are, what layers are made of.

Each is read from the live program. Nothing is said where a statement leaves a choice, or where
nothing live shows it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reprokit.checks import observe
from reprokit.checks.batch import length
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckSkipped

_SAME_UNIT = 2.0  # times: sizes farther apart count other things (series and windows of them)
_SIZES = {
    "train": ("n_train", "train_size", "n_train_examples", "train_examples"),
    "test": ("n_test", "test_size", "n_test_examples", "test_examples"),
}
# What a text says about weight decay, and the kinds of parameters that it means.
_KINDS = {
    "bias": ("bias",), "norm": ("norm",), "gain": ("norm", "gain"), "scale": ("norm", "gain"),
    "embed": ("embedding",), "vector": ("bias", "norm"), "1-d": ("bias", "norm"),
    "one-dimensional": ("bias", "norm"),
}  # fmt: skip


def facts(context: Context, state: Any) -> Iterator[tuple[str, str]]:
    """Yield each stated fact that can be observed, and an empty text or what contradicts it."""
    yield from decay_facts(context.spec, state)
    yield from size_facts(context.spec, state)
    yield from layer_facts(context.spec, state)
    yield from slope_facts(context, state)


def decay_facts(spec: Mapping[str, Any], state: Any) -> Iterator[tuple[str, str]]:
    """Yield whether what is stated to be left out of weight decay decays."""
    for name, value in spec.items():
        kinds = left_out(name, value)
        decayed: dict[str, int] = {}
        for parameter_kind, n in decaying(state):
            if parameter_kind in kinds:
                decayed[parameter_kind] = decayed.get(parameter_kind, 0) + n
        if kinds:
            what = ", ".join(f"{n} of {kind}" for kind, n in sorted(decayed.items()))
            yield name, f"paper {value!r}, elements that decay: {what}" if decayed else ""


def left_out(name: str, value: Any) -> set[str]:
    """Return the kinds of parameters that a fact of this name leaves out of weight decay."""
    is_exclusion = re.fullmatch(
        r"(no_|exclude_from_|without_)(weight_)?decay(_on|_for)?|(weight_)?decay_exclu\w+", name
    )
    is_scope = re.fullmatch(r"(weight_)?decay_(on|for|applies_to|scope)", name)
    text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = text.casefold()
    if is_scope:
        if re.match(r"\s*(all\b|every)", text):
            return set()
        says_no = " ".join(re.findall(r"(?:no|not|except|without|nor|never)\b[^;.]*", text))
        if re.search(r"matri|only weights|weights only|(linear|conv)\w* weights", text):
            says_no += " bias norm"
        text = says_no
    elif not is_exclusion:
        return set()
    return {kind for word, kinds in _KINDS.items() if word in text for kind in kinds}


def decaying(state: Any) -> Iterator[tuple[str, int]]:
    """Yield the kind and the size of each parameter that decays."""
    decays = {
        id(p)
        for optimizer in state.optimizers.values()
        for group in optimizer.param_groups
        for p in group["params"]
        if group.get("weight_decay") and p.requires_grad
    }
    for net in state.nets.values():
        shared = list(observe.owners(net))
        for module, name, p in shared:
            is_tied = sum(q is p for _, _, q in shared) > 1
            if id(p) in decays and not is_tied:
                yield kind_of(module, name), p.numel()


def kind_of(module: Any, name: str) -> str:
    """Return what kind of parameter one of a module is."""
    kind = type(module).__name__
    if name.startswith("bias"):
        return "bias"
    if "Norm" in kind and name in ("weight", "scale", "gamma", "g"):
        return "norm"
    if "Embedding" in kind:
        return "embedding"
    if "weight_norm" in type(module).__module__ or name in ("weight_g", "original0"):
        return "gain"
    return "weight"


def size_facts(spec: Mapping[str, Any], state: Any) -> Iterator[tuple[str, str]]:
    """Yield whether the data are as many examples as stated."""
    for part, names in _SIZES.items():
        for name in names:
            stated = spec.get(name)
            if not isinstance(stated, int) or isinstance(stated, bool) or stated <= 0:
                continue
            try:
                found = length(getattr(state, part))
            except (AttributeError, CheckSkipped):
                continue
            if not 1 / _SAME_UNIT < found / stated < _SAME_UNIT:
                continue  # counted in something else
            yield name, "" if found == stated else f"paper {stated}, {found} examples"


def layer_facts(spec: Mapping[str, Any], state: Any) -> Iterator[tuple[str, str]]:
    """Yield what is stated about convolutions, recurrent layers and normalisation."""
    wide = [m for m in observe.modules(state, "Conv") if max(m.kernel_size) > 1]
    stated = spec.get("dilations")
    if isinstance(stated, list | tuple) and stated and wide:
        found = {d for m in wide for d in m.dilation}
        is_same = found - {1} == set(stated) - {1}
        yield "dilations", "" if is_same else f"paper {list(stated)}, layers {sorted(found)}"
    size = spec.get("kernel_size")
    if isinstance(size, int) and wide:
        found = {k for m in wide for k in m.kernel_size}
        yield "kernel_size", "" if size in found else f"paper {size}, layers {sorted(found)}"
    recurrent = [m for kind in ("LSTM", "GRU", "RNN") for m in observe.modules(state, kind)]
    two_ways = [bool(m.bidirectional) for m in recurrent if hasattr(m, "bidirectional")]
    if isinstance(spec.get("bidirectional"), bool) and len(two_ways) == 1:  # not one each way
        is_same = spec["bidirectional"] in two_ways
        yield "bidirectional", "" if is_same else f"paper {spec['bidirectional']}, ours not"
    heads = {m.num_heads for m in observe.modules(state, "MultiheadAttention")}
    stated = spec.get("n_heads")
    if isinstance(stated, int) and heads:
        yield "n_heads", "" if stated in heads else f"paper {stated}, layers {sorted(heads)}"
    yield from norm_facts(spec, state)


def norm_facts(spec: Mapping[str, Any], state: Any) -> Iterator[tuple[str, str]]:
    """Yield what a sentence about normalisation says: its epsilon, and where it is spectral."""
    live = observe.norm_facts(state.nets)
    found = live.get("layer_norm_eps", set()) | live.get("bn_eps", set())
    for name, value in spec.items():
        if not isinstance(value, str) or "norm" not in name.split("_"):
            continue
        number = re.search(r"eps\w*\s*[=:]?\s*(\d+(?:\.\d+)?(?:e-?\d+)?)", value.casefold())
        if number and len(found) == 1:
            is_same = abs(float(number.group(1)) / max(next(iter(found)), 1e-30) - 1) < 1e-6  # noqa: PLR2004
            yield name, "" if is_same else f"paper {value!r}, layers {sorted(found)}"
        if "spectral" in value.casefold() and not re.search(r"except|but|hidden", value.casefold()):
            which = name.split("_")[0].upper()
            nets = {which: state.nets[which]} if which in state.nets else state.nets
            yield from spectral_problem(name, nets)


def spectral_problem(name: str, nets: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield whether spectral normalisation is missing, or is there for some layers only."""
    without: list[str] = []
    n_layers = 0
    for net in nets.values():
        for path, module in net.named_modules():
            if type(module).__name__.removeprefix("Parametrized")[:4] in ("Line", "Conv"):
                n_layers += 1
                without += [] if is_spectral(module) else [path]
    if len(nets) == 1 and n_layers:
        yield name, f"not in {', '.join(without[:3])}" if without else ""


def is_spectral(module: Any) -> bool:
    """Return whether a layer's weight is spectrally normalised, in the new way or the old."""
    new = getattr(getattr(module, "parametrizations", None), "weight", ())
    old = getattr(module, "_forward_pre_hooks", {}).values()
    return any("pectral" in type(part).__name__ for part in (*new, *old))


def slope_facts(context: Context, state: Any) -> Iterator[tuple[str, str]]:
    """Yield whether leaky rectifiers have the stated slope: leaky_relu_0.2, leaky ReLU (0.1)."""
    for name, value in context.spec.items():
        number = re.search(r"leaky[\w ]*?[(_ ]+(?:slope\s*)?(\d*\.\d+)", str(value).casefold())
        if "activation" not in name or not number:
            continue
        which = name.split("_")[0].upper()
        nets = {which: state.nets[which]} if which in state.nets else state.nets
        found = {
            float(m.negative_slope)
            for net in nets.values()
            for m in net.modules()
            if type(m).__name__ == "LeakyReLU"
        }
        stated = float(number.group(1))
        if found:
            is_same = any(abs(slope - stated) < 1e-9 for slope in found)  # noqa: PLR2004
            yield name, "" if is_same else f"paper {value!r}, slopes {sorted(found)}"
