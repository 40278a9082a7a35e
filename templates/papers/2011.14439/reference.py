"""The four networks in numpy, in float64, with loops where loops are clearer: the text to trust.

The gate of stage 1 holds model.py against it. Legend: B batch, C input and E output channels,
L positions (M of the output), K kernel, D features, H hidden units.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Weights = Mapping[str, Array]


def relu(x: Array) -> Array:
    """Return max(x, 0)."""
    return np.maximum(x, 0.0)


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x))."""
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def linear(x_bd: Array, w_ed: Array, b_e: Array) -> Array:
    """Return x W^T + b, [B, E]."""
    return x_bd @ w_ed.T + b_e


def conv1d(x_bcl: Array, w_eck: Array, b_e: Array, *, stride: int = 1, padding: int = 0) -> Array:
    """Return the cross-correlation [B, E, M] that deep learning calls a convolution."""
    x = np.pad(x_bcl, ((0, 0), (0, 0), (padding, padding)))
    n_e, _, n_k = w_eck.shape
    n_m = (x.shape[2] - n_k) // stride + 1
    out = np.zeros((len(x), n_e, n_m))
    for m in range(n_m):
        patch_bck = x[:, :, m * stride : m * stride + n_k]
        out[:, :, m] = np.einsum("bck,eck->be", patch_bck, w_eck) + b_e
    return out


def conv1d_backward(
    x_bcl: Array, w_eck: Array, g_bem: Array, *, stride: int = 1, padding: int = 0
) -> tuple[Array, Array, Array]:
    """Return the gradients for x, w and b, given the gradient of the output."""
    x = np.pad(x_bcl, ((0, 0), (0, 0), (padding, padding)))
    dx, dw = np.zeros_like(x), np.zeros_like(w_eck)
    for m in range(g_bem.shape[2]):
        here = slice(m * stride, m * stride + w_eck.shape[2])
        dw += np.einsum("be,bck->eck", g_bem[:, :, m], x[:, :, here])
        dx[:, :, here] += np.einsum("be,eck->bck", g_bem[:, :, m], w_eck)
    return dx[:, :, padding : -padding or None], dw, g_bem.sum((0, 2))


def conv2d(x_bchw: Array, w_eckl: Array, b_e: Array, *, stride: int, padding: int) -> Array:
    """Return the two-dimensional one, for the placeholder: a sum over the kernel's rows."""
    x = np.pad(x_bchw, ((0, 0), (0, 0), (padding, padding), (0, 0)))
    n_k, n_h = w_eckl.shape[2], x.shape[2]
    rows = []
    for top in range(0, n_h - n_k + 1, stride):
        parts = [
            conv1d(x[:, :, top + k], w_eckl[:, :, k], 0 * b_e, stride=stride, padding=padding)
            for k in range(n_k)
        ]
        rows.append(np.sum(parts, axis=0) + b_e[:, None])
    return np.stack(rows, axis=2)


def gru_cell(x_bc: Array, h_bh: Array, w: Weights, suffix: str) -> Array:
    """Return the next hidden state [B, H]; r, z, n as in torch.nn.GRU's documentation."""
    i_r, i_z, i_n = np.split(linear(x_bc, w[f"weight_ih{suffix}"], w[f"bias_ih{suffix}"]), 3, 1)
    h_r, h_z, h_n = np.split(linear(h_bh, w[f"weight_hh{suffix}"], w[f"bias_hh{suffix}"]), 3, 1)
    r, z = sigmoid(i_r + h_r), sigmoid(i_z + h_z)
    n = np.tanh(i_n + r * h_n)
    return (1 - z) * n + z * h_bh


def gru(x_blc: Array, w: Weights) -> Array:
    """Return the hidden states of both directions at every position, [B, L, 2 H]."""
    n_hidden = w["weight_hh_l0"].shape[1]
    positions = range(x_blc.shape[1])
    directions = []
    for suffix, order in (("_l0", positions), ("_l0_reverse", reversed(positions))):
        h = np.zeros((len(x_blc), n_hidden))
        states: dict[int, Array] = {}
        for t in order:
            states[t] = h = gru_cell(x_blc[:, t], h, w, suffix)
        directions.append(np.stack([states[t] for t in positions], axis=1))
    return np.concatenate(directions, axis=2)


def reference_forward(weights: Weights, x: Array) -> Array:
    """Return the whole model's output for inputs x, from its weights by name."""
    import placeholder  # noqa: PLC0415  it uses the layers above

    if any(name.startswith("placeholder.") for name in weights):
        return placeholder.numpy_forward(weights, x)
    for name, forward in (("gru.weight_ih_l0", gru_forward), ("conv1.weight", cnn_forward)):
        if name in weights:
            return forward(weights, x)
    return mlp_forward(weights, x) if "linear3.weight" in weights else last(weights, x, "linear")


def last(w: Weights, h: Array, name: str) -> Array:
    """Return the linear layer of that name on the flattened features."""
    return linear(np.reshape(h, (len(h), -1)), w[f"{name}.weight"], w[f"{name}.bias"])


def mlp_forward(w: Weights, x_bl: Array) -> Array:
    """Return the logits [B, C] of the multi-layer perceptron."""
    h = relu(last(w, x_bl, "linear1"))
    h = h + relu(last(w, h, "linear2"))
    return last(w, h, "linear3")


def cnn_forward(w: Weights, x_bl: Array) -> Array:
    """Return the logits [B, C] of the convolutional network."""
    h = x_bl[:, None]
    for layer in ("conv1", "conv2", "conv3"):
        h = relu(conv1d(h, w[f"{layer}.weight"], w[f"{layer}.bias"], stride=2, padding=1))
    return last(w, h, "linear")


def gru_forward(w: Weights, x_bl: Array) -> Array:
    """Return the logits [B, C] of the recurrent network."""
    weights = {name.removeprefix("gru."): value for name, value in w.items()}
    return last(w, gru(x_bl[:, :, None], weights), "linear")
