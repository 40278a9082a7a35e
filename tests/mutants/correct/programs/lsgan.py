"""Least-squares GAN (Pearson chi-square targets) on a ring of Gaussians, two critic steps per generator step."""
import math
from types import SimpleNamespace

import torch
from torch import nn

FAMILY = "gan"
SPEC = {
    "loss": "least squares with a = -1 (fake), b = 1 (real), c = 0 (what G wants D to say), each halved",
    "learning_rate": 1e-3,
    "beta1": 0.0,
    "beta2": 0.99,
    "batch_size": 128,
    "steps": 600,
    "critic_steps": 2,
    "noise": "8-dimensional, uniform in [-1, 1]",
    "regularisation": "critic: mean squared norm of its slope at real points jittered by 0.3 (DRAGAN, centred on zero), weight 1",
    "data": "six Gaussians of standard deviation 0.15 on a circle of radius 1, drawn afresh for every critic step",
    "n_modes": 6,
}
N_MODES, RADIUS, SPREAD, Z = SPEC["n_modes"], 1.0, 0.15, 8


def config():
    names = ("learning_rate", "beta1", "beta2", "batch_size", "steps", "critic_steps")
    return {**{k: SPEC[k] for k in names}, "width": 64}


def centres():
    angle = torch.arange(N_MODES) * (2 * math.pi / N_MODES)
    return RADIUS * torch.stack([angle.cos(), angle.sin()], dim=1)


def sample_real(n, generator=None):
    which = torch.randint(N_MODES, (n,), generator=generator)
    return centres()[which] + SPREAD * torch.randn(n, 2, generator=generator)


def sample_noise(n, generator=None):
    return torch.rand(n, Z, generator=generator) * 2 - 1


def d_loss(D, real, fake):
    return 0.5 * (D(real) - 1).square().mean() + 0.5 * (D(fake) + 1).square().mean()


def g_loss(D, fake):
    return 0.5 * D(fake).square().mean()


def steepness(D, real, generator):
    near = (real + 0.3 * torch.randn(real.shape, generator=generator)).requires_grad_(True)
    slope, = torch.autograd.grad(D(near).sum(), near, create_graph=True)
    return slope.square().sum(dim=1).mean()


def loss_fn(model, batch):
    """The critic's half that a real batch alone determines."""
    return 0.5 * (model(batch) - 1).square().mean()


def build(width):
    G = nn.Sequential(nn.Linear(Z, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 2))
    D = nn.Sequential(nn.Linear(2, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 1))
    return G, D


def setup(seed, config=None):
    conf = {**globals()["config"](), **(config or {})}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        G, D = build(conf["width"])
    adam = lambda net: torch.optim.Adam(net.parameters(), lr=conf["learning_rate"], betas=(conf["beta1"], conf["beta2"]))
    return SimpleNamespace(
        nets={"G": G, "D": D}, optimizers={"G": adam(G), "D": adam(D)}, schedulers={},
        step=0, seed=seed, conf=conf,
        latent=torch.Generator().manual_seed(10_007 + seed),
        train=sample_real(4096, torch.Generator().manual_seed(77)),
        test=sample_real(1500, torch.Generator().manual_seed(78)),
    )


def batches(state):
    """One item holds the minibatches of all the critic steps: (critic_steps, batch_size, 2)."""
    step, conf = state.step, state.conf
    while True:
        rng = torch.Generator().manual_seed(state.seed * 1_000_003 + step)
        yield torch.stack([sample_real(conf["batch_size"], rng) for _ in range(conf["critic_steps"])])
        step += 1


def d_step(state, real):
    G, D = state.nets["G"], state.nets["D"]
    with torch.no_grad():
        fake = G(sample_noise(len(real), state.latent))
    loss = d_loss(D, real, fake)
    state.optimizers["D"].zero_grad(set_to_none=True)
    (loss + steepness(D, real, state.latent)).backward()
    state.optimizers["D"].step()
    return loss.detach()


def g_step(state, n):
    G, D = state.nets["G"], state.nets["D"]
    D.requires_grad_(False)
    loss = g_loss(D, G(sample_noise(n, state.latent)))
    state.optimizers["G"].zero_grad(set_to_none=True)
    loss.backward()
    state.optimizers["G"].step()
    D.requires_grad_(True)
    return loss.detach()


def train_step(state, batch):
    critic = [d_step(state, real) for real in batch]
    loss_g = g_step(state, state.conf["batch_size"])
    state.step += 1
    return {"D": torch.stack(critic).mean(), "G": loss_g}


@torch.no_grad()
def evaluate(state, dataset=None):
    """Modes that hold at least a quarter of their share of the samples lying within four deviations; the critic's loss."""
    real = state.test if dataset is None else dataset
    was = {k: net.training for k, net in state.nets.items()}
    for net in state.nets.values():
        net.eval()
    fake = state.nets["G"](sample_noise(len(real), torch.Generator().manual_seed(4242)))
    loss = d_loss(state.nets["D"], real, fake)
    for k, net in state.nets.items():
        net.train(was[k])
    distance, nearest = torch.cdist(fake, centres()).min(dim=1)
    good = distance < 4 * SPREAD
    count = torch.bincount(nearest[good], minlength=N_MODES)
    return {"loss": loss.item(), "n": len(real), "modes": int((count >= 0.25 * len(real) / N_MODES).sum()),
            "precision": good.float().mean().item()}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "conf": state.conf, "latent": state.latent.get_state(),
                "nets": {k: v.state_dict() for k, v in state.nets.items()},
                "optimizers": {k: v.state_dict() for k, v in state.optimizers.items()}}, path)


def load(path):
    blob = torch.load(path, weights_only=True)
    state = setup(blob["seed"], blob["conf"])
    for k, v in blob["nets"].items():
        state.nets[k].load_state_dict(v)
    for k, v in blob["optimizers"].items():
        state.optimizers[k].load_state_dict(v)
    state.latent.set_state(blob["latent"])
    state.step = blob["step"]
    return state


if __name__ == "__main__":
    run = setup(0)
    for batch in batches(run):
        if run.step == SPEC["steps"]:
            break
        train_step(run, batch)
    print(evaluate(run))
