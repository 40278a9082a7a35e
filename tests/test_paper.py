"""arXiv ids: the whole grammar, what is refused, and the hints."""

import contextlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprokit.errors import InvalidPaper
from reprokit.paper import ARCHIVES, ArxivId, Paper, is_web_url


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1706.3762", "did you mean 1706.03762?"),
        ("1706.3762v2", "did you mean 1706.03762v2?"),
        ("0704.01234", "did you mean 0704.1234?"),
        ("arXiv:1706.376", "did you mean 1706.00376?"),
        ("https://arxiv.org/abs/1706.3762", "did you mean 1706.03762?"),
        ("1412.99999", "4 digits"),
        ("1713.00001", "year and month"),
        ("1700.00001", "year and month"),
        ("0703.0001", "year and month"),
        ("9999.99999", "year and month"),
        ("1706.00000", "from 1 on"),
        ("1706.03762v0", "v1 on"),
        ("1706.03762v01", "v1 on"),
        ("9901001", "hep-th/9901001"),
        ("hep-th/0704001", "9108 to 0703"),
        ("hep-th/9107001", "9108 to 0703"),
        ("hep-th/9913001", "9108 to 0703"),
        ("hep-th/9901000", "from 001 on"),
        ("no-archive/9901001", "no-archive"),
        ("https://openreview.net/forum?id=n9pru4bJU9", "--title"),
        ("", ""),
        ("v0", ""),
        ("math.gt/", ""),
        ("../../etc/passwd", ""),
        ("1706.03762;rm -rf /", ""),
        ("1706.03762\nx", ""),
        ("1706.03762\x00", ""),
        ("\uff11\uff17\uff10\uff16.03762", ""),
        ("{{ 7*7 }}", ""),
        ("a" * 5000, ""),
        ("https://evil.example/arxiv.org/abs/1706.03762", ""),
        ("https://arxiv.org.evil.example/abs/1706.03762", ""),
        ("10.1000/arXiv.1706.03762", ""),
    ],
)
def test_what_is_no_id_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(InvalidPaper) as caught:
        ArxivId.parse(text)
    assert hint in caught.value.hint
    assert caught.value.hint
    assert caught.value.message.isprintable()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2011.14439", "2011.14439"),
        (" 2011.14439v2\n", "2011.14439v2"),
        ("arXiv:2011.14439", "2011.14439"),
        ("ARXIV: 2011.14439v1", "2011.14439v1"),
        ("arXiv:2011.14439v3 [cs.LG]", "2011.14439v3"),
        ("0704.0001", "0704.0001"),
        ("1412.9999", "1412.9999"),
        ("1501.00001", "1501.00001"),
        ("math.GT/0309136", "math/0309136"),
        ("HEP-TH/9901001v2", "hep-th/9901001v2"),
        ("hep-th/0703999", "hep-th/0703999"),
        ("https://arxiv.org/abs/2011.14439", "2011.14439"),
        ("http://www.arxiv.org/pdf/2011.14439v2.pdf", "2011.14439v2"),
        ("arxiv.org/pdf/hep-th/9901001", "hep-th/9901001"),
        ("https://export.arxiv.org/abs/2011.14439/", "2011.14439"),
        ("https://arxiv.org/html/2011.14439v1#S2", "2011.14439v1"),
        ("https://arxiv.org/src/2011.14439?x=1", "2011.14439"),
        ("https://arxiv.org/e-print/2011.14439", "2011.14439"),
        ("https://arxiv.org/format/2011.14439", "2011.14439"),
        ("https://huggingface.co/papers/2011.14439", "2011.14439"),
        ("https://huggingface.co/papers/2011.14439.md", "2011.14439"),
        ("hf.co/papers/2011.14439", "2011.14439"),
        ("https://www.alphaxiv.org/abs/2011.14439v1", "2011.14439v1"),
        ("https://alphaxiv.org/overview/2011.14439", "2011.14439"),
        ("10.48550/arXiv.2011.14439", "2011.14439"),
        ("doi:10.48550/ARXIV.2011.14439", "2011.14439"),
        ("https://doi.org/10.48550/arXiv.hep-th/9901001", "hep-th/9901001"),
        ("2011.14439.pdf", "2011.14439"),
    ],
)
def test_every_form_that_people_paste_is_read(text: str, expected: str) -> None:
    assert str(ArxivId.parse(text)) == expected


months = st.integers(1, 12).map("{:02}".format)
versions = st.one_of(st.none(), st.integers(1, 99))


@st.composite
def new_ids(draw: st.DrawFn) -> str:
    year = draw(st.integers(7, 40))
    month = draw(months)
    if f"{year:02}{month}" < "0704":
        month = "04"
    width = 5 if year >= 15 else 4
    return f"{year:02}{month}.{draw(st.integers(1, 10**width - 1)):0{width}}"


@st.composite
def old_ids(draw: st.DrawFn) -> str:
    year = draw(st.sampled_from([*range(92, 100), *range(7)]))
    number = f"{year:02}{draw(months)}{draw(st.integers(1, 999)):03}"
    return f"{draw(st.sampled_from(sorted(ARCHIVES)))}/{number}"


@given(
    st.one_of(new_ids(), old_ids()),
    versions,
    st.sampled_from(
        [
            "{}",
            "arXiv:{}",
            "https://arxiv.org/abs/{}",
            "https://arxiv.org/pdf/{}.pdf",
            "10.48550/arXiv.{}",
            "https://huggingface.co/papers/{}",
        ]
    ),
)
def test_every_valid_id_is_read_in_every_form(number: str, version: int | None, form: str) -> None:
    text = number + (f"v{version}" if version else "")
    assert ArxivId.parse(form.format(text)) == ArxivId(number, version)


@given(st.one_of(new_ids(), old_ids()), versions)
def test_reading_what_was_written_gives_the_same(number: str, version: int | None) -> None:
    found = ArxivId(number, version)
    assert ArxivId.parse(str(found)) == found
    assert "/" not in found.file_stem


@given(st.one_of(st.text(), st.text(alphabet=string.digits + "./v-hepth:arXiv")))
def test_any_text_is_an_id_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidPaper):
        assert str(ArxivId.parse(text)).isascii()


def test_a_malformed_id_cannot_be_built() -> None:
    with pytest.raises(InvalidPaper):
        ArxivId("../../x")
    with pytest.raises(InvalidPaper):
        ArxivId("2011.14439", 0)


@given(st.text(min_size=1), st.lists(st.text()), st.booleans())
def test_a_paper_comes_back_from_json(title: str, authors: list[str], withdrawn: bool) -> None:
    paper = Paper(
        id=ArxivId("2011.14439", 2), title=title, authors=tuple(authors), withdrawn=withdrawn
    )
    assert Paper.from_json(paper.to_json()) == paper


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({}, KeyError),
        ({"title": 5}, TypeError),
        ({"title": "T", "authors": "A"}, TypeError),
        ({"title": "T", "withdrawn": "no"}, TypeError),
        ({"title": "T", "version": "2"}, TypeError),
        ({"title": "T", "id": 5}, TypeError),
        ({"title": "T", "id": "x"}, ValueError),
        ({"title": "T", "published": "yesterday"}, ValueError),
        ({"title": "T", "url": "javascript:alert(1)"}, ValueError),
        ({"title": "T", "unknown": 1}, TypeError),
    ],
)
def test_a_paper_of_another_shape_is_refused(
    document: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        Paper.from_json(document)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.org/x?y=1#z", True),
        ("http://127.0.0.1:8000/", True),
        ("ftp://example.org", False),
        ("https://example.org/<x>", False),
        ("https://example.org/ x", False),
        ("javascript:alert(1)", False),
    ],
)
def test_a_web_address_is_told_from_what_is_none(text: str, expected: bool) -> None:
    assert is_web_url(text) is expected
