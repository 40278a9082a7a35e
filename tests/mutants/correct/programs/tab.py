"""Tables of numbers and categories with holes in both, as a module that carries its own training hooks."""
from dataclasses import dataclass, fields

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FAMILY = "classifier"
SPEC = {
    "n_classes": 3,
    "batch_size": 100,
    "epochs": 8,
    "steps": 288,
    "learning_rate": 4e-3,
    "weight_decay": 1e-2,
    "optimizer": "AdamW; no weight decay on the embedding tables, biases and layer norms",
    "dropout": 0.1,
    "loss": "cross-entropy with class weights N / (3 N_c), summed and divided by the number of rows",
    "embeddings": "started from the left singular vectors of each column's co-occurrence with the other columns on the training rows",
    "embedding_freeze": "the tables stay as initialised in the first 2 epochs (72 steps) and are trained from the third on",
    "missing_values": "numbers: training median and an indicator; categories: a row of their own in the table",
    "lr_schedule": "multiplied by 0.8 after each epoch from the fifth on",
    "min_accuracy": 0.75,
}
CARD, WIDTH, N_NUM, FREEZE, EPOCH = (12, 7, 20), 4, 6, 2, 36    # sizes of the vocabularies, ..., updates in an epoch


@dataclass
class Rows:
    numeric: torch.Tensor     # (n, 6) float32, NaN where not recorded
    category: torch.Tensor    # (n, 3) int64, -1 where not recorded
    label: torch.Tensor       # (n,) int64

    def __len__(self):
        return len(self.label)

    def __getitem__(self, i):
        return Rows(*(getattr(self, f.name)[i] for f in fields(self)))


def collate(items):
    return Rows(*(torch.stack([getattr(r, f.name) for r in items]) for f in fields(Rows)))


def census(n, rng):
    group = rng.integers(0, 5, n)                             # a latent that ties the categorical columns together
    cat = np.stack([(group * (k // 5) + rng.integers(0, k // 5 + 2, n)) % k for k in CARD], 1)
    num = rng.normal(size=(n, N_NUM)) * np.array([1, 20, 0.1, 3, 1, 1]) + np.array([0, 40, 0.5, 0, 0, 0])
    num[:, 4] += 0.5 * num[:, 0]
    effect = [np.sin(np.arange(k) * 1.7 + j) for j, k in enumerate(CARD)]
    score = num[:, 0] + (num[:, 1] - 40) / 20 * effect[0][cat[:, 0]] + 1.5 * effect[2][cat[:, 2]] + effect[1][cat[:, 1]]
    label = np.digitize(score + 0.2 * rng.normal(size=n), [0.3, 2.0])     # about 61 %, 28 % and 11 %
    num[rng.random(num.shape) < 0.06] = np.nan
    cat[rng.random(cat.shape) < 0.04] = -1
    return Rows(torch.tensor(num, dtype=torch.float32), torch.tensor(cat), torch.tensor(label))


class TabularModule(nn.Module):
    def __init__(self, train):
        super().__init__()
        self.embed = nn.ModuleList(nn.Embedding(k + 1, WIDTH) for k in CARD)
        self.net = nn.Sequential(nn.Linear(2 * N_NUM + WIDTH * len(CARD), 64), nn.LayerNorm(64), nn.ReLU(), nn.Dropout(SPEC["dropout"]),
                                 nn.Linear(64, 64), nn.ReLU(), nn.Dropout(SPEC["dropout"]), nn.Linear(64, 3))
        filled = train.numeric.nan_to_num(0.0)
        median = train.numeric.nanmedian(0).values
        filled = torch.where(train.numeric.isnan(), median, filled)
        self.register_buffer("median", median)
        self.register_buffer("mean", filled.mean(0))
        self.register_buffer("std", filled.std(0))
        self.register_buffer("class_weight", len(train) / (3 * torch.bincount(train.label, minlength=3).float()))
        self.pretrain(train.category + 1)

    @torch.no_grad()
    def pretrain(self, codes):
        hot = [F.one_hot(codes[:, j], k + 1).double() for j, k in enumerate(CARD)]
        for j, table in enumerate(self.embed):
            rest = torch.cat(hot[:j] + hot[j + 1:], 1)
            profile = (hot[j].T @ rest) / hot[j].sum(0).clamp_min(1).unsqueeze(1) - rest.mean(0)
            u, s, _ = torch.linalg.svd(profile, full_matrices=False)
            coords = u[:, :WIDTH] * s[:WIDTH]
            table.weight.copy_(coords / coords.std())

    def forward(self, rows):
        hole = rows.numeric.isnan()
        z = (torch.where(hole, self.median, rows.numeric) - self.mean) / self.std
        vectors = [table(rows.category[:, j] + 1) for j, table in enumerate(self.embed)]
        return self.net(torch.cat([z, hole.float(), *vectors], 1))

    def training_step(self, rows):
        each = F.cross_entropy(self(rows), rows.label, reduction="none")
        return (self.class_weight[rows.label] * each).mean()

    def configure_optimizers(self):
        decay = [p for n, p in self.net.named_parameters() if p.ndim == 2]
        rest = [p for n, p in self.net.named_parameters() if p.ndim == 1]
        opt = torch.optim.AdamW([{"params": decay}, {"params": rest, "weight_decay": 0.0},
                                 {"params": self.embed.parameters(), "weight_decay": 0.0}],
                                lr=SPEC["learning_rate"], weight_decay=SPEC["weight_decay"])
        return opt, torch.optim.lr_scheduler.LambdaLR(opt, lambda epoch: 0.8 ** max(0, epoch - 4))

    def on_train_epoch_start(self, epoch):
        self.embed.requires_grad_(epoch >= FREEZE)


class State:
    def __init__(self, seed):
        rng = np.random.default_rng(11)
        self.seed, self.step, self.train, self.test = seed, 0, census(3600, rng), census(800, rng)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            module = TabularModule(self.train)
        opt, sched = module.configure_optimizers()
        self.nets, self.optimizers, self.schedulers = {"model": module}, {"adamw": opt}, {"per_epoch": sched}


def setup(seed, config=None):
    state = State(seed)
    state.nets["model"].on_train_epoch_start(0)
    return state


def batches(state):
    step, size = state.step, SPEC["batch_size"]
    while True:
        epoch, k = divmod(step, EPOCH)
        order = torch.randperm(len(state.train), generator=torch.Generator().manual_seed(state.seed * 10007 + epoch))
        yield state.train[order[k * size:(k + 1) * size]]
        step += 1


def loss_fn(model, batch):
    return model.training_step(batch)


def train_step(state, batch):
    module, opt = state.nets["model"].train(), state.optimizers["adamw"]
    with torch.random.fork_rng(devices=[]):                   # dropout of update t: a function of (seed, t)
        torch.manual_seed(state.seed * 1_000_003 + state.step)
        loss = loss_fn(module, batch)
    opt.zero_grad()
    loss.backward()
    opt.step()
    state.step += 1
    if state.step % EPOCH == 0:
        state.schedulers["per_epoch"].step()
        module.on_train_epoch_start(state.step // EPOCH)
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    rows = state.test if dataset is None else dataset
    module = state.nets["model"]
    before = module.training
    module.eval()
    guess, loss = module(rows).argmax(1), module.training_step(rows)
    module.train(before)
    recall = [(guess[rows.label == c] == c).float().mean().item() for c in range(3)]
    return {"loss": loss.item(), "n": len(rows), "accuracy": (guess == rows.label).float().mean().item(), "balanced_accuracy": sum(recall) / 3}


def save(state, path):
    torch.save({"seed": state.seed, "global_step": state.step, "state_dict": state.nets["model"].state_dict(),
                "optimizer_states": [state.optimizers["adamw"].state_dict()], "lr_schedulers": [state.schedulers["per_epoch"].state_dict()]}, path)


def load(path):
    ckpt = torch.load(path, weights_only=True)
    state = setup(ckpt["seed"])
    state.step = ckpt["global_step"]
    state.nets["model"].load_state_dict(ckpt["state_dict"])
    state.optimizers["adamw"].load_state_dict(ckpt["optimizer_states"][0])
    state.schedulers["per_epoch"].load_state_dict(ckpt["lr_schedulers"][0])
    state.nets["model"].on_train_epoch_start(state.step // EPOCH)
    return state
