"""GitHub asked by PyGithub, one request after the other: over limits, redirects and failures.

Network, clock.
"""

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from reprokit.errors import Unavailable
from reprokit.quoting import clean
from reprokit.sources.github_answers import (
    GraphQLAnswer,
    Limit,
    Reply,
    graphql_answer,
    limit_of,
    limited,
    refusal,
)
from reprokit.sources.github_call import LATER, Call, Limited, Passing, TokenRefused
from reprokit.sources.github_wire import MOVED_TO, USER_AGENT, Ask, bounded, is_loopback, origin

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter

URL = "https://api.github.com"

_API_VERSION = "2022-11-28"
_PAUSE_S = 0.5  # before the second try
_STEP_S = 5.0  # between two lines of a countdown
_MOST_HOPS = 3
_MOVED = {301, 302, 307, 308}
_FOUND = 302


class Channel:
    """GitHub's REST and GraphQL; used from several threads.

    Args:
        url: The API.
        token: Sent there, and nowhere else.
        clock: Seconds since the epoch.
        sleep: Waits so many seconds.
        notify: Told one line where somebody is kept waiting.
    """

    def __init__(
        self,
        url: str | None,
        token: str | None,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        notify: Callable[[str], None],
    ) -> None:
        self.url = (url or URL).rstrip("/")
        self.limits: dict[str, Limit] = {}
        given = (token or "").strip()
        # Anything else would be put into an error message by the HTTP library.
        self._token = given if given.isascii() and given.isprintable() and " " not in given else ""
        self.is_refused = bool(given) and not self._token
        self._clock, self._sleep, self._notify = clock, sleep, notify
        self._pause_until = 0.0
        self._announced = 0.0
        self._lock = threading.Lock()
        self._adapter: HTTPAdapter | None = None

    @property
    def has_token(self) -> bool:
        """Whether there is a token that was not refused."""
        return bool(self._token) and not self.is_refused

    def get(self, ask: Ask, call: Call) -> Reply:
        """Send a request; without the token where that is refused.

        Raises:
            Unavailable: There is no answer, or it is of no use.
        """
        try:
            return self._answer(ask, call)
        except TokenRefused:
            self.is_refused = True
        return self._answer(ask, call)

    def graphql(self, query: str, variables: Mapping[str, Any], call: Call) -> GraphQLAnswer:
        """Send a query.

        Raises:
            TokenRefused: It takes another token.
            Unavailable: There is no answer, or it is of no use.
        """
        body = {"query": query, "variables": dict(variables)}
        try:
            return graphql_answer(self._answer(Ask("graphql", body=body, resource="graphql"), call))
        except TokenRefused:
            self.is_refused = True
            raise

    def _answer(self, ask: Ask, call: Call) -> Reply:
        """Send a request until its answer is of use: over redirects, limits and one failure."""
        retried, hops = False, 0
        while True:
            self._admit(ask.resource, call)
            has_token = self.has_token
            reply = self._once(ask, call)
            if isinstance(reply, Reply):
                self._remember(reply, ask.resource)
                moved = self._moved(reply, ask, hops)
                if moved is not None:
                    ask, hops = moved, hops + 1
                    continue
                if reply.status == _FOUND and ask.to_elsewhere:
                    return reply
                problem = refusal(reply, ask.resource, self._clock(), has_token=has_token)
                if problem is None:
                    return reply
            else:
                problem = reply
            if isinstance(problem, Limited):
                self._bar(problem)  # _admit waits for it, or refuses
            elif isinstance(problem, Passing) and not retried and call.left() > _PAUSE_S:
                retried = True
                self._sleep(_PAUSE_S)
            else:
                raise problem

    def _moved(self, reply: Reply, ask: Ask, hops: int) -> Ask | None:
        """Return the request for where GitHub sends on to, on the same host only."""
        if reply.status not in _MOVED or (reply.status == _FOUND and ask.to_elsewhere):
            return None
        target = urljoin(f"{self.url}/", reply.headers.get(MOVED_TO, ""))
        if origin(urlsplit(target)) != origin(urlsplit(self.url)) or ask.body is not None:
            raise Unavailable(
                f"GitHub sends on to {clean(urlsplit(target).netloc)[:100]}, which is not asked",
                hint=LATER,
            )
        if hops >= _MOST_HOPS:
            raise Unavailable("GitHub sends on in circles", hint=LATER)
        return replace(ask, path=target, parameters={})

    def _remember(self, reply: Reply, resource: str) -> None:
        told = limit_of(reply.headers)
        if told is not None:
            self.limits[clean(reply.headers.get("x-ratelimit-resource", ""))[:40] or resource] = (
                told
            )

    def _bar(self, problem: Limited) -> None:
        if problem.resource is None:
            self._pause_until = max(self._pause_until, problem.until)
        else:
            self.limits[problem.resource] = Limit(0, 0, problem.until)

    def _admit(self, resource: str, call: Call) -> None:
        """Wait until a request may be sent, where the call has the time for it.

        Raises:
            Limited: It has not.
        """
        with call.turn:
            while True:
                known = self.limits.get(resource)
                until = known.resets_at if known and known.remaining <= 0 else 0.0
                which = resource if until >= self._pause_until else None
                until = max(until, self._pause_until)
                wait = until - self._clock()
                if wait <= 0:
                    return
                if not call.grants(wait):
                    raise limited(until, which, has_token=self.has_token)
                self._count_down(until, wait)

    def _count_down(self, until: float, wait: float) -> None:
        with self._lock:
            tells, self._announced = until > self._announced, max(until, self._announced)
        while wait > 0:
            if tells:
                self._notify(f"GitHub's rate limit is used up; going on in {math.ceil(wait)} s")
            self._sleep(min(wait, _STEP_S))
            wait -= _STEP_S

    def _once(self, ask: Ask, call: Call) -> Reply | Unavailable:
        """Send one request; return its answer, or why there is none."""
        import github  # noqa: PLC0415  0.2 s to import
        from github import Requester  # noqa: PLC0415

        parts = urlsplit(self.url)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname)):
            return Unavailable(
                f"{clean(self.url)[:100]} is no address with https", hint="set REPROKIT_GITHUB_URL"
            )
        call.spend(has_token=self.has_token)
        secret = self._token if self.has_token else ""
        hub = github.Github(
            base_url=self.url, auth=github.Auth.Token(secret) if secret else None,
            retry=None, seconds_between_requests=0, seconds_between_writes=0,
            user_agent=USER_AGENT, api_version=_API_VERSION,
        )  # fmt: skip
        secure = parts.scheme == "https"
        connections = Requester.HTTPSRequestsConnectionClass, Requester.HTTPRequestsConnectionClass
        connection = connections[0 if secure else 1](parts.hostname or "", parts.port)
        connection.session.mount(f"{parts.scheme}://", bounded(self._pool(), ask, call, secret))
        verb, path = ("GET", ask.path) if ask.body is None else ("POST", hub.requester.graphql_url)
        try:
            status, headers, text = hub.requester.requestJson(
                verb, path, dict(ask.parameters), {"Accept": ask.accept}, ask.body, connection
            )
        except Unavailable as error:
            return error
        except Exception as error:  # noqa: BLE001  whatever PyGithub raises for a strange answer
            return _trouble(error, call)
        return Reply(status, headers, text)

    def _pool(self) -> "HTTPAdapter":
        from requests.adapters import HTTPAdapter  # noqa: PLC0415  0.1 s to import

        with self._lock:
            self._adapter = self._adapter or HTTPAdapter(pool_maxsize=4)
            return self._adapter


def _trouble(error: Exception, call: Call) -> Unavailable:
    """Return what went wrong; the text of the error may hold what was sent, and is not shown."""
    kind = type(error).__name__
    if "Timeout" in kind:
        return call.late()
    if isinstance(error, OSError) or type(error).__module__.startswith("urllib3"):
        return Passing(f"GitHub cannot be reached, or hung up ({kind})", hint=LATER)
    return Unavailable(f"GitHub's answer cannot be read ({kind})", hint=LATER)
