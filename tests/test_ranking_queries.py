"""A paper becomes at most four texts for GitHub's search."""

import re

import pytest

import universe
from reprokit.paper import ArxivId, Paper
from reprokit.ranking.queries import queries_for
from reprokit.ranking.terms import acronym_of
from search_matcher import Search
from universe import heldout

ATTENTION = Paper(ArxivId("1706.03762"), "Attention is all you need")


def recall(search: Search) -> float:
    found = total = 0
    for made in search.universe.papers:
        names = {lead.repository.name for lead in search.leads(made)}
        relevant = search.relevance(made)
        found, total = found + len(names & set(relevant)), total + len(relevant)
    return found / total


def test_what_is_relevant_is_among_the_leads() -> None:
    assert recall(Search(universe.build())) >= 0.95
    assert recall(Search(heldout.build())) >= 0.85


def test_the_id_and_the_title_are_asked_for() -> None:
    texts = {query.kind: query.text for query in queries_for(ATTENTION)}
    assert texts["readme-id"] == '"1706.03762" in:name,description,readme'
    assert texts["title"] == '"attention is all you need" in:name,description,readme'
    assert texts["topic"] == "topic:attention-is-all-you-need"


def test_an_old_id_is_asked_for_by_its_digits() -> None:
    paper = Paper(ArxivId("cs/0205070"), "Thumbs up?")
    assert queries_for(paper)[0].text.startswith('"0205070" ')


@pytest.mark.parametrize(
    ("title", "abstract", "acronym"),
    [
        ("Attention is all you need", None, None),
        ("DAWN: Dynamic Adversarial Watermarking of Neural Networks", None, "DAWN"),
        ("On Replay", "We present Hindsight Experience Replay (HER), which", "HER"),
        ("A Study of Ranking", "We train a ranker, StarRank, on text.", "StarRank"),
        ("Understanding $\\beta$-VAE", None, "beta-VAE"),
        ("Learning with Graph Convolutional Networks", None, "GCN"),
        ("Show, Attend and Tell: Captions", None, None),
        ("A Tale of (US) States", None, None),
    ],
)
def test_an_acronym_is_what_the_paper_is_called(
    title: str, abstract: str | None, acronym: str | None
) -> None:
    assert acronym_of(Paper(None, title, abstract=abstract)) == acronym


@pytest.mark.parametrize(
    "title",
    [
        'a" user:x stars:>1 "b OR c NOT d',
        "user:torvalds: fork:true AND archived:false",
        "$\\mathcal{O}(n)$ \\textbf{Sorting} {with} $k$ Keys",
        "\\" * 300,
        ":" * 300,
        "OR AND NOT OR AND NOT OR AND NOT",
        "word " * 100,
        "x" * 400,
        "注意力就是你所需要的一切",
        "\u202eright to left\x00",
        "",
        "?",
    ],
)
def test_no_title_becomes_syntax(title: str) -> None:
    for acronym in (None, title):
        queries = queries_for(Paper(None, title, abstract=title), acronym)
        assert len(queries) <= 4
        for query in queries:
            assert 0 < len(query.text) <= 256
            bare = re.sub(r'"[^"]*"', "", query.text)
            assert query.text.count('"') % 2 == 0
            assert "\\" not in query.text
            assert not re.search(r"[:\\]", bare.replace("in:", "").replace("topic:", ""))
            assert len(re.findall(r"\b(?:AND|OR|NOT)\b", bare)) <= 5
            assert bare.count("in:") + bare.count("topic:") == 1
