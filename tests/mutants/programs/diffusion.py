"""Denoising diffusion of points on a spiral: the network predicts the noise that was added."""

import math
import types

import torch
from torch import nn
from torch.utils.data import TensorDataset

FAMILY = "diffusion"
SPEC = {
    "optimizer": "Adam", "learning_rate": 2e-3, "beta1": 0.9, "batch_size": 128, "steps": 500,
    "hidden_units": 64, "input_mean": 0.0, "input_std": 1.0, "max_loss": 0.65, "grad_clip": 1.0,
    "noise_steps": 50,
}  # fmt: skip
T = 50


def schedule():
    betas = torch.linspace(1e-3, 0.2, T)
    return torch.cumprod(1 - betas, 0)


def spiral(n, seed):
    g = torch.Generator().manual_seed(seed)
    a = 3 * math.pi * torch.rand(n, generator=g).sqrt()
    x = torch.stack([a * a.cos(), a * a.sin()], 1) / 4.6
    return TensorDataset(x + 0.03 * torch.randn(n, 2, generator=g))


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(2 + 8, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 2)
        )

    def forward(self, x, t):
        angle = t[:, None].float() / T * torch.tensor([1.0, 2.0, 4.0, 8.0]) * math.pi
        return self.net(torch.cat([x, angle.sin(), angle.cos()], 1))


def setup(seed, config=None):
    torch.manual_seed(seed)
    net = Denoiser()
    return types.SimpleNamespace(
        nets={"model": net},
        optimizers={"model": torch.optim.Adam(net.parameters(), lr=2e-3)},
        schedulers={}, train=spiral(2000, 1), test=spiral(500, 2), seed=seed, step=0,
    )  # fmt: skip


def batches(state):
    (points,) = state.train.tensors
    step = state.step
    while True:
        g = torch.Generator().manual_seed(state.seed * 1009 + step)
        yield (points[torch.randperm(len(points), generator=g)[:128]],)
        step += 1


def loss_fn(model, batch):
    (x,) = batch
    t = torch.randint(T, (len(x),))
    noise = torch.randn_like(x)
    kept = schedule()[t][:, None]
    noisy = kept.sqrt() * x + (1 - kept).sqrt() * noise
    return (model(noisy, t) - noise).square().mean()


def train_step(state, batch):
    net, optimizer = state.nets["model"], state.optimizers["model"]
    torch.manual_seed(state.seed * 100_003 + state.step)
    loss = loss_fn(net, batch)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    (points,) = (state.test if dataset is None else dataset).tensors
    net = state.nets["model"].eval()
    with torch.random.fork_rng():
        torch.manual_seed(7)
        losses = [loss_fn(net, (points,)).item() for _ in range(8)]
    net.train()
    return {"loss": sum(losses) / len(losses), "n": len(points)}


def save(state, path):
    torch.save({
        "net": state.nets["model"].state_dict(), "step": state.step, "seed": state.seed,
        "optimizer": state.optimizers["model"].state_dict(),
    }, path)  # fmt: skip


def load(path):
    kept = torch.load(path, weights_only=True)
    state = setup(kept["seed"])
    state.nets["model"].load_state_dict(kept["net"])
    state.optimizers["model"].load_state_dict(kept["optimizer"])
    state.step = kept["step"]
    return state
