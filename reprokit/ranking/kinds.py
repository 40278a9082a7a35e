"""What a repository is to a paper: its code, a part of it, a library, a list, another paper's.

Pure.
"""

from collections.abc import Mapping

from reprokit.ranking import cues
from reprokit.ranking.page import Page
from reprokit.ranking.signs import (
    Signs,
    describes,
    is_likely,
    is_list,
    is_promise,
    names_match,
    says_copy,
)
from reprokit.ranking.terms import Terms
from reprokit.ranking.words import fold
from reprokit.repositories import Lead

A_LIBRARY, A_PART = 3, 2  # signs
_SOME = 3  # lines that a copy of something has


def kind_of(
    lead: Lead,
    page: Page,
    signs: Signs,
    terms: Terms,
    original: str | None,
    pages: Mapping[str, Page],
) -> tuple[str, str]:
    """Return the kind of a repository, and what tells it."""
    repository = lead.repository
    if repository.is_fork and not _is_reworked(lead, page, pages, original):
        return "fork", f"it is a fork of {repository.parent or original or 'another repository'}"
    if not repository.is_fork and (original or (says_copy(repository) and len(page.lines) > _SOME)):
        return "mirror", f"it is a copy of {original or 'another repository'}"
    if is_list(repository, page):
        return "list", "it is a list, notes or homework"
    if is_promise(repository, page):
        if cues.DATA.search(fold(page.about + " " + page.title)):
            return "data", "it holds data"
        return "promise", "there is no code in it"
    return _kind_of_code(lead, page, signs, terms)


def _is_reworked(lead: Lead, page: Page, pages: Mapping[str, Page], original: str | None) -> bool:
    """Tell whether a fork is more than a copy: its own words say that it was ported."""
    parent = lead.repository.parent or ""
    theirs = next(
        (one for name, one in pages.items() if name.casefold() == parent.casefold()), None
    )
    if original or (theirs and theirs.lines == page.lines):
        return False
    return bool(cues.REWORKED.search(fold(page.about) + " " + page.head))


def _kind_of_code(lead: Lead, page: Page, signs: Signs, terms: Terms) -> tuple[str, str]:
    if signs.named in {"", "acronym", "expansion"} and signs.ours is None:
        return _kind_by_reference(lead, page, signs, terms)
    if signs.other and (signs.ours is None or signs.ours.place != "about"):
        return "other paper", "it is the code of another paper"
    if _holds_many(signs):
        return "library", "it is a library that names the paper among others"
    if signs.first_is_other and not signs.parts and not _claims(signs):
        return "other paper", "it names another paper first"
    if signs.ours is None:
        return _kind_of_passing(signs)
    return _kind_of_ours(signs)


def _kind_by_reference(lead: Lead, page: Page, signs: Signs, terms: Terms) -> tuple[str, str]:
    """Return the kind of one whose text names the paper by a name that may be another's."""
    refers = any(one.is_certain for one in signs.said)
    if not refers and not signs.named:
        return "unrelated", "it does not name the paper"
    if signs.other or signs.first_is_other:
        return "other paper", "it is of another paper and refers to this one or to its like"
    if refers and (names_match(lead.repository, terms) or describes(page, terms)):
        return ("part" if signs.parts else "code"), "it has the paper's name and refers to it"
    if not refers and is_likely(page, terms, signs.said):
        return ("part" if signs.parts else "code"), "it implements what has the paper's name"
    if refers:
        return "mention", "it only refers to the paper"
    return "mention", f"it says {terms.acronym_text}, which may be another"


def _holds_many(signs: Signs) -> bool:
    subject = signs.ours
    if subject is not None and subject.place in {"about", "title"}:
        return False
    return signs.library > A_LIBRARY or (signs.library == A_LIBRARY and not _claims(signs))


def _claims(signs: Signs) -> bool:
    """Tell whether a sentence says that the paper is implemented here."""
    return any(
        one.implements and one.names and not one.other
        for one in signs.said
        if one.place != "referring" and not (one.cites and one.place != "about")
    )


def _kind_of_passing(signs: Signs) -> tuple[str, str]:
    if any(cues.APPLIES.search(one.text) for one in signs.said):
        return "application", "it uses the paper's method for something"
    if signs.parts and any(one.is_certain for one in signs.said if one.place == "head"):
        return "part", "it has a part of the paper, or does not train"
    return "mention", "it names the paper in passing"


def _kind_of_ours(signs: Signs) -> tuple[str, str]:
    claims = _claims(signs)
    passing = [one for one in signs.said if one.is_certain and one.place in {"head", "body"}]
    if not claims and (signs.takes or (passing and all(one.cites for one in passing))):
        return "application", "it uses the paper's method for something"
    if signs.parts >= A_PART or (signs.parts and not (signs.trains and claims)):
        return "part", "it has a part of the paper, or does not train"
    if claims or (signs.ours and signs.ours.place in {"about", "title", "head"}):
        return "code", "it is about this paper"
    return "mention", "it names the paper in passing"
