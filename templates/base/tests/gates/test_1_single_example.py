"""The gate of stage 1_single_example; what it checks and finds is printed by `reprokit gate 1`."""


def test_one_example_runs(gates: dict[str, tuple[str, str]]) -> None:
    verdict, found = gates["1_single_example"]
    assert verdict == "passed", found
