"""Multi-layer perceptron on a tabular regression problem (simulated yields of a chemical plant)."""
from __future__ import annotations

import dataclasses
from typing import Any, Iterator

import numpy as np
import torch
from torch import Tensor, nn

FAMILY = "regressor"

SPEC = dict(
    optimizer="AdamW", learning_rate=4e-3, beta1=0.9, beta2=0.99, eps=1e-7, weight_decay=0.01,
    batch_size=50, epochs=15, steps=600, lr_schedule="cosine", warmup_steps=0, grad_clip=1.0, dropout=0.0,
    init="xavier_uniform", hidden_units=64, n_layers=3, n_parameters=9089,
    input_mean=0.0, input_std=1.0, max_loss=0.09, seed=0, n_seeds=10,
)

N_FEATURES = 10
PARTS = ("nets", "optimizers", "schedulers")


def config() -> dict[str, Any]:
    return {
        "optimizer": "AdamW", "learning_rate": 4e-3, "beta1": 0.9, "beta2": 0.99, "eps": 1e-7, "weight_decay": 0.01,
        "batch_size": 50, "steps": 600, "lr_schedule": "cosine", "grad_clip": 1.0, "hidden_units": 64, "n_layers": 3,
    }


@dataclasses.dataclass
class State:
    nets: dict[str, nn.Module]
    optimizers: dict[str, torch.optim.Optimizer]
    schedulers: dict[str, Any]
    train: "Table"
    test: "Table"
    config: dict[str, Any]
    seed: int
    step: int = 0


class Table(torch.utils.data.Dataset):
    """Standardised rows; `shift` and `scale` bring predictions back to the units of the target."""

    def __init__(self, x: np.ndarray, y: np.ndarray, shift: float, scale: float) -> None:
        self.x = torch.tensor(x, dtype=torch.float32)
        self.y = torch.tensor(y, dtype=torch.float32)
        self.shift, self.scale = shift, scale

    def __len__(self) -> int:
        return self.x.shape[0]

    def __getitem__(self, index) -> dict[str, Tensor]:
        return {"x": self.x[index], "y": self.y[index]}


def simulate(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    units = rng.normal(size=(n, N_FEATURES))
    y = 2.0 * np.sin(2.0 * units[:, 0]) + units[:, 1] * units[:, 2] + np.abs(units[:, 3]) - 0.7 * units[:, 4]
    y = 80.0 + 12.0 * (y + rng.normal(scale=0.15, size=n))
    location = np.linspace(-5, 300, N_FEATURES)
    spread = np.geomspace(0.01, 100, N_FEATURES)
    return location + spread * units, y


def tables() -> tuple[Table, Table]:
    x, y = simulate(2600, np.random.default_rng(7))
    x_train, x_test = x[:2000], x[2000:]
    y_train, y_test = y[:2000], y[2000:]
    mu, sigma = x_train.mean(axis=0), x_train.std(axis=0)
    shift, scale = float(y_train.mean()), float(y_train.std())
    train = Table((x_train - mu) / sigma, (y_train - shift) / scale, shift, scale)
    test = Table((x_test - mu) / sigma, (y_test - shift) / scale, shift, scale)
    return train, test


class MLP(nn.Module):
    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        sizes = [N_FEATURES] + [width] * depth
        blocks = []
        for fan_in, fan_out in zip(sizes, sizes[1:]):
            blocks += [nn.Linear(fan_in, fan_out), nn.SiLU()]
        self.body = nn.Sequential(*blocks)
        self.out = nn.Linear(width, 1)
        self.apply(self._init)

    @staticmethod
    def _init(module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.body(x)).squeeze(-1)


def setup(seed: int, config: dict[str, Any] | None = None) -> State:
    c = {**globals()["config"](), **(config or {})}
    torch.manual_seed(seed)
    train, test = tables()
    model = MLP(c["hidden_units"], c["n_layers"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=c["learning_rate"], betas=(c["beta1"], c["beta2"]),
                                  eps=c["eps"], weight_decay=c["weight_decay"])
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=c["steps"])
    return State({"model": model}, {"model": optimizer}, {"model": scheduler}, train, test, c, seed)


def batches(state: State) -> Iterator[dict[str, Tensor]]:
    size = state.config["batch_size"]
    per_epoch = len(state.train) // size
    step = state.step
    while True:
        epoch, position = divmod(step, per_epoch)
        order = np.random.default_rng([state.seed, epoch]).permutation(len(state.train))
        yield state.train[torch.from_numpy(order[position * size:(position + 1) * size])]
        step += 1


def collate(items: list[dict[str, Tensor]]) -> dict[str, Tensor]:
    return {key: torch.stack([item[key] for item in items]) for key in items[0]}


def loss_fn(model: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    return ((model(batch["x"]) - batch["y"]) ** 2).mean()


def train_step(state: State, batch: dict[str, Tensor]) -> Tensor:
    model = state.nets["model"].train()
    loss = loss_fn(model, batch)
    state.optimizers["model"].zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), state.config["grad_clip"])
    state.optimizers["model"].step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.detach()


def evaluate(state: State, dataset=None) -> dict[str, float]:
    dataset = state.test if dataset is None else dataset
    model = state.nets["model"].eval()
    errors, targets = [], []
    with torch.inference_mode():
        for start in range(0, len(dataset), 128):
            batch = collate([dataset[i] for i in range(start, min(start + 128, len(dataset)))])
            errors.append(model(batch["x"]) - batch["y"])
            targets.append(batch["y"])
    model.train()
    error, target = torch.cat(errors).double(), torch.cat(targets).double()
    mse = error.square().mean().item()
    return {
        "loss": mse,
        "n": len(error),
        "mse": mse,
        "rmse": state.test.scale * mse ** 0.5,  # in the units of the target
        "mae": state.test.scale * error.abs().mean().item(),
        "r2": 1.0 - mse / max(target.var(correction=0).item(), 1e-12),
    }


def save(state: State, path) -> None:
    blob = {part: {k: v.state_dict() for k, v in getattr(state, part).items()} for part in PARTS}
    torch.save({**blob, "config": state.config, "seed": state.seed, "step": state.step}, path)


def load(path) -> State:
    blob = torch.load(path, weights_only=True)
    state = setup(blob["seed"], blob["config"])
    for part in PARTS:
        for name, target in getattr(state, part).items():
            target.load_state_dict(blob[part][name])
    state.step = blob["step"]
    return state


def reference_forward(weights, x) -> np.ndarray:
    w = {name: np.asarray(value, dtype=np.float64) for name, value in weights.items()}
    h = np.asarray(x, dtype=np.float64)
    for layer in range(0, 6, 2):
        h = h @ w[f"body.{layer}.weight"].T + w[f"body.{layer}.bias"]
        h = h / (1.0 + np.exp(-h))
    return (h @ w["out.weight"].T + w["out.bias"])[..., 0]


if __name__ == "__main__":
    s = setup(0)
    stream = batches(s)
    while s.step < s.config["steps"]:
        train_step(s, next(stream))
    print(evaluate(s))
