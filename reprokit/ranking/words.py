"""Text as it is compared: folded, without TeX, as words, as a pattern of words.

Pure. All patterns are bounded, and long texts are cut before they get here.
"""

import re
import unicodedata
from functools import lru_cache

_PLURAL = 4
LONGEST = 40_000  # characters of a text that are read


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that are parted by spaces."""
    return frozenset(text.split())


# Words that no title is known by.
SMALL = word_set(
    "a an and are as at be but by can cannot do does for from has have how if in into is "
    "it its not of on or our over that the their them they this to under up via was we "
    "what when where which who why will with without you your all"
)

_TEX_ACCENT = re.compile(r"\\[`'^\"~=.](?:\{([A-Za-z])\}|([A-Za-z]))")
# Letters that are spoken by their names, in TeX and in Unicode.
_GREEK = dict(
    zip(
        "\u03b1\u03b2\u03b3\u03b4\u03b5\u03b6\u03b7\u03b8\u03ba\u03bb\u03bc\u03bd\u03be\u03c0\u03c1\u03c3\u03c4\u03c6\u03c7\u03c8\u03c9",
        [
            "alpha",
            "beta",
            "gamma",
            "delta",
            "epsilon",
            "zeta",
            "eta",
            "theta",
            "kappa",
            "lambda",
            "mu",
            "nu",
            "xi",
            "pi",
            "rho",
            "sigma",
            "tau",
            "phi",
            "chi",
            "psi",
            "omega",
        ],
        strict=True,
    )
)
SPOKEN = str.maketrans(_GREEK)
_TEX_GREEK = re.compile(rf"\\(?:var)?({'|'.join(_GREEK.values())})(?![A-Za-z])", re.IGNORECASE)
_TEX_COMMAND = re.compile(r"\\[A-Za-z]{1,30}\*?[ \t]{0,3}")
_TEX_REST = re.compile(r"[\\{}$^]")
_WORD = re.compile(r"[^\W_]+")
_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?github\.com/([A-Za-z0-9-]{1,39})/([A-Za-z0-9._-]{1,100})",
    re.IGNORECASE,
)
_NO_OWNER = frozenset({"sponsors", "orgs", "topics", "features", "about", "marketplace"})


def fold(text: str) -> str:
    """Return the text as it is compared: compatible letters, no accents, lower case."""
    if text.isascii():
        return text[:LONGEST].lower()
    spread = unicodedata.normalize("NFKD", text[:LONGEST])
    bare = "".join(c for c in spread if not unicodedata.combining(c))
    return bare.casefold().translate(SPOKEN)


def plain(text: str) -> str:
    """Return a title or an abstract without TeX."""
    said = _TEX_ACCENT.sub(lambda match: match[1] or match[2], text[:LONGEST])
    spoken = _TEX_GREEK.sub(r"\1", said).translate(SPOKEN)
    return " ".join(_TEX_REST.sub("", _TEX_COMMAND.sub("", spoken)).replace("~", " ").split())


def words(text: str) -> list[str]:
    """Return the words of a text, folded."""
    return _WORD.findall(fold(text))


def singular(word: str) -> str:
    """Return a word without the `s` of a plural."""
    return word[:-1] if len(word) >= _PLURAL and word[-1] == "s" and word[-2] not in "siu" else word


@lru_cache(maxsize=512)
def phrase(said: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of words in a row in folded text, whatever parts them, also plural.

    A gap is short, so that words of two paragraphs are not one phrase.
    """
    forms = [re.escape(singular(word)) + "(?:s|es)?" for word in said]
    return re.compile(r"(?<![^\W_])" + r"[\W_]{1,6}".join(forms) + r"(?![^\W_])")


def linked(text: str) -> tuple[tuple[str, int], ...]:
    """Return the repositories that a text links to, folded, with their places."""
    found = (
        (match[1], match[2].rstrip(".,").removesuffix(".git"), match.start())
        for match in _LINK.finditer(text[:LONGEST])
    )
    return tuple(
        (f"{owner}/{name}".casefold(), place)
        for owner, name, place in found
        if name and owner.lower() not in _NO_OWNER
    )
