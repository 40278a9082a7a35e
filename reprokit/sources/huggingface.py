"""Hugging Face's page of a paper: the code that its users, or the Hub itself, link to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from reprokit.errors import Unavailable
from reprokit.paper import ArxivId, Paper
from reprokit.quoting import clean
from reprokit.reading.links import repository_of
from reprokit.repositories import Lead, Mention, Repository, merged
from reprokit.web import DEADLINE_S, HINT, NotFound, get_json

URL = "https://huggingface.co"

_SERVICE = "Hugging Face"
_MOST_KEYWORDS, _LONGEST_KEYWORD = 20, 80
_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class Extras:
    """What else Hugging Face knows of a paper; None where it does not say.

    Args:
        upvotes: Of its users.
        models: How many models on the Hub link to the paper.
        datasets: How many datasets do.
        keywords: As a language model chose them.
    """

    upvotes: int | None = None
    models: int | None = None
    datasets: int | None = None
    keywords: tuple[str, ...] = ()


class HuggingFace:
    """Hugging Face as a source. One request a paper, however often it is asked for.

    Args:
        url: The site, or what stands in its place.
        deadline_s: Nobody waits longer.
    """

    name = "huggingface"

    def __init__(self, url: str | None = None, *, deadline_s: float = DEADLINE_S) -> None:
        self._url = (url or URL).rstrip("/")
        self._deadline_s = deadline_s
        self._answers: dict[str, Mapping[str, Any]] = {}

    def leads(self, paper: Paper) -> tuple[Lead, ...]:
        """Return the repositories that it names; none where it does not know the paper.

        Raises:
            Unavailable: It cannot be asked, or its answer is of no use.
        """
        return read_leads(self._ask(paper), f"{self._url}/papers/{_path(paper)}")

    def extras(self, paper: Paper) -> Extras:
        """Return what else it knows.

        Raises:
            Unavailable: It cannot be asked, or its answer is of no use.
        """
        return read_extras(self._ask(paper))

    def _ask(self, paper: Paper) -> Mapping[str, Any]:
        if paper.id is None:
            return {}
        number = paper.id.number
        if number not in self._answers:
            url = f"{self._url}/api/papers/{_path(paper)}"
            try:
                answer = get_json(url, deadline_s=self._deadline_s, service=_SERVICE)
            except NotFound:
                answer = {}
            self._answers[number] = check_answer(answer, paper.id)
        return self._answers[number]


def _path(paper: Paper) -> str:
    return quote(paper.id.number, safe="/") if paper.id else ""


def check_answer(answer: Any, wanted: ArxivId) -> Mapping[str, Any]:
    """Return an answer that is one, and of this paper.

    Raises:
        Unavailable: It is not.
    """
    if not isinstance(answer, Mapping):
        raise Unavailable(f"{_SERVICE}: the answer is no object", hint=HINT)
    given = answer.get("id", wanted.number)
    if given != wanted.number:
        shown = repr(clean(given)[:_LONGEST_ID]) if isinstance(given, str) else "another thing"
        raise Unavailable(
            f"{_SERVICE} was asked for {wanted.number} and answered with {shown}", hint=HINT
        )
    return answer


def read_leads(answer: Mapping[str, Any], page: str) -> tuple[Lead, ...]:
    """Return the repositories in an answer; `page` is where they stand."""
    by_user = answer.get("githubRepoAddedBy") == "user"
    code = (
        ("githubRepo", "user", "linked by a user of Hugging Face")
        if by_user
        else ("githubRepo", "auto", "linked by Hugging Face, which guessed")
    )
    found = []
    for key, kind, detail in (code, ("projectPage", "project-page", "given as its project page")):
        name = repository_of(answer.get(key))
        if name:
            mention = Mention("huggingface", kind, detail, page)
            found.append(Lead(Repository(name), (mention,)))
    return merged(found)


def read_extras(answer: Mapping[str, Any]) -> Extras:
    """Return what else is in an answer."""
    words = answer.get("ai_keywords")
    keywords = [
        clean(word[: 2 * _LONGEST_KEYWORD])[:_LONGEST_KEYWORD]
        for word in (words if isinstance(words, list) else [])[:_MOST_KEYWORDS]
        if isinstance(word, str)
    ]
    return Extras(
        upvotes=_count(answer.get("upvotes")),
        models=_linked(answer, "Models"),
        datasets=_linked(answer, "Datasets"),
        keywords=tuple(word for word in keywords if word),
    )


def _linked(answer: Mapping[str, Any], kind: str) -> int | None:
    """Return the total, or how many are listed: the list alone may be a part."""
    listed = answer.get(f"linked{kind}")
    total = _count(answer.get(f"numTotal{kind}"))
    return len(listed) if total is None and isinstance(listed, list) else total


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12
    return value if is_count else None
