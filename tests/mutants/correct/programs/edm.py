"""EDM (Karras et al. 2022) in two dimensions, written functionally: pure functions over parameter dicts.

The network F_theta is an ordinary module used only through torch.func.functional_call; the moving
average is a plain dict of tensors, and everything random in training comes from numpy, by (seed, step).
"""
import math
from collections import namedtuple
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn
from torch.func import functional_call

FAMILY = "diffusion"
SPEC = {
    "learning_rate": 3e-3,
    "beta1": 0.9,
    "beta2": 0.999,
    "batch_size": 256,
    "steps": 800,
    "warmup_steps": 50,                # linear, constant afterwards
    "P_mean": -1.2,
    "P_std": 1.2,
    "sigma_data": 0.5,
    "ema_decay": 0.99,
    "ema_ramp_up": "decay min(0.99, (1 + step) / (10 + step)), step counted from 1",
    "loss": "lambda(sigma) |D(x + n; sigma) - x|^2, lambda = (sigma^2 + sigma_data^2) / (sigma sigma_data)^2, "
            "summed over the two coordinates, averaged over examples; reported for the moving average of the weights",
    "initialisation": "PyTorch defaults, last layer zero",
    "max_loss": 1.8,
}
Example = namedtuple("Example", "clean sigma noise")
FREQUENCIES = 2.0 ** torch.arange(4)


def spiral(n, seed):
    """Two-armed spiral, root mean square 0.5 over the coordinates, as sigma_data wants it."""
    rng = np.random.default_rng(seed)
    r = np.sqrt(rng.uniform(0.05, 1.0, n))
    angle = 5.0 * r + np.pi * rng.integers(0, 2, n)
    points = np.stack([r * np.cos(angle), r * np.sin(angle)], 1) * (0.5 / 0.5123)
    return torch.from_numpy(points + 0.01 * rng.standard_normal((n, 2))).float()


class FourierMLP(nn.Module):
    def __init__(self, width=96):
        super().__init__()
        self.inp = nn.Linear(2 + 16 + 8, width)
        self.mid = nn.ModuleList([nn.Linear(width, width) for _ in range(2)])
        self.out = nn.Linear(width, 2)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x, c_noise):
        phases = (x[:, :, None] * FREQUENCIES).flatten(1)
        levels = c_noise * FREQUENCIES
        h = torch.cat([x, phases.sin(), phases.cos(), levels.sin(), levels.cos()], 1)
        h = nn.functional.silu(self.inp(h))
        for layer in self.mid:
            h = h + nn.functional.silu(layer(h))
        return self.out(h)


def denoise(raw, x, sigma):
    """D(x; sigma) = c_skip x + c_out F(c_in x; c_noise) for raw = F; sigma is a column."""
    sd = SPEC["sigma_data"]
    total = sigma.square() + sd ** 2
    c_skip, c_out, c_in = sd ** 2 / total, sigma * sd * total.rsqrt(), total.rsqrt()
    return c_skip * x + c_out * raw(c_in * x, sigma.log() / 4)


def per_example(raw, batch):
    weight = (batch.sigma.square() + SPEC["sigma_data"] ** 2) / (batch.sigma * SPEC["sigma_data"]).square()
    restored = denoise(raw, batch.clean + batch.sigma * batch.noise, batch.sigma)
    return (weight * (restored - batch.clean).square()).sum(1)


def loss_fn(model, batch):
    return per_example(model, batch).mean()


def draw(data, rng, n):
    """Attach a noise level and a noise to n examples of data, all by a numpy generator."""
    rows = torch.from_numpy(rng.integers(0, len(data), n)) if n else slice(None)
    clean = data[rows]
    sigma = np.exp(SPEC["P_mean"] + SPEC["P_std"] * rng.standard_normal((len(clean), 1)))
    noise = rng.standard_normal(tuple(clean.shape))
    return Example(clean, torch.from_numpy(sigma).float(), torch.from_numpy(noise).float())


def batches(state):
    step = state.step
    while True:
        yield draw(state.train, np.random.default_rng([state.seed, step]), SPEC["batch_size"])
        step += 1


def config():
    return {k: SPEC[k] for k in ("learning_rate", "beta1", "beta2", "batch_size", "steps", "warmup_steps", "ema_decay")}


def setup(seed, config=None):
    c = {**globals()["config"](), **(config or {})}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = FourierMLP()
    optimizer = torch.optim.Adam(model.parameters(), lr=c["learning_rate"], betas=(c["beta1"], c["beta2"]))
    warm = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: min(1.0, (k + 1) / c["warmup_steps"]))
    return SimpleNamespace(nets={"model": model}, optimizers={"adam": optimizer}, schedulers={"warmup": warm},
                           averaged={k: v.detach().clone() for k, v in model.named_parameters()},
                           step=0, seed=seed, config=c, train=spiral(8192, 0), test=spiral(2048, 1))


def train_step(state, batch):
    model, (optimizer,) = state.nets["model"], state.optimizers.values()
    params = dict(model.named_parameters())
    loss = per_example(lambda *inputs: functional_call(model, params, inputs), batch).mean()
    grads = torch.autograd.grad(loss, list(params.values()))
    for p, g in zip(params.values(), grads):
        p.grad = torch.nan_to_num(g, nan=0.0, posinf=1e5, neginf=-1e5)      # as the authors' code does
    optimizer.step()
    state.schedulers["warmup"].step()
    state.step += 1
    # short memory at the start, as in the paper's ramp-up
    decay = min(state.config["ema_decay"], (1 + state.step) / (10 + state.step))
    state.averaged = {k: torch.lerp(params[k].detach(), old, decay) for k, old in state.averaged.items()}
    return loss.detach()


def heun(raw, n, seed, levels=18, low=0.002, high=20.0, rho=7.0):
    ramp = torch.linspace(0, 1, levels, dtype=torch.float64)
    t = torch.cat([(high ** (1 / rho) + ramp * (low ** (1 / rho) - high ** (1 / rho))) ** rho, torch.zeros(1, dtype=torch.float64)])
    x = high * torch.randn(n, 2, generator=torch.Generator().manual_seed(seed))
    for now, then in zip(t[:-1].tolist(), t[1:].tolist()):
        slope = (x - denoise(raw, x, torch.full((n, 1), now))) / now
        y = x + (then - now) * slope
        if then > 0:
            slope = (slope + (y - denoise(raw, y, torch.full((n, 1), then))) / then) / 2
            y = x + (then - now) * slope
        x = y
    return x


@torch.no_grad()
def evaluate(state, dataset=None):
    data = state.test if dataset is None else dataset
    raw = lambda *inputs: functional_call(state.nets["model"], state.averaged, inputs)
    terms = per_example(raw, draw(data, np.random.default_rng(2022), None))
    off = torch.cdist(heun(raw, 500, 3), state.train).min(1).values
    return {"loss": math.fsum(terms.tolist()) / len(data), "n": len(data), "sample_distance": off.mean().item()}


def save(state, path):
    torch.save({"model": state.nets["model"].state_dict(), "averaged": state.averaged,
                "adam": state.optimizers["adam"].state_dict(), "warmup": state.schedulers["warmup"].state_dict(),
                "step": state.step, "seed": state.seed, "config": state.config}, path)


def load(path):
    kept = torch.load(path, weights_only=True)
    state = setup(kept["seed"], kept["config"])
    state.nets["model"].load_state_dict(kept["model"])
    state.optimizers["adam"].load_state_dict(kept["adam"])
    state.schedulers["warmup"].load_state_dict(kept["warmup"])
    state.averaged, state.step = kept["averaged"], kept["step"]
    return state
