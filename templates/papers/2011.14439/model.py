"""The four networks that the paper compares on MNIST-1D.

Layers and sizes: greydanus/mnist1d@7878d960 notebooks/models.py. Written from its figures,
not copied. Legend: B batch, L positions (40), C channels or classes, D features.
"""

from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the field's name for it

N_POSITIONS = 40


class Linear(nn.Module):
    """Multinomial logistic regression: 410 parameters."""

    def __init__(self, n_classes: int) -> None:
        super().__init__()
        self.linear = nn.Linear(N_POSITIONS, n_classes)

    def forward(self, x_bl: Tensor) -> Tensor:
        """Return the logits [B, C]."""
        logits: Tensor = self.linear(x_bl)
        return logits


class MLP(nn.Module):
    """Two hidden layers of 100 units, the second one added to the first: 15,210 parameters."""

    def __init__(self, n_classes: int, n_hidden: int = 100) -> None:
        super().__init__()
        self.linear1 = nn.Linear(N_POSITIONS, n_hidden)
        self.linear2 = nn.Linear(n_hidden, n_hidden)
        self.linear3 = nn.Linear(n_hidden, n_classes)

    def forward(self, x_bl: Tensor) -> Tensor:
        """Return the logits [B, C]."""
        h_bd = F.relu(self.linear1(x_bl))
        h_bd = h_bd + F.relu(self.linear2(h_bd))
        logits: Tensor = self.linear3(h_bd)
        return logits


class CNN(nn.Module):
    """Three convolutions with stride 2, then linear on all 25 x 5 features: 5,210 parameters."""

    def __init__(self, n_classes: int, n_channels: int = 25) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(1, n_channels, 5, stride=2, padding=1)
        self.conv2 = nn.Conv1d(n_channels, n_channels, 3, stride=2, padding=1)
        self.conv3 = nn.Conv1d(n_channels, n_channels, 3, stride=2, padding=1)
        self.linear = nn.Linear(n_channels * 5, n_classes)

    def forward(self, x_bl: Tensor) -> Tensor:
        """Return the logits [B, C]."""
        h_bcl = F.relu(self.conv1(x_bl[:, None]))
        h_bcl = F.relu(self.conv2(h_bcl))
        h_bcl = F.relu(self.conv3(h_bcl))
        logits: Tensor = self.linear(h_bcl.flatten(1))
        return logits


class GRU(nn.Module):
    """A bidirectional GRU of 6 units, linear on its output at every position: 5,134 parameters."""

    def __init__(self, n_classes: int, n_hidden: int = 6) -> None:
        super().__init__()
        self.gru = nn.GRU(1, n_hidden, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(2 * n_hidden * N_POSITIONS, n_classes)

    def forward(self, x_bl: Tensor) -> Tensor:
        """Return the logits [B, C]."""
        h_bld, _ = self.gru(x_bl[:, :, None])
        logits: Tensor = self.linear(h_bld.flatten(1))
        return logits


NETS: dict[str, type[Linear | MLP | CNN | GRU]] = {
    "linear": Linear,
    "mlp": MLP,
    "cnn": CNN,
    "gru": GRU,
}


def build(cfg: dict[str, Any]) -> nn.Module:
    """Return the network that conf/model/ names."""
    return NETS[cfg["name"]](cfg["n_classes"])
