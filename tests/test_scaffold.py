"""reprokit.scaffold: whole projects, from the templates that are shipped."""

import json
import tomllib
from pathlib import Path

import pytest
from projects import ask_git, describe, list_files, load_all, make

from reprokit import __version__
from reprokit.dossier import Dossier
from reprokit.errors import FolderExists, ReprokitError, UsageError
from reprokit.paper import ArxivId
from reprokit.scaffold import make_project
from reprokit.scaffold.template import templates_dir
from reprokit.sources.catalogue import Catalogue

WRITTEN = {".reprokit.json", "ledger.jsonl", "paper.json", "reimplementations.json"}


@pytest.fixture(scope="module")
def worked() -> Dossier:
    found = Catalogue().find(ArxivId("2011.14439"))
    assert found is not None
    return found


def test_an_existing_target_is_refused_and_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "gan"
    target.mkdir()

    with pytest.raises(FolderExists):
        make(target)

    assert list(tmp_path.iterdir()) == [target]
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("name", ["Gan", "json", "{{ 7*7 }}", "my gan"])
def test_a_target_whose_name_is_no_slug_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        make(tmp_path / name)

    assert list(tmp_path.iterdir()) == []


def test_a_file_where_the_folder_should_be_is_an_expected_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ReprokitError, match="cannot write") as caught:
        make(tmp_path / "file" / "gan")

    assert "-o DIR" in caught.value.hint


def test_nothing_stays_when_the_template_is_broken(tmp_path: Path) -> None:
    (tmp_path / "templates" / "base").mkdir(parents=True)
    (tmp_path / "templates" / "base" / "README.md").write_text("{{ cookiecutter.nothing }}")

    with pytest.raises(Exception, match="README"):
        make(tmp_path / "out" / "gan", templates=tmp_path / "templates")

    assert not (tmp_path / "out").exists()


def test_without_git_there_is_a_whole_project_and_a_notice(tmp_path: Path) -> None:
    notices: list[str] = []

    project = make_project(
        describe(),
        target=tmp_path / "gan",
        area="cnn",
        inputs={},
        environ={"PATH": ""},
        notify=notices.append,
    )

    assert notices == ["the project is not in a git repository: git is not installed"]
    assert "train.py" in list_files(project.root)
    assert list(tmp_path.iterdir()) == [project.root]


@pytest.mark.parametrize(
    ("area", "is_worked", "overlays"),
    [
        (None, False, ["base"]),
        ("gan", False, ["base"]),
        ("cnn", False, ["base", "cnn"]),
        ("cnn", True, ["base", "cnn", "papers/2011.14439"]),
        ("gan", True, ["base"]),
    ],
)
def test_a_project_has_exactly_the_files_of_its_overlays_and_the_written_ones(
    area: str | None, overlays: list[str], worked: Dossier, tmp_path: Path, *, is_worked: bool
) -> None:
    root = make(tmp_path / "project", worked if is_worked else describe(), area)

    tracked = ask_git(templates_dir().parent, "ls-files", "templates").split("\n")
    untracked = ask_git(
        templates_dir().parent, "ls-files", "-o", "--exclude-standard", "templates"
    ).split("\n")
    expected = {
        name.removeprefix(f"templates/{overlay}/")
        for overlay in overlays
        for name in (*tracked, *untracked)
        if name.startswith(f"templates/{overlay}/")
    }
    assert list_files(root) == (expected - {".spec_context"}) | WRITTEN
    assert json.loads((root / ".reprokit.json").read_text())["overlays"] == overlays
    assert list(tmp_path.iterdir()) == [root]


def test_everything_is_committed_and_the_message_holds_the_id_only(
    worked: Dossier, tmp_path: Path
) -> None:
    root = make(tmp_path / "mnist_1d", worked)

    assert ask_git(root, "status", "--porcelain", "--ignored") == ""
    assert set(ask_git(root, "ls-files").split("\n")) - {""} == list_files(root)
    assert ask_git(root, "log", "--format=%B").strip() == (
        "Start the reproduction of arXiv:2011.14439"
    )
    assert ask_git(make(tmp_path / "gan"), "log", "--format=%B").strip() == "Start gan"


def test_the_stamp_records_the_version_and_the_inputs(tmp_path: Path) -> None:
    root = make(tmp_path / "gan", area=None)

    stamp = json.loads((root / ".reprokit.json").read_text())
    assert stamp.pop("requirement").startswith("reprokit-papers[checks]")
    assert stamp == {
        "schema": 1,
        "version": __version__,
        "slug": "gan",
        "area": None,
        "overlays": ["base"],
        "inputs": {"title": "as given"},
    }


def test_the_metadata_of_the_project_name_no_bare_reprokit(tmp_path: Path) -> None:
    project = tomllib.loads((make(tmp_path / "gan") / "pyproject.toml").read_text())["project"]

    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    named = [line for group in groups for line in group if line.startswith("reprokit")]
    assert project["name"] == "gan"
    assert len(named) == 1
    assert named[0].startswith("reprokit-papers[checks]")


def test_no_template_syntax_is_left_but_that_of_the_workflows(
    worked: Dossier, tmp_path: Path
) -> None:
    for name, text in load_all(make(tmp_path / "mnist_1d", worked)).items():
        rest = text.replace("${{", "")
        assert "{{" not in rest, name
        assert "{%" not in rest, name


def test_a_workflow_keeps_its_own_expressions(tmp_path: Path) -> None:
    name = ".github/workflows/gates.yml"

    assert (make(tmp_path / "gan") / name).read_text() == (
        templates_dir() / "base" / name
    ).read_text()
