"""What is checked of a query before it runs: names, types, variables, pages and its cost."""

from dataclasses import dataclass, field
from typing import Any

from services.graphql_parser import MISSING, Definition, EnumValue, Selection, Variable
from services.graphql_types import ENUMS, INPUTS, POSSIBLE, SCALARS, SCHEMA, FieldType

MOST_NODES, LARGEST_PAGE = 500_000, 100


def reaches(inner: str, outer: str) -> bool:
    """Tell whether a fragment on one type can stand inside another type."""
    return bool(POSSIBLE.get(inner, {inner}) & POSSIBLE.get(outer, {outer}))


def error(
    message: str, code: str, path: list[Any], at: Selection | None = None, **more: Any
) -> dict[str, Any]:
    """Return an error in the form that GitHub gives for a query that is wrong."""
    where = [{"line": at.line, "column": at.column}] if at else []
    return {
        "path": path,
        "extensions": {"code": code} | more,
        "locations": where,
        "message": message,
    }


def accepts(kind: str, value: Any, declared: dict[str, tuple[str, Any]]) -> bool:
    """Tell whether an argument's type takes a value as it is written in a query."""
    if isinstance(value, Variable):
        given = declared.get(value.name, ("", None))[0]
        return given.rstrip("!") == kind.rstrip("!") or kind.rstrip("!") == f"[{given.strip('!')}]"
    if value is None:
        return not kind.endswith("!")
    kind = kind.removesuffix("!")
    if kind.startswith("["):
        inner = kind[1:-1]
        return all(
            accepts(inner, one, declared) for one in (value if isinstance(value, list) else [value])
        )
    if kind in ENUMS:
        return isinstance(value, EnumValue) and value in ENUMS[kind]
    if kind in INPUTS:
        return isinstance(value, dict) and _fits(INPUTS[kind], value, declared)
    return _is_scalar(kind, value)


def _fits(
    fields: dict[str, str], value: dict[str, Any], declared: dict[str, tuple[str, Any]]
) -> bool:
    needed = {name for name, kind in fields.items() if kind.endswith("!")}
    known = set(value) <= set(fields) and needed <= set(value)
    return known and all(accepts(fields[name], one, declared) for name, one in value.items())


def _is_scalar(kind: str, value: Any) -> bool:
    if isinstance(value, EnumValue):
        return False
    if kind == "Int":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "Boolean":
        return isinstance(value, bool)
    if kind == "ID":
        return isinstance(value, str | int) and not isinstance(value, bool)
    return isinstance(value, str)


def as_written(kind: str, value: Any) -> Any:
    """Return a variable's value as a query would write it: words of enums without quotes."""
    bare = kind.strip("[]!")
    if isinstance(value, list):
        return [as_written(kind, one) for one in value]
    if isinstance(value, dict) and bare in INPUTS:
        return {name: as_written(INPUTS[bare].get(name, ""), one) for name, one in value.items()}
    return EnumValue(value) if isinstance(value, str) and bare in ENUMS else value


def values_of(
    definition: Definition, given: dict[str, Any]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the values of the variables, and an error for each that is missing or wrong."""
    values: dict[str, Any] = {}
    errors = []
    for name, (kind, default) in definition.variables.items():
        value = given.get(name, default)
        if value is MISSING:
            if kind.endswith("!"):
                errors.append(
                    {"message": f"Variable ${name} of type {kind} was provided invalid value"}
                )
            continue
        if given.get(name) is not None and not accepts(kind, as_written(kind, value), {}):
            errors.append(
                {"message": f"Variable ${name} of type {kind} was provided invalid value"}
            )
        values[name] = value
    return values, errors


def _variables_in(value: Any) -> set[str]:
    if isinstance(value, Variable):
        return {value.name}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {name for one in inner for name in _variables_in(one)}


@dataclass
class Rules:
    """Goes through an operation and collects what is wrong with it."""

    operation: Definition
    fragments: dict[str, Definition]
    errors: list[dict[str, Any]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def check(self) -> list[dict[str, Any]]:
        """Return the errors, [] when all is well."""
        root = [f"{self.operation.kind} {self.operation.name}".strip()]
        self._selections(self.operation.selections, "Query", root, ())
        name = self.operation.name or "anonymous query"
        declared = set(self.operation.variables)
        for lost in sorted(self.used - declared):
            message = f"Variable ${lost} is used by {name} but not declared"
            self.errors.append(error(message, "variableNotDefined", root, variableName=lost))
        for idle in sorted(declared - self.used):
            message = f"Variable ${idle} is declared by {name} but not used"
            self.errors.append(error(message, "variableNotUsed", root, variableName=idle))
        return self.errors

    def _selections(
        self, selections: list[Selection], kind: str, path: list[Any], inside: tuple[str, ...]
    ) -> None:
        for one in selections:
            for arguments in one.directives.values():
                self.used |= _variables_in(arguments)
            if one.kind == "field":
                self._field(one, kind, [*path, one.key], inside)
            else:
                self._fragment(one, kind, path, inside)

    def _fragment(
        self, one: Selection, kind: str, path: list[Any], inside: tuple[str, ...]
    ) -> None:
        selections, on = one.selections, one.name or kind
        if one.kind == "spread":
            found = self.fragments.get(one.name)
            if found is None or one.name in inside:
                message = f"Fragment {one.name} was used, but not defined"
                self.errors.append(error(message, "useAndDefineFragment", path, one))
                return
            selections, on, inside = found.selections, found.on, (*inside, one.name)
        if on not in SCHEMA:
            message = f"No such type {on}, so it can't be a fragment condition"
            self.errors.append(
                error(message, "undefinedType", [*path, f"... on {on}"], one, typeName=on)
            )
        elif not reaches(on, kind):
            message = f"Fragment on {on} can't be spread inside {kind}"
            self.errors.append(error(message, "cannotSpreadFragment", [*path, f"... on {on}"], one))
        else:
            self._selections(selections, on, [*path, f"... on {on}"], inside)

    def _field(self, one: Selection, kind: str, path: list[Any], inside: tuple[str, ...]) -> None:
        if one.name == "__typename":
            return
        found = SCHEMA[kind].get(one.name)
        if found is None:
            message = f"Field '{one.name}' doesn't exist on type '{kind}'"
            more = {"typeName": kind, "fieldName": one.name}
            self.errors.append(error(message, "undefinedField", path, one, **more))
            return
        self._arguments(one, found, path)
        leaf = found.named in SCALARS
        if leaf and one.selections:
            names = ", ".join(inner.key for inner in one.selections)
            message = (
                f"Selections can't be made on scalars (field '{one.name}' returns "
                f"{found.named} but has selections [{names}])"
            )
            self.errors.append(error(message, "selectionMismatch", path, one))
        elif not leaf and not one.selections:
            message = (
                f"Field must have selections (field '{one.name}' returns {found.named} but has "
                f"no selections. Did you mean '{one.name} {{ ... }}'?)"
            )
            self.errors.append(error(message, "selectionMismatch", path, one))
        elif not leaf:
            self._selections(one.selections, found.named, path, inside)

    def _arguments(self, one: Selection, found: FieldType, path: list[Any]) -> None:
        self.used |= _variables_in(one.arguments)
        for name, value in one.arguments.items():
            kind = found.arguments.get(name)
            if kind is None:
                message = f"Field '{one.name}' doesn't accept argument '{name}'"
                self.errors.append(error(message, "argumentNotAccepted", [*path, name], one))
            elif isinstance(value, Variable) and value.name not in self.operation.variables:
                continue  # told above
            elif not accepts(kind, value, self.operation.variables):
                shown = f"${value.name}" if isinstance(value, Variable) else value
                message = (
                    f"Argument '{name}' on Field '{one.name}' has an invalid value ({shown}). "
                    f"Expected type '{kind}'."
                )
                self.errors.append(error(message, "argumentLiteralsIncompatible", path, one))
        needed = [name for name, kind in found.arguments.items() if kind.endswith("!")]
        if lost := [name for name in needed if name not in one.arguments]:
            message = f"Field '{one.name}' is missing required arguments: {', '.join(lost)}"
            self.errors.append(error(message, "missingRequiredArguments", path, one))


@dataclass
class Bill:
    """Counts the nodes and the cost of an operation, and checks the sizes of its pages."""

    fragments: dict[str, Definition]
    values: dict[str, Any]
    nodes: int = 0
    requests: float = 0
    errors: list[dict[str, Any]] = field(default_factory=list)

    def add(self, operation: Definition) -> "Bill":
        """Go through an operation."""
        self._walk(operation.selections, "Query", 1, [])
        if self.nodes > MOST_NODES:
            message = (
                f"This query requests up to {self.nodes:,} possible nodes which exceeds the "
                f"maximum limit of {MOST_NODES:,}."
            )
            self.errors.append({"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message})
        return self

    @property
    def cost(self) -> int:
        """The points: requests needed to fulfil each connection, by the hundred, at least 1."""
        return max(1, round(self.requests / 100))

    def _walk(self, selections: list[Selection], kind: str, times: int, path: list[Any]) -> None:
        for one in selections:
            if one.kind == "spread":
                found = self.fragments[one.name]
                self._walk(found.selections, found.on, times, path)
            elif one.kind == "inline":
                self._walk(one.selections, one.name or kind, times, path)
            elif one.name != "__typename":
                here = SCHEMA[kind][one.name]
                inner = self._times(one, here, times, [*path, one.key])
                self._walk(one.selections, here.named, inner, [*path, one.key])

    def _times(self, one: Selection, here: FieldType, times: int, path: list[Any]) -> int:
        arguments = {name: self._value(value) for name, value in one.arguments.items()}
        if not here.connection:
            many = here.kind.startswith("[") and "ids" in arguments
            return times * max(1, len(arguments["ids"])) if many else times
        word = next((name for name in ("first", "last") if arguments.get(name) is not None), "")
        if not word:
            if self._wants_nodes(one):
                message = (
                    "You must provide a `first` or `last` value to properly paginate the "
                    f"`{one.name}` connection."
                )
                self._refuse(one, path, "MISSING_PAGINATION_BOUNDARIES", message)
            return times
        size = int(arguments[word])
        self._check_size(one, path, word, size)
        self.requests += times
        self.nodes += times * max(0, size)
        return times * max(1, size)

    def _check_size(self, one: Selection, path: list[Any], word: str, size: int) -> None:
        if size < 0:
            message = f"`{word}` on the `{one.name}` connection cannot be less than zero."
            self._refuse(one, path, "INVALID_PAGINATION_BOUNDARIES", message)
        elif size > LARGEST_PAGE:
            message = (
                f"Requesting {size} records on the `{one.name}` connection exceeds the `{word}` "
                f"limit of {LARGEST_PAGE} records."
            )
            self._refuse(one, path, "EXCESSIVE_PAGINATION", message)

    def _wants_nodes(self, one: Selection) -> bool:
        for inner in one.selections:
            if inner.kind == "field" and inner.name in {"nodes", "edges"}:
                return True
            if inner.kind != "field":
                found = self.fragments[inner.name] if inner.kind == "spread" else inner
                if self._wants_nodes(Selection("field", "", selections=found.selections)):
                    return True
        return False

    def _refuse(self, one: Selection, path: list[Any], kind: str, message: str) -> None:
        where = [{"line": one.line, "column": one.column}]
        self.errors.append({"type": kind, "path": path, "locations": where, "message": message})

    def _value(self, value: Any) -> Any:
        return self.values.get(value.name) if isinstance(value, Variable) else value
