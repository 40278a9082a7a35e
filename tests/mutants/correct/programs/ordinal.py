# Homework 4: Ordinal regression.
# Every row is a questionnaire of 12 integer answers in 0..4; the label is a grade 0 < 1 < 2 < 3 < 4.
# A model that treats grades as unrelated classes throws the order away, so we use cumulative logits (McCullagh 1980).
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

FAMILY = "classifier"
SPEC = dict(
    n_classes=5,
    model="cumulative logits, P(y <= k) = sigmoid(theta_k - f(x)), 4 increasing thresholds",
    loss="negative log of the grade's probability, the difference of two neighbouring sigmoids",
    optimizer="SGD with Nesterov momentum, no weight decay on the thresholds",
    learning_rate=0.1,
    momentum=0.9,
    weight_decay=1e-4,
    clip_value=0.5,
    batch_size=50,
    steps=400,
    lr_schedule="half a cosine from 0.1 to 0.001 over the 400 steps",
    ema_decay=0.98,
    evaluation="the exponential moving average of the weights; the predicted grade is the number of thresholds passed",
    min_accuracy=0.8,
)
K = SPEC["n_classes"]


# ---------------------------------------------------------------- Part (a): the data
def questionnaire(n, seed):
    rng = np.random.RandomState(seed)
    answers = rng.randint(0, 5, size=(n, 12))
    use = np.array([[0, 1, 2, 3, 4], [0, 2, 3, 2, 0], [4, 3, 2, 1, 0], [0, 0, 0, 3, 3]])    # ways to read an item
    score = sum(use[j % 4][answers[:, j]] for j in range(12)) + 0.5 * rng.randn(n)
    grade = np.digitize(score, [16.0, 19.5, 23.0, 27.0])
    return list(zip(torch.tensor(answers), torch.tensor(grade)))


# ---------------------------------------------------------------- Part (b): the model
class OrdinalNet(nn.Module):
    def __init__(self, dim=4, hidden=32):
        super().__init__()
        self.item = nn.Embedding(12 * 5, dim)
        self.fc1 = nn.Linear(12 * dim, hidden)
        self.fc2 = nn.Linear(hidden, 1, bias=False)          # a bias would only shift the thresholds
        self.first = nn.Parameter(torch.tensor(-1.5))
        self.gaps = nn.Parameter(torch.zeros(K - 2))         # softplus of these: distances between thresholds

    def thresholds(self):
        return torch.cat([self.first.view(1), self.first + F.softplus(self.gaps).cumsum(0)])

    def forward(self, answers):
        """(B, 12) integers -> (B, K - 1) cumulative logits, increasing along the row."""
        e = self.item(answers + 5 * torch.arange(12)).flatten(1)
        f = self.fc2(torch.relu(self.fc1(e)))
        return self.thresholds() - f


# ---------------------------------------------------------------- Part (c): the likelihood
def log_probs(cum):
    """Cumulative logits -> log P(y = k), k = 0..K-1.  For a > b: s(a) - s(b) = s(a) s(-b) (1 - exp(b - a))."""
    lo, hi = cum[:, :-1], cum[:, 1:]
    middle = F.logsigmoid(hi) + F.logsigmoid(-lo) + torch.log(-torch.expm1(lo - hi))
    return torch.cat([F.logsigmoid(cum[:, :1]), middle, F.logsigmoid(-cum[:, -1:])], dim=1)


def loss_fn(model, batch):
    answers, grade = batch
    return F.nll_loss(log_probs(model(answers)), grade)


def predict(cum):
    return (cum < 0).sum(dim=1)        # P(y <= k) < 1/2: the grade is above k


# ---------------------------------------------------------------- Part (d): training
class Experiment:
    def __init__(self, seed):
        self.seed, self.step = seed, 0
        self.train, self.test = questionnaire(3000, 100), questionnaire(1000, 200)
        gen_state = torch.get_rng_state()
        torch.manual_seed(seed)
        model = OrdinalNet()
        torch.set_rng_state(gen_state)
        self.nets = {"model": model}
        self.ema = {k: v.detach().clone() for k, v in model.state_dict().items()}
        cuts = [model.first, model.gaps]
        body = [p for n, p in model.named_parameters() if n not in ("first", "gaps")]
        opt = torch.optim.SGD([{"params": body, "weight_decay": SPEC["weight_decay"]}, {"params": cuts}],
                              lr=SPEC["learning_rate"], momentum=SPEC["momentum"], nesterov=True)
        self.optimizers = {"sgd": opt}
        self.schedulers = {"cosine": torch.optim.lr_scheduler.CosineAnnealingLR(opt, SPEC["steps"], eta_min=0.001)}


def setup(seed, config=None):
    return Experiment(seed)


def collate(items):
    answers, grades = zip(*items)
    return torch.stack(answers), torch.stack(grades)


def batches(exp):
    size = SPEC["batch_size"]
    per_epoch = len(exp.train) // size
    i = exp.step
    while True:
        order = np.random.RandomState([exp.seed, i // per_epoch]).permutation(len(exp.train))
        start = (i % per_epoch) * size
        yield collate([exp.train[j] for j in order[start:start + size]])
        i += 1


def train_step(exp, batch):
    model, opt = exp.nets["model"], exp.optimizers["sgd"]
    loss = loss_fn(model, batch)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_value_(model.parameters(), SPEC["clip_value"])
    opt.step()
    exp.schedulers["cosine"].step()
    d = SPEC["ema_decay"]
    with torch.no_grad():
        for k, v in model.state_dict().items():
            exp.ema[k].mul_(d).add_(v, alpha=1 - d)
    exp.step += 1
    return loss.detach()


# ---------------------------------------------------------------- Part (e): evaluation
def evaluate(exp, dataset=None):
    answers, grade = collate(exp.test if dataset is None else dataset)
    with torch.no_grad():
        cum = torch.func.functional_call(exp.nets["model"], exp.ema, (answers,))
        guess = predict(cum)
        return {
            "loss": F.nll_loss(log_probs(cum), grade).item(),
            "accuracy": (guess == grade).float().mean().item(),
            "mean_absolute_error": (guess - grade).abs().float().mean().item(),
            "n": len(grade),
        }


def save(exp, path):
    torch.save({"seed": exp.seed, "step": exp.step, "model": exp.nets["model"].state_dict(), "ema": exp.ema,
                "sgd": exp.optimizers["sgd"].state_dict(), "cosine": exp.schedulers["cosine"].state_dict()}, path)


def load(path):
    d = torch.load(path, weights_only=True)
    exp = Experiment(d["seed"])
    exp.step, exp.ema = d["step"], d["ema"]
    exp.nets["model"].load_state_dict(d["model"])
    exp.optimizers["sgd"].load_state_dict(d["sgd"])
    exp.schedulers["cosine"].load_state_dict(d["cosine"])
    return exp
