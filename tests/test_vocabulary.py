"""reprokit.vocabulary."""

import re

import pytest

from reprokit.vocabulary import FRAMEWORKS, HYPERPARAMETERS


@pytest.mark.parametrize("names", [HYPERPARAMETERS, FRAMEWORKS])
def test_canonical_names_are_lower_case_words_and_stand_once(names: tuple[str, ...]) -> None:
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) for name in names)


@pytest.mark.parametrize("name", ["learning_rate", "lr_schedule", "n_seeds", "gae_lambda"])
def test_the_names_that_other_programs_rely_on_are_there(name: str) -> None:
    assert name in HYPERPARAMETERS
