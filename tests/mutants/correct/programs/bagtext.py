"""fastText-like classifier: words and hashed bigrams in an EmbeddingBag with offsets, two optimizers, imbalanced classes."""
from itertools import islice
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, Dataset

FAMILY = "classifier"
WORDS, BUCKETS, CLASSES = 300, 211, 4
SPEC = {
    "learning_rate": 0.01, "head_learning_rate": 0.1, "momentum": 0.9, "batch_size": 25, "steps": 320, "n_classes": CLASSES,
    "class_frequencies": [0.5, 0.25, 0.15, 0.1], "embedding_size": 16, "lr_schedule": "both rates decay linearly to zero",
    "optimizer": "SparseAdam for the embeddings (sparse gradients), SGD with momentum for the linear layer",
    "loss": "cross-entropy times a weight per class, N / (4 N_c), summed and divided by the number of documents",
    "initialisation": "embeddings uniform in [-1/16, 1/16], linear layer zero", "min_accuracy": 0.75,
}


class Bag(NamedTuple):
    tokens: torch.Tensor        # all documents of the batch, one after the other
    offsets: torch.Tensor       # where each begins
    labels: torch.Tensor


class Documents(Dataset):
    def __init__(self, n, seed):
        self.topics = np.random.default_rng(21).dirichlet(np.full(WORDS, 0.25), size=CLASSES)
        rng = np.random.default_rng(seed)
        self.labels = rng.choice(CLASSES, size=n, p=SPEC["class_frequencies"])
        mixture = 0.5 * self.topics + 0.5 * self.topics.mean(0)         # much of the vocabulary is common to all
        self.words = [rng.choice(WORDS, size=int(rng.integers(8, 31)), p=mixture[c]) for c in self.labels]

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        w = self.words[i]
        bigrams = WORDS + (w[:-1] * 31 + w[1:]) % BUCKETS
        return torch.from_numpy(np.concatenate([w, bigrams])), int(self.labels[i])


def collate(items):
    tokens, labels = zip(*items)
    lengths = torch.tensor([0] + [len(t) for t in tokens[:-1]])
    return Bag(torch.cat(tokens), lengths.cumsum(0), torch.tensor(labels))


def make_loader(dataset, workers, seed):
    return DataLoader(dataset, SPEC["batch_size"], shuffle=True, drop_last=True, collate_fn=collate, num_workers=workers,
                      generator=torch.Generator().manual_seed(seed))


class BagClassifier(nn.Module):
    def __init__(self, class_weights):
        super().__init__()
        self.bag = nn.EmbeddingBag(WORDS + BUCKETS, SPEC["embedding_size"], mode="mean", sparse=True)
        self.linear = nn.Linear(SPEC["embedding_size"], CLASSES)
        self.register_buffer("class_weights", class_weights)
        nn.init.uniform_(self.bag.weight, -1 / 16, 1 / 16)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, tokens, offsets):
        return self.linear(self.bag(tokens, offsets))


class State(dict):
    """A dict whose keys are also attributes."""
    __getattr__ = dict.__getitem__
    __setattr__ = dict.__setitem__


def setup(seed, config=None):
    torch.manual_seed(seed)
    train, test = Documents(2000, 22), Documents(500, 23)
    counts = torch.from_numpy(np.bincount(train.labels, minlength=CLASSES))
    model = BagClassifier((len(train) / (CLASSES * counts)).float())
    optimizers = {
        "embeddings": torch.optim.SparseAdam(model.bag.parameters(), lr=SPEC["learning_rate"]),
        "linear": torch.optim.SGD(model.linear.parameters(), lr=SPEC["head_learning_rate"], momentum=SPEC["momentum"]),
    }
    schedulers = {k: torch.optim.lr_scheduler.LinearLR(o, 1.0, 0.0, total_iters=SPEC["steps"]) for k, o in optimizers.items()}
    return State(seed=seed, step=0, nets={"model": model}, optimizers=optimizers, schedulers=schedulers, train=train, test=test)


def batches(state):
    per_epoch = len(state.train) // SPEC["batch_size"]
    epoch, done = divmod(state.step, per_epoch)
    while True:
        yield from islice(make_loader(state.train, 0, 1000 * state.seed + epoch), done, None)
        epoch, done = epoch + 1, 0


def document_losses(model, batch):
    logits = model(batch.tokens, batch.offsets)
    return F.cross_entropy(logits, batch.labels, reduction="none") * model.class_weights[batch.labels], logits


def loss_fn(model, batch):
    return document_losses(model, batch)[0].mean()


def train_step(state, batch):
    state.nets["model"].train()
    loss = loss_fn(state.nets["model"], batch)
    for o in state.optimizers.values():
        o.zero_grad()
    loss.backward()
    for o in state.optimizers.values():
        o.step()
    for s in state.schedulers.values():
        s.step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    """loss is the weighted one that training minimises; accuracy is plain; recall is averaged over the classes."""
    data, model = (state.test if dataset is None else dataset), state.nets["model"]
    training = model.training
    model.eval()
    losses, guesses, labels = [], [], []
    for i in range(0, len(data), 128):
        batch = collate([data[j] for j in range(i, min(i + 128, len(data)))])
        loss, logits = document_losses(model, batch)
        losses.append(loss)
        guesses.append(logits.argmax(1))
        labels.append(batch.labels)
    model.train(training)
    loss, right, labels = torch.cat(losses), torch.cat(guesses) == torch.cat(labels), torch.cat(labels)
    recalls = [right[labels == c].double().mean().item() for c in labels.unique().tolist()]
    return {"loss": loss.double().mean().item(), "n": len(labels), "accuracy": right.double().mean().item(),
            "macro_recall": sum(recalls) / len(recalls)}


def save(state, path):
    parts = {k: {name: part.state_dict() for name, part in state[k].items()} for k in ("nets", "optimizers", "schedulers")}
    torch.save({"seed": state.seed, "step": state.step, **parts}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = setup(d["seed"])
    for k in ("nets", "optimizers", "schedulers"):
        for name, part in state[k].items():
            part.load_state_dict(d[k][name])
    state.step = d["step"]
    return state


def reference_forward(weights, x):
    """x: (tokens, offsets)."""
    w = {k: np.asarray(v.detach().cpu() if torch.is_tensor(v) else v, dtype=np.float64) for k, v in weights.items()}
    tokens, offsets = (np.asarray(a) for a in x)
    means = np.stack([w["bag.weight"][d].mean(0) for d in np.split(tokens, offsets[1:])])
    return means @ w["linear.weight"].T + w["linear.bias"]


if __name__ == "__main__":
    state = setup(0)
    for batch in islice(batches(state), SPEC["steps"]):
        loss = train_step(state, batch)
        if state.step % 80 == 0:
            print(state.step, loss.item(), evaluate(state))
