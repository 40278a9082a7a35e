"""Papers with Code (paperswithcode.co): the repositories it lists, and published results."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from reprokit.dossier import Claim
from reprokit.errors import Unavailable
from reprokit.paper import Paper
from reprokit.quoting import clean
from reprokit.reading.links import repository_of
from reprokit.repositories import Lead, Mention, Repository, merged
from reprokit.web import DEADLINE_S, HINT, NotFound, get_json

URL = "https://paperswithcode.co"
MOST_REPOSITORIES = 200
MOST_CLAIMS = 200

_SERVICE = "Papers with Code"
_PAGE_SIZE = 100
_MOST_METRICS = 20
_LONGEST_TEXT, _LONGEST_NOTE = 120, 200
_HIGHEST = 1e15
_PERCENT = re.compile(r"([+-]?[0-9]{1,12}(?:\.[0-9]{1,12})?) ?%")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,12})?(?:[eE][+-]?[0-9]{1,2})?")
_INTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_VERSION = re.compile(r"v[0-9]{1,3}$")


class PapersWithCode:
    """Papers with Code as a source. One request a paper, and another one for its results.

    Args:
        url: The site, or what stands in its place.
        deadline_s: Nobody waits longer for an answer.
    """

    name = "paperswithcode"

    def __init__(self, url: str | None = None, *, deadline_s: float = DEADLINE_S) -> None:
        self._url = (url or URL).rstrip("/")
        self._deadline_s = deadline_s
        self._answers: dict[str, Mapping[str, Any]] = {}

    def leads(self, paper: Paper) -> tuple[Lead, ...]:
        """Return the repositories that it lists; none where it does not know the paper.

        Raises:
            Unavailable: It cannot be asked, or its answer is of no use.
        """
        return read_leads(self._ask(paper), f"{self._url}/paper/{_path(paper)}")

    def claims(self, paper: Paper) -> tuple[Claim, ...]:
        """Return the results that it lists for the paper: drafts, which nobody checked.

        Raises:
            Unavailable: It cannot be asked, or its answer is of no use.
        """
        internal = _internal_id(self._ask(paper))
        if internal is None or paper.id is None:
            return ()
        # its evaluations do not go by the arXiv id
        params = {"paper_id": internal, "page": "1", "page_size": str(_PAGE_SIZE)}
        url = f"{self._url}/api/v1/evaluations/"
        answer = self._get(url, params)
        return read_claims(answer, f"{url}?{urlencode(params)}", paper.id.number)

    def _ask(self, paper: Paper) -> Mapping[str, Any]:
        if paper.id is None:
            return {}
        number = paper.id.number
        if number not in self._answers:
            url = f"{self._url}/api/v1/papers/{_path(paper)}"
            answer = self._get(url, {"include_resources": "true"})
            check_number(answer.get("arxiv_id"), number)
            self._answers[number] = answer
        return self._answers[number]

    def _get(self, url: str, params: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            answer = get_json(url, params=params, deadline_s=self._deadline_s, service=_SERVICE)
        except NotFound:
            return {}
        if not isinstance(answer, Mapping):
            raise Unavailable(f"{_SERVICE}: the answer is no object", hint=HINT)
        return answer


def _path(paper: Paper) -> str:
    return quote(paper.id.number, safe="/") if paper.id else ""


def _internal_id(answer: Mapping[str, Any]) -> str | None:
    given = answer.get("id")
    if isinstance(given, bool) or not isinstance(given, int | str):
        return None
    return str(given) if _INTERNAL_ID.fullmatch(str(given)) else None


def check_number(given: Any, wanted: str) -> None:
    """Refuse the answer of another paper; one that names none is taken.

    Raises:
        Unavailable: Naming both.
    """
    if isinstance(given, str) and _VERSION.sub("", given) != wanted:
        shown = clean(given)[:_LONGEST_TEXT]
        raise Unavailable(
            f"{_SERVICE} was asked for {wanted} and answered with {shown!r}", hint=HINT
        )


def read_leads(answer: Mapping[str, Any], page: str) -> tuple[Lead, ...]:
    """Return the repositories in an answer; `page` is where they stand."""
    found = []
    for listed in _listed(answer, "repositories")[:MOST_REPOSITORIES]:
        name = repository_of(listed.get("url"))
        if name:
            kind = "official" if listed.get("is_official") is True else "listed"
            mention = Mention("paperswithcode", kind, f"listed as {kind}"[:_LONGEST_TEXT], page)
            found.append(Lead(Repository(name), (mention,)))
    return merged(found)


def read_claims(answer: Mapping[str, Any], url: str, number: str) -> tuple[Claim, ...]:
    """Return the results in an answer, one a metric; rows of other papers are left out."""
    found: dict[str, Claim] = {}
    for place, row in enumerate(_listed(answer, "results")):
        of = row.get("paper_arxiv_id")
        if isinstance(of, str) and _VERSION.sub("", of) != number:
            continue
        for claim in _claims_of(row, place, url):
            found.setdefault(claim.id, claim)
            if len(found) == MOST_CLAIMS:
                return tuple(found.values())
    return tuple(found.values())


def _claims_of(row: Mapping[str, Any], place: int, url: str) -> Iterator[Claim]:
    dataset, method = _text(row.get("dataset_name")), _text(row.get("model_name"))
    metrics = row.get("metrics")
    if not dataset or not isinstance(metrics, Mapping):
        return
    of_row = _internal_id(row) or f"row{place + 1}"
    for number, (name, given) in enumerate(list(metrics.items())[:_MOST_METRICS]):
        metric, measured = _text(name), _measured(given)
        if not metric or measured is None:
            continue
        yield Claim(
            id=f"pwc_{of_row}_{number + 1}",
            dataset=dataset,
            metric=metric,
            method=method,
            value=measured[0],
            unit=measured[1],
            kind="draft",
            source=url,
            note=_note(row),
        )


def _note(row: Mapping[str, Any]) -> str:
    """Return what the number is of, and that nobody has checked it."""
    task, rank = _text(row.get("task_name")), row.get("best_rank")
    parts = ["as Papers with Code lists it"]
    parts += [f"task: {task}"] if task else []
    if isinstance(rank, int) and not isinstance(rank, bool) and 0 < rank < _HIGHEST:
        parts.append(f"its rank {rank}")
    return "; ".join(parts)[:_LONGEST_NOTE]


def _measured(given: Any) -> tuple[int | float | str, str] | None:
    """Return value and unit; None for what is no result."""
    if isinstance(given, str):
        text = _text(given)
        if match := _PERCENT.fullmatch(text):
            return float(match[1]), "%"
        if _NUMBER.fullmatch(text):
            return float(text), ""
        return (text, "") if text else None
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    return (given, "") if abs(given) < _HIGHEST else None


def _listed(answer: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the objects in a list of an answer."""
    listed = answer.get(key)
    if not isinstance(listed, list):
        return []
    return [item for item in listed[: 10 * _PAGE_SIZE] if isinstance(item, Mapping)]


def _text(given: Any) -> str:
    """Return a text in one line that is not too long; nothing for what is no text."""
    return (
        clean(given[: 4 * _LONGEST_TEXT])[:_LONGEST_TEXT].strip() if isinstance(given, str) else ""
    )
