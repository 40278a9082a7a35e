"""Stated facts that only a step shows: clipping, numbers of updates, what is frozen, the batch."""

from collections.abc import Iterator, Mapping
from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import leaves, size
from reprokit.checks.context import Context
from reprokit.checks.gradients import frozen_parts, is_exempt, named_parameters
from reprokit.checks.statements import sentences
from reprokit.checks.updates import gradient_sizes

_CLIP_PROBE = 1e4


def per_net(stated: Any, net: str) -> Any:
    """Return a stated value, that of a network where it is stated by network."""
    if isinstance(stated, Mapping):
        return stated.get(net)
    return stated


def step_facts(context: Context) -> Iterator[tuple[str, str]]:
    """Yield what is stated about a step: clipping, and how many updates it makes."""
    spec = context.spec
    stated = spec.get("grad_clip")
    if isinstance(stated, int | float) and stated > 0:
        is_by_value = any("value" in line for line in sentences(spec) if "grad_clip_" in line)
        found = gradient_sizes(context, _CLIP_PROBE)[int(is_by_value) :: 2]  # norms, or elements
        is_kept = any(0.5 * stated <= size <= 1.01 * stated for size in found)
        largest = max(found, default=0.0)
        yield (
            "grad_clip",
            "" if is_kept else f"paper {stated!r}, a large one arrives as {largest:.4g}",
        )
    frozen = frozen_parts(spec)
    if frozen:
        yield "frozen", frozen_problem(context, frozen)
    yield from update_facts(context)


def frozen_problem(context: Context, frozen: set[str]) -> str:
    """Return which declared frozen parameters move, or an empty text."""
    state = context.fresh()
    before = {n: p.detach().clone() for n, p in named_parameters(state).items()}
    context.steps(state, 3)
    moved = [
        n
        for n, p in named_parameters(state).items()
        if is_exempt(n, frozen) and not bool((p == before[n]).all())
    ]
    return f"moves: {', '.join(moved)}" if moved else ""


def update_facts(context: Context) -> Iterator[tuple[str, str]]:
    """Yield what is stated about the number of optimizer steps in a train_step."""
    spec = context.spec
    names = ("updates_per_step", "n_critic", "update_epochs")
    if not any(name in spec for name in names):
        return
    counts = updates_in_a_step(context)
    stated = spec.get("updates_per_step")
    if "n_critic" in spec and not isinstance(stated, Mapping):
        stated = None  # which of the two it is about is not stated
    for net, count in counts.items():
        value = per_net(stated, net)
        if isinstance(value, int):
            yield "updates_per_step", "" if value == count else f"paper {value}, {net} {count}"
    if isinstance(spec.get("n_critic"), int) and {"G", "D"} <= set(counts):
        is_same = counts["D"] == spec["n_critic"] * counts["G"]
        yield (
            "n_critic",
            ""
            if is_same
            else (f"paper {spec['n_critic']}, {counts['D']} steps of D to {counts['G']} of G"),
        )
    epochs, parts = spec.get("update_epochs"), spec.get("n_minibatches", 1)
    if isinstance(epochs, int) and isinstance(parts, int) and len(counts) == 1:
        count = next(iter(counts.values()))
        is_same = count in (1, epochs * parts)
        yield "update_epochs", "" if is_same else f"paper {epochs} x {parts}, {count} updates"


def updates_in_a_step(context: Context) -> dict[str, int]:
    """Return the mean number of steps of each optimizer in a train_step, once it learns."""
    state = context.fresh()
    total: dict[str, int] = dict.fromkeys(state.optimizers, 0)
    n_steps, critic = 0, context.spec.get("n_critic")
    window = 4 * critic if isinstance(critic, int) and critic > 0 else 10  # whole turns
    with probe.steps_of(state) as seen:
        context.learning(state)
        seen.clear()
        while n_steps < window:
            context.steps(state, 1)
            n_steps += 1
        for step in seen:
            total[step.optimizer] += 1
    least = min((c for c in total.values() if c), default=1)
    unit = min(n_steps, least)
    return {name: round(count / unit) for name, count in total.items()}


def batch_facts(context: Context, state: Any) -> Iterator[tuple[str, str]]:
    """Yield what is stated about the batch."""
    stated = context.spec.get("batch_size")
    if isinstance(stated, int) and context.program.family != "rl":
        batch = context.batch(state)
        found = size(batch)
        dims = {d for leaf in leaves(batch) for d in leaf.shape[:2]}
        # a critic's batches may come together
        is_same = stated in (found, *dims) or (
            context.program.family == "gan" and found % stated == 0
        )
        yield "batch_size", "" if is_same else f"paper {stated}, batches of {found}"
