"""DCGAN on tiny 8x8 pictures, after the layout of the pytorch/examples repository (main.py in one file)."""
from types import SimpleNamespace
import torch
import torch.nn as nn
import torch.nn.functional as F

FAMILY = "gan"
SPEC = {
    "learning_rate": 0.002,
    "beta1": 0.5,
    "beta2": 0.999,
    "weight_decay": 0.0,
    "batch_size": 64,
    "steps": 340,
    "bn_momentum": 0.1,
    "latent_dim": 16,
    "n_modes": 4,
    "initialisation": "convolutions N(0, 0.02); batch-norm gains N(1, 0.02), batch-norm offsets 0",
    "labels": "flipped: real pictures carry 0 (smoothed on that side only, to 0.1), generated ones carry 1; "
              "the generator minimises the cross-entropy of its pictures towards the unsmoothed 0",
    "data": "pictures in [-1, 1] of one bright two-pixel bar at the left, right, top or bottom edge",
    "loss": "binary cross-entropy on logits; the discriminator's two terms are added, not averaged",
}
nz, ngf, ndf, nc = SPEC["latent_dim"], 32, 8, 1
REAL, FAKE, REAL_FOR_G = 0.1, 1.0, 0.0


def weights_init(m):
    if m.__class__.__name__.find("Conv") != -1:
        nn.init.normal_(m.weight, 0.0, 0.02)
    elif m.__class__.__name__.find("BatchNorm") != -1:
        nn.init.normal_(m.weight, 1.0, 0.02)
        nn.init.zeros_(m.bias)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 2, 2, 1, 0, bias=False),       # 2 x 2
            nn.BatchNorm2d(ngf * 2),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 2, ngf, 4, 2, 1, bias=False),      # 4 x 4
            nn.BatchNorm2d(ngf),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False),           # 8 x 8
            nn.Tanh(),
        )

    def forward(self, input):
        return self.main(input)


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(nc, ndf, 4, 2, 1, bias=False),                    # 4 x 4, no batch norm at the input
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf, ndf * 2, 4, 2, 1, bias=False),               # 2 x 2
            nn.BatchNorm2d(ndf * 2),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf * 2, 1, 2, 1, 0, bias=False),
        )

    def forward(self, input):
        return self.main(input).view(-1)


def templates():
    t = torch.full((SPEC["n_modes"], 1, 8, 8), -0.8)
    t[0, :, :, :2] = t[1, :, :, 6:] = t[2, :, :2, :] = t[3, :, 6:, :] = 0.8
    return t


def sample_real(n, generator=None):
    which = torch.randint(4, (n,), generator=generator)
    noise = 0.1 * torch.randn(n, 1, 8, 8, generator=generator)
    return (templates()[which] + noise).clamp(-1, 1)


def sample_noise(n, generator=None):
    return torch.randn(n, nz, 1, 1, generator=generator)


def d_loss(D, real, fake):
    # real and generated pictures go through the discriminator as separate minibatches (batch norm)
    out_r, out_f = D(real), D(fake)
    errD_real = F.binary_cross_entropy_with_logits(out_r, torch.full_like(out_r, REAL))
    errD_fake = F.binary_cross_entropy_with_logits(out_f, torch.full_like(out_f, FAKE))
    return errD_real + errD_fake


def g_loss(D, fake):
    out = D(fake)
    return F.binary_cross_entropy_with_logits(out, torch.full_like(out, REAL_FOR_G))


def setup(seed, config=None):
    torch.manual_seed(seed)
    opt = {"lr": SPEC["learning_rate"], "betas": (SPEC["beta1"], SPEC["beta2"])}
    data = torch.Generator().manual_seed(1234)             # the data set is the same for every seed
    netG, netD = Generator(), Discriminator()
    netG.apply(weights_init)
    netD.apply(weights_init)
    return SimpleNamespace(
        nets={"G": netG, "D": netD},
        optimizers={"G": torch.optim.Adam(netG.parameters(), **opt), "D": torch.optim.Adam(netD.parameters(), **opt)},
        schedulers={}, step=0, seed=seed, train=sample_real(1024, data), test=sample_real(256, data))


def batches(state):
    per_epoch = len(state.train) // SPEC["batch_size"]
    i = state.step
    while True:
        epoch, k = divmod(i, per_epoch)
        g = torch.Generator().manual_seed(1_000_003 * (state.seed + 1) + epoch)
        order = torch.randperm(len(state.train), generator=g)
        yield state.train[order[k * SPEC["batch_size"]:(k + 1) * SPEC["batch_size"]]]
        i += 1


def d_step(state, real):
    netG, netD = state.nets["G"], state.nets["D"]
    netD.zero_grad()
    fake = netG(sample_noise(len(real))).detach()          # noise comes from the global generator
    err = d_loss(netD, real, fake)
    err.backward()
    state.optimizers["D"].step()
    return err.detach()


def g_step(state, n):
    netG, netD = state.nets["G"], state.nets["D"]
    netG.zero_grad()
    err = g_loss(netD, netG(sample_noise(n)))
    err.backward()
    state.optimizers["G"].step()
    return err.detach()


def train_step(state, batch):
    errD = d_step(state, batch)
    errG = g_step(state, len(batch))
    state.step += 1
    return {"loss_D": errD, "loss_G": errG}


@torch.no_grad()
def evaluate(state, dataset=None):
    real = state.test if dataset is None else dataset
    netG, netD = state.nets["G"], state.nets["D"]
    was = netG.training, netD.training
    netG.eval(), netD.eval()
    fake = netG(sample_noise(512, torch.Generator().manual_seed(77)))
    loss = d_loss(netD, real, fake).item()
    netG.train(was[0]), netD.train(was[1])
    rms = (fake[:, None] - templates()[None]).pow(2).mean((2, 3, 4)).sqrt()
    near, which = rms.min(1)
    good = near < 0.35
    counts = torch.bincount(which[good], minlength=4)
    return {"loss": loss, "n": len(real), "modes": int((counts >= 10).sum()), "good_share": good.double().mean().item()}


def save(state, path):
    torch.save({"netG": state.nets["G"].state_dict(), "netD": state.nets["D"].state_dict(),
                "optG": state.optimizers["G"].state_dict(), "optD": state.optimizers["D"].state_dict(),
                "step": state.step, "seed": state.seed, "rng": torch.get_rng_state()}, path)


def load(path):
    ck = torch.load(path, weights_only=True)
    state = setup(ck["seed"])
    state.nets["G"].load_state_dict(ck["netG"])
    state.nets["D"].load_state_dict(ck["netD"])
    state.optimizers["G"].load_state_dict(ck["optG"])
    state.optimizers["D"].load_state_dict(ck["optD"])
    state.step = ck["step"]
    torch.set_rng_state(ck["rng"])
    return state
