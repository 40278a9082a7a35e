"""`reprokit check`: the battery of checks on any training program."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from reprokit.cli.result import Notify, Result
from reprokit.errors import UnreadableFile, UsageError
from reprokit.stages import parse_stage

if TYPE_CHECKING:
    from reprokit.checks.process import Inspection

DESCRIPTION = """\
Run the battery of checks on a training program: a Python file whose functions follow the
protocol (FAMILY, SPEC, setup, batches, loss_fn, train_step, evaluate, save, load; see the docs).
It runs in a process of its own. A check whose function is missing is skipped, never passed.
"""

EXAMPLES = """\
examples:
  reprokit check train.py                       all quick checks of its family
  reprokit check train.py --stage 1             those of stage 1
  reprokit check train.py --check bitwise_resume
  reprokit check train.py --full                also the trainings that cost more
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("program", metavar="PROGRAM.py", help="the training program")
    parser.add_argument("--stage", metavar="S", help="only this stage: 1, overfit, 3_generalize")
    parser.add_argument(
        "--check", metavar="NAME", action="append", default=[], help="only this check (repeatable)"
    )
    parser.add_argument("--full", action="store_true", help="also the checks that train again")
    parser.add_argument("--seed", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument(
        "--limit", type=float, default=300.0, metavar="SECONDS",
        help="how long a check may take (default: 300)",
    )  # fmt: skip


def run(args: argparse.Namespace, notify: Notify) -> Result:
    """Inspect the program; exit 1 where a check failed or was in error."""
    import importlib.util  # noqa: PLC0415  keeps --help fast

    from reprokit.checks import process  # noqa: PLC0415  keeps --help fast
    from reprokit.checks.required import check_names  # noqa: PLC0415

    path = Path(args.program)
    if not path.is_file():
        raise UnreadableFile(
            f"no file {args.program!r}", hint="give the path of a training program"
        )
    if importlib.util.find_spec("torch") is None:
        raise UsageError("torch is not installed", hint="pip install 'reprokit-papers[checks]'")
    unknown = [name for name in args.check if name not in check_names()]
    if unknown:
        raise UsageError(
            f"no check {unknown[0]!r}", hint=f"known: {', '.join(sorted(check_names()))}"
        )
    stage = parse_stage(args.stage) if args.stage else ""
    try:
        found = process.inspect(
            path, checks=args.check, stage=stage, tier="full" if args.full else "quick",
            seed=args.seed, limit=args.limit,
            notify=lambda o: notify(f"{o.stage}: {o.name}: {o.verdict} ({o.seconds:.1f} s)"),
        )  # fmt: skip
    except process.NotAProgram as error:
        raise UsageError(
            f"{args.program!r} is no training program: {error}",
            hint="it declares FAMILY and the protocol's functions: see `reprokit check --help`",
        ) from error
    return Result({"schema": 1, **found.to_json()}, text_of(found), 0 if found.has_passed else 1)


def text_of(found: "Inspection") -> str:
    """Return a line a check, by stage, and a last line with the numbers."""
    lines, stage = [], ""
    for outcome in found.outcomes:
        if outcome.stage != stage:
            stage = outcome.stage
            lines.append(stage)
        dots = "." * max(3, 36 - len(outcome.name))
        lines.append(
            f"  {outcome.name}{dots}{outcome.verdict:8}{outcome.seconds:5.1f} s  {outcome.detail}"
        )
    counts = {
        v: sum(o.verdict == v for o in found.outcomes)
        for v in ("passed", "failed", "error", "skipped")
    }
    total = sum(outcome.seconds for outcome in found.outcomes)
    numbers = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    lines.append(f"{found.family}: {numbers} in {total:.1f} s")
    return "\n".join(lines)
