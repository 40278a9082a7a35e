"""GitHub, Hugging Face, Papers with Code and Semantic Scholar on the loopback.

    with Services(Universe([Repo("ada/engine", readme="# Engine")]), token="t0ken") as services:
        ...  # services.url_github, services.url_hf, services.url_pwc, services.url_s2
        services.fail("github", "secondary_limit", path="/search/*", times=2, retry_after=1)
        assert services.requests[0].path == "/search/repositories"

GitHub answers REST under `url_github`, GraphQL under `url_github`/graphql, raw files under
`url_raw` (the same port). Archives come, after a redirect, from another host: `url_elsewhere`.
Everything that is asked is in `requests`; mistakes of the server itself raise at the end.
"""

import threading
import time
import traceback
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

from services.faults import SPOILT, WHOLE, Fault, Faults, Scene, bad_credentials
from services.graphql import Execution, Prepared
from services.http import Doors
from services.limits import Limits
from services.papers import HUB_LIMIT, HUB_SECONDS, Papers
from services.rest import Rest, resource_of
from services.store import Store
from services.wire import Answer, Refusal, Request, not_found

SERVICES = ("github", "elsewhere", "hf", "pwc", "s2")
_GRAPHQL_DOCS = "https://docs.github.com/graphql"
_RUN_HEADERS = {
    "Cache-Control": "private, max-age=60, s-maxage=60",
    "Vary": "Accept, Authorization, Cookie, X-GitHub-OTP",
    "X-GitHub-Media-Type": "github.v3; format=json",
    "X-Content-Type-Options": "nosniff",
    "X-GitHub-Request-Id": "0687:0D5B:29F123D:4E0B9D8:62D6351D",
}


class Services:
    """All services over one universe; see the module's text."""

    def __init__(
        self,
        universe: Any,
        token: str | None = None,
        *,
        clock: Callable[[], float] = time.time,
        limits: Mapping[str, int] | None = None,
        elsewhere: str = "localhost",
    ) -> None:
        """Start serving.

        Args:
            universe: A `Universe`, or anything with the same attributes.
            token: The one token that GitHub takes; every other is refused.
            clock: What time it is, in seconds; the limits go by it.
            limits: Budgets other than GitHub's own, by resource: {"search": 3}.
            elsewhere: The name of the other host; it is this machine.
        """
        self.store, self.papers = Store(universe), Papers(universe)
        self.token, self.clock, self.latency_s = token, clock, 0.0
        self.requests: list[Request] = []
        self.errors: list[str] = []
        self.peak = 0
        self._limits, self._faults = Limits(clock, limits or {}), Faults()
        self._lock, self._active = threading.Condition(), 0
        self._hub = {"limit": (limits or {}).get("hf", HUB_LIMIT), "used": 0, "reset": 0}
        self._doors = Doors(SERVICES, self._respond)
        self.url_github = self._url("github")
        self.url_raw = f"{self.url_github}/raw"
        self.url_elsewhere = self._url("elsewhere", elsewhere)
        self.url_hf, self.url_pwc, self.url_s2 = (self._url(one) for one in ("hf", "pwc", "s2"))
        self._rest = Rest(self.store, self.url_github, self.url_raw, self.url_elsewhere)

    def _url(self, service: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self._doors.port(service)}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        del error, where
        self.close()
        if self.errors and kind is None:
            raise AssertionError("the made server itself failed:\n" + "\n".join(self.errors))

    def close(self) -> None:
        """Stop serving; what hangs is let go."""
        self._doors.close()

    @property
    def environ(self) -> dict[str, str]:
        """The environment variables that point reprokit here."""
        return {
            "REPROKIT_GITHUB_URL": self.url_github,
            "REPROKIT_HF_URL": self.url_hf,
            "REPROKIT_PWC_URL": self.url_pwc,
            "REPROKIT_S2_URL": self.url_s2,
        }

    def fail(
        self,
        service: str,
        name: str,
        *,
        path: str | None = None,
        resource: str | None = None,
        times: int | None = 1,
        after: int = 0,
        **options: Any,
    ) -> None:
        """Queue a misbehaviour.

        Args:
            service: One of SERVICES.
            name: One of `services.faults.OPTIONS`, which also has the options of each.
            path: Only for these paths; * stands for anything.
            resource: Only for core, search, graphql, raw, archive.
            times: How often; None is for ever.
            after: How many requests that fit pass before.
            options: Such as retry_after=30, status=503.

        Raises:
            ValueError: There is no such service, misbehaviour or option.
        """
        if service not in SERVICES:
            raise ValueError(f"no service {service!r}; there are {', '.join(SERVICES)}")
        self._faults.add(Fault(service, name, path, resource, times, after, options))

    def behave(self) -> None:
        """Forget all misbehaviours."""
        self._faults.clear()

    def asked(self, service: str | None = None, resource: str | None = None) -> list[Request]:
        """Return the recorded requests of a service, of a resource."""
        return [
            request
            for request in list(self.requests)
            if service in {None, request.service} and resource in {None, request.resource}
        ]

    def wait_for(self, count: int, timeout_s: float = 5.0) -> bool:
        """Wait until so many requests have arrived; tell whether they have."""
        with self._lock:
            return self._lock.wait_for(lambda: len(self.requests) >= count, timeout_s)

    def _respond(self, request: Request) -> Answer:
        if request.service in {"github", "elsewhere"}:
            request.resource = resource_of(request.method, request.path)
        with self._lock:
            self.requests.append(request)
            self._lock.notify_all()
            self._active += 1
            self.peak = max(self.peak, self._active)
        try:
            if self.latency_s:
                self._doors.closed.wait(self.latency_s)
            answer = self._perhaps_failing(request)
        except Exception:  # noqa: BLE001  (a mistake of ours: told when the test ends)
            self.errors.append(f"{request.method} {request.path}\n{traceback.format_exc()}")
            answer = Answer.of({"message": "the made server itself failed"}, 500)
        finally:
            with self._lock:
                self._active -= 1
        request.status = answer.status if answer.delivery in {"plain", "drip", "cut"} else 0
        return answer

    def _perhaps_failing(self, request: Request) -> Answer:
        fault = self._faults.take(request)
        scene = Scene(request, fault.options if fault else {}, self.clock(), self.url_elsewhere)
        if fault is None:
            return self._genuine(request)
        request.fault = fault.name
        if fault.name in WHOLE:
            answer = WHOLE[fault.name](scene)
            if request.service == "github":
                answer.headers = self._budget(request) | answer.headers
            return answer
        scene.answer = self._genuine(request)
        return SPOILT[fault.name](scene) if scene.answer.status == 200 else scene.answer

    def _genuine(self, request: Request) -> Answer:
        if request.service in {"hf", "pwc", "s2"}:
            return self._of_papers(request)
        try:
            if request.service == "elsewhere":
                return self._elsewhere(request)
            return self._github(request)
        except Refusal as refusal:
            answer = refusal.answer()
            if request.service == "github":
                answer.headers = _RUN_HEADERS | self._budget(request) | answer.headers
            return answer

    def _of_papers(self, request: Request) -> Answer:
        headers = self._hub_headers() if request.service == "hf" else {}
        if self._hub["used"] > self._hub["limit"]:
            return Answer.of({"error": "Too many requests"}, 429, headers)
        answer = _conditional(request, self.papers.answer(request))
        answer.headers |= headers
        return answer

    def _hub_headers(self) -> dict[str, str]:
        with self._lock:
            if self.clock() >= self._hub["reset"]:
                self._hub |= {"used": 0, "reset": int(self.clock()) + HUB_SECONDS}
            self._hub["used"] += 1
            left = max(0, self._hub["limit"] - self._hub["used"])
            wait = self._hub["reset"] - int(self.clock())
        policy = f'"fixed window";"api";q={self._hub["limit"]};w={HUB_SECONDS}'
        return {"RateLimit": f'"api";r={left};t={wait}', "RateLimit-Policy": policy}

    def _elsewhere(self, request: Request) -> Answer:
        """The other host: archives and raw files, and the API again for who strays."""
        answer = self._rest.codeload_answer(request)
        if answer is not None:
            request.resource = "archive"
            return _conditional(request, answer)
        return self._rest.answer(request)

    def _has_token(self, request: Request) -> bool:
        _, _, given = request.headers.get("authorization", "").partition(" ")
        return self.token is not None and given.strip() == self.token

    def _budget(self, request: Request) -> dict[str, str]:
        resource = "core" if request.resource in {"raw", "archive"} else request.resource
        return self._limits.headers(resource, token=self._has_token(request))

    def _github(self, request: Request) -> Answer:
        if request.resource in {"raw", "archive"}:
            return _conditional(request, self._rest.answer(request))
        if not request.headers.get("user-agent"):
            raise Refusal(
                403,
                "Request forbidden by administrative rules. Please make sure your request has "
                "a User-Agent header (https://docs.github.com/en/rest/overview).",
            )
        token = self._has_token(request)
        if request.authorized and not token:
            raise bad_credentials()
        if request.path == "/rate_limit":
            resources = self._limits.overview(token=token)
            return Answer.of({"resources": resources, "rate": resources["core"]})
        self._limits.press(request.resource, self._active, token=token)
        if request.resource == "graphql":
            return self._graphql(request)
        return self._rest_answer(request, token=token)

    def _rest_answer(self, request: Request, *, token: bool) -> Answer:
        if request.resource == "code_search":
            if not token:
                raise Refusal(401, "Requires authentication")
            raise Refusal(501, "The made server has no code search.")
        self._limits.spend(request.resource, 1, token=token)
        answer = _conditional(request, self._rest.answer(request))
        if answer.status == 304 and token:
            self._limits.refund(request.resource, token=token)
        answer.headers = _RUN_HEADERS | self._budget(request) | answer.headers
        return answer

    def _graphql(self, request: Request) -> Answer:
        if not self._has_token(request):
            message = "This endpoint requires you to be authenticated."
            url = f"{_GRAPHQL_DOCS}/guides/forming-calls-with-graphql#authenticating-with-graphql"
            raise Refusal(401, message, documentation_url=url)
        if request.method != "POST":
            raise not_found()
        query = Prepared(_payload(request))
        request.cost = query.cost
        try:
            self._limits.spend("graphql", query.cost, token=True)
        except Refusal as refusal:
            error = {"type": "RATE_LIMITED", "message": refusal.message}
            return Answer.of({"errors": [error]}, 200, self._budget(request))
        if query.errors:
            return Answer.of({"errors": query.errors}, 200, self._budget(request))
        document = Execution(self.store, query, lambda: self._rate_limit(query)).document()
        return Answer.of(document, 200, _RUN_HEADERS | self._budget(request))

    def _rate_limit(self, query: Prepared) -> dict[str, Any]:
        state = self._limits.state("graphql", token=True)
        reset = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(state["reset"]))
        numbers = {key: state[key] for key in ("limit", "remaining", "used")}
        return numbers | {"cost": query.cost, "nodeCount": query.nodes, "resetAt": reset}


def _payload(request: Request) -> dict[str, Any]:
    try:
        payload = request.json
    except ValueError as bad:
        raise Refusal(400, "Problems parsing JSON") from bad
    if not isinstance(payload, dict) or not isinstance(payload.get("query"), str):
        raise Refusal(400, "A query attribute must be specified and must be a string.")
    return payload


def _conditional(request: Request, answer: Answer) -> Answer:
    """Answer 304 to a request that has the same already."""
    tag = answer.headers.get("ETag", "")
    known = [
        one.strip().removeprefix("W/")
        for one in request.headers.get("if-none-match", "").split(",")
    ]
    if answer.status != 200 or not tag or not {tag.removeprefix("W/"), "*"} & set(known):
        return answer
    return Answer(304, b"", {"ETag": tag})
