"""DenseNet on little drawings: which of six figures is on the picture?

Everything is procedural.  The pictures live in memory as uint8; a batch is a dict with the keys "image" and "label".
"""
import copy
import math
from dataclasses import asdict, dataclass, field
from typing import Any, Dict, Iterator, Optional

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset

FAMILY = "classifier"

SPEC: Dict[str, Any] = dict(
    # optimisation
    optimizer="SGD", learning_rate=0.1, momentum=0.9, nesterov=True, weight_decay=1e-3,
    weight_decay_excludes="biases and batch-norm parameters",
    batch_size=50, steps=240, epochs=6,
    lr_schedule="warmup_cosine", warmup_steps=30, final_learning_rate=0.0,
    ema_decay=0.95, evaluated_weights="exponential moving average",
    # model
    growth_rate=8, layers_per_block=[1, 3], compression=0.5, dropout=0.1, bn_momentum=0.1,
    init="kaiming_normal", n_parameters=6686,
    # loss and data
    label_smoothing=0.1, shuffling="a new order every epoch", augmentation="each picture: horizontal flip (p=0.5), zero-padding by 2 and random crop",
    n_train=2000, n_test=620, n_classes=6, input_mean=0.0, input_std=1.0,
    # result
    metric="accuracy", min_accuracy=0.90, seed=0, n_seeds=5,
)

FIGURES = ("disc", "ring", "square", "frame", "plus", "saltire")
SIZE = 12
LABEL_SMOOTHING = 0.1


@dataclass
class Hyper:
    learning_rate: float = 0.1
    momentum: float = 0.9
    nesterov: bool = True
    weight_decay: float = 1e-3
    batch_size: int = 50
    steps: int = 240
    warmup_steps: int = 30
    ema_decay: float = 0.95
    growth_rate: int = 8
    layers_per_block: tuple = (1, 3)
    compression: float = 0.5
    dropout: float = 0.1
    bn_momentum: float = 0.1
    n_train: int = 2000
    n_test: int = 620
    padding: int = 2


def config() -> Dict[str, Any]:
    return asdict(Hyper())


def pick_device() -> torch.device:
    return torch.device("cuda:0") if torch.cuda.is_available() else torch.device("cpu")


def stream(*key: int) -> torch.Generator:
    """An independent torch generator for every key, for example (seed, purpose, epoch)."""
    words = np.random.SeedSequence(list(key)).generate_state(2, np.uint64)
    return torch.Generator().manual_seed(int(words[0] >> np.uint64(1)))


ORDER, AUGMENT = 11, 12  # purposes of streams


# --------------------------------------------------------------------------------------------------------------- data

def draw_figure(kind: str, dx: np.ndarray, dy: np.ndarray, radius: float) -> np.ndarray:
    ax, ay = np.abs(dx), np.abs(dy)
    if kind == "disc":
        return dx ** 2 + dy ** 2 <= radius ** 2
    if kind == "ring":
        return np.abs(np.hypot(dx, dy) - radius + 0.6) <= 0.8
    if kind == "square":
        return np.maximum(ax, ay) <= radius * 0.9
    if kind == "frame":
        return np.abs(np.maximum(ax, ay) - radius * 0.9 + 0.4) <= 0.6
    if kind == "plus":
        return (np.minimum(ax, ay) <= 0.8) & (np.maximum(ax, ay) <= radius)
    return (np.abs(ax - ay) <= 1.0) & (np.maximum(ax, ay) <= radius)


def draw_pictures(count: int, seed: int):
    rng = np.random.default_rng(seed)
    ys, xs = np.mgrid[:SIZE, :SIZE]
    pictures = np.empty((count, 3, SIZE, SIZE), np.uint8)
    labels = rng.integers(len(FIGURES), size=count)
    for i, label in enumerate(labels):
        cx, cy = rng.uniform(4.5, SIZE - 5.5, 2)
        mask = draw_figure(FIGURES[label], xs - cx, ys - cy, rng.uniform(3.2, 4.8))
        ground = rng.uniform(20, 110, (3, 1, 1))
        ink = ground + rng.uniform(60, 140, (3, 1, 1))
        canvas = np.where(mask, ink, ground) + rng.normal(0, 33, (3, SIZE, SIZE))
        pictures[i] = np.clip(np.rint(canvas), 0, 255)
    return torch.from_numpy(pictures), torch.from_numpy(labels)


class Drawings(Dataset):
    """Standardised pictures without augmentation."""

    def __init__(self, pictures: Tensor, labels: Tensor, mean: Tensor, std: Tensor):
        self.pictures, self.labels = pictures, labels
        self.mean, self.std = mean, std

    def __len__(self) -> int:
        return self.labels.numel()

    def __getitem__(self, index: int) -> Dict[str, Tensor]:
        image = self.pictures[index].to(torch.float32).div(255.0)
        image = (image - self.mean[:, None, None]) / self.std[:, None, None]
        return {"image": image, "label": self.labels[index]}


def make_splits(hp: Hyper):
    pictures, labels = draw_pictures(hp.n_train + hp.n_test, seed=777)
    fit, held_out = slice(0, hp.n_train), slice(hp.n_train, None)
    pixels = pictures[fit].to(torch.float64).div(255.0)
    mean = pixels.mean(dim=(0, 2, 3)).float()
    std = pixels.std(dim=(0, 2, 3)).float()
    train = Drawings(pictures[fit], labels[fit], mean, std)
    test = Drawings(pictures[held_out], labels[held_out], mean, std)
    return train, test


def collate(examples) -> Dict[str, Tensor]:
    return {key: torch.stack([e[key] for e in examples]) for key in ("image", "label")}


def make_loader(dataset: Dataset, workers: int, seed: int, batch_size: int = 50) -> DataLoader:
    """Shuffled full batches in the order given by the seed; the pictures are not augmented yet."""
    return DataLoader(dataset, batch_size=batch_size, shuffle=True, drop_last=True, num_workers=workers,
                      collate_fn=collate, generator=torch.Generator().manual_seed(seed))


def augment(images: Tensor, padding: int, generator: torch.Generator) -> Tensor:
    """Every picture is flipped with probability one half and cropped at its own place."""
    n, _, height, width = images.shape
    flip = torch.rand(n, generator=generator) < 0.5
    images = torch.where(flip[:, None, None, None], images.flip(3), images)
    padded = F.pad(images, (padding,) * 4)
    corner = torch.randint(0, 2 * padding + 1, (2, n), generator=generator)
    rows = corner[0][:, None] + torch.arange(height)
    cols = corner[1][:, None] + torch.arange(width)
    which = torch.arange(n)[:, None, None]
    return padded.permute(0, 2, 3, 1)[which, rows[:, :, None], cols[:, None, :]].permute(0, 3, 1, 2).contiguous()


# -------------------------------------------------------------------------------------------------------------- model

class DenseLayer(nn.Module):
    """BN - ReLU - 3x3 convolution - dropout; the result is appended to the input."""

    def __init__(self, width: int, growth: int, hp: Hyper):
        super().__init__()
        self.norm = nn.BatchNorm2d(width, momentum=hp.bn_momentum)
        self.conv = nn.Conv2d(width, growth, kernel_size=3, padding=1, bias=False)
        self.p = hp.dropout

    def forward(self, x: Tensor) -> Tensor:
        new = self.conv(F.relu(self.norm(x)))
        new = F.dropout(new, self.p, training=self.training)
        return torch.cat([x, new], dim=1)


class Transition(nn.Module):
    def __init__(self, width: int, out: int, hp: Hyper):
        super().__init__()
        self.norm = nn.BatchNorm2d(width, momentum=hp.bn_momentum)
        self.conv = nn.Conv2d(width, out, kernel_size=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return F.avg_pool2d(self.conv(F.relu(self.norm(x))), 2)


class DenseNet(nn.Module):
    def __init__(self, hp: Hyper, n_classes: int = len(FIGURES)):
        super().__init__()
        width = 2 * hp.growth_rate
        self.stem = nn.Conv2d(3, width, kernel_size=3, padding=1, bias=False)
        stages = []
        for number, depth in enumerate(hp.layers_per_block):
            if number > 0:
                squeezed = int(width * hp.compression)
                stages.append(Transition(width, squeezed, hp))
                width = squeezed
            for _ in range(depth):
                stages.append(DenseLayer(width, hp.growth_rate, hp))
                width += hp.growth_rate
        self.stages = nn.Sequential(*stages)
        self.norm = nn.BatchNorm2d(width, momentum=hp.bn_momentum)
        self.classifier = nn.Linear(width, n_classes)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            elif isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stages(self.stem(x))
        x = F.relu(self.norm(x)).mean(dim=(-2, -1))
        return self.classifier(x)


# ----------------------------------------------------------------------------------------------------------- training

@dataclass
class State:
    hp: Hyper
    seed: int
    device: torch.device
    train: Dataset
    test: Dataset
    step: int = 0
    nets: Dict[str, nn.Module] = field(default_factory=dict)
    optimizers: Dict[str, torch.optim.Optimizer] = field(default_factory=dict)
    schedulers: Dict[str, Any] = field(default_factory=dict)


def lr_factor(step: int, hp: Hyper) -> float:
    """Linear warmup to 1, then half a cosine down to 0."""
    if step < hp.warmup_steps:
        return (step + 1) / hp.warmup_steps
    progress = (step - hp.warmup_steps) / (hp.steps - hp.warmup_steps)
    return 0.5 * (1.0 + math.cos(math.pi * min(progress, 1.0)))


def make_optimizer(model: nn.Module, hp: Hyper) -> torch.optim.Optimizer:
    decayed, plain = [], []
    for parameter in model.parameters():
        if parameter.dim() > 1:
            decayed.append(parameter)
        else:
            plain.append(parameter)
    groups = [{"params": decayed, "weight_decay": hp.weight_decay},
              {"params": plain, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=hp.learning_rate, momentum=hp.momentum, nesterov=hp.nesterov)


def setup(seed: int, config: Optional[Dict[str, Any]] = None) -> State:
    hp = Hyper(**(config or {}))
    device = pick_device()
    torch.manual_seed(seed)
    train, test = make_splits(hp)
    state = State(hp=hp, seed=seed, device=device, train=train, test=test)
    model = DenseNet(hp).to(device)
    average = copy.deepcopy(model).requires_grad_(False)
    state.nets = {"model": model, "ema": average}
    state.optimizers["model"] = make_optimizer(model, hp)
    state.schedulers["model"] = torch.optim.lr_scheduler.LambdaLR(
        state.optimizers["model"], lambda step: lr_factor(step, hp))
    return state


def batches(state: State) -> Iterator[Dict[str, Tensor]]:
    hp = state.hp
    per_epoch = len(state.train) // hp.batch_size
    step = state.step
    while True:
        epoch, begin = divmod(step, per_epoch)
        shuffling = stream(state.seed, ORDER, epoch).initial_seed()
        loader = make_loader(state.train, 0, shuffling, hp.batch_size)
        for position, batch in enumerate(loader):
            if position < begin:
                continue
            image = augment(batch["image"], hp.padding, stream(state.seed, AUGMENT, step))
            yield {"image": image, "label": batch["label"]}
            step += 1


def smoothed_cross_entropy(logits: Tensor, label: Tensor, epsilon: float) -> Tensor:
    log_p = F.log_softmax(logits, dim=-1)
    nll = -log_p.gather(1, label[:, None]).squeeze(1)
    uniform = -log_p.mean(dim=-1)
    return ((1.0 - epsilon) * nll + epsilon * uniform).mean()


def loss_fn(model: nn.Module, batch: Dict[str, Tensor]) -> Tensor:
    device = next(model.parameters()).device
    logits = model(batch["image"].to(device))
    return smoothed_cross_entropy(logits, batch["label"].to(device), LABEL_SMOOTHING)


@torch.no_grad()
def update_average(average: nn.Module, model: nn.Module, decay: float) -> None:
    for slow, fast in zip(average.parameters(), model.parameters()):
        slow.mul_(decay).add_(fast, alpha=1.0 - decay)
    for slow, fast in zip(average.buffers(), model.buffers()):
        slow.copy_(fast)


def train_step(state: State, batch: Dict[str, Tensor]) -> Tensor:
    net = state.nets["model"].train()
    optimizer = state.optimizers["model"]
    loss = loss_fn(net, batch)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    state.schedulers["model"].step()
    update_average(state.nets["ema"], net, state.hp.ema_decay)
    state.step += 1
    return loss.detach()


def evaluate(state: State, dataset: Optional[Dataset] = None) -> Dict[str, float]:
    """Cross-entropy (without smoothing) and accuracy of the averaged weights."""
    net = state.nets["ema"]
    mode = net.training
    net.eval()
    source = state.test if dataset is None else dataset
    loader = DataLoader(source, batch_size=250, shuffle=False, collate_fn=collate, generator=stream(0))
    total = {"loss": 0.0, "correct": 0, "n": 0}
    with torch.no_grad():
        for batch in loader:
            label = batch["label"].to(state.device)
            logits = net(batch["image"].to(state.device))
            total["loss"] += F.cross_entropy(logits, label, reduction="sum").item()
            total["correct"] += int((logits.argmax(dim=-1) == label).sum())
            total["n"] += len(label)
    net.train(mode)
    return {"loss": total["loss"] / total["n"], "accuracy": total["correct"] / total["n"], "n": total["n"]}


def save(state: State, path) -> None:
    hp = asdict(state.hp)
    checkpoint = {"hyper": hp, "seed": state.seed, "step": state.step, "cpu_rng": torch.get_rng_state()}
    checkpoint["nets"] = {name: net.state_dict() for name, net in state.nets.items()}
    checkpoint["optimizers"] = {name: o.state_dict() for name, o in state.optimizers.items()}
    checkpoint["schedulers"] = {name: s.state_dict() for name, s in state.schedulers.items()}
    if state.device.type == "cuda":
        checkpoint["cuda_rng"] = torch.cuda.get_rng_state(state.device)
    torch.save(checkpoint, path)


def load(path) -> State:
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    state = setup(checkpoint["seed"], checkpoint["hyper"])
    for kind in ("nets", "optimizers", "schedulers"):
        for name, part in getattr(state, kind).items():
            part.load_state_dict(checkpoint[kind][name])
    state.step = checkpoint["step"]
    torch.set_rng_state(checkpoint["cpu_rng"])
    if "cuda_rng" in checkpoint and state.device.type == "cuda":
        torch.cuda.set_rng_state(checkpoint["cuda_rng"], state.device)
    return state


# ---------------------------------------------------------------------------------------------------------- reference

def reference_forward(weights, x):
    """Evaluation-mode logits in numpy float64, from a state dict and normalised pictures."""
    w = {name: np.asarray(value, np.float64) for name, value in weights.items()}
    x = np.asarray(x, np.float64)

    def conv(x, kernel):
        k = kernel.shape[-1]
        height, width = x.shape[2:]
        x = np.pad(x, ((0, 0), (0, 0), (k // 2, k // 2), (k // 2, k // 2)))
        out = 0.0
        for i in range(k):
            for j in range(k):
                out = out + np.einsum("nchw,oc->nohw", x[:, :, i:i + height, j:j + width], kernel[:, :, i, j])
        return out

    def norm_relu(x, name):
        scale = w[name + ".weight"] / np.sqrt(w[name + ".running_var"] + 1e-5)
        shift = w[name + ".bias"] - w[name + ".running_mean"] * scale
        return np.maximum(x * scale[:, None, None] + shift[:, None, None], 0.0)

    x = conv(x, w["stem.weight"])
    index = 0
    while f"stages.{index}.conv.weight" in w:
        kernel = w[f"stages.{index}.conv.weight"]
        new = conv(norm_relu(x, f"stages.{index}.norm"), kernel)
        if kernel.shape[-1] == 1:
            a, b = new.shape[2] // 2 * 2, new.shape[3] // 2 * 2
            new = new[:, :, :a, :b]
            x = (new[:, :, ::2, ::2] + new[:, :, 1::2, ::2] + new[:, :, ::2, 1::2] + new[:, :, 1::2, 1::2]) / 4
        else:
            x = np.concatenate([x, new], axis=1)
        index += 1
    features = norm_relu(x, "norm").mean(axis=(2, 3))
    return features @ w["classifier.weight"].T + w["classifier.bias"]


def main() -> None:
    state = setup(SPEC["seed"])
    feed = batches(state)
    while state.step < state.hp.steps:
        loss = train_step(state, next(feed))
        if state.step % 50 == 0:
            print(state.step, f"{loss.item():.4f}", evaluate(state))


if __name__ == "__main__":
    main()
