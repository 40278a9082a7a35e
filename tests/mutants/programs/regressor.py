"""A multilayer perceptron that learns a smooth function of five numbers."""

import types

import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

FAMILY = "regressor"
SPEC = {
    "optimizer": "Adam", "learning_rate": 3e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-7,
    "weight_decay": 0.0, "batch_size": 50, "epochs": 20, "steps": 400, "hidden_units": [40, 40],
    "lr_schedule": "cosine", "input_mean": 0.0, "input_std": 1.0, "max_loss": 0.12,
    "activation": "tanh", "n_parameters": 1921,
}  # fmt: skip


def config():
    return {"lr": 3e-3, "batch_size": 50, "epochs": 20, "width": 40, "n_train": 1000}


def make_data(n):
    g = torch.Generator().manual_seed(3)
    raw = 10 + 4 * torch.rand(n + 500, 5, generator=g)
    y = torch.sin(raw[:, 0]) + 0.5 * (raw[:, 1] - 12) * (raw[:, 2] - 12) / 2
    y = y + 0.05 * torch.randn(n + 500, generator=g)
    mean, std = raw[:n].mean(0), raw[:n].std(0)
    x = (raw - mean) / std
    y = (y - y[:n].mean()) / y[:n].std()
    return TensorDataset(x[:n], y[:n, None]), TensorDataset(x[n:], y[n:, None])


def setup(seed, config=None):
    c = {**globals()["config"](), **(config or {})}
    torch.manual_seed(seed)
    w = c["width"]
    net = nn.Sequential(nn.Linear(5, w), nn.Tanh(), nn.Linear(w, w), nn.Tanh(), nn.Linear(w, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=c["lr"], eps=1e-7)
    total = c["epochs"] * (c["n_train"] // c["batch_size"])
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=total)
    train, test = make_data(c["n_train"])
    return types.SimpleNamespace(
        nets={"model": net}, optimizers={"model": optimizer}, schedulers={"model": schedule},
        train=train, test=test, seed=seed, step=0, config=c,
    )  # fmt: skip


def make_loader(dataset, workers, seed):
    g = torch.Generator().manual_seed(seed)
    return DataLoader(dataset, 50, shuffle=True, num_workers=workers, generator=g)


def batches(state):
    per_epoch = len(state.train) // 50
    while True:
        epoch, k = divmod(state.step, per_epoch)
        for i, batch in enumerate(make_loader(state.train, 0, 31 * state.seed + epoch)):
            if i == k:
                yield batch
                break


def loss_fn(model, batch):
    x, y = batch
    return F.mse_loss(model(x), y)


def train_step(state, batch):
    net, optimizer = state.nets["model"], state.optimizers["model"]
    optimizer.zero_grad()
    loss = loss_fn(net, batch)
    loss.backward()
    optimizer.step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.item()


@torch.no_grad()
def evaluate(state, dataset=None):
    x, y = (state.test if dataset is None else dataset)[:]
    net = state.nets["model"].eval()
    error = net(x) - y
    net.train()
    return {"loss": error.square().mean().item(), "mae": error.abs().mean().item(), "n": len(y)}


def save(state, path):
    torch.save({
        "net": state.nets["model"].state_dict(),
        "optimizer": state.optimizers["model"].state_dict(),
        "schedule": state.schedulers["model"].state_dict(),
        "step": state.step, "seed": state.seed, "config": state.config,
    }, path)  # fmt: skip


def load(path):
    kept = torch.load(path, weights_only=True)
    state = setup(kept["seed"], kept["config"])
    state.nets["model"].load_state_dict(kept["net"])
    state.optimizers["model"].load_state_dict(kept["optimizer"])
    state.schedulers["model"].load_state_dict(kept["schedule"])
    state.step = kept["step"]
    return state


def reference_forward(weights, x):
    import numpy as np

    for i in (0, 2):
        x = np.tanh(x @ weights[f"{i}.weight"].T + weights[f"{i}.bias"])
    return x @ weights["4.weight"].T + weights["4.bias"]
