"""Stage 1: one example runs. Exact checks, seconds on a CPU."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

N_INITIALISATIONS = 3
N_STEPS = 3
N_REFERENCE_EXAMPLES = 4


def one_example_runs(context: Context) -> Passed:
    """Train the stage as it is: it ends, with finite losses, and leaves a checkpoint."""
    run = context.trained()
    bad = {name: value for name, value in run.metrics.items() if not math.isfinite(value)}
    if bad:
        raise CheckFailed(
            expected="finite metrics after a few steps on one example",
            found=str(bad),
            causes=("log or division of zero", "a learning rate far too high"),
            look="loss_fn in train.py",
        )
    return Passed(f"{run.state.step} steps, loss {run.metrics['train_loss']:.3g}")


def output_shape(context: Context) -> Passed:
    """Hold the output's shape, type and finiteness against the batch and the classes."""
    import torch  # noqa: PLC0415  heavy

    state = context.setup("examples=null", "batch_size=4", stage="3_generalize")
    x, y = next(context.program.function("batches")(state))
    net = state.nets["model"].eval()
    with torch.no_grad():
        logits = net(x)
    expected = (len(y), n_classes(context, state, logits))
    found = tuple(logits.shape)
    is_fine = found == expected and logits.is_floating_point()
    if not is_fine or not bool(torch.isfinite(logits).all()):
        raise CheckFailed(
            expected=f"finite floating-point logits of shape {expected}",
            found=f"shape {found}, {logits.dtype}, "
            f"{int((~torch.isfinite(logits)).sum())} not finite",
            causes=("a missing flatten", "the wrong number of classes", "log of zero in forward"),
            look="forward in model.py",
        )
    return Passed(f"logits {found}, {str(logits.dtype).removeprefix('torch.')}")


def n_classes(context: Context, state: Any, logits: Any) -> int:
    """Return the stated number of classes, else the configured one, else that of the logits."""
    model = state.config.get("model")
    configured = model.get("n_classes") if isinstance(model, Mapping) else None
    stated = context.spec.get("n_classes", configured)
    return int(logits.shape[-1] if stated is None else stated)


def loss_at_initialisation(context: Context) -> Passed:
    """Compare the first loss, a median over three seeds, with ln(classes)."""
    losses = []
    for seed in range(context.seed, context.seed + N_INITIALISATIONS):
        fresh = context.at_seed(seed)
        state = fresh.setup("batch_size=64", stage="3_generalize")
        batch = next(context.program.function("batches")(state))
        loss = context.program.function("loss_fn")(state.nets["model"], batch)
        losses.append(float(loss.detach()))
        classes = state.nets["model"](batch[0]).shape[-1]
    median, expected = sorted(losses)[len(losses) // 2], math.log(classes)
    deviation = abs(median / expected - 1)
    if not deviation <= context.threshold("max_init_loss_deviation"):
        raise CheckFailed(
            expected=f"ln({classes}) = {expected:.3f} within "
            f"{context.threshold('max_init_loss_deviation'):.0%}",
            found=f"{median:.3f}",
            causes=(
                "the last layer starts too large",
                "the loss is a sum, not a mean",
                "softmax over the wrong dimension, or twice",
                "inputs that are not normalised",
            ),
            look="the last layer of model.py and loss_fn in train.py",
        )
    return Passed(f"{median:.3f}, ln({classes}) = {expected:.3f}", {"initial_loss": median})


def gradient_reaches_every_parameter(context: Context) -> Passed:
    """Take three steps; every parameter gets a gradient, is in an optimizer, and moves."""
    state = context.setup("examples=null", "batch_size=32", stage="3_generalize")
    parameters = {
        f"{net}.{name}": parameter
        for net, module in state.nets.items()
        for name, parameter in module.named_parameters()
    }
    before = {name: parameter.detach().clone() for name, parameter in parameters.items()}
    owned = {
        id(parameter)
        for optimizer in state.optimizers.values()
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    with_gradient = watch_gradients(context, state, parameters)
    frozen = set(context.spec.get("frozen", ()))
    missing = {
        "no gradient": [name for name in parameters if name not in with_gradient],
        "in no optimizer": [name for name, p in parameters.items() if id(p) not in owned],
        "does not move": [
            name for name, p in parameters.items() if bool((p == before[name]).all())
        ],
    }
    found = {what: kept for what, names in missing.items() if (kept := sorted({*names} - frozen))}
    if found:
        raise CheckFailed(
            expected="a gradient and a change for every parameter within three steps",
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


def watch_gradients(context: Context, state: Any, parameters: dict[str, Any]) -> set[str]:
    """Take steps; return the names of the parameters that had a gradient other than zero.

    Read in the optimizer's post-step hook: after `train_step` is too late where `zero_grad`
    comes last.
    """
    seen: set[str] = set()
    stepped: list[bool] = []

    def look(*_: Any) -> None:
        stepped.append(True)
        for name, parameter in parameters.items():
            if parameter.grad is not None and bool((parameter.grad != 0).any()):
                seen.add(name)

    hooks = [optimizer.register_step_post_hook(look) for optimizer in state.optimizers.values()]
    context.steps(state, N_STEPS)
    for hook in hooks:
        hook.remove()
    if not stepped:
        raise CheckFailed(
            expected="the optimizer to take a step in train_step",
            found=f"none in {N_STEPS} calls",
            causes=("optimizer.step() is missing, or never reached",),
            look="train_step in train.py",
        )
    return seen


def numpy_reference_agrees(context: Context) -> Passed:
    """Compare the network with its numpy reference, in float64, after five steps."""
    import torch  # noqa: PLC0415  heavy

    reference = context.program.function("reference_forward")
    state = context.setup("examples=null", "batch_size=32", stage="3_generalize")
    context.steps(state, 5)
    x = next(context.program.function("batches")(state))[0][:N_REFERENCE_EXAMPLES].double().cpu()
    net = state.nets["model"].double().cpu().eval()
    weights = {name: value.detach().numpy().copy() for name, value in net.state_dict().items()}
    with torch.no_grad():
        found = net(x).numpy()
    try:
        expected = reference(weights, x.numpy())
    except NotImplementedError as error:
        raise CheckSkipped("reference_forward is not written for this network yet") from error
    return compare_arrays(context, expected, found)


def compare_arrays(context: Context, expected: Any, found: Any) -> Passed:
    """Compare two outputs by their largest difference, relative to the reference's largest."""
    import numpy as np  # noqa: PLC0415  heavy

    limit = context.threshold("max_reference_error")
    same_shape = np.shape(expected) == found.shape
    scale = max(float(np.abs(expected).max()), 1e-12)
    error = float(np.abs(np.asarray(expected) - found).max()) / scale if same_shape else math.inf
    if not error <= limit:
        raise CheckFailed(
            expected=f"a relative difference of at most {limit:g} from reference.py",
            found=f"{error:.3g} (shapes {np.shape(expected)} and {found.shape})",
            causes=(
                "a missing or extra activation, bias or scale in model.py",
                "padding, stride or a transposed weight",
                "the reference itself: read it again beside the paper",
            ),
            look="model.py beside reference.py, layer by layer",
        )
    return Passed(f"relative difference {error:.1e}", {"reference_error": error})


def differing(stated: Iterable[str], spec: Any, cfg: Any) -> list[str]:
    """Return the stated names whose setting is another one."""
    return [name for name in stated if not same_value(spec[name], cfg[name])]


def same_value(stated: Any, ours: Any) -> bool:
    """Compare numbers by value and texts without case."""
    if isinstance(stated, int | float) and isinstance(ours, int | float):
        return math.isclose(stated, ours, rel_tol=1e-9, abs_tol=1e-15)
    return str(stated).casefold() == str(ours).casefold()


def settings_agree_with_the_paper(context: Context) -> Passed:
    """Hold the settings, and what the optimizer really has, against the stated facts."""
    cfg, state = context.config(), context.setup()
    spec, declared = context.spec, dict(cfg.get("deviations") or {})
    stated = [name for name in spec if name in cfg and name != "seed"]
    undeclared = [name for name in differing(stated, spec, cfg) if name not in declared]
    found = [f"{name}: paper {spec[name]!r}, ours {cfg[name]!r}" for name in undeclared]
    found += live_differences(state.optimizers["model"], cfg)
    n_parameters = spec.get("n_parameters")
    ours = sum(p.numel() for net in state.nets.values() for p in net.parameters())
    if isinstance(n_parameters, int) and ours != n_parameters and "n_parameters" not in declared:
        found.append(f"n_parameters: paper {n_parameters}, ours {ours}")
    if found:
        raise CheckFailed(
            expected="the paper's settings, or a declared deviation with its reason",
            found="; ".join(found),
            causes=("a setting that was changed and not declared", "a setting nobody reads"),
            look="conf/ (deviations) and optimizers.py",
        )
    shown = f", declared: {', '.join(sorted(declared))}" if declared else ""
    if not stated:
        return Passed("the optimizer holds what is set; paper.json states nothing under spec yet")
    return Passed(f"{len(stated)} stated settings agree{shown}")


def live_differences(optimizer: Any, cfg: Any) -> list[str]:
    """Return where the optimizer holds something other than the settings say."""
    group = optimizer.param_groups[0]
    lr = group.get("max_lr", group.get("initial_lr", group["lr"]))
    live = {"learning_rate": lr, "weight_decay": group.get("weight_decay", 0.0)}
    live["optimizer"] = type(optimizer).__name__
    if "betas" in group:
        live["beta1"], live["beta2"] = group["betas"]
    live |= {name: group[name] for name in ("eps", "momentum") if name in group}
    return [
        f"{name}: settings {cfg[name]!r}, optimizer {value!r}"
        for name, value in live.items()
        if name in cfg and not same_value(cfg[name], value)
    ]
