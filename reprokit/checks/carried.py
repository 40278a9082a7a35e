"""Stage 1: where SPEC carries a state from batch to batch, it is, and the lines go on."""

import itertools
from typing import Any

from reprokit.checks import probe, statements
from reprokit.checks.batch import leaves
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed
from reprokit.checks.streams import walk

N_STEPS = 4
N_BATCHES = 12
_MOSTLY = 0.5


def state_is_carried_as_stated(context: Context) -> Passed:
    """Look at what the network is given beside the batch, and at where each batch's lines begin.

    Truncated back-propagation through time: the last state of one batch is the first of the
    next, and each line goes on where it stopped.
    """
    stated = statements.is_carried(context.spec)
    text = str(context.spec.get(stated, "")).casefold()
    if not stated or "starts at a zero" in text or "reset" in text.split("carried")[0]:
        raise CheckSkipped("no state in SPEC that goes from batch to batch")
    state = context.fresh()
    broken = broken_lines(context, state)
    given = states_given(context, state)
    if given is False and not remembers(context, state):
        raise carried_failed("the network to be given the last state", f"none in {N_STEPS} steps")
    if broken is not None and broken > _MOSTLY:
        raise carried_failed(
            "each line of a batch to go on in the next", f"{broken:.0%} of them begin elsewhere"
        )
    if broken is None and given is None:
        raise CheckSkipped("no state and no lines to tell")
    return Passed("the state is carried, and the lines go on")


def carried_failed(expected: str, found: str) -> CheckFailed:
    """Return the finding of a state that is not carried."""
    return CheckFailed(
        expected=expected,
        found=found,
        causes=(
            "every batch starts from a zero state",
            "batches that are shuffled, or dealt out to the lines in turn",
        ),
        look="batches and train_step in train.py",
    )


def states_given(context: Context, state: Any) -> bool | None:
    """Return whether the network is given a state that is not zero; None if that is not to tell.

    A real-valued argument beside the tokens, in a step that is not the first.
    """
    context.steps(state, 1)
    with probe.calls_of(context.net(state)) as seen:
        context.steps(state, N_STEPS - 1)
    if not seen or any(not call.inputs for call in seen):
        return None
    states = [t for call in seen for t in call.inputs if t.is_floating_point()]
    return any(bool((t != 0).any()) for t in states)


def remembers(context: Context, state: Any) -> bool:
    """Return whether the network keeps a state by itself: the same call gives another output."""
    import torch  # noqa: PLC0415  heavy

    net = probe.twin(context.net(state)).eval()
    with torch.no_grad():
        _, call = probe.look(context, net, context.batch(state))
        outputs = []
        for _ in range(2):
            with probe.calls_of(net) as seen:
                net(*call.args, **call.kwargs)
            outputs.append(seen[0].prediction)
    return not bool(torch.equal(*outputs))


def broken_lines(context: Context, state: Any) -> float | None:
    """Return the share of lines that do not go on in the next batch; None if that is not to tell.

    Of inputs and targets [B, T] that are shifted by one: the last target is the next first input.
    """
    batches = walk(context, state, N_BATCHES)
    pairs = []
    for batch in batches:
        tokens = [t for t in leaves(batch) if t.ndim == 2 and not t.is_floating_point()]  # noqa: PLR2004
        if len(tokens) < 2 or tokens[0].shape != tokens[1].shape:  # noqa: PLR2004
            return None
        inputs, targets = tokens[:2]
        by_row = bool((inputs[:, 1:] == targets[:, :-1]).all())
        by_column = bool((inputs[1:] == targets[:-1]).all())
        if not by_row and not by_column:
            return None
        ends = (inputs[:, 0], targets[:, -1]) if by_row else (inputs[0], targets[-1])
        pairs.append(ends)
    off = [
        float((first != last).double().mean())
        for (_, last), (first, _) in itertools.pairwise(pairs)
        if first.shape == last.shape
    ]
    off.sort()
    return off[len(off) // 2] if off else None
