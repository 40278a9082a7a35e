"""Homework 4: machine translation with a transformer (encoder-decoder), on a toy pair of languages.

Part (a) data, part (b) model, part (c) the training loop, part (d) decoding.
"""
import random
from typing import NamedTuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FAMILY = "sequence"
SPEC = {
    "lr_schedule": "d_model^-0.5 * min(step^-0.5, step * warmup_steps^-1.5)", "warmup_steps": 100, "d_model": 48,
    "optimizer": "Adam", "beta1": 0.9, "beta2": 0.98, "batch_size": 48, "steps": 240, "dropout": 0.1,
    "label_smoothing": 0.1, "pad_index": 0,
    "loss": "KL divergence to the smoothed targets: 0.9 on the right token, 0.1 spread over the other tokens except padding; mean over target tokens",
    "evaluation": "unsmoothed cross entropy and accuracy per target token under teacher forcing, and exact matches of greedy decoding",
    "min_accuracy": 0.93,
}
PAD, BOS, EOS = 0, 1, 2
MAX_LEN = 16

# (a) ----
def make_corpus(n=2600):
    """'det adj* noun verb det adj* noun' -> 'noun adj* det ...': words are mapped, each noun phrase is turned around."""
    rng = random.Random(11)
    nouns, adjs, verbs, dets = range(3, 15), range(15, 23), range(23, 31), range(31, 34)
    table = list(range(3, 34))
    rng.shuffle(table)
    word = {s: t for s, t in zip(range(3, 34), table)}  # source word -> target word

    def phrase():
        return [rng.choice(dets)] + rng.sample(adjs, rng.randint(0, 2)) + [rng.choice(nouns)]

    pairs = {}
    while len(pairs) < n:
        a, v, b = phrase(), rng.choice(verbs), phrase()
        pairs[tuple(a + [v] + b)] = [word[w] for w in a[::-1] + [v] + b[::-1]]
    return [(list(s) + [EOS], [BOS] + t + [EOS]) for s, t in pairs.items()]


class Batch(NamedTuple):
    src: torch.Tensor  # B x S
    tgt: torch.Tensor  # B x T, with BOS and EOS


def collate(items):
    def pad(rows):
        return nn.utils.rnn.pad_sequence([torch.tensor(r) for r in rows], batch_first=True, padding_value=PAD)
    return Batch(pad([s for s, _ in items]), pad([t for _, t in items]))


def make_loader(dataset, workers=0, seed=0):
    return torch.utils.data.DataLoader(dataset, SPEC["batch_size"], shuffle=True, num_workers=workers, collate_fn=collate,
                                       generator=torch.Generator().manual_seed(seed))

# (b) ----
class Transformer(nn.Module):
    def __init__(self, vocab=34, d=SPEC["d_model"], heads=4, layers=1, p=SPEC["dropout"]):
        super().__init__()
        self.d = d
        self.src_emb, self.tgt_emb = nn.Embedding(vocab, d), nn.Embedding(vocab, d)
        kw = dict(dim_feedforward=2 * d, dropout=p, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(d, heads, **kw), layers, nn.LayerNorm(d), enable_nested_tensor=False)
        self.decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(d, heads, **kw), layers, nn.LayerNorm(d))
        self.generator = nn.Linear(d, vocab)
        self.drop = nn.Dropout(p)
        pos, i = torch.arange(MAX_LEN)[:, None], torch.arange(0, d, 2)[None]
        angle = pos / 10000 ** (i / d)
        self.register_buffer("pe", torch.stack((angle.sin(), angle.cos()), -1).flatten(1))
        for w in self.parameters():
            if w.dim() > 1:
                nn.init.xavier_uniform_(w)

    def encode(self, src):
        return self.encoder(self.drop(self.src_emb(src) * self.d ** 0.5 + self.pe[:src.size(1)]), src_key_padding_mask=src == PAD)

    def decode(self, memory, src, tgt):
        n = tgt.size(1)
        future = torch.triu(torch.ones(n, n, dtype=torch.bool), 1)  # True: must not be looked at
        x = self.drop(self.tgt_emb(tgt) * self.d ** 0.5 + self.pe[:n])
        h = self.decoder(x, memory, tgt_mask=future, tgt_key_padding_mask=tgt == PAD, memory_key_padding_mask=src == PAD)
        return F.log_softmax(self.generator(h), -1)

    def forward(self, src, tgt):
        return self.decode(self.encode(src), src, tgt)

# (c) ----
class State:
    def __init__(self, seed):
        torch.manual_seed(seed)
        self.seed, self.step = seed, 0
        pairs = make_corpus()
        self.train, self.test = pairs[:2300], pairs[2300:]
        model = Transformer()
        adam = torch.optim.Adam(model.parameters(), lr=1.0, betas=(0.9, 0.98), eps=1e-9)  # the schedule is the whole rate
        d, w = SPEC["d_model"], SPEC["warmup_steps"]
        noam = torch.optim.lr_scheduler.LambdaLR(adam, lambda k: d ** -0.5 * min((k + 1) ** -0.5, (k + 1) * w ** -1.5))
        self.nets, self.optimizers, self.schedulers = {"model": model}, {"adam": adam}, {"noam": noam}

setup = lambda seed, config=None: State(seed)  # noqa: E731

def batches(state):
    step, per_epoch = state.step, len(state.train) // SPEC["batch_size"]
    while True:
        order = np.random.default_rng([state.seed, step // per_epoch]).permutation(len(state.train))
        k = step % per_epoch * SPEC["batch_size"]
        yield collate([state.train[i] for i in order[k:k + SPEC["batch_size"]]])
        step += 1


def loss_fn(model, batch):
    gold = batch.tgt[:, 1:]
    logp = model(batch.src, batch.tgt[:, :-1])[gold != PAD]
    gold, eps = gold[gold != PAD], SPEC["label_smoothing"]
    want = torch.full_like(logp, eps / (logp.size(-1) - 2))
    want[:, PAD] = 0.0
    want.scatter_(1, gold[:, None], 1 - eps)
    return F.kl_div(logp, want, reduction="sum") / len(gold)


def train_step(state, batch):
    model = state.nets["model"]
    model.train()
    state.optimizers["adam"].zero_grad()
    loss = loss_fn(model, batch)
    loss.backward()
    state.optimizers["adam"].step()
    state.schedulers["noam"].step()
    state.step += 1
    return loss.item()

# (d) ----
def greedy(model, src):
    memory, out = model.encode(src), torch.full((len(src), 1), BOS)
    done = torch.zeros(len(src), dtype=torch.bool)
    while out.size(1) < MAX_LEN and not done.all():
        nxt = model.decode(memory, src, out)[:, -1].argmax(-1).masked_fill(done, PAD)
        out, done = torch.cat((out, nxt[:, None]), 1), done | (nxt == EOS)
    return [[t for t in row if t != PAD] for row in out.tolist()]


@torch.no_grad()
def evaluate(state, dataset=None):
    items, model = state.test if dataset is None else dataset, state.nets["model"]
    training = model.training
    model.eval()
    nll = right = n = exact = 0
    for i in range(0, len(items), 100):
        batch = collate(items[i:i + 100])
        gold, logp = batch.tgt[:, 1:], model(batch.src, batch.tgt[:, :-1])
        nll += F.nll_loss(logp.transpose(1, 2), gold, ignore_index=PAD, reduction="sum").item()
        right += ((logp.argmax(-1) == gold) & (gold != PAD)).sum().item()
        n += (gold != PAD).sum().item()
        exact += sum(a == b[1] for a, b in zip(greedy(model, batch.src), items[i:i + 100]))
    model.train(training)
    return {"loss": nll / n, "accuracy": right / n, "exact_match": exact / len(items), "n": n}


def save(state, path):
    parts = {"nets": state.nets, "optimizers": state.optimizers, "schedulers": state.schedulers}
    blob = {k: {name: x.state_dict() for name, x in group.items()} for k, group in parts.items()}
    torch.save(blob | {"seed": state.seed, "step": state.step, "rng": torch.get_rng_state()}, path)


def load(path):
    blob = torch.load(path, weights_only=True)
    state = State(blob["seed"])
    for k in ("nets", "optimizers", "schedulers"):
        for name, x in getattr(state, k).items():
            x.load_state_dict(blob[k][name])
    state.step = blob["step"]
    torch.set_rng_state(blob["rng"])
    return state
