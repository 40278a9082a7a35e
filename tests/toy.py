"""A small correct training program, and the same with a bug planted by replacing text.

Two Gaussian blobs per class, a network of one hidden layer: everything runs in milliseconds.
"""

import types
from pathlib import Path
from typing import Any

from reprokit.checks.context import Context
from reprokit.checks.program import Program

THRESHOLDS = {
    "max_reference_error": 1e-6,
    "max_init_loss_deviation": 0.3,
    "max_overfit_loss": 0.05,
    "min_accuracy": 0.7,
    "max_curve_difference": 0.05,
    "max_final_loss_ratio": 1.05,
    "min_speedup": 0.5,
}

SOURCE = """
import types
from itertools import count

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import TensorDataset

FAMILY = "classifier"
SPEC = {"learning_rate": 0.05, "optimizer": "SGD", "n_classes": 3}
STAGES = {
    "1_single_example": {"examples": 1, "steps": 3, "deviations": {}},
    "2_overfit": {"examples": 8, "steps": 150, "deviations": {}},
    "3_generalize": {"examples": None, "steps": 200, "deviations": {}},
    "4_optimize": {"examples": None, "steps": 200, "deviations": {}},
}
BASE = {
    "seed": 0, "batch_size": 16, "learning_rate": 0.05, "optimizer": "SGD", "momentum": 0.9,
    "model": {"name": "toy", "n_classes": 3}, "out_dir": "runs/toy", "gamma": 0.999,
}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(5, 16)
        self.last = nn.Linear(16, 3)
    def forward(self, x):
        return self.last(F.relu(self.hidden(x)))

def value(text):
    known = {"null": None, "true": True, "false": False}
    return known[text] if text in known else float(text) if "." in text else (
        int(text) if text.isdigit() else text)

def config(*overrides):
    given = dict(o.split("=", 1) for o in overrides)
    stage = given.pop("stage", "3_generalize")
    return {**BASE, "stage": stage, **STAGES[stage], **{k: value(v) for k, v in given.items()}}

def draw(n, seed):
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 3, (n,), generator=g)
    centres = torch.tensor([[2., 0, 0, 0, 0], [0, 2, 0, 0, 0], [0, 0, 2, 0, 0]])
    return TensorDataset(centres[y] + torch.randn(n, 5, generator=g), y)

def setup(seed, config=None):
    cfg = config or globals()["config"]()
    torch.manual_seed(seed)
    net = Net()
    optimizer = torch.optim.SGD(net.parameters(), cfg["learning_rate"], momentum=cfg["momentum"])
    scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, cfg["gamma"])
    x, y = draw(300, 0).tensors
    n = cfg["examples"] or 300
    return types.SimpleNamespace(
        config=cfg, seed=seed, step=0, device=torch.device("cpu"), nets={"model": net},
        optimizers={"model": optimizer}, schedulers={"model": scheduler},
        train=TensorDataset(x[:n], y[:n]), validation=None, test=draw(200, 1))

def batches(state):
    x, y = state.train.tensors
    for step in count(state.step):
        g = torch.Generator().manual_seed(state.seed * 1000 + step)
        i = torch.randperm(len(y), generator=g)[:state.config["batch_size"]]
        yield x[i], y[i]

def loss_fn(net, batch):
    return F.cross_entropy(net(batch[0]), batch[1])

def train_step(state, batch):
    loss = loss_fn(state.nets["model"], batch)
    state.optimizers["model"].zero_grad()
    loss.backward()
    state.optimizers["model"].step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.detach()

def evaluate(state, dataset=None):
    x, y = (dataset or state.test).tensors
    with torch.no_grad():
        logits = state.nets["model"](x)
    return {"loss": F.cross_entropy(logits, y).item(), "n": len(y),
            "accuracy": (logits.argmax(1) == y).double().mean().item()}

def save(state, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save({"config": state.config, "seed": state.seed, "step": state.step,
                "net": state.nets["model"].state_dict(),
                "optimizer": state.optimizers["model"].state_dict(),
                "scheduler": state.schedulers["model"].state_dict()}, path)

def load(path):
    saved = torch.load(path, weights_only=True)
    state = setup(saved["seed"], saved["config"])
    state.nets["model"].load_state_dict(saved["net"])
    state.optimizers["model"].load_state_dict(saved["optimizer"])
    state.schedulers["model"].load_state_dict(saved["scheduler"])
    state.step = saved["step"]
    return state

def train(cfg):
    state = setup(cfg["seed"], cfg)
    stream = batches(state)
    while state.step < cfg["steps"]:
        train_step(state, next(stream))
    save(state, ROOT / cfg["out_dir"] / "checkpoint.pt")
    return {"train_loss": evaluate(state, state.train)["loss"], **evaluate(state)}

def reference_forward(weights, x):
    weights = {name.removeprefix("placeholder."): value for name, value in weights.items()}
    h = np.maximum(x @ weights["hidden.weight"].T + weights["hidden.bias"], 0)
    return h @ weights["last.weight"].T + weights["last.bias"]
"""


def toy_context(
    folder: Path, stage: str, *bugs: tuple[str, str], spec: dict[str, Any] | None = None
) -> Context:
    """Return the toy program at a stage, each bug planted by replacing one text by another."""
    source = SOURCE
    for correct, wrong in bugs:
        assert correct in source, f"the toy program has no {correct!r}"
        source = source.replace(correct, wrong)
    module = types.ModuleType("toy_program")
    module.__file__ = str(folder / "toy_program.py")
    module.ROOT = folder  # type: ignore[attr-defined]
    exec(compile(source, "toy_program", "exec"), vars(module))  # noqa: S102  our own text
    program = Program(module)
    return Context(
        program, stage, thresholds=THRESHOLDS, spec=program.spec if spec is None else spec
    )


STAND_IN = """
    def __init__(self):
        super().__init__()
        self.placeholder = nn.ModuleDict({"hidden": nn.Linear(5, 12), "last": nn.Linear(12, 3)})
    def forward(self, x):
        return self.placeholder["last"](F.relu(self.placeholder["hidden"](x)))
"""

GATES = """\
subjects:
  placeholder: [model=placeholder]
  paper: [model=paper]
thresholds:
  max_reference_error: 1.0e-6
  max_init_loss_deviation: 0.3
  max_overfit_loss: 0.05
  min_accuracy: {placeholder: 0.7, paper: 0.7}
  max_curve_difference: 0.05
  max_final_loss_ratio: 1.05
  min_speedup: 0.5
waivers: {}
"""

# The toy program as a project's train.py: a stand-in that trains, and a stub for the paper.
STUB = "raise NotImplementedError"
PROJECT = (
    SOURCE.replace('"model": {"name": "toy", "n_classes": 3}', '"model": "placeholder"')
    .replace("import types\n", "import types\nfrom pathlib import Path\n", 1)
    .replace("    net = Net()\n", '    net = build(cfg["model"])\n')
    .replace("class Net", "class StandIn(nn.Module):\n" + STAND_IN + "\nclass Net")
    + """
ROOT = Path(__file__).resolve().parent

def build(name):
    if name == "placeholder":
        return StandIn()
    raise NotImplementedError
"""
)


def toy_project(folder: Path, *bugs: tuple[str, str], gates: str = GATES) -> Path:
    """Write a whole toy project, with a stub for the paper's network; return its folder."""
    source = PROJECT
    for correct, wrong in bugs:
        assert correct in source, f"the toy project has no {correct!r}"
        source = source.replace(correct, wrong)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.py").write_text(source)
    (folder / "gates.yaml").write_text(gates)
    (folder / "paper.json").write_text('{"spec": {}}')
    (folder / ".reprokit.json").write_text('{"schema": 1}')
    return folder
