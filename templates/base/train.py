"""Train one stage. Every setting is in conf/ and can be given on the command line.

    python train.py stage=1_single_example          one example runs
    python train.py stage=2_overfit                 a few examples are learnt by heart
    python train.py stage=3_generalize seed=1       examples it has not seen
    python train.py stage=4_optimize                the same curve, faster
    python train.py stage=3_generalize scale=paper  at the paper's size, where the hardware is

Ctrl-C saves a checkpoint; `resume=true` goes on from it.
The functions below `FAMILY` are what the gates call.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hydra
import torch
from omegaconf import DictConfig, OmegaConf
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the field's name for it
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import Dataset, Subset

import checkpoint
import data
import lines
import model
import placeholder
from loading import Batch, collate, indexed_batches, loader_batches, make_loader
from optimizers import build_optimizer, build_schedulers
from records import Run
from reference import reference_forward

__all__ = ["collate", "make_loader", "reference_forward"]  # defined elsewhere, called here
ROOT = Path(__file__).resolve().parent
Config = dict[str, Any]

FAMILY = "classifier"
SPEC: Mapping[str, object] = json.loads((ROOT / "paper.json").read_text("utf-8"))["spec"]


@dataclass
class State:
    """Everything that changes while training, and the data it trains on."""

    config: Config
    seed: int
    device: torch.device
    nets: dict[str, nn.Module]
    optimizers: dict[str, Optimizer]
    train: Dataset[Any]
    validation: Dataset[Any] | None
    test: Dataset[Any]
    schedulers: dict[str, LRScheduler] = field(default_factory=dict)
    step: int = 0


def read_config(*overrides: str) -> Config:
    """Compose conf/ with overrides written as on the command line, "stage=2_overfit"."""
    with hydra.initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        return plain(hydra.compose("config", overrides=list(overrides)))


config = read_config  # the gates' name for it


def plain(cfg: DictConfig) -> Config:
    """Return the configuration resolved, as plain dicts; a value left at ??? is an error."""
    container = OmegaConf.to_container(cfg, resolve=True, throw_on_missing=True)
    return {str(key): value for key, value in dict(container).items()}  # type: ignore[arg-type]


def setup(seed: int, config: Config | None = None) -> State:
    """Return the state before the first step: a function of the seed and the settings."""
    cfg = read_config() if config is None else config
    torch.manual_seed(seed)
    automatic = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(automatic if cfg["device"] == "auto" else cfg["device"])
    is_placeholder = cfg["model"]["name"] == "placeholder"
    net = (placeholder.build if is_placeholder else model.build)(cfg["model"]).to(device)
    splits = (lines if cfg["data"]["name"] == "lines" else data).load(cfg["data"])
    n = cfg["examples"]
    train_set = splits.train if n is None else Subset(splits.train, range(n))
    optimizer = build_optimizer(net, cfg)
    schedulers = build_schedulers(optimizer, cfg)
    return State(
        cfg, seed, device, {"model": net}, {"model": optimizer},
        train_set, splits.validation, splits.test, schedulers,
    )  # fmt: skip


def batches(state: State) -> Iterator[Batch]:
    """Yield batches from `state.step` on: a function of (seed, step) alone."""
    stream = {"indexed": indexed_batches, "loader": loader_batches}[state.config["loading"]]
    return stream(state.train, state.config, state.seed, state.step, state.device)


def loss_fn(net: nn.Module, batch: Batch) -> Tensor:
    """Return the cross-entropy, a mean over the batch."""
    x, y = batch
    return F.cross_entropy(net(x), y)


def precision(state: State) -> AbstractContextManager[None]:
    """Return the context in which the forward pass runs."""
    is_bf16 = state.config["precision"] == "bf16"
    return torch.autocast(state.device.type, torch.bfloat16) if is_bf16 else nullcontext()


def train_step(state: State, batch: Batch) -> Tensor:
    """Take one optimizer step; return the loss before it, detached."""
    net, optimizer = state.nets["model"], state.optimizers["model"]
    with precision(state):
        loss = loss_fn(net, batch)
    optimizer.zero_grad()
    loss.backward()
    if state.config["grad_clip"] is not None:
        nn.utils.clip_grad_norm_(net.parameters(), state.config["grad_clip"])
    optimizer.step()
    for scheduler in state.schedulers.values():
        scheduler.step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def predict(state: State, dataset: Dataset[Any] | None = None) -> tuple[Tensor, Tensor]:
    """Return logits [N, C] and labels [N], on the CPU: of the validation split, else of test."""
    if dataset is None:
        dataset = state.test if state.validation is None else state.validation
    net = state.nets["model"]
    was_training = net.training
    net.eval()
    found = []
    for x, y in make_loader(dataset, 0, 0, batch_size=500, shuffle=False, drop_last=False):
        with precision(state):
            found.append((net(x.to(state.device)).float().cpu(), y))
    net.train(was_training)
    logits, labels = zip(*found, strict=True)
    return torch.cat(logits), torch.cat(labels)


def evaluate(state: State, dataset: Dataset[Any] | None = None) -> dict[str, float]:
    """Return loss, accuracy and n on a dataset: the validation split, else the test split."""
    logits, labels = predict(state, dataset)
    accuracy = (logits.argmax(1) == labels).double().mean().item()
    loss = F.cross_entropy(logits, labels).item()
    return {"loss": loss, "accuracy": accuracy, "n": len(labels)}


def save(state: State, path: Path | str) -> None:
    """Write everything that a bitwise resume needs; whole or not at all."""
    checkpoint.save(state, Path(path))


def load(path: Path | str) -> State:
    """Return the state that `save` wrote, ready for the next step."""
    saved = checkpoint.read(Path(path))
    state = setup(saved["seed"], saved["config"])
    checkpoint.restore(state, saved)
    return state


def train(cfg: Config) -> dict[str, float]:
    """Train to `steps`; leave a checkpoint, metrics.jsonl and one record in results/."""
    path = ROOT / cfg["out_dir"] / "checkpoint.pt"
    state = load(path) if cfg["resume"] and path.exists() else setup(cfg["seed"], cfg)
    checkpoint.adopt_settings(state, cfg)
    with Run(cfg, ROOT, start=state.step) as run:
        stream = batches(state)
        while state.step < cfg["steps"] and not run.is_interrupted:
            loss = train_step(state, next(stream))
            if state.step % cfg["log_every"] == 0 or state.step == cfg["steps"]:
                run.log(state.step, loss=loss.item())
            if cfg["save_every"] and state.step % cfg["save_every"] == 0:
                save(state, path)
        save(state, path)
        metrics = {f"train_{key}": value for key, value in evaluate(state, state.train).items()}
        metrics |= evaluate(state)
        run.finish(metrics, path, predict(state)[0].argmax(1))
    return metrics


@hydra.main(version_base="1.3", config_path="conf", config_name="config")
def main(cfg: DictConfig) -> None:
    """Train the stage that the command line names."""
    torch.set_num_threads(cfg.threads or os.cpu_count() or 1)
    metrics = train(plain(cfg))
    sys.stdout.write("  ".join(f"{key} {value:.4g}" for key, value in metrics.items()) + "\n")


if __name__ == "__main__":
    main()
