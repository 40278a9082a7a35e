"""A small convolutional classifier of 8 x 8 images with a bright bar: which way does it point?"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset, default_collate

FAMILY = "classifier"
SPEC = {
    "optimizer": "SGD", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True,
    "weight_decay": 5e-4, "batch_size": 64, "steps": 240, "dropout": 0.2, "bn_momentum": 0.1,
    "lr_schedule": "multistep", "lr_milestones": [120, 180], "lr_decay_factor": 0.1,
    "n_classes": 4, "input_mean": 0.0, "input_std": 1.0, "min_accuracy": 0.85,
    "label_smoothing": 0.0, "n_parameters": 3196, "activation": "relu", "init": "kaiming_normal",
}  # fmt: skip


@dataclass
class State:
    nets: dict[str, nn.Module]
    optimizers: dict[str, Any]
    schedulers: dict[str, Any]
    train: Dataset[Any]
    test: Dataset[Any]
    seed: int
    step: int = 0
    config: dict[str, Any] = field(default_factory=dict)


def draw(n, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, n)
    images = rng.normal(0, 0.45, (n, 1, 8, 8))
    for image, label in zip(images[:, 0], labels):
        at = rng.integers(1, 7)
        if label == 0:
            image[at] += 1
        elif label == 1:
            image[:, at] += 1
        elif label == 2:
            image += np.eye(8, k=at - 4)
        else:
            image += np.eye(8, k=at - 4)[:, ::-1]
    return images, labels


def load_data():
    x, y = draw(1500, 1)
    mean, std = x[:1000].mean(), x[:1000].std()
    x = torch.tensor((x - mean) / std, dtype=torch.float32)
    y = torch.tensor(y)
    return TensorDataset(x[:1000], y[:1000]), TensorDataset(x[1000:], y[1000:])


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 12, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(12)
        self.conv2 = nn.Conv2d(12, 24, 3, padding=1)
        self.bn2 = nn.BatchNorm2d(24)
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(24 * 4, 4)
        for conv in (self.conv1, self.conv2):
            nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
        nn.init.normal_(self.head.weight, std=0.02)

    def forward(self, x):
        h = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        h = F.max_pool2d(F.relu(self.bn2(self.conv2(h))), 2)
        return self.head(self.dropout(h.flatten(1)))


def setup(seed, config=None):
    torch.manual_seed(seed)
    net = Net()
    optimizer = torch.optim.SGD(
        net.parameters(), lr=0.05, momentum=0.9, nesterov=True, weight_decay=5e-4
    )
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [120, 180], gamma=0.1)
    train, test = load_data()
    return State({"model": net}, {"model": optimizer}, {"model": scheduler}, train, test, seed)


def collate(items):
    return default_collate(items)


def make_loader(dataset, workers, seed):
    order = torch.Generator().manual_seed(seed)
    return DataLoader(
        dataset, batch_size=64, shuffle=True, drop_last=True, num_workers=workers,
        collate_fn=collate, generator=order,
    )  # fmt: skip


def batches(state):
    per_epoch = len(state.train) // 64
    epoch, skip = divmod(state.step, per_epoch)
    while True:
        for i, batch in enumerate(make_loader(state.train, 0, state.seed * 1000 + epoch)):
            if i >= skip:
                yield batch
        epoch, skip = epoch + 1, 0


def loss_fn(model, batch):
    x, y = batch
    return F.cross_entropy(model(x), y)


def train_step(state, batch):
    net, optimizer = state.nets["model"], state.optimizers["model"]
    net.train()
    torch.manual_seed(state.seed * 100_003 + state.step)  # the masks of this step
    loss = loss_fn(net, batch)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    dataset = state.test if dataset is None else dataset
    net = state.nets["model"].eval()
    loss, right, n = 0.0, 0, 0
    for x, y in DataLoader(dataset, batch_size=128):
        logits = net(x)
        loss += F.cross_entropy(logits, y, reduction="sum").item()
        right += (logits.argmax(1) == y).sum().item()
        n += len(y)
    net.train()
    return {"loss": loss / n, "accuracy": right / n, "n": n}


def save(state, path):
    torch.save({
        "net": state.nets["model"].state_dict(),
        "optimizer": state.optimizers["model"].state_dict(),
        "scheduler": state.schedulers["model"].state_dict(),
        "step": state.step, "seed": state.seed,
    }, path)  # fmt: skip


def load(path):
    saved = torch.load(path, weights_only=True)
    state = setup(saved["seed"])
    state.nets["model"].load_state_dict(saved["net"])
    state.optimizers["model"].load_state_dict(saved["optimizer"])
    state.schedulers["model"].load_state_dict(saved["scheduler"])
    state.step = saved["step"]
    return state


def reference_forward(weights, x):
    def conv(h, w, b):
        n, _, height, width = h.shape
        padded = np.pad(h, ((0, 0), (0, 0), (1, 1), (1, 1)))
        out = np.zeros((n, len(w), height, width))
        for i in range(3):
            for j in range(3):
                patch = padded[:, :, i : i + height, j : j + width]
                out += np.einsum("nchw,oc->nohw", patch, w[:, :, i, j])
        return out + b[:, None, None]

    def norm(h, name):
        mean, var, scale, shift = (
            weights[f"{name}.{k}"][:, None, None]
            for k in ("running_mean", "running_var", "weight", "bias")
        )
        return (h - mean) / np.sqrt(var + 1e-5) * scale + shift

    def pool(h):
        n, c, height, width = h.shape
        return h.reshape(n, c, height // 2, 2, width // 2, 2).max((3, 5))

    for k in "12":
        x = conv(x, weights[f"conv{k}.weight"], weights[f"conv{k}.bias"])
        x = pool(np.maximum(norm(x, f"bn{k}"), 0))
    return x.reshape(len(x), -1) @ weights["head.weight"].T + weights["head.bias"]
