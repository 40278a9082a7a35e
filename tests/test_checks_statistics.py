"""Exact bounds, against values of the literature and against their own definition."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprokit.checks.statistics import binomial_tail, lower_bound, mean_and_error, upper_bound

counts = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("k", "n", "alpha", "expected"),
    # Two-sided 95 % intervals of 4 in 10, 0 in 10 and 10 in 10: Clopper and Pearson, 1934.
    [
        (4, 10, 0.025, (0.1216, 0.7376)),
        (0, 10, 0.025, (0.0, 0.3085)),
        (10, 10, 0.025, (0.6915, 1.0)),
    ],
)
def test_the_bounds_are_those_of_clopper_and_pearson(
    k: int, n: int, alpha: float, expected: tuple[float, float]
) -> None:
    assert (lower_bound(k, n, alpha), upper_bound(k, n, alpha)) == pytest.approx(expected, abs=1e-4)


@given(counts)
def test_a_bound_is_where_the_tail_has_the_stated_probability(counted: tuple[int, int]) -> None:
    k, n = counted
    bound = lower_bound(k, n, 1e-3)
    assert 0 <= bound <= k / n
    if k:
        assert binomial_tail(k, n, bound) == pytest.approx(1e-3, rel=1e-3)


@pytest.mark.parametrize(
    ("k", "n", "p", "expected"),
    [(0, 5, 0.3, 1.0), (3, 5, 0.0, 0.0), (3, 5, 1.0, 1.0), (1, 2, 0.5, 0.75)],
)
def test_the_tail_of_a_binomial(k: int, n: int, p: float, expected: float) -> None:
    assert binomial_tail(k, n, p) == pytest.approx(expected)


def test_mean_and_standard_error() -> None:
    assert mean_and_error([1.0, 2.0, 3.0]) == (2.0, pytest.approx(1 / math.sqrt(3)))
    assert mean_and_error([1.0]) == (1.0, math.inf)
