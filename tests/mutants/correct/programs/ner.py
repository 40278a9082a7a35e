import random
from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

FAMILY = "sequence"
TAGS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]
SPEC = {
    "learning_rate": 0.005, "embedding_learning_rate": 0.01,
    "optimizer": "Adam for the network, lazy (sparse) Adam for the word embeddings, which are not clipped",
    "batch_size": 32, "steps": 220, "n_classes": 7, "pad_index": 101, "dropout": 0.25,
    "grad_clip": 5.0,
    "loss": "cross entropy; the mean over the tokens of each sentence, then the mean over sentences",
    "augmentation": "a word is replaced by <unk> with probability 0.1 in training",
    "input": "words of the training text seen at least twice, all others <unk>",
    "n_parameters": 21591, "min_accuracy": 0.95,
}

@dataclass
class TagBatch:
    words: torch.Tensor
    tags: torch.Tensor  # -1 where there is no word
    mask: torch.Tensor

    @classmethod
    def of(cls, rows):
        longest = max(len(w) for w, _ in rows)
        words = torch.full((len(rows), longest), SPEC["pad_index"])
        tags = torch.full((len(rows), longest), -1)
        for i, (w, t) in enumerate(rows):
            words[i, :len(w)], tags[i, :len(t)] = torch.tensor(w), torch.tensor(t)
        return cls(words, tags, tags >= 0)

class NewsDataModule:
    """Template news. Some names are a person, a place or a firm according to the words around them; the rarest are <unk>."""

    def prepare(self):
        r, syll = random.Random(2003), "ka lo mi ter ven sa du bor ne ri gal tho".split()
        names = sorted({"".join(r.choices(syll, k=r.choice([2, 3]))).title() for _ in range(75)})
        odds = 1 / (1 + np.arange(len(names)))
        frames = ["{P} lives in {L} .", "the firm {O} hired {P} .", "shares of {O} fell sharply in {L} today .", "mr {P} said that {O} will grow .",
                  "{P} and mrs {P} left for {L} .", "analysts at {O} in {L} met mr {P} yesterday .", "rain fell near {L} .", "nothing was said today ."]
        rows, seen = [], set()
        while len(rows) < 1500:
            words, tags = [], []
            for piece in r.choice(frames).split():
                if piece.startswith("{"):
                    kind = {"P": "PER", "L": "LOC", "O": "ORG"}[piece[1]]
                    span = r.choices(names, odds, k=r.choice([1, 1, 2]))
                    words += span
                    tags += ["B-" + kind] + ["I-" + kind] * (len(span) - 1)
                else:
                    words, tags = words + [piece], tags + ["O"]
            if tuple(words) not in seen:
                seen.add(tuple(words))
                rows.append((words, [TAGS.index(t) for t in tags]))
        return rows[:1200], rows[1200:]

    def setup(self):
        train, test = self.prepare()
        count = Counter(w for words, _ in train for w in words)
        self.vocab = {w: i for i, w in enumerate(["<unk>"] + sorted(w for w in count if count[w] >= 2))}
        self.train, self.test = ([([self.vocab.get(w, 0) for w in words], tags) for words, tags in part] for part in (train, test))
        return self

class LitTagger(nn.Module):
    """GRU tagger with the hooks of a trainer: forward, training_step, configure_optimizers."""

    def __init__(self, n_words=SPEC["pad_index"] + 1, emb=32, hidden=40):
        super().__init__()
        self.embed = nn.Embedding(n_words, emb, padding_idx=SPEC["pad_index"], sparse=True)
        self.drop = nn.Dropout(SPEC["dropout"])
        self.gru = nn.GRU(emb, hidden, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden, len(TAGS))

    def forward(self, words, mask):
        x = pack_padded_sequence(self.drop(self.embed(words)), mask.sum(1), batch_first=True, enforce_sorted=False)
        h, _ = pad_packed_sequence(self.gru(x)[0], batch_first=True, total_length=words.size(1))
        return self.out(self.drop(h))

    def per_sentence(self, batch):
        logits = self(batch.words, batch.mask)
        ce = nn.functional.cross_entropy(logits.transpose(1, 2), batch.tags, ignore_index=-1, reduction="none")
        return ce.sum(1) / batch.mask.sum(1), logits  # ce is 0 on padding

    def training_step(self, batch):
        return self.per_sentence(batch)[0].mean()

    def configure_optimizers(self):
        network = [p for n, p in self.named_parameters() if not n.startswith("embed")]
        return {"network": torch.optim.Adam(network, lr=SPEC["learning_rate"]),
                "embeddings": torch.optim.SparseAdam(self.embed.parameters(), lr=SPEC["embedding_learning_rate"])}

class Trainer:
    schedulers = {}

    def __init__(self, seed):
        torch.manual_seed(seed)
        data = NewsDataModule().setup()
        assert len(data.vocab) <= SPEC["pad_index"], len(data.vocab)
        self.train, self.test, self.vocab = data.train, data.test, data.vocab
        self.lit, self.seed, self.step = LitTagger(), seed, 0
        self.nets, self.optimizers = {"model": self.lit}, self.lit.configure_optimizers()

def setup(seed, config=None):
    return Trainer(seed)
def batches(state):
    size, step = SPEC["batch_size"], state.step
    per_epoch = -(-len(state.train) // size)  # the last batch of an epoch is smaller
    while True:
        epoch, k = divmod(step, per_epoch)
        chosen = np.random.default_rng((state.seed, epoch)).permutation(len(state.train))[k * size:(k + 1) * size]
        rng = np.random.default_rng((state.seed, 7, step))
        rows = []
        for i in chosen:
            words, tags = state.train[i]
            rows.append(([0 if rng.random() < 0.1 else w for w in words], tags))
        yield TagBatch.of(rows)
        step += 1

def loss_fn(model, batch):
    return model.training_step(batch)
def train_step(state, batch):
    state.lit.train()
    state.lit.zero_grad()
    loss = loss_fn(state.lit, batch)
    loss.backward()
    nn.utils.clip_grad_norm_([p for n, p in state.lit.named_parameters() if not n.startswith("embed")], SPEC["grad_clip"])
    for opt in state.optimizers.values():
        opt.step()
    state.step += 1
    return loss.detach()

def spans(tags):
    """Entities of one sentence as (first, last + 1, kind)."""
    found, start = set(), None
    for i, name in enumerate([TAGS[t] for t in tags] + ["O"]):
        if start is not None and name != "I-" + kind:
            found.add((start, i, kind))
            start = None
        if name.startswith("B-"):
            start, kind = i, name[2:]
    return found

def evaluate(state, dataset=None):
    rows = state.test if dataset is None else dataset
    was = state.lit.training
    state.lit.eval()
    losses, right, tokens, hit, said, gold = [], 0, 0, 0, 0, 0
    with torch.no_grad():
        for i in range(0, len(rows), 64):
            batch = TagBatch.of(rows[i:i + 64])
            loss, logits = state.lit.per_sentence(batch)
            losses += loss.tolist()
            guess = logits.argmax(-1)
            right += (guess == batch.tags)[batch.mask].sum().item()
            tokens += batch.mask.sum().item()
            for g, (_, t) in zip(guess.tolist(), rows[i:i + 64]):
                a, b = spans(g[:len(t)]), spans(t)
                hit, said, gold = hit + len(a & b), said + len(a), gold + len(b)
    state.lit.train(was)
    return {"loss": sum(losses) / len(losses), "accuracy": right / tokens, "f1": 2 * hit / max(1, said + gold), "n": len(rows), "n_tokens": tokens}

def save(state, path):
    torch.save({"state_dict": state.lit.state_dict(), "optimizer_states": {k: o.state_dict() for k, o in state.optimizers.items()},
                "global_step": state.step, "seed": state.seed, "rng_state": torch.get_rng_state()}, path)

def load(path):
    ckpt = torch.load(path, weights_only=True)
    trainer = Trainer(ckpt["seed"])
    trainer.lit.load_state_dict(ckpt["state_dict"])
    for k, o in trainer.optimizers.items():
        o.load_state_dict(ckpt["optimizer_states"][k])
    trainer.step = ckpt["global_step"]
    torch.set_rng_state(ckpt["rng_state"])
    return trainer
