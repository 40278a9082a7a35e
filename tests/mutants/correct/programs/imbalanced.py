"""Tabular classification with an 80/15/5 class imbalance: class-weighted focal loss, judged by balanced accuracy.

Numeric columns plus two categorical ones through embeddings.  Dropout draws from torch's global generator,
whose state is therefore part of the checkpoint; the order of the rows depends on (seed, epoch) only.
"""
import itertools
from types import SimpleNamespace

import torch
from torch import nn

FAMILY = "classifier"
SPEC = {
    "n_classes": 3,
    "optimizer": "AdamW",
    "learning_rate": 3e-3,
    "beta1": 0.9,
    "beta2": 0.999,
    "weight_decay": 0.02,
    "batch_size": 96,
    "steps": 400,
    "dropout": 0.15,
    "loss": "focal loss, focusing parameter 2, class weights N / (K n_c); mean over the examples, not divided by the sum of weights",
    "gradient_clipping": "element-wise to [-0.05, 0.05]",
    "metric": "balanced accuracy (mean of the recalls per class)",
    "min_balanced_accuracy": 0.8,
    "min_accuracy": 0.78,
}
COUNTS = {"train": (1920, 360, 120), "test": (640, 120, 40)}
CLASS_WEIGHT = torch.tensor([sum(COUNTS["train"]) / (3 * c) for c in COUNTS["train"]])
FOCUS, CLIP = 2.0, 0.05
LEVELS = (7, 4)


def _table(split):
    g = torch.Generator().manual_seed(9000 + len(split))
    y = torch.repeat_interleave(torch.arange(3), torch.tensor(COUNTS[split]))
    y = y[torch.randperm(len(y), generator=g)]
    z = torch.randn(len(y), 6, generator=g)
    z[:, 0] += torch.tensor([-1.0, 0.8, 1.2])[y]
    z[:, 1] += torch.tensor([0.0, 1.8, -1.8])[y]
    z[:, 2] = z[:, 2] * torch.tensor([0.6, 1.6, 1.6])[y]
    z[:, 3] = z[:, 3] + 0.5 * z[:, 0]
    raw = z * torch.tensor([1.0, 30.0, 0.2, 5.0, 1.0, 100.0]) + torch.tensor([10.0, 250.0, 0.0, -4.0, 1.0, 1000.0])
    p_a = torch.tensor([[4, 4, 2, 2, 1, 1, 1], [1, 1, 4, 4, 2, 1, 1], [1, 1, 1, 1, 2, 5, 4]], dtype=torch.float)
    p_b = torch.tensor([[5, 3, 1, 1], [1, 3, 5, 1], [1, 1, 3, 5]], dtype=torch.float)
    cats = [torch.multinomial(p[y], 1, generator=g) for p in (p_a, p_b)]
    return {"numeric": raw, "category": torch.cat(cats, 1), "label": y}


class TabularNet(nn.Module):
    def __init__(self, width=48):
        super().__init__()
        self.embeddings = nn.ModuleList(nn.Embedding(k, 3) for k in LEVELS)
        self.body = nn.Sequential(nn.Linear(6 + 3 * len(LEVELS), width), nn.SiLU(), nn.Dropout(SPEC["dropout"]),
                                  nn.Linear(width, width), nn.SiLU(), nn.Dropout(SPEC["dropout"]))
        self.out = nn.Linear(width, 3)

    def forward(self, numeric, category):
        parts = [numeric] + [e(category[:, j]) for j, e in enumerate(self.embeddings)]
        return self.out(self.body(torch.cat(parts, 1)))


def setup(seed, config=None):
    torch.manual_seed(seed)
    options = {k: SPEC[k] for k in ("learning_rate", "weight_decay", "batch_size", "steps")}
    options.update(config or {})
    train, test = _table("train"), _table("test")
    mean, std = train["numeric"].mean(0), train["numeric"].std(0)
    for part in (train, test):
        part["numeric"] = (part["numeric"] - mean) / std
    model = TabularNet()
    optimizer = torch.optim.AdamW(model.parameters(), lr=options["learning_rate"], betas=(SPEC["beta1"], SPEC["beta2"]),
                                  weight_decay=options["weight_decay"])
    return SimpleNamespace(seed=seed, step=0, nets={"model": model}, optimizers={"model": optimizer}, schedulers={},
                           train=train, test=test, options=options)


def batches(state):
    table, size, seed = state.train, state.options["batch_size"], state.seed
    n = len(table["label"])
    rounds = n // size
    for step in itertools.count(state.step):
        epoch, k = divmod(step, rounds)
        g = torch.Generator().manual_seed(seed * 1_000_003 + epoch)
        rows = torch.randperm(n, generator=g)[k * size:(k + 1) * size]
        yield {name: column[rows] for name, column in table.items()}


def focal_terms(logits, label):
    log_p = logits.log_softmax(1).gather(1, label[:, None]).squeeze(1)
    return -CLASS_WEIGHT[label] * (1 - log_p.exp()) ** FOCUS * log_p


def loss_fn(model, batch):
    return focal_terms(model(batch["numeric"], batch["category"]), batch["label"]).mean()


def train_step(state, batch):
    model, optimizer = state.nets["model"], state.optimizers["model"]
    model.train()
    optimizer.zero_grad()
    loss = loss_fn(model, batch)
    loss.backward()
    nn.utils.clip_grad_value_(model.parameters(), CLIP)
    optimizer.step()
    state.step += 1
    return loss.detach()


def evaluate(state, dataset=None):
    table = state.test if dataset is None else dataset
    model = state.nets["model"]
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        logits = model(table["numeric"], table["category"])
        loss = focal_terms(logits, table["label"]).mean().item()
        label, guess = table["label"], logits.argmax(1)
        recalls = [(guess[label == c] == c).float().mean().item() for c in range(3) if (label == c).any()]
        accuracy = (guess == label).float().mean().item()
    model.train(was_training)
    return {"loss": loss, "n": len(label), "accuracy": accuracy, "balanced_accuracy": sum(recalls) / len(recalls)}


def save(state, path):
    torch.save({"model": state.nets["model"].state_dict(), "optimizer": state.optimizers["model"].state_dict(),
                "rng": torch.get_rng_state(), "step": state.step, "seed": state.seed, "options": state.options}, path)


def load(path):
    saved = torch.load(path, weights_only=True)
    state = setup(saved["seed"], saved["options"])
    state.nets["model"].load_state_dict(saved["model"])
    state.optimizers["model"].load_state_dict(saved["optimizer"])
    state.step = saved["step"]
    torch.set_rng_state(saved["rng"])
    return state


def main(seed=0):
    state = setup(seed)
    for batch in itertools.islice(batches(state), state.options["steps"]):
        train_step(state, batch)
    print(evaluate(state))


if __name__ == "__main__":
    main()
