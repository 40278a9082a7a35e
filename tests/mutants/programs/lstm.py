"""An LSTM that reads sequences of letters of different lengths: which of two came first?"""

import types

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

FAMILY = "sequence"
SPEC = {
    "optimizer": "Adam", "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8,
    "batch_size": 32, "steps": 200, "grad_clip": 1.0, "hidden_units": 24, "n_classes": 2,
    "pad_index": 0, "vocab_size": 10, "min_accuracy": 0.85, "lr_schedule": "constant",
    "n_layers": 1,
}  # fmt: skip


def draw(n, seed):
    g = torch.Generator().manual_seed(seed)
    words, labels = [], []
    for _ in range(n):
        length = int(torch.randint(4, 13, (1,), generator=g))
        word = torch.randint(3, 10, (length,), generator=g)
        a, b = torch.randperm(length, generator=g)[:2].tolist()
        word[a], word[b] = 1, 2
        words.append(word)
        labels.append(int(a < b))
    return list(zip(words, labels))


class Letters(torch.utils.data.Dataset):
    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


def collate(items):
    words, labels = zip(*items)
    lengths = torch.tensor([len(word) for word in words])
    x = pad_sequence(list(words), batch_first=True, padding_value=0)
    return {"x": x, "lengths": lengths, "y": torch.tensor(labels)}


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(10, 12, padding_idx=0)
        self.lstm = nn.LSTM(12, 24, batch_first=True)
        self.out = nn.Linear(24, 2)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(
            self.embed(x), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        _, (h, _) = self.lstm(packed)
        return self.out(h[-1])


def setup(seed, config=None):
    torch.manual_seed(seed)
    net = Reader()
    return types.SimpleNamespace(
        nets={"model": net},
        optimizers={"model": torch.optim.Adam(net.parameters(), lr=0.01)},
        schedulers={},
        train=Letters(draw(800, 11)), test=Letters(draw(400, 12)),
        seed=seed, step=0,
    )  # fmt: skip


def batches(state):
    n = len(state.train)
    step = state.step
    while True:
        epoch, k = divmod(step, n // 32)
        order = torch.randperm(
            n, generator=torch.Generator().manual_seed(state.seed + 7919 * epoch)
        )
        yield collate([state.train[int(i)] for i in order[32 * k : 32 * k + 32]])
        step += 1


def loss_fn(model, batch):
    return F.cross_entropy(model(batch["x"], batch["lengths"]), batch["y"])


def train_step(state, batch):
    net, optimizer = state.nets["model"], state.optimizers["model"]
    optimizer.zero_grad()
    loss = loss_fn(net, batch)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimizer.step()
    state.step += 1
    return loss.item()


def evaluate(state, dataset=None):
    dataset = state.test if dataset is None else dataset
    net = state.nets["model"]
    net.eval()
    total, right = 0.0, 0
    with torch.inference_mode():
        for start in range(0, len(dataset), 100):
            stop = min(start + 100, len(dataset))
            batch = collate([dataset[i] for i in range(start, stop)])
            logits = net(batch["x"], batch["lengths"])
            total += F.cross_entropy(logits, batch["y"], reduction="sum").item()
            right += int((logits.argmax(-1) == batch["y"]).sum())
    net.train()
    return {"loss": total / len(dataset), "accuracy": right / len(dataset), "n": len(dataset)}


def save(state, path):
    torch.save(
        {
            "net": state.nets["model"].state_dict(),
            "adam": state.optimizers["model"].state_dict(),
            "step": state.step,
            "seed": state.seed,
        },
        path,
    )


def load(path):
    kept = torch.load(path, weights_only=True)
    state = setup(kept["seed"])
    state.nets["model"].load_state_dict(kept["net"])
    state.optimizers["model"].load_state_dict(kept["adam"])
    state.step = kept["step"]
    return state
