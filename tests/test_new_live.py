"""`reprokit new` against arXiv on the loopback: what a fault of the service does to the command."""

import json
import time
from pathlib import Path

import pytest
from projects import load_all

from arxiv_server import TITLES, ArxivServer
from reprokit.cli.main import main


@pytest.fixture(autouse=True)
def _live(arxiv_server: ArxivServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPROKIT_ARXIV_URL", arxiv_server.url)
    monkeypatch.setenv("REPROKIT_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.mark.parametrize("number", TITLES)
def test_a_hostile_title_from_arxiv_is_data_and_nothing_else(
    number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", number, "--slug", "hostile", "--area", "cnn", "--json"]) == 0

    document = json.loads(capsys.readouterr().out)
    title = document["paper"]["title"]
    texts = load_all(Path("hostile"))
    holding = {name for name, text in texts.items() if title in text}
    assert holding <= {"paper.json", "README.md", "reimplementations.json"}
    assert json.loads(texts["paper.json"])["paper"]["title"] == title


def test_a_rate_limit_is_not_waited_for_and_the_catalogue_answers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    began = time.monotonic()
    assert main(["new", "1801.04406", "--slug", "gans", "--json"]) == 0

    assert time.monotonic() - began < 5
    shown = capsys.readouterr()
    statuses = {s["name"]: s["status"] for s in json.loads(shown.out)["sources"]}
    assert statuses["arxiv"] == "failed"
    assert statuses["catalogue"] == "embedded"
    assert "HTTP 429" in shown.err


@pytest.mark.slow
def test_a_service_that_hangs_costs_at_most_twenty_seconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    began = time.monotonic()
    assert main(["new", "1803.01271", "--slug", "tcn"]) == 0

    assert time.monotonic() - began < 20
    assert "going on without" in capsys.readouterr().err


@pytest.mark.slow
def test_a_service_that_hangs_and_an_unknown_paper_end_with_3(
    capsys: pytest.CaptureFixture[str],
) -> None:
    began = time.monotonic()
    assert main(["new", "2601.00207"]) == 3

    assert time.monotonic() - began < 20
    shown = capsys.readouterr().err
    assert "--from" in shown
    assert "--title" in shown
