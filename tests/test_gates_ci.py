"""A report for machines: JUnit, annotations, step summary."""

from xml.etree import ElementTree as ET

from reprokit.checks.outcome import Outcome
from reprokit.gates.ci import annotations, headline, junit, summary
from reprokit.gates.verdict import Report, StageVerdict, Subject

HOSTILE = "found 100%\n::error::x <b>|`$(id)` \x1b[31m @someone"


def report(subject: Subject = "placeholder", reason: str = "not started: a stub") -> Report:
    outcomes = (
        Outcome("fine", "1_single_example", "passed", "ok", 0.1),
        Outcome("bad", "1_single_example", "failed", HOSTILE, 0.2),
        Outcome("raised", "1_single_example", "error", "KeyError", 0.2),
        Outcome("lacking", "1_single_example", "skipped", "no reference", 0.2),
    )
    stages = (
        StageVerdict("1_single_example", "failed", subject, "bad failed", outcomes),
        StageVerdict("2_overfit", "not_run", subject, "1_single_example has not passed"),
    )
    return Report("p", None, "f", "g", "quick", stages, reason)


def test_junit_counts_a_skipped_required_check_as_a_failure() -> None:
    root = ET.fromstring(junit(report()))  # noqa: S314  our own text
    first, second = root
    assert (first.get("tests"), first.get("failures"), first.get("errors")) == ("4", "2", "1")
    assert (second.get("tests"), second.get("failures")) == ("1", "1")


def test_junit_is_well_formed_whatever_was_found() -> None:
    root = ET.fromstring(junit(report()))  # noqa: S314  our own text
    messages = [e.get("message") for e in root.iter("failure")]
    assert messages[0] is not None
    assert "::error::x <b>" in messages[0]


def test_an_annotation_is_one_line_and_starts_no_other_command() -> None:
    lines = annotations(report(), ["min_x: 0.9 at first, now 0.1"])
    assert all("\n" not in line for line in lines)
    assert all(line.startswith(("::error ", "::warning ")) for line in lines)
    assert any("100%25" in line for line in lines)
    assert sum(line.startswith("::error ") for line in lines) == 4


def test_a_summary_shows_what_was_found_literally() -> None:
    text = summary(report(), ["loosened: min_x"])
    assert "loosened: min\\_x" in text
    assert "<b>" not in text.replace("\\<b\\>", "")
    assert "@someone" not in text


def test_the_headline_never_calls_a_placeholder_the_paper() -> None:
    assert headline(report()) == (
        "0 of 2 stages passed on the placeholder; the paper's model: not started: a stub"
    )
    assert "placeholder" not in headline(report("paper", ""))


def test_the_headline_of_a_paper_that_is_not_started_says_why() -> None:
    stages = (StageVerdict("1_single_example", "not_started", "paper", "not started: a stub"),)
    text = headline(Report("p", None, "f", "g", "quick", stages, "not started: a stub"))
    assert text == "0 of 1 stages passed on the paper's model: not started: a stub"
