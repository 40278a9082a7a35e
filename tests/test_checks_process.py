"""A program is checked in a process of its own: whatever it does, the others checks still run."""

from pathlib import Path

import pytest

from reprokit.checks.process import NotAProgram, inspect, plan
from toy import SOURCE

# The toy program as somebody writes it by hand: no stages, no `train`.
PLAIN = SOURCE.replace("def config(*overrides):", "def settings(*overrides):").replace(
    'globals()["config"]()', "settings()"
)
STEP = "    loss = loss_fn(state.nets"
CHECKS = ("output_shape", "step_uses_the_gradient", "loss_is_a_mean")


def written(folder: Path, *edits: tuple[str, str]) -> Path:
    source = PLAIN
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    path = folder / "program.py"
    path.write_text(source)
    return path


def verdicts(path: Path, limit: float = 60.0) -> dict[str, str]:
    found = inspect(path, checks=CHECKS, limit=limit)
    return {outcome.name: outcome.verdict for outcome in found.outcomes}


def test_a_correct_program_passes_and_its_family_is_named(tmp_path: Path) -> None:
    found = inspect(written(tmp_path), checks=CHECKS)
    assert found.family == "classifier"
    assert found.has_passed
    assert [outcome.name for outcome in found.outcomes] == list(CHECKS)


@pytest.mark.parametrize(
    ("does", "verdict"),
    [
        ("    raise RuntimeError('no')\n", "error"),
        ("    import time; time.sleep(1000)\n", "error"),
        ("    import os; os._exit(3)\n", "error"),
        ("    raise SystemExit(0)\n", "error"),
        ("    return torch.tensor(float('nan'))\n", "failed"),
        ("    print('x' * 10_000_000)\n", "passed"),
        ("    state.files = [open(__file__) for _ in range(20)]\n", "passed"),
    ],
    ids=["raises", "hangs", "ends the process", "calls exit", "gives nan", "prints", "leaks files"],
)
def test_whatever_a_step_does_its_check_says_so_and_the_others_run(
    does: str, verdict: str, tmp_path: Path
) -> None:
    found = verdicts(written(tmp_path, (STEP, does + STEP)), limit=8.0)
    assert found == {
        "output_shape": "passed",
        "step_uses_the_gradient": verdict,
        "loss_is_a_mean": "passed",
    }


def test_what_ended_the_process_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, (STEP, "    import os; os._exit(3)\n" + STEP))
    found = inspect(path, checks=("step_uses_the_gradient",))
    assert "exit code 3" in found.outcomes[0].detail


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nothing_of_that_name\n", "ModuleNotFoundError"),
        ("def f(:\n", "SyntaxError"),
        ("x = 1\n", "declares no FAMILY"),
        ("FAMILY = 'oracle'\n", "'oracle'"),
        ("raise SystemExit(2)\n", "exit(2)"),
    ],
)
def test_a_file_that_is_no_program_is_refused_in_words(
    text: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "program.py"
    path.write_text(text)
    with pytest.raises(NotAProgram, match=said.replace("(", r"\(").replace(")", r"\)")):
        inspect(path)
    with pytest.raises(NotAProgram):
        plan(path)


def test_a_missing_function_is_skipped_and_named(tmp_path: Path) -> None:
    path = written(tmp_path, ("def evaluate(", "def another("))
    found = inspect(path, checks=("evaluation_changes_nothing", "output_shape"))
    said = {outcome.name: (outcome.verdict, outcome.detail) for outcome in found.outcomes}
    assert said["evaluation_changes_nothing"] == ("skipped", "no evaluate")
    assert found.has_passed


def test_a_spec_with_unknown_names_is_said_to_be_not_observed(tmp_path: Path) -> None:
    path = written(tmp_path, ('"n_classes": 3}', '"n_classes": 3, "flux": 1}'))
    found = inspect(path, checks=("settings_agree_with_the_paper",))
    assert found.outcomes[0].verdict == "passed"
    assert "not observed: flux" in found.outcomes[0].detail


def test_one_stage_alone_can_be_asked_for(tmp_path: Path) -> None:
    found = inspect(written(tmp_path), stage="2_overfit")
    assert {outcome.stage for outcome in found.outcomes} == {"2_overfit"}
