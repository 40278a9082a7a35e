"""Text from outside, written so that nothing in it is syntax."""

import ast
import json
import tomllib

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reprokit.quoting import ascii_words, clean, clean_block, dump_json, markdown, quote_scalar

HOSTILE = (
    "{{ 7*7 }}", "${oc.env:HOME}", "\x1b[31mred\x9b", "\u202ebidi\u202c", "\U0001f600", "a\nb",
    "'\"\\", "<script>", "\x85\u2028\ufeff", "\ud800", "@someone fixes #1",
)  # fmt: skip


@given(st.text())
def test_a_quoted_text_is_read_alike_by_json_toml_yaml_and_python(text: str) -> None:
    quoted = quote_scalar(text)
    expected = text.encode("utf-8", "replace").decode()
    assert json.loads(quoted) == expected
    assert tomllib.loads(f"x = {quoted}")["x"] == expected
    assert yaml.safe_load(quoted) == expected
    assert ast.literal_eval(quoted) == expected


@given(st.text())
def test_a_cleaned_text_is_one_line_that_no_terminal_acts_on(text: str) -> None:
    cleaned = clean(text)
    assert "\n" not in cleaned
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or "\u202a" <= c <= "\u202e" for c in cleaned)
    assert clean(cleaned) == cleaned


def test_a_block_keeps_its_lines() -> None:
    assert clean_block("  one \x1b two\n\nthree  ") == "one two\n\nthree"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_document_comes_back_and_holds_no_raw_control_character(text: str) -> None:
    dumped = dump_json({"title": text, "list": [text]})
    assert json.loads(dumped)["title"] == text.encode("utf-8", "replace").decode()
    assert not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 for c in dumped)


@given(st.text())
def test_markdown_has_no_bare_syntax(text: str) -> None:
    written = markdown(text)
    assert "\n" not in written
    bare = written.replace("\\\\", "")
    for mark in "`*_[]<>":
        assert bare.count(mark) == bare.count("\\" + mark)


def test_a_title_notifies_nobody_and_closes_nothing() -> None:
    written = markdown("by @someone fixes #1")
    assert "@someone" not in written
    assert "#1" not in written


def test_words_are_plain_ascii() -> None:
    assert ascii_words("Über-Nets: β-VAE, 3D!") == ["uber", "nets", "vae", "3d"]
