"""Issues and pull requests as people wrote them, and who of them wrote what.

Pure. Nothing is judged here. Texts are cut, never refused for their length.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

LONGEST_TITLE = 300
LONGEST_BODY = 20_000
LONGEST_COMMENT = 8_000
MOST_COMMENTS = 30
MOST_LABELS = 20

# GitHub's author_association of those who may answer for a repository.
MAINTAINERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})

# fmt: off
_BOTS = frozenset({
    "allcontributors", "claassistant", "codecov", "codecov-io", "copilot", "coveralls",
    "deepsource-autofix", "dependabot", "dependabot-preview", "github-actions", "gitguardian",
    "googlebot", "greenkeeper", "imgbot", "lgtm-com", "mergify", "netlify", "pre-commit-ci",
    "probot", "pyup-bot", "renovate", "restyled-io", "semantic-release", "sourcery-ai", "stale",
    "sweep-ai", "vercel", "whitesource",
})
# fmt: on
_BOT = re.compile(r"\[bot\]\Z|[-_]bot\Z|\A(?:dependabot|renovate|greenkeeper|snyk)\b")


def is_bot(login: str) -> bool:
    """Tell whether a login is that of a program."""
    name = login.lower()
    return name in _BOTS or bool(_BOT.search(name))


@dataclass(frozen=True, slots=True)
class Comment:
    """One answer in a thread.

    Args:
        author: Login of who wrote it.
        association: What they are to the repository, as GitHub's `author_association`.
        body: As written.
        created_at: When, as an ISO 8601 time.
    """

    author: str
    association: str
    body: str
    created_at: str

    def to_json(self) -> dict[str, Any]:
        """Return the comment as a JSON document."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read a comment written by `to_json`; what is missing is empty.

        Raises:
            TypeError: It is no comment, or a part of it has another type.
        """
        return cls(
            author=_text(document, "author", LONGEST_TITLE),
            association=_text(document, "association", LONGEST_TITLE).upper(),
            body=_text(document, "body", LONGEST_COMMENT),
            created_at=_text(document, "created_at", LONGEST_TITLE),
        )


@dataclass(frozen=True, slots=True)
class Thread:
    """One issue or pull request.

    Args:
        repo: `owner/name`.
        number: Of the issue, in its repository.
        title: As written.
        body: As written.
        url: Its page.
        state: `open`, `closed` or `merged`.
        is_pull: It is a pull request.
        author: Login of who opened it.
        association: What they are to the repository.
        created_at: When it was opened.
        updated_at: When something last happened.
        n_comments: How many comments it has, also those that are not here.
        reactions: How many reactions the opening text has.
        labels: The names of its labels.
        comments: The first few.
    """

    repo: str
    number: int
    title: str
    body: str
    url: str
    state: str
    is_pull: bool
    author: str
    association: str
    created_at: str
    updated_at: str
    n_comments: int
    reactions: int
    labels: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the thread as a JSON document."""
        fields = asdict(self)
        return {
            **fields,
            "labels": list(self.labels),
            "comments": [comment.to_json() for comment in self.comments],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read a thread written by `to_json`; what may be missing is empty.

        Raises:
            KeyError: It has no repository, number or title.
            TypeError: It is no thread, or a part of it has another type.
        """
        if not isinstance(document, Mapping):
            raise TypeError(f"a thread is {_shown(document)}, expected an object")
        for name in ("repo", "number", "title"):
            if name not in document:
                raise KeyError(name)
        return cls(
            repo=_text(document, "repo", LONGEST_TITLE),
            number=_count(document, "number"),
            title=_text(document, "title", LONGEST_TITLE),
            body=_text(document, "body", LONGEST_BODY),
            url=_text(document, "url", 2_000),
            state=_text(document, "state", LONGEST_TITLE).lower(),
            is_pull=_flag(document, "is_pull"),
            author=_text(document, "author", LONGEST_TITLE),
            association=_text(document, "association", LONGEST_TITLE).upper(),
            created_at=_text(document, "created_at", LONGEST_TITLE),
            updated_at=_text(document, "updated_at", LONGEST_TITLE),
            n_comments=_count(document, "n_comments"),
            reactions=_count(document, "reactions"),
            labels=_labels(document),
            comments=_comments(document),
        )


def _labels(document: Mapping[str, Any]) -> tuple[str, ...]:
    values = _list(document, "labels")
    if not all(isinstance(value, str) for value in values):
        raise TypeError(f"labels is {_shown(values)}, expected a list of texts")
    return tuple(value[:LONGEST_TITLE] for value in values[:MOST_LABELS])


def _comments(document: Mapping[str, Any]) -> tuple[Comment, ...]:
    values = _list(document, "comments")
    if not all(isinstance(value, Mapping) for value in values):
        raise TypeError(f"comments is {_shown(values)}, expected a list of objects")
    return tuple(Comment.from_json(value) for value in values[:MOST_COMMENTS])


def _list(document: Mapping[str, Any], name: str) -> list[Any]:
    value = document.get(name)
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise TypeError(f"{name} is {_shown(value)}, expected a list")
    return list(value)


def _text(document: Mapping[str, Any], name: str, longest: int) -> str:
    """Return a text: a body that is null is empty, as is the author of a deleted account."""
    value = document.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError(f"{name} is {_shown(value)}, expected a text")
    return value[:longest]


def _count(document: Mapping[str, Any], name: str) -> int:
    value = document.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is {_shown(value)}, expected a whole number")
    return value


def _flag(document: Mapping[str, Any], name: str) -> bool:
    value = document.get(name, False)
    if not isinstance(value, bool):
        raise TypeError(f"{name} is {_shown(value)}, expected true or false")
    return value


def _shown(value: object) -> str:
    return f"of type {type(value).__name__}"
