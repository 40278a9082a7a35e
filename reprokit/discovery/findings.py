"""What the search for code found: implementations, pitfalls, who was asked. Pure."""

from dataclasses import dataclass
from typing import Any

from reprokit.dossier import SourceReport
from reprokit.paper import Paper
from reprokit.ranking.relevance import Judgement
from reprokit.reading.pitfalls import Pitfall
from reprokit.repositories import Repository
from reprokit.scanning.frameworks import Frameworks


@dataclass(frozen=True, slots=True)
class Implementation:
    """A repository with what is known of it: rank, framework, and whether it spoils."""

    judgement: Judgement
    frameworks: Frameworks
    is_spoiler: bool

    @property
    def repository(self) -> Repository:
        """The repository."""
        return self.judgement.lead.repository

    def to_json(self) -> dict[str, Any]:
        """Return it as it stands in `find --json` and reimplementations.json."""
        repository, judgement = self.repository, self.judgement
        return {
            "repo": repository.name,
            "url": repository.url,
            "framework": self.frameworks.primary,
            "frameworks": [self.frameworks.primary, *self.frameworks.secondary],
            "framework_confirmed": self.frameworks.confirmed,
            "official": judgement.is_official,
            "official_evidence": list(judgement.official),
            "kind": judgement.kind,
            "stars": repository.stars,
            "license": repository.license,
            "pushed_at": repository.pushed_at,
            "archived": repository.is_archived,
            "spoiler": self.is_spoiler,
            "evidence": [*judgement.why],
            "found_by": [
                {"source": m.source, "kind": m.kind, "detail": m.detail, "url": m.url}
                for m in judgement.lead.mentions
            ],
            "score": round(judgement.score, 4),
        }


@dataclass(frozen=True, slots=True)
class Findings:
    """What the search for code found.

    Args:
        implementations: The best first, spoilers among them.
        pitfalls: What their issues teach, the best first.
        sources: Who was asked, and how that went.
        missing: What is not known, and why, a sentence each.
    """

    implementations: tuple[Implementation, ...] = ()
    pitfalls: tuple[Pitfall, ...] = ()
    sources: tuple[SourceReport, ...] = ()
    missing: tuple[str, ...] = ()

    def to_json(self, paper: Paper) -> dict[str, Any]:
        """Return the document of `reprokit find --json`."""
        return {
            "schema": 1,
            "paper": paper.to_json(),
            "reimplementations": [found.to_json() for found in self.implementations],
            "pitfalls": [pitfall.to_json() for pitfall in self.pitfalls],
            "missing": list(self.missing),
            "sources": [
                {"name": s.name, "status": s.status, "detail": s.detail} for s in self.sources
            ],
        }
