"""Who says that a repository is the authors' own code, and how much that is worth.

Pure. Several may be; a repository's own words are never enough where somebody else is known.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reprokit.paper import Paper
from reprokit.ranking import cues
from reprokit.ranking.relation import Saying
from reprokit.ranking.terms import Terms
from reprokit.ranking.words import fold, linked, plain, words
from reprokit.repositories import Lead, Mention

ENOUGH = 0.7  # of all evidence together
SURE = 0.85  # one piece that names the repository from the authors' side

_OTHERS = re.compile(
    r"\b(?:we (?:also )?(?:compare|build|base|start|adapt|modif|extend|use|thank)|compar(?:e|ed|"
    r"ison)|baselines?|"
    r"based (?:up)?on|build(?:s|ing)? (?:up)?on|built (?:up)?on|adapted from|borrow\w{0,3}|thank|"
    r"whose|their|"
    r"provided by|third[- ]part\w{1,3}|un-?official|re-?implement\w{0,6} by|implemented by|forked|"
    r"taken from|follow(?:s|ing)?|data ?sets? (?:is|are|at|from|:))"
)
_OURS = re.compile(
    r"\b(?:our|we (?:release|provide|publish|make|open)|code|implementation|source|software|"
    r"available|"
    r"released|project page|reproduce|repository)\b"
)
_SHORTEST_PAGE = 8
_SHORTEST_NAME, _LONG_NAME = 4, 6


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a repository being the authors'.

    Args:
        words: In words, for the user.
        weight: From 0 to 1.
        by_itself: It is no more than the repository's own word.
    """

    words: str
    weight: float
    by_itself: bool = False


def from_paper(paper: Paper, lead: Lead, known: frozenset[str]) -> tuple[Evidence, ...]:
    """Return what the paper's abstract and comment say of a repository.

    Args:
        paper: The paper.
        lead: The repository.
        known: Folded names of all leads; a link to none of them may be a former name.
    """
    found: list[Evidence | None] = []
    for kind, text in (("abstract", paper.abstract or ""), ("comment", paper.comment or "")):
        mentions = [one for one in lead.mentions if (one.source, one.kind) == ("arxiv", kind)]
        found += [_judged(kind, text, place) for place in _places(text, lead, mentions, known)]
        if mentions and not linked(text):
            found.append(_judged(kind, mentions[0].detail, 0))
    best = {}
    for one in sorted(filter(None, found), key=lambda one: one.weight):
        best[one.words] = one
    return tuple(best.values())


def _places(text: str, lead: Lead, mentions: Sequence[Mention], known: frozenset[str]) -> list[int]:
    name = lead.repository.name.casefold()
    links = linked(text)
    own = [place for link, place in links if link == name]
    if own or not mentions:
        return own
    # Somebody followed the link: the repository has been renamed since.
    told = {link for one in mentions for link, _ in linked(f"{one.detail} {one.url}")}
    moved = [(link, place) for link, place in links if link not in known]
    return [place for link, place in moved if link in told or len(moved) == 1]


def _judged(kind: str, text: str, place: int) -> Evidence | None:
    """Read the words around a link: `our code is at` or `we compare with`."""
    before = re.split(r"(?<=[.;!?])\s", text[max(0, place - 200) : place])[-1]
    after = re.split(r"[.;]\s", text[place : place + 160])[0]
    around = fold(f"{before} {after}")
    if _OTHERS.search(around) and not re.search(r"\bour (?:code|implementation|own)", around):
        return Evidence(f"the {kind} links to it, but as somebody else's code", 0.0)
    if _OURS.search(around) or kind == "comment":
        return Evidence(f"the {kind} links to it", 1.0)
    return Evidence(f"the {kind} links to it", SURE)


def from_services(lead: Lead) -> tuple[Evidence, ...]:
    """Return what Hugging Face and the lists of papers with code say."""
    said = {(one.source, one.kind) for one in lead.mentions}
    known = {
        ("huggingface", "user"): Evidence("Hugging Face: added by a user", 0.9),
        ("huggingface", "project-page"): Evidence("Hugging Face: it is the project page", 0.7),
        ("paperswithcode", "official"): Evidence("Papers with Code calls it official", 0.5),
        ("catalogue", "official"): Evidence("the catalogue calls it official", SURE),
        ("huggingface", "auto"): Evidence("Hugging Face guesses it", 0.3),
    }
    return tuple(evidence for key, evidence in known.items() if key in said)


def from_owner(lead: Lead, terms: Terms) -> tuple[Evidence, ...]:
    """Return whether the owner's name is an author's."""
    owner = lead.repository.name.partition("/")[0]
    login = "".join(words(owner))
    parts = words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", owner))
    for name in terms.author_words:
        shown = " ".join(word.capitalize() for word in name)
        full, short = "".join(name), name[0] + name[-1]
        initial = name[0][0] + name[-1]
        if len(name) > 1 and (full in login or (short in login and len(short) > _LONG_NAME)):
            return (Evidence(f"its owner bears an author's name: {shown}", 0.5),)
        if len(name) > 1 and len(name[-1]) >= _SHORTEST_NAME and login.startswith(initial):
            return (Evidence(f"its owner bears an author's name: {shown}", 0.45),)
        if len(name[-1]) > _SHORTEST_NAME + 1 and name[-1] in parts:
            return (Evidence(f"its owner bears an author's family name: {shown}", 0.25),)
    return ()


def from_own_words(said: Sequence[Saying], *, about_paper: bool) -> tuple[Evidence, ...]:
    """Return whether the repository calls itself official, or the paper its own.

    A claim counts if its sentence names the paper, or names none and the page is about it.
    """
    if disclaims(said):
        return ()
    for one in said:
        if not one.owns or one.place in {"referring", "body"} or one.other:
            continue
        if _points_elsewhere(one) or (not one.names and not about_paper):
            continue
        kind = "description" if one.place == "about" else "README"
        told = "'official'" if "official" in one.text else "that the paper is its owner's"
        if "official" not in one.text and not one.names and one.cites:
            continue
        return (Evidence(f"its {kind} says {told}", 0.45, by_itself=True),)
    return ()


def _points_elsewhere(one: Saying) -> bool:
    return bool(linked(one.raw)) and bool(cues.POINTS_AWAY.search(one.text))


def disclaims(said: Iterable[Saying]) -> bool:
    """Tell whether a repository says that it is not the authors'."""
    return any(
        cues.UNOFFICIAL.search(one.text) and (one.names or "affiliated" in one.text)
        for one in said
        if one.place in {"about", "title", "head"}
    ) or any(_points_elsewhere(one) and "link" in one.names for one in said)


def pointed_to(leads: Sequence[Lead], sayings: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how many owners' READMEs call a repository the authors', by folded name.

    Args:
        leads: All repositories.
        sayings: The lines of each README, by folded name.
    """
    votes: dict[str, set[str]] = {}
    for lead in leads:
        if lead.repository.is_fork:
            continue
        own = lead.repository.name.casefold()
        owner = own.partition("/")[0]
        for line in sayings.get(own, ()):
            if "github.com/" not in line or not cues.POINTS_AWAY.search(fold(line)):
                continue
            links = linked(line)
            if len({name for name, _ in links}) == 1 and not links[0][0].startswith(f"{owner}/"):
                votes.setdefault(links[0][0], set()).add(owner)
    return {name: len(owners) for name, owners in votes.items()}


def from_others(lead: Lead, votes: Mapping[str, int]) -> tuple[Evidence, ...]:
    """Return whether other repositories point to this one as the authors'."""
    count = votes.get(lead.repository.name.casefold(), 0)
    if not count:
        return ()
    others = "another repository calls" if count == 1 else f"{count} other repositories call"
    return (Evidence(f"{others} it the authors'", min(0.2 + 0.1 * count, 0.5)),)


def from_homepage(paper: Paper, lead: Lead) -> tuple[Evidence, ...]:
    """Return whether its homepage is a page that the paper names."""
    page = lead.repository.homepage.strip().rstrip("/").partition("://")[2].casefold()
    told = plain(f"{paper.abstract or ''} {paper.comment or ''}").casefold()
    if (
        page.count(".")
        and len(page) > _SHORTEST_PAGE
        and "github.com/" not in page
        and page in told
    ):
        return (Evidence("its homepage is the page that the paper names", 0.3),)
    return ()


def total(evidence: Iterable[Evidence]) -> float:
    """Return what all evidence is worth together."""
    return sum(one.weight for one in evidence)
