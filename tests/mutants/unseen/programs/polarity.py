"""Sentence polarity (negative / neutral / positive) under negation: a bidirectional LSTM with additive attention pooling.

A "sentence" is made of filler words with one or two opinion words in it; a negator turns the opinion word after it
around, and the label is the sign of the sum of all opinions.
"""
import math
import random
from types import SimpleNamespace
from typing import NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils import rnn

FAMILY = "classifier"

SPEC = dict(
    optimizer="AdamW",
    learning_rate=1e-2,
    beta1=0.9,
    beta2=0.98,
    eps=1e-8,
    weight_decay=0.02,
    weight_decay_on="weight matrices only: no decay of biases, of the layer norm and of the embedding",
    lr_schedule="cosine",
    warmup_steps=20,
    steps=260,
    batch_size=64,
    dropout=0.2,
    label_smoothing=0.1,
    grad_clip=0.5,
    n_classes=3,
    vocab_size=40,
    pad_index=0,
    embedding_dim=24,
    hidden_units=32,
    n_layers=1,
    bidirectional=True,
    init="embedding normal(0, 0.5) with a zero row for padding, recurrent weights orthogonal, forget gate bias 1",
    pooling="additive attention over the words of the sentence, padding left out",
    sampling="every sentence once per epoch in a new order each epoch, the incomplete last batch dropped",
    n_train=3200,
    n_test=900,
    n_parameters=20355,
    min_accuracy=0.95,
    metrics="accuracy and macro-averaged F1 on the test set",
)


def config():
    return {
        "lr": 1e-2, "betas": (0.9, 0.98), "eps": 1e-8, "weight_decay": 0.02, "warmup_steps": 20, "steps": 260,
        "batch_size": 64, "dropout": 0.2, "label_smoothing": 0.1, "grad_clip": 0.5, "embedding_dim": 24, "hidden_units": 32,
    }


# ---------------------------------------------------------------------------------------------------------------- data
PAD_ID = 0
NEGATORS = (1, 2)
POSITIVE = tuple(range(3, 9))
NEGATIVE = tuple(range(9, 15))
FILLER = tuple(range(15, 40))
N_WORDS = 40
LABELS = ("negative", "neutral", "positive")


class Batch(NamedTuple):
    ids: Tensor      # (B, T) int64, PAD_ID behind the end of a sentence
    mask: Tensor     # (B, T) bool, True on words
    target: Tensor   # (B,) int64


def compose(label, rnd):
    """One sentence (a list of word ids) whose opinions sum to the sign label - 1."""
    while True:
        opinions = [rnd.choice((-1, 1)) for _ in range(rnd.randint(1, 2))]
        total = sum(opinions)
        if (total > 0) - (total < 0) == label - 1:
            break
    phrases = [[rnd.choice(FILLER)] for _ in range(rnd.randint(3, 12))]
    for sign in opinions:
        negated = rnd.random() < 0.4
        word = rnd.choice(POSITIVE if (sign > 0) != negated else NEGATIVE)
        phrases.append([rnd.choice(NEGATORS), word] if negated else [word])
    rnd.shuffle(phrases)
    return [word for phrase in phrases for word in phrase]


class Corpus(torch.utils.data.Dataset):
    def __init__(self, size, seed):
        rnd = random.Random(seed)
        self.labels = [i % len(LABELS) for i in range(size)]
        rnd.shuffle(self.labels)
        self.texts = [compose(label, rnd) for label in self.labels]

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.texts[index], self.labels[index]


def collate(items):
    longest = max(len(text) for text, _ in items)
    ids = torch.full((len(items), longest), PAD_ID)
    mask = torch.zeros(len(items), longest, dtype=torch.bool)
    for row, (text, _) in enumerate(items):
        ids[row, :len(text)] = torch.tensor(text)
        mask[row, :len(text)] = True
    return Batch(ids, mask, torch.tensor([label for _, label in items]))


def worker_init(worker_id):
    random.seed(torch.initial_seed() % 2**32)


def make_loader(dataset, workers, seed):
    return torch.utils.data.DataLoader(
        dataset, batch_size=64, shuffle=True, drop_last=True, num_workers=workers, collate_fn=collate,
        worker_init_fn=worker_init, generator=torch.Generator().manual_seed(seed))


def epoch_order(size, seed, epoch):
    return torch.randperm(size, generator=torch.Generator().manual_seed(1_000_003 * seed + epoch)).tolist()


def batches(state):
    size = state.config["batch_size"]
    per_epoch = len(state.train) // size
    epoch, first = divmod(state.step, per_epoch)
    while True:
        order = epoch_order(len(state.train), state.seed, epoch)
        for k in range(first, per_epoch):
            yield collate([state.train[i] for i in order[size * k:size * (k + 1)]])
        epoch, first = epoch + 1, 0


# --------------------------------------------------------------------------------------------------------------- model
class AttentionPool(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.key = nn.Linear(width, width)
        self.query = nn.Linear(width, 1, bias=False)

    def forward(self, h, mask):
        scores = self.query(torch.tanh(self.key(h))).squeeze(-1)
        weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=1)
        return torch.einsum("bt,btd->bd", weights, h)


class PolarityNet(nn.Module):
    def __init__(self, dim, hidden, dropout, smoothing):
        super().__init__()
        self.smoothing = smoothing
        self.words = nn.Embedding(N_WORDS, dim, padding_idx=PAD_ID)
        self.encoder = nn.LSTM(dim, hidden, bidirectional=True, batch_first=True)
        self.norm = nn.LayerNorm(2 * hidden)
        self.pool = AttentionPool(2 * hidden)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * hidden, len(LABELS))
        self.reset_parameters()

    @torch.no_grad()
    def reset_parameters(self):
        self.words.weight.normal_(0, 0.5)
        self.words.weight[PAD_ID] = 0
        for name, p in self.encoder.named_parameters():
            if name.startswith("weight_hh"):
                nn.init.orthogonal_(p)
            elif name.startswith("weight_ih"):
                nn.init.xavier_uniform_(p)
            else:
                p.zero_()
                if name.startswith("bias_ih"):
                    input_gate, forget_gate, cell, output_gate = p.chunk(4)
                    forget_gate.fill_(1)

    def forward(self, ids, mask):
        x = self.dropout(self.words(ids))
        packed = rnn.pack_padded_sequence(x, mask.sum(1).cpu(), batch_first=True, enforce_sorted=False)
        h, _ = rnn.pad_packed_sequence(self.encoder(packed)[0], batch_first=True, total_length=ids.shape[1])
        return self.head(self.dropout(self.pool(self.norm(h), mask)))


def to_device(batch, model):
    return Batch(*(part.to(model.head.weight.device) for part in batch))


def loss_fn(model, batch):
    batch = to_device(batch, model)
    return F.cross_entropy(model(batch.ids, batch.mask), batch.target, label_smoothing=model.smoothing)


# ------------------------------------------------------------------------------------------------------------ training
def parameter_groups(model, weight_decay):
    groups = {True: [], False: []}
    for name, p in model.named_parameters():
        groups[p.ndim > 1 and not name.startswith("words")].append(p)
    return [{"params": groups[True], "weight_decay": weight_decay}, {"params": groups[False], "weight_decay": 0.0}]


def warmup_cosine(warmup, total):
    def factor(step):
        if step < warmup:
            return (step + 1) / warmup
        progress = min(1.0, (step - warmup) / (total - warmup))
        return 0.5 * (1 + math.cos(math.pi * progress))
    return factor


class Noise:
    """The random stream of one training (dropout); it goes into the checkpoint."""

    def __init__(self, seed):
        self.cpu = torch.Generator().manual_seed(seed + 77).get_state()
        self.seed = seed

    def __enter__(self):
        self.outer = torch.get_rng_state()
        self.outer_cuda = torch.cuda.get_rng_state() if torch.cuda.is_available() else None
        torch.set_rng_state(self.cpu)
        if self.outer_cuda is not None:  # the stream of the device is drawn from that of the host
            torch.cuda.manual_seed(int(torch.randint(2**31, ())))

    def __exit__(self, *error):
        self.cpu = torch.get_rng_state()
        torch.set_rng_state(self.outer)
        if self.outer_cuda is not None:
            torch.cuda.set_rng_state(self.outer_cuda)


def setup(seed, config=None):
    c = {**globals()["config"](), **(config or {})}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        net = PolarityNet(c["embedding_dim"], c["hidden_units"], c["dropout"], c["label_smoothing"])
    net.to("cuda" if torch.cuda.is_available() else "cpu")
    adam = torch.optim.AdamW(parameter_groups(net, c["weight_decay"]), lr=c["lr"], betas=c["betas"], eps=c["eps"])
    plan = torch.optim.lr_scheduler.LambdaLR(adam, warmup_cosine(c["warmup_steps"], c["steps"]))
    return SimpleNamespace(
        nets={"model": net}, optimizers={"model": adam}, schedulers={"model": plan}, step=0, seed=seed, config=c,
        noise=Noise(seed), train=Corpus(SPEC["n_train"], seed=2024), test=Corpus(SPEC["n_test"], seed=2025))


def train_step(state, batch):
    net, adam, plan = (part["model"] for part in (state.nets, state.optimizers, state.schedulers))
    net.train()
    adam.zero_grad(set_to_none=True)
    with state.noise:
        loss = loss_fn(net, batch)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), state.config["grad_clip"])
    adam.step()
    plan.step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    dataset = state.test if dataset is None else dataset
    net = state.nets["model"]
    net.eval()
    confusion = torch.zeros(len(LABELS), len(LABELS))  # [truth, guess]
    summed = 0.0
    for at in range(0, len(dataset), 128):
        batch = collate([dataset[i] for i in range(at, min(at + 128, len(dataset)))])
        summed += loss_fn(net, batch).item() * len(batch.target)
        moved = to_device(batch, net)
        guess = net(moved.ids, moved.mask).argmax(dim=1).cpu()
        confusion += torch.bincount(len(LABELS) * batch.target + guess, minlength=len(LABELS) ** 2).view(len(LABELS), -1)
    net.train()
    hits = confusion.diag()
    f1 = 2 * hits / (confusion.sum(0) + confusion.sum(1)).clamp(min=1)
    n = int(confusion.sum())
    return {"loss": summed / n, "n": n, "accuracy": hits.sum().item() / n, "macro_f1": f1.mean().item()}


def save(state, path):
    torch.save({
        "step": state.step, "seed": state.seed, "config": state.config, "noise": state.noise.cpu,
        "net": state.nets["model"].state_dict(), "adam": state.optimizers["model"].state_dict(),
        "plan": state.schedulers["model"].state_dict()}, path)


def load(path):
    saved = torch.load(path, weights_only=True, map_location="cpu")
    state = setup(saved["seed"], saved["config"])
    state.nets["model"].load_state_dict(saved["net"])
    state.optimizers["model"].load_state_dict(saved["adam"])
    state.schedulers["model"].load_state_dict(saved["plan"])
    state.noise.cpu = saved["noise"]
    state.step = saved["step"]
    return state


def main(seed=0):
    state = setup(seed)
    for batch in batches(state):
        if state.step >= state.config["steps"]:
            break
        loss = train_step(state, batch)
        if state.step % 20 == 0:
            print(f"step {state.step:4d}  loss {loss.item():.4f}")
    print(evaluate(state))


if __name__ == "__main__":
    main()
