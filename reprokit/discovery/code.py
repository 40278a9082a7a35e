"""Others' code for a paper: ask all sources side by side, merge, rank, read the best.

A source that fails does not fail the others. Every answer is kept, so that a second run asks
nobody; what is missing is said.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from reprokit.cache import Cache
from reprokit.discovery.answers import read_leads, started, to_json
from reprokit.discovery.findings import Findings, Implementation
from reprokit.dossier import Dossier, SourceReport
from reprokit.errors import Unavailable
from reprokit.paper import Paper
from reprokit.quoting import clean
from reprokit.ranking.queries import queries_for
from reprokit.ranking.relevance import Judgement, rank
from reprokit.reading.links import leads_in
from reprokit.reading.pitfalls import find_pitfalls
from reprokit.reading.threads import Thread
from reprokit.repositories import Lead, Mention, Repository, merged
from reprokit.scanning.frameworks import (
    Frameworks,
    detect_frameworks,
    guess_frameworks,
    may_be,
)

N_DESCRIBED = 50
N_DEEP = 5
_READABLE = ("code", "part")
_GITHUB = "github"


class CodeHost(Protocol):
    """Where repositories are searched, described and read: GitHub."""

    def search(self, queries: Sequence[tuple[str, str]], *, count: int = ...) -> Any:
        """Return what the queries find: `leads`, `is_complete`, `missing`."""
        ...

    def describe(self, leads: Sequence[Lead]) -> Any:
        """Return the same leads with README, files and issues: `leads`, `missing`."""
        ...

    def threads(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Return issues and pull requests of one repository."""
        ...

    def all_threads(self, name: str) -> Iterator[Mapping[str, Any]]:
        """Yield all issues and pull requests, page after page."""
        ...

    def archive(self, name: str) -> Mapping[str, bytes]:
        """Return the files of one repository."""
        ...


class LeadSource(Protocol):
    """Who knows repositories by paper: a hub, a list."""

    name: str

    def leads(self, paper: Paper) -> Sequence[Lead]:
        """Return the repositories that it names.

        Raises:
            Unavailable: It cannot be asked.
        """
        ...


@dataclass(frozen=True, slots=True)
class Asking:
    """How the search is done.

    Args:
        framework: The user's own, whose code is a spoiler.
        deep: How many of the best are read: code and issues.
        budget_s: Nobody waits longer for all of it.
        is_offline: Ask nobody.
        refresh: Ask again, whatever is kept.
    """

    framework: str = "pytorch"
    deep: int = N_DEEP
    budget_s: float = 60.0
    is_offline: bool = False
    refresh: bool = False


@dataclass
class Finder:
    """One search for the code of one paper.

    Args:
        dossier: What is known of the paper, the catalogue's repositories among it.
        asking: How the search is done.
        host: GitHub.
        hubs: Who else is asked.
        cache: Keeps the answers.
        notify: Told one line a source.
        clock: Seconds, for the budget.
    """

    dossier: Dossier
    asking: Asking
    host: CodeHost
    hubs: Sequence[LeadSource]
    cache: Cache
    notify: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    reports: list[SourceReport] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def find(self) -> Findings:
        """Ask, merge, rank, read; return what was found, however little."""
        self._ends_at = self.clock() + self.asking.budget_s
        paper = self.dossier.paper
        leads = merged([*self._listed(), *leads_in(paper), *self._asked(paper)])
        ranked = rank(paper, self._described(rank(paper, leads)))
        known = self._frameworks(ranked)
        official = {j.lead.repository.name for j in ranked if j.is_official}
        pitfalls = find_pitfalls(self._threads(ranked), official=official)
        found = tuple(self._implementation(judgement, known) for judgement in ranked)
        return Findings(found, pitfalls, tuple(self.reports), tuple(dict.fromkeys(self.missing)))

    def _listed(self) -> list[Lead]:
        """Return the repositories that the catalogue names."""
        return [
            Lead(
                Repository(known.repo),
                (Mention("catalogue", "official" if known.official else "listed", known.source),),
            )
            for known in self.dossier.reimplementations
            if "/" in known.repo
        ]

    def _asked(self, paper: Paper) -> list[Lead]:
        """Ask GitHub's search and all hubs side by side."""
        queries = [(query.kind, query.text) for query in queries_for(paper)]
        jobs: dict[str, tuple[str, Callable[[], Mapping[str, Any]]]] = {
            hub.name: (f"leads:{paper.id}", lambda hub=hub: {"leads": to_json(hub.leads(paper))})  # type: ignore[misc]
            for hub in (self.hubs if paper.id else ())
        }
        jobs[_GITHUB] = (f"search:{queries}", lambda: search_document(self.host, queries))
        found: list[Lead] = []
        for name, answer in self._together(jobs).items():
            leads = read_leads(answer)
            found += leads
            self._note_answer(name, answer, f"{len(leads)} repositories")
        return found

    def _together(
        self, jobs: Mapping[str, tuple[str, Callable[[], Mapping[str, Any]]]]
    ) -> dict[str, Mapping[str, Any]]:
        """Run jobs side by side, but those whose answers are kept, as long as there is time."""
        answers: dict[str, Mapping[str, Any]] = {}
        waiting: dict[str, Future[Mapping[str, Any]]] = {}
        for name, (key, ask) in jobs.items():
            kept = None if self.asking.refresh else self.cache.get(source_of(name), key)
            if kept is not None:
                answers[name] = {**kept.body, "status": "cached"}
            elif self.asking.is_offline:
                answers[name] = {"status": "skipped", "missing": ["offline, and not in the cache"]}
            else:
                waiting[name] = started(ask)
        for name, future in waiting.items():
            answers[name] = self._answer(name, jobs[name][0], future)
        return {name: answers[name] for name in jobs}

    def _answer(
        self, name: str, key: str, future: "Future[Mapping[str, Any]]"
    ) -> Mapping[str, Any]:
        try:
            answer = future.result(timeout=max(0.05, self._ends_at - self.clock()))
        except Late:
            return {"status": "failed", "missing": ["no answer in the time that there is"]}
        except Unavailable as error:
            return {"status": "failed", "missing": [clean(error.message)]}
        # nothing, for a reason, is asked for again
        if answer.get("leads", True) or not answer.get("missing"):
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self.cache.put(source_of(name), key, answer, now)
        return {**answer, "status": "ok"}

    def _note_answer(self, name: str, answer: Mapping[str, Any], said: str) -> None:
        """Put one line on record, and tell it."""
        missing = [str(line) for line in answer.get("missing", ())]
        status = answer["status"]
        detail = "; ".join([said, *missing] if status in ("ok", "cached") else missing)
        self.reports.append(SourceReport(name, status, detail))
        self.missing += [f"{name}: {line}" for line in missing]
        if status != "skipped":
            self.notify(f"{name}: {detail}" + (" (kept)" if status == "cached" else ""))

    def _described(self, ranked: Sequence[Judgement]) -> list[Lead]:
        """Return all leads, the best of them with README, files and issues."""
        best = [j.lead for j in ranked[:N_DESCRIBED]]
        rest = [j.lead for j in ranked[N_DESCRIBED:]]
        if not best:
            return []
        key = "describe:" + ",".join(lead.repository.name for lead in best)
        jobs = {_GITHUB: (key, lambda: describe_document(self.host, best))}
        answer = self._together(jobs)[_GITHUB]
        self.missing += [f"github: {line}" for line in answer.get("missing", ())]
        # what is gone is left out of the answer, and what has moved has its new name
        return [*(read_leads(answer) or best), *rest]

    def _deep(self, ranked: Sequence[Judgement]) -> list[Repository]:
        readable = [j.lead.repository for j in ranked if j.kind in _READABLE]
        return readable[: self.asking.deep]

    def _frameworks(self, ranked: Sequence[Judgement]) -> dict[str, Frameworks]:
        """Return the frameworks of the best, read from their code."""
        jobs = {
            f"archive:{r.name}": (
                f"archive:{r.name}@{r.pushed_at}",
                lambda r=r: detect_frameworks(self.host.archive(r.name)).to_json(),
            )
            for r in self._deep(ranked)
        }
        found = {}
        for name, answer in self._together(jobs).items():
            repo = name.partition(":")[2]
            if answer["status"] in ("ok", "cached"):
                found[repo] = Frameworks.from_json(answer)
            else:
                self.missing += [f"the code of {repo}: {m}" for m in answer.get("missing", ())]
        return found

    def _threads(self, ranked: Sequence[Judgement]) -> list[Thread]:
        """Return the issues and pull requests of the best."""
        jobs = {
            f"threads:{r.name}": (
                f"threads:{r.name}",
                lambda r=r: {"threads": [dict(t) for t in self.host.threads(r.name)]},
            )
            for r in self._deep(ranked)
        }
        found = []
        for name, answer in self._together(jobs).items():
            repo = name.partition(":")[2]
            self.missing += [f"the issues of {repo}: {m}" for m in answer.get("missing", ())]
            for document in answer.get("threads", ()):
                try:
                    found.append(Thread.from_json(document))
                except (TypeError, ValueError, KeyError):
                    continue
        return found

    def _implementation(
        self, judgement: Judgement, known: Mapping[str, Frameworks]
    ) -> Implementation:
        repository = judgement.lead.repository
        frameworks = known.get(repository.name) or self._guessed(repository)
        return Implementation(judgement, frameworks, may_be(frameworks, self.asking.framework))

    def _guessed(self, repository: Repository) -> Frameworks:
        """Return the framework that README, language and the catalogue tell: unconfirmed."""
        for listed in self.dossier.reimplementations:
            is_same = listed.repo.casefold() == repository.name.casefold()
            if is_same and listed.framework != "unknown":
                return Frameworks(listed.framework, confirmed=False)
        return guess_frameworks(
            language=repository.language,
            topics=repository.topics,
            description=repository.description,
            readme=repository.readme or "",
        )


def source_of(job: str) -> str:
    """Return whose answer a job keeps: archives and threads are GitHub's."""
    return _GITHUB if ":" in job else job


def search_document(host: CodeHost, queries: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Ask the search; return its answer as a document."""
    result = host.search(queries, count=N_DESCRIBED)
    return {"leads": to_json(result.leads), "missing": list(result.missing)}


def describe_document(host: CodeHost, leads: Sequence[Lead]) -> dict[str, Any]:
    """Ask for READMEs, files and issues; return the answer as a document."""
    result = host.describe(leads)
    return {"leads": to_json(result.leads), "missing": list(result.missing)}
