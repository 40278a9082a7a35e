"""The records of what was found out about a paper, and where each of it was found.

Pure. A `Fact` always carries its source: a value with no source is not a fact.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from reprokit.paper import Paper

SCHEMA = 1

SourceStatus = Literal["ok", "cached", "embedded", "skipped", "failed"]


def check_texts(record: object, *names: str) -> None:
    """Refuse a record in which one of these fields is no text.

    Raises:
        TypeError: Naming the record, the field and its value.
    """
    for name in names:
        value = getattr(record, name)
        if not isinstance(value, str):
            msg = f"{type(record).__name__}.{name} is {value!r}, expected a text"
            raise TypeError(msg)


@dataclass(frozen=True, slots=True)
class Fact:
    """One stated value.

    Args:
        name: Canonical name (`reprokit.vocabulary`), or what the source calls it.
        value: As stated: a number, a text, or a list of them.
        source: Where it stands: a URL, or repository, commit, file and line.
        quote: The words there, where they were read.
        context: What it holds for (one model, one table row); empty for the whole paper.
        verified: The source was opened at a pinned place and says so.
    """

    name: str
    value: Any
    source: str
    quote: str | None = None
    context: str = ""
    verified: bool = False

    def __post_init__(self) -> None:
        check_texts(self, "name", "source", "context")
        if not self.source.strip():
            msg = f"a value with no source is not a fact: {self.name}={self.value!r}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Claim:
    """One published result, as the paper or its authors state it."""

    id: str
    dataset: str
    metric: str
    method: str
    value: Any
    unit: str
    kind: str
    source: str
    quote: str | None = None
    note: str | None = None
    verified: bool = False

    def __post_init__(self) -> None:
        check_texts(self, "id", "dataset", "metric", "method", "unit", "kind", "source")


@dataclass(frozen=True, slots=True)
class Reimplementation:
    """Somebody's code for the paper."""

    repo: str
    framework: str
    official: bool
    source: str
    note: str | None = None

    def __post_init__(self) -> None:
        check_texts(self, "repo", "framework", "source")


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one source answered: its name, how it went, and a sentence."""

    name: str
    status: SourceStatus
    detail: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that was found out about one paper."""

    paper: Paper
    area: str | None = None
    facts: tuple[Fact, ...] = ()
    claims: tuple[Claim, ...] = ()
    reimplementations: tuple[Reimplementation, ...] = ()
    pitfalls: tuple[Fact, ...] = ()
    sources: tuple[SourceReport, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return the dossier as a JSON document, without what was asked of whom."""
        return {
            "schema": SCHEMA,
            "paper": self.paper.to_json(),
            "area": self.area,
            "facts": [asdict(fact) for fact in self.facts],
            "claims": [asdict(claim) for claim in self.claims],
            "reimplementations": [asdict(found) for found in self.reimplementations],
            "pitfalls": [asdict(pitfall) for pitfall in self.pitfalls],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Dossier":
        """Read a dossier written by `to_json`.

        Raises:
            KeyError: A required key is missing.
            TypeError: A record has a key that is not known, or lacks one.
            ValueError: The schema is another one, or a fact has no source.
        """
        if document.get("schema") != SCHEMA:
            msg = f"schema {document.get('schema')!r}, expected {SCHEMA}"
            raise ValueError(msg)
        area = document.get("area")
        if not isinstance(area, str | None):
            msg = f"area is {area!r}, expected a text or null"
            raise TypeError(msg)
        return cls(
            paper=Paper.from_json(document["paper"]),
            area=area,
            facts=tuple(Fact(**fact) for fact in document.get("facts", ())),
            claims=tuple(Claim(**claim) for claim in document.get("claims", ())),
            reimplementations=tuple(
                Reimplementation(**found) for found in document.get("reimplementations", ())
            ),
            pitfalls=tuple(Fact(**pitfall) for pitfall in document.get("pitfalls", ())),
        )
