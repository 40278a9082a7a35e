"""The shapes of the made universes: plain dataclasses, no logic. Import them from `universe`."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue or a pull request.

    `reactions` is their total; a comment is a dict of author, association, body, created_at.
    """

    number: int
    title: str
    body: str
    state: str = "open"
    is_pull: bool = False
    merged: bool = False
    author: str = "ghost"
    association: str = "NONE"
    labels: list[str] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    reactions: int = 0
    created_at: str = "2020-01-01T00:00:00Z"
    updated_at: str = "2020-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository; `readme` is the text of README.md ("" is none) and not repeated in `files`."""

    full_name: str
    description: str | None = None
    topics: list[str] = field(default_factory=list)
    language: str | None = None
    languages: dict[str, int] = field(default_factory=dict)
    stars: int = 0
    forks: int = 0
    fork: bool = False
    archived: bool = False
    license: str | None = None
    pushed_at: str = "2020-01-01T00:00:00Z"
    created_at: str = "2020-01-01T00:00:00Z"
    default_branch: str = "main"
    readme: str = ""
    files: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    homepage: str | None = None
    size: int = 0
    is_template: bool = False
    owner_type: str = "User"
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as arXiv tells it; `published` is a date, `acronym` what people call it."""

    id: str
    title: str
    authors: list[str]
    abstract: str
    comment: str | None = None
    published: str | None = None
    acronym: str | None = None


@dataclass(frozen=True, slots=True)
class Universe:
    """Papers, repositories and what is known to be true of them.

    `relevance` has every pair that is not 0. `hub` and `pwc` lack the papers that they do not
    know. `renamed` maps a former full name, as links have it, to the present one.
    """

    papers: list[Paper]
    repositories: list[Repo]
    relevance: dict[tuple[str, str], int]
    official: dict[str, set[str]]
    hub: dict[str, dict[str, Any]]
    pwc: dict[str, dict[str, Any]]
    renamed: dict[str, str] = field(default_factory=dict)
