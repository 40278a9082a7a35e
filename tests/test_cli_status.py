"""`reprokit status`: what people and programs read."""

import json
from pathlib import Path

import pytest

from reprokit.cli.main import main
from reprokit.gates import ledger
from reprokit.project import Project
from toy import toy_project


def test_a_fresh_project_names_its_first_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--project", str(toy_project(tmp_path / "fresh"))]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "fresh"
    assert lines[1].split() == ["1_single_example", "not_run"]
    assert lines[-1].startswith("next: run `reprokit gate 1`")


def test_a_stale_verdict_is_shown_as_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project(toy_project(tmp_path / "p"))
    entry = {"stage": "1_single_example", "verdict": "passed", "subject": "placeholder"}
    ledger.append(project, [{**entry, "fingerprint": "old", "gates": "old", "time": "then"}])
    main(["status", "--project", str(project.root)])
    assert "passed on the placeholder, stale" in capsys.readouterr().out


def test_the_document_has_every_stage_and_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["status", "--json", "--project", str(toy_project(tmp_path / "p"))])
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    assert [stage["verdict"] for stage in document["stages"]] == ["not_run"] * 4
    assert document["next"].startswith("run `reprokit gate 1`")
