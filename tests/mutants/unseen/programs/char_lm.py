"""A small decoder that predicts the next character of procedural stories (pre-norm, learned positions, tied embeddings)."""
import math
from dataclasses import asdict, dataclass, field

import numpy as np
import torch
from torch import Tensor, nn, optim
from torch.nn import functional as F

FAMILY = "language_model"

SPEC = {
    "optimizer": "AdamW",
    "learning_rate": 4e-3,
    "beta1": 0.9,
    "beta2": 0.95,
    "eps": 1e-8,
    "weight_decay": 0.1,
    "weight_decay_on": "matrices only: no biases, no norms, no embeddings",
    "lr_schedule": "cosine",
    "warmup_steps": 20,
    "min_learning_rate": 4e-4,
    "batch_size": 32,
    "accumulation": 2,
    "steps": 220,
    "grad_clip": 1.0,
    "dropout": 0.05,
    "context_length": 32,
    "d_model": 48,
    "n_heads": 4,
    "n_layers": 2,
    "vocab_size": 27,
    "tied_embeddings": True,
    "init": "normal with std 0.02, zero biases; the two projections into the residual stream divided by sqrt(2 n_layers)",
    "n_parameters": 59472,
    "max_loss": 0.85,
}


@dataclass
class Config:
    learning_rate: float = 4e-3
    min_learning_rate: float = 4e-4
    beta1: float = 0.9
    beta2: float = 0.95
    eps: float = 1e-8
    weight_decay: float = 0.1
    warmup_steps: int = 20
    steps: int = 220
    batch_size: int = 32
    accumulation: int = 2
    grad_clip: float = 1.0
    dropout: float = 0.05
    context_length: int = 32
    d_model: int = 48
    n_heads: int = 4
    n_layers: int = 2


def config():
    return asdict(Config())


# --- stories ---------------------------------------------------------------------------------------------------------

WHO = ["fox", "hen", "crow", "wolf", "mouse", "farmer", "miller", "queen"]
HOW = ["old", "sly", "red", "tired", "clever", "hungry"]
WHAT = ["sees", "calls", "follows", "fears", "helps"]
WHERE = ["by the river", "in the barn", "under the oak", "on the road"]


def story(n_sentences: int, seed: int) -> str:
    rng = np.random.default_rng(seed)

    def someone():
        many = rng.random() < 0.3
        word = rng.choice(WHO)
        if many:
            return f"two {rng.choice(HOW)} {'mice' if word == 'mouse' else 'wolves' if word == 'wolf' else word + ('es' if word == 'fox' else 's')}", True
        return f"the {rng.choice(HOW) + ' ' if rng.random() < 0.5 else ''}{word}", False

    lines = []
    for _ in range(n_sentences):
        (subject, plural), (other, _) = someone(), someone()
        verb = rng.choice(WHAT)
        place = " " + rng.choice(WHERE) if rng.random() < 0.5 else ""
        lines.append(f"{subject} {verb[:-1] if plural else verb} {other}{place}.\n")
    return "".join(lines)


class Alphabet:
    def __init__(self, text: str):
        self.chars = sorted(set(text))
        self.number = {c: i for i, c in enumerate(self.chars)}

    def __len__(self) -> int:
        return len(self.chars)

    def encode(self, text: str) -> Tensor:
        return torch.tensor([self.number[c] for c in text], dtype=torch.long)


class Windows:
    """Side by side windows of a text: item i is (characters, the character after each of them)."""

    def __init__(self, codes: Tensor, length: int):
        self.codes, self.length = codes, length

    def __len__(self) -> int:
        return (len(self.codes) - 1) // self.length

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        if not 0 <= i < len(self):
            raise IndexError(i)
        start = i * self.length
        return self.codes[start:start + self.length], self.codes[start + 1:start + self.length + 1]


# --- decoder ---------------------------------------------------------------------------------------------------------

class SelfAttention(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.heads = c.n_heads
        self.qkv = nn.Linear(c.d_model, 3 * c.d_model)
        self.proj = nn.Linear(c.d_model, c.d_model)
        self.drop = nn.Dropout(c.dropout)
        self.register_buffer("visible", torch.ones(c.context_length, c.context_length).tril().bool(), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        b, t, d = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        q = q.view(b, t, self.heads, d // self.heads).transpose(1, 2)
        k = k.view(b, t, self.heads, d // self.heads).transpose(1, 2)
        v = v.view(b, t, self.heads, d // self.heads).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(d // self.heads)
        scores = scores.masked_fill(~self.visible[:t, :t], float("-inf"))
        mixed = self.drop(scores.softmax(dim=-1)) @ v
        return self.proj(mixed.transpose(1, 2).reshape(b, t, d))


class Block(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.norm1 = nn.LayerNorm(c.d_model)
        self.attention = SelfAttention(c)
        self.norm2 = nn.LayerNorm(c.d_model)
        self.widen = nn.Linear(c.d_model, 4 * c.d_model)
        self.proj = nn.Linear(4 * c.d_model, c.d_model)
        self.drop = nn.Dropout(c.dropout)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.drop(self.attention(self.norm1(x)))
        return x + self.drop(self.proj(F.gelu(self.widen(self.norm2(x)))))


class Decoder(nn.Module):
    def __init__(self, c: Config, vocab: int):
        super().__init__()
        self.char = nn.Embedding(vocab, c.d_model)
        self.place = nn.Embedding(c.context_length, c.d_model)
        self.drop = nn.Dropout(c.dropout)
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.n_layers))
        self.norm = nn.LayerNorm(c.d_model)
        self.head = nn.Linear(c.d_model, vocab, bias=False)
        self.apply(self.initialise)
        for name, p in self.named_parameters():
            if name.endswith("proj.weight"):
                nn.init.normal_(p, std=0.02 / math.sqrt(2 * c.n_layers))
        self.head.weight = self.char.weight

    @staticmethod
    def initialise(m: nn.Module) -> None:
        if isinstance(m, (nn.Linear, nn.Embedding)):
            nn.init.normal_(m.weight, std=0.02)
        if isinstance(m, nn.Linear) and m.bias is not None:
            nn.init.zeros_(m.bias)

    def forward(self, codes: Tensor) -> Tensor:
        x = self.char(codes) + self.place(torch.arange(codes.shape[1], device=codes.device))
        x = self.drop(x)
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


# --- run -------------------------------------------------------------------------------------------------------------

@dataclass
class State:
    conf: Config
    seed: int
    train: Windows
    test: Windows
    nets: dict = field(default_factory=dict)
    optimizers: dict = field(default_factory=dict)
    schedulers: dict = field(default_factory=dict)
    step: int = 0


def make_optimizer(model: nn.Module, c: Config) -> optim.Optimizer:
    decayed, plain = [], []
    for name, p in model.named_parameters():
        (decayed if p.dim() == 2 and not name.startswith(("char", "place")) else plain).append(p)
    groups = [{"params": decayed, "weight_decay": c.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    return optim.AdamW(groups, lr=c.learning_rate, betas=(c.beta1, c.beta2), eps=c.eps)


def rate(c: Config, step: int) -> float:
    """The learning rate of a step, as a part of the largest."""
    if step < c.warmup_steps:
        return (step + 1) / c.warmup_steps
    done = min(1.0, (step - c.warmup_steps) / (c.steps - c.warmup_steps))
    low = c.min_learning_rate / c.learning_rate
    return low + (1 - low) * 0.5 * (1 + math.cos(math.pi * done))


def setup(seed: int, config=None) -> State:
    c = Config(**(config or {}))
    train_text, test_text = story(2200, seed=70), story(250, seed=71)
    alphabet = Alphabet(train_text)
    state = State(c, seed, Windows(alphabet.encode(train_text), c.context_length),
                  Windows(alphabet.encode(test_text), c.context_length))
    torch.manual_seed(seed)
    model = Decoder(c, len(alphabet))
    optimizer = make_optimizer(model, c)
    state.nets["model"] = model
    state.optimizers["model"] = optimizer
    state.schedulers["model"] = optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(c, step))
    return state


def stack(items) -> tuple[Tensor, Tensor]:
    xs, ys = zip(*items)
    return torch.stack(xs), torch.stack(ys)


def batches(state: State):
    size = state.conf.batch_size
    whole = len(state.train) // size
    step = state.step
    while True:
        order = np.random.default_rng([state.seed, step // whole]).permutation(len(state.train))
        k = step % whole
        yield stack([state.train[int(i)] for i in order[k * size:(k + 1) * size]])
        step += 1


def loss_fn(model: nn.Module, batch) -> Tensor:
    x, y = batch
    return F.cross_entropy(model(x).transpose(1, 2), y)


def train_step(state: State, batch) -> Tensor:
    c, model, optimizer = state.conf, state.nets["model"], state.optimizers["model"]
    torch.manual_seed(1_000_003 * (state.seed + 1) + state.step)
    model.train()
    optimizer.zero_grad(set_to_none=True)
    total = 0.0
    for x, y in zip(batch[0].chunk(c.accumulation), batch[1].chunk(c.accumulation)):
        loss = loss_fn(model, (x, y)) * (len(x) / len(batch[0]))
        loss.backward()
        total = total + loss.detach()
    nn.utils.clip_grad_norm_(model.parameters(), c.grad_clip)
    optimizer.step()
    state.schedulers["model"].step()
    state.step += 1
    return total


def evaluate(state: State, dataset=None) -> dict:
    windows = state.test if dataset is None else dataset
    model = state.nets["model"]
    before = model.training
    model.eval()
    losses = []
    with torch.inference_mode():
        for lo in range(0, len(windows), 50):
            x, y = stack([windows[i] for i in range(lo, min(lo + 50, len(windows)))])
            losses.append(F.cross_entropy(model(x).transpose(1, 2), y, reduction="none").mean(dim=1))
    model.train(before)
    loss = torch.cat(losses).double().mean().item()
    return {"loss": loss, "perplexity": math.exp(loss), "n": len(windows)}


def save(state: State, path) -> None:
    parts = {"conf": asdict(state.conf), "seed": state.seed, "step": state.step}
    for kind in ("nets", "optimizers", "schedulers"):
        parts[kind] = {name: part.state_dict() for name, part in getattr(state, kind).items()}
    torch.save(parts, path)


def load(path) -> State:
    parts = torch.load(path, weights_only=True)
    state = setup(parts["seed"], parts["conf"])
    for kind in ("nets", "optimizers", "schedulers"):
        for name, part in getattr(state, kind).items():
            part.load_state_dict(parts[kind][name])
    state.step = parts["step"]
    return state


if __name__ == "__main__":
    run = setup(0)
    for batch in batches(run):
        loss = train_step(run, batch)
        if run.step % 40 == 0:
            print(f"{run.step} {loss.item():.3f}")
        if run.step == run.conf.steps:
            break
    print(evaluate(run))
