"""Non-saturating GAN (Goodfellow et al., 2014) on a ring of eight Gaussians in the plane.

Real points are drawn on the fly: a batch is a function of (seed, step) alone.  The noise comes from torch's
global generator, whose state travels in the checkpoint.
"""
import math
import sys
from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import nn

FAMILY = "gan"

SPEC = {
    "optimizer": "adam",
    "learning_rate": 1e-3,          # both networks
    "beta1": 0.5,
    "beta2": 0.999,
    "eps": 1e-8,
    "weight_decay": 0.0,
    "lr_schedule": "constant",
    "batch_size": 128,
    "steps": 2000,
    "n_critic": 1,                  # one discriminator update per generator update
    "z_dim": 8,
    "z_prior": "normal",
    "hidden_units": 128,
    "n_layers": 3,                  # linear layers, in each network
    "activation": "leaky_relu_0.2",
    "g_output": "linear",
    "init": "xavier_uniform",
    "loss": "bce_non_saturating",
    "label_smoothing": 0.1,         # one-sided: real targets are 0.9, fake targets stay 0
    "n_modes": 8,
    "radius": 2.0,
    "mode_std": 0.2,
    "seed": 0,
    "n_seeds": 5,
    "min_quality": 0.75,            # share of samples within three standard deviations of a mode
}

N_MODES, RADIUS, STD = 8, 2.0, 0.2
Z, HIDDEN, BATCH = 8, 128, 128
LR, BETAS = 1e-3, (0.5, 0.999)
REAL_TARGET = 0.9
N_TEST = 2048


def centres():
    angle = torch.arange(N_MODES) * (2 * math.pi / N_MODES)
    return RADIUS * torch.stack([angle.cos(), angle.sin()], dim=1)


def sample_real(n, generator=None):
    which = torch.randint(N_MODES, (n,), generator=generator)
    return centres()[which] + STD * torch.randn(n, 2, generator=generator)


def sample_noise(n, generator=None):
    return torch.randn(n, Z, generator=generator)


def mlp(n_in, n_out):
    net = nn.Sequential(
        nn.Linear(n_in, HIDDEN), nn.LeakyReLU(0.2),
        nn.Linear(HIDDEN, HIDDEN), nn.LeakyReLU(0.2),
        nn.Linear(HIDDEN, n_out),
    )
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return net


def build(seed):
    G, D = mlp(Z, 2), mlp(2, 1)
    return SimpleNamespace(
        nets={"G": G, "D": D},
        optimizers={
            "G": torch.optim.Adam(G.parameters(), lr=LR, betas=BETAS),
            "D": torch.optim.Adam(D.parameters(), lr=LR, betas=BETAS),
        },
        schedulers={},
        step=0,
        seed=seed,
        train=None,
        test=sample_real(N_TEST, torch.Generator().manual_seed(10**9 + seed)),
    )


def setup(seed, config=None):
    torch.manual_seed(seed)
    return build(seed)


def batches(state):
    step = state.step
    while True:
        g = torch.Generator().manual_seed(state.seed * 1_000_003 + step)
        yield sample_real(BATCH, g)
        step += 1


def d_loss(D, real, fake):
    on_real, on_fake = D(real), D(fake)
    return (F.binary_cross_entropy_with_logits(on_real, torch.full_like(on_real, REAL_TARGET))
            + F.binary_cross_entropy_with_logits(on_fake, torch.zeros_like(on_fake)))


def g_loss(D, fake):
    on_fake = D(fake)
    return F.binary_cross_entropy_with_logits(on_fake, torch.ones_like(on_fake))


def d_step(state, real):
    G, D, opt = state.nets["G"], state.nets["D"], state.optimizers["D"]
    fake = G(sample_noise(len(real))).detach()
    loss = d_loss(D, real, fake)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def g_step(state, n):
    G, D, opt = state.nets["G"], state.nets["D"], state.optimizers["G"]
    fake = G(sample_noise(n))
    loss = g_loss(D, fake)
    opt.zero_grad()
    loss.backward()
    opt.step()
    return loss.detach()


def train_step(state, batch):
    for net in state.nets.values():
        net.train()
    d = d_step(state, batch)
    g = g_step(state, len(batch))
    state.step += 1
    return {"d_loss": d, "g_loss": g}


@torch.no_grad()
def evaluate(state, dataset=None):
    real = state.test if dataset is None else dataset
    G, D = state.nets["G"].eval(), state.nets["D"].eval()
    fake = G(sample_noise(len(real), torch.Generator().manual_seed(12345)))
    distance, nearest = torch.cdist(fake, centres()).min(dim=1)
    good = distance < 3 * STD
    counts = torch.bincount(nearest[good], minlength=N_MODES)
    result = {
        "loss": d_loss(D, real, fake).item(),
        "n": len(real),
        "modes": int((counts >= 0.02 * len(fake)).sum()),
        "quality": good.float().mean().item(),
    }
    G.train(), D.train()
    return result


def save(state, path):
    torch.save({
        "seed": state.seed,
        "step": state.step,
        "nets": {k: v.state_dict() for k, v in state.nets.items()},
        "optimizers": {k: v.state_dict() for k, v in state.optimizers.items()},
        "rng": torch.get_rng_state(),
    }, path)


def load(path):
    blob = torch.load(path, weights_only=True)
    state = build(blob["seed"])
    for k, v in blob["nets"].items():
        state.nets[k].load_state_dict(v)
    for k, v in blob["optimizers"].items():
        state.optimizers[k].load_state_dict(v)
    state.step = blob["step"]
    torch.set_rng_state(blob["rng"])
    return state


def main(seed=SPEC["seed"]):
    state = setup(seed)
    for batch in batches(state):
        logs = train_step(state, batch)
        if state.step % 500 == 0:
            print(state.step, {k: round(v.item(), 3) for k, v in logs.items()}, evaluate(state))
        if state.step >= SPEC["steps"]:
            break
    return evaluate(state)


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else SPEC["seed"]))
