"""The core in numpy, in float64, with loops where loops are clearer: the text to trust.

Write the paper's forward pass here before you write it in PyTorch; the gate of stage 1
holds the two against each other. Legend: B batch, D inputs, E outputs.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Weights = Mapping[str, Array]


def relu(x: Array) -> Array:
    """Return max(x, 0)."""
    return np.maximum(x, 0.0)


def linear(x_bd: Array, w_ed: Array, b_e: Array) -> Array:
    """Return x W^T + b, [B, E]."""
    return x_bd @ w_ed.T + b_e


def linear_backward(x_bd: Array, w_ed: Array, g_be: Array) -> tuple[Array, Array, Array]:
    """Return the gradients for x, W and b, given the gradient of the output."""
    return g_be @ w_ed, g_be.T @ x_bd, g_be.sum(0)


def reference_forward(weights: Weights, x: Array) -> Array:
    """Return the whole model's output for inputs x, from its weights by name."""
    import placeholder  # noqa: PLC0415  it uses the layers above

    if any(name.startswith("placeholder.") for name in weights):
        return placeholder.numpy_forward(weights, x)
    return paper_forward(weights, x)


def paper_forward(weights: Weights, x: Array) -> Array:
    """Return the output of the paper's network. Not written yet."""
    raise NotImplementedError
