"""PPO on a point that is pushed to the middle of a line, eight environments at a time."""

import types

import numpy as np
import torch
from torch import nn
from torch.distributions import Categorical

FAMILY = "rl"
SPEC = {
    "optimizer": "Adam", "learning_rate": 3e-3, "eps": 1e-5, "gamma": 0.95, "gae_lambda": 0.9,
    "clip_range": 0.2, "entropy_coef": 0.01, "value_coef": 0.5, "num_envs": 8,
    "rollout_steps": 32, "update_epochs": 4, "n_minibatches": 4, "steps": 50, "grad_clip": 0.5,
    "min_return": -0.45, "hidden_units": 32,
}  # fmt: skip


class Point:
    """Position and velocity; pay a tenth of the distance from 0; ends when |x| > 3 or after 30 steps."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.x = self.v = 0.0
        self.time = 0

    def reset(self, seed=None):
        if seed is not None:
            self.rng = np.random.default_rng(seed)
        self.x, self.v = self.rng.uniform(-1.5, 1.5), 0.0
        self.time = 0
        return np.array([self.x, self.v], dtype=np.float32), {}

    def step(self, action):
        self.v = 0.8 * self.v + 0.15 * (action - 1)
        self.x += self.v
        self.time += 1
        terminated = abs(self.x) > 3
        reward = -0.1 * abs(self.x) - (1.0 if terminated else 0.0)
        seen = np.array([self.x, self.v], dtype=np.float32)
        return seen, reward, terminated, self.time >= 30, {}


def make_env(seed):
    return Point(seed)


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh())
        self.actor, self.critic = nn.Linear(32, 3), nn.Linear(32, 1)
        nn.init.orthogonal_(self.actor.weight, 0.01)

    def forward(self, x):
        h = self.body(x)
        return self.actor(h), self.critic(h).squeeze(-1)


def setup(seed, config=None):
    torch.manual_seed(seed)
    net = Policy()
    envs = [make_env(seed * 100 + i) for i in range(8)]
    return types.SimpleNamespace(
        nets={"model": net},
        optimizers={"model": torch.optim.Adam(net.parameters(), lr=3e-3, eps=1e-5)},
        schedulers={}, seed=seed, step=0, train=None, test=None, envs=envs,
        observation=np.stack([env.reset()[0] for env in envs]),
        generator=torch.Generator().manual_seed(seed),
    )  # fmt: skip


def act(state, observation, epsilon=None):
    with torch.no_grad():
        logits, _ = state.nets["model"](torch.as_tensor(observation))
    if epsilon is not None:  # greedy, as it is judged
        return int(logits.argmax(-1))
    return int(torch.multinomial(logits.softmax(-1), 1, generator=state.generator))


def returns(rewards, dones, gamma):
    total, found = 0.0, []
    for reward, done in zip(reversed(rewards), reversed(dones)):
        total = reward + gamma * total * (1 - done)
        found.insert(0, total)
    return found


def advantages(rewards, values, dones, last_value, gamma, lam):
    """All [T, N] but last_value [N]; dones[t] says that step t ended the episode."""
    found = torch.zeros_like(rewards)
    carried, following = torch.zeros_like(last_value), last_value
    for t in reversed(range(len(rewards))):
        alive = 1 - dones[t]
        delta = rewards[t] + gamma * following * alive - values[t]
        carried = delta + gamma * lam * alive * carried
        found[t] = carried
        following = values[t]
    return found


def rollout(state):
    """Play 32 steps in each environment; a time limit ends an episode as a fall does."""
    net, rows = state.nets["model"], []
    for _ in range(32):
        x = torch.tensor(state.observation)
        with torch.no_grad():
            logits, value = net(x)
        action = torch.multinomial(logits.softmax(-1), 1, generator=state.generator).squeeze(1)
        log_prob = Categorical(logits=logits).log_prob(action)
        rewards, dones = [], []
        for i, env in enumerate(state.envs):
            seen, reward, terminated, truncated, _ = env.step(int(action[i]))
            rewards.append(reward)
            dones.append(float(terminated or truncated))
            state.observation[i] = env.reset()[0] if terminated or truncated else seen
        rows.append((x, action, log_prob, torch.tensor(rewards, dtype=torch.float32),
                     torch.tensor(dones), value))  # fmt: skip
    x, action, log_prob, reward, done, value = (torch.stack(c) for c in zip(*rows))
    with torch.no_grad():
        _, last = net(torch.as_tensor(state.observation))
    advantage = advantages(reward, value, done, last, 0.95, 0.9)
    flat = lambda t: t.flatten(0, 1)  # noqa: E731
    return tuple(map(flat, (x, action, log_prob, advantage, advantage + value)))


def batches(state):
    while True:
        yield rollout(state)


def loss_fn(state, batch):
    x, action, old, advantage, target = batch
    logits, value = state.nets["model"](x)
    policy = Categorical(logits=logits)
    advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
    ratio = (policy.log_prob(action) - old).exp()
    clipped = ratio.clamp(0.8, 1.2)
    gain = torch.minimum(ratio * advantage, clipped * advantage).mean()
    return -gain + 0.5 * (value - target).pow(2).mean() - 0.01 * policy.entropy().mean()


def train_step(state, batch):
    net, optimizer = state.nets["model"], state.optimizers["model"]
    first = None
    for _ in range(4):
        order = torch.randperm(len(batch[0]), generator=state.generator)
        for part in order.chunk(4):
            loss = loss_fn(state, tuple(t[part] for t in batch))
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 0.5)
            optimizer.step()
            first = loss.detach() if first is None else first
    state.step += 1
    return first


def evaluate(state, dataset=None):
    total, episodes = 0.0, 40
    for i in range(episodes):
        env = make_env(9000 + i)
        observation, _ = env.reset()
        over = False
        while not over:
            observation, reward, terminated, truncated, _ = env.step(act(state, observation, 0.0))
            total += reward
            over = terminated or truncated
    return {"mean_return": total / episodes, "n": episodes}


def save(state, path):
    envs = [[env.x, env.v, env.time, env.rng.bit_generator.state] for env in state.envs]
    torch.save({
        "net": state.nets["model"].state_dict(),
        "optimizer": state.optimizers["model"].state_dict(),
        "step": state.step, "seed": state.seed, "generator": state.generator.get_state(),
        "observation": state.observation.tolist(), "envs": envs,
    }, path)  # fmt: skip


def load(path):
    kept = torch.load(path, weights_only=True)
    state = setup(kept["seed"])
    state.nets["model"].load_state_dict(kept["net"])
    state.optimizers["model"].load_state_dict(kept["optimizer"])
    state.step = kept["step"]
    state.generator.set_state(kept["generator"])
    state.observation = np.array(kept["observation"], dtype=np.float32)
    for env, (x, v, time, rng) in zip(state.envs, kept["envs"]):
        env.x, env.v, env.time, env.rng.bit_generator.state = x, v, time, rng
    return state
