"""The stated schedule and its usual readings; a trace a step apart still follows it."""

import math

import pytest

from reprokit.checks.schedule import distance, readings, stepped, with_warmup

N = 200


def curves(spec: dict[str, object], per_epoch: list[int] | None = None) -> list[object]:
    return [curve for _, curve in readings(spec, N, per_epoch or [10])]


def best(rates: list[float], spec: dict[str, object]) -> float:
    return min(distance(rates, 1.0, curve) for curve in curves(spec))  # type: ignore[arg-type]


ONE_STEP = {"lr_milestones": [100, 150], "lr_decay_factor": 0.1}
IN_EPOCHS = {"lr_milestones": [5, 9], "lr_decay_factor": 0.1}
TO_A_HALF = {"lr_schedule": "cosine", "lr_min": 0.5, "learning_rate": 1.0}
ROOT = {"lr_schedule": "inverse sqrt", "warmup_steps": 4}
IN_WORDS = {"lr_schedule": "linear warmup over 20 steps, then cosine to a tenth"}
IN_PERCENT = {"lr_schedule": "linear decay to 5 % of the initial rate over the run"}
LATE = {"lr_schedule": "linear_second_half"}
BY_STEPS = {"lr_schedule": "step", "lr_step_size": 50, "lr_gamma": 0.3}


@pytest.mark.parametrize(
    ("spec", "rate"),
    [
        ({"lr_schedule": "cosine"}, lambda t: (1 + math.cos(math.pi * t / N)) / 2),
        ({"lr_schedule": "linear"}, lambda t: 1 - t / N),
        ({"lr_schedule": "constant"}, lambda _: 1.0),
        ({"lr_schedule": "exponential", "lr_decay_factor": 0.99}, lambda t: 0.99**t),
        ({"lr_schedule": "exponential", "lr_decay_factor": 0.9}, lambda t: 0.9 ** (t // 10)),
        (ONE_STEP, lambda t: 0.1 ** ((t >= 100) + (t >= 150))),
        (IN_EPOCHS, lambda t: 0.1 ** ((t >= 50) + (t >= 90))),
        (TO_A_HALF, lambda t: 0.75 + 0.25 * math.cos(math.pi * t / N)),
        (ROOT, lambda t: min(t / 4, math.sqrt(4 / max(t, 1)))),
        (IN_PERCENT, lambda t: 1 - 0.95 * t / N),
        (LATE, lambda t: min(1.0, 2 - 2 * t / N)),
        (BY_STEPS, lambda t: 0.3 ** (t // 50)),
        (
            IN_WORDS,
            lambda t: t / 20 if t < 20 else 0.55 + 0.45 * math.cos(math.pi * (t - 20) / (N - 20)),
        ),
    ],
)
def test_each_name_has_its_curve_and_a_constant_rate_has_another(spec, rate) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    assert best([rate(t) for t in range(N)], spec) < 0.02
    if spec.get("lr_schedule") != "constant":
        assert best([1.0] * N, spec) > 0.06


def test_a_shift_of_two_steps_is_free_and_one_of_ten_is_not() -> None:
    curve = stepped([100], 0.1)
    assert distance([curve(t + 2) for t in range(N)], 1.0, curve) == 0
    assert distance([curve(t + 10) for t in range(N)], 1.0, curve) > 0.5


def test_milestones_beyond_the_training_are_no_epochs() -> None:
    assert all(curve(N) < 1 for curve in curves(ONE_STEP))  # type: ignore[operator]


def test_a_warm_up_that_is_missing_is_far_from_one_that_is_there() -> None:
    curve = with_warmup(lambda _: 1.0, 20, 20, 1)
    assert curve(0) == 0
    assert curve(10) == 0.5
    assert distance([1.0] * N, 1.0, curve) > 0.8


def test_an_unknown_name_has_no_curve() -> None:
    assert curves({"lr_schedule": "moon phases"}) == []


@pytest.mark.parametrize(
    "text",
    [
        "cosine with warm restarts every 200 steps, down to 3e-4",
        "one cycle, 0.01 at its peak",
        "multiplied by 0.9 after every pass over the text",
        "triangular, between 0.02 and 0.2",
        "linear warmup",
    ],
)
def test_a_text_with_a_word_or_a_number_that_nobody_reads_is_left_open(text: str) -> None:
    assert curves({"lr_schedule": text}) == []
