"""Names that are safe everywhere: as a folder, a Python identifier, a distribution, a template.

Pure.
"""

import keyword
import re
import sys

from reprokit.errors import UsageError
from reprokit.paper import ArxivId
from reprokit.quoting import ascii_words

LONGEST = 40

_SLUG = re.compile(r"[a-z](?:[a-z0-9_]*[a-z0-9])?")
_AREA = re.compile(r"[a-z][a-z0-9_-]{0,30}")

# fmt: off
_STOP_WORDS = frozenset({
    "a", "an", "and", "are", "as", "at", "be", "been", "by", "can", "for", "from", "how", "in",
    "into", "is", "it", "its", "of", "on", "or", "our", "over", "that", "the", "their", "this",
    "to", "toward", "towards", "under", "up", "using", "via", "was", "we", "what", "when", "where",
    "which", "with", "within", "without",
})
# fmt: on

# Folders of templates/ that are no area, and the word for "find out".
_NO_AREAS = frozenset({"auto", "base", "papers"})

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", "conin", "conout"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in range(10)]
)

# A project named like something that its code imports would hide it from the code.
# fmt: off
_IMPORTED = frozenset({
    "antlr4", "arxiv", "checkpoint", "conf", "cookiecutter", "data", "distributed", "gates",
    "hydra", "hydra_plugins", "lightning", "lines", "loading", "matplotlib", "mnist1d", "model",
    "models", "mypy", "notes", "numpy", "omegaconf", "optimize", "optimizers", "pandas", "papers",
    "pip", "placeholder", "pytest", "records", "reference", "reprokit", "reprokit_papers",
    "requests", "results", "ruff", "runs", "scipy", "setuptools", "sklearn", "tensorboard", "tests",
    "torch", "torchaudio", "torchvision", "train", "triton", "wheel", "yaml",
})
# fmt: on
_RESERVED = frozenset(
    {name.lower() for name in (*keyword.kwlist, *keyword.softkwlist, *sys.stdlib_module_names)}
    | _DEVICES
    | _IMPORTED
)


def make_slug(title: str, paper: ArxivId | None) -> str:
    """Return a short name for the project of a paper, made of the words of its title.

    Always accepted by `check_slug`. A title with no Latin letter or digit gives way to the id.
    """
    words = ascii_words(title)
    slug = _join([word for word in words if word not in _STOP_WORDS] or words)
    if not slug:
        slug = "_".join(ascii_words(str(paper))) if paper else "untitled"
    if slug in _RESERVED or not slug[0].isalpha() or not words:
        slug = _join(["paper", *slug.split("_")])
    return slug


def check_slug(text: str) -> str:
    """Return the text, which is a good name for a project.

    Raises:
        UsageError: It is not; the hint says what is.
    """
    if not _SLUG.fullmatch(text) or len(text) > LONGEST:
        raise UsageError(
            f"{text!r} is no name for a project",
            hint="give lower-case letters, digits and underscores, a letter first, no underscore "
            f"last, at most {LONGEST} characters",
        )
    if text in _RESERVED:
        raise UsageError(
            f"{text!r} would hide a module or a device of that name",
            hint=f"give another name, as in --slug paper_{text}",
        )
    return text


def check_area(text: str) -> str:
    """Return the text, which can be the name of an area.

    Raises:
        UsageError: It cannot.
    """
    if not _AREA.fullmatch(text) or text in _NO_AREAS:
        raise UsageError(
            f"{text!r} is no name for an area",
            hint="give a word as in --area cnn, --area gan, --area other",
        )
    return text


def _join(words: list[str]) -> str:
    """Return as many of the words as are short enough together, at least the first one's start."""
    slug = words[0][:LONGEST] if words else ""
    for word in words[1:]:
        if len(slug) + 1 + len(word) > LONGEST:
            break
        slug = f"{slug}_{word}"
    return slug
