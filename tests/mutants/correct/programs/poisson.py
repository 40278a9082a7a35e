"""Claim counts with exposure: a compile / fit / evaluate model, in float64, a row of the table is (9 features, exposure, count)."""
import numpy as np
import torch
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

FAMILY = "regressor"
SPEC = {
    "loss": "Poisson negative log-likelihood without the constant log y!, the rate multiplied by the exposure (log-exposure offset)",
    "optimizer": "RMSprop, rho 0.9, epsilon 1e-7",
    "learning_rate": 4e-3,
    "lr_schedule": "exponential: the rate is multiplied by gamma after each step",
    "gamma": 0.997,
    "batch_size": 128,
    "steps": 700,
    "gradient_noise": "Gaussian, standard deviation 0.01 / (1 + t)^0.275 (Neelakantan et al.)",
    "activation": "tanh",
    "weight_normalisation": "hidden layers (Salimans and Kingma)",
    "precision": "float64",
    "initialisation": "output weights zero, output bias the log of claims per unit of exposure on the training rows",
    "max_loss": -1.7,
}
N_FEATURES = 9


def portfolio(n, rng):
    x = np.concatenate([rng.normal(size=(n, 6)), rng.integers(0, 2, (n, 3))], axis=1)
    rate = np.exp(0.9 + 0.7 * np.sin(1.5 * x[:, 0]) + 0.5 * x[:, 1] * x[:, 6] - 0.4 * x[:, 2] ** 2 * x[:, 7] + 0.3 * x[:, 8])
    exposure = rng.uniform(0.2, 2.0, n)
    return torch.from_numpy(np.column_stack([x, exposure, rng.poisson(rate * exposure)]))


class RateModel(nn.Module):
    """log of the expected count of each row; the last column (the count) is never read here."""

    def __init__(self, units=(40, 40)):
        super().__init__()
        sizes = (N_FEATURES, *units)
        hidden = [layer for a, b in zip(sizes, sizes[1:]) for layer in (weight_norm(nn.Linear(a, b, dtype=torch.float64)), nn.Tanh())]
        self.body = nn.Sequential(*hidden, nn.Linear(units[-1], 1, dtype=torch.float64))

    def forward(self, rows):
        return self.body(rows[:, :N_FEATURES]).squeeze(1) + rows[:, N_FEATURES].log()


def poisson(y_true, log_mu):
    return log_mu.exp() - y_true * log_mu


def deviance(y_true, log_mu):
    return 2 * (torch.xlogy(y_true, y_true) - y_true * log_mu - y_true + log_mu.exp())


class Trainer:
    """Keras-like: built, compiled, then fit for a number of steps."""

    def __init__(self, seed):
        self.seed, self.step = seed, 0
        self.train, self.test = portfolio(4000, np.random.default_rng(31)), portfolio(2000, np.random.default_rng(32))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.nets = {"model": RateModel()}
        out = self.nets["model"].body[-1]
        nn.init.zeros_(out.weight)
        nn.init.constant_(out.bias, (self.train[:, -1].sum() / self.train[:, -2].sum()).log().item())
        self.noise = torch.Generator().manual_seed(seed + 12345)

    def compile(self, loss, metrics):
        self.loss, self.metrics = loss, metrics
        opt = torch.optim.RMSprop(self.nets["model"].parameters(), lr=SPEC["learning_rate"], alpha=0.9, eps=1e-7)
        self.optimizers = {"rmsprop": opt}
        self.schedulers = {"decay": torch.optim.lr_scheduler.ExponentialLR(opt, SPEC["gamma"])}
        return self

    def train_on_batch(self, rows):
        model, opt = self.nets["model"], self.optimizers["rmsprop"]
        model.train()
        opt.zero_grad()
        value = loss_fn(model, rows)
        value.backward()
        sd = 0.01 / (1 + self.step) ** 0.275
        for p in model.parameters():
            p.grad.add_(torch.randn(p.shape, generator=self.noise, dtype=p.dtype), alpha=sd)
        opt.step()
        self.schedulers["decay"].step()
        self.step += 1
        return value.detach()

    def test_on(self, rows):
        with torch.no_grad():
            log_mu, y = self.nets["model"](rows), rows[:, -1]
            logs = {"loss": self.loss(y, log_mu).mean().item(), "n": len(rows)}
            return logs | {name: fn(y, log_mu).mean().item() for name, fn in self.metrics.items()}

    def fit(self, steps, callbacks=()):
        history = []
        for _, rows in zip(range(steps), batches(self)):
            history.append(self.train_on_batch(rows))
            for callback in callbacks:
                callback(self, history[-1])
        return history


def setup(seed, config=None):
    metrics = {"deviance": deviance, "mae": lambda y, log_mu: (y - log_mu.exp()).abs()}
    return Trainer(seed).compile(loss=poisson, metrics=metrics)


def batches(state):
    """Rows drawn with replacement by a generator of (seed, step)."""
    step = state.step
    while True:
        pick = np.random.Generator(np.random.PCG64([state.seed, step])).integers(0, len(state.train), SPEC["batch_size"])
        yield state.train[torch.from_numpy(pick)]
        step += 1


def loss_fn(model, batch):
    return poisson(batch[:, -1], model(batch)).mean()


def train_step(state, batch):
    return state.train_on_batch(batch)


def evaluate(state, dataset=None):
    return state.test_on(state.test if dataset is None else dataset)


def save(state, path):
    torch.save({
        "seed": state.seed,
        "step": state.step,
        "weights": state.nets["model"].state_dict(),
        "rmsprop": state.optimizers["rmsprop"].state_dict(),
        "decay": state.schedulers["decay"].state_dict(),
        "noise": state.noise.get_state(),
    }, path)


def load(path):
    saved = torch.load(path, weights_only=True)
    state = setup(saved["seed"])
    state.step = saved["step"]
    state.nets["model"].load_state_dict(saved["weights"])
    state.optimizers["rmsprop"].load_state_dict(saved["rmsprop"])
    state.schedulers["decay"].load_state_dict(saved["decay"])
    state.noise.set_state(saved["noise"])
    return state


if __name__ == "__main__":
    trainer = setup(0)
    trainer.fit(SPEC["steps"], callbacks=[lambda t, loss: print(t.step, float(loss)) if t.step % 50 == 0 else None])
    print(evaluate(trainer))
