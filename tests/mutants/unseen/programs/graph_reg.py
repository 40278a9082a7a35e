"""Energies of small random graphs by message passing on dense, padded adjacency matrices."""
from dataclasses import asdict, dataclass, field

import numpy as np
import torch
import torch.nn as nn

FAMILY = "regressor"

SPEC = {
    "optimizer": "Adam",
    "learning_rate": 0.004,
    "beta1": 0.9,
    "beta2": 0.999,
    "eps": 1e-8,
    "weight_decay": 0.0,
    "batch_size": 50,
    "steps": 400,
    "lr_schedule": "step",
    "lr_milestones": [200, 300],
    "lr_decay_factor": 0.3,
    "grad_clip": 5.0,
    "dropout": 0.0,
    "n_layers": 3,
    "hidden_units": 40,
    "aggregation": "sum over the neighbours; the energy is the sum over the nodes",
    "block": "h + MLP([LN(h), sum of LN(h) over the neighbours])",
    "target_standardization": "mean and standard deviation of the training targets",
    "loss": "mean squared error of the standardised energy",
    "metrics": "MAE and RMSE in the units of the energy, on the test set",
    "sampling": "every graph once per epoch in a new order each epoch",
    "n_train": 2000,
    "n_test": 500,
    "n_parameters": 16881,
    "max_loss": 0.06,
}


@dataclass(frozen=True)
class Hyper:
    lr: float = 0.004
    beta1: float = 0.9
    beta2: float = 0.999
    eps: float = 1e-8
    batch_size: int = 50
    steps: int = 400
    milestones: tuple = (200, 300)
    decay: float = 0.3
    clip: float = 5.0
    layers: int = 3
    width: int = 40


def config():
    return asdict(Hyper())


# The physics: every node has a kind (with its own energy) and a charge; bonded charges interact.
KINDS = 4
FEATURES = KINDS + 1
SITE_ENERGY = np.array([-3.0, -1.5, 0.5, 2.0])
MIN_NODES, MAX_NODES = 4, 12


def random_graph(rng):
    """Node features (n, FEATURES), adjacency (n, n) and energy of a connected graph."""
    n = int(rng.integers(MIN_NODES, MAX_NODES + 1))
    bonds = np.zeros((n, n), dtype=np.float32)
    for i in range(1, n):
        bonds[i, rng.integers(i)] = 1
    bonds[rng.random((n, n)) < 0.1] = 1
    bonds = np.triu(np.maximum(bonds, bonds.T), 1)
    kind = rng.integers(KINDS, size=n)
    charge = rng.normal(size=n)
    energy = 20.0 + SITE_ENERGY[kind].sum() + 2.0 * charge @ bonds @ charge
    nodes = np.concatenate([np.eye(KINDS)[kind], charge[:, None]], axis=1).astype(np.float32)
    return nodes, bonds + bonds.T, np.float32(energy)


class Graphs:
    def __init__(self, size, seed):
        rng = np.random.default_rng(seed)
        self.items = [random_graph(rng) for _ in range(size)]

    def __getitem__(self, index):
        return self.items[index]

    def __len__(self):
        return len(self.items)

    def energies(self):
        return np.array([energy for _, _, energy in self.items], dtype=np.float64)


def collate(items):
    """[nodes (B, N, F), adjacency (B, N, N), mask (B, N), energy (B,)], padded with zeros to the largest graph."""
    b, n = len(items), max(len(nodes) for nodes, _, _ in items)
    x, adj, mask = torch.zeros(b, n, FEATURES), torch.zeros(b, n, n), torch.zeros(b, n)
    y = torch.zeros(b)
    for i, (nodes, bonds, energy) in enumerate(items):
        k = len(nodes)
        x[i, :k] = torch.from_numpy(nodes)
        adj[i, :k, :k] = torch.from_numpy(bonds)
        mask[i, :k] = 1.0
        y[i] = float(energy)
    return [x, adj, mask, y]


def _init_worker(worker_id):
    np.random.seed(torch.initial_seed() % 2**32)


def make_loader(dataset, workers, seed):
    g = torch.Generator()
    g.manual_seed(seed)
    return torch.utils.data.DataLoader(dataset, Hyper.batch_size, shuffle=True, num_workers=workers, collate_fn=collate,
                                       generator=g, worker_init_fn=_init_worker)


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.ln = nn.LayerNorm(width)
        self.own = nn.Linear(width, width)
        self.neighbour = nn.Linear(width, width, bias=False)
        self.out = nn.Linear(width, width)

    def forward(self, h, adj, mask):
        z = self.ln(h) * mask
        update = self.out(torch.relu(self.own(z) + self.neighbour(adj @ z)))
        return h + update * mask


class EnergyNet(nn.Module):
    """Predicts the standardised energy; `mean` and `std` are those of the training targets."""

    def __init__(self, width, layers, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.tensor(float(mean)))
        self.register_buffer("std", torch.tensor(float(std)))
        self.embed = nn.Linear(FEATURES, width)
        self.blocks = nn.ModuleList(Block(width) for _ in range(layers))
        self.ln = nn.LayerNorm(width)
        self.readout = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1))
        for layer in self.modules():
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
                if layer.bias is not None:
                    nn.init.zeros_(layer.bias)
        for block in self.blocks:
            nn.init.zeros_(block.out.weight)
        nn.init.normal_(self.readout[-1].weight, std=0.01)

    def forward(self, x, adj, mask):
        mask = mask[..., None]
        h = self.embed(x) * mask
        for block in self.blocks:
            h = block(h, adj, mask)
        return (self.readout(self.ln(h)) * mask).sum(dim=(1, 2))

    def standardise(self, energy):
        return (energy - self.mean) / self.std

    def energy(self, x, adj, mask):
        return self(x, adj, mask) * self.std + self.mean


def loss_fn(model, batch):
    x, adj, mask, y = (t.to(model.mean.device) for t in batch)
    return (model(x, adj, mask) - model.standardise(y)).square().mean()


@dataclass
class Training:
    seed: int
    hyper: Hyper
    train: Graphs
    test: Graphs
    nets: dict = field(default_factory=dict)
    optimizers: dict = field(default_factory=dict)
    schedulers: dict = field(default_factory=dict)
    step: int = 0

    def order(self, epoch):
        return np.random.default_rng([self.seed, epoch]).permutation(len(self.train))

    def indices(self, step):
        """The graphs of one step; the remainder of an epoch is dropped."""
        b = self.hyper.batch_size
        epoch, k = divmod(step, len(self.train) // b)
        return self.order(epoch)[k * b:(k + 1) * b]


def setup(seed, config=None):
    hp = Hyper(**{**asdict(Hyper()), **(config or {})})
    run = Training(seed, hp, Graphs(SPEC["n_train"], 101), Graphs(SPEC["n_test"], 102))
    targets = run.train.energies()
    torch.manual_seed(seed)
    model = EnergyNet(hp.width, hp.layers, targets.mean(), targets.std())
    if torch.cuda.is_available():
        model.cuda()
    run.nets["model"] = model
    run.optimizers["model"] = torch.optim.Adam(model.parameters(), lr=hp.lr, betas=(hp.beta1, hp.beta2), eps=hp.eps)
    run.schedulers["model"] = torch.optim.lr_scheduler.MultiStepLR(run.optimizers["model"], list(hp.milestones), hp.decay)
    return run


def batches(state):
    step = state.step
    while True:
        yield collate([state.train[int(i)] for i in state.indices(step)])
        step += 1


def train_step(state, batch):
    model, optimizer = state.nets["model"], state.optimizers["model"]
    model.train()
    loss = loss_fn(model, batch)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=state.hyper.clip)
    optimizer.step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.detach()


def evaluate(state, dataset=None):
    graphs = dataset if dataset is not None else state.test
    model = state.nets["model"].eval()
    squares, errors = 0.0, []
    with torch.inference_mode():
        for start in range(0, len(graphs), 150):
            batch = collate([graphs[i] for i in range(start, min(start + 150, len(graphs)))])
            x, adj, mask, y = (t.to(model.mean.device) for t in batch)
            squares += float(loss_fn(model, batch)) * len(y)
            errors.append((model.energy(x, adj, mask) - y).double().cpu())
    model.train()
    errors = torch.cat(errors)
    return {"loss": squares / len(errors), "n": len(errors), "mae": errors.abs().mean().item(),
            "rmse": errors.square().mean().sqrt().item()}


PARTS = ("nets", "optimizers", "schedulers")


def save(state, path):
    checkpoint = {part: {k: v.state_dict() for k, v in getattr(state, part).items()} for part in PARTS}
    checkpoint.update(step=state.step, seed=state.seed, config=asdict(state.hyper))
    torch.save(checkpoint, path)


def load(path):
    checkpoint = torch.load(path, weights_only=True)
    state = setup(checkpoint["seed"], checkpoint["config"])
    for part in PARTS:
        for name, thing in getattr(state, part).items():
            thing.load_state_dict(checkpoint[part][name])
    state.step = checkpoint["step"]
    return state


def fit(seed=0):
    state = setup(seed)
    stream = batches(state)
    while state.step < state.hyper.steps:
        loss = train_step(state, next(stream))
        if state.step % 50 == 0:
            print(state.step, round(loss.item(), 4))
    return state


if __name__ == "__main__":
    print(evaluate(fit()))
