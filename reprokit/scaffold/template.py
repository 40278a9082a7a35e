"""The templates: which of them a paper gets, composed into one folder and rendered once.

Reads the templates, writes into a folder that the caller owns. The only module that imports
cookiecutter.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from reprokit.dossier import Dossier
from reprokit.errors import ReprokitError

# The only files with Jinja in them; all others are copied as they lie.
RENDERED = frozenset({"README.md", "pyproject.toml"})

# In the folder of a worked paper: the context of the facts that its default model is built by.
SPEC_CONTEXT = ".spec_context"

# What tools leave behind in the templates when these are checked and tried out as they lie.
_LEFT_BY_TOOLS = frozenset(
    {"__pycache__", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", "runs"}
)
_NO_AREAS = ("base", "papers")
_PACKAGE = Path(__file__).parents[1]


def templates_dir(package: Path = _PACKAGE) -> Path:
    """Return the folder of the templates: in the package (wheel) or beside it (checkout).

    Raises:
        ReprokitError: This copy has none.
    """
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "base").is_dir():
            return folder
    raise ReprokitError(
        f"no templates in {str(package)!r} or beside it",
        hint="this copy of reprokit is not whole; install it again",
    )


def list_areas(templates: Path) -> tuple[str, ...]:
    """Return the areas that have an overlay."""
    names = (path.name for path in templates.iterdir() if path.is_dir())
    return tuple(sorted(name for name in names if name not in _NO_AREAS and name[0].isalpha()))


def choose_overlays(templates: Path, dossier: Dossier, area: str | None) -> tuple[str, ...]:
    """Return the folders of templates/ that make up the project, in the order of copying.

    The paper's own worked model is written on top of the overlay of its own area, and is left
    out where another area is asked for.
    """
    chosen = ["base"]
    if area in list_areas(templates):
        chosen.append(str(area))
    if dossier.paper.id and area == dossier.area:
        worked = f"papers/{dossier.paper.id.number.replace('/', '_')}"
        if (templates / worked).is_dir():
            chosen.append(worked)
    return tuple(chosen)


def read_spec_context(templates: Path, overlays: tuple[str, ...]) -> str:
    """Return the name of the worked paper's default model; empty where there is none."""
    files = (templates / overlay / SPEC_CONTEXT for overlay in overlays)
    return next((file.read_text("utf-8").strip() for file in files if file.is_file()), "")


def compose(templates: Path, overlays: tuple[str, ...], into: Path) -> None:
    """Copy the overlays over each other."""
    for overlay in overlays:
        source = templates / overlay
        for path in _list_files(source):
            copy = into / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def render(folder: Path, output: Path, context: dict[str, str]) -> Path:
    """Return the folder of the project, rendered from `folder`/{{cookiecutter.slug}}.

    Args:
        folder: Holds the composed template.
        output: Where to render into. cookiecutter reads its path as a template, too.
        context: Validated values; cookiecutter renders none of them.

    Raises:
        ReprokitError: The path of the output holds template syntax.
    """
    from cookiecutter.generate import (  # type: ignore[import-untyped]  # noqa: PLC0415
        generate_files,
    )

    path = os.path.abspath(output)  # noqa: PTH100  as cookiecutter does it
    syntax = next((mark for mark in ("{{", "{%", "{#") if mark in path), None)
    if syntax:
        raise ReprokitError(
            f"the path {path!r} holds {syntax!r}, which the template engine would read",
            hint="choose another folder with -o DIR",
        )
    composed = folder / "{{cookiecutter.slug}}"
    untouched = sorted(entry.name for entry in composed.iterdir() if entry.name not in RENDERED)
    ready = {"cookiecutter": {**context, "_copy_without_render": untouched}}
    return Path(generate_files(folder, context=ready, output_dir=path, accept_hooks=False))


def _list_files(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _LEFT_BY_TOOLS]
        for name in files:
            if name != SPEC_CONTEXT and not name.endswith(".pyc"):
                yield Path(root, name)
