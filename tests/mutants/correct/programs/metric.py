# Large-margin cosine embedding + nearest class mean.   python l_metric.py [seed]
import sys
import types

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FAMILY = "classifier"
C, D, E = 10, 24, 16        # classes, inputs, embedding
P, K = 8, 6                 # a batch: P classes, K examples of each
MARGIN, TAU0, TAU_MIN = 0.15, 0.1, 0.03
SPEC = {
    "n_classes": C,
    "batch_size": P * K,
    "sampling": "8 classes drawn without replacement, 6 examples of each",
    "steps": 400,
    "learning_rate": 2e-3,
    "optimizer": "Adam for the embedding; SGD (lr 0.5) for the class vectors, which are normalised in the loss; "
                 "the same SGD at lr 0.01 for the log temperature",
    "loss": "cosine softmax with an additive margin of 0.15 on the true class (CosFace), temperature learned from 0.1, at least 0.03",
    "embedding": "16 dimensions, L2 normalised",
    "lr_schedule": "constant",
    "inference": "nearest class mean of the training embeddings (Euclidean); class vectors are not used",
    "n_parameters": 24 * 64 + 64 + 64 * 64 + 64 + 64 * 16 + 10 * 16 + 1,
    "min_accuracy": 0.85,
}


class Net(nn.Module):
    """forward() is the embedding; scores() belongs to the training loss only."""

    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(D, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, E, bias=False))
        self.proxies = nn.Parameter(F.normalize(torch.randn(C, E), dim=1))
        self.log_tau = nn.Parameter(torch.tensor(TAU0).log())

    def forward(self, x):
        return F.normalize(self.trunk(x), dim=1)

    def scores(self, x, y):
        cos = self(x) @ F.normalize(self.proxies, dim=1).T
        cos = cos - MARGIN * F.one_hot(y, C)
        return cos / self.log_tau.exp().clamp_min(TAU_MIN)


def world(n_train, n_test):
    """Two arcs per class, bent through a fixed random map: class means in input space are useless."""
    g = np.random.default_rng(2024)
    centre, bend = g.normal(size=(C, 2, 5)), g.normal(size=(5, D)) * 0.8
    def draw(n):
        y = g.integers(0, C, n)
        z = centre[y, g.integers(0, 2, n)] * 1.6 + g.normal(size=(n, 5)) * 0.22
        x = np.sin(z @ bend) + 0.1 * g.normal(size=(n, D))
        return {"x": torch.tensor(x, dtype=torch.float32), "y": torch.tensor(y)}
    return draw(n_train), draw(n_test)


def setup(seed, config=None):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = Net()
    s = types.SimpleNamespace(seed=seed, step=0, nets={"model": net}, schedulers={})
    s.optimizers = {
        "trunk": torch.optim.Adam(net.trunk.parameters(), lr=SPEC["learning_rate"]),
        "head": torch.optim.SGD([{"params": [net.proxies], "lr": 0.5}, {"params": [net.log_tau], "lr": 0.01}]),
    }
    s.train, s.test = world(1500, 600)
    s.by_class = [torch.nonzero(s.train["y"] == c).flatten() for c in range(C)]
    return s


def batches(s):
    t = s.step
    while True:
        g = torch.Generator().manual_seed(s.seed * 1_000_003 + t)
        rows = []
        for c in torch.randperm(C, generator=g)[:P].tolist():
            pool = s.by_class[c]
            rows.append(pool[torch.randperm(len(pool), generator=g)[:K]])
        rows = torch.cat(rows)
        yield {"x": s.train["x"][rows], "y": s.train["y"][rows]}
        t += 1


def loss_fn(model, batch):
    return F.cross_entropy(model.scores(batch["x"], batch["y"]), batch["y"])


def train_step(s, batch):
    net = s.nets["model"]
    net.train()
    for o in s.optimizers.values():
        o.zero_grad()
    loss = loss_fn(net, batch)
    loss.backward()
    for o in s.optimizers.values():
        o.step()
    s.step += 1
    return loss.detach()


@torch.no_grad()
def class_means(s):
    z, y = s.nets["model"](s.train["x"]), s.train["y"]
    return torch.stack([z[y == c].mean(0) for c in range(C)])


@torch.no_grad()
def evaluate(s, dataset=None):
    d = s.test if dataset is None else dataset
    net = s.nets["model"]
    mode = net.training
    net.eval()
    nearest = torch.cdist(net(d["x"]), class_means(s)).argmin(1)
    loss = loss_fn(net, d).item()
    net.train(mode)
    return {"loss": loss, "accuracy": (nearest == d["y"]).float().mean().item(), "n": len(d["y"])}


def reference_forward(weights, x):
    w = {k: np.asarray(v, dtype=np.float64) for k, v in weights.items()}
    silu = lambda a: a / (1 + np.exp(-a))
    h = silu(np.asarray(x, dtype=np.float64) @ w["trunk.0.weight"].T + w["trunk.0.bias"])
    h = silu(h @ w["trunk.2.weight"].T + w["trunk.2.bias"]) @ w["trunk.4.weight"].T
    return h / np.linalg.norm(h, axis=1, keepdims=True)


def save(s, path):
    torch.save([s.seed, s.step, s.nets["model"].state_dict(), {k: o.state_dict() for k, o in s.optimizers.items()}], path)


def load(path):
    seed, step, weights, opts = torch.load(path, weights_only=True)
    s = setup(seed)
    s.step = step
    s.nets["model"].load_state_dict(weights)
    for k, o in s.optimizers.items():
        o.load_state_dict(opts[k])
    return s


if __name__ == "__main__":
    run = setup(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    for batch in batches(run):
        if run.step == SPEC["steps"]:
            break
        train_step(run, batch)
    print(evaluate(run))
