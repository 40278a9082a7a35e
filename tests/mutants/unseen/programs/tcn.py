#!/usr/bin/env python
"""Temporal convolutional network on the latch task.

A stream of symbols now and then holds a cue. The symbol right after the cue has to be named at every later time step,
until another cue replaces it (class 0: no cue so far). Streams differ in length and are padded on the right.
"""
import argparse
import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.parametrizations import weight_norm

FAMILY = "sequence"

SPEC = dict(
    optimizer="AdamW",
    learning_rate=6e-3,
    beta1=0.9,
    beta2=0.98,
    eps=1e-8,
    weight_decay=0.05,
    weight_decay_excludes="biases, weight-norm gains, the embedding",
    batch_size=32,
    accumulation_steps=2,
    steps=220,
    lr_schedule="cosine",
    warmup_steps=20,
    min_learning_rate=0.0,
    grad_clip=1.0,
    dropout=0.05,
    dropout_kind="whole channels",
    augmentation="symbols that follow no cue are blanked with probability 0.1, in training only",
    shuffling="a new permutation every epoch",
    causal=True,
    kernel_size=3,
    dilations=[1, 2, 4],
    convolutions_per_block=2,
    hidden_units=32,
    residual=True,
    vocab_size=7,
    pad_index=0,
    ignore_index=-100,
    n_classes=5,
    n_parameters=19205,
    train_size=1500,
    test_size=330,
    loss="cross entropy, mean over the real tokens of the batch",
    metric="accuracy over real tokens",
    min_accuracy=0.95,
    seed=0,
)

PAD, CUE, BLANK, FIRST_SYMBOL, N_SYMBOLS = 0, 1, 2, 3, 4
VOCAB = FIRST_SYMBOL + N_SYMBOLS
IGNORE = -100


class Batch(NamedTuple):
    inputs: torch.Tensor   # (B, T) token ids, PAD on the right
    targets: torch.Tensor  # (B, T) classes, IGNORE on the right


# ---------------------------------------------------------------- data

class Latch(torch.utils.data.Dataset):
    def __init__(self, size, seed):
        rng = np.random.default_rng(seed)
        self.streams = [self.draw(rng) for _ in range(size)]

    @staticmethod
    def draw(rng):
        length = int(rng.integers(8, 29))
        x = rng.integers(FIRST_SYMBOL, VOCAB, size=length)
        where = np.flatnonzero(rng.random(length - 1) < 0.1)
        x[where] = CUE
        y = np.zeros(length, dtype=np.int64)
        latched = 0
        for t in range(length):
            if t > 0 and x[t - 1] == CUE and x[t] != CUE:
                latched = x[t] - FIRST_SYMBOL + 1
            y[t] = latched
        return torch.from_numpy(x), torch.from_numpy(y)

    def __len__(self):
        return len(self.streams)

    def __getitem__(self, i):
        return self.streams[i]


def collate(items):
    width = max(len(x) for x, _ in items)
    inputs = torch.full((len(items), width), PAD)
    targets = torch.full((len(items), width), IGNORE)
    for row, (x, y) in enumerate(items):
        inputs[row, :len(x)] = x
        targets[row, :len(y)] = y
    return Batch(inputs, targets)


def blank_out(batch, rng, rate=0.1):
    """Training-time noise. Cues and the symbols right after them stay, so that the targets stay true."""
    x = batch.inputs
    after_cue = F.pad(x[:, :-1] == CUE, (1, 0))
    hit = torch.from_numpy(rng.random(tuple(x.shape)) < rate)
    hit &= (x >= FIRST_SYMBOL) & ~after_cue
    return batch._replace(inputs=x.masked_fill(hit, BLANK))


def make_loader(dataset, workers, seed):
    order = torch.Generator().manual_seed(seed)
    return torch.utils.data.DataLoader(dataset, batch_size=SPEC["batch_size"], shuffle=True, drop_last=True,
                                       num_workers=workers, collate_fn=collate, generator=order)


# ---------------------------------------------------------------- network

class CausalConv(nn.Module):
    def __init__(self, channels_in, channels_out, kernel, dilation):
        super().__init__()
        self.reach = (kernel - 1) * dilation
        conv = nn.Conv1d(channels_in, channels_out, kernel, dilation=dilation)
        nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
        nn.init.zeros_(conv.bias)
        self.conv = weight_norm(conv)

    def forward(self, x):
        return self.conv(F.pad(x, (self.reach, 0)))


class Block(nn.Module):
    def __init__(self, channels, kernel, dilation, dropout):
        super().__init__()
        self.conv1 = CausalConv(channels, channels, kernel, dilation)
        self.conv2 = CausalConv(channels, channels, kernel, dilation)
        self.drop1 = nn.Dropout1d(dropout)
        self.drop2 = nn.Dropout1d(dropout)

    def forward(self, x):
        h = self.drop1(F.relu(self.conv1(x)))
        h = self.drop2(F.relu(self.conv2(h)))
        return F.relu(x + h)


class TCN(nn.Module):
    def __init__(self, channels=32, kernel=3, depth=3, dropout=0.05):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, channels, padding_idx=PAD)
        self.blocks = nn.ModuleList([Block(channels, kernel, 2 ** i, dropout) for i in range(depth)])
        self.head = nn.Linear(channels, 1 + N_SYMBOLS)

    def forward(self, tokens):
        x = self.embed(tokens).transpose(1, 2)
        for block in self.blocks:
            x = block(x)
        return self.head(x.transpose(1, 2))


# ---------------------------------------------------------------- training

@dataclass
class State:
    nets: dict
    optimizers: dict
    schedulers: dict
    train: Latch
    test: Latch
    seed: int
    step: int = 0
    history: list = field(default_factory=list)


def parameter_groups(net):
    decayed, spared = [], []
    for name, p in net.named_parameters():
        (decayed if name.endswith("original1") or name == "head.weight" else spared).append(p)
    return [{"params": decayed, "weight_decay": 0.05}, {"params": spared, "weight_decay": 0.0}]


def lr_factor(step, warmup=20, total=220):
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))


def setup(seed, config=None):
    torch.manual_seed(seed)
    net = TCN()
    opt = torch.optim.AdamW(parameter_groups(net), lr=6e-3, betas=(0.9, 0.98), eps=1e-8)
    sched = torch.optim.lr_scheduler.LambdaLR(opt, lr_factor)
    net.train()
    return State({"model": net}, {"model": opt}, {"model": sched}, Latch(1500, seed=100), Latch(330, seed=200), seed)


def batches(state):
    size = SPEC["batch_size"]
    per_epoch = len(state.train) // size
    step = state.step
    while True:
        epoch, k = divmod(step, per_epoch)
        order = np.random.default_rng([state.seed, 0, epoch]).permutation(len(state.train))
        chosen = order[k * size:(k + 1) * size]
        batch = collate([state.train[i] for i in chosen])
        yield blank_out(batch, np.random.default_rng([state.seed, 1, step]))
        step += 1


def n_tokens(batch):
    return int((batch.targets != IGNORE).sum())


def loss_fn(model, batch):
    logits = model(batch.inputs)
    return F.cross_entropy(logits.flatten(0, 1), batch.targets.flatten(), ignore_index=IGNORE)


def micro_batches(batch, parts):
    return [Batch(x, y) for x, y in zip(batch.inputs.chunk(parts), batch.targets.chunk(parts))]


def train_step(state, batch):
    """One update from two halves of the batch, each half weighted by its share of the real tokens."""
    net, opt, sched = state.nets["model"], state.optimizers["model"], state.schedulers["model"]
    opt.zero_grad(set_to_none=True)
    whole, total = n_tokens(batch), 0.0
    for part in micro_batches(batch, SPEC["accumulation_steps"]):
        loss = loss_fn(net, part) * (n_tokens(part) / whole)
        loss.backward()
        total = total + loss.detach()
    nn.utils.clip_grad_norm_(net.parameters(), max_norm=1.0)
    opt.step()
    sched.step()
    state.step += 1
    return total


@torch.no_grad()
def evaluate(state, dataset=None):
    dataset = state.test if dataset is None else dataset
    net = state.nets["model"]
    was_training = net.training
    net.eval()
    loss_sum, hits, tokens = 0.0, 0, 0
    for start in range(0, len(dataset), 100):
        batch = collate([dataset[i] for i in range(start, min(start + 100, len(dataset)))])
        real = batch.targets != IGNORE
        loss_sum += loss_fn(net, batch).item() * n_tokens(batch)
        guess = net(batch.inputs).argmax(dim=-1)
        hits += int((guess == batch.targets)[real].sum())
        tokens += n_tokens(batch)
    net.train(was_training)
    return {"loss": loss_sum / tokens, "n": len(dataset), "n_tokens": tokens, "accuracy": hits / tokens}


def save(state, path):
    # dropout draws from torch's global generator: its state belongs to the checkpoint
    torch.save({
        "net": state.nets["model"].state_dict(),
        "opt": state.optimizers["model"].state_dict(),
        "sched": state.schedulers["model"].state_dict(),
        "rng": torch.get_rng_state(),
        "step": state.step,
        "seed": state.seed,
    }, path)


def load(path):
    ckpt = torch.load(path, map_location="cpu", weights_only=True)
    state = setup(ckpt["seed"])
    state.nets["model"].load_state_dict(ckpt["net"])
    state.optimizers["model"].load_state_dict(ckpt["opt"])
    state.schedulers["model"].load_state_dict(ckpt["sched"])
    state.step = ckpt["step"]
    torch.set_rng_state(ckpt["rng"])
    return state


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--seed", type=int, default=SPEC["seed"])
    ap.add_argument("--steps", type=int, default=SPEC["steps"])
    opts = ap.parse_args()
    state = setup(opts.seed)
    stream = batches(state)
    while state.step < opts.steps:
        loss = train_step(state, next(stream))
        if state.step % 60 == 0:
            print(f"step {state.step:4d}  loss {float(loss):.4f}")
    print(evaluate(state))


if __name__ == "__main__":
    main()
