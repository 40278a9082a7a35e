"""Config-driven trainer: a small vision transformer, everything resolved from one tree of settings."""
import copy
import math
from dataclasses import make_dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.utils.data import TensorDataset

FAMILY = "classifier"
SPEC = {
    "n_classes": 5, "batch_size": 64, "steps": 130, "optimizer": "AdamW", "learning_rate": 3e-3, "beta1": 0.9, "beta2": 0.999,
    "weight_decay": 0.05, "layer_decay": 0.75, "grad_clip": 1.0, "lr_schedule": "linear warmup for 20 steps, then cosine to 0",
    "stochastic_depth": "drop rate rising linearly over the blocks from 0 to 0.1, per sample",
    "mixup": "alpha 0.2, one coefficient for a batch", "min_accuracy": 0.85,
}


def config():
    return {
        "data": {"size": 12, "n_train": 960, "n_test": 300, "data_seed": 17},
        "model": {"patch": 4, "dim": 48, "heads": 3, "depth": 3, "mlp": 2, "drop_path": 0.1, "classes": SPEC["n_classes"]},
        "optim": {"lr": SPEC["learning_rate"], "betas": [SPEC["beta1"], SPEC["beta2"]], "wd": SPEC["weight_decay"],
                  "layer_decay": SPEC["layer_decay"], "clip": SPEC["grad_clip"], "warmup": 20, "steps": SPEC["steps"]},
        "loader": {"batch_size": SPEC["batch_size"], "mixup": 0.2},
    }


class Batch(NamedTuple):
    pixels: torch.Tensor      # (B, 1, 12, 12)
    soft_target: torch.Tensor  # (B, classes): rows sum to one


TrainerState = make_dataclass("TrainerState", ["seed", "cfg", "nets", "optimizers", "schedulers", "train", "test",
                                               "rng",  # where the generator of the dropped paths stands
                                               ("step", int, 0)])


class Block(nn.Module):
    def __init__(self, dim, heads, mlp, rate):
        super().__init__()
        self.heads, self.rate = heads, rate
        self.norm1, self.norm2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.mlp = nn.Sequential(nn.Linear(dim, mlp * dim), nn.GELU(), nn.Linear(mlp * dim, dim))

    def drop_path(self, x):
        if not self.training or self.rate == 0.0:
            return x
        keep = (torch.rand(x.shape[0], 1, 1) >= self.rate).to(x.dtype)
        return x * keep / (1.0 - self.rate)

    def attend(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        out = nn.functional.scaled_dot_product_attention(q, k, v)
        return self.proj(out.transpose(1, 2).reshape(b, t, d))

    def forward(self, x):
        x = x + self.drop_path(self.attend(self.norm1(x)))
        return x + self.drop_path(self.mlp(self.norm2(x)))


class VisionTransformer(nn.Module):
    def __init__(self, size, patch, dim, heads, depth, mlp, drop_path, classes):
        super().__init__()
        self.patch_embed = nn.Conv2d(1, dim, patch, stride=patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embed = nn.Parameter(torch.randn(1, (size // patch) ** 2 + 1, dim) * 0.02)
        self.blocks = nn.ModuleList(Block(dim, heads, mlp, drop_path * i / (depth - 1)) for i in range(depth))
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, classes)
        nn.init.trunc_normal_(self.cls_token, std=0.02)
        nn.init.zeros_(self.head.weight)

    def forward(self, x):
        x = self.patch_embed(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], dim=1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


def build_data(n, size, gen):
    """Bright bars at one of five angles, anywhere, on noise."""
    y = torch.from_numpy(gen.integers(0, 5, n))
    angle = y.double() * math.pi / 5 + torch.from_numpy(gen.normal(0, 0.05, n))
    cx, cy = torch.from_numpy(gen.uniform(4, size - 5, (2, n)))
    r, c = torch.meshgrid(torch.arange(size).double(), torch.arange(size).double(), indexing="ij")
    dist = (r - cy.view(-1, 1, 1)) * angle.cos().view(-1, 1, 1) - (c - cx.view(-1, 1, 1)) * angle.sin().view(-1, 1, 1)
    img = 2.0 * torch.exp(-dist ** 2) - 0.6 + torch.from_numpy(gen.normal(0, 0.3, (n, size, size)))
    return TensorDataset(img.float().unsqueeze(1), y)


def param_groups(model, lr, wd, decay, depth):
    groups = {}
    for name, p in model.named_parameters():
        layer = 0 if name.startswith(("patch_embed", "cls_token", "pos_embed")) else depth + 1
        if name.startswith("blocks."):
            layer = int(name.split(".")[1]) + 1
        no_wd = p.ndim == 1 or name in ("cls_token", "pos_embed")
        empty = {"params": [], "lr": lr * decay ** (depth + 1 - layer), "weight_decay": 0.0 if no_wd else wd}
        groups.setdefault((layer, no_wd), empty)["params"].append(p)
    return list(groups.values())


def setup(seed, config=None):
    cfg = copy.deepcopy(dict(config)) if config is not None else globals()["config"]()
    d, m, o = cfg["data"], cfg["model"], cfg["optim"]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = VisionTransformer(size=d["size"], **m)
        rng = torch.get_rng_state()
    opt = torch.optim.AdamW(param_groups(model, o["lr"], o["wd"], o["layer_decay"], m["depth"]), betas=tuple(o["betas"]))
    span = o["steps"] - o["warmup"]
    factor = lambda t: (t + 1) / o["warmup"] if t < o["warmup"] else 0.5 * (1 + math.cos(math.pi * min(1.0, (t - o["warmup"]) / span)))
    gen = np.random.default_rng(d["data_seed"])
    return TrainerState(seed, cfg, {"model": model}, {"adamw": opt}, {"warmup_cosine": torch.optim.lr_scheduler.LambdaLR(opt, factor)},
                        build_data(d["n_train"], d["size"], gen), build_data(d["n_test"], d["size"], gen), rng)


def batches(state):
    x, y = state.train.tensors
    b = state.cfg["loader"]["batch_size"]
    per_epoch, t = len(x) // b, state.step
    while True:
        order = np.random.default_rng([state.seed, 0, t // per_epoch]).permutation(len(x))
        idx = torch.from_numpy(order[t % per_epoch * b:(t % per_epoch + 1) * b])
        mix = np.random.default_rng([state.seed, 1, t])
        lam, partner = float(mix.beta(*[state.cfg["loader"]["mixup"]] * 2)), torch.from_numpy(mix.permutation(b))
        px, hot = x[idx], nn.functional.one_hot(y[idx], SPEC["n_classes"]).float()
        yield Batch(lam * px + (1 - lam) * px[partner], lam * hot + (1 - lam) * hot[partner])
        t += 1


def loss_fn(model, batch):
    return -(batch.soft_target * model(batch.pixels).log_softmax(-1)).sum(-1).mean()


def train_step(state, batch):
    model, opt = state.nets["model"].train(), state.optimizers["adamw"]
    with torch.random.fork_rng(devices=[]):
        torch.set_rng_state(state.rng)
        loss = loss_fn(model, batch)
        state.rng = torch.get_rng_state()
    opt.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), state.cfg["optim"]["clip"])
    opt.step()
    state.schedulers["warmup_cosine"].step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    x, y = (dataset if dataset is not None else state.test)[:]
    model = state.nets["model"]
    mode = model.training
    logits = model.eval()(x)
    model.train(mode)
    return {"loss": nn.functional.cross_entropy(logits, y).item(), "accuracy": (logits.argmax(-1) == y).double().mean().item(), "n": len(y)}


def save(state, path):
    torch.save({"seed": state.seed, "cfg": state.cfg, "step": state.step, "rng": state.rng, "model": state.nets["model"].state_dict(),
                "adamw": state.optimizers["adamw"].state_dict(), "sched": state.schedulers["warmup_cosine"].state_dict()}, path)


def load(path):
    blob = torch.load(path, weights_only=True)
    state = setup(blob["seed"], blob["cfg"])
    state.nets["model"].load_state_dict(blob["model"])
    state.optimizers["adamw"].load_state_dict(blob["adamw"])
    state.schedulers["warmup_cosine"].load_state_dict(blob["sched"])
    state.step, state.rng = blob["step"], blob["rng"]
    return state
