"""`reprokit gate`: run the stages of a project and judge them."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reprokit.cli.result import Notify, Result
from reprokit.errors import UnreadableFile
from reprokit.stages import STAGES, parse_stage

if TYPE_CHECKING:
    from reprokit.gates.verdict import StageVerdict

DESCRIPTION = """\
Run the stages of a project and judge them by their required checks.

A stage that fails stops those after it. Without STAGE all four are run; with one, the
stages before it that have no fresh pass in the ledger are run first.
"""
EXAMPLES = """\
examples:
  reprokit gate                 all four stages, the quick tier
  reprokit gate 2               the second one
  reprokit gate --subject paper fails while the paper's model is a stub
  reprokit gate --ci            for a workflow: annotations, step summary, loosened thresholds
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "stages", nargs="*", metavar="STAGE", help="1, overfit or 2_overfit; default: all four"
    )
    parser.add_argument("--project", metavar="DIR", default=".", help="default: this folder")
    parser.add_argument(
        "--subject",
        choices=("auto", "placeholder", "paper"),
        default="auto",
        help="what to train; auto takes the paper's model as soon as it exists",
    )
    parser.add_argument("--full", action="store_true", help="add trainings that take minutes")
    parser.add_argument(
        "--ci",
        action="store_true",
        help="trust no ledger; write annotations, a step summary and runs/gates.xml",
    )
    parser.add_argument("--junit", metavar="FILE", help="write the checks as JUnit XML here")


def run(args: argparse.Namespace, notify: Notify) -> Result:
    """Judge the stages; exit code 1 unless every one passed."""
    from reprokit.gates import ci  # noqa: PLC0415  keeps --help fast
    from reprokit.gates.runner import Request, run_gates  # noqa: PLC0415
    from reprokit.gates.settings import (  # noqa: PLC0415
        loosened_since_first_commit,
        read_settings,
    )
    from reprokit.gates.status import newest_paper_record  # noqa: PLC0415
    from reprokit.project import open_project  # noqa: PLC0415

    stages = tuple(stage for stage in STAGES if stage in {parse_stage(s) for s in args.stages})
    project = open_project(Path(args.project))
    request = Request(
        stages=stages,
        subject=args.subject,
        tier="full" if args.full else "quick",
        is_ledger_trusted=not args.ci,
    )
    report = run_gates(project, request, notify=notify)
    settings = read_settings(project)
    notices = [f"waived: {name}: {reason}" for name, reason in settings.waivers.items()]
    document = report.to_json()
    if args.ci:
        found = loosened_since_first_commit(project, settings)
        notices += [f"loosened: {sentence}" for sentence in found]
        document |= {"loosened": found, "paper_record": newest_paper_record(project)}
        scale = f"paper scale: {document['paper_record']}"
        append_summary(ci.summary(report, [*notices, scale]))
    if args.junit or args.ci:
        path = Path(args.junit) if args.junit else project.runs_dir / "gates.xml"
        write_file(path, ci.junit(report))
    lines = [*text_lines(report.stages), *notices, ci.headline(report)]
    if args.ci and not args.json:
        lines += [scale, *ci.annotations(report, notices)]
    return Result(document, "\n".join(lines), 0 if report.has_passed else 1)


def append_summary(text: str) -> None:
    """Append to the step summary of GitHub Actions, where there is one."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


def write_file(path: Path, text: str) -> None:
    """Write a file that was asked for on the command line."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UnreadableFile(
            f"cannot write {str(path)!r}: {error.strerror}",
            hint="give another file with --junit FILE",
        ) from error


def text_lines(stages: Sequence["StageVerdict"]) -> list[str]:
    """Return a line per stage and check, details below what did not pass."""
    lines = []
    for stage in stages:
        lines.append(f"{stage.stage} ({stage.subject}): {stage.verdict}")
        if stage.reason:
            lines.append(f"  {stage.reason}")
        for outcome in stage.outcomes:
            dots = "." * max(3, 40 - len(outcome.name))
            lines.append(f"  {outcome.name}{dots}{outcome.verdict}  {outcome.detail}")
    return lines
