"""reprokit.scaffold.naming."""

import keyword
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprokit.errors import UsageError
from reprokit.paper import ArxivId
from reprokit.scaffold.naming import LONGEST, check_area, check_slug, make_slug
from reprokit.scaffold.template import templates_dir


@pytest.mark.parametrize(
    "text",
    [
        "", "A", "Gan", "1gan", "_gan", "gan_", "my-gan", "my gan", "gan.py", "../gan", "/gan",
        "gan\n", "g\u00e4n", "{{gan}}", "x" * (LONGEST + 1),
    ],
)  # fmt: skip
def test_a_slug_that_is_no_plain_name_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_slug(text)

    assert repr(text) in caught.value.message
    assert "lower-case" in caught.value.hint


@pytest.mark.parametrize(
    "text", ["con", "com1", "class", "match", "json", "torch", "train", "hydra", "reprokit"]
)
def test_a_slug_that_would_hide_something_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_slug(text)

    assert f"--slug paper_{text}" in caught.value.hint


@pytest.mark.parametrize("text", ["gan", "my_gan2", "a", "x" * LONGEST])
def test_a_good_slug_stays_as_it_is(text: str) -> None:
    assert check_slug(text) == text


@pytest.mark.parametrize("text", ["", "auto", "base", "papers", "../x", "CNN", "c n", ".git"])
def test_what_is_no_area_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        check_area(text)


@pytest.mark.parametrize("text", ["cnn", "gan", "other", "graph-nets"])
def test_any_plain_word_can_be_an_area(text: str) -> None:
    assert check_area(text) == text


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Scaling Down Deep Learning with MNIST-1D", "scaling_down_deep_learning_mnist_1d"),
        ("Attention Is All You Need", "attention_all_you_need"),
        ("U-Net: Convolutional Networks for Biomedical", "u_net_convolutional_networks_biomedical"),
        ("The", "the"),
        ("Na\u00efve B\u00e4yes", "naive_bayes"),
        ("1-bit Adam", "paper_1_bit_adam"),
        ("JSON", "paper_json"),
        ("Con", "paper_con"),
        ("Training", "training"),
        ("x" * 60, "x" * LONGEST),
        ("{{ 7*7 }} ../../x", "paper_7_7_x"),
        ("\u6df1\u5ea6\u5b66\u4e60", "paper_2011_14439"),
        ("", "paper_2011_14439"),
    ],
)  # fmt: skip
def test_a_title_becomes_a_short_name(title: str, slug: str) -> None:
    assert make_slug(title, ArxivId("2011.14439")) == slug


def test_without_a_latin_title_an_old_id_or_nothing_still_makes_a_name() -> None:
    assert make_slug("\u03b2", ArxivId("hep-th/9901001")) == "paper_hep_th_9901001"
    assert make_slug("\u03b2", None) == "paper_untitled"


@given(st.text())
def test_whatever_the_title_the_slug_is_safe_everywhere(title: str) -> None:
    slug = make_slug(title, None)

    assert check_slug(slug) == slug
    assert re.fullmatch("[a-z][a-z0-9_]{0,39}", slug)
    assert slug.isidentifier()
    assert not keyword.iskeyword(slug)
    assert slug not in sys.stdlib_module_names


@given(st.sampled_from(sorted(sys.stdlib_module_names)), st.sampled_from(["", " ", "!", "The "]))
def test_a_title_that_names_a_module_does_not_hide_it(module: str, before: str) -> None:
    assert make_slug(before + module, None) not in sys.stdlib_module_names


def test_no_slug_hides_a_module_of_the_templates() -> None:
    templates = templates_dir()
    layers = [
        folder for folder in (*templates.iterdir(), *(templates / "papers").iterdir())
        if folder.is_dir()
    ]  # fmt: skip
    modules = {Path(file).stem for layer in layers for file in layer.glob("*.py")}

    assert modules
    assert not [name for name in modules if make_slug(name, None) == name]
