"""Do two sentences say the same? A siamese encoder with a contrastive loss (squared distance, margin)."""
import itertools
import types

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

FAMILY = "classifier"
SPEC = {
    "learning_rate": 0.006, "optimizer": "NAdam",
    "lr_schedule": "cyclic: triangular between 0.0006 and 0.006, 50 steps up and 50 down", "batch_size": 96,
    "accumulation": "2 halves of a batch, gradients averaged", "steps": 400, "n_classes": 2, "margin": 1.0,
    "loss": "y d^2 + (1 - y) max(0, margin - d)^2 with d the Euclidean distance of the two codes, mean over pairs",
    "decision": "same when d < margin / 2", "normalisation": "weight normalisation of the two dense layers",
    "pad_index": 0,
    "augmentation": "the two sentences of a pair change sides with probability 1/2",
    "min_accuracy": 0.95,
}
SLOTS = [  # per slot the meanings, per meaning the ways to say it
    ["man gentleman guy", "woman lady female", "boy lad youngster", "doctor physician medic", "teacher tutor instructor", "cook chef baker"],
    ["buys purchases acquires", "fixes repairs mends", "throws tosses hurls", "cleans washes scrubs", "hides conceals buries", "paints colours coats"],
    ["car automobile vehicle", "sofa couch settee", "house home dwelling", "rug carpet mat", "cup mug beaker", "coat jacket parka"],
]
FILLERS = ["today", "again", "quickly", "perhaps", "the", "a", "there", "now"]
WORDS = ["<pad>"] + FILLERS + [w for slot in SLOTS for m in slot for w in m.split()]
INDEX = {w: i for i, w in enumerate(WORDS)}
LENGTH = 9


def say(meaning, rng):
    words = [str(rng.choice(SLOTS[i][m].split())) for i, m in enumerate(meaning)]
    for _ in range(rng.integers(0, LENGTH - 2)):
        words.insert(int(rng.integers(len(words) + 1)), FILLERS[rng.integers(len(FILLERS))])
    return [INDEX[w] for w in words] + [0] * (LENGTH - len(words))


def make_pairs(meanings, n, rng):
    """n pairs, half of them with one meaning; the others differ in one or two slots, within the given meanings only."""
    left, right, same = [], [], []
    for k in range(n):
        a = meanings[rng.integers(len(meanings))]
        if k % 2:
            b = a
        else:
            near = [m for m in meanings if 1 <= sum(p != q for p, q in zip(a, m)) <= 2]
            b = near[rng.integers(len(near))]
        left.append(say(a, rng))
        right.append(say(b, rng))
        same.append(k % 2)
    return (torch.tensor(left), torch.tensor(right)), torch.tensor(same)


class Siamese(nn.Module):
    def __init__(self, dim=32, code=16):
        super().__init__()
        self.words = nn.Embedding(len(WORDS), dim, padding_idx=0)
        self.dense = nn.Sequential(weight_norm(nn.Linear(2 * dim, 64)), nn.ELU(), weight_norm(nn.Linear(64, code)))

    def encode(self, ids):
        x, there = self.words(ids), (ids != 0)[..., None]
        total = (x * there).sum(1) / 3.0
        top = x.masked_fill(~there, -torch.inf).amax(1)
        return self.dense(torch.cat((total, top), 1))

    def forward(self, left, right):
        d = self.encode(left) - self.encode(right)
        return (d.square().sum(1) + 1e-12).sqrt()


def make_run(seed):
    torch.manual_seed(seed)
    rng = np.random.default_rng(404)
    meanings = list(itertools.product(range(6), range(6), range(6)))
    order = rng.permutation(len(meanings))
    known, unknown = [meanings[i] for i in order[:160]], [meanings[i] for i in order[160:]]  # test meanings are never trained on
    model = Siamese()
    opt = torch.optim.NAdam(model.parameters(), lr=SPEC["learning_rate"], betas=(0.9, 0.999))
    cyc = torch.optim.lr_scheduler.CyclicLR(opt, SPEC["learning_rate"] / 10, SPEC["learning_rate"], step_size_up=50, cycle_momentum=False)
    run = types.SimpleNamespace(seed=seed, step=0, nets={"model": model}, optimizers={"nadam": opt}, schedulers={"cyclic": cyc},
                                train=make_pairs(known, 4000, rng), test=make_pairs(unknown, 800, rng))

    def update(batch):
        model.train()
        opt.zero_grad()
        (left, right), same = batch
        loss, n = 0.0, len(same)
        for part in torch.arange(n).chunk(2):
            share = loss_fn(model, ((left[part], right[part]), same[part])) * (len(part) / n)
            share.backward()
            loss = loss + share.detach()
        opt.step()
        cyc.step()
        run.step += 1
        return loss

    run.update = update
    return run


def setup(seed, config=None):
    return make_run(seed)


def batches(state):
    (left, right), same = state.train
    for step in itertools.count(state.step):
        g = torch.Generator().manual_seed(state.seed * 65537 + step)
        i = torch.randperm(len(same), generator=g)[:SPEC["batch_size"]]
        swap = (torch.rand(len(i), generator=g) < 0.5)[:, None]
        a, b = left[i], right[i]
        yield (torch.where(swap, b, a), torch.where(swap, a, b)), same[i]


def contrastive(d, same):
    return torch.where(same == 1, d.square(), F.relu(SPEC["margin"] - d).square())


def loss_fn(model, batch):
    (left, right), same = batch
    return contrastive(model(left, right), same).mean()


def train_step(state, batch):
    return state.update(batch)


def evaluate(state, dataset=None):
    (left, right), same = state.test if dataset is None else dataset
    model = state.nets["model"]
    mode = model.training
    with torch.no_grad():
        d = model.eval()(left, right)
    model.train(mode)
    said = (d < SPEC["margin"] / 2).long()
    return {"loss": contrastive(d, same).mean().item(), "accuracy": (said == same).float().mean().item(),
            "distance_same": d[same == 1].mean().item(), "distance_different": d[same == 0].mean().item(), "n": len(same)}


def save(state, path):
    torch.save([state.seed, state.step, state.nets["model"].state_dict(), state.optimizers["nadam"].state_dict(),
                state.schedulers["cyclic"].state_dict()], path)


def load(path):
    seed, step, weights, opt, cyc = torch.load(path, weights_only=True)
    run = make_run(seed)
    run.nets["model"].load_state_dict(weights)
    run.optimizers["nadam"].load_state_dict(opt)
    run.schedulers["cyclic"].load_state_dict(cyc)
    run.step = step
    return run
