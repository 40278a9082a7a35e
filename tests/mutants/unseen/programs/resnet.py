"""Shape recognition with a small ResNet. Images are drawn on the fly from a fixed seed, nothing is downloaded."""
import dataclasses
import math
import random

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, Sampler

FAMILY = "classifier"

# Facts from the paper (section 4 and table 2).
SPEC = dict(
    optimizer="AdamW", learning_rate=1e-2, beta1=0.9, beta2=0.98, eps=1e-8, weight_decay=0.05,
    batch_size=64, steps=280,
    lr_schedule="warmup_cosine", warmup_steps=28, min_learning_rate=0.0,
    grad_clip=0.25, grad_clip_kind="global norm",
    loss="cross_entropy", label_smoothing=0.1,
    bn_momentum=0.1, dropout=0.0, activation="relu",
    init="kaiming_normal (fan out) for convolutions, zero for the last batch-norm scale of every block",
    augmentation="reflection padding of 2 pixels with a random 16x16 crop, horizontal flip with probability 0.5 (training only)",
    n_train=2000, n_test=500,
    n_classes=5, n_parameters=20117, input_mean=0.0, input_std=1.0, min_accuracy=0.90,
)

SHAPES = ("disk", "square", "triangle", "funnel", "plus")
WIDTH = 16          # image side


@dataclasses.dataclass
class Hyper:
    learning_rate: float = 1e-2
    beta1: float = 0.9
    beta2: float = 0.98
    weight_decay: float = 0.05
    batch_size: int = 64
    steps: int = 280
    warmup_steps: int = 28
    grad_clip: float = 0.25
    label_smoothing: float = 0.1
    bn_momentum: float = 0.1
    pad: int = 2
    flip: float = 0.5


def config():
    return dataclasses.asdict(Hyper())


# ---------------------------------------------------------------- data
def render(rng, count):
    """`count` RGB pictures (count, 3, 16, 16) in bytes, with the number of the shape that each shows."""
    kind = rng.integers(len(SHAPES), size=count)
    cx, cy = rng.uniform(6.0, 9.0, (2, count, 1, 1))
    r = rng.uniform(3.5, 5.5, (count, 1, 1))
    v, u = np.mgrid[:WIDTH, :WIDTH]
    u, v = (u - cx) / r, (v - cy) / r
    masks = np.stack([
        u ** 2 + v ** 2 < 1,
        np.maximum(abs(u), abs(v)) < 0.88,
        (abs(v) < 1) & (abs(u) < (v + 1) / 2),
        (abs(v) < 1) & (abs(u) < (1 - v) / 2),
        (np.minimum(abs(u), abs(v)) < 0.35) & (np.maximum(abs(u), abs(v)) < 1),
    ])[kind, np.arange(count)]
    paper, ink = rng.uniform((40, 50, 70), (130, 140, 170), (count, 3)), rng.uniform((40, 30, 20), (90, 80, 60), (count, 3))
    picture = paper[:, :, None, None] + ink[:, :, None, None] * masks[:, None]
    picture += rng.normal(0, 24, picture.shape)
    return np.clip(picture, 0, 255).astype(np.uint8), kind.astype(np.int64)


class ShapeSet(Dataset):
    """Items are dicts. An index may be (epoch, i): the training sampler asks so, and the epoch seeds the augmentation."""

    def __init__(self, pictures, kinds, stats, hyper=None, seed=0):
        self.pictures, self.kinds = pictures, kinds
        self.mean, self.std = stats
        self.hyper, self.seed = hyper, seed

    def __len__(self):
        return len(self.kinds)

    def distort(self, picture, rng):
        p = self.hyper.pad
        canvas = np.pad(picture, ((0, 0), (p, p), (p, p)), mode="reflect")
        top, left = rng.integers(0, 2 * p + 1, size=2)
        picture = canvas[:, top:top + WIDTH, left:left + WIDTH]
        if rng.random() < self.hyper.flip:
            picture = picture[:, :, ::-1]
        return picture

    def __getitem__(self, key):
        epoch, i = key if isinstance(key, tuple) else (0, key)
        picture = self.pictures[i]
        if self.hyper is not None:
            picture = self.distort(picture, np.random.default_rng([self.seed, epoch, i]))
        scaled = (picture.astype(np.float32) / 255.0 - self.mean) / self.std
        return {"image": torch.from_numpy(scaled), "label": int(self.kinds[i])}


def build_data(hyper, seed):
    x, y = render(np.random.default_rng(77), SPEC["n_train"] + SPEC["n_test"])
    cut = SPEC["n_train"]
    unit = x[:cut].astype(np.float32) / 255.0
    stats = (unit.mean(axis=(0, 2, 3), keepdims=True)[0], unit.std(axis=(0, 2, 3), keepdims=True)[0])
    return ShapeSet(x[:cut], y[:cut], stats, hyper, seed), ShapeSet(x[cut:], y[cut:], stats)


class EpochSampler(Sampler):
    """The epochs one after another, each in its own order, from a given step on."""

    def __init__(self, size, batch_size, seed, start=0, epochs=None):
        self.size, self.batch_size, self.seed, self.start, self.epochs = size, batch_size, seed, start, epochs

    def __iter__(self):
        per_epoch = self.size // self.batch_size
        epoch, offset = divmod(self.start, per_epoch)
        last = math.inf if self.epochs is None else epoch + self.epochs
        while epoch < last:
            order = np.random.default_rng([self.seed, epoch]).permutation(self.size)
            for b in range(offset, per_epoch):
                yield [(epoch, int(i)) for i in order[b * self.batch_size:(b + 1) * self.batch_size]]
            epoch, offset = epoch + 1, 0


def collate(items):
    return {"image": torch.stack([item["image"] for item in items]),
            "label": torch.tensor([item["label"] for item in items])}


def make_loader(dataset, workers, seed):
    """One shuffled epoch."""
    return DataLoader(dataset, batch_sampler=EpochSampler(len(dataset), Hyper.batch_size, seed, epochs=1),
                      num_workers=workers, collate_fn=collate)


# ---------------------------------------------------------------- network
class Residual(nn.Module):
    def __init__(self, c_in, c_out, stride, bn_momentum):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(c_in, c_out, 3, stride, 1, bias=False),
            nn.BatchNorm2d(c_out, momentum=bn_momentum),
            nn.ReLU(),
            nn.Conv2d(c_out, c_out, 3, 1, 1, bias=False),
            nn.BatchNorm2d(c_out, momentum=bn_momentum),
        )
        self.skip = nn.Identity()
        if stride != 1 or c_in != c_out:
            self.skip = nn.Sequential(nn.Conv2d(c_in, c_out, 1, stride, bias=False),
                                      nn.BatchNorm2d(c_out, momentum=bn_momentum))

    def forward(self, x):
        return torch.relu(self.body(x) + self.skip(x))


class MiniResNet(nn.Module):
    def __init__(self, hyper):
        super().__init__()
        m = hyper.bn_momentum
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16, momentum=m), nn.ReLU())
        self.blocks = nn.Sequential(Residual(16, 16, 2, m), Residual(16, 32, 2, m))
        self.classify = nn.Linear(32, len(SHAPES))
        self.reset()

    def reset(self):
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
        for block in self.blocks:
            nn.init.zeros_(block.body[-1].weight)
        nn.init.zeros_(self.classify.bias)

    def forward(self, image):
        features = self.blocks(self.stem(image))
        return self.classify(features.mean((2, 3)))


# ---------------------------------------------------------------- training
class State:
    def __init__(self, seed, hyper):
        self.seed, self.hyper, self.step = seed, hyper, 0
        self.train, self.test = build_data(hyper, seed)
        self.nets = {"model": MiniResNet(hyper)}
        optimizer = torch.optim.AdamW(self.nets["model"].parameters(), lr=hyper.learning_rate,
                                      betas=(hyper.beta1, hyper.beta2), weight_decay=hyper.weight_decay)
        self.optimizers = {"model": optimizer}
        self.schedulers = {"model": torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: lr_factor(k, hyper))}


def lr_factor(k, hyper):
    """Linear warm-up to 1, then half a cosine down to 0 at the last step."""
    if k < hyper.warmup_steps:
        return (k + 1) / hyper.warmup_steps
    progress = (k - hyper.warmup_steps) / (hyper.steps - hyper.warmup_steps)
    return 0.5 * (1.0 + math.cos(math.pi * min(progress, 1.0)))


def setup(seed, config=None):
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    return State(seed, Hyper(**(config or {})))


def batches(state):
    sampler = EpochSampler(len(state.train), state.hyper.batch_size, state.seed, start=state.step)
    for keys in sampler:
        yield collate([state.train[key] for key in keys])


def loss_fn(model, batch):
    return nn.functional.cross_entropy(model(batch["image"]), batch["label"], label_smoothing=Hyper.label_smoothing)


def train_step(state, batch):
    net, optimizer = state.nets["model"].train(), state.optimizers["model"]
    loss = loss_fn(net, batch)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), state.hyper.grad_clip)
    optimizer.step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.detach()


def evaluate(state, dataset=None):
    """Plain cross-entropy (without the smoothing) and accuracy."""
    dataset = state.test if dataset is None else dataset
    net = state.nets["model"]
    mode = net.training
    net.eval()
    total = {"loss": 0.0, "accuracy": 0.0}
    with torch.inference_mode():
        for start in range(0, len(dataset), 128):
            batch = collate([dataset[i] for i in range(start, min(start + 128, len(dataset)))])
            scores = net(batch["image"])
            total["loss"] += float(nn.functional.cross_entropy(scores, batch["label"], reduction="sum"))
            total["accuracy"] += int((scores.argmax(1) == batch["label"]).sum())
    net.train(mode)
    return {name: value / len(dataset) for name, value in total.items()} | {"n": len(dataset)}


def save(state, path):
    torch.save({"net": state.nets["model"].state_dict(), "optimizer": state.optimizers["model"].state_dict(),
                "schedule": state.schedulers["model"].state_dict(), "step": state.step, "seed": state.seed,
                "config": dataclasses.asdict(state.hyper), "torch_rng": torch.get_rng_state()}, path)


def load(path):
    blob = torch.load(path, weights_only=True)
    state = setup(blob["seed"], blob["config"])
    state.step = blob["step"]
    state.nets["model"].load_state_dict(blob["net"])
    state.optimizers["model"].load_state_dict(blob["optimizer"])
    state.schedulers["model"].load_state_dict(blob["schedule"])
    torch.set_rng_state(blob["torch_rng"])
    return state


def reference_forward(weights, x):
    """The network in evaluation mode, numpy float64."""
    w = {name: np.asarray(value, np.float64) for name, value in weights.items()}

    def conv(x, name, stride, pad):
        kernel = w[name + ".weight"]
        x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        patches = np.lib.stride_tricks.sliding_window_view(x, kernel.shape[2:], (2, 3))[:, :, ::stride, ::stride]
        return np.einsum("nchwab,kcab->nkhw", patches, kernel, optimize=True)

    def norm(x, name):
        part = lambda key: w[f"{name}.{key}"].reshape(1, -1, 1, 1)
        return (x - part("running_mean")) / np.sqrt(part("running_var") + 1e-5) * part("weight") + part("bias")

    x = np.maximum(norm(conv(np.asarray(x, np.float64), "stem.0", 1, 1), "stem.1"), 0)
    for block in ("blocks.0", "blocks.1"):
        y = np.maximum(norm(conv(x, block + ".body.0", 2, 1), block + ".body.1"), 0)
        y = norm(conv(y, block + ".body.3", 1, 1), block + ".body.4")
        x = np.maximum(y + norm(conv(x, block + ".skip.0", 2, 0), block + ".skip.1"), 0)
    return x.mean((2, 3)) @ w["classify.weight"].T + w["classify.bias"]


def main(seed=0):
    state = setup(seed)
    for batch in batches(state):
        loss = train_step(state, batch)
        if state.step % 70 == 0:
            print(state.step, round(loss.item(), 4), evaluate(state))
        if state.step == state.hyper.steps:
            return state


if __name__ == "__main__":
    main()
