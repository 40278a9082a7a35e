"""The settings: every one of them changes something, or is said to be dead."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from reprokit.checks import probe
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.resume import as_numbers

N_STEPS = 3

# Stated facts that show within three steps, whatever the program: dead, they are a bug.
_IMMEDIATE = frozenset({
    "learning_rate", "batch_size", "momentum", "hidden_units", "n_layers", "dropout",
    "label_smoothing", "z_dim", "gamma",
})  # fmt: skip


def every_setting_matters(context: Context) -> Passed:
    """Change each setting by itself and take three steps: which of them change nothing?

    Dead within three steps is said, for a milestone may lie later; it fails where SPEC states
    the setting and its effect is immediate.
    """
    if context.program.has_stages or not context.program.has("config"):
        raise CheckSkipped("no config whose values could be given to setup")
    base = dict(context.program.function("config")())
    before = course(context, base)
    dead = []
    for path, other in changes(base):
        try:
            after = course(context, replaced(base, path, other))
        except Exception:  # noqa: BLE001,S112  a value that breaks the program is not dead
            continue
        if not probe.differences(before, after):
            dead.append(".".join(path))
    wrong = [name for name in dead if name in context.spec and name in _IMMEDIATE]
    if wrong:
        raise CheckFailed(
            expected="another training with another value",
            found=f"the same with another {', '.join(wrong)}",
            causes=("a setting that nobody reads", "a value written into the program"),
            look="setup in train.py",
        )
    n = len(list(changes(base)))
    said = f", dead within {N_STEPS} steps: {', '.join(dead)}" if dead else ""
    return Passed(f"{n - len(dead)} of {n} settings matter{said}")


def course(context: Context, config: Mapping[str, Any]) -> Any:
    """Return what a few steps under these settings do: losses, rates and weights."""
    state = context.program.function("setup")(context.seed, copy.deepcopy(dict(config)))
    rates = []
    losses = []
    for loss in context.steps(state, N_STEPS):
        losses.append(as_numbers(loss))
        rates.append([g["lr"] for o in state.optimizers.values() for g in o.param_groups])
    kept = probe.snapshot(state)
    return [losses, rates, kept["nets"], kept["optimizers"]]


def changes(tree: Mapping[str, Any], at: tuple[str, ...] = ()) -> Iterator[tuple[Any, Any]]:
    """Yield each number and switch of the settings by its path, with another value for it."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from changes(value, (*at, name))
        elif isinstance(value, bool):
            yield (*at, name), not value
        elif isinstance(value, int):
            yield (*at, name), value * 2 if value > 1 else value + 1
        elif isinstance(value, float):
            yield (*at, name), value / 2 if value else 0.5


def replaced(tree: Mapping[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    """Return the settings with one of them replaced."""
    name, *rest = path
    inner = replaced(tree[name], tuple(rest), value) if rest else value
    return {**tree, name: inner}
