"""Which checks a stage cannot pass without."""

import pytest

from reprokit.checks.battery import CHECKS
from reprokit.checks.required import REQUIRED, required_checks
from reprokit.stages import STAGES


@pytest.mark.parametrize("tier", ["quick", "full"])
@pytest.mark.parametrize("subject", ["placeholder", "paper"])
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("family", REQUIRED)
def test_every_required_check_exists(family: str, stage: str, subject: str, tier: str) -> None:
    names = required_checks(family, stage, subject=subject, tier=tier)
    assert names
    assert len(set(names)) == len(names)
    assert set(names) <= set(CHECKS)


def test_the_paper_is_held_against_what_it_states_at_every_stage() -> None:
    for stage in STAGES:
        paper = required_checks("classifier", stage, subject="paper", tier="quick")
        placeholder = required_checks("classifier", stage, subject="placeholder", tier="quick")
        assert set(paper) - set(placeholder) == {"settings_agree_with_the_paper"}


def test_the_full_tier_adds_trainings() -> None:
    quick = required_checks("classifier", "3_generalize", subject="paper", tier="quick")
    full = required_checks("classifier", "3_generalize", subject="paper", tier="full")
    assert set(full) - set(quick) == {"shuffled_labels_stay_at_chance", "seeds_agree"}


def test_a_family_without_a_list_is_no_pass() -> None:
    with pytest.raises(KeyError):
        required_checks("astrology", "2_overfit", subject="paper", tier="quick")
