"""Stage 1: random masks are drawn anew at every step."""

from typing import Any

from reprokit.checks.batch import copy
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

N_STEPS = 3
_MIN_ELEMENTS = 200  # that two steps have in common
_NAMES = ("dropout", "dropout_", "feature_dropout", "alpha_dropout", "dropout1d", "dropout2d")


def dropout_is_drawn_anew(context: Context) -> Passed:
    """Watch what dropout leaves in some steps: never the same elements in all of them.

    Of 200 elements at a rate of 0.02, two steps leave the same ones with a probability of 4e-4,
    three with 1e-7; at usual rates with far less.
    """
    state = context.fresh()
    first = context.batch(state)  # the same each time: batches differ in shape
    steps = []
    for _ in range(N_STEPS):
        with watching() as seen:
            context.steps(state, 1, lambda _: copy(first))
        steps.append(list(seen))
    if not steps[0]:
        raise CheckSkipped("no dropout that is called as a function of torch")
    compared = same = 0
    for calls in zip(*steps, strict=False):
        results = [agree(calls[0], other) for other in calls[1:]]
        if None not in results:
            compared += 1
            same += all(results)
    if not compared:
        raise CheckSkipped(f"no masks of {_MIN_ELEMENTS} elements that two steps have in common")
    if same == compared:
        raise CheckFailed(
            expected="other masks at every step",
            found=f"the same {same} in each of {N_STEPS} steps",
            causes=(
                "a generator that is seeded alike before every step",
                "a mask that is drawn once and kept",
            ),
            look="train_step in train.py, then forward in model.py",
        )
    return Passed(f"{compared} masks, drawn anew in each of {N_STEPS} steps")


def watching() -> Any:
    """Return a context that notes what goes into each dropout and what comes out of it."""
    import contextlib  # noqa: PLC0415  beside its use

    from torch.overrides import TorchFunctionMode  # noqa: PLC0415  heavy

    found: list[tuple[Any, Any]] = []
    depth = [0]

    class Watch(TorchFunctionMode):
        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            is_mask = getattr(func, "__name__", "") in _NAMES and not depth[0]
            given: Any = args[0] if args else (kwargs or {}).get("input")
            before = (given.detach() != 0) if is_mask else None
            depth[0] += is_mask
            try:
                result = func(*args, **(kwargs or {}))
            finally:
                depth[0] -= is_mask
            if is_mask and bool(((result == 0) & before).any()):
                found.append((before, (result != 0).detach()))
            return result

    @contextlib.contextmanager
    def both() -> Any:
        with Watch():
            yield found

    return both()


def agree(one: tuple[Any, Any], other: tuple[Any, Any]) -> bool | None:
    """Return whether two masks leave the same of what is not zero in both; None if too little."""
    if one[0].shape != other[0].shape:
        return None
    both = one[0] & other[0]
    if int(both.sum()) < _MIN_ELEMENTS:
        return None
    return bool((one[1][both] == other[1][both]).all())
