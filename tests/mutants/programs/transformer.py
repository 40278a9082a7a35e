"""A decoder-only transformer that learns to copy: the second half of a line repeats the first."""

import math
import types

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import TensorDataset

FAMILY = "language_model"
SPEC = {
    "optimizer": "AdamW", "learning_rate": 5e-3, "beta1": 0.9, "beta2": 0.98, "eps": 1e-9,
    "weight_decay": 0.01, "batch_size": 32, "steps": 250, "warmup_steps": 25, "dropout": 0.1,
    "lr_schedule": "linear", "grad_clip": 1.0, "vocab_size": 12, "pad_index": 0,
    "hidden_units": 32, "max_loss": 1.95, "init": "normal(0, 0.02)", "activation": "gelu",
    "layer_norm_eps": 1e-5,
}  # fmt: skip
CONFIG = {"lr": 5e-3, "warmup": 25, "steps": 250, "batch": 32, "d": 32, "heads": 2, "p": 0.1}


def draw(n, seed):
    rng = np.random.default_rng(seed)
    lines = np.zeros((n, 13), dtype=np.int64)
    for line in lines:
        k = rng.integers(3, 7)
        word = rng.integers(2, 12, k)
        line[: 2 * k + 1] = [1, *word, *word]
    return TensorDataset(torch.from_numpy(lines))


class Block(nn.Module):
    def __init__(self, d, heads, p):
        super().__init__()
        self.heads = heads
        self.ln1, self.ln2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.qkv, self.proj = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.up, self.down = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)
        self.drop = nn.Dropout(p)

    def forward(self, h):
        b, t, d = h.shape
        q, k, v = (
            z.view(b, t, self.heads, d // self.heads).transpose(1, 2)
            for z in self.qkv(self.ln1(h)).split(d, dim=2)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(d // self.heads)
        mask = torch.ones(t, t, dtype=torch.bool, device=h.device).tril()
        attention = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1)
        mixed = (attention @ v).transpose(1, 2).reshape(b, t, d)
        h = h + self.drop(self.proj(mixed))
        return h + self.drop(self.down(F.gelu(self.up(self.ln2(h)))))


class Decoder(nn.Module):
    def __init__(self, vocabulary, d, heads, p, length=32):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, d)
        self.positions = nn.Embedding(length, d)
        self.blocks = nn.ModuleList(Block(d, heads, p) for _ in range(2))
        self.ln = nn.LayerNorm(d)
        self.head = nn.Linear(d, vocabulary, bias=False)
        self.drop = nn.Dropout(p)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.02)

    def forward(self, x):
        h = self.drop(self.tokens(x) + self.positions(torch.arange(x.shape[1], device=x.device)))
        for block in self.blocks:
            h = block(h)
        return self.head(self.ln(h))


def config():
    return dict(CONFIG)


def rate_factor(step):
    if step < 25:
        return (step + 1) / 25
    return max(0.0, (250 - step) / (250 - 25))


def setup(seed, config=None):
    c = {**CONFIG, **(config or {})}
    torch.manual_seed(seed)
    net = Decoder(12, c["d"], c["heads"], c["p"])
    decayed = [p for p in net.parameters() if p.dim() > 1]
    other = [p for p in net.parameters() if p.dim() <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.01}, {"params": other, "weight_decay": 0.0}],
        lr=c["lr"], betas=(0.9, 0.98), eps=1e-9,
    )  # fmt: skip
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, rate_factor)
    return types.SimpleNamespace(
        nets={"model": net}, optimizers={"model": optimizer}, schedulers={"model": scheduler},
        train=draw(1000, 5), test=draw(200, 6), seed=seed, step=0, config=c,
    )  # fmt: skip


def batches(state):
    (lines,) = state.train.tensors
    step = state.step
    while True:
        g = torch.Generator().manual_seed(state.seed * 65537 + step)
        yield (lines[torch.randint(len(lines), (state.config["batch"],), generator=g)],)
        step += 1


def loss_fn(model, batch):
    (line,) = batch
    logits = model(line[:, :-1])
    return F.cross_entropy(logits.flatten(0, 1), line[:, 1:].flatten(), ignore_index=0)


def train_step(state, batch):
    net, optimizer = state.nets["model"], state.optimizers["model"]
    net.train()
    torch.manual_seed(1_000_003 * state.seed + state.step)
    loss = loss_fn(net, batch)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    state.schedulers["model"].step()
    state.step += 1
    return loss.detach()


def evaluate(state, dataset=None):
    (lines,) = (dataset or state.test).tensors
    net = state.nets["model"]
    mode = net.training
    net.eval()
    total, count = 0.0, 0
    with torch.no_grad():
        for part in lines.split(64):
            n = int((part[:, 1:] != 0).sum())
            total += float(loss_fn(net, (part,))) * n
            count += n
    net.train(mode)
    return {"loss": total / count, "perplexity": math.exp(total / count), "n": len(lines)}


def save(state, path):
    torch.save({
        "nets": {k: v.state_dict() for k, v in state.nets.items()},
        "optimizers": {k: v.state_dict() for k, v in state.optimizers.items()},
        "schedulers": {k: v.state_dict() for k, v in state.schedulers.items()},
        "step": state.step, "seed": state.seed, "config": state.config,
    }, path)  # fmt: skip


def load(path):
    kept = torch.load(path, weights_only=True)
    state = setup(kept["seed"], kept["config"])
    for kind in ("nets", "optimizers", "schedulers"):
        for name, live in getattr(state, kind).items():
            live.load_state_dict(kept[kind][name])
    state.step = kept["step"]
    return state


def reference_forward(weights, x):
    def norm(h, name):
        mean = h.mean(-1, keepdims=True)
        var = ((h - mean) ** 2).mean(-1, keepdims=True)
        return (h - mean) / np.sqrt(var + 1e-5) * weights[f"{name}.weight"] + weights[
            f"{name}.bias"
        ]

    def linear(h, name):
        return h @ weights[f"{name}.weight"].T + weights.get(f"{name}.bias", 0.0)

    erf = np.vectorize(math.erf)
    t = x.shape[1]
    h = weights["tokens.weight"][x] + weights["positions.weight"][:t]
    for i in range(2):
        q, k, v = np.split(linear(norm(h, f"blocks.{i}.ln1"), f"blocks.{i}.qkv"), 3, axis=-1)
        out = np.zeros_like(h)
        for a in range(0, 32, 16):
            scores = np.einsum("btd,bsd->bts", q[..., a : a + 16], k[..., a : a + 16]) / 4
            scores = np.where(np.tril(np.ones((t, t))) > 0, scores, -np.inf)
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            scores /= scores.sum(-1, keepdims=True)
            out[..., a : a + 16] = scores @ v[..., a : a + 16]
        h = h + linear(out, f"blocks.{i}.proj")
        up = linear(norm(h, f"blocks.{i}.ln2"), f"blocks.{i}.up")
        h = h + linear(up * (1 + erf(up / math.sqrt(2))) / 2, f"blocks.{i}.down")
    return linear(norm(h, "ln"), "head")
