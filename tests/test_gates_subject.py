"""The paper's model or the placeholder: decided by what is there, not by what is said."""

from pathlib import Path

import pytest

from reprokit.gates.subject import resolve_subject
from toy import toy_context

SUBJECTS = {"paper": ["model=paper"], "placeholder": ["model=placeholder"]}
OPEN_VALUE = """
class MissingMandatoryValue(Exception):
    pass

def setup(seed, config=None):
    raise MissingMandatoryValue("Missing mandatory value: n_classes\\n    full_key: n_classes")
"""


def resolve(folder: Path, *bugs: tuple[str, str], asked: str = "auto") -> tuple[str, str]:
    return resolve_subject(toy_context(folder, "2_overfit", *bugs).program, SUBJECTS, asked)


def test_the_placeholder_that_was_asked_for_is_never_the_paper(tmp_path: Path) -> None:
    assert resolve(tmp_path, asked="placeholder")[0] == "placeholder"


def test_a_value_left_open_in_the_settings_is_not_a_start(tmp_path: Path) -> None:
    subject, reason = resolve(tmp_path, ("def batches(state)", OPEN_VALUE + "\ndef batches(state)"))
    assert subject == "placeholder"
    assert reason == "not started: conf/ leaves a value open: Missing mandatory value: n_classes"


def test_a_stub_is_named_with_its_file(tmp_path: Path) -> None:
    _, reason = resolve(tmp_path, ("    net = Net()\n", "    raise NotImplementedError\n"))
    assert reason == "not started: setup in toy_program is a stub"


def test_where_the_placeholder_is_gone_there_is_nothing_to_mix_up(tmp_path: Path) -> None:
    bug = ("    net = Net()\n", "    net = {'paper': Net}[cfg['model']]()\n")
    assert resolve(tmp_path, bug) == ("paper", "")


def test_without_overrides_for_a_placeholder_the_program_is_the_paper(tmp_path: Path) -> None:
    program = toy_context(tmp_path, "2_overfit").program
    assert resolve_subject(program, {}, "auto") == ("paper", "")


def test_the_same_network_and_data_under_another_name_stay_the_placeholder(tmp_path: Path) -> None:
    subject, reason = resolve(tmp_path)
    assert subject == "placeholder"
    assert "exactly the placeholder's parameters" in reason


def test_the_synthetic_data_with_another_seed_stay_the_synthetic_data(tmp_path: Path) -> None:
    bugs = (
        ("nn.Linear(5, 16)", "nn.Linear(5, 16 + (CFG == 'paper'))"),
        ("nn.Linear(16, 3)", "nn.Linear(16 + (CFG == 'paper'), 3)"),
        ("    net = Net()\n", "    global CFG\n    CFG = cfg['model']\n    net = Net()\n"),
        ("    x, y = draw(300, 0)", "    x, y = draw(300, 5 * (CFG == 'paper'))"),
    )
    assert resolve(tmp_path, *bugs) == ("paper", "")
    named = ('"model": {"name": "toy"', '"data": {"name": "lines"}, "model": {"name": "toy"')
    assert "data are still the synthetic" in resolve(tmp_path, *bugs, named)[1]


@pytest.mark.parametrize("train", ["[]", "[[None]]", "None", "{'a': 1}"])
def test_data_that_cannot_be_compared_are_not_the_same(train: str, tmp_path: Path) -> None:
    bugs = (
        ("nn.Linear(5, 16)", "nn.Linear(5, 16 + (CFG == 'paper'))"),
        ("nn.Linear(16, 3)", "nn.Linear(16 + (CFG == 'paper'), 3)"),
        ("    net = Net()\n", "    global CFG\n    CFG = cfg['model']\n    net = Net()\n"),
        ("    x, y = state.train.tensors\n", "    x, y = draw(300, 0).tensors\n"),
        ("train=TensorDataset(x[:n], y[:n])", f"train={train}"),
    )
    assert resolve(tmp_path, *bugs) == ("paper", "")
