"""What GitHub's search would find in a made universe, and the leads that a paper gets from it."""

from collections.abc import Iterator
from typing import Any

from reprokit.paper import ArxivId, Paper
from reprokit.ranking.queries import queries_for
from reprokit.repositories import Lead, Mention, Repository, merged
from services.search import search_repositories
from services.store import Store
from universe import Universe
from universe.shapes import Paper as MadePaper
from universe.shapes import Repo

GITHUB = "https://github.com/"


def paper_of(made: MadePaper) -> Paper:
    return Paper(
        ArxivId.parse(made.id),
        made.title,
        authors=tuple(made.authors),
        published=made.published,
        abstract=made.abstract,
        comment=made.comment,
    )


def repository_of(made: Repo) -> Repository:
    top = dict.fromkeys(path.partition("/")[0] for path in made.files)
    return Repository(
        made.full_name,
        description=made.description or "",
        topics=tuple(made.topics),
        language=made.language,
        languages=made.languages,
        stars=made.stars,
        forks=made.forks,
        is_fork=made.fork,
        parent=made.parent,
        is_archived=made.archived,
        license=made.license,
        pushed_at=made.pushed_at,
        created_at=made.created_at,
        size_kb=made.size,
        homepage=made.homepage or "",
        is_organization=made.owner_type == "Organization",
        readme=made.readme,
        files=(*(["README.md"] if made.readme else []), *top),
        issue_titles=tuple(issue.title for issue in made.issues),
        n_issues=len(made.issues),
    )


class Search:
    """Finds the leads of a paper in a universe, as the services would."""

    def __init__(self, universe: Universe) -> None:
        self.universe = universe
        self.store = Store(universe)
        self.repositories = {repo.full_name: repo for repo in universe.repositories}

    def leads(self, made: MadePaper, acronym: str | None = None) -> list[Lead]:
        found = [*self._searched(made, acronym), *self._linked(made), *self._services(made.id)]
        return list(
            merged(
                Lead(repository_of(self.repositories[name]), (mention,))
                for name, mention in found
                if name in self.repositories
            )
        )

    def relevance(self, made: MadePaper) -> dict[str, int]:
        pairs = self.universe.relevance.items()
        return {name: grade for (paper, name), grade in pairs if paper == made.id}

    def _searched(self, made: MadePaper, acronym: str | None) -> Iterator[tuple[str, Mention]]:
        for query in queries_for(paper_of(made), acronym):
            for repo in search_repositories(self.store, query.text):
                yield repo.full_name, Mention("github", query.kind, query.text)

    def _linked(self, made: MadePaper) -> Iterator[tuple[str, Mention]]:
        for kind, text in (("abstract", made.abstract), ("comment", made.comment or "")):
            for place in (part for part in text.split() if "github.com/" in part):
                yield self._present(place), Mention("arxiv", kind, place)

    def _services(self, paper: str) -> Iterator[tuple[str, Mention]]:
        hub: dict[str, Any] = self.universe.hub.get(paper, {})
        if hub.get("github_repo"):
            detail = f"Hugging Face: added by {hub['added_by']}"
            yield (
                self._present(hub["github_repo"]),
                Mention("huggingface", hub["added_by"], detail),
            )
        if GITHUB in (hub.get("project_page") or ""):
            yield self._present(hub["project_page"]), Mention("huggingface", "project-page")
        for one in self.universe.pwc.get(paper, {}).get("repositories", []):
            kind = "official" if one["is_official"] else "listed"
            yield self._present(one["url"]), Mention("paperswithcode", kind, "", one["url"])

    def _present(self, url: str) -> str:
        name = url.strip("(),;").rstrip(".").partition("github.com/")[2]
        return self.universe.renamed.get(name, name)
