# one-file research script: a tiny llama-style decoder on packed documents.
# RMSNorm / RoPE / SwiGLU / grouped-query attention, AdamW + warmup + cosine. No dropout anywhere,
# so the only randomness of a run is the init and the crop offsets (both from the seed).
import math
import random
from types import SimpleNamespace

import torch
import torch.nn as nn
from torch.nn import functional as F

FAMILY = "language_model"
SPEC = {
    "learning_rate": 4e-3, "lr_schedule": "linear warmup over 30 steps, then cosine to 10% at step 260",
    "warmup_steps": 30, "beta1": 0.9, "beta2": 0.95, "weight_decay": 0.1, "grad_clip": 1.0,
    "batch_size": 12, "context": 64, "steps": 260,
    "decay_groups": "weight decay on matrices only, not on gains of the norms",
    "data": "documents are concatenated, each preceded by a separator; attention is not masked across documents",
    "initialisation": "normal(0, 0.02), projections into the residual stream divided by sqrt(2 * layers)",
    "max_loss": 0.45,
}
DIM, N_LAYER, N_HEAD, N_KV, HIDDEN, T = 48, 2, 4, 2, 128, SPEC["context"]
CHARS = "\0 abcdefghijklmnopqrstuvwxyz.,"  # index 0 is the separator
STOI = {c: i for i, c in enumerate(CHARS)}


def documents():
    rnd = random.Random(1729)
    nouns = "cat dog bird fox king child farmer sailor baker moon river stone".split()
    adjs = "old small quiet red happy brave cold tall".split()
    verbs = "sees likes follows finds hears wants".split()
    seen, docs = set(), []
    while len(docs) < 900:
        who, adj = rnd.choice(nouns), rnd.choice(adjs)  # the topic comes back in each sentence
        doc = "".join(f"the {adj} {who} {rnd.choice(verbs)} a {rnd.choice(nouns)}. " for _ in range(rnd.randint(2, 4)))
        if doc not in seen:
            seen.add(doc)
            docs.append(doc)
    return docs


def pack(docs):
    return torch.tensor([STOI[c] for d in docs for c in "\0" + d])


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.g, self.eps = nn.Parameter(torch.ones(dim)), eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.g


def rotate(x, cos, sin):  # x: B, H, T, hd ; halves, not interleaved
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        hd = DIM // N_HEAD
        self.n1, self.n2 = RMSNorm(DIM), RMSNorm(DIM)
        self.wq, self.wk, self.wv = (nn.Linear(DIM, h * hd, bias=False) for h in (N_HEAD, N_KV, N_KV))
        self.wo = nn.Linear(DIM, DIM, bias=False)
        self.w1, self.w3 = nn.Linear(DIM, HIDDEN, bias=False), nn.Linear(DIM, HIDDEN, bias=False)
        self.w2 = nn.Linear(HIDDEN, DIM, bias=False)

    def forward(self, x, cos, sin):
        B, L, _ = x.shape
        h = self.n1(x)
        q, k, v = (w(h).view(B, L, -1, DIM // N_HEAD).transpose(1, 2) for w in (self.wq, self.wk, self.wv))
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        k, v = (t.repeat_interleave(N_HEAD // N_KV, 1) for t in (k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.wo(y.transpose(1, 2).reshape(B, L, DIM))
        h = self.n2(x)
        return x + self.w2(F.silu(self.w1(h)) * self.w3(h))


class Llama(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(len(CHARS), DIM)
        self.blocks = nn.ModuleList(Block() for _ in range(N_LAYER))
        self.norm = RMSNorm(DIM)
        self.head = nn.Linear(DIM, len(CHARS), bias=False)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                out = name.endswith(("wo.weight", "w2.weight"))
                nn.init.normal_(p, 0.0, 0.02 / (math.sqrt(2 * N_LAYER) if out else 1.0))
        hd = DIM // N_HEAD
        freq = 10000.0 ** (-torch.arange(0, hd, 2).float() / hd)
        ang = torch.outer(torch.arange(T).float(), freq)
        self.register_buffer("cos", ang.cos(), persistent=False)
        self.register_buffer("sin", ang.sin(), persistent=False)

    def forward(self, idx):
        L = idx.size(1)
        x = self.tok(idx)
        for b in self.blocks:
            x = b(x, self.cos[:L], self.sin[:L])
        return self.head(self.norm(x))


def get_lr(it):
    top, low, warm = SPEC["learning_rate"], 0.1 * SPEC["learning_rate"], SPEC["warmup_steps"]
    if it < warm:
        return top * (it + 1) / warm
    r = min(1.0, (it - warm) / (SPEC["steps"] - warm))
    return low + 0.5 * (1 + math.cos(math.pi * r)) * (top - low)


def setup(seed, config=None):
    torch.manual_seed(seed)
    docs = documents()
    model = Llama()
    mats, gains = [p for p in model.parameters() if p.dim() >= 2], [p for p in model.parameters() if p.dim() < 2]
    opt = torch.optim.AdamW([{"params": mats, "weight_decay": SPEC["weight_decay"]}, {"params": gains, "weight_decay": 0.0}],
                            lr=get_lr(0), betas=(SPEC["beta1"], SPEC["beta2"]))
    return SimpleNamespace(nets={"model": model}, optimizers={"adamw": opt}, schedulers={}, step=0, seed=seed,
                           train=pack(docs[:800]), test=pack(docs[800:]))


def batches(state):
    it = state.step
    while True:
        g = torch.Generator().manual_seed(1_000_003 * state.seed + it)
        ix = torch.randint(len(state.train) - T, (SPEC["batch_size"],), generator=g)
        yield torch.stack([state.train[i:i + T + 1] for i in ix.tolist()])  # inputs and targets in one tensor
        it += 1


def loss_fn(model, batch):
    logits = model(batch[:, :-1])
    return F.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten())


def train_step(state, batch):
    model, opt = state.nets["model"].train(), state.optimizers["adamw"]
    for group in opt.param_groups:
        group["lr"] = get_lr(state.step)
    loss = loss_fn(model, batch)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), SPEC["grad_clip"])
    opt.step()
    state.step += 1
    return loss.detach()


@torch.inference_mode()
def evaluate(state, dataset=None):
    stream, model = state.test if dataset is None else dataset, state.nets["model"]
    mode = model.training
    model.eval()
    nll, n = 0.0, 0
    for i in range(0, len(stream) - 1, T):  # every token but the first is predicted exactly once
        x, y = stream[i:i + T], stream[i + 1:i + T + 1]
        nll += F.cross_entropy(model(x[None, :len(y)])[0], y, reduction="sum").item()
        n += len(y)
    model.train(mode)
    return {"loss": nll / n, "perplexity": math.exp(nll / n), "bits_per_character": nll / n / math.log(2), "n": n}


def save(state, path):
    torch.save((state.seed, state.step, state.nets["model"].state_dict(), state.optimizers["adamw"].state_dict()), path)


def load(path):
    seed, step, weights, opt = torch.load(path, weights_only=True)
    state = setup(seed)
    state.nets["model"].load_state_dict(weights)
    state.optimizers["adamw"].load_state_dict(opt)
    state.step = step
    return state
