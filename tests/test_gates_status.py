"""Where a project stands, and the next step in one sentence."""

import json
from pathlib import Path

from reprokit.gates import ledger
from reprokit.gates.status import newest_paper_record, next_step, stage_statuses
from reprokit.project import Project
from reprokit.stages import STAGES
from toy import toy_project


def judged(project: Project, stage: str, verdict: str = "passed", subject: str = "paper") -> None:
    entry = {
        "stage": stage,
        "verdict": verdict,
        "subject": subject,
        "fingerprint": project.fingerprint(),
        "gates": project.gates_fingerprint(),
        "time": "2026-11-20T12:00:00+00:00",
        "metrics": {"accuracy": 0.9},
    }
    ledger.append(project, [entry])


def test_a_fresh_project_starts_with_the_first_gate(tmp_path: Path) -> None:
    statuses = stage_statuses(Project(toy_project(tmp_path)))
    assert [status.verdict for status in statuses] == ["not_run"] * 4
    assert next_step(statuses).startswith("run `reprokit gate 1`")


def test_a_failed_stage_is_the_next_step(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path))
    judged(project, STAGES[0])
    judged(project, STAGES[1], "failed")
    assert next_step(stage_statuses(project)).startswith("mend 2_overfit")


def test_a_stale_stage_is_the_next_step(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path))
    judged(project, STAGES[0])
    (tmp_path / "train.py").write_text("changed = True\n")
    status = stage_statuses(project)[0]
    assert status.is_stale
    assert "judged on other code" in next_step([status])


def test_four_passes_on_the_placeholder_are_not_the_paper(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path))
    for stage in STAGES:
        judged(project, stage, subject="placeholder")
    assert "on the placeholder only" in next_step(stage_statuses(project))


def test_four_passes_on_the_paper_lead_to_its_scale(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path))
    for stage in STAGES:
        judged(project, stage)
    statuses = stage_statuses(project)
    assert "scale=paper model=paper`" in next_step(statuses, ["model=paper"])
    assert "claims" in next_step(statuses, has_record=True)
    assert stage_statuses(project)[0].to_json()["metrics"] == {"accuracy": 0.9}


def test_the_newest_record_at_the_paper_s_scale_fits_or_does_not(tmp_path: Path) -> None:
    project = Project(toy_project(tmp_path))
    assert newest_paper_record(project) == "no record of the paper's model at its own scale yet"
    project.results_dir.mkdir()
    (project.results_dir / "broken.json").write_text("{")
    (project.results_dir / "other.json").write_text('{"scale": "paper"}')
    good = {
        "stage": "3_generalize",
        "scale": "paper",
        "exit_code": 0,
        "time": "2026-11-20T12:00:00+00:00",
        "fingerprint": project.fingerprint(),
        "config": {"model": {"name": "cnn"}, "data": {"name": "mnist1d"}},
    }
    for n, change in enumerate(
        [
            {"exit_code": 1},
            {"scale": "ci"},
            {"stage": "2_overfit"},
            {"config": {"model": {"name": "placeholder"}, "data": {"name": "mnist1d"}}},
            {"config": {"model": {"name": "cnn"}, "data": {"name": "lines"}}},
        ]
    ):
        (project.results_dir / f"{n}.json").write_text(json.dumps(good | change))
    assert newest_paper_record(project).startswith("no record")
    (project.results_dir / "good.json").write_text(json.dumps(good))
    assert newest_paper_record(project) == "good.json fits the present code and settings"
    (tmp_path / "train.py").write_text("changed = True\n")
    assert newest_paper_record(project).endswith("does not fit the present code and settings")
