"""Named entities in short texts: a two-way GRU reads padded sentences and gives every word a BIO tag.

A name after a title is a person, a name before a suffix is a company, any other name is a place, but only in a travel text:
so a tag needs what stands on the left, what stands on the right, and what the whole sentence is about.
"""
import random
from collections import Counter
from types import SimpleNamespace
from typing import NamedTuple

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

FAMILY = "sequence"

SPEC = dict(
    optimizer="Adam", learning_rate=8e-3, beta1=0.9, beta2=0.98, eps=1e-9, weight_decay=0.0,
    lr_schedule="linear", batch_size=32, steps=240, grad_clip=0.25, dropout=0.2,
    augmentation="word dropout: each word becomes <unk> with probability 0.04, drawn anew in each epoch",
    init="orthogonal recurrent matrices, Xavier uniform input matrices, zero biases; embeddings normal with std 0.5",
    min_count=2, vocab_size=64, pad_index=0, ignore_index=-100, n_classes=7, hidden_units=32, n_layers=1, n_parameters=13575,
    bidirectional=True, pooling="mean over the words of the sentence", min_accuracy=0.97,
)

PAD, UNK = 0, 1
IGNORE = -100
TAGS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]

NAMES = "alba boron carlow dunmore elgin farrow girard holst irving jarrow kelso lorne".split()
TITLES = "mr mrs dr".split()
SUFFIXES = "inc ltd corp".split()
PLAIN = "the a and with of then also near after before some many".split()
TRAVEL = "train road beach hotel map ticket river tour hill coast".split()
TRADE = "share profit board market loan sale debt price fund audit".split()


class TagBatch(NamedTuple):
    words: torch.Tensor      # (batch, length), padded with PAD
    tags: torch.Tensor       # (batch, length), padded with IGNORE


# ---------------------------------------------------------------- text

def compose(rng):
    travel = rng.random() < 0.5
    subject = TRAVEL if travel else TRADE
    pairs = []
    for _ in range(rng.randint(2, 4)):
        for _ in range(rng.randint(1, 3)):
            if rng.random() < 0.05:
                pairs.append((str(rng.randint(1000, 9999)), "O"))
            else:
                pairs.append((rng.choice(subject if rng.random() < 0.4 else PLAIN), "O"))
        kind = rng.choice(["PER", "ORG", "LOC" if travel else None])
        name = [(w, "O" if kind is None else ("B-" if k == 0 else "I-") + kind)
                for k, w in enumerate(rng.sample(NAMES, rng.randint(1, 3)))]
        if kind == "PER":
            name.insert(0, (rng.choice(TITLES), "O"))
        elif kind == "ORG":
            name.append((rng.choice(SUFFIXES), "O"))
        pairs += name
    pairs.append((rng.choice(subject), "O"))
    return pairs


def corpus(n, seed):
    rng = random.Random(seed)
    return [compose(rng) for _ in range(n)]


class Vocabulary:
    def __init__(self, texts, min_count=2):
        counts = Counter(w for text in texts for w, _ in text)
        kept = sorted(w for w, c in counts.items() if c >= min_count)
        self.index = {"<pad>": PAD, "<unk>": UNK}
        for w in kept:
            self.index[w] = len(self.index)

    def __len__(self):
        return len(self.index)

    def encode(self, text):
        return torch.tensor([self.index.get(w, UNK) for w, _ in text])


class TaggedTexts(Dataset):
    """Item: (word numbers, tag numbers). The word dropout of item i in epoch e is a function of (seed, e, i)."""

    def __init__(self, texts, vocabulary, p_unk=0.0, seed=0):
        self.words = [vocabulary.encode(t) for t in texts]
        self.tags = [torch.tensor([TAGS.index(tag) for _, tag in t]) for t in texts]
        self.p_unk, self.seed, self.epoch = p_unk, seed, 0

    def __len__(self):
        return len(self.words)

    def __getitem__(self, i):
        words = self.words[i]
        if self.p_unk > 0:
            g = torch.Generator().manual_seed((self.seed * 1009 + self.epoch) * 1_000_003 + i)
            words = torch.where(torch.rand(words.shape, generator=g) < self.p_unk, UNK, words)
        return words, self.tags[i]


def collate(items):
    longest = max(len(words) for words, _ in items)
    words = torch.full((len(items), longest), PAD)
    tags = torch.full((len(items), longest), IGNORE)
    for row, (w, t) in enumerate(items):
        words[row, :len(w)] = w
        tags[row, :len(t)] = t
    return TagBatch(words, tags)


def make_loader(dataset, workers, seed):
    return DataLoader(dataset, batch_size=SPEC["batch_size"], shuffle=True, num_workers=workers, collate_fn=collate,
                      generator=torch.Generator().manual_seed(seed))


# ---------------------------------------------------------------- model

def flip_words(x, lengths):
    """Every row backwards, its padding left where it is."""
    at = torch.arange(x.shape[1], device=x.device).expand(x.shape[:2])
    ends = lengths.unsqueeze(1)
    source = torch.where(at < ends, ends - 1 - at, at)
    return x.gather(1, source.unsqueeze(2).expand_as(x))


class BiGRUTagger(nn.Module):
    def __init__(self, n_words, n_tags=7, d_embed=24, d_hidden=32, p_drop=0.2):
        super().__init__()
        self.embed = nn.Embedding(n_words, d_embed, padding_idx=PAD)
        self.rightward = nn.GRU(d_embed, d_hidden, batch_first=True)
        self.leftward = nn.GRU(d_embed, d_hidden, batch_first=True)
        self.dropout = nn.Dropout(p_drop)
        self.tag = nn.Linear(4 * d_hidden, n_tags)
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.normal_(self.embed.weight, std=0.5)
        with torch.no_grad():
            self.embed.weight[PAD] = 0
        for gru in (self.rightward, self.leftward):
            for gate in range(3):
                block = slice(gate * gru.hidden_size, (gate + 1) * gru.hidden_size)
                nn.init.orthogonal_(gru.weight_hh_l0[block])
            nn.init.xavier_uniform_(gru.weight_ih_l0)
            nn.init.zeros_(gru.bias_ih_l0)
            nn.init.zeros_(gru.bias_hh_l0)
        nn.init.xavier_uniform_(self.tag.weight)
        nn.init.zeros_(self.tag.bias)

    def forward(self, words):
        real = words.ne(PAD)
        lengths = real.sum(1)
        x = self.dropout(self.embed(words))
        past, _ = self.rightward(x)
        future, _ = self.leftward(flip_words(x, lengths))
        h = torch.cat([past, flip_words(future, lengths)], dim=-1)
        keep = real.unsqueeze(-1).float()
        gist = (h * keep).sum(1) / keep.sum(1)
        h = torch.cat([h, gist.unsqueeze(1).expand_as(h)], dim=-1)
        return self.tag(self.dropout(h))


# ---------------------------------------------------------------- training

def setup(seed, config=None):
    train_texts, test_texts = corpus(1600, seed=501), corpus(400, seed=502)
    vocabulary = Vocabulary(train_texts)
    torch.manual_seed(seed)
    tagger = BiGRUTagger(len(vocabulary))
    adam = torch.optim.Adam(tagger.parameters(), lr=8e-3, betas=(0.9, 0.98), eps=1e-9)
    decay = torch.optim.lr_scheduler.LambdaLR(adam, lambda k: max(0.0, 1 - k / 240))
    return SimpleNamespace(
        nets={"model": tagger}, optimizers={"model": adam}, schedulers={"model": decay}, step=0, seed=seed,
        vocabulary=vocabulary,
        train=TaggedTexts(train_texts, vocabulary, p_unk=0.04, seed=seed),
        test=TaggedTexts(test_texts, vocabulary),
    )


def batches(state, size=32):
    per_epoch = len(state.train) // size
    step = state.step
    while True:
        epoch, position = step // per_epoch, step % per_epoch
        order = torch.randperm(len(state.train), generator=torch.Generator().manual_seed(state.seed * 7919 + epoch))
        state.train.epoch = epoch
        chosen = order[position * size:(position + 1) * size]
        yield collate([state.train[int(i)] for i in chosen])
        step += 1


def loss_fn(model, batch):
    scores = model(batch.words)
    return F.cross_entropy(scores.flatten(0, 1), batch.tags.flatten(), ignore_index=IGNORE)


def train_step(state, batch):
    tagger, adam = state.nets["model"], state.optimizers["model"]
    tagger.train()
    adam.zero_grad()
    loss = loss_fn(tagger, batch)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(tagger.parameters(), max_norm=0.25)
    adam.step()
    state.schedulers["model"].step()
    state.step += 1
    return loss.detach()


@torch.no_grad()
def evaluate(state, dataset=None):
    """The mean loss and the accuracy over all words (n of them), padding not counted."""
    texts = state.test if dataset is None else dataset
    tagger = state.nets["model"]
    was_training = tagger.training
    tagger.eval()
    loss_sum = hits = n = 0
    for start in range(0, len(texts), 64):
        batch = collate([texts[i] for i in range(start, min(start + 64, len(texts)))])
        real = batch.tags != IGNORE
        scores = tagger(batch.words)
        loss_sum += F.cross_entropy(scores[real], batch.tags[real], reduction="sum").item()
        hits += (scores.argmax(-1)[real] == batch.tags[real]).sum().item()
        n += int(real.sum())
    tagger.train(was_training)
    return {"loss": loss_sum / n, "accuracy": hits / n, "n": n}


def save(state, path):
    torch.save({
        "tagger": state.nets["model"].state_dict(),
        "adam": state.optimizers["model"].state_dict(),
        "decay": state.schedulers["model"].state_dict(),
        "step": state.step, "seed": state.seed, "rng": torch.get_rng_state(),
    }, path)


def load(path):
    saved = torch.load(path, weights_only=True)
    state = setup(saved["seed"])
    state.nets["model"].load_state_dict(saved["tagger"])
    state.optimizers["model"].load_state_dict(saved["adam"])
    state.schedulers["model"].load_state_dict(saved["decay"])
    state.step = saved["step"]
    torch.set_rng_state(saved["rng"])
    return state


def main(seed=0):
    state = setup(seed)
    stream = batches(state)
    while state.step < SPEC["steps"]:
        loss = train_step(state, next(stream))
        if state.step % 50 == 0:
            print(state.step, float(loss))
    print(evaluate(state))


if __name__ == "__main__":
    main()
