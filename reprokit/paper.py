"""A paper and its arXiv id: the whole grammar of ids, and the record of what a paper is.

Pure. The text that a user gives is parsed here before anything is asked of anybody: no request
is ever made for a malformed id, and only a canonical id reaches a file name or a URL.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from reprokit.errors import InvalidPaper

# The archives of the ids of 1991-08 to 2007-03.
# fmt: off
ARCHIVES = frozenset({
    "acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph", "atom-ph", "bayes-an", "chao-dyn",
    "chem-ph", "cmp-lg", "comp-gas", "cond-mat", "cs", "dg-ga", "funct-an", "gr-qc", "hep-ex",
    "hep-lat", "hep-ph", "hep-th", "math", "math-ph", "mtrl-th", "nlin", "nucl-ex", "nucl-th",
    "patt-sol", "physics", "plasm-ph", "q-alg", "q-bio", "quant-ph", "solv-int", "supr-con",
})
# fmt: on

_EXAMPLES = "give an arXiv id as in 2011.14439, 1706.03762v5 or hep-th/9901001, or its URL or DOI"
_NO_ARXIV_ID = "a paper without an arXiv id starts from --title TITLE --url URL, or --from FILE"

# A command line is not a place for more; int() of a very long text is slow.
_LONGEST = 200
_SHOWN = 80

_NEW = re.compile(r"([0-9]{2})([0-9]{2})\.([0-9]{1,9})")
_OLD = re.compile(r"([a-z-]+)/([0-9]{2})([0-9]{2})([0-9]{3})")
_BARE_OLD = re.compile(r"[0-9]{7}")

# number, then the version; the class of an old id (two capitals) is no part of its number.
_ID = re.compile(
    r"(?P<new>[0-9]{4}\.[0-9]{1,9}|[0-9]{7})(?:[vV](?P<new_version>[0-9]{1,3}))?"
    r"|(?P<archive>[A-Za-z-]+)(?:\.[A-Z]{2})?/(?P<old>[0-9]{1,9})"
    r"(?:[vV](?P<old_version>[0-9]{1,3}))?"
)

# As arXiv prints it on the first page: the main class, then the date of the version.
_STAMP = re.compile(r" +\[[A-Za-z.-]+\](?: +[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4})?")

_ARXIV_URL = re.compile(
    r"(?:https?://)?(?:(?:www|export|cn)\.)?arxiv\.org"
    r"/(?:abs|pdf|html|src|e-print|format|ps)/(?P<rest>.+)",
    re.IGNORECASE,
)
_MIRROR_URL = re.compile(
    r"(?:https?://)?(?:www\.)?(?:(?:huggingface|hf)\.co/papers|alphaxiv\.org/(?:abs|pdf|overview))"
    r"/(?P<rest>.+)",
    re.IGNORECASE,
)
_DOI = re.compile(
    r"(?:doi: *|(?:https?://)?(?:dx\.|www\.)?doi\.org/)?10\.48550/arxiv\.(?P<rest>.+)",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"arxiv: *(?P<rest>.+)", re.IGNORECASE)

_DATE = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")
_WEB_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?#][!-~]*)?")
_UNSAFE_IN_URL = frozenset('<>"`{}|\\^')


@dataclass(frozen=True, slots=True)
class ArxivId:
    """A canonical arXiv id; it cannot be built malformed.

    Args:
        number: `2011.14439`, or of the old form `hep-th/9901001` without its class.
        version: From 1 on; `None` is the newest.
    """

    number: str
    version: int | None = None

    def __post_init__(self) -> None:
        hint = _complaint(self.number, self.version)
        if hint:
            raise InvalidPaper(f"{_shown(str(self))} is not an arXiv id", hint=hint)

    def __str__(self) -> str:
        return self.number if self.version is None else f"{self.number}v{self.version}"

    @property
    def abs_url(self) -> str:
        """The page of the paper."""
        return f"https://arxiv.org/abs/{self}"

    @property
    def file_stem(self) -> str:
        """The id as a part of a file name."""
        return str(self).replace("/", "_")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an id in any form that people paste: bare, prefixed, a URL, a DOI.

        Raises:
            InvalidPaper: The text names no arXiv paper; the hint says what may be meant.
        """
        stripped = text.strip(" \t\r\n")
        if not stripped or len(stripped) > _LONGEST or not re.fullmatch("[ -~]+", stripped):
            raise InvalidPaper(f"{_shown(text)} is not an arXiv id", hint=_EXAMPLES)
        match = _ID.fullmatch(_unwrap(stripped))
        if match is None:
            hint = _NO_ARXIV_ID if "://" in stripped else _EXAMPLES
            raise InvalidPaper(f"{_shown(text)} is not an arXiv id", hint=hint)
        version = match["new_version"] or match["old_version"]
        if version and version.startswith("0"):
            raise InvalidPaper(
                f"{_shown(text)} is not an arXiv id", hint="versions are counted from v1 on"
            )
        number = match["new"] or f"{match['archive'].lower()}/{match['old']}"
        return cls(number, int(version) if version else None)


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of a paper itself.

    Args:
        id: Its arXiv id, with the version that the rest was read from.
        title: In one line.
        authors: In the paper's order.
        published: `YYYY-MM-DD` of the first version, or as much of it as is known.
        updated: The same of this version.
        categories: arXiv's, the primary one among them.
        primary_category: arXiv's.
        abstract: With its line breaks.
        comment: The authors' comment on arXiv.
        journal_ref: Where it appeared.
        doi: Of the published article.
        url: Its page.
        withdrawn: Its authors withdrew it.
        unverified: The names of fields whose value was not checked against the paper's record.
    """

    id: ArxivId | None
    title: str
    authors: tuple[str, ...] = ()
    published: str | None = None
    updated: str | None = None
    categories: tuple[str, ...] = ()
    primary_category: str | None = None
    abstract: str | None = None
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    url: str | None = None
    withdrawn: bool = False
    unverified: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the paper as a JSON document: its id and version apart."""
        fields = {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if name != "id"
        }
        number = self.id.number if self.id else None
        return {"id": number, "version": self.id.version if self.id else None, **fields}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read a paper written by `to_json`.

        Raises:
            KeyError: The title is missing.
            TypeError: A value has another type than it must have, or a key is not known.
            ValueError: An id, a date or a URL is malformed.
        """
        for name in document:
            if name != "version" and name not in cls.__slots__:
                raise TypeError(f"paper.{_shown(name)} is no field of a paper")
        title, url = document["title"], _read_text(document, "url")
        if not isinstance(title, str):
            raise TypeError(_expected("title", title, "a text"))
        withdrawn = document.get("withdrawn", False)
        if not isinstance(withdrawn, bool):
            raise TypeError(_expected("withdrawn", withdrawn, "true or false"))
        if url is not None and not is_web_url(url):
            raise ValueError(_expected("url", url, "an http or https URL"))
        return cls(
            id=_read_id(document.get("id"), document.get("version")),
            title=title,
            published=_read_date(document, "published"),
            updated=_read_date(document, "updated"),
            url=url,
            withdrawn=withdrawn,
            authors=_read_texts(document, "authors"),
            categories=_read_texts(document, "categories"),
            unverified=_read_texts(document, "unverified"),
            primary_category=_read_text(document, "primary_category"),
            abstract=_read_text(document, "abstract"),
            comment=_read_text(document, "comment"),
            journal_ref=_read_text(document, "journal_ref"),
            doi=_read_text(document, "doi"),
        )


def is_web_url(text: str) -> bool:
    """Tell whether a text is an http(s) URL that can be printed between `<` and `>`."""
    return bool(_WEB_URL.fullmatch(text)) and not _UNSAFE_IN_URL & set(text)


def _shown(text: str) -> str:
    return ascii(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


def _unwrap(text: str) -> str:
    """Return what should be the id in a URL, a DOI, or behind the prefix."""
    for form in (_ARXIV_URL, _MIRROR_URL, _DOI):
        match = form.fullmatch(text)
        if match:
            path = re.split("[?#]", match["rest"], maxsplit=1)[0].rstrip("/")
            return re.sub(r"\.(?:pdf|md)$", "", path, flags=re.IGNORECASE)
    match = _PREFIX.fullmatch(text)
    bare = match["rest"] if match else text
    return re.sub(r"\.pdf$", "", _STAMP.sub("", bare), flags=re.IGNORECASE)


def _complaint(number: str, version: int | None) -> str | None:
    """Return what to write instead of a malformed id, or `None` for a good one."""
    if version is not None and version < 1:
        return "versions are counted from v1 on"
    if _BARE_OLD.fullmatch(number):
        return f"ids before 2007-04 need their archive, as in hep-th/{number}"
    suffix = "" if version is None else f"v{version}"
    new = _NEW.fullmatch(number)
    if new:
        return _new_complaint(new[1] + new[2], new[3], suffix)
    old = _OLD.fullmatch(number)
    return _old_complaint(old) if old else _EXAMPLES


def _new_complaint(yymm: str, digits: str, suffix: str) -> str | None:
    if not "01" <= yymm[2:] <= "12" or yymm < "0704":
        return f"ids begin with year and month, from 0704 on; {yymm} is none"
    if int(digits) == 0:
        return "the papers of a month are counted from 1 on"
    width = 5 if yymm >= "1501" else 4
    if len(digits) == width:
        return None
    right = digits.lstrip("0").rjust(width, "0")
    if len(right) == width:
        return f"did you mean {yymm}.{right}{suffix}?"
    return f"ids of {yymm} have {width} digits behind the point"


def _old_complaint(match: re.Match[str]) -> str | None:
    archive, year, month, digits = match.groups()
    if archive not in ARCHIVES:
        return f"arXiv never had an archive {archive!r}; {_EXAMPLES}"
    century = "19" if year >= "91" else "20"
    if not "01" <= month <= "12" or not "199108" <= century + year + month <= "200703":
        return f"ids with an archive begin with year and month, 9108 to 0703; {year}{month} is none"
    return "the papers of a month are counted from 001 on" if digits == "000" else None


def _read_id(number: Any, version: Any) -> ArxivId | None:
    if not isinstance(number, str | None):
        raise TypeError(_expected("id", number, "a text or null"))
    if isinstance(version, bool) or not isinstance(version, int | None):
        raise TypeError(_expected("version", version, "a whole number or null"))
    if number is None:
        return None
    try:
        found = ArxivId.parse(number)
        return found if version is None else ArxivId(found.number, version)
    except InvalidPaper as error:
        raise ValueError(_expected("id", number, f"an arXiv id: {error.hint}")) from error


def _read_text(document: Mapping[str, Any], name: str) -> str | None:
    value = document.get(name)
    if not isinstance(value, str | None):
        raise TypeError(_expected(name, value, "a text or null"))
    return value


def _read_texts(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = document.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(_expected(name, values, "a list of texts"))
    return tuple(values)


def _read_date(document: Mapping[str, Any], name: str) -> str | None:
    value = _read_text(document, name)
    if value is not None and not _DATE.fullmatch(value):
        raise ValueError(_expected(name, value, "YYYY-MM-DD, YYYY-MM or YYYY"))
    return value


def _expected(name: str, value: Any, expected: str) -> str:
    shown = ascii(value)
    return f"paper.{name} is {shown[:_SHOWN]}, expected {expected}"
