"""The files of a project that hold text from outside, each written by a serializer. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from reprokit.dossier import Claim, Dossier, Fact, Reimplementation
from reprokit.paper import Paper, is_web_url
from reprokit.quoting import markdown
from reprokit.scanning.found import Frameworks, may_be

MOST_AUTHORS = 12

# Lines of a template's Markdown that take up what was found out.
PAPER_MARK = "<!-- paper -->"
QUESTIONS_MARK = "<!-- questions -->"

# What a reproducer needs of any paper: canonical name, and the question where it is not stated.
QUESTIONS: Mapping[str, str] = {
    "optimizer": "Which optimizer, with which constants (momentum, betas, epsilon)?",
    "learning_rate": "Which learning rate?",
    "lr_schedule": "Which learning-rate schedule, with or without warm-up?",
    "batch_size": "Which batch size, over how many devices?",
    "steps": "How many steps or epochs?",
    "weight_decay": "Which weight decay, on which parameters?",
    "dropout": "Where is dropout, and how much?",
    "grad_clip": "Are gradients clipped, and at which norm?",
    "init": "Which initialisation?",
    "augmentation": "Which augmentation?",
    "n_parameters": "How many parameters does the network have?",
    "n_seeds": "Over how many seeds are the published numbers, and what is their spread?",
}

# Another name under which a source may state the same.
_ALSO = {"steps": ("epochs",), "lr_schedule": ("lr_milestones", "lr_decay_factor")}


def describe_paper(dossier: Dossier, spec_context: str) -> dict[str, Any]:
    """Return paper.json: what is known of the paper, and the part that is declared as SPEC."""
    document = dossier.to_json()
    del document["reimplementations"]
    document["spec"] = spec(dossier, spec_context)
    return document


def spec(dossier: Dossier, context: str = "") -> dict[str, Any]:
    """Return the stated values by name: those of the whole paper, then those of one context."""
    declared: dict[str, Any] = {}
    for wanted in ("", context):
        for fact in dossier.facts:
            if fact.context == wanted:
                declared.setdefault(fact.name, fact.value)
    return declared


def list_reimplementations(dossier: Dossier, framework: str = "pytorch") -> dict[str, Any]:
    """Return reimplementations.json where nobody was asked: what the catalogue names.

    In the form of `reprokit find --json`, so that whoever reads the file knows one form.
    """
    return {
        "schema": 1,
        "paper": dossier.paper.to_json(),
        "reimplementations": [listed(found, framework) for found in dossier.reimplementations],
        "pitfalls": [],
        "missing": [],
        "sources": [asdict(report) for report in dossier.sources],
    }


def listed(found: Reimplementation, framework: str) -> dict[str, Any]:
    """Return a repository that the catalogue names; nothing was read of it."""
    known = Frameworks(found.framework, confirmed=False)
    kind = "official" if found.official else "listed"
    return {
        "repo": found.repo,
        "url": f"https://github.com/{found.repo}",
        "framework": found.framework,
        "frameworks": [found.framework],
        "framework_confirmed": False,
        "official": found.official,
        "official_evidence": [found.source] if found.official else [],
        "kind": "code",
        "stars": None,
        "license": None,
        "pushed_at": None,
        "archived": None,
        "spoiler": may_be(known, framework),
        "evidence": [text for text in (found.source, found.note) if text],
        "found_by": [
            {"source": "catalogue", "kind": kind, "detail": found.source, "url": ""},
        ],
        "score": None,
    }


def fill(template: str, mark: str, text: str) -> str:
    """Return a template's Markdown with its mark replaced."""
    return template.replace(mark, text, 1)


def introduce_paper(dossier: Dossier) -> str:
    """Return what the README says of the paper, as Markdown."""
    paper = dossier.paper
    parts = [f"# {markdown(paper.title)}", byline(paper)]
    if paper.unverified:
        fields = ", ".join(markdown(name) for name in paper.unverified)
        parts.append(f"Not checked against the paper's own record: {fields}.")
    if paper.withdrawn:
        parts.append("**This paper has been withdrawn.** Read why before you reproduce it.")
    if dossier.claims:
        rows = "\n".join(claim_row(claim) for claim in dossier.claims)
        parts.append(
            "What it claims:\n\n| metric | data | method | published | source |\n"
            f"|---|---|---|---|---|\n{rows}"
        )
    return "\n\n".join(part for part in parts if part)


def byline(paper: Paper) -> str:
    """Return authors, date and link in one line."""
    link = f"<{paper.url}>" if paper.url and is_web_url(paper.url) else ""
    authors = list(paper.authors[:MOST_AUTHORS])
    if len(paper.authors) > MOST_AUTHORS:
        authors.append(f"and {len(paper.authors) - MOST_AUTHORS} more")
    date = paper.published or ""
    return " · ".join(part for part in (markdown(", ".join(authors)), date, link) if part)


def claim_row(claim: Claim) -> str:
    """Return a published result as a row of a table."""
    shown = f"{claim.value} {claim.unit}".strip()
    cells = (claim.metric, claim.dataset, claim.method, shown, claim.source)
    row = "| " + " | ".join(markdown(str(cell)) for cell in cells) + " |"
    return row if claim.verified else f"{row[:-2]} (not verified) |"


def list_questions(dossier: Dossier) -> str:
    """Return what is not stated, and what others stumbled over, as Markdown lists."""
    stated = {fact.name for fact in dossier.facts}
    lines = [
        f"- [ ] {question}"
        for name, question in QUESTIONS.items()
        if not stated & {name, *_ALSO.get(name, ())}
    ]
    text = "## Not stated in what was found\n\n" + "\n".join(lines)
    if dossier.pitfalls:
        text += "\n\n## Known pitfalls\n\n" + "\n".join(pitfall_lines(dossier.pitfalls))
    return text


def pitfall_lines(pitfalls: tuple[Fact, ...]) -> Iterator[str]:
    """Yield a list item per pitfall, with its source."""
    for pitfall in pitfalls:
        yield f"- {markdown(str(pitfall.value))} ({markdown(pitfall.source)})"
