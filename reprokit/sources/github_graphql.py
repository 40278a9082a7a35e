"""The GraphQL queries that GitHub is asked, as texts. Pure.

Nothing from outside is ever written into a query: it goes beside it, as a variable. Each query
costs one to four of the 5,000 points an hour.
"""

from collections.abc import Mapping, Sequence
from typing import Any

# Asked for by name, since a folder's listing holds no texts; in the order of preference.
READMES = (
    "README.md", "readme.md", "Readme.md", "README.rst", "README", "README.txt",
    ".github/README.md", "docs/README.md",
)  # fmt: skip

_CARD = """
fragment Card on Repository {
  id nameWithOwner description homepageUrl stargazerCount forkCount diskUsage isArchived isFork
  createdAt pushedAt
  owner { __typename }
  parent { nameWithOwner }
  primaryLanguage { name }
  languages(first: 8, orderBy: {field: SIZE, direction: DESC}) { edges { size node { name } } }
  licenseInfo { spdxId }
  repositoryTopics(first: 20) { nodes { topic { name } } }
  defaultBranchRef { name }
}
"""

_TEXT = "fragment Text on Blob { text }\n"

_INSIDE = """
fragment Inside on Repository {
  top: object(expression: "HEAD:") { ... on Tree { entries { name type } } }
  %s
  issues(first: 20, orderBy: {field: COMMENTS, direction: DESC}) { totalCount nodes { title } }
}
"""

_THREAD = """
fragment %(kind)sParts on %(kind)s {
  number title body state authorAssociation createdAt updatedAt
  author { login }
  labels(first: 10) { nodes { name } }
  reactions { totalCount }
  comments(first: 10) {
    totalCount
    nodes { body authorAssociation createdAt author { login } }
  }
}
"""

_KINDS = {"issues": "Issue", "pullRequests": "PullRequest"}


def search_query(texts: Mapping[str, str], count: int) -> tuple[str, dict[str, Any]]:
    """Return one query for several searches, and its variables.

    Args:
        texts: What is searched, by the name of its answer.
        count: So many repositories each.
    """
    declared = "".join(f", ${name}: String!" for name in texts)
    fields = "\n".join(
        f"  {name}: search(query: ${name}, type: REPOSITORY, first: $count) "
        "{ nodes { ... on Repository { ...Card } } }"
        for name in texts
    )
    query = f"query Search($count: Int!{declared}) {{\n{fields}\n}}\n{_CARD}"
    return query, {"count": count, **texts}


def describe_query(names: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """Return the query for all that a repository shows of itself, by the name of its answer."""
    readmes = "\n  ".join(
        f'readme{place}: object(expression: "HEAD:{path}") {{ ...Text }}'
        for place, path in enumerate(READMES)
    )
    query, variables = _of_repositories(names, "...Card ...Inside")
    return f"{query}{_CARD}{_INSIDE % readmes}{_TEXT}", variables


def files_query(wanted: Mapping[str, tuple[str, str]]) -> tuple[str, dict[str, Any]]:
    """Return the query for one file of each repository: name and path, by name of its answer."""
    declared = "".join(f", $p_{key}: String!" for key in wanted)
    query, variables = _of_repositories(
        {key: name for key, (name, _) in wanted.items()},
        "file: object(expression: $p_%s) { ...Text }",
        declared,
    )
    paths = {f"p_{key}": f"HEAD:{path}" for key, (_, path) in wanted.items()}
    return query + _TEXT, variables | paths


def _of_repositories(
    names: Mapping[str, str], inside: str, declared: str = ""
) -> tuple[str, dict[str, Any]]:
    fields: list[str] = []
    own: list[str] = []
    variables: dict[str, Any] = {}
    for key, name in names.items():
        owner, _, short = name.partition("/")
        variables |= {f"o_{key}": owner, f"n_{key}": short}
        own += [f"$o_{key}: String!", f"$n_{key}: String!"]
        selected = inside.replace("%s", key)
        fields.append(f"  {key}: repository(owner: $o_{key}, name: $n_{key}) {{ {selected} }}")
    lines = "\n".join(fields)
    return f"query Repositories({', '.join(own)}{declared}) {{\n{lines}\n}}\n", variables


def threads_query(counts: Mapping[str, int], name: str) -> tuple[str, dict[str, Any]]:
    """Return the query for the most discussed threads of a repository.

    Args:
        counts: How many of `issues` and of `pullRequests`.
        name: `OWNER/NAME`.
    """
    return _threads(counts, name, "COMMENTS", "DESC", "", {})


def page_query(kind: str, name: str, count: int, after: str | None) -> tuple[str, dict[str, Any]]:
    """Return the query for one page of `issues` or `pullRequests`, the oldest first."""
    return _threads({kind: count}, name, "CREATED_AT", "ASC", ", after: $after", {"after": after})


def _threads(
    counts: Mapping[str, int],
    name: str,
    order: str,
    direction: str,
    after: str,
    more: Mapping[str, Any],
) -> tuple[str, dict[str, Any]]:
    owner, _, short = name.partition("/")
    declared = "".join(f", ${kind}: Int!" for kind in counts) + (
        ", $after: String" if after else ""
    )
    fields = "\n".join(
        f"    {kind}(first: ${kind}{after}, orderBy: {{field: {order}, direction: {direction}}}) "
        f"{{ pageInfo {{ hasNextPage endCursor }} nodes {{ ...{_KINDS[kind]}Parts }} }}"
        for kind in counts
    )
    query = (
        f"query Threads($owner: String!, $name: String!{declared}) {{\n"
        f"  repository(owner: $owner, name: $name) {{\n{fields}\n  }}\n}}\n"
    )
    query += "".join(_THREAD % {"kind": _KINDS[kind]} for kind in counts)
    return query, {"owner": owner, "name": short, **counts, **more}


def halves(names: Sequence[str], whole: int) -> list[Sequence[str]]:
    """Return the names in parts half as large as what was too much."""
    size = max(1, (whole + 1) // 2)
    return [names[start : start + size] for start in range(0, len(names), size)]
