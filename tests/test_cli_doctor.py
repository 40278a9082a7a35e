"""`reprokit doctor`: what it finds, what it asks, and what it never tells."""

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from arxiv_server import ArxivServer
from reprokit.cli.machine import output_of
from reprokit.cli.main import main
from services.client import TOKEN, UNIVERSE
from services.server import Services

TORCH = """
__version__ = "2.4.0"
def get_num_threads(): return 3
class cuda:
    is_available = staticmethod(lambda: {n} > 0)
    device_count = staticmethod(lambda: {n})
    get_device_name = staticmethod(lambda n: f"GPU {{n}}")
"""
SERVICES = ("arXiv", "GitHub", "Hugging Face", "Papers with Code")

Doctor = Callable[..., dict[str, dict[str, Any]]]
Install = Callable[[str | None], None]


@pytest.fixture(autouse=True)
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put another torch in the place of the real one, which is slow; None takes it away."""
    folder = tmp_path / "modules"
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def put(text: str | None) -> None:
        spec = None
        if text is not None:
            folder.mkdir(exist_ok=True)
            (folder / "torch.py").write_text(text)
            spec = importlib.util.spec_from_file_location("torch", folder / "torch.py")
        monkeypatch.setattr(importlib.util, "find_spec", lambda _name: spec)

    put(None)
    return put


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Doctor:
    def examine(*arguments: str) -> dict[str, dict[str, Any]]:
        assert main(["doctor", "--json", *arguments]) == 0
        shown = capsys.readouterr()
        document = json.loads(shown.out)
        assert shown.err == ""
        assert document["schema"] == 1
        return {finding["name"]: finding for finding in document["findings"]}

    return examine


@pytest.fixture
def services(arxiv_server: ArxivServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with Services(UNIVERSE, TOKEN) as running:
        for name, url in running.environ.items():
            monkeypatch.setenv(name, url)
        monkeypatch.setenv("REPROKIT_ARXIV_URL", arxiv_server.url)
        yield running


def test_everything_that_works_is_shown_in_one_line_each(
    services: Services, install: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    install(TORCH.format(n=2))
    assert main(["doctor"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.startswith("reprokit ")
    found = {line.split(" .")[0].strip(): line for line in lines}
    assert list(found) == [
        "Python",
        "torch",
        "git",
        "compiler",
        "GitHub token",
        *SERVICES,
        "cache",
    ]
    assert "2.4.0, 3 threads, CUDA: GPU 0, GPU 1" in found["torch"]
    assert "missing 60 requests an hour instead of 5,000; set GITHUB_TOKEN" in found["GitHub token"]
    assert all("ok      answers in" in found[name] for name in SERVICES)
    assert "core 60 of 60 left, search 10 of 10 left" in found["GitHub"]
    assert len(services.requests) == 3


def test_the_question_to_github_costs_nothing(services: Services, doctor: Doctor) -> None:
    limits = doctor()["GitHub"]["values"]["limits"]
    assert limits["core"].items() >= {"remaining": 60, "limit": 60}.items()
    assert [request.path for request in services.asked("github")] == ["/rate_limit"]


@pytest.mark.parametrize("variable", ["GITHUB_TOKEN", "GH_TOKEN"])
def test_a_token_raises_the_limits_and_is_sent_to_github_alone(
    variable: str,
    services: Services,
    doctor: Doctor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(variable, f" {TOKEN}\n")
    findings = doctor()
    assert findings["GitHub token"] == {
        "name": "GitHub token",
        "status": "ok",
        "detail": f"from {variable}",
        "values": {"variable": variable},
    }
    assert findings["GitHub"]["values"]["limits"]["core"]["limit"] == 5000
    assert TOKEN not in json.dumps(findings)
    assert [r.service for r in services.requests if TOKEN in str(r.headers)] == ["github"]


def test_github_token_counts_before_gh_token(
    services: Services, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GH_TOKEN", "another")
    assert doctor()["GitHub token"]["detail"] == "from GITHUB_TOKEN"
    assert services.asked("github")[0].status == 200


def test_a_token_that_github_does_not_take_is_told_by_its_variable(
    services: Services, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GH_TOKEN", "expired-token")
    findings = doctor()
    assert findings["GitHub"]["status"] == "failed"
    assert findings["GitHub"]["detail"] == ("GitHub does not take the token of GH_TOKEN (HTTP 401)")
    assert "expired-token" not in json.dumps(findings)
    assert services.asked("github")[0].authorized


@pytest.mark.parametrize("token", ["two words", "ghp_x\r\nX-Y: z", "gh\u20acp", "x" * 5000])
def test_what_cannot_be_a_token_is_neither_sent_nor_shown(
    token: str, services: Services, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", token)
    findings = doctor()
    assert findings["GitHub token"]["status"] == "failed"
    assert findings["GitHub"]["status"] == "ok"
    assert token.split(maxsplit=1)[0] not in json.dumps(findings)
    assert not services.asked("github")[0].authorized


def test_a_token_does_not_follow_to_another_host(
    services: Services, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    services.fail("github", "redirect")
    assert "which is not asked" in doctor()["GitHub"]["detail"]
    assert services.asked("elsewhere") == []


@pytest.mark.parametrize(
    ("fault", "options", "message"),
    [
        ("html", {}, "not JSON"),
        ("bad_json", {}, "no JSON"),
        ("reset", {}, "hangs up"),
        ("server_error", {"status": 503}, "HTTP 503"),
        ("too_many", {"retry_after": 30}, "it asks to wait 30 s"),
        ("wrong_type", {}, "the answer"),
        ("wrong_type", {"document": {"resources": 3, "arxiv_id": "x", "id": "x"}}, ""),
    ],
)
def test_each_misbehaviour_is_told_and_takes_nothing_along(
    fault: str, options: dict[str, Any], message: str, services: Services, doctor: Doctor
) -> None:
    for service in ("github", "hf", "pwc"):
        services.fail(service, fault, **options)
    findings = doctor()
    assert findings["arXiv"]["status"] == "ok"
    for name in SERVICES[1:]:
        assert findings[name]["status"] == "failed"
        assert message in findings[name]["detail"]


def test_a_service_that_misbehaves_fails_alone(services: Services, doctor: Doctor) -> None:
    services.fail("hf", "html")
    failed = [name for name, found in doctor().items() if found["status"] == "failed"]
    assert failed == ["Hugging Face"]


def test_limits_of_another_shape_are_left_out(services: Services, doctor: Doctor) -> None:
    limits = {"core": {"remaining": True, "limit": 1, "reset": 1}, "search": 3}
    services.fail("github", "wrong_type", document={"resources": limits})
    assert doctor()["GitHub"]["values"]["limits"] == {}


def test_nobody_waits_longer_than_six_seconds_for_all_services(
    services: Services, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reprokit.cli.doctor.SERVICE_DEADLINE_S", 0.6)
    for service in ("github", "hf", "pwc"):
        services.fail(service, "hang")
    began = time.monotonic()
    findings = doctor()
    assert time.monotonic() - began < 6
    assert findings["GitHub"]["detail"] == "GitHub gave no answer within 0.6 s"
    assert [findings[name]["status"] for name in SERVICES[1:]] == ["failed"] * 3


def test_without_a_network_all_services_fail_and_the_rest_is_there(doctor: Doctor) -> None:
    findings = doctor()
    assert [findings[name]["status"] for name in SERVICES] == ["failed"] * 4
    assert all("cannot be reached" in findings[name]["detail"] for name in SERVICES)
    assert findings["Python"]["status"] == "ok"


@pytest.mark.parametrize("how", ["--offline", "REPROKIT_OFFLINE"])
def test_offline_nobody_is_asked(
    how: str,
    services: Services,
    arxiv_server: ArxivServer,
    doctor: Doctor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if how == "--offline":
        findings = doctor(how)
    else:
        monkeypatch.setenv(how, "1")
        findings = doctor()
    assert [findings[name]["status"] for name in SERVICES] == ["skipped"] * 4
    assert services.requests == arxiv_server.asked == []


def test_torch_that_is_not_installed_is_missing(doctor: Doctor) -> None:
    torch = doctor("--offline")["torch"]
    assert (torch["status"], torch["values"]) == ("missing", {})
    assert "pip install" in torch["detail"]


@pytest.mark.parametrize(
    ("text", "how"),
    [
        ("raise ImportError('libcudart.so.12')", "exit code 1"),
        ("import os; os.abort()", "exit code -6"),
        ("import sys; sys.exit(0)", "exit code 0"),
        ("print('[]'); import os; os._exit(0)", "exit code 0"),
    ],
)
def test_torch_that_cannot_be_imported_fails_and_takes_nothing_along(
    text: str, how: str, install: Install, doctor: Doctor
) -> None:
    install(text)
    torch = doctor("--offline")["torch"]
    assert torch["status"] == "failed"
    assert how in torch["detail"]


def test_torch_without_a_device_says_so(install: Install, doctor: Doctor) -> None:
    install("print('a warning')" + TORCH.format(n=0))
    torch = doctor("--offline")["torch"]
    assert torch["detail"] == "2.4.0, 3 threads, no CUDA device"
    assert torch["values"] == {"version": "2.4.0", "threads": 3, "cuda": []}
    assert sys.modules.get("torch") is None or hasattr(sys.modules["torch"], "nn")


def test_programs_that_are_not_there_are_missing(
    doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    findings = doctor("--offline")
    assert findings["git"]["status"] == findings["compiler"]["status"] == "missing"
    assert "first commit" in findings["git"]["detail"]


@pytest.mark.skipif(os.name == "nt", reason="the program is a shell script")
@pytest.mark.parametrize(
    ("script", "status", "detail"),
    [
        ("echo git version 9\x1b[31m", "ok", "git version 9"),
        ("exit 3", "ok", "git"),
        ("", "ok", "git"),
    ],
)
def test_a_program_is_asked_for_its_version(
    script: str,
    status: str,
    detail: str,
    doctor: Doctor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = tmp_path / "git"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    git = doctor("--offline")["git"]
    assert (git["status"], git["values"]["path"]) == (status, str(program))
    assert detail in git["detail"]


def test_a_program_that_hangs_or_cannot_be_run_is_given_up(tmp_path: Path) -> None:
    began = time.monotonic()
    waiting = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    assert output_of(waiting, 0.2) == (None, "TimeoutExpired")
    assert time.monotonic() - began < 5
    assert output_of([str(tmp_path / "nothing")], 5) == (None, "FileNotFoundError")


def test_the_cache_is_measured_and_not_made(
    doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a" / "cache"
    monkeypatch.setenv("REPROKIT_CACHE_DIR", str(folder))
    assert doctor("--offline")["cache"]["values"] == {
        "path": str(folder),
        "bytes": 0,
        "writable": True,
    }
    assert not folder.exists()
    folder.mkdir(parents=True)
    (folder / "answers.sqlite3").write_bytes(b"x" * 1_500_000)
    cache = doctor("--offline")["cache"]
    assert (cache["values"]["bytes"], cache["detail"]) == (1_500_000, f"{folder}, 1.5 MB")
    assert [path.name for path in folder.iterdir()] == ["answers.sqlite3"]


def test_a_cache_that_cannot_be_written_fails(
    doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("REPROKIT_CACHE_DIR", str(tmp_path / "file" / "cache"))
    cache = doctor("--offline")["cache"]
    assert (cache["status"], cache["values"]["writable"]) == ("failed", False)
    assert "REPROKIT_CACHE_DIR" in cache["detail"]


def test_a_wrong_command_line_is_the_only_thing_that_is_no_zero(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["doctor", "--ofline"]) == 2
    assert "unrecognized arguments: --ofline" in capsys.readouterr().err
