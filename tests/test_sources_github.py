"""GitHub as a source: what it finds, describes and reads, and how often it asks for that."""

import json
import logging
from collections.abc import Iterator

import pytest

import universe
from github_host import ID, ISSUES, QUERIES, Clock, many, source
from reprokit.errors import Unavailable
from reprokit.reading.threads import Thread
from reprokit.repositories import Lead, Mention, Repository
from reprokit.sources.github import Limit
from services.client import TOKEN
from services.server import Services
from services.universe import Issue, Repo, Universe

WHOLE = Repo(
    "Grace-Lab/NMT2",
    "attention   in\u202e TensorFlow",
    topics=["nlp", "attention"],
    language="Python",
    languages={"Shell": 50, "Python": 900},
    stars=90,
    forks=7,
    fork=True,
    parent="ada/first",
    archived=True,
    license="MIT",
    readme=f"# It\n\nSee \x1b[31marXiv:{ID}.",
    files={"train.py": "import tensorflow\n", "src/net.py": "x = 1\n"},
    issues=ISSUES,
    homepage="https://example.org",
    size=12,
    owner_type="Organization",
    default_branch="trunk",
    pushed_at="2022-05-06T07:08:09Z",
)
SMALL = Universe(
    [
        WHOLE,
        Repo("ada/first", "attention", readme="#"),
        Repo("zoe/empty", "attention of nobody"),
        Repo("zoe/taken", "attention copied", readme="secret", blocked="dmca"),
        Repo("zoe/deleted", "attention, deleted since", readme="#", gone=True),
        Repo("zoe/plain", "attention", readme=None, files={"a.py": ""}),
        Repo("zoe/odd", "attention", readme=None, files={"ReadMe.MD": "odd", "b.py": ""}),
        Repo("zoe/rst", "attention", readme=None, files={"README.rst": "rest"}),
    ],
    renamed={"ada/old": "ada/first"},
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def small(clock: Clock) -> Iterator[Services]:
    with Services(SMALL, TOKEN, clock=clock) as running:
        yield running


@pytest.fixture
def fifty(clock: Clock) -> Iterator[Services]:
    with Services(many(50), TOKEN, clock=clock) as running:
        yield running


def leads(*names: str) -> list[Lead]:
    return [Lead(Repository(name, stars=1), (Mention("arxiv", "comment"),)) for name in names]


@pytest.mark.parametrize(("token", "most"), [(TOKEN, 3), (None, 12)])
def test_fifty_repositories_take_few_requests(
    token: str | None, most: int, fifty: Services, clock: Clock
) -> None:
    asked = source(fifty, clock, token)
    found = asked.search(QUERIES)
    assert len(found.leads) == 50
    assert (found.missing, found.is_complete) == ((), True)
    described = asked.describe(found.leads)
    assert len(fifty.requests) <= most
    assert [one.repository.name for one in described.leads] == [
        one.repository.name for one in found.leads
    ]
    assert [one.mentions for one in described.leads] == [one.mentions for one in found.leads]
    n_readmes = sum(ID in (one.repository.readme or "") for one in described.leads)
    assert n_readmes == (50 if token else 8)
    assert clock.slept == []


@pytest.mark.parametrize(("count", "requests"), [(25, 1), (50, 2), (75, 3), (76, 4)])
def test_each_further_25_take_one_request_more(count: int, requests: int, clock: Clock) -> None:
    with Services(many(80), TOKEN, clock=clock) as services:
        names = [f"user{place}/transformer" for place in range(count)]
        described = source(services, clock).describe(names)
        assert len(services.requests) == requests
        assert sum(bool(one.repository.issue_titles) for one in described.leads) == count


def test_the_first_repositories_get_their_readmes_and_the_rest_is_told(
    fifty: Services, clock: Clock
) -> None:
    asked = source(fifty, clock, None)
    found = asked.describe(asked.search(QUERIES).leads)
    has_readme = [one.repository.readme is not None for one in found.leads]
    assert has_readme == [True] * 8 + [False] * 42
    assert "the READMEs of 42 repositories were not asked for" in found.missing[0]
    assert not found.is_complete


def test_a_second_paper_has_a_budget_of_its_own(fifty: Services, clock: Clock) -> None:
    asked = source(fifty, clock, None)
    for total in (12, 24):
        asked.describe(asked.search(QUERIES).leads)
        asked.describe(["user1/transformer"] * 3)
        assert len(fifty.requests) == total


def test_queries_go_out_as_they_are_and_come_back_as_mentions(
    small: Services, clock: Clock
) -> None:
    query = ("title", 'attention NOT "a } \\ {" in:description')
    for token in (TOKEN, None):
        found = source(small, clock, token).search([query, ("topic", "topic:attention fork:true")])
        told = {one.repository.name: one.mentions for one in found.leads}
        assert told["ada/first"][0].kind == "title"
        assert told["ada/first"][0].source == "github"
        assert told["ada/first"][0].detail == query[1]
        assert told["ada/first"][0].url.startswith("https://github.com/search?q=attention%20NOT")
        assert [mention.kind for mention in told["Grace-Lab/NMT2"]] == ["topic"]
    assert query[1] in {one.query["q"] for one in small.asked(resource="search")}


def test_no_queries_take_no_requests(small: Services, clock: Clock) -> None:
    for token in (TOKEN, None):
        assert source(small, clock, token).search([]).leads == ()
        assert source(small, clock, token).describe([]).leads == ()
    assert small.requests == []


def test_too_many_queries_are_left_out_and_told(small: Services, clock: Clock) -> None:
    queries = [(f"kind{place}", "attention") for place in range(6)]
    found = source(small, clock, None).search(queries)
    assert len(small.requests) == 4
    assert found.missing == ("not searched by kind4, kind5: so many queries are too many",)


def test_a_repository_is_read_whole_and_cleaned(small: Services, clock: Clock) -> None:
    repository = source(small, clock).describe(["grace-lab/nmt2"]).leads[0].repository
    assert repository == Repository(
        name="Grace-Lab/NMT2",
        description="attention in TensorFlow",
        topics=("nlp", "attention"),
        language="Python",
        languages={"Python": 900, "Shell": 50},
        stars=90,
        forks=7,
        is_fork=True,
        parent="ada/first",
        is_archived=True,
        license="MIT",
        pushed_at="2022-05-06T07:08:09Z",
        created_at="2020-01-01T00:00:00Z",
        size_kb=12,
        homepage="https://example.org",
        is_organization=True,
        default_branch="trunk",
        readme=f"# It\n\nSee [31marXiv:{ID}.",
        files=("README.md", "src", "train.py"),
        issue_titles=("Loss is NaN", "BLEU is 25"),
        n_issues=2,
        node_id=repository.node_id,
    )
    assert Repository.from_json(json.loads(json.dumps(repository.to_json()))) == repository


def test_rest_tells_the_same_of_a_repository_but_its_insides(small: Services, clock: Clock) -> None:
    whole = source(small, clock).describe(["Grace-Lab/NMT2"]).leads[0].repository
    plain = source(small, clock, None).describe(["Grace-Lab/NMT2"]).leads[0].repository
    alone = source(small, clock, None).repository("Grace-Lab/NMT2")
    names = set(whole.to_json()) - {"files", "issue_titles", "n_issues", "languages"}
    assert {n: plain.to_json()[n] for n in names} == {n: whole.to_json()[n] for n in names}
    assert alone is not None
    assert alone.readme is None


@pytest.mark.parametrize(
    ("name", "readme"),
    [("zoe/plain", ""), ("zoe/empty", ""), ("zoe/odd", "odd"), ("zoe/rst", "rest")],
)
def test_a_readme_of_any_name_is_found(
    name: str, readme: str, small: Services, clock: Clock
) -> None:
    for token in (TOKEN, None):
        found = source(small, clock, token).describe(leads(name))
        assert (found.leads[0].repository.readme, found.missing) == (readme, ())


def test_what_is_gone_is_left_out_and_told(small: Services, clock: Clock) -> None:
    found = source(small, clock).describe(leads("zoe/deleted", "zoe/taken", "ada/first", "no/no"))
    assert [one.repository.name for one in found.leads] == ["ada/first"]
    assert sorted(found.missing) == [
        "zoe/deleted, no/no: not on GitHub (renamed, deleted or private)",
        "zoe/taken: GitHub does not give access",
    ]


def test_what_was_taken_down_is_left_out_without_a_token_too(small: Services, clock: Clock) -> None:
    found = source(small, clock, None).describe(leads("zoe/taken", "ada/first"))
    assert [one.repository.name for one in found.leads] == ["ada/first"]
    assert "HTTP 451" in found.missing[0]


@pytest.mark.parametrize("token", [TOKEN, None])
def test_a_renamed_repository_is_told_by_its_present_name(
    token: str | None, small: Services, clock: Clock
) -> None:
    asked = source(small, clock, token)
    assert asked.describe(["ada/old"]).leads[0].repository.name == "ada/first"
    found = asked.repository("ada/old")
    assert found is not None
    assert found.name == "ada/first"
    assert len(asked.threads("ada/old")) == 0
    assert set(asked.archive("ada/old")) == {"README.md"}


@pytest.mark.parametrize(
    "name", ["", "ada", "ada/first/x", "../x", "ada/..", "a b/c", "ada/first?x=1", "-/x", "ä/x"]
)
def test_a_name_that_is_none_is_never_asked_for(name: str, small: Services, clock: Clock) -> None:
    asked = source(small, clock)
    for call in (
        asked.repository,
        asked.threads,
        asked.archive,
        lambda n: list(asked.all_threads(n)),
    ):
        with pytest.raises(Unavailable, match="no repository's name"):
            call(name)
    found = asked.describe(leads(name, "ada/first"))
    assert found.missing == ("1 names are not of the form OWNER/NAME",)
    assert asked.describe([name]).leads == ()
    assert len(small.requests) == 1


def test_an_unknown_repository_is_none(small: Services, clock: Clock) -> None:
    for token in (TOKEN, None):
        assert source(small, clock, token).repository("no/no") is None
        with pytest.raises(Unavailable, match="451"):
            source(small, clock, token).repository("zoe/taken")
        with pytest.raises(Unavailable, match=r"knows no|knows nothing"):
            source(small, clock, token).threads("no/no")


def test_threads_come_with_bodies_and_first_comments_by_one_request(
    small: Services, clock: Clock
) -> None:
    found = source(small, clock).threads("Grace-Lab/NMT2")
    assert len(small.requests) == 1
    assert [one["number"] for one in found] == [3, 1, 2, 4]
    assert found[2] == {
        "repo": "Grace-Lab/NMT2",
        "number": 2,
        "title": "BLEU is 25",
        "body": "Why?",
        "url": "https://github.com/Grace-Lab/NMT2/issues/2",
        "state": "closed",
        "is_pull": False,
        "author": "reader",
        "association": "NONE",
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
        "n_comments": 1,
        "reactions": 4,
        "labels": ["bug"],
        "comments": [
            {
                "author": "ada",
                "association": "OWNER",
                "created_at": "2021-01-01T00:00:00Z",
                "body": "Average the last.",
            }
        ],
    }
    assert (found[0]["state"], found[0]["author"], found[0]["is_pull"]) == ("merged", "", True)
    assert all(Thread.from_json(one).repo == "Grace-Lab/NMT2" for one in found)


def test_threads_without_a_token_are_the_same_but_for_the_comments(
    small: Services, clock: Clock
) -> None:
    whole = source(small, clock).threads("Grace-Lab/NMT2")
    found = source(small, clock, None).threads("Grace-Lab/NMT2")
    assert list(found) == [{**one, "comments": []} for one in whole]
    assert len(small.requests) == 2


@pytest.mark.parametrize("token", [TOKEN, None])
def test_all_threads_come_page_by_page(token: str | None, clock: Clock) -> None:
    issues = [Issue(n, f"number {n}", is_pull=n % 3 == 0) for n in range(1, 251)]
    with Services(
        Universe([Repo("a/b", readme="#", issues=issues)]), TOKEN, clock=clock
    ) as running:
        found = source(running, clock, token).all_threads("a/b")
        first = next(found)
        assert len(running.requests) == 1
        numbers = [first["number"], *(one["number"] for one in found)]
        assert sorted(numbers) == list(range(1, 251))
        assert len(running.requests) <= 6


@pytest.mark.parametrize("token", [TOKEN, None])
def test_issues_that_were_switched_off_are_none(token: str | None, clock: Clock) -> None:
    repo = Repo("a/b", readme="#", has_issues=False, issues=ISSUES[:2])
    with Services(Universe([repo]), TOKEN, clock=clock) as running:
        assert source(running, clock, token).threads("a/b") == ()
        assert list(source(running, clock, token).all_threads("a/b")) == []


def test_the_limits_are_those_of_the_headers(small: Services, clock: Clock) -> None:
    asked = source(small, clock, None)
    assert asked.limits == {}
    asked.search([("title", "attention")])
    asked.repository("ada/first")
    assert asked.limits == {
        "search": Limit(10, 9, clock.now + 60),
        "core": Limit(60, 59, clock.now + 3600),
    }


def test_two_requests_at_once_are_the_most(fifty: Services, clock: Clock) -> None:
    fifty.latency_s = 0.02
    for token in (TOKEN, None):
        asked = source(fifty, clock, token)
        asked.describe(asked.search(QUERIES).leads)
    assert fifty.peak == 2


def test_the_made_universe_is_read_without_a_word_missing(clock: Clock) -> None:
    with Services(universe.build(), TOKEN, clock=clock) as running:
        asked = source(running, clock)
        found = asked.search(QUERIES)
        described = asked.describe(found.leads[:50])
        assert len(found.leads) > 40
        assert (found.missing, described.missing) == ((), ())
        assert all(one.repository.files for one in described.leads)
        assert len(running.requests) == 3


def test_the_token_goes_to_github_and_is_never_logged_or_shown(
    small: Services, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    asked = source(small, clock)
    with caplog.at_level(logging.DEBUG):
        found = asked.describe(asked.search(QUERIES).leads)
        asked.archive("ada/first")
        asked.threads("ada/first")
        asked.repository("ada/first")
    assert {one.headers.get("authorization") for one in small.asked("github")} == {f"token {TOKEN}"}
    assert not any(one.authorized for one in small.asked("elsewhere"))
    shown = [caplog.text, repr(asked), str(asked), repr(found), repr(asked.limits)]
    shown += [json.dumps(one.repository.to_json()) for one in found.leads]
    assert not any(TOKEN in text for text in shown)


def test_a_server_that_echoes_the_token_does_not_get_it_into_a_record(clock: Clock) -> None:
    repo = Repo("a/b", f"attention {TOKEN}", readme=f"my {TOKEN}")
    with Services(Universe([repo]), TOKEN, clock=clock) as running:
        asked = source(running, clock)
        found = asked.describe(asked.search([("title", "attention")]).leads)
        assert found.leads[0].repository.readme == "my [token]"
        assert TOKEN not in json.dumps(found.leads[0].repository.to_json())
