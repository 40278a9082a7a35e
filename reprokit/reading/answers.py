"""Who answered in a thread, and the words of it that tell most.

Pure. Thanks, "same problem" and a program's comments are no answer; nor is what the opener adds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reprokit.quoting import clean
from reprokit.reading.evidence import Evidence, says_nothing, settings_in
from reprokit.reading.prose import read_prose
from reprokit.reading.threads import MAINTAINERS, MOST_COMMENTS, Comment, Thread, is_bot

AnsweredBy = Literal["author", "owner", "others", ""]

ANSWER_POINTS: Mapping[AnsweredBy, float] = {"author": 3.0, "owner": 2.0, "others": 1.0, "": 0.0}
LONGEST_EXCERPT = 200

_LONG_ENOUGH = 80
_LITTLE = (0, 40)


@dataclass(frozen=True, slots=True)
class Answer:
    """A comment that says something, and its sentences."""

    comment: Comment
    sentences: tuple[str, ...]
    by: AnsweredBy


def read_answers(thread: Thread, *, is_official: bool) -> list[Answer]:
    """Return the comments of people other than the opener that say something."""
    answers = []
    for comment in thread.comments[:MOST_COMMENTS]:
        if is_bot(comment.author) or comment.author == thread.author:
            continue
        sentences = read_prose(comment.body).sentences
        if says_nothing(sentences):
            continue
        by: AnsweredBy = "others"
        if comment.association.upper() in MAINTAINERS:
            by = "author" if is_official else "owner"
        answers.append(Answer(comment, sentences, by))
    return answers


def best_answer(answers: list[Answer]) -> AnsweredBy:
    """Return who of those who answered knows best."""
    return max((answer.by for answer in answers), key=ANSWER_POINTS.__getitem__, default="")


def choose_excerpt(
    thread: Thread, evidence: Evidence, sentences: tuple[str, ...], answers: list[Answer]
) -> tuple[str, str]:
    """Return the most telling words, and who wrote them: an answer's, else the opener's.

    An answer as short as "you are right" tells less than what was asked.
    """
    if answers:
        best = max(answers, key=lambda answer: ANSWER_POINTS[answer.by])
        told = max(best.sentences, key=_tells)
        if _tells(told) > _LITTLE or not evidence.telling:
            return shorten(told), clean(best.comment.author)
    if evidence.telling:
        _, told = max(evidence.telling, key=lambda pair: pair[0])
        return shorten(told), clean(thread.author)
    return (shorten(sentences[0]), clean(thread.author)) if sentences else ("", "")


def shorten(text: str) -> str:
    """Return the text in one line of at most 200 characters, cut between words."""
    line = clean(text)
    if len(line) <= LONGEST_EXCERPT:
        return line
    kept = line[: LONGEST_EXCERPT - 1]
    return kept[: max(kept.rfind(" "), LONGEST_EXCERPT // 2)].rstrip() + "\u2026"


def _tells(sentence: str) -> tuple[int, int]:
    """Rank a sentence of an answer: one that names a setting or a number says most."""
    has_number = any(character.isdigit() for character in sentence)
    return (2 * len(settings_in(sentence)) + has_number, min(len(sentence), _LONG_ENOUGH))
