"""Copy memory: a stack of dilated causal convolutions must repeat the first symbols after a long run of blanks."""
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

FAMILY = "sequence"
SYMBOLS, REMEMBER, WAIT = 8, 6, 10                 # symbols 1 .. 8; 0 is the blank, 9 asks for the answer
LENGTH = REMEMBER + WAIT + REMEMBER
VOCAB = SYMBOLS + 2
SPEC = {
    "learning_rate": 2e-3, "alpha": 0.99, "batch_size": 32, "steps": 250, "n_classes": VOCAB, "grad_clip": 1.0,
    "kernel_size": 3, "dilations": [1, 2, 4, 8], "channels": 40, "normalisation": "weight norm on every convolution",
    "loss": "cross-entropy averaged over all positions, blanks included; accuracy over the positions to be recalled",
    "sequence_length": LENGTH, "padding": "causal: zeros on the left only", "min_accuracy": 0.8,
}


def sequences(numbers):
    """Numbers in [0, 8^6) written in base 8 are the symbols; one tensor (N, 2, LENGTH) holds inputs and targets."""
    digits = (numbers[:, None] // SYMBOLS ** torch.arange(REMEMBER)) % SYMBOLS + 1
    out = torch.zeros(len(numbers), 2, LENGTH, dtype=torch.long)
    out[:, 0, :REMEMBER] = digits
    out[:, 0, -REMEMBER - 1:] = SYMBOLS + 1
    out[:, 1, -REMEMBER:] = digits
    return out


class CausalConv(nn.Module):
    def __init__(self, n_in, n_out, dilation):
        super().__init__()
        self.left = (SPEC["kernel_size"] - 1) * dilation
        self.conv = weight_norm(nn.Conv1d(n_in, n_out, SPEC["kernel_size"], dilation=dilation))

    def forward(self, x):
        return self.conv(F.pad(x, (self.left, 0)))


class Residual(nn.Module):
    def __init__(self, n_in, n_out, dilation):
        super().__init__()
        self.branch = nn.Sequential(CausalConv(n_in, n_out, dilation), nn.ReLU(), CausalConv(n_out, n_out, dilation), nn.ReLU())
        self.skip = nn.Identity() if n_in == n_out else nn.Conv1d(n_in, n_out, 1)

    def forward(self, x):
        return F.relu(self.branch(x) + self.skip(x))


class OneHot(nn.Module):
    def forward(self, ids):
        return F.one_hot(ids, VOCAB).transpose(1, 2).float()


class ChannelsLast(nn.Module):
    def forward(self, x):
        return x.transpose(1, 2)


def build():
    layers, width = [OneHot()], VOCAB
    for dilation in SPEC["dilations"]:
        layers.append(Residual(width, SPEC["channels"], dilation))
        width = SPEC["channels"]
    return nn.Sequential(*layers, ChannelsLast(), nn.Linear(width, VOCAB))      # (B, T) -> (B, T, VOCAB)


class Run:
    def __init__(self, seed):
        # the test sequences are the same for all seeds; no number is drawn twice, so no test sequence is trained on
        numbers = torch.randperm(SYMBOLS ** REMEMBER, generator=torch.Generator().manual_seed(2024))
        self.test, self.train = sequences(numbers[:400]), sequences(numbers[400:20_400])
        torch.manual_seed(seed)
        self.seed, self.step, self.schedulers = seed, 0, {}
        self.nets = {"model": build()}
        self.optimizers = {"rmsprop": torch.optim.RMSprop(self.nets["model"].parameters(), lr=SPEC["learning_rate"],
                                                          alpha=SPEC["alpha"])}

    def state_dict(self):
        return {"seed": self.seed, "step": self.step, "net": self.nets["model"].state_dict(),
                "optimizer": self.optimizers["rmsprop"].state_dict()}

    def load_state_dict(self, d):
        self.step = d["step"]
        self.nets["model"].load_state_dict(d["net"])
        self.optimizers["rmsprop"].load_state_dict(d["optimizer"])


def setup(seed, config=None):
    return Run(seed)


def batches(state):
    step = state.step
    while True:
        g = torch.Generator().manual_seed(state.seed * 1_000_003 + step)
        yield state.train[torch.randint(len(state.train), (SPEC["batch_size"],), generator=g)]
        step += 1


def loss_fn(model, batch):
    x, y = batch.unbind(1)
    return F.cross_entropy(model(x).flatten(0, 1), y.flatten())


def train_step(state, batch):
    net, optimizer = state.nets["model"], state.optimizers["rmsprop"]
    net.train()
    net.zero_grad()
    loss = loss_fn(net, batch)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), SPEC["grad_clip"])
    optimizer.step()
    state.step += 1
    return loss.detach()


@torch.inference_mode()
def evaluate(state, dataset=None):
    """n counts sequences. All have one length, so the mean over sequences is the mean over positions."""
    data, net = (state.test if dataset is None else dataset), state.nets["model"]
    training = net.training
    net.eval()
    loss = right = whole = 0.0
    for part in data.split(500):
        x, y = part.unbind(1)
        logits = net(x)
        loss += F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum").item() / LENGTH
        hit = (logits.argmax(-1) == y)[:, -REMEMBER:]
        right += hit.float().mean(1).sum().item()
        whole += hit.all(1).sum().item()
    net.train(training)
    n = len(data)
    return {"loss": loss / n, "n": n, "accuracy": right / n, "whole_sequence": whole / n}


def save(state, path):
    torch.save(state.state_dict(), path)


def load(path):
    d = torch.load(path, weights_only=True)
    state = setup(d["seed"])
    state.load_state_dict(d)
    return state


if __name__ == "__main__":
    run = setup(0)
    for batch in batches(run):
        if run.step == SPEC["steps"]:
            break
        loss = train_step(run, batch)
        if run.step % 50 == 0:
            print(run.step, loss.item())
    print(evaluate(run))
