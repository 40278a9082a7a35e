# Spectrally normalised GAN with the hinge loss (Lim & Ye 2017; Miyato et al. 2018) on a grid of Gaussians, two
# time-scale learning rates (Heusel et al. 2017), and an exponential moving average of the generator for evaluation.
#
# Data: a fixed set of 8192 points, visited in a new order every epoch; the order is a function of (seed, epoch).
# Noise: one torch.Generator carried by the trainer.
import argparse
import copy
from dataclasses import dataclass, field

import torch
import torch.nn as nn
from torch.nn.utils.parametrizations import spectral_norm
from torch.optim.lr_scheduler import LambdaLR

FAMILY = "gan"

SPEC = dict(
    loss="hinge", optimizer="adam",
    learning_rate=2e-3, learning_rate_g=2e-3, learning_rate_d=4e-3, beta1=0.0, beta2=0.9, eps=1e-8, weight_decay=0.0,
    lr_schedule="linear_second_half",       # constant for the first half, then linearly to zero
    batch_size=128, steps=1200, n_critic=1,
    z_dim=8, z_prior="uniform",             # on [-1, 1]
    hidden_units=96, n_layers=3,            # linear layers in each network
    activation="relu", d_activation="leaky_relu_0.1", g_output="linear",
    g_norm="batch_norm", bn_momentum=0.1, bn_eps=1e-5, d_norm="spectral_norm", power_iterations=1,
    d_output_scale=16.0,                    # D is 16 times a network whose layers have spectral norm one
    init="orthogonal", ema_decay=0.99, eval_network="ema",
    n_modes=9, grid_side=3, grid_spacing=2.0, mode_std=0.2, train_size=8192, test_size=2048,
    seed=0, n_seeds=5, min_quality=0.45, min_modes=7,
)


@dataclass
class Hyper:
    lr_g: float = 2e-3
    lr_d: float = 4e-3
    betas: tuple = (0.0, 0.9)
    batch_size: int = 128
    steps: int = 1200
    z_dim: int = 8
    width: int = 96
    ema_decay: float = 0.99


SIDE, SPACING, STD = 3, 2.0, 0.2
SCALE = 16.0


def grid():
    """The nine centres, one a row."""
    ticks = SPACING * (torch.arange(SIDE) - (SIDE - 1) / 2)
    return torch.cartesian_prod(ticks, ticks)


def sample_real(n, generator=None):
    centres = grid()
    pick = torch.randint(len(centres), (n,), generator=generator)
    return centres[pick] + STD * torch.randn(n, 2, generator=generator)


def sample_noise(n, generator=None):
    return 2 * torch.rand(n, Hyper.z_dim, generator=generator) - 1


class Generator(nn.Module):
    def __init__(self, z_dim, width):
        super().__init__()
        self.fc1 = nn.Linear(z_dim, width)
        self.bn1 = nn.BatchNorm1d(width)
        self.fc2 = nn.Linear(width, width)
        self.bn2 = nn.BatchNorm1d(width)
        self.out = nn.Linear(width, 2)
        orthogonal(self)

    def forward(self, z):
        h = torch.relu(self.bn1(self.fc1(z)))
        h = torch.relu(self.bn2(self.fc2(h)))
        return self.out(h)


class Discriminator(nn.Module):
    """Every layer has spectral norm one; the output is scaled, since a slope of one is too flat for narrow modes."""

    def __init__(self, width):
        super().__init__()
        self.fc1, self.fc2, self.out = nn.Linear(2, width), nn.Linear(width, width), nn.Linear(width, 1)
        orthogonal(self)
        self.act = nn.LeakyReLU(0.1)
        self.fc1, self.fc2, self.out = spectral_norm(self.fc1), spectral_norm(self.fc2), spectral_norm(self.out)

    def forward(self, x):
        h = self.act(self.fc1(x))
        h = self.act(self.fc2(h))
        return SCALE * self.out(h).squeeze(1)


def orthogonal(net):
    for m in net.modules():
        if isinstance(m, nn.Linear):
            nn.init.orthogonal_(m.weight)
            nn.init.zeros_(m.bias)


@dataclass
class Trainer:
    seed: int
    hyper: Hyper
    train: torch.Tensor
    test: torch.Tensor
    noise: torch.Generator
    nets: dict = field(default_factory=dict)
    optimizers: dict = field(default_factory=dict)
    schedulers: dict = field(default_factory=dict)
    step: int = 0


def build(seed, hyper):
    trainer = Trainer(
        seed=seed, hyper=hyper,
        train=sample_real(8192, torch.Generator().manual_seed(2 * seed)),
        test=sample_real(2048, torch.Generator().manual_seed(2 * seed + 1)),
        noise=torch.Generator().manual_seed(seed + 77),
    )
    G, D = Generator(hyper.z_dim, hyper.width), Discriminator(hyper.width)
    trainer.nets = {"G": G, "D": D, "G_ema": copy.deepcopy(G).requires_grad_(False)}
    for name, lr in (("G", hyper.lr_g), ("D", hyper.lr_d)):
        opt = torch.optim.Adam(trainer.nets[name].parameters(), lr=lr, betas=hyper.betas)
        trainer.optimizers[name] = opt
        trainer.schedulers[name] = LambdaLR(opt, lambda k: min(1.0, 2 * (1 - k / hyper.steps)))
    return trainer


def setup(seed, config=None):
    torch.manual_seed(seed)
    return build(seed, Hyper(**(config or {})))


def config():
    return {k: f.default for k, f in Hyper.__dataclass_fields__.items()}


def batches(state):
    size = state.hyper.batch_size
    per_epoch = len(state.train) // size
    step = state.step
    while True:
        epoch, i = divmod(step, per_epoch)
        order = torch.randperm(len(state.train), generator=torch.Generator().manual_seed(state.seed + 10007 * epoch))
        while i < per_epoch:
            yield state.train[order[i * size:(i + 1) * size]]
            i, step = i + 1, step + 1


def d_loss(D, real, fake):
    return torch.relu(1 - D(real)).mean() + torch.relu(1 + D(fake)).mean()


def g_loss(D, fake):
    return -D(fake).mean()


def d_step(state, real):
    with torch.no_grad():
        fake = state.nets["G"](sample_noise(len(real), state.noise))
    loss = d_loss(state.nets["D"], real, fake)
    return apply(state, "D", loss)


def g_step(state, n):
    fake = state.nets["G"](sample_noise(n, state.noise))
    state.nets["D"].requires_grad_(False)
    loss = g_loss(state.nets["D"], fake)
    apply(state, "G", loss)
    state.nets["D"].requires_grad_(True)
    return loss.detach()


def apply(state, name, loss):
    state.optimizers[name].zero_grad()
    loss.backward()
    state.optimizers[name].step()
    return loss.detach()


@torch.no_grad()
def update_ema(ema, net, decay):
    for slow, fast in zip(ema.parameters(), net.parameters()):
        slow.lerp_(fast, 1 - decay)
    for slow, fast in zip(ema.buffers(), net.buffers()):
        slow.copy_(fast)


def train_step(state, batch):
    logs = {"d_loss": d_step(state, batch), "g_loss": g_step(state, len(batch))}
    update_ema(state.nets["G_ema"], state.nets["G"], state.hyper.ema_decay)
    for scheduler in state.schedulers.values():
        scheduler.step()
    state.step += 1
    return logs


@torch.no_grad()
def evaluate(state, dataset=None):
    """Hinge loss of D, and how well the averaged generator covers the grid, with a noise that is always the same."""
    real = state.test if dataset is None else dataset
    G, D = state.nets["G_ema"], state.nets["D"]
    was = G.training, D.training
    G.eval(), D.eval()
    fake = G(sample_noise(len(real), torch.Generator().manual_seed(4242)))
    loss = d_loss(D, real, fake).item()
    G.train(was[0]), D.train(was[1])
    offset, mode = torch.cdist(fake, grid()).min(dim=1)
    on_mode = offset < 3 * STD
    hits = torch.bincount(mode[on_mode], minlength=SIDE ** 2)
    return {
        "loss": loss,
        "n": len(real),
        "modes": (hits > 0.01 * len(fake)).sum().item(),        # a mode counts from 1 % of the samples on
        "quality": on_mode.float().mean().item(),               # share of samples within three sigma of a centre
    }


def save(state, path):
    blob = {"seed": state.seed, "step": state.step, "hyper": vars(state.hyper), "noise": state.noise.get_state()}
    for part in ("nets", "optimizers", "schedulers"):
        blob[part] = {name: thing.state_dict() for name, thing in getattr(state, part).items()}
    torch.save(blob, path)


def load(path):
    blob = torch.load(path, weights_only=True)
    state = build(blob["seed"], Hyper(**blob["hyper"]))
    for part in ("nets", "optimizers", "schedulers"):
        for name, thing in getattr(state, part).items():
            thing.load_state_dict(blob[part][name])
    state.noise.set_state(blob["noise"])
    state.step = blob["step"]
    return state


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=SPEC["seed"])
    parser.add_argument("--log-every", type=int, default=300)
    args = parser.parse_args()
    state = setup(args.seed)
    stream = batches(state)
    while state.step < state.hyper.steps:
        logs = train_step(state, next(stream))
        if state.step % args.log_every == 0:
            print(state.step, {k: round(float(v), 3) for k, v in logs.items()}, evaluate(state), flush=True)


if __name__ == "__main__":
    main()
