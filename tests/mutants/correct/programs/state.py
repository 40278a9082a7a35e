"""Diagonal linear state-space layer (S4D) on long sequences, float64, mostly in a functional manner.

The layer  x'_n = a_n x_n + u,  y = 2 Re sum_n c_n x_n + d u  is discretised by zero-order hold and applied as a long
convolution (by FFT); `reference_forward` runs the same model as a recurrence in numpy.
"""
import dataclasses
import functools
import math

import numpy as np
import torch
from torch import nn
from torch.func import functional_call

FAMILY = "sequence"
SPEC = {
    "learning_rate": 0.01, "ssm_learning_rate": 0.002, "weight_decay": 0.05, "optimizer": "AdamW, no weight decay on the state-space layer",
    "lr_schedule": "cosine to 0 over all steps", "batch_size": 50, "steps": 250, "n_classes": 4, "sequence_length": 160,
    "gradient_noise": "Gaussian, variance 0.0001 / (1 + t)^0.55", "precision": "float64 (complex128 inside the layer)",
    "initialisation": "S4D-Lin: a_n = -1/2 + i pi n; step sizes log-uniform in [0.005, 0.1]; c standard complex normal",
    "loss": "cross entropy of logits from the mean over time, mean over sequences", "min_accuracy": 0.93,
}
LENGTH, CHANNELS, MODES, CLASSES = SPEC["sequence_length"], 16, 16, SPEC["n_classes"]


class S4D(nn.Module):
    def __init__(self):
        super().__init__()
        n = torch.arange(MODES, dtype=torch.float64)
        low, high = math.log(0.005), math.log(0.1)
        self.log_dt = nn.Parameter(low + (high - low) * torch.rand(CHANNELS, dtype=torch.float64))
        self.log_decay = nn.Parameter(torch.full((CHANNELS, MODES), math.log(0.5), dtype=torch.float64))
        self.freq = nn.Parameter((math.pi * n).repeat(CHANNELS, 1))
        self.c = nn.Parameter(torch.randn(CHANNELS, MODES, 2, dtype=torch.float64) * 0.5 ** 0.5)
        self.d = nn.Parameter(torch.randn(CHANNELS, dtype=torch.float64))

    def kernel(self, length):
        a = torch.complex(-self.log_decay.exp(), self.freq)
        dta = a * self.log_dt.exp()[:, None]
        c = torch.view_as_complex(self.c) * (dta.exp() - 1) / a
        k = torch.arange(length, dtype=torch.float64)
        return 2 * torch.einsum("hn,hnl->hl", c, (dta[..., None] * k).exp()).real

    def forward(self, u):  # B, H, L
        size = u.size(-1)
        spectrum = torch.fft.rfft(u, 2 * size) * torch.fft.rfft(self.kernel(size), 2 * size)  # zero-filled: not circular
        return torch.fft.irfft(spectrum, 2 * size)[..., :size] + self.d[:, None] * u


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.Linear(1, CHANNELS, dtype=torch.float64)
        self.ssm = S4D()
        self.mix = nn.Linear(CHANNELS, 2 * CHANNELS, dtype=torch.float64)
        self.head = nn.Linear(CHANNELS, CLASSES, dtype=torch.float64)

    def forward(self, u):  # B, L -> B, classes
        y = self.ssm(self.up(u[..., None]).transpose(1, 2)).transpose(1, 2)
        return self.head(nn.functional.glu(self.mix(nn.functional.silu(y))).mean(1))


def reference_forward(weights, x):
    w = {k: np.asarray(v, dtype=np.float64) for k, v in weights.items()}
    u = np.asarray(x, dtype=np.float64)[..., None] @ w["up.weight"].T + w["up.bias"]  # B, L, H
    a = -np.exp(w["ssm.log_decay"]) + 1j * w["ssm.freq"]
    abar = np.exp(a * np.exp(w["ssm.log_dt"])[:, None])
    bbar, c = (abar - 1) / a, w["ssm.c"][..., 0] + 1j * w["ssm.c"][..., 1]
    state, pooled = np.zeros((len(u),) + a.shape, dtype=complex), 0.0
    for t in range(u.shape[1]):
        state = abar * state + bbar * u[:, t, :, None]
        y = 2 * (c * state).sum(-1).real + w["ssm.d"] * u[:, t]
        left, right = np.split(y / (1 + np.exp(-y)) @ w["mix.weight"].T + w["mix.bias"], 2, axis=-1)
        pooled = pooled + left / (1 + np.exp(-right)) / u.shape[1]
    return pooled @ w["head.weight"].T + w["head.bias"]


def tones(n, key):
    """Noisy sinusoids of random phase and amplitude; the class is the frequency band."""
    rng = np.random.default_rng(key)
    y = rng.integers(CLASSES, size=n)
    f = np.array([0.02, 0.035, 0.055, 0.08])[y] * rng.uniform(0.9, 1.1, n)
    t = np.arange(LENGTH)
    u = rng.uniform(0.7, 1.3, (n, 1)) * np.sin(2 * np.pi * (f[:, None] * t + rng.random((n, 1)))) + rng.normal(0, 0.7, (n, LENGTH))
    return torch.from_numpy(u), torch.from_numpy(y)


@dataclasses.dataclass
class RunState:
    nets: dict
    optimizers: dict
    schedulers: dict
    noise: torch.Generator
    train: tuple
    test: tuple
    seed: int
    step: int = 0


def setup(seed, config=None):
    torch.manual_seed(seed)
    model = Net()
    ssm = list(model.ssm.parameters())
    rest = [p for n, p in model.named_parameters() if not n.startswith("ssm.")]
    opt = torch.optim.AdamW([{"params": rest}, {"params": ssm, "lr": SPEC["ssm_learning_rate"], "weight_decay": 0.0}],
                            lr=SPEC["learning_rate"], weight_decay=SPEC["weight_decay"])
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(opt, SPEC["steps"])
    return RunState({"model": model}, {"adamw": opt}, {"cosine": cosine}, torch.Generator().manual_seed(seed + 77),
                    tones(1500, (5, 0)), tones(500, (5, 1)), seed)


def pick(data, seed, size, step):
    g = torch.Generator().manual_seed((seed << 24) + step)
    i = torch.randint(len(data[1]), (size,), generator=g)
    return data[0][i], data[1][i]


def batches(state):
    take, first = functools.partial(pick, state.train, state.seed, SPEC["batch_size"]), state.step
    return (take(first + k) for k in range(10 ** 9))


def loss_fn(model, batch):
    return nn.functional.cross_entropy(model(batch[0]), batch[1])


def train_step(state, batch):
    model, opt = state.nets["model"], state.optimizers["adamw"]
    loss = loss_fn(model, batch)
    params = list(model.parameters())
    sigma = math.sqrt(1e-4 / (1 + state.step) ** 0.55)
    for p, g in zip(params, torch.autograd.grad(loss, params)):
        p.grad = g + sigma * torch.randn(g.shape, generator=state.noise, dtype=g.dtype)
    opt.step()
    opt.zero_grad()
    state.schedulers["cosine"].step()
    state.step += 1
    return loss.detach()


def evaluate(state, dataset=None):
    x, y = state.test if dataset is None else dataset
    frozen = {k: v.detach() for k, v in state.nets["model"].state_dict().items()}
    logits = functional_call(state.nets["model"], frozen, (x,))
    return {"loss": nn.functional.cross_entropy(logits, y).item(), "accuracy": (logits.argmax(-1) == y).double().mean().item(), "n": len(y)}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "noise": state.noise.get_state(), "model": state.nets["model"].state_dict(),
                "adamw": state.optimizers["adamw"].state_dict(), "cosine": state.schedulers["cosine"].state_dict()}, path)


def load(path):
    c = torch.load(path, weights_only=True)
    state = setup(c["seed"])
    state.nets["model"].load_state_dict(c["model"])
    state.optimizers["adamw"].load_state_dict(c["adamw"])
    state.schedulers["cosine"].load_state_dict(c["cosine"])
    state.noise.set_state(c["noise"])
    return dataclasses.replace(state, step=c["step"])
