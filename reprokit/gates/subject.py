"""Is it the paper's model that trains, or the placeholder? Never take one for the other."""

from collections.abc import Mapping, Sequence
from typing import Any

from reprokit.checks.program import Program

STAND_IN = "placeholder"
_QUIET = ("stage=1_single_example", "progress=false", "tensorboard=false", "device=cpu")


def resolve_subject(
    program: Program, subjects: Mapping[str, Sequence[str]], asked: str
) -> tuple[str, str]:
    """Return the subject, and why it is not the paper's model where it is not.

    The paper's model is there as soon as it can be set up and gives a loss: a stub raises
    NotImplementedError. One that breaks in another way is there, and its gates will say so.
    """
    if asked == STAND_IN:
        return STAND_IN, "the placeholder was asked for"
    reason = why_not_started(program, subjects.get("paper", ()), subjects.get(STAND_IN, ()))
    return (STAND_IN, reason) if reason else ("paper", "")


def why_not_started(program: Program, paper: Sequence[str], stand_in: Sequence[str]) -> str:
    """Return why the paper's model is not there yet; nothing if it is."""
    try:
        state = first_loss(program, paper)
    except NotImplementedError as error:
        return f"not started: {written_where(error)} is a stub"
    except Exception as error:  # noqa: BLE001  the program is the user's: anything may happen
        if type(error).__name__ == "MissingMandatoryValue":
            return f"not started: conf/ leaves a value open: {str(error).splitlines()[0]}"
        return ""
    return why_still_stand_in(program, state, stand_in)


def why_still_stand_in(program: Program, state: Any, stand_in: Sequence[str]) -> str:
    """Return in what a state that runs is still the placeholder; nothing if in nothing."""
    if is_stand_in(state):
        return "not started: the settings of the paper's subject still name the placeholder"
    if not stand_in:
        return ""
    try:
        placeholder = first_loss(program, stand_in)
    except Exception:  # noqa: BLE001  somebody has removed the placeholder: nothing to mix up
        return ""
    if shapes(state) == shapes(placeholder):
        return "not started: the network has exactly the placeholder's parameters"
    if data_name(state) == data_name(placeholder) or has_same_data(state, placeholder):
        return "not started: the data are still the synthetic ones"
    return ""


def first_loss(program: Program, overrides: Sequence[str]) -> Any:
    """Set the program up and compute one loss; return its state."""
    config = program.function("config")(*_QUIET, *overrides)
    state = program.function("setup")(0, config)
    batch = next(program.function("batches")(state))
    loss = program.function("loss_fn")
    for net in state.nets.values():
        loss(net, batch)
        break
    return state


def written_where(error: BaseException) -> str:
    """Return file and function that raised, for people."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return "the paper's model"
    code = traceback.tb_frame.f_code
    return f"{code.co_qualname} in {code.co_filename.rpartition('/')[2]}"


def is_stand_in(state: Any) -> bool:
    """Return whether a network is the placeholder, by its module or its parameters' names."""
    return any(
        type(net).__module__ == STAND_IN
        or any(name.startswith(f"{STAND_IN}.") for name in net.state_dict())
        for net in state.nets.values()
    )


def shapes(state: Any) -> list[tuple[int, ...]]:
    """Return the shapes of all parameters, in order: a copy under another name has the same."""
    return [tuple(p.shape) for net in state.nets.values() for p in net.parameters()]


def data_name(state: Any) -> Any:
    """Return what the settings call the data; of two states without a name, none is the same."""
    data = state.config.get("data") if isinstance(state.config, Mapping) else None
    name = data.get("name") if isinstance(data, Mapping) else None
    return name if name is not None else object()


def has_same_data(one: Any, other: Any) -> bool:
    """Return whether the first training examples of two states are the same."""
    import torch  # noqa: PLC0415  heavy

    try:
        return torch.equal(torch.as_tensor(one.train[0][0]), torch.as_tensor(other.train[0][0]))
    except (TypeError, ValueError, IndexError, KeyError, RuntimeError):
        return False
