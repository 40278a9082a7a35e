"""Projects for the tests of the scaffold: a dossier, a project made of it, what is in it."""

import ast
import json
import os
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path

import yaml

from reprokit.dossier import Claim, Dossier, Fact
from reprokit.paper import Paper
from reprokit.scaffold import make_project

CLAIM = Claim("a", "MNIST", "accuracy", "cnn", 94.0, "%", "point", "https://example.org/t#1")
FACT = Fact("learning_rate", 0.1, "https://example.org/x")


def describe(title: str = "Counting Lines", **fields: object) -> Dossier:
    return Dossier(Paper(id=None, title=title, url="https://example.org/x.pdf", **fields))  # type: ignore[arg-type]


def make(
    target: Path, dossier: Dossier | None = None, area: str | None = "cnn", **options: object
) -> Path:
    notices: list[str] = []
    project = make_project(
        dossier or describe(),
        target=target,
        area=area,
        inputs={"title": "as given"},
        environ=os.environ,
        notify=notices.append,
        **options,  # type: ignore[arg-type]
    )
    assert notices == []
    return project.root


def list_files(root: Path) -> set[str]:
    paths = (path.relative_to(root) for path in root.rglob("*") if not path.is_dir())
    return {path.as_posix() for path in paths if path.parts[0] != ".git"}


def ask_git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def load_all(root: Path) -> Mapping[str, str]:
    """Load every file by what it is; return the texts."""
    texts = {name: (root / name).read_text("utf-8") for name in list_files(root)}
    for name, text in texts.items():
        suffix = Path(name).suffix
        if suffix == ".py":
            ast.parse(text)
        elif suffix in (".yaml", ".yml"):
            yaml.safe_load(text)
        elif suffix == ".toml":
            tomllib.loads(text)
        elif suffix == ".json":
            json.loads(text)
    return texts
