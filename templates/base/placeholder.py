"""A small network that stands in until the paper's is written, so that everything runs.

What passes with it says that the machinery works here, and nothing about the paper.
Legend: B batch, D inputs, C classes.
"""

from typing import Any

import numpy as np
from torch import Tensor, nn

from reference import Array, Weights, linear, relu


class PlaceholderNet(nn.Module):
    """Two hidden layers over the flattened input."""

    def __init__(self, n_inputs: int, n_hidden: int, n_classes: int) -> None:
        super().__init__()
        # the name of this attribute marks its checkpoints as the placeholder's
        self.placeholder = nn.Sequential(
            nn.Flatten(),
            nn.Linear(n_inputs, n_hidden),
            nn.ReLU(),
            nn.Linear(n_hidden, n_hidden),
            nn.ReLU(),
            nn.Linear(n_hidden, n_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits [B, C]."""
        logits: Tensor = self.placeholder(x)
        return logits


def build(cfg: dict[str, Any]) -> nn.Module:
    """Return the network that conf/model/placeholder.yaml describes."""
    return PlaceholderNet(cfg["n_inputs"], cfg["n_hidden"], cfg["n_classes"])


def numpy_forward(weights: Weights, x: Array) -> Array:
    """Return the logits [B, C] of the placeholder, in numpy."""
    h = np.reshape(x, (len(x), -1))
    for layer in (1, 3):
        name = f"placeholder.{layer}"
        h = relu(linear(h, weights[f"{name}.weight"], weights[f"{name}.bias"]))
    return linear(h, weights["placeholder.5.weight"], weights["placeholder.5.bias"])
