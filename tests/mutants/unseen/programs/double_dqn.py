r"""
Deep reinforcement learning with double Q-learning (van Hasselt et al., 2016), with

    * the dueling architecture of Wang et al. (2016):   Q(s, a) = V(s) + A(s, a) - mean_a' A(s, a'),
    * three-step returns:   R = sum_{i<k} gamma^i r_i,   target = R + gamma^k (1 - terminal) Q'(s_k, argmax_a Q(s_k, a)),
      where k < 3 only for the last transitions of an episode,
    * a target network that trails the online one by Polyak averaging:   w' <- (1 - tau) w' + tau w   after every update.

The task is a little moon lander that falls along a vertical line and may fire its engine at half or at full power.

One training step: four steps of the environment, then one update from a uniform batch of the replay memory.
Running out of time is not a terminal state: there the target bootstraps as anywhere else.
"""
from __future__ import annotations

import copy
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Iterator, NamedTuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor

FAMILY = "rl"

SPEC = dict(
    # optimisation
    optimizer="adam",
    learning_rate=2e-3,
    beta1=0.9,
    beta2=0.999,
    eps=1e-5,
    weight_decay=0.0,
    lr_schedule="constant",
    grad_clip=0.25,
    batch_size=64,
    steps=1500,
    updates_per_step=1,
    loss="huber",
    # algorithm
    gamma=0.98,
    n_step=3,
    double=True,
    dueling=True,
    tau=0.02,
    target_update_every=1,
    buffer_size=10_000,
    learning_starts=500,
    train_frequency=4,
    epsilon_start=1.0,
    epsilon_end=0.05,
    epsilon_decay_steps=600,
    # network
    hidden_units=64,
    activation="relu",
    n_parameters=4676,
    n_actions=3,
    n_observations=3,
    # task and evaluation
    num_envs=1,
    max_episode_steps=60,
    eval_episodes=30,
    eval_policy="greedy",
    seed=0,
    n_seeds=5,
    min_return=0.0,
)


# ---------------------------------------------------------------------------------------------------------------- task

class MoonLander:
    """Observation: height / 5, velocity, share of the fuel that is left.  Actions: 0 = off, 1 = half, 2 = full."""

    DT, GRAVITY, CEILING, TANK = 0.25, 1.0, 12.0, 60.0

    def __init__(self, seed: int):
        self.rng = np.random.default_rng(seed)
        self.height = self.velocity = self.fuel = 0.0
        self.clock = 0

    def reset(self, seed: int | None = None):
        if seed is not None:
            self.rng = np.random.default_rng(seed)
        self.height = float(self.rng.uniform(3.0, 8.0))
        self.velocity = float(self.rng.uniform(-1.0, 1.0))
        self.fuel, self.clock = self.TANK, 0
        return self.observe(), {}

    def observe(self) -> np.ndarray:
        return np.array([self.height / 5.0, self.velocity, self.fuel / self.TANK], dtype=np.float32)

    def step(self, action: int):
        burn = min(float(action), self.fuel)
        self.fuel -= burn
        gust = float(self.rng.normal(0.0, 0.1))
        self.velocity += self.DT * (burn - self.GRAVITY + gust)
        self.height += self.DT * self.velocity
        self.clock += 1

        reward = -0.05 - 0.02 * burn
        landed, lost = self.height <= 0.0, self.height >= self.CEILING
        if landed:
            reward += 5.0 - 4.0 * abs(self.velocity)
        elif lost:
            reward -= 5.0
        terminated = landed or lost
        truncated = not terminated and self.clock >= SPEC["max_episode_steps"]
        return self.observe(), reward, terminated, truncated, {"soft": landed and abs(self.velocity) < 0.6}

    def snapshot(self) -> dict:
        return dict(height=self.height, velocity=self.velocity, fuel=self.fuel, clock=self.clock,
                    rng=self.rng.bit_generator.state)

    def restore(self, shot: dict) -> None:
        self.height, self.velocity = shot["height"], shot["velocity"]
        self.fuel, self.clock = shot["fuel"], shot["clock"]
        self.rng.bit_generator.state = shot["rng"]


def make_env(seed: int) -> MoonLander:
    return MoonLander(seed)


# ------------------------------------------------------------------------------------------------------------- network

class DuelingNet(nn.Module):
    def __init__(self, n_obs: int, n_actions: int, width: int):
        super().__init__()
        self.torso = nn.Sequential(nn.Linear(n_obs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
        self.value = nn.Linear(width, 1)
        self.advantage = nn.Linear(width, n_actions)

    def forward(self, obs: Tensor) -> Tensor:
        h = self.torso(obs)
        adv = self.advantage(h)
        return self.value(h) + adv - adv.mean(dim=-1, keepdim=True)


# -------------------------------------------------------------------------------------------------------------- memory

class Transitions(NamedTuple):
    """A batch; `discount` is gamma to the number of rewards that are summed in `reward`."""
    obs: Tensor          # (B, 3)
    action: Tensor       # (B,)  int64
    reward: Tensor       # (B,)
    next_obs: Tensor     # (B, 3)
    discount: Tensor     # (B,)
    terminal: Tensor     # (B,)  1.0 where next_obs is a terminal state


ROW = np.dtype([("obs", "f4", 3), ("action", "i8"), ("reward", "f4"), ("next_obs", "f4", 3), ("discount", "f4"),
                ("terminal", "f4")])


class Memory:
    """A ring of transitions, the oldest one is overwritten first."""

    def __init__(self, capacity: int):
        self.rows = np.zeros(capacity, dtype=ROW)
        self.cursor = self.size = 0

    def __len__(self) -> int:
        return self.size

    def add(self, row: tuple) -> None:
        self.rows[self.cursor] = row
        self.cursor = (self.cursor + 1) % len(self.rows)
        self.size = min(self.size + 1, len(self.rows))

    def draw(self, rng: np.random.Generator, n: int) -> Transitions:
        picked = self.rows[rng.integers(0, self.size, size=n)]
        return Transitions(*(torch.from_numpy(np.ascontiguousarray(picked[name])) for name in Transitions._fields))


class NStep:
    """Turns single steps into rows of up to n rewards."""

    def __init__(self, n: int, gamma: float):
        self.n, self.gamma = n, gamma
        self.pending: deque = deque()

    def push(self, obs, action, reward, next_obs, terminated, truncated) -> Iterator[tuple]:
        self.pending.append((obs, action, reward))
        if terminated or truncated:
            while self.pending:
                yield self.row(next_obs, terminated)
        elif len(self.pending) == self.n:
            yield self.row(next_obs, False)

    def row(self, next_obs, terminal) -> tuple:
        total = sum(self.gamma ** i * r for i, (_, _, r) in enumerate(self.pending))
        discount = self.gamma ** len(self.pending)
        obs, action, _ = self.pending.popleft()
        return obs, action, total, next_obs, discount, float(terminal)


# --------------------------------------------------------------------------------------------------------------- state

@dataclass
class Learner:
    seed: int
    nets: dict
    optimizers: dict
    train: MoonLander
    test: list
    memory: Memory
    nstep: NStep
    explore_rng: np.random.Generator
    replay_rng: np.random.Generator
    obs: Any = None
    step: int = 0
    schedulers: dict = field(default_factory=dict)


def setup(seed: int, config=None) -> Learner:
    torch.manual_seed(seed)
    explore, replay = np.random.SeedSequence(seed).spawn(2)
    online = DuelingNet(SPEC["n_observations"], SPEC["n_actions"], SPEC["hidden_units"])
    target = copy.deepcopy(online).requires_grad_(False)
    adam = torch.optim.Adam(online.parameters(), lr=SPEC["learning_rate"], betas=(SPEC["beta1"], SPEC["beta2"]),
                            eps=SPEC["eps"])
    env = make_env(seed)
    return Learner(
        seed=seed, nets={"q": online, "target": target}, optimizers={"q": adam},
        train=env, test=[77_000 + i for i in range(SPEC["eval_episodes"])],
        memory=Memory(SPEC["buffer_size"]), nstep=NStep(SPEC["n_step"], SPEC["gamma"]),
        explore_rng=np.random.default_rng(explore), replay_rng=np.random.default_rng(replay),
        obs=env.reset()[0])


# ----------------------------------------------------------------------------------------------------------- behaviour

def epsilon_at(step: int) -> float:
    done = min(step / SPEC["epsilon_decay_steps"], 1.0)
    return SPEC["epsilon_start"] + done * (SPEC["epsilon_end"] - SPEC["epsilon_start"])


@torch.no_grad()
def act(state: Learner, observation, epsilon: float = 0.0) -> int:
    if epsilon > 0.0 and state.explore_rng.random() < epsilon:
        return int(state.explore_rng.integers(SPEC["n_actions"]))
    q = state.nets["q"](torch.as_tensor(observation, dtype=torch.float32))
    return int(q.argmax(dim=-1))


def interact(state: Learner, epsilon: float) -> None:
    action = act(state, state.obs, epsilon)
    following, reward, terminated, truncated, _ = state.train.step(action)
    for row in state.nstep.push(state.obs, action, reward, following, terminated, truncated):
        state.memory.add(row)
    state.obs = state.train.reset()[0] if terminated or truncated else following


def sample(state: Learner) -> Transitions:
    return state.memory.draw(state.replay_rng, SPEC["batch_size"])


def batches(state: Learner) -> Iterator[Transitions]:
    while len(state.memory) < SPEC["learning_starts"]:
        interact(state, 1.0)
    while True:
        for _ in range(SPEC["train_frequency"]):
            interact(state, epsilon_at(state.step))
        yield sample(state)


# ------------------------------------------------------------------------------------------------------------ learning

@torch.no_grad()
def td_target(state: Learner, batch: Transitions) -> Tensor:
    best = state.nets["q"](batch.next_obs).argmax(dim=1, keepdim=True)
    bootstrap = state.nets["target"](batch.next_obs).gather(1, best).squeeze(1)
    return batch.reward + batch.discount * (1.0 - batch.terminal) * bootstrap


def loss_fn(state: Learner, batch: Transitions) -> Tensor:
    chosen = state.nets["q"](batch.obs).gather(1, batch.action.unsqueeze(1)).squeeze(1)
    return F.smooth_l1_loss(chosen, td_target(state, batch))


@torch.no_grad()
def polyak(target: nn.Module, online: nn.Module, tau: float) -> None:
    for slow, fast in zip(target.parameters(), online.parameters()):
        slow.mul_(1.0 - tau).add_(fast, alpha=tau)


def train_step(state: Learner, batch: Transitions) -> Tensor:
    online, adam = state.nets["q"], state.optimizers["q"]
    loss = loss_fn(state, batch)
    adam.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(online.parameters(), SPEC["grad_clip"])
    adam.step()
    polyak(state.nets["target"], online, SPEC["tau"])
    state.step += 1
    return loss.detach()


# ---------------------------------------------------------------------------------------------------------- evaluation

@torch.no_grad()
def evaluate(state: Learner, dataset=None) -> dict:
    """Greedy episodes; `loss` is the mean squared gap of the value of the start and the discounted return it got."""
    seeds = state.test if dataset is None else dataset
    gaps, totals, soft = [], [], 0
    for seed in seeds:
        env = make_env(seed)
        obs, _ = env.reset()
        promised = state.nets["q"](torch.from_numpy(obs)).max().item()
        total, discounted, factor = 0.0, 0.0, 1.0
        while True:
            obs, reward, terminated, truncated, info = env.step(act(state, obs))
            total += reward
            discounted += factor * reward
            factor *= SPEC["gamma"]
            if terminated or truncated:
                break
        if truncated:
            discounted += factor * state.nets["q"](torch.from_numpy(obs)).max().item()
        soft += info["soft"]
        totals.append(total)
        gaps.append((promised - discounted) ** 2)
    return {"loss": float(np.mean(gaps)), "n": len(totals), "return": float(np.mean(totals)),
            "success": soft / len(totals)}


# ---------------------------------------------------------------------------------------------------------- checkpoint

def save(state: Learner, path) -> None:
    memory = state.memory
    torch.save({
        "seed": state.seed,
        "step": state.step,
        "q": state.nets["q"].state_dict(),
        "target": state.nets["target"].state_dict(),
        "adam": state.optimizers["q"].state_dict(),
        "memory": {name: torch.from_numpy(memory.rows[name][:memory.size].copy()) for name in ROW.names},
        "cursor": memory.cursor,
        "pending": [(obs.tolist(), action, reward) for obs, action, reward in state.nstep.pending],
        "obs": state.obs.tolist(),
        "env": state.train.snapshot(),
        "explore_rng": state.explore_rng.bit_generator.state,
        "replay_rng": state.replay_rng.bit_generator.state,
        "torch_rng": torch.get_rng_state(),
    }, path)


def load(path) -> Learner:
    blob = torch.load(path, weights_only=True)
    state = setup(blob["seed"])
    state.step = blob["step"]
    state.nets["q"].load_state_dict(blob["q"])
    state.nets["target"].load_state_dict(blob["target"])
    state.optimizers["q"].load_state_dict(blob["adam"])
    state.memory.size, state.memory.cursor = len(blob["memory"]["action"]), blob["cursor"]
    for name in ROW.names:
        state.memory.rows[name][:state.memory.size] = blob["memory"][name].numpy()
    state.nstep.pending.extend((np.array(obs, dtype=np.float32), action, reward)
                               for obs, action, reward in blob["pending"])
    state.obs = np.array(blob["obs"], dtype=np.float32)
    state.train.restore(blob["env"])
    state.explore_rng.bit_generator.state = blob["explore_rng"]
    state.replay_rng.bit_generator.state = blob["replay_rng"]
    torch.set_rng_state(blob["torch_rng"])
    return state


def main() -> None:
    state = setup(SPEC["seed"])
    stream = batches(state)
    while state.step < SPEC["steps"]:
        loss = train_step(state, next(stream))
        if state.step % 250 == 0:
            print(state.step, f"{loss.item():.4f}", evaluate(state))


if __name__ == "__main__":
    main()
