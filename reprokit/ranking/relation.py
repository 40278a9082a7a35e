"""How a text speaks of a paper: where it names it, and what it says there.

Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reprokit.ranking import cues
from reprokit.ranking.page import Page, numbers_in
from reprokit.ranking.terms import Terms
from reprokit.ranking.words import SMALL, SPOKEN, fold, linked, word_set, words

CERTAIN = frozenset({"id", "title", "authors", "link"})
_SENTENCE = re.compile(r"(?<=[.!?])\s{1,4}(?=[A-Z*_\[`\"'(])|[\u3002\uff01\uff1b]")
_MOST_SENTENCES = 400
_TITLE = 3  # telling words, at least

# What may stand before a title without making another title of it.
_INTRODUCING = SMALL | word_set(
    "paper article work called titled entitled named dubbed implementation "
    "implementations reimplementation reproduction reproducing reproduce replication "
    "replicating code pytorch torch tensorflow tf tf1 tf2 keras jax flax haiku mxnet "
    "chainer paddle paddlepaddle julia numpy rust official unofficial original vanilla "
    "simple minimal tiny mini nano annotated clean plain basic fast easy s paperswithcode "
    "abs pdf reimplementing understanding arxiv version release implementing own like "
    "using method model algorithm"
)
_FOLLOWING = re.compile(
    r"\s(?:for|with|via|in|on|without|but|meets|using|beyond|and)\s([\w+-]{2,30})"
)
_FRAMEWORKS = word_set(
    "pytorch torch tensorflow tf tf2 keras jax flax haiku mxnet gluon chainer paddle "
    "paddlepaddle julia numpy rust python c++ matlab lua lightning"
)
_SPAN = re.compile(
    r"\*{1,3}([^*\n]{8,200})\*{1,3}|[\"\u201c]([^\"\u201c\u201d\n]{8,200})[\"\u201d]|"
    r"(?<!\w)_([^_\n]{8,200})_(?!\w)"
)
_OBJECT = re.compile(
    r"(?:implementations?|code ?base|code release|code|release|reproduction|replication|version|"
    r"repository)"
    r"(?: (?:for|of|accompanying))(?: (?:the|our|a))?(?: [\w&'-]{1,20})?(?: paper|"
    r" article)?:? (.{5,200})",
    re.IGNORECASE,
)
# `the official repository of *Squeezer*`
_OWN_NAME = re.compile(
    r"\b[Oo]fficial (?:\w{1,20} ){1,3}(?:of|for) [*\"_]{1,3}[A-Z][\w+-]{2,30}[*\"_]"
)
_NAME_COLON = re.compile(r"\s*[\"*_\[]{0,3}(?:[\w+.@-]{2,25})(?: \w{1,15})?: \w")


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence that names the paper, or claims to be the code of something.

    Args:
        text: Folded, without the paper's title.
        raw: In its own letters.
        names: How it names the paper: `id`, `title`, `authors`, `link`, `expansion`, `acronym`.
        place: `about`, `title`, `head`, `body` or `referring`.
        implements: It says that this implements something.
        owns: It says that this is the authors' own.
        cites: It names the paper as something else's base, rival or background.
        other: It claims to be of another paper.
    """

    text: str
    raw: str
    names: frozenset[str]
    place: str
    implements: bool
    owns: bool
    cites: bool
    other: bool

    @property
    def is_certain(self) -> bool:
        """Whether it names the paper and no other thing of that name."""
        return bool(self.names & CERTAIN)


def sayings(page: Page, terms: Terms, links: frozenset[str] = frozenset()) -> tuple[Saying, ...]:
    """Return the sentences of a page that matter for a paper, in their order.

    Args:
        page: The page.
        terms: Of the paper.
        links: Folded names of repositories that are known to be the authors'.
    """
    found = (_saying(raw, place, terms, links) for raw, place in _sentences(page))
    return tuple(one for one in found if one.names or one.other or one.owns)


def _sentences(page: Page) -> Iterator[tuple[str, str]]:
    for piece in _SENTENCE.split(page.about):
        if piece:
            yield piece, "about"
    seen, taken = 0, 0
    for line in page.raw.split("\n"):
        is_title = not seen and page.title and line == page.title
        pieces = [line] if is_title else [piece for piece in _SENTENCE.split(line) if piece]
        for piece in pieces:
            place = "title" if is_title else "head" if seen < len(page.head) else "body"
            yield piece, place
            taken += 1
            if taken > _MOST_SENTENCES:
                return
        seen += len(line) + 1
    for line in page.referring.split("\n")[:_MOST_SENTENCES]:
        yield line, "referring"


def _saying(raw: str, place: str, terms: Terms, links: frozenset[str]) -> Saying:
    text = fold(raw)
    names = frozenset(named(text, raw, terms, links))
    owns = bool(cues.OWN.search(text)) and not cues.UNOFFICIAL.search(text)
    certain = bool(names & CERTAIN)
    told = _without_titles(text, terms)
    other = place != "referring" and not certain and _is_of_another(raw, text, names, terms, place)
    implements, cites = bool(cues.IMPLEMENTS.search(told)), bool(cues.CITES.search(told))
    return Saying(told, raw, names, place, implements, owns, cites, other)


def _without_titles(text: str, terms: Terms) -> str:
    """Return a text without the paper's title, whose words say nothing of the repository."""
    for title in terms.titles:
        text = title.sub(" \u2026 ", text)
    return text


def named(text: str, raw: str, terms: Terms, links: frozenset[str] = frozenset()) -> Iterator[str]:
    """Return the ways in which a folded text names a paper."""
    if terms.id.search(text):
        yield "id"
    if any(_is_whole(match, text) for title in terms.titles for match in title.finditer(text)):
        yield "title"
    if terms.byline.search(text):
        yield "authors"
    if links and any(name in links for name, _ in linked(text)):
        yield "link"
    if any(_is_whole(match, text) for match in terms.expansion.finditer(text)):
        yield "expansion"
    if terms.acronym.search(raw.translate(SPOKEN)):
        yield "acronym"


def _is_whole(match: re.Match[str], text: str) -> bool:
    """Tell whether a title stands alone, and is no part of a follow-up's longer title."""
    before = re.search(r"(\w{1,40})[ -]$", text[max(0, match.start() - 42) : match.start()])
    if before and before[1] not in _INTRODUCING and not before[1].isdigit():
        return False
    opened = text[max(0, match.start() - 1) : match.start()] in set("\"*_\u201c'")
    after = _FOLLOWING.match(text, match.end())
    return not (opened and after and after[1] not in _FRAMEWORKS)


def _is_of_another(raw: str, text: str, names: frozenset[str], terms: Terms, place: str) -> bool:
    """Tell whether a sentence that does not name the paper claims to be of another one."""
    owns = bool(cues.OWN.search(text))
    if "acronym" in names and _has_other_subtitle(raw, terms):
        return True
    if place == "title" and _NAME_COLON.match(raw) and _is_title(raw.partition(": ")[2]):
        return not names
    if owns and not names and _is_of_own_name(raw, place):
        return True
    if not owns and (not cues.IMPLEMENTS.search(text) or cues.POINTS_AWAY.search(text)):
        return False
    return bool(numbers_in(text)) or _has_title(raw, names)


def _is_of_own_name(raw: str, place: str) -> bool:
    named_first = place == "about" and _NAME_COLON.match(raw)
    return bool(named_first or _OWN_NAME.search(raw))


def _has_title(raw: str, names: frozenset[str]) -> bool:
    """Tell whether a sentence has a title in quotes, or as what it is the code of."""
    spans = [next(part for part in match.groups() if part) for match in _SPAN.finditer(raw)]
    if any(_is_title(span) for span in spans if "//" not in span):
        return True
    said = _OBJECT.search(raw)
    return bool(said and not names and _is_title(said[1]))


def _has_other_subtitle(raw: str, terms: Terms) -> bool:
    """Tell whether the acronym is followed by a colon and by words that are not the title's."""
    ours = frozenset(terms.title_words)
    for match in terms.acronym.finditer(raw):
        behind = raw[match.end() : match.end() + 200]
        said = [word for word in words(behind) if word not in _INTRODUCING][:6]
        shared = sum(word in ours for word in said)
        if behind.startswith(": ") and len(said) >= _TITLE and shared <= len(said) / 3:
            return True
    return False


def _is_title(said: str) -> bool:
    """Tell whether words look like the title of a paper: a name and a colon, or capitals."""
    if _NAME_COLON.match(said):
        return len(words(said)) > _TITLE
    spoken = [
        word for word in re.findall(r"[^\W\d_][\w'-]{0,40}", said)[:10] if fold(word) not in SMALL
    ]
    return len(spoken) >= _TITLE and sum(word[0].isupper() for word in spoken) >= max(
        _TITLE, len(spoken) - 1
    )
