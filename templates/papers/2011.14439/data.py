"""MNIST-1D, made here by the authors' package: no download.

4,000 training and 1,000 test examples of 40 positions, 10 classes (the package's defaults,
seed 42). The validation split is cut from the end of the training examples.
Legend: N examples, L positions.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, TensorDataset

N_POSITIONS = 40


class Splits(NamedTuple):
    """Train, validation and test data; no validation split where the paper has none."""

    train: Dataset[Any]
    validation: Dataset[Any] | None
    test: Dataset[Any]


@cache
def make() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return x [N, L], y [N] for training and for testing; a second to import and make."""
    from mnist1d.data import get_dataset_args, make_dataset  # noqa: PLC0415  a second to import

    made = make_dataset(get_dataset_args())
    x, x_test = (torch.from_numpy(made[key]).float() for key in ("x", "x_test"))
    y, y_test = (torch.from_numpy(made[key]).long() for key in ("y", "y_test"))
    return x, y, x_test, y_test


def shuffled_positions() -> Tensor:
    """Return the one order of positions that the shuffled rows of the table use.

    greydanus/mnist1d@7878d960 notebooks/mnist1d-classification.ipynb: numpy seed 42.
    """
    order = np.random.RandomState(42).permutation(N_POSITIONS)  # the authors' generator
    return torch.from_numpy(order)


def load(cfg: dict[str, Any]) -> Splits:
    """Return the splits that conf/data/mnist1d.yaml describes."""
    x, y, x_test, y_test = make()
    if cfg["shuffle_positions"]:
        order = shuffled_positions()
        x, x_test = x[:, order], x_test[:, order]
    cut = len(y) - cfg["n_validation"]
    validation = TensorDataset(x[cut:], y[cut:]) if cfg["n_validation"] else None
    return Splits(TensorDataset(x[:cut], y[:cut]), validation, TensorDataset(x_test, y_test))
