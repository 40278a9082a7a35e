"""The misbehaviours by name: whole answers that go wrong, and right answers that are spoilt."""

import base64
import copy
import fnmatch
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from services.limits import secondary
from services.rest import blocked, unprocessable
from services.wire import Answer, Refusal, Request, not_found

HUGE = 5_000_000


@dataclass
class Fault:
    """A misbehaviour in the queue; `times` None is for ever, `after` lets so many pass before."""

    service: str
    name: str
    path: str | None = None
    resource: str | None = None
    times: int | None = 1
    after: int = 0
    options: dict[str, Any] = field(default_factory=dict)

    def wants(self, request: Request) -> bool:
        """Tell whether a request is one that it is for."""
        return (
            request.service == self.service
            and (self.resource is None or request.resource == self.resource)
            and (self.path is None or fnmatch.fnmatchcase(request.path, self.path))
        )

    @property
    def spent(self) -> bool:
        return self.times is not None and self.times <= 0


class Faults:
    """The queue; the first fault that wants a request gets it."""

    def __init__(self) -> None:
        self._queue: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Put a fault at the end.

        Raises:
            ValueError: There is no such misbehaviour, or it has no such option.
        """
        if fault.name not in OPTIONS:
            raise ValueError(f"no misbehaviour {fault.name!r}; there are {', '.join(OPTIONS)}")
        if unknown := set(fault.options) - OPTIONS[fault.name]:
            raise ValueError(f"{fault.name} has no options {sorted(unknown)}")
        with self._lock:
            self._queue.append(fault)

    def take(self, request: Request) -> Fault | None:
        """Return the fault for a request, and count it."""
        with self._lock:
            for fault in self._queue:
                if fault.spent or not fault.wants(request):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._queue.clear()


@dataclass
class Scene:
    """What a fault may look at: the request, the time, the other host, the answer it spoils."""

    request: Request
    options: dict[str, Any]
    now: float
    elsewhere: str
    answer: Answer = field(default_factory=Answer)

    def option(self, name: str, default: Any) -> Any:
        return self.options.get(name, default)


def _unauthorized(_: Scene) -> Answer:
    return bad_credentials().answer()


def bad_credentials() -> Refusal:
    """Return the refusal for a token that is none."""
    return Refusal(401, "Bad credentials")


def _primary_limit(scene: Scene) -> Answer:
    reset = int(scene.now + scene.option("reset_in", 1800))
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    headers |= {"X-RateLimit-Limit": "60", "X-RateLimit-Used": "60"}
    headers["X-RateLimit-Resource"] = scene.request.resource
    url = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
    message = "API rate limit exceeded for 127.0.0.1."
    status = scene.option("status", 403)
    return Refusal(status, message, headers, documentation_url=url).answer()


def _secondary_limit(scene: Scene) -> Answer:
    return secondary(scene.option("retry_after", None)).answer()


def _too_many(scene: Scene) -> Answer:
    answer = secondary(scene.option("retry_after", None), 429).answer()
    return (
        answer
        if scene.request.service == "github"
        else Answer.of(
            {"message": "Too Many Requests. Please wait.", "code": "429"},
            429,
            {key: value for key, value in answer.headers.items() if key == "Retry-After"},
        )
    )


def _not_found(_: Scene) -> Answer:
    return not_found().answer()


def _empty_repository(_: Scene) -> Answer:
    return Refusal(409, "Git Repository is empty.").answer()


def _unprocessable(_: Scene) -> Answer:
    return unprocessable("invalid", "The search is longer than 256 characters.").answer()


def _blocked(scene: Scene) -> Answer:
    return blocked(scene.option("reason", "dmca")).answer()


def _server_error(scene: Scene) -> Answer:
    return Answer.of({"message": "Server Error"}, scene.option("status", 502))


def _html(scene: Scene) -> Answer:
    body = (
        b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please wait.</body></html>"
    )
    return Answer(scene.option("status", 200), body, {"Content-Type": "text/html; charset=utf-8"})


def _graphql_rate_limited(scene: Scene) -> Answer:
    reset = str(int(scene.now + scene.option("reset_in", 1800)))
    error = {
        "type": scene.option("type", "RATE_LIMITED"),
        "message": "API rate limit exceeded for user ID 1.",
    }
    headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    return Answer.of({"errors": [error]}, 200, headers)


def _redirect(scene: Scene) -> Answer:
    query = f"?{urlencode(scene.request.query)}" if scene.request.query else ""
    here = scene.elsewhere + scene.request.path + query
    return Answer(scene.option("status", 302), b"", {"Location": scene.option("to", here)})


def _hang(_: Scene) -> Answer:
    return Answer(delivery="hang")


def _reset(_: Scene) -> Answer:
    return Answer(delivery="reset")


WHOLE: dict[str, Callable[[Scene], Answer]] = {
    "unauthorized": _unauthorized,
    "primary_limit": _primary_limit,
    "secondary_limit": _secondary_limit,
    "too_many": _too_many,
    "not_found": _not_found,
    "empty_repository": _empty_repository,
    "unprocessable": _unprocessable,
    "blocked": _blocked,
    "server_error": _server_error,
    "html": _html,
    "graphql_rate_limited": _graphql_rate_limited,
    "redirect": _redirect,
    "hang": _hang,
    "reset": _reset,
}


def _again(scene: Scene, document: Any) -> Answer:
    answer = Answer.of(document, scene.answer.status, scene.answer.headers)
    answer.headers.pop("ETag", None)
    return answer


def _node_lists(data: Any, path: list[Any]) -> list[tuple[list[Any], list[Any]]]:
    """Return the outermost lists of nodes, each with its path."""
    found: list[tuple[list[Any], list[Any]]] = []
    for key, value in (data or {}).items():
        if key == "nodes" and isinstance(value, list):
            return [(value, [*path, key])]
        if isinstance(value, dict):
            found += _node_lists(value, [*path, key])
    return found


def _graphql_partial(scene: Scene) -> Answer:
    document = copy.deepcopy(scene.answer.document)
    errors, data = document.setdefault("errors", []), document.get("data") or {}
    places = scene.option("indices", (0,))
    lists = _node_lists(data, [])
    if (lists and "search" in data) or "nodes" in data:
        nodes, path = lists[0]
        for place in places:
            if place < len(nodes):
                nodes[place] = None
                errors.append(_lost([*path, place]))
    else:
        names = [name for name in data if name not in {"rateLimit", "viewer"}]
        for place in places:
            data[names[place]] = None
            errors.append(_lost([names[place]]))
    return _again(scene, document)


def _lost(path: list[Any]) -> dict[str, Any]:
    message = "Could not resolve to a Repository with the name 'lost/lost'."
    where = [{"line": 1, "column": 1}]
    return {"type": "NOT_FOUND", "path": path, "locations": where, "message": message}


def _graphql_resource_limits(scene: Scene) -> Answer:
    document = copy.deepcopy(scene.answer.document)
    data = document.get("data") or {}
    error = {
        "type": "RESOURCE_LIMITS_EXCEEDED",
        "message": "Resource limits for this query exceeded.",
    }
    if scene.option("scope", "nodes") == "all":
        names = [name for name in data if name != "rateLimit"]
        document["errors"] = [error | {"path": [name]} for name in names]
        document["data"] = data | dict.fromkeys(names)
        return _again(scene, document)
    paths = []
    repos: list[tuple[dict[str, Any], list[Any]]] = [
        (one, [*path, at])
        for nodes, path in _node_lists(data, [])
        for at, one in enumerate(nodes)
        if one
    ]
    repos = repos or [(one, [name]) for name, one in data.items() if isinstance(one, dict)]
    for one, path in repos[scene.option("keep", len(repos) // 2) :]:
        for key, value in one.items():
            if isinstance(value, dict) and isinstance(value.get("nodes"), list):
                value["nodes"] = None
                paths.append([*path, key, "nodes"])
    document["errors"] = document.get("errors", []) + [error | {"path": path} for path in paths]
    return _again(scene, document)


def _incomplete(scene: Scene) -> Answer:
    keep = scene.option("keep", None)
    document = dict(scene.answer.document) | {"incomplete_results": True}
    if keep is not None:
        document["items"] = document["items"][:keep]
    return _again(scene, document)


def _huge_readme(scene: Scene) -> Answer:
    text = "# Large\n" + "words of a README " * (scene.option("size", HUGE) // 18 + 1)
    text = text[: scene.option("size", HUGE)]
    document = copy.deepcopy(scene.answer.document)
    if not isinstance(document, dict):
        return Answer(200, text.encode(), scene.answer.headers)
    if "content" in document:
        document |= {"content": base64.encodebytes(text.encode()).decode(), "size": len(text)}
    elif blob := _first_blob(document.get("data")):
        blob |= {"text": text} | ({"byteSize": len(text)} if "byteSize" in blob else {})
    return _again(scene, document)


def _first_blob(data: Any) -> dict[str, Any] | None:
    if isinstance(data, dict) and isinstance(data.get("text"), str):
        return data
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return next((found for one in inner if (found := _first_blob(one))), None)


def _drip(scene: Scene) -> Answer:
    scene.answer.delivery, scene.answer.pause_s = "drip", scene.option("pause_s", 1.0)
    return scene.answer


def _cut(scene: Scene) -> Answer:
    scene.answer.delivery = "cut"
    return scene.answer


def _bad_json(scene: Scene) -> Answer:
    body = scene.answer.body[: len(scene.answer.body) // 2] + b"\xff'}"
    return Answer(scene.answer.status, body, scene.answer.headers)


def _wrong_type(scene: Scene) -> Answer:
    document = scene.answer.document
    wrong: Any = [document] if isinstance(document, dict) else {"unexpected": True}
    return _again(scene, scene.option("document", wrong))


SPOILT: dict[str, Callable[[Scene], Answer]] = {
    "graphql_partial": _graphql_partial,
    "graphql_resource_limits": _graphql_resource_limits,
    "incomplete": _incomplete,
    "huge_readme": _huge_readme,
    "drip": _drip,
    "cut": _cut,
    "bad_json": _bad_json,
    "wrong_type": _wrong_type,
}
# The options that each takes, besides path, resource, times and after.
OPTIONS: dict[str, set[str]] = {name: set() for name in (*WHOLE, *SPOILT)} | {
    "primary_limit": {"reset_in", "status"},
    "secondary_limit": {"retry_after"},
    "too_many": {"retry_after"},
    "blocked": {"reason"},
    "server_error": {"status"},
    "html": {"status"},
    "graphql_rate_limited": {"type", "reset_in"},
    "redirect": {"status", "to"},
    "graphql_partial": {"indices"},
    "graphql_resource_limits": {"scope", "keep"},
    "incomplete": {"keep"},
    "huge_readme": {"size"},
    "drip": {"pause_s"},
    "wrong_type": {"document"},
}
