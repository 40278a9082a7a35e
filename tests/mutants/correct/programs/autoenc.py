"""Denoising auto-encoder with tied weights, on the group's runner: registries, hooks, one context object."""
import collections
import math

import numpy as np
import torch
import torch.nn.functional as F

FAMILY = "regressor"
SPEC = {
    "architecture": "64-96-64, sigmoid hidden units, the decoder is the transposed encoder matrix with a bias of its own, linear output",
    "n_parameters": 64 * 96 + 96 + 64,
    "loss": "squared error against the clean image, summed over the 64 pixels and averaged over the images",
    "corruption": "a quarter of the pixels, chosen anew for each image, set to 0; then Gaussian noise of standard deviation 0.1",
    "initialisation": "uniform, +- sqrt(6 / (fan_in + fan_out)); output bias such that the mean training image comes out as itself",
    "optimizer": "SGD with momentum",
    "learning_rate": 0.02,
    "momentum": 0.9,
    "batch_size": 96,
    "accumulation": "3 micro-batches of 32 images to an update",
    "lr_schedule": "linear warmup over the first 50 updates, then inverse square root",
    "steps": 450,
    "evaluation": "reconstruction of test images under corruption drawn once, seed 0",
    "max_loss": 1.2,
}
MICRO = 3
REGISTRY = collections.defaultdict(dict)


def register(kind, name):
    def keep(obj):
        REGISTRY[kind][name] = obj
        return obj
    return keep


@register("dataset", "blobs8")
def blobs(n, key):
    """8 x 8 images with two soft spots, in [0, 1]."""
    rng = np.random.default_rng(key)
    grid = np.stack(np.meshgrid(np.arange(8), np.arange(8), indexing="ij")).reshape(2, 1, 64)
    img = np.zeros((n, 64))
    for _ in range(2):
        centre, width = rng.uniform(1, 6, (2, n, 1)), rng.uniform(1.2, 2.0, (n, 1))
        img = np.maximum(img, np.exp(-((grid - centre) ** 2).sum(0) / (2 * width ** 2)))
    return torch.from_numpy(img).float()


@register("corruption", "mask+gauss")
def corrupt(clean, rng):
    """Exactly a quarter of the pixels of each image go to 0."""
    ranks = rng.random(clean.shape).argsort(axis=1)
    dirty = np.where(ranks < clean.shape[1] // 4, 0.0, clean.numpy()) + 0.1 * rng.standard_normal(clean.shape)
    return torch.from_numpy(dirty).float()


@register("net", "tied")
class TiedAutoEncoder(torch.nn.Module):
    def __init__(self, visible, hidden, generator):
        super().__init__()
        bound = math.sqrt(6 / (visible + hidden))
        self.W = torch.nn.Parameter((torch.rand(hidden, visible, generator=generator) * 2 - 1) * bound)
        self.b_hidden = torch.nn.Parameter(torch.zeros(hidden))
        self.b_visible = torch.nn.Parameter(torch.zeros(visible))

    def encode(self, v):
        return torch.sigmoid(F.linear(v, self.W, self.b_hidden))

    def forward(self, v):
        return F.linear(self.encode(v), self.W.t(), self.b_visible)


class Context:
    """All that a run is made of; hooks get it before and after an update."""

    def __init__(self, seed):
        self.seed, self.step = seed, 0
        data = REGISTRY["dataset"]["blobs8"]
        self.train, self.test = data(1536, 41), data(512, 42)
        net = REGISTRY["net"]["tied"](64, 96, torch.Generator().manual_seed(seed))
        self.nets = {"model": net}
        with torch.no_grad():
            hidden = torch.sigmoid(F.linear(self.train.mean(0), net.W))
            net.b_visible.copy_(self.train.mean(0) - hidden @ net.W)     # the mean image comes out as itself
        opt = torch.optim.SGD(net.parameters(), lr=SPEC["learning_rate"], momentum=SPEC["momentum"])
        warm = 50
        self.optimizers = {"sgd": opt}
        self.schedulers = {"noam": torch.optim.lr_scheduler.LambdaLR(opt, lambda t: min((t + 1) / warm, math.sqrt(warm / (t + 1))))}
        self.hooks = [ScheduleHook(), CountHook()]


class ScheduleHook:
    def before(self, ctx):
        ctx.optimizers["sgd"].zero_grad()

    def after(self, ctx):
        ctx.schedulers["noam"].step()


class CountHook:
    def before(self, ctx):
        pass

    def after(self, ctx):
        ctx.step += 1


def setup(seed, config=None):
    return Context(seed)


def batches(ctx):
    """Pairs (dirty, clean) of 96 images; order from (seed, epoch), corruption from (seed, step)."""
    size = SPEC["batch_size"]
    per_epoch = len(ctx.train) // size
    step = ctx.step
    while True:
        epoch, k = divmod(step, per_epoch)
        order = np.random.default_rng([ctx.seed, 1, epoch]).permutation(len(ctx.train))
        clean = ctx.train[torch.from_numpy(order[k * size:(k + 1) * size])]
        yield REGISTRY["corruption"]["mask+gauss"](clean, np.random.default_rng([ctx.seed, 2, step])), clean
        step += 1


def loss_fn(model, batch):
    dirty, clean = batch
    return (model(dirty) - clean).square().sum(dim=1).mean()


def train_step(ctx, batch):
    for hook in ctx.hooks:
        hook.before(ctx)
    total = torch.zeros(())
    for part in zip(*(t.chunk(MICRO) for t in batch)):
        share = len(part[0]) / len(batch[0])
        loss = loss_fn(ctx.nets["model"], part) * share
        loss.backward()
        total += loss.detach()
    ctx.optimizers["sgd"].step()
    for hook in ctx.hooks:
        hook.after(ctx)
    return total


def evaluate(ctx, dataset=None):
    clean = ctx.test if dataset is None else dataset
    dirty = REGISTRY["corruption"]["mask+gauss"](clean, np.random.default_rng(0))
    with torch.no_grad():
        loss = loss_fn(ctx.nets["model"], (dirty, clean)).item()
    return {"loss": loss, "n": len(clean), "mse_per_pixel": loss / 64, "mse_of_the_dirty_image": (dirty - clean).square().mean().item()}


def reference_forward(weights, x):
    W, b, c = (np.asarray(weights[k], dtype=np.float64) for k in ("W", "b_hidden", "b_visible"))
    return 1 / (1 + np.exp(-(np.asarray(x, dtype=np.float64) @ W.T + b))) @ W + c


def save(ctx, path):
    parts = {kind: {k: v.state_dict() for k, v in getattr(ctx, kind).items()} for kind in ("nets", "optimizers", "schedulers")}
    torch.save(dict(parts, seed=ctx.seed, step=ctx.step), path)


def load(path):
    parts = torch.load(path, weights_only=True)
    ctx = Context(parts["seed"])
    ctx.step = parts["step"]
    for kind in ("nets", "optimizers", "schedulers"):
        for k, v in getattr(ctx, kind).items():
            v.load_state_dict(parts[kind][k])
    return ctx
