"""A dossier becomes a project on disk: whole, or not at all."""

from reprokit.scaffold.naming import check_area, check_slug, make_slug
from reprokit.scaffold.scaffold import make_project

__all__ = ["check_area", "check_slug", "make_project", "make_slug"]
