"""Stage 1's checks pass on a correct program and find the planted bugs."""

from dataclasses import replace
from pathlib import Path

import pytest

from reprokit.checks.battery import run_check
from toy import toy_context

STAGE = "1_single_example"
CHECKS = (
    "one_example_runs",
    "output_shape",
    "loss_at_initialisation",
    "gradient_reaches_every_parameter",
    "numpy_reference_agrees",
    "settings_agree_with_the_paper",
)

BUGS = {
    "a loss that is not a number": (
        "one_example_runs",
        (
            "return F.cross_entropy(net(batch[0]), batch[1])",
            "return net(batch[0]).sum() * float('nan')",
        ),
    ),
    "one class too many": ("output_shape", ("nn.Linear(16, 3)", "nn.Linear(16, 4)")),
    "logits that are not finite": (
        "output_shape",
        ("return self.last(", "return (0 * self.last(F.relu(self.hidden(x)))).log() + self.last("),
    ),
    "a last layer that starts too large": (
        "loss_at_initialisation",
        (
            "self.last = nn.Linear(16, 3)",
            "self.last = nn.Linear(16, 3)\n        self.last.weight.data *= 30",
        ),
    ),
    "a loss that is a sum": (
        "loss_at_initialisation",
        (
            "F.cross_entropy(net(batch[0]), batch[1])",
            "F.cross_entropy(net(batch[0]), batch[1], reduction='sum')",
        ),
    ),
    "a detached layer": (
        "gradient_reaches_every_parameter",
        ("F.relu(self.hidden(x))", "F.relu(self.hidden(x)).detach()"),
    ),
    "an optimizer that lacks a layer": (
        "gradient_reaches_every_parameter",
        ("SGD(net.parameters()", "SGD(net.last.parameters()"),
    ),
    "a layer that forward never calls": (
        "gradient_reaches_every_parameter",
        ("self.last = nn", "self.spare = nn.Linear(2, 2)\n        self.last = nn"),
    ),
    "an optimizer that never steps": (
        "gradient_reaches_every_parameter",
        ('    state.optimizers["model"].step()\n', ""),
    ),
    "a learning rate of zero": (
        "gradient_reaches_every_parameter",
        ('net.parameters(), cfg["learning_rate"]', "net.parameters(), 0.0"),
    ),
    "a missing activation": (
        "numpy_reference_agrees",
        ("F.relu(self.hidden(x))", "self.hidden(x)"),
    ),
    "a reference of another shape": (
        "numpy_reference_agrees",
        ("return h @ weights", "return h[:1] @ weights"),
    ),
    "an undeclared learning rate": (
        "settings_agree_with_the_paper",
        ('"batch_size": 16, "learning_rate": 0.05', '"batch_size": 16, "learning_rate": 0.01'),
    ),
    "a momentum that the optimizer does not have": (
        "settings_agree_with_the_paper",
        ('momentum=cfg["momentum"]', "momentum=0.5"),
    ),
    "another optimizer than the settings say": (
        "settings_agree_with_the_paper",
        (
            'torch.optim.SGD(net.parameters(), cfg["learning_rate"], momentum=cfg["momentum"])',
            'torch.optim.Adam(net.parameters(), cfg["learning_rate"])',
        ),
    ),
}


# what PyTorch says of a scheduler whose optimizer never stepped
@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_fails_its_check(bug: str, tmp_path: Path) -> None:
    check, replacement = BUGS[bug]
    outcome = run_check(check, toy_context(tmp_path, STAGE, replacement))
    assert outcome.verdict == "failed", outcome
    assert "expected" in outcome.detail
    assert "likely" in outcome.detail


@pytest.mark.parametrize("check", CHECKS)
def test_a_correct_program_passes(check: str, tmp_path: Path) -> None:
    outcome = run_check(check, toy_context(tmp_path, STAGE))
    assert outcome.verdict == "passed", outcome


def test_a_program_without_a_reference_is_skipped(tmp_path: Path) -> None:
    bug = ("def reference_forward", "def another_name")
    outcome = run_check("numpy_reference_agrees", toy_context(tmp_path, STAGE, bug))
    assert (outcome.verdict, outcome.detail) == ("skipped", "no reference_forward")


def test_a_reference_that_is_a_stub_is_skipped(tmp_path: Path) -> None:
    bug = ("    h = np.maximum(", "    raise NotImplementedError\n    h = np.maximum(")
    outcome = run_check("numpy_reference_agrees", toy_context(tmp_path, STAGE, bug))
    assert outcome.verdict == "skipped"
    assert "not written" in outcome.detail


def test_a_program_that_raises_is_an_error_and_no_finding(tmp_path: Path) -> None:
    bug = ("    loss.backward()", "    raise RuntimeError('out of paper')")
    outcome = run_check("one_example_runs", toy_context(tmp_path, STAGE, bug))
    assert (outcome.verdict, outcome.detail) == ("error", "RuntimeError: out of paper")


def test_a_run_that_leaves_no_checkpoint_is_skipped(tmp_path: Path) -> None:
    bug = ("    save(state, ROOT", "    str(ROOT) or (state, ROOT")
    outcome = run_check("one_example_runs", toy_context(tmp_path, STAGE, bug))
    assert outcome.verdict == "skipped"
    assert "no checkpoint" in outcome.detail


def test_a_declared_deviation_is_reported_and_passes(tmp_path: Path) -> None:
    bugs = (
        ('"batch_size": 16, "learning_rate": 0.05', '"batch_size": 16, "learning_rate": 0.01'),
        ('"steps": 3, "deviations": {}', '"steps": 3, "deviations": {"learning_rate": "a try"}'),
    )
    outcome = run_check("settings_agree_with_the_paper", toy_context(tmp_path, STAGE, *bugs))
    assert outcome.verdict == "passed"
    assert "declared: learning_rate" in outcome.detail


def test_a_number_of_parameters_that_is_not_the_paper_s_fails(tmp_path: Path) -> None:
    context = toy_context(tmp_path, STAGE, spec={"n_parameters": 148})
    outcome = run_check("settings_agree_with_the_paper", context)
    assert outcome.verdict == "failed"
    assert "paper 148, ours 147" in outcome.detail


def test_a_frozen_layer_that_the_paper_declares_may_stay(tmp_path: Path) -> None:
    bug = ("SGD(net.parameters()", "SGD(net.last.parameters()")
    spec = {"frozen": ["model.hidden.weight", "model.hidden.bias"]}
    context = toy_context(tmp_path, STAGE, bug, spec=spec)
    assert run_check("gradient_reaches_every_parameter", context).verdict == "passed"


@pytest.mark.parametrize("value", [None, "0.1", True, float("nan"), float("inf"), {"paper": None}])
def test_a_threshold_that_is_no_finite_number_skips_the_check(
    value: object, tmp_path: Path
) -> None:
    context = toy_context(tmp_path, STAGE)
    unset = replace(context, thresholds={"max_reference_error": value})
    outcome = run_check("numpy_reference_agrees", unset)
    assert outcome.verdict == "skipped"
    assert "thresholds.max_reference_error" in outcome.detail
