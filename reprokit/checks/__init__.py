"""The battery: automated checks that find the bugs of a training program.

Needs torch and numpy, and nothing of the rest of reprokit: useful in anybody's pytest. Three ways
to use it: `reprokit check train.py`, `pytest --reprokit train.py`, and as a library:

    from reprokit import checks
    outcome = checks.batch_independence(model, batch)
    assert outcome.verdict == "passed", outcome.detail

`checks.inspect(path)` runs the whole battery on a training program in a process of its own.
"""

from typing import TYPE_CHECKING, Any

from reprokit.checks.outcome import Outcome

if TYPE_CHECKING:
    from reprokit.checks.library import (
        batch_independence,
        causality,
        gradient_flow,
        gradient_is_true,
        initial_loss,
        loss_agrees,
        loss_is_mean,
        overfits,
        padding_invariance,
    )
    from reprokit.checks.process import inspect

__all__ = [
    "Outcome",
    "batch_independence",
    "causality",
    "gradient_flow",
    "gradient_is_true",
    "initial_loss",
    "inspect",
    "loss_agrees",
    "loss_is_mean",
    "overfits",
    "padding_invariance",
]


def __getattr__(name: str) -> Any:
    """Import a check when it is first asked for: the command line's help needs none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib  # noqa: PLC0415

    where = "process" if name == "inspect" else "library"
    return getattr(importlib.import_module(f"reprokit.checks.{where}"), name)
