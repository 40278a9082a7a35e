"""The notes on pitfalls: strangers' words are shown, never acted on."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprokit.notes import quote_words, render_pitfalls
from reprokit.reading.pitfalls import Pitfall

PITFALL = Pitfall(
    repo="lab/model",
    number=5,
    title="Loss is NaN",
    url="https://evil.example/",
    state="closed",
    is_pull=False,
    themes=("numerics",),
    touches=("learning_rate", "loss"),
    answered_by="owner",
    excerpt="Use 1e-4 for the learning rate.",
    excerpt_by="maker",
    score=5.0,
    why=("the title says so",),
)
HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=y>", "](https://evil.example) [click",
    "![x](https://evil.example/x.png)", "@someone and @org/team", "lab/model#12 fixes #3", "GH-12",
    "https://evil.example/x www.evil.example me@evil.example", "\u202eevil\u202c \u2066x\u2069",
    "a\n\n# heading\n- item", "\x1b[31mred\x9b\x07", "`code` **bold** ~~x~~ $x$ | a | b |",
    "\\](x", "\udcff lone", "&lt;b&gt; &#x40;someone", "\U000e0041\U000e0042 tags", "=====", "---",
    "<!-- hidden", "\u201d) [x](https://evil.example)", "a\u2028b\u2029c\x85d", "{{ 7*7 }} ${x}",
)  # fmt: skip


def check_harmless(text: str) -> None:
    bare = text.replace("\\\\", "")
    assert "@someone" not in text
    assert not re.search(r"@[A-Za-z0-9]", text)
    assert not re.search(r"#[0-9]|GH-[0-9]", text)
    assert not re.search(r"(?<!\\)[<`~$|!{}&]", bare)
    assert not re.search(r"\w://", text.replace("https://github.com/lab/model/", ""))
    assert "www." not in text
    assert not any(ord(c) < 32 and c != "\n" for c in text)
    assert not re.search(
        "[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]", text
    )


def test_a_pitfall_is_a_link_with_its_title_its_place_and_who_answered() -> None:
    line = next(line for line in render_pitfalls([PITFALL]).splitlines() if line.startswith("- "))
    assert line == (
        "- [\u201cLoss is NaN\u201d](https://github.com/lab/model/issues/5) "
        "(lab/model, issue 5; closed; answered by a maintainer; also: loss)"
    )


def test_an_excerpt_is_a_quotation_with_its_writer() -> None:
    text = render_pitfalls([PITFALL])
    assert "\n  > \u201cUse 1e-4 for the learning rate.\u201d (maker)\n" in text


def test_pitfalls_stand_by_theme_and_then_by_what_they_touch() -> None:
    others = (
        replace(PITFALL, number=6, touches=()),
        replace(PITFALL, number=7, themes=("mistake", "numerics")),
    )
    headings = re.findall(r"^##+ .*", render_pitfalls([PITFALL, *others]), re.MULTILINE)
    assert headings == [
        "## Code that differs from the paper, and bugs",
        "### Learning rate",
        "## NaN, infinity, exploding values",
        "### Learning rate",
        "### In general",
    ]


def test_each_pitfall_stands_once() -> None:
    text = render_pitfalls([replace(PITFALL, themes=("mistake", "numerics", "result"))])
    assert text.count("issues/5") == 1


def test_without_pitfalls_the_notes_say_so() -> None:
    assert "No issue was found" in render_pitfalls([])


def test_the_issues_of_one_s_own_framework_are_shown_and_marked() -> None:
    text = render_pitfalls([PITFALL], fold=["Lab/Model"])
    assert "issues/5" in text
    assert "*your framework*" in text
    assert "Use 1e-4" in text


@pytest.mark.parametrize(
    "code",
    [
        "replace it by x = self.norm(x) here",
        "use `torch.nn.init.xavier_uniform_`",
        "loss = -logp.mean()",
        "you need detach() on fake",
        "tgt[:, :-1] is right",
        "call optimizer.zero_grad first",
        "if (a == b) then",
        "set norm_first instead",
    ],
)
def test_an_excerpt_with_code_of_one_s_own_framework_is_left_out(code: str) -> None:
    pitfall = replace(PITFALL, excerpt=code)
    assert "  > " not in render_pitfalls([pitfall], fold=lambda repo: repo == "lab/model")
    assert "  > " in render_pitfalls([pitfall])


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_neither_syntax_nor_link_nor_mention(text: str) -> None:
    rendered = render_pitfalls([replace(PITFALL, title=text, excerpt=text, excerpt_by=text)])
    check_harmless(rendered.replace("  > ", ""))
    item = [line for line in rendered.splitlines() if line.startswith(("- ", "  > "))]
    assert len(item) == 2
    assert item[0].count("](") == 1
    assert rendered.splitlines()[-1].startswith("  > \u201c")


@given(st.text(), st.text(), st.text())
def test_no_text_breaks_out_of_its_line(title: str, excerpt: str, writer: str) -> None:
    plain = render_pitfalls([replace(PITFALL, title="x", excerpt="x", excerpt_by="x")])
    pitfall = replace(PITFALL, title=title, excerpt=f"x{excerpt}", excerpt_by=writer)
    rendered = render_pitfalls([pitfall])
    assert len(rendered.split("\n")) == len(plain.split("\n"))
    check_harmless(rendered.replace("  > ", ""))


@pytest.mark.parametrize(
    "repo", ["../../etc", "a b/c", "lab/model)", "lab/..", "x" * 300 + "/y", "", "-a/b", "lab/m\n"]
)
def test_a_repository_that_is_none_gets_no_link(repo: str) -> None:
    assert "](http" not in render_pitfalls([replace(PITFALL, repo=repo)])


@pytest.mark.parametrize("number", [0, -1, 10**12])
def test_a_number_that_is_none_gets_no_link(number: int) -> None:
    assert "](http" not in render_pitfalls([replace(PITFALL, number=number)])


def test_no_address_comes_from_outside() -> None:
    assert "evil" not in render_pitfalls([PITFALL])


def test_long_words_are_cut() -> None:
    assert len(quote_words("a" * 10_000, 50)) == 50
