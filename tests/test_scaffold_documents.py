"""reprokit.scaffold.documents: what is known of a paper, in the files of its project."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from projects import CLAIM, FACT, describe, load_all, make

from reprokit.discovery.findings import Findings, Implementation
from reprokit.dossier import Dossier, Fact, Reimplementation, SourceReport
from reprokit.paper import ArxivId, Paper
from reprokit.ranking.relevance import Judgement
from reprokit.repositories import Lead, Repository
from reprokit.scaffold.documents import list_reimplementations
from reprokit.scaffold.template import templates_dir
from reprokit.scanning.found import Frameworks
from reprokit.sources.catalogue import Catalogue

HOSTILE = [
    "{{ cycler.__init__.__globals__.os.popen('touch pwned').read() }}",
    "{{ cookiecutter.slug }} {% raw %}",
    "On {% the state",
    "Learning {#1} things",
    "${oc.env:HOME} ${x ???",
    "../../x",
    "\x1b[31mred\x1b]0;t\x07 \u202egnol\u2066",
    "[/foo] [link=x]y",
    "\U0001f600 emoji \u2028 \x7f \x85",
    "a\n# heading\n<!-- questions -->",
    "quotes \" ' ''' \"\"\" \\ \\u0041 `$(touch pwned)`",
    r"$\mathcal{L}_{2}$ \begin{x} {{L}}",
    "fixes #1 @somebody | <script>",
    "]]> --> */ ; rm -rf / ${{ github.token }}",
]


@pytest.fixture(scope="module")
def worked() -> Dossier:
    found = Catalogue().find(ArxivId("2011.14439"))
    assert found is not None
    return found


def test_the_spec_is_the_facts_of_the_paper_and_of_its_default_model(
    worked: Dossier, tmp_path: Path
) -> None:
    document = json.loads((make(tmp_path / "mnist_1d", worked) / "paper.json").read_text())

    default = (templates_dir() / "papers" / "2011.14439" / ".spec_context").read_text().strip()
    contexts = {fact["context"] for fact in document["facts"]}
    stated = {fact["name"] for fact in document["facts"] if fact["context"] in ("", default)}
    assert {"", default} < contexts
    assert set(document["spec"]) == stated
    assert document["spec"]["batch_size"] == 100


def test_other_peoples_code_is_listed_apart_with_who_was_asked(tmp_path: Path) -> None:
    dossier = replace(
        describe(),
        reimplementations=(Reimplementation("a/b", "pytorch", official=False, source="x"),),
        sources=(SourceReport("arxiv", "skipped", "offline"),),
    )

    document = json.loads((make(tmp_path / "gan", dossier) / "reimplementations.json").read_text())

    assert document["reimplementations"][0]["repo"] == "a/b"
    assert document["sources"] == [{"name": "arxiv", "status": "skipped", "detail": "offline"}]
    assert document["paper"]["title"] == "Counting Lines"


def test_code_that_nobody_searched_for_is_written_in_the_form_of_find() -> None:
    known = Reimplementation("a/b", "jax", official=True, source="the paper, page 1")
    lead = Lead(Repository("a/b"))
    judgement = Judgement(lead, 1.0, "code", official=(), is_official=True, why=())
    implementation = Implementation(judgement, Frameworks("jax"), is_spoiler=False)
    searched = Findings((implementation,)).to_json(describe().paper)

    document = list_reimplementations(replace(describe(), reimplementations=(known,)))

    assert document.keys() == searched.keys()
    assert document["reimplementations"][0].keys() == searched["reimplementations"][0].keys()
    assert document["reimplementations"][0]["official_evidence"] == ["the paper, page 1"]


def test_the_readme_shows_the_paper_and_its_claims_with_their_sources(tmp_path: Path) -> None:
    dossier = replace(
        describe(authors=("A. B", "C | D"), published="2020-11", unverified=("published",)),
        claims=(CLAIM,),
    )

    text = (make(tmp_path / "gan", dossier) / "README.md").read_text("utf-8")

    assert text.startswith("# Counting Lines\n")
    assert "A. B, C \\| D" in text
    assert "own record: published" in text
    assert "<https://example.org/x.pdf>" in text
    row = next(line for line in text.splitlines() if "94.0 %" in line)
    assert row.count(" | ") == 4
    assert "example.org/t" in row
    assert "<!--" not in text


def test_the_readme_warns_of_a_withdrawn_paper(tmp_path: Path) -> None:
    root = make(tmp_path / "gan", describe(withdrawn=True))

    assert "withdrawn" in (root / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("facts", "question", "is_open"),
    [
        ((), "learning rate?", True),
        ((FACT,), "learning rate?", False),
        ((), "steps or epochs?", True),
        ((replace(FACT, name="epochs"),), "steps or epochs?", False),
        ((replace(FACT, name="steps", context="mlp"),), "steps or epochs?", False),
    ],
)
def test_the_questions_are_what_no_fact_answers(
    facts: tuple[Fact, ...], question: str, tmp_path: Path, *, is_open: bool
) -> None:
    dossier = replace(describe(), facts=facts)

    text = (make(tmp_path / "gan", dossier, None) / "notes" / "questions.md").read_text("utf-8")

    lines = [line for line in text.splitlines() if line.endswith(question)]
    assert [line.startswith("- [ ] ") for line in lines] == [True] * is_open


def test_known_pitfalls_stand_below_the_questions_with_their_sources(tmp_path: Path) -> None:
    pitfall = Fact("pitfall", "take *care*", "a/b@1 train.py:3")

    root = make(tmp_path / "gan", replace(describe(), pitfalls=(pitfall,)))

    text = (root / "notes" / "questions.md").read_text("utf-8")
    assert "- take \\*care\\* (a/b@1 train.py:3)\n" in text


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_data_and_nothing_else(title: str, tmp_path: Path) -> None:
    hostile = Dossier(
        Paper(id=None, title=title, authors=(title,), url="https://example.org/", abstract=title),
        area=title,
        facts=(Fact(title, title, title, quote=title),),
        claims=(replace(CLAIM, dataset=title, method=title, source=title),),
        reimplementations=(Reimplementation(title, title, official=True, source=title),),
        pitfalls=(Fact("pitfall", title, title),),
        sources=(SourceReport(title, "failed", title),),
    )
    plain = make(tmp_path / "a" / "gan", describe())

    root = make(tmp_path / "b" / "gan", hostile)

    texts = load_all(root)
    assert texts.keys() == load_all(plain).keys()
    touched = {name for name, text in texts.items() if text != (plain / name).read_text("utf-8")}
    assert touched <= {
        "README.md",
        "notes/questions.md",
        "paper.json",
        "reimplementations.json",
    }
    assert json.loads(texts["paper.json"])["paper"]["title"] == title
    assert not list(tmp_path.rglob("pwned"))
    assert not Path("pwned").exists()
    headings = [line for line in texts["README.md"].splitlines() if line.startswith("# ")]
    assert len(headings) == 1
