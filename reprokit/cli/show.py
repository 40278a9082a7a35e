"""`reprokit show`: the dossier of a paper as a card; writes nothing."""

import argparse
import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from reprokit.cli.result import Notify, Result

if TYPE_CHECKING:
    from reprokit.dossier import Dossier

DESCRIPTION = """\
Show what is known of a paper: its record, the stated facts and claims with their sources, others'
code that the catalogue names, and what stands where. Writes nothing.
"""
EXAMPLES = """\
examples:
  reprokit show 2011.14439
  reprokit show https://arxiv.org/abs/1801.04406 --offline
"""
_MOST_AUTHORS = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("paper", metavar="PAPER", help="arXiv id, address or DOI")
    asking = parser.add_mutually_exclusive_group()
    asking.add_argument("--offline", action="store_true", help="ask nobody")
    asking.add_argument("--refresh", action="store_true", help="ask again, whatever is cached")


def run(args: argparse.Namespace, notify: Notify) -> Result:
    """Ask, and show the card."""
    from reprokit import discovery  # noqa: PLC0415  keeps --help fast
    from reprokit.paper import ArxivId  # noqa: PLC0415

    options = discovery.Options(offline=args.offline, refresh=args.refresh)
    wanted = ArxivId.parse(args.paper)
    dossier = discovery.discover(wanted, options, environ=os.environ, notify=notify)
    document = {
        **dossier.to_json(),
        "sources": [asdict(report) for report in dossier.sources],
    }
    return Result(document, "\n".join(card(dossier)))


def card(dossier: "Dossier") -> Iterator[str]:
    """Yield the lines of the card."""
    paper = dossier.paper
    yield paper.title
    authors = ", ".join(paper.authors[:_MOST_AUTHORS])
    more = len(paper.authors) - _MOST_AUTHORS
    parts = [authors + (f" and {more} more" if more > 0 else ""), paper.published, paper.url]
    yield "  " + " · ".join(part for part in parts if part)
    if paper.comment:
        yield f"  comment: {paper.comment}"
    if paper.withdrawn:
        yield "  withdrawn by its authors"
    if dossier.area:
        yield f"  area: {dossier.area}"
    for fact in dossier.facts:
        context = f" ({fact.context})" if fact.context else ""
        yield f"  {fact.name} = {fact.value!r}{context}  [{fact.source}]"
    for claim in dossier.claims:
        shown = f"{claim.value} {claim.unit}".strip()
        yield f"  {claim.dataset}: {claim.metric} of {claim.method} = {shown}  [{claim.source}]"
    for code in dossier.reimplementations:
        mark = ", official" if code.official else ""
        yield f"  code: {code.repo} ({code.framework}{mark})  [{code.source}]"
    for pitfall in dossier.pitfalls:
        yield f"  pitfall: {pitfall.value}  [{pitfall.source}]"
    for report in dossier.sources:
        yield f"  {report.name}: {report.status}: {report.detail}"
