"""A paper becomes a dossier: ask cache, arXiv and catalogue, and merge what they know.

A source that fails does not fail the others: the dossier says what was not asked, and why.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reprokit.cache import Cache, cache_dir
from reprokit.dossier import SCHEMA, Claim, Dossier, Fact, Reimplementation, SourceReport
from reprokit.errors import InvalidPaper, Unavailable, UnreadableFile, UsageError
from reprokit.paper import ArxivId, Paper, is_web_url
from reprokit.project import read_json
from reprokit.quoting import clean
from reprokit.sources import Source
from reprokit.sources.catalogue import Catalogue

MAX_FILE_BYTES = 5_000_000

_ARXIV = "arxiv"
_RECORDS = {
    "facts": Fact,
    "claims": Claim,
    "reimplementations": Reimplementation,
    "pitfalls": Fact,
}
# The fields' annotations, for isinstance and in words.
_EXPECTED: Mapping[Any, tuple[Any, str]] = {
    str: (str, "a text"),
    str | None: (str | None, "a text or null"),
    bool: (bool, "true or false"),
    Any: (str | int | float | list, "a number, a text, or a list of them"),
}
_LONGEST_REASON = 300  # a value that is shown can be megabytes
_FILE_HINT = 'the least is {"title": "…", "url": "https://…"}; docs/guide.md shows more'


@dataclass(frozen=True, slots=True)
class Options:
    """What the user allows.

    Args:
        offline: Ask nobody.
        refresh: Ask again, whatever is cached.
    """

    offline: bool = False
    refresh: bool = False


def discover(
    wanted: ArxivId,
    options: Options,
    *,
    environ: Mapping[str, str],
    notify: Callable[[str], None],
    arxiv: Source | None = None,
) -> Dossier:
    """Return what is known of a paper: from the cache, else arXiv, and from the catalogue.

    Args:
        wanted: The paper.
        options: What the user allows.
        environ: The variables that name cache and mirror.
        notify: Told what failed.
        arxiv: Asked in arXiv's place.

    Raises:
        Unavailable: Nobody who could be asked knows the paper.
    """
    folder = cache_dir(environ)
    cache = Cache(folder)
    kept = read_cached(cache, wanted)
    if is_offline(options, environ):
        skipped = SourceReport(_ARXIV, "skipped", "offline, and not in the cache")
        paper, report = kept or (None, skipped)
    elif kept and not options.refresh:
        paper, report = kept
    else:
        paper, report = ask_arxiv(wanted, cache, arxiv or live_arxiv(folder, environ), notify)
        if kept and paper is None:
            paper, report = kept  # better than nothing, when asking again fails
    return merge(wanted, paper, report, notify)


def is_offline(options: Options, environ: Mapping[str, str]) -> bool:
    """Return whether nobody may be asked."""
    return options.offline or environ.get("REPROKIT_OFFLINE", "0") not in ("", "0")


def merge(
    wanted: ArxivId, paper: Paper | None, report: SourceReport, notify: Callable[[str], None]
) -> Dossier:
    """Return arXiv's record, where there is one, with the catalogue's facts.

    Raises:
        Unavailable: Neither knows the paper.
    """
    if paper and paper.withdrawn:
        notify(f"{wanted} has been withdrawn by its authors: {paper.comment or 'see its abstract'}")
    embedded = Catalogue().find(wanted)
    if embedded is None:
        if paper is None:
            raise Unavailable(
                f"arXiv paper {wanted} is not known here: {report.detail}",
                hint="start from what you know of it: --from FILE, or --title T --url U",
            )
        unknown = SourceReport("catalogue", "skipped", f"it has no record of {wanted.number}")
        return Dossier(paper, sources=(report, unknown))
    if paper is None:
        return replace(embedded, sources=(report, *embedded.sources))
    return replace(embedded, paper=paper, sources=(report, *embedded.sources))


def live_arxiv(folder: Path, environ: Mapping[str, str]) -> Source:
    """Return arXiv itself, or the mirror that the environment names."""
    from reprokit.sources.arxiv import Arxiv  # noqa: PLC0415  not needed offline

    return Arxiv(folder, url=environ.get("REPROKIT_ARXIV_URL"))


def ask_arxiv(
    wanted: ArxivId, cache: Cache, source: Source, notify: Callable[[str], None]
) -> tuple[Paper | None, SourceReport]:
    """Return arXiv's record of a paper, if it gives one, and how that went; keep it."""
    try:
        found = source.find(wanted)
    except Unavailable as error:
        notify(f"{error.message}; going on without")
        return None, SourceReport(_ARXIV, "failed", error.message)
    if found is None:
        detail = f"it does not know {wanted}, or answered empty"
        notify(f"arXiv: {detail}")
        return None, SourceReport(_ARXIV, "failed", detail)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    cache.put(_ARXIV, request_key(wanted), found.paper.to_json(), now)
    return found.paper, SourceReport(_ARXIV, "ok", f"asked for {wanted}")


def read_cached(cache: Cache, wanted: ArxivId) -> tuple[Paper, SourceReport] | None:
    """Return the kept record of a paper; one that cannot be read is none."""
    answer = cache.get(_ARXIV, request_key(wanted))
    if answer is None:
        return None
    try:
        paper = Paper.from_json(answer.body)
    except (KeyError, TypeError, ValueError, InvalidPaper):
        return None
    return paper, SourceReport(_ARXIV, "cached", f"fetched {clean(answer.fetched_at)}")


def request_key(wanted: ArxivId) -> str:
    """Return the name of a request in the cache."""
    return f"id:{wanted}"


def from_title(title: str, url: str) -> Dossier:
    """Return the dossier of a paper without an arXiv id.

    Raises:
        UsageError: The title is empty, or the URL is no web address.
    """
    if not clean(title):
        raise UsageError(f"the title {title!r} is empty", hint='--title "A paper"')
    if not is_web_url(url):
        raise UsageError(
            f"{clean(url)!r} is no web address", hint="--url https://example.org/paper"
        )
    report = SourceReport("user", "ok", "title and address as given")
    return Dossier(Paper(id=None, title=clean(title), url=url), sources=(report,))


def from_file(path: Path) -> Dossier:
    """Read a dossier: a generated paper.json, or as little as a title.

    Raises:
        UnreadableFile: It cannot be read, is too large, or holds something else.
    """
    if path.is_file() and path.stat().st_size > MAX_FILE_BYTES:
        raise UnreadableFile(
            f"{str(path)!r} is larger than {MAX_FILE_BYTES:,} bytes", hint=_FILE_HINT
        )
    try:
        document = cleaned(as_dossier(read_json(path)))
        check_records(document)
        found = Dossier.from_json(document)
    except RecursionError as error:
        raise UnreadableFile(f"{str(path)!r} is nested too deeply", hint=_FILE_HINT) from error
    except KeyError as error:
        raise UnreadableFile(f"{str(path)!r} lacks {error}", hint=_FILE_HINT) from error
    except InvalidPaper as error:
        raise UnreadableFile(f"{str(path)!r}: {error.message}", hint=error.hint) from error
    except (TypeError, ValueError, AttributeError) as error:
        reason = clean(str(error))[:_LONGEST_REASON]
        raise UnreadableFile(f"{str(path)!r}: {reason}", hint=_FILE_HINT) from error
    paper = replace(found.paper, title=clean(found.paper.title))
    if not paper.title:
        raise UnreadableFile(f"{str(path)!r}: the title is empty", hint=_FILE_HINT)
    return replace(found, paper=paper, sources=(SourceReport("file", "ok", path.name),))


def as_dossier(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document in the form of a dossier: a flat one holds the paper's fields."""
    if "paper" in document:
        known = ("schema", "paper", "area", "facts", "claims", "reimplementations", "pitfalls")
        return {"schema": SCHEMA, **{key: document[key] for key in known if key in document}}
    parts = ("area", "facts", "claims", "reimplementations", "pitfalls")
    paper = {k: v for k, v in document.items() if k not in (*parts, "schema", "spec")}
    if "title" not in paper:
        raise KeyError("title")
    given = {key: document[key] for key in parts if key in document}
    return {"schema": document.get("schema", SCHEMA), "paper": paper, **given}


def check_records(document: Mapping[str, Any]) -> None:
    """Refuse a dossier whose parts have another shape than they must have.

    Raises:
        TypeError: Naming the part, the record and the key.
    """
    if not isinstance(document["paper"], Mapping):
        raise TypeError(f"paper is {document['paper']!r}, expected an object")
    for part, kind in _RECORDS.items():
        records = document.get(part, [])
        if not isinstance(records, list):
            raise TypeError(f"{part} is {records!r}, expected a list of objects")
        for number, record in enumerate(records):
            check_record(record, kind, f"{part}[{number}]")


def check_record(record: Any, kind: type, where: str) -> None:
    """Refuse a record that lacks a key, has one too many, or one of another type.

    Raises:
        TypeError: Naming the key.
    """
    if not isinstance(record, Mapping):
        raise TypeError(f"{where} is {record!r}, expected an object")
    known = {field.name: field for field in fields(kind)}
    for name, value in record.items():
        if name not in known:
            raise TypeError(f"{where}.{name} is not known")
        kind_of_value, words = _EXPECTED[known[name].type]
        if not isinstance(value, kind_of_value):
            raise TypeError(f"{where}.{name} is {value!r}, expected {words}")
    for name, field in known.items():
        if field.default is MISSING and name not in record:
            raise TypeError(f"{where} lacks {name!r}")


def cleaned(value: Any) -> Any:
    """Return a JSON value with every text in it cleaned, abstracts line by line.

    Raises:
        ValueError: A number is not finite: it could not be written as JSON again.
    """
    if isinstance(value, str):
        return "\n".join(clean(line) for line in value.splitlines())
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no number in JSON")
    if isinstance(value, Mapping):
        return {clean(str(key)): cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [cleaned(inner) for inner in value]
    return value
