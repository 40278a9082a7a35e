"""gates.yaml: what is refused, and what counts as loosened."""

import subprocess
from pathlib import Path

import pytest

from reprokit.errors import UnreadableFile
from reprokit.gates.settings import (
    flat_thresholds,
    loosened,
    loosened_since_first_commit,
    parse_settings,
    read_settings,
)
from reprokit.project import Project
from toy import GATES


@pytest.mark.parametrize(
    "text",
    ["[", "- a list", "thresholds: 3", "waivers: [a]", "subjects: x", "waivers: {a: }", ""],
)
def test_a_gates_file_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFile):
        parse_settings(text)


def test_python_objects_in_yaml_are_never_built() -> None:
    with pytest.raises(UnreadableFile):
        parse_settings("thresholds: !!python/object/apply:os.system ['true']")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("waivers: {bitwise_resumee: later}", "did you mean bitwise_resume?"),
        ("thresholds: {max_overfit_los: 1}", "did you mean max_overfit_loss?"),
        ("thresholds: {xyz: 1}", "known are max_reference_error"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(text: str, hint: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        parse_settings(text)
    assert hint in caught.value.hint


def test_thresholds_of_a_subject_are_named_by_it() -> None:
    assert flat_thresholds({"a": 1, "b": {"paper": 0.5, "placeholder": None}, "c": True}) == {
        "a": 1.0,
        "b.paper": 0.5,
        "b.placeholder": None,
        "c": None,
    }


@pytest.mark.parametrize(
    ("first", "now", "expected"),
    [
        ({"min_x": 0.9}, {"min_x": 0.8}, ["min_x: 0.9 at first, now 0.8"]),
        ({"max_x": 0.1}, {"max_x": 0.2}, ["max_x: 0.1 at first, now 0.2"]),
        ({"min_x": 0.9}, {}, ["min_x: 0.9 at first, now not set"]),
        ({"min_x": 0.9}, {"min_x": None}, ["min_x: 0.9 at first, now not set"]),
        (
            {"min_x": {"paper": 0.9}},
            {"min_x": {"paper": 0.1}},
            ["min_x.paper: 0.9 at first, now 0.1"],
        ),
        ({"min_x": 0.9}, {"min_x": 0.95}, []),
        ({"max_x": 0.1}, {"max_x": 0.05}, []),
        ({"min_x": None}, {"min_x": 0.1}, []),
        ({}, {"min_x": 0.1}, []),
    ],
)
def test_a_threshold_is_loosened_when_it_promises_less(
    first: dict[str, object], now: dict[str, object], expected: list[str]
) -> None:
    assert loosened(first, now) == expected


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=t", "-c", "user.email=t@localhost")
    subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True
    )


def commit(folder: Path, text: str) -> None:
    (folder / "gates.yaml").write_text(text)
    git(folder, "add", ".")
    git(folder, "commit", "-m", "change")


def test_thresholds_are_compared_with_those_of_the_first_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-b", "main")
    commit(tmp_path, GATES)
    commit(tmp_path, GATES.replace("max_overfit_loss: 0.05", "max_overfit_loss: 0.5"))
    (tmp_path / "gates.yaml").write_text(
        GATES.replace("max_overfit_loss: 0.05", "max_overfit_loss: 5")
    )
    project = Project(tmp_path)
    assert loosened_since_first_commit(project, read_settings(project)) == [
        "max_overfit_loss: 0.05 at first, now 5"
    ]


def test_a_bar_that_was_set_later_counts_from_then_on(tmp_path: Path) -> None:
    git(tmp_path, "init", "-b", "main")
    unset = GATES.replace("paper: 0.7", "paper: null")
    commit(tmp_path, unset)
    commit(tmp_path, GATES)
    (tmp_path / "gates.yaml").write_text(GATES.replace("paper: 0.7", "paper: 0.01"))
    project = Project(tmp_path)
    assert loosened_since_first_commit(project, read_settings(project)) == [
        "min_accuracy.paper: 0.7 at first, now 0.01"
    ]


def test_no_first_commit_is_said_and_is_no_clean_bill(tmp_path: Path) -> None:
    (tmp_path / "gates.yaml").write_text(GATES)
    project = Project(tmp_path)
    found = loosened_since_first_commit(project, read_settings(project))
    assert found == ["git gave no first commit: thresholds not compared"]


def test_a_shallow_clone_is_said(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    origin.mkdir()
    git(origin, "init", "-b", "main")
    commit(origin, GATES)
    commit(origin, GATES + "# more\n")
    git(tmp_path, "clone", "--depth=1", f"file://{origin}", "clone")
    project = Project(tmp_path / "clone")
    assert "shallow" in loosened_since_first_commit(project, read_settings(project))[0]


def test_a_first_gates_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    git(tmp_path, "init", "-b", "main")
    commit(tmp_path, "- a list")
    commit(tmp_path, GATES)
    project = Project(tmp_path)
    assert "cannot be read" in loosened_since_first_commit(project, read_settings(project))[0]
