"""One training loop as a process: print its samples a second of CPU time.

    python loops.py generated|bare|lightning tiny|large PROJECT

The cost of a step is the difference between a long and a short training, so that imports,
set-up and the evaluation at the end do not count; logging and checkpoints do. The three loops
train the same network on the same data with the same optimizer.
"""

import logging
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from torch.utils.data import DataLoader

# The overrides, and the steps of a short and of a long training. The large one has little to
# evaluate at its end: what is compared is the loop.
SIZES: dict[str, tuple[str, int, int]] = {
    "tiny": ("model=cnn data=mnist1d batch_size=32", 200, 1600),
    "large": (
        "model=placeholder data=lines model.width=64 batch_size=512 "
        "data.n_train=1024 data.n_held_out=16",
        2,
        16,
    ),
}


def generated(cfg: dict[str, Any]) -> None:
    """Train with the project's own `train`."""
    import train  # noqa: PLC0415  the project's

    root = train.ROOT
    with tempfile.TemporaryDirectory() as folder:
        train.ROOT = Path(folder)
        train.train({**cfg, "save_every": 500})
    train.ROOT = root


def bare(cfg: dict[str, Any]) -> None:
    """Train with the loop that everybody writes first."""
    import train  # noqa: PLC0415  the project's

    state = train.setup(cfg["seed"], cfg)
    net, optimizer = state.nets["model"], state.optimizers["model"]
    loader = DataLoader(state.train, cfg["batch_size"], shuffle=True, drop_last=True)
    step = 0
    while step < cfg["steps"]:
        for x, y in loader:
            loss = functional.cross_entropy(net(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            if step == cfg["steps"]:
                break
    for dataset in (state.train, state.validation, state.validation):  # as the project does
        train.evaluate(state, dataset)


def lightning(cfg: dict[str, Any]) -> None:
    """Train with Lightning's Trainer as it comes."""
    import lightning as pl  # noqa: PLC0415  four seconds to import
    import train  # noqa: PLC0415  the project's

    state = train.setup(cfg["seed"], cfg)

    class Module(pl.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.net = state.nets["model"]

        def training_step(self, batch: Any, _: int) -> Any:
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


LOOPS = {"generated": generated, "bare": bare, "lightning": lightning}


def main() -> None:
    """Measure the loop that the command line names."""
    kind, size, project = sys.argv[1:]
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    sys.path.insert(0, project)
    import train  # noqa: PLC0415  the project's

    overrides, short, long = SIZES[size]
    quiet = ("progress=false", "tensorboard=false", "lr_schedule=constant")
    seconds = {}
    for steps in (short, short, long):  # the first one warms up
        cfg = train.read_config("stage=3_generalize", *overrides.split(), *quiet, f"steps={steps}")
        began = time.process_time()
        LOOPS[kind](cfg)
        seconds[steps] = time.process_time() - began
    rate = (long - short) * cfg["batch_size"] / (seconds[long] - seconds[short])
    sys.stdout.write(f"{rate}\n")


if __name__ == "__main__":
    main()
