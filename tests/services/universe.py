"""What the made services know: repositories with their issues, and papers. Plain dataclasses.

The server reads attributes, so objects of other classes with the same attributes do as well.
Times are strings as GitHub writes them, like "2021-03-04T05:06:07Z".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LONG_AGO = "2020-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; wherever comments go, a text or a dict with these keys does as well."""

    body: str
    author: str = "reader"
    association: str = "NONE"
    created_at: str = LONG_AGO
    reactions: int = 0


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue or a pull request; `reactions` is a total or a number for each kind ("+1")."""

    number: int
    title: str
    body: str | None = ""
    state: str = "open"
    is_pull: bool = False
    merged: bool = False
    author: str | None = "reader"
    association: str = "NONE"
    labels: Sequence[str] = ()
    comments: Sequence[Comment | Mapping[str, Any] | str] = ()
    reactions: int | Mapping[str, int] = 0
    created_at: str = LONG_AGO
    updated_at: str = LONG_AGO
    closed_at: str | None = None
    state_reason: str | None = None
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Discussion:
    """A discussion; only GraphQL knows them."""

    number: int
    title: str
    body: str = ""
    author: str = "reader"
    category: str = "Q&A"
    answered: bool = False
    comments: Sequence[Comment | Mapping[str, Any] | str] = ()
    upvotes: int = 0
    created_at: str = LONG_AGO
    updated_at: str = LONG_AGO


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository.

    `readme` becomes README.md unless `files` has one; without both and without files the
    repository is empty, as one that nobody has pushed to. `blocked` is "dmca" (451) or
    "tos" (403); `gone` leaves it in the search index, but nothing else finds it; `private`
    hides it everywhere. `archive` replaces the tarball and the zipball by these bytes.
    """

    full_name: str
    description: str | None = None
    topics: Sequence[str] = ()
    language: str | None = None
    languages: Mapping[str, int] = field(default_factory=dict)
    stars: int = 0
    forks: int = 0
    fork: bool = False
    archived: bool = False
    license: str | None = None
    pushed_at: str = LONG_AGO
    created_at: str = LONG_AGO
    default_branch: str = "main"
    readme: str | None = ""
    files: Mapping[str, bytes | str] = field(default_factory=dict)
    issues: Sequence[Issue] = ()
    homepage: str | None = None
    size: int = 0
    is_template: bool = False
    owner_type: str = "User"
    parent: str | None = None
    discussions: Sequence[Discussion] = ()
    commits: Sequence[str] = ("Initial commit",)
    updated_at: str | None = None
    has_issues: bool = True
    mirror_url: str | None = None
    blocked: str = ""
    gone: bool = False
    private: bool = False
    archive: bytes | None = None
    truncated_tree: bool = False
    subscribers: int = 0


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper, as arXiv tells it."""

    id: str
    title: str
    authors: Sequence[str] = ()
    abstract: str = ""
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Universe:
    """All that the services know.

    `renamed` maps former full names to present ones. `hub` has what Hugging Face says of a
    paper by its id, in the words of its answer (githubRepo, linkedModels, ...), `pwc` the
    same of Papers with Code (repositories, evaluations, ...); a paper that is not in them is
    not known there. `scholar` is for Semantic Scholar, which otherwise knows all `papers`.
    """

    repositories: Sequence[Repo] = ()
    papers: Sequence[Paper] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    hub: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    pwc: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    scholar: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
