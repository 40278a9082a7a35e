"""Forward kinematics of a three-joint arm: three outputs, Huber loss with delta 0.1, everything in float64.

Weight-normalised layers; every optimizer step accumulates four micro-batches and clips the gradient norm.
"""
import torch
import torch.nn.functional as F
from torch.nn.utils.parametrizations import weight_norm
from torch.utils.data import DataLoader, TensorDataset

FAMILY = "regressor"
SPEC = {
    "learning_rate": 0.01,
    "optimizer": "Adam with AMSGrad",
    "beta1": 0.9,
    "beta2": 0.99,
    "batch_size": 64,
    "accumulation_steps": 4,
    "steps": 300,
    "grad_clip": 1.0,
    "lr_schedule": "linear decay to 5 % of the initial rate over the run",
    "loss": "Huber, delta 0.1, summed over the three coordinates and averaged over the examples",
    "huber_delta": 0.1,
    "architecture": "MLP 6-64-64-3, weight normalisation on the hidden layers, tanh",
    "precision": "float64",
    "max_loss": 0.03,
}
DELTA, MICRO = 0.1, 4


def config():
    return {k: SPEC[k] for k in ("learning_rate", "beta1", "beta2", "batch_size", "steps", "grad_clip")}


def arm(n, seed):
    g = torch.Generator().manual_seed(seed)
    q = (torch.rand(n, 3, generator=g, dtype=torch.float64) * 2 - 1) * torch.tensor([2.5, 1.2, 1.8], dtype=torch.float64)
    reach = 1.0 * torch.cos(q[:, 1]) + 0.7 * torch.cos(q[:, 1] + q[:, 2])
    height = 1.0 * torch.sin(q[:, 1]) + 0.7 * torch.sin(q[:, 1] + q[:, 2])
    place = torch.stack([reach * torch.cos(q[:, 0]), reach * torch.sin(q[:, 0]), height], 1)
    place = place + 0.02 * torch.randn(n, 3, generator=g, dtype=torch.float64)
    return TensorDataset(torch.cat([q.sin(), q.cos()], 1), place)


def network():
    layers = torch.nn.Sequential()
    layers.add_module("first", weight_norm(torch.nn.Linear(6, 64, dtype=torch.float64)))
    layers.add_module("act1", torch.nn.Tanh())
    layers.add_module("second", weight_norm(torch.nn.Linear(64, 64, dtype=torch.float64)))
    layers.add_module("act2", torch.nn.Tanh())
    layers.add_module("last", torch.nn.Linear(64, 3, dtype=torch.float64))
    return layers


class Trainer:
    def __init__(self, seed, options):
        torch.manual_seed(seed)
        self.seed, self.step, self.options = seed, 0, options
        net = network()
        adam = torch.optim.Adam(net.parameters(), lr=options["learning_rate"], betas=(options["beta1"], options["beta2"]), amsgrad=True)
        steps = options["steps"]
        decay = torch.optim.lr_scheduler.LinearLR(adam, start_factor=1.0, end_factor=0.05, total_iters=steps)
        self.nets, self.optimizers, self.schedulers = {"model": net}, {"amsgrad": adam}, {"amsgrad": decay}
        self.train, self.test = arm(2000, 811), arm(500, 812)


def setup(seed, config=None):
    options = {k: SPEC[k] for k in ("learning_rate", "beta1", "beta2", "batch_size", "steps", "grad_clip")}
    if config is not None:
        options.update(config)
    return Trainer(seed, options)


def make_loader(dataset, workers, seed):
    return DataLoader(dataset, batch_size=SPEC["batch_size"], shuffle=True, num_workers=workers, drop_last=False,
                      generator=torch.Generator().manual_seed(seed))


def batches(state):
    """Whole epochs in a new order each; the last, smaller batch of an epoch is used as well."""
    x, y = state.train.tensors
    size = state.options["batch_size"]
    per_epoch = -(-len(x) // size)
    epoch, k = divmod(state.step, per_epoch)
    while True:
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(state.seed * 7919 + epoch))
        chunks = order.split(size)
        for rows in chunks[k:]:
            yield x[rows], y[rows]
        epoch, k = epoch + 1, 0


def loss_fn(model, batch):
    x, y = batch
    return F.huber_loss(model(x), y, delta=DELTA, reduction="none").sum(-1).mean()


def train_step(state, batch):
    net, adam = state.nets["model"], state.optimizers["amsgrad"]
    x, y = batch
    adam.zero_grad()
    total = torch.zeros((), dtype=torch.float64)
    for part_x, part_y in zip(x.chunk(MICRO), y.chunk(MICRO)):
        share = loss_fn(net, (part_x, part_y)) * (len(part_x) / len(x))
        share.backward()
        total += share.detach()
    torch.nn.utils.clip_grad_norm_(net.parameters(), state.options["grad_clip"])
    adam.step()
    state.schedulers["amsgrad"].step()
    state.step += 1
    return total


def evaluate(state, dataset=None):
    dataset = state.test if dataset is None else dataset
    net = state.nets["model"]
    loss, squared, n = 0.0, torch.zeros(3, dtype=torch.float64), 0
    with torch.no_grad():
        for x, y in DataLoader(dataset, batch_size=150, generator=torch.Generator()):
            out = net(x)
            loss += loss_fn(net, (x, y)).item() * len(x)
            squared += (out - y).square().sum(0)
            n += len(x)
    rmse = (squared / n).sqrt().tolist()
    return {"loss": loss / n, "n": n, "rmse_x": rmse[0], "rmse_y": rmse[1], "rmse_z": rmse[2],
            "rmse": (squared.sum() / (3 * n)).sqrt().item()}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "options": state.options,
                **{group: {k: v.state_dict() for k, v in getattr(state, group).items()}
                   for group in ("nets", "optimizers", "schedulers")}}, path)


def load(path):
    stored = torch.load(path, weights_only=True)
    state = Trainer(stored["seed"], stored["options"])
    state.step = stored["step"]
    for group in ("nets", "optimizers", "schedulers"):
        for k, v in getattr(state, group).items():
            v.load_state_dict(stored[group][k])
    return state


if __name__ == "__main__":
    trainer = setup(0)
    for batch in batches(trainer):
        if trainer.step >= trainer.options["steps"]:
            break
        train_step(trainer, batch)
    print(evaluate(trainer))
