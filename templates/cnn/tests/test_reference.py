"""The numpy layers against PyTorch: forward, and backward against autograd, in float64."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F  # noqa: N812  the field's name for it

import reference


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_conv2d_agrees_forward_and_backward(stride: int, padding: int) -> None:
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(2, 3, 7, 8)), rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4)
    tx, tw, tb = (torch.from_numpy(a).requires_grad_() for a in (x, w, b))
    out = F.conv2d(tx, tw, tb, stride=stride, padding=padding)
    ours = reference.conv2d(x, w, b, stride=stride, padding=padding)
    assert np.allclose(ours, out.detach().numpy())

    g = rng.normal(size=out.shape)
    out.backward(torch.from_numpy(g))
    gradients = reference.conv2d_backward(x, w, g, stride=stride, padding=padding)
    for mine, theirs in zip(gradients, (tx, tw, tb), strict=True):
        assert theirs.grad is not None
        assert np.allclose(mine, theirs.grad.numpy())


def test_linear_agrees() -> None:
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(5, 7)), rng.normal(size=(3, 7)), rng.normal(size=3)
    expected = F.linear(*(torch.from_numpy(a) for a in (x, w, b))).numpy()
    assert np.allclose(reference.linear(x, w, b), expected)


def test_relu_keeps_what_is_positive() -> None:
    assert reference.relu(np.array([-1.0, 0.0, 2.0])).tolist() == [0.0, 0.0, 2.0]
