"""reprokit.cli.main: what holds for every command."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from reprokit import __version__
from reprokit.cli import main as command_line
from reprokit.cli.main import COMMANDS, main
from reprokit.cli.result import Notify, Result
from reprokit.errors import FolderExists, Unavailable

ESCAPES = "a\x1b[31mb\u202ec\nd"

# A program with one more command, `wait`, whose body is the argument.
PROGRAM = """
import signal, sys, types
# whoever runs the tests in the background or under nohup has some of them ignored
signal.signal(signal.SIGINT, signal.default_int_handler)
for name in ("SIGTERM", "SIGHUP"):
    if hasattr(signal, name):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
from pathlib import Path
from reprokit.cli import main
from reprokit.cli.result import Result
module = types.ModuleType("wait")
module.DESCRIPTION = module.EXAMPLES = ""
module.add_arguments = lambda parser: None
sys.modules["reprokit.cli.wait"] = module
main.COMMANDS["wait"] = ""
exec(sys.argv[1])
sys.exit(main.main(["wait", *sys.argv[2:]]))
"""

Run = Callable[[object, Notify], Result]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], None]:
    """Add a command `try` that runs a function."""

    def add(run: Run) -> None:
        module = ModuleType("try")
        vars(module).update(
            DESCRIPTION="", EXAMPLES="", add_arguments=lambda _parser: None, run=run
        )
        monkeypatch.setitem(sys.modules, "reprokit.cli.try", module)
        monkeypatch.setitem(command_line.COMMANDS, "try", "")

    return add


def start(body: str, *arguments: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, body, *arguments]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(
    ("arguments", "message", "where"),
    [
        (["nwe"], "invalid choice: 'nwe'", "reprokit --help"),
        (["--ofline"], "unrecognized arguments: --ofline", "reprokit --help"),
        (["--vers"], "unrecognized arguments: --vers", "reprokit --help"),
        (["new", "2011.14439", "--ofline"], "unrecognized arguments", "reprokit new --help"),
        (["new", "2011.14439", "--off"], "unrecognized arguments: --off", "reprokit new --help"),
        (["new", "--slug"], "argument --slug: expected one", "reprokit new --help"),
        (["gate", "--subject", "x"], "invalid choice: 'x'", "reprokit gate --help"),
        (["new", ESCAPES, "--x\x1b]0;"], "unrecognized arguments: --x]0;", "reprokit new --help"),
    ],
)
def test_a_wrong_command_line_is_two_lines_that_say_where_the_help_is(
    arguments: list[str], message: str, where: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2

    shown = capsys.readouterr()
    error, hint = shown.err.splitlines()
    assert error.startswith("error: ")
    assert message in error
    assert hint == f"hint: see `{where}`"
    assert shown.out == ""


def test_a_call_without_a_command_shows_the_help_as_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([]) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("usage: reprokit")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (FolderExists(f"{ESCAPES} exists", hint=f"choose {ESCAPES}"), 4),
        (Unavailable(f"{ESCAPES} exists", hint=f"choose {ESCAPES}"), 3),
    ],
)
def test_an_expected_error_is_two_clean_lines_and_the_exit_code_of_its_kind(
    error: Exception,
    code: int,
    install: Callable[[Run], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(_args: object, _notify: Notify) -> Result:
        raise error

    install(run)

    assert main(["try", "--json"]) == code
    shown = capsys.readouterr()
    assert shown.err == "error: a[31mbc d exists\nhint: choose a[31mbc d\n"
    assert shown.out == ""


def test_an_interrupted_command_ends_with_130(
    install: Callable[[Run], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_args: object, _notify: Notify) -> Result:
        raise KeyboardInterrupt

    install(run)

    assert main(["try"]) == 130
    assert capsys.readouterr().err.startswith("error: interrupted\nhint: ")


def test_a_bug_shows_its_traceback_and_where_to_report_it(
    install: Callable[[Run], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_args: object, _notify: Notify) -> Result:
        raise ValueError(ESCAPES)

    install(run)

    assert main(["try"]) == 70
    shown = capsys.readouterr()
    assert "Traceback" in shown.err
    assert f"error: this is a bug in reprokit {__version__}: ValueError: a[31mbc d\n" in shown.err
    assert shown.err.splitlines()[-1].startswith("hint: please send the lines above to ")
    assert "\x1b" not in shown.err
    assert shown.out == ""


def test_notices_go_to_stderr_in_one_clean_line_each(
    install: Callable[[Run], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def run(_args: object, notify: Notify) -> Result:
        notify(ESCAPES)
        return Result({"schema": 1, "title": ESCAPES}, f"  made {ESCAPES}", 1)

    install(run)

    assert main(["try"]) == 1
    shown = capsys.readouterr()
    assert shown.err == "a[31mbc d\n"
    assert shown.out == "  made a[31mbc\nd\n"


def test_json_is_one_document_and_nothing_else(
    install: Callable[[Run], None], capsys: pytest.CaptureFixture[str]
) -> None:
    install(lambda _args, _notify: Result({"schema": 1, "title": ESCAPES}, "made"))

    assert main(["try", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"schema": 1, "title": ESCAPES}


@pytest.mark.parametrize(
    ("arguments", "begin"),
    [
        (["--help"], "usage: reprokit [-h]"),
        (["new", "--help"], "usage: reprokit new"),
        (["--version"], f"reprokit {__version__}"),
    ],
)
def test_help_and_version_go_to_stdout(
    arguments: list[str], begin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 0

    shown = capsys.readouterr()
    assert shown.out.startswith(begin)
    assert shown.err == ""


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_an_example_in_its_help(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0

    shown = capsys.readouterr().out
    assert f"  reprokit {name}" in shown
    assert "--json" in shown


def test_help_imports_nothing_heavy() -> None:
    heavy = "torch hydra cookiecutter arxiv github requests jinja2 rich reprokit.pytest_plugin"
    code = (
        "import sys; from reprokit.cli.main import main; main(['--help'])\n"
        f"print(sorted(set('{heavy}'.split()) & set(sys.modules)), file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert done.stderr == "[]\n"


def test_the_package_can_be_run_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reprokit", "--version"], check=True, capture_output=True, text=True
    )

    assert done.stdout == f"reprokit {__version__}\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_polite_request_to_end_cleans_up(number: int, tmp_path: Path) -> None:
    body = f"""
def run(args, notify):
    from reprokit.scaffold.staging import staging_folder
    with staging_folder(Path({str(tmp_path)!r}) / "a" / "gan"):
        print("ready", flush=True)
        signal.pause()
module.run = run
"""
    with start(body, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)

    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_nohup_started_goes_on_when_the_terminal_goes_away() -> None:
    body = """
signal.signal(signal.SIGHUP, signal.SIG_IGN)
module.run = lambda args, notify: (signal.raise_signal(signal.SIGHUP), Result({}, "done"))[1]
"""
    with start(body) as process:
        assert process.communicate()[0] == "done\n"

    assert process.returncode == 0


@pytest.mark.parametrize("code", [0, 1])
def test_a_reader_that_goes_away_changes_no_exit_code_and_is_no_error(code: int) -> None:
    body = f"""
module.run = lambda args, notify: Result({{}}, "x" * 1_000_000, {code})
"""
    with start(body, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == ""

    assert process.returncode == code


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [([], b"\\u03b2\n"), (["--json"], '{\n  "name": "\u03b2"\n}\n'.encode())],
)
def test_a_terminal_that_cannot_show_a_letter_gets_an_escape_and_json_stays_utf_8(
    arguments: list[str], shown: bytes
) -> None:
    body = r"""
module.run = lambda args, notify: Result({"name": "\u03b2"}, "\u03b2")
"""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, body, *arguments],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=True,
        capture_output=True,
    )

    assert done.stdout == shown
