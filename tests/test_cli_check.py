"""`reprokit check`: exit codes, JSON, and what a person reads."""

import json
from pathlib import Path

import pytest
from test_checks_process import STEP, written

from reprokit.cli.main import main


def test_a_passing_check_exits_with_0_and_shows_its_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(written(tmp_path)), "--check", "output_shape"]) == 0
    output = capsys.readouterr()
    assert "output_shape" in output.out
    assert "classifier: 1 passed in" in output.out
    assert "1_single_example: output_shape: passed" in output.err


def test_a_failing_check_exits_with_1_and_the_json_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, (STEP, "    return torch.tensor(0.0)\n" + STEP))
    arguments = ["check", str(path), "--check", "step_uses_the_gradient", "--json"]
    assert main(arguments) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    assert document["family"] == "classifier"
    (check,) = document["checks"]
    assert check["verdict"] == "failed"
    assert check["stage"] == "1_single_example"
    assert "likely: 1." in check["detail"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["nowhere.py"], 4, "no file 'nowhere.py'"),
        (["{path}", "--check", "nothing"], 2, "no check 'nothing'"),
        (["{path}", "--stage", "9"], 2, "'9' is not a stage"),
        (["{empty}"], 2, "declares no FAMILY"),
    ],
)
def test_bad_input_is_two_lines(
    arguments: list[str], code: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.py"
    empty.write_text("")
    places = {"path": str(written(tmp_path)), "empty": str(empty)}
    assert main(["check", *(word.format(**places) for word in arguments)]) == code
    error = capsys.readouterr().err
    assert said in error
    assert "hint: " in error


def test_without_torch_the_extra_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert main(["check", str(written(tmp_path))]) == 2
    assert "reprokit-papers[checks]" in capsys.readouterr().err
