"""`reprokit find`: others' code for a paper, ranked, your own framework's folded away."""

import argparse
import os

from reprokit.cli.result import Notify, Result

DESCRIPTION = """\
Find the reimplementations of a paper: official code first, each with why it was found, its
framework, and what its issues teach.

Code in your own framework is folded away, and only its number is told: copying is too tempting.
Read its issues instead. PAPER is what `reprokit new` takes.
"""
EXAMPLES = """\
examples:
  reprokit find 1801.04406
  reprokit find 1801.04406 --framework jax      what to look away from when you write JAX
  reprokit find --issues OWNER/NAME             what the issues of one repository teach
GITHUB_TOKEN makes it faster: 5,000 requests an hour instead of 60.
"""

MAX_WAIT_S = 30.0
BUDGET_S = 90.0
_N_SHOWN_PITFALLS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("paper", nargs="?", metavar="PAPER", help="arXiv id, address or DOI")
    parser.add_argument(
        "--framework", metavar="NAME", default="pytorch", help="your own; default: pytorch"
    )
    parser.add_argument("--all", action="store_true", help="show your own framework's code as well")
    parser.add_argument(
        "--deep", metavar="N", type=int, default=5,
        help="read code and issues of the best N; default: 5",
    )  # fmt: skip
    parser.add_argument("--issues", metavar="OWNER/NAME", help="all issues of one repository")
    asking = parser.add_mutually_exclusive_group()
    asking.add_argument("--offline", action="store_true", help="ask nobody")
    asking.add_argument("--refresh", action="store_true", help="ask again, whatever is cached")


def run(args: argparse.Namespace, notify: Notify) -> Result:
    """Ask, rank, read; show what the user should see."""
    from reprokit.errors import UsageError  # noqa: PLC0415  keeps --help fast
    from reprokit.vocabulary import FRAMEWORKS  # noqa: PLC0415

    if (args.paper is None) == (args.issues is None):
        raise UsageError(
            "give one of PAPER and --issues OWNER/NAME", hint="reprokit find 1801.04406"
        )
    if args.framework not in FRAMEWORKS:
        raise UsageError(
            f"{args.framework!r} is no framework that is known here",
            hint=f"one of {', '.join(FRAMEWORKS)}",
        )
    if args.deep < 0:
        raise UsageError(f"--deep {args.deep} is negative", hint="--deep 5, for example")
    return run_issues(args, notify) if args.issues else run_paper(args, notify)


def run_paper(args: argparse.Namespace, notify: Notify) -> Result:
    """Find the code of a paper."""
    from reprokit import discovery  # noqa: PLC0415  keeps --help fast
    from reprokit.discovery.code import Asking  # noqa: PLC0415
    from reprokit.discovery.find import find_code as search_code  # noqa: PLC0415
    from reprokit.discovery.report import describe_findings  # noqa: PLC0415
    from reprokit.paper import ArxivId  # noqa: PLC0415

    wanted = ArxivId.parse(args.paper)
    options = discovery.Options(offline=args.offline, refresh=args.refresh)
    dossier = discovery.discover(wanted, options, environ=os.environ, notify=notify)
    asking = Asking(
        framework=args.framework, deep=args.deep, budget_s=BUDGET_S,
        is_offline=discovery.is_offline(options, os.environ), refresh=args.refresh,
    )  # fmt: skip
    found = search_code(dossier, asking, environ=os.environ, notify=notify, may_wait_s=MAX_WAIT_S)
    document = found.to_json(dossier.paper)
    if not args.all:
        document["reimplementations"] = [
            entry for entry in document["reimplementations"] if not entry["spoiler"]
        ]
        document["spoilers_folded"] = sum(i.is_spoiler for i in found.implementations)
    text = describe_findings(found, dossier.paper, framework=args.framework, is_whole=args.all)
    return Result(document, text)


def run_issues(args: argparse.Namespace, notify: Notify) -> Result:
    """Read all issues of one repository."""
    from reprokit import discovery  # noqa: PLC0415  keeps --help fast
    from reprokit.discovery.find import read_issues  # noqa: PLC0415
    from reprokit.discovery.report import describe_pitfalls  # noqa: PLC0415

    options = discovery.Options(offline=args.offline, refresh=args.refresh)
    pitfalls, n_read, missing = read_issues(
        args.issues, options, environ=os.environ, notify=notify, may_wait_s=MAX_WAIT_S
    )
    document = {
        "schema": 1,
        "repo": args.issues,
        "read": n_read,
        "pitfalls": [pitfall.to_json() for pitfall in pitfalls],
        "missing": list(missing),
    }
    lines = [f"{args.issues}: {n_read} issues and pull requests read"]
    lines += [f"  not known: {line}" for line in missing]
    return Result(document, "\n".join([*lines, *describe_pitfalls(pitfalls)]))
