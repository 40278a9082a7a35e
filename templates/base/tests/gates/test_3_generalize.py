"""The gate of stage 3_generalize; what it checks and finds is printed by `reprokit gate 3`."""


def test_it_is_right_about_examples_it_has_not_seen(gates: dict[str, tuple[str, str]]) -> None:
    verdict, found = gates["3_generalize"]
    assert verdict == "passed", found
