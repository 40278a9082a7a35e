#!/usr/bin/env python3
"""Numbers in words ("forty two thousand and seven") are written in digits ("42007").

A bidirectional GRU reads the words, a GRU with multiplicative attention writes the digits. Teacher forcing in training,
greedy decoding in evaluation. Train and test never share a number.
"""
import math
import random
from types import SimpleNamespace
from typing import NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

FAMILY = "sequence"

SPEC = {
    # data
    "task": "numerals in words to digits",
    "pad_index": 0,
    "bos_index": 1,
    "eos_index": 2,
    "source_vocab_size": 33,
    "target_vocab_size": 13,
    "n_train": 4000,
    "n_test": 500,
    "max_decode_length": 8,
    # model
    "embedding_dim": 32,
    "hidden_units": 64,
    "dropout": 0.1,
    "n_parameters": 50317,
    "init": "xavier_uniform, zero biases",
    # optimisation
    "loss": "cross-entropy per target token, padding left out",
    "teacher_forcing": 1.0,
    "optimizer": "Adam",
    "learning_rate": 8e-3,
    "beta1": 0.9,
    "beta2": 0.98,
    "eps": 1e-9,
    "weight_decay": 0.0,
    "batch_size": 64,
    "steps": 350,
    "warmup_steps": 30,
    "lr_schedule": "inverse_sqrt",
    "grad_clip": 0.25,
    # results
    "max_loss": 0.05,
    "min_accuracy": 0.985,
    "min_exact_match": 0.95,
    "seed": 0,
}

PAD, BOS, EOS = 0, 1, 2
ONES = ("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen").split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
WORDS = {word: i for i, word in enumerate(sorted({*ONES, *TENS, "hundred", "thousand", "and"}), start=3)}
DIGITS = {digit: i for i, digit in enumerate("0123456789", start=3)}


# ------------------------------------------------------------------------------------------------ data
class Pairs(NamedTuple):
    src: torch.Tensor  # (batch, source length), right-padded
    tgt: torch.Tensor  # (batch, target length), <bos> … <eos>, right-padded


def spell(n):
    if n >= 1000:
        rest = n % 1000
        joint = ["and"] if 0 < rest < 100 else []
        return spell(n // 1000) + ["thousand"] + joint + spell(rest)
    if n >= 100:
        joint = ["and"] if n % 100 else []
        return [ONES[n // 100 - 1], "hundred"] + joint + spell(n % 100)
    if n >= 20:
        return [TENS[n // 10 - 2]] + spell(n % 10)
    return [ONES[n - 1]] if n else []


class Numerals:
    def __init__(self, numbers):
        self.pairs = []
        for number in numbers:
            src = [WORDS[word] for word in spell(number)]
            tgt = [DIGITS[digit] for digit in str(number)]
            self.pairs.append((torch.tensor(src), torch.tensor([BOS, *tgt, EOS])))

    def __len__(self):
        return len(self.pairs)

    def __getitem__(self, i):
        return self.pairs[i]


def corpora():
    rng = random.Random(1202)
    total = SPEC["n_train"] + SPEC["n_test"]
    numbers = {}  # a dict for its order
    while len(numbers) < total:
        numbers[rng.randrange(1, 10 ** rng.randint(2, 5))] = None
    numbers = list(numbers)
    cut = SPEC["n_train"]
    return Numerals(numbers[:cut]), Numerals(numbers[cut:])


def collate(items):
    src, tgt = zip(*items)
    return Pairs(
        pad_sequence(src, batch_first=True, padding_value=PAD),
        pad_sequence(tgt, batch_first=True, padding_value=PAD),
    )


def batches(state):
    n, size = len(state.train), state.hp["batch_size"]
    per_epoch = n // size
    at = state.step
    while True:
        epoch, k = at // per_epoch, at % per_epoch
        shuffler = random.Random(f"{state.seed}/{epoch}")
        order = list(range(n))
        shuffler.shuffle(order)
        yield collate([state.train[i] for i in order[k * size:(k + 1) * size]])
        at += 1


# ------------------------------------------------------------------------------------------------ model
class Reader(nn.Module):
    def __init__(self, vocab, emb, hidden, dropout):
        super().__init__()
        self.embed = nn.Embedding(vocab, emb, padding_idx=PAD)
        self.drop = nn.Dropout(dropout)
        self.rnn = nn.GRU(emb, hidden // 2, batch_first=True, bidirectional=True)

    def forward(self, src):
        lengths = (src != PAD).sum(dim=1)
        packed = pack_padded_sequence(self.drop(self.embed(src)), lengths, batch_first=True, enforce_sorted=False)
        out, last = self.rnn(packed)
        memory, _ = pad_packed_sequence(out, batch_first=True, total_length=src.size(1))
        return memory, torch.cat([last[0], last[1]], dim=-1)


class Writer(nn.Module):
    def __init__(self, vocab, emb, hidden, dropout):
        super().__init__()
        self.embed = nn.Embedding(vocab, emb, padding_idx=PAD)
        self.drop = nn.Dropout(dropout)
        self.rnn = nn.GRU(emb, hidden, batch_first=True)
        self.key = nn.Linear(hidden, hidden, bias=False)
        self.mix = nn.Linear(2 * hidden, hidden)
        self.out = nn.Linear(hidden, vocab)

    def forward(self, tokens, hidden, memory, blank):
        """tokens (B, T), hidden (1, B, H), memory (B, S, H), blank (B, S): True at padding."""
        query, hidden = self.rnn(self.drop(self.embed(tokens)), hidden)
        score = query @ self.key(memory).transpose(1, 2) / math.sqrt(query.size(-1))
        score = score.masked_fill(blank[:, None, :], float("-inf"))
        context = torch.softmax(score, dim=-1) @ memory
        mixed = torch.tanh(self.mix(torch.cat([context, query], dim=-1)))
        return self.out(self.drop(mixed)), hidden


class Transducer(nn.Module):
    def __init__(self, hp):
        super().__init__()
        sizes = (hp["embedding_dim"], hp["hidden_units"], hp["dropout"])
        self.reader = Reader(3 + len(WORDS), *sizes)
        self.bridge = nn.Linear(hp["hidden_units"], hp["hidden_units"])
        self.writer = Writer(3 + len(DIGITS), *sizes)
        for name, p in self.named_parameters():
            if "bias" in name:
                nn.init.zeros_(p)
            else:
                nn.init.xavier_uniform_(p)

    def start(self, src):
        memory, last = self.reader(src)
        return torch.tanh(self.bridge(last))[None], memory, src == PAD

    def forward(self, src, tokens):
        hidden, memory, blank = self.start(src)
        return self.writer(tokens, hidden, memory, blank)[0]

    @torch.no_grad()
    def greedy(self, src, limit):
        hidden, memory, blank = self.start(src)
        token = torch.full((src.size(0), 1), BOS)
        done = torch.zeros(src.size(0), dtype=torch.bool)
        written = []
        for _ in range(limit):
            logits, hidden = self.writer(token, hidden, memory, blank)
            token = logits[:, -1:].argmax(dim=-1)
            token = token.masked_fill(done[:, None], PAD)
            done = done | (token[:, 0] == EOS)
            written.append(token)
            if done.all():
                break
        return torch.cat(written, dim=1)


# ------------------------------------------------------------------------------------------------ training
def config():
    names = ("embedding_dim", "hidden_units", "dropout", "optimizer", "learning_rate", "beta1", "beta2", "eps",
             "weight_decay", "batch_size", "steps", "warmup_steps", "lr_schedule", "grad_clip")
    return {name: SPEC[name] for name in names}


def setup(seed, config=None):
    hp = globals()["config"]()
    hp.update(config or {})
    torch.manual_seed(seed)
    model = Transducer(hp)
    adam = torch.optim.Adam(
        model.parameters(), lr=hp["learning_rate"], betas=(hp["beta1"], hp["beta2"]), eps=hp["eps"],
        weight_decay=hp["weight_decay"],
    )
    warm = hp["warmup_steps"]
    ramp = torch.optim.lr_scheduler.LambdaLR(adam, lambda i: min((i + 1) / warm, math.sqrt(warm / (i + 1))))
    train, test = corpora()
    return SimpleNamespace(
        nets={"model": model}, optimizers={"model": adam}, schedulers={"model": ramp},
        train=train, test=test, hp=hp, seed=seed, step=0,
    )


def loss_fn(model, batch):
    given, wanted = batch.tgt[:, :-1], batch.tgt[:, 1:]
    logits = model(batch.src, given)
    return F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD)


def train_step(state, batch):
    model, adam = state.nets["model"], state.optimizers["model"]
    model.train()
    adam.zero_grad()
    loss = loss_fn(model, batch)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), state.hp["grad_clip"])
    adam.step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    data = state.test if dataset is None else dataset
    model = state.nets["model"]
    model.eval()
    nll = 0.0
    tokens = right = exact = 0
    for lo in range(0, len(data), 200):
        src, tgt = collate([data[i] for i in range(lo, min(lo + 200, len(data)))])
        wanted = tgt[:, 1:]
        real = wanted != PAD
        logits = model(src, tgt[:, :-1])
        picked = logits.log_softmax(dim=-1).gather(-1, wanted[..., None])[..., 0]
        nll -= picked[real].double().sum().item()
        tokens += int(real.sum())
        right += int((logits.argmax(dim=-1) == wanted)[real].sum())
        written = model.greedy(src, SPEC["max_decode_length"])
        width = max(written.size(1), wanted.size(1))
        written = F.pad(written, (0, width - written.size(1)), value=PAD)
        answer = F.pad(wanted, (0, width - wanted.size(1)), value=PAD)
        exact += int((written == answer).all(dim=1).sum())
    model.train()
    return {
        "loss": nll / tokens,
        "n": len(data),
        "n_tokens": tokens,
        "perplexity": math.exp(nll / tokens),
        "accuracy": right / tokens,
        "exact_match": exact / len(data),
    }


# ------------------------------------------------------------------------------------------------ checkpoints
def save(state, path):
    torch.save(
        {
            "model": state.nets["model"].state_dict(),
            "adam": state.optimizers["model"].state_dict(),
            "ramp": state.schedulers["model"].state_dict(),
            "rng": torch.get_rng_state(),
            "hp": state.hp,
            "seed": state.seed,
            "step": state.step,
        },
        path,
    )


def load(path):
    kept = torch.load(path, weights_only=True)
    state = setup(kept["seed"], kept["hp"])
    state.nets["model"].load_state_dict(kept["model"])
    state.optimizers["model"].load_state_dict(kept["adam"])
    state.schedulers["model"].load_state_dict(kept["ramp"])
    state.step = kept["step"]
    torch.set_rng_state(kept["rng"])
    return state


def main(seed=SPEC["seed"]):
    state = setup(seed)
    for batch in batches(state):
        loss = train_step(state, batch)
        if state.step % 100 == 0:
            print(state.step, round(float(loss), 4))
        if state.step >= state.hp["steps"]:
            break
    print(evaluate(state))
    return state


if __name__ == "__main__":
    main()
