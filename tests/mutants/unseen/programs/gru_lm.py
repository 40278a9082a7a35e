"""Word-level language model (GRU) over one long made-up text.

The text is read in BATCH_SIZE parallel lanes; in every lane a window continues where the window before it ended, and the
hidden state goes along (truncated back-propagation through time).
"""
import argparse
import math
from collections import namedtuple

import numpy
import torch
import torch.nn as nn
import torch.utils.data as tud
from torch.nn.utils import clip_grad_norm_

FAMILY = "language_model"

SPEC = {
    "model": "one-layer GRU, output embedding tied to the input embedding",
    "vocabulary": 30, "embedding_size": 48, "hidden_size": 48, "num_layers": 1, "tie_weights": True, "dropout": 0.1,
    "init": "embedding uniform(-0.1, 0.1), decoder bias zero", "n_parameters": 15582,
    "optimizer": "Adam", "learning_rate": 0.008, "beta1": 0.9, "beta2": 0.99, "eps": 1e-8, "weight_decay": 0.0,
    "lr_schedule": "linear", "final_learning_rate": 0.0008,
    "grad_clip": 0.25, "grad_clip_type": "norm",
    "batch_size": 16, "bptt": 20, "hidden_state": "carried from window to window, zero at the start of an epoch",
    "epochs": 8, "steps": 400, "loss": "mean cross-entropy per word",
    "train_words": 16021, "test_words": 3011,
    "test_protocol": "the test text is read once from front to back as a single lane",
    "metric": "perplexity", "max_loss": 1.45, "max_perplexity": 4.26,
    "seed": 0, "n_seeds": 5,
}

# ---- constants of the experiment -------------------------------------------------------------------------------------
VOCABULARY = 30
WIDTH = 48
DROPOUT = 0.1
BATCH_SIZE = 16
BPTT = 20
STEPS = 400
LEARNING_RATE, FINAL_LEARNING_RATE = 0.008, 0.0008
BETAS = (0.9, 0.99)
CLIP = 0.25
TRAIN_WORDS, TEST_WORDS = 16021, 3011

Window = namedtuple("Window", "words targets")


# ---- text ------------------------------------------------------------------------------------------------------------
class Grammar:
    """Chapters of about 60 words.  A chapter opens with its hero (words 0-5); the word after "and" (6) is always the hero
    again, the other words (8-29) follow a sparse Markov chain and a full stop (7) ends a sentence."""

    AND, STOP, FIRST = 6, 7, 8

    def __init__(self):
        rng = numpy.random.RandomState(5)
        plain = VOCABULARY - self.FIRST
        self.following = numpy.stack([rng.choice(plain, 4, replace=False) for _ in range(plain)]) + self.FIRST
        self.openers = numpy.arange(self.FIRST, self.FIRST + 4)

    def write(self, n_words, seed):
        rng = numpy.random.RandomState(seed)
        text = []
        while len(text) < n_words:
            hero = rng.randint(6)
            text.append(hero)
            for _ in range(rng.randint(6, 11)):                              # sentences
                word = rng.choice(self.openers)
                text.append(word)
                for _ in range(rng.randint(3, 8)):
                    word = self.following[word - self.FIRST][rng.choice(4, p=(0.55, 0.25, 0.15, 0.05))]
                    text.append(word)
                if rng.rand() < 0.6:
                    text += [self.AND, hero]
                text.append(self.STOP)
        return numpy.asarray(text[:n_words], dtype=numpy.int64)


class Windows(tud.Dataset):
    """The windows of a text in reading order; the targets are the words one place further on.  The last may be shorter."""

    def __init__(self, text, size=BPTT):
        self.text = torch.as_tensor(text)
        self.size = size

    def __len__(self):
        return math.ceil((len(self.text) - 1) / self.size)

    def __getitem__(self, i):
        if not 0 <= i < len(self):
            raise IndexError(i)
        start = i * self.size
        stop = min(start + self.size, len(self.text) - 1)
        return Window(self.text[start:stop], self.text[start + 1:stop + 1])


class Lanes(tud.Sampler):
    """Batch k holds the k-th window of every lane; a lane is a contiguous part of the text."""

    def __init__(self, n_windows, n_lanes, first=0):
        self.per_lane = n_windows // n_lanes
        self.n_lanes = n_lanes
        self.first = first

    def __len__(self):
        return self.per_lane - self.first

    def __iter__(self):
        for k in range(self.first, self.per_lane):
            yield [lane * self.per_lane + k for lane in range(self.n_lanes)]


def collate(windows):
    return Window(torch.stack([w.words for w in windows]), torch.stack([w.targets for w in windows]))


def make_loader(dataset, workers, seed, lanes=BATCH_SIZE, first=0):
    """Reading order is fixed, so the seed only names the workers."""
    return tud.DataLoader(dataset, batch_sampler=Lanes(len(dataset), lanes, first), collate_fn=collate,
                          num_workers=workers, generator=torch.Generator().manual_seed(seed))


# ---- model -----------------------------------------------------------------------------------------------------------
class GRULanguageModel(nn.Module):
    def __init__(self, vocabulary=VOCABULARY, width=WIDTH, dropout=DROPOUT):
        super().__init__()
        self.encoder = nn.Embedding(vocabulary, width)
        self.drop = nn.Dropout(dropout)
        self.gru = nn.GRU(width, width, batch_first=True)
        self.decoder = nn.Linear(width, vocabulary)
        self.init_weights()
        self.decoder.weight = self.encoder.weight

    def init_weights(self):
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)

    def forward(self, words, hidden=None):
        """(lanes, time) word numbers -> (lanes, time, vocabulary) logits and the hidden state after the last word."""
        x = self.drop(self.encoder(words))
        x, hidden = self.gru(x, hidden)
        return self.decoder(self.drop(x)), hidden


# ---- run -------------------------------------------------------------------------------------------------------------
class Run:
    """Everything that changes while training, and the two texts."""

    def __init__(self, seed, settings):
        torch.manual_seed(seed)
        self.seed, self.settings = seed, settings
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        grammar = Grammar()
        self.train = Windows(grammar.write(TRAIN_WORDS, seed=1))
        self.test = Windows(grammar.write(TEST_WORDS, seed=2))
        model = GRULanguageModel(dropout=settings["dropout"]).to(self.device)
        optimizer = torch.optim.Adam(model.parameters(), lr=settings["learning_rate"], betas=BETAS)
        scheduler = torch.optim.lr_scheduler.LinearLR(
            optimizer, start_factor=1.0, end_factor=FINAL_LEARNING_RATE / LEARNING_RATE, total_iters=settings["steps"])
        self.nets = {"model": model}
        self.optimizers = {"model": optimizer}
        self.schedulers = {"model": scheduler}
        self.hidden = None
        self.step = 0

    @property
    def steps_per_epoch(self):
        return len(self.train) // self.settings["batch_size"]


def config():
    return {"learning_rate": LEARNING_RATE, "grad_clip": CLIP, "dropout": DROPOUT, "batch_size": BATCH_SIZE,
            "steps": STEPS}


def setup(seed, config=None):
    settings = globals()["config"]()
    settings.update(config or {})
    return Run(seed, settings)


def batches(run):
    first = run.step % run.steps_per_epoch
    while True:
        yield from make_loader(run.train, 0, run.seed, run.settings["batch_size"], first)
        first = 0


def cross_entropy(logits, targets, reduction="mean"):
    return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction=reduction)


def loss_fn(model, batch):
    """The loss of one batch read from a zero hidden state."""
    device = next(model.parameters()).device
    logits, _ = model(batch.words.to(device))
    return cross_entropy(logits, batch.targets.to(device))


def train_step(run, batch):
    model, optimizer = run.nets["model"], run.optimizers["model"]
    model.train()
    if run.step % run.steps_per_epoch == 0:
        run.hidden = None
    logits, hidden = model(batch.words.to(run.device), run.hidden)
    loss = cross_entropy(logits, batch.targets.to(run.device))
    optimizer.zero_grad()
    loss.backward()
    clip_grad_norm_(model.parameters(), run.settings["grad_clip"])
    optimizer.step()
    run.schedulers["model"].step()
    run.hidden = hidden.detach()
    run.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(run, dataset=None):
    dataset = run.test if dataset is None else dataset
    model = run.nets["model"]
    before = model.training
    model.eval()
    nats, n, hidden = 0.0, 0, None
    for window in dataset:
        words, targets = window.words[None].to(run.device), window.targets[None].to(run.device)
        logits, hidden = model(words, hidden)
        nats += cross_entropy(logits, targets, reduction="sum").item()
        n += targets.numel()
    model.train(before)
    return {"loss": nats / n, "perplexity": math.exp(nats / n), "n": n}


def save(run, path):
    torch.save({
        "seed": run.seed, "settings": run.settings, "step": run.step, "hidden": run.hidden,
        "model": run.nets["model"].state_dict(),
        "adam": run.optimizers["model"].state_dict(),
        "lr": run.schedulers["model"].state_dict(),
        "torch_rng": torch.get_rng_state(),
        "cuda_rng": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }, path)


def load(path):
    data = torch.load(path, map_location="cpu", weights_only=True)
    run = setup(data["seed"], data["settings"])
    run.step = data["step"]
    run.hidden = None if data["hidden"] is None else data["hidden"].to(run.device)
    run.nets["model"].load_state_dict(data["model"])
    run.optimizers["model"].load_state_dict(data["adam"])
    run.schedulers["model"].load_state_dict(data["lr"])
    torch.set_rng_state(data["torch_rng"])
    if data["cuda_rng"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(data["cuda_rng"])
    return run


def reference_forward(weights, x):
    """The logits from a zero hidden state, without dropout, in numpy float64."""
    w = {k: numpy.asarray(v, dtype=numpy.float64) for k, v in weights.items()}
    x = numpy.asarray(x)
    sigmoid = lambda a: 1.0 / (1.0 + numpy.exp(-a))
    h = numpy.zeros((x.shape[0], w["gru.weight_hh_l0"].shape[1]))
    logits = []
    for t in range(x.shape[1]):
        i = w["encoder.weight"][x[:, t]] @ w["gru.weight_ih_l0"].T + w["gru.bias_ih_l0"]
        g = h @ w["gru.weight_hh_l0"].T + w["gru.bias_hh_l0"]
        (ir, iz, inew), (gr, gz, gnew) = numpy.split(i, 3, axis=1), numpy.split(g, 3, axis=1)
        r, z = sigmoid(ir + gr), sigmoid(iz + gz)
        h = (1.0 - z) * numpy.tanh(inew + r * gnew) + z * h
        logits.append(h @ w["decoder.weight"].T + w["decoder.bias"])
    return numpy.stack(logits, axis=1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    run = setup(parser.parse_args().seed)
    for batch in batches(run):
        loss = train_step(run, batch)
        if run.step % run.steps_per_epoch == 0:
            print(run.step, float(loss), evaluate(run))
        if run.step == run.settings["steps"]:
            break
