"""What GitHub's search of repositories is asked for a paper.

Pure. Nothing of a title can become a qualifier or an operator: only its words are sent, quoted.
"""

from dataclasses import dataclass

from reprokit.paper import Paper
from reprokit.ranking.terms import acronym_of, expansion_of, telling, title_parts
from reprokit.ranking.words import SMALL, plain, singular, words

LONGEST = 256
_LONGEST_PHRASE = 110
_LONGEST_TOPIC = 50
_SHORTEST_PHRASE = 3
_SHORTEST_KEY = 4
_GENERIC = frozenset(
    ["method", "methods", "algorithm", "algorithms", "approach", "framework", "model", "models"]
)
_MOST_WORDINGS = 5  # so that OR stands at most four times


@dataclass(frozen=True, slots=True)
class Query:
    """A text for GitHub's search.

    Args:
        kind: `readme-id`, `title`, `acronym` or `topic`.
        text: At most 256 characters.
    """

    kind: str
    text: str


def queries_for(paper: Paper, acronym: str | None = None) -> tuple[Query, ...]:
    """Return at most four queries, the surest first."""
    title, name = plain(paper.title), acronym or acronym_of(paper) or ""
    found = [
        Query("readme-id", _by_id(paper)),
        Query("title", _by_title(title)),
        Query("acronym", _by_name(name, paper)),
        Query("topic", _by_topic(name, paper)),
    ]
    return tuple(query for query in found if query.text and len(query.text) <= LONGEST)


def _by_id(paper: Paper) -> str:
    # The digits alone: cs/0205070 is also written cs.CL/0205070.
    digits = paper.id.number.rpartition("/")[2] if paper.id else ""
    return f'"{digits}" in:name,description,readme' if digits else ""


def _by_title(title: str) -> str:
    wanted: list[str] = []
    for part in _chosen(title):
        said = _cut(part)
        wanted += [" ".join(said), " ".join((*said[:-1], singular(said[-1])))]
    unique = [f'"{one}"' for one in dict.fromkeys(wanted)]
    while unique:
        text = f"{' OR '.join(unique)} in:name,description,readme"
        if len(text) <= LONGEST:
            return text
        unique.pop()
    return ""


def _chosen(title: str) -> list[tuple[str, ...]]:
    """Return the parts to ask for: one finds what the whole finds, and more."""
    parts = [part for part in title_parts(title) if telling(part) > 1]
    return [part for part in parts[1:] if telling(part) >= _SHORTEST_PHRASE][:2] or parts[:1]


def _cut(said: tuple[str, ...]) -> tuple[str, ...]:
    while len(" ".join(said)) > _LONGEST_PHRASE and len(said) > 1:
        said = said[:-1]
    return tuple(word[:_LONGEST_PHRASE] for word in said)


def _by_name(name: str, paper: Paper) -> str:
    """Return the acronym with a telling word of the title, or the words it stands for."""
    said = words(name)
    if len(name) > _LONGEST_TOPIC:
        return ""
    if not said:
        return _by_subject(paper)
    title, abstract = plain(paper.title), plain(paper.abstract or "")
    short = " ".join(said)
    keys = [word for word in words(title) if word not in SMALL and len(word) >= _SHORTEST_KEY]
    wanted = [f'"{short}" {word}' for word in keys if word not in said]
    stands_for = expansion_of(name, f"{title}. {abstract}")
    if stands_for and not any(_holds(part, stands_for) for part in _chosen(title)):
        wanted = [f'"{" ".join(stands_for)}"', f'"{" ".join(_plural(stands_for))}"', *wanted]
    while wanted:
        text = f"{' OR '.join(wanted[:_MOST_WORDINGS])} in:name,description"
        if len(text) <= LONGEST:
            return text
        wanted.pop()
    return ""


def _by_subject(paper: Paper) -> str:
    """Return the title without `method` and the like behind it, for a paper without acronym."""
    part = _chosen(plain(paper.title))[:1]
    if not part or part[0][-1] not in _GENERIC or telling(part[0][:-1]) <= 1:
        return ""
    return f'"{" ".join(_cut(part[0][:-1]))}" in:name,description'


def _holds(part: tuple[str, ...], said: tuple[str, ...]) -> bool:
    """Tell whether a part of the title is these words, give or take a plural."""
    return tuple(map(singular, part)) == tuple(map(singular, said))


def _plural(said: tuple[str, ...]) -> tuple[str, ...]:
    return (*said[:-1], said[-1] + "s")


def _by_topic(name: str, paper: Paper) -> str:
    title = plain(paper.title)
    whole = "-".join(words(title))
    short = expansion_of(name, title) or tuple(words(name))
    slug = (
        whole
        if len(whole) <= _LONGEST_TOPIC and telling(tuple(words(title))) > 1
        else "-".join(short)
    )
    return f"topic:{slug}" if slug.isascii() and len(slug) <= _LONGEST_TOPIC and slug else ""
