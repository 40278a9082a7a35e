"""Denoising diffusion on a ring of eight Gaussians in the plane: an MLP predicts the noise."""
import math
import types

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import TensorDataset

FAMILY = "diffusion"

SPEC = {
    "optimizer": "Adam", "learning_rate": 6e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0,
    "batch_size": 128, "steps": 1000, "lr_schedule": "cosine", "warmup_steps": 50, "grad_clip": 0.5,
    "dropout": 0.0, "hidden_units": 96, "n_layers": 3, "init": "default",
    "diffusion_steps": 50, "beta_start": 1e-2, "beta_end": 0.2,
    "n_parameters": 22178, "input_mean": 0.0, "input_std": 1.0, "max_loss": 0.34, "seed": 0, "n_seeds": 10,
}

DEFAULTS = {
    "learning_rate": 6e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8,
    "batch_size": 128, "steps": 1000, "warmup_steps": 50, "grad_clip": 0.5,
    "hidden_units": 96, "n_layers": 3, "diffusion_steps": 50, "beta_start": 1e-2, "beta_end": 0.2,
    "device": "cpu",
}


def config():
    return dict(DEFAULTS)


def ring(n, rng):
    mode = rng.integers(0, 8, n)
    angle = mode * (2 * math.pi / 8)
    points = 4 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return points + rng.normal(0, 0.5, (n, 2))


def load_points():
    train = ring(4096, np.random.default_rng(100))
    test = ring(1024, np.random.default_rng(101))
    mean, std = train.mean(0), train.std(0)
    as_dataset = lambda p: TensorDataset(torch.tensor((p - mean) / std, dtype=torch.float32))
    return as_dataset(train), as_dataset(test)


def time_embedding(t, size=32):
    freq = torch.exp(-math.log(1000.0) * torch.arange(size // 2, device=t.device) / (size // 2))
    arg = t.float()[:, None] * freq[None, :]
    return torch.cat([arg.sin(), arg.cos()], dim=1)


class Denoiser(nn.Module):
    def __init__(self, width, depth, n_steps, beta_start, beta_end):
        super().__init__()
        self.n_steps = n_steps
        betas = torch.linspace(beta_start, beta_end, n_steps, dtype=torch.float64)
        self.register_buffer("betas", betas.float())
        self.register_buffer("alpha_bar", torch.cumprod(1 - betas, dim=0).float())
        self.inp = nn.Linear(2 + 32, width)
        self.hidden = nn.ModuleList([nn.Linear(width, width) for _ in range(depth - 1)])
        self.out = nn.Linear(width, 2)

    def forward(self, x, t):
        h = nn.functional.silu(self.inp(torch.cat([x, time_embedding(t)], dim=1)))
        for layer in self.hidden:
            h = h + nn.functional.silu(layer(h))
        return self.out(h)

    def diffuse(self, x0, t, noise):
        a = self.alpha_bar[t].unsqueeze(1)
        return a.sqrt() * x0 + (1 - a).sqrt() * noise


def setup(seed, config=None):
    cfg = dict(DEFAULTS)
    cfg.update(config or {})
    torch.manual_seed(seed)
    train, test = load_points()
    model = Denoiser(cfg["hidden_units"], cfg["n_layers"], cfg["diffusion_steps"], cfg["beta_start"], cfg["beta_end"])
    model.to(cfg["device"])
    opt = torch.optim.Adam(model.parameters(), lr=cfg["learning_rate"], betas=(cfg["beta1"], cfg["beta2"]), eps=cfg["eps"])
    warm = torch.optim.lr_scheduler.LinearLR(opt, start_factor=0.02, total_iters=cfg["warmup_steps"])
    decay = torch.optim.lr_scheduler.CosineAnnealingLR(opt, cfg["steps"] - cfg["warmup_steps"])
    schedule = torch.optim.lr_scheduler.SequentialLR(opt, [warm, decay], milestones=[cfg["warmup_steps"]])
    return types.SimpleNamespace(nets={"model": model}, optimizers={"model": opt}, schedulers={"model": schedule},
                                 step=0, seed=seed, train=train, test=test, config=cfg)


def corrupt(x0, n_steps, generator):
    """The batch that loss_fn takes: points with their time steps and noise."""
    t = torch.randint(0, n_steps, (len(x0),), generator=generator)
    return {"x0": x0, "t": t, "noise": torch.randn(x0.shape, generator=generator)}


def batches(state):
    points, size = state.train.tensors[0], state.config["batch_size"]
    per_epoch = len(points) // size
    step = state.step
    while True:
        g = torch.Generator().manual_seed(state.seed * 100003 + step // per_epoch)
        index = torch.randperm(len(points), generator=g)[step % per_epoch * size:][:size]
        g.manual_seed((state.seed + 1) * 7919 * 100003 + step)
        yield corrupt(points[index], state.config["diffusion_steps"], g)
        step += 1


def loss_fn(model, batch):
    device = model.alpha_bar.device
    x0, t, noise = batch["x0"].to(device), batch["t"].to(device), batch["noise"].to(device)
    return nn.functional.mse_loss(model(model.diffuse(x0, t, noise), t), noise)


def train_step(state, batch):
    model = state.nets["model"]
    model.train()
    loss = loss_fn(model, batch)
    state.optimizers["model"].zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), state.config["grad_clip"])
    state.optimizers["model"].step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    dataset = state.test if dataset is None else dataset
    model = state.nets["model"]
    model.eval()
    g = torch.Generator().manual_seed(99)
    total, n = 0.0, 0
    for begin in range(0, len(dataset), 500):
        x0 = torch.stack([dataset[i][0] for i in range(begin, min(begin + 500, len(dataset)))])
        for _ in range(4):  # four draws of time and noise per point
            total += loss_fn(model, corrupt(x0, state.config["diffusion_steps"], g)).item() * len(x0) / 4
        n += len(x0)
    model.train()
    return {"loss": total / n, "n": n}


@torch.no_grad()
def generate(state, n, seed=0):
    """Ancestral sampling."""
    model, g = state.nets["model"], torch.Generator().manual_seed(seed)
    x = torch.randn(n, 2, generator=g)
    for t in reversed(range(model.n_steps)):
        beta, a_bar = model.betas[t], model.alpha_bar[t]
        eps = model(x, torch.full((n,), t))
        x = (x - beta / (1 - a_bar).sqrt() * eps) / (1 - beta).sqrt()
        if t > 0:
            x = x + beta.sqrt() * torch.randn(n, 2, generator=g)
    return x


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "config": state.config,
                "model": state.nets["model"].state_dict(),
                "opt": state.optimizers["model"].state_dict(),
                "schedule": state.schedulers["model"].state_dict()}, path)


def load(path):
    c = torch.load(path, weights_only=True)
    state = setup(c["seed"], c["config"])
    state.nets["model"].load_state_dict(c["model"])
    state.optimizers["model"].load_state_dict(c["opt"])
    state.schedulers["model"].load_state_dict(c["schedule"])
    state.step = c["step"]
    return state


if __name__ == "__main__":
    st = setup(0)
    for batch in batches(st):
        train_step(st, batch)
        if st.step >= st.config["steps"]:
            break
    print(evaluate(st))
