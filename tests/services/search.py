"""The language of GitHub's search, as far as it is documented, over the stored repositories."""

import fnmatch
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from services.store import Store, StoredIssue, StoredRepo, words

LONGEST, MOST_OPERATORS = 256, 5
NUMBERS = {"stars", "forks", "size", "topics", "comments", "reactions", "number"}
DATES = {"created", "pushed", "updated", "closed"}
REPOSITORY = {
    *("in", "topic", "language", "stars", "forks", "size", "topics", "fork", "archived"),
    *("user", "org", "repo", "license", "created", "pushed", "is", "template", "mirror"),
}
ISSUE = {
    *("in", "repo", "user", "org", "is", "type", "state", "label", "author", "comments"),
    *("reactions", "created", "updated", "closed", "no", "archived", "language"),
}
_TOKEN = re.compile(
    r'(?P<minus>-?)(?:(?P<key>[A-Za-z]+):(?P<value>"[^"]*"|[^\s"]+)|"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))'
)


class SearchRefused(Exception):
    """A query that the search does not take: 422."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.code, self.message = code, message


@dataclass
class Query:
    """A parsed query: alternatives of terms, and qualifiers that all must hold."""

    alternatives: list[list[tuple[str, bool]]] = field(default_factory=lambda: [[]])
    qualifiers: list[tuple[str, str, bool]] = field(default_factory=list)

    def values(self, *keys: str) -> list[str]:
        return [value for key, value, minus in self.qualifiers if key in keys and not minus]

    @property
    def terms(self) -> list[str]:
        return [term for terms in self.alternatives for term, negated in terms if not negated]


def parse(text: str, known: set[str]) -> Query:
    """Parse a query; a qualifier that is not known is a word like any other.

    Raises:
        SearchRefused: Nothing is asked, too long, or too many operators.
    """
    if not text.strip():
        raise SearchRefused("missing")
    if len(text) > LONGEST:
        raise SearchRefused("invalid", f"The search is longer than {LONGEST} characters.")
    query, negated, operators = Query(), False, 0
    for match in _TOKEN.finditer(text):
        word = match["word"]
        if word in {"AND", "OR", "NOT"} and not match["minus"]:
            operators += 1
            negated = word == "NOT"
            if word == "OR":
                query.alternatives.append([])
            continue
        _take(query, match, known, negated=negated or bool(match["minus"]))
        negated = False
    if operators > MOST_OPERATORS:
        raise SearchRefused("invalid", "More than five AND / OR / NOT operators were used.")
    return query


def _take(query: Query, match: re.Match[str], known: set[str], *, negated: bool) -> None:
    key = (match["key"] or "").lower()
    if key in known:
        query.qualifiers.append((key, match["value"].strip('"'), negated))
        return
    # A phrase keeps its order, a word too: 1706.03762 is two words in a row.
    said = match["phrase"] if match["phrase"] is not None else match["word"]
    term = words(said if said is not None else match[0])
    if term.strip():
        query.alternatives[-1].append((term, negated))


def _against(value: Any, wanted: str) -> int:
    """Return -1, 0 or 1: below, at or above; a time is at every beginning of itself."""
    mine: Any = value
    other: Any = wanted
    if isinstance(value, str):
        mine = value[: len(wanted)]
    elif wanted.isdecimal():
        other = int(wanted)
    else:
        raise SearchRefused("invalid", f"{wanted!r} is no number.")
    return int(mine > other) - int(mine < other)


def compare(value: Any, wanted: str) -> bool:
    """Tell whether a number or a time is in what `>n`, `n..m`, `*..m` and `n` say."""
    if ".." in wanted:
        low, _, high = wanted.partition("..")
        above = low == "*" or _against(value, low) >= 0
        return above and (high == "*" or _against(value, high) <= 0)
    for sign, places in ((">=", {0, 1}), ("<=", {-1, 0}), (">", {1}), ("<", {-1})):
        if wanted.startswith(sign):
            return _against(value, wanted.removeprefix(sign)) in places
    return _against(value, wanted) == 0


def score(texts: dict[str, str], fields: Iterable[str], query: Query) -> float | None:
    """Return how well the texts match, or None if they do not."""
    weights = {"name": 4.0, "title": 4.0, "topics": 2.0, "description": 2.0}
    best: float | None = None
    for terms in query.alternatives:
        found = 0.0
        for term, negated in terms:
            hits = {name: texts[name].count(term) for name in fields}
            if any(hits.values()) is negated:
                break
            found += sum(weights.get(name, 1.0) * min(n, 3) for name, n in hits.items())
        else:
            best = max(found, best or 0.0)
    return best


def _fields(query: Query, allowed: tuple[str, ...], default: tuple[str, ...]) -> list[str]:
    asked = [part for value in query.values("in") for part in value.lower().split(",")]
    chosen = [name for name in asked if name in allowed]
    return chosen or list(default)


def _known_places(query: Query, store: Store) -> None:
    users = [value.lower() for value in query.values("user", "org")]
    repos = query.values("repo")
    lost = [name for name in users if name not in store.logins]
    lost += [name for name in repos if store.named(name) is None]
    if lost and len(lost) == len(users) + len(repos):
        message = (
            "The listed users and repositories cannot be searched either because the resources "
            "do not exist or you do not have permission to view them."
        )
        raise SearchRefused("invalid", message)


def _in_place(repo: StoredRepo, query: Query) -> bool:
    users = [value.casefold() for value in query.values("user", "org")]
    repos = [value.casefold() for value in query.values("repo")]
    if not users and not repos:
        return True
    return repo.login.casefold() in users or repo.full_name.casefold() in repos


def _repository_holds(repo: StoredRepo, key: str, value: str) -> bool:
    given, wanted = repo.given, value.lower()
    names = {
        "topic": lambda: wanted in [topic.lower() for topic in given.topics],
        "license": lambda: wanted == (given.license or "").lower(),
        "archived": lambda: (wanted == "true") is given.archived,
        "template": lambda: (wanted == "true") is given.is_template,
        "mirror": lambda: (wanted == "true") is bool(repo.more("mirror_url")),
        "is": lambda: wanted != "private",
    }
    if key in names:
        return names[key]()
    if key in NUMBERS:
        numbers = {"stars": given.stars, "forks": given.forks, "size": given.size}
        return compare(numbers.get(key, len(given.topics)), wanted)
    if key in DATES:
        return compare(given.created_at if key == "created" else given.pushed_at, value)
    return True


def _forks(query: Query) -> tuple[bool, ...]:
    wanted = query.values("fork")[-1:]
    return {"true": (True, False), "only": (True,)}.get(
        wanted[0].lower() if wanted else "", (False,)
    )


def _languages(query: Query, repo: StoredRepo) -> bool:
    wanted = [value.lower().replace("-", " ") for value in query.values("language")]
    return not wanted or (repo.given.language or "").lower() in wanted


def search_repositories(
    store: Store, text: str, sort: str | None = None, order: str = "desc"
) -> list[StoredRepo]:
    """Return the repositories that a query finds, in order.

    Raises:
        SearchRefused: The query is none.
    """
    query = parse(text, REPOSITORY)
    _known_places(query, store)
    fields = _fields(
        query, ("name", "description", "readme", "topics"), ("name", "description", "topics")
    )
    own = {"in", "fork", "user", "org", "repo", "language"}
    found: list[tuple[float, StoredRepo]] = []
    for repo in store.repos:
        if repo.given.fork not in _forks(query) or not _in_place(repo, query):
            continue
        held = (
            _repository_holds(repo, key, value) is not minus
            for key, value, minus in query.qualifiers
            if key not in own
        )
        points = score(repo.words, fields, query)
        if points is not None and _languages(query, repo) and all(held):
            found.append((points + math.log1p(repo.given.stars) / 4, repo))
    return _sorted(found, _REPOSITORY_SORTS, sort, order)


def search_issues(
    store: Store, text: str, sort: str | None = None, order: str = "desc"
) -> list[StoredIssue]:
    """Return the issues and pull requests that a query finds, in order.

    Raises:
        SearchRefused: The query is none.
    """
    query = parse(text, ISSUE)
    _known_places(query, store)
    fields = _fields(query, ("title", "body", "comments"), ("title", "body", "comments"))
    found: list[tuple[float, StoredIssue]] = []
    for repo in store.repos:
        if repo.gone or repo.blocked or not _in_place(repo, query):
            continue
        for issue in repo.plain_issues + repo.pulls:
            points = score(issue.words, fields, query)
            if points is not None and _issue_matches(issue, query):
                found.append((points, issue))
    return _sorted(found, _ISSUE_SORTS, sort, order)


def _issue_matches(issue: StoredIssue, query: Query) -> bool:
    return all(
        _issue_holds(issue, key, value) is not minus
        for key, value, minus in query.qualifiers
        if key not in {"in", "repo", "user", "org", "no", "archived", "language"}
    )


def _issue_holds(issue: StoredIssue, key: str, value: str) -> bool:
    wanted = value.lower()
    kinds = {"issue": not issue.is_pull, "pr": issue.is_pull, "pull-request": issue.is_pull}
    kinds |= {"open": issue.state == "open", "closed": issue.state == "closed"}
    kinds |= {"merged": issue.merged, "locked": issue.locked, "public": True}
    if key in {"is", "type", "state"}:
        return kinds.get(wanted, False)
    if key == "label":
        return any(fnmatch.fnmatchcase(label.lower(), wanted) for label in issue.labels)
    if key == "author":
        return issue.author is not None and issue.author.login.lower() == wanted
    if key == "comments":
        return compare(len(issue.comments), wanted)
    if key == "reactions":
        return compare(sum(issue.reactions.values()), wanted)
    return compare(getattr(issue, f"{key}_at") or "", value)


_REPOSITORY_SORTS: dict[str, Callable[[StoredRepo], Any]] = {
    "stars": lambda repo: repo.given.stars,
    "forks": lambda repo: repo.given.forks,
    "updated": lambda repo: repo.updated_at,
    "help-wanted-issues": lambda repo: sum("help wanted" in one.labels for one in repo.issues),
}
_ISSUE_SORTS: dict[str, Callable[[StoredIssue], Any]] = {
    "comments": lambda issue: len(issue.comments),
    "reactions": lambda issue: sum(issue.reactions.values()),
    "interactions": lambda issue: len(issue.comments) + sum(issue.reactions.values()),
    "created": lambda issue: issue.created_at,
    "updated": lambda issue: issue.updated_at,
}


def _sorted(
    found: list[tuple[float, Any]],
    sorts: dict[str, Callable[[Any], Any]],
    sort: str | None,
    order: str,
) -> list[Any]:
    if sort and sort not in sorts:
        raise SearchRefused("invalid", f"There is no sort {sort!r}.")
    found.sort(key=lambda pair: (-pair[0], pair[1].id))
    if sort:
        found.sort(key=lambda pair: sorts[sort](pair[1]), reverse=order != "asc")
    return [one for _, one in found]
