"""Reinforcement learning by values: what a replay memory holds, and how it is drawn from."""

import itertools
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from reprokit.checks.batch import leaves
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.rl import n_step, roles, sampled
from reprokit.checks.rollouts import Record, recording

N_MORE_STEPS = 300
N_SAMPLES = 20
N_NEW_STEPS = 60
_N_NEW_SAMPLES = 40
_MAX_SECONDS = 5.0

Row = tuple[bytes, bytes, float, bool]


def replay_holds_what_happened(context: Context) -> Passed:
    """Record what the environment does; stored transitions are those, and end where it ended.

    With the rewards that were given, or these scaled, clipped or their signs. A time limit is no
    end: the values after it count.
    """
    context.program.function("sample")  # without it there is nothing to look at
    with recording(context.program) as record:
        state = context.learning(context.fresh())
        ends_at = time.monotonic() + _MAX_SECONDS
        for _ in range(N_MORE_STEPS):
            context.steps(state, 1)
            if time.monotonic() > ends_at:
                break
        place = roles(context, state, sampled(context, state))
        batches = [leaves(sampled(context, state)) for _ in range(N_SAMPLES)]
    if not record.steps:
        raise CheckSkipped("no environment made by make_env in setup")
    if n_step(context) > 1:
        raise CheckSkipped("no single steps are stored, but sums of several rewards")
    if not {"next", "end", "reward"} <= place.keys():
        raise CheckSkipped("no next observation and end to tell in the batch")
    drawn = [list(transitions(tensors, place)) for tensors in batches]
    problems = list(content_problems([row for rows in drawn for row in rows], record))
    linked = sum(a[1] == b[0] for rows in drawn for a, b in itertools.pairwise(rows))
    if linked > sum(map(len, drawn)) / 2 and not problems:
        problems.append("a batch is one stretch of an episode")
    if problems:
        raise replay_failed(
            f"{sum(map(len, drawn))} stored transitions that happened, ended where it ended",
            ", ".join(problems),
        )
    return Passed(f"{sum(map(len, drawn))} stored transitions as they happened")


def replay_failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of a memory that holds something else."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "the next observation is stored after a reset, or is the observation itself",
            "a time limit is stored as an end",
            "drawn over the capacity instead of what is filled, or not at random",
            "stored as another type, which cuts off digits",
        ),
        look="where transitions are stored and drawn in train.py",
    )


def content_problems(rows: list[Row], record: Record) -> Iterator[str]:
    """Yield what is wrong with stored transitions.

    Raises:
        CheckSkipped: They are transformed on their way into the memory.
    """
    known = {(h.before, h.after): h for h in record.steps}
    starts = {h.before for h in record.steps}
    row, count = Counter(r[:2] for r in rows).most_common(1)[0]
    if row not in known and row[0] == row[1] and not any(row[0]) and count > len(rows) / 50:
        yield f"{count} are empty"
        return
    if sum(r[0] in starts for r in rows) < len(rows) / 2:
        raise CheckSkipped("no stored observation is the environment's own: they are transformed")
    strange = sum(r[:2] not in known for r in rows)
    unmoved = sum(r[0] == r[1] and r[:2] not in known for r in rows)
    if strange > len(rows) / 2 and not unmoved:
        raise CheckSkipped("no stored transition is a single step")
    if strange:
        yield f"{strange} never happened"
    pairs = [(r, known[r[:2]]) for r in rows if r[:2] in known]
    wrong = min(sum(h.has_ended == (r[3] == sign) for r, h in pairs) for sign in (True, False))
    if wrong:
        yield f"{wrong} with another end"
    # several steps between the same observations may have had other rewards
    unique = Counter((h.before, h.after, h.reward) for h in record.steps)
    several = Counter(key[:2] for key in unique)
    rewards = [(r[2], h.reward) for r, h in pairs if several[r[:2]] == 1]
    if rewards and not are_rewards(rewards):
        yield "rewards that the environment did not give"


def are_rewards(pairs: list[tuple[float, float]]) -> bool:
    """Return whether stored rewards are those given, scaled, clipped, or their signs."""
    given = [b for _, b in pairs]
    largest = max(given, key=abs)
    stored = next(a for a, b in pairs if b == largest)
    scale = stored / largest if largest else 1.0
    forms = [
        given,
        [scale * b for b in given],
        [(b > 0) - (b < 0) for b in given],
        [min(max(b, -1.0), 1.0) for b in given],
    ]
    return any(
        all(abs(a - b) <= 1e-4 * max(1.0, abs(b)) for (a, _), b in zip(pairs, form, strict=True))  # type: ignore[call-overload]
        for form in forms
    )


def transitions(tensors: list[Any], place: dict[str, int]) -> Iterator[Row]:
    """Yield observation, next observation, reward and end of each row of a batch.

    Raises:
        CheckSkipped: There is no observation to tell.
    """
    n = tensors[place["reward"]].numel()
    before = next((t for i, t in enumerate(tensors) if i != place["next"] and t.numel() != n), None)
    if before is None:
        raise CheckSkipped("no observation to tell in the batch")
    ends = tensors[place["end"]].flatten().tolist()
    rewards = tensors[place["reward"]].flatten().tolist()
    after = tensors[place["next"]]
    for i in range(n):
        yield key(before[i]), key(after[i]), float(rewards[i]), bool(ends[i])


def rollout_holds_what_happened(context: Context) -> Passed:
    """Record a rollout; its observations are those that the actions were chosen from."""
    if context.program.has("sample"):
        raise CheckSkipped("no rollouts: a memory is drawn from")
    with recording(context.program) as record:
        state = context.fresh()
        before = len(record.steps)
        batch = context.batch(state)
    happened = record.steps[before:]
    actions = [t.flatten() for t in leaves(batch) if not t.is_floating_point()]
    n = len(happened)
    action = next((t for t in actions if t.numel() == n), None)
    tables = [t for t in leaves(batch) if t.is_floating_point() and t.numel() > n]
    if not happened or action is None or not tables:
        raise CheckSkipped("no observations and actions of a rollout in the batch")
    table = tables[0].reshape(n, -1) if tables[0].numel() % n == 0 else tables[0].flatten(1)
    rows = [key(row) for row in table]
    chosen = {(h.before, int(h.action)) for h in happened if is_number(h.action)}
    starts, ends = {h.before for h in happened}, {h.after for h in happened}
    share = sum(row in starts for row in rows) / n
    later = sum(row in ends for row in rows) / n
    pairs = sum(p in chosen for p in zip(rows, map(int, action.tolist()), strict=False)) / n
    if max(share, later) < 0.5:  # noqa: PLR2004
        raise CheckSkipped("no stored observation is the environment's own: they are transformed")
    if pairs < 1 - 1 / n and chosen:
        raise replay_failed(
            "every action beside the observation that it was chosen from",
            f"so for {pairs:.0%} of {n}",
        )
    return Passed(f"{n} steps of a rollout as they happened")


def is_number(action: Any) -> bool:
    """Return whether an action is one number."""
    try:
        int(action)
    except (TypeError, ValueError):
        return False
    return True


def key(observation: Any) -> bytes:
    """Return an observation as bytes, rounded to what float32 keeps."""
    return bytes(observation.detach().double().flatten().float().numpy().tobytes())


def full_replay_takes_in_the_new(context: Context) -> Passed:
    """Go on from the end of the training: what happens now is drawn, too, in its share.

    Where none of the newest transitions is among the drawn ones although ten were to be expected,
    which luck does with a probability of exp(-10), the memory has stopped taking them in.
    """
    context.program.function("sample")
    trained = context.trained().state
    with recording(context.program) as record:
        state = context.kept(trained)
        context.steps(state, N_NEW_STEPS)
        place = roles(context, state, sampled(context, state))
        batches = [leaves(sampled(context, state)) for _ in range(_N_NEW_SAMPLES)]
    if not {"next", "end", "reward"} <= place.keys() or not record.steps:
        raise CheckSkipped("no transitions to tell in the batch")
    drawn = [row[:2] for tensors in batches for row in transitions(tensors, place)]
    new = {(h.before, h.after) for h in record.steps}
    size = context.spec.get("replay_size") or context.n_steps()
    expected = len(drawn) * len(record.steps) / max(int(size), len(record.steps))
    if expected < 10:  # noqa: PLR2004  exp(-10)
        raise CheckSkipped(f"no {expected:.0f} draws are enough to tell")
    hits = sum(row in new for row in drawn)
    if not hits:
        raise replay_failed(
            f"some {expected:.0f} of {len(drawn)} draws from the last {len(record.steps)} steps",
            "none",
        )
    return Passed(f"{hits} of {len(drawn)} draws are of the last {len(record.steps)} steps")
