"""REINFORCE (Williams, 1992) with a learned baseline.

A policy gradient in its plainest form.  In every iteration 32 episodes are played side by side, each to its own end.
The log-probability of an action is weighted with what was earned from that action on (the discounted reward to go)
less the baseline's guess for the state it was taken in; the weights are standardised over the real steps of the
batch.  Then the policy and the baseline (two networks, two Adams) each take one step, and the data is thrown away.

The task: bring a puck with friction to rest upon a mark on a table, by pushing it with a bounded force, in at most
40 moves.  The time that is left can be seen, so the limit is a part of the task and nothing is bootstrapped there.

Shapes: T moves, N episodes.  Episodes end at different times; `alive[t, n]` is 1 where move t of episode n was played.
All randomness of a run comes out of two torch generators, `state.noise` (the policy's) and `state.train.dice`.
"""
import dataclasses
import math

import torch
import torch.nn as nn

FAMILY = "rl"
SPEC = {
    "steps": 80,
    "num_envs": 32,
    "max_episode_steps": 40,
    "gamma": 0.97,
    "reward_to_go": True,
    "baseline": "learned",
    "normalize_advantages": True,
    "bootstrap_at_time_limit": False,
    "entropy_coef": 0.001,
    "value_coef": 0.5,
    "updates_per_step": 1,
    "action_distribution": "gaussian",
    "init_log_std": -0.5,
    "optimizer": "adam",
    "learning_rate": 0.003,
    "baseline_learning_rate": 0.01,
    "beta1": 0.9,
    "beta2": 0.999,
    "eps": 1e-8,
    "weight_decay": 0.0,
    "lr_schedule": "linear",
    "grad_clip": 1.0,
    "hidden_units": 32,
    "activation": "tanh",
    "init": "orthogonal",
    "n_parameters": {"policy": 1316, "baseline": 1281},
    "n_observations": 5,
    "n_actions": 2,
    "eval_episodes": 40,
    "eval_policy": "greedy",
    "seed": 0,
    "n_seeds": 5,
    "min_return": 1.1,
}


class Table:
    """`n` tables at once; each has a puck in the middle and a mark somewhere around it.

    Observed: the way to the mark (2), the velocity (2), the share of the moves that is left (1).
    """

    def __init__(self, n, seed):
        self.n = n
        self.dice = torch.Generator().manual_seed(seed)

    def reset(self):
        angle = 2 * math.pi * torch.rand(self.n, generator=self.dice)
        far = 0.5 + 0.5 * torch.rand(self.n, generator=self.dice)
        self.way = far[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1)
        self.velocity = 0.1 * torch.randn(self.n, 2, generator=self.dice)
        self.moves = 0
        return self.look()

    def look(self):
        left = torch.full((self.n, 1), 1 - self.moves / SPEC["max_episode_steps"])
        return torch.cat([self.way, 5 * self.velocity, left], dim=1)

    def push(self, force):
        """-> observation, reward, terminated, truncated (one entry per table)"""
        force = force.clamp(-1, 1)
        jolt = 0.005 * torch.randn(self.n, 2, generator=self.dice)
        self.velocity = 0.9 * self.velocity + 0.03 * force + jolt
        self.way = self.way - self.velocity
        self.moves += 1
        distance, speed = self.way.norm(dim=1), self.velocity.norm(dim=1)
        at_rest = (distance < 0.1) & (speed < 0.06)
        fallen = distance > 1.5
        reward = -0.1 * distance - 0.01 * force.square().sum(dim=1) + 2.0 * at_rest.float() - 2.0 * fallen.float()
        terminated = at_rest | fallen
        truncated = ~terminated & (self.moves >= SPEC["max_episode_steps"])
        return self.look(), reward, terminated, truncated


class OneTable:
    """A single table, with the usual reset / step."""

    def __init__(self, seed):
        self.table = Table(1, seed)

    def reset(self, seed=None):
        if seed is not None:
            self.table.dice.manual_seed(seed)
        return self.table.reset()[0], {}

    def step(self, action):
        seen, reward, terminated, truncated = self.table.push(torch.as_tensor(action, dtype=torch.float32).view(1, 2))
        return seen[0], reward.item(), bool(terminated), bool(truncated), {}


def make_env(seed):
    return OneTable(seed)


def mlp(n_out, last_gain, generator):
    sizes = [SPEC["n_observations"], SPEC["hidden_units"], SPEC["hidden_units"], n_out]
    net = nn.Sequential(nn.Linear(*sizes[0:2]), nn.Tanh(), nn.Linear(*sizes[1:3]), nn.Tanh(), nn.Linear(*sizes[2:4]))
    for layer, gain in zip(net[::2], [5 / 3, 5 / 3, last_gain]):
        nn.init.orthogonal_(layer.weight, gain=gain, generator=generator)
        nn.init.zeros_(layer.bias)
    return net


class GaussianPolicy(nn.Module):
    """Independent normals; the mean is a network's, the log of the standard deviation two free numbers."""

    def __init__(self, generator):
        super().__init__()
        self.mean = mlp(SPEC["n_actions"], 0.01, generator)
        self.log_std = nn.Parameter(torch.full((SPEC["n_actions"],), SPEC["init_log_std"]))

    def draw(self, seen, generator):
        mean = self.mean(seen)
        return mean + self.log_std.exp() * torch.randn(mean.shape, generator=generator)

    def log_prob(self, seen, action):
        z = (action - self.mean(seen)) / self.log_std.exp()
        return (-0.5 * z.square() - self.log_std - 0.5 * math.log(2 * math.pi)).sum(dim=-1)

    def entropy(self):
        return (self.log_std + 0.5 * math.log(2 * math.pi * math.e)).sum()


class Baseline(nn.Module):
    def __init__(self, generator):
        super().__init__()
        self.net = mlp(1, 1.0, generator)

    def forward(self, seen):
        return self.net(seen)[..., 0]


@dataclasses.dataclass
class Episodes:
    seen: torch.Tensor      # T, N, 5
    action: torch.Tensor    # T, N, 2
    reward: torch.Tensor    # T, N     0 after the end
    done: torch.Tensor      # T, N     1 from the last move of the episode on
    alive: torch.Tensor     # T, N


class State:
    def __init__(self, seed):
        self.seed, self.step = seed, 0
        birth = torch.Generator().manual_seed(seed)
        self.nets = {"policy": GaussianPolicy(birth), "baseline": Baseline(birth)}
        rates = {"policy": SPEC["learning_rate"], "baseline": SPEC["baseline_learning_rate"]}
        self.optimizers = {
            name: torch.optim.Adam(net.parameters(), lr=rates[name], betas=(SPEC["beta1"], SPEC["beta2"]), eps=SPEC["eps"])
            for name, net in self.nets.items()}
        self.schedulers = {
            name: torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: 1 - min(k, SPEC["steps"]) / SPEC["steps"])
            for name, optimizer in self.optimizers.items()}
        self.train = Table(SPEC["num_envs"], 1_000_003 * (seed + 1))
        self.noise = torch.Generator().manual_seed(1_000_033 * (seed + 1))
        self.test = list(range(500, 500 + SPEC["eval_episodes"]))


def setup(seed, config=None):
    return State(seed)


@torch.no_grad()
def act(state, observation, epsilon=0.0):
    """The mean of the policy, or with probability epsilon a draw from it."""
    policy = state.nets["policy"]
    seen = torch.as_tensor(observation, dtype=torch.float32)
    if epsilon > 0 and torch.rand((), generator=state.noise).item() < epsilon:
        return policy.draw(seen, state.noise)
    return policy.mean(seen)


@torch.no_grad()
def play(state):
    table, policy = state.train, state.nets["policy"]
    seen, alive = table.reset(), torch.ones(table.n)
    log = {field.name: [] for field in dataclasses.fields(Episodes)}
    while alive.any():
        action = policy.draw(seen, state.noise)
        following, reward, terminated, truncated = table.push(action)
        still = alive * (~(terminated | truncated)).float()
        for name, x in dict(seen=seen, action=action, reward=reward * alive, done=1 - still, alive=alive).items():
            log[name].append(x)
        seen, alive = following, still
    return Episodes(**{name: torch.stack(xs) for name, xs in log.items()})


def batches(state):
    while True:
        yield play(state)


def returns(rewards, dones, gamma):
    """Discounted reward to go, time first; what follows a done counts for nothing."""
    to_go = [torch.zeros_like(rewards[0])]
    for reward, done in zip(rewards.flip(0), dones.flip(0)):
        to_go.append(reward + gamma * (1 - done) * to_go[-1])
    return torch.stack(to_go[:0:-1])


def average(x, alive):
    return (x * alive).sum() / alive.sum()


def losses(state, batch):
    policy, baseline = state.nets["policy"], state.nets["baseline"]
    to_go = returns(batch.reward, batch.done, SPEC["gamma"])
    guess = baseline(batch.seen)
    weight = to_go - guess.detach()
    centred = weight - average(weight, batch.alive)
    weight = centred / (average(centred.square(), batch.alive).sqrt() + 1e-8)
    policy_loss = -average(policy.log_prob(batch.seen, batch.action) * weight, batch.alive)
    baseline_loss = average((guess - to_go).square(), batch.alive)
    return policy_loss, baseline_loss


def loss_fn(state, batch):
    policy_loss, baseline_loss = losses(state, batch)
    return policy_loss + SPEC["value_coef"] * baseline_loss - SPEC["entropy_coef"] * state.nets["policy"].entropy()


def train_step(state, batch):
    for optimizer in state.optimizers.values():
        optimizer.zero_grad()
    loss = loss_fn(state, batch)
    loss.backward()
    for name, net in state.nets.items():
        nn.utils.clip_grad_norm_(net.parameters(), SPEC["grad_clip"])
        state.optimizers[name].step()
        state.schedulers[name].step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    """Episodes with the policy's mean; `loss` is the baseline's mean squared error at the start."""
    seeds = state.test if dataset is None else dataset
    total, error, rested = 0.0, 0.0, 0
    for seed in seeds:
        env = make_env(seed)
        seen, _ = env.reset()
        guess, rewards, over = state.nets["baseline"](seen).item(), [], False
        while not over:
            seen, reward, terminated, truncated, _ = env.step(act(state, seen, 0.0))
            rewards.append(reward)
            over = terminated or truncated
        total += sum(rewards)
        dones = torch.zeros(len(rewards))
        error += (guess - returns(torch.tensor(rewards), dones, SPEC["gamma"])[0].item()) ** 2
        rested += rewards[-1] > 1
    n = len(seeds)
    return {"loss": error / n, "n": n, "return": total / n, "success": rested / n}


def save(state, path):
    parts = {kind: {name: x.state_dict() for name, x in getattr(state, kind).items()}
             for kind in ("nets", "optimizers", "schedulers")}
    torch.save(dict(parts, seed=state.seed, step=state.step,
                    noise=state.noise.get_state(), dice=state.train.dice.get_state()), path)


def load(path):
    saved = torch.load(path, weights_only=True)
    state = State(saved["seed"])
    for kind in ("nets", "optimizers", "schedulers"):
        for name, x in getattr(state, kind).items():
            x.load_state_dict(saved[kind][name])
    state.step = saved["step"]
    state.noise.set_state(saved["noise"])
    state.train.dice.set_state(saved["dice"])
    return state


if __name__ == "__main__":
    state = setup(SPEC["seed"])
    for batch in batches(state):
        loss = train_step(state, batch)
        if state.step % 10 == 0:
            print(f"{state.step:4d}  loss {loss:+.4f}  return {batch.reward.sum(0).mean():+.3f}")
        if state.step >= SPEC["steps"]:
            break
    print(evaluate(state))
