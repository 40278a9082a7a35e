"""What somebody wrote, without what they pasted."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprokit.reading.prose import LONGEST, MOST_SENTENCES, has_code, read_prose

PASTED = {
    "a fenced block": "```python\nloss is nan\n```",
    "a fenced block that is never closed": "```\nloss is nan",
    "a block of tildes": "~~~\nloss is nan\n~~~",
    "an indented block": "\n    loss is nan\n",
    "a traceback": 'Traceback (most recent call last):\n  File "a.py"\nValueError: loss is nan',
    "a line of an error": "RuntimeError: loss is nan",
    "a quoted reply": "> my loss is nan",
    "a log": "Epoch 3/100 loss: nan acc: 0.1",
    "a log with times": "2020-01-01 10:00:00 loss is nan",
    "a row of numbers": "0.1 0.2 nan 0.3 0.4",
    "pairs of names and values": "lr=0.1 loss=nan wd=0.3 bs=4",
    "a line of code": "loss = criterion(nan)",
    "a difference": "+ loss = nan",
    "a command": "python train.py --loss nan",
    "a hidden comment": "<!-- loss is nan -->",
    "a hidden comment that is never closed": "<!-- loss is nan",
    "a box to tick": "- [x] I have searched for loss is nan",
    "a template's sentence": "A clear and concise description of what nan is.",
    "a template's section": "**Environment**\nloss is nan\n",
    "a picture": "![](https://nan.example/nan.png)",
    "an address": "https://example.org/loss-is-nan",
}


@pytest.mark.parametrize("text", PASTED.values(), ids=PASTED.keys())
def test_what_is_pasted_is_left_out(text: str) -> None:
    assert not any("nan" in sentence for sentence in read_prose(text).sentences)


@pytest.mark.parametrize(
    "text",
    [
        "My loss is nan.",
        "## Loss is nan",
        "- loss is nan",
        "1. loss is nan",
        "The `loss` is `nan`",
        "**Actual behavior**\nloss is nan",
        "If I use this the loss is nan:",
        "For me the loss is nan",
        "Epoch 10 is where all is nan",
        "**Logs**\nxyz\n**What happens**\nloss is nan",
        "## Code differs\nloss is nan",
    ],
)
def test_what_is_written_is_kept(text: str) -> None:
    assert any("nan" in sentence for sentence in read_prose(text).sentences)


def test_text_after_a_block_is_read() -> None:
    assert read_prose("before\n```\nx = 1\n```\nafter").sentences == ("before", "after")


def test_sentences_end_where_they_end() -> None:
    text = "In Eq. 5, e.g. for Adam, it is 5e-4. But here it is\nnot! "
    text += "\u8bad\u7ec3\u4e0d\u6536\u655b\u3002\u4e3a\u4ec0\u4e48"
    assert read_prose(text).sentences == (
        "In Eq. 5, e.g. for Adam, it is 5e-4.",
        "But here it is not!",
        "\u8bad\u7ec3\u4e0d\u6536\u655b\u3002",
        "\u4e3a\u4ec0\u4e48",
    )


def test_a_traceback_is_remembered() -> None:
    assert read_prose("Traceback (most recent call last):\n  x\nKeyError: 1").has_traceback
    assert not read_prose("no traceback here").has_traceback


@pytest.mark.parametrize(
    "text",
    ["self.x", "f(x)", "a[0]", "x = y", "a -> b", "`nn.Linear`", "zero_grad", "a;", "i += 1"],
)
def test_code_in_a_sentence_is_told(text: str) -> None:
    assert has_code(f"use {text} there")


@pytest.mark.parametrize(
    "text", ["lr=1e-4", "set lr = 0.1", "5e-4, then 1e-4.", "see Eq. 5 (the sum)", "0.5 vs. 1.0"]
)
def test_a_value_of_a_setting_is_no_code(text: str) -> None:
    assert not has_code(text)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(sentence.strip() for sentence in read_prose(text).sentences)


@pytest.mark.parametrize(
    "piece",
    ["a", "[", "<", "<!--", "`", "```\n", "\n", "**", "a = b(", "'t", "a.", ". ", 'File "', "{ "],
)
def test_a_megabyte_of_anything_is_read_in_a_second(piece: str) -> None:
    started = time.process_time()
    prose = read_prose(piece * (10**6 // len(piece)))
    assert time.process_time() - started < 1
    assert len(prose.sentences) <= MOST_SENTENCES
    assert sum(map(len, prose.sentences)) <= LONGEST
