"""Synchronous advantage actor-critic (A2C; after Mnih et al., 2016) with n-step returns on a small sailing task.

    python a2c.py [seed]

Sixteen boats sail in lockstep for eight steps; the 128 transitions make one RMSprop update and are thrown away.
A *terminated* episode (harbour or whirlpool) is worth nothing afterwards; a *truncated* one (40 steps are over)
is cut short but bootstraps from the critic's value of the observation it ended with.

Where the randomness lives: every boat owns a `random.Random`; actions are drawn from one `torch.Generator`.
"""
import random
import sys
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.distributions import Categorical

FAMILY = "rl"

SPEC = {
    # optimisation
    "optimizer": "rmsprop",
    "learning_rate": 3e-3,
    "alpha": 0.99,                  # decay of the mean square
    "eps": 1e-5,
    "weight_decay": 0.0,
    "lr_schedule": "linear",        # to zero after the last update
    "grad_clip": 0.5,               # global norm
    "steps": 1200,                  # updates
    # algorithm
    "num_envs": 16,
    "n_steps": 8,
    "batch_size": 128,              # num_envs * n_steps
    "gamma": 0.97,
    "value_coef": 0.5,
    "value_loss": "mse",
    "entropy_coef": 0.01,
    "normalize_advantage": False,
    "updates_per_step": 1,
    "bootstrap_on_truncation": True,
    # network: a shared trunk with two heads
    "hidden_units": 64,
    "n_layers": 2,                  # of the trunk
    "activation": "tanh",
    "init": "orthogonal",           # gain sqrt(2) in the trunk, 0.01 for the policy head, 1 for the value head
    "n_observations": 4,
    "n_actions": 5,
    "n_parameters": 4870,
    # task and evaluation
    "max_episode_steps": 40,
    "seed": 0,
    "n_seeds": 5,
    "eval_episodes": 50,
    "eval_policy": "greedy",
    "min_return": 0.5,
}

DEFAULTS = {
    "lr": 3e-3, "alpha": 0.99, "eps": 1e-5, "max_grad_norm": 0.5, "updates": 1200,
    "num_envs": 16, "n_steps": 8, "gamma": 0.97, "vf_coef": 0.5, "ent_coef": 0.01, "hidden": 64,
}


def config():
    return dict(DEFAULTS)


# ---------------------------------------------------------------- the task

class Sailing:
    """A boat in the square [-1, 1]^2 sails to a harbour that lies somewhere else in every episode.

    Actions: 0 drift, 1 east, 2 north, 3 west, 4 south (0.25 each, plus a gust of wind).  Within 0.25 of the harbour:
    +1, terminated.  Within 0.2 of the whirlpool in the middle: -1, terminated.  Any other step: -0.01.
    Truncated after 40 steps.  Observation: own position, vector to the harbour.
    """

    MOVES = ((0.0, 0.0), (0.25, 0.0), (0.0, 0.25), (-0.25, 0.0), (0.0, -0.25))
    TIME_LIMIT = 40

    def __init__(self, seed=None):
        self.random = random.Random(seed)
        self.boat, self.harbour, self.clock = (0.0, 0.0), (0.0, 0.0), 0

    def _somewhere(self):
        while True:
            x, y = self.random.uniform(-1, 1), self.random.uniform(-1, 1)
            if x * x + y * y > 0.6 ** 2:
                return x, y

    def _observation(self):
        (x, y), (hx, hy) = self.boat, self.harbour
        return np.array([x, y, hx - x, hy - y], dtype=np.float32)

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.random.seed(seed)
        self.boat, self.harbour, self.clock = self._somewhere(), self._somewhere(), 0
        return self._observation(), {}

    def step(self, action):
        dx, dy = self.MOVES[int(action)]
        x = self.boat[0] + dx + self.random.gauss(0.0, 0.05)
        y = self.boat[1] + dy + self.random.gauss(0.0, 0.05)
        self.boat = x, y = min(1.0, max(-1.0, x)), min(1.0, max(-1.0, y))
        self.clock += 1
        arrived = (x - self.harbour[0]) ** 2 + (y - self.harbour[1]) ** 2 < 0.25 ** 2
        sunk = x * x + y * y < 0.2 ** 2
        if arrived:
            reward = 1.0
        elif sunk:
            reward = -1.0
        else:
            reward = -0.01
        terminated = arrived or sunk
        truncated = not terminated and self.clock >= self.TIME_LIMIT
        return self._observation(), reward, terminated, truncated, {}

    def snapshot(self):
        return {"random": self.random.getstate(), "boat": self.boat, "harbour": self.harbour, "clock": self.clock}

    def restore(self, snapshot):
        self.random.setstate(snapshot["random"])
        self.boat, self.harbour, self.clock = snapshot["boat"], snapshot["harbour"], snapshot["clock"]


def make_env(seed):
    return Sailing(seed)


# ---------------------------------------------------------------- the agent

class Rollout(NamedTuple):
    """Everything is laid out (time, environment, ...)."""
    obs: Tensor
    action: Tensor
    reward: Tensor
    next_obs: Tensor        # of the same episode: not the first observation after a reset
    terminated: Tensor
    truncated: Tensor


class ActorCritic(nn.Module):
    def __init__(self, n_obs, n_actions, hidden):
        super().__init__()
        self.trunk = nn.Sequential(
            nn.Linear(n_obs, hidden), nn.Tanh(),
            nn.Linear(hidden, hidden), nn.Tanh(),
        )
        self.policy = nn.Linear(hidden, n_actions)
        self.value = nn.Linear(hidden, 1)
        gains = [(self.trunk[0], 2 ** 0.5), (self.trunk[2], 2 ** 0.5), (self.policy, 0.01), (self.value, 1.0)]
        for layer, gain in gains:
            nn.init.orthogonal_(layer.weight, gain)
            nn.init.zeros_(layer.bias)

    def forward(self, obs):
        h = self.trunk(obs)
        return self.policy(h), self.value(h).squeeze(-1)


class Run:
    def __init__(self, seed, cfg):
        self.seed, self.cfg, self.step = seed, cfg, 0
        model = ActorCritic(4, 5, cfg["hidden"])
        optimizer = torch.optim.RMSprop(model.parameters(), lr=cfg["lr"], alpha=cfg["alpha"], eps=cfg["eps"])
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: max(0.0, 1.0 - k / cfg["updates"]))
        self.nets, self.optimizers, self.schedulers = {"model": model}, {"model": optimizer}, {"model": schedule}
        self.dice = torch.Generator().manual_seed(seed)
        self.train = [make_env(1000 * seed + i) for i in range(cfg["num_envs"])]
        self.test = [500_000 + i for i in range(50)]        # seeds of the evaluation episodes
        self.obs = np.stack([env.reset()[0] for env in self.train])


def setup(seed, config=None):
    torch.manual_seed(seed)
    return Run(seed, {**DEFAULTS, **(config or {})})


@torch.no_grad()
def act(state, observation, epsilon=0.0):
    """One action: with probability epsilon a draw from the policy, otherwise the most probable action."""
    logits, _ = state.nets["model"](torch.as_tensor(observation))
    if epsilon > 0 and torch.rand((), generator=state.dice).item() < epsilon:
        return draw(logits[None], state.dice).item()
    return logits.argmax(-1).item()


def draw(logits, generator):
    return torch.multinomial(logits.softmax(-1), 1, generator=generator).squeeze(-1)


def sample(state):
    """Sail on for n_steps in all environments with the present policy."""
    columns = [[] for _ in Rollout._fields]
    for _ in range(state.cfg["n_steps"]):
        obs = state.obs
        with torch.no_grad():
            logits, _ = state.nets["model"](torch.from_numpy(obs))
        actions = draw(logits, state.dice).numpy()
        following, moved = [], []
        for env, action in zip(state.train, actions):
            next_obs, reward, terminated, truncated, _ = env.step(action)
            moved.append((reward, next_obs, terminated, truncated))
            if terminated or truncated:
                next_obs, _ = env.reset()
            following.append(next_obs)
        state.obs = np.stack(following)
        reward, next_obs, terminated, truncated = (np.array(c) for c in zip(*moved))
        row = (obs, actions, reward.astype(np.float32), next_obs, terminated, truncated)
        for column, value in zip(columns, row):
            column.append(value)
    return Rollout(*(torch.from_numpy(np.stack(c)) for c in columns))


def returns(rewards, dones, gamma):
    """Discounted sums along the first axis; nothing flows back over a done."""
    out, running = torch.empty_like(rewards), torch.zeros_like(rewards[0])
    for t in range(len(rewards) - 1, -1, -1):
        running = rewards[t] + gamma * running * (~dones[t])
        out[t] = running
    return out


@torch.no_grad()
def value_targets(state, roll):
    """n-step returns.  Where the sum is cut without the episode being terminated, the critic stands in for the rest."""
    gamma = state.cfg["gamma"]
    _, next_value = state.nets["model"](roll.next_obs)
    cut = roll.terminated | roll.truncated
    cut[-1] = True
    rest = torch.where(cut & ~roll.terminated, next_value, torch.zeros_like(next_value))
    return returns(roll.reward + gamma * rest, cut, gamma)


def advantages(targets, values):
    return (targets - values).detach()


def loss_fn(state, roll):
    logits, values = state.nets["model"](roll.obs)
    targets = value_targets(state, roll)
    pi = Categorical(logits=logits)
    policy_loss = -(pi.log_prob(roll.action) * advantages(targets, values)).mean()
    value_loss = (targets - values).pow(2).mean()
    entropy = pi.entropy().mean()
    return policy_loss + state.cfg["vf_coef"] * value_loss - state.cfg["ent_coef"] * entropy


def batches(state):
    while True:
        yield None          # on-policy: train_step sails for its own batch


def train_step(state, batch=None):
    roll = sample(state) if batch is None else batch
    model, optimizer = state.nets["model"], state.optimizers["model"]
    loss = loss_fn(state, roll)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), state.cfg["max_grad_norm"])
    optimizer.step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.detach()


# ---------------------------------------------------------------- evaluation and checkpoints

@torch.no_grad()
def evaluate(state, dataset=None):
    """Undiscounted return of the greedy policy, one fresh episode for each seed."""
    seeds = state.test if dataset is None else dataset
    model = state.nets["model"]
    totals, errors = [], []
    for seed in seeds:
        env = make_env(seed)
        obs, _ = env.reset()
        rewards, values = [], []
        while True:
            logits, value = model(torch.from_numpy(obs))
            obs, reward, terminated, truncated, _ = env.step(logits.argmax().item())
            rewards.append(reward)
            values.append(value.item())
            if terminated or truncated:
                break
        totals.append(sum(rewards))
        dones = torch.zeros(len(rewards), dtype=torch.bool)
        earned = returns(torch.tensor(rewards), dones, state.cfg["gamma"])
        errors.append((earned - torch.tensor(values)).pow(2).mean().item())
    return {"loss": float(np.mean(errors)), "n": len(totals), "return": float(np.mean(totals))}


def save(state, path):
    torch.save({
        "seed": state.seed,
        "cfg": state.cfg,
        "step": state.step,
        "model": state.nets["model"].state_dict(),
        "optimizer": state.optimizers["model"].state_dict(),
        "schedule": state.schedulers["model"].state_dict(),
        "dice": state.dice.get_state(),
        "boats": [env.snapshot() for env in state.train],
        "obs": torch.from_numpy(state.obs),
    }, path)


def load(path):
    saved = torch.load(path, weights_only=True)
    state = Run(saved["seed"], saved["cfg"])
    state.step = saved["step"]
    state.nets["model"].load_state_dict(saved["model"])
    state.optimizers["model"].load_state_dict(saved["optimizer"])
    state.schedulers["model"].load_state_dict(saved["schedule"])
    state.dice.set_state(saved["dice"])
    for env, snapshot in zip(state.train, saved["boats"]):
        env.restore(snapshot)
    state.obs = saved["obs"].numpy()
    return state


def main(seed=SPEC["seed"]):
    state = setup(seed)
    while state.step < state.cfg["updates"]:
        loss = train_step(state)
        if state.step % 200 == 0:
            print(f"{state.step:5d}  loss {loss.item():+.4f}  return {evaluate(state)['return']:+.3f}", flush=True)
    return evaluate(state)


if __name__ == "__main__":
    print(main(int(sys.argv[1]) if len(sys.argv) > 1 else SPEC["seed"]))
