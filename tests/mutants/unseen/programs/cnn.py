"""A small VGG-style network that tells the orientation of coloured gratings (procedural data)."""
import math
import random
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

FAMILY = "classifier"

# What the paper states.
SPEC = {
    "optimizer": "SGD", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 5e-4,
    "batch_size": 64, "epochs": 10, "steps": 300,
    "lr_schedule": "multistep", "lr_milestones": [180, 240], "lr_decay_factor": 0.2,
    "dropout": 0.25, "label_smoothing": 0.0, "bn_momentum": 0.1, "init": "kaiming_normal",
    "augmentation": "random circular shift of up to 2 pixels",
    "n_classes": 6, "n_parameters": 14614, "input_mean": 0.0, "input_std": 1.0, "min_accuracy": 0.90,
    "seed": 0, "n_seeds": 10,
}

LR, MOMENTUM, WEIGHT_DECAY = 0.05, 0.9, 5e-4
BATCH = 64
MILESTONES, DECAY = [180, 240], 0.2
DROPOUT, BN_MOMENTUM = 0.25, 0.1
CLASSES, SIDE = 6, 12
N_TRAIN, N_TEST = 1920, 600
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")


def mix(*parts):
    """One 32-bit seed from several numbers."""
    return int(np.random.SeedSequence(parts).generate_state(1)[0])


def draw_gratings(n, rng):
    """n images (H, W, C) of bytes and their labels: the class is the orientation in steps of 30 degrees."""
    labels = rng.integers(0, CLASSES, n)
    rows, cols = np.mgrid[0:SIDE, 0:SIDE]
    angle = (labels * math.pi / CLASSES)[:, None, None]
    wave = rng.uniform(1.0, 1.5, (n, 1, 1)) * (cols * np.cos(angle) + rows * np.sin(angle))
    wave = np.sin(wave + rng.uniform(0, 2 * math.pi, (n, 1, 1)))
    tint = rng.uniform(0.3, 1.0, (n, 1, 1, 3))
    images = 110 + 45 * wave[..., None] * tint + rng.normal(0, 75, (n, SIDE, SIDE, 3)) + rng.normal(0, 15, (n, 1, 1, 3))
    return images.clip(0, 255).astype(np.uint8), labels


class Gratings(Dataset):
    def __init__(self, images, labels, mean, std, augment=False, seed=0):
        self.images, self.labels = images, labels
        self.mean = torch.as_tensor(mean, dtype=torch.float32).view(3, 1, 1)
        self.std = torch.as_tensor(std, dtype=torch.float32).view(3, 1, 1)
        self.augment, self.seed, self.epoch = augment, seed, 0

    def set_epoch(self, epoch):
        self.epoch = epoch

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        image = torch.from_numpy(self.images[i]).permute(2, 0, 1).float() / 255
        image = (image - self.mean) / self.std
        if self.augment:
            g = torch.Generator().manual_seed(mix(self.seed, self.epoch, i))
            dy, dx = torch.randint(-2, 3, (2,), generator=g).tolist()
            image = torch.roll(image, (dy, dx), dims=(1, 2))
        return image, int(self.labels[i])


def make_datasets(seed):
    rng = np.random.default_rng(20240101)
    images, labels = draw_gratings(N_TRAIN + N_TEST, rng)
    train_x, test_x = images[:N_TRAIN], images[N_TRAIN:]
    train_y, test_y = labels[:N_TRAIN], labels[N_TRAIN:]
    mean = train_x.mean(axis=(0, 1, 2)) / 255
    std = train_x.std(axis=(0, 1, 2)) / 255
    return (Gratings(train_x, train_y, mean, std, augment=True, seed=seed),
            Gratings(test_x, test_y, mean, std))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16, momentum=BN_MOMENTUM)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(32, momentum=BN_MOMENTUM)
        self.conv3 = nn.Conv2d(32, 32, 3, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(32, momentum=BN_MOMENTUM)
        self.dropout = nn.Dropout(DROPOUT)
        self.head = nn.Linear(32, CLASSES)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        x = F.relu(self.bn3(self.conv3(x)))
        x = x.mean(dim=(2, 3))
        return self.head(self.dropout(x))


def collate(items):
    images, labels = zip(*items)
    return torch.stack(images), torch.tensor(labels, dtype=torch.long)


def make_loader(dataset, workers, seed):
    return DataLoader(dataset, batch_size=BATCH, shuffle=True, num_workers=workers, collate_fn=collate,
                      generator=torch.Generator().manual_seed(seed))


def setup(seed, config=None):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    train, test = make_datasets(seed)
    model = Net().to(DEVICE)
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM, weight_decay=WEIGHT_DECAY, nesterov=True)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=MILESTONES, gamma=DECAY)
    return SimpleNamespace(nets={"model": model}, optimizers={"model": optimizer}, schedulers={"model": scheduler},
                           step=0, seed=seed, train=train, test=test)


def batches(state):
    per_epoch = len(state.train) // BATCH
    epoch, skip = divmod(state.step, per_epoch)
    while True:
        state.train.set_epoch(epoch)
        for k, batch in enumerate(make_loader(state.train, 0, mix(state.seed, epoch))):
            if k >= skip:
                yield batch
        epoch, skip = epoch + 1, 0


def loss_fn(model, batch):
    images, labels = batch
    return F.cross_entropy(model(images.to(DEVICE)), labels.to(DEVICE))


def train_step(state, batch):
    model, optimizer = state.nets["model"], state.optimizers["model"]
    model.train()
    optimizer.zero_grad()
    loss = loss_fn(model, batch)
    loss.backward()
    optimizer.step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    model = state.nets["model"]
    was_training = model.training
    model.eval()
    loss, hits, n = 0.0, 0, 0
    dataset = state.test if dataset is None else dataset
    for images, labels in DataLoader(dataset, batch_size=256, collate_fn=collate, generator=torch.Generator()):
        images, labels = images.to(DEVICE), labels.to(DEVICE)
        logits = model(images)
        loss += F.cross_entropy(logits, labels, reduction="sum").item()
        hits += (logits.argmax(dim=1) == labels).sum().item()
        n += len(labels)
    model.train(was_training)
    return {"loss": loss / n, "n": n, "accuracy": hits / n}


def save(state, path):
    torch.save({
        "model": state.nets["model"].state_dict(),
        "optimizer": state.optimizers["model"].state_dict(),
        "scheduler": state.schedulers["model"].state_dict(),
        "step": state.step,
        "seed": state.seed,
        "rng": torch.get_rng_state(),
    }, path)


def load(path):
    saved = torch.load(path, map_location="cpu", weights_only=True)
    state = setup(saved["seed"])
    state.nets["model"].load_state_dict(saved["model"])
    state.optimizers["model"].load_state_dict(saved["optimizer"])
    state.schedulers["model"].load_state_dict(saved["scheduler"])
    state.step = saved["step"]
    torch.set_rng_state(saved["rng"])
    return state


def reference_forward(weights, x):
    """The evaluation-mode forward pass in numpy float64."""
    w = {k: np.asarray(v, dtype=np.float64) for k, v in weights.items()}

    def block(x, i):
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
        x = np.einsum("nchwij,ocij->nohw", windows, w[f"conv{i}.weight"])
        column = lambda name: w[f"bn{i}.{name}"][None, :, None, None]
        x = (x - column("running_mean")) / np.sqrt(column("running_var") + 1e-5)
        return np.maximum(x * column("weight") + column("bias"), 0)

    def pool(x):
        n, c, h, v = x.shape
        return x.reshape(n, c, h // 2, 2, v // 2, 2).max(axis=(3, 5))

    x = pool(block(np.asarray(x, dtype=np.float64), 1))
    x = block(pool(block(x, 2)), 3).mean(axis=(2, 3))
    return x @ w["head.weight"].T + w["head.bias"]


if __name__ == "__main__":
    state = setup(SPEC["seed"])
    for batch in batches(state):
        loss = train_step(state, batch)
        if state.step >= SPEC["steps"]:
            break
    print(float(loss), evaluate(state))
