"""WGAN-GP (Gulrajani et al., 2017) on a ring of eight Gaussians.

One iteration = opt.n_critic critic updates, each on a fresh real batch and fresh noise, then one generator update.
Samples are drawn from an exponential moving average of the generator.
"""
import argparse
import copy
import math

import torch
from torch import autograd, nn, optim

FAMILY = "gan"

SPEC = {
    "loss": "wgan-gp", "n_critic": 4, "gp_weight": 0.1, "gp_target": 1.0,
    "optimizer": "adam", "learning_rate": 3e-3, "beta1": 0.5, "beta2": 0.9, "eps": 1e-8, "weight_decay": 0.0,
    "lr_schedule": "linear", "batch_size": 128, "steps": 500, "ema_decay": 0.98,
    "latent_dim": 4, "latent": "normal", "hidden_units": 64, "n_layers": 3, "activation": "relu",
    "critic_activation": "leaky_relu", "leaky_slope": 0.2, "init": "kaiming_uniform",
    "n_modes": 8, "radius": 2.0, "mode_std": 0.2, "data_scale": math.sqrt(2.0),     # the networks see points / data_scale
    "n_train": 6144, "n_test": 2048, "n_eval": 2000, "n_parameters_g": 4610, "n_parameters_d": 4417,
    "seed": 0, "n_seeds": 4, "min_modes": 8, "min_quality": 0.6,
}


def get_parser():
    p = argparse.ArgumentParser(description="WGAN-GP on the ring")
    p.add_argument("--lr", type=float, default=3e-3)
    p.add_argument("--b1", type=float, default=0.5)
    p.add_argument("--b2", type=float, default=0.9)
    p.add_argument("--n_critic", type=int, default=4)
    p.add_argument("--lambda_gp", type=float, default=0.1)
    p.add_argument("--batch_size", type=int, default=128)
    p.add_argument("--n_iters", type=int, default=500)
    p.add_argument("--nz", type=int, default=4)
    p.add_argument("--nh", type=int, default=64)
    p.add_argument("--ema", type=float, default=0.98)
    return p


def config():
    return vars(get_parser().parse_args([]))


# ------------------------------------------------------------------ data
N_MODES, RADIUS, STD, SCALE = 8, 2.0, 0.2, math.sqrt(2.0)
ANGLES = torch.arange(N_MODES) * (2 * math.pi / N_MODES)
CENTERS = RADIUS * torch.stack([ANGLES.cos(), ANGLES.sin()], dim=1)


def sample_real(n, generator=None):
    """n points of the ring, in the scaled coordinates that the networks see."""
    mode = torch.randint(N_MODES, (n,), generator=generator)
    points = CENTERS[mode] + STD * torch.randn(n, 2, generator=generator)
    return points / SCALE


def infinite_order(seed, n, start, per_step):
    """Indices for iteration `start`, `start`+1, ...: a new permutation in every epoch, a function of (seed, iteration)."""
    steps_per_epoch = n // per_step
    it = start
    while True:
        epoch, pos = divmod(it, steps_per_epoch)
        g = torch.Generator().manual_seed(1_000_003 * (seed + 1) + epoch)
        perm = torch.randperm(n, generator=g)
        for k in range(pos, steps_per_epoch):
            yield perm[k * per_step:(k + 1) * per_step]
            it += 1


def batches(state):
    opt = state.opt
    for idx in infinite_order(state.seed, len(state.train), state.step, opt.n_critic * opt.batch_size):
        yield state.train[idx].view(opt.n_critic, opt.batch_size, 2)


# ------------------------------------------------------------------ networks
class Generator(nn.Module):
    def __init__(self, nz, nh):
        super().__init__()
        self.fc1 = nn.Linear(nz, nh)
        self.fc2 = nn.Linear(nh, nh)
        self.out = nn.Linear(nh, 2)

    def forward(self, z):
        h = torch.relu(self.fc1(z))
        h = torch.relu(self.fc2(h))
        return self.out(h)


class Critic(nn.Module):
    def __init__(self, nh):
        super().__init__()
        self.fc1 = nn.Linear(2, nh)
        self.fc2 = nn.Linear(nh, nh)
        self.out = nn.Linear(nh, 1)
        self.act = nn.LeakyReLU(0.2)

    def forward(self, x):
        h = self.act(self.fc1(x))
        h = self.act(self.fc2(h))
        return self.out(h).squeeze(1)


# ------------------------------------------------------------------ losses
def d_loss(D, real, fake):
    return D(fake).mean() - D(real).mean()


def g_loss(D, fake):
    return -D(fake).mean()


def gradient_penalty(D, real, fake, generator=None):
    """(|grad D(x)| - 1)^2 at points drawn uniformly on the lines between the pairs."""
    alpha = torch.rand(real.size(0), 1, generator=generator)
    x = (alpha * real + (1 - alpha) * fake).requires_grad_(True)
    score = D(x)
    grad, = autograd.grad(outputs=score, inputs=x, grad_outputs=torch.ones_like(score), create_graph=True)
    return ((grad.norm(2, dim=1) - 1) ** 2).mean()


def sample_noise(n, nz=4, generator=None):
    return torch.randn(n, nz, generator=generator)


# ------------------------------------------------------------------ training
class GAN:
    def __init__(self, seed, opt):
        self.seed, self.opt, self.step = seed, opt, 0
        G, D = Generator(opt.nz, opt.nh), Critic(opt.nh)
        self.nets = {"G": G, "D": D, "G_ema": copy.deepcopy(G).requires_grad_(False)}
        self.optimizers = {
            "G": optim.Adam(G.parameters(), lr=opt.lr, betas=(opt.b1, opt.b2)),
            "D": optim.Adam(D.parameters(), lr=opt.lr, betas=(opt.b1, opt.b2)),
        }
        self.schedulers = {
            k: optim.lr_scheduler.LambdaLR(o, lambda it: max(0.0, 1.0 - it / opt.n_iters)) for k, o in self.optimizers.items()
        }
        self.rng = torch.Generator().manual_seed(seed + 77)     # noise, and the places of the penalty
        self.train = sample_real(6144, torch.Generator().manual_seed(5))
        self.test = sample_real(2048, torch.Generator().manual_seed(6))

    def noise(self, n, generator=None):
        return sample_noise(n, self.opt.nz, self.rng if generator is None else generator)


def setup(seed, config=None):
    torch.manual_seed(seed)
    opt = get_parser().parse_args([])
    vars(opt).update(config or {})
    return GAN(seed, opt)


def d_step(state, real):
    G, D, opt_d = state.nets["G"], state.nets["D"], state.optimizers["D"]
    with torch.no_grad():
        fake = G(state.noise(real.size(0)))
    opt_d.zero_grad()
    wasserstein = d_loss(D, real, fake)
    loss = wasserstein + state.opt.lambda_gp * gradient_penalty(D, real, fake, state.rng)
    loss.backward()
    opt_d.step()
    return loss.detach()


def g_step(state, n):
    G, D, opt_g = state.nets["G"], state.nets["D"], state.optimizers["G"]
    D.requires_grad_(False)
    opt_g.zero_grad()
    loss = g_loss(D, G(state.noise(n)))
    loss.backward()
    opt_g.step()
    D.requires_grad_(True)
    return loss.detach()


@torch.no_grad()
def update_ema(state):
    for avg, p in zip(state.nets["G_ema"].parameters(), state.nets["G"].parameters()):
        avg.mul_(state.opt.ema).add_(p, alpha=1 - state.opt.ema)


def train_step(state, batch):
    for real in batch:
        loss_d = d_step(state, real)
    loss_g = g_step(state, state.opt.batch_size)
    update_ema(state)
    for sched in state.schedulers.values():
        sched.step()
    state.step += 1
    return {"D": loss_d, "G": loss_g}


# ------------------------------------------------------------------ evaluation
@torch.no_grad()
def evaluate(state, dataset=None):
    """modes: those hit by at least a quarter of their fair share; quality: the share of samples within 3 std of a centre."""
    real = state.test if dataset is None else dataset
    G, D = state.nets["G_ema"], state.nets["D"]
    n = 2000
    points = G(state.noise(n, torch.Generator().manual_seed(99))) * SCALE
    dist, nearest = torch.cdist(points, CENTERS).min(dim=1)
    good = dist < 3 * STD
    counts = torch.bincount(nearest[good], minlength=N_MODES)
    fake = G(state.noise(len(real), torch.Generator().manual_seed(98)))
    return {
        "loss": d_loss(D, real, fake).item(), "n": len(real),
        "modes": int((counts >= n / N_MODES / 4).sum()), "quality": good.float().mean().item(),
    }


# ------------------------------------------------------------------ checkpoints
def save(state, path):
    ckpt = {"seed": state.seed, "step": state.step, "opt": vars(state.opt), "rng": state.rng.get_state()}
    for k, net in state.nets.items():
        ckpt["net" + k] = net.state_dict()
    for k in state.optimizers:
        ckpt["optim" + k] = state.optimizers[k].state_dict()
        ckpt["sched" + k] = state.schedulers[k].state_dict()
    torch.save(ckpt, path)


def load(path):
    ckpt = torch.load(path, weights_only=True)
    state = GAN(ckpt["seed"], argparse.Namespace(**ckpt["opt"]))
    state.step = ckpt["step"]
    state.rng.set_state(ckpt["rng"])
    for k, net in state.nets.items():
        net.load_state_dict(ckpt["net" + k])
    for k in state.optimizers:
        state.optimizers[k].load_state_dict(ckpt["optim" + k])
        state.schedulers[k].load_state_dict(ckpt["sched" + k])
    return state


if __name__ == "__main__":
    gan = setup(SPEC["seed"])
    for batch in batches(gan):
        losses = train_step(gan, batch)
        if gan.step % 100 == 0:
            print(gan.step, {k: round(float(v), 3) for k, v in losses.items()})
        if gan.step >= gan.opt.n_iters:
            break
    print(evaluate(gan))
