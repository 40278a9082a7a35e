"""`reprokit new`: make a staged reproduction of a paper."""

import argparse
import os
import shlex
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reprokit.cli.result import Notify, Result
from reprokit.errors import UsageError

if TYPE_CHECKING:
    from reprokit.discovery.code import Asking
    from reprokit.discovery.findings import Findings
    from reprokit.dossier import Dossier
    from reprokit.project import Project

DESCRIPTION = """\
Find out what is known of a paper and generate a repository for its staged reproduction.

PAPER is an arXiv id, old or new, with or without version; an arxiv.org, huggingface.co/papers
or alphaxiv.org address; or a DOI 10.48550/arXiv.*. A paper without an arXiv id starts from
--from FILE or --title T --url U.
"""
EXAMPLES = """\
examples:
  reprokit new 2011.14439
  reprokit new https://arxiv.org/abs/hep-th/9901001v2 --slug strings
  reprokit new --title "A student's paper" --url https://example.org/paper
  reprokit new 2011.14439 --offline     from the cache and the built-in catalogue
"""


# Nobody waits longer for all services together, and the search for code has at least so much.
BUDGET_S = 18.0
LEAST_S = 2.0

# What is kept of the command line in the project's stamp.
INPUTS = ("paper", "file", "title", "url", "slug", "area", "framework", "offline")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("paper", nargs="?", metavar="PAPER", help="arXiv id, address or DOI")
    parser.add_argument("--from", dest="file", metavar="FILE", help="what is known, as JSON")
    parser.add_argument("--title", metavar="T", help="the title of a paper without an arXiv id")
    parser.add_argument("--url", metavar="U", help="where that paper is")
    parser.add_argument("-o", "--output", metavar="DIR", default=".", help="default: this folder")
    parser.add_argument(
        "--slug", metavar="NAME", help="the project's name; default: from the title"
    )
    parser.add_argument(
        "--area",
        metavar="AREA",
        default="auto",
        help="cnn, or another area; auto takes what is known of the paper",
    )
    parser.add_argument("--framework", metavar="NAME", default="pytorch", help="pytorch")
    asking = parser.add_mutually_exclusive_group()
    asking.add_argument("--offline", action="store_true", help="ask nobody")
    asking.add_argument("--refresh", action="store_true", help="ask again, whatever is cached")


def run(args: argparse.Namespace, notify: Notify) -> Result:
    """Ask, choose name and area, generate."""
    from reprokit.scaffold import check_slug, make_project, make_slug  # noqa: PLC0415
    from reprokit.scaffold.staging import refuse_existing  # noqa: PLC0415  keeps --help fast

    check_arguments(args)
    output = Path(args.output)
    if args.slug is not None:
        refuse_existing(output / check_slug(args.slug))
    ends_at = time.monotonic() + BUDGET_S
    dossier = find_dossier(args, notify)
    found = find_code(args, dossier, notify, ends_at - time.monotonic())
    dossier = with_drafts(args, dossier, notify, ends_at - time.monotonic())
    slug = args.slug or make_slug(dossier.paper.title, dossier.paper.id)
    area = choose_area(args.area, dossier, notify)
    project = make_project(
        dossier,
        target=output / slug,
        area=area,
        inputs=list_inputs(args),
        environ=os.environ,
        notify=notify,
        documents=notes_of(found, dossier, args.framework),
    )
    dossier = replace(dossier, sources=(*dossier.sources, *(found.sources if found else ())))
    lines = text(project, area, dossier, found)
    return Result(document(project, area, dossier), lines)


def check_arguments(args: argparse.Namespace) -> None:
    """Refuse a command line that names no paper, or two.

    Raises:
        UsageError: Saying which.
    """
    from reprokit.scaffold import check_area  # noqa: PLC0415  keeps --help fast

    given = [args.paper is not None, args.file is not None, args.title is not None]
    if sum(given) != 1:
        raise UsageError(
            "give one of PAPER, --from FILE and --title T --url U",
            hint="reprokit new 2011.14439, for example",
        )
    if (args.title is None) != (args.url is None):
        raise UsageError(
            "--title and --url go together",
            hint='--title "A paper" --url https://example.org/paper',
        )
    if args.framework != "pytorch":
        raise UsageError(
            f"{args.framework!r} is no framework that reprokit generates", hint="use pytorch"
        )
    if args.area != "auto":
        check_area(args.area)


def find_dossier(args: argparse.Namespace, notify: Notify) -> "Dossier":
    """Return what is known of the paper that the command line names."""
    from reprokit import discovery  # noqa: PLC0415  keeps --help fast
    from reprokit.paper import ArxivId  # noqa: PLC0415

    if args.file is not None:
        return discovery.from_file(Path(args.file))
    if args.title is not None:
        return discovery.from_title(args.title, args.url)
    paper = ArxivId.parse(args.paper)
    options = discovery.Options(offline=args.offline, refresh=args.refresh)
    return discovery.discover(paper, options, environ=os.environ, notify=notify)


def asking_of(args: argparse.Namespace, seconds: float) -> "Asking":
    """Return how others' code is searched for, in the time that is left."""
    from reprokit import discovery  # noqa: PLC0415  keeps --help fast
    from reprokit.discovery.code import Asking  # noqa: PLC0415

    options = discovery.Options(offline=args.offline, refresh=args.refresh)
    is_offline = discovery.is_offline(options, os.environ)
    return Asking(args.framework, budget_s=seconds, is_offline=is_offline, refresh=args.refresh)


def find_code(
    args: argparse.Namespace, dossier: "Dossier", notify: Notify, seconds: float
) -> "Findings | None":
    """Return others' code for the paper; nothing is waited for.

    None where nobody may be asked and nothing is kept: then the catalogue's stands alone.
    """
    from reprokit import discovery  # noqa: PLC0415  keeps --help fast
    from reprokit.cache import Cache, cache_dir  # noqa: PLC0415

    options = discovery.Options(offline=args.offline)
    cache, key = Cache(cache_dir(os.environ)), f"leads:{dossier.paper.id}"
    has_answers = any(cache.get(name, key) for name in ("huggingface", "paperswithcode"))
    if discovery.is_offline(options, os.environ) and not has_answers:
        return None  # and the search is not even imported: it costs a tenth of a second
    from reprokit.discovery.find import find_code as search_code  # noqa: PLC0415

    asking = asking_of(args, max(seconds, LEAST_S))
    return search_code(dossier, asking, environ=os.environ, notify=notify)


def with_drafts(
    args: argparse.Namespace, dossier: "Dossier", notify: Notify, seconds: float
) -> "Dossier":
    """Return the dossier with the results that lists have for the paper, as drafts."""
    if args.offline or seconds < 1:
        return dossier
    from reprokit.discovery.find import draft_claims  # noqa: PLC0415  keeps --help fast

    asking = asking_of(args, seconds)
    drafts = draft_claims(dossier.paper, asking, environ=os.environ, notify=notify)
    known = {claim.id for claim in dossier.claims}
    new = tuple(claim for claim in drafts if claim.id not in known)
    return replace(dossier, claims=(*dossier.claims, *new))


def notes_of(found: "Findings | None", dossier: "Dossier", framework: str) -> dict[str, str]:
    """Return the project's files about others' code, by path."""
    if found is None:
        return {}
    from reprokit.discovery.report import render_implementations  # noqa: PLC0415
    from reprokit.notes import render_pitfalls  # noqa: PLC0415
    from reprokit.quoting import dump_json  # noqa: PLC0415

    spoilers = {i.repository.name for i in found.implementations if i.is_spoiler}
    return {
        "reimplementations.json": dump_json(found.to_json(dossier.paper)),
        "notes/reimplementations.md": render_implementations(found, framework=framework),
        "notes/pitfalls.md": render_pitfalls(found.pitfalls, fold=spoilers),
    }


def choose_area(asked: str, dossier: "Dossier", notify: Notify) -> str:
    """Return the area; say so where the base alone has to do."""
    from reprokit.scaffold.template import list_areas, templates_dir  # noqa: PLC0415

    area = dossier.area or "other" if asked == "auto" else asked
    if area not in list_areas(templates_dir()):
        known = "not known" if area == "other" else f"{area}, which has no template yet"
        notify(f"the paper's area is {known}: the base is used; --area NAME chooses another")
    return area


def list_inputs(args: argparse.Namespace) -> dict[str, Any]:
    """Return what was asked for, for the project's stamp: committed, so without local paths."""
    given = {name: getattr(args, name) for name in INPUTS}
    return given | {"file": Path(args.file).name if args.file is not None else None}


def document(project: "Project", area: str, dossier: "Dossier") -> dict[str, Any]:
    """Return what `--json` prints."""
    return {
        "schema": 1,
        "project": str(project.root.resolve()),
        "slug": project.root.name,
        "area": area,
        "paper": dossier.paper.to_json(),
        "sources": [
            {"name": report.name, "status": report.status, "detail": report.detail}
            for report in dossier.sources
        ],
    }


def text(project: "Project", area: str, dossier: "Dossier", found: "Findings | None") -> str:
    """Return what people read: what was made, of what, and what to type next."""
    layers = ", ".join(project.stamp()["overlays"])
    lines = [dossier.paper.title, f"  in {project.root} ({area}: {layers})"]
    lines += [f"  {source.name}: {source.status}: {source.detail}" for source in dossier.sources]
    lines += [
        f"  {len(dossier.facts)} facts, {len(dossier.claims)} claims, each with its source",
        code_line(found),
        "next:",
        f"  cd {shlex.quote(str(project.root))}",
        "  python -m pip install '.[gates,dev]'",
        "  reprokit gate",
    ]
    return "\n".join(lines)


def code_line(found: "Findings | None") -> str:
    """Return in one line how much of others' code was found, and where its notes are."""
    if found is None:
        return "  others' code: nobody was asked; `reprokit find` asks"
    from reprokit.discovery.report import is_close  # noqa: PLC0415  keeps --help fast

    close = [i for i in found.implementations if is_close(i)]
    folded = sum(i.is_spoiler for i in close)
    shown = len(close) - folded
    return (
        f"  {shown} reimplementations to read, {folded} in your framework folded away, "
        f"{len(found.pitfalls)} of their issues: notes/reimplementations.md, notes/pitfalls.md"
    )
