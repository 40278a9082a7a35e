"""Interim: replaced by the full module."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from reprokit.dossier import Dossier
from reprokit.errors import Unavailable
from reprokit.paper import ArxivId, Paper
from reprokit.project import read_json
from reprokit.sources.catalogue import Catalogue


@dataclass(frozen=True)
class Options:
    offline: bool = False
    refresh: bool = False


def discover(
    paper: ArxivId, options: Options, *, environ: Mapping[str, str], notify: Callable[[str], None]
) -> Dossier:
    found = Catalogue().find(paper)
    if found is None:
        raise Unavailable("unknown", hint="--from, --title")
    return found


def from_title(title: str, url: str) -> Dossier:
    return Dossier(Paper(id=None, title=title, url=url))


def from_file(path: Path) -> Dossier:
    return Dossier.from_json(read_json(path))
