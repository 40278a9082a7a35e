"""The fields of GitHub's GraphQL schema that take more than looking at an attribute."""

from typing import Any

from services.graphql_types import Entries, FieldError, Plain, resolved
from services.search import SearchRefused, search_issues, search_repositories
from services.shapes import license_key
from services.store import (
    Account,
    StoredRepo,
    git_sha,
    node_id,
)

LARGEST_TEXT = 512_000


@resolved(
    "Query", "repository", "Repository", owner="String!", name="String!", followRenames="Boolean"
)
def _repository(_: Any, arguments: dict[str, Any], context: Any) -> StoredRepo:
    name = f"{arguments['owner']}/{arguments['name']}"
    repo = context.store.named(name)
    if repo is None and arguments.get("followRenames", True):
        repo = context.store.renamed(name)
    if repo is None:
        message = f"Could not resolve to a Repository with the name '{name}'."
        raise FieldError("NOT_FOUND", message)
    return _open(repo)


def _open(repo: StoredRepo) -> StoredRepo:
    if repo.blocked:
        raise FieldError("FORBIDDEN", "Repository access blocked")
    return repo


@resolved("Query", "node", "Node", id="ID!")
def _node_of(_: Any, arguments: dict[str, Any], context: Any) -> Any:
    return _node_or_error(arguments["id"], context)


def _node_or_error(node: str, context: Any) -> Any:
    found = context.store.node(node)
    if found is None:
        message = f"Could not resolve to a node with the global id of '{node}'."
        return FieldError("NOT_FOUND", message)
    blocked = isinstance(found, StoredRepo) and found.blocked
    return FieldError("FORBIDDEN", "Repository access blocked") if blocked else found


@resolved("Query", "nodes", "[Node]!", ids="[ID!]!")
def _nodes(_: Any, arguments: dict[str, Any], context: Any) -> list[Any]:
    if len(arguments["ids"]) > 100:
        message = (
            f"You may not provide more than 100 node ids; you provided {len(arguments['ids'])}."
        )
        raise FieldError("ARGUMENT_LIMIT", message)
    return [_node_or_error(node, context) for node in arguments["ids"]]


@resolved("Query", "viewer", "User!")
def _viewer(_: Any, __: dict[str, Any], ___: Any) -> Account:
    return Account("tester")


@resolved("Query", "rateLimit", "RateLimit", dryRun="Boolean")
def _rate_limit(_: Any, __: dict[str, Any], context: Any) -> Plain:
    return Plain("RateLimit", context.rate_limit())


@resolved("Query", "search", "SearchResultItemConnection!", query="String!", type="SearchType!")
def _search(_: Any, arguments: dict[str, Any], context: Any) -> Entries:
    kind, text = arguments["type"], arguments["query"]
    text, sort, order = _sort_in(text)
    found: list[Any]
    try:
        if kind == "REPOSITORY":
            found = search_repositories(context.store, text, sort, order)
            found = [repo for repo in found if not repo.gone]
        else:
            found = search_issues(context.store, text, sort, order) if "ISSUE" in kind else []
    except SearchRefused as refused:
        raise FieldError("INVALID_SEARCH_QUERY", refused.message or refused.code) from refused
    names = ("repository", "issue", "user", "discussion", "wiki", "code")
    counts = {f"{name}Count": 0 for name in names}
    counts["repositoryCount" if kind == "REPOSITORY" else "issueCount"] = len(found)
    return Entries([_or_blocked(one) for one in found[:1000]], counts)


def _or_blocked(found: Any) -> Any:
    blocked = isinstance(found, StoredRepo) and found.blocked
    return FieldError("FORBIDDEN", "Repository access blocked") if blocked else found


def _sort_in(text: str) -> tuple[str, str | None, str]:
    """Take `sort:stars-desc` out of a query: GraphQL has no argument for it."""
    words = text.split(" ")
    for word in words:
        if word.startswith("sort:"):
            sort, _, order = word.removeprefix("sort:").rpartition("-")
            rest = " ".join(other for other in words if other is not word)
            return (rest, sort, order) if order in {"asc", "desc"} else (rest, word[5:], "desc")
    return text, None, "desc"


@resolved("Repository", "parent", "Repository")
def _parent(repo: StoredRepo, _: dict[str, Any], context: Any) -> Any:
    return context.store.parent(repo) if repo.given.fork else None


@resolved("Repository", "isMirror", "Boolean!")
def _is_mirror(repo: StoredRepo, _: dict[str, Any], __: Any) -> bool:
    return bool(repo.more("mirror_url"))


@resolved("Repository", "isDisabled", "Boolean!")
def _is_disabled(repo: StoredRepo, _: dict[str, Any], __: Any) -> bool:
    return bool(repo.blocked)


@resolved("Repository", "hasDiscussionsEnabled", "Boolean!")
def _has_discussions(repo: StoredRepo, _: dict[str, Any], __: Any) -> bool:
    return bool(repo.discussions)


@resolved("Repository", "visibility", "RepositoryVisibility!")
def _visibility(_: StoredRepo, __: dict[str, Any], ___: Any) -> str:
    return "PUBLIC"


def _language(name: str) -> Plain:
    return Plain("Language", {"name": name, "id": node_id("LA", len(name)), "color": None})


@resolved("Repository", "primaryLanguage", "Language")
def _primary(repo: StoredRepo, _: dict[str, Any], __: Any) -> Plain | None:
    return _language(repo.given.language) if repo.given.language else None


@resolved("Repository", "languages", "LanguageConnection", orderBy="LanguageOrder")
def _languages(repo: StoredRepo, arguments: dict[str, Any], _: Any) -> Entries:
    pairs = list(repo.languages.items())
    if order := arguments.get("orderBy"):
        pairs.sort(key=lambda pair: pair[1], reverse=order["direction"] == "DESC")
    total = {"totalCount": len(pairs), "totalSize": sum(size for _, size in pairs)}
    edges = [{"size": size} for _, size in pairs]
    return Entries([_language(name) for name, _ in pairs], total, edges)


@resolved("Repository", "licenseInfo", "License")
def _license(repo: StoredRepo, _: dict[str, Any], __: Any) -> Plain | None:
    spdx = repo.given.license
    if not spdx:
        return None
    key = license_key(spdx)
    names = {"key": key, "name": spdx, "spdxId": spdx, "nickname": None, "url": None}
    return Plain("License", names | {"id": node_id("L", len(spdx))})


@resolved("Repository", "repositoryTopics", "RepositoryTopicConnection!")
def _topics(repo: StoredRepo, _: dict[str, Any], __: Any) -> Entries:
    def shape(name: str) -> Plain:
        topic = Plain("Topic", {"name": name, "id": node_id("T", len(name))})
        url = f"https://github.com/topics/{name}"
        return Plain(
            "RepositoryTopic", {"topic": topic, "id": node_id("RT", len(name)), "url": url}
        )

    return Entries([shape(name) for name in repo.given.topics])


@resolved("Repository", "defaultBranchRef", "Ref")
def _branch(repo: StoredRepo, _: dict[str, Any], __: Any) -> Plain | None:
    if repo.empty:
        return None
    name = repo.given.default_branch
    names = {"name": name, "id": node_id("REF", repo.id), "prefix": "refs/heads/"}
    return Plain("Ref", names | {"target": commit(repo)})


@resolved("Repository", "object", "GitObject", expression="String", oid="GitObjectID")
def _object(repo: StoredRepo, arguments: dict[str, Any], _: Any) -> Plain | None:
    ref, colon, path = (arguments.get("expression") or arguments.get("oid") or "").partition(":")
    if repo.empty or not repo.knows(ref):
        return None
    if not colon:
        return commit(repo)
    path = path.strip("/")
    if path in repo.files:
        return blob(repo.files[path])
    return tree(repo, path) if not path or repo.folder(path) else None


def _git(kind: str, oid: str, **fields: Any) -> Plain:
    return Plain(
        kind,
        {"oid": oid, "abbreviatedOid": oid[:7], "id": node_id("G", int(oid[:8], 16)), **fields},
    )


def commit(repo: StoredRepo) -> Plain:
    """Return the newest commit."""
    message, when = repo.commits[0][1], repo.given.pushed_at
    texts = {"message": message, "messageHeadline": message.partition("\n")[0]}
    times = {"committedDate": when, "authoredDate": when, "url": f"{repo.url}/commit/{repo.head}"}
    return _git("Commit", repo.head, **texts, **times, tree=tree(repo, ""), repo=repo)


@resolved("Commit", "history", "CommitHistoryConnection!")
def _history(one: Plain, _: dict[str, Any], __: Any) -> Entries:
    repo = one.fields["repo"]
    fields = {"oid", "message", "messageHeadline"}
    commits = []
    for sha, message in repo.commits:
        rest = {key: value for key, value in one.fields.items() if key not in fields}
        texts = {"oid": sha, "message": message, "messageHeadline": message.partition("\n")[0]}
        commits.append(Plain("Commit", rest | texts))
    return Entries(commits)


def blob(body: bytes) -> Plain:
    """Return a file: no text when it is binary, a part of it when it is large."""
    binary = b"\0" in body[:8000]
    text = None if binary else body[:LARGEST_TEXT].decode("utf-8", "replace")
    cut = len(body) > LARGEST_TEXT
    return _git(
        "Blob",
        git_sha("blob", body),
        text=text,
        byteSize=len(body),
        isTruncated=cut,
        isBinary=binary,
    )


def tree(repo: StoredRepo, path: str) -> Plain:
    """Return a folder; what is in it is worked out when it is asked for."""
    return _git("Tree", repo.sha(path), repo=repo, path=path)


@resolved("Tree", "entries", "[TreeEntry!]")
def _entries(one: Plain, _: dict[str, Any], __: Any) -> list[Plain]:
    repo = one.fields["repo"]
    return [_entry(repo, *entry) for entry in repo.folder(one.fields["path"])]


def _entry(repo: StoredRepo, path: str, kind: str, body: bytes) -> Plain:
    found = blob(body) if kind == "file" else tree(repo, path)
    fields = {"name": path.rpartition("/")[2], "path": path, "size": len(body), "object": found}
    fields |= {"type": "blob" if kind == "file" else "tree", "oid": found.fields["oid"]}
    return Plain("TreeEntry", fields | {"mode": 33188 if kind == "file" else 16384})


@resolved("Repository", "watchers", "UserConnection!")
@resolved("Repository", "releases", "ReleaseConnection!")
def _counted(_: StoredRepo, __: dict[str, Any], ___: Any) -> Entries:
    return Entries([])


@resolved("Repository", "stargazers", "UserConnection!")
def _stargazers(repo: StoredRepo, _: dict[str, Any], __: Any) -> Entries:
    return Entries([], {"totalCount": repo.given.stars})


@resolved("Repository", "forks", "RepositoryConnection!")
def _fork_list(repo: StoredRepo, _: dict[str, Any], __: Any) -> Entries:
    return Entries([], {"totalCount": repo.given.forks})
