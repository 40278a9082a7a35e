"""arXiv's query API, asked by the package `arxiv`. Network, clock, a lock in the cache folder.

What the package leaves open is closed here: no timeout, no size limit, an HTML page taken for
"no results", a feed cut in the middle taken for a whole one. Terms of use: at most one request
in three seconds over all processes, one connection (arxiv.org/help/api/tou).
"""

import io
import queue
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

from reprokit import __version__
from reprokit.dossier import Dossier, SourceReport
from reprokit.errors import InvalidPaper, Unavailable
from reprokit.paper import ArxivId, Paper
from reprokit.quoting import clean, clean_block

if TYPE_CHECKING:
    import arxiv
    import requests

T = TypeVar("T")

URL = "https://export.arxiv.org/api/query"
USER_AGENT = f"reprokit-papers/{__version__} (reproduction of papers; one request in 3 s)"
INTERVAL_S = 3.0
DEADLINE_S = 12.0
MAX_BYTES = 5_000_000

_CONNECT_S, _READ_S = 5.0, 8.0
_CHUNK = 65_536
_HINT = "try again later, or go on without: --offline, --from FILE, --title T --url U"

# Withdrawals are known by their wording alone: the feed has no flag (arxiv.org/help/withdraw).
_WITHDRAWN = re.compile(
    r"\b(?:paper|article|submission|manuscript)\b.{0,40}\bwithdrawn\b", re.IGNORECASE
)
_WITHDRAWN_WITHIN = 200  # characters of the abstract


class Arxiv:
    """arXiv as a source.

    Args:
        folder: The cache folder, for the lock and the time of the last request.
        url: The query API, or a mirror of it.
        deadline_s: Nobody waits longer for the whole answer, name resolution included.
        clock: Seconds since the epoch.
        sleep: Waits so many seconds.
    """

    name = "arxiv"

    def __init__(
        self,
        folder: Path,
        *,
        url: str | None = None,
        deadline_s: float = DEADLINE_S,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._folder = folder
        self._url = url or URL
        self._deadline_s = deadline_s
        self._clock = clock
        self._sleep = sleep

    def find(self, wanted: ArxivId) -> Dossier | None:
        """Return what arXiv says of a paper; None if it does not know it, or answered empty.

        Raises:
            Unavailable: It cannot be asked, or its answer is of no use.
        """
        return self._in_time(lambda: self._ask(wanted))

    def search(self, words: Sequence[str], *, count: int = 20) -> tuple[Paper, ...]:
        """Return the papers that have all words in title, abstract, authors or comment.

        Raises:
            Unavailable: It cannot be asked, or its answer is of no use.
        """
        return self._in_time(lambda: self._search(words, count))

    def _in_time(self, ask: "Callable[[], T]") -> "T":
        answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def run() -> None:
            try:
                answers.put(ask())
            except Exception as error:  # noqa: BLE001  carried over to the caller's thread
                answers.put(error)

        # A thread can be left behind; name resolution and a dripping answer cannot be stopped.
        threading.Thread(target=run, daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline_s)
        except queue.Empty:
            raise Unavailable(
                f"arXiv gave no answer within {self._deadline_s:g} s", hint=_HINT
            ) from None
        if isinstance(answer, Unavailable):
            raise answer
        if isinstance(answer, Exception):
            raise Unavailable(f"arXiv: {clean(_reason(answer))}", hint=_HINT) from answer
        return cast("T", answer)

    def _ask(self, wanted: ArxivId) -> Dossier | None:
        import arxiv  # noqa: PLC0415  0.1 s to import

        ends = time.monotonic() + self._deadline_s
        client = self._client()
        # An empty answer also comes under load: ask once more before believing it.
        for _ in range(2):
            with self._turn(ends):
                found = list(client.results(arxiv.Search(id_list=[str(wanted)], max_results=1)))
            if found:
                paper = read_paper(found[0], wanted)
                report = SourceReport(self.name, "ok", f"asked for {wanted}")
                return Dossier(paper, sources=(report,))
        return None

    def _search(self, words: Sequence[str], count: int) -> tuple[Paper, ...]:
        import arxiv  # noqa: PLC0415  0.1 s to import

        query = " AND ".join(f'all:"{word}"' for word in words)
        client = self._client(page_size=count)
        with self._turn(time.monotonic() + self._deadline_s):
            results = list(client.results(arxiv.Search(query=query, max_results=count)))
        papers = []
        for result in results:
            try:
                papers.append(read_paper(result, ArxivId.parse(result.get_short_id())))
            except (InvalidPaper, Unavailable):
                continue  # an entry that is no paper
        return tuple(papers)

    def _client(self, page_size: int = 1) -> "arxiv.Client":
        import arxiv  # noqa: PLC0415  0.1 s to import

        # Politeness and retries are ours: the package retries what can never succeed.
        client = arxiv.Client(page_size=page_size, delay_seconds=0, num_retries=0)
        client.query_url_format = f"{self._url}?{{}}"
        # The package has no public place for a session; its documentation names this one.
        session = client._session  # noqa: SLF001
        for scheme in ("https://", "http://"):
            session.mount(scheme, make_adapter(urlsplit(self._url).hostname or ""))
        return client

    @contextmanager
    def _turn(self, ends: float) -> Iterator[None]:
        """Wait until it is this process's turn, three seconds after the last request of any."""
        from filelock import FileLock, Timeout  # noqa: PLC0415  0.1 s to import

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._folder / "arxiv.lock")
            lock.acquire(timeout=max(0.0, ends - time.monotonic()))
        except Timeout as error:
            raise Unavailable("other processes are asking arXiv just now", hint=_HINT) from error
        except OSError:
            yield  # a cache folder that cannot be written to: nobody to take turns with
            return
        try:
            self._wait_interval()
            yield
        finally:
            with suppress(OSError):
                self._stamp.write_text(f"{self._clock():.3f}", encoding="ascii")
            lock.release()

    @property
    def _stamp(self) -> Path:
        return self._folder / "arxiv.last"

    def _wait_interval(self) -> None:
        try:
            last = float(self._stamp.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return
        # a clock that was set back must not make anybody wait longer than the interval
        wait = min(last + INTERVAL_S - self._clock(), INTERVAL_S)
        if wait > 0:
            self._sleep(wait)


def make_adapter(host: str) -> "requests.adapters.HTTPAdapter":
    """Return what sends the requests: with timeouts, limits, and only to arXiv or this host."""
    import requests  # noqa: PLC0415  0.1 s to import
    from requests.adapters import HTTPAdapter  # noqa: PLC0415

    def refuse(reason: str, response: Any) -> requests.RequestException:
        return requests.ConnectionError(reason, response=response)

    class Bounded(HTTPAdapter):
        def send(self, request: Any, *_args: Any, **options: Any) -> Any:
            asked = urlsplit(request.url).hostname or ""
            if asked not in {host, "arxiv.org"} and not asked.endswith(".arxiv.org"):
                raise refuse(f"arXiv sends on to {asked}", None)
            request.headers["User-Agent"] = USER_AGENT
            options |= {"timeout": (_CONNECT_S, _READ_S), "stream": True}
            response = super().send(request, **options)
            body = read_body(response.raw)
            if body is None:
                raise refuse(f"the answer is larger than {MAX_BYTES:,} bytes", response)
            complaint = complain(response.status_code, response.headers, body)
            if complaint:
                raise refuse(complaint, response)
            response.raw = io.BytesIO(body)
            return response

    return Bounded()


def read_body(raw: Any) -> bytes | None:
    """Return the body, or None where it is too large."""
    parts, size = [], 0
    while chunk := raw.read1(_CHUNK, decode_content=True):
        parts.append(chunk)
        size += len(chunk)
        if size > MAX_BYTES:
            raw.close()
            return None
    return b"".join(parts)


def complain(status: int, headers: Any, body: bytes) -> str:
    """Return what is wrong with an answer of status 200; nothing if it is a whole feed."""
    if status != 200:  # noqa: PLR2004  the package reports the others
        return ""
    kind = str(headers.get("content-type", "no content type"))
    if "xml" not in kind:
        return f"the answer is {kind}, not a feed"
    if not body.rstrip().endswith(b"</feed>"):
        return "the feed is cut off"
    if b"/api/errors" in body:
        return "the feed holds an error"
    return ""


def read_paper(result: "arxiv.Result", wanted: ArxivId) -> Paper:
    """Return the paper of a result, every text cleaned.

    Raises:
        Unavailable: The result is another paper than the one that was asked for.
    """
    try:
        found = ArxivId.parse(result.get_short_id())
    except InvalidPaper:
        found = None
    is_it = found and found.number == wanted.number and wanted.version in (None, found.version)
    if found is None or not is_it:
        raise Unavailable(
            f"arXiv was asked for {wanted} and answered with {clean(result.entry_id)!r}", hint=_HINT
        )
    abstract, comment = clean_block(result.summary or ""), clean(result.comment or "")
    noted = f"{comment} {abstract[:_WITHDRAWN_WITHIN]}"
    return Paper(
        id=found,
        title=clean(result.title),
        authors=tuple(clean(author.name) for author in result.authors),
        published=result.published.date().isoformat(),
        updated=result.updated.date().isoformat(),
        categories=tuple(clean(category) for category in result.categories),
        primary_category=clean(result.primary_category) or None,
        abstract=abstract or None,
        comment=comment or None,
        journal_ref=clean(result.journal_ref or "") or None,
        doi=clean(result.doi or "") or None,
        url=found.abs_url,
        withdrawn=_WITHDRAWN.search(noted) is not None,
    )


def _reason(error: Exception) -> str:
    """Return what went wrong, in a few words."""
    status = getattr(error, "status", None)
    if status in (429, 503):
        return f"it limits the rate just now (HTTP {status})"
    if isinstance(status, int):
        return f"it answered with HTTP {status}"
    kind = type(error).__name__
    text = str(error)
    if "Max retries exceeded" in text or "timed out" in text.lower():
        return f"it cannot be reached ({kind})"
    return text or kind
