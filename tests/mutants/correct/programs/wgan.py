"""experiments/toy_ring/wgan_gp.py -- WGAN-GP recipe of the group's trainer (registry + frozen recipe + hooks, inlined)."""
import dataclasses
from typing import Callable, Dict, List

import torch
from torch import nn

FAMILY = "gan"
SPEC = dict(
    learning_rate=2e-3,
    beta1=0.0,
    beta2=0.9,
    batch_size=128,                 # per critic step; one training step consumes n_critic such batches
    n_critic=5,
    gradient_penalty=0.1,
    lr_schedule="linear to zero, both networks, once per generator step",
    steps=250,
    latent_dim=4,
    n_modes=4,
    loss="Wasserstein; two-sided penalty (|grad D(x_hat)| - 1)^2 at a uniformly drawn point between a real and a generated one",
    initialisation="Kaiming normal (relu), zero offsets",
)


Recipe = dataclasses.make_dataclass("Recipe", [
    (k, type(SPEC[k]), SPEC[k]) for k in
    ("learning_rate", "beta1", "beta2", "batch_size", "n_critic", "gradient_penalty", "steps", "latent_dim")
] + [("width", int, 64)], frozen=True)

def config():
    return dataclasses.asdict(Recipe())

NETWORKS: Dict[str, Callable[[Recipe], nn.Module]] = {}


def register(name):
    return lambda build: NETWORKS.setdefault(name, build)


@register("G")
def _generator(r):
    w = r.width
    return nn.Sequential(nn.Linear(r.latent_dim, w), nn.ReLU(), nn.Linear(w, w), nn.ReLU(), nn.Linear(w, 2))


@register("D")
def _critic(r):
    return nn.Sequential(nn.Linear(2, r.width), nn.ReLU(), nn.Linear(r.width, r.width), nn.LayerNorm(r.width), nn.ReLU(),
                         nn.Linear(r.width, 1), nn.Flatten(0))


def _init(module, generator):
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
            nn.init.zeros_(layer.bias)


def centres():
    angle = torch.arange(SPEC["n_modes"]) * (2 * torch.pi / SPEC["n_modes"])
    return 1.5 * torch.stack([angle.cos(), angle.sin()], 1)


def sample_real(n, generator):
    which = torch.randint(SPEC["n_modes"], (n,), generator=generator)
    return centres()[which] + 0.2 * torch.randn(n, 2, generator=generator)

def sample_noise(n, generator=None):
    return torch.rand(n, SPEC["latent_dim"], generator=generator) * 2 - 1      # uniform on a cube


@dataclasses.dataclass
class TrainerState:
    recipe: Recipe
    seed: int
    nets: Dict[str, nn.Module]
    optimizers: Dict[str, torch.optim.Optimizer]
    schedulers: Dict[str, torch.optim.lr_scheduler.LRScheduler]
    rng: torch.Generator
    train: torch.Tensor
    test: torch.Tensor
    step: int = 0
    hooks: List[Callable] = dataclasses.field(default_factory=list)


def setup(seed, config=None):
    r = Recipe(**(config or {}))
    g = torch.Generator().manual_seed(seed)
    nets = {}
    for name, build in NETWORKS.items():
        nets[name] = build(r)
        _init(nets[name], g)
    optimizers = {k: torch.optim.Adam(m.parameters(), lr=r.learning_rate, betas=(r.beta1, r.beta2)) for k, m in nets.items()}
    schedulers = {k: torch.optim.lr_scheduler.LambdaLR(o, lambda s: max(0.0, 1 - s / r.steps)) for k, o in optimizers.items()}
    data = torch.Generator().manual_seed(20_170_331)
    return TrainerState(r, seed, nets, optimizers, schedulers, g, sample_real(8192, data), sample_real(512, data),
                        hooks=[lambda s: [x.step() for x in s.schedulers.values()]])


def batches(state):
    """One item per generator step: a tuple of n_critic real batches, drawn with replacement."""
    r, step = state.recipe, state.step
    while True:
        g = torch.Generator().manual_seed((state.seed << 24) + step)
        index = torch.randint(len(state.train), (r.n_critic, r.batch_size), generator=g)
        yield tuple(state.train[row] for row in index)
        step += 1


def d_loss(D, real, fake):
    return D(fake).mean() - D(real).mean()

def g_loss(D, fake):
    return -D(fake).mean()


def _penalty(D, real, fake, generator):
    mix = torch.rand(len(real), 1, generator=generator)
    x_hat = torch.lerp(fake, real, mix).requires_grad_(True)
    (slope,) = torch.autograd.grad(D(x_hat).sum(), x_hat, create_graph=True)
    return (slope.norm(dim=1) - 1).square().mean()


def d_step(state, real):
    G, D = state.nets["G"], state.nets["D"]
    with torch.no_grad():
        fake = G(sample_noise(len(real), state.rng))
    value = d_loss(D, real, fake)
    total = value + state.recipe.gradient_penalty * _penalty(D, real, fake, state.rng)
    state.optimizers["D"].zero_grad(set_to_none=True)
    total.backward()
    state.optimizers["D"].step()
    return value.detach()


def g_step(state, n):
    G, D = state.nets["G"], state.nets["D"]
    D.requires_grad_(False)
    value = g_loss(D, G(sample_noise(n, state.rng)))
    state.optimizers["G"].zero_grad(set_to_none=True)
    value.backward()
    state.optimizers["G"].step()
    D.requires_grad_(True)
    return value.detach()


def train_step(state, batch):
    critic = torch.stack([d_step(state, real) for real in batch])
    out = {"wasserstein": -critic.mean(), "D": critic[0], "G": g_step(state, len(batch[0]))}
    state.step += 1
    for hook in state.hooks:
        hook(state)
    return out


@torch.no_grad()
def evaluate(state, dataset=None):
    real = state.test if dataset is None else dataset
    fake = state.nets["G"](sample_noise(1200, torch.Generator().manual_seed(5)))
    distance, nearest = torch.cdist(fake, centres()).min(1)
    hits = torch.bincount(nearest[distance < 0.6], minlength=SPEC["n_modes"])
    return {"loss": d_loss(state.nets["D"], real, fake).item(), "n": len(real),
            "modes": int((hits >= 30).sum()), "high_quality": (distance < 0.6).double().mean().item()}


def save(state, path):
    torch.save({"recipe": dataclasses.asdict(state.recipe), "seed": state.seed, "step": state.step, "rng": state.rng.get_state(),
                **{kind: {k: v.state_dict() for k, v in getattr(state, kind).items()}
                   for kind in ("nets", "optimizers", "schedulers")}}, path)


def load(path):
    blob = torch.load(path, weights_only=True)
    state = setup(blob["seed"], blob["recipe"])
    for kind in ("nets", "optimizers", "schedulers"):
        for k, v in getattr(state, kind).items():
            v.load_state_dict(blob[kind][k])
    state.step = blob["step"]
    state.rng.set_state(blob["rng"])
    return state
