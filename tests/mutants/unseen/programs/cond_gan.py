"""Class-conditional least-squares GAN with a projection discriminator and lazy R1, on a labelled mixture.

Four classes share a ring of eight Gaussians: class c owns the modes c and c + 4, which lie opposite each other, so
that the generator has to use the label *and* the noise.  The training set is finite; its order in epoch e is a
function of (seed, e).  All noise of the training comes from `Run.rng`, a generator of its own that is checkpointed.
"""
from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Iterator, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Adam
from torch.optim.lr_scheduler import LambdaLR

FAMILY = "gan"

SPEC = dict(
    optimizer="adam",
    learning_rate=2e-3,             # generator and discriminator
    beta1=0.0,
    beta2=0.99,
    eps=1e-8,
    weight_decay=0.0,
    lr_schedule="linear_to_zero",   # lr * (1 - step / steps), both networks
    batch_size=128,
    steps=1600,
    n_critic=1,
    n_train=8000,
    n_test=2000,
    drop_last=True,
    z_dim=4,
    z_prior="normal",
    label_prior="uniform",
    embedding_dim=8,                # of the label, in the generator
    hidden_units=64,
    g_norm="batch_norm",
    bn_momentum=0.1,
    g_activation="relu",
    g_output="linear",
    d_norm="none",
    d_activation="leaky_relu_0.2",
    d_conditioning="projection",
    init="xavier_uniform",          # also the label vectors of D; the label embedding of G is standard normal
    loss="least_squares",           # 1/2 (D(x) - 1)^2 + 1/2 D(G(z))^2;  generator: 1/2 (D(G(z)) - 1)^2
    r1_gamma=0.2,                   # gamma / 2 * E |grad_x D(x)|^2, on real points
    r1_every=4,                     # lazily: each 4th step, times 4
    n_classes=4,
    n_modes=8,
    radius=2.0,
    mode_std=0.15,
    seed=0,
    n_seeds=4,
    min_quality=0.75,               # share of samples within 3 std of a mode of the class that was asked for
)


class Labelled(NamedTuple):
    x: Tensor                       # (n, 2)
    y: Tensor                       # (n,)

    def detach(self) -> Labelled:
        return Labelled(self.x.detach(), self.y)

    @property
    def n(self) -> int:
        return self.y.numel()


class Latent(NamedTuple):
    z: Tensor                       # (n, z_dim)
    y: Tensor                       # (n,)


# ---------------------------------------------------------------------------------------------------- the mixture

def mode_centres() -> Tensor:
    theta = 2 * math.pi * torch.arange(SPEC["n_modes"]) / SPEC["n_modes"]
    return SPEC["radius"] * torch.stack((torch.cos(theta), torch.sin(theta)), dim=-1)


def mode_labels() -> Tensor:
    return torch.arange(SPEC["n_modes"]) % SPEC["n_classes"]


def sample_real(n: int, generator: torch.Generator | None = None) -> Labelled:
    mode = torch.randint(SPEC["n_modes"], (n,), generator=generator)
    jitter = torch.randn(n, 2, generator=generator)
    return Labelled(mode_centres()[mode] + SPEC["mode_std"] * jitter, mode_labels()[mode])


def sample_noise(n: int, generator: torch.Generator | None = None) -> Latent:
    z = torch.randn(n, SPEC["z_dim"], generator=generator)
    y = torch.randint(SPEC["n_classes"], (n,), generator=generator)
    return Latent(z, y)


# --------------------------------------------------------------------------------------------------- the networks

def linear(n_in: int, n_out: int, bias: bool = True) -> nn.Linear:
    layer = nn.Linear(n_in, n_out, bias=bias)
    nn.init.xavier_uniform_(layer.weight)
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


class Generator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        width, momentum = SPEC["hidden_units"], SPEC["bn_momentum"]
        self.label = nn.Embedding(SPEC["n_classes"], SPEC["embedding_dim"])
        self.fc1 = linear(SPEC["z_dim"] + SPEC["embedding_dim"], width, bias=False)
        self.bn1 = nn.BatchNorm1d(width, momentum=momentum)
        self.fc2 = linear(width, width, bias=False)
        self.bn2 = nn.BatchNorm1d(width, momentum=momentum)
        self.out = linear(width, 2)

    def forward(self, latent: Latent) -> Labelled:
        z, y = latent
        h = torch.cat([z, self.label(y)], dim=1)
        h = torch.relu(self.bn1(self.fc1(h)))
        h = torch.relu(self.bn2(self.fc2(h)))
        return Labelled(self.out(h), y)


class Discriminator(nn.Module):
    """score(x, y) = psi(phi(x)) + <V_y, phi(x)>"""

    def __init__(self) -> None:
        super().__init__()
        width = SPEC["hidden_units"]
        self.phi = nn.Sequential(linear(2, width), nn.LeakyReLU(0.2), linear(width, width), nn.LeakyReLU(0.2))
        self.psi = linear(width, 1)
        self.label = nn.Embedding(SPEC["n_classes"], width)
        nn.init.xavier_uniform_(self.label.weight)

    def forward(self, pair: Labelled) -> Tensor:
        x, y = pair
        features = self.phi(x)
        return self.psi(features).squeeze(1) + (self.label(y) * features).sum(dim=1)


# ----------------------------------------------------------------------------------------------------- the losses

def d_loss(D: nn.Module, real: Labelled, fake: Labelled) -> Tensor:
    return 0.5 * (D(real) - 1).square().mean() + 0.5 * D(fake).square().mean()


def g_loss(D: nn.Module, fake: Labelled) -> Tensor:
    return 0.5 * (D(fake) - 1).square().mean()


def r1_penalty(D: nn.Module, real: Labelled) -> Tensor:
    x = real.x.detach().requires_grad_(True)
    score = D(Labelled(x, real.y))
    (slope,) = torch.autograd.grad(score.sum(), x, create_graph=True)
    return 0.5 * SPEC["r1_gamma"] * slope.square().sum(dim=1).mean()


# ---------------------------------------------------------------------------------------------------- the training

@dataclass
class Run:
    seed: int
    step: int = 0
    nets: dict[str, nn.Module] = field(default_factory=dict)
    optimizers: dict[str, Adam] = field(default_factory=dict)
    schedulers: dict[str, LambdaLR] = field(default_factory=dict)
    train: Labelled | None = None
    test: Labelled | None = None
    rng: torch.Generator | None = None


def lr_factor(step: int) -> float:
    return max(0.0, 1.0 - step / SPEC["steps"])


def setup(seed: int, config=None) -> Run:
    torch.manual_seed(seed)
    run = Run(seed=seed, nets={"G": Generator(), "D": Discriminator()})
    for name, net in run.nets.items():
        run.optimizers[name] = Adam(net.parameters(), lr=SPEC["learning_rate"],
                                    betas=(SPEC["beta1"], SPEC["beta2"]), eps=SPEC["eps"])
        run.schedulers[name] = LambdaLR(run.optimizers[name], lr_factor)
    run.train = sample_real(SPEC["n_train"], torch.Generator().manual_seed(7_000_000 + seed))
    run.test = sample_real(SPEC["n_test"], torch.Generator().manual_seed(8_000_000 + seed))
    run.rng = torch.Generator().manual_seed(9_000_000 + seed)
    return run


def batches(run: Run) -> Iterator[Labelled]:
    size = SPEC["batch_size"]
    per_epoch = run.train.n // size
    step = run.step
    while True:
        epoch, first = divmod(step, per_epoch)
        shuffle = torch.Generator().manual_seed(run.seed * 100_003 + epoch)
        order = torch.randperm(run.train.n, generator=shuffle)
        for k in range(first, per_epoch):
            pick = order[k * size:(k + 1) * size]
            yield Labelled(run.train.x[pick], run.train.y[pick])
            step += 1


def d_step(run: Run, real: Labelled) -> Tensor:
    G, D = run.nets["G"], run.nets["D"]
    with torch.no_grad():
        fake = G(sample_noise(real.n, run.rng))
    loss = d_loss(D, real, fake)
    objective = loss
    if run.step % SPEC["r1_every"] == 0:
        objective = objective + SPEC["r1_every"] * r1_penalty(D, real)
    run.optimizers["D"].zero_grad(set_to_none=True)
    objective.backward()
    run.optimizers["D"].step()
    return loss.detach()


def g_step(run: Run, n: int) -> Tensor:
    G, D = run.nets["G"], run.nets["D"]
    D.requires_grad_(False)
    loss = g_loss(D, G(sample_noise(n, run.rng)))
    run.optimizers["G"].zero_grad(set_to_none=True)
    loss.backward()
    run.optimizers["G"].step()
    D.requires_grad_(True)
    return loss.detach()


def train_step(run: Run, batch: Labelled) -> dict[str, Tensor]:
    for net in run.nets.values():
        net.train()
    logs = {"d_loss": d_step(run, batch), "g_loss": g_step(run, batch.n)}
    for scheduler in run.schedulers.values():
        scheduler.step()
    run.step += 1
    return logs


@torch.no_grad()
def evaluate(run: Run, dataset: Labelled | None = None) -> dict[str, float]:
    real = run.test if dataset is None else dataset
    G, D = run.nets["G"], run.nets["D"]
    was_training = G.training, D.training
    G.eval()
    D.eval()
    fake = G(sample_noise(real.n, torch.Generator().manual_seed(424242)))
    distance, nearest = torch.cdist(fake.x, mode_centres()).min(dim=1)
    near = distance <= 3 * SPEC["mode_std"]
    right = mode_labels()[nearest] == fake.y
    good = near & right
    hits = torch.bincount(nearest[good], minlength=SPEC["n_modes"])
    report = {
        "loss": d_loss(D, real, fake).item(),
        "g_loss": g_loss(D, fake).item(),
        "n": real.n,
        "quality": good.float().mean().item(),
        "class_accuracy": right.float().mean().item(),
        "modes": int((hits >= 0.02 * fake.n).sum()),
    }
    G.train(was_training[0])
    D.train(was_training[1])
    return report


# --------------------------------------------------------------------------------------------------- checkpointing

def save(run: Run, path) -> None:
    checkpoint = {"seed": run.seed, "step": run.step, "rng": run.rng.get_state()}
    for kind in ("nets", "optimizers", "schedulers"):
        checkpoint[kind] = {name: part.state_dict() for name, part in getattr(run, kind).items()}
    torch.save(checkpoint, path)


def load(path) -> Run:
    checkpoint = torch.load(path, weights_only=True)
    run = setup(checkpoint["seed"])
    for kind in ("nets", "optimizers", "schedulers"):
        for name, part in getattr(run, kind).items():
            part.load_state_dict(checkpoint[kind][name])
    run.step = checkpoint["step"]
    run.rng.set_state(checkpoint["rng"])
    return run


def main(seed: int = SPEC["seed"], verbose: bool = True) -> dict[str, float]:
    run = setup(seed)
    feed = batches(run)
    while run.step < SPEC["steps"]:
        logs = train_step(run, next(feed))
        if verbose and run.step % 400 == 0:
            print(run.step, {name: round(value.item(), 3) for name, value in logs.items()}, evaluate(run))
    return evaluate(run)


if __name__ == "__main__":
    import sys
    print(main(*map(int, sys.argv[1:2])))
