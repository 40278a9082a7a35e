"""Another precision, a compiler, two processes, a slow loader: seen where they matter."""

import shutil
import sys
import types
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from reprokit.checks.battery import run_check
from reprokit.checks.context import Context
from reprokit.checks.program import Program, load_program

SUITE = Path(__file__).resolve().parent / "mutants" / "programs"


def loss_of(net: nn.Module, batch: Any) -> torch.Tensor:
    return ((net(batch[0]) - batch[1]) ** 2).mean()


def context_of(net: nn.Module, *, work: int = 0, spec: Any = None) -> Context:
    module = types.ModuleType("engine_program")
    module.__file__ = str(Path(__file__).parent / "engine_program.py")

    def setup(seed: int, _: Any = None) -> Any:
        torch.manual_seed(seed)
        optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)
        return types.SimpleNamespace(nets={"model": net}, optimizers={"model": optimizer}, step=0)

    def batches(_: Any) -> Any:
        while True:
            sum(range(work))  # an example that is slow to make
            yield torch.linspace(-1, 1, 32).reshape(8, 4), torch.ones(8, 1)

    def train_step(state: Any, batch: Any) -> float:
        loss = loss_of(net, batch)
        state.optimizers["model"].zero_grad()
        loss.backward()
        state.optimizers["model"].step()
        return float(loss.detach())

    vars(module).update(
        FAMILY="regressor", setup=setup, batches=batches, loss_fn=loss_of, train_step=train_step
    )
    return Context(Program(module), "4_optimize", spec=spec or {})


class Cancels(nn.Module):
    """Takes the difference of two large numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (self.layer(x) + 3000) - 3000


class Remembers(nn.Module):
    """Gives something else at every call."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.calls = nn.Linear(4, 1), 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return self.layer(x) * self.calls


def test_a_plain_network_is_the_same_in_bfloat16_within_its_band() -> None:
    outcome = run_check("lower_precision_agrees", context_of(nn.Linear(4, 1)))
    assert outcome.verdict == "passed", outcome


def test_a_difference_of_large_numbers_leaves_no_digits_in_bfloat16() -> None:
    outcome = run_check("lower_precision_agrees", context_of(Cancels()))
    assert outcome.verdict == "failed", outcome
    assert "two large numbers" in outcome.detail


def test_a_network_in_double_precision_is_left_alone() -> None:
    net = nn.Linear(4, 1).double()
    outcome = run_check("lower_precision_agrees", context_of(net))
    assert outcome.verdict != "failed"


def test_a_loop_that_waits_for_its_data_is_told_so() -> None:
    spec = {"max_data_stall": 0.5}
    slow = run_check("data_keep_up", context_of(nn.Linear(4, 1), work=1_000_000, spec=spec))
    assert slow.verdict == "failed", slow
    assert "waits for data" in slow.detail


def test_a_declared_limit_of_waiting_is_held() -> None:
    spec = {"max_data_stall": 1.0}
    outcome = run_check("data_keep_up", context_of(nn.Linear(4, 1), work=1_000_000, spec=spec))
    assert outcome.verdict == "passed"
    assert outcome.metrics["data_stall"] > 0.5


def test_without_a_gpu_devices_are_not_compared() -> None:
    outcome = run_check("devices_agree", context_of(nn.Linear(4, 1)))
    assert outcome.verdict == ("passed" if torch.cuda.is_available() else "skipped")


@pytest.mark.skipif(not shutil.which("c++"), reason="no C++ compiler")
@pytest.mark.slow
def test_a_network_that_is_another_at_each_call_is_not_what_was_compiled() -> None:
    assert run_check("compiled_agrees", context_of(nn.Linear(4, 1))).verdict == "passed"
    assert run_check("compiled_agrees", context_of(Remembers())).verdict == "failed"


def test_without_a_compiler_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    outcome = run_check("compiled_agrees", context_of(nn.Linear(4, 1)))
    assert outcome.verdict == "skipped"


def test_two_processes_have_the_mean_of_the_halves_gradients() -> None:
    program = load_program(SUITE / "regressor.py")
    outcome = run_check("two_processes_agree", Context(program, "4_optimize", spec=program.spec))
    assert outcome.verdict == "passed", outcome


def test_processes_that_start_from_other_weights_are_seen(tmp_path: Path) -> None:
    source = (SUITE / "regressor.py").read_text("utf-8")
    # each process scales its loss by its own rank: something that differs between them
    path = tmp_path / "apart_program.py"
    path.write_text(source + APART, "utf-8")
    program = load_program(path)
    sys.modules.pop("apart_program", None)
    outcome = run_check("two_processes_agree", Context(program, "4_optimize", spec=program.spec))
    assert outcome.verdict == "failed", outcome
    assert "halves" in outcome.detail


APART = """
own_loss = loss_fn
calls = 0

def loss_fn(model, batch):
    global calls
    calls += 1
    return own_loss(model, batch) * calls
"""


def test_a_program_that_cannot_be_wrapped_is_skipped_with_its_last_words(tmp_path: Path) -> None:
    source = (SUITE / "regressor.py").read_text("utf-8")
    path = tmp_path / "sealed_program.py"
    path.write_text(source + "\nown = loss_fn\ndef loss_fn(m, b):\n    m.no_such\n", "utf-8")
    program = load_program(path)
    outcome = run_check("two_processes_agree", Context(program, "4_optimize", spec=program.spec))
    assert outcome.verdict == "skipped"
    assert "no_such" in outcome.detail
