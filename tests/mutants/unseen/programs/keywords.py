"""Keyword spotting on made-up speech: a small convolutional-recurrent network on log-mel-like clips."""
from types import SimpleNamespace

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

FAMILY = "classifier"

SPEC = dict(
    optimizer="AdamW", learning_rate=4e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01,
    lr_schedule="one_cycle", pct_start=0.3, div_factor=25.0, final_div_factor=1e4,
    steps=260, batch_size=40, dropout=0.2, grad_clip=0.25, bn_momentum=0.1,
    input_mean=0.0, input_std=1.0, normalization="per mel band, statistics of the training clips",
    time_mask=6, mel_mask=3, augmentation="one time mask and one band mask per training clip, filled with the mean",
    n_mels=20, n_frames=40, n_classes=8, hidden_units=32, n_parameters=11416, min_accuracy=0.95, seed=0, n_seeds=5,
)

DEFAULTS = dict(
    learning_rate=4e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01,
    pct_start=0.3, div_factor=25.0, final_div_factor=1e4,
    steps=260, batch_size=40, dropout=0.2, grad_clip=0.25, bn_momentum=0.1,
    time_mask=6, mel_mask=3, hidden_units=32,
)

N_MELS, N_FRAMES = 20, 40
# A phone is a pair of formants, each gliding from one band to another.
PHONES = {"a": ((4, 4), (9, 9)), "i": ((2, 2), (15, 15)), "u": ((3, 3), (6, 6)),
          "w": ((3, 5), (6, 12)), "j": ((2, 4), (16, 11)), "s": ((17, 17), (18, 18))}
WORDS = ["saw", "was", "jai", "iaj", "usi", "isu", "waj", "jaw"]


def config():
    return dict(DEFAULTS)


# ---------------------------------------------------------------- data

def synthesize(word, rng):
    """One clip in decibels: phones of random length after a random onset, over a noise floor of about -50 dB."""
    bands = np.arange(N_MELS)[:, None]
    lengths = rng.integers(6, 11, len(word))
    start = rng.integers(0, N_FRAMES - lengths.sum() + 1)
    shift = rng.normal(0.0, 0.5)
    level = rng.uniform(18.0, 26.0)
    energy = np.zeros((N_MELS, N_FRAMES))
    for phone, length in zip(word, lengths):
        t = np.linspace(0.0, 1.0, length)[None, :]
        for first, last in PHONES[phone]:
            centre = first + (last - first) * t + shift
            energy[:, start:start + length] += level * np.exp(-0.5 * ((bands - centre) / 1.2) ** 2)
        start += length
    tilt = -0.4 * bands
    return -50.0 + tilt + energy + rng.normal(0.0, 7.0, energy.shape)


def make_clips(n, seed):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, len(WORDS), n)
    clips = np.stack([synthesize(WORDS[k], rng) for k in labels])
    return clips.astype(np.float32), labels


def standardise(clips, mean, std):
    return (clips - mean) / std


def load_splits():
    train_x, train_y = make_clips(1400, seed=11)
    test_x, test_y = make_clips(500, seed=12)
    mean = train_x.mean(axis=(0, 2), keepdims=True)
    std = train_x.std(axis=(0, 2), keepdims=True)
    as_set = lambda x, y: torch.utils.data.TensorDataset(torch.from_numpy(standardise(x, mean, std)), torch.from_numpy(y))
    return as_set(train_x, train_y), as_set(test_x, test_y)


def spec_augment(mel, cfg, rng):
    """Blank one stretch of frames and one stretch of bands in each clip (zero is the mean of a standardised clip)."""
    mel = mel.clone()
    for clip in mel:
        width = int(rng.integers(0, cfg["time_mask"] + 1))
        begin = int(rng.integers(0, N_FRAMES - width + 1))
        clip[:, begin:begin + width] = 0.0
        height = int(rng.integers(0, cfg["mel_mask"] + 1))
        bottom = int(rng.integers(0, N_MELS - height + 1))
        clip[bottom:bottom + height, :] = 0.0
    return mel


def batches(state):
    """Whole epochs without replacement; order and masks depend on the seed and the step only."""
    cfg, step = state.cfg, state.step
    mel, label = state.train.tensors
    per_epoch = len(label) // cfg["batch_size"]
    while True:
        epoch, k = divmod(step, per_epoch)
        order = np.random.default_rng([state.seed, 1, epoch]).permutation(len(label))
        pick = torch.from_numpy(order[k * cfg["batch_size"]:(k + 1) * cfg["batch_size"]])
        masks = np.random.default_rng([state.seed, 2, step])
        yield {"mel": spec_augment(mel[pick], cfg, masks), "label": label[pick]}
        step += 1


# ---------------------------------------------------------------- network

def conv_block(c_in, c_out, kernel, momentum):
    return nn.Sequential(
        nn.Conv1d(c_in, c_out, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm1d(c_out, momentum=momentum),
        nn.ReLU(),
        nn.MaxPool1d(2),
    )


class KeywordNet(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        width = cfg["hidden_units"]
        self.front = nn.Sequential(conv_block(N_MELS, 24, 5, cfg["bn_momentum"]),
                                   conv_block(24, width, 3, cfg["bn_momentum"]))
        self.rnn = nn.GRU(width, width, batch_first=True)
        self.dropout = nn.Dropout(cfg["dropout"])
        self.classify = nn.Linear(width, len(WORDS))
        for module in self.modules():
            if isinstance(module, nn.Conv1d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def forward(self, mel):
        frames = self.front(mel).transpose(1, 2)      # (clip, frame, channel)
        outputs, _ = self.rnn(frames)
        return self.classify(self.dropout(outputs.mean(dim=1)))


# ---------------------------------------------------------------- training

def setup(seed, config=None):
    cfg = {**DEFAULTS, **(config or {})}
    torch.manual_seed(seed)
    train, test = load_splits()
    net = KeywordNet(cfg)
    optimizer = torch.optim.AdamW(net.parameters(), lr=cfg["learning_rate"], betas=(cfg["beta1"], cfg["beta2"]),
                                  eps=cfg["eps"], weight_decay=cfg["weight_decay"])
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=cfg["learning_rate"], total_steps=cfg["steps"], pct_start=cfg["pct_start"],
        div_factor=cfg["div_factor"], final_div_factor=cfg["final_div_factor"], cycle_momentum=False)
    return SimpleNamespace(cfg=cfg, seed=seed, step=0, train=train, test=test, nets={"model": net},
                           optimizers={"model": optimizer}, schedulers={"model": scheduler})


def loss_fn(model, batch):
    return F.cross_entropy(model(batch["mel"]), batch["label"])


def train_step(state, batch):
    net, optimizer, scheduler = state.nets["model"], state.optimizers["model"], state.schedulers["model"]
    net.train()
    optimizer.zero_grad()
    loss = loss_fn(net, batch)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), state.cfg["grad_clip"])
    optimizer.step()
    if state.step + 1 < state.cfg["steps"]:           # OneCycleLR refuses to go past its last step
        scheduler.step()
    state.step += 1
    return loss.detach()


def evaluate(state, dataset=None):
    dataset = state.test if dataset is None else dataset
    net = state.nets["model"]
    was_training = net.training
    net.eval()
    nll, correct = 0.0, 0
    confusion = torch.zeros(len(WORDS), len(WORDS), dtype=torch.long)
    with torch.no_grad():
        for begin in range(0, len(dataset), 128):
            items = [dataset[i] for i in range(begin, min(begin + 128, len(dataset)))]
            mel = torch.stack([x for x, _ in items])
            label = torch.stack([torch.as_tensor(y) for _, y in items])
            scores = net(mel)
            guess = scores.argmax(dim=1)
            nll += F.cross_entropy(scores, label, reduction="sum").item()
            correct += int((guess == label).sum())
            confusion.index_put_((label, guess), torch.ones_like(label), accumulate=True)
    net.train(was_training)
    recall = confusion.diag() / confusion.sum(dim=1).clamp(min=1)
    return {"loss": nll / len(dataset), "n": len(dataset), "accuracy": correct / len(dataset),
            "recall": recall.tolist()}


def save(state, path):
    torch.save({
        "cfg": state.cfg, "seed": state.seed, "step": state.step, "torch_rng": torch.get_rng_state(),
        "net": state.nets["model"].state_dict(),
        "optimizer": state.optimizers["model"].state_dict(),
        "scheduler": state.schedulers["model"].state_dict(),
    }, path)


def load(path):
    saved = torch.load(path, map_location="cpu", weights_only=True)
    state = setup(saved["seed"], saved["cfg"])
    state.nets["model"].load_state_dict(saved["net"])
    state.optimizers["model"].load_state_dict(saved["optimizer"])
    state.schedulers["model"].load_state_dict(saved["scheduler"])
    state.step = saved["step"]
    torch.set_rng_state(saved["torch_rng"])           # dropout goes on where it was
    return state


def reference_forward(weights, x):
    w = {name: np.asarray(value, dtype=np.float64) for name, value in weights.items()}
    h = np.asarray(x, dtype=np.float64)
    for i in (0, 1):
        p = f"front.{i}."
        kernel = w[p + "0.weight"]
        size = kernel.shape[2]
        padded = np.pad(h, ((0, 0), (0, 0), (size // 2, size // 2)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, size, axis=2)
        h = np.einsum("bctk,ock->bot", windows, kernel)
        scale = w[p + "1.weight"] / np.sqrt(w[p + "1.running_var"] + 1e-5)
        h = (h - w[p + "1.running_mean"][:, None]) * scale[:, None] + w[p + "1.bias"][:, None]
        h = np.maximum(h, 0.0)
        h = h[:, :, :h.shape[2] // 2 * 2].reshape(h.shape[0], h.shape[1], -1, 2).max(axis=3)
    sigmoid = lambda v: 1.0 / (1.0 + np.exp(-v))
    n, _, frames = h.shape
    hidden = np.zeros((n, w["rnn.weight_hh_l0"].shape[1]))
    total = np.zeros_like(hidden)
    for t in range(frames):
        xr, xz, xn = np.split(h[:, :, t] @ w["rnn.weight_ih_l0"].T + w["rnn.bias_ih_l0"], 3, axis=1)
        hr, hz, hn = np.split(hidden @ w["rnn.weight_hh_l0"].T + w["rnn.bias_hh_l0"], 3, axis=1)
        z = sigmoid(xz + hz)
        hidden = (1.0 - z) * np.tanh(xn + sigmoid(xr + hr) * hn) + z * hidden
        total += hidden
    return total / frames @ w["classify.weight"].T + w["classify.bias"]


def main():
    state = setup(SPEC["seed"])
    stream = batches(state)
    while state.step < state.cfg["steps"]:
        loss = train_step(state, next(stream))
        if state.step % 50 == 0:
            print(state.step, float(loss))
    print(evaluate(state))


if __name__ == "__main__":
    main()
