"""reprokit.sources.huggingface, against a made Hugging Face on the loopback."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from reprokit.errors import Unavailable
from reprokit.paper import ArxivId, Paper
from reprokit.repositories import Mention
from reprokit.sources.huggingface import Extras, HuggingFace, read_extras, read_leads
from services.client import ATTENTION, UNIVERSE
from services.server import Services
from services.universe import Universe

PAPER = Paper(ArxivId(ATTENTION, 5), "Attention Is All You Need")
PAGE = "https://huggingface.co/papers/x"


@pytest.fixture
def services() -> Iterator[Services]:
    with Services(UNIVERSE) as running:
        yield running


def test_the_code_that_a_user_linked_is_a_lead(services: Services) -> None:
    [lead] = HuggingFace(services.url_hf).leads(PAPER)
    assert lead.repository.name == "ada/attention-pytorch"
    [mention] = lead.mentions
    assert (mention.source, mention.kind) == ("huggingface", "user")
    assert mention.url == f"{services.url_hf}/papers/{ATTENTION}"


def test_leads_and_extras_are_one_request(services: Services) -> None:
    source = HuggingFace(services.url_hf + "/")
    assert source.leads(PAPER) == source.leads(PAPER)
    assert source.extras(PAPER) == Extras(upvotes=0, models=1, datasets=0)
    assert [request.path for request in services.requests] == [f"/api/papers/{ATTENTION}"]


def test_a_paper_that_it_does_not_know_has_no_leads(services: Services) -> None:
    source = HuggingFace(services.url_hf)
    unknown = Paper(ArxivId("hep-th/9901001"), "Strings")
    assert source.leads(unknown) == ()
    assert source.extras(unknown) == Extras()
    assert [request.path for request in services.requests] == ["/api/papers/hep-th/9901001"]


def test_a_paper_without_an_id_is_not_asked_for(services: Services) -> None:
    assert HuggingFace(services.url_hf).leads(Paper(None, "A paper")) == ()
    assert services.requests == []


@pytest.mark.parametrize(
    ("fault", "options", "message"),
    [
        ("too_many", {"retry_after": 30}, "it asks to wait 30 s"),
        ("html", {}, "not JSON"),
        ("bad_json", {}, "no JSON"),
        ("cut", {}, "cut off"),
        ("reset", {}, "hangs up"),
        ("server_error", {}, "HTTP 502"),
        ("redirect", {}, "which is not asked"),
        ("wrong_type", {}, "Hugging Face: the answer is no object"),
        ("wrong_type", {"document": None}, "no object"),
        ("wrong_type", {"document": {"id": "2011.14439"}}, "answered with '2011.14439'"),
        ("wrong_type", {"document": {"id": 3}}, "answered with another thing"),
        ("wrong_type", {"document": {"id": "\x1b" + "x" * 10_000}}, "answered with 'xxx"),
    ],
)
def test_a_fault_is_told_in_one_line_after_one_request(
    services: Services, fault: str, options: dict[str, Any], message: str
) -> None:
    services.fail("hf", fault, times=None, **options)
    with pytest.raises(Unavailable) as caught:
        HuggingFace(services.url_hf).leads(PAPER)
    assert message in caught.value.message
    assert len(caught.value.message) < 200
    assert caught.value.message.isprintable()
    assert caught.value.hint
    assert len(services.requests) == 1


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_nobody_waits_longer_than_the_deadline(services: Services, fault: str) -> None:
    services.fail("hf", fault)
    began = time.monotonic()
    with pytest.raises(Unavailable, match=r"no answer within 0\.3 s"):
        HuggingFace(services.url_hf, deadline_s=0.3).leads(PAPER)
    assert time.monotonic() - began < 3


def test_after_a_fault_it_is_asked_again(services: Services) -> None:
    services.fail("hf", "server_error")
    source = HuggingFace(services.url_hf)
    with pytest.raises(Unavailable):
        source.leads(PAPER)
    assert source.leads(PAPER)


def test_a_token_of_the_environment_is_not_sent(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "HF_TOKEN"):
        monkeypatch.setenv(name, "secret")
    HuggingFace(services.url_hf).leads(PAPER)
    assert "secret" not in str(services.requests)


def test_the_hub_s_guess_is_told_from_what_a_user_linked() -> None:
    url = "https://github.com/ada/engine.git"
    for by, kind in (("user", "user"), ("auto", "auto"), (None, "auto"), (["user"], "auto")):
        [lead] = read_leads({"githubRepo": url, "githubRepoAddedBy": by}, PAGE)
        assert [mention.kind for mention in lead.mentions] == [kind]


def test_a_project_page_counts_where_it_is_a_repository() -> None:
    [lead] = read_leads(
        {
            "githubRepo": "https://github.com/ada/engine",
            "githubRepoAddedBy": "auto",
            "projectPage": "https://github.com/Ada/Engine/tree/main/docs",
        },
        PAGE,
    )
    assert [mention.kind for mention in lead.mentions] == ["auto", "project-page"]
    assert read_leads({"projectPage": "https://ada.github.io/engine"}, PAGE) == ()
    [other] = read_leads({"projectPage": "http://github.com/ada/other"}, PAGE)
    assert other.mentions == (
        Mention("huggingface", "project-page", "given as its project page", PAGE),
    )


@pytest.mark.parametrize(
    "given", [None, "", 3, [], {}, "https://gitlab.com/a/b", "javascript:alert(1)", "\ud800"]
)
def test_what_is_no_repository_is_no_lead(given: Any) -> None:
    assert read_leads({"githubRepo": given, "projectPage": given}, PAGE) == ()


@pytest.mark.parametrize("given", [None, -1, True, 1.5, "7", [1], 10**30])
def test_a_number_that_is_none_is_not_told(given: Any) -> None:
    assert read_extras({"upvotes": given, "numTotalModels": given}) == Extras()


def test_extras_count_the_total_and_keep_few_clean_keywords() -> None:
    extras = read_extras(
        {
            "upvotes": 7,
            "linkedModels": [{}] * 3,
            "numTotalModels": 90,
            "linkedDatasets": [{}] * 2,
            "ai_keywords": ["attention\x1b[0m", 3, "", "\u202e", "x" * 10_000, *["y"] * 100],
        }
    )
    assert (extras.upvotes, extras.models, extras.datasets) == (7, 90, 2)
    assert extras.keywords[:2] == ("attention[0m", "x" * 80)
    assert len(extras.keywords) <= 20


def test_a_large_answer_is_refused() -> None:
    universe = Universe(hub={ATTENTION: {"summary": "x" * 3_000_000}})
    with (
        Services(universe) as services,
        pytest.raises(Unavailable, match="larger than 2,000,000 bytes"),
    ):
        HuggingFace(services.url_hf).leads(PAPER)
