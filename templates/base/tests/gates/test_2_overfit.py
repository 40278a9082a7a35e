"""The gate of stage 2_overfit; what it checks and finds is printed by `reprokit gate 2`."""


def test_a_few_examples_are_learnt_by_heart(gates: dict[str, tuple[str, str]]) -> None:
    verdict, found = gates["2_overfit"]
    assert verdict == "passed", found
