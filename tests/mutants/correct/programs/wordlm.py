"""Word-level language model, after the layout of the example repositories (data.py / model.py / main.py in one file)."""
import math
from argparse import Namespace

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim.swa_utils import AveragedModel

FAMILY = "language_model"
SPEC = {
    "learning_rate": 8.0, "optimizer": "SGD without momentum, iterates averaged uniformly from step 500 on",
    "weight_decay": 1.2e-6, "batch_size": 20, "steps": 800, "grad_clip": 0.25,
    "dropout": 0.2, "other_dropout": "recurrent weights 0.2, input 0.1, whole words of the embedding 0.05; one mask for all time steps",
    "loss": "cross entropy per token, in training plus 0.5 * activation regularisation and 0.25 * temporal activation regularisation",
    "bptt": "20 with probability 0.95, else 10, plus N(0, 2), kept within 5..30; the learning rate of a step is multiplied by length / 20; each segment starts at a zero hidden state in training",
    "evaluation": "the averaged weights, batch size 1, hidden state carried over the test text",
    "initialisation": "embeddings uniform in [-0.1, 0.1], recurrent weights uniform in +-1/sqrt(hidden)",
    "n_parameters": 41145, "max_loss": 1.65,
}
args = Namespace(bptt=20, nhid=64, nlayers=1, dropouti=0.1, dropout=0.2, wdrop=0.2, dropoute=0.05, alpha=0.5, beta=0.25, avg_from=500)

# ---- data.py
class Corpus:
    """A small artificial text: every word has four possible successors, sentences end in <eos>."""

    def __init__(self, n_words=120, train_tokens=24000, test_tokens=3000):
        rng = np.random.default_rng(20170807)
        self.words = ["<eos>"] + ["w%d" % i for i in range(1, n_words + 1)]
        follow = np.stack([rng.choice(np.arange(1, n_words + 1), 4, replace=False) for _ in self.words])
        stream, w, length = [], 0, 0
        while len(stream) < train_tokens + test_tokens:
            if w and length >= 3 and rng.random() < 0.15:
                w, length = 0, 0
            else:
                w, length = int(rng.choice(follow[w], p=[0.5, 0.25, 0.15, 0.1])), length + 1
            stream.append(w)
        ids = torch.tensor(stream)
        self.train, self.test = ids[:train_tokens], ids[train_tokens:]
        self.ntoken = len(self.words)

def batchify(data, bsz):
    nbatch = data.size(0) // bsz
    return data.narrow(0, 0, nbatch * bsz).view(bsz, -1).t().contiguous()

def get_batch(source, i, seq_len):
    seq_len = min(seq_len, len(source) - 1 - i)
    return source[i:i + seq_len], source[i + 1:i + 1 + seq_len].reshape(-1)

# ---- model.py
def locked_dropout(x, p, training):
    if not training or p == 0:
        return x
    mask = x.new_empty(1, x.size(1), x.size(2)).bernoulli_(1 - p) / (1 - p)
    return x * mask

class RNNModel(nn.Module):
    def __init__(self, ntoken, nhid):
        super().__init__()
        self.nhid = nhid
        self.encoder = nn.Embedding(ntoken, nhid)
        self.rnn = nn.LSTM(nhid, nhid)
        self.decoder = nn.Linear(nhid, ntoken)
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)
        self.decoder.weight = self.encoder.weight  # tied

    def init_hidden(self, bsz):
        w = self.encoder.weight
        return w.new_zeros(1, bsz, self.nhid), w.new_zeros(1, bsz, self.nhid)

    def forward(self, x, hidden=None, return_h=False):
        hidden = self.init_hidden(x.size(1)) if hidden is None else hidden
        table = self.encoder.weight
        if self.training:
            keep = 1 - args.dropoute  # whole words are dropped
            table = table * (table.new_empty(table.size(0), 1).bernoulli_(keep) / keep)
        emb = locked_dropout(F.embedding(x, table), args.dropouti, self.training)
        r = self.rnn
        w_hh = F.dropout(r.weight_hh_l0, args.wdrop, self.training)  # one mask for all time steps
        raw, h, c = torch.lstm(emb, hidden, [r.weight_ih_l0, w_hh, r.bias_ih_l0, r.bias_hh_l0],
                               True, 1, 0.0, self.training, False, False)
        out = locked_dropout(raw, args.dropout, self.training)
        logits = self.decoder(out)
        return (logits, (h, c), raw, out) if return_h else (logits, (h, c))

# ---- main.py
def setup(seed, config=None):
    torch.manual_seed(seed)
    corpus = Corpus()
    model = RNNModel(corpus.ntoken, args.nhid)
    sgd = torch.optim.SGD(model.parameters(), lr=SPEC["learning_rate"], weight_decay=SPEC["weight_decay"])
    return Namespace(nets={"model": model}, optimizers={"sgd": sgd}, schedulers={}, step=0, seed=seed, train=corpus.train,
                     test=corpus.test, averaged=AveragedModel(model), train_data=batchify(corpus.train, SPEC["batch_size"]))

def segments(seed, n):
    """(start, length) of the segments of one pass after the other; each pass starts at its own small offset."""
    epoch = 0
    while True:
        rng = np.random.default_rng((seed, epoch))
        i = int(rng.integers(args.bptt))
        while i < n - 2:
            base = args.bptt if rng.random() < 0.95 else args.bptt // 2
            length = int(np.clip(round(rng.normal(base, 2)), 5, 30))
            yield i, length
            i += length
        epoch += 1

def batches(state):
    start = state.step
    for k, (i, length) in enumerate(segments(state.seed, len(state.train_data))):
        if k >= start:
            yield get_batch(state.train_data, i, length)

def loss_fn(model, batch):
    data, targets = batch
    logits, _, raw, out = model(data, return_h=True)
    loss = F.cross_entropy(logits.view(-1, logits.size(-1)), targets)
    if model.training:
        loss = loss + args.alpha * out.pow(2).mean()
        if len(raw) > 1:
            loss = loss + args.beta * (raw[1:] - raw[:-1]).pow(2).mean()
    return loss

def train_step(state, batch):
    model, optimizer = state.nets["model"], state.optimizers["sgd"]
    model.train()
    group = optimizer.param_groups[0]
    lr = group["lr"]
    group["lr"] = lr * len(batch[0]) / args.bptt  # short segments take short steps
    optimizer.zero_grad()
    loss = loss_fn(model, batch)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), SPEC["grad_clip"])
    optimizer.step()
    group["lr"] = lr
    state.step += 1
    if state.step >= args.avg_from:
        state.averaged.update_parameters(model)
    return loss.detach()

@torch.no_grad()
def evaluate(state, dataset=None):
    net = state.averaged.module if int(state.averaged.n_averaged) else state.nets["model"]
    was_training = net.training
    net.eval()
    source = batchify(state.test if dataset is None else dataset, 1)
    total, right, n, hidden = 0.0, 0, 0, None
    for i in range(0, len(source) - 1, 100):
        data, targets = get_batch(source, i, 100)
        logits, hidden = net(data, hidden)
        logits = logits.view(-1, logits.size(-1))
        total += F.cross_entropy(logits, targets, reduction="sum").item()
        right += (logits.argmax(-1) == targets).sum().item()
        n += len(targets)
    net.train(was_training)
    return {"loss": total / n, "perplexity": math.exp(total / n), "accuracy": right / n, "n": n}

def save(state, path):
    torch.save({"model": state.nets["model"].state_dict(), "averaged": state.averaged.state_dict(), "optimizer": state.optimizers["sgd"].state_dict(),
                "step": state.step, "seed": state.seed, "rng": torch.get_rng_state()}, path)

def load(path):
    ckpt = torch.load(path, weights_only=True)
    state = setup(ckpt["seed"])
    state.nets["model"].load_state_dict(ckpt["model"])
    state.averaged.load_state_dict(ckpt["averaged"])
    state.optimizers["sgd"].load_state_dict(ckpt["optimizer"])
    state.step = ckpt["step"]
    torch.set_rng_state(ckpt["rng"])
    return state
