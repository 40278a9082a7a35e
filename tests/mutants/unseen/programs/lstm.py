"""An LSTM that classifies padded token sequences: which of two topics, and which of two markers stands first."""
import contextlib

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset

FAMILY = "sequence"

SPEC = {
    "optimizer": "Adam", "learning_rate": 0.006, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0,
    "batch_size": 64, "steps": 250, "lr_schedule": "step", "lr_milestones": [180], "lr_decay_factor": 0.1,
    "dropout": 0.2, "label_smoothing": 0.05, "grad_clip": 0.5,
    "init": "orthogonal recurrent weights, forget gate bias 1",
    "augmentation": "each token replaced by <unk> with probability 0.05",
    "hidden_units": 48, "n_layers": 1, "vocab_size": 30, "pad_index": 0, "n_classes": 4, "n_parameters": 15124,
    "min_accuracy": 0.95, "seed": 0, "n_seeds": 10,
}

PAD, UNK, FIRST, SECOND, VOCAB = 0, 1, 2, 3, 30
EMBED, HIDDEN, CLASSES = 24, 48, 4
BATCH = 64
device = "cuda" if torch.cuda.is_available() else "cpu"


class Sentences(Dataset):
    """Items: (tokens of one sentence without padding, label). `unk` is the rate of word dropout."""

    def __init__(self, sentences, labels, unk=0.0):
        self.sentences = [torch.as_tensor(s, dtype=torch.long) for s in sentences]
        self.labels = [int(y) for y in labels]
        self.unk = unk

    def __len__(self):
        return len(self.sentences)

    def __getitem__(self, i):
        tokens = self.sentences[i]
        if self.unk:
            tokens = tokens.masked_fill(torch.rand(len(tokens)) < self.unk, UNK)
        return tokens, self.labels[i]


def write_sentences(n, rng):
    sentences, labels = [], []
    for _ in range(n):
        topic, order = rng.integers(2), rng.integers(2)
        length = rng.integers(6, 25)
        low = 4 + 9 * topic
        words = np.where(rng.random(length) < 0.6, rng.integers(low, low + 9, length), rng.integers(4, VOCAB, length))
        a, b = sorted(rng.choice(length, 2, replace=False))
        words[a], words[b] = (FIRST, SECOND) if order == 0 else (SECOND, FIRST)
        sentences.append(words)
        labels.append(2 * topic + order)
    return sentences, labels


def collate(items):
    tokens, labels = zip(*items)
    return {
        "tokens": pad_sequence(tokens, batch_first=True, padding_value=PAD),
        "lengths": torch.tensor([len(t) for t in tokens]),
        "labels": torch.tensor(labels),
    }


def seed_worker(worker_id):
    np.random.seed(torch.initial_seed() % 2**32)


def make_loader(dataset, workers, seed):
    g = torch.Generator()
    g.manual_seed(seed)
    return DataLoader(dataset, BATCH, shuffle=True, num_workers=workers, collate_fn=collate,
                      worker_init_fn=seed_worker, generator=g)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCAB, EMBED, padding_idx=PAD)
        self.lstm = nn.LSTM(EMBED, HIDDEN, batch_first=True)
        self.drop = nn.Dropout(0.2)
        self.out = nn.Linear(HIDDEN, CLASSES)
        nn.init.orthogonal_(self.lstm.weight_hh_l0)
        nn.init.xavier_uniform_(self.lstm.weight_ih_l0)
        with torch.no_grad():
            self.lstm.bias_ih_l0.zero_()
            self.lstm.bias_hh_l0.zero_()
            self.lstm.bias_ih_l0[HIDDEN:2 * HIDDEN] = 1.0

    def forward(self, tokens):
        lengths = (tokens != PAD).sum(dim=1)
        packed = pack_padded_sequence(self.drop(self.embedding(tokens)), lengths.cpu(), batch_first=True, enforce_sorted=False)
        _, (h, _) = self.lstm(packed)
        return self.out(self.drop(h[-1]))


class Run:
    """Everything that one training owns."""

    def __init__(self, seed):
        torch.manual_seed(seed)
        train = write_sentences(3000, np.random.default_rng(11))
        test = write_sentences(800, np.random.default_rng(12))
        self.train, self.test = Sentences(*train, unk=0.05), Sentences(*test)
        model = Classifier().to(device)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.006, betas=(0.9, 0.999), eps=1e-8)
        self.nets = {"model": model}
        self.optimizers = {"model": optimizer}
        self.schedulers = {"model": torch.optim.lr_scheduler.StepLR(optimizer, step_size=180, gamma=0.1)}
        self.step, self.seed = 0, seed


def setup(seed, config=None):
    return Run(seed)


@contextlib.contextmanager
def seeded(*key):
    """A block with its own random numbers, which leaves the global ones as they were."""
    with torch.random.fork_rng():
        torch.manual_seed(int(np.random.SeedSequence(key).generate_state(1)[0]))
        yield


def batches(state):
    n, step = len(state.train), state.step
    while True:
        epoch, k = divmod(step, n // BATCH)
        with seeded(state.seed, 1, epoch):
            picks = torch.randperm(n)[k * BATCH:(k + 1) * BATCH].tolist()
        with seeded(state.seed, 2, step):
            batch = collate([state.train[i] for i in picks])
        yield batch
        step += 1


def loss_fn(model, batch):
    logits = model(batch["tokens"].to(device))
    return nn.functional.cross_entropy(logits, batch["labels"].to(device), label_smoothing=0.05)


def train_step(state, batch):
    model, opt, sched = state.nets["model"], state.optimizers["model"], state.schedulers["model"]
    model.train()
    with seeded(state.seed, 3, state.step):
        loss = loss_fn(model, batch)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    opt.step()
    sched.step()
    state.step += 1
    return loss.detach()


def evaluate(state, dataset=None):
    if dataset is None:
        dataset = state.test
    model = state.nets["model"]
    model.eval()
    total, correct, n = 0.0, 0, 0
    with torch.no_grad(), seeded(state.seed, 4):
        for start in range(0, len(dataset), 200):
            batch = collate([dataset[i] for i in range(start, min(len(dataset), start + 200))])
            size = len(batch["labels"])
            total += loss_fn(model, batch).item() * size
            correct += (model(batch["tokens"].to(device)).argmax(-1).cpu() == batch["labels"]).sum().item()
            n += size
    model.train()
    return {"loss": total / n, "n": n, "accuracy": correct / n}


def save(state, path):
    torch.save({"step": state.step, "seed": state.seed, "net": state.nets["model"].state_dict(),
                "opt": state.optimizers["model"].state_dict(), "sched": state.schedulers["model"].state_dict()}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = setup(d["seed"])
    state.nets["model"].load_state_dict(d["net"])
    state.optimizers["model"].load_state_dict(d["opt"])
    state.schedulers["model"].load_state_dict(d["sched"])
    state.step = d["step"]
    return state


if __name__ == "__main__":
    run = setup(0)
    for batch in batches(run):
        loss = train_step(run, batch)
        if run.step == SPEC["steps"]:
            break
    print(loss.item(), evaluate(run))
