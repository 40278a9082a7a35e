"""The dossier's records: no fact without a source, and the way to JSON and back."""

import pytest

from reprokit.dossier import Claim, Dossier, Fact, Reimplementation
from reprokit.paper import ArxivId, Paper

PAPER = Paper(id=ArxivId("2011.14439"), title="T")


@pytest.mark.parametrize("source", ["", "  "])
def test_a_value_without_a_source_is_no_fact(source: str) -> None:
    with pytest.raises(ValueError, match="not a fact"):
        Fact("steps", 1, source)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Fact("steps", 1, 5),
        lambda: Fact(5, 1, "here"),
        lambda: Reimplementation("a/b", 5, official=False, source="here"),
        lambda: Claim("id", "data", 5, "cnn", 1, "%", "point", "here"),
    ],
)
def test_a_field_that_must_be_a_text_is_one(make: object) -> None:
    with pytest.raises(TypeError, match="expected a text"):
        make()  # type: ignore[operator]


def test_a_dossier_comes_back_from_json() -> None:
    dossier = Dossier(
        PAPER,
        "cnn",
        facts=(Fact("steps", 1, "here", "steps = 1", "cnn", verified=True),),
        claims=(Claim("a", "data", "test_accuracy", "cnn", 94, "%", "point", "there"),),
        reimplementations=(Reimplementation("a/b", "pytorch", official=True, source="there"),),
        pitfalls=(Fact("pitfall", "mind the step", "here"),),
    )
    assert Dossier.from_json(dossier.to_json()) == dossier


@pytest.mark.parametrize("schema", [None, 0, 2, "1"])
def test_another_schema_is_refused(schema: object) -> None:
    with pytest.raises(ValueError, match="schema"):
        Dossier.from_json({"schema": schema, "paper": PAPER.to_json()})


def test_an_area_that_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError, match="area"):
        Dossier.from_json({"schema": 1, "paper": PAPER.to_json(), "area": 5})
