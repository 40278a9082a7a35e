"""What goes over the wire: a request as it is recorded, an answer as it is sent, a refusal."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

DOCS = "https://docs.github.com/rest"
JSON = "application/json; charset=utf-8"


@dataclass
class Request:
    """One request; `resource` is core, search, code_search, graphql, raw, archive or ""."""

    service: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    resource: str = ""
    fault: str = ""
    status: int = 0
    cost: int = 1

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def authorized(self) -> bool:
        """Tell whether it came with an Authorization header, right or wrong."""
        return "authorization" in self.headers

    def number(self, name: str, default: int, highest: int) -> int:
        """Return a number of the query; what is none, or out of range, is the default."""
        text = self.query.get(name, "")
        return min(int(text), highest) if text.isdecimal() and int(text) > 0 else default


@dataclass
class Answer:
    """One answer; `delivery` is plain, cut, drip, hang or reset."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    document: Any = None
    delivery: str = "plain"
    pause_s: float = 1.0

    @classmethod
    def of(
        cls, document: Any, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> "Answer":
        """Return an answer in JSON."""
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(status, body, {"Content-Type": JSON} | dict(headers or {}), document)

    def tagged(self) -> "Answer":
        """Add the entity tag of the body."""
        self.headers.setdefault("ETag", f'W/"{hashlib.sha256(self.body).hexdigest()}"')
        return self


class Refusal(Exception):
    """An answer that says no, raised from wherever it turns out."""

    def __init__(
        self, status: int, message: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.more = status, message, more
        self.headers = dict(headers or {})

    def answer(self) -> Answer:
        document = {"message": self.message} | self.more
        document.setdefault("documentation_url", DOCS)
        document["status"] = str(self.status)
        return Answer.of(document, self.status, self.headers)


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def page_of(
    request: Request, items: list[Any], shape: Callable[[Any], Any], base: str
) -> tuple[list[Any], dict[str, str]]:
    """Return the page that is asked for, each item in its shape, and the Link header."""
    size = request.number("per_page", 30, 100)
    page = request.number("page", 1, 10**6)
    last = max(1, -(-len(items) // size))
    chosen = [shape(item) for item in items[(page - 1) * size : page * size]]
    targets: dict[str, int] = {}
    if page > 1:
        targets["prev"] = min(page - 1, last)
    if page < last:
        targets |= {"next": page + 1, "last": last}
    if page > 1:
        targets["first"] = 1

    def link(number: int) -> str:
        rest = {key: value for key, value in request.query.items() if key != "page"}
        return f"<{base}?{urlencode(rest | {'page': str(number)})}>"

    if not targets:
        return chosen, {}
    return chosen, {"Link": ", ".join(f'{link(to)}; rel="{rel}"' for rel, to in targets.items())}
