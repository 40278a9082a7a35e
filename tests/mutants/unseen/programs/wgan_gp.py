"""WGAN with gradient penalty (Gulrajani et al., 2017) on a 3x3 grid of Gaussians.

One training step is one critic update on one real batch; every ``n_critic``-th step the generator is updated too.
The learning rate of both networks falls linearly to zero over ``steps`` critic updates.
"""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Iterator, Mapping, Optional

import torch
from torch import Tensor, nn
from torch.optim import Adam
from torch.optim.lr_scheduler import LambdaLR

FAMILY = "gan"

SPEC: Mapping[str, Any] = {
    "optimizer": "adam", "learning_rate": 4e-3, "beta1": 0.0, "beta2": 0.9, "eps": 1e-8, "weight_decay": 0.0,
    "lr_schedule": "linear",           # to zero, over "steps" critic updates
    "batch_size": 128,
    "steps": 3000,                     # critic updates
    "n_critic": 4,
    "gp_lambda": 0.1,
    "gp_target": 1.0,
    "gp_sided": 2,                     # two-sided: (|grad| - 1)^2
    "loss": "wasserstein",
    "latent_dim": 2,
    "z_dim": 2,
    "z_prior": "normal",
    "hidden_units": 64,
    "n_layers": 4,                     # linear layers, in each network
    "activation": "relu",
    "batch_norm": False,               # in neither network
    "init": "kaiming_uniform",         # biases start at zero
    "n_modes": 9,
    "grid_spacing": 1.5,
    "mode_std": 0.15,
    "n_train": 8192, "n_test": 2048, "seed": 0, "n_seeds": 5,
    "max_loss": 0.12,                  # sliced 1-Wasserstein distance between samples and test set
    "min_quality": 0.7,
}

DEFAULTS = {"learning_rate": 4e-3, "beta1": 0.0, "beta2": 0.9, "batch_size": 128, "steps": 3000, "n_critic": 4,
            "hidden_units": 64}
GP_LAMBDA, Z_DIM = 0.1, 2
SIDE, SPACING, MODE_STD = 3, 1.5, 0.15


def config() -> Mapping[str, Any]:
    return dict(DEFAULTS)


def mode_centres() -> Tensor:
    ticks = SPACING * (torch.arange(SIDE) - (SIDE - 1) / 2)
    return torch.cartesian_prod(ticks, ticks)


def sample_real(n: int, generator: Optional[torch.Generator] = None) -> Tensor:
    centres = mode_centres()
    index = torch.randint(0, len(centres), (n,), generator=generator)
    return centres[index] + MODE_STD * torch.randn(n, 2, generator=generator)


def sample_noise(n: int, generator: Optional[torch.Generator] = None) -> Tensor:
    return torch.randn(n, Z_DIM, generator=generator)


class MLP(nn.Module):
    def __init__(self, n_in: int, n_out: int, width: int) -> None:
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(n_in, width), nn.Linear(width, width), nn.Linear(width, width)])
        self.head = nn.Linear(width, n_out)
        for layer in [*self.hidden, self.head]:
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.head(x)


class Generator(MLP):
    def __init__(self, width: int) -> None:
        super().__init__(Z_DIM, 2, width)


class Critic(MLP):
    def __init__(self, width: int) -> None:
        super().__init__(2, 1, width)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).squeeze(-1)


@dataclass
class State:
    seed: int
    cfg: dict
    train: Tensor
    test: Tensor
    nets: dict = field(default_factory=dict)
    optimizers: dict = field(default_factory=dict)
    schedulers: dict = field(default_factory=dict)
    step: int = 0


def setup(seed: int, config: Optional[Mapping[str, Any]] = None) -> State:
    torch.manual_seed(seed)
    cfg = {**DEFAULTS, **(config or {})}
    train = sample_real(SPEC["n_train"], torch.Generator().manual_seed(2 * seed))
    test = sample_real(SPEC["n_test"], torch.Generator().manual_seed(2 * seed + 1))
    state = State(seed=seed, cfg=cfg, train=train, test=test)
    state.nets = {"G": Generator(cfg["hidden_units"]), "D": Critic(cfg["hidden_units"])}
    for name, net in state.nets.items():
        optimizer = Adam(net.parameters(), lr=cfg["learning_rate"], betas=(cfg["beta1"], cfg["beta2"]))
        state.optimizers[name] = optimizer
        total = cfg["steps"] if name == "D" else cfg["steps"] // cfg["n_critic"]
        state.schedulers[name] = LambdaLR(optimizer, lambda k, total=total: max(0.0, 1.0 - k / total))
    return state


def batches(state: State) -> Iterator[Tensor]:
    """Shuffled passes over the training points; the order of a pass depends on (seed, pass)."""
    size, per_pass, step = state.cfg["batch_size"], len(state.train) // state.cfg["batch_size"], state.step
    while True:
        number, offset = divmod(step, per_pass)
        order = torch.randperm(len(state.train), generator=torch.Generator().manual_seed(7919 * state.seed + number))
        for k in range(offset, per_pass):
            yield state.train[order[k * size:(k + 1) * size]]
            step += 1


def gradient_penalty(D: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    alpha = torch.rand(len(real), 1)
    mixed = (alpha * real + (1 - alpha) * fake).detach().requires_grad_(True)
    (grad,) = torch.autograd.grad(D(mixed).sum(), mixed, create_graph=True)
    return ((grad.norm(2, dim=1) - 1) ** 2).mean()


def d_loss(D: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    return D(fake).mean() - D(real).mean() + GP_LAMBDA * gradient_penalty(D, real, fake)


def g_loss(D: nn.Module, fake: Tensor) -> Tensor:
    return -D(fake).mean()


def d_step(state: State, real: Tensor) -> Tensor:
    with torch.no_grad():
        fake = state.nets["G"](sample_noise(len(real)))
    loss = d_loss(state.nets["D"], real, fake)
    state.optimizers["D"].zero_grad(set_to_none=True)
    loss.backward()
    state.optimizers["D"].step()
    state.schedulers["D"].step()
    return loss.detach()


def g_step(state: State, n: int) -> Tensor:
    loss = g_loss(state.nets["D"], state.nets["G"](sample_noise(n)))
    state.optimizers["G"].zero_grad(set_to_none=True)
    loss.backward()
    state.optimizers["G"].step()
    state.schedulers["G"].step()
    return loss.detach()


def train_step(state: State, batch: Tensor) -> dict:
    losses = {"D": d_step(state, batch)}
    state.step += 1
    if state.step % state.cfg["n_critic"] == 0:
        losses["G"] = g_step(state, len(batch))
    return losses


def sliced_wasserstein(a: Tensor, b: Tensor, n_directions: int = 32) -> float:
    angle = torch.arange(n_directions) * (torch.pi / n_directions)
    directions = torch.stack([angle.cos(), angle.sin()])
    return ((a @ directions).sort(dim=0).values - (b @ directions).sort(dim=0).values).abs().mean().item()


def evaluate(state: State, dataset: Optional[Tensor] = None) -> dict:
    real = state.test if dataset is None else dataset
    with torch.no_grad():
        fake = state.nets["G"](sample_noise(len(real), torch.Generator().manual_seed(2024)))
    distance, mode = torch.cdist(fake, mode_centres()).min(dim=1)
    hit = distance <= 3 * MODE_STD
    share = torch.bincount(mode[hit], minlength=SIDE ** 2) / len(fake)
    return {
        "loss": sliced_wasserstein(fake, real),
        "n": len(real),
        "modes": int((share > 0.02).sum()),
        "quality": float(hit.float().mean()),
    }


def save(state: State, path: str) -> None:
    parts = {kind: {k: v.state_dict() for k, v in getattr(state, kind).items()}
             for kind in ("nets", "optimizers", "schedulers")}
    torch.save({**parts, "seed": state.seed, "cfg": state.cfg, "step": state.step, "rng": torch.get_rng_state()}, path)


def load(path: str) -> State:
    saved = torch.load(path, weights_only=True)
    state = setup(saved["seed"], saved["cfg"])
    for kind in ("nets", "optimizers", "schedulers"):
        for name, part in getattr(state, kind).items():
            part.load_state_dict(saved[kind][name])
    state.step = saved["step"]
    torch.set_rng_state(saved["rng"])
    return state


if __name__ == "__main__":
    run = setup(SPEC["seed"])
    for _, points in zip(range(SPEC["steps"]), batches(run)):
        train_step(run, points)
    print(evaluate(run))
