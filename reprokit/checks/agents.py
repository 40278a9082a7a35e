"""Reinforcement learning: environment, replay, exploration, and what evaluation says."""

import math
import time
from collections.abc import Mapping
from typing import Any

from reprokit.checks import rollouts
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.rollouts import episode_return, first_observation, play
from reprokit.checks.statistics import mean_and_error

N_EPISODES = 40
N_MORE = 400
_MAX_SECONDS = 2.0  # for the further episodes
N_RESETS = 5
N_UNTRAINED = 5
_STANDARD_ERRORS = 4.0  # two-sided false-alarm rate 6e-5


def environment_is_seeded(context: Context) -> Passed:
    """Play the same actions twice under one seed: the same observations and rewards.

    And under other seeds others, where one environment's own episodes differ from each other.
    """
    make_env = context.program.function("make_env")
    courses = [play(make_env(context.seed), 50) for _ in range(2)]
    if courses[0] != courses[1]:
        raise CheckFailed(
            expected="the same course from the same seed and actions",
            found="another one",
            causes=("the environment draws from a global generator", "reset forgets the seed"),
            look="make_env in train.py",
        )
    env = make_env(context.seed)
    starts = {rollouts.key(first_observation(env.reset())) for _ in range(N_RESETS)}
    others = [play(make_env(context.seed + i), 50) for i in range(1, 5)]
    if len(starts) > 1 and all(course == courses[0] for course in others):
        raise CheckFailed(
            expected="another course from another seed",
            found="the same from five seeds, while episodes of one environment differ",
            causes=("make_env does not use its seed", "a seed that is written into the program"),
            look="make_env in train.py",
        )
    return Passed(f"{len(courses[0])} steps, the same twice")


def evaluation_matches_episodes(context: Context) -> Passed:
    """Play episodes with the trained agent, greedily, by a loop of our own: the same return."""
    run = context.trained()
    metrics = context.program.function("evaluate")(run.state)
    name, reported = reported_return(metrics)
    m = max(1, int(metrics.get("n", 10)))
    n = 0
    for greedy in (0.0, None, "net"):
        values: list[float] = []
        # returns that are rarely far off show so only in many episodes
        for count in (N_EPISODES, N_MORE):
            try:
                values += episodes(context, run.state, len(values), count, greedy)
            except (TypeError, RuntimeError, AttributeError, IndexError, ValueError):
                values = []
                break
            n = len(values)
            mean, error = mean_and_error(values)
            spread = max(error * math.sqrt(1 + n / m), 1e-3 * max(abs(mean), 1.0))
            if abs(reported - mean) <= _STANDARD_ERRORS * spread:
                return Passed(f"{name} {reported:.4g}, {mean:.4g} over {n} episodes of our own")
    if not n:
        raise CheckSkipped("no act that plays an episode")
    raise CheckFailed(
        expected=f"{mean:.4g} +- {error:.2g}, the mean of {n} episodes",
        found=f"{name} {reported:.4g}",
        causes=(
            "exploration in evaluation",
            "another, easier environment in evaluation",
            "a discounted or a partial return",
        ),
        look="evaluate in train.py",
    )


def episodes(
    context: Context, state: Any, done: int, count: int, epsilon: float | str | None
) -> list[float]:
    """Return the returns of further episodes: as many as asked for, or as time allows."""
    ends_at = time.monotonic() + _MAX_SECONDS
    found: list[float] = []
    while len(found) < count and (len(found) < N_EPISODES or time.monotonic() < ends_at):
        seed = context.seed + 1000 + done + len(found)
        found.append(episode_return(context.program, state, seed, epsilon))
    return found


def reported_return(metrics: Mapping[str, Any]) -> tuple[str, float]:
    """Return the name and value of the metric that is a return."""
    for name, value in metrics.items():
        if isinstance(value, int | float) and ("return" in name or "reward" in name):
            return name, float(value)
    raise CheckSkipped("no return among the metrics")


def beats_an_untrained_agent(context: Context) -> Passed:
    """Compare the return after the training with that of untrained agents, the median of five.

    One of them may play well by chance: in a small environment its greedy policy may be the best.
    """
    run = context.trained()
    evaluate = context.program.function("evaluate")
    seeds = range(context.seed, context.seed + N_UNTRAINED)
    untrained = [reported_return(evaluate(context.at_seed(seed).fresh())) for seed in seeds]
    before = sorted(value for _, value in untrained)[N_UNTRAINED // 2]
    name, after = reported_return(evaluate(run.state))
    if not after > before:
        raise CheckFailed(
            expected=f"a {name} above {before:.4g}, that of untrained agents",
            found=f"{after:.4g}",
            causes=("a sign in the loss or in the advantage", "rewards that never arrive"),
            look="loss_fn in train.py",
        )
    return Passed(f"{name} {before:.4g} before, {after:.4g} after", {"return": after})
