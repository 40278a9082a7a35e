"""The universe as the services keep it: with ids, shas, and indexes by name and by id."""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from zlib import crc32

REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
_README = re.compile(r"readme(\.(md|markdown|rst|txt|org|adoc))?", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_FIRST_ID, _FIRST_ISSUE, _FIRST_COMMENT = 100_000_000, 2_000_000_000, 3_000_000_000


def words(text: str) -> str:
    """Return the words of the text in lower case, each with a space on both sides.

    Letters and digits part words, so that 03762 is a word of 1706.03762v2.
    """
    return " " + " ".join(_WORD.findall(text.lower())) + " "


def git_sha(kind: str, data: bytes) -> str:
    """Return the name that git gives to an object."""
    return hashlib.sha1(b"%s %d\0" % (kind.encode(), len(data)) + data).hexdigest()  # noqa: S324


def node_id(prefix: str, number: int) -> str:
    packed = base64.urlsafe_b64encode(b"\x92\x00\xce" + number.to_bytes(5, "big")).decode()
    return f"{prefix}_{packed.rstrip('=')}"


class Account:
    """A user or an organization."""

    def __init__(self, login: str, kind: str = "User") -> None:
        self.login, self.kind = login, kind
        self.id = crc32(login.casefold().encode()) % 90_000_000 + 1
        self.node_id = node_id("O" if kind == "Organization" else "U", self.id)
        self.url = f"https://github.com/{login}"
        self.avatar_url = f"https://avatars.githubusercontent.com/u/{self.id}?v=4"


def account(login: str | None, kind: str = "User") -> Account | None:
    """Return the account; that of a deleted user is None."""
    return Account(login, kind) if login else None


class StoredComment:
    """A comment under an issue or a discussion."""

    def __init__(self, given: Any, number: int, parent: Any) -> None:
        fields: dict[str, Any] = {"body": given} if isinstance(given, str) else {}
        if isinstance(given, Mapping):
            fields = dict(given)
        elif not isinstance(given, str):
            names = ("body", "author", "association", "created_at", "reactions")
            fields = {name: getattr(given, name) for name in names if hasattr(given, name)}
        self.id, self.parent = number, parent
        self.node_id = node_id("IC", number)
        self.body: str = fields.get("body", "")
        self.author = account(fields.get("author", "reader"))
        self.association: str = fields.get("association", "NONE")
        self.created_at: str = fields.get("created_at", parent.created_at)
        self.updated_at: str = fields.get("updated_at", self.created_at)
        self.reactions = reactions(fields.get("reactions", 0))
        self.url = f"{parent.url}#issuecomment-{number}"


def reactions(given: Any) -> dict[str, int]:
    """Return the number for each kind; a bare total is all thumbs up."""
    counts = dict(given) if isinstance(given, Mapping) else {"+1": int(given)}
    return {kind: counts.get(kind, 0) for kind in REACTIONS}


class StoredIssue:
    """An issue or a pull request."""

    def __init__(self, given: Any, repo: "StoredRepo") -> None:
        self.repo, self.number = repo, int(given.number)
        self.id = _FIRST_ISSUE + repo.index * 100_000 + self.number
        self.title: str = given.title
        self.body: str | None = given.body
        self.is_pull: bool = given.is_pull
        self.merged: bool = given.merged
        self.state: str = "closed" if self.merged else given.state.lower()
        self.author = account(given.author)
        self.association: str = given.association
        self.labels: list[str] = list(given.labels)
        self.reactions = reactions(given.reactions)
        self.created_at: str = given.created_at
        self.updated_at: str = given.updated_at
        closed = getattr(given, "closed_at", None) or self.updated_at
        self.closed_at: str | None = closed if self.state == "closed" else None
        reason = getattr(given, "state_reason", None) or "completed"
        self.state_reason: str | None = (
            reason if self.state == "closed" and not self.is_pull else None
        )
        self.locked: bool = getattr(given, "locked", False)
        self.node_id = node_id("PR" if self.is_pull else "I", self.id)
        part = "pull" if self.is_pull else "issues"
        self.url = f"{repo.url}/{part}/{self.number}"
        self.comments = [
            StoredComment(one, repo.next_comment(), self) for one in given.comments or ()
        ]

    @cached_property
    def words(self) -> dict[str, str]:
        said = "\n".join(comment.body for comment in self.comments)
        return {
            "title": words(self.title),
            "body": words(self.body or ""),
            "comments": words(said),
        }


class StoredDiscussion:
    """A discussion."""

    def __init__(self, given: Any, repo: "StoredRepo") -> None:
        self.repo, self.number, self.title = repo, int(given.number), given.title
        self.body: str = given.body
        self.author = account(given.author)
        self.category: str = given.category
        self.answered: bool = given.answered
        self.upvotes: int = given.upvotes
        self.created_at: str = given.created_at
        self.updated_at: str = given.updated_at
        self.url = f"{repo.url}/discussions/{self.number}"
        self.node_id = node_id("D", _FIRST_ISSUE + repo.index * 100_000 + self.number)
        self.comments = [StoredComment(one, repo.next_comment(), self) for one in given.comments]


class StoredRepo:
    """A repository with all that is worked out of it, most of it only when it is asked for."""

    def __init__(self, given: Any, index: int) -> None:
        self.given, self.index = given, index
        self.id = _FIRST_ID + index * 7919
        self.node_id = node_id("R", self.id)
        self.full_name: str = given.full_name
        self.login, _, self.name = given.full_name.partition("/")
        self.owner = Account(self.login, given.owner_type)
        self.url = f"https://github.com/{self.full_name}"
        self.updated_at: str = self.more("updated_at") or given.pushed_at
        self.languages: dict[str, int] = dict(given.languages)
        if given.language and not self.languages:
            self.languages = {given.language: max(1, given.size) * 1000}
        self.blocked: str = self.more("blocked", "")
        self.gone: bool = bool(self.more("gone"))
        self.private: bool = bool(self.more("private"))
        self.has_issues: bool = self.more("has_issues") is not False
        self._comments = _FIRST_COMMENT + index * 100_000

    def more(self, name: str, default: Any = None, /) -> Any:
        """Return an attribute that not every class of repository has."""
        return getattr(self.given, name, default)

    def next_comment(self) -> int:
        self._comments += 1
        return self._comments

    @cached_property
    def issues(self) -> list[StoredIssue]:
        return [StoredIssue(issue, self) for issue in self.given.issues]

    @cached_property
    def discussions(self) -> list[StoredDiscussion]:
        return [StoredDiscussion(one, self) for one in self.more("discussions", ())]

    @cached_property
    def plain_issues(self) -> list[StoredIssue]:
        return [issue for issue in self.issues if not issue.is_pull] if self.has_issues else []

    @cached_property
    def pulls(self) -> list[StoredIssue]:
        return [issue for issue in self.issues if issue.is_pull]

    @cached_property
    def open_count(self) -> int:
        return sum(
            one.state.lower() == "open" and not one.merged and (one.is_pull or self.has_issues)
            for one in self.given.issues
        )

    @cached_property
    def files(self) -> dict[str, bytes]:
        files = dict(self.given.files)
        if self.given.readme and "README.md" not in files:
            files["README.md"] = self.given.readme
        return {
            path: body.encode() if isinstance(body, str) else body
            for path, body in sorted(files.items())
        }

    @property
    def empty(self) -> bool:
        return not self.files

    @cached_property
    def readme_path(self) -> str | None:
        """The README that GitHub shows: that of .github, of the root, then of docs."""
        for folder in (".github/", "", "docs/"):
            for path in self.files:
                if path.startswith(folder) and _README.fullmatch(path.removeprefix(folder)):
                    return path
        return None

    @cached_property
    def readme(self) -> str:
        return self.files[self.readme_path].decode("utf-8", "replace") if self.readme_path else ""

    @cached_property
    def commits(self) -> list[tuple[str, str]]:
        """Pairs of sha and message, the newest first."""
        messages = list(self.more("commits", ("Initial commit",)))
        return [
            (
                git_sha(
                    "commit", f"{self.full_name} {self.given.pushed_at} {place} {text}".encode()
                ),
                text,
            )
            for place, text in enumerate(messages)
        ]

    @property
    def head(self) -> str:
        return self.commits[0][0]

    def knows(self, ref: str) -> bool:
        """Tell whether the ref names the newest commit (older ones have the same files)."""
        plain = ref.removeprefix("refs/").removeprefix("heads/")
        shas = {sha for sha, _ in self.commits}
        return plain in {"HEAD", self.given.default_branch} or plain in shas

    @cached_property
    def words(self) -> dict[str, str]:
        parts = _CAMEL.sub(" ", self.name)
        return {
            "name": words(self.name) + "|" + words(parts),
            "description": words(self.given.description or ""),
            "topics": " |".join(words(topic) for topic in self.given.topics),
            "readme": words(self.readme),
        }

    def folder(self, path: str) -> list[tuple[str, str, bytes]]:
        """Return the entries of a folder: path, "file" or "dir", contents; [] when it is none."""
        start = f"{path}/" if path else ""
        entries: dict[str, tuple[str, str, bytes]] = {}
        for name, body in self.files.items():
            if name.startswith(start):
                first, inner, _ = name.removeprefix(start).partition("/")
                kind = "dir" if inner else "file"
                entries[first] = (start + first, kind, b"" if inner else body)
        return list(entries.values())

    def sha(self, path: str) -> str:
        """Return the sha of a file or of a folder ("" is the root)."""
        if path in self.files:
            return git_sha("blob", self.files[path])
        lines = (f"{name} {kind} {self.sha(name)}" for name, kind, _ in self.folder(path))
        return git_sha("tree", "\n".join(lines).encode())


class Store:
    """All repositories by name, by id and by node id."""

    def __init__(self, universe: Any) -> None:
        self.universe = universe
        self.all = [StoredRepo(repo, index) for index, repo in enumerate(universe.repositories)]
        self.repos = [repo for repo in self.all if not repo.private]
        self._by_name = {repo.full_name.casefold(): repo for repo in self.repos if not repo.gone}
        self._by_id = {repo.id: repo for repo in self._by_name.values()}
        self._by_node = {repo.node_id: repo for repo in self._by_name.values()}
        renamed = getattr(universe, "renamed", {})
        self._renamed = {old.casefold(): new.casefold() for old, new in renamed.items()}
        self.logins = {repo.login.casefold() for repo in self.repos}

    def named(self, full_name: str) -> StoredRepo | None:
        return self._by_name.get(full_name.casefold())

    def renamed(self, full_name: str) -> StoredRepo | None:
        """Return the repository that once had this name."""
        seen: set[str] = set()
        name = full_name.casefold()
        while name in self._renamed and name not in seen:
            seen.add(name)
            name = self._renamed[name]
        return self._by_name.get(name) if seen else None

    def numbered(self, number: int) -> StoredRepo | None:
        return self._by_id.get(number)

    def node(self, node: str) -> Any:
        """Return the repository or issue of a node id."""
        if node.startswith("R_"):
            return self._by_node.get(node)
        issues = (one for repo in self._by_name.values() for one in repo.issues)
        return next((issue for issue in issues if issue.node_id == node), None)

    def parent(self, repo: StoredRepo) -> StoredRepo | None:
        name = repo.more("parent")
        return self.named(name) if name else None
