"""Synthetic data: images with n lines, n to be counted.

Made in a second, with no download, and hard enough to tell a net that works from one that
does not. Each line has its own brightness, so that the sum of the pixels does not tell n.
Legend: N examples, K lines at most, H W pixels.
"""

from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from data import Splits

SIZE = 16
MAX_LINES = 4  # the classes are 1, 2, 3, 4 lines
NOISE = 0.1


def draw(n_examples: int, seed: int) -> tuple[Tensor, Tensor]:
    """Return images [N, 1, H, W], standardized, and the number of lines less one [N]."""
    generator = torch.Generator().manual_seed(seed)
    shape_nk = (n_examples, MAX_LINES, 1, 1)
    y = torch.randint(1, MAX_LINES + 1, (n_examples,), generator=generator)
    angle = torch.rand(shape_nk, generator=generator) * torch.pi
    offset = (torch.rand(shape_nk, generator=generator) - 0.5) * (SIZE - 2)
    brightness = 0.5 + 0.5 * torch.rand(shape_nk, generator=generator)

    centred = torch.arange(SIZE) - (SIZE - 1) / 2
    rows, columns = torch.meshgrid(centred, centred, indexing="ij")
    distance_nkhw = (columns * angle.cos() + rows * angle.sin() - offset).abs()
    is_drawn_nk = torch.arange(MAX_LINES) < y[:, None]
    ink_nkhw = (1.2 - distance_nkhw).clamp(0, 1) * brightness * is_drawn_nk[..., None, None]

    x = ink_nkhw.amax(1, keepdim=True)
    x = x + NOISE * torch.randn(x.shape, generator=generator)
    return (x - x.mean()) / x.std(), y - 1


@cache
def make(n_train: int, n_held_out: int, seed: int) -> Splits:
    """Return train, validation and test splits drawn together, then cut."""
    x, y = draw(n_train + 2 * n_held_out, seed)
    cuts = (n_train, n_held_out, n_held_out)
    pairs = zip(x.split(cuts), y.split(cuts), strict=True)
    return Splits(*(TensorDataset(images, labels) for images, labels in pairs))


def load(cfg: dict[str, Any]) -> Splits:
    """Return the splits that conf/data/lines.yaml describes."""
    return make(cfg["n_train"], cfg["n_held_out"], cfg["seed"])
