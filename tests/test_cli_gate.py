"""`reprokit gate`: exit codes, the document, and what CI gets."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from reprokit.cli.main import main
from toy import GATES, toy_project

FIRST = "1_single_example"


def test_a_folder_that_is_no_project_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gate", "--project", str(tmp_path)]) == 4
    assert "is no reproduction" in capsys.readouterr().err


def test_a_stage_that_does_not_exist_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["gate", "5", "--project", str(toy_project(tmp_path))]) == 2
    assert "'5' is not a stage" in capsys.readouterr().err


def test_a_passed_gate_ends_with_0_and_one_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = toy_project(tmp_path / "p")
    assert main(["gate", "single_example", "--project", str(project), "--json"]) == 0
    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert [stage["stage"] for stage in document["stages"]] == [FIRST]
    assert document["tier"] == "quick"
    assert f"{FIRST}: one_example_runs: passed" in shown.err


def test_a_failed_gate_ends_with_1_and_teaches(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = toy_project(tmp_path / "p", ("loss.backward()", "(0 * loss).backward()"))
    assert main(["gate", "1", "--project", str(project)]) == 1
    text = capsys.readouterr().out
    assert "gradient_reaches_every_parameter........failed" in text
    assert "likely: 1. detach()" in text
    assert "0 of 1 stages passed on the placeholder; the paper's model: not started" in text


def test_the_paper_s_stubs_end_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = toy_project(tmp_path / "p")
    assert main(["gate", "--subject", "paper", "--project", str(project)]) == 1
    assert "not_started" in capsys.readouterr().out


def test_ci_gets_junit_annotations_a_summary_and_every_waiver(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gates = GATES.replace("waivers: {}", "waivers: {loss_at_initialisation: not ours}")
    bug = ("def reference_forward", "def renamed")
    project = toy_project(tmp_path / "p", bug, gates=gates)
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert main(["gate", "1", "--ci", "--project", str(project)]) == 1
    text = capsys.readouterr().out
    assert f"::error title={FIRST}%3A numpy_reference_agrees::skipped" in text
    assert "::warning title=gates.yaml::waived: loss_at_initialisation: not ours" in text
    assert "thresholds not compared" in text
    assert "no record of the paper's model at its own scale yet" in text
    assert "numpy_reference_agrees" in summary.read_text()
    root = ET.parse(project / "runs" / "gates.xml").getroot()  # noqa: S314  our own text
    assert next(case.get("name") for case in root.iter("testcase")) == "one_example_runs"


def test_junit_is_written_where_it_is_asked_for(tmp_path: Path) -> None:
    project = toy_project(tmp_path / "p")
    file = tmp_path / "new" / "gates.xml"
    assert main(["gate", "1", "--junit", str(file), "--project", str(project)]) == 0
    assert file.is_file()


def test_a_junit_file_that_cannot_be_written_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = toy_project(tmp_path / "p")
    (tmp_path / "file").write_text("")
    arguments = ["gate", "1", "--junit", str(tmp_path / "file" / "x.xml")]
    assert main([*arguments, "--project", str(project)]) == 4
    assert "cannot write" in capsys.readouterr().err
