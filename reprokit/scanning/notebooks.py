"""Notebooks: their code without magics and shell lines, also where the JSON is broken."""

import json
import re
from typing import Any

LONGEST = 8_000_000

# Cell magics after which the cell is Python all the same.
_PYTHON_MAGICS = {"time", "timeit", "capture", "prun", "memit", "wandb", "mprun", "snakeviz"}
_SHELL = re.compile(r"^(?P<indent>[ \t]*)(?:[!%?]|\w[\w, ]{0,99}=[ \t]*[!%])[^\n]*", re.MULTILINE)
_STRING_LINE = re.compile(r'^[ \t]*("(?:[^"\\\n]|\\.){0,5000}+"),?[ \t]*\r?$', re.MULTILINE)
_CODE_CELL = re.compile(r'"cell_type"[ \t]*:[ \t]*"(code|markdown|raw)"')


def code_cells(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return the language of a notebook and its code cells, each with its number from 1 on.

    Args:
        text: The JSON, of format 3 or 4; of broken JSON the lines of its strings are one cell.
    """
    try:
        document = json.loads(text[:LONGEST])
    except (ValueError, RecursionError):
        return "python", [(1, _strings(text[:LONGEST]))]
    if not isinstance(document, dict):
        return "python", []
    found = []
    for number, cell in enumerate(_cells(document), 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            found.append((number, _text(cell.get("source", cell.get("input")))))
    return _language(document), found


def python_of(cell: str) -> str:
    """Return the Python of a cell: no magics, no shell lines, nothing of other languages."""
    first, _, rest = cell.lstrip().partition("\n")
    if first.startswith("%%"):
        words = first[2:].split()
        name = words[0] if words else ""
        writes_python = name in {"writefile", "file"} and words[-1].endswith(".py")
        if name not in _PYTHON_MAGICS and not writes_python:
            return ""
        cell = rest
    return _SHELL.sub(lambda match: match["indent"] + "pass", cell)


def _cells(document: dict[str, Any]) -> list[Any]:
    cells = document.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = document.get("worksheets")
    if not isinstance(sheets, list):
        return []
    inner = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for cells in inner if isinstance(cells, list) for cell in cells]


def _text(source: Any) -> str:
    if isinstance(source, list):
        return "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _language(document: dict[str, Any]) -> str:
    metadata = document.get("metadata")
    if not isinstance(metadata, dict):
        return "python"
    for key, name in (
        ("language_info", "name"),
        ("kernelspec", "language"),
        ("kernelspec", "name"),
    ):
        part = metadata.get(key)
        if isinstance(part, dict) and isinstance(part.get(name), str):
            return str(part[name]).lower()
    return "python"


def _strings(text: str) -> str:
    """Return the lines of a notebook whose JSON is broken: one string stands on each."""
    lines = []
    is_code = True
    for line in text.splitlines()[:200_000]:
        kind = _CODE_CELL.search(line[:200])
        if kind:
            is_code = kind[1] == "code"
        match = _STRING_LINE.match(line) if is_code else None
        if match:
            lines.append(_unescaped(match[1]))
    return "".join(lines)


def _unescaped(quoted: str) -> str:
    try:
        return str(json.loads(quoted)).rstrip("\n") + "\n"
    except ValueError:
        return ""
