"""From issues to pitfalls: what is kept, what is thrown away, and in which order."""

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issue_threads import CASES, OFFICIAL, Case
from reprokit.reading import details, noise, phrases
from reprokit.reading.evidence import parse_rules, says_nothing
from reprokit.reading.pitfalls import (
    NO_SUBJECT,
    Pitfall,
    find_pitfalls,
    group_by_subject,
    group_by_theme,
)
from reprokit.reading.rules import RULES
from reprokit.reading.subjects import PARTS, SETTINGS
from reprokit.reading.threads import Comment, Thread
from reprokit.vocabulary import HYPERPARAMETERS

BLANK = replace(CASES[0].thread, title="", body="", comments=(), n_comments=0)
ALL = find_pitfalls([case.thread for case in CASES], official=OFFICIAL)


def judge(title: str, body: str = "", **fields: object) -> Pitfall | None:
    thread = replace(BLANK, title=title, body=body, **fields)
    return next(iter(find_pitfalls([thread])), None)


def judge_case(case: Case) -> Pitfall | None:
    return next(iter(find_pitfalls([case.thread], official=OFFICIAL)), None)


def says(role: str, body: str, author: str = "somebody") -> Comment:
    return Comment(author=author, association=role, body=body, created_at="")


# -- the labelled threads ---------------------------------------------------------------------


def test_nine_of_ten_useful_threads_are_kept_and_nine_of_ten_kept_ones_are_useful() -> None:
    kept = [case.useful for case in CASES if judge_case(case)]
    useful = sum(case.useful for case in CASES)
    assert sum(kept) / useful >= 0.9
    assert sum(kept) / len(kept) >= 0.9


def test_the_plainest_theme_is_one_that_a_reader_names() -> None:
    pairs = [(case.themes, found) for case in CASES if (found := judge_case(case)) and case.useful]
    assert sum(found.themes[0] in themes for themes, found in pairs) / len(pairs) >= 0.9


def test_most_of_what_a_thread_touches_is_found_and_little_else() -> None:
    pairs = [(case.touches, set(p.touches)) for case in CASES if (p := judge_case(case))]
    right = sum(len(wanted & found) for wanted, found in pairs)
    assert right / sum(len(found) for _, found in pairs) >= 0.8
    assert right / sum(len(wanted) for wanted, _ in pairs) >= 0.85


def test_who_answered_is_told_for_all() -> None:
    wrong = [c.thread.title for c in CASES if (p := judge_case(c)) and p.answered_by != c.answered]
    assert wrong == []


# -- rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "Cannot reproduce the results",
        "Accuracy is lower than in the paper",
        "NaN loss",
        "What learning rate did you use?",
        "Eq. 3 differs from the code",
        "How many seeds?",
        "Xavier init?",
        "training does not converge",
    ],
)
def test_a_plain_title_is_enough(title: str) -> None:
    assert judge(title) is not None


@pytest.mark.parametrize(
    "title", ["Nano model", "A banana in finance", "covenant", "Nantes data centre", "domain list"]
)
def test_words_within_words_tell_nothing(title: str) -> None:
    assert judge(title) is None


@pytest.mark.parametrize(
    "title",
    [
        "The loss is not NaN, all is fine",
        "No NaN and no divergence here",
        "It trains without NaN in the loss",
        "loss is no longer nan",
        "it never diverges",
    ],
)
def test_what_is_denied_is_no_theme(title: str) -> None:
    assert judge(title) is None


@pytest.mark.parametrize(
    "body",
    [
        "```\nloss is nan, does not converge\n```",
        "> the loss is nan and training does not converge",
        "Traceback (most recent call last):\n  File 'x'\nValueError: loss is nan",
        "Epoch 1/5 loss: nan acc: 0.1",
        "<!-- describe why the loss is nan -->",
        "**To Reproduce**\nSteps to reproduce the behavior:\n",
    ],
)
def test_what_is_pasted_or_quoted_is_no_theme_by_itself(body: str) -> None:
    assert judge("Question", body) is None


def test_reproducing_a_bug_is_not_reproducing_a_result() -> None:
    assert judge("Unable to reproduce the error") is None
    assert judge("Unable to reproduce the accuracy") is not None


def test_a_name_of_an_exception_makes_a_question_of_software() -> None:
    assert (
        judge("KeyError: 'loss'", "KeyError in the encoder, wrong key in your implementation")
        is None
    )


@pytest.mark.parametrize("author", ["dependabot[bot]", "renovate", "stale"])
def test_what_a_program_wrote_is_thrown_away(author: str) -> None:
    assert judge("NaN loss", author=author) is None


def test_a_label_of_another_purpose_weighs_against_a_thread() -> None:
    assert judge("Batch size", labels=("enhancement",)) is None
    assert judge("Batch size", labels=("bug",)) is not None


def test_a_pull_request_that_mends_the_model_is_kept_and_one_of_chores_is_not() -> None:
    assert judge("Fix the attention mask", is_pull=True, state="merged") is not None
    assert judge("Fix a typo in the README", is_pull=True, state="merged") is None
    assert judge("Refactor the attention module", is_pull=True, state="merged") is None


def test_hyperparameters_are_found_by_their_short_names() -> None:
    found = judge("Which lr, bs, wd, warm-up and \u03b22?")
    assert found is not None
    assert set(found.touches) == {
        "learning_rate", "batch_size", "weight_decay", "warmup_steps", "beta2",
    }  # fmt: skip


def test_an_answer_s_hyperparameters_count() -> None:
    comments = (says("OWNER", "Use a weight decay of 5e-4."),)
    found = judge("Accuracy is lower than in the paper", comments=comments)
    assert found is not None
    assert found.touches == ("weight_decay",)


# -- answers and excerpts ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        (says("OWNER", "Lower the rate to 1e-4."), "owner"),
        (says("COLLABORATOR", "Lower the rate to 1e-4."), "owner"),
        (says("NONE", "Lower the rate to 1e-4."), "others"),
        (says("NONE", "same problem here"), ""),
        (says("NONE", "+1"), ""),
        (says("NONE", "\u540c\u95ee"), ""),
        (says("OWNER", "Lower the rate to 1e-4.", author="reader"), ""),
        (says("NONE", "This issue was closed for inactivity.", author="stale[bot]"), ""),
        (says("NONE", "> Lower the rate to 1e-4."), ""),
    ],
)
def test_who_answered(comment: Comment, expected: str) -> None:
    found = judge("NaN loss", comments=(comment,))
    assert found is not None
    assert found.answered_by == expected


def test_a_maintainer_of_an_official_repository_is_an_author() -> None:
    thread = replace(
        BLANK, title="NaN loss", comments=(says("MEMBER", "Clip the gradients at 1."),)
    )
    (found,) = find_pitfalls([thread], official=[BLANK.repo.upper()])
    assert found.answered_by == "author"
    assert "in an official repository" in found.why


@pytest.mark.parametrize("text", ["Thanks!", "any update on this?", "I have the same issue", ""])
def test_thanks_and_company_are_no_answer(text: str) -> None:
    assert says_nothing((text,) if text else ())


def test_the_excerpt_is_the_answer_s_most_telling_sentence_with_its_writer() -> None:
    comments = (
        says("NONE", "No idea."),
        says("OWNER", "Hm. Use a learning rate of 1e-4.", "maker"),
    )
    found = judge("NaN loss", comments=comments)
    assert found is not None
    assert (found.excerpt, found.excerpt_by) == ("Use a learning rate of 1e-4.", "maker")


def test_without_an_answer_the_excerpt_is_the_opener_s_telling_sentence() -> None:
    found = judge("Question", "Hello. My loss becomes NaN. Thanks.")
    assert found is not None
    assert (found.excerpt, found.excerpt_by) == ("My loss becomes NaN.", "reader")


def test_an_answer_that_only_agrees_leaves_the_word_to_the_opener() -> None:
    comments = (says("OWNER", "You are right, fixed.", "maker"),)
    found = judge("Question", "My loss becomes NaN.", comments=comments)
    assert found is not None
    assert (found.answered_by, found.excerpt_by) == ("owner", "reader")


def test_an_excerpt_is_short_one_line_and_clean() -> None:
    found = judge("NaN loss \u202e", "My loss is NaN \x1b[31m " + "very long " * 100)
    assert found is not None
    assert len(found.excerpt) <= 200
    assert (found.title + found.excerpt).isprintable()


# -- score and order --------------------------------------------------------------------------


def test_the_order_does_not_depend_on_the_order_of_the_threads() -> None:
    threads = [case.thread for case in CASES]
    for seed in range(5):
        random.Random(seed).shuffle(threads)  # noqa: S311
        assert find_pitfalls(threads, official=OFFICIAL) == ALL


def test_of_a_thread_that_is_there_twice_the_newer_is_read() -> None:
    old = replace(BLANK, title="NaN loss", updated_at="2020-01-01")
    new = replace(old, title="Thanks", updated_at="2021-01-01")
    assert find_pitfalls([old, new]) == find_pitfalls([new, old]) == ()


@pytest.mark.parametrize(
    "better",
    [
        {"n_comments": 5},
        {"reactions": 5},
        {"is_pull": True, "state": "merged"},
        {"comments": (says("OWNER", "Clip the gradients at 1."),)},
        {"body": "The learning rate is 1e-3."},
    ],
)
def test_what_helps_more_stands_first(better: dict[str, object]) -> None:
    plain = replace(BLANK, title="It becomes NaN", number=1)
    found = find_pitfalls([plain, replace(plain, number=2, **better)])
    assert [pitfall.number for pitfall in found] == [2, 1]


def test_a_limit_keeps_the_best() -> None:
    threads = [case.thread for case in CASES]
    assert find_pitfalls(threads, official=OFFICIAL, limit=3) == ALL[:3]
    assert find_pitfalls(threads, limit=0) == ()


def test_each_pitfall_stands_in_one_theme_and_by_all_that_it_touches() -> None:
    themes = group_by_theme(ALL)
    assert sum(map(len, themes.values())) == len(ALL)
    assert list(themes) == [theme for theme in phrases.THEMES if theme in themes]
    subjects = group_by_subject(ALL)
    assert all(name in p.touches for name, group in subjects.items() if name for p in group)
    assert all(not pitfall.touches for pitfall in subjects[NO_SUBJECT])


def test_a_pitfall_is_a_json_document() -> None:
    document = ALL[0].to_json()
    assert document["themes"] == list(ALL[0].themes)
    assert document["score"] == ALL[0].score


# -- the tables -------------------------------------------------------------------------------


def test_hyperparameters_have_their_canonical_names() -> None:
    assert set(SETTINGS) == set(HYPERPARAMETERS)
    assert not set(SETTINGS) & set(PARTS)


def test_every_rule_names_phrases_and_a_theme_that_exist() -> None:
    known = {*phrases.CONCEPTS, *details.CONCEPTS, "setting", "part", "hp", "number", "short"}
    known |= {f"={name}" for name in (*SETTINGS, *PARTS)} | {"pulled"}
    for rule in parse_rules(RULES):
        assert rule.theme in phrases.THEMES
        assert {name for t in rule.terms for name in (t.first, t.second) if name} <= known, rule


def test_every_theme_has_a_weight_and_every_noise_its_points() -> None:
    assert phrases.WEIGHTS.keys() == phrases.THEMES.keys()
    assert noise.NOISE.keys() == noise.NOISE_CONCEPTS.keys()
    assert not set(phrases.CONCEPTS) & set(details.CONCEPTS)


# -- hostile input ----------------------------------------------------------------------------

PIECES = (
    "a", "[", "<a ", "<!--", "`", "\n", " ", "**a", "\u4e0d\u6536\u655b", "1.0 ", "a=1 ", "a = b(",
    "'t", "not converge loss lower paper but accuracy ", "\ufdfa", "\U0001f600", "epoch 1 ",
    "\udcff", "My loss is nan. ", "nan not reach paper code differ but why learning rate wrong ",
)  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_anything_is_judged_in_a_second(piece: str) -> None:
    text = piece * (10**6 // len(piece))
    lines = "\n\n".join(f"The loss is nan. {text[:600]}" for _ in range(1600))
    for body in (text, lines):
        thread = replace(
            BLANK, title=f"nan loss {text}", body=body, comments=(says("OWNER", body),) * 3
        )
        started = time.process_time()
        find_pitfalls([thread])
        assert time.process_time() - started < 1


@given(st.text(), st.text(), st.text(), st.booleans(), st.text(max_size=5))
def test_any_thread_is_judged(
    title: str, body: str, comment: str, is_pull: bool, login: str
) -> None:
    thread = replace(
        BLANK,
        title=f"nan loss {title}",
        body=body,
        is_pull=is_pull,
        comments=(says(login, comment, login),),
    )
    for pitfall in find_pitfalls([thread]):
        assert len(pitfall.excerpt) <= 200


def test_numbers_from_outside_do_not_break_the_score() -> None:
    thread: Thread = replace(BLANK, title="NaN loss", n_comments=-5, reactions=-(10**30))
    assert len(find_pitfalls([thread, replace(thread, number=2, reactions=10**400)])) == 2
