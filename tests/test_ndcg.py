"""The measure of a ranking, against values computed by hand."""

import math

import pytest

from ndcg import dcg, ndcg


@pytest.mark.parametrize(
    ("order", "everything", "k", "expected"),
    [
        ([3, 2, 1], [1, 2, 3], 10, 1.0),
        ([3], [3], 10, 1.0),
        ([0, 3], [3, 0], 10, 1 / math.log2(3)),
        # 1 + 3 / log2(3) + 7 / 2 by 7 + 3 / log2(3) + 1 / 2
        ([1, 2, 3], [1, 2, 3], 10, 6.392789 / 9.392789),
        # 3 + 7 / log2(3) by 7 + 3 / log2(3)
        ([2, 3], [2, 3], 10, 7.416508 / 8.892789),
        ([2, 3], [2, 3], 1, 3 / 7),
        ([0, 0, 0], [3], 10, 0.0),
        ([], [3], 10, 0.0),
        ([3], [3, 3], 10, 7 / 11.416508),
        ([0, 0, 3], [3], 2, 0.0),
    ],
)
def test_the_measure_agrees_with_the_hand(
    order: list[float], everything: list[float], k: int, expected: float
) -> None:
    assert ndcg(order, everything, k) == pytest.approx(expected, abs=1e-6)


def test_the_gain_of_the_first_place_is_not_discounted() -> None:
    assert dcg([3]) == 7.0
    assert dcg([0, 0, 3]) == pytest.approx(3.5)


def test_nothing_to_find_is_found_in_full() -> None:
    assert ndcg([0, 0], [0, 0, 0]) == 1.0
    assert ndcg([], []) == 1.0


def test_what_comes_after_the_tenth_place_does_not_count() -> None:
    assert ndcg([3] + [0] * 9 + [2], [3, 2]) == ndcg([3] + [0] * 9, [3, 2])


def test_any_iterable_is_measured() -> None:
    assert ndcg(iter([3, 2]), iter([2, 3])) == 1.0
