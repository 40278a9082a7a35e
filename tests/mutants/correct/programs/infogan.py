"""CS 2xx, homework 3, part 2: InfoGAN.  (Reference solution.)

Data: points near four short line segments.  A good solution finds, without labels,
the segment (categorical code, 4 values) and the place along it (continuous code).
"""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.parametrizations import spectral_norm

FAMILY = "gan"
SPEC = {
    "learning_rate_D": 1e-3,
    "learning_rate_G": 2e-3,        # and the code head
    "beta1": 0.5,
    "beta2": 0.99,
    "batch_size": 128,
    "steps": 500,
    "n_modes": 4,
    "lambda_categorical": 1.0,
    "lambda_continuous": 0.5,
    "noise": "3 standard normals, then a one-hot code of 4 values, then a code uniform on [-1, 1]",
    "loss": "hinge for D, -D(G(z)) for G; G and the code head also minimise the cross-entropy of the categorical code "
            "plus the squared error of the continuous one; D's trunk, shared by the code head, learns from the hinge alone",
    "normalisation": "spectral norm on the hidden layers of D, none elsewhere",
    "grad_clip_value": 1.0,         # element by element, on G and the code head
}
N_Z, N_CAT, N_CONT = 3, 4, 1
CENTRES = torch.tensor([[2.0, 0.0], [0.0, 2.0], [-2.0, 0.0], [0.0, -2.0]])
TANGENTS = torch.tensor([[0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [1.0, 0.0]])


class State:
    """Just a bag of attributes."""


class Discriminator(nn.Module):
    def __init__(self, hidden=64):
        super().__init__()
        self.trunk = nn.Sequential(spectral_norm(nn.Linear(2, hidden)), nn.LeakyReLU(0.1),
                                   spectral_norm(nn.Linear(hidden, hidden)), nn.LeakyReLU(0.1))
        self.score = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.score(self.trunk(x))


class CodeHead(nn.Module):
    """q(c | x), on top of the discriminator's trunk."""

    def __init__(self, hidden=64):
        super().__init__()
        self.fc = nn.Linear(hidden, 64)
        self.cat = nn.Linear(64, N_CAT)
        self.cont = nn.Linear(64, N_CONT)

    def forward(self, features):
        h = F.relu(self.fc(features))
        return self.cat(h), self.cont(h)

def make_generator(hidden=64):
    return nn.Sequential(nn.Linear(N_Z + N_CAT + N_CONT, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU(),
                         nn.Linear(hidden, 2))

def sample_real(n, generator):
    k = torch.randint(N_CAT, (n,), generator=generator)
    along = torch.rand(n, 1, generator=generator) * 1.6 - 0.8
    return CENTRES[k] + along * TANGENTS[k] + 0.05 * torch.randn(n, 2, generator=generator)

def sample_noise(n, generator=None):
    z = torch.randn(n, N_Z, generator=generator)
    cat = F.one_hot(torch.randint(N_CAT, (n,), generator=generator), N_CAT).float()
    cont = torch.rand(n, N_CONT, generator=generator) * 2 - 1
    return torch.cat([z, cat, cont], dim=1)


# ---------------------------------------------------------------- question 1: the two adversarial losses
def d_loss(D, real, fake):
    return F.relu(1 - D(real)).mean() + F.relu(1 + D(fake)).mean()

def g_loss(D, fake):
    return -D(fake).mean()


# ---------------------------------------------------------------- question 2: the information term
def info_loss(D, Q, noise, fake):
    cat, cont = noise[:, N_Z:N_Z + N_CAT], noise[:, N_Z + N_CAT:]
    logits, guess = Q(D.trunk(fake))
    return (SPEC["lambda_categorical"] * F.cross_entropy(logits, cat.argmax(1))
            + SPEC["lambda_continuous"] * F.mse_loss(guess, cont))


# ---------------------------------------------------------------- question 3: training
def setup(seed, config=None):
    s = State()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        s.nets = {"G": make_generator(), "D": Discriminator(), "Q": CodeHead()}
    betas = (SPEC["beta1"], SPEC["beta2"])
    s.optimizers = {
        "D": torch.optim.Adam(s.nets["D"].parameters(), SPEC["learning_rate_D"], betas),
        "G": torch.optim.Adam([*s.nets["G"].parameters(), *s.nets["Q"].parameters()], SPEC["learning_rate_G"], betas),
    }
    s.schedulers = {}
    s.step, s.seed = 0, seed
    s.train = sample_real(4096, torch.Generator().manual_seed(31))
    s.test = sample_real(500, torch.Generator().manual_seed(32))
    s.noise_generator = torch.Generator().manual_seed(seed + 10_000)
    return s

def batches(state):
    k = state.step
    while True:
        g = torch.Generator().manual_seed(state.seed * 7_919_001 + k)
        yield {"points": state.train[torch.randperm(len(state.train), generator=g)[:SPEC["batch_size"]]]}
        k += 1

def d_step(state, real):
    G, D = state.nets["G"], state.nets["D"]
    fake = G(sample_noise(len(real), state.noise_generator)).detach()
    loss = d_loss(D, real, fake)
    state.optimizers["D"].zero_grad()       # also throws away what the generator's step left on D
    loss.backward()
    state.optimizers["D"].step()
    return loss.item()

def g_step(state, n):
    G, D, Q = state.nets["G"], state.nets["D"], state.nets["Q"]
    noise = sample_noise(n, state.noise_generator)
    fake = G(noise)
    adversarial, info = g_loss(D, fake), info_loss(D, Q, noise, fake)
    state.optimizers["G"].zero_grad()
    (adversarial + info).backward()
    nn.utils.clip_grad_value_([*G.parameters(), *Q.parameters()], SPEC["grad_clip_value"])
    state.optimizers["G"].step()
    state.last_info = info.detach()
    return adversarial.item()

def train_step(state, batch):
    losses = {"D": d_step(state, batch["points"]), "G": g_step(state, len(batch["points"]))}
    losses["info"] = state.last_info.item()
    state.step += 1
    return losses

def evaluate(state, dataset=None):
    real = state.test if dataset is None else dataset
    G, D, Q = (state.nets[k] for k in "GDQ")
    modes_before = {k: net.training for k, net in state.nets.items()}
    for net in state.nets.values():
        net.eval()
    with torch.no_grad():
        noise = sample_noise(1000, torch.Generator().manual_seed(99))
        fake = G(noise)
        code = noise[:, N_Z:N_Z + N_CAT].argmax(1)
        loss = d_loss(D, real, fake).item()
        recovered = (Q(D.trunk(fake))[0].argmax(1) == code).double().mean().item()
        distance, nearest = torch.cdist(fake, CENTRES).min(1)
        share = torch.bincount(nearest[distance < 1.2], minlength=N_CAT) / 1000
    for k, net in state.nets.items():
        net.train(modes_before[k])
    return {"loss": loss, "n": len(real), "modes": int((share > 0.05).sum()), "code_accuracy": recovered}

def save(state, path):
    torch.save({"nets": {k: v.state_dict() for k, v in state.nets.items()},
                "optimizers": {k: v.state_dict() for k, v in state.optimizers.items()},
                "step": state.step, "seed": state.seed, "noise": state.noise_generator.get_state()}, path)

def load(path):
    saved = torch.load(path, weights_only=True)
    state = setup(saved["seed"])
    for group in ("nets", "optimizers"):
        for k, v in getattr(state, group).items():
            v.load_state_dict(saved[group][k])
    state.step = saved["step"]
    state.noise_generator.set_state(saved["noise"])
    return state
