"""Small CNN on 16x16 grey shapes, trained with mixup and label smoothing.

Images stay uint8 in the data set; the first layer of the network normalises.  Shuffling, crops and the
mixing coefficients come from a numpy Generator keyed by (seed, step), so the loop itself has no RNG state.
"""
import dataclasses
import math
from typing import NamedTuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FAMILY = "classifier"
SPEC = {
    "n_classes": 5, "learning_rate": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4,
    "batch_size": 64, "steps": 160, "lr_schedule": "cosine to zero", "bn_momentum": 0.1,
    "label_smoothing": 0.1, "augmentation": "mixup, alpha 0.2, one coefficient per example; shifts of up to 1 pixel (edge padding)",
    "input_mean": 0.2870, "input_std": 0.2176, "min_accuracy": 0.9,
}
MIXUP_ALPHA, DATA_SEED = 0.2, 6021


class ImageSet(NamedTuple):
    pixels: torch.Tensor      # uint8 [N, 16, 16]
    labels: torch.Tensor      # int64 [N]


class MixedBatch(NamedTuple):
    images: torch.Tensor      # float [B, 1, 16, 16], in [0, 1]
    first: torch.Tensor
    second: torch.Tensor
    lam: torch.Tensor         # float [B], the share of `first`


def draw_shapes(n, rng):
    labels = rng.permutation(np.arange(n) % 5)
    yy, xx = np.mgrid[0:16, 0:16]
    cy, cx = rng.uniform(6, 10, (2, n, 1, 1))
    dy, dx = yy - cy, xx - cx
    radius, r = np.hypot(dy, dx), rng.uniform(3.5, 5.5, (n, 1, 1))
    inside = radius < r
    shapes = np.stack([
        inside,                                                        # disc
        inside & (radius > r - 1.7),                                   # ring
        inside & ((abs(dy) < 1) | (abs(dx) < 1)),                      # cross
        inside & (np.sin(dy * 2.1) > 0), inside & (np.sin(dx * 2.1) > 0),   # stripes
    ], 1)[np.arange(n), labels]
    grey = 0.2 + shapes * rng.uniform(0.4, 0.7, (n, 1, 1)) + rng.normal(0, 0.08, (n, 16, 16))
    pixels = np.round(grey.clip(0, 1) * 255).astype(np.uint8)
    return ImageSet(torch.from_numpy(pixels), torch.from_numpy(labels))


class Normalise(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("std", torch.tensor(std))

    def forward(self, x):
        return (x - self.mean) / self.std


def build():
    def block(i, o, k):
        return [nn.Conv2d(i, o, k, stride=2, padding=k // 2, bias=False), nn.BatchNorm2d(o, momentum=SPEC["bn_momentum"]), nn.ReLU()]
    net = nn.Sequential(Normalise(SPEC["input_mean"], SPEC["input_std"]), *block(1, 12, 5), *block(12, 24, 3),
                        nn.Flatten(), nn.Linear(24 * 16, 5))
    for m in net.modules():
        if isinstance(m, nn.Conv2d):
            nn.init.kaiming_normal_(m.weight, mode="fan_out")
    return net


@dataclasses.dataclass
class Run:
    seed: int
    step: int
    nets: dict
    optimizers: dict
    schedulers: dict
    train: ImageSet
    test: ImageSet
    settings: dict


def config():
    return {k: SPEC[k] for k in ("learning_rate", "momentum", "weight_decay", "batch_size", "steps")}


def setup(seed, config=None):
    settings = {**globals()["config"](), **(config or {})}
    torch.manual_seed(seed)
    net = build()
    sgd = torch.optim.SGD(net.parameters(), lr=settings["learning_rate"], momentum=settings["momentum"],
                          nesterov=True, weight_decay=settings["weight_decay"])
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(sgd, T_max=settings["steps"])
    train_rng, test_rng = (np.random.default_rng([DATA_SEED, part]) for part in (0, 1))
    return Run(seed, 0, {"model": net}, {"sgd": sgd}, {"sgd": cosine},
               draw_shapes(1280, train_rng), draw_shapes(500, test_rng), settings)


def batches(state):
    size, n, pixels, labels = state.settings["batch_size"], len(state.train.labels), state.train.pixels, state.train.labels
    per_epoch, step = n // size, state.step
    padded = F.pad(pixels[:, None].float() / 255, (1, 1, 1, 1), mode="replicate")
    while True:
        epoch, slot = divmod(step, per_epoch)
        order = np.random.default_rng([state.seed, 1, epoch]).permutation(n)
        index = torch.from_numpy(order[slot * size:(slot + 1) * size])
        rng = np.random.default_rng([state.seed, 2, step])
        top, left = rng.integers(0, 3, (2, size)).tolist()
        x = torch.stack([padded[i, :, t:t + 16, l:l + 16] for i, t, l in zip(index.tolist(), top, left)])
        lam = torch.from_numpy(rng.beta(MIXUP_ALPHA, MIXUP_ALPHA, size).astype(np.float32))
        partner = torch.from_numpy(rng.permutation(size))
        share = lam[:, None, None, None]
        yield MixedBatch(share * x + (1 - share) * x[partner], labels[index], labels[index][partner], lam)
        step += 1


def loss_fn(model, batch):
    logits = model(batch.images)
    smooth = SPEC["label_smoothing"]
    a = F.cross_entropy(logits, batch.first, label_smoothing=smooth, reduction="none")
    b = F.cross_entropy(logits, batch.second, label_smoothing=smooth, reduction="none")
    return (batch.lam * a + (1 - batch.lam) * b).mean()


def train_step(state, batch):
    net, sgd = state.nets["model"], state.optimizers["sgd"]
    net.train()
    sgd.zero_grad(set_to_none=True)
    loss = loss_fn(net, batch)
    loss.backward()
    sgd.step()
    state.schedulers["sgd"].step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    """Clean images, hard labels: plain cross entropy and accuracy."""
    data = state.test if dataset is None else dataset
    net = state.nets["model"]
    mode = net.training
    net.eval()
    nll, hits = 0.0, 0
    for pixels, labels in zip(data.pixels.split(200), data.labels.split(200)):
        logits = net(pixels[:, None].float() / 255)
        nll += F.cross_entropy(logits, labels, reduction="sum").item()
        hits += (logits.argmax(1) == labels).sum().item()
    net.train(mode)
    n = len(data.labels)
    return {"loss": nll / n, "accuracy": hits / n, "n": n, "perplexity": math.exp(nll / n)}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "settings": state.settings, "net": state.nets["model"].state_dict(),
                "sgd": state.optimizers["sgd"].state_dict(), "cosine": state.schedulers["sgd"].state_dict()}, path)


def load(path):
    blob = torch.load(path, weights_only=True)
    state = setup(blob["seed"], blob["settings"])
    state.step = blob["step"]
    state.nets["model"].load_state_dict(blob["net"])
    state.optimizers["sgd"].load_state_dict(blob["sgd"])
    state.schedulers["sgd"].load_state_dict(blob["cosine"])
    return state


if __name__ == "__main__":
    run = setup(0)
    for _, b in zip(range(run.settings["steps"]), batches(run)):
        train_step(run, b)
    print(evaluate(run))
