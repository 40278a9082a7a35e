"""A two-layer pre-norm decoder on a synthetic second-order Markov language."""
import math
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

FAMILY = "language_model"

SPEC = {
    "optimizer": "AdamW", "learning_rate": 5e-3, "beta1": 0.9, "beta2": 0.95, "eps": 1e-8, "weight_decay": 0.1,
    "batch_size": 16, "steps": 320, "lr_schedule": "cosine", "warmup_steps": 40, "dropout": 0.1, "grad_clip": 1.0,
    "init": "normal(0, 0.02), residual projections scaled by 1/sqrt(2 n_layers)",
    "hidden_units": 48, "n_layers": 2, "vocab_size": 12, "n_parameters": 58368, "max_loss": 1.55,
    "seed": 0, "n_seeds": 10,
}


@dataclass(frozen=True)
class Config:
    learning_rate: float = 5e-3
    beta1: float = 0.9
    beta2: float = 0.95
    eps: float = 1e-8
    weight_decay: float = 0.1
    batch_size: int = 16
    steps: int = 320
    warmup_steps: int = 40
    dropout: float = 0.1
    grad_clip: float = 1.0
    hidden_units: int = 48
    n_layers: int = 2
    n_heads: int = 4
    context: int = 24
    vocab_size: int = 12


def config():
    return asdict(Config())


def write_text(n, vocab, rng):
    """Each pair of tokens has one usual successor (80 %); otherwise any token follows."""
    usual = np.random.default_rng(5).integers(0, vocab, (vocab, vocab))
    text = list(rng.integers(0, vocab, 2))
    for stray in rng.random(n - 2) < 0.2:
        text.append(rng.integers(vocab) if stray else usual[text[-2], text[-1]])
    return torch.tensor(np.array(text), dtype=torch.long)


class Windows(Dataset):
    def __init__(self, text, length, stride):
        self.text, self.length = text, length
        self.starts = range(0, len(text) - length, stride)

    def __len__(self):
        return len(self.starts)

    def __getitem__(self, i):
        s = self.starts[i]
        return self.text[s:s + self.length], self.text[s + 1:s + 1 + self.length]


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads = c.n_heads
        self.qkv = nn.Linear(c.hidden_units, 3 * c.hidden_units)
        self.proj = nn.Linear(c.hidden_units, c.hidden_units)
        self.attn_drop = nn.Dropout(c.dropout)
        mask = torch.triu(torch.ones(c.context, c.context, dtype=torch.bool), diagonal=1)
        self.register_buffer("mask", mask, persistent=False)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (t.view(B, T, self.heads, C // self.heads).transpose(1, 2) for t in self.qkv(x).split(C, dim=2))
        scores = q @ k.transpose(-2, -1) / math.sqrt(C // self.heads)
        scores = scores.masked_fill(self.mask[:T, :T], float("-inf"))
        out = self.attn_drop(scores.softmax(dim=-1)) @ v
        return self.proj(out.transpose(1, 2).reshape(B, T, C))


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        d = c.hidden_units
        self.ln1, self.attn = nn.LayerNorm(d), Attention(c)
        self.ln2 = nn.LayerNorm(d)
        self.fc, self.proj = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)
        self.drop = nn.Dropout(c.dropout)

    def forward(self, x):
        x = x + self.drop(self.attn(self.ln1(x)))
        x = x + self.drop(self.proj(F.gelu(self.fc(self.ln2(x)), approximate="tanh")))
        return x


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.tok = nn.Embedding(c.vocab_size, c.hidden_units)
        self.pos = nn.Embedding(c.context, c.hidden_units)
        self.drop = nn.Dropout(c.dropout)
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.n_layers))
        self.ln = nn.LayerNorm(c.hidden_units)
        self.head = nn.Linear(c.hidden_units, c.vocab_size, bias=False)
        self.head.weight = self.tok.weight
        for name, p in self.named_parameters():
            if name.endswith("proj.weight"):
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * c.n_layers))
            elif p.dim() == 2:
                nn.init.normal_(p, std=0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def forward(self, x):
        h = self.drop(self.tok(x) + self.pos(torch.arange(x.shape[1], device=x.device)))
        for block in self.blocks:
            h = block(h)
        return self.head(self.ln(h))


class State:
    pass


def lr_at(step, c):
    """Factor of the peak rate: linear warm-up, then a cosine down to zero."""
    if step < c.warmup_steps:
        return (step + 1) / c.warmup_steps
    progress = (step - c.warmup_steps) / max(1, c.steps - c.warmup_steps)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))


def setup(seed, config=None):
    c = replace(Config(), **dict(config or {}))
    torch.manual_seed(seed)
    s = State()
    s.config, s.seed, s.step = c, seed, 0
    s.train = Windows(write_text(20000, c.vocab_size, np.random.default_rng(1)), c.context, stride=6)
    s.test = Windows(write_text(6000, c.vocab_size, np.random.default_rng(2)), c.context, stride=c.context)
    model = Decoder(c)
    decay = [p for p in model.parameters() if p.dim() >= 2]
    rest = [p for p in model.parameters() if p.dim() < 2]
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": c.weight_decay}, {"params": rest, "weight_decay": 0.0}],
                                  lr=c.learning_rate, betas=(c.beta1, c.beta2), eps=c.eps)
    s.nets, s.optimizers = {"model": model}, {"model": optimizer}
    s.schedulers = {"model": torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: lr_at(step, c))}
    return s


def batches(state):
    step = state.step
    while True:
        rng = np.random.default_rng((state.seed, step))
        items = [state.train[int(i)] for i in rng.integers(len(state.train), size=state.config.batch_size)]
        yield torch.stack([x for x, _ in items]), torch.stack([y for _, y in items])
        step += 1


def loss_fn(model, batch):
    x, y = batch
    logits = model(x)
    return F.cross_entropy(logits.view(-1, logits.size(-1)), y.reshape(-1))


def train_step(state, batch):
    model, optimizer = state.nets["model"], state.optimizers["model"]
    model.train()
    loss = loss_fn(model, batch)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), state.config.grad_clip)
    optimizer.step()
    state.schedulers["model"].step()
    optimizer.zero_grad(set_to_none=True)
    state.step += 1
    return loss.item()


@torch.no_grad()
def evaluate(state, dataset=None):
    model = state.nets["model"]
    model.eval()
    total, hits, n = 0.0, 0, 0
    dataset = state.test if dataset is None else dataset
    for x, y in DataLoader(dataset, batch_size=64, generator=torch.Generator()):  # its own: leaves the global one alone
        logits = model(x)
        total += F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum").item()
        hits += (logits.argmax(-1) == y).sum().item()
        n += y.numel()
    model.train()
    return {"loss": total / n, "n": n, "perplexity": math.exp(total / n), "accuracy": hits / n}


def save(state, path):
    torch.save({"config": asdict(state.config), "seed": state.seed, "step": state.step, "rng": torch.get_rng_state(),
                "model": state.nets["model"].state_dict(), "optimizer": state.optimizers["model"].state_dict(),
                "scheduler": state.schedulers["model"].state_dict()}, path)


def load(path):
    ck = torch.load(path, weights_only=True)
    state = setup(ck["seed"], ck["config"])
    for where, key in ((state.nets, "model"), (state.optimizers, "optimizer"), (state.schedulers, "scheduler")):
        where["model"].load_state_dict(ck[key])
    state.step = ck["step"]
    torch.set_rng_state(ck["rng"])
    return state


def reference_forward(weights, x):
    w = {k: np.asarray(v, dtype=np.float64) for k, v in weights.items()}
    x, heads = np.asarray(x), Config.n_heads
    linear = lambda h, name: h @ w[name + ".weight"].T + w[name + ".bias"]

    def norm(h, name):
        h = h - h.mean(-1, keepdims=True)
        return h / np.sqrt((h * h).mean(-1, keepdims=True) + 1e-5) * w[name + ".weight"] + w[name + ".bias"]

    B, T = x.shape
    h = w["tok.weight"][x] + w["pos.weight"][:T]
    for i in range(Config.n_layers):
        b = f"blocks.{i}."
        q, k, v = np.split(linear(norm(h, b + "ln1"), b + "attn.qkv"), 3, axis=-1)
        q, k, v = (t.reshape(B, T, heads, -1).swapaxes(1, 2) for t in (q, k, v))
        a = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1]) + np.triu(np.full((T, T), -np.inf), 1)
        a = np.exp(a - a.max(-1, keepdims=True))
        a = a / a.sum(-1, keepdims=True)
        h = h + linear((a @ v).swapaxes(1, 2).reshape(B, T, -1), b + "attn.proj")
        u = linear(norm(h, b + "ln2"), b + "fc")
        u = 0.5 * u * (1 + np.tanh(math.sqrt(2 / math.pi) * (u + 0.044715 * u ** 3)))
        h = h + linear(u, b + "proj")
    return norm(h, "ln") @ w["tok.weight"].T


if __name__ == "__main__":
    state = setup(0)
    for batch in batches(state):
        loss = train_step(state, batch)
        if state.step == state.config.steps:
            break
    print(loss, evaluate(state))
