"""What Python files and notebooks use of frameworks."""

import builtins
import re
from collections.abc import Iterable, Mapping

from reprokit.scanning.libraries import is_plain
from reprokit.scanning.linking import Repository
from reprokit.scanning.notebooks import code_cells, python_of
from reprokit.scanning.places import Place
from reprokit.scanning.purposes import classify
from reprokit.scanning.python_code import PythonCode
from reprokit.scanning.python_tree import LONGEST, read_python
from reprokit.scanning.uses import FileUses, Use

# Building syntax trees is what costs: the files that tell most come first, the rest is
# read by patterns.
_MOST_EXACT = 1_000_000
_MOST_READ = 30_000_000
_IMPORT_ALONE = 0.25

_BACKWARD = {"backward", "zero_grad", "clear_grad", "cleargrads"}
_BACKWARD_OF = {
    "pytorch", "paddle", "mxnet", "chainer", "oneflow", "jittor", "tinygrad", "megengine", "dynet",
}  # fmt: skip
_FIT = {"fit", "compile", "fit_generator", "train_on_batch", "minimize", "apply_gradients"}
_FIT_OF = {"keras", "tensorflow", "tf.keras", "mxnet", "paddle", "flax"}

_ARRAYS = frozenset({"numpy", "cupy", "autograd", "autograd.numpy"})
_GRADIENT = re.compile(
    r"_*(?:back_?ward|back_?prop)\w*|_*(?:compute_|calc_|get_)?grad(?:ient)?s?(?:_\w+)?|"
    r"update_(?:params?|parameters|weights?|mini_?batch)|\w+_(?:backward|grad|deriv\w*|prime)|"
    r"d[A-Z]\w?|d[WbUV][a-z]{0,3}|d(?:hidden|scores|logits|out|x|h|z|w|b)\w{0,6}|loss_?[fF]un"
)
_FORWARD = re.compile(
    r"_*(?:feed_?)?forward\w*|feedforward|\w*sigmoid\w*|\w*softmax\w*|\w*relu\w*|\w*tanh\w*|"
    r"cross_entropy\w*|conv2?d?\w*|hidden\w*|[bW][12]|[bW][xh][hoy]|Wxh|weights?\w*|logits|"
    r"activation\w*"
)
_FEWEST_HINTS = 2

_BUILTINS = frozenset(dir(builtins))


class PythonFiles:
    """The Python of a repository, read and linked."""

    def __init__(self, texts: Mapping[str, str], places: Mapping[str, Place]) -> None:
        self._places = places
        self._lines: dict[str, list[str]] = {}
        self._cells: dict[str, dict[int, str]] = {}
        self._codes: dict[str, PythonCode] = {}
        self._left = _MOST_EXACT
        for path in sorted(texts, key=lambda path: -places[path].weight):
            self._read(path, texts[path])
        self._repository = Repository(self._codes)
        self._importers: dict[str, list[str]] = {}
        for path, others in self._repository.neighbours.items():
            for other in others:
                self._importers.setdefault(other, []).append(path)

    @property
    def is_plain(self) -> bool:
        """Whether the code is known whole: it imports nothing that may hide a framework."""
        own = [path for path in self._codes if self._places[path].is_own]
        tops = set(self._repository.foreign())
        return bool(own) and all(is_plain(top) or classify(top) for top in tops)

    def uses(self) -> list[FileUses]:
        """Return what each file uses."""
        found = {path: self._uses_of(path) for path in self._codes}
        core = {path: _frameworks(uses) for path, uses in found.items()}
        for path, uses in found.items():
            uses.uses.extend(self._called(path, core))
            if not any(core[path].values()):
                self._add_from_scratch(uses)
        return list(found.values())

    def _read(self, path: str, text: str) -> None:
        if path.lower().endswith(".ipynb"):
            language, cells = code_cells(text)
            if language in {"python", "python2", "python3"} or "conda" in language:
                self._read_cells(path, cells)
            return
        self._left -= min(len(text), LONGEST)
        if self._left > -_MOST_READ:
            self._codes[path] = read_python(text, exact=self._left > 0)
        self._lines[path] = text.splitlines()

    def _read_cells(self, path: str, cells: list[tuple[int, str]]) -> None:
        code = PythonCode()
        self._cells[path] = {}
        for number, cell in cells[:2000]:
            python = python_of(cell)
            self._left -= len(python)
            if self._left < -_MOST_READ:
                break
            code.merge(read_python(python, exact=self._left > 0), number)
            self._cells[path][number] = python
        self._codes[path] = code

    def _uses_of(self, path: str) -> FileUses:
        code, repository = self._codes[path], self._repository
        uses = FileUses(path)
        shown: set[str] = set()
        star = self._star(path)
        known = code.defined | _BUILTINS | repository.names[path].keys()
        for found in repository.external[path]:
            for framework, purpose in classify(found.path):
                uses.uses.append(Use(framework, purpose, _IMPORT_ALONE if found.name != "*" else 1))
                if framework not in shown:
                    shown.add(framework)
                    uses.evidence.append((framework, *self._place(path, found.line, found.module)))
        for (root, rest), (count, line) in code.references.items():
            dotted = repository.resolve(path, root, rest)
            if star and not dotted and root not in known:
                dotted = f"{star}.{root}.{rest}".rstrip(".")
            for framework, purpose in classify(dotted) if dotted else ():
                uses.uses.append(Use(framework, purpose, count))
                if framework not in shown:
                    shown.add(framework)
                    uses.evidence.append((framework, *self._place(path, line, root)))
        return uses

    def _star(self, path: str) -> str:
        """Return the outside package all of whose names a file takes, if that is clear."""
        local = {found.bound for found in self._codes[path].imports if found.level}
        stars = [f.module for f in self._repository.external[path] if f.bound == "*"]
        told = [module for module in stars if classify(module)]
        return told[0] if told and "*" not in local else ""

    def _place(self, path: str, line: int, word: str) -> tuple[str, str]:
        cells = self._cells.get(path)
        if cells is not None:
            lines = cells.get(line, "").splitlines()
            top = word.partition(".")[0]
            return f"cell {line}", next((text for text in lines if top in text), "")
        lines = self._lines[path]
        return str(line), lines[line - 1] if 0 < line <= len(lines) else ""

    def _called(self, path: str, core: Mapping[str, Mapping[str, bool]]) -> list[Use]:
        """Return the training that shows in methods: `loss.backward()`, `model.fit(x)`."""
        methods = self._codes[path].methods
        if not methods:
            return []
        near = core[path] or _united(core[other] for other in self._repository.neighbours[path])
        if not near and methods - {"fit"}:
            near = _united(core[other] for other in self._beside(path))
        found = []
        if methods & _BACKWARD:
            found += [Use(name, "training", 2) for name in near if name in _BACKWARD_OF]
        fits = len(methods & _FIT)
        if fits:
            made_with = [name for name, is_core in near.items() if is_core and name in _FIT_OF]
            found += [Use(name, "training", fits) for name in made_with]
        return found

    def _beside(self, path: str) -> set[str]:
        """Return what is imported beside a file: whoever uses it gives it the models."""
        neighbours = self._repository.neighbours
        importers = [p for p in self._importers.get(path, ()) if self._places[p].is_own]
        beside = {other for p in importers for other in neighbours[p] | {p}}
        return {other for other in beside if self._places[other].is_own}

    def _add_from_scratch(self, uses: FileUses) -> None:
        """Add the use of numpy by a file that computes its gradients itself."""
        external = self._repository.external[uses.path]
        arrays = [found for found in external if found.module in _ARRAYS]
        if not arrays:
            return
        defined = self._codes[uses.path].defined
        gradients = sum(1 for name in defined if _GRADIENT.fullmatch(name[:60]))
        forwards = sum(1 for name in defined if _FORWARD.fullmatch(name[:60]))
        automatic = any(found.module == "autograd" for found in external)
        if automatic or (gradients and forwards and gradients + forwards > _FEWEST_HINTS):
            uses.uses.append(Use("numpy", "training", min(10, gradients + forwards + 2)))
            place = self._place(uses.path, arrays[0].line, arrays[0].module)
            uses.evidence.append(("numpy", *place))


def _united(parts: Iterable[Mapping[str, bool]]) -> dict[str, bool]:
    united: dict[str, bool] = {}
    for part in parts:
        for name, is_core in part.items():
            united[name] = united.get(name, False) or is_core
    return united


def _frameworks(uses: FileUses) -> dict[str, bool]:
    """Return the frameworks of a file, each with whether it builds or trains with it."""
    found: dict[str, bool] = {}
    for use in uses.uses:
        found[use.framework] = found.get(use.framework, False) or (
            use.purpose in {"training", "model"} and use.count >= _IMPORT_ALONE
        )
    return found
