"""The code of a repository: fetched without the token, unpacked without harm."""

import gzip
import io
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest

from github_host import Clock, source
from reprokit.errors import Unavailable
from reprokit.sources import github_archive
from reprokit.sources.github_archive import may_be_followed, safe_path, unpack
from services.client import TOKEN
from services.server import Services
from services.universe import Repo, Universe

FILES = {"train.py": "import torch\n", "src/net.py": "x = 1\n", "logo.png": b"\x89PNG\0"}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(clock: Clock) -> Iterator[Services]:
    repo = Repo("a/b", readme="# B", files=FILES, default_branch="main/branch")
    with Services(Universe([repo]), TOKEN, clock=clock) as running:
        yield running


def tarball(*entries: tuple[str, bytes], **more: Any) -> bytes:
    """Return a packed archive; `more` is set on every entry."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1) as archive:
        for name, body in entries:
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            for key, value in more.items():
                setattr(entry, key, value)
            archive.addfile(entry, io.BytesIO(body))
    return buffer.getvalue()


@pytest.mark.parametrize("token", [TOKEN, None])
def test_the_files_come_by_two_requests_and_the_second_is_without_the_token(
    token: str | None, services: Services, clock: Clock
) -> None:
    found = source(services, clock, token).archive("a/b")
    assert {path: bytes(body) for path, body in found.items()} == {
        "README.md": b"# B",
        "logo.png": b"\x89PNG\0",
        "src/net.py": b"x = 1\n",
        "train.py": b"import torch\n",
    }
    first, second = services.requests
    assert (first.service, second.service) == ("github", "elsewhere")
    assert first.authorized is (token is not None)
    assert not second.authorized
    assert "cookie" not in second.headers


def test_a_large_archive_is_not_read_to_its_end(services: Services, clock: Clock) -> None:
    with pytest.raises(Unavailable, match="larger than 100 bytes"):
        source(services, clock).archive("a/b", max_bytes=100)


@pytest.mark.parametrize(
    ("fault", "options", "message"),
    [
        ("server_error", {"status": 503}, "HTTP 503"),
        ("not_found", {}, "HTTP 404"),
        ("too_many", {}, "HTTP 429"),
        ("html", {}, "damaged"),
        ("cut", {}, "cannot be fetched"),
        ("reset", {}, "cannot be fetched"),
        ("redirect", {}, "in circles"),
        ("redirect", {"to": "http://example.org/x"}, "sends on to http://example.org/x"),
        ("redirect", {"to": "file:///etc/passwd"}, "sends on to file:///etc/passwd"),
        ("redirect", {"to": "http://[::bad"}, "cannot be fetched (ValueError)"),
    ],
)
def test_an_archive_that_is_not_to_be_had_is_one_sentence(
    fault: str, options: dict[str, Any], message: str, services: Services, clock: Clock
) -> None:
    services.fail("elsewhere", fault, times=None, **options)
    with pytest.raises(Unavailable) as caught:
        source(services, clock).archive("a/b")
    assert message in caught.value.message
    assert TOKEN not in caught.value.message
    assert len(services.requests) <= 4


@pytest.mark.parametrize("fault", ["server_error", "cut", "reset"])
def test_an_archive_that_comes_at_the_second_time_is_taken(
    fault: str, services: Services, clock: Clock
) -> None:
    services.fail("elsewhere", fault)
    assert "train.py" in source(services, clock).archive("a/b")


@pytest.mark.parametrize(
    ("url", "api", "expected"),
    [
        ("https://codeload.github.com/a/b", "https://api.github.com", True),
        ("https://github.com/a/b", "https://api.github.com", True),
        ("https://evil.org/a/b", "https://api.github.com", False),
        ("https://github.com.evil.org/a", "https://api.github.com", False),
        ("https://evilgithub.com/a", "https://api.github.com", False),
        ("https://user:pass@codeload.github.com/a", "https://api.github.com", False),
        ("http://codeload.github.com/a/b", "https://api.github.com", False),
        ("http://127.0.0.1/a", "https://api.github.com", False),
        ("https://codeload.ghe.example.org/a", "https://ghe.example.org/api/v3", True),
        ("http://localhost:99/a", "http://127.0.0.1:88", True),
        ("http://127.0.0.1.evil.org/a", "http://127.0.0.1:88", False),
        ("http://10.0.0.1/a", "http://127.0.0.1:88", False),
        ("ftp://localhost/a", "http://127.0.0.1:88", False),
        ("", "http://127.0.0.1:88", False),
    ],
)
def test_a_redirect_leads_to_https_or_from_this_machine_to_itself(
    url: str, api: str, expected: bool
) -> None:
    assert may_be_followed(url, api) is expected


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../x", "b/../../x", "b/..", "b\\x/y", "C:/x/y", "b/x\ny", "b/\x1b[31m",
     "b/\u202egpj.py", "b", "b/", "", ".", "b/" + "x" * 600],
)  # fmt: skip
def test_a_path_that_leads_out_of_the_archive_is_none(name: str) -> None:
    assert safe_path(name) is None
    assert unpack(tarball((name, b"x"), ("b/ok.py", b"y"))).keys() <= {"ok.py"}


def test_a_path_is_told_without_the_folder_of_the_archive() -> None:
    assert safe_path("b-1234/./src//net.py") == "src/net.py"


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE,
     tarfile.GNUTYPE_SPARSE],
)  # fmt: skip
def test_links_devices_and_folders_are_left_out(kind: bytes) -> None:
    packed = tarball(("b/link.py", b""), type=kind, linkname="/etc/passwd")
    assert unpack(packed) == {}


def test_large_files_are_left_out_and_small_ones_kept() -> None:
    packed = tarball(("b/big", bytes(1_000_001)), ("b/most", bytes(1_000_000)), ("b/x", b"1"))
    assert {path: len(body) for path, body in unpack(packed).items()} == {"most": 1_000_000, "x": 1}


def test_five_thousand_files_are_the_most() -> None:
    assert len(unpack(tarball(*((f"b/{n}.py", b"") for n in range(5_050))))) == 5_000


def test_an_archive_that_swells_is_left_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github_archive, "MOST_UNPACKED", 100_000)
    found = unpack(tarball(*((f"b/{n}.py", bytes(9_000)) for n in range(100))))
    assert 5 <= len(found) <= 12
    assert unpack(gzip.compress(bytes(200_000))) == {}


def test_a_header_that_claims_to_be_huge_takes_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(github_archive, "MOST_UNPACKED", 100_000)
    entry = tarfile.TarInfo("b/x")
    entry.type, entry.size = tarfile.XHDTYPE, 8_000_000_000
    packed = gzip.compress(entry.tobuf(tarfile.GNU_FORMAT) + b"9" * 300_000)
    assert unpack(packed) == {}


@pytest.mark.parametrize(
    "body",
    [b"", b"x", b"<html>", gzip.compress(b"x" * 512), tarball(("b/x", b"y"))[:40],
     tarball(("b/x", bytes(9_999)))[:-20], gzip.compress(tarfile.TarInfo("b/x").tobuf()[:300])],
    ids=range(7),
)  # fmt: skip
def test_a_damaged_archive_is_one_sentence(body: bytes) -> None:
    with pytest.raises(Unavailable, match="GitHub's archive is damaged"):
        unpack(body)


def test_a_negative_size_does_not_turn_in_circles() -> None:
    block = bytearray(tarfile.TarInfo("b/x").tobuf(tarfile.GNU_FORMAT))
    block[124:136] = b"\xff" * 10 + b"\xfc\x00"  # base-256, -1024
    block[148:156] = b"%06o\0 " % (sum(block[:148]) + 8 * 32 + sum(block[156:512]))
    with pytest.raises(Unavailable):
        unpack(gzip.compress(bytes(block) + bytes(10_240)))
