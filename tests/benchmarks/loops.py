"""Two training loops in one process, turn by turn: print the ratios of their speed, as JSON.

    python loops.py bare|lightning tiny|large PROJECT

Both train the same network on the same data with the same optimizer; each has its thread, and
only one of them runs at a time: a few steps of the generated loop, as many of the other. A ratio
is the other's CPU time for its turn over the generated loop's, so that 1 means equally fast and
2 twice as fast. Turns are short, so that a drift of the machine's speed meets both alike.
Logging counts, imports, set-up and the evaluation at the end do not.
"""

import json
import logging
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from torch.utils.data import DataLoader

# The overrides, the steps of a turn, and the number of turns.
SIZES: dict[str, tuple[str, int, int]] = {
    "tiny": ("model=cnn data=mnist1d batch_size=32", 100, 20),
    "large": (
        "model=placeholder data=lines model.width=64 batch_size=512 "
        "data.n_train=1024 data.n_held_out=16",
        1,
        41,
    ),
}
N_WARM_UP = 3  # turns


class Turns:
    """The steps of one of two loops: waits for its turn, and keeps the CPU seconds of each."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.seconds: list[float] = []
        self.may_go = threading.Semaphore(0)
        self.other: Turns | None = None
        self.taken = 0
        self.began = 0.0

    def step(self) -> None:
        """Count a step about to begin; every `steps` of them the other loop has its turn."""
        if self.taken == 0:
            self.may_go.acquire()
            self.began = time.thread_time()
        elif self.taken % self.steps == 0:
            self.seconds.append(time.thread_time() - self.began)
            self.hand_over()
            self.began = time.thread_time()
        self.taken += 1

    def over(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Yield the batches, each as one step."""
        for batch in batches:
            self.step()
            yield batch

    def hand_over(self) -> None:
        """Let the other loop have its turn, and wait for the next one; alone, go on."""
        if self.other is not None:
            self.other.may_go.release()
            self.may_go.acquire()

    def leave(self) -> None:
        """Let the other loop go on alone."""
        if self.other is not None:
            self.other.other = None
            self.other.may_go.release()


def endless(loader: Iterable[Any]) -> Iterator[Any]:
    """Yield a loader's batches, epoch after epoch."""
    while True:
        yield from loader


def generated(cfg: dict[str, Any], turns: Turns) -> None:
    """Train with the project's own `train`."""
    import train

    root, stream = train.ROOT, train.batches
    train.batches = lambda state: turns.over(stream(state))
    with tempfile.TemporaryDirectory() as folder:
        train.ROOT = Path(folder)
        train.train(cfg)
    train.ROOT, train.batches = root, stream


def bare(cfg: dict[str, Any], turns: Turns) -> None:
    """Train with the loop that everybody writes first."""
    import train

    state = train.setup(cfg["seed"], cfg)
    net, optimizer = state.nets["model"], state.optimizers["model"]
    loader = DataLoader(state.train, cfg["batch_size"], shuffle=True, drop_last=True)
    for step, (x, y) in enumerate(turns.over(endless(loader))):
        if step == cfg["steps"]:
            break
        loss = functional.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def lightning(cfg: dict[str, Any], turns: Turns) -> None:
    """Train with Lightning's Trainer as it comes."""
    import lightning as pl
    import train

    state = train.setup(cfg["seed"], cfg)

    class Module(pl.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.net = state.nets["model"]

        def training_step(self, batch: Any, _: int) -> Any:
            turns.step()
            loss = functional.cross_entropy(self.net(batch[0]), batch[1])
            self.log("loss", loss)
            return loss

        def configure_optimizers(self) -> Any:
            return state.optimizers["model"]

    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    loader = DataLoader(state.train, cfg["batch_size"], shuffle=True, drop_last=True)
    with tempfile.TemporaryDirectory() as folder:
        trainer = pl.Trainer(accelerator="cpu", max_steps=cfg["steps"], default_root_dir=folder)
        trainer.fit(Module(), loader)


LOOPS: dict[str, Callable[[dict[str, Any], Turns], None]] = {"bare": bare, "lightning": lightning}


def compare(kind: str, cfg: dict[str, Any], steps: int) -> list[float]:
    """Run the generated loop and another one in turns; return the ratios, the warm-up left out."""
    ours, theirs = Turns(steps), Turns(steps)
    ours.other, theirs.other = theirs, ours

    def run_theirs() -> None:
        LOOPS[kind](cfg, theirs)
        theirs.leave()

    thread = threading.Thread(target=run_theirs, daemon=True)
    thread.start()
    ours.may_go.release()
    generated(cfg, ours)
    ours.leave()
    thread.join()
    pairs = zip(ours.seconds, theirs.seconds, strict=False)
    return [other / own for own, other in pairs][N_WARM_UP:]


def main() -> None:
    """Compare the loops that the command line names."""
    kind, size, project = sys.argv[1:]
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    sys.path.insert(0, project)
    import train

    overrides, steps, turns = SIZES[size]
    quiet = ("progress=false", "tensorboard=false", "lr_schedule=constant", "threads=1")
    count = f"steps={steps * (turns + N_WARM_UP)}"
    cfg = train.read_config("stage=3_generalize", *overrides.split(), *quiet, count)
    sys.stdout.write(json.dumps(compare(kind, cfg, steps)) + "\n")


if __name__ == "__main__":
    main()
