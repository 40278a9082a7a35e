# A decoder-only language model (RMSNorm, rotary positions, SwiGLU) on a made-up corpus of short documents.
#
# Batches are padded on the right; the loss is the mean over real target tokens, also under gradient accumulation.
from __future__ import annotations

import math
import random
from typing import Any, Iterator

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

Tensor = torch.Tensor

FAMILY = "language_model"

PAD, BOS, EOS = 0, 1, 2
N_STRIDES, N_SYMBOLS = 4, 12
VOCAB = 3 + N_STRIDES + N_SYMBOLS
MAX_LEN = 32
IGNORE = -100

HPARAMS: dict[str, Any] = {
    "learning_rate": 6e-3,
    "beta1": 0.9,
    "beta2": 0.98,
    "eps": 1e-8,
    "weight_decay": 0.1,
    "batch_size": 32,
    "accumulation_steps": 4,
    "steps": 140,
    "warmup_steps": 20,
    "dropout": 0.1,
    "grad_clip": 0.5,
    "hidden_units": 48,
    "n_heads": 4,
    "n_layers": 2,
    "ffn_units": 96,
}

SPEC: dict[str, Any] = {
    "optimizer": "AdamW",
    "learning_rate": 6e-3,
    "beta1": 0.9,
    "beta2": 0.98,
    "eps": 1e-8,
    "weight_decay": 0.1,
    "no_weight_decay": "norm gains and the token embedding",
    "batch_size": 32,
    "accumulation_steps": 4,
    "steps": 140,
    "lr_schedule": "linear",
    "warmup_steps": 20,
    "dropout": 0.1,
    "grad_clip": 0.5,
    "init": "normal(0, 0.02), norm gains one",
    "pad_index": PAD,
    "vocab_size": VOCAB,
    "hidden_units": 48,
    "n_heads": 4,
    "n_layers": 2,
    "n_parameters": 48144,
    "max_loss": 1.0,
    "seed": 0,
    "n_seeds": 5,
}


def config() -> dict[str, Any]:
    return dict(HPARAMS)


# --- corpus ---------------------------------------------------------------------------------------------------------

class Corpus(torch.utils.data.Dataset):
    """Documents: BOS, a stride token, then symbols that mostly advance by that stride (one in eight is arbitrary), EOS."""

    def __init__(self, n_documents: int, seed: int) -> None:
        rng = random.Random(seed)
        self.documents = [self._document(rng) for _ in range(n_documents)]

    @staticmethod
    def _document(rng: random.Random) -> list[int]:
        stride = rng.randrange(N_STRIDES)
        symbol = rng.randrange(N_SYMBOLS)
        body = []
        for _ in range(rng.randint(6, MAX_LEN - 3)):
            body.append(3 + N_STRIDES + symbol)
            symbol = rng.randrange(N_SYMBOLS) if rng.random() < 0.125 else (symbol + 1 + 2 * stride) % N_SYMBOLS
        return [BOS, 3 + stride, *body, EOS]

    def __len__(self) -> int:
        return len(self.documents)

    def __getitem__(self, i: int) -> Tensor:
        return torch.tensor(self.documents[i], dtype=torch.long)


def collate(items: list[Tensor]) -> dict[str, Tensor]:
    """Inputs are all tokens but the last, labels all but the first; padding is PAD in the inputs, IGNORE in the labels."""
    width = max(len(item) for item in items) - 1
    ids = torch.full((len(items), width), PAD, dtype=torch.long)
    labels = torch.full((len(items), width), IGNORE, dtype=torch.long)
    for row, item in enumerate(items):
        ids[row, : len(item) - 1] = item[:-1]
        labels[row, : len(item) - 1] = item[1:]
    return {"input_ids": ids, "labels": labels}


# --- model ----------------------------------------------------------------------------------------------------------

class RMSNorm(nn.Module):
    def __init__(self, dim: int) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(dim))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.gain


def rotary_tables(length: int, dim: int) -> tuple[Tensor, Tensor]:
    freq = 10000.0 ** (-torch.arange(0, dim, 2) / dim)
    angle = torch.arange(length)[:, None] * freq[None, :]
    return angle.cos().repeat(1, 2), angle.sin().repeat(1, 2)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    left, right = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-right, left), dim=-1) * sin


class SelfAttention(nn.Module):
    def __init__(self, hp: dict[str, Any]) -> None:
        super().__init__()
        dim = hp["hidden_units"]
        self.n_heads, self.p = hp["n_heads"], hp["dropout"]
        self.wq = nn.Linear(dim, dim, bias=False)
        self.wk = nn.Linear(dim, dim, bias=False)
        self.wv = nn.Linear(dim, dim, bias=False)
        self.wo = nn.Linear(dim, dim, bias=False)
        cos, sin = rotary_tables(MAX_LEN, dim // self.n_heads)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, dim = x.shape
        heads = lambda t: t.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)
        q, k, v = heads(self.wq(x)), heads(self.wk(x)), heads(self.wv(x))
        cos, sin = self.cos[:length], self.sin[:length]
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        mixed = F.scaled_dot_product_attention(q, k, v, dropout_p=self.p if self.training else 0.0, is_causal=True)
        return self.wo(mixed.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    def __init__(self, hp: dict[str, Any]) -> None:
        super().__init__()
        self.gate = nn.Linear(hp["hidden_units"], hp["ffn_units"], bias=False)
        self.up = nn.Linear(hp["hidden_units"], hp["ffn_units"], bias=False)
        self.down = nn.Linear(hp["ffn_units"], hp["hidden_units"], bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Layer(nn.Module):
    def __init__(self, hp: dict[str, Any]) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(hp["hidden_units"])
        self.attention = SelfAttention(hp)
        self.ffn_norm = RMSNorm(hp["hidden_units"])
        self.ffn = FeedForward(hp)
        self.residual_dropout = nn.Dropout(hp["dropout"])

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.residual_dropout(self.attention(self.attention_norm(x)))
        return x + self.residual_dropout(self.ffn(self.ffn_norm(x)))


class LanguageModel(nn.Module):
    def __init__(self, hp: dict[str, Any]) -> None:
        super().__init__()
        self.embed = nn.Embedding(VOCAB, hp["hidden_units"])
        self.embed_dropout = nn.Dropout(hp["dropout"])
        self.layers = nn.ModuleList([Layer(hp) for _ in range(hp["n_layers"])])
        self.final_norm = RMSNorm(hp["hidden_units"])
        self.lm_head = nn.Linear(hp["hidden_units"], VOCAB, bias=False)
        self.apply(self._init)

    @staticmethod
    def _init(module: nn.Module) -> None:
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, mean=0.0, std=0.02)

    def forward(self, input_ids: Tensor) -> Tensor:
        x = self.embed_dropout(self.embed(input_ids))
        for layer in self.layers:
            x = layer(x)
        return self.lm_head(self.final_norm(x))


# --- training -------------------------------------------------------------------------------------------------------

class TrainState:
    def __init__(self, seed: int, hp: dict[str, Any]) -> None:
        self.seed, self.hp, self.step = seed, hp, 0
        self.train, self.test = Corpus(2500, seed=101), Corpus(240, seed=202)
        torch.manual_seed(seed)
        model = LanguageModel(hp)
        optimizer = build_optimizer(model, hp)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, linear_with_warmup(hp["warmup_steps"], hp["steps"]))
        self.nets = {"model": model}
        self.optimizers = {"model": optimizer}
        self.schedulers = {"model": scheduler}


def build_optimizer(model: nn.Module, hp: dict[str, Any]) -> torch.optim.Optimizer:
    exempt = ("norm", "embed")
    groups = [
        {"params": [p for n, p in model.named_parameters() if not any(e in n for e in exempt)],
         "weight_decay": hp["weight_decay"]},
        {"params": [p for n, p in model.named_parameters() if any(e in n for e in exempt)],
         "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=hp["learning_rate"], betas=(hp["beta1"], hp["beta2"]), eps=hp["eps"])


def linear_with_warmup(warmup: int, total: int):
    def factor(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        return max(0.0, (total - step) / max(1, total - warmup))
    return factor


def setup(seed: int, config: dict[str, Any] | None = None) -> TrainState:
    return TrainState(seed, {**HPARAMS, **(config or {})})


def batches(state: TrainState) -> Iterator[dict[str, Tensor]]:
    size = state.hp["batch_size"]
    step = state.step
    while True:
        rng = random.Random(f"batch-{state.seed}-{step}")
        yield collate([state.train[i] for i in rng.sample(range(len(state.train)), size)])
        step += 1


def loss_fn(model: nn.Module, batch: dict[str, Tensor]) -> Tensor:
    logits = model(batch["input_ids"])
    return F.cross_entropy(logits.flatten(0, 1), batch["labels"].flatten(), ignore_index=IGNORE)


def split(batch: dict[str, Tensor], parts: int) -> list[dict[str, Tensor]]:
    chunks = {key: value.chunk(parts) for key, value in batch.items()}
    return [dict(zip(chunks, values)) for values in zip(*chunks.values())]


def train_step(state: TrainState, batch: dict[str, Tensor]) -> Tensor:
    model, optimizer = state.nets["model"], state.optimizers["model"]
    model.train()
    optimizer.zero_grad(set_to_none=True)
    n_tokens = (batch["labels"] != IGNORE).sum()
    total = torch.zeros(())
    # Dropout draws from a stream of its own for each step, so a resumed run needs no generator state.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1_000_003 * (state.seed + 1) + state.step)
        for micro in split(batch, state.hp["accumulation_steps"]):
            share = (micro["labels"] != IGNORE).sum() / n_tokens
            loss = loss_fn(model, micro) * share
            loss.backward()
            total += loss.detach()
    nn.utils.clip_grad_norm_(model.parameters(), state.hp["grad_clip"])
    optimizer.step()
    state.schedulers["model"].step()
    state.step += 1
    return total


@torch.inference_mode()
def evaluate(state: TrainState, dataset=None) -> dict[str, float]:
    data = state.test if dataset is None else dataset
    model = state.nets["model"].eval()
    nll, hits, n_tokens = 0.0, 0, 0
    for start in range(0, len(data), 50):
        batch = collate([data[i] for i in range(start, min(start + 50, len(data)))])
        logits, labels = model(batch["input_ids"]), batch["labels"]
        real = labels != IGNORE
        nll += F.cross_entropy(logits[real], labels[real], reduction="sum").item()
        hits += (logits.argmax(-1)[real] == labels[real]).sum().item()
        n_tokens += real.sum().item()
    model.train()
    mean = nll / n_tokens
    return {"loss": mean, "n": n_tokens, "perplexity": math.exp(mean), "accuracy": hits / n_tokens}


# --- checkpoints ----------------------------------------------------------------------------------------------------

def save(state: TrainState, path) -> None:
    payload = {"seed": state.seed, "step": state.step, "hp": state.hp}
    for kind in ("nets", "optimizers", "schedulers"):
        payload[kind] = {name: part.state_dict() for name, part in getattr(state, kind).items()}
    torch.save(payload, path)


def load(path) -> TrainState:
    payload = torch.load(path, weights_only=True)
    state = setup(payload["seed"], payload["hp"])
    state.step = payload["step"]
    for kind in ("nets", "optimizers", "schedulers"):
        for name, part in getattr(state, kind).items():
            part.load_state_dict(payload[kind][name])
    return state


# --- an independent forward pass ------------------------------------------------------------------------------------

def reference_forward(weights, x) -> np.ndarray:
    w = {k: np.asarray(v, dtype=np.float64) for k, v in weights.items()}
    ids = np.asarray(x)
    n_heads, length = HPARAMS["n_heads"], ids.shape[1]

    def rms(h, name):
        return h / np.sqrt((h ** 2).mean(-1, keepdims=True) + 1e-6) * w[name + ".gain"]

    def spin(h):                                      # the pairs (j, j + half) as complex numbers
        half = h.shape[-1] // 2
        turn = np.exp(1j * np.outer(np.arange(length), 10000.0 ** (-np.arange(half) / half)))
        z = (h[..., :half] + 1j * h[..., half:]) * turn
        return np.concatenate([z.real, z.imag], axis=-1)

    h = w["embed.weight"][ids]
    for i in range(HPARAMS["n_layers"]):
        p = f"layers.{i}."
        a = rms(h, p + "attention_norm")
        q, k, v = ((a @ w[f"{p}attention.w{c}.weight"].T).reshape(*ids.shape, n_heads, -1).swapaxes(1, 2) for c in "qkv")
        q, k = spin(q), spin(k)
        scores = np.einsum("bhid,bhjd->bhij", q, k) / math.sqrt(q.shape[-1])
        scores = np.where(np.tri(length, dtype=bool), scores, -np.inf)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores = scores / scores.sum(-1, keepdims=True)
        mixed = np.einsum("bhij,bhjd->bihd", scores, v).reshape(*ids.shape, -1)
        h = h + mixed @ w[p + "attention.wo.weight"].T
        a = rms(h, p + "ffn_norm")
        g = a @ w[p + "ffn.gate.weight"].T
        h = h + (g / (1.0 + np.exp(-g)) * (a @ w[p + "ffn.up.weight"].T)) @ w[p + "ffn.down.weight"].T
    return rms(h, "final_norm") @ w["lm_head.weight"].T


if __name__ == "__main__":
    run = setup(SPEC["seed"])
    for batch in batches(run):
        loss = train_step(run, batch)
        if run.step % 40 == 0:
            print(f"step {run.step}: loss {loss.item():.3f}")
        if run.step >= run.hp["steps"]:
            break
    print(evaluate(run))
