"""Issues as records: what comes from a file is read, cut, or refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issue_threads import CASES
from reprokit.reading.threads import LONGEST_BODY, MOST_COMMENTS, Comment, Thread, is_bot

LEAST: dict[str, Any] = {"repo": "lab/model", "number": 1, "title": "x"}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_a_thread_comes_back_as_it_was_written() -> None:
    for case in CASES:
        assert Thread.from_json(case.thread.to_json()) == case.thread


def test_what_may_be_missing_is_empty() -> None:
    thread = Thread.from_json(LEAST)
    assert (thread.body, thread.n_comments, thread.is_pull, thread.comments) == ("", 0, False, ())


def test_the_state_and_the_association_of_either_interface_are_read_alike() -> None:
    document = {**LEAST, "state": "MERGED", "association": "owner"}
    thread = Thread.from_json(document)
    assert (thread.state, thread.association) == ("merged", "OWNER")


def test_a_deleted_account_and_an_empty_body_are_empty_texts() -> None:
    thread = Thread.from_json({**LEAST, "author": None, "body": None, "comments": None})
    assert (thread.author, thread.body, thread.comments) == ("", "", ())


@pytest.mark.parametrize("name", ["repo", "number", "title"])
def test_a_thread_without_its_place_is_refused(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        Thread.from_json({key: value for key, value in LEAST.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "1"),
        ("number", True),
        ("title", 3),
        ("labels", "bug"),
        ("labels", [1]),
        ("comments", ["x"]),
        ("comments", [{"body": 1}]),
        ("is_pull", "yes"),
        ("reactions", 1.5),
    ],
)
def test_a_part_of_another_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(TypeError, match="expected"):
        Thread.from_json({**LEAST, name: value})


@given(st.dictionaries(st.sampled_from([*LEAST, "labels", "comments", "body"]), json_values))
def test_any_document_is_read_or_refused(document: dict[str, Any]) -> None:
    try:
        Thread.from_json(document)
    except (KeyError, TypeError, ValueError):
        return


def test_long_texts_and_lists_are_cut() -> None:
    comment = Comment("a", "NONE", "x", "").to_json()
    document = {**LEAST, "body": "x" * 10**6, "comments": [comment] * 1000}
    thread = Thread.from_json(document)
    assert len(thread.body) == LONGEST_BODY
    assert len(thread.comments) == MOST_COMMENTS


@pytest.mark.parametrize(
    "login", ["dependabot", "dependabot[bot]", "stale", "codecov-io", "my-bot"]
)
def test_programs_are_told_by_their_names(login: str) -> None:
    assert is_bot(login)


@pytest.mark.parametrize("login", ["abbot", "talbot", "robotics-lab", "botany", "stalefish", ""])
def test_people_are_no_programs(login: str) -> None:
    assert not is_bot(login)
