"""The made services: limits, misbehaviours, what is recorded, and a real client."""

import http.client
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from services.client import ATTENTION, TOKEN, UNIVERSE, ask, graphql
from services.limits import Clock
from services.server import Services
from services.universe import Issue, Repo, Universe


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(clock: Clock) -> Iterator[Services]:
    with Services(UNIVERSE, TOKEN, clock=clock) as running:
        yield running


FIND = """
query($q: String!) {
  search(query: $q, type: REPOSITORY, first: 25) { nodes { ... on Repository {
    nameWithOwner
    readme: object(expression: "HEAD:README.md") { ... on Blob { byteSize text } }
    open: issues(states: OPEN, first: 20) { totalCount nodes { title } }
  } } }
}
"""


REPO = 'repository(owner: "ada", name: "attention-pytorch")'


def test_without_a_token_sixty_requests_are_an_hour(services: Services, clock: Clock) -> None:
    for used in range(1, 61):
        reply = ask(services.url_github, "/repos/ada/attention-pytorch")
        assert reply.headers["x-ratelimit-used"] == str(used)
    refused = ask(services.url_github, "/repos/ada/attention-pytorch")
    assert (refused.status, refused.headers["x-ratelimit-remaining"]) == (403, "0")
    assert "rate limit exceeded" in refused.json["message"]
    assert refused.headers["x-ratelimit-resource"] == "core"
    assert ask(services.url_github, "/repos/ada/attention-pytorch", token=TOKEN).status == 200
    clock.advance(int(refused.headers["x-ratelimit-reset"]) - clock.now)
    assert ask(services.url_github, "/repos/ada/attention-pytorch").status == 200


@pytest.mark.parametrize(("token", "most"), [(None, 10), (TOKEN, 30)])
def test_searches_have_a_budget_by_the_minute(
    services: Services, clock: Clock, token: str | None, most: int
) -> None:
    for _ in range(2):
        statuses = [
            ask(services.url_github, "/search/repositories", q="net", token=token).status
            for _ in range(most + 1)
        ]
        assert statuses == [200] * most + [403]
        clock.advance(60)


def test_the_rate_limit_is_told_for_nothing(services: Services) -> None:
    ask(services.url_github, "/search/repositories", q="net")
    resources = ask(services.url_github, "/rate_limit").json["resources"]
    assert (resources["core"]["used"], resources["search"]["remaining"]) == (0, 9)
    assert resources["graphql"]["limit"] == 0
    assert ask(services.url_github, "/rate_limit", token=TOKEN).json["rate"]["limit"] == 5000


def test_what_has_not_changed_is_a_304_that_costs_nothing_with_a_token(services: Services) -> None:
    path = "/repos/ada/attention-pytorch/issues"
    tag = {"If-None-Match": ask(services.url_github, path, token=TOKEN).headers["etag"]}
    reply = ask(services.url_github, path, token=TOKEN, headers=tag)
    assert (reply.status, reply.body, reply.headers["x-ratelimit-used"]) == (304, b"", "1")
    anonymous = ask(services.url_github, path, headers=tag)
    assert (anonymous.status, anonymous.headers["x-ratelimit-used"]) == (304, "1")
    assert ask(services.url_github, path, headers={"If-None-Match": '"other"'}).status == 200


def test_a_wrong_token_and_no_user_agent_are_refused(services: Services) -> None:
    reply = ask(services.url_github, "/repos/ada/attention-pytorch", token="another")  # noqa: S106
    assert (reply.status, reply.json["message"]) == (401, "Bad credentials")
    assert ask(services.url_github, "/user", token=TOKEN).json["login"] == "tester"
    assert ask(services.url_github, "/user", headers={"User-Agent": ""}).status == 403


def test_graphql_and_code_search_need_a_token(services: Services) -> None:
    body = {"query": "{viewer{login}}"}
    assert ask(services.url_github, "/graphql", body=body).status == 401
    assert ask(services.url_github, "/search/code", q="x").status == 401


def test_too_many_requests_in_a_minute_meet_the_secondary_limit(clock: Clock) -> None:
    with Services(UNIVERSE, TOKEN, clock=clock) as services:
        host = urlsplit(services.url_github)
        connection = http.client.HTTPConnection(host.hostname or "", host.port)
        headers = {"Authorization": f"token {TOKEN}", "User-Agent": "tests"}
        for _ in range(901):
            connection.request("GET", "/user", headers=headers)
            reply = connection.getresponse()
            body = reply.read()
        connection.close()
    assert (reply.status, reply.headers["Retry-After"]) == (403, "60")
    assert b"secondary rate limit" in body


@pytest.mark.parametrize(
    ("fault", "options", "status", "header"),
    [
        ("unauthorized", {}, 401, ""),
        ("primary_limit", {"reset_in": 90}, 403, "x-ratelimit-reset"),
        ("secondary_limit", {}, 403, "x-ratelimit-remaining"),
        ("secondary_limit", {"retry_after": 7}, 403, "retry-after"),
        ("too_many", {}, 429, ""),
        ("too_many", {"retry_after": 3600}, 429, "retry-after"),
        ("not_found", {}, 404, ""),
        ("empty_repository", {}, 409, ""),
        ("unprocessable", {}, 422, ""),
        ("blocked", {}, 451, ""),
        ("blocked", {"reason": "tos"}, 403, ""),
        ("server_error", {}, 502, ""),
        ("server_error", {"status": 503}, 503, ""),
        ("redirect", {}, 302, "location"),
        ("redirect", {"status": 307, "to": "https://evil.example/"}, 307, "location"),
    ],
)
def test_a_fault_has_its_status_and_headers_and_then_is_over(
    services: Services, fault: str, options: dict[str, Any], status: int, header: str
) -> None:
    services.fail("github", fault, **options)
    reply = ask(services.url_github, "/repos/ada/attention-pytorch")
    assert reply.status == status
    assert not header or header in reply.headers
    assert ("retry-after" in reply.headers) is ("retry_after" in options)
    assert services.requests[-1].fault == fault
    assert ask(services.url_github, "/repos/ada/attention-pytorch").status == 200


def test_a_primary_limit_says_when_it_ends(services: Services, clock: Clock) -> None:
    services.fail("github", "primary_limit", reset_in=90)
    headers = ask(services.url_github, "/repos/ada/attention-pytorch").headers
    assert headers["x-ratelimit-remaining"] == "0"
    assert int(headers["x-ratelimit-reset"]) == clock.now + 90


def test_a_redirect_leads_to_a_host_that_records_the_token(services: Services) -> None:
    services.fail("github", "redirect", status=301)
    reply = ask(services.url_github, "/repos/ada/attention-pytorch", token=TOKEN)
    assert ask(reply.headers["location"], token=TOKEN).status == 200
    assert services.asked("elsewhere")[0].authorized


def test_html_may_come_with_200(services: Services) -> None:
    services.fail("hf", "html")
    reply = ask(services.url_hf, f"/api/papers/{ATTENTION}")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_a_fault_is_for_its_path_and_resource_and_times(services: Services) -> None:
    services.fail("github", "server_error", path="/repos/*/issues", times=2, after=1)
    services.fail("github", "not_found", resource="search", times=None)
    issues = "/repos/ada/attention-pytorch/issues"
    assert [ask(services.url_github, issues).status for _ in range(4)] == [200, 502, 502, 200]
    assert ask(services.url_github, "/repos/ada/attention-pytorch").status == 200
    searches = [ask(services.url_github, "/search/issues", q="x").status for _ in range(3)]
    assert searches == [404] * 3
    services.behave()
    assert ask(services.url_github, "/search/issues", q="x").status == 200


def test_a_fault_that_is_none_is_refused_at_once(services: Services) -> None:
    for service, name, options in (
        ("github", "no_such_fault", {}),
        ("gitlab", "html", {}),
        ("github", "html", {"retry": 1}),
    ):
        with pytest.raises(ValueError, match="no "):
            services.fail(service, name, **options)


def test_graphql_may_be_partial(services: Services) -> None:
    services.fail("github", "graphql_partial", indices=(1,))
    answer = graphql(services, FIND, q="attention")
    assert [node is None for node in answer["data"]["search"]["nodes"]] == [
        False,
        True,
        False,
        False,
    ]
    assert answer["errors"][0]["path"] == ["search", "nodes", 1]
    services.fail("github", "graphql_partial")
    answer = graphql(services, f"{{ r0: {REPO} {{ name }} r1: {REPO} {{ name }} }}")
    assert (answer["data"]["r0"], answer["errors"][0]["type"]) == (None, "NOT_FOUND")


def test_graphql_may_meet_its_limits(services: Services) -> None:
    services.fail("github", "graphql_rate_limited")
    assert graphql(services, FIND, q="attention")["errors"][0]["type"] == "RATE_LIMITED"
    services.fail("github", "graphql_resource_limits", keep=1)
    answer = graphql(services, FIND, q="attention")
    first, second = answer["data"]["search"]["nodes"][:2]
    assert isinstance(first["open"]["nodes"], list)
    assert (second["open"]["nodes"], second["nameWithOwner"] != "") == (None, True)
    assert {error["type"] for error in answer["errors"]} == {"RESOURCE_LIMITS_EXCEEDED"}
    services.fail("github", "graphql_resource_limits", scope="all")
    assert graphql(services, FIND, q="attention")["data"]["search"] is None


def test_a_search_may_be_incomplete(services: Services) -> None:
    services.fail("github", "incomplete", keep=1)
    document = ask(services.url_github, "/search/repositories", q="attention").json
    assert (document["incomplete_results"], len(document["items"])) == (True, 1)


def test_a_readme_may_be_huge_wherever_it_is_read(services: Services) -> None:
    services.fail("github", "huge_readme", times=3)
    shape = ask(services.url_github, "/repos/ada/attention-pytorch/readme").json
    assert (shape["size"], len(shape["content"]) > 6_000_000) == (5_000_000, True)
    assert len(ask(services.url_raw, "/ada/attention-pytorch/HEAD/README.md").body) == 5_000_000
    answer = graphql(services, FIND, q="1706.03762 in:readme")
    assert len(answer["data"]["search"]["nodes"][0]["readme"]["text"]) == 5_000_000


def test_json_may_be_bad_or_of_another_type(services: Services) -> None:
    services.fail("github", "bad_json")
    with pytest.raises(ValueError, match=r"codec|JSON"):
        _ = ask(services.url_github, "/repos/ada/attention-pytorch").json
    services.fail("github", "wrong_type", times=2)
    assert isinstance(ask(services.url_github, "/repos/ada/attention-pytorch").json, list)
    assert isinstance(ask(services.url_github, "/repos/ada/attention-pytorch/issues").json, dict)
    services.fail("pwc", "wrong_type", document="text")
    assert ask(services.url_pwc, f"/api/v1/papers/{ATTENTION}").json == "text"


def test_a_body_may_be_cut_and_a_connection_reset(services: Services) -> None:
    services.fail("github", "cut")
    with pytest.raises(http.client.IncompleteRead):
        ask(services.url_github, "/repos/ada/attention-pytorch")
    services.fail("github", "reset")
    with pytest.raises(ConnectionResetError):
        ask(services.url_github, "/repos/ada/attention-pytorch")
    assert services.requests[-1].status == 0


def test_a_server_may_hang_or_drip_until_it_is_closed() -> None:
    with Services(UNIVERSE) as services:
        services.fail("github", "hang")
        with pytest.raises(TimeoutError):
            ask(services.url_github, "/repos/ada/attention-pytorch", timeout=0.1)
        services.fail("github", "drip", pause_s=0.001)
        assert ask(services.url_github, "/rate_limit").json["rate"]
        services.fail("github", "drip")
        with pytest.raises(TimeoutError):
            ask(services.url_github, "/rate_limit", timeout=0.1)
        services.fail("github", "hang")
        failures: list[BaseException] = []

        def wait() -> None:
            try:
                ask(services.url_github, "/repos/ada/attention-pytorch")
            except (OSError, http.client.HTTPException) as failure:
                failures.append(failure)

        waiting = threading.Thread(target=wait)
        waiting.start()
        services.wait_for(4)
    waiting.join(5)
    assert (waiting.is_alive(), len(failures)) == (False, 1)


def test_requests_are_recorded(services: Services) -> None:
    ask(services.url_github, "/search/issues", q="a b", token=TOKEN, headers={"X-One": "1"})
    graphql(services, "{ viewer { login } }")
    ask(services.url_hf, f"/api/papers/{ATTENTION}")
    first, second, third = services.requests
    assert (first.service, first.method, first.path, first.query, first.resource, first.status) == (
        "github",
        "GET",
        "/search/issues",
        {"q": "a b"},
        "search",
        200,
    )
    assert (first.headers["x-one"], first.headers["authorization"]) == ("1", f"Bearer {TOKEN}")
    assert (second.resource, second.json["query"]) == ("graphql", "{ viewer { login } }")
    assert (third.service, third.authorized) == ("hf", False)
    assert services.asked("hf") == [third]
    assert set(services.environ) >= {"REPROKIT_GITHUB_URL", "REPROKIT_HF_URL", "REPROKIT_PWC_URL"}


def test_many_ask_at_once_and_none_is_lost(services: Services) -> None:
    services.latency_s = 0.02
    statuses: list[int] = []

    def several() -> None:
        statuses.extend(ask(services.url_github, "/user", token=TOKEN).status for _ in range(5))

    threads = [threading.Thread(target=several) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 100
    assert len(services.requests) == 100
    assert 1 < services.peak <= 20
    assert services.requests[-1].headers["host"] == urlsplit(services.url_github).netloc


def test_a_mistake_of_the_server_itself_is_told() -> None:
    broken = Universe([Repo("o/r", readme="#", topics=[None])])  # type: ignore[list-item]
    services = Services(broken)
    with pytest.raises(AssertionError, match="the made server itself failed"), services:
        assert ask(services.url_github, "/search/repositories", q="x").status == 500


def test_it_starts_and_stops_in_no_time_with_many_repositories() -> None:
    issues = [Issue(n, f"Issue {n}", "words " * 50, comments=["yes"] * 3) for n in range(1, 21)]
    many = [
        Repo(f"o{n}/net", "a net", readme=f"1706.{n:05} " * 300, issues=issues) for n in range(300)
    ]
    best = 1.0
    for _ in range(3):
        begin = time.perf_counter()
        Services(Universe(many)).close()
        best = min(best, time.perf_counter() - begin)
    assert best < 0.05
    assert not [thread for thread in threading.enumerate() if thread.name == "services"]


def test_pygithub_takes_it_for_github(services: Services) -> None:
    github = pytest.importorskip("github")
    client = github.Github(
        auth=github.Auth.Token(TOKEN),
        base_url=services.url_github,
        retry=None,
        per_page=2,
        seconds_between_requests=0,
    )
    found = client.search_repositories("attention", sort="stars")
    assert found.totalCount == 5
    shown = [(repo.full_name, repo.stargazers_count, repo.topics) for repo in found]
    assert shown[0] == ("ada/attention-pytorch", 500, ["transformer", "nlp"])
    assert len(services.asked(resource="core")) == 0  # nothing had to be completed
    repo = client.get_repo("ada/transformer")
    assert repo.full_name == "ada/attention-pytorch"
    issues = list(repo.get_issues(state="all", sort="comments"))
    assert [(issue.number, issue.pull_request is None) for issue in issues] == [
        (3, False),
        (1, True),
        (2, True),
        (4, True),
    ]
    assert [comment.body for comment in issues[1].get_comments()] == ["Lower the rate."] * 3
    assert repo.get_readme().decoded_content.startswith(b"# Attention")
    assert [one.path for one in repo.get_contents("src")] == ["src/model"]
    assert len(repo.get_git_tree("HEAD", recursive=True).tree) == 6
    assert repo.get_languages()["Python"] == 900
    assert repo.get_commits()[0].commit.message == "Initial commit"
    assert client.get_user().login == "tester"
    assert client.get_rate_limit().resources.core.limit == 5000
    assert repo.get_archive_link("tarball").startswith(services.url_elsewhere)
    _, data = client.requester.graphql_query("{ viewer { login } }", {})
    assert data["data"]["viewer"]["login"] == "tester"


def test_pygithub_reads_the_refusals(services: Services) -> None:
    github = pytest.importorskip("github")
    client = github.Github(
        auth=github.Auth.Token(TOKEN),
        base_url=services.url_github,
        retry=None,
        seconds_between_requests=0,
    )
    for fault, error in (
        ("unauthorized", github.BadCredentialsException),
        ("primary_limit", github.RateLimitExceededException),
        ("secondary_limit", github.RateLimitExceededException),
        ("too_many", github.GithubException),
        ("not_found", github.UnknownObjectException),
        ("blocked", github.GithubException),
        ("server_error", github.GithubException),
    ):
        services.fail("github", fault)
        with pytest.raises(error):
            client.get_repo("ada/attention-pytorch")
    wrong = github.Github(auth=github.Auth.Token("x"), base_url=services.url_github, retry=None)
    with pytest.raises(github.BadCredentialsException):
        wrong.get_repo("ada/attention-pytorch")
