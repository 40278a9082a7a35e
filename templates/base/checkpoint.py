"""Save and restore everything that training goes on from, bit for bit.

Only tensors and plain values are written, so that loading runs no code (weights_only=True).
"""

import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch

# What may change when a run goes on: how long, where, and what is shown.
FREE = frozenset(
    [
        "resume",
        "steps",
        "device",
        "threads",
        "workers",
        "out_dir",
        "progress",
        "tensorboard",
        "log_every",
        "save_every",
    ]
)
_NUMPY = "MT19937"  # numpy's global generator; PyTorch and libraries may draw from it


def save(state: Any, path: Path) -> None:
    """Write the checkpoint beside its place, then rename: whole or not at all."""
    saved = {
        "config": state.config,
        "seed": state.seed,
        "step": state.step,
        "rng": rng_state(),
        **{part: states(getattr(state, part)) for part in ("nets", "optimizers", "schedulers")},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    torch.save(saved, partial)
    partial.replace(path)


def read(path: Path) -> dict[str, Any]:
    """Read a checkpoint: tensors and plain values only."""
    saved: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return saved


def restore(state: Any, saved: dict[str, Any]) -> None:
    """Put what `read` gave into a fresh state."""
    for part in ("nets", "optimizers", "schedulers"):
        for name, value in saved[part].items():
            getattr(state, part)[name].load_state_dict(value)
    state.step = saved["step"]
    set_rng_state(saved["rng"])


def adopt_settings(state: Any, cfg: dict[str, Any]) -> None:
    """Go on with these settings, unless the state was trained with others.

    Raises:
        ValueError: Naming the settings that differ.
    """
    names = sorted({*state.config, *cfg} - FREE)
    differing = [name for name in names if state.config.get(name) != cfg.get(name)]
    if differing:
        msg = f"the checkpoint was trained with another {', '.join(differing)}: start afresh"
        raise ValueError(msg)
    state.config = cfg


def states(parts: dict[str, Any]) -> dict[str, Any]:
    """Return the state_dict of each part by name."""
    return {name: part.state_dict() for name, part in parts.items()}


def rng_state() -> dict[str, Any]:
    """Return the state of the global generators of Python, numpy and PyTorch."""
    _, keys, position, has_gauss, cached = np.random.get_state(legacy=True)  # noqa: NPY002
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {
        "python": random.getstate(),
        "numpy": [torch.from_numpy(np.asarray(keys, np.int64)), position, has_gauss, cached],
        "torch": torch.get_rng_state(),
        "cuda": cuda,
    }


def set_rng_state(rng: dict[str, Any]) -> None:
    """Set the global generators to what `rng_state` gave."""
    random.setstate(rng["python"])
    keys, position, has_gauss, cached = rng["numpy"]
    state = (_NUMPY, keys.numpy().astype(np.uint32), position, has_gauss, cached)
    np.random.set_state(state)  # noqa: NPY002
    torch.set_rng_state(rng["torch"])
    if rng["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(rng["cuda"])
