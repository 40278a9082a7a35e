"""Stage 2: a few examples are learnt by heart, and not without looking at them."""

from typing import Any

from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, Passed

N_STEPS_ONE_EXAMPLE = 60
N_STEPS_ZEROED = 100

_CAUSES = (
    "softmax or an activation before a loss that has its own",
    "inputs and labels that do not belong together",
    "a step that does not descend: sign, learning rate, missing zero_grad",
    "regularisation that forbids it: dropout, weight decay, label smoothing",
)


def overfits_one_example(context: Context) -> Passed:
    """Train on one example (two where the network has BatchNorm); the loss goes to zero."""
    has_batch_norm = any(
        "BatchNorm" in type(module).__name__ for module in context.setup().nets["model"].modules()
    )
    n = 2 if has_batch_norm else 1
    state = context.setup(f"examples={n}", f"batch_size={n}", f"steps={N_STEPS_ONE_EXAMPLE}")
    context.steps(state, N_STEPS_ONE_EXAMPLE)
    loss = float(context.program.function("evaluate")(state, state.train)["loss"])
    return near_zero(context, loss, f"{n} example{'s' * (n > 1)}, {N_STEPS_ONE_EXAMPLE} steps")


def overfits_one_batch(context: Context) -> Passed:
    """Train the stage; judge the kept checkpoint on the examples it was trained on."""
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


def zeroed_inputs_do_worse(context: Context) -> Passed:
    """Train on the same labels with inputs of zero: that must not reach the same loss."""
    state = context.setup()

    def zeroed(batch: Any) -> Any:
        x, y = batch
        return x * 0, y

    losses = context.steps(state, N_STEPS_ZEROED, zeroed)
    loss, limit = float(losses[-1]), context.threshold("max_overfit_loss")
    if loss <= 2 * limit:
        raise CheckFailed(
            expected=f"a loss well above {limit:g} when the inputs are zero",
            found=f"{loss:.4g}",
            causes=(
                "the labels reach the network by another way",
                "all labels of the batch are the same",
                "the loss does not depend on the prediction",
            ),
            look="the data and loss_fn",
        )
    return Passed(f"loss {loss:.2g} without inputs")
