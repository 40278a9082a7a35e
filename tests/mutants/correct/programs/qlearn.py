"""Double DQN with a slowly moving target on a slippery gridworld; cells are integers, Q starts optimistic."""
import copy
import itertools
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FAMILY = "rl"
SPEC = {
    "algorithm": "double DQN with uniform replay",
    "loss": "Huber loss (delta 1), mean over transitions",
    "gamma": 0.9,
    "tau": 0.05, "target_update": "soft, after every step",
    "learning_rate": 2e-3,
    "batch_size": 64,
    "replay_size": 5000, "learning_starts": 300,
    "env_steps_per_update": 3,
    "exploration": "Q's output bias starts at 1, the largest return there is; epsilon falls linearly from 0.8 to 0.05 over 600 steps",
    "steps": 1500,
    "grad_clip": 5.0,
    "min_return": 0.4,
}
SIDE, GOAL, PITS, LIMIT, SLIP = 4, 15, (5, 11), 40, 0.05
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))


class GridWorld:
    """From the upper left to the lower right corner: +1 there, -1 in a pit, -0.04 for each move; 40 moves at most."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.reset()

    def reset(self):
        self.cell = self.moves = 0
        return self.cell

    def step(self, action):
        if self.rng.random() < SLIP:
            action = int(self.rng.integers(4))
        row = min(max(self.cell // SIDE + MOVES[action][0], 0), SIDE - 1)
        column = min(max(self.cell % SIDE + MOVES[action][1], 0), SIDE - 1)
        self.cell, self.moves = row * SIDE + column, self.moves + 1
        prize = 1.0 if self.cell == GOAL else -1.0 if self.cell in PITS else 0.0
        return self.cell, prize - 0.04, prize != 0, self.moves >= LIMIT and prize == 0, {}


make_env = GridWorld


class Transition(NamedTuple):
    cell: torch.Tensor
    action: torch.Tensor
    reward: torch.Tensor
    after: torch.Tensor
    terminated: torch.Tensor        # 1 only for goal and pits: a cut at the limit of moves still bootstraps


class Replay:
    def __init__(self, size):
        self.size, self.written = size, 0
        kinds = (torch.int64, torch.int64, torch.float32, torch.int64, torch.float32)
        self.columns = Transition(*(torch.zeros(size, dtype=kind) for kind in kinds))

    def __len__(self):
        return min(self.written, self.size)

    def add(self, *values):
        for column, value in zip(self.columns, values):
            column[self.written % self.size] = value
        self.written += 1


class Agent:
    def __init__(self, seed):
        torch.manual_seed(seed)
        q = nn.Sequential(nn.Embedding(SIDE * SIDE, 64), nn.ReLU(), nn.Linear(64, 4))
        nn.init.constant_(q[-1].bias, 1.0)
        self.seed, self.step = seed, 0
        self.nets = {"q": q, "q_target": copy.deepcopy(q).requires_grad_(False)}
        self.optimizers, self.schedulers = {"q": torch.optim.Adam(q.parameters(), lr=SPEC["learning_rate"])}, {}
        self.env, self.dice = make_env(seed), np.random.default_rng([seed, 1])
        self.observation = self.env.reset()
        self.train, self.test = Replay(SPEC["replay_size"]), list(range(50_000, 50_060))


def setup(seed, config=None):
    state = Agent(seed)
    for _ in range(SPEC["learning_starts"]):
        interact(state, 1.0)
    return state


@torch.no_grad()
def act(state, observation, epsilon):
    explore = state.dice.random() < epsilon
    return int(state.dice.integers(4) if explore else state.nets["q"](torch.tensor([observation])).argmax())


def interact(state, epsilon):
    action = act(state, state.observation, epsilon)
    after, reward, terminated, truncated, _ = state.env.step(action)
    state.train.add(state.observation, action, reward, after, float(terminated))
    state.observation = state.env.reset() if terminated or truncated else after


def sample(state, step=None):
    rng = np.random.default_rng([state.seed, 2, state.step if step is None else step])
    rows = torch.from_numpy(rng.integers(len(state.train), size=SPEC["batch_size"]))
    return Transition(*(column[rows] for column in state.train.columns))


def batches(state):
    for step in itertools.count(state.step):
        yield sample(state, step)


@torch.no_grad()
def td_target(state, batch):
    best = state.nets["q"](batch.after).argmax(dim=1, keepdim=True)
    value = state.nets["q_target"](batch.after).gather(1, best).squeeze(1)
    return batch.reward + SPEC["gamma"] * (1 - batch.terminated) * value


def loss_fn(state, batch):
    chosen = state.nets["q"](batch.cell).gather(1, batch.action[:, None]).squeeze(1)
    return F.smooth_l1_loss(chosen, td_target(state, batch))


def train_step(state, batch):
    (q, target), loss = state.nets.values(), loss_fn(state, batch)
    state.optimizers["q"].zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(q.parameters(), SPEC["grad_clip"])
    state.optimizers["q"].step()
    for slow, fast in zip(target.parameters(), q.parameters()):
        slow.data.lerp_(fast.data, SPEC["tau"])
    epsilon = 0.8 + (0.05 - 0.8) * min(state.step / 600, 1.0)
    for _ in range(SPEC["env_steps_per_update"]):
        interact(state, epsilon)
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    """Greedy episodes, one for every seed of the data set, undiscounted; the loss is over the whole replay."""
    seeds = state.test if dataset is None else dataset
    greedy, total = state.nets["q"](torch.arange(SIDE * SIDE)).argmax(dim=1).tolist(), 0.0
    for seed in seeds:
        env, over = make_env(seed), False
        cell = env.reset()
        while not over:
            cell, reward, terminated, truncated, _ = env.step(greedy[cell])
            total, over = total + reward, terminated or truncated
    seen = Transition(*(c[:len(state.train)] for c in state.train.columns))
    return {"loss": loss_fn(state, seen).item(), "n": len(seeds), "return": total / len(seeds)}


def save(state, path):
    torch.save({"seed": state.seed, "step": state.step, "nets": {k: n.state_dict() for k, n in state.nets.items()},
                "adam": state.optimizers["q"].state_dict(), "replay": list(state.train.columns),
                "written": state.train.written, "dice": state.dice.bit_generator.state,
                "env": [state.env.cell, state.env.moves, state.env.rng.bit_generator.state]}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = Agent(d["seed"])
    state.step, state.train.written, state.train.columns = d["step"], d["written"], Transition(*d["replay"])
    for k in state.nets:
        state.nets[k].load_state_dict(d["nets"][k])
    state.optimizers["q"].load_state_dict(d["adam"])
    state.dice.bit_generator.state = d["dice"]
    state.env.cell, state.env.moves, state.env.rng.bit_generator.state = d["env"]
    state.observation = state.env.cell
    return state
