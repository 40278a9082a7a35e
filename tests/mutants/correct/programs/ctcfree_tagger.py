"""A bidirectional LSTM tagger on packed sequences. The padding index is 7, in the middle of the vocabulary; tags are padded with -100."""
import dataclasses

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader

FAMILY = "sequence"
PAD, IGNORE, VOCAB, TAGS = 7, -100, 50, 5
SPEC = {
    "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.99, "weight_decay": 1e-3, "batch_size": 32, "steps": 200,
    "pad_index": PAD, "ignore_index": IGNORE, "n_classes": TAGS, "label_smoothing": 0.05, "dropout": 0.2, "optimizer": "AdamW, AMSGrad",
    "loss": "label-smoothed cross-entropy, mean over the words of the batch; evaluation reports it without smoothing",
    "min_accuracy": 0.85,
}


@dataclasses.dataclass
class Sentences:
    words: torch.Tensor         # (B, T), PAD after the end
    tags: torch.Tensor          # (B, T), IGNORE after the end
    lengths: torch.Tensor       # (B,), on the CPU

    def __len__(self):
        return len(self.words)


def corpus(n, seed):
    """A word has a tag of its own; after a 'shifter' (words 40 .. 44) it is the next tag; before word 45 it is tag 0."""
    own = np.random.default_rng(0).integers(TAGS, size=VOCAB)
    vocabulary = np.array([w for w in range(VOCAB) if w != PAD])
    rng, out = np.random.default_rng(seed), []
    for _ in range(n):
        w = rng.choice(vocabulary, size=int(rng.integers(5, 15)))
        t = own[w]
        t[1:] = np.where((w[:-1] >= 40) & (w[:-1] < 45), (t[1:] + 1) % TAGS, t[1:])
        t[:-1] = np.where(w[1:] == 45, 0, t[:-1])
        out.append((torch.from_numpy(w), torch.from_numpy(t)))
    return out


def collate(items):
    words, tags = zip(*items)
    return Sentences(pad_sequence(words, batch_first=True, padding_value=PAD),
                     pad_sequence(tags, batch_first=True, padding_value=IGNORE), torch.tensor([len(w) for w in words]))


def make_loader(dataset, workers, seed):
    return DataLoader(dataset, batch_size=SPEC["batch_size"], shuffle=True, num_workers=workers, collate_fn=collate,
                      generator=torch.Generator().manual_seed(seed))


class Tagger(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.embed = nn.Embedding(VOCAB, 24, padding_idx=PAD)
        self.drop = nn.Dropout(dropout)
        self.lstm = nn.LSTM(24, 24, batch_first=True, bidirectional=True)
        self.out = nn.Linear(48, TAGS)

    def forward(self, words, lengths=None):
        if lengths is None:
            lengths = (words != PAD).sum(1)
        packed = pack_padded_sequence(self.drop(self.embed(words)), lengths, batch_first=True, enforce_sorted=False)
        h, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, total_length=words.shape[1])
        return self.out(self.drop(h))


@dataclasses.dataclass
class State:
    seed: int
    conf: dict
    nets: dict
    optimizers: dict
    train: list
    test: list
    schedulers: dict = dataclasses.field(default_factory=dict)
    step: int = 0


def config():
    return {k: SPEC[k] for k in ("learning_rate", "beta1", "beta2", "weight_decay", "batch_size", "steps", "label_smoothing", "dropout")}


def setup(seed, config=None):
    conf = {**globals()["config"](), **(config or {})}
    torch.manual_seed(seed)
    tagger = Tagger(conf["dropout"])
    adamw = torch.optim.AdamW(tagger.parameters(), lr=conf["learning_rate"], betas=(conf["beta1"], conf["beta2"]),
                              weight_decay=conf["weight_decay"], amsgrad=True)
    return State(seed, conf, {"model": tagger}, {"adamw": adamw}, corpus(784, 11), corpus(200, 12))


def batches(state):
    size, step = state.conf["batch_size"], state.step
    per_epoch = -(-len(state.train) // size)
    while True:
        epoch, k = divmod(step, per_epoch)
        order = np.random.default_rng([state.seed, epoch]).permutation(len(state.train))
        yield collate([state.train[i] for i in order[k * size:(k + 1) * size]])
        step += 1


def loss_fn(model, batch, smoothing=SPEC["label_smoothing"]):
    logits = model(batch.words, batch.lengths)
    return F.cross_entropy(logits.flatten(0, 1), batch.tags.flatten(), ignore_index=IGNORE, label_smoothing=smoothing)


def train_step(state, batch):
    model, opt = state.nets["model"], state.optimizers["adamw"]
    model.train()
    with torch.random.fork_rng(devices=[]):         # dropout: a function of (seed, step), nothing of it needs to be saved
        torch.manual_seed(state.seed * 100_003 + state.step)
        loss = loss_fn(model, batch, state.conf["label_smoothing"])
    opt.zero_grad()
    loss.backward()
    opt.step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    """n counts words; padding counts nowhere."""
    data, model = (state.test if dataset is None else dataset), state.nets["model"]
    training = model.training
    model.eval()
    loss, right, words = 0.0, 0, 0
    for i in range(0, len(data), 64):
        batch = collate([data[j] for j in range(i, min(i + 64, len(data)))])
        logits, real = model(batch.words, batch.lengths), batch.tags != IGNORE
        loss += F.cross_entropy(logits[real], batch.tags[real], reduction="sum").item()
        right += (logits[real].argmax(-1) == batch.tags[real]).sum().item()
        words += real.sum().item()
    model.train(training)
    return {"loss": loss / words, "n": words, "accuracy": right / words}


def save(state, path):
    torch.save({"seed": state.seed, "conf": state.conf, "step": state.step, "tagger": state.nets["model"].state_dict(),
                "adamw": state.optimizers["adamw"].state_dict()}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = setup(d["seed"], d["conf"])
    state.nets["model"].load_state_dict(d["tagger"])
    state.optimizers["adamw"].load_state_dict(d["adamw"])
    return dataclasses.replace(state, step=d["step"])


if __name__ == "__main__":
    state = setup(0)
    for _, batch in zip(range(state.conf["steps"]), batches(state)):
        loss = train_step(state, batch)
        if state.step % 25 == 0:
            print(state.step, loss.item(), evaluate(state))
