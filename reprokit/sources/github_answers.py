"""What GitHub's answers mean before anybody reads their contents: fine, limited, refused. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property
from time import gmtime, strftime
from typing import Any

from reprokit.errors import Unavailable
from reprokit.quoting import clean
from reprokit.sources.github_call import LATER, WITH_TOKEN, Gone, Limited, Passing, TokenRefused

# GitHub asks for a minute where it does not say how long.
UNTOLD_WAIT_S = 60.0
LONGEST_WAIT_S = 86_400.0
LONGEST_MESSAGE = 200
RESOURCE_LIMITS = "RESOURCE_LIMITS_EXCEEDED"

_OK, _REDIRECT, _BROKEN = 200, 300, 500
_UNAUTHORIZED, _FORBIDDEN, _TOO_MANY = 401, 403, 429
_GONE = {
    403: "GitHub does not give access",
    404: "GitHub knows nothing of that name (or it is private)",
    409: "the repository is empty",
    410: "it was switched off",
    451: "it was taken down for legal reasons",
}
_PLAIN = {" (not found)", " (git repository is empty.)"}
_NUMBER = re.compile(r"(\d{1,15})(?:\.\d{1,9})?")
_SECONDARY = ("secondary rate limit", "wait a few minutes", "abuse detection", "retry your request")


@dataclass(frozen=True, slots=True)
class Limit:
    """A budget as GitHub told it last.

    Args:
        limit: So many requests (or points) there are.
        remaining: So many are left.
        resets_at: When it is full again, in seconds since the epoch.
    """

    limit: int
    remaining: int
    resets_at: float


@dataclass(frozen=True)
class Reply:
    """One answer; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @cached_property
    def parsed(self) -> Any:
        """The body read as JSON; None if it is none."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None

    @property
    def document(self) -> Any:
        """The body, which has to be JSON.

        Raises:
            Unavailable: It is not.
        """
        if self.parsed is None:
            raise Unavailable("GitHub's answer is no JSON", hint=LATER)
        return self.parsed

    @property
    def message(self) -> str:
        """What GitHub says of a failure, in one line."""
        document = self.parsed
        if not isinstance(document, dict):
            return ""
        errors = document.get("errors")
        details = (
            [one.get("message") for one in errors or () if isinstance(one, dict)]
            if (isinstance(errors, list))
            else []
        )
        said = [document.get("message"), *details[:1]]
        return clean(": ".join(one for one in said if isinstance(one, str)))[:LONGEST_MESSAGE]


@dataclass(frozen=True, slots=True)
class GraphQLError:
    """One error beside the data of a GraphQL answer."""

    kind: str
    message: str
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphQLAnswer:
    """The data of a GraphQL answer, and what is wrong with parts of it."""

    data: Mapping[str, Any]
    errors: tuple[GraphQLError, ...] = field(default_factory=tuple)

    def over_limits(self, names: Iterable[str]) -> list[str]:
        """Return those of the fields that GitHub found too expensive; all if it names none."""
        over = [error for error in self.errors if error.kind == RESOURCE_LIMITS]
        if over and (not self.data or any(not error.path for error in over)):
            return list(names)
        at = {error.path[0] for error in over}
        return [name for name in names if name in at]

    def error_at(self, *path: str) -> GraphQLError | None:
        """Return the first error at or under a place."""
        found = (error for error in self.errors if error.path[: len(path)] == path)
        return next(found, None)


def number(text: Any) -> int | None:
    """Return the number of a header; None if it is none."""
    match = _NUMBER.fullmatch(text.strip()) if isinstance(text, str) else None
    return int(match[1]) if match else None


def limit_of(headers: Mapping[str, str]) -> Limit | None:
    """Return the budget that the headers tell."""
    told = [number(headers.get(f"x-ratelimit-{n}")) for n in ("limit", "remaining", "reset")]
    if None in told:
        return None
    limit, remaining, reset = (n or 0 for n in told)
    return Limit(limit, remaining, float(reset))


def moment(at: float) -> str:
    """Return a time of day as people read it."""
    return strftime("%H:%M:%S UTC", gmtime(min(max(at, 0.0), 4e9)))


def limited(until: float, resource: str | None, *, has_token: bool) -> Limited:
    """Return the failure of who is limited."""
    which = f"GitHub's rate limit ({resource}) is used up" if resource else "GitHub wants a pause"
    return Limited(
        f"{which} until {moment(until)}",
        hint=LATER if has_token else WITH_TOKEN,
        until=until,
        resource=resource,
    )


def refusal(reply: Reply, resource: str, now: float, *, has_token: bool) -> Unavailable | None:
    """Return what is wrong with an answer; None if its contents can be read."""
    told = _limit_told(reply, resource, now, has_token=has_token)
    if told is not None:
        return told
    if reply.status < _REDIRECT:
        is_page = "text/html" in reply.headers.get("content-type", "")
        page = "GitHub answered with an HTML page (a proxy, or a sign-in)"
        return Unavailable(page, hint=LATER) if is_page else None
    if reply.status == _UNAUTHORIZED and has_token:
        said = "GitHub refused the token (HTTP 401)"
        return TokenRefused(said, hint="set GITHUB_TOKEN to a valid one, or unset it")
    return _refused(reply.status, f" ({reply.message})" if reply.message else "")


def _refused(status: int, said: str) -> Unavailable:
    if status == _UNAUTHORIZED:
        return Unavailable("GitHub wants a token (HTTP 401)", hint=WITH_TOKEN)
    if status in _GONE:
        more = "" if said.lower() in _PLAIN else said
        return Gone(f"{_GONE[status]} (HTTP {status}){more}", hint=LATER, status=status)
    if status >= _BROKEN:
        return Passing(f"GitHub answered with HTTP {status}", hint=LATER)
    return Unavailable(f"GitHub answered with HTTP {status}{said}", hint=LATER)


def _limit_told(reply: Reply, resource: str, now: float, *, has_token: bool) -> Limited | None:
    """Return the limit that an answer tells: primary and secondary, by 403, 429 and by 200."""
    said = reply.message.lower()
    if reply.status not in {_OK, _FORBIDDEN, _TOO_MANY}:
        return None
    kinds = _error_kinds(reply) if resource == "graphql" else set()
    if reply.status == _OK and not kinds & {"RATE_LIMITED", "RATE_LIMIT"}:
        return None
    is_primary = (
        said.startswith("api rate limit")
        or reply.headers.get("x-ratelimit-remaining", "").strip() == "0"
    )
    wait = _retry_after(reply.headers.get("retry-after", ""), now)
    if wait is None and is_primary:
        reset = number(reply.headers.get("x-ratelimit-reset"))
        wait = UNTOLD_WAIT_S if reset is None else reset - now
        return limited(now + _bounded(wait), resource, has_token=has_token)
    is_secondary = reply.status != _FORBIDDEN or any(words in said for words in _SECONDARY)
    if wait is None and not is_secondary:
        return None
    wait = UNTOLD_WAIT_S if wait is None else wait
    return limited(now + _bounded(wait), None, has_token=has_token)


def _bounded(wait: float) -> float:
    return min(max(wait, 1.0), LONGEST_WAIT_S)


def _error_kinds(reply: Reply) -> set[str]:
    """Return the types of the errors of a GraphQL answer that has nothing else."""
    document = reply.parsed
    if not isinstance(document, dict) or document.get("data"):
        return set()
    return {error.kind for error in errors_of(document)}


def _retry_after(text: str, now: float) -> float | None:
    """Return the seconds of a Retry-After header, which may also be a date."""
    seconds = number(text)
    if seconds is not None or not text.strip():
        return seconds
    try:
        return parsedate_to_datetime(text).timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None


def errors_of(document: Mapping[str, Any]) -> tuple[GraphQLError, ...]:
    """Return the errors of a GraphQL answer."""
    given = document.get("errors")
    found = []
    for one in given if isinstance(given, list) else ():
        if not isinstance(one, dict):
            continue
        path = one.get("path")
        places = (
            tuple(p for p in path if isinstance(p, str | int)) if isinstance(path, list) else ()
        )
        kind, message = one.get("type"), one.get("message")
        found.append(
            GraphQLError(
                kind if isinstance(kind, str) else "",
                clean(message)[:LONGEST_MESSAGE] if isinstance(message, str) else "",
                places,
            )
        )
    return tuple(found)


def graphql_answer(reply: Reply) -> GraphQLAnswer:
    """Return data and errors of an answer.

    Raises:
        Unavailable: There is no data in it.
    """
    document = reply.document
    if not isinstance(document, dict):
        raise Unavailable("GitHub's answer is not of the form of GraphQL", hint=LATER)
    data, errors = document.get("data"), errors_of(document)
    if not isinstance(data, dict):
        said = next((error.message for error in errors if error.message), "no data in its answer")
        if any(error.kind == RESOURCE_LIMITS for error in errors):
            return GraphQLAnswer({}, errors)
        raise Unavailable(f"GitHub refused the query: {said}", hint=LATER)
    return GraphQLAnswer(data, errors)
