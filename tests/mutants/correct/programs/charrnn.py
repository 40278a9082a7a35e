"""Character language model: one GRU layer, state carried from chunk to chunk (truncated BPTT), RMSprop."""
import math
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FAMILY = "language_model"
SPEC = {
    "learning_rate": 0.005, "alpha": 0.95, "batch_size": 20, "sequence_length": 40, "steps": 300, "hidden_size": 64,
    "embedding_size": 24, "grad_clip": 1.0, "lr_schedule": "multiplied by 0.9 after every pass over the text", "gamma": 0.9,
    "bptt": "truncated at 40 characters; the hidden state is carried over and set to zero at the start of a pass",
    "loss": "cross-entropy in nats per character", "max_loss": 1.0,
}

SUBJECTS = "cat dog bird farmer sailor child queen".split()
VERBS = "sees likes follows paints ignores finds".split()
ADJECTIVES = "small red quiet old hungry green".split()
ALPHABET = " .,abcdefghijklmnopqrstuvwxyz"
CODE = {c: i for i, c in enumerate(ALPHABET)}
CHARS = 40_000
TEST_CHARS = 4_000


class Chunk(NamedTuple):
    x: torch.Tensor         # (streams, T)
    y: torch.Tensor         # (streams, T): the next characters
    first: bool             # the first chunk of a pass: no state to carry over


def write_text(n, rng):
    out, size = [], 0
    while size < n:
        words = []
        for role in ("subject", "object"):
            noun = ["the", str(rng.choice(SUBJECTS))]
            if rng.random() < 0.4:
                noun.insert(1, str(rng.choice(ADJECTIVES)))
            words += noun
            if role == "subject":
                words.append(str(rng.choice(VERBS)))
        sentence = " ".join(words) + (". " if rng.random() < 0.7 else ", and ")
        out.append(sentence)
        size += len(sentence)
    return torch.tensor([CODE[c] for c in "".join(out)[:n]])


class CharGRU(nn.Module):
    def __init__(self, vocabulary, embedding, hidden):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, embedding)
        self.gru = nn.GRU(embedding, hidden, batch_first=True)
        self.head = nn.Linear(hidden, vocabulary)

    def forward(self, x, h=None):
        out, h = self.gru(self.embed(x), h)
        return self.head(out), h


def config():
    return {k: SPEC[k] for k in ("learning_rate", "alpha", "batch_size", "sequence_length", "steps", "hidden_size",
                                 "embedding_size", "grad_clip", "gamma")}


def chunks_per_pass(c):
    # one chunk less than fits: each pass starts at a random offset of 0 .. T-1 characters
    return (((CHARS - TEST_CHARS) // c["batch_size"] - 1) // c["sequence_length"]) - 1


def setup(seed, config=None):
    c = {**globals()["config"](), **(config or {})}
    torch.manual_seed(seed)
    text = write_text(CHARS, np.random.default_rng(1234))
    model = CharGRU(len(ALPHABET), c["embedding_size"], c["hidden_size"])
    optimizer = torch.optim.RMSprop(model.parameters(), lr=c["learning_rate"], alpha=c["alpha"])
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=chunks_per_pass(c), gamma=c["gamma"])
    return SimpleNamespace(nets={"model": model}, optimizers={"rmsprop": optimizer}, schedulers={"decay": scheduler}, step=0,
                           seed=seed, config=c, hidden=None, train=text[:-TEST_CHARS], test=text[-TEST_CHARS:])


def batches(state):
    c, step = state.config, state.step
    B, T, n = c["batch_size"], c["sequence_length"], chunks_per_pass(c)
    streams = state.train[:len(state.train) // B * B].view(B, -1)
    while True:
        epoch, k = divmod(step, n)
        start = int(np.random.default_rng([state.seed, epoch]).integers(T)) + k * T
        yield Chunk(streams[:, start:start + T], streams[:, start + 1:start + T + 1], k == 0)
        step += 1


def chunk_loss(model, batch, h):
    logits, h = model(batch.x, h)
    return F.cross_entropy(logits.flatten(0, 1), batch.y.flatten()), h


def loss_fn(model, batch):
    """The loss of a chunk on its own, from a zero state."""
    return chunk_loss(model, batch, None)[0]


def train_step(state, batch):
    model, optimizer = state.nets["model"], state.optimizers["rmsprop"]
    model.train()
    loss, h = chunk_loss(model, batch, None if batch.first else state.hidden)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), state.config["grad_clip"])
    optimizer.step()
    state.schedulers["decay"].step()
    state.hidden = h.detach()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    """Reads the text once from left to right, as one stream; n counts the predicted characters."""
    text = state.test if dataset is None else dataset
    model = state.nets["model"]
    mode = model.training
    model.eval()
    total, h = 0.0, None
    for i in range(0, len(text) - 1, 500):
        x, y = text[i:i + 500][:len(text) - 1 - i], text[i + 1:i + 501]
        logits, h = model(x[None], h)
        total += F.cross_entropy(logits[0], y, reduction="sum").item()
    model.train(mode)
    n = len(text) - 1
    return {"loss": total / n, "n": n, "perplexity": math.exp(total / n), "bits_per_character": total / n / math.log(2)}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "config": state.config, "hidden": state.hidden,
                "model": state.nets["model"].state_dict(), "rmsprop": state.optimizers["rmsprop"].state_dict(),
                "decay": state.schedulers["decay"].state_dict()}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = setup(d["seed"], d["config"])
    state.nets["model"].load_state_dict(d["model"])
    state.optimizers["rmsprop"].load_state_dict(d["rmsprop"])
    state.schedulers["decay"].load_state_dict(d["decay"])
    state.step, state.hidden = d["step"], d["hidden"]
    return state


if __name__ == "__main__":
    s = setup(0)
    for _, b in zip(range(s.config["steps"]), batches(s)):
        loss = train_step(s, b)
        if s.step % 50 == 0:
            print(s.step, float(loss))
    print(evaluate(s))
