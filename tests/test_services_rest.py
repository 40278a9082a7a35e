"""The made GitHub answers REST as GitHub is known to, and so do the services for papers."""

import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from services.client import ATTENTION, TOKEN, UNIVERSE, ask
from services.limits import Clock
from services.server import Services
from services.universe import Comment, Issue, Repo, Universe


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(clock: Clock) -> Iterator[Services]:
    with Services(UNIVERSE, TOKEN, clock=clock) as running:
        yield running


def names(services: Services, query: str, **more: Any) -> list[str]:
    reply = ask(services.url_github, "/search/repositories", q=query, token=TOKEN, **more)
    assert reply.status == 200, reply.json
    return [item["full_name"] for item in reply.json["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("1706.03762", []),  # a README is searched only when it is asked for
        ("1706.03762 in:readme", ["ada/attention-pytorch"]),
        ('"attention is all you need" in:name,description,readme', ["ada/attention-pytorch"]),
        ("tensorflow attention", ["Grace-Lab/NMT2"]),
        ("topic:nlp", ["ada/attention-pytorch"]),
        ("attention language:python archived:false", ["ada/attention-pytorch"]),
        ('language:"jupyter notebook"', ["Grace-Lab/NMT2"]),
        ("attention stars:>90", ["ada/attention-pytorch"]),
        ("attention stars:20..90", ["Grace-Lab/NMT2", "zoe/old"]),
        ("attention stars:*..0 -deleted", ["zoe/nothing-yet"]),
        ("attention user:Grace-Lab", ["Grace-Lab/NMT2"]),
        ("attention fork:only", ["ada/fork-of-it"]),
        ("attention license:mit", ["ada/attention-pytorch"]),
        ("tensorflow OR pytorch", ["Grace-Lab/NMT2", "ada/attention-pytorch"]),
        ("attention NOT tensorflow stars:>50", ["ada/attention-pytorch"]),
        ("nmt", ["Grace-Lab/NMT2"]),
        ("in:name attention", ["ada/attention-pytorch"]),
        ("pushed:>2022-01-01", ["ada/attention-pytorch"]),
        ("no-such-word", []),
    ],
)
def test_a_search_finds_what_its_language_says(
    services: Services, query: str, found: list[str]
) -> None:
    assert sorted(names(services, query)) == sorted(found)


def test_forks_are_left_out_unless_they_are_asked_for(services: Services) -> None:
    assert "ada/fork-of-it" not in names(services, "attention")
    assert "ada/fork-of-it" in names(services, "attention fork:true")


def test_a_search_is_sorted_by_stars_and_in_pages(services: Services) -> None:
    found = names(services, "attention", sort="stars")
    assert found[:3] == ["ada/attention-pytorch", "Grace-Lab/NMT2", "zoe/old"]
    first = ask(services.url_github, "/search/repositories", q="attention", per_page=2, page=2)
    assert [item["full_name"] for item in first.json["items"]] != found[:2]
    assert first.json["total_count"] == 5
    assert {part.split('rel="')[1] for part in first.headers["link"].split(", ")} == {
        'prev"',
        'next"',
        'last"',
        'first"',
    }
    assert (
        f"<{services.url_github}/search/repositories?q=attention&per_page=2&page=3>"
        in (first.headers["link"])
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "missing"),
        ("x" * 257, "longer than 256"),
        ("a AND b OR c NOT d AND e OR f NOT g", "More than five"),
        ("attention user:nobody-at-all", "cannot be searched"),
        ("attention stars:>many", "no number"),
    ],
)
def test_a_search_that_is_none_is_unprocessable(services: Services, query: str, said: str) -> None:
    reply = ask(services.url_github, "/search/repositories", q=query)
    assert reply.status == 422
    assert reply.json["message"] == "Validation Failed"
    assert said in json.dumps(reply.json["errors"])


def test_no_search_goes_beyond_a_thousand_results() -> None:
    many = Universe([Repo(f"o/net-{n}", "net", readme="#") for n in range(1100)])
    with Services(many, TOKEN) as services:
        reply = ask(services.url_github, "/search/repositories", q="net", per_page=100, page=10)
        assert (reply.json["total_count"], len(reply.json["items"])) == (1100, 100)
        assert "next" not in reply.headers["link"]
        reply = ask(services.url_github, "/search/repositories", q="net", per_page=100, page=11)
    assert (reply.status, reply.json["message"]) == (
        422,
        "Only the first 1000 search results are available",
    )


def test_issues_are_searched_within_a_repository(services: Services) -> None:
    query = "repo:ada/attention-pytorch is:issue"
    reply = ask(services.url_github, "/search/issues", q=query, sort="comments")
    assert [item["number"] for item in reply.json["items"]] == [1, 2, 4]
    reply = ask(services.url_github, "/search/issues", q=f"{query} BLEU label:bug is:closed")
    assert [item["title"] for item in reply.json["items"]] == ["Cannot reproduce"]


def test_a_repository_is_told_in_full(services: Services) -> None:
    shape = ask(services.url_github, "/repos/Ada/Attention-PyTorch").json
    assert (shape["full_name"], shape["license"]["spdx_id"]) == ("ada/attention-pytorch", "MIT")
    assert shape["url"].startswith(services.url_github)
    assert (shape["open_issues_count"], shape["has_discussions"]) == (2, True)
    fork = ask(services.url_github, "/repos/ada/fork-of-it").json
    assert fork["parent"]["full_name"] == fork["source"]["full_name"] == "Grace-Lab/NMT2"
    assert ask(services.url_github, "/repos/Grace-Lab/NMT2").json["organization"]["id"]
    languages = ask(services.url_github, "/repos/ada/attention-pytorch/languages").json
    assert languages == {"Shell": 50, "Python": 900}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/repos/no/body", 404),
        ("/repos/zoe/deleted", 404),
        ("/repos/zoe/taken-down", 451),
        ("/repos/zoe/taken-down/readme", 451),
        ("/repos/zoe/nothing-yet/readme", 404),
        ("/repos/zoe/nothing-yet/contents/", 404),
        ("/repos/zoe/nothing-yet/git/trees/main", 409),
        ("/repos/zoe/nothing-yet/commits", 409),
        ("/repos/ada/attention-pytorch/issues/99", 404),
        ("/repos/ada/attention-pytorch/contents/none.py", 404),
        ("/repos/ada/attention-pytorch/git/trees/other", 404),
        ("/nonsense", 404),
        ("/user", 401),
    ],
)
def test_what_is_not_there_has_the_status_of_github(
    services: Services, path: str, status: int
) -> None:
    reply = ask(services.url_github, path)
    assert (reply.status, reply.json["status"]) == (status, str(status))


def test_a_renamed_repository_is_a_redirect_by_its_number(services: Services) -> None:
    for former in ("ada/transformer", "Ada/First"):
        reply = ask(services.url_github, f"/repos/{former}/issues", state="all")
        assert reply.status == 301
        followed = ask(reply.headers["location"])
        assert [item["number"] for item in followed.json] == [4, 3, 2, 1]


def test_a_readme_comes_as_base64_or_raw(services: Services) -> None:
    path = "/repos/ada/attention-pytorch/readme"
    shape = ask(services.url_github, path).json
    assert (shape["path"], shape["encoding"]) == ("README.md", "base64")
    raw = ask(services.url_github, path, headers={"Accept": "application/vnd.github.raw"})
    assert raw.body.startswith(b"# Attention is all you need")
    assert ask(shape["download_url"]).body == raw.body
    assert ask(services.url_raw, "/ada/attention-pytorch/HEAD/README.md").body == raw.body
    missing = ask(services.url_raw, "/ada/attention-pytorch/HEAD/readme.md")
    assert (missing.status, missing.body) == (404, b"404: Not Found")


def test_a_folder_is_listed_and_a_tree_walked(services: Services) -> None:
    home = "/repos/ada/attention-pytorch"
    listing = ask(services.url_github, f"{home}/contents/").json
    assert [(one["name"], one["type"]) for one in listing] == [
        ("README.md", "file"),
        ("logo.png", "file"),
        ("src", "dir"),
        ("train.py", "file"),
    ]
    tree = ask(services.url_github, f"{home}/git/trees/HEAD", recursive=1).json
    assert {one["path"]: one["type"] for one in tree["tree"]} == {
        "README.md": "blob",
        "logo.png": "blob",
        "src": "tree",
        "src/model": "tree",
        "src/model/net.py": "blob",
        "train.py": "blob",
    }
    source = next(one["sha"] for one in tree["tree"] if one["path"] == "src")
    inner = ask(services.url_github, f"{home}/git/trees/{source}").json
    assert [one["path"] for one in inner["tree"]] == ["model"]


def test_issues_come_with_pull_requests_in_pages(services: Services) -> None:
    home = "/repos/ada/attention-pytorch/issues"
    reply = ask(services.url_github, home, state="all", sort="comments", per_page=3)
    assert [item["number"] for item in reply.json] == [3, 1, 2]
    assert ["pull_request" in item for item in reply.json] == [True, False, False]
    assert 'page=2>; rel="next"' in reply.headers["link"]
    second = ask(reply.headers["link"].split(">")[0].strip("<"))
    assert [(item["number"], item["user"], item["body"]) for item in second.json] == [
        (4, None, None)
    ]
    assert [item["number"] for item in ask(services.url_github, home).json] == [4, 1]
    assert second.json[0]["reactions"]["total_count"] == 7


def test_comments_come_by_issue_and_all_together(services: Services) -> None:
    home = "/repos/ada/attention-pytorch/issues"
    reply = ask(services.url_github, f"{home}/1/comments")
    assert [item["body"] for item in reply.json] == ["Lower the rate."] * 3
    reply = ask(services.url_github, f"{home}/comments", per_page=100)
    assert len(reply.json) == 9
    assert reply.json[-1]["issue_url"].endswith("/issues/3")


def test_comments_may_be_dicts_texts_or_objects() -> None:
    said = [{"body": "a", "author": "x", "association": "OWNER"}, "b", Comment("c", reactions=2)]
    universe = Universe([Repo("o/r", readme="#", issues=[Issue(1, "t", comments=said)])])
    with Services(universe) as services:
        shown = ask(services.url_github, "/repos/o/r/issues/1/comments").json
    assert [one["body"] for one in shown] == ["a", "b", "c"]
    assert (shown[0]["author_association"], shown[2]["reactions"]["+1"]) == ("OWNER", 2)


@pytest.mark.parametrize("form", ["tarball", "zipball"])
def test_an_archive_comes_from_another_host_that_records_the_token(
    services: Services, form: str
) -> None:
    reply = ask(services.url_github, f"/repos/ada/attention-pytorch/{form}", token=TOKEN)
    assert reply.status == 302
    there = reply.headers["location"]
    assert urlsplit(there).netloc != urlsplit(services.url_github).netloc
    body = ask(there).body
    if form == "tarball":
        with tarfile.open(fileobj=io.BytesIO(body)) as archive:
            found = archive.getnames()
    else:
        found = zipfile.ZipFile(io.BytesIO(body)).namelist()
    assert any(name.endswith("/src/model/net.py") for name in found)
    assert len({name.split("/")[0] for name in found}) == 1
    ask(there, token=TOKEN)
    careful, careless = services.asked("elsewhere", "archive")
    assert (careful.authorized, careless.authorized) == (False, True)


def test_an_archive_may_be_any_bytes() -> None:
    with Services(Universe([Repo("o/r", readme="#", archive=b"no archive")])) as services:
        there = ask(services.url_github, "/repos/o/r/tarball/main").headers["location"]
        assert ask(there).body == b"no archive"


def test_hugging_face_knows_a_paper_and_its_code(services: Services) -> None:
    reply = ask(services.url_hf, f"/api/papers/{ATTENTION}")
    paper = reply.json
    assert paper["title"] == "Attention Is All You Need"
    assert (paper["githubRepoAddedBy"], paper["numTotalModels"]) == ("user", 1)
    assert [author["name"] for author in paper["authors"]] == ["A. Vaswani", "N. Shazeer"]
    assert reply.headers["ratelimit-policy"] == '"fixed window";"api";q=500;w=300'
    repos = ask(services.url_hf, f"/api/arxiv/{ATTENTION}/repos").json
    assert repos == {"models": [{"id": "ada/transformer-base"}], "datasets": [], "spaces": []}
    missing = ask(services.url_hf, "/api/papers/2401.00001")
    assert (missing.status, missing.json) == (404, {"error": "Paper not found"})


def test_hugging_face_has_a_limit_too(clock: Clock) -> None:
    with Services(UNIVERSE, clock=clock, limits={"hf": 1}) as services:
        statuses = [ask(services.url_hf, f"/api/papers/{ATTENTION}").status for _ in range(2)]
        clock.advance(300)
        statuses.append(ask(services.url_hf, f"/api/papers/{ATTENTION}").status)
    assert statuses == [200, 429, 200]


def test_papers_with_code_has_resources_and_evaluations(services: Services) -> None:
    path = f"/api/v1/papers/{ATTENTION}"
    assert "repositories" not in ask(services.url_pwc, path).json
    paper = ask(services.url_pwc, path, include_resources="true").json
    assert paper["repositories"][0]["is_official"] is True
    assert ask(services.url_pwc, "/api/v1/papers/2401.00001").status == 404
    pages = [
        ask(services.url_pwc, "/api/v1/evaluations/", paper_id=paper["id"], page=page, page_size=3)
        for page in (1, 2, 3)
    ]
    assert [len(page.json["results"]) for page in pages] == [3, 2, 0]
    assert (pages[1].json["count"], pages[1].json["results"][0]["model_name"]) == (5, "m3")
    # Its evaluations go by its own number for the paper.
    by_arxiv = ask(services.url_pwc, "/api/v1/evaluations/", paper_id=ATTENTION)
    assert by_arxiv.json["count"] == 0


def test_semantic_scholar_knows_papers_by_their_arxiv_id(services: Services) -> None:
    path = f"/graph/v1/paper/arXiv:{ATTENTION}"
    paper = ask(services.url_s2, path, fields="title,externalIds").json
    assert (set(paper), paper["externalIds"]["ArXiv"]) == (
        {"paperId", "title", "externalIds"},
        ATTENTION,
    )
    assert ask(services.url_s2, "/graph/v1/paper/arXiv:2401.00001").status == 404
    match = ask(services.url_s2, "/graph/v1/paper/search/match", query="attention is all").json
    assert match["data"][0]["matchScore"] == 100.0
