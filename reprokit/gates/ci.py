"""A gate report as JUnit XML, GitHub annotations and a step summary. Pure."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from reprokit.checks.outcome import Outcome
from reprokit.gates.verdict import Report, StageVerdict
from reprokit.quoting import clean, markdown

_MARKS = {"passed": "✅", "failed": "❌", "skipped": "❌", "error": "❌"}


def headline(report: Report) -> str:
    """Return what passed, on which subject, in one sentence."""
    n = sum(stage.verdict == "passed" for stage in report.stages)
    on = {stage.subject for stage in report.stages}
    subject = "the paper's model" if on == {"paper"} else "the placeholder"
    said = f"{n} of {len(report.stages)} stages passed on {subject}"
    if report.paper_reason and on != {"paper"}:
        return f"{said}; the paper's model: {report.paper_reason}"
    if all(stage.verdict == "not_started" for stage in report.stages) and report.paper_reason:
        return f"{said}: {report.paper_reason}"
    return said


def junit(report: Report) -> str:
    """Return the report as JUnit XML: a suite per stage, a case per check."""
    root = ET.Element("testsuites", name=f"reprokit gate ({report.tier})")
    for stage in report.stages:
        cases = stage.outcomes or (whole_stage(stage),)
        bad = sum(case.verdict in ("failed", "skipped") for case in cases)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=f"{stage.stage} ({stage.subject})",
            tests=str(len(cases)),
            failures=str(bad),
            errors=str(sum(case.verdict == "error" for case in cases)),
            time=f"{stage.seconds:.3f}",
        )
        for case in cases:
            add_case(suite, case)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def whole_stage(stage: StageVerdict) -> Outcome:
    """Return a case that stands for a stage none of whose checks ran."""
    has_passed = stage.verdict == "passed"
    return Outcome(stage.verdict, stage.stage, "passed" if has_passed else "failed", stage.reason)


def add_case(suite: ET.Element, outcome: Outcome) -> None:
    """Append one check. A skipped required check is a failure, and reads as one."""
    case = ET.SubElement(
        suite,
        "testcase",
        classname=outcome.stage,
        name=outcome.name,
        time=f"{outcome.seconds:.3f}",
    )
    if outcome.verdict != "passed":
        kind = "error" if outcome.verdict == "error" else "failure"
        ET.SubElement(case, kind, message=f"{outcome.verdict}: {clean(outcome.detail)}")


def annotations(report: Report, notices: Sequence[str]) -> list[str]:
    """Return GitHub workflow commands: an error per finding, a warning per notice."""
    found = [
        f"::error title={escape_property(f'{stage.stage}: {outcome.name}')}::"
        f"{escape_data(f'{outcome.verdict}: {outcome.detail}')}"
        for stage in report.stages
        for outcome in stage.outcomes
        if outcome.verdict != "passed"
    ]
    found += [
        f"::error title={escape_property(stage.stage)}::{escape_data(stage.reason)}"
        for stage in report.stages
        if stage.verdict != "passed" and not stage.outcomes
    ]
    return found + [f"::warning title=gates.yaml::{escape_data(notice)}" for notice in notices]


def escape_data(text: str) -> str:
    """Escape the message of a workflow command."""
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escape_property(text: str) -> str:
    """Escape a property of a workflow command."""
    return escape_data(text).replace(":", "%3A").replace(",", "%2C")


def summary(report: Report, notices: Sequence[str]) -> str:
    """Return the step summary: a table of the checks, then notices."""
    parts = [f"## Gates\n\n{markdown(headline(report))}\n"]
    parts += [f"- ⚠️ {markdown(notice)}\n" for notice in notices]
    for stage in report.stages:
        parts.append(f"\n### {stage.stage}: {stage.verdict} ({stage.subject})\n\n")
        if stage.reason:
            parts.append(f"{markdown(stage.reason)}\n\n")
        if stage.outcomes:
            parts.append("| | check | found | s |\n|---|---|---|---:|\n")
        parts += [
            f"| {_MARKS[o.verdict]} | {o.name} | {markdown(o.detail)} | {o.seconds:.1f} |\n"
            for o in stage.outcomes
        ]
    return "".join(parts)
