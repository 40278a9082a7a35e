"""Reinforcement learning: how an agent acts, explores, and begins and ends its episodes."""

import time
from collections import Counter
from typing import Any

from reprokit.checks.batch import leaves
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.rl import followers_of, move_apart
from reprokit.checks.rollouts import Record, calls_of, first_observation, recording
from reprokit.checks.starts import shared_starts
from reprokit.checks.statistics import chi_square_sf

N_EXPLORING = 20
N_DRAWS = 300
N_WATCHED = 300
N_AT_MOST = 5000
_MAX_SECONDS = 5.0
_MAX_OFF = 0.05  # of epsilon
_LEVEL = 1e-7  # false-alarm rate of a chi-square test
_MIN_EPISODES = 3
_MIN_RESETS = 5


def exploration_fades(context: Context) -> Passed:
    """Watch the epsilon that the program gives its act: as SPEC states, and never rising.

    On a straight line from epsilon_start to epsilon_end over epsilon_decay_steps, where SPEC has
    the three and no other schedule.
    """
    found = []
    # a step of a rollout is many of the environment's
    count = N_EXPLORING if context.program.has("sample") else 1
    with calls_of(context.program, "act") as seen:
        for start in (0, max(0, context.n_steps() - count)):
            state = context.fresh()
            state.step = start
            seen.clear()
            context.steps(state, count)
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
    if problem := schedule_problem(context):
        raise CheckFailed(
            expected="epsilon on the stated line",
            found=problem,
            causes=(
                "an integer division",
                "the line goes on below its end",
                "counted in other steps than stated",
            ),
            look="where epsilon is computed in train.py",
        )
    return Passed(f"epsilon {first:.3g} at first, {last:.3g} at the end")


def key(observation: Any) -> bytes:
    """Return an observation as bytes, rounded to what float32 keeps."""
    return bytes(observation.detach().double().flatten().float().numpy().tobytes())


def schedule_problem(context: Context) -> str:
    """Return where epsilon leaves the stated line, or an empty text."""
    spec = context.spec
    names = ("epsilon_start", "epsilon_end", "epsilon_decay_steps")
    stated = [spec.get(name) for name in names]
    kind = str(spec.get("epsilon_schedule", "linear")).casefold()
    if not all(isinstance(v, int | float) for v in stated) or "lin" not in kind:
        return ""
    start, end, length = (float(v) for v in stated)  # type: ignore[arg-type]
    for share in (0.25, 0.5, 0.75, 1.0, 1.5, 2.0):
        step = int(share * length)
        if share > 1 and step > context.n_steps():
            continue
        with calls_of(context.program, "act") as seen:
            state = context.fresh()
            state.step = step
            seen.clear()
            context.steps(state, 2)
        given = [a for args, _ in seen for a in args[2:3] if isinstance(a, int | float)]
        wanted = start + min(share, 1.0) * (end - start)
        if given and min(abs(g - wanted) for g in given) > _MAX_OFF * abs(start - end):
            return f"{given[0]:.3g} at step {step}, stated {wanted:.3g}"
    return ""


def acts_as_it_says(context: Context) -> Passed:
    """Ask act for actions: all of them at epsilon 1, the best of the trained network's at 0."""
    import torch  # noqa: PLC0415  heavy

    act = context.program.function("act")
    context.program.function("td_target")  # values, whose best is what is taken
    state = context.learning(context.fresh())
    move_apart(state)
    env = context.program.function("make_env")(context.seed)
    observation = first_observation(env.reset())
    online = next(n for n in state.nets if n not in followers_of(state))
    try:
        with torch.no_grad():
            given = torch.as_tensor(observation, dtype=torch.float32)[None]
            values = leaves(state.nets[online](given))[0][0]
        greedy = Counter(int(act(state, observation, 0.0)) for _ in range(N_EXPLORING))
        random = Counter(int(act(state, observation, 1.0)) for _ in range(N_DRAWS))
    except (TypeError, ValueError, RuntimeError, IndexError) as error:
        raise CheckSkipped(f"no act(state, observation, epsilon): {error}") from error
    n = int(context.spec.get("n_actions") or len(values))
    if values.ndim != 1 or len(values) != n:
        raise CheckSkipped("no network with one value an action")
    best = int(values.argmax())
    if set(greedy) != {best}:
        raise acting_failed(f"action {best}, the trained network's best, at epsilon 0", greedy)
    expected = N_DRAWS / n
    off = sum((random.get(a, 0) - expected) ** 2 / expected for a in range(n))
    if set(random) - set(range(n)) or chi_square_sf(off, n - 1) < _LEVEL:
        raise acting_failed(f"all {n} actions alike at epsilon 1", random)
    return Passed(f"the best of {n} actions at epsilon 0, all of them at 1")


def acting_failed(expected: str, found: Counter[int]) -> CheckFailed:
    """Return the finding of an agent that does not act as it is told."""
    return CheckFailed(
        expected=expected,
        found=f"actions {dict(sorted(found.items()))}",
        causes=(
            "a comparison the wrong way round",
            "random actions over another range",
            "the target network acts",
        ),
        look="act in train.py",
    )


def experience_is_gathered_as_stated(context: Context) -> Passed:
    """Count the environment's steps before the first update and for each after it.

    SPEC's learning_starts, updates_per_step and num_envs say how many; and with epsilon_start at
    1, the first actions are random (chi-square, false-alarm rate 1e-7).
    """
    spec = context.spec
    with recording(context.program) as record:
        state = context.fresh()
        context.learning(state)
        n_before = len(record.steps)
        context.steps(state, N_EXPLORING)
        n_after = len(record.steps) - n_before
    if not record.steps:
        raise CheckSkipped("no environment made by make_env in setup")
    said = [f"{n_before} steps before the first update, {n_after / N_EXPLORING:g} for each after"]
    starts = spec.get("learning_starts")
    if isinstance(starts, int) and abs(n_before - starts) > 0.1 * starts + 2 * envs(spec):
        raise gathering_failed(f"{starts} steps of experience before the first update", said[0])
    per_update = spec.get("updates_per_step")
    is_by_values = context.program.has("td_target") and not spec.get("rollout_steps")
    if isinstance(per_update, int | float) and per_update > 0 and is_by_values:
        # an update for every so many steps of the environment, or of all environments together
        wanted = {1.0, float(envs(spec)), float(spec.get("train_frequency") or 1)}
        if not any(abs(n_after - w * N_EXPLORING) <= w for w in wanted):
            raise gathering_failed(f"{per_update:g} updates for a step of experience", said[0])
    if spec.get("epsilon_start") == 1 and isinstance(starts, int):
        first = [int(h.action) for h in record.steps[: min(starts, n_before)]]
        n = spec.get("n_actions") or len(set(first))
        counts = Counter(first)
        expected = len(first) / max(n, 1)
        off = sum((counts.get(a, 0) - expected) ** 2 / max(expected, 1e-9) for a in range(n))
        if n > 1 and chi_square_sf(off, n - 1) < _LEVEL:
            raise gathering_failed("random actions at first", f"actions {dict(counts)}")
    return Passed("; ".join(said))


def envs(spec: Any) -> int:
    """Return how many environments are stated."""
    found = spec.get("num_envs")
    return found if isinstance(found, int) and found > 0 else 1


def gathering_failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of experience that is gathered otherwise."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "learning starts before the memory is filled as stated",
            "more steps of the environment for one update",
            "the first actions are the untrained network's",
        ),
        look="setup and train_step in train.py",
    )


def episodes_begin_anew(context: Context) -> Passed:
    """Watch the environments in training: reset where an episode is over, each time elsewhere.

    A time limit that SPEC states cuts an episode short, and does not end it. And evaluation plays
    episodes of its own.
    """
    with recording(context.program) as record:
        state = context.fresh()
        ends_at = time.monotonic() + _MAX_SECONDS
        context.learning(state)
        while needs_more(record) and time.monotonic() < ends_at:
            context.steps(state, 1)
        context.steps(state, 2)  # what comes after the last episode's end
        n_training = len(record.resets)
        context.program.function("evaluate")(state)
    if not record.steps:
        raise CheckSkipped("no environment made by make_env in setup")
    ours = record.resets[:n_training]
    for problem in (
        f"{record.late} steps after the end of an episode" if record.late else "",
        repeated_starts(context, ours),
        time_limit_problem(context, record),
        shared_starts(context, [s for _, s in ours], [s for _, s in record.resets[n_training:]]),
    ):
        if problem:
            raise CheckFailed(
                expected="episodes that end, begin anew, and are not those of the evaluation",
                found=problem,
                causes=(
                    "no reset where an episode is cut short",
                    "a reset that is given the seed each time",
                    "the time limit is reported as an end",
                    "evaluation under the training's seeds",
                ),
                look="the environment, and where it is reset in train.py",
            )
    return Passed(f"{len(ours)} episodes begun in {len(record.steps)} steps")


def needs_more(record: Record) -> bool:
    """Return whether no episode has been cut short yet, or too few steps were taken to say so."""
    steps = len(record.steps)
    return steps < N_WATCHED or (steps < N_AT_MOST and not any(h.was_cut for h in record.steps))


def repeated_starts(context: Context, resets: list[tuple[int, bytes]]) -> str:
    """Return how all episodes of an environment begin alike although its seeds do not."""
    by_env: dict[int, list[bytes]] = {}
    for env, start in resets:
        by_env.setdefault(env, []).append(start)
    for starts in by_env.values():
        if len(starts) >= _MIN_RESETS and len(set(starts[1:])) == 1:
            make_env = context.program.function("make_env")
            env = make_env(context.seed)
            with_recording = [first_observation(env.reset()) for _ in range(_MIN_RESETS)]
            if len({tuple(map(float, leaf_values(o))) for o in with_recording}) > 1:
                return f"{len(starts)} episodes that all begin in the same place"
    return ""


def leaf_values(observation: Any) -> list[float]:
    """Return the numbers of an observation."""
    import numpy as np  # noqa: PLC0415  heavy

    return [float(v) for v in np.asarray(observation, np.float64).ravel()]


def time_limit_problem(context: Context, record: Record) -> str:
    """Return how a stated time limit is reported as an end."""
    limit = context.spec.get("max_episode_steps")
    if not isinstance(limit, int):
        return ""
    lengths: dict[int, int] = {}
    ended = cut = 0
    for h in record.steps:
        lengths[h.env] = lengths.get(h.env, 0) + 1
        if h.has_ended or h.was_cut:
            ended += h.has_ended and lengths[h.env] == limit
            cut += h.was_cut
            lengths[h.env] = 0
    return (
        f"{ended} episodes end at the time limit, none is cut short"
        if (ended >= _MIN_EPISODES and not cut)
        else ""
    )
