"""Stage 3's checks pass on a correct program and find the planted bugs."""

from dataclasses import replace
from pathlib import Path

import pytest

from reprokit.checks.battery import run_check
from toy import toy_context

STAGE = "3_generalize"
CHECKS = (
    "reaches_its_bar",
    "beats_input_independent_baseline",
    "metric_recomputed",
    "shuffled_labels_stay_at_chance",
    "seeds_agree",
)
BLIND = ("return self.last(F.relu(self.hidden(x)))", "return self.last(F.relu(self.hidden(x * 0)))")

BUGS = {
    "held-out labels that mean something else": (
        "reaches_its_bar",
        (
            "test=draw(200, 1))",
            "test=TensorDataset(draw(200, 1).tensors[0], (draw(200, 1).tensors[1] + 1) % 3))",
        ),
    ),
    "a network that ignores its input": ("beats_input_independent_baseline", BLIND),
    "an evaluation on a part of the data": (
        "metric_recomputed",
        (
            "    x, y = (dataset or state.test).tensors",
            "    x, y = (t[:150] for t in (dataset or state.test).tensors)",
        ),
    ),
    "a wrong reported accuracy": (
        "metric_recomputed",
        (
            "(logits.argmax(1) == y).double().mean().item()",
            "min(1.0, (logits.argmax(1) == y).double().mean().item() + 0.02)",
        ),
    ),
    "a loss that is not a number": (
        "metric_recomputed",
        ('"loss": F.cross_entropy(logits, y).item()', '"loss": float("nan")'),
    ),
    "a label in the input": (
        "shuffled_labels_stay_at_chance",
        (
            "F.cross_entropy(net(batch[0]), batch[1])",
            "F.cross_entropy(net(batch[0]), batch[0][:, :3].argmax(1))",
        ),
    ),
    "a seed that does not learn": (
        "seeds_agree",
        (
            "    torch.manual_seed(seed)",
            "    torch.manual_seed(seed)\n    if seed == 2: cfg = {**cfg, 'learning_rate': 0.0}",
        ),
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


def test_a_forgotten_eval_is_found_also_after_other_checks_have_looked(tmp_path: Path) -> None:
    dropout = ("F.relu(self.hidden(x))", "F.dropout(F.relu(self.hidden(x)), 0.5, self.training)")
    context = toy_context(tmp_path, STAGE, dropout)
    run_check("beats_input_independent_baseline", context)
    assert run_check("metric_recomputed", context).verdict == "failed"


def test_a_threshold_that_is_not_set_is_not_run_again(tmp_path: Path) -> None:
    outcome = run_check("reaches_its_bar", replace(toy_context(tmp_path, STAGE), thresholds={}))
    assert (outcome.verdict, outcome.reruns) == ("skipped", 0)
    assert "set it first" in outcome.detail


def test_bad_luck_at_one_seed_is_run_again_and_shown(tmp_path: Path) -> None:
    unlucky = (
        "    torch.manual_seed(seed)",
        "    torch.manual_seed(seed)\n    if seed == 0: cfg = {**cfg, 'learning_rate': 0.0}",
    )
    outcome = run_check("reaches_its_bar", toy_context(tmp_path, STAGE, unlucky))
    assert (outcome.verdict, outcome.reruns) == ("passed", 2)
    assert "failed at seed 0" in outcome.detail
    assert "seed 1: passed, seed 2: passed" in outcome.detail


def test_two_failures_of_three_fail(tmp_path: Path) -> None:
    unlucky = (
        "    torch.manual_seed(seed)",
        "    torch.manual_seed(seed)\n    if seed < 2: cfg = {**cfg, 'learning_rate': 0.0}",
    )
    outcome = run_check("reaches_its_bar", toy_context(tmp_path, STAGE, unlucky))
    assert (outcome.verdict, outcome.reruns) == ("failed", 2)


def test_an_exact_check_is_never_run_again(tmp_path: Path) -> None:
    wrong = BUGS["a wrong reported accuracy"][1]
    assert run_check("metric_recomputed", toy_context(tmp_path, STAGE, wrong)).reruns == 0
