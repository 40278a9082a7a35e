"""The wire to GitHub: requests as they are asked for, and connections with a limit to everything.

Network. PyGithub reads answers of any size, sleeps by itself on a 202, follows redirects without
their query, and chokes on a header that is no number; its connections get this adapter.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult

from reprokit import __version__
from reprokit.errors import Unavailable
from reprokit.sources.github_answers import number
from reprokit.sources.github_call import LATER, Call, Passing

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter, HTTPAdapter

USER_AGENT = f"reprokit-papers/{__version__}"
MAX_BYTES = 24_000_000
MOVED_TO = "x-moved-to"

_CONNECT_S, _READ_S = 5.0, 12.0
_CHUNK = 65_536
_ACCEPTED = 202


@dataclass(frozen=True, slots=True)
class Ask:
    """One request.

    Args:
        path: Below the API's address; or a whole address there.
        parameters: Of the query.
        accept: The media type that is wanted.
        body: Sent by POST; without one it is a GET.
        resource: The budget it goes by.
        most: The longest answer that is read.
        cuts: Of a longer answer the beginning is kept; otherwise it is of no use.
        to_elsewhere: A 302 is the answer, and not to be followed.
    """

    path: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    accept: str = "application/vnd.github+json"
    body: Mapping[str, Any] | None = None
    resource: str = "core"
    most: int = MAX_BYTES
    cuts: bool = False
    to_elsewhere: bool = False


def is_loopback(host: str | None) -> bool:
    """Tell whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port of an address."""
    default = {"https": 443, "http": 80}.get(parts.scheme)
    try:
        return parts.scheme, parts.hostname, parts.port or default
    except ValueError:  # a port that is none
        return parts.scheme, parts.hostname, None


def bounded(pool: "HTTPAdapter", ask: Ask, call: Call, secret: str) -> "BaseAdapter":
    """Return what sends a request: in time, up to a size, and without showing the token."""
    from requests.adapters import BaseAdapter  # noqa: PLC0415  0.1 s to import

    class Bounded(BaseAdapter):
        def send(self, request: Any, *_args: Any, **options: Any) -> Any:
            left = max(0.01, call.left())
            options |= {"timeout": (min(_CONNECT_S, left), min(_READ_S, left)), "stream": True}
            response = pool.send(request, **options)
            if response.status_code == _ACCEPTED:  # PyGithub would sleep
                raise Passing("GitHub is still preparing its answer (HTTP 202)", hint=LATER)
            body = read_body(response.raw, call, ask.most, cuts=ask.cuts)
            if secret:
                body = body.replace(secret.encode(), b"[token]")
            response.raw, response.encoding = io.BytesIO(body), "utf-8"
            settled = settle(response.headers, secret)
            response.headers.clear()
            response.headers.update(settled)
            return response

        def close(self) -> None:
            """The pool goes on."""

    return Bounded()


def settle(headers: Mapping[str, str], secret: str) -> dict[str, str]:
    """Return the headers as PyGithub can take them: it follows redirects, and counts numbers."""
    settled = {}
    for name, value in headers.items():
        key = name.lower()
        shown = value.replace(secret, "[token]") if secret else value
        if key.startswith("x-ratelimit-") and key != "x-ratelimit-resource":
            if number(shown) is None:
                continue
        elif key in {"content-encoding", "content-length"}:
            continue
        settled[MOVED_TO if key == "location" else key] = shown
    return settled


def read_body(raw: Any, call: Call, most: int, *, cuts: bool = False) -> bytes:
    """Return the body of an answer, in time and up to a size.

    Raises:
        Unavailable: It is larger, or too late.
    """
    parts, size = [], 0
    while chunk := raw.read1(_CHUNK, decode_content=True):
        parts.append(chunk)
        size += len(chunk)
        if call.left() <= 0:
            raw.close()
            raise call.late()
        if size > most:
            raw.close()
            if cuts:
                return b"".join(parts)[:most]
            raise Unavailable(f"GitHub's answer is larger than {most:,} bytes", hint=LATER)
    return b"".join(parts)
