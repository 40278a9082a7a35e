"""A paper becomes a dossier: who is asked, in which order, and what a failure leaves."""

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from arxiv_server import ArxivServer
from reprokit.cache import Cache
from reprokit.discovery import Options, discover, from_file, from_title
from reprokit.dossier import Dossier
from reprokit.errors import Unavailable, UnreadableFile, UsageError
from reprokit.paper import ArxivId

KNOWN = ArxivId.parse("2011.14439")
UNKNOWN = ArxivId.parse("2601.00001")
FACT = {"name": "steps", "value": 1, "source": "Table 1"}


class World:
    """The environment of a call, and what it was told."""

    def __init__(self, folder: Path, url: str) -> None:
        self.environ = {"REPROKIT_CACHE_DIR": str(folder), "REPROKIT_ARXIV_URL": url}
        self.notices: list[str] = []

    def discover(self, wanted: ArxivId, **options: bool) -> Dossier:
        return discover(
            wanted, Options(**options), environ=self.environ, notify=self.notices.append
        )


@pytest.fixture
def world(tmp_path: Path, arxiv_server: ArxivServer) -> World:
    return World(tmp_path / "cache", arxiv_server.url)


@pytest.fixture
def unreachable(tmp_path: Path) -> World:
    return World(tmp_path / "cache", "http://127.0.0.1:9/api/query")


def statuses(dossier: Dossier) -> dict[str, str]:
    return {report.name: report.status for report in dossier.sources}


def test_arxiv_is_asked_and_the_catalogue_s_facts_are_merged_in(world: World) -> None:
    found = world.discover(KNOWN)
    assert statuses(found) == {"arxiv": "ok", "catalogue": "embedded"}
    assert found.paper.title == "Paper 2011.14439"
    assert found.paper.id == ArxivId("2011.14439", 2)
    assert found.facts
    assert found.area == "cnn"


def test_the_second_time_the_cache_answers(world: World, arxiv_server: ArxivServer) -> None:
    first = world.discover(UNKNOWN)
    second = world.discover(UNKNOWN)
    assert arxiv_server.asked == ["2601.00001"]
    assert statuses(second)["arxiv"] == "cached"
    assert second.paper == first.paper


def test_refresh_asks_again(world: World, arxiv_server: ArxivServer) -> None:
    Cache(Path(world.environ["REPROKIT_CACHE_DIR"])).put(
        "arxiv", "id:2601.00001", {"title": "Old"}, "2020-01-01T00:00:00+00:00"
    )
    assert world.discover(UNKNOWN).paper.title == "Old"
    assert world.discover(UNKNOWN, refresh=True).paper.title == "Paper 2601.00001"
    assert arxiv_server.asked == ["2601.00001"]


@pytest.mark.parametrize("environ", [{}, {"REPROKIT_OFFLINE": "1"}])
def test_when_asking_again_is_not_possible_the_kept_answer_stays(
    environ: dict[str, str], unreachable: World
) -> None:
    unreachable.environ.update(environ)
    Cache(Path(unreachable.environ["REPROKIT_CACHE_DIR"])).put(
        "arxiv", "id:2601.00001", {"title": "Old"}, "2020-01-01T00:00:00+00:00"
    )
    found = unreachable.discover(UNKNOWN, refresh=True)
    assert found.paper.title == "Old"
    assert statuses(found)["arxiv"] == "cached"


def test_a_kept_answer_that_cannot_be_read_is_asked_for_again(world: World) -> None:
    Cache(Path(world.environ["REPROKIT_CACHE_DIR"])).put(
        "arxiv", "id:2601.00001", {"nothing": 1}, "2020-01-01T00:00:00+00:00"
    )
    assert statuses(world.discover(UNKNOWN))["arxiv"] == "ok"


def test_offline_the_cache_and_the_catalogue_answer(
    world: World, arxiv_server: ArxivServer
) -> None:
    found = world.discover(KNOWN, offline=True)
    assert statuses(found) == {"arxiv": "skipped", "catalogue": "embedded"}
    assert arxiv_server.asked == []


def test_the_environment_can_say_offline(world: World, arxiv_server: ArxivServer) -> None:
    world.environ["REPROKIT_OFFLINE"] = "1"
    world.discover(KNOWN)
    assert arxiv_server.asked == []


def test_zero_does_not_mean_offline(world: World, arxiv_server: ArxivServer) -> None:
    world.environ["REPROKIT_OFFLINE"] = "0"
    world.discover(KNOWN)
    assert arxiv_server.asked == ["2011.14439"]


@pytest.mark.parametrize("is_offline", [True, False])
def test_a_paper_that_nobody_knows_names_the_ways_on(is_offline: bool, unreachable: World) -> None:
    with pytest.raises(Unavailable) as caught:
        unreachable.discover(UNKNOWN, offline=is_offline)
    assert caught.value.exit_code == 3
    assert "--from" in caught.value.hint
    assert "--title" in caught.value.hint


def test_a_failure_falls_through_to_the_catalogue_with_a_notice(unreachable: World) -> None:
    found = unreachable.discover(KNOWN)
    assert statuses(found) == {"arxiv": "failed", "catalogue": "embedded"}
    assert "cannot be reached" in unreachable.notices[0]
    assert found.paper.title == "Scaling Down Deep Learning with MNIST-1D"


class KnowsNothing:
    name = "arxiv"

    def find(self, _wanted: ArxivId) -> None:
        return None


def test_an_empty_answer_is_said_to_be_one(world: World) -> None:
    with pytest.raises(Unavailable, match=r"does not know 2601\.00001, or answered empty"):
        discover(
            UNKNOWN,
            Options(),
            environ=world.environ,
            notify=world.notices.append,
            arxiv=KnowsNothing(),
        )
    assert "answered empty" in world.notices[0]


def test_a_withdrawn_paper_gives_a_notice(world: World) -> None:
    found = world.discover(ArxivId.parse("2601.00212"))
    assert found.paper.withdrawn
    assert any("withdrawn" in notice for notice in world.notices)


def test_offline_neither_arxiv_nor_requests_is_imported(tmp_path: Path) -> None:
    code = """
import sys
from reprokit.discovery import Options, discover
from reprokit.paper import ArxivId
discover(ArxivId("2011.14439"), Options(offline=True),
         environ={"REPROKIT_CACHE_DIR": sys.argv[1]}, notify=print)
print({"arxiv", "requests", "filelock", "torch"} & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("title", "url"),
    [
        ("", "https://example.org"),
        ("\x1b\u202e", "https://example.org"),
        ("T", "file:///etc"),
        ("T", ""),
    ],
)
def test_a_paper_without_a_title_or_an_address_is_a_usage_error(title: str, url: str) -> None:
    with pytest.raises(UsageError):
        from_title(title, url)


def test_a_title_and_an_address_are_enough() -> None:
    found = from_title("A\x1b[31m student's\npaper", "https://example.org/x")
    assert found.paper.title == "A[31m student's paper"
    assert statuses(found) == {"user": "ok"}


def write(folder: Path, document: Any) -> Path:
    file = folder / "paper.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return file


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "no JSON"),
        ("[]", "holds a list"),
        ({}, "lacks 'title'"),
        ({"title": 5}, "expected a text"),
        ({"title": " \x1b "}, "title is empty"),
        ({"title": "T", "id": "2011.144"}, "2011.144"),
        ({"title": "T", "id": 5}, "expected a text or null"),
        ({"title": "T", "url": "javascript:x"}, "expected an http"),
        ({"title": "T", "surplus": 1}, "no field of a paper"),
        ({"title": "T", "facts": [{"name": "steps", "value": 1, "source": ""}]}, "not a fact"),
        ({"title": "T", "facts": [{"name": "steps", "value": 1}]}, "source"),
        ({"title": "T", "facts": [{"name": "steps", "value": 1, "source": 5}]}, "expected a text"),
        ({"title": "T", "facts": [5]}, "facts[0] is 5, expected an object"),
        ({"title": "T", "facts": 5}, "facts is 5, expected a list"),
        ({"title": "T", "facts": None}, "facts is None, expected a list"),
        ({"title": "T", "facts": [{**FACT, "verified": "yes"}]}, "facts[0].verified is 'yes'"),
        ({"title": "T", "facts": [FACT, {**FACT, "quote": 5}]}, "facts[1].quote is 5"),
        ({"title": "T", "pitfalls": [{**FACT, "value": {"a": 1}}]}, "pitfalls[0].value is {"),
        ({"title": "T", "facts": [{**FACT, "sauce": 1}]}, "facts[0].sauce is not known"),
        ({"title": "T", "facts": [{**FACT, "value": math.nan}]}, "nan is no number in JSON"),
        ({"title": "T", "facts": [{**FACT, "value": -math.inf}]}, "-inf is no number in JSON"),
        ('{"title": "T", "facts": ' + "[" * 20_000 + "]" * 20_000 + "}", "nested too deeply"),
        ({"title": "T", "area": ["x" * 10_000]}, "area is ['xxx"),
        ({"title": "T", "area": 5}, "expected a text or null"),
        ({"title": "T", "reimplementations": [{"repo": 1}]}, "reimplementations[0].repo is 1"),
        ({"title": "T", "reimplementations": [{"repo": "a/b"}]}, "lacks 'framework'"),
        ({"schema": 9, "title": "T"}, "schema 9"),
        ({"paper": 5}, "paper is 5, expected an object"),
        ({"paper": [1]}, "paper is [1], expected an object"),
    ],
)
def test_a_file_of_another_shape_is_unreadable_and_says_where(
    document: Any, message: str, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableFile) as caught:
        from_file(write(tmp_path, document))
    assert message in caught.value.message
    assert len(caught.value.message) < 1000


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "paper.json"
    with file.open("wb") as large:
        large.truncate(5_000_001)
    with pytest.raises(UnreadableFile, match="larger than"):
        from_file(file)


def test_a_file_with_a_title_is_enough_and_its_texts_are_cleaned(tmp_path: Path) -> None:
    found = from_file(write(tmp_path, {"title": "A\n\u202epaper", "authors": ["B\x1b"]}))
    assert (found.paper.title, found.paper.authors) == ("A paper", ("B",))


def test_what_a_project_holds_can_start_another(tmp_path: Path, unreachable: World) -> None:
    embedded = unreachable.discover(KNOWN, offline=True)
    document = {**embedded.to_json(), "spec": {"steps": 6000}}
    found = from_file(write(tmp_path, document))
    assert found.facts == embedded.facts
    assert found.claims == embedded.claims
    assert found.paper == embedded.paper
