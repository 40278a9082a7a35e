"""`pytest --reprokit train.py`: a training program becomes test items."""

import sys
from pathlib import Path

import pytest
from test_checks_process import STEP, written

pytest_plugins = ["pytester"]


def test_each_check_is_an_item_that_passes_fails_or_skips(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    path = written(tmp_path, (STEP, "    return torch.tensor(0.0)\n" + STEP))
    result = pytester.runpytest_subprocess("-q", "-rA", "--reprokit", str(path))
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] > 5
    assert outcomes["failed"] > 0
    assert outcomes["skipped"] > 0
    result.stdout.fnmatch_lines(["*step_uses_the_gradient*", "*expected one optimizer step*"])


def test_a_file_that_is_no_program_is_a_usage_error(
    pytester: pytest.Pytester, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.py"
    empty.write_text("")
    result = pytester.runpytest_subprocess("--reprokit", str(empty))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*declares no FAMILY*"])


def test_without_the_option_nothing_of_the_battery_is_imported(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_imported():
            assert not [name for name in sys.modules if name.startswith("reprokit.checks")]
            assert "torch" not in sys.modules
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    assert result.ret == 0, sys.modules
