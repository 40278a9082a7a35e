"""GitHub's documents read into records: repositories and threads. Pure.

Every text is cleaned here and cut, every type is looked at: nothing of an answer is believed.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from reprokit.quoting import clean, clean_block
from reprokit.repositories import Repository
from reprokit.sources.github_graphql import READMES

LONGEST_README = 100_000  # bytes
LONGEST_BODY = 65_536
LONGEST_LINE = 1_000
MOST_FILES = 1_000
MOST_LABELS = 20
MOST_COMMENTS = 10

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}/(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100}")
_README = re.compile(r"readme(?:[._-].{0,20})?", re.IGNORECASE)


def is_name(name: Any) -> bool:
    """Tell whether a text is `OWNER/NAME` as GitHub allows it."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def inner(document: Any, *keys: str) -> Any:
    """Return what lies under the keys, one inside the other; None where something else does."""
    for key in keys:
        document = document.get(key) if isinstance(document, Mapping) else None
    return document


def items(document: Any, *keys: str) -> list[Any]:
    """Return the list under the keys; an empty one where something else lies there."""
    found = inner(document, *keys)
    return found if isinstance(found, list) else []


def line(value: Any, longest: int = LONGEST_LINE) -> str:
    """Return a text in one line, cut; empty where it is none."""
    return clean(value[: 4 * longest])[:longest] if isinstance(value, str) else ""


def block(value: Any, longest: int = LONGEST_BODY) -> str:
    """Return a text of several lines, cut; empty where it is none."""
    return clean_block(value[:longest]) if isinstance(value, str) else ""


def readme_text(value: Any) -> str:
    """Return the README as it is kept: its first 100 kB."""
    if not isinstance(value, str):
        return ""
    start = value[:LONGEST_README].encode("utf-8", "replace")[:LONGEST_README]
    return clean_block(start.decode("utf-8", "ignore"))


def count(value: Any) -> int | None:
    """Return a number of things; None where it is none."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
    return value if is_count else None


def _lines(values: Iterable[Any], most: int) -> tuple[str, ...]:
    found = (line(value, 100) for value in values)
    return tuple(text for text in found if text)[:most]


def repository_of_rest(document: Any) -> Repository | None:
    """Return the repository of a REST document; None where it is none."""
    name = inner(document, "full_name")
    if not is_name(name):
        return None
    parent = inner(document, "parent", "full_name")
    return Repository(
        name=name,
        description=line(inner(document, "description")),
        topics=_lines(items(document, "topics"), 30),
        language=line(inner(document, "language"), 100) or None,
        stars=count(inner(document, "stargazers_count")),
        forks=count(inner(document, "forks_count")),
        is_fork=inner(document, "fork") is True,
        parent=parent if is_name(parent) else None,
        is_archived=inner(document, "archived") is True,
        license=line(inner(document, "license", "spdx_id"), 100) or None,
        pushed_at=line(inner(document, "pushed_at"), 40) or None,
        created_at=line(inner(document, "created_at"), 40) or None,
        size_kb=count(inner(document, "size")),
        homepage=line(inner(document, "homepage"), 300),
        is_organization=inner(document, "owner", "type") == "Organization",
        default_branch=line(inner(document, "default_branch"), 250),
        node_id=line(inner(document, "node_id"), 100),
    )


def repository_of_graphql(node: Any) -> Repository | None:
    """Return the repository of a GraphQL node; None where it is none."""
    name = inner(node, "nameWithOwner")
    if not is_name(name):
        return None
    parent = inner(node, "parent", "nameWithOwner")
    topics = (inner(one, "topic", "name") for one in items(node, "repositoryTopics", "nodes"))
    return Repository(
        name=name,
        description=line(inner(node, "description")),
        topics=_lines(topics, 30),
        language=line(inner(node, "primaryLanguage", "name"), 100) or None,
        languages=_languages(node),
        stars=count(inner(node, "stargazerCount")),
        forks=count(inner(node, "forkCount")),
        is_fork=inner(node, "isFork") is True,
        parent=parent if is_name(parent) else None,
        is_archived=inner(node, "isArchived") is True,
        license=line(inner(node, "licenseInfo", "spdxId"), 100) or None,
        pushed_at=line(inner(node, "pushedAt"), 40) or None,
        created_at=line(inner(node, "createdAt"), 40) or None,
        size_kb=count(inner(node, "diskUsage")),
        homepage=line(inner(node, "homepageUrl"), 300),
        is_organization=inner(node, "owner", "__typename") == "Organization",
        default_branch=line(inner(node, "defaultBranchRef", "name"), 250),
        node_id=line(inner(node, "id"), 100),
        **_insides(node),
    )


def _languages(node: Any) -> dict[str, int]:
    pairs = (
        (line(inner(edge, "node", "name"), 100), count(inner(edge, "size")))
        for edge in items(node, "languages", "edges")
    )
    return {name: size for name, size in pairs if name and size is not None}


def _insides(node: Any) -> dict[str, Any]:
    """Return README, files and issues, as far as the node was asked for them."""
    found: dict[str, Any] = {}
    if "top" in node:
        entries = items(node, "top", "entries")
        found["files"] = _lines((inner(one, "name") for one in entries), MOST_FILES)
    texts = [inner(node, f"readme{place}", "text") for place in range(len(READMES))]
    text = next((one for one in texts if isinstance(one, str)), None)
    if text is not None:
        found["readme"] = readme_text(text)
    elif "top" in node:
        # None where there is one of another name
        found["readme"] = None if odd_readme(found["files"]) else ""
    if isinstance(inner(node, "issues"), Mapping):
        titles = (inner(one, "title") for one in items(node, "issues", "nodes"))
        found["issue_titles"] = tuple(filter(None, (line(title, 300) for title in titles)))
        found["n_issues"] = count(inner(node, "issues", "totalCount"))
    return found


def odd_readme(files: Iterable[str]) -> str | None:
    """Return the name of a README that no query guesses, such as `ReadMe.MD`."""
    fitting = (name for name in files if _README.fullmatch(name) and name not in READMES)
    return min(fitting, key=len, default=None)


def thread_of_rest(document: Any, name: str) -> dict[str, Any] | None:
    """Return the issue or pull request of a REST document; None where it is none."""
    pull = inner(document, "pull_request")
    is_merged = isinstance(inner(pull, "merged_at"), str)
    return _thread(
        name,
        document,
        is_pull=pull is not None,
        state="merged" if is_merged else line(inner(document, "state"), 20).lower(),
        author=inner(document, "user", "login"),
        association=inner(document, "author_association"),
        created_at=inner(document, "created_at"),
        updated_at=inner(document, "updated_at"),
        n_comments=inner(document, "comments"),
        reactions=inner(document, "reactions", "total_count"),
        labels=items(document, "labels"),
        comments=(),
    )


def thread_of_graphql(node: Any, name: str, *, is_pull: bool) -> dict[str, Any] | None:
    """Return the issue or pull request of a GraphQL node; None where it is none."""
    return _thread(
        name,
        node,
        is_pull=is_pull,
        state=line(inner(node, "state"), 20).lower(),
        author=inner(node, "author", "login"),
        association=inner(node, "authorAssociation"),
        created_at=inner(node, "createdAt"),
        updated_at=inner(node, "updatedAt"),
        n_comments=inner(node, "comments", "totalCount"),
        reactions=inner(node, "reactions", "totalCount"),
        labels=items(node, "labels", "nodes"),
        comments=items(node, "comments", "nodes"),
    )


def _thread(name: str, document: Any, **given: Any) -> dict[str, Any] | None:
    number = count(inner(document, "number"))
    if number is None:
        return None
    is_pull = given["is_pull"]
    return {
        "repo": name,
        "number": number,
        "title": line(inner(document, "title"), 300),
        "body": block(inner(document, "body")),
        "url": f"https://github.com/{name}/{'pull' if is_pull else 'issues'}/{number}",
        "state": given["state"] if given["state"] in {"open", "closed", "merged"} else "open",
        "is_pull": is_pull,
        **_signed(given["author"], given["association"], given["created_at"]),
        "updated_at": line(given["updated_at"], 40),
        "n_comments": count(given["n_comments"]) or 0,
        "reactions": count(given["reactions"]) or 0,
        "labels": list(_lines((inner(one, "name") for one in given["labels"]), MOST_LABELS)),
        "comments": [
            {
                **_signed(
                    inner(one, "author", "login"),
                    inner(one, "authorAssociation"),
                    inner(one, "createdAt"),
                ),
                "body": block(inner(one, "body")),
            }
            for one in given["comments"][:MOST_COMMENTS]
            if isinstance(one, Mapping)
        ],
    }


def _signed(author: Any, association: Any, created_at: Any) -> dict[str, str]:
    return {
        "author": line(author, 100),
        "association": line(association, 40).upper(),
        "created_at": line(created_at, 40),
    }
