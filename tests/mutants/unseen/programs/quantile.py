# Quantile regression of simulated delivery times: five quantiles at once, pinball loss, a head that cannot cross.
#
# Functions only; a batch is a list [x, y] with y of shape (batch, 1), both standardised on the training rows.
# Dropout draws from a stream that is seeded anew at each step, so that there is no random state to keep.
import math

import numpy as np
import torch
from torch.nn import BatchNorm1d, Dropout, Linear, Module, ReLU, Sequential
from torch.nn.functional import softplus
from torch.utils.data import DataLoader, TensorDataset

FAMILY = "regressor"
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)

SPEC = {
    "loss": "pinball, mean over rows and quantiles", "quantiles": LEVELS, "nominal_coverage": 0.9,
    "coverage_tolerance": 0.06,
    "optimizer": "AdamW", "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8,
    "weight_decay": 0.02, "weight_decay_on": "weight matrices only",
    "lr_schedule": "multistep", "lr_milestones": (600, 800), "lr_gamma": 0.2, "warmup_steps": 0,
    "batch_size": 100, "steps": 900, "dropout": 0.05, "bn_momentum": 0.1, "bn_eps": 1e-5,
    "hidden_units": 64, "n_layers": 2, "n_features": 8, "n_train": 4000, "n_test": 1000,
    "init": "kaiming_normal, zero biases", "n_parameters": 5317,
    "input_mean": 0.0, "input_std": 1.0, "target_mean": 0.0, "target_std": 1.0,
    "max_loss": 0.125, "seed": 0,
}

_DEFAULTS = {k: SPEC[k] for k in (
    "optimizer", "learning_rate", "beta1", "beta2", "eps", "weight_decay", "lr_schedule", "lr_gamma", "batch_size",
    "steps", "dropout", "bn_momentum", "hidden_units", "n_layers")}
_DEFAULTS["lr_milestones"] = list(SPEC["lr_milestones"])


class Rows(TensorDataset):
    """Standardised rows and what leads back to minutes."""

    def __init__(self, x, y, centre, spread):
        super().__init__(torch.as_tensor(x, dtype=torch.float32), torch.as_tensor(y, dtype=torch.float32)[:, None])
        self.centre, self.spread = centre, spread


def draw(rng, n):
    distance = rng.gamma(2.0, 3.0, n)
    traffic = rng.beta(2.0, 2.0, n)
    hour = rng.uniform(0.0, 24.0, n)
    rain = rng.exponential(2.0, n)
    weight = rng.normal(500.0, 120.0, n)
    stops = rng.poisson(3.0, n)
    noise = rng.normal(size=(n, 2))
    rush = np.exp(-0.5 * ((hour - 17.5) / 2.0) ** 2)
    typical = 12.0 + 2.5 * distance * (1.0 + 0.6 * traffic + 0.8 * rush) + 3.0 * stops + 0.01 * (weight - 500.0)
    spread = 1.0 + 5.0 * traffic + 0.8 * rain
    minutes = typical + spread * (rng.gamma(2.0, 1.0, n) - 2.0)
    return np.column_stack([distance, traffic, hour, rain, weight, stops, noise]), minutes


def read():
    rng = np.random.default_rng(20)
    x, y = draw(rng, SPEC["n_train"] + SPEC["n_test"])
    first = SPEC["n_train"]
    mean, std = x[:first].mean(0), x[:first].std(0)
    centre, spread = float(y[:first].mean()), float(y[:first].std())
    x = (x - mean) / std
    y = (y - centre) / spread
    return Rows(x[:first], y[:first], centre, spread), Rows(x[first:], y[first:], centre, spread)


class Increasing(Module):
    """(lowest, gaps…) -> quantiles in increasing order."""

    def forward(self, raw):
        lowest, gaps = raw[:, :1], softplus(raw[:, 1:])
        return torch.cat([lowest, lowest + gaps.cumsum(dim=1)], dim=1)


def build(cfg):
    layers, width = [], SPEC["n_features"]
    for _ in range(cfg["n_layers"]):
        layers.append(Linear(width, cfg["hidden_units"]))
        layers.append(BatchNorm1d(cfg["hidden_units"], eps=SPEC["bn_eps"], momentum=cfg["bn_momentum"]))
        layers.append(ReLU())
        layers.append(Dropout(cfg["dropout"]))
        width = cfg["hidden_units"]
    layers += [Linear(width, len(LEVELS)), Increasing()]
    for layer in layers:
        if isinstance(layer, Linear):
            torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            torch.nn.init.zeros_(layer.bias)
    return Sequential(*layers)


def param_groups(model, decay):
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]


class Run:
    def __init__(self, seed, cfg):
        self.seed, self.cfg, self.step = seed, cfg, 0
        self.train, self.test = read()
        torch.manual_seed(seed)
        self.nets = {"model": build(cfg)}
        optimizer = torch.optim.AdamW(param_groups(self.nets["model"], cfg["weight_decay"]), lr=cfg["learning_rate"],
                                      betas=(cfg["beta1"], cfg["beta2"]), eps=cfg["eps"])
        self.optimizers = {"model": optimizer}
        self.schedulers = {"model": torch.optim.lr_scheduler.MultiStepLR(
            optimizer, milestones=cfg["lr_milestones"], gamma=cfg["lr_gamma"])}


def config():
    return dict(_DEFAULTS)


def setup(seed, config=None):
    return Run(seed, {**_DEFAULTS, **(config or {})})


def shuffled(n, seed, epoch):
    g = torch.Generator()
    g.manual_seed(1_000_003 * seed + epoch)
    return torch.randperm(n, generator=g)


def batches(run):
    size = run.cfg["batch_size"]
    whole = len(run.train) // size
    epoch, skip = divmod(run.step, whole)
    while True:
        chunks = shuffled(len(run.train), run.seed, epoch).split(size)[:whole]
        for chunk in chunks[skip:]:
            yield list(run.train[chunk])
        epoch, skip = epoch + 1, 0


def make_loader(dataset, workers=0, seed=0):
    return DataLoader(dataset, batch_size=SPEC["batch_size"], shuffle=True, drop_last=True, num_workers=workers,
                      generator=torch.Generator().manual_seed(seed))


def pinball(predicted, y):
    """(rows, quantiles), (rows, 1) -> (rows, quantiles)"""
    tau = predicted.new_tensor(LEVELS)
    miss = y - predicted
    return torch.maximum(tau * miss, (tau - 1.0) * miss)


def loss_fn(model, batch):
    x, y = batch
    return pinball(model(x), y).mean()


def train_step(run, batch):
    model, optimizer = run.nets["model"], run.optimizers["model"]
    model.train()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7919 * run.seed + run.step)
        loss = loss_fn(model, batch)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    run.schedulers["model"].step()
    run.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(run, dataset=None):
    rows = run.test if dataset is None else dataset
    model = run.nets["model"]
    model.eval()
    predicted, truth = [], []
    for x, y in DataLoader(rows, batch_size=300, generator=torch.Generator()):
        predicted.append(model(x))
        truth.append(y)
    model.train()
    q, y = torch.cat(predicted).double(), torch.cat(truth).double()
    minutes = run.train.spread
    error = q[:, [LEVELS.index(0.5)]] - y
    inside = (q[:, :1] <= y) & (y <= q[:, -1:])
    return {
        "loss": pinball(q, y).mean().item(),
        "n": y.shape[0],
        "mae": minutes * error.abs().mean().item(),
        "rmse": minutes * math.sqrt(error.pow(2).mean().item()),
        "r2": 1.0 - (error.pow(2).mean() / y.var(correction=0).clamp_min(1e-12)).item(),
        "coverage": inside.double().mean().item(),
        "width": minutes * (q[:, -1] - q[:, 0]).mean().item(),
    }


def save(run, path):
    torch.save({
        "cfg": run.cfg, "seed": run.seed, "step": run.step,
        "nets": {k: v.state_dict() for k, v in run.nets.items()},
        "optimizers": {k: v.state_dict() for k, v in run.optimizers.items()},
        "schedulers": {k: v.state_dict() for k, v in run.schedulers.items()},
    }, path)


def load(path):
    kept = torch.load(path, weights_only=True)
    run = setup(kept["seed"], kept["cfg"])
    run.nets["model"].load_state_dict(kept["nets"]["model"])
    run.optimizers["model"].load_state_dict(kept["optimizers"]["model"])
    run.schedulers["model"].load_state_dict(kept["schedulers"]["model"])
    run.step = kept["step"]
    return run


def reference_forward(weights, x):
    w = {k: np.asarray(v, dtype=np.float64) for k, v in weights.items()}
    h = np.asarray(x, dtype=np.float64)
    for i in (0, 4):
        h = h @ w[f"{i}.weight"].T + w[f"{i}.bias"]
        h = (h - w[f"{i + 1}.running_mean"]) / np.sqrt(w[f"{i + 1}.running_var"] + SPEC["bn_eps"])
        h = np.maximum(h * w[f"{i + 1}.weight"] + w[f"{i + 1}.bias"], 0.0)
    raw = h @ w["8.weight"].T + w["8.bias"]
    gaps = np.logaddexp(0.0, raw[:, 1:])
    return np.concatenate([raw[:, :1], raw[:, :1] + gaps.cumsum(1)], axis=1)


if __name__ == "__main__":
    run = setup(SPEC["seed"])
    for batch in batches(run):
        if run.step == run.cfg["steps"]:
            break
        train_step(run, batch)
    print(evaluate(run))
