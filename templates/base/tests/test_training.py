"""The training itself: it starts the same, goes on the same, and leaves what it should."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

import records
import train

QUIET = ("progress=false", "tensorboard=false", "threads=1")


def take_steps(state: Any, count: int) -> list[float]:
    stream = train.batches(state)
    return [float(train.train_step(state, next(stream))) for _ in range(count)]


def weights(state: train.State) -> list[torch.Tensor]:
    return list(state.nets["model"].state_dict().values())


@pytest.mark.parametrize("loading", ["loading=loader", "loading=indexed"])
@pytest.mark.parametrize("workers", [0, 2])
def test_a_resumed_run_ends_with_the_same_weights_as_an_uninterrupted_one(
    loading: str, workers: int, tmp_path: Path
) -> None:
    cfg = train.read_config("stage=3_generalize", loading, f"workers={workers}", *QUIET)
    state = train.setup(0, cfg)
    take_steps(state, 7)
    train.save(state, tmp_path / "checkpoint.pt")
    went_on = take_steps(state, 5)

    torch.rand(3)
    resumed = train.load(tmp_path / "checkpoint.pt")
    assert take_steps(resumed, 5) == went_on
    assert all(map(torch.equal, weights(resumed), weights(state)))


def test_the_same_seed_starts_the_same_and_another_seed_does_not() -> None:
    cfg = train.read_config("stage=3_generalize", *QUIET)
    one, same, other = (train.setup(seed, cfg) for seed in (0, 0, 1))
    assert all(map(torch.equal, weights(one), weights(same)))
    assert not all(map(torch.equal, weights(one), weights(other)))


def test_evaluation_changes_nothing_and_repeats() -> None:
    state = train.setup(0, train.read_config("stage=3_generalize", *QUIET))
    state.nets["model"].train()
    before = [value.clone() for value in weights(state)]
    assert train.evaluate(state) == train.evaluate(state)
    assert all(map(torch.equal, before, weights(state)))
    assert state.nets["model"].training


def test_a_run_leaves_a_checkpoint_a_curve_and_a_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cfg = train.read_config("stage=1_single_example", *QUIET)
    monkeypatch.setattr(train, "ROOT", tmp_path)
    train.train(cfg)
    folder = next((tmp_path / "runs" / "1_single_example").iterdir())
    curve = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert [point["step"] for point in curve] == [1, 2, 3, 4, 5]
    assert (folder / "checkpoint.pt").is_file()
    record = json.loads(next((tmp_path / "results").iterdir()).read_text())
    assert record["exit_code"] == 0
    assert record["metrics"]["train_n"] == 1


def test_a_run_resumed_at_its_end_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cfg = train.read_config("stage=1_single_example", *QUIET)
    monkeypatch.setattr(train, "ROOT", tmp_path)
    first = train.train(cfg)
    assert train.train({**cfg, "resume": True}) == first


def test_a_run_is_not_resumed_with_other_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cfg = train.read_config("stage=1_single_example", *QUIET)
    monkeypatch.setattr(train, "ROOT", tmp_path)
    train.train(cfg)
    train.train({**cfg, "resume": True, "steps": 7})
    with pytest.raises(ValueError, match="another learning_rate"):
        train.train({**cfg, "resume": True, "learning_rate": 1.0})


def test_a_failed_run_leaves_a_record_that_says_so(
    tmp_path: Path,
) -> None:
    cfg = train.read_config("stage=1_single_example", *QUIET)
    with pytest.raises(ZeroDivisionError), records.Run(cfg, tmp_path, start=0):
        raise ZeroDivisionError
    record = json.loads(next((tmp_path / "results").iterdir()).read_text())
    assert record["exit_code"] == 1
