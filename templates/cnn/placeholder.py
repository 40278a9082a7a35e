"""A small network that stands in until the paper's is written, so that everything runs.

What passes with it says that the machinery works here, and nothing about the paper.
Legend: B batch, C channels or classes, H W pixels.
"""

from typing import Any

import numpy as np
from torch import Tensor, nn

from reference import Array, Weights, conv2d, linear, relu


class PlaceholderNet(nn.Module):
    """Three convolutions, two of them with stride 2, and a linear classifier."""

    def __init__(self, width: int, size: int, n_classes: int) -> None:
        super().__init__()
        # the name of this attribute marks its checkpoints as the placeholder's
        self.placeholder = nn.Sequential(
            nn.Conv2d(1, width, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(width, 2 * width, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(2 * width, 2 * width, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * width * (size // 4) ** 2, n_classes),
        )

    def forward(self, x_bchw: Tensor) -> Tensor:
        """Return the logits [B, C]."""
        logits: Tensor = self.placeholder(x_bchw)
        return logits


def build(cfg: dict[str, Any]) -> nn.Module:
    """Return the network that conf/model/placeholder.yaml describes."""
    return PlaceholderNet(cfg["width"], cfg["size"], cfg["n_classes"])


def numpy_forward(weights: Weights, x: Array) -> Array:
    """Return the logits [B, C] of the placeholder, in numpy."""
    h = x
    for layer, stride in ((0, 1), (2, 2), (4, 2)):
        name = f"placeholder.{layer}"
        w, b = weights[f"{name}.weight"], weights[f"{name}.bias"]
        h = relu(conv2d(h, w, b, stride=stride, padding=1))
    flat = np.reshape(h, (len(h), -1))
    return linear(flat, weights["placeholder.7.weight"], weights["placeholder.7.bias"])
