"""What was found, in words: for the terminal, and as Markdown for the project's notes. Pure.

Text from outside was cleaned where it was read; Markdown escapes it here.
"""

from collections.abc import Iterator, Sequence

from reprokit.discovery.findings import Findings, Implementation
from reprokit.notes import quote_words
from reprokit.paper import Paper
from reprokit.reading.links import deep_links
from reprokit.reading.pitfalls import Pitfall

_N_SHOWN = 20
_N_PITFALLS = 8
_N_WHY = 3
_LONGEST = 200
_CLOSE = 0.2  # lists, mentions and other papers score less


def describe_findings(
    found: Findings, paper: Paper, *, framework: str, is_whole: bool = False
) -> str:
    """Return what the terminal shows: the ranked repositories, spoilers folded, then the issues."""
    close = [i for i in found.implementations if is_close(i)]
    shown = [i for i in close if is_whole or not i.is_spoiler]
    folded, far = len(close) - len(shown), len(found.implementations) - len(close)
    lines = [f"{paper.title}", ""]
    lines += [line for i in shown[:_N_SHOWN] for line in describe_one(i)]
    if not shown:
        lines.append("no reimplementation was found that is not folded away" if folded else
                     "no reimplementation was found")  # fmt: skip
    if len(shown) > _N_SHOWN:
        lines.append(f"and {len(shown) - _N_SHOWN} more: --json has all")
    if folded:
        lines += [
            "",
            f"{folded} in {framework}, or perhaps so, are folded away: --all shows them",
        ]
    if far:
        lines.append(f"{far} lists, mentions and other papers' code are left out: --json has them")
    lines += ["", *describe_pitfalls(found.pitfalls[:_N_PITFALLS])]
    lines += [f"not known: {line}" for line in found.missing]
    lines += ["look also at:", *(f"  {name}: {url}" for name, url in deep_links(paper))]
    return "\n".join(lines)


def is_close(found: Implementation) -> bool:
    """Return whether a repository is more than a mention of the paper."""
    return found.judgement.is_official or found.judgement.score >= _CLOSE


def describe_one(found: Implementation) -> Iterator[str]:
    """Yield the lines of one repository."""
    repository, judgement = found.repository, found.judgement
    marks = [
        "official" if judgement.is_official else "",
        framework_words(found),
        "" if judgement.kind == "code" else judgement.kind,
        f"{repository.stars:,} stars" if repository.stars is not None else "",
        repository.license or "no licence known",
        f"pushed {repository.pushed_at[:10]}" if repository.pushed_at else "",
        "archived" if repository.is_archived else "",
    ]
    yield f"{judgement.score:.2f}  {repository.name}  ({', '.join(m for m in marks if m)})"
    yield f"      {repository.url}"
    for line in (*judgement.official, *judgement.why)[:_N_WHY]:
        yield f"      - {line}"


def framework_words(found: Implementation) -> str:
    """Return the framework, and whether it was read from the code."""
    names = "+".join((found.frameworks.primary, *found.frameworks.secondary[:2]))
    return names if found.frameworks.confirmed else f"{names}, unconfirmed"


def describe_pitfalls(pitfalls: Sequence[Pitfall]) -> list[str]:
    """Return what issues teach, a line each, in the words of their titles."""
    if not pitfalls:
        return ["no issue was found that helps to reproduce the paper"]
    lines = ["what their issues teach (titles are strangers' words):"]
    for pitfall in pitfalls:
        touches = f" [{', '.join(pitfall.touches[:3])}]" if pitfall.touches else ""
        answer = f", answered by the {pitfall.answered_by}" if pitfall.answered_by else ""
        lines.append(f"  \u201c{pitfall.title[:100]}\u201d{touches} ({pitfall.state}{answer})")
        lines.append(f"      {pitfall.url}")
    return lines


def render_implementations(found: Findings, *, framework: str) -> str:
    """Return notes/reimplementations.md: what may be read, and how many are folded away."""
    close = [i for i in found.implementations if is_close(i)]
    shown = [i for i in close if not i.is_spoiler]
    folded = [i for i in close if i.is_spoiler]
    blocks = ["# Others' code", _INTRODUCTION.format(framework=framework)]
    if shown:
        rows = [
            f"| [{quote_words(i.repository.name, _LONGEST)}]({i.repository.url}) "
            f"| {'yes' if i.judgement.is_official else ''} | {framework_words(i)} "
            f"| {'' if i.repository.stars is None else i.repository.stars} "
            f"| {quote_words(i.repository.license or '', 40)} "
            f"| {quote_words('; '.join((*i.judgement.official, *i.judgement.why)[:2]), _LONGEST)} |"
            for i in shown[:_N_SHOWN]
        ]
        blocks.append(
            "| repository | official | framework | stars | licence | why |\n"
            "|---|---|---|---|---|---|\n" + "\n".join(rows)
        )
    else:
        blocks.append("Nothing was found that may be read.")
    if folded:
        blocks.append(
            f"{len(folded)} more are in {framework}, or may be, and are not named here. Their "
            "issues are in [pitfalls.md](pitfalls.md): read those. `reprokit find --all` names "
            "them."
        )
    if found.missing:
        lines = "\n".join(f"- {quote_words(line, _LONGEST)}" for line in found.missing)
        blocks.append(f"## What could not be asked\n\n{lines}")
    return "\n\n".join(blocks) + "\n"


_INTRODUCTION = (
    "What was found when the project was made, the best first. You write {framework}: code in it "
    "is left out here, because copying is too tempting. A framework that is unconfirmed was "
    "guessed from README and language."
)
