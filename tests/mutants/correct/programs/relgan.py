"""Non-saturating GAN with the R1 penalty applied lazily, every fourth step, on a three by three grid of Gaussians."""
from dataclasses import dataclass, field
from typing import Any, Dict

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

FAMILY = "gan"
SPEC = {
    "loss": "non-saturating logistic loss",
    "regularisation": "R1 on real examples, gamma / 2 * |grad D|^2, lazily every 4th step and then multiplied by 4",
    "r1_gamma": 0.2,
    "r1_every": 4,
    "learning_rate": 1e-3,
    "learning_rate_d": 2e-3,
    "beta1": 0.0,
    "beta2": 0.99,
    "batch_size": 128,
    "steps": 900,
    "initialisation": "PyTorch's default; weight norm on the generator's linear layers",
    "n_modes": 9,
}
GRID = torch.cartesian_prod(torch.tensor([-1.0, 0.0, 1.0]), torch.tensor([-1.0, 0.0, 1.0]))
SPREAD = 0.12
LATENT = 4


class Generator(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.hidden = nn.ModuleList([weight_norm(nn.Linear(LATENT, width)), weight_norm(nn.Linear(width, width))])
        self.to_xy = weight_norm(nn.Linear(width, 2))

    def forward(self, z):
        for layer in self.hidden:
            z = F.leaky_relu(layer(z), 0.2)
        return self.to_xy(z)


class Critic(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(2, width), nn.Linear(width, width), nn.Linear(width, 1)

    def forward(self, x):
        h = F.softplus(self.a(2 * x), beta=4)
        return self.c(F.softplus(self.b(h), beta=4)).squeeze(-1)


@dataclass
class Run:
    seed: int
    nets: Dict[str, nn.Module]
    optimizers: Dict[str, torch.optim.Optimizer]
    train: torch.Tensor
    test: torch.Tensor
    schedulers: Dict[str, Any] = field(default_factory=dict)
    step: int = 0


def sample_real(n, generator=None):
    cell = torch.randint(len(GRID), (n,), generator=generator)
    return GRID[cell] + SPREAD * torch.randn(n, 2, generator=generator)


def sample_noise(n, generator=None):
    return torch.randn(n, LATENT, generator=generator)


def numbered_noise(seed, step, player, n):
    """The noise of one player at one step; nothing to save."""
    draw = np.random.default_rng((seed, step, player)).standard_normal((n, LATENT), dtype=np.float32)
    return torch.from_numpy(draw)


def d_loss(D, real, fake):
    return F.softplus(-D(real)).mean() + F.softplus(D(fake)).mean()


def g_loss(D, fake):
    return F.softplus(-D(fake)).mean()


def r1(D, real):
    real = real.detach().requires_grad_(True)
    slope, = torch.autograd.grad(D(real).sum(), real, create_graph=True)
    return slope.square().sum(dim=1).mean()


def loss_fn(model, batch):
    (real,) = batch
    return F.softplus(-model(real)).mean()


def setup(seed, config=None):
    config = dict(config or {})
    torch.manual_seed(seed)
    G, D = Generator(), Critic()
    betas = (SPEC["beta1"], SPEC["beta2"])
    optimizers = {
        "G": torch.optim.Adam(G.parameters(), lr=config.get("learning_rate", SPEC["learning_rate"]), betas=betas),
        "D": torch.optim.Adam(D.parameters(), lr=config.get("learning_rate_d", SPEC["learning_rate_d"]), betas=betas),
    }
    return Run(seed, {"G": G, "D": D}, optimizers,
               train=sample_real(5000, torch.Generator().manual_seed(1)),
               test=sample_real(1800, torch.Generator().manual_seed(2)))


def batches(state):
    """Rows of the training set, drawn with replacement; a one-tuple, as a TensorDataset's loader would give."""
    step = state.step
    while True:
        rows = np.random.default_rng((state.seed, step)).integers(len(state.train), size=SPEC["batch_size"])
        yield (state.train[torch.from_numpy(rows)],)
        step += 1


def d_step(state, real):
    G, D, opt = state.nets["G"], state.nets["D"], state.optimizers["D"]
    fake = G(numbered_noise(state.seed, state.step, 0, len(real))).detach()
    loss = d_loss(D, real, fake)
    total = loss
    if state.step % SPEC["r1_every"] == 0:
        total = loss + SPEC["r1_every"] * SPEC["r1_gamma"] / 2 * r1(D, real)
    opt.zero_grad()
    total.backward()
    opt.step()
    return loss.detach()


def g_step(state, n):
    G, D, opt = state.nets["G"], state.nets["D"], state.optimizers["G"]
    loss = g_loss(D, G(numbered_noise(state.seed, state.step, 1, n)))
    opt.zero_grad()
    loss.backward(inputs=list(G.parameters()))
    opt.step()
    return loss.detach()


def train_step(state, batch):
    (real,) = batch
    losses = {"d": d_step(state, real), "g": g_step(state, real.shape[0])}
    state.step += 1
    return losses


@torch.no_grad()
def evaluate(state, dataset=None):
    real = state.test if dataset is None else dataset
    fake = state.nets["G"](sample_noise(len(real), torch.Generator().manual_seed(31)))
    gap = (fake[:, None] - GRID).norm(dim=-1)
    near = gap.min(dim=1)
    hits = torch.bincount(near.indices[near.values < 4 * SPREAD], minlength=len(GRID))
    return {"loss": d_loss(state.nets["D"], real, fake).item(), "n": len(real),
            "modes": int((hits > 0.2 * len(real) / len(GRID)).sum())}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step,
                **{f"net {k}": v.state_dict() for k, v in state.nets.items()},
                **{f"opt {k}": v.state_dict() for k, v in state.optimizers.items()}}, path)


def load(path):
    saved = torch.load(path, weights_only=True)
    state = setup(saved["seed"])
    state.step = saved["step"]
    for kind, where in (("net", state.nets), ("opt", state.optimizers)):
        for k, v in where.items():
            v.load_state_dict(saved[f"{kind} {k}"])
    return state
