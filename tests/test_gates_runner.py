"""A gate run end to end, on a toy project in a process of its own."""

import json
from pathlib import Path
from typing import Any

import pytest

from reprokit.errors import ReprokitError, UnreadableFile
from reprokit.gates import Request, run_gates
from reprokit.project import Project
from reprokit.stages import STAGES
from toy import GATES, STUB, toy_project

WRITTEN = (f"    {STUB}\n", "    return Net()\n")
COPIED = (
    f"    {STUB}\n",
    """    layers, copy = StandIn().placeholder, Net()
    copy.hidden, copy.last = layers["hidden"], layers["last"]
    return copy
""",
)
LOSS_IS_A_STUB = (
    "    return F.cross_entropy(",
    "    if isinstance(net, Net): raise NotImplementedError\n    return F.cross_entropy(",
)
NEW_DATA = (
    "x, y = draw(300, 0).tensors",
    'x, y = draw(300, 7 * (cfg["model"] == "paper")).tensors',
)


def verdicts(report: Any) -> list[str]:
    return [stage.verdict for stage in report.stages]


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, Any]:
    project = Project(toy_project(tmp_path_factory.mktemp("toy") / "project"))
    return project, run_gates(project)


def test_four_stages_pass_on_the_placeholder_and_say_so(passed: tuple[Project, Any]) -> None:
    _, report = passed
    assert verdicts(report) == ["passed"] * 4
    assert {stage.subject for stage in report.stages} == {"placeholder"}
    assert report.paper_reason == "not started: build in train.py is a stub"


def test_each_judged_stage_leaves_a_line_in_the_ledger(passed: tuple[Project, Any]) -> None:
    project, report = passed
    lines = [json.loads(line) for line in project.ledger_file.read_text().splitlines()]
    assert [line["stage"] for line in lines[:4]] == list(STAGES)
    assert {line["fingerprint"] for line in lines[:4]} == {report.fingerprint}
    assert {line["subject"] for line in lines[:4]} == {"placeholder"}


def test_each_trained_stage_leaves_its_checkpoint(passed: tuple[Project, Any]) -> None:
    project, _ = passed
    for stage in STAGES:
        assert (project.runs_dir / stage / "gate-s0" / "checkpoint.pt").is_file()


def test_an_earlier_stage_with_a_fresh_pass_is_not_run_again(passed: tuple[Project, Any]) -> None:
    project, _ = passed
    report = run_gates(project, Request(stages=("2_overfit",)))
    assert [stage.stage for stage in report.stages] == ["2_overfit"]


def test_an_untrusted_ledger_runs_the_earlier_stages_again(passed: tuple[Project, Any]) -> None:
    project, _ = passed
    report = run_gates(project, Request(stages=("2_overfit",), is_ledger_trusted=False))
    assert [stage.stage for stage in report.stages] == ["1_single_example", "2_overfit"]


def test_asking_for_the_paper_while_it_is_a_stub_starts_nothing(
    passed: tuple[Project, Any],
) -> None:
    project, _ = passed
    report = run_gates(project, Request(subject="paper"))
    assert verdicts(report) == ["not_started"] * 4
    assert not report.has_passed


def test_the_paper_s_model_is_taken_as_soon_as_it_exists(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path / "p", WRITTEN, NEW_DATA))
    report = run_gates(project, Request(stages=("1_single_example",)))
    assert [(s.verdict, s.subject) for s in report.stages] == [("passed", "paper")]
    assert report.paper_reason == ""


def test_a_pass_on_the_placeholder_is_no_ground_for_the_paper(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path / "p", WRITTEN, NEW_DATA))
    run_gates(project, Request(("1_single_example",), subject="placeholder"))
    report = run_gates(project, Request(("2_overfit",)))
    assert [(s.stage, s.subject) for s in report.stages] == [
        ("1_single_example", "paper"),
        ("2_overfit", "paper"),
    ]


def test_a_failed_stage_leaves_the_later_ones_not_run(tmp_path: Path) -> None:
    too_short = ('"examples": 8, "steps": 150', '"examples": 8, "steps": 2')
    report = run_gates(Project(toy_project(tmp_path / "p", too_short)))
    assert verdicts(report) == ["passed", "failed", "not_run", "not_run"]
    assert report.stages[2].reason == "2_overfit has not passed"


@pytest.mark.parametrize(
    ("bug", "found"),
    [
        (
            ("def reference_forward", "def renamed"),
            "numpy_reference_agrees is required and skipped",
        ),
        (
            (
                "    weights = {name.removeprefix",
                "    raise NotImplementedError\n    weights = {name.removeprefix",
            ),
            "numpy_reference_agrees is required and skipped",
        ),
        (
            ("    weights = {name.removeprefix", "    broken()\n    weights = {name.removeprefix"),
            "numpy_reference_agrees is required and error",
        ),
    ],
    ids=["deleted", "stubbed", "broken"],
)
def test_a_required_check_that_is_skipped_or_broken_fails_its_stage(
    bug: tuple[str, str], found: str, tmp_path: Path
) -> None:
    report = run_gates(Project(toy_project(tmp_path / "p", bug)), Request(("1_single_example",)))
    assert verdicts(report) == ["failed"]
    assert found in report.stages[0].reason


def test_a_waived_check_is_not_run_and_its_reason_is_kept(tmp_path: Path) -> None:
    gates = GATES.replace("waivers: {}", "waivers: {numpy_reference_agrees: no time yet}")
    bug = ("def reference_forward", "def renamed")
    report = run_gates(
        Project(toy_project(tmp_path / "p", bug, gates=gates)), Request(("1_single_example",))
    )
    assert verdicts(report) == ["passed"]
    assert report.stages[0].waived == {"numpy_reference_agrees": "no time yet"}


@pytest.mark.parametrize(
    "end", ["import os; os._exit(3)", "raise SystemExit(0)", "import os; os.kill(os.getpid(), 9)"]
)
def test_a_program_that_ends_the_process_fails_its_stage(end: str, tmp_path: Path) -> None:
    bug = ("    loss.backward()", f"    {end}\n    loss.backward()")
    report = run_gates(Project(toy_project(tmp_path / "p", bug)))
    assert verdicts(report) == ["failed", "not_run", "not_run", "not_run"]
    assert "process error" in report.stages[0].reason


def test_what_the_program_prints_does_not_disturb_the_report(tmp_path: Path) -> None:
    bug = (
        "    loss.backward()",
        '    print(\'{"event": "done"}\', flush=True)\n    loss.backward()',
    )
    report = run_gates(Project(toy_project(tmp_path / "p", bug)), Request(("1_single_example",)))
    assert verdicts(report) == ["passed"]


def test_a_program_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path / "p", ("import numpy as np", "import nothing_here")))
    with pytest.raises(ReprokitError, match="nothing_here") as caught:
        run_gates(project)
    assert "pip install" in caught.value.hint


def test_a_program_that_breaks_when_opened_is_an_error(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path / "p", ("import numpy as np", "1 / 0")))
    with pytest.raises(ReprokitError, match="ZeroDivisionError") as caught:
        run_gates(project)
    assert "python train.py" in caught.value.hint
    assert "(train.py:" in caught.value.message


def test_a_missing_gates_file_is_an_error(tmp_path: Path) -> None:
    folder = toy_project(tmp_path / "p")
    (folder / "gates.yaml").unlink()
    with pytest.raises(UnreadableFile, match=r"gates\.yaml"):
        run_gates(Project(folder))


def test_progress_is_told_as_the_checks_end(tmp_path: Path) -> None:
    lines: list[str] = []
    run_gates(
        Project(toy_project(tmp_path / "p")), Request(("1_single_example",)), notify=lines.append
    )
    assert lines[0].startswith("1_single_example: one_example_runs: passed")


@pytest.mark.parametrize(
    ("bugs", "reason"),
    [
        ([(f"    {STUB}\n", "    return StandIn()\n")], "still name the placeholder"),
        ([COPIED], "exactly the placeholder's parameters"),
        ([WRITTEN], "data are still the synthetic ones"),
        ([WRITTEN, LOSS_IS_A_STUB], "is a stub"),
    ],
    ids=["placeholder by name", "placeholder copied", "placeholder data", "loss is a stub"],
)
def test_a_placeholder_never_reads_as_the_paper(
    bugs: list[tuple[str, str]], reason: str, tmp_path: Path
) -> None:
    report = run_gates(
        Project(toy_project(tmp_path / "p", *bugs)), Request(("1_single_example",), subject="paper")
    )
    assert verdicts(report) == ["not_started"]
    assert reason in report.paper_reason


def test_a_paper_s_model_that_breaks_is_there_and_fails(tmp_path: Path) -> None:
    bug = (f"    {STUB}\n", "    raise ValueError('half written')\n")
    report = run_gates(Project(toy_project(tmp_path / "p", bug)))
    assert (report.stages[0].verdict, report.stages[0].subject) == ("failed", "paper")
