"""The embedded catalogue: whole, sourced, compact and quick."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reprokit.paper import ArxivId
from reprokit.sources.catalogue import Catalogue
from reprokit.vocabulary import FRAMEWORKS

AREAS = {"cnn", "sequence", "gan", "rl", "other"}
IDS = Catalogue().ids()


def test_it_holds_127_papers() -> None:
    assert len(IDS) == len(set(IDS)) == 127


@pytest.mark.parametrize("wanted", IDS, ids=str)
def test_every_record_is_a_dossier_with_sources(wanted: ArxivId) -> None:
    found = Catalogue().find(wanted)
    assert found is not None
    assert found.paper.title
    assert found.paper.abstract is None
    assert found.area in AREAS
    assert all(fact.source for fact in (*found.facts, *found.pitfalls))
    assert all(claim.source for claim in found.claims)
    assert {code.framework for code in found.reimplementations} <= set(FRAMEWORKS)


def test_a_paper_that_it_does_not_hold_is_none() -> None:
    assert Catalogue().find(ArxivId("2601.00001")) is None


@pytest.mark.parametrize("version", [None, 1, 7])
def test_the_version_that_was_asked_for_is_kept(version: int | None) -> None:
    found = Catalogue().find(ArxivId("2011.14439", version))
    assert found is not None
    assert found.paper.id == ArxivId("2011.14439", version)


def test_dates_that_come_from_the_id_are_marked_as_not_verified() -> None:
    found = Catalogue().find(ArxivId("2011.14439"))
    assert found is not None
    assert "published" in found.paper.unverified


def test_the_published_table_is_there_with_its_lines() -> None:
    found = Catalogue().find(ArxivId("2011.14439"))
    assert found is not None
    values = {
        (claim.dataset, claim.method): claim.value
        for claim in found.claims
        if claim.metric == "test_accuracy"
    }
    plain, shuffled = "MNIST-1D", "MNIST-1D (shuffled)"
    assert {method: values[plain, method] for method in ("linear", "mlp", "cnn", "gru")} == {
        "linear": 32, "mlp": 68, "cnn": 94, "gru": 91,
    }  # fmt: skip
    assert (values[shuffled, "cnn"], values[shuffled, "mlp"]) == (56, 68)
    assert all("README.md:" in claim.source for claim in found.claims)


def test_the_file_is_compact_plain_and_one_record_a_line() -> None:
    file = Path(sys.modules[Catalogue.__module__].__file__ or "").with_name("catalogue.json")
    text = file.read_text("ascii")
    assert len(text) < 120_000
    assert len(json.loads(text)) == 127
    assert sum(line.startswith('{"id":"') for line in text.splitlines()) == 127
    for word in ("tolerance", "prototype", "abstract"):
        assert f'"{word}"' not in text


def test_one_paper_is_found_in_milliseconds() -> None:
    code = """
import time
from reprokit.paper import ArxivId
from reprokit.sources.catalogue import Catalogue
best = 1.0
for _ in range(20):
    began = time.process_time()
    Catalogue().find(ArxivId("2106.09685"))
    best = min(best, time.process_time() - began)
print(best)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.02
