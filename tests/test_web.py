"""reprokit.web: one bounded GET for JSON, against servers that misbehave."""

import gzip
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from reprokit import __version__
from reprokit.errors import Unavailable
from reprokit.web import NotFound, RateLimited, Refused, duration, get_json, wait_of
from services.client import ATTENTION, UNIVERSE
from services.server import Services
from services.universe import Universe

PATH = f"/api/papers/{ATTENTION}"
SECRET = "ghp_secret"  # noqa: S105  (of nobody)
NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def services() -> Iterator[Services]:
    with Services(UNIVERSE) as running:
        yield running


class Odd(ThreadingHTTPServer):
    """A server that gives each request the one answer it was made for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), OddHandler)
        self.body, self.headers, self.status = b"{}", {"Content-Type": "application/json"}, 200
        self.is_cut = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/x"


class OddHandler(BaseHTTPRequestHandler):
    server: Odd

    def log_message(self, *_: Any) -> None:
        """Keep the tests' output clean."""

    def do_GET(self) -> None:
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        try:
            self.wfile.write(self.server.body)
        except ConnectionError:
            self.close_connection = True
            self.server.is_cut.set()


@pytest.fixture
def odd() -> Iterator[Odd]:
    server = Odd()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def complaint(url: str, **options: Any) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        get_json(url, **options)
    assert caught.value.hint
    return caught.value


def test_a_document_comes_with_one_request_that_says_who_asks(services: Services) -> None:
    document = get_json(services.url_hf + PATH, params={"q": "a&b=c d/é"})
    assert document["title"] == "Attention Is All You Need"
    [request] = services.requests
    assert request.query == {"q": "a&b=c d/é"}
    assert request.headers["user-agent"].startswith(f"reprokit-papers/{__version__} ")
    assert not request.authorized
    assert "cookie" not in request.headers


@pytest.mark.parametrize(
    ("fault", "options", "message"),
    [
        ("html", {}, "Hugging Face: the answer is text/html, not JSON"),
        ("html", {"status": 502}, "Hugging Face answered with HTTP 502"),
        ("bad_json", {}, "Hugging Face: the answer is no JSON"),
        ("cut", {}, "Hugging Face: the answer is cut off"),
        ("reset", {}, "Hugging Face: it cannot be reached, or hangs up"),
        ("server_error", {"status": 500}, "Hugging Face answered with HTTP 500"),
        ("server_error", {"status": 503}, "Hugging Face answered with HTTP 503"),
        ("unauthorized", {}, "Hugging Face answered with HTTP 401"),
        ("blocked", {}, "Hugging Face answered with HTTP 451"),
        ("not_found", {}, "Hugging Face does not know it (HTTP 404)"),
        ("too_many", {}, "Hugging Face limits the rate just now (HTTP 429)"),
        (
            "too_many",
            {"retry_after": 30},
            "Hugging Face limits the rate just now (HTTP 429); it asks to wait 30 s",
        ),
        (
            "secondary_limit",
            {"retry_after": 3600},
            "Hugging Face limits the rate just now (HTTP 403); it asks to wait 60 min",
        ),
        ("redirect", {"to": "https://evil.example/x"}, "https://evil.example, which is not asked"),
        ("redirect", {"to": "//evil.example/x"}, "//evil.example, which is not asked"),
        ("redirect", {"to": "file:///etc/passwd"}, "file://, which is not asked"),
        ("redirect", {"to": "http://[x"}, "it sends on to nowhere"),
        ("redirect", {"status": 304}, "Hugging Face answered with HTTP 304"),
    ],
)
def test_an_answer_of_no_use_is_told_at_once(
    services: Services, fault: str, options: dict[str, Any], message: str
) -> None:
    services.fail("hf", fault, times=None, **options)
    assert message in complaint(services.url_hf + PATH).message
    assert len(services.requests) == 1


def test_what_is_refused_can_be_told_apart(services: Services) -> None:
    services.fail("hf", "not_found")
    services.fail("hf", "too_many", retry_after=7)
    services.fail("hf", "unauthorized")
    with pytest.raises(NotFound):
        get_json(services.url_hf + PATH)
    with pytest.raises(RateLimited) as limited:
        get_json(services.url_hf + PATH)
    with pytest.raises(Refused) as refused:
        get_json(services.url_hf + PATH)
    assert (limited.value.status, limited.value.wait_s, limited.value.hint) == (
        429,
        7,
        "ask again in 7 s",
    )
    assert (refused.value.status, refused.value.exit_code) == (401, 3)


def test_hugging_face_s_own_limit_says_when_it_ends() -> None:
    with Services(UNIVERSE, limits={"hf": 1}) as services:
        get_json(services.url_hf + PATH)
        assert complaint(services.url_hf + PATH).message.endswith("it asks to wait 5 min")


def test_a_redirect_to_the_same_host_is_followed(services: Services) -> None:
    services.fail("hf", "redirect", to=PATH)
    assert get_json(services.url_hf + "/elsewhere")["id"] == ATTENTION
    assert [request.path for request in services.requests] == ["/elsewhere", PATH]


def test_redirects_without_end_are_given_up(services: Services) -> None:
    services.fail("hf", "redirect", to=PATH, times=None)
    assert "on and on" in complaint(services.url_hf + PATH).message
    assert len(services.requests) == 4


def test_the_body_of_a_redirect_is_not_read(odd: Odd) -> None:
    odd.status, odd.body = 302, b"x" * 50_000_000
    odd.headers["Location"] = "https://evil.example/"
    assert "which is not asked" in complaint(odd.url).message
    assert odd.is_cut.wait(5)


def test_another_host_port_or_scheme_is_never_asked(services: Services) -> None:
    services.fail("github", "redirect")
    headers = {"Authorization": f"Bearer {SECRET}"}
    error = complaint(services.url_github + "/user", headers=headers, service="GitHub")
    assert f"GitHub: it sends on to {services.url_elsewhere}" in error.message
    services.fail("github", "redirect", to=services.url_hf + PATH)
    complaint(services.url_github + "/user", headers=headers)
    assert services.asked("elsewhere") == services.asked("hf") == []


@pytest.mark.parametrize("fault", ["hang", "drip"])
def test_nobody_waits_longer_than_the_deadline(services: Services, fault: str) -> None:
    services.fail("hf", fault)
    began = time.monotonic()
    error = complaint(services.url_hf + PATH, deadline_s=0.4)
    assert 0.4 <= time.monotonic() - began < 3
    assert error.message == "Hugging Face gave no answer within 0.4 s"


def test_a_dripping_answer_is_left_when_nobody_waits_any_more(services: Services) -> None:
    services.fail("hf", "drip", pause_s=0.05)
    before = set(threading.enumerate())
    complaint(services.url_hf + PATH, deadline_s=0.2)
    asking = [one for one in set(threading.enumerate()) - before if "ask" in one.name]
    for thread in asking:
        thread.join(3)
        assert not thread.is_alive()


def test_a_server_that_is_not_there_is_unavailable() -> None:
    assert "cannot be reached" in complaint("http://127.0.0.1:9/x").message


def test_a_large_answer_is_not_read_to_its_end() -> None:
    said = {"summary": "x" * 3_000_000}
    with Services(Universe(hub={ATTENTION: said})) as services:
        error = complaint(services.url_hf + PATH)
        assert error.message == "Hugging Face: the answer is larger than 2,000,000 bytes"
        assert len(get_json(services.url_hf + PATH, max_bytes=4_000_000)["summary"]) == 3_000_000


def test_an_answer_that_is_large_when_unpacked_is_not_read_to_its_end(odd: Odd) -> None:
    odd.body = gzip.compress(b'"' + b"x" * 50_000_000 + b'"')
    odd.headers |= {"Content-Encoding": "gzip"}
    assert "larger than 2,000,000 bytes" in complaint(odd.url).message
    odd.body = gzip.compress(b'{"a": 1}')
    assert get_json(odd.url) == {"a": 1}
    odd.body = b"no gzip"
    assert "cannot be read" in complaint(odd.url).message


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "x"])
def test_a_packing_that_was_not_asked_for_is_refused(odd: Odd, packing: str) -> None:
    odd.headers |= {"Content-Encoding": packing}
    assert "packed" in complaint(odd.url).message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{} {}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"NaN",
        b"[-Infinity]",
        b"[1e999]",
        b"[" + b"9" * 5000 + b"]",
        b"\xff\xfe\x00",
        b"<html></html>",
    ],
)
def test_what_is_no_json_is_refused(odd: Odd, body: bytes) -> None:
    odd.body = body
    assert complaint(odd.url).message == "Hugging Face: the answer is no JSON"


@pytest.mark.parametrize(
    ("kind", "is_json"),
    [
        ("application/json", True),
        ("APPLICATION/JSON ; charset=utf-8", True),
        ("application/vnd.github+json", True),
        ("text/plain", False),
        ("application/octet-stream", False),
        ("text/html; json", False),
        ("", False),
    ],
)
def test_only_what_calls_itself_json_is_read(odd: Odd, kind: str, is_json: bool) -> None:
    odd.headers["Content-Type"] = kind
    if is_json:
        assert get_json(odd.url) == {}
    else:
        assert "not JSON" in complaint(odd.url).message


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        f"https://name:{SECRET}@example.org/x",
        f"https://name:{SECRET}/x@example.org/x",
        "file:///etc/passwd",
        SECRET,
    ],
)
def test_an_address_that_is_not_to_be_asked_is_refused_without_its_secrets(url: str) -> None:
    error = complaint(url, service="GitHub")
    assert error.message.startswith("the address of GitHub is not one to ask: ")
    assert SECRET not in error.message + error.hint


@pytest.mark.parametrize("token", [SECRET + "\n", SECRET + "\r\nX: y", " " + SECRET, SECRET + "é€"])
def test_a_token_that_cannot_be_sent_is_not_told(services: Services, token: str) -> None:
    headers = {"Authorization": token}
    error = complaint(services.url_github + "/user", headers=headers)
    assert SECRET not in error.message + error.hint
    assert error.__cause__ is None


def test_neither_netrc_nor_a_proxy_of_the_environment_counts_on_this_machine(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login me password {SECRET}\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    get_json(services.url_hf + PATH)
    assert not services.requests[0].authorized


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({}, None),
        ({"retry-after": "30"}, 30),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": "Fri, 20 Nov 2026 12:01:30 GMT"}, 90),
        ({"retry-after": "Fri, 20 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "1e5"}, None),
        ({"ratelimit": '"api";r=0;t=123'}, 123),
        ({"retry-after": "soon", "ratelimit": '"api";r=0;t=12'}, 12),
        ({"ratelimit": '"api";r=0'}, None),
    ],
)
def test_the_time_to_wait_is_read_in_all_its_forms(
    headers: dict[str, str], wait_s: float | None
) -> None:
    assert wait_of(headers, NOW) == wait_s


def test_a_time_to_wait_is_told_in_the_unit_that_people_use() -> None:
    assert [duration(s) for s in (0.2, 30, 119, 300, 7200, 8000)] == [
        "1 s",
        "30 s",
        "119 s",
        "5 min",
        "2 h",
        "3 h",
    ]
