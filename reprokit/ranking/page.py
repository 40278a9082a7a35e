"""A repository's texts, taken apart: what it says of itself, what it runs, what it refers to.

Pure.
"""

import re
from dataclasses import dataclass
from typing import Self

from reprokit.ranking.words import LONGEST, fold
from reprokit.repositories import Repository

_HEAD = 1600  # characters in which a README says what it is

_BADGE = re.compile(r"\[!\[[^\[\]\n]{0,200}\]\([^()\n]{0,400}\)\]\([^()\n]{0,400}\)")
_IMAGE = re.compile(r"!\[[^\[\]\n]{0,200}\]\([^()\n]{0,400}\)")
_ANCHOR = re.compile(r"<a\s[^<>]{0,200}?href=[\"']?([^\"'<> ]{1,300})[^<>]{0,100}>", re.IGNORECASE)
_TAG = re.compile(r"<(?!https?:)[^<>\n]{0,400}>")
_LINK = re.compile(r"\[([^\[\]\n]{0,300})\]\(\s{0,3}<?([^()\s]{0,400})[^()\n]{0,100}\)")
_HEADING = re.compile(r"#{1,6}\s+(.{1,300})")
_UNDERLINE = re.compile(r"(=|-){3,200}")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_BIB = re.compile(r"@[A-Za-z]{3,20}\s{0,3}[{(]")
_BIB_LONGEST = 40
_REFERRING = re.compile(
    r"^\W{0,8}(?:references?|bibliograph|citations?|cit(?:e|ing)\b|acknowledg|credits?|related|"
    r"licen[cs]e|star history|changelog|faq\b|contact|contribut|thanks|inspired|see also|"
    r"further reading|background|resources|links|参考|引用|致谢|todo)"
)
_NUMBER = re.compile(
    r"(?<![\w.])(?:(\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})|([a-z-]{2,9}(?:\.[a-z]{2})?/\d{7}))"
    r"(?:v\d{1,2})?(?!\d)"
)
_MARK = re.compile(r"^\W{0,3}\[(\d{1,2})\]\s?:?\s{0,3}(\S.{0,400})")


@dataclass(frozen=True, slots=True)
class Page:
    """A README and what stands above it, folded, with links as `text (target)`.

    Args:
        title: The first heading, in its own letters.
        about: The description, in its own letters.
        lines: Of the text, without code, citations and sections that refer to others.
        head: The first of these.
        referring: Sections of references, thanks and the like, and citations.
        code: Fenced and indented lines.
        headings: All of them.
        numbers: The arXiv ids outside citations, in their order, each once.
        raw: The text in its own letters, for names that are words when folded.
    """

    title: str
    about: str
    lines: tuple[str, ...]
    head: str
    referring: str
    code: str
    headings: tuple[str, ...]
    numbers: tuple[str, ...]
    raw: str

    @property
    def every_line(self) -> tuple[str, ...]:
        """The lines of text and references, without code."""
        return (*self.raw.split("\n"), *self.referring.split("\n"))

    @classmethod
    def of(cls, repository: Repository) -> Self:
        """Take apart what a repository says."""
        parts = _Parts()
        parts.read(_without_pictures(repository.readme or ""))
        body = _resolved(parts.body, parts.referring)
        folded = tuple(fold(line) for line in body)
        return cls(
            title=parts.headings[0] if parts.headings else "",
            about=repository.description[:1000],
            lines=folded,
            head="\n".join(folded)[:_HEAD],
            referring=fold("\n".join((*parts.referring, *parts.citations))),
            code=fold("\n".join(parts.code)),
            headings=tuple(fold(heading) for heading in parts.headings),
            numbers=numbers_in("\n".join((*folded, *map(fold, parts.referring)))),
            raw="\n".join(body),
        )


def numbers_in(folded: str) -> tuple[str, ...]:
    """Return the arXiv ids in a folded text, each once."""
    found = (match[1] or match[2] for match in _NUMBER.finditer(folded))
    return tuple(dict.fromkeys(found))


def _without_pictures(text: str) -> str:
    cut = text[:LONGEST].replace("\r\n", "\n")
    linked = _ANCHOR.sub(r" \1 ", _IMAGE.sub(" ", _BADGE.sub(" ", cut)))
    return _LINK.sub(r'"\1" (\2)', _TAG.sub(" ", linked))


class _Parts:
    """What the lines of a README are sorted into."""

    def __init__(self) -> None:
        self.body: list[str] = []
        self.referring: list[str] = []
        self.citations: list[str] = []
        self.code: list[str] = []
        self.headings: list[str] = []
        self._fence = ""
        self._refers = False
        self._open = 0

    def read(self, text: str) -> None:
        lines = text.split("\n")
        for line, following in zip(lines, (*lines[1:], ""), strict=True):
            self._line(line[:2000], following.strip()[:200])

    def _line(self, line: str, following: str) -> None:
        said = line.strip()
        fence = _FENCE.match(said)
        if self._open or _BIB.match(said):
            self._cite(said)
        elif fence:
            self._fence = "" if self._fence else fence[1]
        elif self._fence or line.startswith(("    ", "\t")):
            self.code.append(said)
        elif heading := _HEADING.match(said):
            self._head(heading[1])
        elif said and _UNDERLINE.fullmatch(following) and not said.startswith("|"):
            self._head(said[:300])
        elif said and not _UNDERLINE.fullmatch(said):
            (self.referring if self._refers else self.body).append(said)

    def _head(self, heading: str) -> None:
        self.headings.append(heading)
        self._refers = bool(_REFERRING.match(fold(heading)))
        (self.referring if self._refers else self.body).append(heading)

    def _cite(self, said: str) -> None:
        self.citations.append(said)
        self._open += 1
        if (said.startswith("}") or said.endswith(("}}", ")}"))) or self._open > _BIB_LONGEST:
            self._open = 0


def _resolved(body: list[str], referring: list[str]) -> list[str]:
    """Return the lines, with what `[1]` stands for beside it."""
    marks = {match[1]: match[2] for line in (*referring, *body) if (match := _MARK.match(line))}
    if not marks:
        return body

    def spelled(match: re.Match[str]) -> str:
        return f"{match[0]} ({marks[match[1]]})" if match[1] in marks else match[0]

    return [
        line if _MARK.match(line) else re.sub(r"\[(\d{1,2})\]", spelled, line)[:2000]
        for line in body
    ]
