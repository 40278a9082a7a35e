"""Which language is a word from? A character-level convolutional network; everything is built from CONF."""
import copy
import types

import numpy as np
import torch
from torch import nn

FAMILY = "classifier"
SPEC = {
    "learning_rate": 0.03, "momentum": 0.9, "lr_schedule": "step: halved every 100 steps", "gamma": 0.5,
    "batch_size": 128, "steps": 320, "dropout": 0.5, "n_classes": 3, "n_parameters": 17619,
    "weight_init": "Gaussian with mean 0 and standard deviation 0.1, biases zero",
    "input": "one-hot characters read backwards, cut or filled with all-zero columns to 14",
    "class_imbalance": "70% / 22% / 8% in training and test; neither the sampling nor the loss is corrected for it",
    "loss": "cross entropy, mean over the words", "min_accuracy": 0.88,
}
CONF = {
    "data": {"n_train": 3000, "n_test": 1000, "length": 14, "alphabet": "abcdefghijklmnopqrstuvwxyz'"},
    "model": {"name": "charcnn", "channels": [32, 48], "kernels": [4, 3], "hidden": 64, "dropout": 0.5, "init_std": 0.1},
    "optimizer": {"name": "sgd", "lr": 0.03, "momentum": 0.9},
    "scheduler": {"name": "step", "step_size": 100, "gamma": 0.5},
    "train": {"batch_size": 128, "steps": 320},
}
BUILD = {}


def register(name):
    return lambda f: BUILD.setdefault(name, f)


register("sgd")(lambda params, lr, momentum: torch.optim.SGD(params, lr=lr, momentum=momentum))
register("step")(lambda opt, step_size, gamma: torch.optim.lr_scheduler.StepLR(opt, step_size, gamma))


class OneHot(nn.Module):
    """(B, L) of -1 or a character's index -> (B, alphabet, L); -1 is a column of zeros."""

    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, x):
        return nn.functional.one_hot(x + 1, self.size + 1)[..., 1:].transpose(1, 2).float()


@register("charcnn")
def charcnn(data, channels, kernels, hidden, dropout, init_std):
    layers, width, length = [OneHot(len(data["alphabet"]))], len(data["alphabet"]), data["length"]
    for c, k in zip(channels, kernels):
        layers += [nn.Conv1d(width, c, k, padding=k // 2), nn.ReLU(), nn.MaxPool1d(2)]
        width, length = c, (length + 2 * (k // 2) - k + 1) // 2
    layers += [nn.Flatten(), nn.Linear(width * length, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, SPEC["n_classes"])]
    net = nn.Sequential(*layers)
    for p in net.parameters():
        nn.init.normal_(p, 0.0, init_std) if p.dim() > 1 else nn.init.zeros_(p)
    return net


def make_words(n_train, n_test, length, alphabet):
    """Three invented languages: own consonants and endings, shared vowels. All words are different."""
    rng = np.random.default_rng(31337)
    onsets = ["k t p n h m s r".split(), "sch g b d f l st w".split(), "v z d l s t b n".split()]
    vowels = ["a o u i".split(), "e a i u".split(), "a e i o".split()]
    endings = ["'i ka no ru".split(), "en er ung t".split(), "a o ski ni".split()]
    seen, rows = set(), []
    while len(rows) < n_train + n_test:
        y = int(rng.choice(3, p=[0.70, 0.22, 0.08]))
        pick = lambda pool: pool[rng.integers(len(pool))]  # noqa: E731
        word = "".join(pick(onsets[y if rng.random() < 0.8 else rng.integers(3)]) + pick(vowels[y]) for _ in range(rng.integers(2, 5)))
        word += pick(endings[y]) if rng.random() < 0.6 else ""
        codes = [alphabet.index(c) for c in reversed(word)][:length]
        if tuple(codes) not in seen:  # different also after the cut
            seen.add(tuple(codes))
            rows.append((codes + [-1] * (length - len(codes)), y))
    x, y = (torch.tensor(v) for v in zip(*rows))
    return {"text": x[:n_train], "label": y[:n_train]}, {"text": x[n_train:], "label": y[n_train:]}


def config():
    flat = {"learning_rate": CONF["optimizer"]["lr"], "momentum": CONF["optimizer"]["momentum"], "gamma": CONF["scheduler"]["gamma"],
            "dropout": CONF["model"]["dropout"]}
    return flat | CONF["train"]


def resolve(overrides):
    conf = copy.deepcopy(CONF)
    place = {"learning_rate": ("optimizer", "lr"), "momentum": ("optimizer", "momentum"), "gamma": ("scheduler", "gamma"),
             "dropout": ("model", "dropout"), "batch_size": ("train", "batch_size"), "steps": ("train", "steps")}
    for key, value in (overrides or {}).items():
        section, name = place[key]
        conf[section][name] = value
    return conf


def build(section, *first):
    kw = dict(section)
    return BUILD[kw.pop("name")](*first, **kw)


def setup(seed, config=None):
    conf = resolve(config)
    torch.manual_seed(seed)
    train, test = make_words(**conf["data"])
    net = build(conf["model"], conf["data"])
    opt = build(conf["optimizer"], net.parameters())
    return types.SimpleNamespace(conf=conf, overrides=dict(config or {}), seed=seed, step=0, train=train, test=test, nets={"model": net},
                                 optimizers={"main": opt}, schedulers={"main": build(conf["scheduler"], opt)})


def batches(state):
    step = state.step
    while True:
        idx = np.random.default_rng([state.seed, step]).choice(len(state.train["label"]), state.conf["train"]["batch_size"], replace=False)
        yield {k: v[torch.from_numpy(idx)] for k, v in state.train.items()}
        step += 1


def loss_fn(model, batch):
    return nn.functional.cross_entropy(model(batch["text"]), batch["label"])


def train_step(state, batch):
    net, opt = state.nets["model"].train(), state.optimizers["main"]
    torch.manual_seed(state.seed * 1_000_000 + state.step + 1)  # the dropout masks of this step
    loss = loss_fn(net, batch)
    opt.zero_grad()
    loss.backward()
    opt.step()
    state.schedulers["main"].step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    data, net = dataset or state.test, state.nets["model"]
    mode = net.training
    net.eval()
    logits, y = net(data["text"]), data["label"]
    net.train(mode)
    right = logits.argmax(1) == y
    recall = [right[y == c].float().mean().item() for c in range(SPEC["n_classes"]) if (y == c).any()]
    return {"loss": nn.functional.cross_entropy(logits, y).item(), "accuracy": right.float().mean().item(),
            "balanced_accuracy": sum(recall) / len(recall), "majority": y.bincount().max().item() / len(y), "n": len(y)}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "overrides": state.overrides, "net": state.nets["model"].state_dict(),
                "opt": state.optimizers["main"].state_dict(), "sched": state.schedulers["main"].state_dict()}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = setup(d["seed"], d["overrides"])
    state.nets["model"].load_state_dict(d["net"])
    state.optimizers["main"].load_state_dict(d["opt"])
    state.schedulers["main"].load_state_dict(d["sched"])
    state.step = d["step"]
    return state
