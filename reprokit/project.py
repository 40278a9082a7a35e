"""A generated repository: where things are in it, and its data files.

Touches the disk; runs nothing of the project.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reprokit.errors import NotAProject, UnreadableFile

STAMP = ".reprokit.json"

# What a training run depends on: the code at the top, the settings, the paper's facts.
# Tests, notes and thresholds can change without making a run stale.
_CODE = ("*.py", "conf/**/*.yaml", "paper.json")


@dataclass(frozen=True, slots=True)
class Project:
    """A generated repository at `root`."""

    root: Path

    @property
    def paper_file(self) -> Path:
        """The paper's facts and claims, written by a serializer."""
        return self.root / "paper.json"

    @property
    def ledger_file(self) -> Path:
        """One line per gate run."""
        return self.root / "ledger.jsonl"

    @property
    def gates_file(self) -> Path:
        """Thresholds and waivers."""
        return self.root / "gates.yaml"

    @property
    def results_dir(self) -> Path:
        """One small record per training run, committed."""
        return self.root / "results"

    @property
    def runs_dir(self) -> Path:
        """Checkpoints and logs, ignored by git."""
        return self.root / "runs"

    def stamp(self) -> dict[str, Any]:
        """Return the version and the inputs that this project was made with.

        Raises:
            UnreadableFile: The stamp is no JSON object.
        """
        return read_json(self.root / STAMP)

    def fingerprint(self) -> str:
        """Return 12 hexadecimal digits over the code, the settings and the paper's facts.

        The project's own `records.py` computes the same without reprokit; a test holds the
        two together.
        """
        digest = hashlib.sha256()
        for path in self._code_files():
            digest.update(path.relative_to(self.root).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()[:12]

    def gates_fingerprint(self) -> str:
        """Return 12 hexadecimal digits over the thresholds and waivers."""
        raw = self.gates_file.read_bytes() if self.gates_file.is_file() else b""
        return hashlib.sha256(raw).hexdigest()[:12]

    def _code_files(self) -> Iterator[Path]:
        found = {path for pattern in _CODE for path in self.root.glob(pattern)}
        return iter(sorted(path for path in found if path.is_file()))


def open_project(folder: Path) -> Project:
    """Return the project that a folder lies in.

    Raises:
        NotAProject: Neither the folder nor one above it was made by `reprokit new`.
    """
    resolved = folder.resolve()
    for root in (resolved, *resolved.parents):
        if (root / STAMP).is_file():
            return Project(root)
    raise NotAProject(
        f"{str(folder)!r} is no reproduction: no {STAMP} in it or above it",
        hint="run the command inside a generated project, or give --project DIR",
    )


def read_json(path: Path) -> dict[str, Any]:
    """Read one JSON object.

    Raises:
        UnreadableFile: The file is missing, no JSON, or no object.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableFile(
            f"cannot read {str(path)!r}: {error.strerror}", hint="check the path and its rights"
        ) from error
    except ValueError as error:
        raise UnreadableFile(
            f"{str(path)!r} is no JSON: {error}", hint="mend the file or take it from git"
        ) from error
    if not isinstance(document, dict):
        raise UnreadableFile(
            f"{str(path)!r} holds a {type(document).__name__}, expected a JSON object",
            hint="mend the file or take it from git",
        )
    return document
