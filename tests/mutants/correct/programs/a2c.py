# A2C, CleanRL manner: one file, Args, layer_init, a hand-written vector of cart-poles that resets itself.
import copy
from dataclasses import asdict, dataclass

import numpy as np
import torch
import torch.nn as nn
from torch.distributions import Categorical

FAMILY = "rl"
SPEC = {
    "learning_rate": 3e-3,
    "rms_alpha": 0.99,
    "lr_schedule": "linear from learning_rate to zero over the updates",
    "steps": 350,
    "num_envs": 16,
    "rollout_length": 16,
    "batch_size": 256,
    "gamma": 0.98,
    "entropy_coefficient": 0.005,
    "value_coefficient": 0.25,
    "grad_clip": 0.5,
    "initialisation": "orthogonal: gain sqrt(2) in the shared trunk, 0.01 for the policy, 1 for the value; offsets zero",
    "loss": "-log pi(a|s) A + 0.25 (V - R)^2 - 0.005 H, all averaged over the 256 transitions; A = R - V is not normalised",
    "min_return": 100.0,
}

@dataclass
class Args:
    learning_rate: float = 3e-3
    steps: int = 350
    num_envs: int = 16
    rollout_length: int = 16
    gamma: float = 0.98
    ent_coef: float = 0.005
    vf_coef: float = 0.25
    max_grad_norm: float = 0.5

def config():
    return asdict(Args())

class VectorCartPole:
    """num_envs cart-poles; one that is over is reset in the same step, its last observation is in info."""
    LIMIT = 200

    def __init__(self, num_envs, seed):
        self.num_envs, self.seed, self.resets = num_envs, seed, 0
        self.x, self.t = np.zeros((num_envs, 4)), np.zeros(num_envs, dtype=np.int64)
        self.reset()

    def reset(self):
        self._start(np.ones(self.num_envs, dtype=bool))
        return self.observations(), {}

    def _start(self, which):
        for i in np.flatnonzero(which):
            self.x[i] = np.random.default_rng([self.seed, self.resets]).uniform(-0.05, 0.05, 4)
            self.t[i] = 0
            self.resets += 1

    def observations(self):
        return torch.from_numpy(self.x).float()

    def step(self, actions):
        p, v, a, w = self.x.T
        force = np.where(np.asarray(actions) == 1, 10.0, -10.0)
        push = (force + 0.05 * w ** 2 * np.sin(a)) / 1.1
        alpha = (9.8 * np.sin(a) - np.cos(a) * push) / (0.5 * (4 / 3 - 0.1 * np.cos(a) ** 2 / 1.1))
        acc = push - 0.05 * alpha * np.cos(a) / 1.1
        self.x = np.stack([p + 0.02 * v, v + 0.02 * acc, a + 0.02 * w, w + 0.02 * alpha], 1)
        self.t = self.t + 1
        terminated = (np.abs(self.x[:, 0]) > 2.4) | (np.abs(self.x[:, 2]) > 12 * np.pi / 180)
        truncated = (self.t >= self.LIMIT) & ~terminated
        info = {"final_observation": self.observations()}
        self._start(terminated | truncated)
        return self.observations(), torch.ones(self.num_envs), torch.from_numpy(terminated), torch.from_numpy(truncated), info

def make_env(seed):
    return VectorCartPole(Args.num_envs, seed)

def layer_init(layer, std=2 ** 0.5):
    nn.init.orthogonal_(layer.weight, std)
    nn.init.constant_(layer.bias, 0.0)
    return layer

class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(layer_init(nn.Linear(4, 64)), nn.Tanh(), layer_init(nn.Linear(64, 64)), nn.Tanh())
        self.actor, self.critic = layer_init(nn.Linear(64, 2), 0.01), layer_init(nn.Linear(64, 1), 1.0)

    def forward(self, x):
        h = self.trunk(x * torch.tensor([1.0, 1.0, 5.0, 1.0]))
        return self.actor(h), self.critic(h).squeeze(-1)

class State:
    def __init__(self, seed, args):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            agent = Agent()
        self.args, self.seed, self.step = args, seed, 0
        self.envs = VectorCartPole(args.num_envs, seed)
        self.nets = {"model": agent}
        self.optimizers = {"rmsprop": torch.optim.RMSprop(agent.parameters(), lr=args.learning_rate, alpha=0.99, eps=1e-5)}
        self.schedulers = {"anneal": torch.optim.lr_scheduler.LambdaLR(self.optimizers["rmsprop"], lambda u: max(0.0, 1 - u / args.steps))}
        self.explore = torch.Generator().manual_seed(seed)            # only act() uses it
        self.train, self.test = None, 4321                           # no data set; the seed of the evaluation's cart-poles

def setup(seed, config=None):
    return State(seed, Args(**(config or {})))

@torch.no_grad()
def act(state, observation, epsilon):
    """Sampled from (1 - epsilon) greedy + epsilon policy."""
    logits = state.nets["model"](torch.as_tensor(observation, dtype=torch.float32))[0]
    sampled = torch.multinomial(logits.softmax(-1), 1, generator=state.explore).squeeze(-1)
    keep = torch.rand(sampled.shape, generator=state.explore) < epsilon
    return torch.where(keep, sampled, logits.argmax(-1))

@torch.no_grad()
def rollout(state, envs, step):
    """Play rollout_length steps in (and change) envs; the randomness is that of (seed, step)."""
    g, agent = torch.Generator().manual_seed(state.seed * 1_000_003 + step), state.nets["model"]
    rows, obs = [], envs.observations()
    for _ in range(state.args.rollout_length):
        action = torch.multinomial(agent(obs)[0].softmax(-1), 1, generator=g)[:, 0]
        nxt, reward, term, trunc, info = envs.step(action.numpy())
        rows.append((obs, action, reward, term.float(), trunc.float(), info["final_observation"]))
        obs = nxt
    return dict(zip(("obs", "actions", "rewards", "terminations", "truncations", "next_obs"), map(torch.stack, zip(*rows))))

def sample(state):
    envs = copy.deepcopy(state.envs)
    return {**rollout(state, envs, state.step), "envs_after": envs}

def batches(state):
    while True:                       # on policy: each rollout starts where the last train_step left the environments
        yield sample(state)

def returns(rewards, dones, gamma, bootstrap=0.0):
    """Discounted sums along dim 0, cut where dones is 1; bootstrap continues the last row."""
    out, ahead = torch.empty_like(rewards), bootstrap
    for t in reversed(range(len(rewards))):
        ahead = rewards[t] + gamma * (1 - dones[t]) * ahead
        out[t] = ahead
    return out

@torch.no_grad()
def advantages(state, batch):
    """n-step advantages and the returns; an episode that only ran out of time continues with the value of its last observation."""
    agent, gamma = state.nets["model"], state.args.gamma
    v_next = agent(batch["next_obs"])[1]
    rewards = batch["rewards"] + gamma * batch["truncations"] * v_next
    dones = torch.maximum(batch["terminations"], batch["truncations"])
    R = returns(rewards, dones, gamma, v_next[-1])
    return R - agent(batch["obs"])[1], R

def loss_fn(state, batch):
    args = state.args
    adv, R = advantages(state, batch)
    logits, value = state.nets["model"](batch["obs"])
    pi = Categorical(logits=logits)
    return (-pi.log_prob(batch["actions"]) * adv + args.vf_coef * (value - R) ** 2 - args.ent_coef * pi.entropy()).mean()

def train_step(state, batch):
    loss = loss_fn(state, batch)
    state.optimizers["rmsprop"].zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(state.nets["model"].parameters(), state.args.max_grad_norm)
    state.optimizers["rmsprop"].step()
    state.schedulers["anneal"].step()
    state.envs = batch["envs_after"]
    state.step += 1
    return loss.item()

@torch.no_grad()
def evaluate(state, dataset=None):
    envs = VectorCartPole(20, state.test if dataset is None else dataset)
    total, alive, errors = torch.zeros(20), torch.ones(20), []
    while alive.any():                # the first episode of each
        logits, value = state.nets["model"](envs.observations())
        _, r, term, trunc, info = envs.step(logits.argmax(-1).numpy())
        y = r + state.args.gamma * (1 - term.float()) * state.nets["model"](info["final_observation"])[1]
        errors.append(((y - value) ** 2)[alive > 0])
        total, alive = total + r * alive, alive * (1 - (term | trunc).float())
    return {"loss": torch.cat(errors).mean().item(), "n": 20, "mean_return": total.mean().item()}

def save(state, path):
    e = state.envs
    torch.save({"args": asdict(state.args), "seed": state.seed, "step": state.step, "explore": state.explore.get_state(),
                "envs": {"x": torch.from_numpy(e.x), "t": torch.from_numpy(e.t), "resets": e.resets},
                "agent": state.nets["model"].state_dict(), "rmsprop": state.optimizers["rmsprop"].state_dict(),
                "anneal": state.schedulers["anneal"].state_dict()}, path)

def load(path):
    c = torch.load(path, weights_only=True)
    state = setup(c["seed"], c["args"])
    state.step, state.envs.resets = c["step"], c["envs"]["resets"]
    state.envs.x, state.envs.t = c["envs"]["x"].numpy().copy(), c["envs"]["t"].numpy().copy()
    state.explore.set_state(c["explore"])
    state.nets["model"].load_state_dict(c["agent"])
    state.optimizers["rmsprop"].load_state_dict(c["rmsprop"])
    state.schedulers["anneal"].load_state_dict(c["anneal"])
    return state
