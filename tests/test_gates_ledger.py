"""The ledger: appended, never lost, and stale as soon as it no longer fits."""

from datetime import UTC, datetime
from pathlib import Path

from reprokit.checks.outcome import Outcome
from reprokit.gates import ledger
from reprokit.gates.verdict import Report, StageVerdict
from reprokit.project import Project
from toy import toy_project

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def report(project: Project, *verdicts: StageVerdict) -> Report:
    fingerprints = (project.fingerprint(), project.gates_fingerprint())
    return Report("p", "c0ffee", *fingerprints, "quick", verdicts)


def passed(stage: str, subject: str = "paper") -> StageVerdict:
    check = Outcome("check", stage, "passed", "", 1.5, {"accuracy": 0.9})
    return StageVerdict(stage, "passed", subject, outcomes=(check,))  # type: ignore[arg-type]


def write(project: Project, *verdicts: StageVerdict) -> None:
    found = report(project, *verdicts)
    ledger.append(project, ledger.lines(found, now=NOW, hardware={"threads": 1}))


def test_a_line_holds_what_is_needed_to_believe_it(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path))
    write(project, passed("1_single_example"))
    (line,) = ledger.read(project)
    assert (line["stage"], line["verdict"], line["commit"]) == (
        "1_single_example",
        "passed",
        "c0ffee",
    )
    assert (line["seconds"], line["metrics"]) == (1.5, {"accuracy": 0.9})
    assert "torch" in line["versions"]


def test_stages_that_were_not_judged_leave_no_line(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path))
    write(project, StageVerdict("2_overfit", "not_run", "paper"))
    assert not project.ledger_file.exists()


def test_a_half_written_line_is_left_out_and_loses_no_later_one(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path))
    write(project, passed("1_single_example"))
    with project.ledger_file.open("a") as file:
        file.write('{"stage": "2_ov')
    write(project, passed("3_generalize"))
    assert [line["stage"] for line in ledger.read(project)] == ["1_single_example", "3_generalize"]


def test_the_newest_line_of_a_subject_is_found(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path))
    write(project, passed("2_overfit"))
    write(project, passed("2_overfit", "placeholder"))
    assert ledger.newest(project, "2_overfit")["subject"] == "placeholder"  # type: ignore[index]
    assert ledger.newest(project, "2_overfit", "paper") is not None
    assert ledger.newest(project, "4_optimize") is None


def test_a_line_is_stale_once_code_settings_or_thresholds_change(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path))
    write(project, passed("2_overfit"))
    (line,) = ledger.read(project)
    assert ledger.is_fresh(project, line)
    with project.gates_file.open("a") as file:
        file.write("# loosened\n")
    assert not ledger.is_fresh(project, line)


def test_a_changed_program_makes_a_line_stale(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path))
    write(project, passed("2_overfit"))
    (tmp_path / "train.py").write_text("FAMILY = 'other'\n")
    assert not ledger.is_fresh(project, ledger.read(project)[0])
