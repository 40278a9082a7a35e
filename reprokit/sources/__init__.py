"""Places that are asked about a paper: one module each, no imports between them."""

from typing import Protocol

from reprokit.dossier import Dossier
from reprokit.paper import ArxivId


class Source(Protocol):
    """One place that is asked about a paper."""

    @property
    def name(self) -> str:
        """What the source is called in reports and in the cache."""
        ...

    def find(self, wanted: ArxivId) -> Dossier | None:
        """Return what the source knows of a paper; `None` if it does not know the paper.

        Raises:
            Unavailable: The source cannot be asked, or its answer is of no use.
        """
        ...
