"""One bounded GET for JSON. Network, clock.

`requests` bounds neither the time of a whole answer nor its size, follows redirects to anywhere,
and sends what `.netrc` holds. All that is closed here. No message has the text of an exception
in it: those name headers and addresses, and a token may be in both.
"""

import json
import math
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urljoin

from reprokit import __version__
from reprokit.addresses import is_loopback, origin_of, shown_address
from reprokit.errors import Unavailable
from reprokit.quoting import clean

if TYPE_CHECKING:
    import requests

USER_AGENT = f"reprokit-papers/{__version__} (reproduction of papers)"
DEADLINE_S = 8.0
MAX_BYTES = 2_000_000

_CONNECT_S, _READ_S = 5.0, 8.0
_CHUNK = 65_536
_MOST_REDIRECTS = 3
_LONGEST_SHOWN = 80
HINT = "try again later; what the other sources know is there all the same"

# What urllib3 unpacks piece by piece; the ratio of others is too large to bound.
_PACKINGS = frozenset({"", "identity", "gzip", "deflate"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_RESET = re.compile(r"\bt=([0-9]{1,9})\b")
_OK, _NOT_FOUND, _TOO_MANY = 200, 404, 429


class Refused(Unavailable):
    """The service answers, and says no.

    Args:
        message: What is wrong.
        hint: What to do.
        status: The HTTP status.
        wait_s: How long it asks to wait; None where it does not say.
    """

    def __init__(
        self, message: str, *, hint: str, status: int, wait_s: float | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.status, self.wait_s = status, wait_s


class NotFound(Refused):
    """It does not know what it was asked for (404)."""


class RateLimited(Refused):
    """It wants fewer requests (429, or another status with a time to wait)."""


class _Useless(Exception):
    """An answer that is not taken, and why."""


def get_json(
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    deadline_s: float = DEADLINE_S,
    max_bytes: int = MAX_BYTES,
    service: str = "Hugging Face",
) -> Any:
    """Ask for a JSON document once.

    Args:
        url: https, or http on this machine.
        params: Of the query; percent-encoded here.
        headers: Sent too, but never to another host.
        deadline_s: Nobody waits longer for the whole answer, name resolution included.
        max_bytes: A larger answer is not read to its end.
        service: What messages call it.

    Raises:
        Refused: It answers with another status than 200; NotFound and RateLimited are such.
        Unavailable: It cannot be asked, or its answer is of no use.
    """
    origin = origin_of(url)
    if origin is None:
        raise Unavailable(
            f"the address of {service} is not one to ask: {shown_address(url)}",
            hint="https://HOST, or http://127.0.0.1:PORT for one on this machine",
        )
    import requests  # noqa: F401, PLC0415  0.1 s to import, before the clock runs

    call = _Call(service, origin, time.monotonic() + deadline_s, max_bytes)
    try:
        return _within(deadline_s, lambda: call.ask(url, dict(params or {}), dict(headers or {})))
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001  whatever an answer made of strangers brings about
        late = f"{service} gave no answer within {deadline_s:g} s"
        message = late if call.is_late else f"{service}: {reason(error)}"
        raise Unavailable(message, hint=HINT) from None


def _within(seconds: float, ask: Callable[[], Any]) -> Any:
    """Return what a function gives, or raise what it raises; nobody waits longer.

    Raises:
        TimeoutError: It takes longer.
    """
    answers: queue.SimpleQueue[tuple[Any, Exception | None]] = queue.SimpleQueue()

    def answer() -> None:
        try:
            answers.put((ask(), None))
        except Exception as error:  # noqa: BLE001  carried over to the caller's thread
            answers.put((None, error))

    # A thread can be left behind; name resolution cannot be stopped.
    threading.Thread(target=answer, name="ask", daemon=True).start()
    try:
        document, error = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return document


class _Call:
    """One call: what it may not exceed, and whom it may ask."""

    def __init__(
        self, service: str, origin: tuple[str, str, int], ends: float, max_bytes: int
    ) -> None:
        self._service, self._origin = service, origin
        self._ends, self._max_bytes = ends, max_bytes

    @property
    def is_late(self) -> bool:
        """Tell whether the time is over."""
        return time.monotonic() >= self._ends

    def ask(self, url: str, params: dict[str, str], headers: dict[str, str]) -> Any:
        """Ask, and go where the same host sends on to."""
        import requests  # noqa: PLC0415  0.1 s to import

        headers = {"Accept": "application/json", "Accept-Encoding": "gzip, deflate"} | headers
        with requests.Session() as session:
            # neither .netrc nor the address itself gives a password
            session.auth = lambda request: request
            # a proxy of the environment is not for this machine
            session.trust_env = not is_loopback(self._origin[1])
            session.headers["User-Agent"] = USER_AGENT
            # even where it may not follow, it looks ahead, and reads the whole body of a redirect
            session.get_redirect_target = lambda _: None  # type: ignore[assignment,method-assign]
            for _ in range(_MOST_REDIRECTS + 1):
                with self._get(session, url, params, headers) as response:
                    if response.status_code not in _REDIRECTS:
                        self._check(response)
                        return read_json(self._body(response))
                    url, params = self._next(url, response), {}
        raise _Useless("it sends on and on")

    def _get(
        self,
        session: "requests.Session",
        url: str,
        params: dict[str, str],
        headers: dict[str, str],
    ) -> "requests.Response":
        left = max(0.001, self._ends - time.monotonic())
        return session.get(
            url,
            params=params,
            headers=headers,
            timeout=(min(_CONNECT_S, left), min(_READ_S, left)),
            stream=True,
            allow_redirects=False,
        )

    def _next(self, url: str, response: "requests.Response") -> str:
        """Return where a redirect leads, if that is the same host."""
        try:
            following = urljoin(url, response.headers["location"])
        except (KeyError, ValueError):
            raise _Useless("it sends on to nowhere") from None
        if origin_of(following) != self._origin:
            raise _Useless(f"it sends on to {shown_address(following)}, which is not asked")
        return following

    def _check(self, response: "requests.Response") -> None:
        """Refuse what is not a whole JSON document."""
        if response.status_code != _OK:
            self._refuse(response.status_code, response.headers)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if not kind.endswith(("/json", "+json")):
            shown = clean(kind)[:_LONGEST_SHOWN] or "of no type"
            raise _Useless(f"the answer is {shown}, not JSON")
        if response.headers.get("content-encoding", "").strip().lower() not in _PACKINGS:
            raise _Useless("the answer is packed in a way that was not asked for")

    def _refuse(self, status: int, headers: Mapping[str, str]) -> NoReturn:
        wait_s = wait_of(headers, datetime.now(UTC))
        if status == _NOT_FOUND:
            raise NotFound(f"{self._service} does not know it (HTTP 404)", hint=HINT, status=404)
        if status != _TOO_MANY and (wait_s is None or status not in (403, 503)):
            message = f"{self._service} answered with HTTP {status}"
            raise Refused(message, hint=HINT, status=status)
        message = f"{self._service} limits the rate just now (HTTP {status})"
        if wait_s is None:
            raise RateLimited(message, hint=HINT, status=status)
        message += f"; it asks to wait {duration(wait_s)}"
        hint = f"ask again in {duration(wait_s)}"
        raise RateLimited(message, hint=hint, status=status, wait_s=wait_s)

    def _body(self, response: "requests.Response") -> bytes:
        """Return the body, as far as it comes in time and is not too large."""
        parts, size = [], 0
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            parts.append(chunk)
            size += len(chunk)
            if size > self._max_bytes:
                raise _Useless(f"the answer is larger than {self._max_bytes:,} bytes")
            if self.is_late:
                raise TimeoutError
        return b"".join(parts)


def read_json(body: bytes) -> Any:
    """Return the document; every number in it is finite."""
    try:
        return json.loads(body, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise _Useless("the answer is no JSON") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text[:_LONGEST_SHOWN])
    return value


def wait_of(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return how long an answer asks to wait: Retry-After, or the reset of a RateLimit."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch("[0-9]{1,9}", text):
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):
        pass  # no date, or one without a time zone
    match = _RESET.search(headers.get("ratelimit", ""))
    return float(match[1]) if match else None


def duration(seconds: float) -> str:
    """Return a time in words."""
    for name, length in (("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{math.ceil(seconds / length)} {name}"
    return f"{math.ceil(seconds)} s"


def reason(error: Exception) -> str:
    """Return what went wrong, in words of ours alone."""
    from requests import exceptions as known  # noqa: PLC0415  0.1 s to import
    from urllib3.exceptions import ProtocolError, ReadTimeoutError  # noqa: PLC0415

    if isinstance(error, _Useless):
        return str(error)
    words: tuple[tuple[Any, str], ...] = (
        (known.SSLError, "its certificate is not accepted"),
        (known.ProxyError, "the proxy does not let the request through"),
        ((known.Timeout, ReadTimeoutError, TimeoutError), "it does not answer"),
        (known.ConnectionError, "it cannot be reached, or hangs up"),
        (ProtocolError, "the answer is cut off"),
    )
    for kinds, said in words:
        if isinstance(error, kinds):
            return said
    return f"it cannot be asked, or its answer cannot be read ({type(error).__name__})"
