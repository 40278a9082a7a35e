"""Normalized discounted cumulative gain: gain 2^grade - 1, discount log2(rank + 1)."""

import math
from collections.abc import Iterable


def dcg(relevances: Iterable[float], k: int = 10) -> float:
    """Return the discounted gain of the first k, rank 1 undiscounted."""
    return sum(
        (2**grade - 1) / math.log2(place + 2)
        for place, grade in enumerate(list(relevances)[: max(k, 0)])
    )


def ndcg(
    relevances_in_order: Iterable[float], all_relevances: Iterable[float], k: int = 10
) -> float:
    """Return the gain of an order as a share of the best order's, from 0 to 1.

    Args:
        relevances_in_order: The grades of what was found, the first first.
        all_relevances: The grades of all there is to find; what was not found counts as well.
        k: How many places count.

    Returns:
        1.0 where nothing is relevant: there was nothing to find, and nothing is missing.
    """
    best = dcg(sorted(all_relevances, reverse=True), k)
    return dcg(relevances_in_order, k) / best if best else 1.0
