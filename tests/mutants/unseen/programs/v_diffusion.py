"""Diffusion in the plane: v-prediction (Salimans & Ho, 2022) on a cosine noise schedule (Nichol & Dhariwal, 2021).

The data are a noisy spiral far from the origin; the model sees standardized points and
its samples are mapped back.  A batch carries everything that is random about a step - the clean points, the time
indices and the noise - and is a function of (seed, step), so there is no random state to checkpoint.  Samples are
drawn by the ancestral sampler from an exponential moving average of the weights.
"""
import copy
import math
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FAMILY = "diffusion"

SPEC = {
    "optimizer": "adam",
    "learning_rate": 2e-3,
    "beta1": 0.9,
    "beta2": 0.999,
    "eps": 1e-8,
    "weight_decay": 0.0,
    "lr_schedule": "linear_warmup_then_constant",
    "warmup_steps": 100,            # update k = 1, 2, ... runs with lr * min(1, k / 100)
    "grad_clip": 0.5,               # global norm
    "batch_size": 128,
    "steps": 1600,
    "n_train": 10000,
    "n_test": 1000,
    "input_mean": [3.819, -0.179],  # of the data: standardized = (raw - mean) / std
    "input_std": [2.201, 1.995],
    "timesteps": 100,
    "noise_schedule": "cosine",
    "cosine_s": 0.008,
    "max_beta": 0.999,
    "prediction": "v",              # v = alpha * eps - sigma * x0
    "loss": "mse",
    "loss_weighting": "uniform",
    "time_sampling": "uniform",
    "sampler": "ancestral",         # posterior variance beta_tilde, no noise in the last step
    "sample_from": "ema",
    "ema_decay": 0.995,
    "hidden_units": 96,
    "n_blocks": 2,                  # residual
    "time_embedding": "sinusoidal",
    "time_embedding_dim": 32,
    "activation": "silu",
    "dropout": 0.0,
    "init": "pytorch_default_zero_output",
    "seed": 0,
    "n_seeds": 4,
    "max_energy_distance": 0.02,
    "min_quality": 0.80,            # share of samples within 3 std of the spiral
}


def config():
    return {
        "lr": 2e-3, "betas": (0.9, 0.999), "eps": 1e-8, "warmup": 100, "clip": 0.5, "bs": 128, "iters": 1600,
        "T": 100, "s": 0.008, "max_beta": 0.999, "ema": 0.995, "width": 96, "blocks": 2, "emb": 32,
    }


# ---- data

MEAN, STD = torch.tensor(SPEC["input_mean"]), torch.tensor(SPEC["input_std"])
CENTRE, CURVE_NOISE = np.array([4.0, -1.0]), 0.12


def spiral(u):
    """u in [0, 1] -> a point on one and a half turns"""
    angle, radius = 3 * np.pi * u, 1 + 3 * u
    return CENTRE + np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)


def make_points(n, rng):
    clean = spiral(np.sqrt(rng.uniform(size=n)))
    return torch.from_numpy(clean + CURVE_NOISE * rng.normal(size=(n, 2))).float()


def normalize(points):
    return (points - MEAN) / STD


def denormalize(x):
    return MEAN + STD * x


# ---- forward process

class Diffusion:
    """alpha_bar[t], t = 0 .. T-1: the signal power that is left after t + 1 steps"""

    def __init__(self, T, s, max_beta):
        f = np.cos((np.arange(T + 1) / T + s) / (1 + s) * np.pi / 2) ** 2
        beta = np.minimum(1 - f[1:] / f[:-1], max_beta)
        abar = np.cumprod(1 - beta)
        abar_prev = np.concatenate([[1.0], abar[:-1]])
        post_x0 = beta * np.sqrt(abar_prev) / (1 - abar)
        post_xt = (1 - abar_prev) * np.sqrt(1 - beta) / (1 - abar)
        post_var = beta * (1 - abar_prev) / (1 - abar)
        self.T = T
        for k, v in dict(alpha=np.sqrt(abar), sigma=np.sqrt(1 - abar), post_x0=post_x0, post_xt=post_xt,
                         post_std=np.sqrt(post_var)).items():
            setattr(self, k, torch.from_numpy(v).float())

    def q_sample(self, x0, t, eps):
        return self.alpha[t, None] * x0 + self.sigma[t, None] * eps

    def v(self, x0, t, eps):
        return self.alpha[t, None] * eps - self.sigma[t, None] * x0

    def x0_from_v(self, xt, t, v):
        return self.alpha[t, None] * xt - self.sigma[t, None] * v

    @torch.no_grad()
    def sample(self, net, n, generator):
        x = torch.randn(n, 2, generator=generator)
        for i in range(self.T - 1, -1, -1):
            t = torch.full((n,), i)
            x0 = self.x0_from_v(x, t, net(x, t))
            x = self.post_x0[i] * x0 + self.post_xt[i] * x
            if i > 0:
                x = x + self.post_std[i] * torch.randn(n, 2, generator=generator)
        return x


PROCESS = Diffusion(config()["T"], config()["s"], config()["max_beta"])


# ---- network

def time_features(t, dim):
    half = dim // 2
    freqs = torch.exp(-math.log(10000.0) * torch.arange(half) / half)
    phase = t[:, None].float() * freqs[None, :]
    return torch.cat([phase.sin(), phase.cos()], dim=1)


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.lin1 = nn.Linear(width, width)
        self.lin2 = nn.Linear(width, width)
        self.time = nn.Linear(width, width)

    def forward(self, h, emb):
        r = self.lin1(F.silu(self.norm(h))) + self.time(emb)
        return h + self.lin2(F.silu(r))


class VNet(nn.Module):
    def __init__(self, width, blocks, emb):
        super().__init__()
        self.emb = emb
        self.time = nn.Sequential(nn.Linear(emb, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.inp = nn.Linear(2, width)
        self.blocks = nn.ModuleList([Block(width) for _ in range(blocks)])
        self.out = nn.Linear(width, 2)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x, t):
        emb = self.time(time_features(t, self.emb))
        h = self.inp(x)
        for block in self.blocks:
            h = block(h, emb)
        return self.out(F.silu(h))


# ---- training

class State:
    def __init__(self, seed, cfg):
        self.seed, self.cfg, self.step = seed, cfg, 0
        model = VNet(cfg["width"], cfg["blocks"], cfg["emb"])
        ema = copy.deepcopy(model).eval().requires_grad_(False)
        self.nets = {"model": model, "ema": ema}
        opt = torch.optim.Adam(model.parameters(), lr=cfg["lr"], betas=cfg["betas"], eps=cfg["eps"])
        self.optimizers = {"model": opt}
        warm = torch.optim.lr_scheduler.LambdaLR(opt, lambda k: min(1.0, (k + 1) / cfg["warmup"]))
        self.schedulers = {"model": warm}
        self.train = make_points(SPEC["n_train"], np.random.default_rng([seed, 1]))
        self.test = make_points(SPEC["n_test"], np.random.default_rng([seed, 2]))


def setup(seed, config=None):
    cfg = globals()["config"]()
    cfg.update(config or {})
    torch.manual_seed(seed)
    return State(seed, cfg)


def batches(state):
    step = state.step
    while True:
        rng = np.random.default_rng([state.seed, 3, step])
        rows = rng.integers(len(state.train), size=state.cfg["bs"])
        yield {
            "x0": normalize(state.train[torch.from_numpy(rows)]),
            "t": torch.from_numpy(rng.integers(PROCESS.T, size=len(rows))),
            "eps": torch.from_numpy(rng.standard_normal((len(rows), 2))).float(),
        }
        step += 1


def loss_fn(model, batch):
    x0, t, eps = batch["x0"], batch["t"], batch["eps"]
    xt = PROCESS.q_sample(x0, t, eps)
    return F.mse_loss(model(xt, t), PROCESS.v(x0, t, eps))


@torch.no_grad()
def update_ema(ema, model, decay):
    for old, new in zip(ema.parameters(), model.parameters()):
        old.mul_(decay).add_(new, alpha=1 - decay)


def train_step(state, batch):
    model, opt = state.nets["model"], state.optimizers["model"]
    model.train()
    opt.zero_grad()
    loss = loss_fn(model, batch)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), state.cfg["clip"])
    opt.step()
    state.schedulers["model"].step()
    update_ema(state.nets["ema"], model, state.cfg["ema"])
    state.step += 1
    return loss.detach()


# ---- evaluation

def energy_distance(a, b):
    """2 E|A - B| - E|A - A'| - E|B - B'|, pairs of a point with itself left out"""
    n, m = len(a), len(b)
    within_a = torch.cdist(a, a).sum() / (n * (n - 1))
    within_b = torch.cdist(b, b).sum() / (m * (m - 1))
    return (2 * torch.cdist(a, b).mean() - within_a - within_b).item()


@torch.no_grad()
def evaluate(state, dataset=None):
    points = state.test if dataset is None else dataset
    net = state.nets["ema"]
    net.eval()

    rng = np.random.default_rng(2024)
    x0 = normalize(points)
    t = torch.arange(len(points)) % PROCESS.T
    eps = torch.from_numpy(rng.standard_normal((len(points), 2))).float()
    total = 0.0
    for rows in torch.arange(len(points)).split(state.cfg["bs"]):
        chunk = {"x0": x0[rows], "t": t[rows], "eps": eps[rows]}
        total += loss_fn(net, chunk).item() * len(rows)

    samples = denormalize(PROCESS.sample(net, SPEC["n_test"], torch.Generator().manual_seed(31337)))
    curve = torch.from_numpy(spiral(np.linspace(0, 1, 400))).float()
    off = torch.cdist(samples, curve).min(dim=1).values
    return {
        "loss": total / len(points),
        "n": len(points),
        "energy_distance": energy_distance(normalize(samples), normalize(points)),
        "quality": (off <= 3 * CURVE_NOISE).float().mean().item(),
        "sample_mean": samples.mean(dim=0).tolist(),
    }


# ---- checkpoint

def save(state, path):
    torch.save({
        "seed": state.seed, "cfg": state.cfg, "step": state.step,
        "model": state.nets["model"].state_dict(),
        "ema": state.nets["ema"].state_dict(),
        "opt": state.optimizers["model"].state_dict(),
        "sched": state.schedulers["model"].state_dict(),
    }, path)


def load(path):
    ck = torch.load(path, weights_only=True)
    state = setup(ck["seed"], ck["cfg"])
    state.nets["model"].load_state_dict(ck["model"])
    state.nets["ema"].load_state_dict(ck["ema"])
    state.optimizers["model"].load_state_dict(ck["opt"])
    state.schedulers["model"].load_state_dict(ck["sched"])
    state.step = ck["step"]
    return state


def main(seed=SPEC["seed"]):
    state = setup(seed)
    stream = batches(state)
    for _ in range(state.cfg["iters"]):
        loss = train_step(state, next(stream))
        if state.step % 500 == 0:
            print(f"{state.step:5d}  loss {loss:.4f}")
    return evaluate(state)


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else SPEC["seed"]))
