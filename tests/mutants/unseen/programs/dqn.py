# DQN (Mnih et al., 2015) on a docking task: replay buffer, target network, Huber loss, epsilon-greedy exploration.
# One training step = one environment step + one gradient step.
import dataclasses

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FAMILY = "rl"

SPEC = dict(
    optimizer="adam", learning_rate=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, lr_schedule="constant",
    batch_size=64, steps=6000, grad_clip=10.0, loss="huber",
    gamma=0.98, target_update_every=200, updates_per_step=1, double_q=False,
    replay_size=4000, learning_starts=500, epsilon_start=1.0, epsilon_end=0.05, epsilon_decay_steps=3000,
    hidden_units=64, n_layers=3, activation="relu", init="kaiming_uniform", n_actions=3, n_observations=2,
    num_envs=1, max_episode_steps=50, n_parameters=4547,     # of the Q-network
    seed=0, n_seeds=5, eval_episodes=30, eval_epsilon=0.0, min_return=0.6,
)


@dataclasses.dataclass
class Args:
    learning_rate: float = 1e-3
    batch_size: int = 64
    steps: int = 6000
    gamma: float = 0.98
    target_update_every: int = 200
    replay_size: int = 4000
    learning_starts: int = 500
    epsilon_start: float = 1.0
    epsilon_end: float = 0.05
    epsilon_decay_steps: int = 3000
    grad_clip: float = 10.0
    hidden_units: int = 64


def config():
    return dataclasses.asdict(Args())


class Docking:
    """A craft on a line must come to rest at the origin: thrust left, coast, thrust right.  Docked (slow and close):
    +1, terminates.  Lost (|x| > 2): -1, terminates.  Every other step costs 0.02.  Truncated after 50 steps."""

    max_steps = 50

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.x, self.v, self.t = 0.0, 0.0, 0

    def observe(self):
        return np.array([self.x, self.v], np.float32)

    def reset(self, seed=None):
        if seed is not None:
            self.rng = np.random.default_rng(seed)
        self.x, self.v, self.t = self.rng.uniform(-1.5, 1.5), self.rng.uniform(-0.5, 0.5), 0
        return self.observe(), {}

    def step(self, action):
        self.v += 0.2 * (int(action) - 1)
        self.x += 0.2 * self.v
        self.t += 1
        docked = abs(self.x) < 0.15 and abs(self.v) < 0.15
        lost = abs(self.x) > 2.0
        reward, terminated = 1.0 if docked else -1.0 if lost else -0.02, docked or lost
        return self.observe(), reward, terminated, self.t >= self.max_steps and not terminated, {}


def make_env(seed):
    return Docking(seed)


class ReplayBuffer:
    def __init__(self, capacity):
        self.capacity, self.pos, self.size = capacity, 0, 0
        self.data = dict(obs=np.zeros((capacity, 2), np.float32), action=np.zeros(capacity, np.int64),
                         reward=np.zeros(capacity, np.float32), next_obs=np.zeros((capacity, 2), np.float32),
                         terminated=np.zeros(capacity, np.float32))

    def add(self, **transition):
        for name, value in transition.items():
            self.data[name][self.pos] = value
        self.pos = (self.pos + 1) % self.capacity
        self.size = min(self.size + 1, self.capacity)

    def take(self, index):
        return {name: torch.from_numpy(column[index]) for name, column in self.data.items()}


class State:
    def __init__(self, seed, args):
        def qnet(h=args.hidden_units):
            return nn.Sequential(nn.Linear(2, h), nn.ReLU(), nn.Linear(h, h), nn.ReLU(), nn.Linear(h, 3))
        self.seed, self.args, self.step = seed, args, 0
        self.nets = {"q": qnet(), "target": qnet()}
        self.nets["target"].load_state_dict(self.nets["q"].state_dict())
        self.optimizers = {"q": torch.optim.Adam(self.nets["q"].parameters(), lr=args.learning_rate)}
        self.schedulers, self.rng = {}, np.random.default_rng(seed)
        self.train = make_env(seed)
        self.test = [10_000 + k for k in range(30)]     # the seeds of the evaluation episodes
        self.replay = ReplayBuffer(args.replay_size)
        self.obs, _ = self.train.reset()


def setup(seed, config=None):
    torch.manual_seed(seed)
    state = State(seed, Args(**(config or {})))
    for _ in range(state.args.learning_starts):
        interact(state, 1.0)
    return state


def exploration(state):
    a, done = state.args, min(1.0, state.step / state.args.epsilon_decay_steps)
    return a.epsilon_start + done * (a.epsilon_end - a.epsilon_start)


def act(state, observation, epsilon=0.0):
    if state.rng.random() < epsilon:
        return int(state.rng.integers(3))
    with torch.no_grad():
        return int(state.nets["q"](torch.as_tensor(observation, dtype=torch.float32)).argmax(-1))


def interact(state, epsilon):
    action = act(state, state.obs, epsilon)
    next_obs, reward, terminated, truncated, _ = state.train.step(action)
    state.replay.add(obs=state.obs, action=action, reward=reward, next_obs=next_obs, terminated=terminated)
    state.obs = state.train.reset()[0] if terminated or truncated else next_obs


def batches(state):
    while True:
        yield None      # train_step draws from the replay buffer


def sample(state):
    return state.replay.take(state.rng.integers(0, state.replay.size, size=state.args.batch_size))


@torch.no_grad()
def td_target(state, batch):
    next_value = state.nets["target"](batch["next_obs"]).max(dim=1).values
    return batch["reward"] + state.args.gamma * (1.0 - batch["terminated"]) * next_value


def loss_fn(state, batch):
    q = state.nets["q"](batch["obs"]).gather(1, batch["action"].unsqueeze(1)).squeeze(1)
    return F.smooth_l1_loss(q, td_target(state, batch))


def train_step(state, batch=None):
    interact(state, exploration(state))
    if batch is None:
        batch = sample(state)
    loss = loss_fn(state, batch)
    state.optimizers["q"].zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(state.nets["q"].parameters(), state.args.grad_clip)
    state.optimizers["q"].step()
    state.step += 1
    if state.step % state.args.target_update_every == 0:
        state.nets["target"].load_state_dict(state.nets["q"].state_dict())
    return loss.detach()


def evaluate(state, dataset=None):
    returns = []
    for seed in state.test if dataset is None else dataset:
        env = make_env(seed)
        obs, _ = env.reset()
        total, over = 0.0, False
        while not over:
            action = int(state.nets["q"](torch.from_numpy(obs)).argmax())
            obs, reward, terminated, truncated, _ = env.step(action)
            total += reward
            over = terminated or truncated
        returns.append(total)
    with torch.no_grad():
        loss = loss_fn(state, state.replay.take(np.arange(min(256, state.replay.size)))).item()
    return {"loss": loss, "n": len(returns), "return": float(np.mean(returns))}


def save(state, path):
    replay, env = state.replay, state.train
    torch.save({
        "seed": state.seed, "step": state.step, "args": dataclasses.asdict(state.args),
        "nets": {k: net.state_dict() for k, net in state.nets.items()},
        "optimizer": state.optimizers["q"].state_dict(),
        "replay": {k: torch.from_numpy(v) for k, v in replay.data.items()}, "pos": replay.pos, "size": replay.size,
        "env": {"x": env.x, "v": env.v, "t": env.t, "rng": env.rng.bit_generator.state},
        "obs": torch.from_numpy(state.obs), "rng": state.rng.bit_generator.state, "torch_rng": torch.get_rng_state(),
    }, path)


def load(path):
    ckpt = torch.load(path, weights_only=True)
    state = State(ckpt["seed"], Args(**ckpt["args"]))
    state.step = ckpt["step"]
    for k, net in state.nets.items():
        net.load_state_dict(ckpt["nets"][k])
    state.optimizers["q"].load_state_dict(ckpt["optimizer"])
    state.replay.data = {k: v.numpy() for k, v in ckpt["replay"].items()}
    state.replay.pos, state.replay.size = ckpt["pos"], ckpt["size"]
    env = state.train
    env.x, env.v, env.t = (ckpt["env"][k] for k in "xvt")
    env.rng.bit_generator.state = ckpt["env"]["rng"]
    state.obs, state.rng.bit_generator.state = ckpt["obs"].numpy(), ckpt["rng"]
    torch.set_rng_state(ckpt["torch_rng"])
    return state


if __name__ == "__main__":
    state = setup(SPEC["seed"])
    while state.step < state.args.steps:
        train_step(state)
    print(evaluate(state))
