"""The signs by which the kind of a repository is told.

Pure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reprokit.ranking import cues
from reprokit.ranking.page import Page, numbers_in
from reprokit.ranking.relation import Saying
from reprokit.ranking.terms import Terms
from reprokit.ranking.words import SMALL, fold, singular, word_set, words
from reprokit.repositories import Repository

_CODE = word_set(
    "py ipynb jl r lua m c cc cpp cu h hpp rs go java scala kt swift js ts tsx jsx pl rb "
    "cs f90 f sh hs ml clj php mojo"
)
_BUILDS = frozenset(
    {"makefile", "cmakelists.txt", "cargo.toml", "package.json", "project.toml", "go.mod"}
)
_NO_CODE_FOLDERS = word_set(
    "assets asset docs doc images image img imgs figures figs fig data dataset datasets "
    "notes media static papers paper pdf pdfs slides .github .vscode results license "
    "licence videos video"
)
_TRAIN_FILE = re.compile(
    r"(?:train|main|run|experiment|finetune|pretrain|fit|reproduce|repro|tasks|egs|recipes|"
    r"scripts)\w*(?:\.\w{1,5})?$"
)
_FAMOUS = 5000  # stars
_MANY = 3  # other papers, as many as a library names
_MOST = 8  # arXiv ids in a README of a single thing


@dataclass(frozen=True, slots=True)
class Signs:
    """What the kind is told by.

    Args:
        said: The sentences that matter, in their order.
        ours: The first that says it is of this paper; None if none does.
        other: It says that it is of another paper, before.
        has_code: None where it is not known.
        trains: It shows how to train.
        parts: What says that it is a part only.
        library: How much speaks for a library of many things, from 0 on.
        named: The best way it names the paper outside references, or an empty text.
        first_is_other: The first paper that it links to is another.
        takes: It takes the model from somebody else's code.
    """

    said: tuple[Saying, ...]
    ours: Saying | None
    other: bool
    has_code: bool | None
    trains: bool
    parts: int
    library: int
    named: str
    first_is_other: bool
    takes: bool


def signs_of(repository: Repository, page: Page, said: Sequence[Saying], terms: Terms) -> Signs:
    """Return the signs of a repository."""
    text = fold(f"{page.about}\n") + "\n".join(page.lines)
    ours, other = _subject(said)
    others = [number for number in page.numbers if number != terms.number]
    return Signs(
        said=tuple(said),
        ours=ours,
        other=other or _has_other_title(page, said),
        has_code=has_code(repository),
        trains=_trains(repository, page),
        parts=len(cues.PART.findall(text))
        + len(cues.LAYERISH.findall(fold(page.about + " " + page.title))),
        library=_library(repository, page, others),
        named=_named(said),
        takes=bool(cues.TAKES.search(text)),
        first_is_other=_first_is_other(page, terms, said),
    )


def _first_is_other(page: Page, terms: Terms, said: Sequence[Saying]) -> bool:
    """Tell whether the first id is another's, or description and heading are another's title."""
    if any(one.is_certain for one in said if one.place in {"about", "title"}):
        return False
    first = numbers_in(page.head)[:1]
    return bool(first) and not terms.id.search(first[0])


def _has_other_title(page: Page, said: Sequence[Saying]) -> bool:
    """Tell whether description and heading are the same, and no name of the paper."""
    if any(one.names for one in said if one.place in {"about", "title"}):
        return False
    heading, about = words(page.title), words(page.about)
    return len(about) > _MANY and heading[: len(about)] == about


def has_code(repository: Repository) -> bool | None:
    """Tell whether there is code among the names at the top; None if they are not known."""
    if repository.files is None:
        return None
    for name in map(str.lower, repository.files):
        stem, dot, ending = name.rpartition(".")
        if name in _BUILDS or (dot and stem and ending in _CODE):
            return True
        if (
            not dot
            and name not in _NO_CODE_FOLDERS
            and not name.startswith(("readme", "licen", "copying", "authors", "citation"))
        ):
            return True
    return False


def _trains(repository: Repository, page: Page) -> bool:
    if any(_TRAIN_FILE.match(name.lower()) for name in repository.files or ()):
        return True
    return bool(cues.TRAINS.search(page.code) or cues.TRAINS.search("\n".join(page.lines)))


def _library(repository: Repository, page: Page, others: Sequence[str]) -> int:
    about = fold(f"{page.about} {page.title}")
    points = 2 * bool(cues.LIBRARY.search(about))
    points += not points and bool(cues.LIBRARY.search(page.head[:400]))
    points += len(others) >= _MANY
    points += repository.is_organization
    points += (repository.stars or 0) > _FAMOUS
    points += "pip install" in page.code or any("pip install" in line for line in page.lines)
    return points


def _subject(said: Sequence[Saying]) -> tuple[Saying | None, bool]:
    """Return the first sentence that is about this paper, and whether another comes before."""
    other = False
    for one in said:
        if one.place == "referring":
            continue
        if one.other:
            other = True
        elif (
            (one.is_certain and not one.cites)
            or (one.implements and "expansion" in one.names)
            or (one.is_certain and one.implements and _implements_first(one))
        ):
            return one, other
    return None, other


def _implements_first(one: Saying) -> bool:
    """Tell whether a sentence implements before it cites."""
    implements, cites = cues.IMPLEMENTS.search(one.text), cues.CITES.search(one.text)
    if implements is None:
        return False
    return cites is None or implements.start() < cites.start()


def _named(said: Sequence[Saying]) -> str:
    best = ""
    for one in said:
        if one.place == "referring":
            continue
        for kind in ("id", "title", "link", "authors"):
            if kind in one.names:
                return kind
        best = best or ("expansion" if "expansion" in one.names else "")
    return best or ("acronym" if any("acronym" in one.names for one in said) else "")


def is_list(repository: Repository, page: Page) -> bool:
    """Tell whether it is a list, notes, homework or somebody's page."""
    owner, _, name = fold(repository.name).partition("/")
    runs = has_code(repository)
    if cues.LIST_NAME.search(name) or name == f"{owner}.github.io" or (name == owner and not runs):
        return True
    if any(cues.LIST_ABOUT.search(text) for text in (fold(page.about), fold(page.title))):
        return True
    if not runs and cues.LIST_ABOUT.search(page.head[:400]):
        return True
    topics = {fold(topic) for topic in repository.topics}
    return bool(
        topics & {"awesome", "awesome-list", "papers", "survey", "papers-with-code", "paper-list"}
    ) or (len(page.numbers) > _MOST and not runs)


def is_promise(repository: Repository, page: Page) -> bool:
    """Tell whether there is no code yet: nothing but texts, or it says so and nothing runs."""
    if repository.files is not None:
        return has_code(repository) is False
    text = fold(page.about) + "\n" + "\n".join(page.lines)
    return bool(cues.PROMISES.search(text)) and not page.code


def says_copy(repository: Repository) -> bool:
    """Tell whether its description calls it a copy of something."""
    return bool(cues.COPY.search(fold(repository.description)))


def describes(page: Page, terms: Terms) -> bool:
    """Tell whether the description implements something with words of the paper's title."""
    about = fold(page.about)
    ours = {singular(word) for word in terms.title_words if word not in SMALL}
    shared = ours & {singular(word) for word in words(about)}
    return bool(cues.IMPLEMENTS.search(about)) and len(shared) >= 2  # noqa: PLR2004


def is_likely(page: Page, terms: Terms, said: Sequence[Saying]) -> bool:
    """Tell whether a page that has only the acronym implements this paper's, by its other words."""
    if not any(one.implements and one.names and not one.other for one in said):
        return False
    name = terms.acronym_text
    strange = len(name) > 5 and any(letter.isupper() for letter in name[1:])  # noqa: PLR2004
    around = {singular(word) for word in words(f"{page.about} {page.head}")}
    shared = {word for word in terms.context if word in around}
    return len(shared) >= (2 if strange else 4)


def names_match(repository: Repository, terms: Terms) -> bool:
    """Tell whether the repository's name holds the title's words or the acronym."""
    said = words(repository.name.partition("/")[2])
    acronym = words(terms.acronym_text)
    stream = f" {' '.join(said)} "
    if acronym and f" {' '.join(acronym)} " in stream:
        return True
    return any(title.search(" ".join(said)) for title in terms.titles)
