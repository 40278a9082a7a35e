"""GitHub at its worst: every failure ends in one sentence, in time, and without the token."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from github_host import ISSUES, QUERIES, Clock, many, source
from reprokit.errors import Unavailable
from reprokit.repositories import Lead, Repository
from reprokit.sources.github import Github
from services.client import TOKEN
from services.server import Services
from services.universe import Repo, Universe
from services.wire import Answer

NAME = "user1/transformer"
CALLS: dict[str, Callable[[Github], Any]] = {
    "search": lambda asked: asked.search(QUERIES),
    "describe": lambda asked: asked.describe([NAME]),
    "threads": lambda asked: asked.threads(NAME),
    "all_threads": lambda asked: list(asked.all_threads(NAME)),
    "archive": lambda asked: asked.archive(NAME),
    "repository": lambda asked: asked.repository(NAME),
}
either = pytest.mark.parametrize("token", [TOKEN, None], ids=["token", "no-token"])
# Every call with a token and without; in one test each, since starting a server takes longer.
CASES = [(name, call, token) for name, call in CALLS.items() for token in (TOKEN, None)]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(clock: Clock) -> Iterator[Services]:
    with Services(many(30), TOKEN, clock=clock) as running:
        yield running


def refused(call: Callable[[Github], Any], asked: Github) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        call(asked)
    error: BaseException | None = caught.value
    while error is not None:  # no cause holds a request with its headers either
        assert TOKEN not in f"{error}{error!r}{vars(error)}"
        error = error.__cause__ or error.__context__
    assert "\n" not in caught.value.message + caught.value.hint
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize(
    ("fault", "options", "message"),
    [
        ("primary_limit", {}, "used up until"),
        ("primary_limit", {"status": 429}, "used up until"),
        ("secondary_limit", {}, "wants a pause until"),
        ("secondary_limit", {"retry_after": 3000}, "wants a pause until"),
        ("too_many", {}, "wants a pause until"),
        ("too_many", {"retry_after": 7}, "wants a pause until"),
        ("unprocessable", {}, "HTTP 422 (Validation Failed: The search is longer"),
        ("blocked", {}, "HTTP 451"),
        ("blocked", {"reason": "tos"}, "HTTP 403"),
        ("html", {}, "HTML page"),
        ("html", {"status": 503}, "HTTP 503"),
        ("server_error", {}, "HTTP 502"),
        ("reset", {}, "hung up"),
        ("redirect", {"status": 301}, "sends on to localhost:"),
        ("redirect", {"status": 307}, "sends on to localhost:"),
        ("redirect", {"to": "http://169.254.169.254/"}, "sends on to "),
    ],
)
def test_a_failure_is_one_sentence_and_never_more_than_two_requests(
    fault: str, options: dict[str, Any], message: str, services: Services, clock: Clock
) -> None:
    services.fail("github", fault, times=None, **options)
    for name, call, token in CASES:
        services.requests.clear()
        error = refused(call, source(services, clock, token))
        assert message in error.message, name
        most = 8 if name == "search" and token is None else 2
        assert len(services.requests) <= most, name
        assert services.asked("elsewhere") == [], name
    assert sum(clock.slept) <= 0.5 * (len(CASES) + 3)


@pytest.mark.parametrize("fault", ["bad_json", "wrong_type", "cut"])
def test_an_answer_that_is_spoilt_is_one_sentence(
    fault: str, services: Services, clock: Clock
) -> None:
    services.fail("github", fault, times=None)
    for name, call, token in CASES:
        if name == "archive" or (name == "describe" and token is None and fault == "bad_json"):
            continue  # what is looked at is a header, or is no JSON
        assert refused(call, source(services, clock, token)).message.startswith("GitHub"), name


@pytest.mark.parametrize(
    "document",
    [None, 0, "x", [], {}, {"data": 0}, {"data": {}}, {"data": {"repository": []}}, {"items": 0},
     {"items": [0, None, {}, {"full_name": "../x"}]}, [0, None, {}, {"number": "1"}],
     {"data": {"q0": {"nodes": [0, None, {"nameWithOwner": 7}]}}},
     {"data": None, "errors": [0, {"message": 5, "path": 7, "type": []}]}],
)  # fmt: skip
def test_an_answer_of_another_form_never_ends_in_a_traceback(
    document: Any, services: Services, clock: Clock
) -> None:
    services.fail("github", "wrong_type", times=None, document=document)
    for _, call, token in CASES:
        with contextlib.suppress(Unavailable):
            call(source(services, clock, token))


@pytest.mark.parametrize("fault", ["server_error", "reset", "cut"])
def test_what_works_at_the_second_time_is_taken(
    fault: str, services: Services, clock: Clock
) -> None:
    for name, call, token in CASES:
        asked = source(services, clock, token)
        expected = call(asked)
        services.fail("github", fault)
        clock.slept.clear()
        assert call(asked) == expected, name
        assert sum(clock.slept) == (0 if fault == "cut" and name == "archive" else 0.5)
        services.behave()


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_nobody_waits_longer_than_the_deadline(
    fault: str, services: Services, clock: Clock
) -> None:
    options = {"pause_s": 0.05} if fault == "drip" else {}
    services.fail("github", fault, times=None, path=None, **options)
    services.fail("elsewhere", fault, times=None, **options)
    for name, call, token in CASES:
        began = time.monotonic()
        error = refused(call, source(services, clock, token, deadline_s=0.2))
        assert "no answer within 0.2 s" in error.message, name
        assert time.monotonic() - began < 5, name


def test_one_search_that_hangs_does_not_lose_the_others(services: Services, clock: Clock) -> None:
    services.fail("github", "hang")
    found = source(services, clock, None, deadline_s=1.5).search(QUERIES)
    assert len(found.leads) == 30
    assert [line.partition(":")[0] for line in found.missing] == ["the search by readme-id"] or (
        len(found.missing) == 1 and "no answer within" in found.missing[0]
    )


@pytest.mark.parametrize("name", CALLS)
def test_a_refused_token_is_told_and_done_without(
    name: str, services: Services, clock: Clock
) -> None:
    told: list[str] = []
    call = CALLS[name]
    asked = source(services, clock, "wrong-s3cret", notify=told.append)
    result = call(asked)
    said = [*told, *getattr(result, "missing", ())]
    assert any("does not take the token" in line for line in said)
    assert "s3cret" not in f"{said}{result!r}"
    n_refused = sum(one.status == 401 for one in services.requests)
    assert n_refused == 1
    call(asked)
    assert sum(one.status == 401 for one in services.requests) == n_refused


def test_a_refused_token_leaves_the_budget_of_twelve(services: Services, clock: Clock) -> None:
    asked = source(services, clock, "wrong")
    found = asked.describe(asked.search(QUERIES).leads)
    assert len(services.requests) <= 12
    assert sum(one.repository.readme is not None for one in found.leads) == 7


@pytest.mark.parametrize("token", ["two words", "tökén", "a\nb", "a\x00b", "\x7f"])
def test_a_token_that_is_none_is_never_sent(token: str, services: Services, clock: Clock) -> None:
    found = source(services, clock, token).search(QUERIES)
    assert "does not take the token" in found.missing[0]
    assert not any(one.authorized for one in services.requests)
    assert token not in repr(found)


@pytest.mark.parametrize("token", ["", "  ", f" {TOKEN}\n"])
def test_space_around_a_token_is_no_part_of_it(
    token: str, services: Services, clock: Clock
) -> None:
    assert source(services, clock, token).search(QUERIES).missing == ()


@either
@pytest.mark.parametrize("fault", ["primary_limit", "secondary_limit", "too_many"])
def test_a_limit_is_waited_for_where_that_was_allowed(
    fault: str, token: str | None, services: Services, clock: Clock
) -> None:
    told: list[str] = []
    services.fail("github", fault, **{"reset_in" if "primary" in fault else "retry_after": 12})
    asked = source(services, clock, token, may_wait_s=12, notify=told.append)
    assert asked.repository(NAME) is not None
    assert sum(clock.slept) == 12
    assert told[0] == "GitHub's rate limit is used up; going on in 12 s"
    assert told[-1] == "GitHub's rate limit is used up; going on in 2 s"


@either
@pytest.mark.parametrize("fault", ["primary_limit", "secondary_limit"])
def test_a_limit_is_not_waited_for_longer_than_allowed_nor_asked_again(
    fault: str, token: str | None, services: Services, clock: Clock
) -> None:
    services.fail("github", fault, **{"reset_in" if "primary" in fault else "retry_after": 13})
    asked = source(services, clock, token, may_wait_s=12)
    for _ in range(3):
        refused(CALLS["repository"], asked)
    assert (clock.slept, len(services.requests)) == ([], 1)
    clock.now += 13
    assert asked.repository(NAME) is not None


def test_a_limit_that_comes_again_and_again_is_not_waited_for_for_ever(
    services: Services, clock: Clock
) -> None:
    services.fail("github", "secondary_limit", times=None, retry_after=5)
    refused(CALLS["repository"], source(services, clock, may_wait_s=12))
    assert sum(clock.slept) == 10


def test_several_requests_that_are_limited_wait_once(services: Services, clock: Clock) -> None:
    told: list[str] = []
    services.fail("github", "primary_limit", times=2, reset_in=4)
    asked = source(services, clock, None, may_wait_s=60, notify=told.append)
    found = asked.search(QUERIES)
    assert (len(found.leads), found.missing) == (30, ())
    assert sum(clock.slept) <= 8
    assert len(told) <= 2


def test_a_budget_that_the_headers_call_empty_is_not_asked(clock: Clock) -> None:
    with Services(many(5), TOKEN, clock=clock, limits={"search": 3}) as running:
        found = source(running, clock, None).search(QUERIES)
        assert len(found.leads) == 5
        assert "used up until" in found.missing[0]
        assert len(running.requests) <= 4


def test_a_limit_while_describing_keeps_what_was_found(clock: Clock) -> None:
    with Services(many(20), TOKEN, clock=clock, limits={"core": 3}) as running:
        asked = source(running, clock, None)
        found = asked.describe(asked.search(QUERIES).leads)
        assert len(found.leads) == 20
        assert sum(one.repository.readme is not None for one in found.leads) == 3
        assert any("used up until" in line for line in found.missing)


@pytest.mark.parametrize("kind", ["RATE_LIMITED", "RATE_LIMIT"])
def test_a_limit_of_graphql_comes_with_a_200(kind: str, services: Services, clock: Clock) -> None:
    services.fail("github", "graphql_rate_limited", type=kind, reset_in=30)
    asked = source(services, clock)
    assert "(graphql) is used up until" in refused(CALLS["search"], asked).message
    refused(CALLS["search"], asked)
    assert len(services.requests) == 1
    patient = source(services, clock, may_wait_s=30)
    services.fail("github", "graphql_rate_limited", type=kind, reset_in=30)
    assert len(patient.search(QUERIES).leads) == 30


def test_incomplete_results_are_kept_and_told(services: Services, clock: Clock) -> None:
    services.fail("github", "incomplete", keep=20)
    found = source(services, clock, None).search(QUERIES[:1])
    assert len(found.leads) == 20
    assert "ran out of time at GitHub" in found.missing[0]


def test_a_partial_answer_keeps_its_data(services: Services, clock: Clock) -> None:
    services.fail("github", "graphql_partial", indices=(0, 2))
    asked = source(services, clock)
    found = asked.search(QUERIES)
    assert len(found.leads) == 30
    assert [line.partition(":")[0] for line in found.missing] == [
        "the search by readme-id failed",
        "the search by acronym failed",
    ]
    services.fail("github", "graphql_partial", indices=(0, 2))
    described = asked.describe([f"user{place}/transformer" for place in range(5)])
    assert len(described.leads) == 3
    assert "not on GitHub" in described.missing[0]


def spoil(services: Services, monkeypatch: pytest.MonkeyPatch, spoilt: Callable[..., Any]) -> None:
    """Let a function look at each right answer before it is sent."""
    answer = services._perhaps_failing  # noqa: SLF001  the server's, not ours
    monkeypatch.setattr(services, "_perhaps_failing", lambda one: spoilt(answer(one)))


def too_expensive(times: int) -> Callable[[Answer], Answer]:
    """Take the issues of every second repository, so often."""
    left = [times]

    def spoilt(answer: Answer) -> Answer:
        data = (answer.document or {}).get("data")
        if not data or not any(key.startswith("r") for key in data) or left[0] <= 0:
            return answer
        left[0] -= 1
        keys = [key for key in data if data[key]][1::2]
        for key in keys:
            data[key]["issues"] = None
        kind = {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "too much"}
        errors = [{**kind, "path": [key, "issues"]} for key in keys]
        return Answer.of({"data": data, "errors": errors}, 200, answer.headers)

    return spoilt


NAMES = [f"user{place}/transformer" for place in range(24)]


def test_what_is_too_expensive_is_asked_for_again_by_halves_once(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(services, monkeypatch, too_expensive(times=1))
    for requests in (2, 3):
        services.requests.clear()
        found = source(services, clock).describe(NAMES)
        assert len(services.requests) == requests
        assert found.missing == ()
        assert [bool(one.repository.issue_titles) for one in found.leads] == [True] * 24
        services.fail("github", "graphql_resource_limits", scope="all")


def test_what_stays_too_expensive_is_told_and_the_rest_kept(
    services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(services, monkeypatch, too_expensive(times=9))
    found = source(services, clock).describe(NAMES)
    assert len(services.requests) == 2
    assert sum(one.repository.readme is not None for one in found.leads) == 24
    assert sum(bool(one.repository.issue_titles) for one in found.leads) >= 12
    assert "too expensive for GitHub" in found.missing[0]
    services.fail("github", "graphql_resource_limits", times=None, scope="all")
    leads = [Lead(Repository(name)) for name in NAMES]
    kept = source(services, clock).describe(leads)
    assert len(kept.leads) == 24
    assert "user0/transformer, user1/transformer, user2/transformer and 21 more" in kept.missing[-1]
    refused(CALLS["threads"], source(services, clock))


@pytest.mark.parametrize("scope", ["nodes", "all"])
def test_a_search_that_is_too_expensive_is_asked_for_half_as_many(
    scope: str, services: Services, clock: Clock
) -> None:
    services.fail("github", "graphql_resource_limits", scope=scope)
    found = source(services, clock).search(QUERIES[:1], count=20)
    assert len(services.requests) == 2
    assert len(found.leads) == 10
    assert "only 10 each" in found.missing[0]


@either
def test_a_readme_of_5_mb_is_kept_to_100_kb(
    token: str | None, services: Services, clock: Clock
) -> None:
    services.fail("github", "huge_readme", path=None if token else "*/readme")
    found = source(services, clock, token).describe([NAME])
    readme = found.leads[0].repository.readme or ""
    assert 90_000 < len(readme.encode()) <= 100_000


def test_an_answer_without_end_is_not_read_to_it(services: Services, clock: Clock) -> None:
    services.fail("github", "huge_readme", size=30_000_000)
    assert (
        "larger than 24,000,000 bytes"
        in refused(CALLS["describe"], source(services, clock)).message
    )


@either
def test_an_empty_repository_has_no_files(token: str | None, clock: Clock) -> None:
    with Services(Universe([Repo("a/b", "x", issues=ISSUES)]), TOKEN, clock=clock) as running:
        assert source(running, clock, token).archive("a/b") == {}


def test_a_server_that_is_not_there_is_unavailable(clock: Clock) -> None:
    for _, call, token in CASES:
        asked = Github(
            token=token, url="http://127.0.0.1:9", deadline_s=2.0, clock=clock, sleep=clock.sleep
        )
        assert "cannot be reached" in refused(call, asked).message


@pytest.mark.parametrize(
    "url", ["http://api.github.com", "http://127.0.0.1.example.org", "ftp://127.0.0.1", "x", "//"]
)
def test_an_address_without_https_is_never_asked(url: str) -> None:
    for call in CALLS.values():
        assert "no address with https" in refused(call, Github(token=TOKEN, url=url)).message


@pytest.mark.parametrize("name", ["X-RateLimit-Reset", "X-RateLimit-Remaining", "Retry-After"])
def test_a_header_that_is_no_number_does_no_harm(
    name: str, services: Services, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    header: dict[str, str] = {}

    def spoilt(answer: Answer) -> Answer:
        answer.headers |= header
        return answer

    spoil(services, monkeypatch, spoilt)
    for value in ("soon", "-1", "1e999", "", "99999999999999999999"):
        header[name] = value
        asked = source(services, clock)
        assert asked.repository(NAME) is not None
        services.fail("github", "primary_limit")
        refused(CALLS["repository"], asked)
