"""The paper's network. Not written yet: until then the stages train placeholder.py.

Write reference.py in numpy first, then this, with the paper's letters as names and a
legend of the shapes here.
"""

from typing import Any

from torch import Tensor, nn


class Net(nn.Module):
    """The network of the paper: say which section, figure or table describes it."""

    def __init__(self, n_classes: int) -> None:
        super().__init__()
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits [B, C] of a batch of inputs."""
        raise NotImplementedError


def build(cfg: dict[str, Any]) -> nn.Module:
    """Return the network that conf/model/paper.yaml describes."""
    return Net(cfg["n_classes"])
