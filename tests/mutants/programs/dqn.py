"""DQN on a corridor with a slippery floor: walk right to the end before the time is up."""

import random
import types
from collections import deque

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

FAMILY = "rl"
SPEC = {
    "optimizer": "Adam", "learning_rate": 2e-3, "gamma": 0.95, "batch_size": 32,
    "steps": 2500, "target_update_every": 50, "hidden_units": 32, "grad_clip": 10.0,
    "min_return": 0.55, "updates_per_step": 1,
}  # fmt: skip
LENGTH, TIME = 6, 20


class Corridor:
    """Position 0 .. LENGTH-1; reward 1 at the right end, -0.02 a step; slips 1 time in 10."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.at, self.time = 0, 0

    def observe(self):
        return np.eye(LENGTH, dtype=np.float32)[self.at]

    def reset(self, seed=None):
        if seed is not None:
            self.rng = np.random.default_rng(seed)
        self.at, self.time = int(self.rng.integers(0, LENGTH - 1)), 0
        return self.observe(), {}

    def step(self, action):
        move = 1 if action == 1 else -1
        if self.rng.random() < 0.1:
            move = -move
        self.at = min(max(self.at + move, 0), LENGTH - 1)
        self.time += 1
        terminated = self.at == LENGTH - 1
        truncated = self.time >= TIME and not terminated
        return self.observe(), (1.0 if terminated else -0.02), terminated, truncated, {}


def make_env(seed):
    return Corridor(seed)


def network():
    return nn.Sequential(nn.Linear(LENGTH, 32), nn.ReLU(), nn.Linear(32, 2))


def setup(seed, config=None):
    torch.manual_seed(seed)
    online, target = network(), network()
    target.load_state_dict(online.state_dict())
    state = types.SimpleNamespace(
        nets={"online": online, "target": target},
        optimizers={"online": torch.optim.Adam(online.parameters(), lr=2e-3)},
        schedulers={}, step=0, seed=seed, train=None, test=None,
        memory=deque(maxlen=5000), env=make_env(seed), random=random.Random(seed),
    )  # fmt: skip
    state.observation, _ = state.env.reset()
    return state


def epsilon_at(step):
    return max(0.1, 1.0 - step / 1000)


def act(state, observation, epsilon):
    if state.random.random() < epsilon:
        return state.random.randrange(2)
    with torch.no_grad():
        return int(state.nets["online"](torch.as_tensor(observation)[None]).argmax(1))


def sample(state):
    rows = state.random.sample(list(state.memory), 32)
    before, action, reward, after, done = zip(*rows)
    return {
        "before": torch.tensor(np.stack(before)),
        "action": torch.tensor(action),
        "reward": torch.tensor(reward, dtype=torch.float32),
        "after": torch.tensor(np.stack(after)),
        "done": torch.tensor(done, dtype=torch.float32),
    }


@torch.no_grad()
def td_target(state, batch):
    best = state.nets["target"](batch["after"]).max(1).values
    return batch["reward"] + 0.95 * (1 - batch["done"]) * best


def loss_fn(state, batch):
    q = state.nets["online"](batch["before"]).gather(1, batch["action"][:, None]).squeeze(1)
    return F.smooth_l1_loss(q, td_target(state, batch))


def batches(state):
    while True:
        yield None


def interact(state):
    action = act(state, state.observation, epsilon_at(state.step))
    after, reward, terminated, truncated, _ = state.env.step(action)
    state.memory.append((state.observation, action, reward, after, float(terminated)))
    state.observation = state.env.reset()[0] if terminated or truncated else after


def train_step(state, batch):
    interact(state)
    state.step += 1
    if len(state.memory) < 100:
        return torch.tensor(0.0)
    loss = loss_fn(state, sample(state))
    optimizer = state.optimizers["online"]
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(state.nets["online"].parameters(), 10.0)
    optimizer.step()
    if state.step % 50 == 0:
        state.nets["target"].load_state_dict(state.nets["online"].state_dict())
    return loss.detach()


def evaluate(state, dataset=None):
    total, episodes = 0.0, 50
    for i in range(episodes):
        env = make_env(5000 + i)
        observation, _ = env.reset()
        over = False
        while not over:
            with torch.no_grad():
                q = state.nets["online"](torch.as_tensor(observation)[None])
            observation, reward, terminated, truncated, _ = env.step(int(q.argmax(1)))
            total += reward
            over = terminated or truncated
    return {"return": total / episodes, "n": episodes}


def save(state, path):
    version, words, gauss = state.random.getstate()
    memory = [(o.tolist(), a, r, n.tolist(), d) for o, a, r, n, d in state.memory]
    rng = state.env.rng.bit_generator.state
    torch.save({
        "nets": {k: v.state_dict() for k, v in state.nets.items()},
        "optimizer": state.optimizers["online"].state_dict(),
        "step": state.step, "seed": state.seed, "memory": memory,
        "random": [version, list(words), gauss],
        "env": [state.env.at, state.env.time, rng], "observation": state.observation.tolist(),
    }, path)  # fmt: skip


def load(path):
    kept = torch.load(path, weights_only=True)
    state = setup(kept["seed"])
    for name, net in state.nets.items():
        net.load_state_dict(kept["nets"][name])
    state.optimizers["online"].load_state_dict(kept["optimizer"])
    state.step = kept["step"]
    array = lambda values: np.array(values, dtype=np.float32)  # noqa: E731
    state.memory.extend((array(o), a, r, array(n), d) for o, a, r, n, d in kept["memory"])
    version, words, gauss = kept["random"]
    state.random.setstate((version, tuple(words), gauss))
    state.env.at, state.env.time, state.env.rng.bit_generator.state = kept["env"]
    state.observation = array(kept["observation"])
    return state
