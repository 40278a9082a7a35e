"""Reinforcement learning: environment, replay, exploration, and what evaluation says."""

import math
import time
from collections.abc import Mapping
from typing import Any

from reprokit.checks.batch import leaves
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.rl import roles, sampled
from reprokit.checks.rollouts import calls_of, episode_return, play, recording
from reprokit.checks.statistics import mean_and_error

N_EPISODES = 40
N_MORE_STEPS = 300
N_SAMPLES = 20
N_EXPLORING = 20
_MAX_SECONDS = 5.0
_STANDARD_ERRORS = 4.0  # two-sided false-alarm rate 6e-5


def environment_is_seeded(context: Context) -> Passed:
    """Play the same actions twice under one seed: the same observations and rewards."""
    make_env = context.program.function("make_env")
    courses = [play(make_env(context.seed), 50) for _ in range(2)]
    if courses[0] != courses[1]:
        raise CheckFailed(
            expected="the same course from the same seed and actions",
            found="another one",
            causes=("the environment draws from a global generator", "reset forgets the seed"),
            look="make_env in train.py",
        )
    return Passed(f"{len(courses[0])} steps, the same twice")


def replay_holds_what_happened(context: Context) -> Passed:
    """Record what the environment does; stored transitions are those, and end where it ended.

    A time limit is no end: the values after it count.
    """
    context.program.function("sample")  # without it there is nothing to look at
    with recording(context.program) as happened:
        state = context.learning(context.fresh())
        ends_at = time.monotonic() + _MAX_SECONDS
        for _ in range(N_MORE_STEPS):
            context.steps(state, 1)
            if time.monotonic() > ends_at:
                break
        place = roles(context, state, sampled(context, state))
        batches = [leaves(sampled(context, state)) for _ in range(N_SAMPLES)]
    if not happened:
        raise CheckSkipped("no environment made by make_env in setup")
    if not {"next", "end", "reward"} <= place.keys():
        raise CheckSkipped("no next observation and end to tell in the batch")
    rows = [row for tensors in batches for row in transitions(tensors, place)]
    known = {(h.before, h.after): h for h in happened}
    starts = {h.before for h in happened}
    if sum(row[0] in starts for row in rows) < len(rows) / 2:
        raise CheckSkipped("no stored observation is the environment's own: they are transformed")
    strange = sum(row[:2] not in known for row in rows)
    unmoved = sum(row[0] == row[1] and row[:2] not in known for row in rows)
    if strange > len(rows) / 2 and not unmoved:
        raise CheckSkipped("no stored transition is a single step")
    wrong = min(
        sum(known[r[:2]].has_ended == (r[2] == sign) for r in rows if r[:2] in known)
        for sign in (True, False)
    )
    if strange or wrong:
        raise CheckFailed(
            expected=f"{len(rows)} stored transitions that happened, ended where it ended",
            found=f"{strange} never happened, {wrong} with another end",
            causes=(
                "the next observation is stored after a reset, or is the observation itself",
                "a time limit is stored as an end",
            ),
            look="where transitions are stored in train.py",
        )
    return Passed(f"{len(rows)} stored transitions as they happened")


def transitions(tensors: list[Any], place: dict[str, int]) -> list[tuple[bytes, bytes, bool]]:
    """Return observation, next observation and end of each row of a batch.

    Raises:
        CheckSkipped: There is no observation to tell.
    """
    n = tensors[place["reward"]].numel()
    before = next((t for i, t in enumerate(tensors) if i != place["next"] and t.numel() != n), None)
    if before is None:
        raise CheckSkipped("no observation to tell in the batch")
    ends = tensors[place["end"]].flatten().tolist()
    after = tensors[place["next"]]
    return [(key(before[i]), key(after[i]), bool(ends[i])) for i in range(n)]


def exploration_fades(context: Context) -> Passed:
    """Watch the epsilon that the program gives its act: at the end no larger than at first."""
    found = []
    with calls_of(context.program, "act") as seen:
        for start in (0, max(0, context.n_steps() - N_EXPLORING)):
            state = context.fresh()
            state.step = start
            seen.clear()
            context.steps(state, N_EXPLORING)
            given = [a for args, _ in seen for a in args[2:3] if isinstance(a, int | float)]
            found.append(given)
    if not found[0] or not found[1]:
        raise CheckSkipped("no epsilon given to act in training")
    first, last = (sum(given) / len(given) for given in found)
    if last > first + 1e-9:
        raise CheckFailed(
            expected="less exploration at the end than at first",
            found=f"epsilon {first:.3g} at first, {last:.3g} at the end",
            causes=("the schedule of epsilon is the wrong way round",),
            look="where epsilon is computed in train.py",
        )
    return Passed(f"epsilon {first:.3g} at first, {last:.3g} at the end")


def key(observation: Any) -> bytes:
    """Return an observation as bytes, rounded to what float32 keeps."""
    return bytes(observation.detach().double().flatten().float().numpy().tobytes())


def evaluation_matches_episodes(context: Context) -> Passed:
    """Play episodes with the trained agent, greedily, by a loop of our own: the same return."""
    run = context.trained()
    metrics = context.program.function("evaluate")(run.state)
    name, reported = reported_return(metrics)
    m = max(1, int(metrics.get("n", 10)))
    n = 0
    for greedy in (0.0, None, "net"):
        try:
            values = [
                episode_return(context.program, run.state, context.seed + 1000 + i, greedy)
                for i in range(N_EPISODES)
            ]
        except (TypeError, RuntimeError, AttributeError):
            continue
        n = len(values)
        mean, error = mean_and_error(values)
        spread = max(error * math.sqrt(1 + N_EPISODES / m), 1e-3 * max(abs(mean), 1.0))
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


def reported_return(metrics: Mapping[str, Any]) -> tuple[str, float]:
    """Return the name and value of the metric that is a return."""
    for name, value in metrics.items():
        if isinstance(value, int | float) and ("return" in name or "reward" in name):
            return name, float(value)
    raise CheckSkipped("no return among the metrics")


def beats_an_untrained_agent(context: Context) -> Passed:
    """Compare the return after the training with that before it."""
    run = context.trained()
    evaluate = context.program.function("evaluate")
    name, before = reported_return(evaluate(context.fresh()))
    _, after = reported_return(evaluate(run.state))
    if not after > before:
        raise CheckFailed(
            expected=f"a {name} above {before:.4g}, that of the untrained agent",
            found=f"{after:.4g}",
            causes=("a sign in the loss or in the advantage", "rewards that never arrive"),
            look="loss_fn in train.py",
        )
    return Passed(f"{name} {before:.4g} before, {after:.4g} after", {"return": after})
