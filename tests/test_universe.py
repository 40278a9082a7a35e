"""The made universes have the shape that they promise."""

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import fields

import pytest

import universe
from reprokit.paper import ArxivId
from universe import Issue, Paper, Repo, Universe, heldout

STAMP = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
LINK = re.compile(r"https?://github\.com/([A-Za-z0-9-]+/[A-Za-z0-9._-]*[A-Za-z0-9_-])")

BUILT = {"first": universe.build(), "heldout": heldout.build()}
BOTH = pytest.mark.parametrize("made", BUILT.values(), ids=BUILT.keys())


def names(made: Universe) -> set[str]:
    return {repo.full_name for repo in made.repositories}


@pytest.mark.parametrize(
    ("made", "repositories", "papers"), [(BUILT["first"], 300, 10), (BUILT["heldout"], 150, 6)]
)
def test_a_universe_has_its_size(made: Universe, repositories: int, papers: int) -> None:
    assert len(made.repositories) == repositories
    assert len(made.papers) == papers


@pytest.mark.parametrize("build", [universe.build, heldout.build])
def test_a_universe_is_the_same_each_time_and_quick(build: Callable[[], Universe]) -> None:
    started = time.process_time()
    made = build()
    assert time.process_time() - started < 0.5
    assert made == build()


def test_the_two_universes_share_no_paper_and_no_repository() -> None:
    first, second = BUILT["first"], BUILT["heldout"]
    assert not {paper.id for paper in first.papers} & {paper.id for paper in second.papers}
    assert not names(first) & names(second)


@BOTH
def test_names_are_unique_also_in_lower_case(made: Universe) -> None:
    assert len({name.lower() for name in names(made)}) == len(made.repositories)
    assert [name for name in names(made) if not NAME.fullmatch(name)] == []


@BOTH
def test_each_paper_has_4_to_15_relevant_repositories(made: Universe) -> None:
    counts = Counter(paper for paper, _ in made.relevance)
    assert set(counts) == {paper.id for paper in made.papers}
    assert all(4 <= count <= 15 for count in counts.values()), counts


@BOTH
def test_grades_are_1_to_3_of_known_repositories(made: Universe) -> None:
    assert {name for _, name in made.relevance} <= names(made)
    assert set(made.relevance.values()) == {1, 2, 3}


@BOTH
def test_what_is_official_and_only_that_has_grade_3(made: Universe) -> None:
    threes = {pair for pair, grade in made.relevance.items() if grade == 3}
    assert threes == {(paper, name) for paper, found in made.official.items() for name in found}
    assert set(made.official) == {paper.id for paper in made.papers}


@BOTH
def test_ids_are_canonical(made: Universe) -> None:
    assert all(str(ArxivId.parse(paper.id)) == paper.id for paper in made.papers)


@BOTH
def test_links_of_the_services_lead_to_repositories(made: Universe) -> None:
    links = [answer["github_repo"] for answer in made.hub.values() if answer["github_repo"]]
    links += [one["url"] for answer in made.pwc.values() for one in answer["repositories"]]
    links += [f"https://github.com/{new}" for new in made.renamed.values()]
    for link in links:
        name = link.removeprefix("https://github.com/")
        assert made.renamed.get(name, name) in names(made)


@BOTH
def test_links_of_the_papers_lead_to_repositories(made: Universe) -> None:
    texts = [f"{paper.abstract} {paper.comment}" for paper in made.papers]
    found = [name for text in texts for name in LINK.findall(text)]
    assert len(found) >= 3
    assert {made.renamed.get(name, name) for name in found} <= names(made)


@BOTH
def test_the_services_are_wrong_and_silent_at_times(made: Universe) -> None:
    guesses = {
        paper: answer["github_repo"].removeprefix("https://github.com/")
        for paper, answer in made.hub.items()
        if answer["added_by"] == "auto"
    }
    right = {
        paper: made.renamed.get(name, name) in made.official[paper]
        for paper, name in guesses.items()
    }
    assert set(right.values()) == {True, False}
    assert len(made.pwc) < len(made.papers)
    wrong = [
        one["url"]
        for paper, answer in made.pwc.items()
        for one in answer["repositories"]
        if one["is_official"] and one["url"][19:] not in made.official[paper]
    ]
    assert len(wrong) == 1


@BOTH
def test_times_are_in_order(made: Universe) -> None:
    for repo in made.repositories:
        assert STAMP.fullmatch(repo.created_at), repo.full_name
        assert repo.created_at <= repo.pushed_at, repo.full_name
        for issue in repo.issues:
            assert repo.created_at <= issue.created_at <= issue.updated_at, repo.full_name
        numbers = [issue.number for issue in repo.issues]
        assert numbers == sorted(set(numbers))


@BOTH
def test_no_readme_names_a_paper_of_after_its_last_push(made: Universe) -> None:
    number = re.compile(r"(?<![0-9.])([0-9]{2})(0[1-9]|1[0-2])\.[0-9]{4,5}(?![0-9])")
    for repo in made.repositories:
        months = [f"20{year}-{month}" for year, month in number.findall(repo.readme)]
        assert max(months, default="") <= repo.pushed_at[:7], repo.full_name


@BOTH
def test_nobody_reimplements_a_paper_that_is_not_out(made: Universe) -> None:
    published = {paper.id: paper.published or "" for paper in made.papers}
    created = {repo.full_name: repo.created_at for repo in made.repositories}
    for (paper, name), grade in made.relevance.items():
        assert grade != 2 or created[name] >= published[paper], name


@BOTH
def test_no_token_of_the_grammar_is_left(made: Universe) -> None:
    left = re.compile(r"\[\[(?:bib|conf|badges|install|license)[ \]]")
    assert [repo.full_name for repo in made.repositories if left.search(repo.readme)] == []


@BOTH
def test_a_fork_names_its_parent(made: Universe) -> None:
    forks = [repo for repo in made.repositories if repo.fork]
    assert len(forks) >= 3
    assert {repo.parent for repo in forks} <= names(made)
    assert all(repo.parent is None for repo in made.repositories if not repo.fork)


@BOTH
def test_most_relevant_repositories_of_a_paper_are_not_the_most_starred(made: Universe) -> None:
    for paper in made.papers:
        found = {
            name: grade for (number, name), grade in made.relevance.items() if number == paper.id
        }
        by_stars = sorted(made.repositories, key=lambda repo: -repo.stars)
        assert not set(found) >= {repo.full_name for repo in by_stars[:3]}
        assert 2 in found.values()


@BOTH
def test_many_irrelevant_repositories_name_a_paper(made: Universe) -> None:
    for paper in made.papers:
        naming = {repo.full_name for repo in made.repositories if paper.id in repo.readme}
        irrelevant = {name for name in naming if (paper.id, name) not in made.relevance}
        assert len(irrelevant) >= 4, paper.id


def test_the_shapes_have_the_agreed_fields() -> None:
    assert [field.name for field in fields(Repo)] == [
        "full_name",
        "description",
        "topics",
        "language",
        "languages",
        "stars",
        "forks",
        "fork",
        "archived",
        "license",
        "pushed_at",
        "created_at",
        "default_branch",
        "readme",
        "files",
        "issues",
        "homepage",
        "size",
        "is_template",
        "owner_type",
        "parent",
    ]
    assert [field.name for field in fields(Issue)] == [
        "number",
        "title",
        "body",
        "state",
        "is_pull",
        "merged",
        "author",
        "association",
        "labels",
        "comments",
        "reactions",
        "created_at",
        "updated_at",
    ]
    assert [field.name for field in fields(Paper)] == (
        ["id", "title", "authors", "abstract", "comment", "published", "acronym"]
    )
