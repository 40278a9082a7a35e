"""Multi-label tagging of short documents: six independent sigmoid outputs on an averaged bag of embeddings.

A batch is ONE int64 tensor: the six 0/1 labels in the first columns, then the tokens, padded with 61.
Evaluation uses an exponential moving average of the weights (state.shadow).
"""
import copy
import random

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FAMILY = "classifier"
SPEC = {
    "task": "multi-label: six tags, any number of which (also none) may hold",
    "n_labels": 6,
    "vocabulary_size": 61,
    "pad_index": 61,
    "learning_rate": 0.01,
    "beta1": 0.9,
    "beta2": 0.98,
    "batch_size": 50,
    "steps": 400,
    "lr_schedule": "linear warmup over 40 steps, then inverse square root",
    "loss": "binary cross entropy, summed over the six tags, averaged over the documents",
    "initialisation": "embeddings N(0, 0.1^2), the output bias at the log odds of a prior of 0.3",
    "weight_averaging": "EMA, decay min(0.97, (1 + t) / (10 + t)), used for evaluation",
    "min_accuracy": 0.88,
}
L, PAD, WARMUP, EMA = 6, 61, 40, 0.97


class Tagger(nn.Module):
    def __init__(self, dim=32):
        super().__init__()
        self.bag = nn.EmbeddingBag(62, dim, mode="mean", padding_idx=PAD)
        self.hidden = nn.Linear(dim, 32)
        self.out = nn.Linear(32, L)
        with torch.no_grad():
            self.bag.weight.normal_(0, 0.1)
            self.bag.weight[PAD].zero_()
            self.out.bias.fill_(float(np.log(0.3 / 0.7)))

    def forward(self, tokens):
        return self.out(F.gelu(self.hidden(self.bag(tokens))))


class State:
    pass


def corpus(n, stream):
    """n documents as (labels, tokens); 8 words belong to each tag, 13 to none."""
    rng = np.random.default_rng([314, stream])
    documents = []
    for _ in range(n):
        tags = rng.random(L) < 0.3
        sources = np.flatnonzero(tags)
        length = int(rng.integers(14, 33))
        words = rng.integers(48, 61, length)
        if len(sources):
            topical = rng.random(length) < 0.7
            words = np.where(topical, rng.choice(sources, length) * 8 + rng.integers(0, 8, length), words)
        documents.append((tuple(int(t) for t in tags), tuple(int(w) for w in words)))
    return documents


def collate(items):
    width = max(len(words) for _, words in items)
    return torch.tensor([[*tags, *words, *[PAD] * (width - len(words))] for tags, words in items])


def warmup_then_rsqrt(t):
    return min((t + 1) / WARMUP, (WARMUP / (t + 1)) ** 0.5)


def setup(seed, config=None):
    state = State()
    state.hyper = {"learning_rate": SPEC["learning_rate"], "batch_size": SPEC["batch_size"], **(config or {})}
    state.seed, state.step = seed, 0
    torch.manual_seed(seed)
    model = Tagger()
    state.nets = {"model": model}
    state.shadow = copy.deepcopy(model).requires_grad_(False).eval()
    adam = torch.optim.Adam(model.parameters(), lr=state.hyper["learning_rate"], betas=(SPEC["beta1"], SPEC["beta2"]), eps=1e-9)
    state.optimizers = {"model": adam}
    state.schedulers = {"model": torch.optim.lr_scheduler.LambdaLR(adam, warmup_then_rsqrt)}
    state.train, state.test = corpus(1500, 0), corpus(400, 1)
    return state


def batches(state):
    step, size = state.step, state.hyper["batch_size"]
    while True:
        picker = random.Random(f"{state.seed}/{step}")
        yield collate(picker.sample(state.train, size))       # without replacement inside a batch
        step += 1


def per_document_loss(logits, labels):
    return F.binary_cross_entropy_with_logits(logits, labels.to(logits.dtype), reduction="none").sum(1)


def loss_fn(model, batch):
    return per_document_loss(model(batch[:, L:]), batch[:, :L]).mean()


def train_step(state, batch):
    model = state.nets["model"]
    model.train()
    loss = loss_fn(model, batch)
    state.optimizers["model"].zero_grad()
    loss.backward()
    state.optimizers["model"].step()
    state.schedulers["model"].step()
    state.step += 1
    decay = min(EMA, (1 + state.step) / (10 + state.step))
    with torch.no_grad():
        for slow, fast in zip(state.shadow.parameters(), model.parameters()):
            slow.lerp_(fast, 1 - decay)
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    documents = state.test if dataset is None else dataset
    total, right, exact, tp, predicted, actual = 0.0, 0, 0, 0, 0, 0
    for start in range(0, len(documents), 128):
        block = collate(documents[start:start + 128])
        labels, logits = block[:, :L].bool(), state.shadow(block[:, L:])
        guess = logits > 0
        total += per_document_loss(logits, labels).sum().item()
        right += (guess == labels).sum().item()
        exact += (guess == labels).all(1).sum().item()
        tp += (guess & labels).sum().item()
        predicted, actual = predicted + guess.sum().item(), actual + labels.sum().item()
    n = len(documents)
    return {"loss": total / n, "n": n, "accuracy": right / (n * L), "subset_accuracy": exact / n,
            "micro_f1": 2 * tp / max(1, predicted + actual)}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "hyper": state.hyper, "model": state.nets["model"].state_dict(),
                "shadow": state.shadow.state_dict(), "adam": state.optimizers["model"].state_dict(),
                "schedule": state.schedulers["model"].state_dict()}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = setup(d["seed"], d["hyper"])
    state.step = d["step"]
    state.nets["model"].load_state_dict(d["model"])
    state.shadow.load_state_dict(d["shadow"])
    state.optimizers["model"].load_state_dict(d["adam"])
    state.schedulers["model"].load_state_dict(d["schedule"])
    return state


if __name__ == "__main__":
    s = setup(0)
    for b in batches(s):
        train_step(s, b)
        if s.step == SPEC["steps"]:
            break
    print(evaluate(s))
