"""Deep ensemble of five regressors, trained at once: stacked parameters, vmap over members, gradients from torch.func."""
from collections import namedtuple
from types import SimpleNamespace

import numpy as np
import torch
from torch.func import functional_call, grad_and_value, stack_module_state, vmap

FAMILY = "regressor"
SPEC = {
    "members": 5,
    "loss": "squared error; averaged over the examples of a member's minibatch, summed over the members (each shuffles the training set and is trained on its own)",
    "batch_size": 64,
    "optimizer": "Adam",
    "learning_rate": 5e-3,
    "beta1": 0.9,
    "beta2": 0.99,
    "lr_schedule": "triangular cyclic between 5e-4 and 5e-3, period 100 steps, starting low",
    "gradient_clipping": "norm of each member's gradient to at most 5",
    "steps": 300,
    "targets": "standardised with the mean and standard deviation of the training targets",
    "evaluation": "mse is that of the mean prediction of the members, in the standardised units; loss is the training loss",
    "n_parameters": 5 * (4 * 32 + 32 + 32 * 32 + 32 + 32 + 1),
    "max_loss": 0.5,
}
M, D, H = SPEC["members"], 4, 32
Scale = namedtuple("Scale", "mean std")


def member():
    return torch.nn.Sequential(torch.nn.Linear(D, H), torch.nn.Tanh(), torch.nn.Linear(H, H), torch.nn.Tanh(), torch.nn.Linear(H, 1))


SKELETON = member().to("meta")


def apply(params, x):
    """One member on (n, D): (n,)."""
    return functional_call(SKELETON, params, (x,)).squeeze(-1)


apply_own = vmap(apply)                        # (M, n, D): a minibatch for each member
apply_shared = vmap(apply, in_dims=(0, None))  # (n, D): the same inputs for all


class Stacked(torch.nn.Module):
    """Leaves of shape (M, ...); a three-dimensional input has a minibatch for each member."""

    def __init__(self, params):
        super().__init__()
        for name, value in params.items():
            self.register_parameter(name.replace(".", "_"), torch.nn.Parameter(value.detach().clone()))

    def tree(self):
        return {name.replace("_", "."): p for name, p in self.named_parameters()}

    def forward(self, x):
        return (apply_own if x.ndim == 3 else apply_shared)(self.tree(), x)


def squared_error(params, x, y):
    """Mean over examples, one number for each member."""
    return (vmap(apply)(params, x) - y).square().mean(dim=1)


def objective(params, x, y):
    return squared_error(params, x, y).sum()


def friedman(n, rng):
    x = rng.uniform(-1, 1, (n, D))
    y = 40 + 12 * np.sin(3 * x[:, 0] * x[:, 1]) + 10 * x[:, 2] ** 2 - 6 * x[:, 3] + rng.normal(0, 1.0, n)
    return x, y


def make_data(data_seed=5):
    rng = np.random.default_rng(data_seed)
    (x, y), (xt, yt) = friedman(1280, rng), friedman(512, rng)
    scale = Scale(y.mean(), y.std())
    f = lambda a, b: (torch.tensor(a, dtype=torch.float32), torch.tensor((b - scale.mean) / scale.std, dtype=torch.float32))
    return f(x, y), f(xt, yt), scale


def setup(seed, config=None):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = Stacked(stack_module_state([member() for _ in range(M)])[0])
    opt = torch.optim.Adam(model.parameters(), lr=SPEC["learning_rate"], betas=(SPEC["beta1"], SPEC["beta2"]))
    triangle = lambda t: 0.1 + 0.9 * (1 - abs((t % 100) / 50 - 1))
    train, test, scale = make_data()
    return SimpleNamespace(seed=seed, step=0, nets={"model": model}, optimizers={"adam": opt}, train=train, test=test, scale=scale,
                           schedulers={"cyclic": torch.optim.lr_scheduler.LambdaLR(opt, triangle)})


def batches(state):
    x, y = state.train
    b = SPEC["batch_size"]
    per_epoch = len(y) // b
    t = state.step
    while True:
        epoch, k = divmod(t, per_epoch)
        rngs = np.random.default_rng((state.seed, epoch)).spawn(M)
        rows = torch.from_numpy(np.stack([r.permutation(len(y))[k * b:(k + 1) * b] for r in rngs]))
        yield x[rows], y[rows]                 # (M, b, D), (M, b)
        t += 1


def loss_fn(model, batch):
    return objective(model.tree(), *batch)


def clip_each(grads, bound):
    norms = sum(g.flatten(1).square().sum(1) for g in grads.values()).sqrt()
    factor = (bound / norms.clamp_min(1e-12)).clamp_max(1.0)
    return {k: g * factor.view(-1, *[1] * (g.ndim - 1)) for k, g in grads.items()}


def train_step(state, batch):
    params = {k: p.detach() for k, p in state.nets["model"].tree().items()}
    grads, loss = grad_and_value(objective)(params, *batch)
    grads = clip_each(grads, 5.0)
    for name, p in state.nets["model"].tree().items():
        p.grad = grads[name]
    state.optimizers["adam"].step()
    state.schedulers["cyclic"].step()
    state.step += 1
    return loss


@torch.no_grad()
def evaluate(state, dataset=None):
    x, y = state.test if dataset is None else dataset
    each = state.nets["model"](x)              # (M, n)
    mse = (each.mean(0) - y).square().mean().item()
    return {"loss": (each - y).square().mean(1).sum().item(), "mse": mse, "rmse_original_units": mse ** 0.5 * float(state.scale.std),
            "disagreement": each.var(0).mean().item(), "n": len(y)}


def reference_forward(weights, x):
    w = {k: np.asarray(v, dtype=np.float64) for k, v in weights.items()}
    h = np.asarray(x, dtype=np.float64)
    for i in (0, 2, 4):
        h = h @ w[f"{i}_weight"].transpose(0, 2, 1) + w[f"{i}_bias"][:, None, :]
        h = np.tanh(h) if i < 4 else h
    return h[..., 0]


def save(state, path):
    torch.save((state.seed, state.step, state.nets["model"].state_dict(), state.optimizers["adam"].state_dict(),
                state.schedulers["cyclic"].state_dict()), path)


def load(path):
    seed, step, params, adam, cyclic = torch.load(path, weights_only=True)
    state = setup(seed)
    state.nets["model"].load_state_dict(params)
    state.optimizers["adam"].load_state_dict(adam)
    state.schedulers["cyclic"].load_state_dict(cyclic)
    state.step = step
    return state
