"""GitHub as a source: searched, described, and its issues and code read. Network, clock.

With a token two or three GraphQL requests find and describe fifty repositories; without one the
REST API is asked at most twelve times a paper, of the sixty times an hour that it allows.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from reprokit.errors import Unavailable
from reprokit.quoting import clean
from reprokit.repositories import Lead, Repository
from reprokit.sources.github_answers import Limit
from reprokit.sources.github_archive import archive_of
from reprokit.sources.github_call import LATER, Call, Gone, side_by_side
from reprokit.sources.github_describe import describe
from reprokit.sources.github_find import SearchResult, search
from reprokit.sources.github_http import Channel
from reprokit.sources.github_read import is_name, repository_of_rest
from reprokit.sources.github_threads import all_threads_of, threads_of
from reprokit.sources.github_wire import Ask

__all__ = ["Github", "Limit", "SearchResult"]

DEADLINE_S = 15.0
MOST_REQUESTS = 12  # of a paper's search and description, without a token
MOST_OF_SEARCH = 6
MAX_ARCHIVE = 20_000_000

_NOT_FOUND = 404
_REFUSED = "GitHub does not take the token in GITHUB_TOKEN: it was asked without one"

_T = TypeVar("_T")


def _be_silent(_: str) -> None:
    pass


class Github:
    """GitHub as a source; used from several threads.

    Args:
        token: Raises the limits, and opens GraphQL.
        url: The API, or a mirror of it.
        deadline_s: Nobody waits longer for a call, waiting for rate limits aside.
        may_wait_s: How long a call may wait for the rate limits.
        clock: Seconds since the epoch.
        sleep: Waits so many seconds.
        notify: Told one line where somebody is kept waiting, or the token is refused.
    """

    name = "github"

    def __init__(
        self,
        *,
        token: str | None,
        url: str | None = None,
        deadline_s: float = DEADLINE_S,
        may_wait_s: float = 0.0,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
        notify: Callable[[str], None] = _be_silent,
    ) -> None:
        self._channel = Channel(url, token, clock=clock, sleep=sleep, notify=notify)
        self._deadline_s = deadline_s
        self._may_wait_s = may_wait_s
        self._notify = notify
        self._spent = 0
        self._told_refused = False

    @property
    def limits(self) -> Mapping[str, Limit]:
        """The budgets, as the answers' headers told them last."""
        return dict(self._channel.limits)

    def search(self, queries: Sequence[tuple[str, str]], *, count: int = 50) -> SearchResult:
        """Return the repositories that the queries find, each with who found it.

        Args:
            queries: Kind and text of each, the surest first.
            count: So many repositories a query.

        Raises:
            Unavailable: Nothing could be asked.
        """
        call = self._call(MOST_OF_SEARCH)
        try:
            return self._with_notes(search(self._channel, queries, count, call))
        finally:
            self._spent = call.spent

    def describe(self, leads: Sequence[Lead | str]) -> SearchResult:
        """Return repositories with README, top-level files, issue titles and languages.

        Without a token there are READMEs alone, and only of the first few. What is not on
        GitHub is left out.

        Args:
            leads: Leads or names, the best first.

        Raises:
            Unavailable: Only names were given, and nothing could be learnt of any.
        """
        call = self._call(max(0, MOST_REQUESTS - self._spent))
        try:
            return self._with_notes(describe(self._channel, leads, call))
        finally:
            self._spent += call.spent

    def threads(self, name: str, *, count: int = 100) -> tuple[dict[str, Any], ...]:
        """Return the most discussed issues and pull requests of a repository.

        Raises:
            Unavailable: They are not to be had.
        """
        return tuple(self._run(name, lambda call: threads_of(self._channel, name, count, call)))

    def all_threads(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield all issues and pull requests of a repository, page by page.

        Raises:
            Unavailable: They are not to be had, or not to their end.
        """
        yield from all_threads_of(self._channel, name, lambda job: self._run(name, job))

    def archive(self, name: str, *, max_bytes: int = MAX_ARCHIVE) -> Mapping[str, bytes]:
        """Return the files of a repository by their paths.

        Raises:
            Unavailable: They are not to be had, or too large.
        """
        return self._run(name, lambda call: archive_of(self._channel, name, max_bytes, call))

    def repository(self, name: str) -> Repository | None:
        """Return a repository without its README; None where GitHub has none of that name.

        Raises:
            Unavailable: It was taken down, or GitHub cannot be asked.
        """
        return self._run(name, lambda call: self._about(name, call))

    def _about(self, name: str, call: Call) -> Repository | None:
        try:
            reply = self._channel.get(Ask(f"/repos/{name}"), call)
        except Gone as error:
            if error.status == _NOT_FOUND:
                return None
            raise
        found = repository_of_rest(reply.document)
        if found is None:
            raise Unavailable("GitHub's answer is not of the form of a repository", hint=LATER)
        return found

    def _call(self, most: int | None = None) -> Call:
        # Imported before the time runs: that takes 0.2 s.
        import github  # noqa: F401, PLC0415

        return Call(self._deadline_s, self._may_wait_s, most)

    def _run(self, name: str, job: Callable[[Call], _T]) -> _T:
        if not is_name(name):
            shown = clean(str(name))[:100]
            raise Unavailable(f"{shown!r} is no repository's name", hint="give it as OWNER/NAME")
        call = self._call()
        result = side_by_side([lambda: job(call)], call, 1)[0]
        if self._is_newly_refused():
            self._notify(_REFUSED)
        if isinstance(result, Unavailable):
            raise result
        return result

    def _with_notes(self, result: SearchResult) -> SearchResult:
        if not self._is_newly_refused():
            return result
        return SearchResult(result.leads, (_REFUSED, *result.missing))

    def _is_newly_refused(self) -> bool:
        is_new = self._channel.is_refused and not self._told_refused
        self._told_refused = self._channel.is_refused
        return is_new
