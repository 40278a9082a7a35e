"""The command line: find the command, run it, render what it gives, choose the exit code."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from reprokit import __version__
from reprokit.errors import ReprokitError, UsageError

# Name and one line of help; a command's module is imported when it is called.
COMMANDS: Mapping[str, str] = {
    "new": "make a staged reproduction of a paper",
    "gate": "run the stages of a project and judge them",
    "status": "where a project stands, and the next step",
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
    signal.signal(signal.SIGTERM, interrupt)
    try:
        return run(arguments)
    except ReprokitError as error:
        sys.stderr.write(f"error: {terminal_safe(error.message)}\n")
        sys.stderr.write(f"hint: {terminal_safe(error.hint)}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: nothing half-written stays\n")
        return INTERRUPTED
    except BrokenPipeError:
        # the reader of a pipe has gone; the interpreter must not complain at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception:  # noqa: BLE001  the last place: what was not expected is a bug
        return report_bug()


def interrupt(_number: int, _frame: object) -> NoReturn:
    """Take a polite request to end as Ctrl-C, so that everything is cleaned up."""
    raise KeyboardInterrupt


def run(arguments: list[str]) -> int:
    """Parse the command line and run the command that it names."""
    name = next((word for word in arguments if not word.startswith("-")), None)
    parser, commands = build_parser()
    if name in COMMANDS:
        module = importlib.import_module(f"reprokit.cli.{name}")
        commands[name].description = module.DESCRIPTION
        commands[name].epilog = module.EXAMPLES
        module.add_arguments(commands[name])
    try:
        args = parser.parse_args(arguments)
    except SystemExit as done:  # --help and --version have printed
        return int(done.code or 0)
    if args.command is None:
        parser.print_help(sys.stderr)
        return UsageError.exit_code
    result = importlib.import_module(f"reprokit.cli.{args.command}").run(args, notify)
    render(result, is_json=args.json)
    return int(result.exit_code)


def build_parser() -> tuple[Parser, dict[str, argparse.ArgumentParser]]:
    """Return the parser, and that of each command, still without its arguments."""
    parser = Parser(
        prog="reprokit",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"reprokit {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    commands = {}
    for name, summary in COMMANDS.items():
        commands[name] = subparsers.add_parser(
            name, help=summary, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        commands[name].add_argument(
            "--json", action="store_true", help="print one JSON document on stdout"
        )
    return parser, commands


def render(result: Any, *, is_json: bool) -> None:
    """Print the result: the document for programs, the text for people."""
    from reprokit.quoting import clean_lines, dump_json  # noqa: PLC0415  keeps --help fast

    sys.stdout.write(dump_json(result.document) if is_json else clean_lines(result.text) + "\n")
    sys.stdout.flush()


def notify(line: str) -> None:
    """Print a line of progress or notice on stderr."""
    sys.stderr.write(f"{terminal_safe(line)}\n")
    sys.stderr.flush()


def terminal_safe(text: str) -> str:
    """Return the text in one line, without anything that a terminal acts on."""
    from reprokit.quoting import clean  # noqa: PLC0415  keeps --help fast

    return clean(text)


def report_bug() -> int:
    """Print the traceback of what was not expected, and where to report it."""
    import traceback  # noqa: PLC0415  keeps --help fast

    from reprokit.scaffold.provenance import installed, repository_url  # noqa: PLC0415

    traceback.print_exc()
    where = repository_url(installed()) or "whoever gave you this copy"
    sys.stderr.write(f"error: this is a bug in reprokit {__version__}\n")
    sys.stderr.write(f"hint: please send the lines above to {where}\n")
    return BUG


if __name__ == "__main__":
    sys.exit(main())
