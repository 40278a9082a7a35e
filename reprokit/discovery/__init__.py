"""A paper becomes a dossier, and others' code for it is found, ranked and read."""

from reprokit.discovery.papers import Options, discover, from_file, from_title, is_offline

__all__ = ["Options", "discover", "from_file", "from_title", "is_offline"]
