"""Papers by words: arXiv's search and the catalogue."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from reprokit.cache import Cache, cache_dir
from reprokit.discovery.papers import Options, is_offline
from reprokit.dossier import SourceReport
from reprokit.errors import InvalidPaper, Unavailable, UsageError
from reprokit.paper import Paper
from reprokit.quoting import clean
from reprokit.sources.catalogue import Catalogue

_MOST_WORDS = 12
_WORD = re.compile(r"[^\W_]+(?:[-.'][^\W_]+)*")


def search_papers(
    given: Sequence[str],
    options: Options,
    *,
    environ: Mapping[str, str],
    notify: Callable[[str], None],
) -> tuple[tuple[Paper, ...], tuple[SourceReport, ...]]:
    """Return the papers with all words, those of the catalogue first, and who was asked.

    Raises:
        UsageError: There is no word in what was given.
    """
    words = [word for text in given for word in _WORD.findall(clean(text))][:_MOST_WORDS]
    if not words:
        raise UsageError(f"there is no word in {' '.join(given)!r}", hint="reprokit search gan")
    listed = Catalogue().search(words)
    reports = [SourceReport("catalogue", "embedded", f"{len(listed)} papers")]
    found, report = ask(words, options, environ)
    reports.append(report)
    if report.status == "failed":
        notify(report.detail)
    known = {paper.id.number for paper in listed if paper.id}
    new = tuple(paper for paper in found if paper.id and paper.id.number not in known)
    return (*listed, *new), tuple(reports)


def ask(
    words: Sequence[str], options: Options, environ: Mapping[str, str]
) -> tuple[tuple[Paper, ...], SourceReport]:
    """Return what arXiv finds, kept or new, and how that went."""
    from reprokit.sources.arxiv import Arxiv  # noqa: PLC0415  not needed offline

    folder = cache_dir(environ)
    cache, key = Cache(folder), f"search:{' '.join(words).casefold()}"
    kept = None if options.refresh else cache.get("arxiv", key)
    if kept is not None:
        papers = read_papers(kept.body.get("papers", ()))
        return papers, SourceReport("arxiv", "cached", f"{len(papers)} papers")
    if is_offline(options, environ):
        return (), SourceReport("arxiv", "skipped", "offline, and not in the cache")
    try:
        papers = Arxiv(folder, url=environ.get("REPROKIT_ARXIV_URL")).search(words)
    except Unavailable as error:
        return (), SourceReport("arxiv", "failed", error.message)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    cache.put("arxiv", key, {"papers": [paper.to_json() for paper in papers]}, now)
    return papers, SourceReport("arxiv", "ok", f"{len(papers)} papers")


def read_papers(documents: Sequence[Mapping[str, object]]) -> tuple[Paper, ...]:
    """Return kept papers; one that cannot be read is left out."""
    found = []
    for document in documents:
        try:
            found.append(Paper.from_json(document))
        except (KeyError, TypeError, ValueError, InvalidPaper):
            continue
    return tuple(found)
