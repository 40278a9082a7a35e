"""reprokit.sources.paperswithcode, against a made Papers with Code on the loopback."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from reprokit.dossier import Claim, Dossier
from reprokit.errors import Unavailable
from reprokit.paper import ArxivId, Paper
from reprokit.sources.paperswithcode import (
    MOST_CLAIMS,
    MOST_REPOSITORIES,
    PapersWithCode,
    read_claims,
    read_leads,
)
from services.client import ATTENTION, UNIVERSE
from services.papers import internal_id
from services.server import Services
from services.universe import Universe

PAPER = Paper(ArxivId(ATTENTION, 5), "Attention Is All You Need")
PAGE = "https://paperswithcode.co/paper/x"
ROW = {
    "id": "821",
    "dataset_name": "WMT2014 English-German",
    "model_name": "Transformer Big",
    "task_name": "Machine Translation",
    "metrics": {"BLEU score": 28.4},
    "best_rank": 3,
}


@pytest.fixture
def services() -> Iterator[Services]:
    universe = Universe(
        UNIVERSE.repositories,
        papers=UNIVERSE.papers,
        pwc={
            ATTENTION: {
                "repositories": [
                    {"url": "https://github.com/ada/transformer", "is_official": True},
                    {"url": "https://github.com/grace/nmt", "is_official": False},
                    {"url": "https://gitlab.com/not/github", "is_official": True},
                ],
                "evaluations": [ROW, ROW | {"id": "822", "metrics": {"BLEU": "25.8", "x": None}}],
            }
        },
    )
    with Services(universe) as running:
        yield running


def test_the_repositories_that_it_lists_are_leads(services: Services) -> None:
    official, listed = PapersWithCode(services.url_pwc).leads(PAPER)
    assert (official.repository.name, listed.repository.name) == ("ada/transformer", "grace/nmt")
    assert [lead.mentions[0].kind for lead in (official, listed)] == ["official", "listed"]
    assert official.mentions[0].source == "paperswithcode"
    assert official.mentions[0].url == f"{services.url_pwc}/paper/{ATTENTION}"
    [request] = services.requests
    assert (request.path, request.query) == (
        f"/api/v1/papers/{ATTENTION}",
        {"include_resources": "true"},
    )


def test_results_are_drafts_with_their_source_and_cost_one_more_request(
    services: Services,
) -> None:
    source = PapersWithCode(services.url_pwc)
    source.leads(PAPER)
    claims = source.claims(PAPER)
    assert len(services.requests) == 2
    assert services.requests[1].query["paper_id"] == internal_id(ATTENTION)
    assert [(claim.metric, claim.value) for claim in claims] == [
        ("BLEU score", 28.4),
        ("BLEU", 25.8),
    ]
    assert claims[0] == Claim(
        id="pwc_821_1",
        dataset="WMT2014 English-German",
        metric="BLEU score",
        method="Transformer Big",
        value=28.4,
        unit="",
        kind="draft",
        source=f"{services.url_pwc}/api/v1/evaluations/?paper_id={internal_id(ATTENTION)}"
        "&page=1&page_size=100",
        note="as Papers with Code lists it; task: Machine Translation; its rank 3",
    )
    assert not claims[0].verified


def test_claims_go_into_a_dossier_and_out_again(services: Services) -> None:
    dossier = Dossier(PAPER, claims=PapersWithCode(services.url_pwc).claims(PAPER))
    assert Dossier.from_json(dossier.to_json()).claims == dossier.claims


def test_a_paper_that_it_does_not_know_has_nothing(services: Services) -> None:
    source = PapersWithCode(services.url_pwc)
    unknown = Paper(ArxivId("hep-th/9901001"), "Strings")
    assert source.leads(unknown) == source.claims(unknown) == ()
    assert [request.path for request in services.requests] == ["/api/v1/papers/hep-th/9901001"]
    assert source.leads(Paper(None, "x")) == source.claims(Paper(None, "x")) == ()


@pytest.mark.parametrize(
    ("fault", "options", "message"),
    [
        ("too_many", {"retry_after": 30}, "Papers with Code limits the rate just now"),
        ("html", {}, "not JSON"),
        ("bad_json", {}, "no JSON"),
        ("cut", {}, "cut off"),
        ("reset", {}, "hangs up"),
        ("server_error", {"status": 500}, "HTTP 500"),
        ("redirect", {}, "which is not asked"),
        ("wrong_type", {}, "Papers with Code: the answer is no object"),
        ("wrong_type", {"document": {"arxiv_id": "2011.14439"}}, "answered with '2011.14439'"),
        ("wrong_type", {"document": {"arxiv_id": "\x1b" + "x" * 9999}}, "answered with 'xxx"),
    ],
)
def test_a_fault_is_told_in_one_line_after_one_request(
    services: Services, fault: str, options: dict[str, Any], message: str
) -> None:
    services.fail("pwc", fault, times=None, **options)
    with pytest.raises(Unavailable) as caught:
        PapersWithCode(services.url_pwc).leads(PAPER)
    assert message in caught.value.message
    assert len(caught.value.message) < 250
    assert caught.value.message.isprintable()
    assert caught.value.hint
    assert len(services.requests) == 1


def test_results_that_cannot_be_had_do_not_take_the_leads_along(services: Services) -> None:
    services.fail("pwc", "server_error", path="/api/v1/evaluations/")
    source = PapersWithCode(services.url_pwc)
    with pytest.raises(Unavailable):
        source.claims(PAPER)
    assert len(source.leads(PAPER)) == 2


@pytest.mark.parametrize("path", ["/api/v1/papers/*", "/api/v1/evaluations/"])
@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_nobody_waits_longer_than_the_deadline(services: Services, fault: str, path: str) -> None:
    services.fail("pwc", fault, path=path)
    began = time.monotonic()
    with pytest.raises(Unavailable, match="no answer within"):
        PapersWithCode(services.url_pwc, deadline_s=0.5).claims(PAPER)
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("answered", [ATTENTION, f"{ATTENTION}v5", None, 3])
def test_the_paper_is_the_same_in_any_version(services: Services, answered: Any) -> None:
    services.fail("pwc", "wrong_type", document={"arxiv_id": answered})
    assert PapersWithCode(services.url_pwc).leads(PAPER) == ()


@pytest.mark.parametrize("internal", [None, True, "", "a/../b", "x" * 100, [1], {}, 1.5])
def test_without_the_paper_s_own_number_no_results_are_asked_for(
    services: Services, internal: Any
) -> None:
    services.fail("pwc", "wrong_type", document={"arxiv_id": ATTENTION, "id": internal})
    assert PapersWithCode(services.url_pwc).claims(PAPER) == ()
    assert len(services.requests) == 1


@pytest.mark.parametrize(
    "listed",
    [None, 3, {}, "x", [None, 3, [], "https://github.com/a/b"], [{"url": None}], [{"url": "x"}]],
)
def test_what_is_no_list_of_repositories_gives_no_leads(listed: Any) -> None:
    assert read_leads({"repositories": listed}, PAGE) == ()


def test_only_true_makes_a_repository_official_and_one_repository_is_one_lead() -> None:
    url = "https://github.com/ada/engine"
    rows = [{"url": url, "is_official": "false"}, {"url": url.upper(), "is_official": True}]
    [lead] = read_leads({"repositories": rows}, PAGE)
    assert [mention.kind for mention in lead.mentions] == ["listed", "official"]


def test_a_list_without_end_is_bounded() -> None:
    rows = [{"url": f"https://github.com/ada/x{n}"} for n in range(5000)]
    assert len(read_leads({"repositories": rows}, PAGE)) == MOST_REPOSITORIES
    metrics = {f"m{n}": n for n in range(5000)}
    results = [ROW | {"id": str(n), "metrics": metrics} for n in range(5000)]
    assert len(read_claims({"results": results}, PAGE, ATTENTION)) == MOST_CLAIMS


@pytest.mark.parametrize(
    ("given", "value", "unit"),
    [
        (28.4, 28.4, ""),
        (0, 0, ""),
        ("28.4", 28.4, ""),
        ("-1e-3", -0.001, ""),
        ("93.5%", 93.5, "%"),
        ("93.5 %", 93.5, "%"),
        ("28.4 (big)", "28.4 (big)", ""),
        ("\x1b[31m28\u202e", "[31m28", ""),
        ("9" * 50, "9" * 50, ""),
    ],
)
def test_a_result_is_a_number_where_it_is_one(given: Any, value: Any, unit: str) -> None:
    [claim] = read_claims({"results": [ROW | {"metrics": {"m": given}}]}, PAGE, ATTENTION)
    assert (claim.value, claim.unit) == (value, unit)


@pytest.mark.parametrize("given", [None, True, [], {}, "", " \x1b", 1e300, -(10**40)])
def test_what_is_no_result_is_no_claim(given: Any) -> None:
    assert read_claims({"results": [ROW | {"metrics": {"m": given}}]}, PAGE, ATTENTION) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"dataset_name": None},
        {"dataset_name": ["x"]},
        {"metrics": None},
        {"metrics": [1]},
        {"metrics": {"": 1}},
        {"paper_arxiv_id": "2011.14439"},
    ],
)
def test_a_row_that_is_not_whole_or_of_another_paper_is_no_claim(change: dict[str, Any]) -> None:
    assert read_claims({"results": [ROW | change]}, PAGE, ATTENTION) == ()


def test_texts_are_clean_and_short_and_ids_are_names() -> None:
    long = "\x1b[31m" + "x\n" * 5000
    row = {"dataset_name": long, "model_name": long, "task_name": long, "metrics": {long: long}}
    row |= {"id": "../x", "best_rank": 10**30, "paper_arxiv_id": f"{ATTENTION}v1"}
    [claim] = read_claims({"results": [row, 3, None]}, PAGE, ATTENTION)
    assert claim.id == "pwc_row1_1"
    for text in (claim.dataset, claim.method, claim.metric, claim.value, claim.note):
        assert text is not None
        assert text.isprintable()
        assert 0 < len(text) <= 200


def test_the_same_row_twice_is_one_claim() -> None:
    assert len(read_claims({"results": [ROW, ROW]}, PAGE, ATTENTION)) == 1
