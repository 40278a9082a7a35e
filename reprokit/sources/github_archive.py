"""The code of a repository: one archive, fetched without the token and unpacked in memory."""

import gzip
import io
import re
import tarfile
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from reprokit.errors import Unavailable
from reprokit.quoting import clean, printable
from reprokit.sources.github_call import LATER, Call, Gone, Passing
from reprokit.sources.github_http import URL, Channel
from reprokit.sources.github_wire import MOVED_TO, USER_AGENT, Ask, is_loopback, read_body

MOST_FILES = 5_000
MOST_ENTRIES = 50_000
LARGEST_FILE = 1_000_000
MOST_UNPACKED = 120_000_000

_MOST_HOPS = 3
_CHUNK = 65_536
_LONGEST_PATH = 500
_OK, _REDIRECT, _REFUSED, _BROKEN, _EMPTY = 200, 300, 400, 500, 409
_PLACES = (".github.com", ".githubusercontent.com")
_DRIVE = re.compile(r"[A-Za-z]:")


def archive_of(channel: Channel, name: str, max_bytes: int, call: Call) -> Mapping[str, bytes]:
    """Return the files of a repository's default branch; none where it is empty.

    Raises:
        Unavailable: They are not to be had, too large, or damaged.
    """
    try:
        reply = channel.get(Ask(f"/repos/{name}/tarball", to_elsewhere=True), call)
    except Gone as error:
        if error.status == _EMPTY:
            return {}
        raise
    place = reply.headers.get(MOVED_TO, "")
    if not place:
        raise Unavailable(f"GitHub names no archive of {name}", hint=LATER)
    try:
        body = download(channel.url, place, max_bytes, call)
    except Passing:
        body = None
    if body is None:  # the second time is the last
        body = download(channel.url, place, max_bytes, call)
    return unpack(body)


def may_be_followed(url: str, api: str) -> bool:
    """Tell whether an archive may be fetched there: by https, or from this machine to this machine.

    GitHub's own API only sends on to GitHub's own hosts.
    """
    try:
        target, host = urlsplit(url), urlsplit(url).hostname or ""
    except ValueError:
        return False
    if target.username or target.password:
        return False
    if target.scheme == "https":
        return api != URL or host.endswith(_PLACES) or host == "github.com"
    return target.scheme == "http" and is_loopback(host) and is_loopback(urlsplit(api).hostname)


def download(api: str, url: str, max_bytes: int, call: Call) -> bytes:
    """Return what lies at an address, over redirects; nothing is sent along.

    Raises:
        Unavailable: It is not to be had, or too large.
    """
    for _ in range(_MOST_HOPS):
        if not may_be_followed(url, api):
            host = clean(url)[:100]
            raise Unavailable(f"GitHub sends on to {host}, which is not asked", hint=LATER)
        found = _fetch(url, max_bytes, call)
        if isinstance(found, Unavailable):
            raise found
        if isinstance(found, bytes):
            return found
        url = urljoin(url, found)
    raise Unavailable("GitHub sends on in circles", hint=LATER)


def _fetch(url: str, max_bytes: int, call: Call) -> bytes | str | Unavailable:
    """Return the body, where it is instead, or why there is none."""
    import requests  # noqa: PLC0415  0.1 s to import

    left = max(0.01, call.left())
    headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
    try:
        with requests.Session() as session:
            session.auth = _nobody  # not even from .netrc
            with session.get(
                url, headers=headers, timeout=(min(5.0, left), min(12.0, left)),
                stream=True, allow_redirects=False,
            ) as response:  # fmt: skip
                return _received(response, max_bytes, call)
    except Unavailable as error:
        return error
    except Exception as error:  # noqa: BLE001  whatever the connection does
        kind = type(error).__name__
    is_late = "Timeout" in kind
    return (
        call.late()
        if is_late
        else Passing(f"GitHub's archive cannot be fetched ({kind})", hint=LATER)
    )


def _received(response: Any, max_bytes: int, call: Call) -> bytes | str | Unavailable:
    status = response.status_code
    if _REDIRECT <= status < _REFUSED:
        return str(response.headers.get("location", ""))
    if status == _OK:
        return read_body(response.raw, call, max_bytes)
    said = f"GitHub's archive is not to be had (HTTP {status})"
    return (Passing if status >= _BROKEN else Unavailable)(said, hint=LATER)


def _nobody(request: Any) -> Any:
    return request


class _Enough(Exception):
    """So much has been unpacked that the rest is left."""


class _Counted(io.RawIOBase):
    """A stream that ends the unpacking of what swells."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        super().__init__()
        self._stream = stream
        self._left = MOST_UNPACKED

    def read(self, size: int = -1) -> bytes:
        """Return some of the stream, as long as it is not too much of it."""
        if self._left <= 0:
            raise _Enough
        data = self._stream.read(min(size if size >= 0 else _CHUNK, self._left))
        self._left -= len(data)
        return data


def unpack(body: bytes) -> dict[str, bytes]:
    """Return the files of a packed archive by their paths inside its one folder.

    Links, devices, files over 1 MB and paths that lead out of it are left out; so is what comes
    after 5,000 files or 120 MB.

    Raises:
        Unavailable: It is no such archive, or damaged.
    """
    files: dict[str, bytes] = {}
    problem = ""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as stream:
            _read_entries(_Counted(stream), files)
    except _Enough:
        pass
    except Exception as error:  # noqa: BLE001  tarfile raises whatever comes to it
        problem = type(error).__name__
    if problem:
        raise Unavailable(f"GitHub's archive is damaged ({problem})", hint=LATER)
    return files


def _read_entries(stream: _Counted, files: dict[str, bytes]) -> None:
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for place, entry in enumerate(tar):
            if place >= MOST_ENTRIES or len(files) >= MOST_FILES:
                raise _Enough
            path = safe_path(entry.name)
            if path is None or not entry.isreg() or entry.issparse():
                continue
            if 0 <= entry.size <= LARGEST_FILE:
                opened = tar.extractfile(entry)
                files[path] = opened.read() if opened else b""


def safe_path(name: str) -> str | None:
    """Return the path of an entry without the archive's own folder; None if it is not one.

    Absolute paths, drives, `..`, backslashes and control characters have no place in it.
    """
    if len(name) > _LONGEST_PATH or name.startswith("/") or "\\" in name or _DRIVE.match(name):
        return None
    if printable(name) != name or "\n" in name or "\t" in name:
        return None
    parts = [part for part in name.split("/") if part not in {"", "."}]
    if ".." in parts or len(parts) <= 1:
        return None
    return "/".join(parts[1:])
