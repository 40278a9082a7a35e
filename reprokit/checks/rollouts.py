"""Episodes: play an environment by a loop of our own, and record what a program plays."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reprokit.checks.outcome import CheckSkipped

_MAX_EPISODE = 2000  # steps

# What an environment may raise that is asked for an action of another kind than its own.
_UNFIT = (TypeError, ValueError, IndexError, KeyError, AttributeError, AssertionError, RuntimeError)


@dataclass(frozen=True)
class Happened:
    """One transition as the environment made it."""

    env: int
    before: bytes
    action: Any
    after: bytes
    reward: float
    has_ended: bool
    was_cut: bool


@dataclass
class Record:
    """What the environments of a program did: their steps, and how each episode began.

    Args:
        steps: In the order in which they happened.
        resets: The environment, and its first observation.
        late: Steps that an environment was asked for after its episode was over.
    """

    steps: list[Happened] = field(default_factory=list)
    resets: list[tuple[int, bytes]] = field(default_factory=list)
    late: int = 0


def stepped(answer: Any) -> tuple[Any, float, bool, bool]:
    """Return observation, reward, whether the episode ended, and whether it was cut short."""
    if len(answer) == 5:  # noqa: PLR2004  gymnasium
        return answer[0], float(answer[1]), bool(answer[2]), bool(answer[3])
    info = answer[3] if len(answer) > 3 else None  # noqa: PLR2004  gym before 0.26 had four
    cut = bool(info.get("TimeLimit.truncated")) if isinstance(info, dict) else False
    return answer[0], float(answer[1]), bool(answer[2]) and not cut, cut


def first_observation(answer: Any) -> Any:
    """Return the observation of a reset, with or without an info beside it."""
    is_pair = isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], dict)  # noqa: PLR2004
    return answer[0] if is_pair else answer


def key(observation: Any) -> bytes:
    """Return an observation as bytes, rounded to what float32 keeps."""
    import numpy as np  # noqa: PLC0415  heavy

    return np.asarray(observation, np.float32).tobytes()


def play(env: Any, count: int) -> list[Any]:
    """Return the course of an environment under action 0 and 1 in turn.

    Raises:
        CheckSkipped: Its actions are others, or it is several environments in one.
    """
    course: list[Any] = [key(first_observation(env.reset()))]
    for number in range(count):
        try:
            observation, reward, ended, cut = stepped(env.step(number % 2))
        except _UNFIT as error:
            raise CheckSkipped("no environment whose actions are 0 and 1") from error
        course.append((key(observation), reward, ended, cut))
        if ended or cut:
            course.append(key(first_observation(env.reset())))
    return course


def episode_return(program: Any, state: Any, seed: int, epsilon: float | str | None) -> float:
    """Play one episode with the program's act, or (`net`) by the network's largest output.

    Returns the sum of its rewards.
    """
    env = program.function("make_env")(seed)
    act = by_the_net if epsilon == "net" else program.function("act")
    observation = first_observation(env.reset())
    total = 0.0
    for _ in range(_MAX_EPISODE):
        action = act(state, observation, epsilon)
        action = action[0] if isinstance(action, tuple) else action
        action = int(action) if getattr(action, "ndim", 0) == 0 else action
        observation, reward, ended, cut = stepped(env.step(action))
        total += reward
        if ended or cut:
            break
    return total


@contextlib.contextmanager
def calls_of(program: Any, name: str) -> Iterator[list[tuple[tuple[Any, ...], Any]]]:
    """Watch a function of the program as the program itself calls it."""
    own = program.function(name)
    found: list[tuple[tuple[Any, ...], Any]] = []

    def watched(*args: Any, **kwargs: Any) -> Any:
        result = own(*args, **kwargs)
        found.append(((*args, *kwargs.values()), result))
        return result

    setattr(program.module, name, watched)
    try:
        yield found
    finally:
        setattr(program.module, name, own)


def by_the_net(state: Any, observation: Any, _: Any) -> int:
    """Return the action with the network's largest output."""
    import torch  # noqa: PLC0415  heavy

    from reprokit.checks.batch import leaves  # noqa: PLC0415

    net = state.nets["model"] if "model" in state.nets else next(iter(state.nets.values()))
    with torch.no_grad():
        output = leaves(net(torch.as_tensor(observation, dtype=torch.float32)[None]))[0]
    return int(output.argmax(-1))


@contextlib.contextmanager
def recording(program: Any) -> Iterator[Record]:
    """Watch every environment that make_env makes; the record grows with what they do."""
    made = program.function("make_env")
    record = Record()
    count = iter(range(10**9))

    def watched(*args: Any, **kwargs: Any) -> Any:
        env = made(*args, **kwargs)
        try:
            watch(env, next(count), record)
        except AttributeError as error:
            raise CheckSkipped("no way to watch the environment: it is sealed") from error
        return env

    program.module.make_env = watched
    try:
        yield record
    finally:
        program.module.make_env = made


def watch(env: Any, number: int, record: Record) -> None:
    """Put every reset and step of an environment on record."""
    last, is_over = [b""], [False]
    reset, step = env.reset, env.step

    def new_reset(*a: Any, **k: Any) -> Any:
        answer = reset(*a, **k)
        last[0], is_over[0] = key(first_observation(answer)), False
        record.resets.append((number, last[0]))
        return answer

    def new_step(*a: Any, **k: Any) -> Any:
        answer = step(*a, **k)
        observation, reward, ended, cut = stepped(answer)
        action = a[0] if a else next(iter(k.values()), None)
        record.late += is_over[0]
        after = key(observation)
        record.steps.append(Happened(number, last[0], action, after, reward, ended, cut))
        last[0], is_over[0] = after, ended or cut
        return answer

    env.reset, env.step = new_reset, new_step
