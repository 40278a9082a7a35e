"""Heteroscedastic regression: a Gaussian whose mean and log variance are both predicted.

The targets are standardised for training (the data sets keep the original units); RMSE, MAE and coverage
are reported in the original units, "loss" is the NLL of the standardised targets.  The trunk with the mean
head and the variance head have an optimizer each, and annealed Gaussian noise is added to the gradients
(its generator lives in the state).
"""
from dataclasses import dataclass, field
from typing import Dict, Iterator

import numpy as np
import torch
from torch import Tensor, nn

FAMILY = "regressor"
SPEC = {
    "loss": "Gaussian negative log likelihood with predicted variance, constant term included",
    "target_normalisation": "targets standardised with the mean and standard deviation of the training set",
    "learning_rate": 3e-3,
    "learning_rate_variance_head": 1e-3,
    "optimizer": "Adam, one for the trunk and the mean, one for the variance head",
    "beta1": 0.9, "beta2": 0.999,
    "gradient_noise": "N(0, 0.001 / (1 + t)^0.55) added to every gradient",
    "batch_size": 128, "steps": 350,
    "initialisation": "both heads at zero, so that the first prediction is N(0, 1)",
    "max_loss": 0.5, "max_rmse": 7.0,
}


@dataclass
class Readings:
    inputs: Tensor        # [N, 4]
    target: Tensor        # [N], original units

    def __len__(self):
        return len(self.target)


@dataclass
class Minibatch:
    inputs: Tensor
    target: Tensor        # standardised


@dataclass
class TrainingState:
    seed: int
    nets: Dict[str, nn.Module]
    optimizers: Dict[str, torch.optim.Optimizer]
    train: Readings
    test: Readings
    centre: float
    spread: float
    noise: torch.Generator
    knobs: dict
    schedulers: dict = field(default_factory=dict)
    step: int = 0


class MeanVariance(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(4, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh())
        self.mean, self.log_var = nn.Linear(64, 1), nn.Linear(64, 1)
        for head in (self.mean, self.log_var):
            nn.init.zeros_(head.weight)
            nn.init.zeros_(head.bias)

    def forward(self, x):
        h = self.trunk(x)
        return self.mean(h).squeeze(-1), self.log_var(h).squeeze(-1).clamp(-8.0, 8.0)


def measure(n, key):
    rng = np.random.default_rng(key)
    x = rng.uniform(-1, 1, (n, 4))
    mean = 70 + 15 * np.sin(2.5 * x[:, 0]) + 9 * x[:, 1] - 8 * x[:, 2] * x[:, 0]
    sigma = 1.0 + 8.0 / (1 + np.exp(-5 * x[:, 3]))
    return Readings(torch.tensor(x, dtype=torch.float32), torch.tensor(mean + sigma * rng.normal(size=n), dtype=torch.float32))


def setup(seed, config=None):
    knobs = {"learning_rate": SPEC["learning_rate"], "batch_size": SPEC["batch_size"], "steps": SPEC["steps"]}
    knobs.update(config or {})
    torch.manual_seed(seed)
    net = MeanVariance()
    betas = (SPEC["beta1"], SPEC["beta2"])
    main = torch.optim.Adam([*net.trunk.parameters(), *net.mean.parameters()], lr=knobs["learning_rate"], betas=betas)
    side = torch.optim.Adam(net.log_var.parameters(), lr=SPEC["learning_rate_variance_head"], betas=betas)
    train, test = measure(3000, [5, 50]), measure(800, [5, 51])
    return TrainingState(seed=seed, nets={"model": net}, optimizers={"mean": main, "variance": side}, train=train, test=test,
                         centre=train.target.mean().item(), spread=train.target.std().item(),
                         noise=torch.Generator().manual_seed(seed + 10**6), knobs=knobs)


def batches(state) -> Iterator[Minibatch]:
    t, size, data = state.step, state.knobs["batch_size"], state.train
    while True:
        rows = torch.from_numpy(np.random.default_rng([state.seed, t]).choice(len(data), size, replace=False))
        yield Minibatch(data.inputs[rows], (data.target[rows] - state.centre) / state.spread)
        t += 1


def loss_fn(model, batch):
    mean, log_var = model(batch.inputs)
    return nn.functional.gaussian_nll_loss(mean, batch.target, log_var.exp(), full=True, eps=1e-6)


def train_step(state, batch):
    net = state.nets["model"].train()
    net.zero_grad(set_to_none=True)
    loss = loss_fn(net, batch)
    loss.backward()
    scale = (0.001 / (1 + state.step) ** 0.55) ** 0.5
    for p in net.parameters():
        p.grad.add_(torch.randn(p.shape, generator=state.noise), alpha=scale)
    for optimizer in state.optimizers.values():
        optimizer.step()
    state.step += 1
    return loss.detach()


def evaluate(state, dataset=None):
    data = state.test if dataset is None else dataset
    net = state.nets["model"]
    before = net.training
    net.eval()
    with torch.no_grad():
        loss = loss_fn(net, Minibatch(data.inputs, (data.target - state.centre) / state.spread)).item()
        mean, log_var = net(data.inputs)
    net.train(before)
    error = mean * state.spread + state.centre - data.target
    sigma = (0.5 * log_var).exp() * state.spread
    return {"loss": loss, "n": len(data), "rmse": error.square().mean().sqrt().item(), "mae": error.abs().mean().item(),
            "coverage_90": (error.abs() < 1.6449 * sigma).float().mean().item()}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "knobs": state.knobs, "net": state.nets["model"].state_dict(),
                "optimizers": {k: o.state_dict() for k, o in state.optimizers.items()}, "noise": state.noise.get_state()}, path)


def load(path):
    kept = torch.load(path, weights_only=True)
    state = setup(kept["seed"], kept["knobs"])
    state.step = kept["step"]
    state.nets["model"].load_state_dict(kept["net"])
    for name, optimizer in state.optimizers.items():
        optimizer.load_state_dict(kept["optimizers"][name])
    state.noise.set_state(kept["noise"])
    return state


if __name__ == "__main__":
    state = setup(0)
    feed = batches(state)
    while state.step < state.knobs["steps"]:
        train_step(state, next(feed))
    print(evaluate(state))
