"""One-step forecasts of noisy nonlinear autoregressive series: a residual MLP on twelve lags and the calendar."""
import copy
from typing import NamedTuple

import numpy as np
import torch
import torch.nn as nn

FAMILY = "regressor"

SPEC = {
    # data
    "n_series": 48, "length": 160, "train_length": 120, "lags": 12, "horizon": 1, "period": 12,
    "split": "by time: the first 120 points of every series train, every later point is a test target",
    "normalization": "values (lags and targets) by mean and standard deviation of the training part",
    "n_train": 5184, "n_test": 1920,
    "input_noise": 0.02,
    # network
    "width": 64, "depth": 3, "activation": "relu", "norm": "layer norm (pre-activation residual blocks), eps 1e-5",
    "init": "kaiming_uniform (PyTorch's default)", "n_parameters": 26497,
    # optimisation
    "loss": "huber", "huber_delta": 0.5,
    "optimizer": "Adam", "learning_rate": 3e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0,
    "batch_size": 64, "accumulation_steps": 2, "grad_clip": 1.0,
    "lr_schedule": "step", "lr_step_size": 160, "lr_gamma": 0.3, "steps": 480,
    "ema_decay": 0.99, "evaluation_weights": "ema",
    # result
    "metric": "mae in the units of the series", "max_loss": 0.06, "min_r2": 0.88, "seed": 0, "n_seeds": 5,
}

HP = {k: SPEC[k] for k in ("learning_rate", "batch_size", "accumulation_steps", "ema_decay", "grad_clip", "input_noise")}
LAGS, PERIOD = 12, 12
N_SERIES, LENGTH, TRAIN_LENGTH = 48, 160, 120
DELTA = 0.5


class Window(NamedTuple):
    """Standardised lags and the calendar (14 numbers), and the standardised next value (1 number)."""
    past: torch.Tensor
    target: torch.Tensor


class Windows:
    """Windows of several series; `first` and `last` bound the time of the target."""

    def __init__(self, series, first, last, mean, std):
        self.mean, self.std = float(mean), float(std)
        rows, targets = [], []
        z = (series - mean) / std
        for t in range(first, last):
            phase = np.full(len(z), 2 * np.pi * t / PERIOD)
            rows.append(np.column_stack([z[:, t - LAGS:t], np.sin(phase), np.cos(phase)]))
            targets.append(z[:, t])
        self.past = torch.tensor(np.concatenate(rows), dtype=torch.float32)
        self.target = torch.tensor(np.concatenate(targets), dtype=torch.float32)[:, None]

    def __len__(self):
        return self.past.shape[0]

    def __getitem__(self, index):
        return Window(self.past[index], self.target[index])


def simulate():
    """(N_SERIES, LENGTH) values; a nonlinear autoregression of order three with a yearly cycle."""
    rng = np.random.default_rng(4242)
    level = rng.normal(0, 0.5, N_SERIES)
    x = np.zeros((N_SERIES, LENGTH + 50))
    x[:, :3] = rng.normal(0, 1, (N_SERIES, 3))
    for t in range(3, x.shape[1]):
        season = 0.8 * np.cos(2 * np.pi * (t - 50) / PERIOD)
        drift = 0.5 * x[:, t - 1] - 0.3 * x[:, t - 2] + 1.2 * np.sin(1.4 * x[:, t - 3])
        x[:, t] = drift + level + season + rng.normal(0, 0.15, N_SERIES)
    trend = 0.003 * np.arange(LENGTH)
    return 300.0 + 40.0 * (x[:, 50:] + trend)


def load_data():
    series = simulate()
    known = series[:, :TRAIN_LENGTH]
    mean, std = known.mean(), known.std()
    train = Windows(series, LAGS, TRAIN_LENGTH, mean, std)
    test = Windows(series, TRAIN_LENGTH, LENGTH, mean, std)
    return train, test


class LayerNorm(nn.Module):
    def __init__(self, width, eps=1e-5):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))
        self.shift = nn.Parameter(torch.zeros(width))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        var = x.var(dim=-1, keepdim=True, unbiased=False)
        return (x - mean) / torch.sqrt(var + self.eps) * self.gain + self.shift


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = LayerNorm(width)
        self.a = nn.Linear(width, width)
        self.b = nn.Linear(width, width)

    def forward(self, x):
        return x + self.b(torch.relu(self.a(torch.relu(self.norm(x)))))


class Forecaster(nn.Module):
    def __init__(self, inputs=LAGS + 2, width=64, depth=3):
        super().__init__()
        self.stem = nn.Linear(inputs, width)
        self.blocks = nn.ModuleList(Residual(width) for _ in range(depth))
        self.norm = LayerNorm(width)
        self.head = nn.Linear(width, 1)

    def forward(self, past):
        h = self.stem(past)
        for block in self.blocks:
            h = block(h)
        return self.head(self.norm(h))


class State:
    def __init__(self, seed, hp):
        self.seed, self.step, self.hp = seed, 0, hp
        self.train, self.test = load_data()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = Forecaster()
        ema = copy.deepcopy(model).requires_grad_(False).eval()
        adam = torch.optim.Adam(model.parameters(), lr=hp["learning_rate"], betas=(0.9, 0.999), eps=1e-8)
        self.nets = {"model": model, "ema": ema}
        self.optimizers = {"model": adam}
        self.schedulers = {"model": torch.optim.lr_scheduler.StepLR(adam, step_size=160, gamma=0.3)}


def setup(seed, config=None):
    return State(seed, {**HP, **(config or {})})


def batch_at(state, step):
    """The batch of one step: a place in the epoch's permutation, and noise on the lags."""
    size = state.hp["batch_size"]
    epoch, place = divmod(step, len(state.train) // size)
    order = np.random.default_rng([state.seed, 1, epoch]).permutation(len(state.train))
    picked = torch.from_numpy(order[place * size:(place + 1) * size])
    past, target = state.train[picked]
    noise = np.random.default_rng([state.seed, 2, step]).normal(0, state.hp["input_noise"], (size, LAGS))
    past = past.clone()
    past[:, :LAGS] += torch.from_numpy(noise).float()
    return Window(past, target)


def batches(state):
    step = state.step
    while True:
        yield batch_at(state, step)
        step += 1


def huber(prediction, target):
    error = prediction - target
    size = error.abs()
    return torch.where(size <= DELTA, 0.5 * error ** 2, DELTA * (size - 0.5 * DELTA))


def loss_fn(model, batch):
    return huber(model(batch.past), batch.target).mean()


def update_ema(state):
    decay = state.hp["ema_decay"]
    with torch.no_grad():
        for slow, fast in zip(state.nets["ema"].parameters(), state.nets["model"].parameters()):
            slow.mul_(decay).add_(fast, alpha=1 - decay)


def train_step(state, batch):
    model, adam = state.nets["model"], state.optimizers["model"]
    model.train()
    pieces = state.hp["accumulation_steps"]
    adam.zero_grad()
    total = 0.0
    for past, target in zip(batch.past.chunk(pieces), batch.target.chunk(pieces)):
        loss = loss_fn(model, Window(past, target)) * (len(past) / len(batch.past))
        loss.backward()
        total = total + loss.detach()
    nn.utils.clip_grad_norm_(model.parameters(), state.hp["grad_clip"])
    adam.step()
    state.schedulers["model"].step()
    update_ema(state)
    state.step += 1
    return total


@torch.no_grad()
def evaluate(state, dataset=None):
    """Of the averaged weights: the Huber loss (standardised), the mean absolute error (units of the series), R^2."""
    if dataset is None:
        dataset = state.test
    ema, std = state.nets["ema"], state.train.std
    losses, errors, targets = [], [], []
    for start in range(0, len(dataset), 512):
        items = [dataset[i] for i in range(start, min(start + 512, len(dataset)))]
        past, target = (torch.stack(column) for column in zip(*items))
        prediction = ema(past)
        losses.append(huber(prediction, target))
        errors.append(prediction - target)
        targets.append(target)
    losses, errors, targets = (torch.cat(v).double() for v in (losses, errors, targets))
    unexplained = (errors ** 2).sum() / ((targets - targets.mean()) ** 2).sum()
    return {
        "loss": losses.mean().item(),
        "n": len(losses),
        "mae": errors.abs().mean().item() * std,
        "rmse": (errors ** 2).mean().sqrt().item() * std,
        "r2": 1.0 - unexplained.item(),
    }


def save(state, path):
    payload = {"seed": state.seed, "step": state.step, "hp": state.hp}
    for kind in ("nets", "optimizers", "schedulers"):
        for name, thing in getattr(state, kind).items():
            payload[f"{kind}/{name}"] = thing.state_dict()
    torch.save(payload, path)


def load(path):
    payload = torch.load(path, weights_only=True)
    state = setup(payload.pop("seed"), payload.pop("hp"))
    state.step = payload.pop("step")
    for key, value in payload.items():
        kind, name = key.split("/")
        getattr(state, kind)[name].load_state_dict(value)
    return state


def reference_forward(weights, x):
    p = {k: np.asarray(v, dtype=np.float64) for k, v in weights.items()}
    h = np.asarray(x, dtype=np.float64) @ p["stem.weight"].T + p["stem.bias"]

    def norm(h, at):
        m, v = h.mean(axis=1, keepdims=True), h.var(axis=1, keepdims=True)
        return (h - m) / np.sqrt(v + 1e-5) * p[at + ".gain"] + p[at + ".shift"]

    for i in range(3):
        r = np.maximum(norm(h, f"blocks.{i}.norm"), 0)
        r = np.maximum(r @ p[f"blocks.{i}.a.weight"].T + p[f"blocks.{i}.a.bias"], 0)
        h = h + r @ p[f"blocks.{i}.b.weight"].T + p[f"blocks.{i}.b.bias"]
    return norm(h, "norm") @ p["head.weight"].T + p["head.bias"]


if __name__ == "__main__":
    run = setup(SPEC["seed"])
    for batch in batches(run):
        loss = train_step(run, batch)
        if run.step == SPEC["steps"]:
            break
    print(float(loss), evaluate(run))
