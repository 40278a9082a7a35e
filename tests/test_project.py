"""reprokit.project."""

from pathlib import Path

import pytest

from reprokit.errors import NotAProject, UnreadableFile
from reprokit.project import STAMP, Project, open_project, read_json


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / STAMP).write_text('{"version": "0.1.0"}')
    (tmp_path / "train.py").write_text("print()")
    (tmp_path / "paper.json").write_text("{}")
    (tmp_path / "gates.yaml").write_text("min_accuracy: 0.9")
    (tmp_path / "conf" / "stage").mkdir(parents=True)
    (tmp_path / "conf" / "stage" / "2_overfit.yaml").write_text("steps: 3")
    return Project(tmp_path)


def test_a_folder_without_a_stamp_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(NotAProject) as caught:
        open_project(tmp_path)

    assert str(tmp_path) in caught.value.message
    assert "--project" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "complaint"), [("{", "is no JSON"), ("[1]", "holds a list"), ("\udcff", "is no JSON")]
)
def test_a_file_that_holds_no_json_object_is_unreadable(
    tmp_path: Path, text: str, complaint: str
) -> None:
    file = tmp_path / "paper.json"
    file.write_bytes(text.encode(errors="surrogateescape"))

    with pytest.raises(UnreadableFile, match=complaint):
        read_json(file)


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="No such file"):
        read_json(tmp_path / "paper.json")


def test_a_project_is_found_from_a_folder_inside_it(project: Project) -> None:
    assert open_project(project.root / "conf" / "stage") == project


def test_a_project_knows_its_stamp_and_where_its_files_are(project: Project) -> None:
    assert project.stamp() == {"version": "0.1.0"}
    names = [
        project.paper_file.name,
        project.ledger_file.name,
        project.gates_file.name,
        project.results_dir.name,
        project.runs_dir.name,
    ]
    assert names == ["paper.json", "ledger.jsonl", "gates.yaml", "results", "runs"]


@pytest.mark.parametrize("name", ["train.py", "conf/stage/2_overfit.yaml", "paper.json"])
def test_the_fingerprint_changes_with_code_settings_and_facts(project: Project, name: str) -> None:
    before = project.fingerprint()

    (project.root / name).write_text("changed")

    assert project.fingerprint() != before


@pytest.mark.parametrize("name", ["gates.yaml", "notes.md", "tests/test_data.py"])
def test_the_fingerprint_does_not_change_with_anything_else(project: Project, name: str) -> None:
    before = project.fingerprint()
    (project.root / "tests").mkdir()

    (project.root / name).write_text("changed")

    assert project.fingerprint() == before


def test_renaming_a_file_changes_the_fingerprint(project: Project) -> None:
    before = project.fingerprint()

    (project.root / "train.py").rename(project.root / "learn.py")

    assert project.fingerprint() != before


def test_the_fingerprint_of_the_gates_changes_with_their_file(project: Project) -> None:
    first = project.gates_fingerprint()
    project.gates_file.write_text("min_accuracy: 0.1")
    second = project.gates_fingerprint()
    project.gates_file.unlink()

    assert len({first, second, project.gates_fingerprint()}) == 3
