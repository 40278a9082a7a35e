"""Issues and pull requests of one repository: the most discussed, or all of them.

Network, through the channel.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from reprokit.errors import Unavailable
from reprokit.sources.github_answers import GraphQLAnswer
from reprokit.sources.github_call import LATER, Call, Gone, TokenRefused
from reprokit.sources.github_graphql import page_query, threads_query
from reprokit.sources.github_http import Channel
from reprokit.sources.github_read import inner, items, thread_of_graphql, thread_of_rest
from reprokit.sources.github_wire import Ask

MOST_THREADS = 100
MOST_PAGES = 1_000

_IN_A_PAGE = 50
_KINDS = ("issues", "pullRequests")
_SWITCHED_OFF = 410

Threads = list[dict[str, Any]]
Run = Callable[[Callable[[Call], Any]], Any]


def threads_of(channel: Channel, name: str, count: int, call: Call) -> Threads:
    """Return the most discussed issues and pull requests, by one request.

    Raises:
        Unavailable: They are not to be had.
    """
    count = min(max(count, 1), MOST_THREADS)
    if channel.has_token:
        try:
            found = _by_graphql(channel, name, count, call)
        except TokenRefused:
            found = None
        if found is not None:
            return found
    order = {"sort": "comments", "direction": "desc", "per_page": count}
    found = _page_by_rest(channel, name, order, call)
    return _most_discussed(found, count)


def _most_discussed(found: Threads, count: int) -> Threads:
    found.sort(key=lambda one: (one["n_comments"], one["updated_at"]), reverse=True)
    return found[:count]


def _by_graphql(channel: Channel, name: str, count: int, call: Call) -> Threads:
    # Issues teach more than pull requests do.
    answer = _cheaper(
        channel,
        lambda n: threads_query({"issues": n, "pullRequests": max(1, n // 2)}, name),
        count,
        call,
    )
    repository = _repository(answer, name)
    return _most_discussed([one for kind in _KINDS for one in _read(repository, kind, name)], count)


def _cheaper(
    channel: Channel,
    query: Callable[[int], tuple[str, dict[str, Any]]],
    count: int,
    call: Call,
) -> GraphQLAnswer:
    """Ask; once more for half as many where that is too expensive for GitHub."""
    answer = channel.graphql(*query(count), call)
    if not answer.over_limits(["repository"]) or count <= 1:
        return answer
    try:
        again = channel.graphql(*query(count // 2), call)
    except TokenRefused:
        raise
    except Unavailable:
        return answer
    return again if again.data.get("repository") else answer


def _repository(answer: GraphQLAnswer, name: str) -> Any:
    repository = answer.data.get("repository")
    if isinstance(repository, dict):
        return repository
    error = answer.error_at("repository")
    if error and error.kind == "NOT_FOUND":
        raise Gone(f"GitHub knows no repository {name} (or it is private)", hint=LATER, status=404)
    said = error.message if error else "no repository in its answer"
    raise Unavailable(f"GitHub gives no issues of {name}: {said}", hint=LATER)


def _read(repository: Any, kind: str, name: str) -> Threads:
    is_pull = kind == "pullRequests"
    nodes = items(repository, kind, "nodes")
    found = (thread_of_graphql(node, name, is_pull=is_pull) for node in nodes)
    return [one for one in found if one is not None]


def _page_by_rest(channel: Channel, name: str, order: dict[str, Any], call: Call) -> Threads:
    try:
        reply = channel.get(Ask(f"/repos/{name}/issues", {"state": "all", **order}), call)
    except Gone as error:
        if error.status == _SWITCHED_OFF:
            return []
        raise
    document = reply.document
    if not isinstance(document, list):
        raise Unavailable("GitHub's answer is not a list of issues", hint=LATER)
    found = (thread_of_rest(one, name) for one in document)
    return [one for one in found if one is not None]


def all_threads_of(channel: Channel, name: str, run: Run) -> Iterator[dict[str, Any]]:
    """Yield all issues and pull requests, the oldest first.

    Args:
        channel: GitHub.
        name: `OWNER/NAME`.
        run: Runs the request for one page, within its own time.

    Raises:
        Unavailable: A page is not to be had; those before it were given.
    """
    n_given = 0
    if channel.has_token:
        refused: TokenRefused | None = None
        try:
            for one in _pages_by_graphql(channel, name, run):
                n_given += 1
                yield one
        except TokenRefused as error:
            refused = error
        if refused is None:
            return
        if n_given:
            raise refused
    yield from _pages_by_rest(channel, name, run)


def _pages_by_graphql(channel: Channel, name: str, run: Run) -> Iterator[dict[str, Any]]:
    for kind in _KINDS:
        after: str | None = None
        for _ in range(MOST_PAGES):
            answer = run(partial(_page_by_graphql, channel, kind, name, after))
            repository = _repository(answer, name)
            yield from _read(repository, kind, name)
            info = inner(repository, kind, "pageInfo")
            cursor = inner(info, "endCursor")
            is_last = inner(info, "hasNextPage") is not True or not isinstance(cursor, str)
            if is_last or cursor == after:
                break
            after = cursor


def _page_by_graphql(
    channel: Channel, kind: str, name: str, after: str | None, call: Call
) -> GraphQLAnswer:
    return _cheaper(channel, lambda n: page_query(kind, name, n, after), _IN_A_PAGE, call)


def _pages_by_rest(channel: Channel, name: str, run: Run) -> Iterator[dict[str, Any]]:
    for page in range(1, MOST_PAGES + 1):
        order = {"sort": "created", "direction": "asc", "per_page": MOST_THREADS, "page": page}
        found = run(partial(_page_by_rest, channel, name, order))
        yield from found
        if len(found) < MOST_THREADS:
            return
