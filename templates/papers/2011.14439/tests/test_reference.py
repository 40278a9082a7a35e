"""The numpy layers and networks against PyTorch, in float64; backward against autograd."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F  # noqa: N812  the field's name for it

import model
import reference


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_conv1d_agrees_forward_and_backward(stride: int, padding: int) -> None:
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(2, 3, 9)), rng.normal(size=(4, 3, 5)), rng.normal(size=4)
    tx, tw, tb = (torch.from_numpy(a).requires_grad_() for a in (x, w, b))
    out = F.conv1d(tx, tw, tb, stride=stride, padding=padding)
    ours = reference.conv1d(x, w, b, stride=stride, padding=padding)
    assert np.allclose(ours, out.detach().numpy())

    g = rng.normal(size=out.shape)
    out.backward(torch.from_numpy(g))
    gradients = reference.conv1d_backward(x, w, g, stride=stride, padding=padding)
    for mine, theirs in zip(gradients, (tx, tw, tb), strict=True):
        assert theirs.grad is not None
        assert np.allclose(mine, theirs.grad.numpy())


@pytest.mark.parametrize("stride", [1, 2])
def test_conv2d_agrees(stride: int) -> None:
    rng = np.random.default_rng(0)
    x, w, b = rng.normal(size=(2, 3, 7, 8)), rng.normal(size=(4, 3, 3, 3)), rng.normal(size=4)
    expected = F.conv2d(*(torch.from_numpy(a) for a in (x, w, b)), stride=stride, padding=1)
    assert np.allclose(reference.conv2d(x, w, b, stride=stride, padding=1), expected.numpy())


@pytest.mark.parametrize("name", ["linear", "mlp", "cnn", "gru"])
def test_every_network_agrees_with_its_reference(name: str) -> None:
    torch.manual_seed(0)
    net = model.build({"name": name, "n_classes": 10}).double()
    x = torch.randn(3, model.N_POSITIONS, dtype=torch.float64)
    weights = {key: value.numpy() for key, value in net.state_dict().items()}
    with torch.no_grad():
        expected = net(x).numpy()
    assert np.allclose(reference.reference_forward(weights, x.numpy()), expected)


@pytest.mark.parametrize(
    ("name", "expected"), [("linear", 410), ("mlp", 15_210), ("cnn", 5_210), ("gru", 5_134)]
)
def test_every_network_has_the_published_number_of_parameters(name: str, expected: int) -> None:
    net = model.build({"name": name, "n_classes": 10})
    assert sum(parameter.numel() for parameter in net.parameters()) == expected
