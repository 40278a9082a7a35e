"""reprokit.stages."""

import pytest

from reprokit.errors import UsageError
from reprokit.stages import STAGES, parse_stage, stages_before


@pytest.mark.parametrize("text", ["", "0", "5", "1_overfit", "over", "2_", "stage=2_overfit"])
def test_what_is_no_stage_is_refused_with_the_names_of_all_stages(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_stage(text)

    assert repr(text) in caught.value.message
    assert all(stage in caught.value.hint for stage in STAGES)


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("1", "1_single_example"),
        ("overfit", "2_overfit"),
        ("3_generalize", "3_generalize"),
        (" Optimize ", "4_optimize"),
    ],
)
def test_a_stage_is_found_by_number_name_or_both(text: str, stage: str) -> None:
    assert parse_stage(text) == stage


def test_the_stages_before_a_stage_come_in_their_order() -> None:
    assert stages_before("1_single_example") == ()
    assert stages_before("3_generalize") == ("1_single_example", "2_overfit")
