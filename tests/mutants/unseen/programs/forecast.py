"""Short-term load forecasting with a temporal convolutional network: 24 past hours of a station -> the 4 next hours.

The series are synthetic (daily and weekly cycles, a temperature effect and autoregressive noise).
"""
import math
import random
import types

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset

FAMILY = "regressor"

SPEC = {
    "optimizer": "RMSprop", "learning_rate": 2e-3, "alpha": 0.95, "eps": 1e-8, "momentum": 0.0,
    "weight_decay": 1e-2, "no_weight_decay": ["bias"],
    "batch_size": 48, "steps": 400,
    "lr_schedule": "exponential", "lr_decay_factor": 0.993, "lr_decay_every": 1,
    "loss": "mse", "dropout": 0.1,
    "n_parameters": 3804, "input_mean": 0.0, "input_std": 1.0,
    "window": 24, "horizon": 4, "split": "chronological, first 75 percent for training",
    "targets": "standardised with the statistics of the training part",
    "max_loss": 0.10,
}

WINDOW, HORIZON = 24, 4
STATIONS, HOURS = 16, 480
TRAIN_SHARE = 0.75
CHANNELS, KERNEL, DILATIONS = 20, 3, (1, 3, 6)


def config():
    return {"learning_rate": 2e-3, "alpha": 0.95, "weight_decay": 1e-2, "batch_size": 48, "steps": 400,
            "lr_decay_factor": 0.993, "dropout": 0.1}


# ------------------------------------------------------------------ data

def simulate(seed=2718):
    """(stations, hours, 2): load in megawatts, temperature in degrees Celsius."""
    g = np.random.default_rng(seed)
    t = np.arange(HOURS)
    phase = g.uniform(-0.6, 0.6, (STATIONS, 1))
    size = g.uniform(0.8, 1.3, (STATIONS, 1))
    temperature = np.empty((STATIONS, HOURS))
    noise = np.empty((STATIONS, HOURS))
    a, b = g.normal(0, 3, STATIONS), g.normal(0, 1, STATIONS)
    for k in t:
        a = 0.97 * a + g.normal(0, 0.7, STATIONS)
        b = 0.8 * b + g.normal(0, 4, STATIONS)
        temperature[:, k], noise[:, k] = a, b
    temperature += 14 + 5 * np.sin(2 * np.pi * (t - 9) / 24)
    day = np.sin(2 * np.pi * t / 24 + phase) + 0.5 * np.sin(4 * np.pi * t / 24 + 2 * phase)
    load = size * (210 + 30 * day + 10 * np.sin(2 * np.pi * t / 168)) - 3.0 * (temperature - 14) + noise
    return np.stack([load, temperature], axis=-1).astype(np.float32)


class Scaler:
    def __init__(self, values):
        flat = values.reshape(-1, values.shape[-1]).astype(np.float64)
        self.mean = flat.mean(axis=0).astype(np.float32)
        self.std = flat.std(axis=0).astype(np.float32)

    def __call__(self, values):
        return (values - self.mean) / self.std


class Windows(Dataset):
    """All windows of a (stations, hours, 2) array: the past (WINDOW, 2) and the load of the next hours (HORIZON,)."""

    def __init__(self, values):
        self.values = torch.from_numpy(values)
        self.per_station = values.shape[1] - WINDOW - HORIZON + 1

    def __len__(self):
        return len(self.values) * self.per_station

    def __getitem__(self, i):
        if not 0 <= i < len(self):
            raise IndexError(i)
        station, start = divmod(i, self.per_station)
        end = start + WINDOW
        return self.values[station, start:end], self.values[station, end:end + HORIZON, 0]


def make_data():
    series = simulate()
    cut = int(HOURS * TRAIN_SHARE)
    early, late = series[:, :cut], series[:, cut:]
    scaler = Scaler(early)
    return Windows(scaler(early)), Windows(scaler(late)), scaler


def collate(items):
    pasts, futures = zip(*items)
    return torch.stack(pasts), torch.stack(futures)


def make_loader(dataset, workers, seed, batch_size=48):
    g = torch.Generator()
    g.manual_seed(seed)
    return DataLoader(dataset, batch_size, shuffle=True, drop_last=True, num_workers=workers, collate_fn=collate, generator=g)


# ------------------------------------------------------------------ model

class CausalConv(nn.Conv1d):
    """A dilated convolution that sees the present and the past only."""

    def forward(self, x):
        reach = (self.kernel_size[0] - 1) * self.dilation[0]
        return super().forward(nn.functional.pad(x, (reach, 0)))


class TCN(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.inlet = nn.Conv1d(2, CHANNELS, 1)
        self.layers = nn.ModuleList(CausalConv(CHANNELS, CHANNELS, KERNEL, dilation=d) for d in DILATIONS)
        self.drop = nn.Dropout(dropout)
        self.outlet = nn.Linear(CHANNELS, HORIZON)
        for layer in self.layers:
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def forward(self, past):
        h = self.inlet(past.transpose(1, 2))
        for layer in self.layers:
            h = h + self.drop(torch.relu(layer(h)))
        return self.outlet(h[:, :, -1])


# ------------------------------------------------------------------ training

def parameter_groups(model, weight_decay):
    weights = [p for name, p in model.named_parameters() if not name.endswith("bias")]
    biases = [p for name, p in model.named_parameters() if name.endswith("bias")]
    return [{"params": weights, "weight_decay": weight_decay}, {"params": biases, "weight_decay": 0.0}]


def setup(seed, config=None):
    settings = {**globals()["config"](), **(config or {})}
    random.seed(seed)
    np.random.seed(seed % 2 ** 32)
    torch.manual_seed(seed)
    train, test, scaler = make_data()
    model = TCN(settings["dropout"])
    optimizer = torch.optim.RMSprop(parameter_groups(model, settings["weight_decay"]),
                                    lr=settings["learning_rate"], alpha=settings["alpha"])
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=settings["lr_decay_factor"])
    return types.SimpleNamespace(nets={"model": model}, optimizers={"model": optimizer}, schedulers={"model": scheduler},
                                 step=0, seed=seed, train=train, test=test, scaler=scaler, settings=settings)


def batches(state):
    size = state.settings["batch_size"]
    per_epoch = len(state.train) // size
    epoch, done = divmod(state.step, per_epoch)
    while True:
        loader = make_loader(state.train, 0, 1_000_003 * state.seed + epoch, size)
        for k, batch in enumerate(loader):
            if k >= done:
                yield batch
        epoch, done = epoch + 1, 0


def loss_fn(model, batch):
    past, future = batch
    return ((model(past) - future) ** 2).mean()


def train_step(state, batch):
    model = state.nets["model"]
    optimizer = state.optimizers["model"]
    model.train()
    loss = loss_fn(model, batch)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.item()


@torch.no_grad()
def evaluate(state, dataset=None):
    """loss: mean squared error, mae: mean absolute error (both of standardised loads), rmse_mw: in megawatts."""
    model = state.nets["model"]
    was_training = model.training
    model.eval()
    dataset = dataset if dataset is not None else state.test
    squares = absolutes = 0.0
    for start in range(0, len(dataset), 500):
        past, future = collate([dataset[i] for i in range(start, min(start + 500, len(dataset)))])
        error = model(past) - future
        squares += error.square().sum().item()
        absolutes += error.abs().sum().item()
    model.train(was_training)
    count = len(dataset) * HORIZON
    return {"loss": squares / count, "mae": absolutes / count, "n": len(dataset),
            "rmse_mw": math.sqrt(squares / count) * float(state.scaler.std[0])}


def save(state, path):
    torch.save({
        "weights": state.nets["model"].state_dict(),
        "optimizer": state.optimizers["model"].state_dict(),
        "scheduler": state.schedulers["model"].state_dict(),
        "progress": {"step": state.step, "seed": state.seed},
        "settings": state.settings,
        "torch_rng": torch.get_rng_state(),
    }, path)


def load(path):
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    state = setup(checkpoint["progress"]["seed"], checkpoint["settings"])
    state.nets["model"].load_state_dict(checkpoint["weights"])
    state.optimizers["model"].load_state_dict(checkpoint["optimizer"])
    state.schedulers["model"].load_state_dict(checkpoint["scheduler"])
    state.step = checkpoint["progress"]["step"]
    torch.set_rng_state(checkpoint["torch_rng"])
    return state


def reference_forward(weights, x):
    w = {k: np.asarray(v, dtype=np.float64) for k, v in weights.items()}
    h = np.einsum("ntc,kc->nkt", np.asarray(x, dtype=np.float64), w["inlet.weight"][:, :, 0]) + w["inlet.bias"][:, None]
    for i, d in enumerate(DILATIONS):
        padded = np.pad(h, ((0, 0), (0, 0), ((KERNEL - 1) * d, 0)))
        y = sum(np.einsum("nct,kc->nkt", padded[:, :, j * d:j * d + h.shape[2]], w[f"layers.{i}.weight"][:, :, j])
                for j in range(KERNEL))
        h = h + np.maximum(y + w[f"layers.{i}.bias"][:, None], 0)
    return h[:, :, -1] @ w["outlet.weight"].T + w["outlet.bias"]


if __name__ == "__main__":
    state = setup(0)
    stream = batches(state)
    while state.step < state.settings["steps"]:
        loss = train_step(state, next(stream))
        if state.step % 100 == 0:
            print(state.step, loss, evaluate(state))
