"""Stage 2's checks pass on a correct program and find the planted bugs."""

from pathlib import Path

import pytest

from reprokit.checks.battery import run_check
from toy import toy_context

STAGE = "2_overfit"
CHECKS = ("overfits_one_example", "overfits_one_batch", "zeroed_inputs_do_worse")

BUGS = {
    "a step in the wrong direction": (
        "overfits_one_example",
        ("loss.backward()", "(-loss).backward()"),
    ),
    "softmax before a loss that has its own": (
        "overfits_one_batch",
        (
            "return self.last(F.relu(self.hidden(x)))",
            "return F.softmax(self.last(F.relu(self.hidden(x))), 1)",
        ),
    ),
    "labels that move against the inputs": (
        "overfits_one_batch",
        ("yield x[i], y[i]", "yield x[i], y"),
    ),
    "gradients that add up": (
        "overfits_one_batch",
        ('state.optimizers["model"].zero_grad()', "pass"),
    ),
    "an evaluation that differs from training": (
        "overfits_one_batch",
        ('"accuracy": (logits.argmax(1) == y)', '"accuracy": (logits.argmin(1) == y)'),
    ),
    "a single class": (
        "zeroed_inputs_do_worse",
        ("y = torch.randint(0, 3,", "y = torch.randint(0, 1,"),
    ),
    "a loss that does not look at the labels": (
        "zeroed_inputs_do_worse",
        ("return F.cross_entropy(net(batch[0]), batch[1])", "return net(batch[0]).pow(2).mean()"),
    ),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_fails_its_check(bug: str, tmp_path: Path) -> None:
    check, replacement = BUGS[bug]
    outcome = run_check(check, toy_context(tmp_path, STAGE, replacement))
    assert outcome.verdict == "failed", outcome


@pytest.mark.parametrize("check", CHECKS)
def test_a_correct_program_passes(check: str, tmp_path: Path) -> None:
    outcome = run_check(check, toy_context(tmp_path, STAGE))
    assert outcome.verdict == "passed", outcome


def test_a_network_with_batch_norm_overfits_two_examples(tmp_path: Path) -> None:
    bugs = (
        (
            "self.hidden = nn.Linear(5, 16)",
            "self.hidden = nn.Sequential(nn.Linear(5, 16), nn.BatchNorm1d(16))",
        ),
    )
    outcome = run_check("overfits_one_example", toy_context(tmp_path, STAGE, *bugs))
    assert "2 examples" in outcome.detail
