"""A Wasserstein GAN with gradient penalty on eight Gaussians around a circle."""

import math
import types

import torch
from torch import nn

FAMILY = "gan"
SPEC = {
    "optimizer": "Adam", "learning_rate": 1e-3, "beta1": 0.5, "beta2": 0.9, "batch_size": 128,
    "steps": 500, "z_dim": 4, "n_modes": 8, "hidden_units": 48, "n_critic": 3,
    "gp_lambda": 1.0, "min_modes": 5,
}  # fmt: skip
CENTRES = torch.tensor(
    [[2 * math.cos(math.pi * k / 4), 2 * math.sin(math.pi * k / 4)] for k in range(8)]
)


def mlp(n_in, n_out):
    return nn.Sequential(
        nn.Linear(n_in, 48), nn.LeakyReLU(0.2), nn.Linear(48, 48), nn.LeakyReLU(0.2),
        nn.Linear(48, n_out),
    )  # fmt: skip


def sample_real(n, generator):
    k = torch.randint(8, (n,), generator=generator)
    return CENTRES[k] + 0.1 * torch.randn(n, 2, generator=generator)


def sample_noise(n):
    return torch.randn(n, 4)


def setup(seed, config=None):
    torch.manual_seed(seed)
    nets = {"G": mlp(4, 2), "D": mlp(2, 1)}
    optimizers = {
        k: torch.optim.Adam(net.parameters(), lr=1e-3, betas=(0.5, 0.9))
        for k, net in nets.items()
    }
    held = torch.Generator().manual_seed(99)
    return types.SimpleNamespace(
        nets=nets, optimizers=optimizers, schedulers={}, step=0, seed=seed,
        train=None, test=sample_real(1000, held),
    )  # fmt: skip


def batches(state):
    """Three real batches a step, one for each turn of the critic."""
    step = state.step
    while True:
        yield sample_real(3 * 128, torch.Generator().manual_seed(state.seed * 1_000_003 + step))
        step += 1


def penalty(D, real, fake):
    alpha = torch.rand(len(real), 1)
    between = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    (slope,) = torch.autograd.grad(D(between).sum(), between, create_graph=True)
    return (slope.norm(dim=1) - 1).square().mean()


def d_loss(D, real, fake):
    return D(fake).mean() - D(real).mean()


def g_loss(D, fake):
    return -D(fake).mean()


def d_step(state, real):
    D = state.nets["D"]
    with torch.no_grad():
        fake = state.nets["G"](sample_noise(len(real)))
    loss = d_loss(D, real, fake) + 1.0 * penalty(D, real, fake)
    state.optimizers["D"].zero_grad()
    loss.backward()
    state.optimizers["D"].step()
    return loss.detach()


def g_step(state, n):
    fake = state.nets["G"](sample_noise(n))
    loss = g_loss(state.nets["D"], fake)
    state.optimizers["G"].zero_grad()
    loss.backward()
    state.optimizers["G"].step()
    return loss.detach()


def loss_fn(model, batch):
    raise NotImplementedError("a GAN has d_loss and g_loss")


def train_step(state, batch):
    torch.manual_seed(state.seed * 77_003 + state.step)
    for part in batch.split(128):
        critic = d_step(state, part)
    losses = {"D": critic, "G": g_step(state, 128)}
    state.step += 1
    return losses


@torch.no_grad()
def evaluate(state, dataset=None):
    real = state.test if dataset is None else dataset
    with torch.random.fork_rng():
        torch.manual_seed(1234)
        fake = state.nets["G"](sample_noise(2000))
    distance, nearest = torch.cdist(fake, CENTRES).min(1)
    good = distance < 0.4
    share = torch.bincount(nearest[good], minlength=8) / len(fake)
    scores = state.nets["D"](real)
    return {
        "modes": int((share > 0.02).sum()),
        "quality": good.float().mean().item(),
        "d_real": scores.sigmoid().mean().item(),
        "n": len(fake),
    }


def save(state, path):
    parts = ("nets", "optimizers")
    kept = {p: {k: v.state_dict() for k, v in getattr(state, p).items()} for p in parts}
    torch.save({**kept, "step": state.step, "seed": state.seed}, path)


def load(path):
    kept = torch.load(path, weights_only=True)
    state = setup(kept["seed"])
    for part in ("nets", "optimizers"):
        for name, live in getattr(state, part).items():
            live.load_state_dict(kept[part][name])
    state.step = kept["step"]
    return state
