"""A narrow VGG with batch norm on 16x16 colour textures, after the layout of the official image-classification example."""
import math
from functools import reduce
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

FAMILY = "classifier"
SPEC = {
    "n_classes": 6, "batch_size": 64, "optimizer": "SGD", "learning_rate": 0.05, "momentum": 0.9, "weight_decay": 5e-4,
    "weight_decay_exempt": "batch-norm scales and shifts, and biases", "lr_schedule": "multistep", "milestones_epochs": [3, 4],
    "gamma": 0.1, "steps": 80,
    "normalisation": "pixels / 255, minus 0.5, over 0.25, each channel",
    "augmentation": "zero-padding by 2 and a random 16x16 crop, horizontal flip with probability 0.5",
    "min_accuracy": 0.9,
}
ARCH = (16, "M", 32, "M", 64, 64, "M")


def compose(*transforms):
    return lambda img, rng: reduce(lambda im, t: t(im, rng), transforms, img)


def random_crop(img, rng, size=16, padding=2):
    top, left = rng.integers(0, 2 * padding + 1, size=2)
    return F.pad(img, (padding,) * 4)[:, top:top + size, left:left + size]


def random_horizontal_flip(img, rng):
    return img.flip(-1) if rng.random() < 0.5 else img


def to_tensor_normalize(img, rng):
    return (img.float().div(255) - 0.5) / 0.25


TRAIN_TF = compose(random_crop, random_horizontal_flip, to_tensor_normalize)
TEST_TF = compose(to_tensor_normalize)


def render(label, rng):
    yy, xx = np.mgrid[0:16, 0:16].astype(np.float64)
    phase, period = rng.uniform(0, 2 * math.pi), rng.uniform(3.5, 5.5)
    cy, cx = rng.uniform(6, 10, size=2)
    r = np.hypot(yy - cy, xx - cx)
    w = 2 * math.pi / period
    pattern = [np.sin(w * yy + phase), np.sin(w * xx + phase), np.sin(w * yy + phase) * np.sin(w * xx),
               np.where(r < 5, 1.0, -1.0), np.where(abs(r - 5) < 1.3, 1.0, -1.0),
               np.where(np.minimum(abs(yy - cy), abs(xx - cx)) < 1.3, 1.0, -1.0)][label]
    img = 0.5 + 0.25 * rng.uniform(0.4, 1.0, size=(3, 1, 1)) * pattern + rng.normal(0, 0.12, size=(3, 16, 16))
    return (np.clip(img, 0, 1) * 255).astype(np.uint8)


class Textures(Dataset):
    """uint8 images; the random transforms of an item depend on (seed, epoch, index) alone, whatever the number of workers."""

    def __init__(self, data, targets, transform, key=(0, 0)):
        self.data, self.targets, self.transform, self.key = data, targets, transform, key

    @classmethod
    def make(cls, n, data_seed, transform):
        rng = np.random.default_rng(data_seed)
        targets = rng.permutation(np.arange(n) % 6)
        return cls(torch.from_numpy(np.stack([render(int(t), rng) for t in targets])), torch.from_numpy(targets), transform)

    def view(self, transform=None, key=None):
        return Textures(self.data, self.targets, transform or self.transform, key or self.key)

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        return self.transform(self.data[i], np.random.default_rng((*self.key, int(i)))), int(self.targets[i])


class VGG(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        layers, c = [], 3
        for v in ARCH:
            if v == "M":
                layers.append(nn.MaxPool2d(2))
            else:
                layers += [nn.Conv2d(c, v, 3, padding=1, bias=False), nn.BatchNorm2d(v), nn.ReLU(inplace=True)]
                c = v
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(c, num_classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


def setup(seed, config=None):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = VGG(SPEC["n_classes"])
    decay, plain = ([p for p in model.parameters() if (p.ndim > 1) == big] for big in (True, False))
    optimizer = torch.optim.SGD([{"params": decay}, {"params": plain, "weight_decay": 0.0}], lr=SPEC["learning_rate"],
                                momentum=SPEC["momentum"], weight_decay=SPEC["weight_decay"])
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, SPEC["milestones_epochs"], SPEC["gamma"])
    return SimpleNamespace(nets={"model": model}, optimizers={"sgd": optimizer}, schedulers={"multistep": scheduler}, step=0,
                           seed=seed, train=Textures.make(1024, 1, TRAIN_TF), test=Textures.make(384, 2, TEST_TF))


def epoch_loader(state, epoch, first):
    order = np.random.default_rng((state.seed, epoch, 7)).permutation(len(state.train)).tolist()
    b = SPEC["batch_size"]
    chunks = [order[i:i + b] for i in range(0, len(order) - b + 1, b)]
    return DataLoader(state.train.view(key=(state.seed, epoch)), batch_sampler=chunks[first:])


def batches(state):
    epoch, first = divmod(state.step, len(state.train) // SPEC["batch_size"])
    while True:
        yield from epoch_loader(state, epoch, first)
        epoch, first = epoch + 1, 0


def make_loader(dataset, workers, seed, epoch=0):
    return DataLoader(dataset.view(key=(seed, epoch)), batch_size=SPEC["batch_size"], shuffle=True, num_workers=workers,
                      generator=torch.Generator().manual_seed(1000 * seed + epoch))


def loss_fn(model, batch):
    images, target = batch
    return F.cross_entropy(model(images), target)


def train_step(state, batch):
    model, optimizer = state.nets["model"], state.optimizers["sgd"]
    model.train()
    optimizer.zero_grad()
    loss = loss_fn(model, batch)
    loss.backward()
    optimizer.step()
    state.step += 1
    if state.step % (len(state.train) // SPEC["batch_size"]) == 0:
        state.schedulers["multistep"].step()
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    dataset = state.test if dataset is None else dataset
    if isinstance(dataset, Textures):
        dataset = dataset.view(transform=TEST_TF)
    model = state.nets["model"]
    was_training = model.training
    model.eval()
    total = correct = n = 0
    for images, target in DataLoader(dataset, batch_size=100, generator=torch.Generator()):
        logits = model(images)
        total += F.cross_entropy(logits, target, reduction="sum").item()
        correct += (logits.argmax(1) == target).sum().item()
        n += len(target)
    model.train(was_training)
    return {"loss": total / n, "accuracy": correct / n, "n": n}


def save(state, path):
    torch.save({"step": state.step, "seed": state.seed, "state_dict": state.nets["model"].state_dict(),
                "optimizer": state.optimizers["sgd"].state_dict(), "scheduler": state.schedulers["multistep"].state_dict()}, path)


def load(path):
    ckpt = torch.load(path, weights_only=True)
    state = setup(ckpt["seed"])
    state.nets["model"].load_state_dict(ckpt["state_dict"])
    state.optimizers["sgd"].load_state_dict(ckpt["optimizer"])
    state.schedulers["multistep"].load_state_dict(ckpt["scheduler"])
    state.step = ckpt["step"]
    return state
