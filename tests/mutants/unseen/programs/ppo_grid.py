"""Proximal policy optimisation (Schulman et al., 2017), discrete actions, on a small delivery grid.

train_step = one iteration: collect n_envs x horizon transitions, then n_epochs passes over them in shuffled minibatches.
"""
from __future__ import annotations

from typing import Any, Iterator, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.distributions import Categorical

FAMILY = "rl"

SPEC: dict[str, Any] = {
    "optimizer": "adam", "learning_rate": 2.5e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-5, "weight_decay": 0.0,
    "lr_schedule": "linear", "steps": 60, "num_envs": 16, "horizon": 64, "batch_size": 256, "n_epochs": 4,
    "updates_per_step": 16, "gamma": 0.97, "gae_lambda": 0.95, "clip_coef": 0.2, "clip_value_loss": False,
    "value_coef": 0.5, "entropy_coef": 0.01, "grad_clip": 0.2, "normalize_advantage": True,
    "bootstrap_on_truncation": True, "init": "orthogonal", "policy_head_gain": 0.01, "activation": "tanh", "hidden_units": 64,
    "n_layers": 3, "n_actions": 4, "n_observations": 21, "n_parameters": 11461, "max_episode_steps": 40, "slip": 0.1,
    "seed": 0, "n_seeds": 4, "eval_episodes": 64, "eval_policy": "greedy", "min_return": 0.8,
}


class Hyper(NamedTuple):
    lr: float = 2.5e-3
    adam_eps: float = 1e-5
    iterations: int = 60
    n_envs: int = 16
    horizon: int = 64
    n_epochs: int = 4
    minibatch: int = 256
    gamma: float = 0.97
    lam: float = 0.95
    clip: float = 0.2
    vf_coef: float = 0.5
    ent_coef: float = 0.01
    max_norm: float = 0.2
    width: int = 64


def config() -> dict[str, Any]:
    return Hyper()._asdict()


# ---------------------------------------------------------------------------------------------------------------- task


class Courier:
    """A 5 x 5 grid: fetch the parcel (+0.3), bring it to the depot in the corner (0, 0) (+1, terminates); the hole in the
    middle: -1, terminates; every move costs 0.01.  With probability 0.1 a move goes in a random direction.  Truncated
    after 40 moves.  Seen: one-hot row and column of the courier and of the parcel, and whether it is carried."""

    SIZE, LIMIT, SLIP = 5, 40, 0.1
    HOLE, DEPOT = (2, 2), (0, 0)
    MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))

    def __init__(self, seed: int):
        self.rng = np.random.default_rng(seed)
        self.pos, self.parcel, self.carried, self.t = (4, 4), (4, 0), False, 0

    def _free_cell(self) -> tuple[int, int]:
        while True:
            cell = divmod(int(self.rng.integers(self.SIZE ** 2)), self.SIZE)
            if cell not in (self.HOLE, self.DEPOT):
                return cell

    def observe(self) -> np.ndarray:
        x = np.zeros(4 * self.SIZE + 1, np.float32)
        for k, value in enumerate((*self.pos, *self.parcel)):
            x[k * self.SIZE + value] = 1.0
        x[-1] = self.carried
        return x

    def reset(self, seed: int | None = None) -> tuple[np.ndarray, dict]:
        if seed is not None:
            self.rng = np.random.default_rng(seed)
        self.pos, self.parcel, self.carried, self.t = self._free_cell(), self._free_cell(), False, 0
        return self.observe(), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict]:
        if self.rng.random() < self.SLIP:
            action = int(self.rng.integers(4))
        dr, dc = self.MOVES[int(action)]
        self.pos = (min(max(self.pos[0] + dr, 0), self.SIZE - 1), min(max(self.pos[1] + dc, 0), self.SIZE - 1))
        self.t += 1
        reward, terminated = -0.01, False
        if self.pos == self.HOLE:
            reward, terminated = reward - 1.0, True
        elif not self.carried and self.pos == self.parcel:
            reward, self.carried = reward + 0.3, True
        elif self.carried and self.pos == self.DEPOT:
            reward, terminated = reward + 1.0, True
        truncated = self.t >= self.LIMIT and not terminated
        return self.observe(), reward, terminated, truncated, {}

    def snapshot(self) -> dict:
        return {"pos": self.pos, "parcel": self.parcel, "carried": self.carried, "t": self.t,
                "rng": self.rng.bit_generator.state}

    def restore(self, snap: dict) -> None:
        self.pos, self.parcel, self.carried, self.t = tuple(snap["pos"]), tuple(snap["parcel"]), snap["carried"], snap["t"]
        self.rng.bit_generator.state = snap["rng"]


def make_env(seed: int) -> Courier:
    return Courier(seed)


class VecEnv:
    """Several couriers in step; a finished episode is reset at once, its last observation is returned as `final`."""

    def __init__(self, seeds):
        self.envs = [make_env(int(s)) for s in seeds]

    def reset(self) -> Tensor:
        return torch.from_numpy(np.stack([e.reset()[0] for e in self.envs]))

    def step(self, actions: Tensor):
        obs, final, rew, term, trunc = [], [], [], [], []
        for env, a in zip(self.envs, actions.tolist()):
            o, r, te, tr, _ = env.step(a)
            final.append(o)
            obs.append(env.reset()[0] if te or tr else o)
            rew.append(r), term.append(te), trunc.append(tr)
        return (torch.from_numpy(np.stack(obs)), torch.tensor(rew), torch.tensor(term), torch.tensor(trunc),
                torch.from_numpy(np.stack(final)))


# ------------------------------------------------------------------------------------------------------------- network


def ortho(layer: nn.Linear, gain: float) -> nn.Linear:
    nn.init.orthogonal_(layer.weight, gain)
    nn.init.zeros_(layer.bias)
    return layer


class ActorCritic(nn.Module):
    def __init__(self, n_obs: int, n_act: int, width: int):
        super().__init__()
        root2 = 2.0 ** 0.5
        self.pi = nn.Sequential(ortho(nn.Linear(n_obs, width), root2), nn.Tanh(), ortho(nn.Linear(width, width), root2),
                                nn.Tanh(), ortho(nn.Linear(width, n_act), 0.01))
        self.vf = nn.Sequential(ortho(nn.Linear(n_obs, width), root2), nn.Tanh(), ortho(nn.Linear(width, width), root2),
                                nn.Tanh(), ortho(nn.Linear(width, 1), 1.0))

    def value(self, obs: Tensor) -> Tensor:
        return self.vf(obs).squeeze(-1)

    def forward(self, obs: Tensor) -> tuple[Tensor, Tensor]:
        return self.pi(obs), self.value(obs)


# --------------------------------------------------------------------------------------------------------------- state


class Minibatch(NamedTuple):
    obs: Tensor
    action: Tensor
    logp: Tensor
    adv: Tensor
    ret: Tensor


class Learner:
    def __init__(self, seed: int, hp: Hyper):
        self.seed, self.hp, self.step = seed, hp, 0
        net = ActorCritic(4 * Courier.SIZE + 1, 4, hp.width)
        opt = torch.optim.Adam(net.parameters(), lr=hp.lr, eps=hp.adam_eps)
        self.nets, self.optimizers = {"model": net}, {"model": opt}
        self.schedulers = {"model": torch.optim.lr_scheduler.LinearLR(opt, 1.0, 0.0, total_iters=hp.iterations)}
        self.gen = torch.Generator().manual_seed(seed)           # actions and the shuffling
        children = np.random.SeedSequence(seed).generate_state(hp.n_envs)
        self.train = VecEnv(children)
        self.test = list(range(500_000, 500_064))               # the seeds of the evaluation episodes
        self.obs = self.train.reset()


def setup(seed: int, config: dict | None = None) -> Learner:
    torch.manual_seed(seed)
    return Learner(seed, Hyper(**(config or {})))


# ----------------------------------------------------------------------------------------------------------- algorithm


def draw(probs: Tensor, gen: torch.Generator) -> Tensor:
    return torch.multinomial(probs, 1, generator=gen).squeeze(-1)


@torch.no_grad()
def act(learner: Learner, observation, epsilon: float = 0.0) -> int:
    """Greedy with probability 1 - epsilon, else drawn from the policy."""
    logits = learner.nets["model"].pi(torch.as_tensor(observation, dtype=torch.float32))
    if epsilon > 0.0 and torch.rand((), generator=learner.gen) < epsilon:
        return int(draw(logits.softmax(-1), learner.gen))
    return int(logits.argmax(-1))


def advantages(rewards: Tensor, values: Tensor, dones: Tensor, last_value: Tensor, gamma: float, lam: float) -> Tensor:
    """Generalised advantage estimation over (time, env); dones[t]: the episode ended with step t."""
    adv, running = torch.zeros_like(rewards), torch.zeros_like(last_value)
    alive = 1.0 - dones.float()
    for t in reversed(range(len(rewards))):
        following = values[t + 1] if t + 1 < len(rewards) else last_value
        delta = rewards[t] + gamma * alive[t] * following - values[t]
        running = delta + gamma * lam * alive[t] * running
        adv[t] = running
    return adv


@torch.no_grad()
def collect(learner: Learner) -> Minibatch:
    """One rollout, flattened over time and environments."""
    hp, net = learner.hp, learner.nets["model"]
    steps = []
    for _ in range(hp.horizon):
        obs = learner.obs
        logits, value = net(obs)
        action = draw(logits.softmax(-1), learner.gen)
        logp = Categorical(logits=logits).log_prob(action)
        learner.obs, reward, terminated, truncated, final = learner.train.step(action)
        if truncated.any():         # the time limit is not part of the task: its value stands in for the rest of the episode
            reward = reward + hp.gamma * truncated * net.value(final)
        steps.append((obs, action, logp, value, reward, terminated | truncated))
    obs, action, logp, value, reward, done = map(torch.stack, zip(*steps))
    adv = advantages(reward, value, done, net.value(learner.obs), hp.gamma, hp.lam)
    return Minibatch(*(x.flatten(0, 1) for x in (obs, action, logp, adv, adv + value)))


def loss_fn(learner: Learner, batch: Minibatch) -> Tensor:
    hp = learner.hp
    logits, value = learner.nets["model"](batch.obs)
    dist = Categorical(logits=logits)
    ratio = (dist.log_prob(batch.action) - batch.logp).exp()
    adv = (batch.adv - batch.adv.mean()) / (batch.adv.std() + 1e-8)
    surrogate = torch.min(ratio * adv, ratio.clamp(1 - hp.clip, 1 + hp.clip) * adv).mean()
    value_loss = 0.5 * (value - batch.ret).pow(2).mean()
    return -surrogate + hp.vf_coef * value_loss - hp.ent_coef * dist.entropy().mean()


def batches(learner: Learner) -> Iterator[None]:
    """Nothing to hand over: train_step collects its own rollout."""
    while True:
        yield None


def train_step(learner: Learner, batch: Minibatch | None = None) -> Tensor:
    hp, net, opt = learner.hp, learner.nets["model"], learner.optimizers["model"]
    data = collect(learner) if batch is None else batch
    first = None
    for _ in range(hp.n_epochs):
        for index in torch.randperm(len(data.adv), generator=learner.gen).split(hp.minibatch):
            loss = loss_fn(learner, Minibatch(*(x[index] for x in data)))
            first = loss.detach() if first is None else first
            opt.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), hp.max_norm)
            opt.step()
    learner.schedulers["model"].step()
    learner.step += 1
    return first


def evaluate(learner: Learner, dataset=None) -> dict[str, float]:
    seeds = learner.test if dataset is None else list(dataset)
    totals = []
    for seed in seeds:
        env = make_env(seed)
        obs, _ = env.reset()
        total, over = 0.0, False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(act(learner, obs))
            total, over = total + reward, terminated or truncated
        totals.append(total)
    mean = sum(totals) / len(totals)
    return {"loss": -mean, "n": len(totals), "return": mean}


# --------------------------------------------------------------------------------------------------------- checkpoints


def save(learner: Learner, path) -> None:
    torch.save({
        "seed": learner.seed, "step": learner.step, "hyper": learner.hp._asdict(),
        "model": learner.nets["model"].state_dict(), "adam": learner.optimizers["model"].state_dict(),
        "schedule": learner.schedulers["model"].state_dict(), "gen": learner.gen.get_state(), "obs": learner.obs,
        "envs": [e.snapshot() for e in learner.train.envs],
    }, path)


def load(path) -> Learner:
    ckpt = torch.load(path, weights_only=True)
    learner = Learner(ckpt["seed"], Hyper(**ckpt["hyper"]))
    learner.step, learner.obs = ckpt["step"], ckpt["obs"]
    learner.nets["model"].load_state_dict(ckpt["model"])
    learner.optimizers["model"].load_state_dict(ckpt["adam"])
    learner.schedulers["model"].load_state_dict(ckpt["schedule"])
    learner.gen.set_state(ckpt["gen"])
    for env, snap in zip(learner.train.envs, ckpt["envs"]):
        env.restore(snap)
    return learner


def main() -> None:
    learner = setup(SPEC["seed"])
    for batch in batches(learner):
        loss = train_step(learner, batch)
        if learner.step % 20 == 0:
            print(learner.step, float(loss), evaluate(learner))
        if learner.step == learner.hp.iterations:
            break


if __name__ == "__main__":
    main()
