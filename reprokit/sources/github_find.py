"""Repositories found by several queries: one GraphQL request, or one a query without a token.

Network, through the channel. What fails in part is told in one sentence, and the rest is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import quote

from reprokit.errors import Unavailable
from reprokit.quoting import clean
from reprokit.repositories import Lead, Mention, Repository, merged
from reprokit.sources.github_answers import GraphQLAnswer
from reprokit.sources.github_call import LATER, Call, TokenRefused, side_by_side
from reprokit.sources.github_graphql import search_query
from reprokit.sources.github_http import Channel
from reprokit.sources.github_read import inner, items, repository_of_graphql, repository_of_rest
from reprokit.sources.github_wire import Ask

AT_ONCE = 2  # GitHub asks for one request after the other; two are let pass
MOST_QUERIES, MOST_QUERIES_WITH_TOKEN = 4, 8
MOST_RESULTS = 100

Query = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Repositories, and what is missing of them.

    Args:
        leads: In the order in which they came.
        missing: Sentences: what is missing, and why.
    """

    leads: tuple[Lead, ...]
    missing: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def search(channel: Channel, queries: Sequence[Query], count: int, call: Call) -> SearchResult:
    """Return what the queries find.

    Raises:
        Unavailable: None of them could be asked.
    """
    count = min(max(count, 1), MOST_RESULTS)
    if channel.has_token:
        chosen, left = queries[:MOST_QUERIES_WITH_TOKEN], queries[MOST_QUERIES_WITH_TOKEN:]
        job = partial(_search_at_once, channel, chosen, count, call)
        result = side_by_side([job], call, 1)[0]
        if isinstance(result, SearchResult):
            return replace(result, missing=(*result.missing, *_not_asked(left)))
        if not isinstance(result, TokenRefused):
            raise result
    chosen, left = queries[:MOST_QUERIES], queries[MOST_QUERIES:]
    jobs = [partial(_search_by_rest, channel, query, count, call) for query in chosen]
    results = side_by_side(jobs, call, AT_ONCE)
    raise_if_all_failed(results)
    leads: list[Lead] = []
    missing: list[str] = []
    for (kind, _), one in zip(chosen, results, strict=True):
        if isinstance(one, Unavailable):
            missing.append(f"the search by {clean(kind)}: {one.message}")
        else:
            leads += one.leads
            missing += one.missing
    return SearchResult(merged(leads), (*missing, *_not_asked(left)))


def _not_asked(queries: Sequence[Query]) -> list[str]:
    kinds = ", ".join(clean(kind) for kind, _ in queries)
    return [f"not searched by {kinds}: so many queries are too many"] if queries else []


def raise_if_all_failed(results: Sequence[Any]) -> None:
    """Raise the first failure where there is nothing else."""
    failed = [one for one in results if isinstance(one, Unavailable)]
    if failed and len(failed) == len(results):
        raise failed[0]


def _mention(query: Query) -> Mention:
    kind, text = clean(query[0]), clean(query[1])
    url = f"https://github.com/search?q={quote(text, safe='')}&type=repositories"
    return Mention("github", kind, text, url)


def _search_by_rest(channel: Channel, query: Query, count: int, call: Call) -> SearchResult:
    asked = {"q": query[1], "per_page": count}
    reply = channel.get(Ask("/search/repositories", asked, resource="search"), call)
    document = reply.document
    found = inner(document, "items")
    if not isinstance(found, list):
        raise Unavailable("GitHub's answer is not of the form of a search", hint=LATER)
    result = _leads(query, [repository_of_rest(item) for item in found])
    if inner(document, "incomplete_results") is True:
        note = f"the search by {clean(query[0])} ran out of time at GitHub: some may be missing"
        return replace(result, missing=(*result.missing, note))
    return result


def _leads(query: Query, found: Sequence[Repository | None], why: str = "") -> SearchResult:
    mention = _mention(query)
    leads = tuple(Lead(repository, (mention,)) for repository in found if repository)
    lost = len(found) - len(leads)
    note = f"{lost} of the repositories found by {mention.kind} cannot be read{why}"
    return SearchResult(leads, (note,) if lost else ())


def _search_at_once(
    channel: Channel, queries: Sequence[Query], count: int, call: Call
) -> SearchResult:
    """Ask all queries by one request; once more, for half as many, what is too expensive."""
    named = {f"q{place}": query for place, query in enumerate(queries)}
    if not named:
        return SearchResult(())
    texts = {key: text for key, (_, text) in named.items()}
    answer = channel.graphql(*search_query(texts, count), call)
    over = answer.over_limits(named)
    leads: list[Lead] = []
    missing: list[str] = []
    if over and count > 1:
        fewer = count // 2
        query = search_query({key: texts[key] for key in over}, fewer)
        answer = _asked_again(channel, answer, query, call)
        kinds = ", ".join(clean(named[key][0]) for key in over)
        missing.append(f"the search by {kinds} is too expensive for GitHub: only {fewer} each")
    for key, asked in named.items():
        error = answer.error_at(key)
        why = f": {error.message}" if error else ""
        if not isinstance(answer.data.get(key), Mapping):
            missing.append(f"the search by {clean(asked[0])} failed{why}")
            continue
        nodes = items(answer.data, key, "nodes")
        result = _leads(asked, [repository_of_graphql(node) for node in nodes], why)
        leads += result.leads
        missing += result.missing
    if not any(isinstance(answer.data.get(key), Mapping) for key in named):
        raise Unavailable(f"GitHub: {missing[-1]}", hint=LATER)
    return SearchResult(merged(leads), tuple(missing))


def _asked_again(
    channel: Channel,
    answer: GraphQLAnswer,
    query: tuple[str, dict[str, Any]],
    call: Call,
) -> GraphQLAnswer:
    """Return the answer with what a cheaper query gives of the fields that were too expensive."""
    try:
        again = channel.graphql(*query, call)
    except Unavailable:
        return answer
    given = {key: value for key, value in again.data.items() if value is not None}
    kept = (e for e in answer.errors if not e.path or e.path[0] not in given)
    return GraphQLAnswer({**answer.data, **given}, (*kept, *again.errors))
