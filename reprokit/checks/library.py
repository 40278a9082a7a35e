"""The checks as plain functions on a model and a batch, for anybody's pytest.

Each returns an `Outcome` and never prints; `outcome.verdict` is `passed`, `failed`, `skipped` or
`error`, and `outcome.detail` says what was expected and found. The model is copied: neither its
weights nor its mode are touched.
"""

import copy
import types
from collections.abc import Callable, Mapping
from typing import Any

from reprokit.checks.batch import map_leaves, size, take
from reprokit.checks.battery import run_once
from reprokit.checks.context import Context
from reprokit.checks.outcome import Outcome
from reprokit.checks.program import Program

Loss = Callable[[Any, Any], Any]


def context_of(
    model: Any,
    batch: Any,
    loss_fn: Loss | None = None,
    *,
    family: str = "classifier",
    spec: Mapping[str, Any] | None = None,
    optimizer: Callable[[Any], Any] | None = None,
) -> Context:
    """Return a context in which a model and one batch are a whole program.

    Args:
        model: A `torch.nn.Module`.
        batch: A tensor [B, ...], or what `loss_fn` takes as its batch.
        loss_fn: `loss_fn(model, batch)`; by default the mean of the model's output.
        family: As in the training-program protocol.
        spec: Facts such as `n_classes` or `pad_index`.
        optimizer: Makes an optimizer of a list of parameters.
    """
    functions = functions_of(model, batch, loss_fn or mean_output, optimizer)
    module = types.ModuleType("library_program")
    module.__file__ = __file__
    vars(module).update(FAMILY=family, SPEC=dict(spec or {}), **functions)
    return Context(Program(module), "1_single_example", spec=dict(spec or {}))


def functions_of(
    model: Any, batch: Any, loss: Loss, optimizer: Callable[[Any], Any] | None
) -> dict[str, Callable[..., Any]]:
    """Return the protocol's functions for a model that is trained on one batch again and again."""
    from torch.optim import SGD  # noqa: PLC0415  heavy

    def setup(seed: int, _: Any = None) -> Any:
        own = copy.deepcopy(model)
        parameters = list(own.parameters())
        trained = optimizer(parameters) if optimizer else SGD(parameters, 0.0)
        return types.SimpleNamespace(
            nets={"model": own}, optimizers={"model": trained}, schedulers={}, seed=seed, step=0,
            train=batch, test=batch,
        )  # fmt: skip

    def batches(_: Any) -> Any:
        while True:
            yield map_leaves(lambda t: t.clone(), batch)

    def train_step(state: Any, given: Any) -> Any:
        state.optimizers["model"].zero_grad()
        value = loss(state.nets["model"], given)
        value.backward()
        state.optimizers["model"].step()
        state.step += 1
        return value.detach()

    return {"setup": setup, "batches": batches, "loss_fn": loss, "train_step": train_step}


def mean_output(model: Any, batch: Any) -> Any:
    """Return the mean of a model's output: something that depends on all of it."""
    import torch  # noqa: PLC0415  heavy

    output = model(*batch) if isinstance(batch, tuple | list) else model(batch)
    while not isinstance(output, torch.Tensor):
        output = next(iter(output.values() if isinstance(output, Mapping) else output))
    return output.float().mean()


def batch_independence(model: Any, batch: Any, loss_fn: Loss | None = None) -> Outcome:
    """Return whether each example's output is the same alone and among others."""
    return run_once("examples_are_independent", context_of(model, batch, loss_fn))


def causality(model: Any, tokens: Any) -> Outcome:
    """Return whether no output [B, T, V] of tokens [B, T] depends on a later token."""
    return run_once("does_not_look_ahead", context_of(model, tokens, family="language_model"))


def initial_loss(model: Any, batch: Any, loss_fn: Loss, *, n_classes: int | None = None) -> Outcome:
    """Return whether the first loss of a classifier is that of knowing nothing, ln(classes)."""
    spec = {} if n_classes is None else {"n_classes": n_classes}
    return run_once("loss_at_initialisation", context_of(model, batch, loss_fn, spec=spec))


def loss_is_mean(model: Any, batch: Any, loss_fn: Loss) -> Outcome:
    """Return whether the loss of a batch stays when every example comes twice."""
    return run_once("loss_is_a_mean", context_of(model, batch, loss_fn))


def loss_agrees(
    model: Any, batch: Any, loss_fn: Loss, *, family: str = "classifier", **spec: Any
) -> Outcome:
    """Return whether the loss is the usual one of the model's output and the batch's targets."""
    return run_once("loss_recomputed", context_of(model, batch, loss_fn, family=family, spec=spec))


def gradient_flow(
    model: Any, batch: Any, loss_fn: Loss, optimizer: Callable[[Any], Any]
) -> Outcome:
    """Return whether every parameter gets a gradient, and moves, within three steps."""
    context = context_of(model, batch, loss_fn, optimizer=optimizer)
    return run_once("gradient_reaches_every_parameter", context)


def gradient_is_true(model: Any, batch: Any, loss_fn: Loss) -> Outcome:
    """Return whether autograd's gradient is the slope of the loss, by difference quotients."""
    return run_once("gradient_is_the_derivative", context_of(model, batch, loss_fn))


def overfits(
    model: Any, batch: Any, loss_fn: Loss, optimizer: Callable[[Any], Any], *, n: int = 16
) -> Outcome:
    """Return whether the model learns the first n examples of a batch by heart."""
    few = take(batch, range(min(n, size(batch))))
    context = context_of(model, few, loss_fn, optimizer=optimizer)
    return run_once("overfits_one_batch", context)


def padding_invariance(
    model: Any, batch: Any, loss_fn: Loss, *, pad_index: int, family: str = "sequence"
) -> Outcome:
    """Return whether output and loss stay when padding is appended to a batch."""
    context = context_of(model, batch, loss_fn, family=family, spec={"pad_index": pad_index})
    return run_once("padding_does_not_count", context)
