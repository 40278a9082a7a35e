"""README and documentation say what the command line does, word for word."""

import contextlib
import io
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reprokit.checks.battery import CHECKS
from reprokit.cli.main import COMMANDS, main

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
PAGES = [page for page in PAGES if "_build" not in page.parts]


def printed(*arguments: str) -> str:
    output = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        with contextlib.redirect_stdout(output):
            main(list(arguments))
    return output.getvalue()


def block_after(text: str, marker: str) -> str:
    _, found, rest = text.partition(f"<!-- {marker} -->")
    assert found, f"no <!-- {marker} -->"
    match = re.search(r"```\w*\n(.*?)```", rest, re.DOTALL)
    assert match is not None
    return match.group(1)


def command_lines(page: Path) -> Iterator[str]:
    for block in re.findall(r"```\w*\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("reprokit "):
                yield re.split(r"\s{2,}", line)[0]


# Python 3.13 prints the names of an option's argument once
as_printed_here = pytest.mark.skipif(
    sys.version_info >= (3, 13), reason="the pages show the help as Python 3.11 and 3.12 print it"
)


@as_printed_here
def test_the_readme_shows_the_help_as_it_is() -> None:
    assert block_after((ROOT / "README.md").read_text("utf-8"), "help") == printed("--help")


@as_printed_here
@pytest.mark.parametrize("command", COMMANDS)
def test_the_reference_shows_each_command_s_help_as_it_is(command: str) -> None:
    text = (ROOT / "docs" / "cli.md").read_text("utf-8")
    assert block_after(text, command) == printed(command, "--help")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_line_shown_names_a_command_that_exists(page: Path) -> None:
    for line in command_lines(page):
        words = shlex.split(line)
        assert words[1] in (*COMMANDS, "--help", "--version") or words[1].startswith("<"), line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_check_has_a_page_that_says_what_it_finds_and_how_and_at_which_cost() -> None:
    pages = {page.stem: page.read_text("utf-8") for page in (ROOT / "docs/checks").glob("*.md")}
    assert pages.keys() == {*CHECKS, "index"}
    for name in CHECKS:
        headings = re.findall(r"^## (.+)$", pages[name], re.MULTILINE)
        assert headings == ["Finds", "How", "Cost", "False alarms", "Reference"], name


def test_each_command_has_one_line_of_help() -> None:
    assert all(summary and "\n" not in summary for summary in COMMANDS.values())
