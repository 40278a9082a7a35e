"""Read Python by its syntax tree.

Python 2, broken and hostile files have none: they are read by patterns instead, which see the
same things but for the meaning of brackets.
"""

import ast
import re
from collections.abc import Iterator
from typing import Any

from reprokit.scanning.python_code import METHODS, Import, PythonCode
from reprokit.scanning.python_lines import read_lines

# Nothing that people write by hand is longer; a longer text is read to here.
LONGEST = 400_000

_MOST_SEGMENTS = 6
_LONGEST_MODULE = 100


def read_python(text: str, *, exact: bool = True) -> PythonCode:
    """Return what a Python text says; any text is read, whatever its state.

    Args:
        text: The source; null bytes and a byte order mark are dropped.
        exact: Build the syntax tree where that is possible; patterns are faster.
    """
    text = text[:LONGEST].replace("\0", "").lstrip("\ufeff")
    if exact:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            pass
        else:
            return _read_tree(tree)
    return read_lines(text)


def _read_tree(tree: ast.AST) -> PythonCode:
    code = PythonCode()
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind in _LEAVES:
            continue
        if kind is ast.Attribute:
            stack.extend(_read_attribute(code, node))
        elif kind is ast.Name:
            _read_name(code, node)
        elif kind is ast.If and _is_for_types(node.test):
            stack.extend(node.orelse)
        else:
            if kind in _TOLD:
                _read_statement(code, node)
            for name in node._fields:
                value = getattr(node, name, None)
                if type(value) is list:
                    stack.extend(value)
                else:
                    stack.append(value)
    code.imports.sort(key=lambda found: found.line)
    return code


def _is_for_types(test: ast.expr) -> bool:
    """Return whether a branch is never run: `if TYPE_CHECKING:`."""
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"


_TOLD = {
    ast.Import, ast.ImportFrom, ast.Call, ast.Assign,
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
}  # fmt: skip
_LEAVES = {
    str, int, bool, type(None), ast.Constant, ast.Load, ast.Store, ast.Del, ast.Add, ast.Sub,
    ast.Mult, ast.Div, ast.Eq, ast.Pass, ast.alias, ast.And, ast.Or, ast.Not,
}  # fmt: skip


def _read_statement(code: PythonCode, node: Any) -> None:
    if isinstance(node, ast.Import | ast.ImportFrom):
        code.imports.extend(_read_import(node))
    elif isinstance(node, ast.Call | ast.Assign):
        _read_binding(code, node)
    else:
        code.defined.add(node.name)


def _chain(node: ast.expr) -> tuple[ast.expr, list[str]]:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return node, names[::-1][:_MOST_SEGMENTS]


def _read_attribute(code: PythonCode, node: ast.Attribute) -> list[ast.AST]:
    root, names = _chain(node)
    if node.attr in METHODS:
        code.methods.add(node.attr)
    if isinstance(root, ast.Name):
        code.refer(root.id, ".".join(names), node.lineno)
        return []
    return [root]


def _read_name(code: PythonCode, node: ast.Name) -> None:
    if isinstance(node.ctx, ast.Load):
        code.refer(node.id, "", node.lineno)
    else:
        code.defined.add(node.id)


def _read_import(node: ast.Import | ast.ImportFrom) -> Iterator[Import]:
    for alias in node.names:
        if isinstance(node, ast.Import):
            bound = alias.asname or alias.name.partition(".")[0]
            yield Import(node.lineno, alias.name, 0, bound)
        else:
            bound = alias.asname or alias.name
            yield Import(node.lineno, node.module or "", node.level, bound, alias.name)


def _read_binding(code: PythonCode, node: ast.Call | ast.Assign) -> None:
    """Read `F = torch.nn.functional` and `tf = importlib.import_module("tensorflow")`."""
    if isinstance(node, ast.Call):
        module = _imported_by_call(node)
        if module:
            code.imports.append(Import(node.lineno, module, 0, ""))
        return
    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
    if not names:
        return
    if isinstance(node.value, ast.Call):
        module = _imported_by_call(node.value)
        if module:
            code.imports.extend(Import(node.lineno, module, 0, name, "") for name in names)
        return
    root, rest = _chain(node.value)
    if isinstance(root, ast.Name):
        code.assigned.extend((name, root.id, ".".join(rest)) for name in names)


_IMPORTS = re.compile(r"__import__|import_module|\w{0,30}import\w{0,30}|\w{0,30}[Ll]azy\w{0,30}")
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def _imported_by_call(node: ast.Call) -> str:
    """Return the module that `import_module("torch")` and its like import, if any."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else ""
    name = function.id if isinstance(function, ast.Name) else name
    if not _IMPORTS.fullmatch(name):
        return ""
    texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if not texts or len(texts[-1]) > _LONGEST_MODULE or not _DOTTED.fullmatch(texts[-1]):
        return ""
    return texts[-1] if "azy" in name else texts[0]
