"""reprokit.scaffold.staging."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reprokit.errors import FolderExists
from reprokit.scaffold.staging import (
    move_into_place,
    refuse_existing,
    staging_folder,
    sweep,
)

LOCK = "reprokit.lock"


def leave_behind(parent: Path, name: str = ".gan-abcd1234.partial") -> Path:
    """Make what a killed process leaves."""
    folder = parent / name
    (folder / "project" / "gan").mkdir(parents=True)
    (folder / "project" / "gan" / "train.py").write_text("")
    (folder / LOCK).write_text("")
    return folder


@contextmanager
def locked(file: Path) -> Iterator[None]:
    descriptor = os.open(file, os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("kind", ["file", "empty folder", "full folder", "broken link"])
def test_whatever_has_the_name_of_the_target_is_left_alone(tmp_path: Path, kind: str) -> None:
    target, made = tmp_path / "gan", tmp_path / "made"
    made.mkdir()
    if kind == "file":
        target.write_text("")
    elif kind == "broken link":
        target.symlink_to(tmp_path / "nowhere")
    else:
        (target / "x" if kind == "full folder" else target).mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(FolderExists) as caught:
        move_into_place(made, target)

    assert str(target) in caught.value.message
    assert "--slug" in caught.value.hint
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_cannot_be_moved_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        move_into_place(tmp_path / "nowhere", tmp_path / "gan")


def test_nothing_is_in_the_way_of_a_new_name(tmp_path: Path) -> None:
    refuse_existing(tmp_path / "gan")


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_stays_of_a_block_that_fails_nor_of_parents_made_for_it(
    tmp_path: Path, error: type[BaseException]
) -> None:
    def fail() -> None:
        with staging_folder(tmp_path / "a" / "b" / "gan") as folder:
            (folder / "sub").mkdir()
            (folder / "file").write_text("")
            (folder / "link").symlink_to(tmp_path)
            raise error

    with pytest.raises(error):
        fail()

    assert list(tmp_path.iterdir()) == []


def test_only_the_target_stays_of_a_block_that_ends(tmp_path: Path) -> None:
    target = tmp_path / "a" / "gan"
    with staging_folder(target) as folder:
        (folder / "made").mkdir()
        move_into_place(folder / "made", target)

    assert list((tmp_path / "a").iterdir()) == [target]


def test_parents_stay_where_something_else_was_put_into_them(tmp_path: Path) -> None:
    def fail() -> None:
        with staging_folder(tmp_path / "a" / "gan"):
            (tmp_path / "a" / "mine").write_text("")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()

    assert [path.name for path in (tmp_path / "a").iterdir()] == ["mine"]


def test_what_a_killed_process_left_is_swept_by_the_next_one(tmp_path: Path) -> None:
    leave_behind(tmp_path)
    (tmp_path / ".gan-abcd5678.partial").mkdir()

    with staging_folder(tmp_path / "mlp") as folder:
        (folder / "mlp").mkdir()
        move_into_place(folder / "mlp", tmp_path / "mlp")

    assert list(tmp_path.iterdir()) == [tmp_path / "mlp"]


def test_the_folder_of_a_running_process_is_not_swept(tmp_path: Path) -> None:
    with staging_folder(tmp_path / "gan") as folder:
        (folder / "file").write_text("")
        code = "import sys, pathlib\nfrom reprokit.scaffold.staging import sweep\n"
        command = [sys.executable, "-c", f"{code}sweep(pathlib.Path(sys.argv[1]))", str(tmp_path)]
        subprocess.run(command, check=True)

        assert sorted(path.name for path in folder.iterdir()) == ["file", LOCK]


def test_a_locked_leftover_stays(tmp_path: Path) -> None:
    folder = leave_behind(tmp_path)

    with locked(folder / LOCK):
        sweep(tmp_path)

    assert (folder / "project" / "gan" / "train.py").exists()


@pytest.mark.parametrize(
    "name", ["gan-abcd1234.partial", ".gan.partial", ".Gan-abcd1234.partial", ".gan-abcd1234"]
)
def test_folders_with_other_names_are_not_swept(tmp_path: Path, name: str) -> None:
    folder = leave_behind(tmp_path, name)

    sweep(tmp_path)

    assert (folder / "project" / "gan" / "train.py").exists()


def test_a_folder_without_our_lock_is_not_swept(tmp_path: Path) -> None:
    folder = leave_behind(tmp_path)
    (folder / LOCK).unlink()

    sweep(tmp_path)

    assert (folder / "project" / "gan" / "train.py").exists()


def test_links_and_files_with_the_name_of_a_leftover_are_not_followed(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / LOCK).write_text("")
    (tmp_path / ".gan-abcd1234.partial").symlink_to(mine)
    (tmp_path / ".gan-abcd5678.partial").write_text("")
    folder = leave_behind(tmp_path, ".mlp-abcd1234.partial")
    (folder / LOCK).unlink()
    (folder / LOCK).symlink_to(mine / LOCK)

    sweep(tmp_path)

    assert (mine / LOCK).exists()
    assert (folder / "project").exists()
    assert len(list(tmp_path.iterdir())) == 4
