"""The search for a paper's code with the live services, or with their mirrors."""

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reprokit.cache import Cache, cache_dir
from reprokit.discovery.code import Asking, CodeHost, Finder, LeadSource
from reprokit.discovery.findings import Findings
from reprokit.discovery.papers import Options, is_offline
from reprokit.dossier import Claim, Dossier
from reprokit.errors import Unavailable, UsageError
from reprokit.paper import Paper
from reprokit.reading.pitfalls import Pitfall, find_pitfalls
from reprokit.reading.threads import Thread

_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100}")
_GITHUB_DEADLINE_S = 15.0
_LISTS = "paperswithcode"


def token_of(environ: Mapping[str, str]) -> str | None:
    """Return the GitHub token that the environment has; it is never written anywhere."""
    return environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN") or None


def live_host(
    environ: Mapping[str, str],
    notify: Callable[[str], None],
    *,
    may_wait_s: float,
    deadline_s: float = _GITHUB_DEADLINE_S,
) -> CodeHost:
    """Return GitHub itself, or the mirror that the environment names."""
    from reprokit.sources.github import Github  # noqa: PLC0415  not needed offline

    return Github(
        token=token_of(environ), url=environ.get("REPROKIT_GITHUB_URL"),
        may_wait_s=may_wait_s, deadline_s=deadline_s, notify=notify,
    )  # fmt: skip


def live_hubs(environ: Mapping[str, str], deadline_s: float) -> tuple[LeadSource, ...]:
    """Return who else knows repositories by paper."""
    from reprokit.sources.huggingface import HuggingFace  # noqa: PLC0415  not needed offline
    from reprokit.sources.paperswithcode import PapersWithCode  # noqa: PLC0415

    return (
        HuggingFace(environ.get("REPROKIT_HF_URL"), deadline_s=deadline_s),
        PapersWithCode(environ.get("REPROKIT_PWC_URL"), deadline_s=deadline_s),
    )


def find_code(
    dossier: Dossier,
    asking: Asking,
    *,
    environ: Mapping[str, str],
    notify: Callable[[str], None],
    may_wait_s: float = 0.0,
) -> Findings:
    """Return the reimplementations of a paper, ranked and read, and what their issues teach.

    Args:
        dossier: What is known of the paper.
        asking: How the search is done.
        environ: The variables that name token, cache and mirrors.
        notify: Told one line a source.
        may_wait_s: How long a rate limit may be waited for.
    """
    deadline = min(_GITHUB_DEADLINE_S, asking.budget_s)
    host = live_host(environ, notify, may_wait_s=may_wait_s, deadline_s=deadline)
    hubs = live_hubs(environ, min(8.0, asking.budget_s))
    folder = cache_dir(environ)
    finder = Finder(dossier, asking, host, hubs, Cache(folder), notify)
    if asking.is_offline:
        return finder.find()
    with turn(folder, asking.budget_s / 4):
        return finder.find()


@contextlib.contextmanager
def turn(folder: Path, seconds: float) -> Iterator[None]:
    """Take turns with other processes that search: what one has asked for, the next finds kept.

    Nobody waits longer than so many seconds, and a folder that cannot be written to holds up
    nobody.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415  0.1 s to import

    lock = None
    with contextlib.suppress(OSError, Timeout):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "find.lock")
        lock.acquire(timeout=seconds)
    try:
        yield
    finally:
        if lock is not None and lock.is_locked:
            lock.release()


def draft_claims(
    paper: Paper,
    asking: Asking,
    *,
    environ: Mapping[str, str],
    notify: Callable[[str], None],
) -> tuple[Claim, ...]:
    """Return the results that Papers with Code lists for a paper: drafts, which nobody checked.

    One that cannot be asked has none, and is told of.
    """
    if paper.id is None:
        return ()
    cache, key = Cache(cache_dir(environ)), f"claims:{paper.id.number}"
    kept = None if asking.refresh else cache.get(_LISTS, key)
    if kept is not None:
        return read_claims(kept.body.get("claims", ()))
    if asking.is_offline:
        return ()
    from reprokit.sources.paperswithcode import PapersWithCode  # noqa: PLC0415  not needed offline

    source = PapersWithCode(environ.get("REPROKIT_PWC_URL"), deadline_s=min(4.0, asking.budget_s))
    try:
        claims = source.claims(paper)
    except Unavailable as error:
        notify(f"{_LISTS}: {error.message}; no draft claims")
        return ()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    cache.put(_LISTS, key, {"claims": [asdict(claim) for claim in claims]}, now)
    return claims


def read_claims(documents: Sequence[Mapping[str, Any]]) -> tuple[Claim, ...]:
    """Return kept claims; one that cannot be read is left out."""
    found = []
    for document in documents:
        try:
            found.append(Claim(**document))
        except TypeError:
            continue
    return tuple(found)


def read_issues(
    name: str,
    options: Options,
    *,
    environ: Mapping[str, str],
    notify: Callable[[str], None],
    may_wait_s: float = 0.0,
) -> tuple[tuple[Pitfall, ...], int, tuple[str, ...]]:
    """Return what all issues of one repository teach, how many were read, and what is missing.

    Raises:
        Unavailable: The repository cannot be read, and was not before.
        UsageError: The name is none.
    """
    if not _REPO.fullmatch(name):
        raise UsageError(f"{name!r} is no OWNER/NAME", hint="--issues openai/baselines")
    cache, key = Cache(cache_dir(environ)), f"all-threads:{name}"
    kept = None if options.refresh else cache.get("github", key)
    if kept is not None:
        documents = list(kept.body.get("threads", ()))
        missing: tuple[str, ...] = ()
    elif is_offline(options, environ):
        raise Unavailable(
            f"the issues of {name} are not in the cache", hint="run it once without --offline"
        )
    else:
        host = live_host(environ, notify, may_wait_s=may_wait_s)
        documents, missing = pages(host, name, notify)
        if not missing:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            cache.put("github", key, {"threads": documents}, now)
    threads = []
    for document in documents:
        try:
            threads.append(Thread.from_json(document))
        except (TypeError, ValueError, KeyError):
            continue
    return find_pitfalls(threads), len(threads), tuple(missing)


def pages(
    host: CodeHost, name: str, notify: Callable[[str], None]
) -> tuple[list[dict[str, object]], tuple[str, ...]]:
    """Return all threads of a repository, page after page, and what is missing.

    Raises:
        Unavailable: Not even the first page can be had.
    """
    documents: list[dict[str, object]] = []
    try:
        for thread in host.all_threads(name):
            documents.append(dict(thread))
            if len(documents) % 500 == 0:
                notify(f"{len(documents)} issues read")
    except Unavailable as error:
        if not documents:
            raise
        return documents, (error.message,)
    return documents, ()
