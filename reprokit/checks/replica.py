"""One of two processes that take a step together: `python -m reprokit.checks.replica`.

Arguments: a folder with `request.json` (program, seed, overrides), to meet and to write in, and
the rank. Writes `RANK.pt` with the gradients: `gradient` after the exchange, `own` of this half
alone, `whole` of the batch.
"""

import json
import sys
from pathlib import Path
from typing import Any

N_STEPS = 2  # the second one shows parameters that no gradient reached


def main(arguments: list[str]) -> None:
    """Take steps on half of each batch, wrapped, and keep the last gradients."""
    import torch  # noqa: PLC0415  heavy
    from torch.nn.parallel import DistributedDataParallel  # noqa: PLC0415

    from reprokit.checks import probe  # noqa: PLC0415
    from reprokit.checks.batch import size, take  # noqa: PLC0415
    from reprokit.checks.context import Context  # noqa: PLC0415
    from reprokit.checks.program import load_program  # noqa: PLC0415

    folder, rank = Path(arguments[0]), int(arguments[1])
    request = json.loads((folder / "request.json").read_text("utf-8"))
    torch.set_num_threads(1)
    program = load_program(Path(request["program"]))
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{folder / 'meeting'}", rank=rank, world_size=2
    )
    context = Context(
        program, "4_optimize", seed=request["seed"], overrides=tuple(request["overrides"]),
        spec=program.spec,
    )  # fmt: skip
    state = context.fresh()
    batch = context.batch(state)
    half = range(rank, size(batch) - size(batch) % 2, 2)
    net = context.net(state).eval()
    own = gradient_of(context, probe.twin(net), take(batch, half))
    whole = gradient_of(context, probe.twin(net), take(batch, range(size(batch))))
    wrapped = DistributedDataParallel(net)
    for _ in range(N_STEPS):
        gradient = gradient_of(context, wrapped, take(batch, half))
    torch.save({"gradient": gradient, "own": own, "whole": whole}, folder / f"{rank}.pt")
    torch.distributed.destroy_process_group()


def gradient_of(context: Any, net: Any, batch: Any) -> Any:
    """Return the gradient [P] of the program's loss on a batch."""
    import torch  # noqa: PLC0415  heavy

    from reprokit.checks import probe  # noqa: PLC0415

    for p in net.parameters():
        p.grad = None
    with probe.calm(), probe.same_draws(context.seed):
        loss = context.program.function("loss_fn")(net, batch)
    loss.backward()
    return torch.cat([p.grad.flatten() for p in net.parameters() if p.grad is not None])


if __name__ == "__main__":
    main(sys.argv[1:])
