"""Look into a live program: what its networks see and give, what its optimizers do.

Nothing here knows the program's source or names: networks are watched by forward hooks,
optimizers by step hooks, functional calls by a torch function mode.
"""

import contextlib
import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reprokit.checks.batch import leaves
from reprokit.checks.outcome import CheckSkipped


@dataclass
class Call:
    """One call of a network: its arguments, its output, and the mode it was in."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    output: Any
    was_training: bool

    @property
    def inputs(self) -> list[Any]:
        """The tensors among the arguments."""
        return leaves([list(self.args), dict(self.kwargs)])

    @property
    def prediction(self) -> Any:
        """The first floating-point tensor of the output."""
        found = [leaf for leaf in leaves(self.output) if leaf.is_floating_point()]
        if not found:
            raise CheckSkipped("no floating-point output of the network")
        return found[0]


@contextlib.contextmanager
def calls_of(net: Any) -> Iterator[list[Call]]:
    """Watch a network; the list grows with each of its calls."""
    seen: list[Call] = []

    def look(module: Any, args: Any, kwargs: Any, output: Any) -> None:
        seen.append(Call(args, kwargs, output, module.training))

    handle = net.register_forward_hook(look, with_kwargs=True)
    try:
        yield seen
    finally:
        handle.remove()


@dataclass
class Step:
    """One step of one optimizer, as it was when the step had just been taken."""

    optimizer: str
    groups: list[dict[str, Any]]
    gradients: dict[int, Any] = field(default_factory=dict)


@contextlib.contextmanager
def steps_of(state: Any, *, with_gradients: bool = False) -> Iterator[list[Step]]:
    """Watch all optimizers; the list grows with each step.

    Read in the post-step hook: after `train_step` is too late where `zero_grad` comes last, and
    before the step is too early where a closure computes the gradient.
    """
    seen: list[Step] = []
    handles = []
    for name, optimizer in state.optimizers.items():

        def look(live: Any, *_: Any, name: str = name) -> None:
            groups = [
                {k: v for k, v in group.items() if k != "params"} for group in live.param_groups
            ]
            step = Step(name, groups)
            if with_gradients:
                step.gradients = {
                    id(p): dense(p.grad.detach()).clone()
                    for group in live.param_groups
                    for p in group["params"]
                    if p.grad is not None
                }
            seen.append(step)

        if not hasattr(optimizer, "register_step_post_hook"):
            raise CheckSkipped(f"no hooks on the optimizer {type(optimizer).__name__}")
        handles.append(optimizer.register_step_post_hook(look))
    try:
        yield seen
    finally:
        for handle in handles:
            handle.remove()


def dense(gradient: Any) -> Any:
    """Return a gradient as a dense tensor: that of an embedding may be sparse."""
    return gradient.to_dense() if gradient.is_sparse else gradient


def without_masks() -> Any:
    """Return a context in which dropout does nothing; batch norm is as the network has it."""
    return calm(has_batch_statistics=True)


def calm(*, has_batch_statistics: bool = False) -> Any:
    """Return a context in which dropout does nothing and batch norm uses its running statistics.

    For comparisons in which a random mask, or the statistics of a part of a batch, has no place.
    """
    import torch  # noqa: PLC0415  heavy
    from torch.nn import functional as f  # noqa: PLC0415
    from torch.overrides import TorchFunctionMode  # noqa: PLC0415

    names = ("dropout", "alpha_dropout", "dropout1d", "dropout2d", "dropout3d")
    dropouts = {getattr(f, name) for name in (*names, "feature_alpha_dropout")}
    dropouts |= {torch.dropout, torch.dropout_, torch.feature_dropout, torch.alpha_dropout}

    class Calm(TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            named = dict(kwargs or {})
            if func in dropouts:
                return args[0] if args else named["input"]
            if func is f.batch_norm and not has_batch_statistics and has_statistics(args, named):
                args, named = replaced(args, named, 5, "training", value=False)
            elif func is f.multi_head_attention_forward:
                named["training"] = False
            elif func is f.scaled_dot_product_attention:
                args, named = replaced(args, named, 4, "dropout_p", value=0.0)
            elif func in (torch.lstm, torch.gru, torch.rnn_tanh, torch.rnn_relu):
                args = without_dropout(args)
            return func(*args, **named)

    return Calm()


def has_statistics(args: tuple[Any, ...], named: Mapping[str, Any]) -> bool:
    """Return whether F.batch_norm(input, running_mean, ...) was given running statistics."""
    return (args[1] if len(args) > 1 else named.get("running_mean")) is not None


def replaced(
    args: tuple[Any, ...], named: dict[str, Any], index: int, name: str, *, value: Any
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments with one of them replaced, given by position or by name."""
    if len(args) > index:
        return (*args[:index], value, *args[index + 1 :]), named
    return args, {**named, name: value}


def without_dropout(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the arguments of torch.lstm and its kin with a dropout of zero.

    (input, [batch_sizes,] hx, params, has_biases, num_layers, dropout, ...): the only float.
    """
    return tuple(0.0 if isinstance(a, float) else a for a in args)


def watch_functions(found: list[tuple[str, tuple[Any, ...], dict[str, Any], Any]]) -> Any:
    """Return a context that notes every call of a torch function: name, arguments, result."""
    from torch.overrides import TorchFunctionMode  # noqa: PLC0415  heavy

    class Watch(TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            result = func(*args, **(kwargs or {}))
            found.append((getattr(func, "__name__", ""), args, dict(kwargs or {}), result))
            return result

    return Watch()


@contextlib.contextmanager
def evaluating(net: Any) -> Iterator[Any]:
    """Put a network in evaluation mode, without gradients and without masks; restore it."""
    import torch  # noqa: PLC0415  heavy

    modes = [(module, module.training) for module in net.modules()]
    net.eval()
    try:
        with torch.no_grad(), calm():
            yield net
    finally:
        for module, mode in modes:
            module.training = mode


@contextlib.contextmanager
def same_draws(seed: int) -> Iterator[None]:
    """Seed the global generator, and keep it from being seeded again inside.

    A program may seed every step by its number: what it draws could not be drawn twice.
    """
    import torch  # noqa: PLC0415  heavy

    torch.manual_seed(seed)
    own = torch.manual_seed
    torch.manual_seed = lambda seed: torch.default_generator  # noqa: ARG005
    try:
        yield
    finally:
        torch.manual_seed = own


def look(context: Any, net: Any, batch: Any) -> tuple[Any, Call]:
    """Call the program's loss_fn; return the loss and the call of the network in it.

    Raises:
        CheckSkipped: loss_fn does not call the network as a module.
    """
    with calls_of(net) as seen:
        loss = context.program.function("loss_fn")(net, batch)
    if not seen:
        raise CheckSkipped("no call of the network in loss_fn that a hook could see")
    return loss, seen[0]


def prediction(context: Any, net: Any, batch: Any) -> Any:
    """Return the network's output on a batch, in evaluation mode, as loss_fn asks for it."""
    with evaluating(net):
        _, call = look(context, net, batch)
    return call.prediction


def answer(net: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
    """Return the network's output for arguments, in evaluation mode."""
    with evaluating(net), calls_of(net) as seen:
        net(*args, **kwargs)
    return seen[0].prediction


def twin(net: Any) -> Any:
    """Return a copy of a network that shares nothing, gradients cleared."""
    other = copy.deepcopy(net)
    for parameter in other.parameters():
        parameter.grad = None
    return other


def snapshot(state: Any) -> dict[str, Any]:
    """Return a copy of what training changes: networks, optimizers, schedulers, step."""
    return {
        "nets": copy.deepcopy({k: v.state_dict() for k, v in state.nets.items()}),
        "optimizers": copy.deepcopy({k: v.state_dict() for k, v in state.optimizers.items()}),
        "schedulers": {
            k: {n: v.state_dict().get(n) for n in ("last_epoch", "_last_lr")}
            for k, v in (getattr(state, "schedulers", None) or {}).items()
        },
        "step": getattr(state, "step", None),
    }


def differences(  # noqa: PLR0911  a case a kind of value
    one: Any, other: Any, path: str = ""
) -> list[str]:
    """Return where two nested structures of tensors and values are not the same bits."""
    import torch  # noqa: PLC0415  heavy

    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        is_same = one.shape == other.shape and torch.equal(
            torch.nan_to_num(one), torch.nan_to_num(other)
        )
        return [] if is_same else [path]
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        if one.keys() != other.keys():
            return [f"{path} (other names)"]
        return [d for k in one for d in differences(one[k], other[k], f"{path}.{k}".lstrip("."))]
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        if len(one) != len(other):
            return [f"{path} (another length)"]
        pairs = enumerate(zip(one, other, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, f"{path}.{i}")]
    if callable(one) and callable(other):  # a schedule's lambda has no value to compare
        return []
    try:
        return [] if bool(one == other) else [path]
    except (RuntimeError, ValueError, TypeError):
        return []


def depends_on_mode(context: Any, net: Any, batch: Any) -> bool:
    """Return whether training mode and evaluation mode give this network other outputs."""
    import torch  # noqa: PLC0415  heavy

    outputs = []
    for is_training in (True, False):
        other = twin(net).train(is_training)
        torch.manual_seed(0)
        with torch.no_grad():
            _, call = look(context, other, batch)
        outputs.append(call.prediction)
    return outputs[0].shape != outputs[1].shape or not torch.allclose(*outputs)
