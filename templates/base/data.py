"""The paper's data. Not written yet: until then the stages train on the lines of lines.py.

Look at the data before you write this: how many examples, which shapes, which classes, what
is wrong with it. Write each thing that you rely on as a test in tests/test_assumptions.py.
"""

from typing import Any, NamedTuple

from torch.utils.data import Dataset


class Splits(NamedTuple):
    """Train, validation and test data; no validation split where the paper has none."""

    train: Dataset[Any]
    validation: Dataset[Any] | None
    test: Dataset[Any]


def load(cfg: dict[str, Any]) -> Splits:
    """Return the paper's splits, as conf/data/paper.yaml describes them."""
    raise NotImplementedError
