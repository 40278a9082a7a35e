"""The optimizer and its learning-rate schedule, by the names in conf/."""

from typing import Any

from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LRScheduler, OneCycleLR

Config = dict[str, Any]


def build_optimizer(net: nn.Module, cfg: Config) -> Optimizer:
    """Return the optimizer that the settings name, over every parameter of the net."""
    lr, weight_decay = cfg["learning_rate"], cfg["weight_decay"]
    fused = cfg["fused"] or None  # None lets PyTorch choose
    if cfg["optimizer"] == "sgd":
        return SGD(net.parameters(), lr, cfg["momentum"], weight_decay=weight_decay, fused=fused)
    kind: type[Adam] = {"adam": Adam, "adamw": AdamW}[cfg["optimizer"]]
    betas = (cfg["beta1"], cfg["beta2"])
    return kind(net.parameters(), lr, betas, cfg["eps"], weight_decay, fused=fused)


def build_schedulers(optimizer: Optimizer, cfg: Config) -> dict[str, LRScheduler]:
    """Return the learning-rate schedule; `constant` needs none."""
    if cfg["lr_schedule"] == "onecycle":
        # momentum stays as it is set: by default this schedule would cycle beta1 as well
        schedule = OneCycleLR(
            optimizer, cfg["learning_rate"], total_steps=cfg["steps"] + 1, cycle_momentum=False
        )
        return {"model": schedule}
    if cfg["lr_schedule"] == "cosine":
        return {"model": CosineAnnealingLR(optimizer, cfg["steps"])}
    return {}
