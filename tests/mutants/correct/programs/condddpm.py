"""Class-conditional DDPM on short waveforms, as a Lightning-like module (training_step / configure_optimizers)."""
import math
from dataclasses import dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

FAMILY = "diffusion"
SPEC = {
    "learning_rate": 2e-3,
    "weight_decay": 0.01,
    "optimizer": "AdamW; offsets, layer-norm gains and the label embedding are not decayed",
    "batch_size": 128,
    "steps": 800,
    "lr_schedule": "cosine to zero over the steps",
    "n_classes": 3,
    "timesteps": 100,
    "beta_start": 1e-3,
    "beta_end": 0.2,
    "noise_schedule": "betas linear in the timestep, both ends included (the usual 1e-4 to 0.02, times 10 for 100 steps)",
    "p_uncond": 0.15,                # the label is replaced by a learned null label, one more row of the embedding
    "loss": "mean squared error of the noise, over all entries",
    "max_loss": 0.2,
}
NULL, LENGTH, GUIDANCE = SPEC["n_classes"], 16, 1.0


def waveforms(n, seed):
    """Sine, square and saw-tooth waves of random phase, one period, amplitude 1, noise 0.05."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(SPEC["n_classes"], (n,), generator=g)
    phase = (torch.arange(LENGTH)[None] / LENGTH + torch.rand(n, 1, generator=g)) % 1.0
    shapes = torch.stack([(2 * math.pi * phase).sin(), torch.where(phase < 0.5, 1.0, -1.0), 2 * phase - 1], 1)
    return shapes[torch.arange(n), y] + 0.05 * torch.randn(n, LENGTH, generator=g), y


@dataclass
class NoisyBatch:
    x0: torch.Tensor
    label: torch.Tensor      # NULL where it was dropped
    t: torch.Tensor          # 0 .. timesteps - 1
    eps: torch.Tensor

    @classmethod
    def build(cls, x0, y, p_drop, g):
        t = torch.randint(SPEC["timesteps"], (len(x0),), generator=g)
        eps = torch.randn(x0.shape, generator=g)
        dropped = torch.rand(len(x0), generator=g) < p_drop
        return cls(x0, y.masked_fill(dropped, NULL), t, eps)


class DataModule:
    def __init__(self):
        self.train_set, self.test_set = waveforms(4096, 11), waveforms(1024, 12)

    def batch(self, seed, step):
        g = torch.Generator().manual_seed(seed * 100_003 + step)
        rows = torch.randint(len(self.train_set[0]), (SPEC["batch_size"],), generator=g)
        return NoisyBatch.build(*(part[rows] for part in self.train_set), SPEC["p_uncond"], g)


class LitDDPM(nn.Module):
    def __init__(self, width=128):
        super().__init__()
        self.label_embedding = nn.Embedding(SPEC["n_classes"] + 1, width)
        self.time = nn.Sequential(nn.Linear(32, width), nn.SiLU(), nn.Linear(width, width))
        self.first = nn.Linear(LENGTH, width)
        self.blocks = nn.ModuleList([nn.Sequential(nn.LayerNorm(width), nn.SiLU(), nn.Linear(width, width)) for _ in range(3)])
        self.last = nn.Sequential(nn.LayerNorm(width), nn.SiLU(), nn.Linear(width, LENGTH))
        beta = torch.linspace(SPEC["beta_start"], SPEC["beta_end"], SPEC["timesteps"], dtype=torch.float64)
        self.register_buffer("betas", beta.float())
        self.register_buffer("alpha_bar", torch.cumprod(1 - beta, 0).float())

    def forward(self, x, t, label):
        rate = torch.exp(-math.log(1000.0) * torch.arange(16) / 16)
        angle = t[:, None] * rate
        context = self.time(torch.cat([angle.sin(), angle.cos()], 1)) + self.label_embedding(label)
        h = self.first(x)
        for block in self.blocks:
            h = h + block(h + context)
        return self.last(h)

    def training_step(self, batch):
        a = self.alpha_bar[batch.t][:, None]
        x_t = a.sqrt() * batch.x0 + (1 - a).sqrt() * batch.eps
        return F.mse_loss(self(x_t, batch.t, batch.label), batch.eps)

    def configure_optimizers(self):
        decay = [p for k, p in self.named_parameters() if p.ndim > 1 and "embedding" not in k]
        rest = [p for k, p in self.named_parameters() if p.ndim <= 1 or "embedding" in k]
        optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": SPEC["weight_decay"]},
                                       {"params": rest, "weight_decay": 0.0}], lr=SPEC["learning_rate"])
        return optimizer, torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, SPEC["steps"])

    @torch.no_grad()
    def sample(self, label, seed):
        g, w = torch.Generator().manual_seed(seed), GUIDANCE
        x, null = torch.randn(len(label), LENGTH, generator=g), torch.full_like(label, NULL)
        for k in reversed(range(SPEC["timesteps"])):
            t = torch.full_like(label, k)
            eps = (1 + w) * self(x, t, label) - w * self(x, t, null)
            x = (x - self.betas[k] / (1 - self.alpha_bar[k]).sqrt() * eps) / (1 - self.betas[k]).sqrt()
            if k > 0:
                x = x + self.betas[k].sqrt() * torch.randn(x.shape, generator=g)
        return x


class Trainer:
    """The little of a trainer that is needed; it is the state of the protocol."""

    def __init__(self, seed):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            module = LitDDPM()
        optimizer, scheduler = module.configure_optimizers()
        self.nets, self.optimizers, self.schedulers = {"model": module}, {"adamw": optimizer}, {"cosine": scheduler}
        self.datamodule, self.step, self.seed = DataModule(), 0, seed

    train = property(lambda self: self.datamodule.train_set)
    test = property(lambda self: self.datamodule.test_set)


def setup(seed, config=None):
    return Trainer(seed)


def batches(state):
    step = state.step
    while True:
        yield state.datamodule.batch(state.seed, step)
        step += 1


def loss_fn(model, batch):
    return model.training_step(batch)


def train_step(state, batch):
    loss = loss_fn(state.nets["model"], batch)
    state.optimizers["adamw"].zero_grad()
    loss.backward()
    state.optimizers["adamw"].step()
    state.schedulers["cosine"].step()
    state.step += 1
    return loss.detach()


def recognise(x):
    """Which wave form: the nearest of 64 phases of each of the three."""
    phase = (torch.arange(LENGTH)[None] / LENGTH + torch.arange(64)[:, None] / 64) % 1.0
    bank = torch.cat([(2 * math.pi * phase).sin(), torch.where(phase < 0.5, 1.0, -1.0), 2 * phase - 1])
    return torch.cdist(x, bank).argmin(1) // 64


@torch.no_grad()
def evaluate(state, dataset=None):
    x, y = state.test if dataset is None else dataset
    module = state.nets["model"]
    loss = loss_fn(module, NoisyBatch.build(x, y, 0.0, torch.Generator().manual_seed(8))).item()   # labels kept
    wanted = torch.arange(150) % SPEC["n_classes"]
    return {"loss": loss, "n": len(x), "conditional_accuracy": (recognise(module.sample(wanted, 9)) == wanted).double().mean().item()}


def save(state, path):
    torch.save({"state_dict": state.nets["model"].state_dict(), "optimizer": state.optimizers["adamw"].state_dict(),
                "lr_scheduler": state.schedulers["cosine"].state_dict(), "global_step": state.step, "seed": state.seed}, path)


def load(path):
    checkpoint = torch.load(path, weights_only=True)
    trainer = Trainer(checkpoint["seed"])
    trainer.nets["model"].load_state_dict(checkpoint["state_dict"])
    trainer.optimizers["adamw"].load_state_dict(checkpoint["optimizer"])
    trainer.schedulers["cosine"].load_state_dict(checkpoint["lr_scheduler"])
    trainer.step = checkpoint["global_step"]
    return trainer
