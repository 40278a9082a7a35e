"""A small pre-norm decoder with tied embeddings; AdamW with two groups, warmup and cosine set by hand, z-loss."""
import math
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FAMILY = "language_model"
SPEC = {
    "learning_rate": 5e-3, "beta1": 0.9, "beta2": 0.95, "weight_decay": 0.1, "batch_size": 16, "context_length": 32, "steps": 220,
    "lr_schedule": "linear warmup over 20 steps, then cosine to 10 % of the peak", "grad_clip": 1.0,
    "weight_decay_exclusions": "biases and layer norms", "z_loss": 1e-4,
    "loss": "next-token cross-entropy plus 1e-4 times the mean squared log partition function; evaluation reports cross-entropy",
    "initialisation": "normal, 0.02; projections into the residual stream 0.02 / sqrt(2 * 2 layers)", "max_loss": 1.1,
}
VOCAB, WIDTH, HEADS = 32, 48, 4


def markov_chain(n):
    rng = np.random.default_rng(99)
    successors = np.stack([rng.permutation(VOCAB)[:3] for _ in range(VOCAB)])
    choice = rng.choice(3, size=n, p=[0.7, 0.2, 0.1])
    out = np.zeros(n, dtype=np.int64)
    for i in range(1, n):
        out[i] = successors[out[i - 1], choice[i]]
    return torch.from_numpy(out)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.attn_out = nn.Linear(WIDTH, WIDTH)
        self.up, self.mlp_out = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        B, T, _ = x.shape
        q, k, v = self.qkv(self.ln1(x)).view(B, T, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.attn_out(a.transpose(1, 2).reshape(B, T, WIDTH))
        return x + self.mlp_out(F.gelu(self.up(self.ln2(x))))


class Decoder(nn.Module):
    def __init__(self, context, layers):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(VOCAB, WIDTH), nn.Embedding(context, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(layers))
        self.ln_f = nn.LayerNorm(WIDTH)
        self.lm_head = nn.Linear(WIDTH, VOCAB, bias=False)
        self.lm_head.weight = self.wte.weight
        for name, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * layers) if "_out" in name else 0.02)
            elif name.endswith("bias"):
                nn.init.zeros_(p)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe.weight[:ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.lm_head(self.ln_f(x))


@dataclass
class State:
    seed: int
    nets: dict
    optimizers: dict
    train: torch.Tensor
    test: torch.Tensor
    step: int = 0
    schedulers: dict = field(default_factory=dict)      # the rate is set in train_step
    cfg: dict = field(default_factory=dict)


def config():
    return {"learning_rate": 5e-3, "beta1": 0.9, "beta2": 0.95, "weight_decay": 0.1, "batch_size": 16, "context_length": 32,
            "steps": 220, "warmup_steps": 20, "grad_clip": 1.0, "n_layers": 2, "z_loss": 1e-4}


def learning_rate(step, cfg):
    if step < cfg["warmup_steps"]:
        return cfg["learning_rate"] * (step + 1) / cfg["warmup_steps"]
    t = min(1.0, (step - cfg["warmup_steps"]) / (cfg["steps"] - cfg["warmup_steps"]))
    return cfg["learning_rate"] * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * t)))


def setup(seed, config=None):
    cfg = globals()["config"]()
    cfg.update(config or {})
    torch.manual_seed(seed)
    model = Decoder(cfg["context_length"], cfg["n_layers"])
    decay = [p for p in model.parameters() if p.dim() >= 2]
    rest = [p for p in model.parameters() if p.dim() < 2]
    adamw = torch.optim.AdamW([{"params": decay, "weight_decay": cfg["weight_decay"]}, {"params": rest, "weight_decay": 0.0}],
                              lr=learning_rate(0, cfg), betas=(cfg["beta1"], cfg["beta2"]))
    chain = markov_chain(24_000)
    return State(seed, {"model": model}, {"adamw": adamw}, chain[:20_000], chain[20_000:], cfg=cfg)


def batches(state):
    """One tensor (batch, context + 1) of windows at random places; inputs and targets are two views of it."""
    T, step = state.cfg["context_length"], state.step
    while True:
        rng = np.random.default_rng((state.seed, step))
        starts = rng.integers(0, len(state.train) - T, size=state.cfg["batch_size"])
        yield torch.stack([state.train[i:i + T + 1] for i in starts])
        step += 1


def loss_fn(model, batch, z=SPEC["z_loss"]):
    logits = model(batch[:, :-1])
    ce = F.cross_entropy(logits.flatten(0, 1), batch[:, 1:].flatten())
    return ce + z * logits.logsumexp(-1).square().mean()


def train_step(state, batch):
    model, opt = state.nets["model"], state.optimizers["adamw"]
    for group in opt.param_groups:
        group["lr"] = learning_rate(state.step, state.cfg)
    model.train()
    opt.zero_grad(set_to_none=True)
    loss = loss_fn(model, batch, state.cfg["z_loss"])
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), state.cfg["grad_clip"])
    opt.step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    """Consecutive windows without overlap of what they predict; the last one may be shorter. n counts predicted tokens."""
    stream, T = (state.test if dataset is None else dataset), state.cfg["context_length"]
    model = state.nets["model"]
    was = model.training
    model.eval()
    total = right = n = 0
    full = (len(stream) - 1) // T
    windows = [torch.stack([stream[i * T:i * T + T + 1] for i in range(full)])] if full else []
    if len(stream) - 1 > full * T:
        windows.append(stream[full * T:][None])
    for w in windows:
        logits, y = model(w[:, :-1]).flatten(0, 1), w[:, 1:].flatten()
        total += F.cross_entropy(logits, y, reduction="sum").item()
        right += (logits.argmax(-1) == y).sum().item()
        n += len(y)
    model.train(was)
    return {"loss": total / n, "n": n, "perplexity": math.exp(total / n), "accuracy": right / n}


def save(state, path):
    torch.save(dict(seed=state.seed, step=state.step, cfg=state.cfg, model=state.nets["model"].state_dict(),
                    adamw=state.optimizers["adamw"].state_dict()), path)


def load(path):
    ckpt = torch.load(path, weights_only=True)
    state = setup(ckpt["seed"], ckpt["cfg"])
    state.nets["model"].load_state_dict(ckpt["model"])
    state.optimizers["adamw"].load_state_dict(ckpt["adamw"])
    state.step = ckpt["step"]
    return state


if __name__ == "__main__":
    st = setup(0)
    stream = batches(st)
    while st.step < st.cfg["steps"]:
        l = train_step(st, next(stream))
        if st.step % 20 == 0:
            print(f"{st.step:5d} {l.item():.4f}")
    print(evaluate(st))
