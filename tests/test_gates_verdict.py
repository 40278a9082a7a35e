"""The judge: every way in which a stage must not pass."""

import pytest

from reprokit.checks.outcome import Outcome
from reprokit.gates.verdict import Report, StageVerdict, judge

STAGE = "1_single_example"


def outcome(name: str, verdict: str) -> Outcome:
    return Outcome(name, STAGE, verdict, "found", 0.5, {f"{name}_n": 1.0})  # type: ignore[arg-type]


@pytest.mark.parametrize("verdict", ["failed", "skipped", "error"])
def test_a_required_check_that_did_not_pass_fails_the_stage(verdict: str) -> None:
    judged = judge(STAGE, "paper", ["a"], [outcome("a", verdict)], {})
    assert judged.verdict == "failed"
    assert judged.reason == f"a is required and {verdict}"


def test_a_required_check_that_is_missing_fails_the_stage() -> None:
    judged = judge(STAGE, "paper", ["a", "b"], [outcome("a", "passed")], {})
    assert (judged.verdict, judged.reason) == ("failed", "b is required and missing")


def test_nothing_required_shows_nothing() -> None:
    assert judge(STAGE, "paper", [], [], {}).verdict == "failed"


def test_a_stage_with_every_check_waived_shows_nothing() -> None:
    judged = judge(STAGE, "paper", ["a"], [], {"a": "later"})
    assert (judged.verdict, judged.waived) == ("failed", {"a": "later"})


def test_an_extra_check_that_failed_fails_the_stage() -> None:
    judged = judge(STAGE, "paper", ["a"], [outcome("a", "passed"), outcome("b", "failed")], {})
    assert (judged.verdict, judged.reason) == ("failed", "b failed")


def test_an_extra_check_that_is_skipped_does_not() -> None:
    outcomes = [outcome("a", "passed"), outcome("b", "skipped")]
    assert judge(STAGE, "paper", ["a"], outcomes, {}).verdict == "passed"


def test_a_waived_check_is_named_with_its_reason() -> None:
    judged = judge(STAGE, "paper", ["a", "b"], [outcome("a", "passed")], {"b": "later", "c": "x"})
    assert judged.verdict == "passed"
    assert judged.waived == {"b": "later"}


def test_a_stage_adds_up_its_checks() -> None:
    judged = judge(STAGE, "paper", ["a", "b"], [outcome("a", "passed"), outcome("b", "passed")], {})
    assert judged.seconds == 1.0
    assert judged.metrics == {"a_n": 1.0, "b_n": 1.0}


def test_the_document_has_the_keys_that_others_read() -> None:
    stage = judge(STAGE, "placeholder", ["a"], [outcome("a", "passed")], {})
    document = Report("p", None, "f", "g", "quick", (stage,)).to_json()
    assert {"schema", "project", "commit", "tier", "stages"} <= set(document)
    assert {"stage", "verdict", "subject", "seconds", "reruns", "metrics", "checks"} <= set(
        document["stages"][0]
    )
    assert set(document["stages"][0]["checks"][0]) == {"name", "verdict", "detail", "seconds"}


def test_a_report_without_stages_has_not_passed() -> None:
    assert not Report("p", None, "f", "g", "quick", ()).has_passed


def test_a_stage_that_was_not_run_is_no_pass() -> None:
    stages = (StageVerdict(STAGE, "not_run", "paper"),)
    assert not Report("p", None, "f", "g", "quick", stages).has_passed
