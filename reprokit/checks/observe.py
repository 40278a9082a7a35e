"""What a live program really holds, by canonical name: read from objects, never from settings."""

from collections.abc import Iterator, Mapping
from typing import Any

from reprokit.checks import probe
from reprokit.checks.context import Context

ACTIVATIONS = {"relu", "gelu", "tanh", "leaky_relu", "silu", "elu", "selu", "sigmoid", "softplus"}


def main_group(optimizer: Any) -> Mapping[str, Any]:
    """Return the parameter group with the most parameters: where a paper's one number applies."""
    return max(optimizer.param_groups, key=lambda g: sum(p.numel() for p in g["params"]))


def optimizer_name(optimizer: Any) -> str:
    """Return the name of the torch optimizer that this is, or is derived from; else empty."""
    import torch  # noqa: PLC0415  heavy

    for kind in type(optimizer).__mro__:
        if kind is not torch.optim.Optimizer and kind.__module__.startswith("torch.optim"):
            return str(kind.__name__)
    return ""


def optimizer_facts(optimizer: Any) -> dict[str, Any]:
    """Return what an optimizer holds, by canonical name."""
    return group_facts(main_group(optimizer))


def group_facts(group: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a group of parameters holds, by canonical name."""
    facts = {
        "learning_rate": group.get("max_lr", group.get("initial_lr", group["lr"])),
        "weight_decay": group.get("weight_decay", 0.0),
        "momentum": group.get("momentum"),
        "nesterov": group.get("nesterov"),
        "eps": group.get("eps"),
        "alpha": group.get("alpha"),
    }
    if "betas" in group:
        facts["beta1"], facts["beta2"] = group["betas"]
    return {name: value for name, value in facts.items() if value is not None}


def owners(net: Any) -> Iterator[tuple[Any, str, Any]]:
    """Yield each module of a network with the name and the tensor of each of its parameters."""
    for module in net.modules():
        for name, p in module.named_parameters(recurse=False, remove_duplicate=False):
            yield module, name, p


def modules(state: Any, kind: str) -> list[Any]:
    """Return the layers whose class is torch's of a name, or begins with it."""
    import torch  # noqa: PLC0415  heavy

    kinds = tuple(
        found
        for name, found in vars(torch.nn).items()
        if name.startswith(kind) and isinstance(found, type)
    )
    return [m for net in state.nets.values() for m in net.modules() if isinstance(m, kinds)]


def norm_facts(nets: Mapping[str, Any]) -> dict[str, set[float]]:
    """Return the momenta and epsilons of the normalisation layers."""
    found: dict[str, set[float]] = {"bn_momentum": set(), "bn_eps": set(), "layer_norm_eps": set()}
    for net in nets.values():
        for module in net.modules():
            kind = type(module).__name__
            if "BatchNorm" in kind and hasattr(module, "eps"):
                found["bn_eps"].add(float(module.eps))
                if getattr(module, "momentum", None) is not None:
                    found["bn_momentum"].add(float(module.momentum))
            elif kind in ("LayerNorm", "GroupNorm", "RMSNorm") and getattr(module, "eps", None):
                found["layer_norm_eps"].add(float(module.eps))
    return {name: values for name, values in found.items() if values}


def functions_in_a_step(context: Context, state: Any) -> list[tuple[str, Any, Any, Any]]:
    """Return the torch functions that the network calls in training mode on one batch."""
    found: list[tuple[str, Any, Any, Any]] = []
    net = context.net(state)
    batch = context.batch(state)
    was_training = net.training
    net.train()
    with probe.watch_functions(found):
        context.program.function("loss_fn")(net, batch)
    net.train(was_training)
    return found


def dropouts(nets: Mapping[str, Any], calls: list[tuple[str, Any, Any, Any]]) -> set[float]:
    """Return the probabilities of dropout that are live: of modules and of functional calls."""
    found = set()
    for net in nets.values():
        for module in net.modules():
            if "Dropout" in type(module).__name__ and isinstance(getattr(module, "p", None), float):
                found.add(float(module.p))
            elif isinstance(getattr(module, "dropout", None), float):
                has_layers = getattr(module, "num_layers", 2) > 1
                found.add(float(module.dropout) if has_layers else 0.0)
    for name, args, kwargs, _ in calls:
        if name in ("dropout", "dropout_", "dropout1d", "dropout2d", "alpha_dropout"):
            p = kwargs.get("p", args[1] if len(args) > 1 else 0.5)
            is_on = kwargs.get("training", args[2] if len(args) > 2 else True)  # noqa: PLR2004
            found.add(float(p) if is_on else 0.0)
        if name == "scaled_dot_product_attention":
            found.add(float(kwargs.get("dropout_p", args[4] if len(args) > 4 else 0.0)))  # noqa: PLR2004
    return {p for p in found if p > 0}


def activations(calls: list[tuple[str, Any, Any, Any]]) -> set[str]:
    """Return the names of the activations that were called."""
    return {name.rstrip("_") for name, *_ in calls} & ACTIVATIONS


def parameter_counts(state: Any) -> dict[str, int]:
    """Return the number of parameters by network, and of all that optimizers hold."""
    counts = {name: sum(p.numel() for p in net.parameters()) for name, net in state.nets.items()}
    owned = {
        id(p): p.numel()
        for optimizer in state.optimizers.values()
        for group in optimizer.param_groups
        for p in group["params"]
    }
    return {**counts, "all": sum(counts.values()), "trained": sum(owned.values())}


def dimensions(nets: Mapping[str, Any]) -> set[int]:
    """Return the sizes that occur among the shapes of the parameters."""
    return {d for net in nets.values() for p in net.parameters() for d in p.shape}
