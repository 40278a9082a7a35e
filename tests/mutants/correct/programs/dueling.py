# Dueling double DQN + prioritised replay + n-step returns on a 4x4 grid with a cliff.  One file, as used for the ablation table.
import copy
import json
from collections import deque
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FAMILY = "rl"
SPEC = {
    "learning_rate": 1e-3,
    "batch_size": 32,
    "steps": 900,
    "gamma": 0.95,
    "n_step": 3,
    "target_update_every": 50,
    "env_steps_per_update": 2,
    "priority_exponent": 0.6,
    "importance_exponent": "0.4 at the start, linearly to 1 at the last step; weights divided by their largest in the batch",
    "grad_clip": 10.0,
    "exploration": "epsilon-greedy, 1.0 to 0.1 linearly over the first half of training",
    "loss": "Huber (threshold 1) of the n-step double-Q error times the importance weight, averaged over the batch; "
            "the gradient that the two streams send into the trunk is multiplied by 1/sqrt(2)",
    "min_return": 0.6,
}
SIZE, LIMIT, CAP, WARM = 4, 30, 4096, 500
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))
FIELDS = {"obs": 2, "next_obs": 2, "action": None, "reward": None, "done": None, "horizon": None, "priority": None}

class CliffGrid:
    """Start in one corner of the bottom row, goal in the other; the cells between are a cliff (-1, the end). Goal +1, step -0.02."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.reset()

    def observe(self):
        return np.array([self.row, self.col], dtype=np.float32) / (SIZE - 1) * 2 - 1

    def reset(self):
        self.row, self.col, self.t = int(self.rng.integers(0, SIZE)), 0, 0      # anywhere in the left column
        return self.observe()

    def step(self, action):
        dr, dc = MOVES[int(action)]
        self.row, self.col = min(max(self.row + dr, 0), SIZE - 1), min(max(self.col + dc, 0), SIZE - 1)
        self.t += 1
        bottom = self.row == SIZE - 1
        goal, fell = bottom and self.col == SIZE - 1, bottom and 0 < self.col < SIZE - 1
        terminated = goal or fell
        reward = -0.02 + (1.0 if goal else 0.0) - (1.0 if fell else 0.0)
        return self.observe(), reward, terminated, self.t >= LIMIT and not terminated

class Dueling(nn.Module):
    def __init__(self, h=64):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(2, h), nn.ReLU(), nn.Linear(h, h), nn.ReLU())
        self.value, self.advantage = nn.Linear(h, 1), nn.Linear(h, 4)

    def forward(self, x):
        h = self.trunk(x)
        h = h.detach() + 0.5 ** 0.5 * (h - h.detach())           # same value, scaled gradient
        a = self.advantage(h)
        return self.value(h) + a - a.mean(1, keepdim=True)

def make_env(seed):
    return CliffGrid(seed)

def epsilon_at(step):
    return max(0.1, 1.0 - 0.9 * step / (SPEC["steps"] / 2))

@torch.no_grad()
def act(state, observation, epsilon):
    if state.rng.random() < epsilon:
        return int(state.rng.integers(4))
    return int(state.nets["online"](torch.as_tensor(observation)[None]).argmax())

def remember(state, **row):
    row["priority"] = max(1.0, float(state.replay["priority"][:state.size].max())) if state.size else 1.0
    for k, v in row.items():
        state.replay[k][state.head] = torch.as_tensor(v)
    state.head, state.size = (state.head + 1) % CAP, min(state.size + 1, CAP)

def pop_n_step(state, next_obs, done):
    """Turn the oldest pending transition into a multi-step one that ends in next_obs."""
    total = sum(SPEC["gamma"] ** k * r for k, (_, _, r) in enumerate(state.pending))
    obs, action, horizon = *state.pending[0][:2], len(state.pending)
    remember(state, obs=obs, action=action, reward=total, next_obs=next_obs, done=float(done), horizon=horizon)
    state.pending.popleft()

def interact(state, epsilon):
    obs = state.env.observe()
    action = act(state, obs, epsilon)
    nxt, reward, terminated, truncated = state.env.step(action)
    state.pending.append((obs, action, reward))
    if len(state.pending) == SPEC["n_step"]:
        pop_n_step(state, nxt, terminated)
    if terminated or truncated:                      # a time limit ends the window but is not a terminal state
        while state.pending:
            pop_n_step(state, nxt, terminated)
        state.env.reset()

def setup(seed, config=None):
    s = SimpleNamespace()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        online = Dueling()
    s.nets = {"online": online, "target": copy.deepcopy(online).requires_grad_(False)}
    s.optimizers = {"online": torch.optim.Adam(online.parameters(), lr=SPEC["learning_rate"])}
    s.schedulers, s.step, s.seed = {}, 0, seed
    s.rng, s.env, s.pending = np.random.default_rng([seed, 1]), make_env([seed, 2]), deque()
    s.replay = {k: torch.zeros(CAP, d) if d else torch.zeros(CAP, dtype=torch.long if k == "action" else torch.float32)
                for k, d in FIELDS.items()}
    s.head = s.size = 0
    s.train, s.test = s.replay, list(range(50_000, 50_020))        # evaluation: seeds of 20 episodes
    while s.size < WARM:
        interact(s, 1.0)
    return s

def sample(state, step=None):
    step = state.step if step is None else step
    rng = np.random.default_rng([state.seed, 3, step])
    p = state.replay["priority"][:state.size].double().numpy() ** SPEC["priority_exponent"]
    p = p / p.sum()
    index = rng.choice(state.size, SPEC["batch_size"], p=p)
    beta = min(1.0, 0.4 + 0.6 * step / SPEC["steps"])
    weight = (state.size * p[index]) ** -beta
    index = torch.from_numpy(index)
    batch = {k: v[index] for k, v in state.replay.items() if k != "priority"}
    return {**batch, "index": index, "weight": torch.from_numpy(weight / weight.max()).float()}

def batches(state):
    step = state.step
    while True:
        yield sample(state, step)
        step += 1

@torch.no_grad()
def td_target(state, batch):
    best = state.nets["online"](batch["next_obs"]).argmax(1, keepdim=True)
    ahead = state.nets["target"](batch["next_obs"]).gather(1, best)[:, 0]
    return batch["reward"] + SPEC["gamma"] ** batch["horizon"] * (1 - batch["done"]) * ahead

def chosen(state, batch):
    return state.nets["online"](batch["obs"]).gather(1, batch["action"][:, None])[:, 0]

def weighted(q, y, weight):
    return (weight * F.huber_loss(q, y, reduction="none")).mean()

def loss_fn(state, batch):
    return weighted(chosen(state, batch), td_target(state, batch), batch["weight"])

def train_step(state, batch):
    q, y = chosen(state, batch), td_target(state, batch)
    loss = weighted(q, y, batch["weight"])
    state.optimizers["online"].zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(state.nets["online"].parameters(), SPEC["grad_clip"])
    state.optimizers["online"].step()
    state.replay["priority"][batch["index"]] = (y - q).detach().abs() + 1e-3
    state.step += 1
    if state.step % SPEC["target_update_every"] == 0:
        state.nets["target"].load_state_dict(state.nets["online"].state_dict())
    for _ in range(2):
        interact(state, epsilon_at(state.step))
    return loss.detach()

@torch.no_grad()
def evaluate(state, dataset=None):
    seeds, totals = state.test if dataset is None else dataset, []
    for seed in seeds:
        env, total, over = make_env(seed), 0.0, False
        while not over:
            greedy = state.nets["online"](torch.from_numpy(env.observe())[None]).argmax()
            _, r, terminated, truncated = env.step(greedy)
            total, over = total + r, terminated or truncated
        totals.append(total)
    every = {k: v[:state.size] for k, v in state.replay.items()}
    loss = F.huber_loss(chosen(state, every), td_target(state, every)).item()
    return {"loss": loss, "n": len(totals), "return": float(np.mean(totals))}

def save(state, path):
    rngs = json.dumps([state.rng.bit_generator.state, state.env.rng.bit_generator.state])
    torch.save({"nets": {k: v.state_dict() for k, v in state.nets.items()}, "opt": state.optimizers["online"].state_dict(),
                "replay": state.replay, "rngs": rngs, "env": [state.env.row, state.env.col, state.env.t],
                "pending": [(torch.from_numpy(o), a, r) for o, a, r in state.pending],
                "counters": [state.step, state.seed, state.head, state.size]}, path)

def load(path):
    c = torch.load(path, weights_only=True)
    state = setup(c["counters"][1])
    for k, net in state.nets.items():
        net.load_state_dict(c["nets"][k])
    state.optimizers["online"].load_state_dict(c["opt"])
    state.step, state.seed, state.head, state.size = c["counters"]
    state.replay = state.train = c["replay"]
    state.rng.bit_generator.state, state.env.rng.bit_generator.state = json.loads(c["rngs"])
    state.env.row, state.env.col, state.env.t = c["env"]
    state.pending = deque((o.numpy(), a, r) for o, a, r in c["pending"])
    return state
