"""A second made universe for the last word: 150 repositories around 6 other papers.

The grades mean what they mean in `universe`; the traps are others: an official repository without
description under a new name, TeX in a title, a title of two words, an id of the year 2000, a
follow-up whose name contains the paper's, a radio called LoRa, an article's web page, READMEs
that are stuffed with ids, that talk to whoever ranks, or are written with look-alike letters.

Look at its scores, not into it, while a ranking is being built.
"""

from universe import graded
from universe.heldout_papers import HUB, OFFICIAL, PAPERS, PWC, RENAMED, TOPICS
from universe.heldout_repositories import HELDOUT
from universe.noise import make_noise
from universe.shapes import Universe

SIZE, SEED = 150, 77001


def build() -> Universe:
    """Return the universe; the order of its repositories says nothing."""
    taken = {entry.repo.full_name for entry in HELDOUT}
    entries = HELDOUT + make_noise(SEED, TOPICS, SIZE - len(HELDOUT), taken)
    return Universe(
        papers=list(PAPERS),
        repositories=sorted((entry.repo for entry in entries), key=lambda repo: repo.full_name),
        relevance=graded(entries),
        official={paper: set(names) for paper, names in OFFICIAL.items()},
        hub=dict(HUB),
        pwc=dict(PWC),
        renamed=dict(RENAMED),
    )
