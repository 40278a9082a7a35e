"""The command line: find the command, run it, render what it gives, choose the exit code."""

import argparse
import importlib
import io
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TextIO

from reprokit import __version__
from reprokit.errors import ReprokitError, UsageError

# Name and one line of help; a command's module is imported when it is called.
COMMANDS: Mapping[str, str] = {
    "new": "make a staged reproduction of a paper",
    "find": "others' code for a paper, your own framework's folded away",
    "show": "what is known of a paper; writes nothing",
    "search": "papers by words, on arXiv and in the catalogue",
    "gate": "run the stages of a project and judge them",
    "check": "the battery of checks on any training program",
    "status": "where a project stands, and the next step",
    "doctor": "what works here, and what does not",
}

DESCRIPTION = """\
Turn a machine-learning paper into a staged reproduction whose gates find bugs.
"""

EPILOG = """\
example:
  reprokit new 2011.14439       make a reproduction of arXiv paper 2011.14439
  cd scaling_down_deep_learning_mnist_1d
  reprokit gate                 train and judge its four stages
  reprokit status               where it stands, and the next step
"""

BUG = 70
INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are errors like all others."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the command line, and where the help is."""
        raise UsageError(message, hint=f"see `{self.prog} --help`")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    end_like_ctrl_c()
    try:
        return run(arguments)
    except ReprokitError as error:
        report(error.message, error.hint)
        return error.exit_code
    except KeyboardInterrupt:
        report("interrupted", "nothing half-written stays; run the same command again")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  the last place: what was not expected is a bug
        return report_bug(error)


def end_like_ctrl_c() -> None:
    """Let SIGTERM, and a terminal that goes away, end a command as Ctrl-C does: cleaning up."""
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        number = getattr(signal, name, None)
        # nohup has SIGHUP ignored on purpose
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, interrupt)


def interrupt(_number: int, _frame: object) -> NoReturn:
    """Take a polite request to end as Ctrl-C, so that everything is cleaned up."""
    raise KeyboardInterrupt


def run(arguments: list[str]) -> int:
    """Parse the command line and run the command that it names."""
    name = next((word for word in arguments if not word.startswith("-")), None)
    parser, commands = build_parser()
    if name is not None and name in COMMANDS:
        module = importlib.import_module(f"reprokit.cli.{name}")
        commands[name].description = module.DESCRIPTION
        commands[name].epilog = module.EXAMPLES
        module.add_arguments(commands[name])
    try:
        args, unknown = parser.parse_known_args(arguments)
    except SystemExit:  # --help and --version have printed
        return 0
    if unknown:
        commands.get(args.command, parser).error(f"unrecognized arguments: {' '.join(unknown)}")
    if args.command is None:
        write(sys.stderr, parser.format_help())
        return UsageError.exit_code
    result = importlib.import_module(f"reprokit.cli.{args.command}").run(args, notify)
    render(result, is_json=args.json)
    return int(result.exit_code)


def build_parser() -> tuple[Parser, dict[str, Parser]]:
    """Return the parser, and that of each command, still without its arguments."""
    parser = Parser(
        prog="reprokit",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"reprokit {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    commands = {}
    for name, summary in COMMANDS.items():
        commands[name] = subparsers.add_parser(
            name,
            help=summary,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        commands[name].add_argument(
            "--json", action="store_true", help="print one JSON document on stdout"
        )
    return parser, commands


def render(result: Any, *, is_json: bool) -> None:
    """Print the result: the document for programs, the text for people."""
    from reprokit.quoting import dump_json, printable  # noqa: PLC0415  keeps --help fast

    if is_json:
        write(sys.stdout, dump_json(result.document), encoding="utf-8")
    else:
        write(sys.stdout, f"{printable(result.text)}\n")


def notify(line: str) -> None:
    """Print a line of progress or notice on stderr."""
    from reprokit.quoting import clean  # noqa: PLC0415  keeps --help fast

    write(sys.stderr, f"{clean(line)}\n")


def report(message: str, hint: str) -> None:
    """Print an error: what is wrong, and what to do."""
    notify(f"error: {message}")
    notify(f"hint: {hint}")


def write(stream: TextIO, text: str, encoding: str | None = None) -> None:
    """Write to a stream; what its encoding cannot show is escaped."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding=encoding, errors="backslashreplace")
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        # the reader has seen enough: the rest is not shown, and the interpreter's end is quiet
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def report_bug(error: Exception) -> int:
    """Print the traceback of what was not expected, and where to report it."""
    import traceback  # noqa: PLC0415  keeps --help fast

    from reprokit.quoting import printable  # noqa: PLC0415
    from reprokit.scaffold.provenance import installed, repository_url  # noqa: PLC0415

    write(sys.stderr, printable("".join(traceback.format_exception(error))))
    where = repository_url(installed()) or "whoever gave you this copy"
    report(
        f"this is a bug in reprokit {__version__}: {type(error).__name__}: {error}",
        f"please send the lines above to {where}",
    )
    return BUG


if __name__ == "__main__":
    sys.exit(main())
