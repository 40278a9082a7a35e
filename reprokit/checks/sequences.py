"""Stage 1, sequences: no look-ahead, the right targets, padding that does not count."""

from typing import Any

from reprokit.checks import probe
from reprokit.checks.batch import leaves, map_leaves, size, take
from reprokit.checks.context import Context
from reprokit.checks.forward import difference
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_MAX_CHANGE = 1e-5  # relative; what must not change
_MIN_CHANGE = 1e-6  # relative; what must
_MAX_PADDING_CHANGE = 1e-4
N_PADS = (1, 4)


def token_call(context: Context) -> tuple[Any, probe.Call, int]:
    """Return the network in a state, its call on a batch, and which argument holds tokens.

    Raises:
        CheckSkipped: No argument is a table of integer tokens with an output for each.
    """
    state = context.fresh()
    context.steps(state, 2)
    batch = context.batch(state)
    batch = take(batch, range(min(4, size(batch))))
    net = context.net(state)
    with probe.evaluating(net):
        _, call = probe.look(context, net, batch)
    for position, arg in enumerate(call.args):
        is_table = hasattr(arg, "ndim") and arg.ndim == 2 and not arg.is_floating_point()  # noqa: PLR2004
        if is_table and call.prediction.ndim == 3 and call.prediction.shape[:2] == arg.shape:  # noqa: PLR2004
            return net, call, position
    raise CheckSkipped("no table of tokens [batch, time] with an output for each of them")


def answer(net: Any, call: probe.Call, position: int, tokens: Any) -> Any:
    """Return the output for other tokens."""
    args = [*call.args]
    args[position] = tokens
    return probe.answer(net, args, call.kwargs)


def does_not_look_ahead(context: Context) -> Passed:
    """Change a token: outputs before it stay, its own and a later one move, order counts."""
    net, call, position = token_call(context)
    tokens = call.args[position]
    time = tokens.shape[1]
    before = answer(net, call, position, tokens)
    scale = max(float(before.abs().max()), 1e-6)

    def change(at: int) -> Any:
        other = tokens.clone()
        other[:, at] = other_tokens(context, tokens, at, before.shape[-1])
        moved = answer(net, call, position, other) - before
        return moved.abs().amax((0, 2)) / scale

    leaks = {t: float(change(t)[:t].max()) for t in {1, time // 2, time - 1} if t > 0}
    if max(leaks.values()) > _MAX_CHANGE:
        raise look_ahead(f"changing token {max(leaks, key=leaks.__getitem__)} moves earlier ones")
    first = change(0)
    # a recurrent network may have forgotten the first token at the last position
    deaf = [t for t in (0, min(1, time - 1)) if float(first[t]) < _MIN_CHANGE]
    if float(change(time - 1)[-1]) < _MIN_CHANGE:
        deaf.append(time - 1)
    if deaf:
        raise look_ahead(f"the output at position {deaf[0]} does not see tokens that it should")
    if time > 3:  # noqa: PLR2004  two earlier tokens to exchange
        swapped = tokens.clone()
        swapped[:, : time - 1] = tokens[:, : time - 1].flip(1)
        moved = (answer(net, call, position, swapped) - before)[:, -1].abs().max() / scale
        if float(moved) < _MIN_CHANGE:
            raise look_ahead("the order of the earlier tokens does not matter")
    return Passed(f"{time} positions, none sees a later token")


def look_ahead(found: str) -> CheckFailed:
    """Return the finding of a wrong dependency between positions."""
    return CheckFailed(
        expected="every output to depend on its own and all earlier tokens, in their order, alone",
        found=found,
        causes=(
            "the causal mask is missing, inverted or off by one",
            "heads split by view instead of transpose",
            "softmax over the wrong dimension",
            "no position information",
        ),
        look="attention in model.py",
    )


def other_tokens(context: Context, tokens: Any, at: int, vocabulary: int) -> Any:
    """Return another token for each row, and never padding."""
    pad = context.spec.get("pad_index")
    usual = [t for t in tokens.unique().tolist() if t != pad and t < vocabulary]
    column = tokens[:, at].clone()
    for row, token in enumerate(column.tolist()):
        column[row] = next(t for t in (*usual, 0, 1) if t != token)
    return column


def targets_are_the_next_tokens(context: Context) -> Passed:
    """Hold a batch's targets against its inputs: each is the token that comes next."""
    state = context.fresh()
    batch = context.batch(state)
    tables = [t for t in leaves(batch) if t.ndim == 2 and not t.is_floating_point()]  # noqa: PLR2004
    tables = [t for t in tables if int(t.max()) > 1]  # masks are no tokens
    if len(tables) < 2 or tables[0].shape != tables[1].shape:  # noqa: PLR2004  inputs, targets
        raise CheckSkipped("no separate targets: loss_recomputed holds the shift")
    x, y = tables[:2]
    counts = y[:, :-1] >= 0
    pad = context.spec.get("pad_index")
    if isinstance(pad, int):
        counts = counts & (y[:, :-1] != pad) & (x[:, 1:] != pad)
    share = float((y[:, :-1] == x[:, 1:])[counts].double().mean())
    if share < 1 and not bool((x == y).all()):
        raise CheckFailed(
            expected="target t to be token t + 1",
            found=f"so for {share:.1%} of them",
            causes=("shifted by none or by two", "shuffled apart"),
            look="the data",
        )
    return Passed(f"{int(counts.sum())} targets are the next tokens")


def padding_does_not_count(context: Context) -> Passed:
    """Append padding to a batch: outputs and loss stay."""
    pad = context.spec.get("pad_index")
    if not isinstance(pad, int):
        raise CheckSkipped("no pad_index in SPEC")
    state = context.fresh()
    context.steps(state, 2)
    batches = iter(context.program.function("batches")(state))
    found = [b for b in (next(batches) for _ in range(8)) if has_padding(b, pad)]
    if not found:
        raise CheckSkipped("no padding in eight batches")
    batch = found[0]
    net, loss_fn = context.net(state), context.program.function("loss_fn")
    loss = float(context_loss(net, loss_fn, batch))
    before = probe.prediction(context, net, batch)
    for count in N_PADS:
        longer = padded(batch, pad, count)
        try:
            off = abs(float(context_loss(net, loss_fn, longer)) / loss - 1)
        except (IndexError, RuntimeError, ValueError) as error:
            raise CheckSkipped(f"no room for more padding: {error}") from error
        moved = (
            difference(before, probe.prediction(context, net, longer))
            if is_whole(before, batch)
            else 0.0
        )
        if max(off, moved) > _MAX_PADDING_CHANGE:
            raise CheckFailed(
                expected="the same output and loss with more padding",
                found=f"{count} more: the loss moves by {off:.2g}, the output by {moved:.2g}",
                causes=(
                    "the last position is read instead of the last token",
                    "padding counts in the loss or in a mean",
                    "attention or recurrence runs over padding",
                ),
                look="forward in model.py and loss_fn in train.py",
            )
    return Passed(f"{' and '.join(map(str, N_PADS))} more pads change nothing")


def context_loss(net: Any, loss_fn: Any, batch: Any) -> Any:
    """Return the loss in evaluation mode."""
    with probe.evaluating(net):
        return loss_fn(net, batch)


def tokens_of(batch: Any) -> Any:
    """Return the first table of integers, which holds the tokens.

    Raises:
        CheckSkipped: There is none.
    """
    for leaf in leaves(batch):
        if leaf.ndim == 2 and not leaf.is_floating_point():  # noqa: PLR2004
            return leaf
    raise CheckSkipped("no table of integer tokens in the batch")


def has_padding(batch: Any, pad: int) -> bool:
    """Return whether some rows, and not all, end or begin with padding."""
    return bool((tokens_of(batch) == pad).any())


def is_whole(before: Any, batch: Any) -> bool:
    """Return whether an output is one row an example, not one for each position."""
    return bool(before.ndim <= 2 and before.shape[0] == size(batch))  # noqa: PLR2004


def is_filled_up(leaf: Any, tokens: Any, pad: int) -> bool:
    """Return whether a table holds other lines than the tokens, filled up with padding behind."""
    if leaf.ndim != 2 or leaf.is_floating_point() or len(leaf) != len(tokens):  # noqa: PLR2004
        return False
    if leaf.shape == tokens.shape or int(leaf.max()) <= 1:
        return False
    is_pad = leaf == pad
    is_behind = bool((is_pad[:, 1:] | ~is_pad[:, :-1]).all())
    return is_behind and bool(is_pad[:, -1].any()) and not bool(is_pad[:, -1].all())


def padded(batch: Any, pad: int, count: int) -> Any:
    """Return a batch with more padding where its padding stands, filled as it is there."""
    import torch  # noqa: PLC0415  heavy

    tokens = tokens_of(batch)
    is_pad = tokens == pad
    is_left = bool(is_pad[:, 0].any()) and not bool(is_pad[:, -1].any())

    def extend(leaf: Any) -> Any:
        if is_filled_up(leaf, tokens, pad):
            return torch.cat([leaf, torch.full_like(leaf[:, :1], pad).expand(-1, count)], 1)
        if leaf.ndim < 2 or leaf.shape[:2] != tokens.shape:  # noqa: PLR2004
            return leaf
        filling = leaf[is_pad][:1].expand(leaf.shape[0], count, *leaf.shape[2:])
        return torch.cat([filling, leaf] if is_left else [leaf, filling], 1)

    return map_leaves(extend, batch)
