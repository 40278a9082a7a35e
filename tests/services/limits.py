"""GitHub's rate limits: so many requests in an hour or a minute, and the headers of each answer."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.wire import Refusal

HOUR, MINUTE = 3600, 60
# (resource, with a token) -> (requests, seconds); what is not here needs a token.
BUDGETS: dict[tuple[str, bool], tuple[int, int]] = {
    ("core", False): (60, HOUR),
    ("core", True): (5000, HOUR),
    ("search", False): (10, MINUTE),
    ("search", True): (30, MINUTE),
    ("code_search", True): (10, MINUTE),
    ("graphql", True): (5000, HOUR),
}
# The secondary limits, by the minute: points of REST and of GraphQL, and requests at once.
SECONDARY = {"rest": 900, "graphql": 2000}
AT_ONCE = 100


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@dataclass
class Window:
    """One budget, from its first request on."""

    limit: int
    seconds: int
    used: int = 0
    reset: int = 0


class Limits:
    """The budgets of one token, and those without."""

    def __init__(self, clock: Callable[[], float], overrides: Mapping[str, int]) -> None:
        self._clock, self._overrides = clock, overrides
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, bool], Window] = {}
        self._minutes: dict[tuple[str, bool], Window] = {}

    def _window(self, resource: str, *, token: bool) -> Window:
        limit, seconds = BUDGETS[resource, token]
        limit = self._overrides.get(resource, limit)
        window = self._windows.setdefault((resource, token), Window(limit, seconds))
        if self._clock() >= window.reset:
            window.used, window.reset = 0, int(self._clock()) + seconds
        return window

    def spend(self, resource: str, points: int, *, token: bool) -> None:
        """Take points from a budget; 0 only asks whether anything is left.

        Raises:
            Refusal: The primary limit is reached.
        """
        with self._lock:
            window = self._window(resource, token=token)
            if window.used >= window.limit:
                raise exhausted(resource, token=token)
            window.used = min(window.limit, window.used + points)

    def refund(self, resource: str, *, token: bool) -> None:
        """Give a point back, for an answer that does not count."""
        with self._lock:
            window = self._window(resource, token=token)
            window.used = max(0, window.used - 1)

    def press(self, resource: str, at_once: int, *, token: bool) -> None:
        """Count a request against the secondary limits.

        Raises:
            Refusal: They are exceeded.
        """
        kind = "graphql" if resource == "graphql" else "rest"
        with self._lock:
            minute = self._minutes.setdefault((kind, token), Window(SECONDARY[kind], MINUTE))
            if self._clock() >= minute.reset:
                minute.used, minute.reset = 0, int(self._clock()) + MINUTE
            minute.used += 1
            wait = minute.reset - int(self._clock())
            if minute.used > minute.limit or at_once > AT_ONCE:
                raise secondary(retry_after=max(1, wait))

    def headers(self, resource: str, *, token: bool) -> dict[str, str]:
        """Return the x-ratelimit headers, as they stand now."""
        if (resource, token) not in BUDGETS:
            return {}
        shown = self.state(resource, token=token)
        names = {"limit": "Limit", "remaining": "Remaining", "reset": "Reset", "used": "Used"}
        headers = {f"X-RateLimit-{name}": str(shown[key]) for key, name in names.items()}
        return headers | {"X-RateLimit-Resource": resource}

    def state(self, resource: str, *, token: bool) -> dict[str, int]:
        with self._lock:
            window = self._window(resource, token=token)
            left = window.limit - window.used
            return {
                "limit": window.limit,
                "used": window.used,
                "remaining": left,
                "reset": window.reset,
            }

    def overview(self, *, token: bool) -> dict[str, dict[str, int]]:
        """Return what /rate_limit tells of all budgets."""
        none = {"limit": 0, "used": 0, "remaining": 0, "reset": int(self._clock()) + HOUR}
        return {
            resource: self.state(resource, token=token) if (resource, token) in BUDGETS else none
            for resource in ("core", "search", "graphql", "code_search")
        }


def exhausted(resource: str, *, token: bool) -> Refusal:
    """Return the refusal for a primary limit; for GraphQL the server makes a 200 of it."""
    message = (
        "API rate limit exceeded for user ID 1."
        if token
        else (
            "API rate limit exceeded for 127.0.0.1. (But here's the good news: Authenticated "
            "requests get a higher rate limit. Check out the documentation for more details.)"
        )
    )
    url = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
    refusal = Refusal(403, message, documentation_url=url)
    refusal.exhausted = resource  # type: ignore[attr-defined]
    return refusal


def secondary(retry_after: int | None, status: int = 403) -> Refusal:
    """Return the refusal for a secondary limit."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    message = (
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    )
    url = (
        "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
        "#about-secondary-rate-limits"
    )
    return Refusal(status, message, headers, documentation_url=url)
