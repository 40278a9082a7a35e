"""Autoregressive forecaster (a linear AR plus a small network) trained with scheduled sampling.

Layout of the lab's framework: an Experiment owns the parts, a list of Hooks is called around the optimizer step.
"""
import copy
import math

import numpy as np
import torch
from torch import nn

FAMILY = "regressor"
SPEC = {
    "learning_rate": 0.004, "batch_size": 40, "steps": 500,
    "lr_schedule": "exponential", "gamma": 0.995, "grad_clip_value": 0.5,
    "input_mean": 40.98, "input_std": 9.65, "context": 24, "horizon": 12,
    "loss": "squared error of the standardised values, summed over the 12 steps of the horizon, mean over windows",
    "scheduled_sampling": "the true previous value is fed with probability k / (k + exp(step / k)), k = 60, else the own prediction (with gradient); coins per window and step",
    "evaluation": "free-running forecasts with an exponential moving average of the weights (0.98)",
    "max_loss": 1.2,
}
P, H = SPEC["context"], SPEC["horizon"]


def hourly_load(n=2400):
    """A daily and a half-daily cycle of slowly changing strength plus AR(1) noise; one fixed series, as if read from a file."""
    rng = np.random.default_rng(1970)
    t, e = np.arange(n), np.zeros(n)
    for i in range(1, n):
        e[i] = 0.7 * e[i - 1] + rng.normal(0, 1.5)
    strength = 1 + 0.2 * np.sin(2 * np.pi * t / 511)
    return 41 + strength * (12 * np.sin(2 * np.pi * t / 24) + 5 * np.sin(2 * np.pi * t / 12 + 1)) + e


class Forecaster(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.ar = nn.Linear(P, 1, bias=False)
        self.body = nn.Sequential(nn.Linear(P, width), nn.Tanh())
        self.out = nn.Linear(width, 1)
        nn.init.zeros_(self.ar.weight)
        with torch.no_grad():
            self.ar.weight[0, -1] = 1.0  # starts as the naive forecast: the last value
        nn.init.zeros_(self.out.weight)

    def step(self, lags):
        return (self.ar(lags) + self.out(self.body(lags)))[:, 0]

    def forward(self, context, future=None, feed_truth=None):
        """Standardised (B, P) -> (B, H). Where feed_truth is set, the next step is given the true value."""
        lags, made = context, []
        for h in range(H):
            y = self.step(lags)
            made.append(y)
            if future is not None:
                y = torch.where(feed_truth[:, h], future[:, h], y)
            lags = torch.cat((lags[:, 1:], y[:, None]), 1)
        return torch.stack(made, 1)


class Hook:
    def before_update(self, exp):
        pass

    def after_update(self, exp):
        pass


class ClipValue(Hook):
    def before_update(self, exp):
        nn.utils.clip_grad_value_(exp.nets["model"].parameters(), SPEC["grad_clip_value"])


class Schedule(Hook):
    def after_update(self, exp):
        exp.schedulers["exponential"].step()


class MovingAverage(Hook):
    def after_update(self, exp):
        with torch.no_grad():
            for slow, fast in zip(exp.ema.parameters(), exp.nets["model"].parameters()):
                slow.lerp_(fast, 1 - 0.98)


class Experiment:
    hooks = (ClipValue(), Schedule(), MovingAverage())

    def __init__(self, seed, config=None):
        torch.manual_seed(seed)
        self.cfg = {"learning_rate": SPEC["learning_rate"], "batch_size": SPEC["batch_size"], "gamma": SPEC["gamma"], **(config or {})}
        series = (torch.from_numpy(hourly_load()).float() - SPEC["input_mean"]) / SPEC["input_std"]
        cut = int(0.8 * len(series))
        self.train = series[:cut].unfold(0, P + H, 1)   # every window that ends before the cut
        self.test = series[cut:].unfold(0, P + H, H)    # by time: contexts begin after the cut; every value is forecast once
        self.seed, self.step = seed, 0
        model = Forecaster()
        self.ema = copy.deepcopy(model).requires_grad_(False)
        opt = torch.optim.RMSprop(model.parameters(), lr=self.cfg["learning_rate"], alpha=0.95)
        self.nets, self.optimizers = {"model": model}, {"rmsprop": opt}
        self.schedulers = {"exponential": torch.optim.lr_scheduler.ExponentialLR(opt, self.cfg["gamma"])}

    def parts(self):
        return {"model": self.nets["model"], "ema": self.ema, "rmsprop": self.optimizers["rmsprop"], "exponential": self.schedulers["exponential"]}

    def batch(self, step):
        rng = np.random.default_rng((self.seed, step))
        rows = self.train[torch.from_numpy(rng.integers(len(self.train), size=self.cfg["batch_size"]))]
        k = 60.0
        truth = k / (k + math.exp(min(step / k, 50.0)))
        coins = torch.from_numpy(rng.random((len(rows), H)) < truth)
        return {"context": rows[:, :P], "future": rows[:, P:], "feed_truth": coins}

    def update(self, batch):
        opt = self.optimizers["rmsprop"]
        opt.zero_grad()
        loss = loss_fn(self.nets["model"], batch)
        loss.backward()
        for hook in self.hooks:
            hook.before_update(self)
        opt.step()
        for hook in self.hooks:
            hook.after_update(self)
        self.step += 1
        return loss.detach()


def config():
    return {k: SPEC[k] for k in ("learning_rate", "batch_size", "gamma", "steps")}


def setup(seed, config=None):
    return Experiment(seed, config)


def batches(state):
    step = state.step
    while True:
        yield state.batch(step)
        step += 1


def loss_fn(model, batch):
    made = model(batch["context"], batch["future"], batch["feed_truth"])
    return (made - batch["future"]).square().sum(1).mean()


def train_step(state, batch):
    return state.update(batch)


@torch.no_grad()
def evaluate(state, dataset=None):
    rows = state.test if dataset is None else dataset
    err = state.ema(rows[:, :P]) - rows[:, P:]
    return {"loss": err.square().sum(1).mean().item(), "mse": err.square().mean().item(),
            "rmse": err.square().mean().sqrt().item() * SPEC["input_std"], "n": len(rows)}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "cfg": state.cfg, **{k: v.state_dict() for k, v in state.parts().items()}}, path)


def load(path):
    blob = torch.load(path, weights_only=True)
    exp = Experiment(blob["seed"], blob["cfg"])
    for k, v in exp.parts().items():
        v.load_state_dict(blob[k])
    exp.step = blob["step"]
    return exp
