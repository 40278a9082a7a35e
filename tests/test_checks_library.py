"""The checks as plain functions: a record comes back, nothing is printed, nothing is changed."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the field's name for it

from reprokit import checks


class Mixes(nn.Module):
    """Subtracts the mean over the batch: no example is alone."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(5, 3)

    def forward(self, x: Tensor) -> Tensor:
        h: Tensor = self.linear(x)
        return h - h.mean(0)


class Reader(nn.Module):
    """Sums what it has read so far, or, if it cheats, all of it."""

    def __init__(self, *, cheats: bool) -> None:
        super().__init__()
        self.embed = nn.Embedding(9, 6)
        self.gru = nn.GRU(6, 6, batch_first=True)
        self.out = nn.Linear(6, 9)
        self.cheats = cheats

    def forward(self, tokens: Tensor) -> Tensor:
        h, _ = self.gru(self.embed(tokens))
        h = h + h.flip(1) if self.cheats else h
        logits: Tensor = self.out(h)
        return logits


def linear() -> nn.Module:
    torch.manual_seed(0)
    return nn.Linear(5, 3)


def loss(model: nn.Module, batch: Any) -> Tensor:
    return F.cross_entropy(model(batch[0]), batch[1])


def batch() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(24, 5, generator=generator)
    return x, torch.randint(3, (24,), generator=generator)


def sgd(parameters: Any) -> torch.optim.Optimizer:
    return torch.optim.Adam(parameters, 0.1)


def test_batch_independence_tells_a_model_that_mixes_examples() -> None:
    x = batch()[0]
    assert checks.batch_independence(linear(), x).verdict == "passed"
    assert checks.batch_independence(Mixes(), x).verdict == "failed"


def test_causality_tells_a_model_that_reads_ahead() -> None:
    tokens = torch.randint(1, 9, (3, 7), generator=torch.Generator().manual_seed(0))
    assert checks.causality(Reader(cheats=False), tokens).verdict == "passed"
    assert checks.causality(Reader(cheats=True), tokens).verdict == "failed"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            checks.loss_is_mean(linear(), batch(), loss),
            checks.loss_is_mean(linear(), batch(), lambda m, b: loss(m, b) * len(b[1])),
        ),
        (
            checks.loss_agrees(linear(), batch(), loss),
            checks.loss_agrees(linear(), batch(), lambda m, b: F.nll_loss(m(b[0]), b[1])),
        ),
        (
            checks.initial_loss(linear(), batch(), loss, n_classes=3),
            checks.initial_loss(
                linear(), batch(), lambda m, b: loss(lambda x: 30 * m(x), b), n_classes=3
            ),
        ),
        (
            checks.gradient_is_true(linear(), batch(), loss),
            checks.gradient_is_true(
                linear(), batch(), lambda m, b: loss(m, b) + m(b[0]).detach().square().mean()
            ),
        ),
        (
            checks.gradient_flow(linear(), batch(), loss, sgd),
            checks.gradient_flow(linear(), batch(), loss, lambda p: torch.optim.SGD(p[:1], 0.1)),
        ),
        (
            checks.overfits(linear(), batch(), loss, sgd, n=4),
            checks.overfits(linear(), (torch.zeros(24, 5), batch()[1]), loss, sgd, n=8),
        ),
    ],
    ids=["mean", "agrees", "initial", "gradient", "flow", "overfits"],
)
def test_each_function_passes_a_right_model_and_fails_a_wrong_one(
    right: checks.Outcome, wrong: checks.Outcome
) -> None:
    assert right.verdict == "passed", right
    assert wrong.verdict == "failed", wrong
    assert "expected" in wrong.detail


def test_padding_invariance_needs_a_sequence_with_padding() -> None:
    tokens = torch.tensor([[1, 2, 3, 0], [4, 5, 0, 0]])
    labels = torch.tensor([0, 1])

    def pooled(model: nn.Module, given: Any) -> Tensor:
        h = model(given[0])[..., :2]
        kept = (given[0] != 0)[..., None]
        return F.cross_entropy((h * kept).sum(1) / kept.sum(1), given[1])

    def careless(model: nn.Module, given: Any) -> Tensor:
        return F.cross_entropy(model(given[0])[..., :2].mean(1), given[1])

    model, given = Reader(cheats=False), (tokens, labels)
    assert checks.padding_invariance(model, given, pooled, pad_index=0).verdict == "passed"
    assert checks.padding_invariance(model, given, careless, pad_index=0).verdict == "failed"


def test_neither_the_model_nor_its_mode_is_touched(capsys: pytest.CaptureFixture[str]) -> None:
    model = linear().train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    checks.overfits(model, batch(), loss, sgd)
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert model.training
    assert capsys.readouterr().out == ""


def test_a_name_that_the_library_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = checks.nothing
