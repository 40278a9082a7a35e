"""Proximal policy optimisation (Schulman et al., 2017) with generalised advantage estimation, on cart-pole.

One training step is one iteration: a rollout of 8 environments x 128 steps, then 4 epochs of 4 minibatches over it.
`dones[t]` says that the episode ended with step t (terminated or truncated); at a truncation the reward is topped
up with the discounted value of the last observation, so that the time limit is not taken for a failure.
"""
import math
import random
from types import SimpleNamespace

import torch
from torch import nn
from torch.distributions import Categorical

FAMILY = "rl"

SPEC = {
    "optimizer": "adam", "learning_rate": 2e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-5, "weight_decay": 0.0,
    "lr_schedule": "linear", "grad_clip": 0.5, "steps": 60, "num_envs": 8, "rollout_steps": 128, "update_epochs": 4, "n_minibatches": 4,
    "batch_size": 256,                  # transitions in a minibatch
    "updates_per_step": 16, "gamma": 0.97, "gae_lambda": 0.95, "clip_range": 0.2, "entropy_coef": 0.01,
    "value_coef": 0.5, "normalize_advantages": True, "clip_value_loss": False,
    "hidden_units": 64, "n_layers": 3, "activation": "tanh", "init": "orthogonal", "n_parameters": 9155,
    "n_actions": 2, "n_observations": 4, "max_episode_steps": 200, "eval_episodes": 20, "eval_policy": "greedy",
    "seed": 0, "n_seeds": 5, "min_return": 120.0,
}


class CartPole:
    """Barto, Sutton and Anderson's cart-pole with a limit of 200 steps; reward 1 per step."""

    def __init__(self, seed):
        self.rng, self.state, self.t = random.Random(seed), None, 0

    def reset(self, seed=None):
        if seed is not None:
            self.rng.seed(seed)
        self.state, self.t = [self.rng.uniform(-0.05, 0.05) for _ in range(4)], 0
        return torch.tensor(self.state), {}

    def step(self, action):
        x, v, angle, spin = self.state
        force = 10.0 if int(action) == 1 else -10.0
        c, s = math.cos(angle), math.sin(angle)
        push = (force + 0.05 * spin * spin * s) / 1.1
        spin_acc = (9.8 * s - c * push) / (0.5 * (4 / 3 - 0.1 * c * c / 1.1))
        acc = push - 0.05 * spin_acc * c / 1.1
        x, v, angle, spin = x + 0.02 * v, v + 0.02 * acc, angle + 0.02 * spin, spin + 0.02 * spin_acc
        self.state, self.t = [x, v, angle, spin], self.t + 1
        terminated = abs(x) > 2.4 or abs(angle) > 12 * math.pi / 180
        truncated = self.t >= SPEC["max_episode_steps"] and not terminated
        return torch.tensor(self.state), 1.0, terminated, truncated, {}


def make_env(seed):
    return CartPole(seed)


def linear(n_in, n_out, gain=math.sqrt(2)):
    layer = nn.Linear(n_in, n_out)
    nn.init.orthogonal_(layer.weight, gain), nn.init.zeros_(layer.bias)
    return layer


class ActorCritic(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        def body():
            return linear(4, hidden), nn.Tanh(), linear(hidden, hidden), nn.Tanh()
        self.actor = nn.Sequential(*body(), linear(hidden, 2, gain=0.01))
        self.critic = nn.Sequential(*body(), linear(hidden, 1, gain=1.0))

    def value(self, obs):
        return self.critic(obs).squeeze(-1)

    def forward(self, obs):
        return Categorical(logits=self.actor(obs)), self.value(obs)


def build(seed):
    model = ActorCritic(SPEC["hidden_units"])
    optimizer = torch.optim.Adam(model.parameters(), lr=SPEC["learning_rate"], eps=SPEC["eps"])
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: max(0.0, 1.0 - k / SPEC["steps"]))
    envs = [make_env(1000 * seed + i) for i in range(SPEC["num_envs"])]
    return SimpleNamespace(
        seed=seed, step=0, nets={"model": model}, optimizers={"model": optimizer}, schedulers={"model": scheduler},
        train=envs, test=[10**6 + i for i in range(SPEC["eval_episodes"])],
        obs=torch.stack([env.reset()[0] for env in envs]))


def setup(seed, config=None):
    torch.manual_seed(seed)
    return build(seed)


def act(state, observation, epsilon=0.0):
    """The most probable action, or with probability epsilon one drawn from the policy."""
    with torch.no_grad():
        policy, _ = state.nets["model"](torch.as_tensor(observation, dtype=torch.float32))
        explore = epsilon > 0 and torch.rand(()) < epsilon
        return int(policy.sample() if explore else policy.probs.argmax(-1))


def returns(rewards, dones, gamma):
    """Discounted reward to go, over the first dimension; no bootstrap at the end."""
    out, running = torch.zeros_like(rewards), torch.zeros_like(rewards[0])
    for t in reversed(range(len(rewards))):
        out[t] = running = rewards[t] + gamma * (1 - dones[t]) * running
    return out


def advantages(rewards, values, dones, last_value, gamma=SPEC["gamma"], lam=SPEC["gae_lambda"]):
    out, running, next_value = torch.zeros_like(rewards), torch.zeros_like(last_value), last_value
    for t in reversed(range(len(rewards))):
        alive = 1 - dones[t]
        delta = rewards[t] + gamma * alive * next_value - values[t]
        out[t] = running = delta + gamma * lam * alive * running
        next_value = values[t]
    return out


@torch.no_grad()
def collect(state):
    model, T, N = state.nets["model"], SPEC["rollout_steps"], SPEC["num_envs"]
    obs, actions = torch.zeros(T, N, 4), torch.zeros(T, N, dtype=torch.long)
    logp, values, rewards, dones = (torch.zeros(T, N) for _ in range(4))
    for t in range(T):
        policy, values[t] = model(state.obs)
        obs[t], actions[t] = state.obs, policy.sample()
        logp[t] = policy.log_prob(actions[t])
        following = []
        for i, env in enumerate(state.train):
            o, reward, terminated, truncated, _ = env.step(actions[t, i])
            if truncated:
                reward += SPEC["gamma"] * model.value(o).item()
            if terminated or truncated:
                o, _ = env.reset()
            rewards[t, i], dones[t, i] = reward, float(terminated or truncated)
            following.append(o)
        state.obs = torch.stack(following)
    adv = advantages(rewards, values, dones, model.value(state.obs))
    rollout = {"obs": obs, "actions": actions, "logp": logp, "advantages": adv, "returns": adv + values}
    return {name: x.flatten(0, 1) for name, x in rollout.items()}


def batches(state):
    while True:
        yield collect(state)


def loss_fn(state, batch):
    policy, value = state.nets["model"](batch["obs"])
    ratio = (policy.log_prob(batch["actions"]) - batch["logp"]).exp()
    adv = batch["advantages"]
    adv = (adv - adv.mean()) / (adv.std() + 1e-8)
    clipped = ratio.clamp(1 - SPEC["clip_range"], 1 + SPEC["clip_range"])
    policy_loss = -torch.min(ratio * adv, clipped * adv).mean()
    value_loss = 0.5 * (value - batch["returns"]).pow(2).mean()
    return policy_loss + SPEC["value_coef"] * value_loss - SPEC["entropy_coef"] * policy.entropy().mean()


def train_step(state, batch):
    model, optimizer = state.nets["model"], state.optimizers["model"]
    with torch.no_grad():
        before = loss_fn(state, batch)
    for _ in range(SPEC["update_epochs"]):
        for index in torch.randperm(len(batch["obs"])).chunk(SPEC["n_minibatches"]):
            optimizer.zero_grad()
            loss_fn(state, {name: x[index] for name, x in batch.items()}).backward()
            nn.utils.clip_grad_norm_(model.parameters(), SPEC["grad_clip"])
            optimizer.step()
    state.schedulers["model"].step()
    state.step += 1
    return before


@torch.no_grad()
def evaluate(state, dataset=None):
    totals, errors = [], []
    for seed in state.test if dataset is None else dataset:
        env = make_env(seed)
        obs, _ = env.reset()
        start, rewards, over = state.nets["model"].value(obs).item(), [], False
        while not over:
            obs, reward, terminated, truncated, _ = env.step(act(state, obs, 0.0))
            rewards.append(reward)
            over = terminated or truncated
        totals.append(sum(rewards))
        rewards[-1] += SPEC["gamma"] * state.nets["model"].value(obs).item() * truncated
        errors.append((start - returns(torch.tensor(rewards), torch.zeros(len(rewards)), SPEC["gamma"])[0].item()) ** 2)
    return {"loss": sum(errors) / len(errors), "n": len(totals), "return": sum(totals) / len(totals)}


def save(state, path):
    torch.save({
        "seed": state.seed, "step": state.step, "obs": state.obs, "torch_rng": torch.get_rng_state(),
        "model": state.nets["model"].state_dict(), "optimizer": state.optimizers["model"].state_dict(),
        "scheduler": state.schedulers["model"].state_dict(),
        "envs": [(env.state, env.t, env.rng.getstate()) for env in state.train],
    }, path)


def load(path):
    ckpt = torch.load(path, weights_only=True)
    state = build(ckpt["seed"])
    state.step, state.obs = ckpt["step"], ckpt["obs"]
    state.nets["model"].load_state_dict(ckpt["model"])
    state.optimizers["model"].load_state_dict(ckpt["optimizer"])
    state.schedulers["model"].load_state_dict(ckpt["scheduler"])
    for env, (env.state, env.t, rng) in zip(state.train, ckpt["envs"]):
        env.rng.setstate(rng)
    torch.set_rng_state(ckpt["torch_rng"])
    return state


if __name__ == "__main__":
    state = setup(SPEC["seed"])
    for _, rollout in zip(range(SPEC["steps"]), batches(state)):
        train_step(state, rollout)
    print(evaluate(state))
