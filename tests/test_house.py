"""The house keeps its measure: short functions, short files, everything annotated."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

import reprokit

PACKAGE = Path(reprokit.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FUNCTION, LONGEST_FILE, MEDIAN_FUNCTION = 45, 300, 12


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield f"{path.name}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_and_no_function_is_too_long(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE
    assert [name for name, lines in functions(path) if lines > LONGEST_FUNCTION] == []


def test_the_median_function_is_short() -> None:
    lengths = [lines for path in FILES for _, lines in functions(path)]
    assert statistics.median(lengths) <= MEDIAN_FUNCTION


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_only_the_command_line_prints(path: Path) -> None:
    if path.parent.name == "cli":
        return
    names = {
        node.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Name)
    }
    assert "print" not in names
