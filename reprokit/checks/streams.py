"""The stream of batches, read without training on it."""

from typing import Any

from reprokit.checks.context import Context


def walk(context: Context, state: Any, count: int) -> list[Any]:
    """Return batches without training on them; the step goes on as if."""
    found, stream = [], iter(context.program.function("batches")(state))
    start = state.step
    for number in range(count):
        found.append(next(stream))
        state.step = start + number + 1
    state.step = start
    return found
