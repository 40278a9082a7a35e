"""Bounds that keep false alarms rare, with the rate stated. Pure.

Exact (Clopper-Pearson) bounds for a proportion: C. J. Clopper and E. S. Pearson, "The use of
confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26 (1934).
"""

import math
from collections.abc import Sequence

# One-sided. A whole run makes fewer than ten such comparisons: below 1 in 1,000 altogether.
ALPHA = 1e-4

_BISECTIONS = 60


def binomial_tail(k: int, n: int, p: float) -> float:
    """Return P(X >= k) for X ~ Binomial(n, p)."""
    if k <= 0:
        return 1.0
    if p <= 0.0:
        return 0.0
    if p >= 1.0:
        return 1.0
    log_p, log_q, log_n = math.log(p), math.log1p(-p), math.lgamma(n + 1)
    terms = (
        log_n - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * log_p + (n - i) * log_q
        for i in range(k, n + 1)
    )
    return min(1.0, math.fsum(map(math.exp, terms)))


def lower_bound(k: int, n: int, alpha: float = ALPHA) -> float:
    """Return the lower confidence bound of a proportion, k successes of n, one-sided."""
    if k == 0:
        return 0.0
    low, high = 0.0, k / n
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if binomial_tail(k, n, middle) > alpha:
            high = middle
        else:
            low = middle
    return low


def upper_bound(k: int, n: int, alpha: float = ALPHA) -> float:
    """Return the upper confidence bound of a proportion, k successes of n, one-sided."""
    return 1.0 - lower_bound(n - k, n, alpha)


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and its standard error; the error of a single value is infinite."""
    n = len(values)
    mean = math.fsum(values) / n
    if n == 1:
        return mean, math.inf
    variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
    return mean, math.sqrt(variance / n)


def chi_square_sf(value: float, degrees: int) -> float:
    """Return P(X > value) for X ~ chi-square: the level of a test of counts.

    M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions" (1964), 26.4.4 and 26.4.5.
    """
    if value <= 0:
        return 1.0
    if degrees <= 0:
        return 0.0
    half = value / 2
    if degrees % 2:
        found = math.erfc(math.sqrt(half))
        term = math.sqrt(half / math.pi) * 2 * math.exp(-half)
        powers = range(1, (degrees - 1) // 2 + 1)
        return found + math.fsum(term * _rising(half, i) for i in powers)
    return math.exp(-half) * math.fsum(half**i / math.factorial(i) for i in range(degrees // 2))


def _rising(half: float, i: int) -> float:
    """Return half^(i-1) / (1.5 * 2.5 * ... * (i - 0.5)), a term of the odd case."""
    found = 1.0
    for j in range(1, i):
        found *= half / (j + 0.5)
    return found
