"""Answers: asked for in a thread, and as documents that are kept and read again."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from reprokit.repositories import Lead, Mention, Repository


def to_json(leads: Sequence[Lead]) -> list[dict[str, Any]]:
    """Return leads as JSON documents."""
    return [
        {
            "repository": lead.repository.to_json(),
            "mentions": [[m.source, m.kind, m.detail, m.url] for m in lead.mentions],
        }
        for lead in leads
    ]


def read_leads(answer: Mapping[str, Any]) -> list[Lead]:
    """Return the leads of an answer; what is not one is left out."""
    found = []
    for document in answer.get("leads", ()):
        try:
            mentions = tuple(Mention(*map(str, m)) for m in document["mentions"])
            found.append(Lead(Repository.from_json(document["repository"]), mentions))
        except (TypeError, ValueError, KeyError):
            continue
    return found


def started(ask: Callable[[], Mapping[str, Any]]) -> "Future[Mapping[str, Any]]":
    """Return the future answer of what is asked in a thread that nobody has to wait for.

    A pool's threads are waited for at the interpreter's end; one that hangs would hold it up.
    """
    future: Future[Mapping[str, Any]] = Future()

    def run() -> None:
        try:
            future.set_result(ask())
        except Exception as error:  # noqa: BLE001  carried over to whoever asks for the result
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
