"""The gate of stage 4_optimize; what it checks and finds is printed by `reprokit gate 4`."""


def test_it_is_as_good_as_before_and_not_slower(gates: dict[str, tuple[str, str]]) -> None:
    verdict, found = gates["4_optimize"]
    assert verdict == "passed", found
