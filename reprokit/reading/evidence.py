"""What a thread tells: themes with their points, noise, and the things it touches.

Pure. Sentences are read one by one: a theme has points where the phrases of one of its rules
stand together in one sentence, so that words far apart do not make a meaning.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reprokit.reading import details, noise, phrases, rules, subjects
from reprokit.reading.lexicon import MOST_WORDS, NUMBER, Lexicon, Spans, words
from reprokit.reading.prose import Prose

# How near the phrases of `a>b` and `a~b` stand, and how far a "not" reaches.
NEAR = 6
DENIAL = 3
SHORT = 6
MOST_WORDS_READ = 6_000

_IN_TITLE = 1.0
_ALSO = "+1"
_AGAIN, _MOST = 0.5, 5.0


@dataclass(frozen=True, slots=True)
class Term:
    """One condition of a rule: a phrase, its absence, or two of them near each other."""

    first: str
    second: str = ""
    either: bool = False
    absent: bool = False
    affirmed: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What must stand in one sentence for a theme."""

    theme: str
    points: float
    terms: tuple[Term, ...]
    scope: str = ""


@dataclass(slots=True)
class Evidence:
    """What was found in a thread's title and body.

    Args:
        points: By theme.
        in_title: Themes that the title alone shows.
        noise: By kind of noise, its points.
        touches: How often each name is touched.
        telling: The sentences of the body that show a theme, with their points.
    """

    points: dict[str, float] = field(default_factory=dict)
    in_title: set[str] = field(default_factory=set)
    noise: dict[str, float] = field(default_factory=dict)
    touches: dict[str, int] = field(default_factory=dict)
    telling: list[tuple[float, str]] = field(default_factory=list)


_SCOPES = ("title", "pull", "alone")


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Read the lines of `reprokit.reading.rules.RULES`."""
    return tuple(_parse_rule(line) for line in text.splitlines() if line.strip())


def _parse_rule(line: str) -> Rule:
    scope, rest = "", line.split()
    if rest[0] in _SCOPES:
        scope, *rest = rest
    theme, points, *terms = rest
    return Rule(theme, float(points), tuple(map(_parse_term, terms)), scope)


def _parse_term(text: str) -> Term:
    absent, affirmed = text.startswith("!"), text.startswith("+")
    text = text.lstrip("!+")
    for mark in ">~":
        if mark in text:
            first, second = text.split(mark, 1)
            return Term(first, second, mark == "~", absent, affirmed)
    return Term(text, absent=absent, affirmed=affirmed)


_RULES = parse_rules(rules.RULES)
_SUBJECTS: Mapping[str, str] = {**subjects.SETTINGS, **subjects.PARTS}
_LEXICON = Lexicon(
    {
        **{f"={name}": listed for name, listed in _SUBJECTS.items()},
        **phrases.CONCEPTS,
        **details.CONCEPTS,
        **noise.NOISE_CONCEPTS,
    },
    hides=("neutral",),
)
_ASKED = (frozenset(subjects.SETTINGS) | subjects.TUNED) - subjects.THEMES_OF_THEIR_OWN
_PARTS = frozenset(subjects.PARTS) - subjects.NO_PART_OF_A_MODEL
_GROUPS = {"setting": subjects.SETTINGS, "part": _PARTS, "hp": _ASKED}
_ALONE = "alone"
_ME_TOO = Lexicon({"metoo": noise.ME_TOO})


def read_evidence(title: str, prose: Prose, *, is_pull: bool) -> Evidence:
    """Return what a title and a body show."""
    evidence = Evidence()
    _read_title(title, evidence, is_pull=is_pull)
    budget = MOST_WORDS_READ
    for sentence in prose.sentences:
        budget = _read_sentence(sentence, evidence, is_pull=is_pull, budget=budget)
        if budget <= 0:
            break
    if prose.has_traceback:
        _add_most(evidence.noise, "errorname", noise.NOISE["errorname"][1])
    return evidence


def settings_in(text: str) -> list[str]:
    """Return the hyperparameters that a sentence names."""
    spans = _tag(text, words(text)[:MOST_WORDS])
    return [name for name in subjects.SETTINGS if f"={name}" in spans]


def says_nothing(sentences: tuple[str, ...]) -> bool:
    """Tell whether an answer is only thanks, or that somebody has the same question."""
    tokens = [word for sentence in sentences for word in words(sentence)[:MOST_WORDS]]
    if not tokens or (sentences[0].startswith(_ALSO) and len(tokens) <= SHORT):
        return True
    covered = {
        place
        for start, end in _ME_TOO.tag(tokens[:MOST_WORDS]).get("metoo", ())
        for place in range(start, end)
    }
    return bool(covered) and len(tokens) - len(covered) <= max(6, 2 * len(covered))


def _read_title(title: str, evidence: Evidence, *, is_pull: bool) -> None:
    tokens = words(title)[:MOST_WORDS]
    spans = _tag(title, tokens)
    if is_pull:
        spans["pulled"] = [(0, 0)]
    found = list(_themes(spans, {"title", "pull"} if is_pull else {"title"}))
    for theme, points in found or _themes(spans, {_ALONE}):
        _add_theme(evidence, theme, points + _IN_TITLE)
        evidence.in_title.add(theme)
    for kind, (points, _) in noise.NOISE.items():
        if kind in spans:
            _add_most(evidence.noise, kind, points)
    for name in _SUBJECTS:
        if f"={name}" in spans:
            evidence.touches[name] = evidence.touches.get(name, 0) + 3


def _read_sentence(sentence: str, evidence: Evidence, *, is_pull: bool, budget: int) -> int:
    """Add what a sentence of the body shows; return how many words may still be read."""
    tokens = words(sentence)[:budget]
    best = 0.0
    for start in range(0, len(tokens), MOST_WORDS):
        spans = _tag(sentence, tokens[start : start + MOST_WORDS])
        found = list(_themes(spans, {"pull"} if is_pull else set()))
        best = max([best, *(points for _, points in found)])
        for theme, points in found:
            _add_theme(evidence, theme, points)
        for kind, (_, points) in noise.NOISE.items():
            if kind in spans:
                _add_most(evidence.noise, kind, points)
        named = _SUBJECTS if found else subjects.SETTINGS
        for name in named:
            if f"={name}" in spans:
                evidence.touches[name] = evidence.touches.get(name, 0) + (2 if found else 1)
    if best:
        evidence.telling.append((best, sentence))
    return budget - len(tokens) - 1


def _tag(sentence: str, tokens: list[str]) -> Spans:
    spans = _LEXICON.tag(tokens)
    for group, names in _GROUPS.items():
        found = sorted({span for name in names for span in spans.get(f"={name}", ())})
        if found:
            spans[group] = found
    numbers = [(place, place + 1) for place, word in enumerate(tokens) if word[0].isdigit()]
    if numbers:
        spans[NUMBER] = numbers
    if sentence.rstrip().endswith(("?", "\uff1f")):
        spans.setdefault("ask", []).append((-NEAR, 0))
    if len(tokens) <= SHORT:
        spans["short"] = [(0, len(tokens))]
    return spans


def _themes(spans: Spans, scopes: set[str]) -> Iterator[tuple[str, float]]:
    best: dict[str, float] = {}
    of_software = "errorname" in spans
    for rule in _RULES:
        if of_software and rule.theme in subjects.NOT_OF_SOFTWARE:
            continue
        if (rule.scope in scopes or (not rule.scope and _ALONE not in scopes)) and all(
            _holds(term, spans) for term in rule.terms
        ):
            _add_most(best, rule.theme, rule.points)
    yield from best.items()


def _holds(term: Term, spans: Spans) -> bool:
    if term.absent:
        return term.first not in spans
    first = spans.get(term.first)
    if not first:
        return False
    if term.affirmed:
        first = [span for span in first if not _is_denied(span, spans)]
    if not term.second:
        return bool(first)
    second = spans.get(term.second, [])
    return _near(first, second, spans) or (term.either and _near(second, first, spans))


def _near(before: list[tuple[int, int]], after: list[tuple[int, int]], spans: Spans) -> bool:
    """Tell whether one of the first stands shortly before one of the second, in one clause."""
    breaks = {start for start, _ in spans.get("but", ())}
    starts = {start for start, _ in after}
    for _, end in before:
        for start in range(end, end + NEAR + 1):
            if start in starts:
                return True
            if start in breaks:
                break
    return False


def _is_denied(span: tuple[int, int], spans: Spans) -> bool:
    if "anymore" in spans:
        return True
    breaks = {start for start, _ in spans.get("but", ())}
    return any(
        0 <= span[0] - end <= DENIAL and not breaks.intersection(range(end, span[0]))
        for _, end in spans.get("negation", ())
    )


def _add_theme(evidence: Evidence, theme: str, points: float) -> None:
    """A second sentence for a theme makes it a little more certain."""
    held = evidence.points.get(theme, 0.0)
    more = _AGAIN if held else 0.0
    evidence.points[theme] = min(max(held, points) + more, _MOST)


def _add_most(points: dict[str, float], name: str, value: float) -> None:
    points[name] = max(points.get(name, 0.0), value)
