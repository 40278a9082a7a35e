"""The stream of batches, read without training on it."""

from typing import Any

from reprokit.checks.context import THE_END, Context
from reprokit.checks.outcome import CheckSkipped


def walk(context: Context, state: Any, count: int) -> list[Any]:
    """Return batches without training on them; the step goes on as if.

    Fewer where the stream ends with the training.

    Raises:
        CheckSkipped: There is not one.
    """
    found, stream = [], iter(context.program.function("batches")(state))
    start = state.step
    for number in range(count):
        batch = next(stream, THE_END)
        if batch is THE_END:  # an epoch has ended; or the training has
            stream = iter(context.program.function("batches")(state))
            batch = next(stream, THE_END)
        if batch is THE_END:
            break
        found.append(batch)
        state.step = start + number + 1
    state.step = start
    if not found:
        raise CheckSkipped("no batches")
    return found
