"""Three-arm spirals: a frozen random Fourier body, a trained head.

Only the head is optimised: SGD with momentum, weight decay on its weight matrices and none on its biases.
"""
import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

FAMILY = "classifier"
SPEC = {
    "n_classes": 3,
    "frozen": ["body"],
    "body": "256 random Fourier features cos(w.x + b), w ~ N(0, 2.5^2), b ~ U(0, 2 pi), never trained",
    "n_parameters": 17411,
    "n_trainable_parameters": 16643,
    "optimizer": "SGD",
    "learning_rate": 0.2,
    "momentum": 0.9,
    "weight_decay": 1e-3,
    "weight_decay_applies_to": "weights of the head, not biases",
    "lr_schedule": "triangular, between 0.02 and 0.2, period 100 steps, starting low",
    "batch_size": 60,
    "steps": 300,
    "min_accuracy": 0.9,
}
FEATURES, HIDDEN, BANDWIDTH = 256, 64, 2.5


class RandomFourier(nn.Module):
    def __init__(self):
        super().__init__()
        self.frequency = nn.Parameter(torch.randn(FEATURES, 2) * BANDWIDTH, requires_grad=False)
        self.phase = nn.Parameter(torch.rand(FEATURES) * 2 * math.pi, requires_grad=False)

    def forward(self, x):
        return math.sqrt(2) * torch.cos(F.linear(x, self.frequency, self.phase))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = RandomFourier()
        self.head = nn.Sequential(nn.Linear(FEATURES, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, 3))
        for layer in (self.head[0], self.head[2]):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        return self.head(self.body(x))


class Experiment:
    __slots__ = ("seed", "step", "nets", "optimizers", "schedulers", "train", "test", "cfg")


def spirals(n, key):
    rng = np.random.default_rng(key)
    label = rng.integers(0, 3, n)
    t = np.sqrt(rng.uniform(0.03, 1, n))
    angle = 2 * math.pi * label / 3 + 4.5 * t + rng.normal(0, 0.12, n)
    points = np.stack([t * np.cos(angle), t * np.sin(angle)], 1)
    return [torch.tensor(points, dtype=torch.float32), torch.tensor(label)]


def config():
    return {"learning_rate": 0.2, "momentum": 0.9, "weight_decay": 1e-3, "batch_size": 60, "steps": 300}


def triangle(step, low=0.1, period=100):
    return low + (1 - low) * (1 - abs(2 * (step % period) / period - 1))


_defaults = config


def setup(seed, config=None):
    e = Experiment()
    e.cfg = dict(_defaults(), **(config or {}))
    e.seed, e.step = seed, 0
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Net()
    weights = [p for name, p in net.head.named_parameters() if name.endswith("weight")]
    biases = [p for name, p in net.head.named_parameters() if name.endswith("bias")]
    sgd = torch.optim.SGD([{"params": weights, "weight_decay": e.cfg["weight_decay"]}, {"params": biases, "weight_decay": 0.0}],
                          lr=e.cfg["learning_rate"], momentum=e.cfg["momentum"])
    e.nets, e.optimizers = {"model": net}, {"head": sgd}
    e.schedulers = {"head": torch.optim.lr_scheduler.LambdaLR(sgd, triangle)}
    e.train, e.test = spirals(1200, (77, 1)), spirals(600, (77, 2))
    return e


def batches(state):
    """The remaining batches of the run; each is drawn with replacement."""
    x, y = state.train
    for step in range(state.step, state.cfg["steps"]):
        rows = np.random.default_rng((state.seed, step)).integers(0, len(y), state.cfg["batch_size"])
        yield [x[rows], y[rows]]


def loss_fn(model, batch):
    x, y = batch
    return F.cross_entropy(model(x), y)


def train_step(state, batch):
    sgd = state.optimizers["head"]
    loss = loss_fn(state.nets["model"], batch)
    sgd.zero_grad()
    loss.backward()
    sgd.step()
    state.schedulers["head"].step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    x, y = dataset if dataset is not None else state.test
    logits = state.nets["model"](x)
    return {"loss": F.cross_entropy(logits, y).item(), "accuracy": (logits.argmax(-1) == y).double().mean().item(), "n": y.numel()}


def reference_forward(weights, x):
    w = {k: np.asarray(v, dtype=np.float64) for k, v in weights.items()}
    h = math.sqrt(2) * np.cos(np.asarray(x, dtype=np.float64) @ w["body.frequency"].T + w["body.phase"])
    h = np.tanh(h @ w["head.0.weight"].T + w["head.0.bias"])
    return h @ w["head.2.weight"].T + w["head.2.bias"]


def save(state, path):
    torch.save(dict(seed=state.seed, step=state.step, cfg=state.cfg, model=state.nets["model"].state_dict(),
                    sgd=state.optimizers["head"].state_dict(), triangle=state.schedulers["head"].state_dict()), path)


def load(path):
    d = torch.load(path, weights_only=True)
    e = setup(d["seed"], d["cfg"])
    e.step = d["step"]
    e.nets["model"].load_state_dict(d["model"])
    e.optimizers["head"].load_state_dict(d["sgd"])
    e.schedulers["head"].load_state_dict(d["triangle"])
    return e


if __name__ == "__main__":
    experiment = setup(0)
    for batch in batches(experiment):
        train_step(experiment, batch)
    print(evaluate(experiment))
