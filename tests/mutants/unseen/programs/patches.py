"""Vision transformer on procedurally drawn 16x16 glyphs.

The glyphs (bars, ring, disc, plus, saltire) are drawn once from a fixed seed; a run's seed decides the weights, the
order of the examples, the augmentation and the dropout masks.
"""
from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, default_collate

FAMILY = "classifier"

SPEC = dict(
    optimizer="AdamW",
    learning_rate=3e-3,
    min_learning_rate=3e-5,
    beta1=0.9,
    beta2=0.99,
    eps=1e-8,
    weight_decay=0.05,
    weight_decay_excludes="biases, layer norms, class token and position embedding",
    lr_schedule="cosine",
    warmup_steps=40,
    steps=360,
    epochs=12,
    batch_size=64,
    grad_clip=1.0,
    grad_clip_type="global norm",
    dropout=0.1,
    label_smoothing=0.1,
    augmentation="per image: horizontal flip (p = 0.5), then shift by up to 2 pixels with zero padding",
    patch_size=4,
    width=48,
    depth=2,
    heads=4,
    mlp_ratio=2,
    norm="pre-norm, eps 1e-6",
    init="truncated normal, std 0.02",
    n_classes=6,
    n_parameters=41526,
    n_train=1920,
    n_test=500,
    input_mean=0.0,
    input_std=1.0,
    normalization="mean and standard deviation of each channel over the training images",
    min_accuracy=0.85,
    seed=0,
    n_seeds=5,
)


@dataclass(frozen=True)
class Recipe:
    learning_rate: float = 3e-3
    min_learning_rate: float = 3e-5
    beta1: float = 0.9
    beta2: float = 0.99
    eps: float = 1e-8
    weight_decay: float = 0.05
    warmup_steps: int = 40
    steps: int = 360
    batch_size: int = 64
    grad_clip: float = 1.0
    dropout: float = 0.1
    label_smoothing: float = 0.1
    patch_size: int = 4
    width: int = 48
    depth: int = 2
    heads: int = 4
    mlp_ratio: int = 2


RECIPE = Recipe()
N_TRAIN, N_TEST, SIDE = 1920, 500, 16
GLYPHS = ("rows", "columns", "ring", "disc", "plus", "saltire")


def config():
    return asdict(RECIPE)


# ---------------------------------------------------------------- data

def paint(kind, rng):
    """One glyph: (3, SIDE, SIDE) bytes."""
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float64)
    y, x = y - rng.uniform(6.0, 9.0), x - rng.uniform(6.0, 9.0)
    size, pen = rng.uniform(3.5, 5.5), rng.uniform(0.7, 1.1)
    inside = np.maximum(abs(x), abs(y)) <= size
    radius = np.hypot(x, y)
    if kind == "rows":
        mask = inside & (np.sin(y * 2.1 + rng.uniform(0, 6.3)) > 0.1)
    elif kind == "columns":
        mask = inside & (np.sin(x * 2.1 + rng.uniform(0, 6.3)) > 0.1)
    elif kind == "ring":
        mask = abs(radius - size) <= pen
    elif kind == "disc":
        mask = radius <= size * 0.8
    elif kind == "plus":
        mask = inside & (np.minimum(abs(x), abs(y)) <= pen)
    else:
        mask = inside & (abs(abs(x) - abs(y)) <= pen * 1.3)
    ink, paper = rng.uniform(120, 220, (3, 1, 1)), rng.uniform(20, 100, (3, 1, 1))
    image = np.where(mask, ink, paper) + rng.normal(0, 8, (3, SIDE, SIDE))
    return image.clip(0, 255).astype(np.uint8)


def gallery():
    rng = np.random.default_rng(77)
    kinds = rng.integers(0, len(GLYPHS), N_TRAIN + N_TEST)
    images = np.stack([paint(GLYPHS[k], rng) for k in kinds])
    return torch.from_numpy(images), torch.from_numpy(kinds)


class Glyphs(Dataset):
    """Normalised images; an item is {"pixels", "label"}."""

    def __init__(self, images, labels, center, scale):
        self.pixels = (images.float() / 255.0 - center) / scale
        self.labels = labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return {"pixels": self.pixels[i], "label": self.labels[i]}


def split_and_normalise():
    images, labels = gallery()
    train, test = slice(0, N_TRAIN), slice(N_TRAIN, N_TRAIN + N_TEST)
    reference = images[train].float() / 255.0
    center = reference.mean(dim=(0, 2, 3)).view(3, 1, 1)
    scale = reference.std(dim=(0, 2, 3)).view(3, 1, 1)
    return Glyphs(images[train], labels[train], center, scale), Glyphs(images[test], labels[test], center, scale)


def stream(*key):
    """A generator that depends on the numbers in `key` only."""
    return torch.Generator().manual_seed(int(np.random.SeedSequence(key).generate_state(1, np.uint64)[0] >> 1))


def augment(pixels, generator):
    n = len(pixels)
    flip = torch.rand(n, generator=generator) < 0.5
    pixels = torch.where(flip[:, None, None, None], pixels.flip(-1), pixels)
    padded = F.pad(pixels, (2, 2, 2, 2))
    dy = torch.randint(0, 5, (n,), generator=generator)
    dx = torch.randint(0, 5, (n,), generator=generator)
    span = torch.arange(SIDE)
    rows = (dy[:, None] + span)[:, None, :, None]
    cols = (dx[:, None] + span)[:, None, None, :]
    return padded[torch.arange(n)[:, None, None, None], torch.arange(3)[None, :, None, None], rows, cols]


collate = default_collate


def make_loader(dataset, workers, seed):
    return DataLoader(
        dataset,
        batch_size=RECIPE.batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        collate_fn=collate,
        generator=stream(seed),
    )


# ---------------------------------------------------------------- model

class SelfAttention(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        b, t, w = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) / (w // self.heads) ** 0.5
        mixed = scores.softmax(dim=-1) @ v
        return self.drop(self.out(mixed.transpose(1, 2).reshape(b, t, w)))


class Layer(nn.Module):
    def __init__(self, r: Recipe):
        super().__init__()
        self.norm1 = nn.LayerNorm(r.width, eps=1e-6)
        self.attention = SelfAttention(r.width, r.heads, r.dropout)
        self.norm2 = nn.LayerNorm(r.width, eps=1e-6)
        self.up = nn.Linear(r.width, r.mlp_ratio * r.width)
        self.down = nn.Linear(r.mlp_ratio * r.width, r.width)
        self.drop = nn.Dropout(r.dropout)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.drop(self.down(F.gelu(self.up(self.norm2(x)))))


class ViT(nn.Module):
    def __init__(self, r: Recipe):
        super().__init__()
        self.patch = r.patch_size
        self.embed = nn.Linear(3 * r.patch_size ** 2, r.width)
        self.cls = nn.Parameter(torch.empty(1, 1, r.width))
        self.positions = nn.Parameter(torch.empty(1, 1 + (SIDE // r.patch_size) ** 2, r.width))
        self.drop = nn.Dropout(r.dropout)
        self.layers = nn.ModuleList([Layer(r) for _ in range(r.depth)])
        self.norm = nn.LayerNorm(r.width, eps=1e-6)
        self.head = nn.Linear(r.width, len(GLYPHS))
        self.apply(self._init)
        nn.init.trunc_normal_(self.cls, std=0.02)
        nn.init.trunc_normal_(self.positions, std=0.02)

    @staticmethod
    def _init(module):
        if isinstance(module, nn.Linear):
            nn.init.trunc_normal_(module.weight, std=0.02)
            nn.init.zeros_(module.bias)

    def patchify(self, pixels):
        b, c, h, w = pixels.shape
        p = self.patch
        grid = pixels.reshape(b, c, h // p, p, w // p, p)
        return grid.permute(0, 2, 4, 1, 3, 5).reshape(b, (h // p) * (w // p), c * p * p)

    def forward(self, pixels):
        tokens = self.embed(self.patchify(pixels))
        tokens = torch.cat([self.cls.expand(len(tokens), -1, -1), tokens], dim=1)
        x = self.drop(tokens + self.positions)
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(x)[:, 0])


# ---------------------------------------------------------------- training

@dataclass
class Run:
    seed: int
    recipe: Recipe
    train: Glyphs
    test: Glyphs
    nets: dict = field(default_factory=dict)
    optimizers: dict = field(default_factory=dict)
    schedulers: dict = field(default_factory=dict)
    step: int = 0


def parameter_groups(model, weight_decay):
    decay, rest = [], []
    for name, p in model.named_parameters():
        (rest if p.ndim == 1 or name in ("cls", "positions") else decay).append(p)
    return [{"params": decay, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}]


def warmup_cosine(r: Recipe):
    floor = r.min_learning_rate / r.learning_rate

    def factor(step):
        if step < r.warmup_steps:
            return (step + 1) / r.warmup_steps
        progress = (step - r.warmup_steps) / (r.steps - r.warmup_steps)
        return floor + (1 - floor) * 0.5 * (1 + np.cos(np.pi * min(progress, 1.0)).item())

    return factor


def setup(seed, config=None):
    recipe = replace(RECIPE, **(config or {}))
    torch.manual_seed(seed)
    model = ViT(recipe)
    optimizer = torch.optim.AdamW(
        parameter_groups(model, recipe.weight_decay),
        lr=recipe.learning_rate,
        betas=(recipe.beta1, recipe.beta2),
        eps=recipe.eps,
    )
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, warmup_cosine(recipe))
    train, test = split_and_normalise()
    return Run(seed, recipe, train, test, {"model": model}, {"model": optimizer}, {"model": schedule})


def batches(state):
    step = state.step
    per_epoch = len(state.train) // state.recipe.batch_size
    while True:
        epoch, done = divmod(step, per_epoch)
        order = make_loader(state.train, 0, 1000 * state.seed + epoch)
        for k, batch in enumerate(order):
            if k < done:
                continue
            batch["pixels"] = augment(batch["pixels"], stream(state.seed, step, 1))
            yield batch
            step += 1


def loss_fn(model, batch):
    return F.cross_entropy(model(batch["pixels"]), batch["label"], label_smoothing=RECIPE.label_smoothing)


def train_step(state, batch):
    model, optimizer = state.nets["model"], state.optimizers["model"]
    model.train()
    loss = loss_fn(model, batch)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), state.recipe.grad_clip)
    optimizer.step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    """Plain cross entropy (no smoothing) and accuracy over a dataset; the test images by default."""
    dataset = state.test if dataset is None else dataset
    model = state.nets["model"]
    mode = model.training
    model.eval()
    total = correct = seen = 0
    for start in range(0, len(dataset), 128):
        batch = collate([dataset[i] for i in range(start, min(start + 128, len(dataset)))])
        logits = model(batch["pixels"])
        total += F.cross_entropy(logits, batch["label"], reduction="sum").item()
        correct += (logits.argmax(-1) == batch["label"]).sum().item()
        seen += len(logits)
    model.train(mode)
    return {"loss": total / seen, "accuracy": correct / seen, "n": seen}


def save(state, path):
    torch.save(
        {
            "seed": state.seed,
            "step": state.step,
            "recipe": asdict(state.recipe),
            "nets": {k: v.state_dict() for k, v in state.nets.items()},
            "optimizers": {k: v.state_dict() for k, v in state.optimizers.items()},
            "schedulers": {k: v.state_dict() for k, v in state.schedulers.items()},
            "random": torch.get_rng_state(),
        },
        path,
    )


def load(path):
    blob = torch.load(path, weights_only=True)
    state = setup(blob["seed"], blob["recipe"])
    for part in ("nets", "optimizers", "schedulers"):
        for name, value in getattr(state, part).items():
            value.load_state_dict(blob[part][name])
    state.step = blob["step"]
    torch.set_rng_state(blob["random"])
    return state


def reference_forward(weights, x):
    """Logits in evaluation mode, numpy float64."""
    from math import erf

    w = {k: np.asarray(v, dtype=np.float64) for k, v in weights.items()}
    x = np.asarray(x, dtype=np.float64)
    n, p, heads = len(x), RECIPE.patch_size, RECIPE.heads

    def linear(name, a):
        return a @ w[name + ".weight"].T + w[name + ".bias"]

    def norm(name, a):
        a = a - a.mean(-1, keepdims=True)
        return a / np.sqrt((a * a).mean(-1, keepdims=True) + 1e-6) * w[name + ".weight"] + w[name + ".bias"]

    tiles = [x[:, :, i:i + p, j:j + p].reshape(n, -1) for i in range(0, SIDE, p) for j in range(0, SIDE, p)]
    h = linear("embed", np.stack(tiles, axis=1))
    h = np.concatenate([np.repeat(w["cls"], n, axis=0), h], axis=1) + w["positions"]
    d = h.shape[-1] // heads
    for i in range(RECIPE.depth):
        q, k, v = np.split(linear(f"layers.{i}.attention.qkv", norm(f"layers.{i}.norm1", h)), 3, axis=-1)
        parts = []
        for j in range(heads):
            cut = slice(j * d, (j + 1) * d)
            s = np.einsum("ntd,nsd->nts", q[..., cut], k[..., cut]) / np.sqrt(d)
            s = np.exp(s - s.max(-1, keepdims=True))
            parts.append((s / s.sum(-1, keepdims=True)) @ v[..., cut])
        h = h + linear(f"layers.{i}.attention.out", np.concatenate(parts, axis=-1))
        u = linear(f"layers.{i}.up", norm(f"layers.{i}.norm2", h))
        h = h + linear(f"layers.{i}.down", 0.5 * u * (1 + np.vectorize(erf)(u / np.sqrt(2))))
    return linear("head", norm("norm", h)[:, 0])


def main():
    state = setup(SPEC["seed"])
    for batch in batches(state):
        loss = train_step(state, batch)
        if state.step % 64 == 0:
            print(state.step, float(loss))
        if state.step >= state.recipe.steps:
            break
    print(evaluate(state))


if __name__ == "__main__":
    main()
