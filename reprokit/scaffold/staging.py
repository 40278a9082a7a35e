"""Write a folder whole or not at all, whatever ends the process.

Everything is written into a temporary folder beside the target, and renamed when it is whole.
The temporary folder holds a lock that its process keeps: one whose lock is free was left behind
by a process that was killed, and the next one in the same place takes it away.
"""

import errno
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reprokit.errors import FolderExists

_LOCK = "reprokit.lock"
_LEFTOVER = re.compile(r"\.[a-z][a-z0-9_]*-[a-z0-9_]{8}\.partial")

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def staging_folder(target: Path) -> Iterator[Path]:
    """Lend an empty folder beside the target; nothing of it stays, however the block ends.

    Args:
        target: Its parent is made if need be, and taken away again if the block fails.
    """
    made = _make_parents(target.parent)
    try:
        folder, lock = _claim(target)
        try:
            yield folder
        finally:
            _remove(folder, lock)
            # At the end: the git of a process killed just now may have written a little longer.
            sweep(target.parent)
    except BaseException:
        for parent in made:
            with suppress(OSError):
                parent.rmdir()
        raise


def refuse_existing(target: Path) -> None:
    """Check that nothing has the name of the target, not even an empty folder.

    Raises:
        FolderExists: Something has.
    """
    if os.path.lexists(target):
        raise FolderExists(
            f"{str(target)!r} exists already",
            hint="give the project another name with --slug NAME, or another place with -o DIR",
        )


def move_into_place(folder: Path, target: Path) -> None:
    """Rename the folder to the target, which is then there as a whole.

    Raises:
        FolderExists: Something has that name.
    """
    refuse_existing(target)
    try:
        folder.rename(target)
    except OSError as error:
        # Made by somebody else since the line above.
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            refuse_existing(target)
        raise


def sweep(parent: Path) -> None:
    """Take away what killed processes left behind in a folder."""
    for folder in parent.iterdir():
        if not _LEFTOVER.fullmatch(folder.name) or folder.is_symlink() or not folder.is_dir():
            continue
        # Empty: killed before it made its lock, or about to make it; `_claim` tries again then.
        with suppress(OSError):
            folder.rmdir()
            continue
        with suppress(OSError):
            _remove(folder, _take_lock(folder, os.O_RDWR))


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder and its parents, and return those that were not there, innermost first."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for parent in reversed(missing):
        parent.mkdir(exist_ok=True)
    return missing


def _claim(target: Path) -> tuple[Path, int]:
    """Return a new folder and the file descriptor of its lock."""
    while True:
        name = tempfile.mkdtemp(prefix=f".{target.name}-", suffix=".partial", dir=target.parent)
        # Taken away between these two lines by a sweep: make another one.
        with suppress(FileNotFoundError):
            return Path(name), _take_lock(Path(name), os.O_RDWR | os.O_CREAT | os.O_EXCL)


def _take_lock(folder: Path, flags: int) -> int:
    """Return the file descriptor of the folder's lock.

    Raises:
        OSError: There is none, or a running process holds it.
    """
    file = os.open(folder / _LOCK, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        _lock(file)
        os.stat(folder / _LOCK)  # noqa: PTH116  a sweep may have come first
    except BaseException:
        os.close(file)
        raise
    return file


def _remove(folder: Path, lock: int) -> None:
    """Take away a folder, its lock last: killed halfway, it can be swept still."""
    try:
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != _LOCK:
                entry.unlink()
        (folder / _LOCK).unlink()
        folder.rmdir()
    finally:
        os.close(lock)
