"""The records of repositories that were found for a paper: what they are, and who names them.

Pure. Text in them comes from outside and is cleaned where it is read, never where it is shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Mention:
    """Who names a repository, and how.

    Args:
        source: `github`, `arxiv`, `huggingface`, `paperswithcode` or `catalogue`.
        kind: `readme-id`, `title`, `acronym`, `topic` (GitHub's searches); `comment`,
            `abstract` (arXiv); `user`, `auto`, `project-page` (Hugging Face); `listed`,
            `official` (lists and the catalogue).
        detail: The query or the words, in one line.
        url: Where it stands.
    """

    source: str
    kind: str
    detail: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository as its host describes it.

    Args:
        name: `OWNER/NAME`, as the host spells it.
        readme: Its README's text; None where it was not read, empty where there is none.
        files: The names at its top; None where they were not read.
        issue_titles: Of its most discussed issues.
    """

    name: str
    description: str = ""
    topics: tuple[str, ...] = ()
    language: str | None = None
    languages: Mapping[str, int] = field(default_factory=dict)
    stars: int | None = None
    forks: int | None = None
    is_fork: bool = False
    parent: str | None = None
    is_archived: bool = False
    license: str | None = None
    pushed_at: str | None = None
    created_at: str | None = None
    size_kb: int | None = None
    homepage: str = ""
    is_organization: bool = False
    default_branch: str = ""
    readme: str | None = None
    files: tuple[str, ...] | None = None
    issue_titles: tuple[str, ...] = ()
    n_issues: int | None = None
    node_id: str = ""

    @property
    def url(self) -> str:
        """Its page."""
        return f"https://github.com/{self.name}"

    def to_json(self) -> dict[str, Any]:
        """Return the repository as a JSON document."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(self).items()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Repository":
        """Read what `to_json` wrote; keys that are not known are left out.

        Raises:
            TypeError: It is not of that form.
        """
        if not isinstance(document.get("name"), str):
            msg = f"a repository without a name: {document!r}"[:200]
            raise TypeError(msg)
        known = {f.name for f in fields(cls)}
        given: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in document.items() if k in known
        }
        return cls(**given)


@dataclass(frozen=True, slots=True)
class Lead:
    """A repository, and everybody who names it for a paper."""

    repository: Repository
    mentions: tuple[Mention, ...] = ()


def merged(leads: Iterable[Lead]) -> tuple[Lead, ...]:
    """Return one lead a repository, with all its mentions, in the order of the first of each.

    Names are compared without case, as GitHub does. Of what is told twice, the fuller is kept.
    """
    found: dict[str, Lead] = {}
    for lead in leads:
        key = lead.repository.name.casefold()
        known = found.get(key)
        if known is None:
            found[key] = lead
            continue
        new = [m for m in lead.mentions if m not in known.mentions]
        fuller = combined(known.repository, lead.repository)
        found[key] = Lead(fuller, (*known.mentions, *new))
    return tuple(found.values())


def combined(one: Repository, other: Repository) -> Repository:
    """Return what two records of one repository tell together; the first counts where both do."""
    blank = Repository(one.name)
    given = {
        f.name: getattr(other, f.name)
        for f in fields(Repository)
        if getattr(one, f.name) == getattr(blank, f.name)
    }
    return replace(one, **{k: v for k, v in given.items() if k != "name"})
