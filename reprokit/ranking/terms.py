"""What a paper is known by: its id, its title, its acronym, its authors.

Pure.
"""

import re
from dataclasses import dataclass
from typing import Self

from reprokit.paper import Paper
from reprokit.ranking.words import SMALL, fold, phrase, plain, singular, word_set, words

_SHORTEST_TITLE = 3  # words; a shorter title is a phrase of the language
_LONGEST_ACRONYM = 20
_LONG_WORD = 5
_NEVER = re.compile(r"(?!)")

_BEFORE_COLON = re.compile(r"\s*([A-Za-z0-9][\w@+.*/-]{1,24})\s*(?::|--| - |\u2013|\u2014)\s*\S")
_IN_PARENTHESES = re.compile(r"\(([A-Za-z][A-Za-z0-9+-]{1,14})\)")
_NAMED = re.compile(
    r"\b(?:call(?:ed)?|nam(?:e|ed)|dub(?:bed)?|term(?:ed)?|present|propose|introduce|train|denote)"
    r"(?: (?:it|this|our|the|a|an|as|by|method|model|approach|listwise|novel|new|ranker|"
    r"system)){0,4}"
    r",? (?:the )?[\"'\u201c`]{0,2}([A-Za-z][A-Za-z0-9+-]{1,14})\b"
)
_COMPOUND = re.compile(
    r"(?<![\w-])(?!(?:non|multi|semi|pre|co|re|pseudo|"
    r"anti)-)[A-Za-z0-9]{1,10}-[A-Z]{2,6}[a-z]?(?![\w-])"
)
_APPOSED = re.compile(r", ([A-Za-z][A-Za-z0-9+-]{2,14}),")


# Words of any abstract.
_COMMON = word_set(
    "model paper method train training result using based learning network neural "
    "approach propose present which their these state performance better other achieve "
    "problem algorithm deep machine large small number first available implementation"
)
_LEADING = frozenset({"with", "by", "via", "from", "for", "of"})
_MODELS = (
    *("network", "net", "model", "autoencoder", "encoder", "transformer", "machine", "field"),
    *("process", "flow", "tree", "forest", "policy", "memory", "kernel", "replay", "search"),
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The patterns by which texts are read; all are for folded text but `acronym`.

    Args:
        number: The id without its version, empty where there is none.
        id: Of the id in any of its spellings.
        titles: Of the title and of the part of it that alone names the paper.
        title_words: Of the whole title.
        acronym: In the case that the paper has.
        acronym_text: The acronym, or an empty text.
        expansion: Of the words that the acronym stands for.
        byline: Of the first author with another, or with `et al`.
        authors: The family names, folded.
        author_words: The words of each author's name, folded.
        context: The longer words of title and abstract.
    """

    number: str
    id: re.Pattern[str]
    titles: tuple[re.Pattern[str], ...]
    title_words: tuple[str, ...]
    acronym: re.Pattern[str]
    acronym_text: str
    expansion: re.Pattern[str]
    byline: re.Pattern[str]
    authors: tuple[str, ...]
    author_words: tuple[tuple[str, ...], ...]
    context: frozenset[str]

    @classmethod
    def of(cls, paper: Paper, acronym: str | None = None) -> Self:
        """Return the terms of a paper; `acronym` counts for more than what is found in it."""
        title = plain(paper.title)
        known = plain(acronym or "")[:_LONGEST_ACRONYM] or acronym_of(paper) or ""
        names = tuple(tuple(words(plain(name))) for name in paper.authors[:200])
        stands_for = expansion_of(known, f"{title}. {plain(paper.abstract or '')}")
        number = paper.id.number if paper.id else ""
        return cls(
            number=number,
            id=_id_pattern(number),
            titles=_titles(title),
            title_words=tuple(words(title)),
            acronym=_acronym_pattern(known),
            acronym_text=known,
            expansion=phrase(stands_for) if stands_for else _NEVER,
            byline=_byline(tuple(name[-1] for name in names if name)),
            authors=tuple(name[-1] for name in names if name and len(name[-1]) > 1),
            author_words=tuple(name for name in names if name),
            context=_context(f"{title} {plain(paper.abstract or '')}", known),
        )


def _id_pattern(number: str) -> re.Pattern[str]:
    if not number:
        return _NEVER
    archive, _, digits = number.rpartition("/")
    # cs/0205070 is also written cs.CL/0205070.
    before = rf"{re.escape(archive)}(?:\.[a-z]{{2}})?/" if archive else ""
    return re.compile(rf"(?<![\w.]){before}{re.escape(digits)}(?:v\d{{1,2}})?(?![\d])")


def _byline(families: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of `Kipf & Welling`, `Bai, Kolter and Koltun`, `Ho et al`."""
    if not families or len(families[0]) <= 1:
        return _NEVER
    first = re.escape(families[0])
    second = (
        rf"|(?:,| and| &|,? and)\s{{1,2}}{re.escape(families[1])}\b" if len(families) > 1 else ""
    )
    return re.compile(rf"\b{first}(?:,? et\.? al\b{second})")


def _acronym_pattern(acronym: str) -> re.Pattern[str]:
    """Return the pattern of an acronym in text that is not folded: HER is a word."""
    if len(acronym) <= 1:
        return _NEVER
    return re.compile(rf"(?<![^\W_])(?<!\w-){re.escape(acronym)}s?(?![^\W_]|\+\+|-[A-Z0-9])")


def title_parts(title: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of a title, then of its part before or behind the colon if that says enough.

    One word before the colon is a name, and the rest is the title; several are what people quote.
    """
    head, colon, rest = title.partition(": ")
    whole, first, second = (_begun(tuple(words(part))) for part in (title, head, rest))
    found = [whole]
    if colon and telling(first) >= _SHORTEST_TITLE:
        found.append(first)
    if colon and telling(second) >= _SHORTEST_TITLE:
        found.append(second)
    question = title.find("?")
    if 0 < question < len(title) - 1:
        found += [
            part for part in (tuple(words(title[question:])),) if telling(part) > _SHORTEST_TITLE
        ]
    return tuple(part for part in found if part)


def _context(text: str, acronym: str) -> frozenset[str]:
    said = (singular(word) for word in words(text) if word not in SMALL)
    return (
        frozenset(word for word in said if len(word) >= _LONG_WORD)
        - frozenset(words(acronym))
        - _COMMON
    )


def _begun(said: tuple[str, ...]) -> tuple[str, ...]:
    """Return words without an article before them, which people leave out."""
    return (
        said[1:]
        if len(said) > _SHORTEST_TITLE - 1 and said[0] in {"a", "an", "the", "on"}
        else said
    )


def telling(said: tuple[str, ...]) -> int:
    """Return how many of the words are not small."""
    return sum(word not in SMALL for word in said)


def _titles(title: str) -> tuple[re.Pattern[str], ...]:
    return tuple(phrase(part) for part in title_parts(title) if len(part) > 1)


def acronym_of(paper: Paper) -> str | None:
    """Return the name that a paper gives to its method, if it gives one.

    It stands before the title's colon, in parentheses behind the words that it abbreviates, or
    is what the abstract says that it is called; or a short title's initials are it.
    """
    title, abstract = plain(paper.title), plain(paper.abstract or "")
    before = _BEFORE_COLON.match(title)
    if before and _is_name(before[1]):
        return before[1]
    compound = _COMPOUND.search(title)
    if compound:
        return compound[0]
    for text in (title, abstract):
        for match in _IN_PARENTHESES.finditer(text):
            if _capitals(match[1]) > 1 and expansion_of(match[1], text[: match.start()]):
                return match[1]
    for pattern in (_NAMED, _APPOSED):
        for match in pattern.finditer(abstract):
            if _capitals(match[1]) > 1 and not match[1].isupper():
                return match[1]
            if _capitals(match[1]) > 1 and expansion_of(match[1], title):
                return match[1]
    return _initials(title)


def _is_name(word: str) -> bool:
    return fold(word) not in SMALL and bool(re.search("[A-Z]", word)) and not word.isdigit()


def _capitals(word: str) -> int:
    return sum(letter.isupper() for letter in word)


def _initials(title: str) -> str | None:
    """Return the initials of three or four telling words: the last, the first or all of a title.

    The last ones count where they name a kind of model: `... with Graph Convolutional Networks`.
    """
    said = title.split()
    small = [place for place, word in enumerate(said) if fold(word) in SMALL]
    if not small:
        return _initials_of(said)
    if fold(said[small[-1]]) in _LEADING and said[-1].lower().startswith(_MODELS):
        return _initials_of(said[small[-1] + 1 :])
    if fold(said[small[0]]) in _LEADING:
        return _initials_of(" ".join(said[: small[0]]).replace("-", " ").split())
    return None


def _initials_of(said: list[str]) -> str | None:
    fits = len(said) in {3, 4} and all(map(_starts_name, said))
    return "".join(word[0] for word in said) if fits else None


def _starts_name(word: str) -> bool:
    return word.isalpha() and word[0].isupper()


def expansion_of(acronym: str, text: str) -> tuple[str, ...]:
    """Return the words in a row, the last such, that an acronym abbreviates; empty if none do."""
    letters = [letter for letter in fold(acronym) if letter.isalnum()]
    if len(letters) > 1 and _capitals(acronym) > 1:
        letters = letters[:-1] if acronym[-1] == "s" else letters
    said = words(text)
    for size in range(2, min(len(letters), 8) + 1):
        for start in range(len(said) - size, -1, -1):
            row = said[start : start + size]
            if row[0] not in SMALL and row[-1] not in SMALL and _abbreviates(letters, row):
                return tuple(singular(word) if word == row[-1] else word for word in row)
    return ()


def _abbreviates(letters: list[str], row: list[str]) -> bool:
    """Tell whether the letters are beginnings of each of the words, one after the other."""
    place = 0
    for number, word in enumerate(row):
        left = len(row) - number - 1
        taken = 0
        while (
            place < len(letters) - left
            and taken < min(len(word), 3)
            and word[taken] == letters[place]
        ):
            taken, place = taken + 1, place + 1
        if not taken:
            return False
    return place == len(letters)
