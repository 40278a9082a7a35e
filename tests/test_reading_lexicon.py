"""Phrases in sentences: whole words, beginnings, numbers, and languages without spaces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprokit.reading.lexicon import Lexicon, words

LEXICON = Lexicon(
    {
        "nan": "nan",
        "rate": "learning rate, \u5b66\u4e60\u7387",
        "converge": "converg*, \uc218\ub834*",
        "epochs": "after # epochs",
        "learn": "learn*",
        "hidden": "machine learning",
    },
    hides=("hidden",),
)


def names(text: str) -> set[str]:
    return set(LEXICON.tag(words(text)))


@pytest.mark.parametrize("text", ["NaN", "nan.", "(nan)", "loss=nan", "\u201cnan\u201d", "nan's"])
def test_a_word_is_found_however_it_is_written(text: str) -> None:
    assert names(text) == {"nan"}


@pytest.mark.parametrize("text", ["banana", "nano", "finance", "nan0", "covenant"])
def test_a_word_within_a_word_is_none(text: str) -> None:
    assert names(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "learning rate",
        "Learning-Rate",
        "learning_rate",
        "LearningRate",
        "\u7684\u5b66\u4e60\u7387\u662f",
    ],
)
def test_a_phrase_is_found_with_any_sign_between_its_words(text: str) -> None:
    assert "rate" in names(text)


def test_a_beginning_stands_for_all_words_that_begin_so() -> None:
    assert names("it converges") == names("no convergence") == {"converge"}
    assert names("\ud559\uc2b5\uc774 \uc218\ub834\ud558\uc9c0") == {"converge"}


def test_any_number_is_one() -> None:
    assert names("after 20 epochs") == names("after 0.5 epochs") == {"epochs"}
    assert names("after some epochs") == set()


def test_a_longer_phrase_can_hide_what_is_within_it() -> None:
    assert names("machine learning") == {"hidden"}
    assert names("learning machines") == {"learn"}


def test_a_denial_stays_one_word_and_a_possessive_goes() -> None:
    assert words("doesn't match the paper's 1e-3 or 0.5") == [
        "doesn't", "match", "the", "paper", "1e-3", "or", "0.5",
    ]  # fmt: skip


@given(st.text())
def test_any_text_has_words(text: str) -> None:
    tokens = words(text)
    assert all(tokens)
    for spans in LEXICON.tag(tokens).values():
        assert all(0 <= start < end <= len(tokens) for start, end in spans)
