"""Write what was found out as Markdown for the project's notes. Pure.

Titles and excerpts are strangers' words: they are shown in quotation marks, with their writer and
a link, and nothing in them is syntax, a link, a mention or a reference.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator

from reprokit.quoting import clean, markdown
from reprokit.reading.answers import LONGEST_EXCERPT
from reprokit.reading.phrases import THEMES
from reprokit.reading.pitfalls import Pitfall, group_by_theme
from reprokit.reading.prose import has_code

LONGEST_TITLE = 160
LONGEST_NAME = 100

_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,100}")
_LARGEST_NUMBER = 10**9

# Other things that GitHub makes links of: addresses, e-mail, GH-1.
_ADDRESS = re.compile(r"(?i)(?<=[a-z])(?=://)|(?<=www)(?=\.)|(?<=@)(?=[^\W_])|(?<=GH)(?=-[0-9])")
# Formatting characters that nobody sees; one of them joins emoji.
_UNSEEN = frozenset({"Cf", "Co", "Cn", "Cs"})
_JOINER = "\u200d"

_ANSWERS = {
    "author": "answered by the paper's authors",
    "owner": "answered by a maintainer",
    "others": "answered by others",
    "": "no answer",
}
_INTRODUCTION = (
    "# What others stumbled over\n\n"
    "From the issues and pull requests of the paper's implementations. What stands in quotation "
    "marks are the words of the people named; nobody has checked them. Read each where it stands "
    "before you rely on it."
)
_FOLDED = (
    "Those marked *your framework* belong to code that you want to write yourself: read the "
    "issue, not the code."
)
_NOTHING = "No issue was found that helps to reproduce the paper."


def render_pitfalls(
    pitfalls: Collection[Pitfall], *, fold: Collection[str] | Callable[[str], bool] = ()
) -> str:
    """Return notes/pitfalls.md: by theme, then by what they touch, the best first.

    Args:
        pitfalls: As `find_pitfalls` returns them.
        fold: The repositories in the reader's own framework, or a function that tells them. Their
            issues are shown, without the excerpts that have code in them.
    """
    is_folded = _as_function(fold)
    blocks = [_INTRODUCTION]
    if any(is_folded(pitfall.repo) for pitfall in pitfalls):
        blocks.append(_FOLDED)
    if not pitfalls:
        blocks.append(_NOTHING)
    for theme, group in group_by_theme(pitfalls).items():
        blocks.append(f"## {THEMES[theme]}")
        blocks.extend(_by_subject(group, is_folded))
    return "\n\n".join(blocks) + "\n"


def _as_function(fold: Collection[str] | Callable[[str], bool]) -> Callable[[str], bool]:
    if callable(fold):
        return fold
    names = {name.lower() for name in fold}
    return lambda repo: repo.lower() in names


def _by_subject(group: tuple[Pitfall, ...], is_folded: Callable[[str], bool]) -> Iterator[str]:
    """Yield a heading and a list for each thing that is touched; each pitfall stands once."""
    subjects: dict[str, list[str]] = {}
    for pitfall in group:
        name = pitfall.touches[0] if pitfall.touches else ""
        item = _item(pitfall, is_folded=is_folded(pitfall.repo))
        subjects.setdefault(name, []).append(item)
    for name in sorted(subjects, key=lambda name: not name):
        heading = quote_words(name.replace("_", " "), LONGEST_NAME) or "In general"
        yield f"### {heading[:1].upper()}{heading[1:]}"
        yield "\n".join(subjects[name])


def _item(pitfall: Pitfall, *, is_folded: bool) -> str:
    """Return a list item: the title as a link, where it stands, who answered, an excerpt."""
    title = f"\u201c{quote_words(pitfall.title, LONGEST_TITLE) or 'no title'}\u201d"
    url = _url(pitfall)
    kind = "pull request" if pitfall.is_pull else "issue"
    state = pitfall.state if pitfall.state in ("open", "closed", "merged") else ""
    facts = (
        f"{quote_words(pitfall.repo, 2 * LONGEST_NAME)}, {kind} {pitfall.number}",
        state,
        _ANSWERS.get(pitfall.answered_by, ""),
        "*your framework*" if is_folded else "",
        f"also: {', '.join(map(_subject, pitfall.touches[1:]))}" if pitfall.touches[1:] else "",
    )
    linked = f"[{title}]({url})" if url else title
    line = f"- {linked} ({'; '.join(fact for fact in facts if fact)})"
    excerpt = quote_words(pitfall.excerpt, LONGEST_EXCERPT)
    if not excerpt or (is_folded and has_code(pitfall.excerpt)):
        return line
    writer = quote_words(pitfall.excerpt_by, LONGEST_NAME) or "somebody"
    return f"{line}\n  > \u201c{excerpt}\u201d ({writer})"


def _subject(name: str) -> str:
    return quote_words(name.replace("_", " "), LONGEST_NAME)


def _url(pitfall: Pitfall) -> str:
    """Return the address of the thread, made of repository and number: none from outside."""
    if not _REPO.fullmatch(pitfall.repo) or not 0 < pitfall.number < _LARGEST_NUMBER:
        return ""
    kind = "pull" if pitfall.is_pull else "issues"
    return f"https://github.com/{pitfall.repo}/{kind}/{pitfall.number}"


def quote_words(text: str, longest: int) -> str:
    """Return strangers' words as Markdown that shows them literally and links nowhere."""
    seen = "".join(
        character
        for character in text[: 4 * longest]
        if character == _JOINER or character in "\n\t\r" or _is_seen(character)
    )
    line = clean(seen)
    if len(line) > longest:
        line = line[: longest - 1].rstrip() + "\u2026"
    return _ADDRESS.sub("\u200b", markdown(line))


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in _UNSEEN
