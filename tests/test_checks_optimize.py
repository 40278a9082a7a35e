"""Stage 4's checks pass on a correct program and find the planted bugs."""

from pathlib import Path

import pytest

from reprokit.checks.battery import run_check
from toy import toy_context

STAGE = "4_optimize"
CHECKS = ("same_loss_curve", "same_final_loss", "not_slower", "bitwise_resume")
OPTIMIZED = '"4_optimize": {"examples": None, "steps": 200,'

BUGS = {
    "another learning rate": ("same_loss_curve", (OPTIMIZED, OPTIMIZED + ' "learning_rate": 0.3,')),
    "another order of batches": (
        "same_loss_curve",
        (
            "manual_seed(state.seed * 1000 + step)",
            "manual_seed(len(state.config['stage']) * 1000 + step)",
        ),
    ),
    "a result that is worse": ("same_final_loss", (OPTIMIZED, OPTIMIZED.replace("200", "5"))),
    "a step that costs more": (
        "not_slower",
        (
            "    loss = loss_fn(state.nets",
            "    for _ in range(20 * (state.config['stage'][0] == '4')):\n"
            "        loss_fn(state.nets['model'], batch)\n"
            "    loss = loss_fn(state.nets",
        ),
    ),
    "an optimizer that is not restored": (
        "bitwise_resume",
        ('    state.optimizers["model"].load_state_dict(saved["optimizer"])\n', ""),
    ),
    "a schedule that is not restored": (
        "bitwise_resume",
        (
            '    state.schedulers["model"].load_state_dict(saved["scheduler"])\n    state.step',
            "    state.optimizers['model'].param_groups[0]['lr'] = 0.05\n    state.step",
        ),
    ),
    "a step that is not restored": ("bitwise_resume", ('    state.step = saved["step"]\n', "")),
    "weights that are not restored": (
        "bitwise_resume",
        ('    state.nets["model"].load_state_dict(saved["net"])\n', ""),
    ),
    "dropout whose generator is not restored": (
        "bitwise_resume",
        ("F.relu(self.hidden(x))", "F.dropout(F.relu(self.hidden(x)), 0.5, self.training)"),
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
