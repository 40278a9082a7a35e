"""REINFORCE on whole episodes of a windy tightrope; a moving baseline for each time step; padded, masked batches."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FAMILY = "rl"
SPEC = {
    "algorithm": "REINFORCE with returns to go",
    "loss": "minus log probability times (return to go - baseline), less the entropy bonus, summed over an episode, mean over episodes",
    "baseline": "a moving average of the returns to go for each time step, decay 0.9, of earlier batches only",
    "gamma": 0.98,
    "entropy_coefficient": 0.01,
    "learning_rate": 5e-3,
    "beta2": 0.99,
    "lr_schedule": "linear from the full rate to a fifth of it",
    "batch_size": 20,
    "batch_unit": "episodes",
    "steps": 120,
    "pad_index": -100,
    "n_parameters": 227,
    "min_return": 15.0,
}
HORIZON, EDGE, PAD_OBSERVATION = 20, 3, -7.0


class Tightrope:
    """Stay within 3 of the middle for 20 steps, a reward of 1 for each; wind and gusts push by one."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def reset(self):
        self.x, self.t = 0, 0
        self.wind = int(self.rng.integers(-1, 2))
        return self._see()

    def _see(self):
        return np.array([self.x / EDGE, self.wind, self.t / HORIZON], dtype=np.float32)

    def step(self, action):
        gust = int(self.rng.choice([-1, 0, 1], p=[0.1, 0.8, 0.1]))
        self.x += (action - 1) + self.wind + gust
        if self.rng.random() < 0.3:
            self.wind = int(self.rng.integers(-1, 2))
        self.t += 1
        fell = abs(self.x) > EDGE
        return self._see(), float(not fell), fell or self.t == HORIZON     # the clock is seen, so its end is terminal


def make_env(seed):
    return Tightrope(seed)


class Run(dict):
    """A dictionary whose entries are also attributes."""
    __getattr__, __setattr__ = dict.__getitem__, dict.__setitem__


def setup(seed, config=None):
    torch.manual_seed(seed)
    policy = nn.Sequential(nn.Linear(3, 32), nn.Tanh(), nn.Linear(32, 3))
    with torch.no_grad():
        policy[-1].weight.mul_(0.1)
    adam = torch.optim.Adam(policy.parameters(), lr=SPEC["learning_rate"], betas=(0.9, SPEC["beta2"]))
    fall = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.2, total_iters=SPEC["steps"])
    return Run(nets={"model": policy}, optimizers={"adam": adam}, schedulers={"linear": fall}, step=0, seed=seed,
               baseline=torch.zeros(HORIZON),
               train=None, test=[10**6 + k for k in range(60)])


def returns(rewards, dones, gamma):
    """Discounted returns to go along the first axis; a done cuts the sum after its own reward."""
    out, ahead = torch.zeros_like(rewards), torch.zeros_like(rewards[0])
    for t in reversed(range(len(rewards))):
        ahead = rewards[t] + gamma * ahead * (1 - dones[t].to(rewards.dtype))
        out[t] = ahead
    return out


def act(state, observation, epsilon):
    """The likeliest action; with probability epsilon one drawn from the policy."""
    with torch.no_grad():
        logits = state.nets["model"](torch.as_tensor(observation, dtype=torch.float32))
    if torch.rand(()) < epsilon:
        return int(torch.distributions.Categorical(logits=logits).sample())
    return int(logits.argmax())


@torch.no_grad()
def play(policy, envs, rng=None):
    """All episodes side by side, to their ends: drawn actions with a generator, the likeliest ones without."""
    n = len(envs)
    pages = {"observations": torch.full((n, HORIZON, 3), PAD_OBSERVATION),
             "actions": torch.full((n, HORIZON), SPEC["pad_index"]),
             "rewards": torch.zeros(n, HORIZON), "dones": torch.ones(n, HORIZON)}
    now, alive = {i: env.reset() for i, env in enumerate(envs)}, list(range(n))
    for t in range(HORIZON):
        if not alive:
            break
        seen = torch.from_numpy(np.stack([now[i] for i in alive]))
        logits = policy(seen)
        if rng is not None:                              # the Gumbel trick
            logits = logits + torch.from_numpy(rng.gumbel(size=logits.shape)).float()
        chosen = logits.argmax(dim=1)
        pages["observations"][alive, t], pages["actions"][alive, t] = seen, chosen
        going = []
        for i, a in zip(alive, chosen.tolist()):
            now[i], pages["rewards"][i, t], done = envs[i].step(a)
            pages["dones"][i, t] = float(done)
            if not done:
                going.append(i)
        alive = going
    pages["returns"] = returns(pages["rewards"].T, pages["dones"].T, SPEC["gamma"]).T
    return pages


def sample(state, step=None):
    step = state.step if step is None else step
    envs = [make_env([state.seed, step, i]) for i in range(SPEC["batch_size"])]
    return play(state.nets["model"], envs, np.random.default_rng([state.seed, step, 10**6]))


def batches(state):
    step = state.step
    while True:
        yield sample(state, step)
        step += 1


def advantages(state, batch):
    return batch["returns"] - state.baseline


def loss_fn(state, batch):
    logits, mask = state.nets["model"](batch["observations"]), batch["actions"] != SPEC["pad_index"]
    surprise = F.cross_entropy(logits.transpose(1, 2), batch["actions"], ignore_index=SPEC["pad_index"], reduction="none")
    entropy = torch.distributions.Categorical(logits=logits).entropy()
    each = surprise * advantages(state, batch) - SPEC["entropy_coefficient"] * entropy
    return (each * mask).sum(dim=1).mean()


def train_step(state, batch):
    loss = loss_fn(state, batch)
    state.optimizers["adam"].zero_grad()
    loss.backward()
    state.optimizers["adam"].step()
    state.schedulers["linear"].step()
    mask = (batch["actions"] != SPEC["pad_index"]).float()
    alive = mask.sum(0)
    fresh = (batch["returns"] * mask).sum(0) / alive.clamp(min=1)
    state.baseline = torch.where(alive > 0, 0.9 * state.baseline + 0.1 * fresh, state.baseline)
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    seeds = state.test if dataset is None else dataset
    pages = play(state.nets["model"], [make_env(s) for s in seeds])
    return {"loss": loss_fn(state, pages).item(), "n": len(seeds), "return": pages["rewards"].sum(1).mean().item()}


def save(state, path):
    torch.save({"model": state.nets["model"].state_dict(), "adam": state.optimizers["adam"].state_dict(),
                "linear": state.schedulers["linear"].state_dict(), "baseline": state.baseline,
                "seed": state.seed, "step": state.step}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = setup(d["seed"])
    state.step, state.baseline = d["step"], d["baseline"]
    state.nets["model"].load_state_dict(d["model"])
    state.optimizers["adam"].load_state_dict(d["adam"])
    state.schedulers["linear"].load_state_dict(d["linear"])
    return state
