"""Masked-token prediction (BERT): 15 % of the tokens are chosen; 80 % masked, 10 % random, 10 % kept. Two micro-batches per step."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import Dataset

FAMILY = "sequence"
PAD, MASK, FIRST, VOCAB, MAX_LEN, WIDTH = 0, 1, 2, 26, 16, 48
SPEC = {
    "learning_rate": 3e-3, "beta1": 0.9, "beta2": 0.98, "weight_decay": 0.01, "batch_size": 48, "accumulation": 2, "steps": 200,
    "dropout": 0.1, "pad_index": PAD, "mask_probability": 0.15,
    "loss": "cross-entropy at the chosen positions, averaged over all chosen positions of the batch (both micro-batches together)",
    "corruption": "80 % [MASK], 10 % a random token, 10 % unchanged; at least one position per sentence; drawn anew at each step; fixed for evaluation",
    "lr_schedule": "linear warmup over 20 steps, linear decay to zero", "min_accuracy": 0.55,
}


class Pairs(Dataset):
    """Sentences of pairs (u, f(u)), f a fixed permutation. Each item keeps the uniform numbers of its evaluation mask."""

    def __init__(self, sentences, seed):
        rng = np.random.default_rng(seed)
        self.items = [(torch.tensor(s), torch.from_numpy(rng.random((3, len(s))))) for s in sentences]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


def make_data():
    rng = np.random.default_rng(5)
    f = FIRST + rng.permutation(VOCAB - FIRST)
    seen = {}
    while len(seen) < 2400:
        u = rng.integers(FIRST, VOCAB, size=int(rng.integers(4, MAX_LEN // 2 + 1)))
        seen[tuple(int(t) for a in u for t in (a, f[a - FIRST]))] = None
    sentences = list(seen)
    return Pairs(sentences[:2000], 6), Pairs(sentences[2000:], 7)


def corrupt(items):
    """items: (tokens, uniforms (3, len)) -> the model's input and labels, -100 where nothing is to be predicted."""
    n = max(len(t) for t, _ in items)
    ids = torch.full((len(items), n), PAD)
    labels = torch.full((len(items), n), -100)
    for i, (t, u) in enumerate(items):
        chosen = u[0] < SPEC["mask_probability"]
        if not chosen.any():                       # at least one position of each sentence
            chosen[u[0].argmin()] = True
        random = FIRST + (u[2] * (VOCAB - FIRST)).long()
        x = torch.where(u[1] < 0.8, MASK, torch.where(u[1] < 0.9, random, t))
        ids[i, :len(t)] = torch.where(chosen, x, t)
        labels[i, :len(t)] = torch.where(chosen, t, -100)
    return {"input_ids": ids, "attention_mask": ids != PAD, "labels": labels}


class Encoder(nn.Module):
    def __init__(self, dropout):
        super().__init__()
        self.tok = nn.Embedding(VOCAB, WIDTH, padding_idx=PAD)
        self.pos = nn.Parameter(torch.randn(MAX_LEN, WIDTH))
        layer = nn.TransformerEncoderLayer(WIDTH, 4, 96, dropout, batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, 2, norm=nn.LayerNorm(WIDTH), enable_nested_tensor=False)
        self.out = nn.Linear(WIDTH, VOCAB)

    def forward(self, input_ids, attention_mask):
        x = self.tok(input_ids) + self.pos[:input_ids.shape[1]]
        return self.out(self.layers(x, src_key_padding_mask=~attention_mask))


class State:
    pass


def config():
    return {k: SPEC[k] for k in ("learning_rate", "beta1", "beta2", "weight_decay", "batch_size", "accumulation", "steps", "dropout")}


def setup(seed, config=None):
    s = State()
    s.seed, s.step, s.options = seed, 0, {**globals()["config"](), **(config or {})}
    o = s.options
    torch.manual_seed(seed)
    s.train, s.test = make_data()
    model = Encoder(o["dropout"])
    opt = torch.optim.AdamW(model.parameters(), lr=o["learning_rate"], betas=(o["beta1"], o["beta2"]), weight_decay=o["weight_decay"])
    ramp = torch.optim.lr_scheduler.LambdaLR(
        opt, lambda t: min((t + 1) / 20, max(0.0, (o["steps"] - t) / max(1, o["steps"] - 20))))
    s.nets, s.optimizers, s.schedulers = {"model": model}, {"model": opt}, {"model": ramp}
    return s


def batches(state):
    step, size = state.step, state.options["batch_size"]
    while True:
        rng = np.random.default_rng([state.seed, step])
        chosen = rng.choice(len(state.train), size=size, replace=False)
        yield corrupt([(state.train[i][0], torch.from_numpy(rng.random((3, len(state.train[i][0]))))) for i in chosen])
        step += 1


def summed_loss(model, batch):
    logits = model(batch["input_ids"], batch["attention_mask"])
    return F.cross_entropy(logits.transpose(1, 2), batch["labels"], ignore_index=-100, reduction="sum"), logits


def loss_fn(model, batch):
    return summed_loss(model, batch)[0] / (batch["labels"] != -100).sum()


def train_step(state, batch):
    model, opt = state.nets["model"], state.optimizers["model"]
    model.train()
    opt.zero_grad()
    n, total = (batch["labels"] != -100).sum(), 0.0
    for part in zip(*(batch[k].chunk(state.options["accumulation"]) for k in ("input_ids", "attention_mask", "labels"))):
        loss = summed_loss(model, dict(zip(("input_ids", "attention_mask", "labels"), part)))[0] / n
        loss.backward()
        total = total + loss.detach()
    opt.step()
    state.schedulers["model"].step()
    state.step += 1
    return total


def evaluate(state, dataset=None):
    """n: the positions predicted."""
    data, model = (state.test if dataset is None else dataset), state.nets["model"]
    training = model.training
    model.eval()
    loss = hits = n = 0
    with torch.no_grad():
        for i in range(0, len(data), 100):
            batch = corrupt([data[j] for j in range(i, min(i + 100, len(data)))])
            part, logits = summed_loss(model, batch)
            where = batch["labels"] != -100
            loss += part.item()
            hits += (logits.argmax(-1)[where] == batch["labels"][where]).sum().item()
            n += where.sum().item()
    model.train(training)
    return {"loss": loss / n, "n": n, "accuracy": hits / n}


def save(state, path):          # dropout draws from the global generator, which therefore belongs to the state
    torch.save({"seed": state.seed, "step": state.step, "options": state.options, "rng": torch.get_rng_state(),
                **{k: getattr(state, k)["model"].state_dict() for k in ("nets", "optimizers", "schedulers")}}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    s = setup(d["seed"], d["options"])
    for k in ("nets", "optimizers", "schedulers"):
        getattr(s, k)["model"].load_state_dict(d[k])
    s.step = d["step"]
    torch.set_rng_state(d["rng"])
    return s


if __name__ == "__main__":
    state = setup(0)
    for batch in batches(state):
        value = train_step(state, batch)
        if state.step % 50 == 0:
            print(state.step, value.item())
        if state.step == state.options["steps"]:
            break
    print(evaluate(state))
