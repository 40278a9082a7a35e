"""The embedded catalogue: what is known of some papers with no network.

`catalogue.json` holds one record a line, so that one is read without parsing the others. Each
record names the place that each of its fields was read from, and the fields that were not
checked against the paper's own record.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reprokit.dossier import Claim, Dossier, Fact, Reimplementation, SourceReport
from reprokit.paper import ArxivId, Paper

_FILE = Path(__file__).with_name("catalogue.json")

# Every record begins with its id; a test holds the file to it.
_START = '{"id":"'


class Catalogue:
    """The catalogue as a source.

    Args:
        file: JSON, an array with one record a line.
    """

    name = "catalogue"

    def __init__(self, file: Path = _FILE) -> None:
        self._file = file

    def find(self, wanted: ArxivId) -> Dossier | None:
        """Return the record of a paper, whatever the version asked for."""
        start = f'{_START}{wanted.number}"'
        for line in self._lines():
            if line.startswith(start):
                return _dossier(json.loads(line.rstrip(",")), wanted)
        return None

    def ids(self) -> tuple[ArxivId, ...]:
        """Return the ids of all papers in the catalogue."""
        rows = (line.removeprefix(_START) for line in self._lines() if line.startswith(_START))
        return tuple(ArxivId(row.split('"', 1)[0]) for row in rows)

    def search(self, words: Sequence[str]) -> tuple[Paper, ...]:
        """Return the papers that have all words in title, nickname or authors."""
        wanted = [word.casefold() for word in words]
        found = []
        for line in self._lines():
            if not line.startswith(_START):
                continue
            record = json.loads(line.rstrip(","))
            said = " ".join(
                (record["title"], record.get("nickname", ""), *record.get("authors", ()))
            )
            if all(word in said.casefold() for word in wanted):
                found.append(_dossier(record, ArxivId(record["id"])).paper)
        return tuple(found)

    def _lines(self) -> list[str]:
        return self._file.read_text(encoding="ascii").splitlines()


def _dossier(record: dict[str, Any], wanted: ArxivId) -> Dossier:
    primary = record.get("primary_category")
    paper = Paper(
        id=wanted,
        title=record["title"],
        authors=tuple(record.get("authors", ())),
        published=record["published"],
        categories=(primary,) if primary else (),
        primary_category=primary,
        url=wanted.abs_url,
        unverified=tuple(record.get("unverified", ())),
    )
    found = record.get("reimplementations", ())
    return Dossier(
        paper=paper,
        area=record["area"],
        facts=tuple(Fact(**fact) for fact in record.get("facts", ())),
        claims=tuple(Claim(**claim) for claim in record.get("claims", ())),
        reimplementations=tuple(Reimplementation(**code) for code in found),
        pitfalls=tuple(Fact(**pitfall) for pitfall in record.get("pitfalls", ())),
        sources=(SourceReport("catalogue", "embedded", _detail(record)),),
    )


def _detail(record: dict[str, Any]) -> str:
    unverified = ", ".join(record.get("unverified", ())) or "nothing"
    return f"title as in {record['sources']['title']}; not verified: {unverified}"
