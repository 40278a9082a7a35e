"""Settings that nobody reads, and a SPEC that was made of the settings."""

from pathlib import Path

from reprokit.checks.battery import run_check
from reprokit.checks.context import Context
from reprokit.checks.program import load_program

SUITE = Path(__file__).resolve().parent / "mutants" / "programs"


def context_of(folder: Path, program: str, *edits: tuple[str, str]) -> Context:
    source = (SUITE / f"{program}.py").read_text("utf-8")
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    path = folder / f"{program}_{len(edits)}_{abs(hash(source))}.py"
    path.write_text(source)
    opened = load_program(path)
    return Context(opened, "1_single_example", spec=opened.spec)


def test_every_setting_that_matters_is_counted(tmp_path: Path) -> None:
    outcome = run_check("every_setting_matters", context_of(tmp_path, "regressor"))
    assert outcome.verdict == "passed"
    assert "5 of 5 settings matter" in outcome.detail


def test_a_setting_that_nobody_reads_is_named(tmp_path: Path) -> None:
    edit = ('return {"lr": 3e-3,', 'return {"flux": 7, "lr": 3e-3,')
    outcome = run_check("every_setting_matters", context_of(tmp_path, "regressor", edit))
    assert outcome.verdict == "passed"
    assert "dead within 3 steps: flux" in outcome.detail


def test_a_stated_setting_that_nobody_reads_fails(tmp_path: Path) -> None:
    edit = ('return {"lr": 3e-3,', 'return {"learning_rate": 3e-3, "lr": 3e-3,')
    outcome = run_check("every_setting_matters", context_of(tmp_path, "regressor", edit))
    assert outcome.verdict == "failed"
    assert "learning_rate" in outcome.detail


def test_a_spec_copied_from_the_settings_is_no_evidence(tmp_path: Path) -> None:
    edits = (
        ("SPEC = {", "OLD = {"),
        ("def make_data(", "SPEC = dict(config())\n\n\ndef make_data("),
    )
    context = context_of(tmp_path, "regressor", *edits)
    outcome = run_check("settings_agree_with_the_paper", context)
    assert outcome.verdict == "skipped"
    assert outcome.detail.startswith("no evidence")
