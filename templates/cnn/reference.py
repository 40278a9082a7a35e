"""The core in numpy, in float64, with loops where loops are clearer: the text to trust.

Write the paper's forward pass here before you write it in PyTorch; the gate of stage 1
holds the two against each other. Legend: B batch, C input and E output channels, H W pixels
(Y X of the output), K L kernel, D features.
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


def pad2d(x_bchw: Array, padding: int) -> Array:
    """Return the images with a border of zeros."""
    return np.pad(x_bchw, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def conv2d(x_bchw: Array, w_eckl: Array, b_e: Array, *, stride: int = 1, padding: int = 0) -> Array:
    """Return the cross-correlation [B, E, Y, X] that deep learning calls a convolution."""
    x = pad2d(x_bchw, padding)
    n_e, _, n_k, n_l = w_eckl.shape
    n_y, n_x = ((x.shape[axis] - k) // stride + 1 for axis, k in ((2, n_k), (3, n_l)))
    out = np.zeros((len(x), n_e, n_y, n_x))
    for i in range(n_y):
        for j in range(n_x):
            top, left = i * stride, j * stride
            patch = x[:, :, top : top + n_k, left : left + n_l]
            out[:, :, i, j] = np.einsum("bckl,eckl->be", patch, w_eckl) + b_e
    return out


def conv2d_backward(
    x_bchw: Array, w_eckl: Array, g_beyx: Array, *, stride: int = 1, padding: int = 0
) -> tuple[Array, Array, Array]:
    """Return the gradients for x, w and b, given the gradient of the output."""
    x = pad2d(x_bchw, padding)
    dx, dw = np.zeros_like(x), np.zeros_like(w_eckl)
    n_k, n_l = w_eckl.shape[2:]
    for i in range(g_beyx.shape[2]):
        for j in range(g_beyx.shape[3]):
            rows = slice(i * stride, i * stride + n_k)
            columns = slice(j * stride, j * stride + n_l)
            g_be = g_beyx[:, :, i, j]
            dw += np.einsum("be,bckl->eckl", g_be, x[:, :, rows, columns])
            dx[:, :, rows, columns] += np.einsum("be,eckl->bckl", g_be, w_eckl)
    inner = slice(padding, -padding or None)
    return dx[:, :, inner, inner], dw, g_beyx.sum((0, 2, 3))


def reference_forward(weights: Weights, x: Array) -> Array:
    """Return the whole model's output for inputs x, from its weights by name."""
    import placeholder  # noqa: PLC0415  it uses the layers above

    if any(name.startswith("placeholder.") for name in weights):
        return placeholder.numpy_forward(weights, x)
    return paper_forward(weights, x)


def paper_forward(weights: Weights, x: Array) -> Array:
    """Return the output of the paper's network. Not written yet."""
    raise NotImplementedError
