"""`reprokit status`: where a project stands, and the next step."""

import argparse
from pathlib import Path

from reprokit.cli.result import Notify, Result

DESCRIPTION = """\
Show the newest verdict of every stage, whether it still fits the code, and the next step.
"""
EXAMPLES = """\
example:
  reprokit status --project scaling_down_deep_learning_mnist_1d
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--project", metavar="DIR", default=".", help="default: this folder")


def run(args: argparse.Namespace, _notify: Notify) -> Result:
    """Read the ledger; nothing is run."""
    from reprokit.gates.settings import read_settings  # noqa: PLC0415  keeps --help fast
    from reprokit.gates.status import next_step, paper_record, stage_statuses  # noqa: PLC0415
    from reprokit.project import open_project  # noqa: PLC0415

    project = open_project(Path(args.project))
    statuses = stage_statuses(project)
    record = paper_record(project)
    overrides = read_settings(project).subjects.get("paper", ())
    step = next_step(statuses, overrides, has_record=record is not None and record["fits"])
    lines = [project.root.name]
    for status in statuses:
        subject = f" on the {status.subject}" if status.subject else ""
        stale = ", stale: code, settings or thresholds have changed since" * status.is_stale
        time = f"  {status.time}" if status.time else ""
        lines.append(f"  {status.stage:18} {status.verdict}{subject}{stale}{time}")
    lines.append(f"next: {step}")
    document = {
        "schema": 1,
        "project": project.root.name,
        "fingerprint": project.fingerprint(),
        "stages": [status.to_json() for status in statuses],
        "next": step,
    }
    return Result(document, "\n".join(lines))
