"""Policy gradients: returns and advantages against a slow reference, the clipping as stated.

The program's own calls are watched: which argument is a reward, a value or an end follows from
shapes and values, never from names. Legend: T steps, N environments.
"""

import contextlib
import itertools
from collections.abc import Iterator
from typing import Any

from reprokit.checks.batch import leaves
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.rl import gamma_of
from reprokit.checks.rollouts import calls_of

_CLOSE = 1e-3  # relative, float32
_MAX_STEPS = 50


def advantages_recomputed(context: Context) -> Passed:
    """Compute advantages or returns again from what the program gave its own function.

    Generalised advantage estimation (J. Schulman et al., arXiv:1506.02438, equation 16), with
    nothing carried over the end of an episode.
    """
    names = [n for n in ("advantages", "returns") if context.program.has(n)]
    if not names:
        raise CheckSkipped("no advantages and no returns")
    said = []
    for name in names:
        found = watched_call(context, name)
        if found is not None:
            args, result = found
            said.append(f"{name}: {recompute(context, name, args, result)}")
    if not said:
        raise CheckSkipped("no call of advantages or returns by the program itself")
    return Passed("; ".join(said))


def watched_call(context: Context, name: str) -> tuple[tuple[Any, ...], Any] | None:
    """Return arguments and result of a call with an end of an episode in it."""
    state = context.fresh()
    with calls_of(context.program, name) as found:
        for _ in range(_MAX_STEPS):
            context.steps(state, 1)
            for args, result in found:
                if any(is_flag(t) and float(t.double().mean()) > 0 for t in tensors(args)):
                    return args, result
    return found[0] if found else None


def tensors(args: tuple[Any, ...]) -> list[Any]:
    """Return the arguments as tensors: arrays and lists of numbers too."""
    import numpy as np  # noqa: PLC0415  heavy
    import torch  # noqa: PLC0415

    found = []
    for arg in args:
        if isinstance(arg, np.ndarray | list) and len(arg):
            with contextlib.suppress(TypeError, ValueError):
                found.append(torch.as_tensor(np.asarray(arg)))
        else:
            found += leaves(arg)
    return [t.detach() for t in found]


def is_flag(tensor: Any) -> bool:
    """Return whether a tensor holds nothing but zeros and ones."""
    return tensor.ndim > 0 and set(tensor.double().unique().tolist()) <= {0.0, 1.0}


def recompute(context: Context, name: str, args: tuple[Any, ...], result: Any) -> str:
    """Hold a result against the reference under every reading of the arguments."""
    gamma, lam = gamma_of(context), context.spec.get("gae_lambda")
    given = [t.double() for t in tensors(args)]
    results = [t.detach().double() for t in tensors((result,))]
    whole = max((t.shape for t in results), key=len)
    series = [
        t for t in given if t.shape[:1] in (whole[:1], (whole[0] + 1,)) and t.ndim == len(whole)
    ]
    ends = [t for t in series if is_flag(t)]
    real = [t for t in series if not is_flag(t) or float(t.std()) == 0]
    if not ends or not real:
        raise CheckSkipped(f"no rewards and ends to tell among the arguments of {name}")
    last = [t for t in given if t.ndim < len(whole) or t.shape[0] == 1]
    if any(
        float((t.flatten()[: ends[0][-1].numel()] ** 2).sum()) == 0 < float((1 - ends[0][-1]).sum())
        for t in last
        if t.numel() == ends[0][-1].numel() and name == "advantages"
    ):
        raise advantages_failed(
            "the value of what follows the last step, where the episode goes on", "zero"
        )
    for expected in references(real, ends, last, gamma, lam if name == "advantages" else None):
        for found in results:
            if found.shape == expected.shape and close(found, expected):
                return f"as the reference, discount {gamma:g}"
    if any(hasattr(arg, "nets") for arg in args):
        raise CheckSkipped(f"no way to see what {name} computes of the state by itself")
    raise advantages_failed(
        f"the recursion with discount {gamma:g}"
        + (f" and lambda {lam:g}" if isinstance(lam, float) else "")
        + ", stopped at the end of an episode",
        f"{name} of mean {float(results[0].mean()):.4g}, like none of its readings",
    )


def advantages_failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of wrong advantages or returns."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "what comes after the end of an episode is carried over it",
            "another discount or lambda, or twice the same",
            "values shifted by a step, or the last one forgotten",
        ),
        look="advantages or returns in train.py",
    )


def value_learns_the_returns(context: Context) -> Passed:
    """Look for the sum of advantage and value in the batch: what the value has to learn."""
    state = context.fresh()
    names = [name for name in ("advantages", "returns") if context.program.has(name)]
    with contextlib.ExitStack() as stack:
        calls = {n: stack.enter_context(calls_of(context.program, n)) for n in names}
        batch = context.batch(state)
    found, summed = calls.get("advantages", []), calls.get("returns", [])
    if not found or summed:
        raise CheckSkipped("no call of advantages alone while a batch is made")
    args, result = found[-1]
    results = tensors((result,))
    series = [t for t in tensors(args) if t.shape == results[0].shape and not is_flag(t)]
    sums = [(r + t).flatten().double() for r in results[:1] for t in series]
    sums += [r.flatten().double() for r in results[1:]]
    stored = [t.flatten().double() for t in leaves(batch) if t.is_floating_point()]
    stored = [t for t in stored if t.numel() == results[0].numel()]
    gained = results[0].flatten().double()
    if not any(same_values(t, gained) or same_values(t, standard(gained)) for t in stored):
        like = max((correlation(t, gained) for t in stored), default=0.0)
        if 0.3 < like < 1 - 1e-6:  # noqa: PLR2004
            raise advantages_failed(
                "the advantages in the batch, as they are or normalised all together",
                f"something that correlates with them by {like:.2f}",
            )
        raise CheckSkipped("no advantages in the batch as they were computed")
    if not any(same_values(t, s) for t in stored for s in sums):
        raise advantages_failed(
            "advantage + value in the batch, for the value to learn",
            f"nothing like it among {len(stored)} tensors",
        )
    return Passed("the batch holds advantage + value")


def standard(values: Any) -> Any:
    """Return a vector with mean 0 and deviation 1."""
    return (values - values.mean()) / values.std().clamp_min(1e-8)


def correlation(one: Any, other: Any) -> float:
    """Return how two vectors correlate, in the order in which they are."""
    a, b = one - one.mean(), other - other.mean()
    return float((a @ b) / (a.norm() * b.norm()).clamp_min(1e-30))


def same_values(one: Any, other: Any) -> bool:
    """Compare two vectors in whatever order a batch was shuffled."""
    a, b = one.sort().values, other.sort().values
    return bool((a - b).abs().max() <= _CLOSE * max(float(b.abs().max()), 1e-6))


def close(found: Any, expected: Any) -> bool:
    """Compare two tensors, also after a normalisation to mean 0 and deviation 1."""
    scale = max(float(expected.abs().max()), 1e-6)
    if float((found - expected).abs().max()) <= _CLOSE * scale:
        return True
    spread = float(expected.std())
    normal = (expected - expected.mean()) / (spread if spread > 0 else 1.0)
    return float((found - normal).abs().max()) <= 1e-2  # noqa: PLR2004


def references(
    real: list[Any], ends: list[Any], last: list[Any], gamma: float, lam: Any
) -> Iterator[Any]:
    """Yield what the recursion gives under each reading of the arguments."""
    import torch  # noqa: PLC0415  heavy

    lams = [float(lam)] if isinstance(lam, int | float) else [1.0, 0.95]
    shifted = [torch.cat([e[1:], z[None]]) for e in ends for z in (*flags_of(last, e), 0 * e[0])]
    for rewards, end in itertools.product(real, [*ends, *shifted]):
        length = len(rewards)
        bootstraps = [
            torch.zeros_like(rewards[0]),
            *(b for b in last if b.numel() == rewards[0].numel()),
        ]
        for bootstrap in bootstraps:
            after = bootstrap.reshape(rewards[0].shape)
            yield returns(rewards, end[:length], after, gamma)
            for values in (v for v in real if v is not rewards):
                following = (
                    values[1 : length + 1]
                    if len(values) > length
                    else torch.cat([values[1:], after[None]])
                )
                for factor in lams:
                    gae = estimate(
                        rewards, values[:length], following, end[:length], gamma * factor, gamma
                    )
                    yield gae
                    yield gae + values[:length]
    yield from with_values_of_what_follows(real, ends, gamma, lams)


def with_values_of_what_follows(
    real: list[Any], ends: list[Any], gamma: float, lams: list[float]
) -> Iterator[Any]:
    """Yield estimates where the values of the states reached are given as a series of their own.

    Then an episode that is cut short bootstraps from its last state, and the sum still stops.
    """
    stops = [*ends, sum(ends).clamp(max=1)] if len(ends) > 1 else ends
    series = [t for t in real if t.shape == ends[0].shape]
    for (rewards, values, following), end, stop, factor in itertools.product(
        itertools.permutations(series, 3), ends, stops, lams
    ):
        yield estimate(rewards, values, following, end, gamma * factor, gamma, stop)


def flags_of(last: list[Any], like: Any) -> list[Any]:
    """Return the arguments that say for each environment whether the next step begins anew."""
    return [t.reshape(like[0].shape) for t in last if t.numel() == like[0].numel() and is_flag(t)]


def returns(rewards: Any, ends: Any, after: Any, gamma: float) -> Any:
    """Return discounted sums [T, ...] of the rewards to the end of each episode."""
    import torch  # noqa: PLC0415  heavy

    found, carried = [], after
    for t in reversed(range(len(rewards))):
        carried = rewards[t] + gamma * (1 - ends[t]) * carried
        found.append(carried)
    return torch.stack(found[::-1])


def estimate(
    rewards: Any,
    values: Any,
    following: Any,
    ends: Any,
    decay: float,
    gamma: float,
    stops: Any = None,
) -> Any:
    """Return generalised advantage estimates [T, ...]; the sum stops at `stops`, else at `ends`."""
    import torch  # noqa: PLC0415  heavy

    found, carried = [], torch.zeros_like(rewards[0])
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + gamma * (1 - ends[t]) * following[t] - values[t]
        carried = delta + decay * (1 - (ends if stops is None else stops)[t]) * carried
        found.append(carried)
    return torch.stack(found[::-1])
