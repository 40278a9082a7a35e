"""Read Python by patterns: what need not be valid, or is too much for syntax trees."""

import re
from collections import Counter
from collections.abc import Iterator

from reprokit.scanning.python_code import METHODS, Import, PythonCode

# Strings and comments: what stands in them is no code. Possessive: a text is walked once.
_NO_CODE = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'(?:[^'\\\n]|\\.)*+'?"
    r"|#[^\n]*+",
    re.DOTALL,
)
_IMPORT_LINE = re.compile(
    r"(?:^|[;:])[ \t]*+(?:"
    r"from[ \t]++(?P<module>\.{0,9}[\w.]{0,200})[ \t]*+import[ \t]*+"
    r"(?:\((?P<many>[^)]{0,4000})\)?|(?P<names>[^\n;(]{1,1000}))"
    r"|import[ \t]++(?P<modules>[^\n;]{1,1000}))",
    re.MULTILINE,
)
_ALIAS = re.compile(r"(?P<path>[A-Za-z_][\w.]{0,200}|\*)(?:\s+as\s+(?P<alias>[A-Za-z_]\w{0,99}))?")
_NAME = re.compile(r"(?<![\w.])([A-Za-z_]\w{0,99}+)((?:\.[A-Za-z_]\w{0,99}){0,6})")
_METHOD = re.compile(rf"\.({'|'.join(sorted(METHODS))})\b")
_DEFINITION = re.compile(
    r"^[ \t]*+(?:(?:def|class)[ \t]++(?P<a>\w{1,99})|(?P<b>[A-Za-z_]\w{0,99})[ \t]*+=(?!=)"
    r"[ \t]*+(?P<value>[A-Za-z_][\w.]{0,200}+(?![\w(\[]))?)",
    re.MULTILINE,
)
_CALLED_IMPORT = re.compile(
    r"(?:(?P<bound>\b[A-Za-z_]\w{0,60})[ \t]*=[ \t]*)?(?:importlib\.)?(?:import_module|__import__)"
    r"[ \t]?\([ \t]?[\"'](?P<module>[A-Za-z_][\w.]{0,99})[\"']"
)


def _blank(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")


def read_lines(text: str) -> PythonCode:
    """Return what a text says that need not be valid Python."""
    code = PythonCode()
    joined = text.replace("\\\r\n", " ").replace("\\\n", " ")
    bare = _NO_CODE.sub(_blank, joined)
    lines = _LineNumbers(bare)
    for match in _IMPORT_LINE.finditer(bare):
        code.imports.extend(_imports_of(match, lines.at(match.start())))
    for match in _DEFINITION.finditer(bare):
        code.defined.add(match["a"] or match["b"])
        if match["value"]:
            root, _, rest = match["value"].partition(".")
            code.assigned.append((match["b"], root, rest))
    for match in _CALLED_IMPORT.finditer(joined):
        if match.group().split("(")[0] in bare:
            line = joined.count("\n", 0, match.start()) + 1
            code.imports.append(Import(line, match["module"], 0, match["bound"] or ""))
    code.methods.update(_METHOD.findall(bare))
    _count_names(code, bare)
    return code


def _count_names(code: PythonCode, bare: str) -> None:
    """Count the uses of what may be imported: every name, after `import *`.

    A use is told to stand where its import stands: the imports are what is shown.
    """
    first: dict[str, int] = {}
    for found in code.imports:
        first.setdefault(found.bound, found.line)
    for name, root, _ in code.assigned:
        if root in first:
            first.setdefault(name, first[root])
    for (root, rest), count in Counter(_NAME.findall(bare)).items():
        line = first.get(root, first.get("*"))
        if line is not None:
            code.references[root, rest.lstrip(".")] = (count, line)


def _imports_of(match: re.Match[str], line: int) -> Iterator[Import]:
    listed = match["many"] or match["names"] or match["modules"] or ""
    for part in listed.split(",")[:200]:
        found = _ALIAS.match(part.strip())
        if found is None:
            continue
        path, alias = found["path"].strip("."), found["alias"]
        if match["module"] is None:
            yield Import(line, path, 0, alias or path.partition(".")[0])
        else:
            module = match["module"].lstrip(".")
            level = len(match["module"]) - len(module)
            yield Import(line, module.rstrip("."), level, alias or path, path)


class _LineNumbers:
    """Line numbers of positions that are asked for in rising order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._line = 1

    def at(self, position: int) -> int:
        if position < self._position:
            self._position, self._line = 0, 1
        self._line += self._text.count("\n", self._position, position)
        self._position = position
        return self._line
