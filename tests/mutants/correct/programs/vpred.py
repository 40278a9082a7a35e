"""Flow matching on short waveforms: straight paths, velocity prediction, logit-normal times, double precision."""
import math

import torch
from torch import nn

FAMILY = "diffusion"
SPEC = {
    "parametrisation": "velocity v = noise - x of the path x_t = (1 - t) x + t noise",
    "times": "logit-normal, location 0, scale 1",
    "loss": "squared error averaged over the samples of a waveform and over examples; each half batch counts the same",
    "optimizer": "AdamW, no decay on biases and on the scale of the time features",
    "learning_rate": 3e-3,
    "beta1": 0.9,
    "beta2": 0.99,
    "weight_decay": 0.01,
    "batch_size": 128,
    "accumulation": "two half batches of 64 for every step",
    "grad_clip_value": 0.5,
    "lr_schedule": "cosine with warm restarts every 200 steps, down to 3e-4",
    "steps": 800,
    "max_loss": 0.9,
}
LENGTH, SPLIT = 12, 2


def make_waves(n, seed):
    """A sine of one or two periods with a random phase and amplitude, of about unit variance."""
    rng = torch.Generator().manual_seed(seed)
    periods = torch.randint(1, 3, (n, 1), generator=rng)
    phase = 2 * math.pi * torch.rand(n, 1, generator=rng, dtype=torch.float64)
    height = 1.2 + 0.4 * torch.rand(n, 1, generator=rng, dtype=torch.float64)
    where = torch.arange(LENGTH, dtype=torch.float64) / LENGTH
    return height * torch.sin(2 * math.pi * periods * where + phase)


class Velocity(nn.Module):
    def __init__(self, width=96, features=6):
        super().__init__()
        self.rate = nn.Parameter(torch.linspace(0.5, 4.0, features))
        self.enter = nn.Linear(LENGTH, width)
        self.when = nn.Sequential(nn.Linear(2 * features, width), nn.SiLU(), nn.Linear(width, 2 * width))
        self.middle = nn.Linear(width, width)
        self.leave = nn.Linear(width, LENGTH)

    def forward(self, x, t):
        angle = math.pi * t[:, None] * self.rate
        scale, shift = self.when(torch.cat([angle.sin(), angle.cos()], 1)).chunk(2, dim=1)
        h = nn.functional.silu(self.enter(x))
        h = nn.functional.silu(self.middle(h) * (1 + scale) + shift)
        return self.leave(h)


class Training:
    """Everything random in training, once the data's order is fixed, comes from torch's global generator."""

    def __init__(self, seed):
        self.seed, self.step = seed, 0
        self.train, self.test = make_waves(3000, 1001), make_waves(800, 1002)
        torch.manual_seed(seed)
        net = Velocity().double()
        decayed = [p for n, p in net.named_parameters() if n.endswith("weight")]
        spared = [p for n, p in net.named_parameters() if not n.endswith("weight")]
        optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": SPEC["weight_decay"]},
                                       {"params": spared, "weight_decay": 0.0}],
                                      lr=SPEC["learning_rate"], betas=(SPEC["beta1"], SPEC["beta2"]))
        self.nets = {"model": net}
        self.optimizers = {"opt": optimizer}
        self.schedulers = {"restarts": torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 200, eta_min=3e-4)}


def setup(seed, config=None):
    return Training(seed)


def batches(state):
    """A bare tensor (128, 12) of waveforms; the index generator belongs to (seed, step)."""
    step = state.step
    while True:
        rng = torch.Generator().manual_seed((state.seed << 32) + step)
        yield state.train[torch.randint(len(state.train), (SPEC["batch_size"],), generator=rng)]
        step += 1


def regress(model, x, t, noise):
    blend = t[:, None]
    return (model((1 - blend) * x + blend * noise, t) - (noise - x)).pow(2).mean()


def loss_fn(model, batch):
    """Draws the times and the noise itself, from the global generator."""
    t = torch.sigmoid(torch.randn(len(batch), dtype=batch.dtype))
    return regress(model, batch, t, torch.randn_like(batch))


def train_step(state, batch):
    net, opt = state.nets["model"], state.optimizers["opt"]
    opt.zero_grad()
    total = torch.zeros((), dtype=batch.dtype)
    for part in batch.chunk(SPLIT):
        loss = loss_fn(net, part) * (len(part) / len(batch))
        loss.backward()
        total += loss.detach()
    nn.utils.clip_grad_value_(net.parameters(), SPEC["grad_clip_value"])
    opt.step()
    state.schedulers["restarts"].step()
    state.step += 1
    return total


@torch.no_grad()
def evaluate(state, dataset=None):
    """Each held-out waveform at four times, the quantiles 1/8, 3/8, 5/8, 7/8 of the training law; fixed noise."""
    x = state.test if dataset is None else dataset
    rng = torch.Generator().manual_seed(9)
    quantile = torch.tensor([0.125, 0.375, 0.625, 0.875], dtype=x.dtype)
    times = torch.sigmoid(math.sqrt(2) * torch.erfinv(2 * quantile - 1))
    losses = [regress(state.nets["model"], x, t.expand(len(x)), torch.randn(x.shape, generator=rng, dtype=x.dtype))
              for t in times]
    return {"loss": torch.stack(losses).mean().item(), "n": len(x)}


@torch.no_grad()
def generate(state, n, seed=0, steps=40):
    """Euler from noise at t = 1 to data at t = 0."""
    x = torch.randn(n, LENGTH, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    for k in range(steps):
        t = torch.full((n,), 1 - k / steps, dtype=x.dtype)
        x = x - state.nets["model"](x, t) / steps
    return x


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "net": state.nets["model"].state_dict(),
                "opt": state.optimizers["opt"].state_dict(), "restarts": state.schedulers["restarts"].state_dict(),
                "torch_rng": torch.get_rng_state()}, path)


def load(path):
    kept = torch.load(path, weights_only=True)
    state = Training(kept["seed"])
    state.step = kept["step"]
    state.nets["model"].load_state_dict(kept["net"])
    state.optimizers["opt"].load_state_dict(kept["opt"])
    state.schedulers["restarts"].load_state_dict(kept["restarts"])
    torch.set_rng_state(kept["torch_rng"])        # last: building the network has drawn from it
    return state
