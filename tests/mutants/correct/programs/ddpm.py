"""DDPM on standardised two moons: epsilon prediction, cosine noise schedule, an exponential average of the weights."""
import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

FAMILY = "diffusion"
SPEC = {
    "parametrisation": "epsilon prediction",
    "loss": "squared error summed over the two coordinates, mean over examples",
    "noise_schedule": "cosine, s = 0.008, betas clipped at 0.999",
    "timesteps": 100,
    "learning_rate": 2e-3,
    "lr_schedule": "linear warmup over 100 steps, then cosine to a tenth",
    "warmup_steps": 100,
    "optimizer": "AdamW",
    "weight_decay": 1e-3,
    "batch_size": 256,
    "steps": 900,
    "ema_decay": 0.99,
    "n_parameters": 20642,
    "max_loss": 1.0,
    "input_standardisation": "per coordinate, mean and standard deviation of the training set",
}
T = SPEC["timesteps"]


def moons(n, seed):
    rng = np.random.default_rng(seed)
    angle, upper = np.pi * rng.random(n), rng.integers(2, size=n)
    x = np.where(upper, np.cos(angle), 1 - np.cos(angle))
    y = np.where(upper, np.sin(angle), 0.5 - np.sin(angle))
    return torch.tensor(np.stack([x, y], 1) + 0.06 * rng.standard_normal((n, 2)), dtype=torch.float32)


def cosine_alpha_bar(s=0.008):
    grid = np.arange(T + 1) / T
    f = np.cos((grid + s) / (1 + s) * np.pi / 2) ** 2
    beta = np.minimum(1 - f[1:] / f[:-1], 0.999)
    return torch.tensor(beta), torch.tensor(np.cumprod(1 - beta))


BETA, ALPHA_BAR = cosine_alpha_bar()          # float64; index t = 0 is the first noising step


@dataclass
class Noised:
    """A batch: the clean points, the step of each, and the noise to be mixed in."""
    x0: torch.Tensor
    t: torch.Tensor
    eps: torch.Tensor

    @property
    def xt(self):
        a = ALPHA_BAR[self.t][:, None]
        return (a.sqrt() * self.x0 + (1 - a).sqrt() * self.eps).float()


class Denoiser(nn.Module):
    def __init__(self, width=96, frequencies=8):
        super().__init__()
        self.register_buffer("omega", math.pi * torch.arange(1, frequencies + 1) / 2)
        self.inlet = nn.Linear(2 + 2 * frequencies, width)
        self.blocks = nn.ModuleList([nn.Linear(width, width) for _ in range(2)])
        self.outlet = nn.Linear(width, 2)
        nn.init.zeros_(self.outlet.weight)
        nn.init.zeros_(self.outlet.bias)

    def forward(self, x, t):
        phase = ((t + 1) / T)[:, None] * self.omega
        h = self.inlet(torch.cat([x, phase.sin(), phase.cos()], dim=1))
        for block in self.blocks:
            h = h + block(nn.functional.gelu(h))
        return self.outlet(nn.functional.gelu(h))


class State:
    pass


def lr_factor(step):
    if step < SPEC["warmup_steps"]:
        return (step + 1) / SPEC["warmup_steps"]
    done = (step - SPEC["warmup_steps"]) / (SPEC["steps"] - SPEC["warmup_steps"])
    return 0.1 + 0.45 * (1 + math.cos(math.pi * min(done, 1.0)))


def setup(seed, config=None):
    state = State()
    state.seed, state.step = seed, 0
    torch.manual_seed(seed)
    model = Denoiser()
    optimizer = torch.optim.AdamW(model.parameters(), lr=SPEC["learning_rate"], weight_decay=SPEC["weight_decay"])
    state.nets, state.optimizers = {"model": model}, {"adamw": optimizer}
    state.schedulers = {"lr": torch.optim.lr_scheduler.LambdaLR(optimizer, lr_factor)}
    state.average = {k: v.clone() for k, v in model.state_dict().items()}
    train, test = moons(4000, 11), moons(1000, 12)
    state.mean, state.std = train.mean(0), train.std(0)
    state.train, state.test = (train - state.mean) / state.std, (test - state.mean) / state.std
    return state


def batches(state):
    step = state.step
    while True:
        rng = np.random.default_rng([state.seed, step])
        rows = rng.choice(len(state.train), SPEC["batch_size"], replace=False)
        t = rng.integers(T, size=SPEC["batch_size"])
        eps = rng.standard_normal((SPEC["batch_size"], 2), dtype=np.float32)
        yield Noised(state.train[rows], torch.from_numpy(t), torch.from_numpy(eps))
        step += 1


def loss_fn(model, batch):
    return (model(batch.xt, batch.t) - batch.eps).square().sum(dim=1).mean()


def train_step(state, batch):
    model, optimizer = state.nets["model"], state.optimizers["adamw"]
    optimizer.zero_grad(set_to_none=True)
    loss = loss_fn(model, batch)
    loss.backward()
    optimizer.step()
    state.schedulers["lr"].step()
    state.step += 1
    decay = min(SPEC["ema_decay"], state.step / (state.step + 10))
    with torch.no_grad():
        for k, p in model.named_parameters():
            state.average[k].mul_(decay).add_(p, alpha=1 - decay)
    return loss.detach()


def averaged(state):
    return lambda x, t: torch.func.functional_call(state.nets["model"], state.average, (x, t))


@torch.no_grad()
def sample(state, n=500, seed=0):
    """Ancestral sampling with the averaged weights; points in the data's own units."""
    rng, model = torch.Generator().manual_seed(seed), averaged(state)
    x = torch.randn(n, 2, generator=rng)
    for t in range(T - 1, -1, -1):
        eps = model(x, torch.full((n,), t))
        a, b = ALPHA_BAR[t].item(), BETA[t].item()
        x = (x - b / math.sqrt(1 - a) * eps) / math.sqrt(1 - b)
        if t:
            before = ALPHA_BAR[t - 1].item()
            x = x + math.sqrt(b * (1 - before) / (1 - a)) * torch.randn(n, 2, generator=rng)
    return x * state.std + state.mean


@torch.no_grad()
def evaluate(state, dataset=None):
    """The loss of the averaged weights over one fixed draw of steps and noise for each point."""
    x0 = state.test if dataset is None else dataset
    rng = np.random.default_rng(2024)
    t = torch.from_numpy(rng.permutation(np.arange(len(x0)) % T))
    eps = torch.from_numpy(rng.standard_normal((len(x0), 2), dtype=np.float32))
    return {"loss": loss_fn(averaged(state), Noised(x0, t, eps)).item(), "n": len(x0)}


def save(state, path):
    torch.save(dict(seed=state.seed, step=state.step, average=state.average, model=state.nets["model"].state_dict(),
                    adamw=state.optimizers["adamw"].state_dict(), lr=state.schedulers["lr"].state_dict()), path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = setup(d["seed"])
    state.step, state.average = d["step"], d["average"]
    state.nets["model"].load_state_dict(d["model"])
    state.optimizers["adamw"].load_state_dict(d["adamw"])
    state.schedulers["lr"].load_state_dict(d["lr"])
    return state
