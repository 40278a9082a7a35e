"""Answers GraphQL queries over the stored repositories, in the form that GitHub gives."""

import base64
from collections.abc import Callable
from typing import Any

import services.graphql_issues
import services.graphql_schema  # noqa: F401  (likewise)
from services.graphql_parser import Definition, ParseError, Selection, Variable, parse
from services.graphql_rules import Bill, Rules, error, reaches, values_of
from services.graphql_types import (
    POSSIBLE,
    SCALARS,
    SCHEMA,
    Entries,
    FieldError,
    FieldType,
    Plain,
    type_of,
)
from services.store import Store


def cursor(place: int) -> str:
    return base64.b64encode(f"cursor:{place}".encode()).decode()


def place_of(text: str) -> int:
    """Return the place that a cursor stands for.

    Raises:
        FieldError: It is none of ours.
    """
    try:
        return int(base64.b64decode(text, validate=True).decode().removeprefix("cursor:"))
    except ValueError as bad:
        message = f"`{text}` does not appear to be a valid cursor."
        raise FieldError("INVALID_CURSOR_ARGUMENTS", message) from bad


class Prepared:
    """A query that was parsed and checked, with what it costs; `errors` stop it."""

    def __init__(self, payload: Any) -> None:
        self.errors: list[dict[str, Any]] = []
        self.values: dict[str, Any] = {}
        self.fragments: dict[str, Definition] = {}
        self.cost, self.nodes = 1, 0
        try:
            definitions = parse(payload["query"])
        except ParseError as bad:
            where = [{"line": bad.line, "column": bad.column}]
            self.errors.append({"message": str(bad), "locations": where})
            return
        self.fragments = {one.name: one for one in definitions if one.kind == "fragment"}
        operations = [one for one in definitions if one.kind != "fragment"]
        name = payload.get("operationName")
        chosen = [one for one in operations if not name or one.name == name]
        if len(chosen) != 1:
            self.errors.append({"message": "An operation name is required"})
            return
        self.operation = chosen[0]
        self._check(payload.get("variables") or {})

    def _check(self, variables: dict[str, Any]) -> None:
        if self.operation.kind != "query":
            message = f"The made server knows no {self.operation.kind}."
            self.errors.append(error(message, "undefinedField", [self.operation.kind]))
            return
        self.errors += Rules(self.operation, self.fragments).check()
        if self.errors:
            return
        self.values, self.errors = values_of(self.operation, variables)
        if self.errors:
            return
        bill = Bill(self.fragments, self.values).add(self.operation)
        self.cost, self.nodes, self.errors = bill.cost, bill.nodes, bill.errors


class Execution:
    """One run of a prepared query."""

    def __init__(
        self, store: Store, query: Prepared, rate_limit: Callable[[], dict[str, Any]]
    ) -> None:
        self.store, self.query, self.rate_limit = store, query, rate_limit
        self.errors: list[dict[str, Any]] = []

    def document(self) -> dict[str, Any]:
        """Return the whole answer: data, and errors if there are any."""
        data = self._object(None, "Query", [self.query.operation.selections], [])
        return {"data": data} | ({"errors": self.errors} if self.errors else {})

    def _object(
        self, value: Any, kind: str, sets: list[list[Selection]], path: list[Any]
    ) -> dict[str, Any]:
        fields: dict[str, list[Selection]] = {}
        for selections in sets:
            self._collect(selections, kind, fields)
        shaped = {}
        for key, same in fields.items():
            if same[0].name == "__typename":
                shaped[key] = kind
            else:
                shaped[key] = self._field(value, SCHEMA[kind][same[0].name], same, [*path, key])
        return shaped

    def _collect(
        self, selections: list[Selection], kind: str, fields: dict[str, list[Selection]]
    ) -> None:
        for one in selections:
            if not self._included(one):
                continue
            if one.kind == "field":
                fields.setdefault(one.key, []).append(one)
                continue
            found = self.query.fragments[one.name] if one.kind == "spread" else one
            on = found.on if isinstance(found, Definition) else one.name
            if not on or reaches(on, kind):
                self._collect(found.selections, kind, fields)

    def _included(self, one: Selection) -> bool:
        include = self._value(one.directives.get("include", {}).get("if", True))
        skip = self._value(one.directives.get("skip", {}).get("if", False))
        return bool(include) and not skip

    def _value(self, value: Any) -> Any:
        if isinstance(value, Variable):
            return self.query.values.get(value.name)
        if isinstance(value, list):
            return [self._value(one) for one in value]
        if isinstance(value, dict):
            return {name: self._value(one) for name, one in value.items()}
        return value

    def _field(self, value: Any, found: FieldType, same: list[Selection], path: list[Any]) -> Any:
        given = {
            name: self._value(one)
            for name, one in same[0].arguments.items()
            if not isinstance(one, Variable) or one.name in self.query.values
        }
        arguments = {
            name: [one]
            if found.arguments[name].startswith("[") and not isinstance(one, list | None)
            else one
            for name, one in given.items()
        }
        try:
            result = found.resolve(value, arguments, self)
            if isinstance(result, Entries):
                result = self._connection(result, arguments, found.named)
        except FieldError as refused:
            result = refused
        return self._shaped(result, found.named, same, path)

    def _shaped(self, result: Any, kind: str, same: list[Selection], path: list[Any]) -> Any:
        if isinstance(result, FieldError):
            where = [{"line": same[0].line, "column": same[0].column}]
            about = {"type": result.kind, "path": path, "locations": where}
            self.errors.append(about | {"message": result.message})
            return None
        if isinstance(result, list):
            return [self._shaped(one, kind, same, [*path, at]) for at, one in enumerate(result)]
        if result is None or kind in SCALARS:
            return result
        concrete = type_of(result) if kind in POSSIBLE else kind
        return self._object(result, concrete, [one.selections for one in same], path)

    def _connection(self, entries: Entries, arguments: dict[str, Any], kind: str) -> Plain:
        total = len(entries.items)
        start = place_of(arguments["after"]) if arguments.get("after") else 0
        end = place_of(arguments["before"]) - 1 if arguments.get("before") else total
        if arguments.get("first") is not None:
            end = min(end, start + arguments["first"])
        elif arguments.get("last") is not None:
            start = max(start, end - arguments["last"])
        items = entries.items[start:end]
        edges = []
        for at, item in enumerate(items, start):
            extra = entries.edges[at] if entries.edges else {}
            edges.append(
                Plain(
                    kind.replace("Connection", "Edge"),
                    {"node": item, "cursor": cursor(at + 1)} | extra,
                )
            )
        info = {
            "hasNextPage": end < total,
            "hasPreviousPage": start > 0,
            "startCursor": cursor(start + 1) if items else None,
            "endCursor": cursor(start + len(items)) if items else None,
        }
        fields = {
            "totalCount": total,
            "nodes": items,
            "edges": edges,
            "pageInfo": Plain("PageInfo", info),
        }
        return Plain(kind, fields | entries.more)
