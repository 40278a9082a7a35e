"""From issues and pull requests to what helps somebody who reproduces the paper.

Pure. A thread is kept where its themes have at least two points more than its noise. A kept
thread's score is the sum of these:

- its plainest theme: the points of its evidence (2 to 5), times the theme's weight (`WEIGHTS`);
- half a point for each further theme, at most one;
- an answer: 3 by the authors (a maintainer in an official repository), 2 by a maintainer, 1 by
  others; thanks and "same problem" are no answer;
- comments: the binary logarithm of one more than their number, at most 2.5;
- reactions: half of the same logarithm, at most 2;
- 1.5 where the repository is official;
- 1 for a closed issue that was answered, 2 for a merged pull request;
- half a point where a hyperparameter or a part of the model is named.

Ties stand in the order of repository and number. All words of a pitfall's title and excerpt are
those of the thread; all words of `why` are the tool's.

First measured, each set before anything was mended for it (useful or not: precision, recall):
1.00 and 0.95 on 156 threads written before the classifier (tests/issue_threads.py), 0.81 and
0.61 on 42 written against it. On threads of public repositories, labelled by hand and not kept
here: 0.96 and 0.63 on 63, then 0.95 and 0.83 on 61 others, then 0.94 and 0.94 on 30 others; of 57
others of no use, 6 were kept.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from reprokit.quoting import clean
from reprokit.reading.answers import (
    ANSWER_POINTS,
    Answer,
    AnsweredBy,
    best_answer,
    choose_excerpt,
    read_answers,
)
from reprokit.reading.evidence import Evidence, read_evidence, settings_in
from reprokit.reading.noise import NOISY_LABELS
from reprokit.reading.phrases import THEMES, WEIGHTS
from reprokit.reading.prose import read_prose
from reprokit.reading.subjects import ONLY_WITH_THEME, PARTS, SETTINGS
from reprokit.reading.threads import LONGEST_TITLE, Thread, is_bot

MOST_TOUCHES = 6
LEAST = 2.0
NO_SUBJECT = ""

_SUBJECTS = (*SETTINGS, *PARTS)
_LABEL_NOISE = 2.5
_MOST_THEMES = 3
_WITHIN = 1.25
_ANSWER_WORDS: Mapping[AnsweredBy, str] = {
    "author": "the authors answered",
    "owner": "a maintainer answered",
    "others": "somebody answered",
    "": "nobody answered",
}


@dataclass(frozen=True, slots=True)
class Pitfall:
    """A thread that helps to reproduce the paper.

    Args:
        repo: `owner/name`.
        number: Of the issue or pull request.
        title: Its words, in one line.
        url: Its page.
        state: `open`, `closed` or `merged`.
        is_pull: It is a pull request.
        themes: Of `reprokit.reading.phrases.THEMES`, the plainest first.
        touches: Hyperparameters and parts, the most named first.
        answered_by: Who answered: its `author`s, the repository's `owner`, `others` or nobody.
        excerpt: Words of the thread, at most 200 characters.
        excerpt_by: Login of who wrote them.
        score: The higher, the more it helps.
        why: What the score comes from.
    """

    repo: str
    number: int
    title: str
    url: str
    state: str
    is_pull: bool
    themes: tuple[str, ...]
    touches: tuple[str, ...]
    answered_by: AnsweredBy
    excerpt: str
    excerpt_by: str
    score: float
    why: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the pitfall as a JSON document."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }


def find_pitfalls(
    threads: Iterable[Thread], *, official: Collection[str] = (), limit: int | None = None
) -> tuple[Pitfall, ...]:
    """Return the threads that help to reproduce the paper, the best first.

    Args:
        threads: In any order; of a thread that is there twice, the newer is read.
        official: The repositories (`owner/name`) of the paper's authors.
        limit: How many to return at most.
    """
    authors = {name.lower() for name in official}
    judged = (_judge(thread, authors) for thread in _newest(threads))
    found = [pitfall for pitfall in judged if pitfall is not None]
    found.sort(key=lambda pitfall: (-pitfall.score, pitfall.repo.lower(), pitfall.number))
    return tuple(found if limit is None else found[: max(limit, 0)])


def group_by_theme(pitfalls: Iterable[Pitfall]) -> Mapping[str, tuple[Pitfall, ...]]:
    """Return the pitfalls by their plainest theme, in the order of `THEMES`; each stands once."""
    kept = list(pitfalls)
    groups = {theme: tuple(p for p in kept if p.themes[:1] == (theme,)) for theme in THEMES}
    return {theme: group for theme, group in groups.items() if group}


def group_by_subject(pitfalls: Iterable[Pitfall]) -> Mapping[str, tuple[Pitfall, ...]]:
    """Return the pitfalls by all that they touch; those that touch nothing by `NO_SUBJECT`."""
    kept = list(pitfalls)
    groups = {name: tuple(p for p in kept if name in p.touches) for name in _SUBJECTS}
    groups[NO_SUBJECT] = tuple(p for p in kept if not p.touches)
    return {name: group for name, group in groups.items() if group}


def _newest(threads: Iterable[Thread]) -> list[Thread]:
    """Return each thread once: of two with one number, that which changed last."""
    newest: dict[tuple[str, int], Thread] = {}
    for thread in threads:
        key = (thread.repo.lower(), thread.number)
        held = newest.get(key)
        if held is None or _age(thread) > _age(held):
            newest[key] = thread
    return list(newest.values())


def _age(thread: Thread) -> tuple[str, int, str]:
    return (thread.updated_at, thread.n_comments, repr(thread))


def _judge(thread: Thread, official: Collection[str]) -> Pitfall | None:
    """Return what a thread tells, or nothing where it is of no use."""
    if is_bot(thread.author):
        return None
    prose = read_prose(thread.body)
    title = clean(thread.title[:LONGEST_TITLE])
    evidence = read_evidence(title, prose, is_pull=thread.is_pull)
    themes = _themes(evidence)
    if not themes or evidence.points[themes[0]] - _noise(thread, evidence) < LEAST:
        return None
    is_official = thread.repo.lower() in official
    answers = read_answers(thread, is_official=is_official)
    answered_by = best_answer(answers)
    excerpt, excerpt_by = choose_excerpt(thread, evidence, prose.sentences, answers)
    touches = _touches(evidence, answers)
    score, why = _score(thread, evidence, themes, answered_by, bool(touches), is_official)
    return Pitfall(
        repo=thread.repo,
        number=thread.number,
        title=title,
        url=thread.url,
        state=thread.state.lower(),
        is_pull=thread.is_pull,
        themes=themes,
        touches=touches,
        answered_by=answered_by,
        excerpt=excerpt,
        excerpt_by=excerpt_by,
        score=score,
        why=why,
    )


def _themes(evidence: Evidence) -> tuple[str, ...]:
    """Return the themes that are plain enough, the plainest first."""
    order = list(THEMES)
    ranked = sorted(evidence.points, key=lambda name: (-evidence.points[name], order.index(name)))
    best = evidence.points[ranked[0]] if ranked else 0.0
    return tuple(name for name in ranked if evidence.points[name] >= max(LEAST, best - _WITHIN))[
        :_MOST_THEMES
    ]


def _noise(thread: Thread, evidence: Evidence) -> float:
    """Return the points of the plainest noise, and a little for each other kind."""
    points = sorted(evidence.noise.values(), reverse=True)
    if any(label.lower() in NOISY_LABELS for label in thread.labels):
        points = sorted([*points, _LABEL_NOISE], reverse=True)
    return points[0] + sum(points[1:]) / 4 if points else 0.0


def _touches(evidence: Evidence, answers: list[Answer]) -> tuple[str, ...]:
    """Return what title, body and answers name, the most named first."""
    counts = dict(evidence.touches)
    for answer in answers:
        for name in {name for sentence in answer.sentences for name in settings_in(sentence)}:
            counts[name] = counts.get(name, 0) + 2
    for name, theme in ONLY_WITH_THEME.items():
        if theme not in evidence.points:
            counts.pop(name, None)
    ranked = sorted(counts, key=lambda name: (-counts[name], _SUBJECTS.index(name)))
    return tuple(ranked[:MOST_TOUCHES])


def _score(
    thread: Thread,
    evidence: Evidence,
    themes: tuple[str, ...],
    answered_by: AnsweredBy,
    touches: bool,  # noqa: FBT001
    is_official: bool,  # noqa: FBT001
) -> tuple[float, tuple[str, ...]]:
    theme = themes[0]
    place = "the title" if theme in evidence.in_title else "the text"
    why = [f"{place} speaks of {THEMES[theme].lower()}", _ANSWER_WORDS[answered_by]]
    score = evidence.points[theme] * WEIGHTS[theme] + min(0.5 * (len(themes) - 1), 1.0)
    score += ANSWER_POINTS[answered_by]
    comments, reactions = max(thread.n_comments, 0), max(thread.reactions, 0)
    score += min(math.log2(1 + comments), 2.5) + min(math.log2(1 + reactions) / 2, 2.0)
    if comments:
        why.append(f"{comments} comment{'s' if comments > 1 else ''}")
    if reactions:
        why.append(f"{reactions} reaction{'s' if reactions > 1 else ''}")
    for holds, points, words in (
        (is_official, 1.5, "in an official repository"),
        (thread.is_pull and thread.state.lower() == "merged", 2.0, "merged"),
        (
            not thread.is_pull and thread.state.lower() == "closed" and bool(answered_by),
            1.0,
            "closed with an answer",
        ),
        (touches, 0.5, "names what it touches"),
    ):
        if holds:
            score += points
            why.append(words)
    return round(score, 2), tuple(why)
