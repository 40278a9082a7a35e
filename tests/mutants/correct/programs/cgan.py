"""Class-conditional GAN in double precision: embedded labels, projection critic, hinge loss, EMA generator."""
import copy
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

FAMILY = "gan"
SPEC = {
    "loss": "hinge loss for the critic, minus the critic's mean for the generator",
    "conditioning": "labels embedded in 6 dimensions, concatenated to the noise in G; projection critic",
    "initialisation": "orthogonal weights, zero biases",
    "learning_rate": 5e-4,
    "learning_rate_d": 2e-3,
    "beta1": 0.0,
    "beta2": 0.9,
    "batch_size": 100,
    "steps": 600,
    "ema_decay": 0.98,
    "n_classes": 5,
    "n_modes": 5,
    "precision": "float64",
    "evaluation": "samples of the exponentially averaged generator",
}
N_CLASSES, Z = SPEC["n_classes"], 6
CENTRES = torch.tensor([[-1.2, 0.0], [1.2, 0.0], [0.0, 0.0], [-0.6, 1.0], [0.6, 1.0]], dtype=torch.float64)
SCALE = torch.tensor([0.10, 0.20], dtype=torch.float64)      # every class is an upright ellipse


class Labelled(NamedTuple):
    x: torch.Tensor
    y: torch.Tensor


class Latent(NamedTuple):
    z: torch.Tensor
    y: torch.Tensor


class Generator(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.embed = nn.Embedding(N_CLASSES, 6)
        self.body = nn.Sequential(nn.Linear(Z + 6, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2))

    def forward(self, latent):
        z, y = latent
        return Labelled(self.body(torch.cat([z, self.embed(y)], dim=1)), y)


class Critic(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        self.out = nn.Linear(width, 1)
        self.embed = nn.Embedding(N_CLASSES, width)

    def forward(self, pair):
        x, y = pair
        h = self.body(x)
        return self.out(h)[:, 0] + (h * self.embed(y)).sum(dim=1)


def sample_real(n, generator=None):
    y = torch.randint(N_CLASSES, (n,), generator=generator)
    return Labelled(CENTRES[y] + SCALE * torch.randn(n, 2, generator=generator, dtype=torch.float64), y)


def sample_noise(n, generator=None):
    y = torch.randint(N_CLASSES, (n,), generator=generator)
    return Latent(torch.randn(n, Z, generator=generator, dtype=torch.float64), y)


def d_loss(D, real, fake):
    return F.relu(1 - D(real)).mean() + F.relu(1 + D(fake)).mean()


def g_loss(D, fake):
    return -D(fake).mean()


def initialise(net):
    for module in net.modules():
        if isinstance(module, nn.Linear):
            nn.init.orthogonal_(module.weight)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.orthogonal_(module.weight)
    return net.double()


class Experiment:
    def __init__(self, seed):
        torch.manual_seed(seed)
        self.seed, self.step = seed, 0
        G, D = initialise(Generator()), initialise(Critic())
        self.nets = {"G": G, "D": D, "G_ema": copy.deepcopy(G).requires_grad_(False).eval()}
        betas = (SPEC["beta1"], SPEC["beta2"])
        self.optimizers = {"D": torch.optim.Adam(D.parameters(), SPEC["learning_rate_d"], betas),
                           "G": torch.optim.Adam(G.parameters(), SPEC["learning_rate"], betas)}
        self.schedulers = {}
        self.train = sample_real(6000, torch.Generator().manual_seed(100))
        self.test = sample_real(1000, torch.Generator().manual_seed(200))
        self.rng = torch.Generator().manual_seed(seed + 300)      # the generator's input


def setup(seed, config=None):
    return Experiment(seed)


def batches(state):
    """Whole epochs without replacement: 60 batches of 100; each epoch's order is a function of (seed, epoch)."""
    size = SPEC["batch_size"]
    per_epoch = len(state.train.x) // size
    step, order = state.step, None
    while True:
        epoch, k = divmod(step, per_epoch)
        if order is None or k == 0:
            order = torch.randperm(len(state.train.x), generator=torch.Generator().manual_seed(7919 * state.seed + epoch))
        rows = order[k * size:(k + 1) * size]
        yield Labelled(state.train.x[rows], state.train.y[rows])
        step += 1


def d_step(state, real):
    with torch.no_grad():
        fake = state.nets["G"](sample_noise(len(real.x), state.rng))
    loss = d_loss(state.nets["D"], real, fake)
    state.optimizers["D"].zero_grad()
    loss.backward()
    state.optimizers["D"].step()
    return loss.detach()


def g_step(state, n):
    loss = g_loss(state.nets["D"], state.nets["G"](sample_noise(n, state.rng)))
    state.optimizers["G"].zero_grad()
    loss.backward()              # what this leaves on D's gradients is cleared at the head of d_step
    state.optimizers["G"].step()
    with torch.no_grad():
        for slow, fast in zip(state.nets["G_ema"].parameters(), state.nets["G"].parameters()):
            slow.lerp_(fast, 1 - SPEC["ema_decay"])
    return loss.detach()


def train_step(state, batch):
    out = {"d_loss": d_step(state, batch), "g_loss": g_step(state, len(batch.x))}
    state.step += 1
    return out


@torch.no_grad()
def evaluate(state, dataset=None):
    """A class counts as a mode when most of the points made for it lie within three deviations of its centre."""
    real = state.test if dataset is None else dataset
    noise = sample_noise(len(real.x), torch.Generator().manual_seed(55))
    fake = state.nets["G_ema"](Latent(noise.z, real.y))
    inside = ((fake.x - CENTRES[fake.y]) / SCALE).norm(dim=1) < 3
    share = [inside[fake.y == c].double().mean().item() if (fake.y == c).any() else 0.0 for c in range(N_CLASSES)]
    return {"loss": d_loss(state.nets["D"], real, fake).item(), "n": len(real.x),
            "modes": sum(s > 0.5 for s in share), "inside": inside.double().mean().item()}


def save(state, path):
    torch.save({"nets": {k: n.state_dict() for k, n in state.nets.items()},
                "optimizers": {k: o.state_dict() for k, o in state.optimizers.items()},
                "rng": state.rng.get_state(), "where": (state.seed, state.step)}, path)


def load(path):
    stored = torch.load(path, weights_only=True)
    state = Experiment(stored["where"][0])
    state.step = stored["where"][1]
    state.rng.set_state(stored["rng"])
    for k in stored["nets"]:
        state.nets[k].load_state_dict(stored["nets"][k])
    for k in stored["optimizers"]:
        state.optimizers[k].load_state_dict(stored["optimizers"][k])
    return state
