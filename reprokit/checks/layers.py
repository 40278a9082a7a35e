"""Two layers in a row with nothing between them are one layer: an activation is missing."""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import is_ragged, map_leaves, size
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_LINEAR = 1e-4  # relative: float32 sums give 1e-6, an activation 1e-1
_LARGE = 4.0  # deviations of a layer's output: enough to bend any activation
_MAX_LAYERS = 40
_MAX_SECONDS = 3.0
_MAX_ROWS = 8


@dataclass(frozen=True, slots=True)
class Layer:
    """A linear or convolutional layer that a network calls once.

    Args:
        name: Its name in the network.
        module: The layer.
    """

    name: str
    module: Any

    @property
    def sizes(self) -> tuple[int, int]:
        """How many features, or channels, go in and come out."""
        weight = self.module.weight
        return int(weight.shape[1]), int(weight.shape[0])


def layers_do_not_collapse(context: Context) -> Passed:
    """Disturb the output of each layer and look at the next one's input.

    Where it moves by a fixed linear map, the same for every example, and is given nothing else,
    the two layers compute what one could: nothing bends between them. A narrow layer between two
    wide ones is a factorisation and is left alone; so is what goes on to several layers. Where
    a shortcut leads around a layer, both its sides have to be linear.
    """
    if str(context.spec.get("activation", "")).casefold() in ("none", "linear", "identity"):
        raise CheckSkipped("no activation stated: the network is linear on purpose")
    found, n = [], 0
    for name, net, call in calls(context):
        links = Links(net, call)
        n += len(links.layers)
        found += [f"{name}: {pair}" for pair in links.collapsed()]
    if not n:
        raise CheckSkipped("no linear or convolutional layers that are modules, called once")
    if found:
        raise CheckFailed(
            expected="something that bends between two layers",
            found="; ".join(found[:3]),
            causes=(
                "an activation is missing",
                "an activation that was built and is not called",
            ),
            look="forward in model.py",
        )
    return Passed(f"{n} layers, no two of which are one")


def calls(context: Context) -> Iterator[tuple[str, Any, probe.Call]]:
    """Yield each network with what it was first given in a step."""
    state = context.fresh()
    seen: dict[str, list[probe.Call]] = {}
    with ExitStack() as stack:
        for name, net in state.nets.items():
            seen[name] = stack.enter_context(probe.calls_of(net))
        context.learning(state)
    for name, net in state.nets.items():
        whole = [call for call in seen[name] if call.inputs]
        if whole:
            call = max(whole, key=lambda c: len(c.inputs[0]) if c.inputs[0].ndim else 0)
            yield name, net, call


class Links:
    """Which layers of a network are linked to which by nothing but fixed linear maps.

    Args:
        net: The network.
        call: A call of it, for what it is given.
    """

    def __init__(self, net: Any, call: probe.Call) -> None:
        n = call.inputs[0].shape[0] if call.inputs[0].ndim else 1
        ragged = is_ragged(call.inputs, size(call.inputs))

        def few(leaf: Any) -> Any:
            leaf = leaf.detach()
            is_cut = leaf.ndim and leaf.shape[0] == n and not ragged
            return leaf[:_MAX_ROWS] if is_cut else leaf

        self._net = net
        self._args = map_leaves(few, tuple(call.args))
        self._kwargs: Mapping[str, Any] = map_leaves(few, dict(call.kwargs))
        self._ends_at = time.monotonic() + _MAX_SECONDS
        self.layers = self._in_order()

    def collapsed(self) -> list[str]:
        """Return the pairs of layers, in words, that compute what one could."""
        usual = self._inputs({})
        after: dict[str, list[Layer]] = {}
        for i, layer in enumerate(self.layers):
            later = self.layers[i + 1 :]
            linked = self._linked(layer, later, usual) if later else []
            after[layer.name] = linked
        return [
            f"{one.name} and {direct[0].name}"
            for one in self.layers
            if (direct := self._direct(after[one.name], after))
            and self._is_one(one, direct, after, usual)
        ]

    def _is_one(
        self,
        one: Layer,
        direct: list[Layer],
        after: Mapping[str, list[Layer]],
        usual: Mapping[str, Any],
    ) -> bool:
        """Return whether a layer and that after it compute what one could."""
        if len(direct) > 1 or type(one.module) is not type(direct[0].module):
            return False
        other = direct[0]
        if one.sizes[1] < min(one.sizes[0], other.sizes[1]):
            return False  # a factorisation
        if not self._has_shortcut(one, other, usual):
            return True
        # around it goes a shortcut: then what comes before it must be linear as well
        before = [x for x in self.layers if one in self._direct(after[x.name], after)]
        return bool(before) and one.sizes[0] == one.sizes[1]

    def _direct(self, linked: list[Layer], after: Mapping[str, list[Layer]]) -> list[Layer]:
        """Return those of the linked layers that are not linked through another of them."""
        return [x for x in linked if not any(x in after[y.name] for y in linked if y is not x)]

    def _has_shortcut(self, one: Layer, other: Layer, usual: Mapping[str, Any]) -> bool:
        """Return whether a layer's input differs between examples when another gives nothing."""
        import torch  # noqa: PLC0415  heavy

        x = self._inputs({one.name: torch.zeros_like})[other.name]
        rows = x - x[:1] if x.shape[0] > 1 else x
        return float(rows.abs().max()) > _LINEAR * max(float(usual[other.name].abs().max()), 1e-9)

    def _linked(self, layer: Layer, later: list[Layer], usual: Mapping[str, Any]) -> list[Layer]:
        """Return the layers whose input moves by a fixed linear map of a layer's output."""
        import torch  # noqa: PLC0415  heavy

        if time.monotonic() > self._ends_at:
            return []
        generator = torch.Generator().manual_seed(0)
        moved = []
        draws: list[Any] = []

        def disturb(out: Any, of: tuple[int, ...]) -> Any:
            while len(draws) < 2:  # noqa: PLR2004  two directions
                draw = torch.randn(out.shape[1:], generator=generator).to(out)
                draws.append(draw * _LARGE * max(float(out.std()), 1e-3))
            return out + sum(draws[i] for i in of)

        for of in ((0,), (1,), (0, 1)):
            inputs = self._inputs({layer.name: lambda out, of=of: disturb(out, of)})
            moved.append({x.name: inputs[x.name] - usual[x.name] for x in later})
        return [x for x in later if is_fixed_and_linear(*(m[x.name] for m in moved))]

    def _in_order(self) -> list[Layer]:
        """Return the layers that the network calls exactly once, in the order of their calls."""
        import torch  # noqa: PLC0415  heavy

        order: list[str] = []
        kinds = (torch.nn.Linear, torch.nn.Conv1d, torch.nn.Conv2d)
        own = {
            name: module
            for name, module in self._net.named_modules()
            if isinstance(module, kinds) and is_plain(module)
        }
        handles = [
            module.register_forward_hook(lambda *_, name=name: order.append(name))
            for name, module in own.items()
        ]
        try:
            with probe.evaluating(self._net):
                self._net(*self._args, **self._kwargs)
        except (RuntimeError, ValueError, IndexError, TypeError):
            return []  # not to be called with some of the rows
        finally:
            for handle in handles:
                handle.remove()
        return [Layer(n, own[n]) for n in order if order.count(n) == 1][:_MAX_LAYERS]

    def _inputs(self, change: Mapping[str, Any]) -> dict[str, Any]:
        """Return each layer's input [B, ...] when some layers' outputs are changed."""
        import torch  # noqa: PLC0415  heavy

        found: dict[str, Any] = {}
        handles = []
        for layer in self.layers:

            def look(_: Any, args: Any, out: Any, name: str = layer.name) -> Any:
                found[name] = args[0].detach().clone()
                return change[name](out) if name in change else None

            handles.append(layer.module.register_forward_hook(look))
        try:
            with probe.evaluating(self._net), torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                self._net(*self._args, **self._kwargs)
        finally:
            for handle in handles:
                handle.remove()
        return found


def is_plain(module: Any) -> bool:
    """Return whether a layer mixes all its channels, and is not a part of a factorised one."""
    kernel = getattr(module, "kernel_size", None)
    if kernel is None:
        return True
    return module.groups == 1 and len(set(kernel)) == 1 and math.prod(kernel) > 1


def is_fixed_and_linear(one: Any, other: Any, both: Any) -> bool:
    """Return whether two disturbances add up, and move all examples [B, ...] alike."""
    scale = float(both.abs().max())
    if not math.isfinite(scale) or scale == 0 or float(one.abs().max()) == 0:
        return False
    adds_up = float((both - one - other).abs().max()) <= _LINEAR * scale
    is_fixed = float((both - both[:1]).abs().max()) <= _LINEAR * scale
    return adds_up and is_fixed and both.shape[0] > 1
