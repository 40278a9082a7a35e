"""Expected SARSA with Boltzmann exploration, tabular, in double precision.

A windy corridor world (Sutton & Barto, chapter 6, reduced to 4 x 6), 8 walkers side by side.  The table of
action values is one embedding, states are integers, the learning rule is plain stochastic gradient descent.
"""
from typing import NamedTuple

import torch

FAMILY = "rl"
SPEC = {
    "algorithm": "expected SARSA, on policy, one-step",
    "learning_rate": 1.0,               # of the mean over the walkers
    "lr_schedule": "divided by 2 after 600 and again after 900 steps",
    "batch_size": 8,
    "steps": 1200,
    "gamma": 0.95,
    "exploration": "Boltzmann over the action values; temperature 0.5 falling geometrically to 0.02 at the last step; "
                   "the expectation in the target uses the same temperature; greedy at evaluation",
    "initialisation": "all action values zero",
    "loss": "half the squared temporal-difference error, averaged over the 8 walkers",
    "dtype": "float64",
    "min_return": -14.0,
}
ROWS, COLS, WALKERS, LIMIT = 4, 6, 8, 60
WIND = torch.tensor([0, 0, 1, 1, 1, 0])
MOVES = torch.tensor([[-1, 0], [0, 1], [1, 0], [0, -1]])
GOAL = 1 * COLS + 5

class Transition(NamedTuple):
    state: torch.Tensor
    action: torch.Tensor
    reward: torch.Tensor
    next_state: torch.Tensor
    terminal: torch.Tensor       # the goal was reached
    restart: torch.Tensor        # where the walkers are afterwards: next_state, or a start after the end of an episode
    clock: torch.Tensor
    temperature: torch.Tensor

class S:
    def __init__(self, **kw):
        self.__dict__.update(kw)

def move(position, action):
    """One step of the world, for a vector of walkers: position -> (next position, reward, terminal)."""
    row, col = position // COLS, position % COLS
    delta = MOVES[action]
    row = (row + delta[:, 0] - WIND[col]).clamp(0, ROWS - 1)
    col = (col + delta[:, 1]).clamp(0, COLS - 1)
    after = row * COLS + col
    return after, torch.full(after.shape, -1.0, dtype=torch.float64), after == GOAL

def starts(n, generator):
    return torch.randint(ROWS, (n,), generator=generator) * COLS         # a cell of the first column

class Env:
    """A single walker, for people who want to look at it."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def reset(self):
        self.position, self.t = starts(1, self.generator), 0
        return int(self.position)

    def step(self, action):
        self.position, reward, terminal = move(self.position, torch.tensor([int(action)]))
        self.t += 1
        truncated = self.t >= LIMIT and not bool(terminal)
        return int(self.position), float(reward), bool(terminal), truncated, {}

def make_env(seed):
    return Env(seed)

def temperature_at(step):
    return 0.5 * (0.02 / 0.5) ** min(1.0, step / SPEC["steps"])

def boltzmann(q, temperature):
    return torch.softmax(q / temperature, dim=-1)

def setup(seed, config=None):
    table = torch.nn.Embedding(ROWS * COLS, 4, dtype=torch.float64)
    torch.nn.init.zeros_(table.weight)
    sgd = torch.optim.SGD(table.parameters(), lr=SPEC["learning_rate"])
    halve = torch.optim.lr_scheduler.MultiStepLR(sgd, [600, 900], 0.5)
    g = torch.Generator().manual_seed(seed)
    return S(nets={"model": table}, optimizers={"sgd": sgd}, schedulers={"halve": halve}, step=0, seed=seed,
             position=starts(WALKERS, g), clock=torch.zeros(WALKERS, dtype=torch.long), dice=g,
             train=None, test=torch.arange(ROWS) * COLS)

@torch.no_grad()
def act(state, observation, epsilon):
    """With probability epsilon a draw from the Boltzmann policy, otherwise the greedy action."""
    q = state.nets["model"](torch.as_tensor(observation))
    if torch.rand((), generator=state.dice) < epsilon:
        return int(torch.multinomial(boltzmann(q, temperature_at(state.step)), 1, generator=state.dice))
    return int(q.argmax())

@torch.no_grad()
def sample(state):
    """The walkers' next transitions; nothing in the state changes, the dice are those of (seed, step)."""
    g = torch.Generator().manual_seed(state.seed * 65_537 + state.step)
    temperature = torch.tensor(temperature_at(state.step), dtype=torch.float64)
    s = state.position
    a = torch.multinomial(boltzmann(state.nets["model"](s), temperature), 1, generator=g)[:, 0]
    after, reward, terminal = move(s, a)
    clock = state.clock + 1
    over = terminal | (clock >= LIMIT)            # out of time: a new episode, yet not a terminal state
    return Transition(s, a, reward, after, terminal, torch.where(over, starts(WALKERS, g), after),
                      torch.where(over, 0, clock), temperature)

def batches(state):
    while True:
        yield sample(state)

@torch.no_grad()
def td_target(state, batch):
    q = state.nets["model"](batch.next_state)
    expected = (boltzmann(q, batch.temperature) * q).sum(-1)
    return batch.reward + SPEC["gamma"] * torch.where(batch.terminal, 0.0, expected)

def loss_fn(state, batch):
    q = state.nets["model"](batch.state).gather(1, batch.action[:, None])[:, 0]
    return 0.5 * (q - td_target(state, batch)).square().mean()

def train_step(state, batch):
    loss = loss_fn(state, batch)
    state.optimizers["sgd"].zero_grad()
    loss.backward()
    state.optimizers["sgd"].step()
    state.schedulers["halve"].step()
    state.position, state.clock = batch.restart, batch.clock
    state.step += 1
    return loss.detach()

def returns(rewards, dones, gamma):
    out, ahead = [], 0.0
    for r, d in zip(reversed(list(rewards)), reversed(list(dones))):
        ahead = r + gamma * ahead * (1.0 - float(d))
        out.insert(0, ahead)
    return out

@torch.no_grad()
def evaluate(state, dataset=None):
    """Greedy, from every start: the undiscounted return, and the squared Bellman error along the way."""
    position = state.test if dataset is None else dataset
    q_of, n = state.nets["model"], len(position)
    total, alive, errors = torch.zeros(n, dtype=torch.float64), torch.ones(n, dtype=torch.bool), []
    for _ in range(LIMIT):
        value, a = q_of(position).max(-1)
        position, r, terminal = move(position, a)
        y = r + SPEC["gamma"] * torch.where(terminal, 0.0, q_of(position).amax(-1))
        errors.append((0.5 * (y - value) ** 2)[alive])
        total, alive = total + r * alive, alive & ~terminal
    return {"loss": torch.cat(errors).mean().item(), "n": n, "return": total.mean().item()}

def save(state, path):
    torch.save({"table": state.nets["model"].state_dict(), "sgd": state.optimizers["sgd"].state_dict(),
                "halve": state.schedulers["halve"].state_dict(), "dice": state.dice.get_state(), "position": state.position,
                "clock": state.clock, "step": state.step, "seed": state.seed}, path)

def load(path):
    d = torch.load(path, weights_only=True)
    state = setup(d["seed"])
    state.nets["model"].load_state_dict(d["table"])
    state.optimizers["sgd"].load_state_dict(d["sgd"])
    state.schedulers["halve"].load_state_dict(d["halve"])
    state.dice.set_state(d["dice"])
    state.position, state.clock, state.step = d["position"], d["clock"], d["step"]
    return state
