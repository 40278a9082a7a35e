"""Leads as documents, to be kept and read again."""

from collections.abc import Mapping, Sequence
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
