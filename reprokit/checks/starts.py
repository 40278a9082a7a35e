"""Reinforcement learning: where episodes begin, in training and in evaluation."""

import time
from collections import Counter

from reprokit.checks.context import Context
from reprokit.checks.rollouts import first_observation, key

_MIN_RESETS = 5
_MIN_EPISODES = 3
_N_STARTS = 400
_MAX_SECONDS = 1.0
_FAR_MORE = 4  # times what chance gives
_FIRST_SEED = 7_000_000  # of environments that nobody else has played


def shared_starts(context: Context, ours: list[bytes], theirs: list[bytes]) -> str:
    """Return how evaluation begins where the training did, far more often than by chance.

    How often two episodes begin alike by chance is told by environments of other seeds.
    """
    n, m = len(ours), len(theirs)
    if n < _MIN_EPISODES or m < _MIN_RESETS:
        return ""
    distinct = min(len(set(theirs)) / m, len(set(ours)) / n) >= 0.9  # noqa: PLR2004
    shared = len(set(ours) & set(theirs))
    if not distinct or not shared:
        return ""
    others = starts(context)
    pairs = len(others) * (len(others) - 1) / 2
    alike = sum(count * (count - 1) / 2 for count in Counter(others).values())
    if not pairs or shared <= _FAR_MORE * m * n * (alike + 1) / pairs:
        return ""
    return f"{shared} of {m} evaluation episodes are episodes of the training"


def starts(context: Context) -> list[bytes]:
    """Return the first observations of environments of many seeds; fewer where time is up."""
    make_env = context.program.function("make_env")
    ends_at = time.monotonic() + _MAX_SECONDS
    found: list[bytes] = []
    while len(found) < _N_STARTS and time.monotonic() < ends_at:
        found.append(key(first_observation(make_env(_FIRST_SEED + len(found)).reset())))
    return found
