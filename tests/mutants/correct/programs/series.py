"""Forecast of six steps of a daily-periodic series: three quantiles per step, pinball loss; Polyak-averaged weights are evaluated."""
import copy
import math
from collections import OrderedDict
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FAMILY = "regressor"
PAST, HORIZON, QUANTILES = 48, 6, (0.1, 0.5, 0.9)
MEAN, STD = 20.0, 4.0                      # of the process, known beforehand: not estimated from the data
SPEC = {
    "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999, "batch_size": 128, "steps": 400, "quantiles": list(QUANTILES),
    "input_mean": MEAN, "input_std": STD, "lr_schedule": "one cycle, 0.01 at its peak, momentum not cycled",
    "ema_decay": 0.98, "grad_clip": 5.0, "max_loss": 2.7,
    "loss": "pinball loss in standardised units, summed over 6 hours and 3 quantiles, averaged over windows",
    "data": "hours 0-2999 train, 3000-3999 test; no window crosses the border",
}


def series(n=4000):
    rng = np.random.default_rng(314)
    t, noise = np.arange(n), np.zeros(n)
    for i in range(1, n):
        noise[i] = 0.7 * noise[i - 1] + rng.normal()
    return 20 + 5 * np.sin(2 * math.pi * t / 24) + 2 * np.sin(2 * math.pi * t / 168 + 1) + noise


class Windows(torch.utils.data.Dataset):
    """Raw units. Item i: the 48 hours from i on, and the 6 hours after them."""

    def __init__(self, values):
        self.values = torch.tensor(values, dtype=torch.float32)

    def __len__(self):
        return len(self.values) - PAST - HORIZON + 1

    def __getitem__(self, i):
        if not 0 <= i < len(self):
            raise IndexError(i)
        return {"past": self.values[i:i + PAST], "future": self.values[i + PAST:i + PAST + HORIZON]}


class Standardise(nn.Module):
    def forward(self, x):
        return (x - MEAN) / STD


class OrderedQuantiles(nn.Module):
    """The median and two positive distances: quantiles never cross. Output in raw units, (B, HORIZON, 3)."""

    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, HORIZON * 3)

    def forward(self, h):
        low, mid, high = self.linear(h).view(-1, HORIZON, 3).unbind(-1)
        return MEAN + STD * torch.stack([mid - F.softplus(low), mid, mid + F.softplus(high)], -1)


def build():
    return nn.Sequential(OrderedDict(scale=Standardise(), first=nn.Linear(PAST, 64), act1=nn.SiLU(), second=nn.Linear(64, 64),
                                     act2=nn.SiLU(), quantiles=OrderedQuantiles(64)))


def setup(seed, config=None):
    torch.manual_seed(seed)
    model = build()
    average = copy.deepcopy(model).requires_grad_(False).eval()
    adam = torch.optim.Adam(model.parameters(), lr=SPEC["learning_rate"], betas=(SPEC["beta1"], SPEC["beta2"]))
    cycle = torch.optim.lr_scheduler.OneCycleLR(adam, SPEC["learning_rate"], total_steps=SPEC["steps"], cycle_momentum=False)
    values = series()
    return SimpleNamespace(seed=seed, step=0, nets={"model": model, "average": average}, optimizers={"adam": adam},
                           schedulers={"cycle": cycle}, train=Windows(values[:3000]), test=Windows(values[3000:]))


def batches(state):
    """Ends with the training: the cycle has no rate for further steps."""
    for step in range(state.step, SPEC["steps"]):
        rows = np.random.default_rng([state.seed, step]).choice(len(state.train), SPEC["batch_size"], replace=False)
        items = [state.train[int(i)] for i in rows]
        yield {k: torch.stack([item[k] for item in items]) for k in ("past", "future")}


def pinball(prediction, target):
    """Per window: the sum over horizons and quantiles, in standardised units."""
    q = prediction.new_tensor(QUANTILES)
    error = (target.unsqueeze(-1) - prediction) / STD
    return torch.maximum(q * error, (q - 1) * error).sum((1, 2))


def loss_fn(model, batch):
    return pinball(model(batch["past"]), batch["future"]).mean()


def train_step(state, batch):
    model, average, adam = state.nets["model"], state.nets["average"], state.optimizers["adam"]
    model.train()
    adam.zero_grad()
    loss = loss_fn(model, batch)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), SPEC["grad_clip"])
    adam.step()
    if state.step + 1 < SPEC["steps"]:
        state.schedulers["cycle"].step()
    with torch.no_grad():
        for a, p in zip(average.parameters(), model.parameters()):
            a.lerp_(p, 1 - SPEC["ema_decay"])
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    """The averaged network. mae (of the median) and width are in raw units; coverage: of the interval from 10 % to 90 %."""
    data = state.test if dataset is None else dataset
    items = [data[i] for i in range(len(data))]
    past, future = torch.stack([i["past"] for i in items]), torch.stack([i["future"] for i in items])
    prediction = state.nets["average"](past)
    low, mid, high = prediction.unbind(-1)
    return {"loss": pinball(prediction, future).mean().item(), "n": len(items), "mae": (mid - future).abs().mean().item(),
            "rmse": (mid - future).square().mean().sqrt().item(), "width": (high - low).mean().item(),
            "coverage": ((low <= future) & (future <= high)).float().mean().item()}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "model": state.nets["model"].state_dict(),
                "average": state.nets["average"].state_dict(), "adam": state.optimizers["adam"].state_dict(),
                "cycle": state.schedulers["cycle"].state_dict()}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = setup(d["seed"])
    for name in ("model", "average"):
        state.nets[name].load_state_dict(d[name])
    state.optimizers["adam"].load_state_dict(d["adam"])
    state.schedulers["cycle"].load_state_dict(d["cycle"])
    state.step = d["step"]
    return state


if __name__ == "__main__":
    state = setup(0)
    for batch in batches(state):
        loss = train_step(state, batch)
        if state.step % 100 == 0:
            print(state.step, loss.item(), evaluate(state))
