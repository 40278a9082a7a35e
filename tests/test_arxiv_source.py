"""arXiv as a source, against a loopback server that plays its faults."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from arxiv_server import TITLES, ArxivServer
from reprokit.errors import Unavailable
from reprokit.paper import ArxivId, Paper
from reprokit.sources.arxiv import INTERVAL_S, Arxiv


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source(arxiv_server: ArxivServer, tmp_path: Path, clock: Clock) -> Arxiv:
    return Arxiv(tmp_path, url=arxiv_server.url, clock=clock, sleep=clock.sleep)


def find(source: Arxiv, number: str) -> Paper:
    found = source.find(ArxivId.parse(number))
    assert found is not None
    return found.paper


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("2601.00201", "HTTP 429"),
        ("2601.00202", "HTTP 503"),
        ("2601.00203", "text/html, not a feed"),
        ("2601.00205", "cut off"),
        ("2601.00208", "larger than 5,000,000 bytes"),
        ("2601.00209", "the feed holds an error"),
        ("2601.00210", "HTTP 400"),
        ("2601.00211", "asked for 2601.00211 and answered with"),
        ("2601.00215", "sends on to localhost.invalid"),
        ("2601.00216", "arXiv: "),
        ("2601.00217", "arXiv: "),
    ],
)
def test_an_answer_of_no_use_is_unavailable_at_once(
    number: str, message: str, source: Arxiv, arxiv_server: ArxivServer, clock: Clock
) -> None:
    with pytest.raises(Unavailable) as caught:
        source.find(ArxivId.parse(number))
    assert message in caught.value.message
    assert "--from" in caught.value.hint
    assert arxiv_server.asked == [number]
    assert clock.slept == []


def test_a_huge_answer_is_not_read_to_its_end(source: Arxiv, arxiv_server: ArxivServer) -> None:
    with pytest.raises(Unavailable):
        source.find(ArxivId.parse("2601.00208"))
    assert arxiv_server.sent < 40_000_000


@pytest.mark.parametrize("number", ["2601.00206", "2601.00207"], ids=["drip", "hang"])
def test_nobody_waits_longer_than_the_deadline(
    number: str, arxiv_server: ArxivServer, tmp_path: Path
) -> None:
    source = Arxiv(tmp_path, url=arxiv_server.url, deadline_s=0.5)
    began = time.monotonic()
    with pytest.raises(Unavailable, match=r"no answer within 0\.5 s"):
        source.find(ArxivId.parse(number))
    assert time.monotonic() - began < 5


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    source = Arxiv(tmp_path, url="http://127.0.0.1:9/api/query")
    with pytest.raises(Unavailable, match="cannot be reached"):
        source.find(ArxivId.parse("2011.14439"))


def test_an_empty_answer_is_asked_for_once_more_three_seconds_later(
    source: Arxiv, arxiv_server: ArxivServer, clock: Clock
) -> None:
    assert source.find(ArxivId.parse("2601.00204")) is None
    assert arxiv_server.asked == ["2601.00204", "2601.00204"]
    assert clock.slept == [pytest.approx(INTERVAL_S)]


def test_a_paper_that_comes_at_the_second_time_is_taken(source: Arxiv) -> None:
    assert find(source, "2601.00214").title == "Paper 2601.00214"


def test_a_paper_is_read_with_all_that_is_said_of_it(
    source: Arxiv, arxiv_server: ArxivServer
) -> None:
    paper = find(source, "2601.00001")
    assert paper == Paper(
        id=ArxivId("2601.00001", 2),
        title="Paper 2601.00001",
        authors=("A. Uthor", "B. Writer"),
        published="2026-01-01",
        updated="2026-01-02",
        categories=("cs.LG", "stat.ML"),
        primary_category="cs.LG",
        abstract="What it says.",
        comment="9 pages",
        url="https://arxiv.org/abs/2601.00001v2",
    )
    assert arxiv_server.agents[0].startswith("reprokit-papers/")


def test_the_version_that_was_asked_for_is_the_one_that_is_read(source: Arxiv) -> None:
    assert find(source, "2601.00001v1").id == ArxivId("2601.00001", 1)


def test_the_feed_of_2007_is_read_too(source: Arxiv) -> None:
    paper = find(source, "hep-ex/0307015")
    assert paper.title.endswith("ep Collisions at HERA")
    assert (paper.published, paper.abstract) == (
        "2003-07-07",
        "Multi-electron production is studied.",
    )


@pytest.mark.parametrize(("number", "expected"), [("2601.00212", True), ("2601.00213", False)])
def test_a_withdrawn_paper_is_told_from_withdrawn_patients(
    number: str, expected: bool, source: Arxiv
) -> None:
    assert find(source, number).withdrawn is expected


@pytest.mark.parametrize("number", TITLES)
def test_a_hostile_title_is_kept_as_text_without_control_characters(
    number: str, source: Arxiv
) -> None:
    title = find(source, number).title
    assert title.isprintable()
    assert "\u202e" not in title
    visible = TITLES[number].replace("\x9b", "").replace("\u202e", "").replace("\u202c", "")
    assert title == visible


def test_two_requests_are_three_seconds_apart_also_from_two_sources(
    arxiv_server: ArxivServer, tmp_path: Path, clock: Clock
) -> None:
    for _ in range(2):
        Arxiv(tmp_path, url=arxiv_server.url, clock=clock, sleep=clock.sleep).find(
            ArxivId.parse("2601.00001")
        )
        clock.now += 1
    assert clock.slept == [pytest.approx(2.0)]


@pytest.mark.parametrize("stamp", ["", "soon", "99999999999"])
def test_a_broken_time_stamp_makes_nobody_wait_longer(
    stamp: str, source: Arxiv, tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "arxiv.last").write_text(stamp)
    find(source, "2601.00001")
    assert sum(clock.slept) <= INTERVAL_S


def test_a_lock_that_another_process_holds_is_waited_for_within_the_deadline(
    arxiv_server: ArxivServer, tmp_path: Path
) -> None:
    from filelock import FileLock  # noqa: PLC0415

    with FileLock(tmp_path / "arxiv.lock"):
        source = Arxiv(tmp_path, url=arxiv_server.url, deadline_s=0.3)
        with pytest.raises(Unavailable):
            source.find(ArxivId.parse("2601.00001"))
    assert arxiv_server.asked == []


def test_a_cache_folder_that_cannot_be_made_does_not_matter(
    arxiv_server: ArxivServer, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    source = Arxiv(tmp_path / "file" / "cache", url=arxiv_server.url)
    assert find(source, "2601.00001").id == ArxivId("2601.00001", 2)


def test_a_whole_call_uses_real_time_where_none_is_given(
    arxiv_server: ArxivServer, tmp_path: Path
) -> None:
    waits: list[float] = []
    wait: Callable[[float], object] = waits.append
    source = Arxiv(tmp_path, url=arxiv_server.url, sleep=wait)
    find(source, "2601.00001")
    find(source, "2601.00002")
    assert 0 < waits[0] <= INTERVAL_S
