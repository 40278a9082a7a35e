"""PPO with Gaussian actions: eight carts in parallel, GAE, rewards scaled by the spread of the running return."""
from typing import NamedTuple

import numpy as np
import torch
from torch import nn

FAMILY = "rl"
SPEC = {
    "algorithm": "PPO, clipped surrogate and value loss; actor and critic have their own optimizer and gradient clipping",
    "gamma": 0.97, "gae_lambda": 0.9,
    "clip_range": 0.2, "value_coefficient": 0.5,
    "learning_rate": 2e-3,
    "n_envs": 8, "rollout_length": 64,
    "batch_size": 128, "updates_per_step": 16, "steps": 40,
    "reward_scaling": "divided by the running standard deviation of the discounted return, then clipped at 10",
    "initialisation": "orthogonal, gain sqrt 2, 0.01 at the mean's output; log standard deviation -0.5, the same in every state",
    "grad_clip": 0.5,
    "min_return": -15.0,
}
LIMIT, EDGE = 60, 3.0


class Carts:
    """n double integrators to be brought to rest at 0. A cart that passes 3 ends there; all stop after 60 moves."""

    def __init__(self, seed, n=1):
        self.rng, self.n = np.random.default_rng(seed), n

    def reset(self):
        self.body, self.clock = np.zeros((self.n, 2)), np.zeros(self.n, dtype=np.int64)
        return self.restart(np.ones(self.n, dtype=bool))

    def step(self, action):
        force = np.clip(np.asarray(action, dtype=np.float64).reshape(self.n), -1, 1)
        x, v = self.body.T
        cost, v = x ** 2 + 0.1 * v ** 2 + 0.01 * force ** 2, v + 0.2 * force
        self.body = np.stack([x + 0.2 * v, v], axis=1)
        self.clock = self.clock + 1
        terminated = np.abs(self.body[:, 0]) > EDGE
        return self.body.astype(np.float32), -cost - 20.0 * terminated, terminated, (self.clock >= LIMIT) & ~terminated, {}

    def restart(self, which):
        self.body[which], self.clock[which] = self.rng.uniform([-1.5, -0.5], [1.5, 0.5], (int(which.sum()), 2)), 0
        return self.body.astype(np.float32)


# What one rollout hands to the next: the carts, their running returns, and those returns' count, mean, squared deviations.
Carry = NamedTuple("Carry", [(k, torch.Tensor) for k in ("body", "clock", "running", "moments")])
COLUMNS = ("observation", "action", "log_prob", "value", "advantage", "target")
Rollout = NamedTuple("Rollout", [(k, torch.Tensor) for k in COLUMNS] + [("carry", Carry)])


class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean, self.log_std = tower(0.01), nn.Parameter(torch.tensor([-0.5]))

    def forward(self, x):
        return torch.distributions.Normal(self.mean(x).squeeze(-1), self.log_std.exp())


def tower(gain):
    net = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
    for layer, g in zip(net[::2], (2 ** 0.5, 2 ** 0.5, gain)):
        nn.init.orthogonal_(layer.weight, g)
        nn.init.zeros_(layer.bias)
    return net


class State:
    def __init__(self, seed, config=None):
        torch.manual_seed(seed)
        self.seed, self.step, self.schedulers = seed, 0, {}
        self.nets = {"actor": Actor(), "critic": tower(1.0)}
        self.optimizers = {k: torch.optim.Adam(net.parameters(), SPEC["learning_rate"]) for k, net in self.nets.items()}
        n, carts = SPEC["n_envs"], Carts(seed, SPEC["n_envs"])
        carts.reset()
        self.carry = Carry(torch.tensor(carts.body), torch.tensor(carts.clock), torch.zeros(n, dtype=torch.float64),
                           torch.tensor([1e-4, 0.0, 1e-4], dtype=torch.float64))
        self.train, self.test = None, 9_001            # the test set: the seed of 64 starting points


setup, make_env = State, Carts


def advantages(rewards, values, next_values, terminated, truncated, gamma, lam):
    """GAE over the first axis. next_values are of the states reached, before any restart; a cut bootstraps, an end does not."""
    out, ahead = torch.zeros_like(rewards), torch.zeros_like(rewards[0])
    for t in reversed(range(len(rewards))):
        delta = rewards[t] + gamma * next_values[t] * (1 - terminated[t]) - values[t]
        ahead = delta + gamma * lam * (1 - terminated[t]) * (1 - truncated[t]) * ahead
        out[t] = ahead
    return out


def merge(moments, x):
    (n, mean, m2), k = moments, len(x)
    gap = x.mean() - mean
    return np.array([n + k, mean + gap * k / (n + k), m2 + ((x - x.mean()) ** 2).sum() + gap ** 2 * n * k / (n + k)])


@torch.no_grad()
def sample(state):
    """One rollout of (64, 8), flattened; changes nothing in the state."""
    carry, carts = state.carry, Carts([state.seed, 1, state.step], SPEC["n_envs"])
    carts.body, carts.clock = carry.body.numpy().copy(), carry.clock.numpy().copy()
    running, moments = carry.running.numpy().copy(), carry.moments.numpy()
    dice = torch.Generator().manual_seed(state.seed * 100_003 + state.step)
    seen, rows = torch.from_numpy(carts.body.astype(np.float32)), []
    for _ in range(SPEC["rollout_length"]):
        policy = state.nets["actor"](seen)
        action = policy.mean + policy.stddev * torch.randn(SPEC["n_envs"], generator=dice)
        after, reward, terminated, truncated, _ = carts.step(action.numpy())
        running = reward + SPEC["gamma"] * running
        moments = merge(moments, running)
        scaled = np.clip(reward / np.sqrt(moments[2] / moments[0] + 1e-8), -10, 10)
        over = terminated | truncated
        running = np.where(over, 0.0, running)
        flags = [torch.from_numpy(f.astype(np.float32)) for f in (scaled, terminated, truncated)]
        rows.append([seen, torch.from_numpy(after), action, policy.log_prob(action), *flags])
        seen = torch.from_numpy(carts.restart(over) if over.any() else after)
    seen, after, action, log_prob, reward, terminated, truncated = map(torch.stack, zip(*rows))
    value, beyond = (state.nets["critic"](x).squeeze(-1) for x in (seen, after))
    gain = advantages(reward, value, beyond, terminated, truncated, SPEC["gamma"], SPEC["gae_lambda"])
    final = Carry(*map(torch.tensor, (carts.body, carts.clock, running, moments)))
    return Rollout(*(x.flatten(0, 1) for x in (seen, action, log_prob, value, gain, gain + value)), carry=final)


def batches(state):
    while True:
        yield sample(state)


def loss_fn(state, batch):
    a = (batch.advantage - batch.advantage.mean()) / (batch.advantage.std() + 1e-8)
    ratio = (state.nets["actor"](batch.observation).log_prob(batch.action) - batch.log_prob).exp()
    c = SPEC["clip_range"]
    policy_loss = -torch.min(ratio * a, ratio.clamp(1 - c, 1 + c) * a).mean()
    value = state.nets["critic"](batch.observation).squeeze(-1)
    near = batch.value + (value - batch.value).clamp(-c, c)
    value_loss = torch.max((value - batch.target) ** 2, (near - batch.target) ** 2).mean()
    return policy_loss + SPEC["value_coefficient"] * value_loss


def train_step(state, batch):
    with torch.no_grad():
        before = loss_fn(state, batch)
    rng, n = np.random.default_rng([state.seed, 2, state.step]), len(batch.action)
    for _ in range(SPEC["updates_per_step"] * SPEC["batch_size"] // n):
        for rows in torch.from_numpy(rng.permutation(n)).split(SPEC["batch_size"]):
            part = Rollout(*(column[rows] for column in batch[:-1]), carry=None)
            for net in state.nets.values():
                net.zero_grad()
            loss_fn(state, part).backward()
            for net, optimizer in zip(state.nets.values(), state.optimizers.values()):
                nn.utils.clip_grad_norm_(net.parameters(), SPEC["grad_clip"])
                optimizer.step()
    state.carry, state.step = batch.carry, state.step + 1
    return before


def act(state, observation, epsilon=0.0):
    """The mean force; with probability epsilon one drawn from the policy."""
    with torch.no_grad():
        policy = state.nets["actor"](torch.as_tensor(observation))
        return (policy.sample() if torch.rand(()) < epsilon else policy.mean).numpy()


@torch.no_grad()
def evaluate(state, dataset=None):
    carts = Carts(state.test if dataset is None else dataset, 64)
    seen, alive, total = carts.reset(), np.ones(64, dtype=bool), np.zeros(64)
    while alive.any():
        seen, reward, terminated, truncated, _ = carts.step(state.nets["actor"](torch.from_numpy(seen)).mean.numpy())
        total, alive = total + reward * alive, alive & ~terminated & ~truncated
    return {"loss": loss_fn(state, sample(state)).item(), "n": 64, "return": float(total.mean())}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "carry": list(state.carry),
                "nets": [n.state_dict() for n in state.nets.values()],
                "optimizers": [o.state_dict() for o in state.optimizers.values()]}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = State(d["seed"])
    state.step, state.carry = d["step"], Carry(*d["carry"])
    for kind in ("nets", "optimizers"):
        for live, kept in zip(getattr(state, kind).values(), d[kind]):
            live.load_state_dict(kept)
    return state
