"""A small parser of GraphQL queries: operations, fragments, variables, directives."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r"(?P<skip>[\s,\ufeff]+|\#[^\n]*)|(?P<name>[A-Za-z_]\w*)|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r'|(?P<block>"""(?:[^"]|"(?!""))*""")|(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<mark>\.\.\.|[!$&()\[\]{}:=@|])'
)


class ParseError(Exception):
    """The query is not GraphQL."""

    def __init__(self, token: str, line: int, column: int) -> None:
        shown = f'Parse error on "{token}"' if token else "Unexpected end of document"
        super().__init__(f"{shown} at [{line}, {column}]")
        self.line, self.column = line, column


@dataclass(frozen=True)
class Variable:
    """A use of a variable."""

    name: str


class EnumValue(str):
    """A word without quotes."""

    __slots__ = ()


@dataclass
class Selection:
    """A field, a spread of a fragment (`kind` "spread") or an inline fragment ("inline")."""

    kind: str
    name: str
    alias: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    directives: dict[str, dict[str, Any]] = field(default_factory=dict)
    selections: list["Selection"] = field(default_factory=list)
    line: int = 1
    column: int = 1

    @property
    def key(self) -> str:
        return self.alias or self.name


@dataclass
class Definition:
    """An operation, or a fragment on the type `on`; `variables` are name -> (type, default)."""

    kind: str
    name: str
    selections: list[Selection]
    variables: dict[str, tuple[str, Any]] = field(default_factory=dict)
    on: str = ""


MISSING = object()


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str, int, int]] = []
        position = line = 1
        start = place = 0
        while place < len(text):
            match = _TOKEN.match(text, place)
            position = place - start + 1
            if match is None:
                raise ParseError(text[place], line, position)
            kind = match.lastgroup or ""
            if kind != "skip":
                self.tokens.append((kind, match[0], line, position))
            if breaks := match[0].count("\n"):
                line += breaks
                start = place + match[0].rindex("\n") + 1
            place = match.end()
        self.tokens.append(("end", "", line, position))
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at][1]

    def kind(self) -> str:
        return self.tokens[self.at][0]

    def take(self, wanted: str = "", kind: str = "") -> str:
        found, text, line, column = self.tokens[self.at]
        if (wanted and (text != wanted or found in {"string", "block"})) or (
            kind and found != kind
        ):
            raise ParseError(text, line, column)
        self.at += 1
        return text

    def skip(self, wanted: str) -> bool:
        if self.peek() == wanted and self.kind() in {"mark", "name"}:
            self.at += 1
            return True
        return False

    def document(self) -> list[Definition]:
        found = [self.definition()]
        while self.kind() != "end":
            found.append(self.definition())
        return found

    def definition(self) -> Definition:
        if self.peek() == "{":
            return Definition("query", "", self.selections())
        kind = self.take(kind="name")
        if kind == "fragment":
            name = self.take(kind="name")
            self.take("on")
            on = self.take(kind="name")
            self.directives()
            return Definition("fragment", name, self.selections(), on=on)
        if kind not in {"query", "mutation", "subscription"}:
            self.at -= 1
            self.take("query")
        name = self.take() if self.kind() == "name" else ""
        variables = self.variables() if self.peek() == "(" else {}
        self.directives()
        return Definition(kind, name, self.selections(), variables)

    def variables(self) -> dict[str, tuple[str, Any]]:
        self.take("(")
        found: dict[str, tuple[str, Any]] = {}
        while not self.skip(")"):
            self.take("$")
            name = self.take(kind="name")
            self.take(":")
            kind = self.type()
            found[name] = (kind, self.value() if self.skip("=") else MISSING)
        return found

    def type(self) -> str:
        if self.skip("["):
            name = f"[{self.type()}]"
            self.take("]")
        else:
            name = self.take(kind="name")
        return f"{name}!" if self.skip("!") else name

    def selections(self) -> list[Selection]:
        self.take("{")
        found = [self.selection()]
        while not self.skip("}"):
            found.append(self.selection())
        return found

    def selection(self) -> Selection:
        line, column = self.tokens[self.at][2:]
        if self.skip("..."):
            return self.fragment(line, column)
        name, alias = self.take(kind="name"), ""
        if self.skip(":"):
            alias, name = name, self.take(kind="name")
        arguments = self.arguments() if self.peek() == "(" else {}
        directives = self.directives()
        inner = self.selections() if self.peek() == "{" else []
        return Selection("field", name, alias, arguments, directives, inner, line, column)

    def fragment(self, line: int, column: int) -> Selection:
        if self.kind() == "name" and self.peek() != "on":
            name = self.take()
            return Selection("spread", name, "", {}, self.directives(), [], line, column)
        on = self.take(kind="name") if self.skip("on") else ""
        directives = self.directives()
        return Selection("inline", on, "", {}, directives, self.selections(), line, column)

    def arguments(self) -> dict[str, Any]:
        self.take("(")
        found: dict[str, Any] = {}
        while not self.skip(")"):
            name = self.take(kind="name")
            self.take(":")
            found[name] = self.value()
        return found

    def directives(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        while self.skip("@"):
            name = self.take(kind="name")
            found[name] = self.arguments() if self.peek() == "(" else {}
        return found

    def value(self) -> Any:
        if self.skip("$"):
            return Variable(self.take(kind="name"))
        if self.skip("["):
            items = []
            while not self.skip("]"):
                items.append(self.value())
            return items
        if self.skip("{"):
            fields = {}
            while not self.skip("}"):
                name = self.take(kind="name")
                self.take(":")
                fields[name] = self.value()
            return fields
        return self.scalar()

    def scalar(self) -> Any:
        kind, text, line, column = self.tokens[self.at]
        self.at += 1
        if kind == "name":
            return {"true": True, "false": False, "null": None}.get(text, EnumValue(text))
        if kind == "number":
            return int(text) if re.fullmatch(r"-?\d+", text) else float(text)
        if kind == "block":
            return text[3:-3].strip()
        if kind == "string":
            try:
                return json.loads(text, strict=False)
            except ValueError as error:
                raise ParseError(text, line, column) from error
        raise ParseError(text, line, column)


def parse(text: str) -> list[Definition]:
    """Parse a document.

    Raises:
        ParseError: It is not GraphQL.
    """
    return _Parser(text).document()
