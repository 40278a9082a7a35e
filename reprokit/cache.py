"""Answers kept by (source, request), so that nobody is asked twice. Disk.

Parsed answers, above the client libraries: a hit costs no request, no import and no waiting.
A cache that cannot be read or written is an empty one: it never fails a command.
"""

import json
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

_TIMEOUT_S = 2.0
_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    source TEXT NOT NULL, request TEXT NOT NULL, fetched_at TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (source, request)
)
"""
_PUT = "INSERT OR REPLACE INTO answers (source, request, fetched_at, body) VALUES (?, ?, ?, ?)"
_GET = "SELECT fetched_at, body FROM answers WHERE source = ? AND request = ?"


def cache_dir(environ: Mapping[str, str]) -> Path:
    """Return the folder of the cache: REPROKIT_CACHE_DIR, else the platform's."""
    given = environ.get("REPROKIT_CACHE_DIR")
    if given:
        return Path(given)
    from platformdirs import user_cache_path  # noqa: PLC0415  only where it is needed

    return user_cache_path("reprokit-papers", appauthor=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A kept answer: the document, and when it was fetched (ISO 8601, UTC)."""

    body: dict[str, Any]
    fetched_at: str


class Cache:
    """The answers in one SQLite file, shared by any number of processes.

    Args:
        folder: Holds the file; made when something is put.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "answers.sqlite3"

    def get(self, source: str, request: str) -> Answer | None:
        """Return the kept answer, or None."""
        import sqlite3  # noqa: PLC0415  only where it is needed

        if not self.path.is_file():
            return None
        try:
            with closing(self._open()) as database:
                row = database.execute(_GET, (source, request)).fetchone()
            body = json.loads(row[1]) if row else None
        except (sqlite3.Error, OSError, ValueError):
            return None
        return Answer(body, str(row[0])) if isinstance(body, dict) else None

    def put(self, source: str, request: str, body: Mapping[str, Any], fetched_at: str) -> bool:
        """Keep an answer; return whether that was possible.

        A file that is no database is replaced.
        """
        import sqlite3  # noqa: PLC0415  only where it is needed

        row = (source, request, fetched_at, json.dumps(body))
        with suppress(sqlite3.OperationalError, OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._write(row)
            except sqlite3.OperationalError:
                raise  # locked, or read-only: leave it alone
            except sqlite3.DatabaseError:
                self.path.unlink()
                self._write(row)
            return True
        return False

    def _write(self, row: tuple[str, str, str, str]) -> None:
        with closing(self._open()) as database, database:
            database.execute(_TABLE)
            database.execute(_PUT, row)

    def _open(self) -> "sqlite3.Connection":
        import sqlite3  # noqa: PLC0415  only where it is needed

        return sqlite3.connect(self.path, timeout=_TIMEOUT_S)
