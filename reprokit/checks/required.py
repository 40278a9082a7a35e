"""Which checks a stage cannot pass without, by family. Pure: the judge needs no torch.

A required check that is missing, skipped or in error fails its stage; a project waives one
by name and reason in gates.yaml.
"""

from collections.abc import Mapping

_CLASSIFIER: Mapping[str, tuple[str, ...]] = {
    "1_single_example": (
        "one_example_runs",
        "output_shape",
        "loss_at_initialisation",
        "gradient_reaches_every_parameter",
        "numpy_reference_agrees",
    ),
    "2_overfit": ("overfits_one_example", "overfits_one_batch", "zeroed_inputs_do_worse"),
    "3_generalize": (
        "reaches_its_bar",
        "beats_input_independent_baseline",
        "metric_recomputed",
    ),
    "4_optimize": (
        "same_loss_curve",
        "same_final_loss",
        "not_slower",
        "bitwise_resume",
    ),
}

# What only a paper's model can be held against: the paper's stated settings.
_PAPER_ONLY: Mapping[str, tuple[str, ...]] = dict.fromkeys(
    _CLASSIFIER, ("settings_agree_with_the_paper",)
)

# What `--full` adds: trainings that cost more than seconds.
_FULL: Mapping[str, tuple[str, ...]] = {
    "3_generalize": ("shuffled_labels_stay_at_chance", "seeds_agree"),
}

# The names that gates.yaml may set under `thresholds`.
THRESHOLDS = (
    "max_reference_error",
    "max_init_loss_deviation",
    "max_overfit_loss",
    "min_accuracy",
    "max_curve_difference",
    "max_final_loss_ratio",
    "min_speedup",
)

REQUIRED: Mapping[str, Mapping[str, tuple[str, ...]]] = {"classifier": _CLASSIFIER}


def check_names() -> frozenset[str]:
    """Return the names of all checks that any stage of any family requires."""
    lists = [
        names for stages in (*REQUIRED.values(), _PAPER_ONLY, _FULL) for names in stages.values()
    ]
    return frozenset(name for names in lists for name in names)


def required_checks(family: str, stage: str, *, subject: str, tier: str) -> tuple[str, ...]:
    """Return the names of the checks that a stage needs, in the order they run.

    Raises:
        KeyError: The family has no list yet.
    """
    names = REQUIRED[family][stage]
    if subject == "paper":
        names += _PAPER_ONLY[stage]
    if tier == "full":
        names += _FULL.get(stage, ())
    return names
