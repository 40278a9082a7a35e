"""Which deep-learning framework a repository uses: from its code, or guessed without it.

`tf.keras` counts as `tensorflow`, and `keras` stands beside it as a secondary framework with the
role of its uses; `keras` is primary where the package `keras` itself is used. `flax` is
primary where its modules are, and `jax` is then beside it.
"""

import re
from collections.abc import Iterable, Mapping

from reprokit.quoting import clean
from reprokit.scanning.found import UNKNOWN, Frameworks, may_be
from reprokit.scanning.guessing import guess_frameworks
from reprokit.scanning.notebooks import code_cells
from reprokit.scanning.other_languages import RULES, ending_of, own_language, read_language
from reprokit.scanning.places import Place, place_of, projects_within, submodules
from reprokit.scanning.python_uses import PythonFiles
from reprokit.scanning.uses import FileUses
from reprokit.scanning.weighing import Weights, ranked, weigh

__all__ = ["Frameworks", "detect_frameworks", "guess_frameworks", "may_be"]

_PYTHON = frozenset({".py", ".pyw", ".pyx", ".py3", ".ipynb"})

# Documents whose chunks are run, as Quarto, R Markdown and MyST do.
_DOCUMENTS = frozenset({".qmd", ".rmd", ".md"})
_CHUNK = re.compile(
    r"^```[ \t]*\{(?:\.?python|code-cell)[^}\n]{0,200}\}[^\n]{0,100}\n(.{0,100000}?)^```",
    re.MULTILINE | re.DOTALL,
)
_LONGEST_DOCUMENT = 400_000

_KERNELS = {
    "r": ".r", "ir": ".r", "julia": ".jl", "lua": ".lua", "itorch": ".lua", "go": ".go",
    "matlab": ".m", "javascript": ".js", "swift": ".swift", "c++": ".cpp", "rust": ".rs",
}  # fmt: skip

_LONGEST_EVIDENCE = 100
_MOST_EVIDENCE = 5
_MOST_FILES = 20_000


def detect_frameworks(files: Mapping[str, str | bytes]) -> Frameworks:
    """Return which frameworks a repository uses, from its files.

    Args:
        files: Path to text; what is no code, and what requirements promise, says nothing.
    """
    texts = {_path(path): _decoded(files[path]) for path in list(files)[:_MOST_FILES]}
    python, other = _sorted(texts)
    places = _places(texts, [*python, *other])
    read = PythonFiles(python, places)
    used = [*read.uses(), *_other_languages(other)]
    found = weigh(used, places)
    names = ranked(found)
    # What tests compare with, and what lies in copies, is no framework of the authors'.
    least = 0.0 if any(place.is_own for place in places.values()) else -1.0
    primary = next((name for name in names if found.get(name, Weights()).used > least), "")
    language = ""
    if primary in {"", "numpy"}:
        language = _language(
            {path: text for path, text in python.items() if places[path].is_own},
            {path: text for path, text in other.items() if places[path].is_own},
        )
    if primary and not language:
        return _told(primary, names, found, _evidence(used, places))
    return Frameworks(language or UNKNOWN, confirmed=bool(language) or read.is_plain)


def _told(
    primary: str,
    names: Iterable[str],
    found: Mapping[str, Weights],
    evidence: Mapping[str, list[str]],
) -> Frameworks:
    roles: dict[str, str] = {name: weights.role for name, weights in found.items()}
    if "tf.keras" in roles and roles.get("keras") not in {"training", "model"}:
        roles["keras"] = roles["tf.keras"]
    if primary == "flax" and roles.get("jax") != "model":
        roles["jax"] = "training"
    secondary = tuple(
        name for name in names if name != primary and (name not in found or found[name].used >= 1)
    )
    first = evidence.get(primary, [])
    rest = [line for name in secondary for line in evidence.get(name, [])[:1]]
    return Frameworks(
        primary,
        secondary,
        {name: roles.get(name, "other") for name in (primary, *secondary)},
        tuple(dict.fromkeys([*first[:3], *rest, *first[3:]]))[:_MOST_EVIDENCE],
        confirmed=True,
    )


def _evidence(used: Iterable[FileUses], places: Mapping[str, Place]) -> dict[str, list[str]]:
    """Return the lines that show each framework, the most telling files first."""
    lines: dict[str, list[str]] = {}
    for file in sorted(used, key=lambda file: (-_telling(file, places[file.path]), file.path)):
        for framework, where, text in file.evidence:
            if text.strip():
                line = clean(f"{file.path}:{where}: {text.strip()[:_LONGEST_EVIDENCE]}")
                lines.setdefault(framework, []).append(line)
    return lines


def _telling(file: FileUses, place: Place) -> float:
    trains = any(use.purpose == "training" for use in file.uses)
    return place.weight * (2 if trains else 1)


def _places(texts: Mapping[str, str], code: list[str]) -> dict[str, Place]:
    copied = submodules(texts.get(".gitmodules", ""))
    projects = projects_within(texts, code)
    return {path: place_of(path, copied, projects) for path in code}


def _sorted(texts: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the files of Python, notebooks among them, and those of other languages."""
    python: dict[str, str] = {}
    other: dict[str, str] = {}
    for path, text in texts.items():
        ending = ending_of(path)
        chunks = _CHUNK.findall(text[:_LONGEST_DOCUMENT]) if ending in _DOCUMENTS else []
        if chunks:
            python[path] = "\n".join(chunks)
        elif ending in _PYTHON or (not ending and _is_script(text)):
            python[path] = text
        elif ending in RULES:
            other[path] = text
        if ending == ".ipynb" and any(f'"{kernel}' in text.lower() for kernel in _KERNELS):
            other[path] = text
    return python, other


def _is_script(text: str) -> bool:
    return text.startswith("#!") and "python" in text[:80].partition("\n")[0]


def _other_languages(code: Mapping[str, str]) -> list[FileUses]:
    lua = {path.removesuffix(".lua") for path in code if path.endswith(".lua")}
    local = {path.removesuffix("/init") for path in lua} | {p.rpartition("/")[2] for p in lua}
    found = []
    for path, text in code.items():
        ending = ending_of(path)
        if ending == ".ipynb":
            found.append(_notebook(path, text))
        else:
            found.append(read_language(path, text, ending, local if ending == ".lua" else ()))
    return found


def _notebook(path: str, text: str) -> FileUses:
    """Read a notebook of another language than Python."""
    language, cells = code_cells(text)
    name = next((k for k in _KERNELS if language == k or language.startswith(k + "-")), "")
    if not name:
        return FileUses(path)
    return read_language(path, "\n".join(cell for _, cell in cells), _KERNELS[name])


def _language(python: Mapping[str, str], other: Mapping[str, str]) -> str:
    """Return the language that counts for itself, where it is more than the Python around it."""
    language, size = own_language(other)
    return language if size > sum(map(len, python.values())) else ""


def _decoded(content: str | bytes) -> str:
    if isinstance(content, str):
        return content
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8", "replace")


def _path(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./").strip("/")
