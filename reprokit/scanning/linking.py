"""Follow names through a repository's own modules to the packages that they come from."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from reprokit.scanning.libraries import framework_of, is_plain
from reprokit.scanning.python_code import Import, PythonCode

# A name that stands for a module of the repository is written as this sign and its path.
_LOCAL = "@"

_ROUNDS = 4
_MOST_FOLDERS = 8
_DEEPEST = 12
_MOST_NAMES = 1000
_MOST_IMPORTS = 2000

# Two of these inside a local package of the framework's name: a copy of the framework itself.
_SIGNATURES = {
    "torch": {"nn", "autograd", "optim", "csrc"},
    "tensorflow": {"python", "core", "contrib"},
    "keras": {"layers", "engine", "backend", "optimizers"},
    "jax": {"_src", "numpy", "lax", "interpreters"},
    "flax": {"linen", "core", "nnx"},
    "chainer": {"functions", "links"},
    "theano": {"tensor", "gof", "compile"},
    "lasagne": {"layers", "objectives", "updates"},
    "mxnet": {"gluon", "symbol", "ndarray"},
    "paddle": {"nn", "fluid", "optimizer"},
    "tinygrad": {"nn", "engine", "runtime", "tensor"},
}


class Repository:
    """The Python files of a repository and the names that they exchange."""

    def __init__(self, codes: Mapping[str, PythonCode]) -> None:
        self._codes = codes
        self._modules: dict[str, str] = {}
        self._folders: set[str] = set()
        self._tails: dict[str, list[str]] = {}
        self._tops: set[str] = set()
        self._shadowed: dict[tuple[str, str], bool] = {}
        self._inside: dict[str, set[str]] = {}
        for path in codes:
            self._index(path)
        self.names: dict[str, dict[str, str]] = {path: {} for path in codes}
        self.neighbours: dict[str, set[str]] = {path: set() for path in codes}
        self.external: dict[str, list[Import]] = {path: [] for path in codes}
        self._links: dict[str, list[tuple[Import, str]]] = {}
        for path, code in codes.items():
            self._sort_imports(path, code)
        self._link()

    def resolve(self, path: str, root: str, rest: str) -> str:
        """Return the dotted path in an outside package that a name stands for, or nothing."""
        target = self.names[path].get(root, "")
        segments = rest.split(".") if rest else []
        for _ in range(_ROUNDS):
            if not target.startswith(_LOCAL):
                break
            names = self.names.get(target[1:])
            if not segments or names is None:
                return ""
            target = names.get(segments[0], "")
            segments = segments[1:]
        if not target or target.startswith(_LOCAL):
            return ""
        return ".".join([target, *segments])[:200]

    def foreign(self) -> Iterator[str]:
        """Yield the top-level names of the outside packages that are imported."""
        for imports in self.external.values():
            for found in imports:
                yield found.module.partition(".")[0]

    def _index(self, path: str) -> None:
        stem = path.rpartition(".")[0] if path.rpartition("/")[2].count(".") else path
        if stem.endswith("/__init__"):
            stem = stem.removesuffix("/__init__")
        self._modules.setdefault(stem, path)
        parts = stem.split("/")
        self._tails.setdefault(parts[-1], []).append(stem)
        self._tops.update(parts[-_DEEPEST:])
        for end in range(1, min(len(parts), _DEEPEST)):
            folder = "/".join(parts[:end])
            self._folders.add(folder)
            self._inside.setdefault(folder, set()).add(parts[end])

    def _sort_imports(self, path: str, code: PythonCode) -> None:
        links = self._links.setdefault(path, [])
        for found in code.imports[:_MOST_IMPORTS]:
            local = self._local(path, found)
            if local is None:
                self.external[path].append(found)
            else:
                links.append((found, local))

    def _local(self, path: str, found: Import) -> str | None:
        """Return the repository's module that an import means; `None` for an outside package."""
        top = found.module.partition(".")[0]
        if found.level == 0 and top not in self._tops:
            return None
        if found.level == 0 and framework_of(top):
            if (path, top) not in self._shadowed:
                self._shadowed[path, top] = self._is_shadowed(path, top)
            if not self._shadowed[path, top]:
                return None
        where = self._find(path, found.level, found.module)
        if where is None and found.level == 0 and is_plain(top):
            return None
        if where is None and found.level == 0:
            return None if self._find(path, 0, top) is None else ""
        return where or ""

    def _find(self, path: str, level: int, module: str) -> str | None:
        inner = module.replace(".", "/")
        for base in _bases(path, level):
            stem = f"{base}/{inner}".strip("/")
            if stem in self._modules:
                return self._modules[stem]
            if stem in self._folders:
                return stem
        if level == 0 and "/" in inner:
            tails = self._tails.get(inner.rpartition("/")[2], [])[:50]
            return next((self._modules[t] for t in tails if t.endswith("/" + inner)), None)
        return None

    def _is_shadowed(self, path: str, top: str) -> bool:
        """Return whether a file or package of the repository stands for the framework's name.

        A folder `tensorflow/` may as well hold the TensorFlow version of a project. It is a
        package of the repository's own if it defines what is asked of it.
        """
        where = next(
            (
                self._modules.get(stem, stem)
                for stem in (f"{base}/{top}".strip("/") for base in _bases(path, 0))
                if stem in self._modules or stem in self._folders
            ),
            None,
        )
        if where is None or where == path or self._is_copy(where, top):
            return False
        wanted = _wanted(self._codes[path], top)
        if not wanted:
            return where.endswith(".py") and not where.endswith("/__init__.py")
        offered = self._offered(where)
        return 2 * len(wanted & offered) >= len(wanted)

    def _is_copy(self, where: str, top: str) -> bool:
        inside = self._children(where)
        return len(inside & _SIGNATURES.get(top, set())) > 1

    def _offered(self, where: str) -> set[str]:
        code = self._codes.get(where)
        offered = self._children(where)
        if code is not None:
            offered |= code.defined | {found.bound for found in code.imports}
        return offered

    def _children(self, where: str) -> set[str]:
        if where in self._codes and not where.endswith("/__init__.py"):
            return set()
        return set(self._inside.get(where.removesuffix("/__init__.py"), ()))

    def _link(self) -> None:
        for path, imports in self.external.items():
            names = self.names[path]
            for found in imports:
                if found.bound not in {"", "*"}:
                    names[found.bound] = found.target
        for _ in range(_ROUNDS):
            if not self._pass_names_on():
                return

    def _pass_names_on(self) -> bool:
        changed = False
        for path, code in self._codes.items():
            names = self.names[path]
            before = len(names)
            for found, where in self._links[path]:
                self._take(path, found, where)
            for name, root, rest in code.assigned:
                target = self.resolve(path, root, rest) if name not in names else ""
                if target and framework_of(target.partition(".")[0]):
                    names[name] = target
            changed |= len(names) != before
        return changed

    def _take(self, path: str, found: Import, where: str) -> None:
        """Give a file the names that it takes from another of the repository."""
        names = self.names[path]
        offered = self.names.get(where)
        if offered is not None and where != path:
            self.neighbours[path].add(where)
        if found.bound == "*":
            for name, target in islice((offered or {}).items(), _MOST_NAMES):
                names.setdefault(name, target)
        elif found.name:
            target = (offered or {}).get(found.name, "")
            inner = self._find(path, found.level, found.path.lstrip("."))
            if target:
                names.setdefault(found.bound, target)
            elif inner is not None and inner in self._codes and inner != path:
                names.setdefault(found.bound, _LOCAL + inner)
                self.neighbours[path].add(inner)
        elif offered is not None and found.target == found.module:
            names.setdefault(found.bound, _LOCAL + where)


def _bases(path: str, level: int) -> Iterable[str]:
    """Return the folders in which a file's imports are looked up, nearest first."""
    folder = path.rpartition("/")[0]
    if level:
        parts = folder.split("/") if folder else []
        return ["/".join(parts[: max(0, len(parts) - level + 1)])]
    bases = [folder]
    while folder and len(bases) < _MOST_FOLDERS:
        folder = folder.rpartition("/")[0]
        bases.append(folder)
    return [*bases, "", "src"]


def _wanted(code: PythonCode, top: str) -> set[str]:
    """Return the names that a file asks of a package."""
    wanted: set[str] = set()
    bound: dict[str, str] = {}
    for found in code.imports:
        if found.level == 0 and found.module.partition(".")[0] == top:
            inner = found.path.partition(".")[2].partition(".")[0]
            wanted |= {inner} - {""}
            if found.target == top:
                bound[found.bound] = top
    for root, rest in code.references:
        if root in bound and rest:
            wanted.add(rest.partition(".")[0])
    return wanted
