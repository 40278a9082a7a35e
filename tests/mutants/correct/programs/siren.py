"""A sine network fitted to one image: (row, column) -> grey value, full batch.

The network is fitted on every second pixel in both directions and scored on all the others.
A batch, like either data set, is one tensor with the columns (row, column, grey).
"""
import itertools
import math
import types

import numpy as np
import torch

FAMILY = "regressor"
SPEC = {
    "architecture": "SIREN, 2-48-48-1, sine activations, omega_0 = 12 in the first layer, 30 in the second",
    "initialisation": "first layer U(-1/n, 1/n); others U(-sqrt(6/n)/30, sqrt(6/n)/30); biases U(-1/sqrt(n), 1/sqrt(n)), n the fan-in",
    "n_parameters": 2545,
    "learning_rate": 2e-3,
    "beta1": 0.9,
    "beta2": 0.999,
    "weight_decay": 0.0,
    "batch_size": 1024,
    "steps": 400,
    "lr_schedule": "constant",
    "loss": "mean squared error on grey values in [-1, 1]",
    "max_loss": 0.005,
}
SIDE, OMEGA_FIRST, OMEGA = 64, 12.0, 30.0


class Sine(torch.nn.Module):
    def __init__(self, fan_in, fan_out, omega, bound):
        super().__init__()
        self.omega = omega
        self.weight = torch.nn.Parameter(torch.empty(fan_out, fan_in).uniform_(-bound, bound))
        self.bias = torch.nn.Parameter(torch.empty(fan_out).uniform_(-1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in)))

    def forward(self, x):
        return torch.sin(self.omega * torch.nn.functional.linear(x, self.weight, self.bias))


class Siren(torch.nn.Module):
    def __init__(self, width=48):
        super().__init__()
        bound = math.sqrt(6 / width) / OMEGA
        self.first = Sine(2, width, OMEGA_FIRST, 1 / 2)
        self.second = Sine(width, width, OMEGA, bound)
        self.last = torch.nn.Linear(width, 1)
        torch.nn.init.uniform_(self.last.weight, -bound, bound)

    def forward(self, coordinates):
        return self.last(self.second(self.first(coordinates)))[..., 0]


def picture():
    """64x64 pixels: three blobs, a ring and a gradient; rows (row, column, grey), all in [-1, 1]."""
    axis = np.linspace(-1, 1, SIDE)
    r, c = np.meshgrid(axis, axis, indexing="ij")
    grey = 0.3 * r
    for height, r0, c0, size in ((1.0, -0.4, -0.3, 0.2), (-0.9, 0.5, 0.4, 0.3), (0.7, 0.5, -0.5, 0.15)):
        grey = grey + height * np.exp(-((r - r0) ** 2 + (c - c0) ** 2) / (2 * size ** 2))
    grey = grey + 0.5 * np.exp(-((np.hypot(r, c) - 0.75) / 0.1) ** 2)
    grey = 2 * (grey - grey.min()) / (grey.max() - grey.min()) - 1
    return np.stack([r, c, grey], -1).astype(np.float32)


def setup(seed, config=None):
    rate = (config or {}).get("learning_rate", SPEC["learning_rate"])
    torch.manual_seed(seed)
    model = Siren()
    pixels = torch.from_numpy(picture())
    seen = torch.zeros(SIDE, SIDE, dtype=torch.bool)
    seen[::2, ::2] = True
    adam = torch.optim.Adam(model.parameters(), lr=rate, betas=(SPEC["beta1"], SPEC["beta2"]))
    return types.SimpleNamespace(seed=seed, step=0, rate=rate, nets={"model": model}, optimizers={"model": adam}, schedulers={},
                                 train=pixels[seen], test=pixels[~seen])


def batches(state):
    return itertools.repeat(state.train)


def loss_fn(model, batch):
    return torch.mean((model(batch[:, :2]) - batch[:, 2]) ** 2)


def train_step(state, batch):
    adam = state.optimizers["model"]
    adam.zero_grad()
    loss = loss_fn(state.nets["model"], batch)
    loss.backward()
    adam.step()
    state.step += 1
    return loss.item()


def evaluate(state, dataset=None):
    pixels = state.test if dataset is None else dataset
    with torch.no_grad():
        mse = loss_fn(state.nets["model"], pixels).item()
    return {"loss": mse, "mse": mse, "psnr": 10 * math.log10(4 / mse), "n": pixels.shape[0]}


def reference_forward(weights, x):
    w = {k: np.asarray(v, dtype=np.float64) for k, v in weights.items()}
    h = np.asarray(x, dtype=np.float64)
    h = np.sin(OMEGA_FIRST * (h @ w["first.weight"].T + w["first.bias"]))
    h = np.sin(OMEGA * (h @ w["second.weight"].T + w["second.bias"]))
    return (h @ w["last.weight"].T + w["last.bias"])[..., 0]


def save(state, path):
    torch.save({"model": state.nets["model"].state_dict(), "adam": state.optimizers["model"].state_dict(),
                "step": state.step, "seed": state.seed, "rate": state.rate}, path)


def load(path):
    c = torch.load(path, weights_only=True)
    state = setup(c["seed"], {"learning_rate": c["rate"]})
    state.nets["model"].load_state_dict(c["model"])
    state.optimizers["model"].load_state_dict(c["adam"])
    state.step = c["step"]
    return state


if __name__ == "__main__":
    fit = setup(0)
    for pixels in itertools.islice(batches(fit), SPEC["steps"]):
        value = train_step(fit, pixels)
        if fit.step % 100 == 0:
            print(fit.step, value)
    print(evaluate(fit))
