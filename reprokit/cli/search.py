"""`reprokit search`: papers by words."""

import argparse
import os

from reprokit.cli.result import Notify, Result

DESCRIPTION = """\
Find papers that have all words in title, abstract or authors: on arXiv, and in the built-in
catalogue, whose papers stand first.
"""
EXAMPLES = """\
examples:
  reprokit search temporal convolutional network
  reprokit search --offline gan
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("words", nargs="+", metavar="WORDS", help="all of them are looked for")
    asking = parser.add_mutually_exclusive_group()
    asking.add_argument("--offline", action="store_true", help="the cache and the catalogue only")
    asking.add_argument("--refresh", action="store_true", help="ask again, whatever is cached")


def run(args: argparse.Namespace, notify: Notify) -> Result:
    """Ask; a line a paper."""
    from reprokit.discovery import Options  # noqa: PLC0415  keeps --help fast
    from reprokit.discovery.search import search_papers  # noqa: PLC0415

    options = Options(offline=args.offline, refresh=args.refresh)
    papers, reports = search_papers(args.words, options, environ=os.environ, notify=notify)
    document = {
        "schema": 1,
        "query": " ".join(args.words),
        "papers": [paper.to_json() for paper in papers],
        "sources": [{"name": r.name, "status": r.status, "detail": r.detail} for r in reports],
    }
    lines = [
        f"{paper.id!s:18} {(paper.published or '')[:4]:5} {paper.title}"
        + (f" ({paper.authors[0]}" + (" and others)" if len(paper.authors) > 1 else ")")
           if paper.authors else "")
        for paper in papers
    ]  # fmt: skip
    lines += [f"{r.name}: {r.status}: {r.detail}" for r in reports]
    return Result(document, "\n".join(lines))
