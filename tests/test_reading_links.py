"""reprokit.reading.links: repositories that a paper's own text names."""

import time
from urllib.parse import parse_qsl, urlsplit

import pytest

from reprokit.paper import ArxivId, Paper
from reprokit.reading.links import (
    MOST_LINKS,
    N_WORDS,
    Link,
    deep_links,
    leads_in,
    links_in,
    repository_of,
)

ID = ArxivId("2011.14439", 2)


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/ada/engine",
        "http://www.github.com/ada/engine",
        "HTTPS://GitHub.COM/ada/engine",
        "https://github.com:443/ada/engine",
        "https://github.com//ada/engine/",
        "github.com/ada/engine",
        "www.github.com/ada/engine",
        "git@github.com:ada/engine.git",
        "ssh://git@github.com/ada/engine.git",
        "git+https://github.com/ada/engine.git@v1",
        "Code: https://github.com/ada/engine.",
        "Code (https://github.com/ada/engine), and data",
        "https://github.com/ada/engine.git.",
        "https://github.com/ada/engine;",
        "https://github.com/ada/engine\u2026",
        "<https://github.com/ada/engine>",
        "[code](https://github.com/ada/engine)",
        '"https://github.com/ada/engine"',
        r"\url{https://github.com/ada/engine}",
        r"\href{https://github.com/ada/engine}{code}",
        "https://github.com/ada/engine/tree/main/src",
        "https://github.com/ada/engine#readme",
        "https://github.com/ada/engine?tab=readme-ov-file.",
        "12 pages,https://github.com/ada/engine",
        "code at:github.com/ada/engine",
    ],
)
def test_a_repository_is_found_however_it_is_written(text: str) -> None:
    assert [link.name for link in links_in(text)] == ["ada/engine"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://github.com/",
        "https://github.com/ada",
        "https://github.com/ada/",
        "https://github.com/ada/..",
        "https://github.com/ada/.git",
        "https://github.com/-ada/engine",
        "https://gist.github.com/ada/0123456789",
        "gist.github.com/ada/0123456789",
        "https://raw.githubusercontent.com/ada/engine/main/x",
        "https://ada.github.io/engine",
        "https://github.com.evil.example/ada/engine",
        "https://notgithub.com/ada/engine",
        "notgithub.com/ada/engine",
        "https://evil.example/github.com/ada/engine",
        "me@github.com/ada/engine",
        "https://github.com:ada/engine",
        "https://github.com/" + "a" * 40 + "/engine",
        "https://github.com/ada/" + "e" * 120,
        "https://gitlab.com/ada/engine",
        "https://github.com/аdа/engine",  # noqa: RUF001  Cyrillic letters
        *(
            f"https://github.com/{page}/ada"
            for page in ("sponsors", "orgs", "topics", "features", "about", "gist", "Settings")
        ),
    ],
)
def test_what_is_no_repository_is_not_taken_for_one(text: str) -> None:
    assert links_in(text) == ()
    assert repository_of(text) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (r"https://github.com/ada/a\_b", "ada/a_b"),
        (r"https://github.com/ada/a{\_}b", "ada/a_b"),
        (r"https://github.com/ada/a$\_$b.", "ada/a_b"),
        (r"https://github.com/ada/a$_$b.", "ada/a_b"),
        (r"https://github.com/ada/a\textunderscore b", "ada/a_b"),
        ("https://github.com/ada/Flux.jl.", "ada/Flux.jl"),
        ("https://github.com/ada/ada.github.io", "ada/ada.github.io"),
        ("https://github.com/a-d-a/x", "a-d-a/x"),
        ("https://github.com/ada/_x-1_", "ada/_x-1_"),
    ],
)
def test_a_name_is_read_as_it_is_meant(text: str, name: str) -> None:
    assert [link.name for link in links_in(text)] == [name]


def test_each_link_has_the_words_around_it() -> None:
    text = (
        "We compare with the baseline of\nhttps://github.com/other/baseline (Smith et al.).\n"
        "Our code is at https://github.com/ada/engine/tree/main/paper."
    )
    other, own = links_in(text)
    assert other.before == "We compare with the baseline of"
    assert other.after.startswith("(Smith et al.). Our code is at")
    before = "with the baseline of https://github.com/other/baseline (Smith et al.). Our code is at"
    assert own == Link("ada/engine", before, after="", path="tree/main/paper")


def test_the_words_around_are_few_whole_and_clean() -> None:
    text = "far " * 500 + "near\x1b[31m words " + "github.com/ada/engine" + " then" * 500
    [link] = links_in(text)
    assert link.before.split()[-2:] == ["near[31m", "words"]
    assert len(link.before.split()) == len(link.after.split()) == N_WORDS
    assert set(link.before.split()[:-2]) == {"far"}
    assert set(link.after.split()) == {"then"}


def test_a_word_without_end_is_left_out() -> None:
    [link] = links_in("x" * 1000 + " see github.com/ada/engine " + "y" * 1000)
    assert (link.before, link.after) == ("see", "")


def test_a_text_full_of_links_gives_a_bounded_number() -> None:
    assert len(links_in("github.com/ada/engine " * 1000)) == MOST_LINKS


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/" * 10_000,
        "github.com/a/" * 10_000,
        "github.com/" + "a-" * 100_000,
        "https://github.com/a/" + "b" * 200_000,
        "https://github.com/a/b/" + "/" * 200_000,
        "https://github.com/a/b#" + "#" * 200_000,
        ("github.com/a/" + "b" * 105 + " ") * 2000,
        "\\" * 200_000,
        "{" * 200_000,
        "https://" * 30_000,
        "www." * 50_000,
        " " * 200_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    links_in(text)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("url", [None, 3, ["https://github.com/ada/engine"], {}, b"x", "\ud800"])
def test_what_is_no_address_is_no_repository(url: object) -> None:
    assert repository_of(url) is None


def test_an_address_is_one_from_its_beginning_on() -> None:
    assert repository_of(" https://github.com/ada/engine.git ") == "ada/engine"
    assert repository_of("see https://github.com/ada/engine") is None


def test_a_paper_names_repositories_in_its_comment_and_abstract() -> None:
    paper = Paper(
        ID,
        "A paper",
        comment="9 pages. Code: https://github.com/ada/engine",
        abstract="Unlike github.com/other/thing, ours (https://github.com/Ada/Engine) works.",
    )
    first, second = leads_in(paper)
    assert (first.repository.name, second.repository.name) == ("ada/engine", "other/thing")
    comment, abstract = first.mentions
    assert (comment.source, comment.kind, abstract.kind) == ("arxiv", "comment", "abstract")
    assert comment.detail == "9 pages. Code: github.com/ada/engine"
    assert comment.url == "https://arxiv.org/abs/2011.14439v2"
    assert "Unlike github.com/other/thing, ours" in abstract.detail


def test_a_paper_that_names_none_has_none() -> None:
    assert leads_in(Paper(None, "A paper")) == ()


def test_there_is_a_place_to_look_at_by_hand_for_what_has_no_open_api() -> None:
    links = dict(deep_links(Paper(ID, "A paper")))
    assert list(links) == [
        "OpenReview",
        "alphaXiv",
        "Hugging Face discussion",
        "arxiv-sanity",
        "X",
        "PyTorch forum",
        "Reddit",
        "Google Scholar",
        "Semantic Scholar",
        "Papers with Code",
    ]
    assert links["OpenReview"] == (
        "https://openreview.net/search?term=A%20paper&content=all&group=all&source=forum"
    )
    assert links["alphaXiv"] == "https://www.alphaxiv.org/abs/2011.14439"
    assert links["arxiv-sanity"] == "https://arxiv-sanity-lite.com/?rank=pid&pid=2011.14439"


@pytest.mark.parametrize(
    "title",
    [
        'A "b" & c=d?e#f; g+h%20 <script>alert(1)</script>',
        "` $(id) \\ | ' ) ] > \x1b[31m \u202e \ud800 é 中",
        "https://evil.example/?q=1&x=2",
        "x" * 10_000,
    ],
)
def test_a_title_stays_one_parameter(title: str) -> None:
    for name, url in deep_links(Paper(ID, title)):
        parts = urlsplit(url)
        assert url.isascii()
        assert not set(url) & set("\"'<>`{}|\\^ ()[]#")
        assert len(url) < 4000, name
        keys = [key for key, _ in parse_qsl(parts.query, strict_parsing=bool(parts.query))]
        assert len(keys) == len(set(keys)) <= 4


def test_a_paper_without_id_or_title_has_the_places_that_need_neither() -> None:
    assert [name for name, _ in deep_links(Paper(None, "A paper"))] == [
        "OpenReview",
        "X",
        "PyTorch forum",
        "Reddit",
        "Google Scholar",
        "Semantic Scholar",
    ]
    assert deep_links(Paper(None, '""')) == ()


def test_an_old_id_keeps_its_slash_in_a_path_only() -> None:
    links = dict(deep_links(Paper(ArxivId("hep-th/9901001"), "Strings")))
    assert links["alphaXiv"].endswith("/abs/hep-th/9901001")
    assert links["arxiv-sanity"].endswith("pid=hep-th%2F9901001")
