"""Hugging Face papers, the revived Papers with Code, and Semantic Scholar."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from zlib import crc32

from services.wire import Answer, Request

_HUB_PAPER = re.compile(r"/api/papers/([^/]+(?:/\d+)?)")
_HUB_REPOS = re.compile(r"/api/arxiv/([^/]+(?:/\d+)?)/repos")
_HUB_LIST = re.compile(r"/api/(models|datasets|spaces)")
_PWC_PAPER = re.compile(r"/api/v1/papers/([^/]+(?:/\d+)?)/?")
_S2_PAPER = re.compile(r"/graph/v1/paper/arxiv:(.+)", re.IGNORECASE)
HUB_LIMIT, HUB_SECONDS = 500, 300


def internal_id(arxiv_id: str) -> str:
    """Return the number that Papers with Code has for a paper; its evaluations go by it."""
    return str(crc32(arxiv_id.encode()) % 900_000 + 1)


class Papers:
    """Answers for the three services from `papers`, `hub`, `pwc` and `scholar`."""

    def __init__(self, universe: Any) -> None:
        self.papers = {paper.id: paper for paper in getattr(universe, "papers", ())}
        self.hub: Mapping[str, Mapping[str, Any]] = getattr(universe, "hub", {})
        self.pwc: Mapping[str, Mapping[str, Any]] = getattr(universe, "pwc", {})
        self.scholar: Mapping[str, Mapping[str, Any]] = getattr(universe, "scholar", {})

    def answer(self, request: Request) -> Answer:
        """Answer a request by its service."""
        services: dict[str, Callable[[Request], Answer]] = {
            "hf": self._from_hub,
            "pwc": self._from_pwc,
            "s2": self._from_scholar,
        }
        return services[request.service](request)

    def _from_hub(self, request: Request) -> Answer:
        missing = Answer.of(
            {"error": "Paper not found"}, 404, {"X-Error-Message": "Paper not found"}
        )
        if match := _HUB_PAPER.fullmatch(request.path):
            known = match[1] in self.hub
            return Answer.of(self._hub_paper(match[1])).tagged() if known else missing
        if match := _HUB_REPOS.fullmatch(request.path):
            return (
                Answer.of(self._hub_repos(match[1])).tagged() if match[1] in self.hub else missing
            )
        if match := _HUB_LIST.fullmatch(request.path):
            paper = request.query.get("filter", "").removeprefix("arxiv:")
            known = paper in self.hub
            return Answer.of(self._hub_repos(paper)[match[1]] if known else [])
        return Answer.of({"error": "Not Found"}, 404)

    def _about(self, number: str) -> dict[str, Any]:
        paper = self.papers.get(number)
        return {
            "title": paper.title if paper else f"Paper {number}",
            "authors": list(paper.authors) if paper else [],
            "abstract": paper.abstract if paper else "",
            "published": (getattr(paper, "published", None) or "2020-01-01")
            if paper
            else "2020-01-01",
        }

    def _hub_paper(self, number: str) -> dict[str, Any]:
        about, said = self._about(number), dict(self.hub[number])
        names = enumerate(about["authors"])
        shape: dict[str, Any] = {
            "id": number,
            "authors": [
                {"_id": f"{place:024x}", "name": name, "hidden": False} for place, name in names
            ],
            "publishedAt": f"{about['published'][:10]}T00:00:00.000Z",
            "title": about["title"],
            "summary": about["abstract"],
            "upvotes": 0,
            "discussionId": f"{int(internal_id(number)):024x}",
            "ai_keywords": [],
        }
        for kind in ("Models", "Datasets", "Spaces"):
            linked = list(said.get(f"linked{kind}", []))
            shape |= {f"linked{kind}": linked, f"numTotal{kind}": len(linked)}
        return shape | {key: value for key, value in said.items() if value is not None}

    def _hub_repos(self, number: str) -> dict[str, list[Any]]:
        said = self.hub[number]
        return {
            kind: list(said.get(f"linked{kind.capitalize()}", []))
            for kind in ("models", "datasets", "spaces")
        }

    def _from_pwc(self, request: Request) -> Answer:
        if request.path in {"/api/v1/evaluations", "/api/v1/evaluations/"}:
            return self._evaluations(request)
        if request.path.rstrip("/") == "/api/v1/papers/search":
            return self._pwc_search(request)
        match = _PWC_PAPER.fullmatch(request.path)
        if not match or match[1] not in self.pwc:
            return Answer.of({"detail": "Paper not found"}, 404)
        resources = request.query.get("include_resources", "").lower() in {"true", "1"}
        return Answer.of(self._pwc_paper(match[1], resources=resources))

    def _pwc_paper(self, number: str, *, resources: bool) -> dict[str, Any]:
        said = {key: value for key, value in self.pwc[number].items() if key != "evaluations"}
        shape: dict[str, Any] = {
            "id": internal_id(number),
            "arxiv_id": number,
            "url_abs": f"https://arxiv.org/abs/{number}",
            "conference": None,
            "citation_count": 0,
            "organizations": [],
            "predecessor_papers": [],
            "successor_papers": [],
            **self._about(number),
        }
        lists = ("repositories", "project_pages", "hf_models", "hf_datasets", "hf_spaces")
        if resources:
            return shape | {name: [] for name in lists} | said
        return shape | {key: value for key, value in said.items() if key not in lists}

    def _evaluations(self, request: Request) -> Answer:
        by_id = {internal_id(number): number for number in self.pwc}
        number = by_id.get(request.query.get("paper_id", ""), "")
        rows = list(self.pwc[number].get("evaluations", [])) if number else []
        size, page = request.number("page_size", 20, 100), request.number("page", 1, 10**6)
        about = self._about(number)
        shown = [
            self._evaluation(number, about, place, row)
            for place, row in enumerate(rows[(page - 1) * size : page * size], (page - 1) * size)
        ]
        return Answer.of({"count": len(rows), "page": page, "page_size": size, "results": shown})

    def _evaluation(
        self, number: str, about: dict[str, Any], place: int, row: Mapping[str, Any]
    ) -> dict[str, Any]:
        return {
            "id": str(place + 1),
            "paper_id": internal_id(number),
            "paper_title": about["title"],
            "paper_arxiv_id": number,
            "paper_published_date": about["published"][:10],
            "task_id": "1",
            "task_name": "",
            "dataset_id": "1",
            "dataset_name": "",
            "model_name": "",
            "metrics": {},
            "best_metric": None,
            "best_rank": None,
            "is_open": True,
            "source_url": None,
            **row,
        }

    def _pwc_search(self, request: Request) -> Answer:
        asked = request.query.get("q", "").casefold()
        found = [number for number in self.pwc if asked in self._about(number)["title"].casefold()]
        results = [self._pwc_paper(number, resources=False) for number in found]
        return Answer.of({"count": len(results), "results": results})

    def _from_scholar(self, request: Request) -> Answer:
        if request.path == "/graph/v1/paper/search/match":
            return self._match(request)
        match = _S2_PAPER.fullmatch(request.path)
        if not match or match[1] not in self.papers:
            name = request.path.rpartition("/paper/")[2]
            return Answer.of({"error": f"Paper with id {name} not found"}, 404)
        return Answer.of(self._scholar_paper(match[1], request.query.get("fields", "title")))

    def _scholar_paper(self, number: str, fields: str) -> dict[str, Any]:
        about = self._about(number)
        shape: dict[str, Any] = {
            "paperId": f"{crc32(number.encode()):040x}",
            "externalIds": {"ArXiv": number},
            "title": about["title"],
            "abstract": about["abstract"],
            "citationCount": 0,
            "venue": "",
            "openAccessPdf": None,
            "tldr": None,
            "year": int(about["published"][:4]),
        } | dict(self.scholar.get(number, {}))
        wanted = {"paperId", *(name.partition(".")[0] for name in fields.split(","))}
        return {key: value for key, value in shape.items() if key in wanted}

    def _match(self, request: Request) -> Answer:
        asked = request.query.get("query", "").casefold()
        for number in self.papers:
            if asked and asked in self._about(number)["title"].casefold():
                paper = self._scholar_paper(number, request.query.get("fields", "title"))
                return Answer.of({"data": [paper | {"matchScore": 100.0}]})
        return Answer.of({"error": "Title match not found"}, 404)
