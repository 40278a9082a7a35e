"""Every planted bug is caught by a check of its own, and every correct program passes it.

Each entry of the suite names in `caught_by` one of the checks that find it; that check is run
alone, in this process. `tests/mutants/run.py` runs the whole battery on everything.
"""

import sys
import tomllib
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from reprokit.checks.battery import run_check
from reprokit.checks.context import Context
from reprokit.checks.program import Program
from reprokit.checks.required import checks_for, stage_of

SUITE = Path(__file__).resolve().parent / "mutants"
sys.path.insert(0, str(SUITE))

from suite import Variant, variants  # noqa: E402  beside the programs, not a package

ALL = list(variants())
UNSEEN = [v for v in variants(SUITE / "unseen", "unseen") if v.kind != "clean"]
CAUGHT_BY = {
    entry["id"]: entry["caught_by"]
    for path in (SUITE / "bugs").glob("*.toml")
    for entry in tomllib.loads(path.read_text("utf-8"))["bug"]
}
# Which check finds a bug that its author planted without knowing the checks: some of each.
UNSEEN_CAUGHT_BY = tomllib.loads((SUITE / "unseen" / "caught_by.toml").read_text("utf-8"))
# Trainings, and what reruns them: left to the slow set.
SLOW = {
    "reaches_its_bar", "beats_an_untrained_agent", "generated_examples_cover_modes",
    "evaluation_matches_episodes", "evaluation_sees_the_network", "full_replay_takes_in_the_new",
}  # fmt: skip

# Checks that gather experience for seconds.
LONG = {"replay_holds_what_happened", "advantages_recomputed", "exploration_fades"}

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def _restore_generators() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def context_of(variant: Variant, folder: Path) -> Context:
    name = f"mutant_{variant.program}"
    module = types.ModuleType(name)
    module.__file__ = str(folder / f"{name}.py")
    sys.modules[name] = module  # dataclasses look it up
    exec(compile(variant.source, name, "exec"), vars(module))  # noqa: S102  our own text
    program = Program(module)
    return Context(program, "1_single_example", spec=program.spec)


CAUGHT_BY |= UNSEEN_CAUGHT_BY
BUGS = [v for v in ALL if v.kind == "bug" and CAUGHT_BY[v.name]]
BUGS += [v for v in UNSEEN if v.kind == "bug" and v.name in UNSEEN_CAUGHT_BY]
# One for each check in the fast set.
FIRST = {check: name for name, check in reversed(UNSEEN_CAUGHT_BY.items())}
LATER = {name for name, check in UNSEEN_CAUGHT_BY.items() if FIRST[check] != name}


def is_slow(variant: Variant) -> bool:
    return CAUGHT_BY[variant.name] in SLOW or variant.name in LATER


@pytest.mark.parametrize(
    "variant",
    [pytest.param(v, id=v.name, marks=[pytest.mark.slow] * is_slow(v)) for v in BUGS],
)
def test_a_planted_bug_is_found_and_what_was_expected_is_said(
    variant: Variant, tmp_path: Path
) -> None:
    check = CAUGHT_BY[variant.name]
    outcome = run_check(check, context_of(variant, tmp_path).at_stage(stage_of(check)))
    assert outcome.verdict == "failed", outcome
    assert outcome.detail.count("expected") >= 1
    assert "likely: 1." in outcome.detail


CLEAN = [variant for variant in ALL if variant.kind == "clean"]
OTHERS = list(variants(SUITE / "correct", "correct"))
BENIGN = [variant for variant in ALL if variant.kind == "benign"]


def flagged(variant: Variant, folder: Path, *, with_training: bool) -> list[object]:
    context = context_of(variant, folder)
    names = checks_for(context.program.family)
    if not with_training:
        names = tuple(n for n in names if stage_of(n) == "1_single_example" and n not in LONG)
    outcomes = [run_check(name, context.at_stage(stage_of(name))) for name in names]
    least = 1 / 3 if variant.half == "correct" else 1 / 2  # of the checks have something to say
    assert sum(outcome.verdict == "passed" for outcome in outcomes) >= least * len(names)
    return [o for o in outcomes if o.verdict in ("failed", "error")]


@pytest.mark.slow
@pytest.mark.parametrize("variant", CLEAN, ids=lambda variant: variant.name)
def test_a_clean_program_is_flagged_by_nothing(variant: Variant, tmp_path: Path) -> None:
    assert flagged(variant, tmp_path, with_training=True) == []


@pytest.mark.slow
@pytest.mark.parametrize("variant", OTHERS, ids=lambda variant: variant.name)
def test_a_correct_program_of_another_hand_is_flagged_by_nothing(
    variant: Variant, tmp_path: Path
) -> None:
    assert flagged(variant, tmp_path, with_training=True) == []


@pytest.mark.parametrize("variant", BENIGN, ids=lambda variant: variant.name)
def test_a_correct_rewrite_is_flagged_by_no_exact_check(variant: Variant, tmp_path: Path) -> None:
    assert flagged(variant, tmp_path, with_training=False) == []


def test_the_suite_is_as_large_as_it_is_said_to_be() -> None:
    assert len([v for v in ALL if v.kind == "bug"]) >= 80
    assert len([v for v in ALL if v.kind == "benign"]) >= 25
    assert len({v.program for v in ALL}) >= 8
