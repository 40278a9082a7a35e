"""`reprokit find`, `show` and `search` as they are typed, against services on the loopback."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import universe
from reprokit.cli.main import main
from services.server import Services

PAPER = "1803.01271"
TOKEN = "t0ken-that-must-not-be-seen"  # noqa: S105  made up
BUILT = universe.build()


@pytest.fixture(autouse=True)
def services(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Services]:
    with Services(BUILT, token=TOKEN) as running:
        for name, value in running.environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("REPROKIT_CACHE_DIR", str(tmp_path / "cache"))
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        yield running


def found(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_reimplementations_are_ranked_and_your_framework_s_are_folded_away(
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = found(capsys, "find", PAPER)

    shown = document["reimplementations"]
    assert document["schema"] == 1
    assert {"premphil/keras-tcn", "yuanpark/tcn-haiku"} <= {entry["repo"] for entry in shown}
    assert not any(entry["spoiler"] for entry in shown)
    assert document["spoilers_folded"] > 0
    scores = [entry["score"] for entry in shown]
    assert scores == sorted(scores, reverse=True)
    assert all(entry["evidence"] for entry in shown[:5])


def test_all_shows_what_is_folded_away_and_another_framework_folds_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    whole = found(capsys, "find", PAPER, "--all")["reimplementations"]
    assert any(entry["spoiler"] for entry in whole)

    for_jax = found(capsys, "find", PAPER, "--framework", "jax")["reimplementations"]
    assert "yuanpark/tcn-haiku" not in {entry["repo"] for entry in for_jax}


def test_a_framework_is_confirmed_by_the_code_of_the_best_alone(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = found(capsys, "find", PAPER, "--all", "--deep", "2")["reimplementations"]
    assert sum(entry["framework_confirmed"] for entry in entries) == 2
    assert len(services.asked("github", "archive")) <= 4  # each with its redirect


def test_a_second_run_asks_nobody(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    first = found(capsys, "find", PAPER)
    asked = len(services.requests)
    second = found(capsys, "find", PAPER)

    assert len(services.requests) == asked
    assert second["reimplementations"] == first["reimplementations"]


def test_finding_and_ranking_takes_four_requests_with_a_token(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    found(capsys, "find", PAPER, "--deep", "0")
    github = [r for r in services.requests if r.service == "github"]
    assert len(github) <= 4
    for name in ("hf", "pwc"):
        assert len([r for r in services.requests if r.service == name]) <= 1


def test_finding_and_ranking_takes_twelve_requests_without_one(
    services: Services, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    found(capsys, "find", PAPER, "--deep", "0")
    assert len([r for r in services.requests if r.service == "github"]) <= 12


def test_two_runs_at_once_ask_no_more_than_one(services: Services) -> None:
    command = [sys.executable, "-m", "reprokit", "find", PAPER, "--deep", "0", "--json"]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    said = [run.communicate()[0] for run in runs]
    github = [r for r in services.requests if r.service == "github"]
    assert len(github) <= 4
    assert json.loads(said[0])["reimplementations"] == json.loads(said[1])["reimplementations"]


def test_services_that_fail_are_named_and_the_others_are_used(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    services.fail("hf", "server_error", times=None)
    services.fail("pwc", "html", times=None)
    document = found(capsys, "find", PAPER)
    by_name = {source["name"]: source["status"] for source in document["sources"]}
    assert by_name["huggingface"] == "failed"
    assert by_name["paperswithcode"] == "failed"
    assert by_name["github"] == "ok"
    assert document["reimplementations"]


def test_the_token_is_in_no_file_no_line_and_no_document(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["find", PAPER]) == 0
    shown = capsys.readouterr()
    assert TOKEN not in shown.out + shown.err
    for file in (tmp_path / "cache").rglob("*"):
        assert not file.is_file() or TOKEN.encode() not in file.read_bytes()


def test_all_issues_of_one_repository_are_read_page_after_page(
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = found(capsys, "find", "--issues", "premphil/keras-tcn")
    assert document["read"] > 0
    assert all(p["url"].startswith("https://github.com/") for p in document["pitfalls"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["find"], "one of PAPER and --issues"),
        (["find", PAPER, "--issues", "a/b"], "one of PAPER and --issues"),
        (["find", PAPER, "--framework", "torch9"], "'torch9' is no framework"),
        (["find", PAPER, "--deep", "-1"], "--deep -1 is negative"),
        (["find", "--issues", "../x"], "is no OWNER/NAME"),
        (["find", "2011.144"], "is not an arXiv id"),
        (["search", "!!!"], "there is no word"),
    ],
)
def test_a_wrong_command_line_is_refused_with_a_hint(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error, hint = capsys.readouterr().err.splitlines()
    assert message in error
    assert hint.startswith("hint: ")


def test_offline_the_catalogue_is_shown_and_nobody_is_asked(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    document = found(capsys, "find", PAPER, "--offline")
    assert services.requests == []
    assert document["reimplementations"]


def test_new_writes_what_was_found_and_ends_in_time_when_every_service_hangs(
    services: Services,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("reprokit.cli.new.BUDGET_S", 1.5)
    monkeypatch.setattr("reprokit.cli.new.LEAST_S", 1.0)
    for service in ("github", "hf", "pwc"):
        services.fail(service, "hang", times=None)
    began = time.monotonic()
    assert main(["new", PAPER, "-o", str(tmp_path), "--slug", "tcn"]) == 0
    assert time.monotonic() - began < 10
    shown = capsys.readouterr()
    assert "no answer in the time that there is" in shown.err
    assert (tmp_path / "tcn" / "notes" / "reimplementations.md").is_file()


def test_new_writes_notes_without_spoilers_and_a_file_with_everything(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["new", PAPER, "-o", str(tmp_path), "--slug", "tcn"]) == 0
    root = tmp_path / "tcn"
    document = json.loads((root / "reimplementations.json").read_text("utf-8"))
    spoilers = [e["repo"] for e in document["reimplementations"] if e["spoiler"]]
    notes = (root / "notes" / "reimplementations.md").read_text("utf-8")
    assert spoilers
    assert not [name for name in spoilers if name in notes]
    assert "folded away" in capsys.readouterr().out
    assert (root / "notes" / "pitfalls.md").is_file()


def test_results_that_a_list_has_become_draft_claims(services: Services, tmp_path: Path) -> None:
    listed = next(n for n, known in BUILT.pwc.items() if known.get("evaluations"))
    assert main(["new", listed, "-o", str(tmp_path), "--slug", "p"]) == 0
    asked = len(services.requests)
    claims = json.loads((tmp_path / "p" / "paper.json").read_text("utf-8"))["claims"]
    drafts = [claim for claim in claims if claim["kind"] == "draft"]
    assert drafts
    assert not any(claim["verified"] for claim in drafts)
    assert all("evaluations" in claim["source"] for claim in drafts)

    assert main(["new", listed, "-o", str(tmp_path), "--slug", "q"]) == 0
    assert len(services.requests) == asked


def test_show_prints_the_card_and_search_finds_in_the_catalogue(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["show", "2011.14439", "--offline"]) == 0
    card = capsys.readouterr().out
    assert "Scaling" in card
    assert "[" in card

    document = found(capsys, "search", "temporal", "convolutional", "--offline")
    assert all("onvolution" in paper["title"] for paper in document["papers"])
    assert document["sources"][1]["status"] == "skipped"


def test_search_asks_arxiv_once_and_keeps_the_answer(
    arxiv_server: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPROKIT_ARXIV_URL", arxiv_server.url)  # type: ignore[attr-defined]
    document = found(capsys, "search", "adversarial")
    assert document["sources"][1]["name"] == "arxiv"
    again = found(capsys, "search", "adversarial")
    assert again["papers"] == document["papers"]
