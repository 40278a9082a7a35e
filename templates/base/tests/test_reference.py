"""The numpy layers against PyTorch: forward, and backward against autograd, in float64."""

import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812  the field's name for it

import reference


def test_linear_agrees_forward_and_backward() -> None:
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(5, 7)), rng.normal(size=(3, 7)), rng.normal(size=3)
    tx, tw, tb = (torch.from_numpy(a).requires_grad_() for a in (x, w, b))
    out = F.linear(tx, tw, tb)
    assert np.allclose(reference.linear(x, w, b), out.detach().numpy())

    g = rng.normal(size=out.shape)
    out.backward(torch.from_numpy(g))
    for ours, theirs in zip(reference.linear_backward(x, w, g), (tx, tw, tb), strict=True):
        assert theirs.grad is not None
        assert np.allclose(ours, theirs.grad.numpy())


def test_relu_keeps_what_is_positive() -> None:
    assert reference.relu(np.array([-1.0, 0.0, 2.0])).tolist() == [0.0, 0.0, 2.0]
