"""Stage 1: the network beside its reference, written in numpy from the paper."""

import math
from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import size, take
from reprokit.checks.context import Context
from reprokit.checks.gradients import in_float64
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

N_REFERENCE_EXAMPLES = 4
N_WARM_STEPS = 5


def numpy_reference_agrees(context: Context) -> Passed:
    """Compare the network with its numpy reference, in float64, after five steps."""
    import torch  # noqa: PLC0415  heavy

    reference = context.program.function("reference_forward")
    state = context.fresh()
    context.steps(state, N_WARM_STEPS)
    batch = context.batch(state)
    batch = take(batch, range(min(N_REFERENCE_EXAMPLES, size(batch))))
    net = probe.twin(context.net(state)).double().cpu()
    with probe.evaluating(net), torch.no_grad():
        _, call = probe.look(context, net, in_float64(batch))
    weights = {name: value.detach().numpy().copy() for name, value in net.state_dict().items()}
    inputs = [t.detach().cpu().numpy() for t in call.inputs]
    try:
        expected = reference(weights, *inputs)
    except NotImplementedError as error:
        raise CheckSkipped("reference_forward is not written for this network yet") from error
    except TypeError:
        expected = reference(weights, inputs[0])
    return compare_arrays(context, expected, call.prediction.numpy())


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
