"""Which of the found repositories are a paper's code, how good they are, and who says so.

Pure, and the same whatever the order in which they are found.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reprokit.paper import Paper
from reprokit.ranking import cues, official
from reprokit.ranking.copies import originals
from reprokit.ranking.kinds import A_LIBRARY, kind_of
from reprokit.ranking.official import Evidence
from reprokit.ranking.page import Page
from reprokit.ranking.relation import sayings
from reprokit.ranking.signs import Signs, names_match, signs_of
from reprokit.ranking.terms import Terms
from reprokit.repositories import Lead, merged

# From where to where the scores of a kind reach.
_RANGES: Mapping[str, tuple[float, float]] = {
    "code": (0.5, 0.85),
    "part": (0.3, 0.5),
    "library": (0.28, 0.46),
    "other paper": (0.1, 0.25),
    "application": (0.08, 0.2),
    "mention": (0.05, 0.2),
    "promise": (0.04, 0.1),
    "data": (0.04, 0.1),
    "fork": (0.02, 0.06),
    "mirror": (0.02, 0.06),
    "list": (0.0, 0.05),
    "unrelated": (0.0, 0.04),
}
_OFFICIAL = (0.88, 1.0)
_TABLE = 3  # bars in a line
_ABOUT_PAPER = frozenset({"code", "part", "library"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is thought of a repository.

    Args:
        lead: The repository, and who names it.
        score: From 0 to 1, larger is better.
        kind: `code`, `part`, `library`, `list`, `fork`, `mirror`, `promise`, `data`,
            `other paper`, `application`, `mention` or `unrelated`.
        official: What speaks for its being the authors' code, in words.
        is_official: It is enough.
        why: How it was found and why it stands where it stands, in short sentences.
    """

    lead: Lead
    score: float
    kind: str
    official: tuple[str, ...]
    is_official: bool
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    lead: Lead
    page: Page
    signs: Signs
    kind: str
    why: str
    evidence: tuple[Evidence, ...]
    has_name: bool


def rank(
    paper: Paper, leads: Sequence[Lead], *, acronym: str | None = None
) -> tuple[Judgement, ...]:
    """Return a judgement of each repository, the best first.

    Args:
        paper: Its authors, abstract and comment may be missing.
        leads: What was found.
        acronym: What people call it, where that is known.
    """
    unique = sorted(merged(leads), key=lambda lead: lead.repository.name.casefold())
    read = _Reader(paper, Terms.of(paper, acronym), unique).read()
    judged = [
        _judgement(one, evidence, is_official=is_official)
        for one, (evidence, is_official) in zip(read, _official(read), strict=True)
    ]
    return tuple(sorted(judged, key=lambda one: (-one.score, one.lead.repository.name.casefold())))


class _Reader:
    """Reads the leads of a paper beside each other."""

    def __init__(self, paper: Paper, terms: Terms, leads: Sequence[Lead]) -> None:
        self.paper, self.terms, self.leads = paper, terms, leads
        self.pages = {lead.repository.name: Page.of(lead.repository) for lead in leads}
        self.copied = originals(leads)
        lines = {name.casefold(): page.every_line for name, page in self.pages.items()}
        self.votes = official.pointed_to(leads, lines)

    def read(self) -> list[_Read]:
        """Return what each lead is and what speaks for its being official."""
        known = frozenset(lead.repository.name.casefold() for lead in self.leads)
        told = [
            (*official.from_paper(self.paper, lead, known), *official.from_services(lead))
            for lead in self.leads
        ]
        sure = frozenset(
            lead.repository.name.casefold()
            for lead, evidence in zip(self.leads, told, strict=True)
            if any(one.weight >= official.SURE for one in evidence)
        )
        both = zip(self.leads, told, strict=True)
        return [self._read(lead, evidence, sure) for lead, evidence in both]

    def _read(self, lead: Lead, told: tuple[Evidence, ...], sure: frozenset[str]) -> _Read:
        name = lead.repository.name
        page, others = self.pages[name], sure - {name.casefold()}
        signs = signs_of(lead.repository, page, sayings(page, self.terms, others), self.terms)
        kind, why = kind_of(lead, page, signs, self.terms, self.copied.get(name), self.pages)
        is_about = signs.ours is not None and not signs.other
        evidence = (
            *told,
            *official.from_owner(lead, self.terms),
            *official.from_own_words(signs.said, about_paper=is_about),
            *official.from_others(lead, self.votes),
            *official.from_homepage(self.paper, lead),
        )
        has_name = names_match(lead.repository, self.terms)
        return _Read(lead, page, signs, kind, why, evidence, has_name)


def _official(read: Sequence[_Read]) -> list[tuple[tuple[Evidence, ...], bool]]:
    """Return the evidence for each repository, and whether it is enough.

    Words alone are enough for a single repository, if nothing else is known of any.
    """
    first = [_is_enough(one, one.evidence) for one in read]
    owners = {
        one.lead.repository.name.partition("/")[0].casefold(): one.lead.repository.name
        for one, enough in zip(read, first, strict=True)
        if enough
    }
    found = []
    for one, enough in zip(read, first, strict=True):
        mine = one.lead.repository.name
        owner = owners.get(mine.partition("/")[0].casefold())
        evidence = one.evidence
        if not enough and owner and owner != mine and one.kind in _ABOUT_PAPER:
            evidence = (*evidence, Evidence(f"its owner is that of {owner}", 0.5))
        found.append((evidence, _is_enough(one, evidence)))
    if not any(enough for _, enough in found):
        claim = [
            place
            for place, one in enumerate(read)
            if one.kind in _ABOUT_PAPER and any(e.by_itself for e in one.evidence)
        ]
        if len(claim) == 1:
            found[claim[0]] = (found[claim[0]][0], True)
    return found


def _is_enough(one: _Read, evidence: Sequence[Evidence]) -> bool:
    if any(e.weight >= official.SURE for e in evidence):
        return one.kind not in {"fork", "mirror", "list"}
    if official.disclaims(one.signs.said):
        return False
    if one.kind not in _ABOUT_PAPER:
        told = [e for e in evidence if not e.by_itself]
        return one.kind in {"mention", "unrelated", "application"} and _told_by_others(told)
    return official.total(evidence) >= official.ENOUGH


def _told_by_others(evidence: Sequence[Evidence]) -> bool:
    return official.total(evidence) >= official.ENOUGH and len(evidence) > 1


def _judgement(one: _Read, evidence: Sequence[Evidence], *, is_official: bool) -> Judgement:
    quality, reasons = _quality(one)
    kind = one.kind
    if is_official and kind in {"mention", "application", "other paper", "unrelated"}:
        kind = "library" if one.signs.library >= A_LIBRARY else "code"
    low, high = _OFFICIAL if is_official and kind in _ABOUT_PAPER else _RANGES[kind]
    if is_official and kind in _ABOUT_PAPER:
        quality = min(1.0, official.total(evidence) / 2)
    found = tuple(
        dict.fromkeys(f"found by {told.source}: {told.kind}" for told in one.lead.mentions)
    )
    return Judgement(
        lead=one.lead,
        score=round(low + (high - low) * quality, 6),
        kind=kind,
        official=tuple(e.words for e in evidence),
        is_official=is_official,
        why=(*found, one.why, *reasons),
    )


def _quality(one: _Read) -> tuple[float, tuple[str, ...]]:
    """Return how good a repository is among its kind, and what speaks for it."""
    signs, repository = one.signs, one.lead.repository
    shown = [said for said in signs.said if said.place != "referring"]
    front = [said for said in shown if said.place in {"title", "head"}]
    table = any(line.count("|") >= _TABLE for line in one.page.lines)
    baseline = one.kind == "other paper" and any(
        said.is_certain and cues.BASELINE.search(said.text) for said in shown
    )
    about = any(said.place == "about" and said.names - {"acronym"} for said in shown)
    points = (
        ("its description names the paper", 0.15, about),
        ("its README begins with the paper", 0.15, any(said.is_certain for said in front)),
        ("it says that it implements it", 0.15, any(s.implements and s.names for s in shown)),
        ("it shows how to train", 0.2, signs.trains),
        ("it gives results", 0.1, table),
        ("its name is the paper's", 0.05, one.has_name),
        ("it has the paper as a baseline", 0.4, baseline),
    )
    stars = min(math.log10(1 + max(repository.stars or 0, 0)) / 5, 1.0)
    less = 0.1 * min(signs.parts, 2) + 0.05 * min(signs.library, 4)
    less += 0.02 * repository.is_archived
    quality = 0.05 + sum(weight for _, weight, holds in points if holds) + 0.1 * stars - less
    return max(0.0, min(1.0, quality)), tuple(text for text, _, holds in points if holds)
