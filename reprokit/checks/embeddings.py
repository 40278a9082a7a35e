"""Stage 1, sequences: every token is learnt, but padding."""

from typing import Any

from reprokit.checks import probe
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Passed

_MIN_OCCURRENCES = 5  # the last token of a line is only a target: nobody asks what it would say


def every_token_is_learnt(context: Context) -> Passed:
    """Look at the embeddings' gradients: each token of a batch has one, padding has none."""
    used, silent = tokens_used(context, context.fresh())
    if not used:
        raise CheckSkipped("no embedding module")
    if silent:
        raise CheckFailed(
            expected="a gradient for every token of the batch but padding",
            found=f"none for token {', '.join(map(str, sorted(silent)[:6]))}",
            causes=("padding_idx is another token's", "tokens that are masked on the way"),
            look="the embedding in model.py",
        )
    return Passed(f"{len(used)} tokens, each with a gradient")


def tokens_used(context: Context, state: Any) -> tuple[set[int], set[int]]:
    """Return the tokens of a batch, and those whose row of an embedding gets no gradient."""
    import torch  # noqa: PLC0415  heavy

    net, batch = context.net(state), context.batch(state)
    seen: list[tuple[Any, Any]] = []
    tables = [m for m in net.modules() if isinstance(m, torch.nn.Embedding)]
    handles = [
        m.register_forward_hook(lambda m, args, _: seen.append((m, args[0]))) for m in tables
    ]
    net.zero_grad()
    with probe.without_masks():
        context.program.function("loss_fn")(net, batch).backward()
    for handle in handles:
        handle.remove()
    pad = context.spec.get("pad_index")
    used: set[int] = set()
    silent: set[int] = set()
    for table, tokens in seen:
        own_pad = pad if isinstance(pad, int) else table.padding_idx
        if table.weight.grad is not None and own_pad is not None:
            rows = (probe.dense(table.weight.grad) == 0).all(1).nonzero().flatten().tolist()
            often = {t for t, n in counted(tokens, own_pad).items() if n >= _MIN_OCCURRENCES} - {
                own_pad
            }
            used |= often
            silent |= often & set(rows)
    return used, silent


def counted(tokens: Any, pad: int) -> dict[int, int]:
    """Return how often each token occurs, in lines [B, T] before another one that is no padding.

    The last of a line is often an input whose target is padding: it learns nothing, and rightly.
    """
    if tokens.ndim == 2:  # noqa: PLR2004
        tokens = tokens[:, :-1][tokens[:, 1:] != pad]
    values, counts = tokens.unique(return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))
