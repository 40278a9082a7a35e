"""A made universe of 300 repositories around 10 papers, with the truth about each pair.

Grades, per paper and repository:

* 3: the authors' code for this paper, whatever else the repository holds.
* 2: somebody's complete reimplementation: it trains the paper's method from scratch, by a script
  or a notebook, on at least one of the paper's experiments (or, for a method that is its own
  point, such as Conformer, on a real task of its kind). A fork that really ports counts.
* 1: a part: a layer, a loss, a buffer; a library that contains the model beside others, or the
  code of another paper that runs this one as a baseline; its technique written anew for another
  domain; inference or converted weights only; a toy version; a notebook on copied code.
* 0: everything else: lists, notes, homework, libraries and papers that cite it, applications
  that take the model from a library, papers that build on it without offering it, other things
  of the same name, data sets, unchanged forks and mirrors, promises without code.

A promise without code is 0 and never 1: there is nothing in it to read. The authors' second
repository for the same paper is 3; their follow-up paper, data or environments are 0.

Nothing here exists but the papers: repositories, logins, numbers and issues are made up.
`build()` is deterministic. The grades follow these rules alone; change one only by a rule.
"""

from universe.agents import AGENTS
from universe.images import IMAGES
from universe.noise import TOPICS, make_noise
from universe.papers import HUB, OFFICIAL, PAPERS, PWC, RENAMED
from universe.parts import Entry
from universe.sequence import SEQUENCE
from universe.shapes import Issue, Paper, Repo, Universe
from universe.text import TEXT

__all__ = ["Issue", "Paper", "Repo", "Universe", "build", "graded"]

SIZE, SEED = 300, 20261121


def graded(entries: list[Entry]) -> dict[tuple[str, str], int]:
    """Return the grades that are not 0, by paper and name."""
    return {
        (paper, entry.repo.full_name): grade
        for entry in entries
        for paper, grade in sorted(entry.rel.items())
    }


def build() -> Universe:
    """Return the universe; the order of its repositories says nothing."""
    written = [*TEXT, *SEQUENCE, *AGENTS, *IMAGES]
    taken = {entry.repo.full_name for entry in written}
    entries = written + make_noise(SEED, TOPICS, SIZE - len(written), taken)
    return Universe(
        papers=list(PAPERS),
        repositories=sorted((entry.repo for entry in entries), key=lambda repo: repo.full_name),
        relevance=graded(entries),
        official={paper: set(names) for paper, names in OFFICIAL.items()},
        hub=dict(HUB),
        pwc=dict(PWC),
        renamed=dict(RENAMED),
    )
