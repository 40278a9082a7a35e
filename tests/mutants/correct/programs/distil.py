"""Knowledge distillation: a narrow student learns from a wide, fixed teacher and from the hard labels.

The teacher is trained once per process from a seed of its own, whatever the seed of the run, and never
changes afterwards.  A batch is the tuple (inputs, labels, teacher's logits on these very inputs).
"""
import functools
import itertools

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FAMILY = "classifier"
SPEC = {
    "n_classes": 6,
    "loss": "0.3 CE(labels) + 0.7 T^2 KL(teacher || student), both means over the examples",
    "temperature": 4.0,
    "architecture": "student MLP 12-24-6 (462 parameters), fixed teacher MLP 12-128-128-6",
    "frozen": ["teacher"],
    "n_parameters": 462,
    "optimizer": "RMSprop with momentum",
    "learning_rate": 2e-3,
    "momentum": 0.9,
    "batch_size": 100,
    "steps": 300,
    "lr_schedule": "multiplied by 0.2 at steps 180 and 250",
    "augmentation": "Gaussian noise of 0.1 on the inputs, the same for teacher and student",
    "min_accuracy": 0.82,
}
T, SOFT, NOISE = 4.0, 0.7, 0.1


def mlp(*widths):
    layers = []
    for a, b in itertools.pairwise(widths):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


@functools.lru_cache(maxsize=None)
def dataset(part):
    """Six classes of two Gaussian clusters each, in 12 dimensions."""
    centres = np.random.default_rng(40).normal(0, 1.15, (6, 2, 12))
    rng = np.random.default_rng([41, ("train", "test").index(part)])
    n = {"train": 2000, "test": 600}[part]
    label, cluster = rng.integers(0, 6, n), rng.integers(0, 2, n)
    x = centres[label, cluster] + rng.normal(size=(n, 12))
    return torch.tensor(x, dtype=torch.float32), torch.tensor(label)


@functools.lru_cache(maxsize=None)
def teacher_weights():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2718)
        net = mlp(12, 128, 128, 6)
        x, y = dataset("train")
        adam = torch.optim.Adam(net.parameters(), lr=2e-3, weight_decay=1e-3)
        for _ in range(200):
            rows = torch.randint(len(x), (200,))
            adam.zero_grad()
            F.cross_entropy(net(x[rows] + 0.3 * torch.randn(200, 12)), y[rows]).backward()
            adam.step()
    return {k: v.detach().clone() for k, v in net.state_dict().items()}


class Distillation:
    def __init__(self, seed, rate, size, steps):
        self.seed, self.step, self.args = seed, 0, {"learning_rate": rate, "batch_size": size, "steps": steps}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            student, teacher = mlp(12, 24, 6), mlp(12, 128, 128, 6)
        teacher.load_state_dict(teacher_weights())
        teacher.requires_grad_(False).eval()
        self.nets = {"student": student, "teacher": teacher}
        rms = torch.optim.RMSprop(student.parameters(), lr=rate, momentum=SPEC["momentum"])
        self.optimizers = {"student": rms}
        self.schedulers = {"student": torch.optim.lr_scheduler.MultiStepLR(rms, [180, 250], gamma=0.2)}
        self.train, self.test = (tuple(t.clone() for t in dataset(part)) for part in ("train", "test"))


def setup(seed, config=None):
    c = {k: SPEC[k] for k in ("learning_rate", "batch_size", "steps")} | dict(config or {})
    return Distillation(seed, c["learning_rate"], c["batch_size"], c["steps"])


def batches(state):
    x, y = state.train
    teacher, size = state.nets["teacher"], state.args["batch_size"]
    for step in itertools.count(state.step):
        g = torch.Generator().manual_seed((state.seed << 24) + step)
        rows = torch.randperm(len(x), generator=g)[:size]
        noisy = x[rows] + NOISE * torch.randn(size, 12, generator=g)
        with torch.no_grad():
            soft = teacher(noisy)
        yield noisy, y[rows], soft


def loss_fn(model, batch):
    x, y, soft = batch
    logits = model(x)
    kl = F.kl_div((logits / T).log_softmax(-1), (soft / T).log_softmax(-1), log_target=True, reduction="batchmean")
    return (1 - SOFT) * F.cross_entropy(logits, y) + SOFT * T * T * kl


def train_step(state, batch):
    student, rms = state.nets["student"], state.optimizers["student"]
    loss = loss_fn(student, batch)
    rms.zero_grad(set_to_none=True)
    loss.backward()
    rms.step()
    state.schedulers["student"].step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    """The student on clean inputs: cross entropy with the hard labels; how often it agrees with the teacher."""
    x, y = state.test if dataset is None else dataset
    logits = state.nets["student"](x)
    guess, opinion = logits.argmax(1), state.nets["teacher"](x).argmax(1)
    return {"loss": F.cross_entropy(logits, y).item(), "n": len(y), "accuracy": (guess == y).float().mean().item(),
            "agreement": (guess == opinion).float().mean().item(), "teacher_accuracy": (opinion == y).float().mean().item()}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "args": state.args, "student": state.nets["student"].state_dict(),
                "teacher": state.nets["teacher"].state_dict(), "rms": state.optimizers["student"].state_dict(),
                "schedule": state.schedulers["student"].state_dict()}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = setup(d["seed"], d["args"])
    state.step = d["step"]
    for name, net in state.nets.items():
        net.load_state_dict(d[name])
    state.optimizers["student"].load_state_dict(d["rms"])
    state.schedulers["student"].load_state_dict(d["schedule"])
    return state


if __name__ == "__main__":
    run = setup(0)
    for batch in itertools.islice(batches(run), run.args["steps"]):
        train_step(run, batch)
    print(evaluate(run))
