"""The made GitHub answers GraphQL, and tells what is wrong with a query."""

from collections.abc import Iterator

import pytest

from services.client import TOKEN, UNIVERSE, ask, graphql
from services.limits import Clock
from services.server import Services
from services.universe import Repo, Universe


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(clock: Clock) -> Iterator[Services]:
    with Services(UNIVERSE, TOKEN, clock=clock) as running:
        yield running


FIND = """
query Find($q: String!, $n: Int = 25, $after: String, $issues: Int = 20) {
  rateLimit { cost nodeCount remaining resetAt }
  search(query: $q, type: REPOSITORY, first: $n, after: $after) {
    repositoryCount
    pageInfo { hasNextPage endCursor }
    nodes { ...Found }
  }
}
fragment Found on Repository {
  id nameWithOwner description stargazerCount isFork isArchived pushedAt
  owner { login ... on Organization { name } }
  parent { nameWithOwner }
  primaryLanguage { name }
  languages(first: 5, orderBy: {field: SIZE, direction: DESC}) { edges { size node { name } } }
  licenseInfo { spdxId }
  repositoryTopics(first: 20) { nodes { topic { name } } }
  defaultBranchRef { name target { oid ... on Commit { committedDate } } }
  readme: object(expression: "HEAD:README.md") { ... on Blob { byteSize isTruncated text } }
  open: issues(states: OPEN, first: $issues, orderBy: {field: COMMENTS, direction: DESC}) {
    totalCount nodes { number title state comments { totalCount } }
  }
  closed: issues(states: [CLOSED], first: $issues) { totalCount nodes { number stateReason } }
}
"""


REPO = 'repository(owner: "ada", name: "attention-pytorch")'


@pytest.mark.parametrize(
    ("first", "issues", "cost", "nodes"),
    [(25, 20, 1, 1650), (50, 20, 2, 3300), (100, 100, 4, 22600)],
)
def test_a_graphql_search_costs_what_the_formula_says(
    services: Services, first: int, issues: int, cost: int, nodes: int
) -> None:
    data = graphql(services, FIND, q="attention", n=first, issues=issues)["data"]
    assert (data["rateLimit"]["cost"], data["rateLimit"]["nodeCount"]) == (cost, nodes)
    assert data["rateLimit"]["remaining"] == 5000 - cost
    assert services.requests[-1].cost == cost


def test_a_graphql_search_gives_all_at_once(services: Services) -> None:
    search = graphql(services, FIND, q="1706.03762 in:readme")["data"]["search"]
    (found,) = search["nodes"]
    assert (search["repositoryCount"], found["nameWithOwner"]) == (1, "ada/attention-pytorch")
    assert [edge["node"]["name"] for edge in found["languages"]["edges"]] == ["Python", "Shell"]
    assert found["readme"]["text"].startswith("# Attention")
    assert [(one["number"], one["comments"]["totalCount"]) for one in found["open"]["nodes"]] == [
        (1, 3),
        (4, 0),
    ]
    assert found["closed"]["nodes"] == [{"number": 2, "stateReason": "COMPLETED"}]
    assert found["defaultBranchRef"]["target"]["committedDate"] == "2022-05-06T07:08:09Z"


def test_a_graphql_search_goes_on_after_a_cursor(services: Services) -> None:
    found: list[str] = []
    after = None
    while True:
        data = graphql(services, FIND, q="attention sort:stars-desc", n=2, after=after)["data"]
        found += [node["nameWithOwner"] for node in data["search"]["nodes"]]
        after = data["search"]["pageInfo"]["endCursor"]
        if not data["search"]["pageInfo"]["hasNextPage"]:
            break
    assert found == ["ada/attention-pytorch", "Grace-Lab/NMT2", "zoe/old", "zoe/nothing-yet"]


def test_graphql_takes_repositories_by_name_and_tells_which_are_lost(services: Services) -> None:
    query = """{
      r0: repository(owner: "ada", name: "attention-pytorch") { ...R }
      r1: repository(owner: "no", name: "body") { ...R }
      r2: repository(owner: "zoe", name: "taken-down") { ...R }
      r3: repository(owner: "ada", name: "transformer") { ...R }
      r4: repository(owner: "zoe", name: "nothing-yet") {
        ...R isEmpty defaultBranchRef { name } object(expression: "HEAD:README.md") { oid }
      }
    }
    fragment R on Repository { __typename nameWithOwner }"""
    answer = graphql(services, query)
    assert [one and one["nameWithOwner"] for one in answer["data"].values()] == [
        "ada/attention-pytorch",
        None,
        None,
        "ada/attention-pytorch",
        "zoe/nothing-yet",
    ]
    assert answer["data"]["r4"] | {"nameWithOwner": ""} == {
        "__typename": "Repository",
        "nameWithOwner": "",
        "isEmpty": True,
        "defaultBranchRef": None,
        "object": None,
    }
    assert [(error["type"], error["path"]) for error in answer["errors"]] == [
        ("NOT_FOUND", ["r1"]),
        ("FORBIDDEN", ["r2"]),
    ]


def test_graphql_reads_issues_pull_requests_and_discussions(services: Services) -> None:
    query = """query($name: String!, $labelled: Boolean = false) {
      repository(owner: "ada", name: $name) {
        issues(first: 1, states: [OPEN, CLOSED], orderBy: {field: COMMENTS, direction: DESC}) {
          nodes { title bodyText url state author { login } reactions { totalCount }
            labels(first: 3) @include(if: $labelled) { nodes { name } }
            comments(first: 2) {
              totalCount nodes { author { login } authorAssociation body createdAt } } }
        }
        pullRequests(first: 5) { totalCount nodes { number state merged } }
        discussions(first: 5) { nodes { title comments(first: 1) { nodes { body } } } }
        deleted: issue(number: 4) {
          author { login } body reactionGroups { content reactors { totalCount } } }
      }
    }"""
    repo = graphql(services, query, name="attention-pytorch")["data"]["repository"]
    (issue,) = repo["issues"]["nodes"]
    assert issue["comments"]["totalCount"] == 3
    assert len(issue["comments"]["nodes"]) == 2
    assert "labels" not in issue
    assert repo["pullRequests"]["nodes"] == [{"number": 3, "state": "MERGED", "merged": True}]
    assert repo["discussions"]["nodes"][0]["comments"]["nodes"] == [{"body": "A V100"}]
    assert (repo["deleted"]["author"], repo["deleted"]["body"]) == (None, "")
    assert repo["deleted"]["reactionGroups"][0] == {
        "content": "THUMBS_UP",
        "reactors": {"totalCount": 7},
    }


def test_graphql_joins_nodes_by_their_ids(services: Services) -> None:
    item = ask(services.url_github, "/repos/ada/attention-pytorch").json
    query = (
        """query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Repository { nameWithOwner } } }"""
    )
    answer = graphql(services, query, ids=[item["node_id"], "R_lost"])
    assert answer["data"]["nodes"] == [
        {"id": item["node_id"], "nameWithOwner": "ada/attention-pytorch"},
        None,
    ]
    assert answer["errors"][0]["path"] == ["nodes", 1]


def test_graphql_walks_a_tree(services: Services) -> None:
    query = """{ repository(owner: "ada", name: "attention-pytorch") {
      object(expression: "HEAD:src") { ... on Tree { entries { name type object { ... on Tree {
        entries { name object { ... on Blob { text isBinary } } } } } } } } } }"""
    tree = graphql(services, query)["data"]["repository"]["object"]["entries"]
    assert tree[0]["object"]["entries"] == [
        {"name": "net.py", "object": {"text": "x = 1\n", "isBinary": False}}
    ]


def test_graphql_cuts_a_large_text_and_has_none_for_a_binary() -> None:
    files = {"README.md": "x" * 600_000, "logo.png": b"\x89PNG\0"}
    query = """{ repository(owner: "o", name: "r") {
      large: object(expression: "HEAD:README.md") { ... on Blob { byteSize isTruncated text } }
      image: object(expression: "HEAD:logo.png") { ... on Blob { isBinary text } } } }"""
    with Services(Universe([Repo("o/r", files=files)]), TOKEN) as services:
        repo = graphql(services, query)["data"]["repository"]
    assert (repo["large"]["byteSize"], repo["large"]["isTruncated"]) == (600_000, True)
    assert len(repo["large"]["text"]) < 600_000
    assert repo["image"] == {"isBinary": True, "text": None}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (f"{{ {REPO} {{ stars }} }}", "Field 'stars' doesn't exist on type 'Repository'"),
        (f"{{ {REPO} {{ owner }} }}", "Field must have selections"),
        (f"{{ {REPO} {{ name {{ x }} }} }}", "Selections can't be made on scalars"),
        (
            f"{{ {REPO} {{ issues(count: 3) {{ totalCount }} }} }}",
            "doesn't accept argument 'count'",
        ),
        ('{ repository(owner: "ada") { name } }', "missing required arguments: name"),
        (f"{{ {REPO} {{ issues {{ nodes {{ title }} }} }} }}", "You must provide a `first`"),
        (f"{{ {REPO} {{ issues(first: 101) {{ nodes {{ title }} }} }} }}", "limit of 100 records"),
        (f"{{ {REPO} {{ issues(first: 1, states: OPENED) {{ totalCount }} }} }}", "invalid value"),
        (f'{{ {REPO} {{ issues(first: "1") {{ totalCount }} }} }}', "invalid value"),
        (f"query($n: Int) {{ {REPO} {{ name }} }}", "is declared by anonymous query but not used"),
        (
            f"query Q {{ {REPO} {{ issues(first: $n) {{ totalCount }} }} }}",
            "used by Q but not declared",
        ),
        (
            "query($q: String!) { search(query: $q, type: ISSUE, first: 1) { issueCount } }",
            "$q of type",
        ),
        (f"{{ {REPO} {{ ... on Issue {{ title }} }} }}", "can't be spread inside Repository"),
        (f"{{ {REPO} {{ ...Lost }} }}", "was used, but not defined"),
        (f"{{ {REPO} {{ name }}", "Unexpected end of document"),
        (f"{{ {REPO} {{ name % }} }}", 'Parse error on "%"'),
        (
            f"{{ {REPO} {{ issues(first: 100) {{ nodes {{ comments(first: 100) {{ nodes {{ "
            "reactions(first: 100) { nodes { content } } } } } } } }",
            "exceeds the maximum limit of 500,000",
        ),
    ],
)
def test_a_wrong_graphql_query_is_told_what_is_wrong(
    services: Services, query: str, said: str
) -> None:
    answer = graphql(services, query)
    assert "data" not in answer
    assert said in " ".join(error["message"] for error in answer["errors"])


def test_an_invalid_search_in_graphql_is_an_error_of_its_field(services: Services) -> None:
    answer = graphql(services, FIND, q="x" * 300)
    assert answer["data"]["search"] is None
    assert answer["errors"][0]["path"] == ["search"]


def test_graphql_beyond_its_budget_is_a_200_with_an_error(clock: Clock) -> None:
    with Services(UNIVERSE, TOKEN, clock=clock, limits={"graphql": 2}) as services:
        for _ in range(2):
            assert "data" in graphql(services, "{ viewer { login } }")
        answer = graphql(services, "{ viewer { login } }")
        assert [error["type"] for error in answer["errors"]] == ["RATE_LIMITED"]
        assert "data" not in answer
        clock.advance(3600)
        assert "data" in graphql(services, "{ viewer { login } }")
