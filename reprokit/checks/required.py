"""Which checks each family needs at each stage: a green means no less than these. Pure."""

from collections.abc import Mapping

_ALL = ("classifier", "regressor", "sequence", "language_model", "gan", "rl", "diffusion")
SUPERVISED = ("classifier", "regressor", "sequence", "language_model", "diffusion")
_SEQUENCES = ("sequence", "language_model")

FAMILIES = frozenset(_ALL)

# Every check of the quick tier: the stage it belongs to and the families it is for, in the
# order they run.
_CHECKS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "one_example_runs": ("1_single_example", _ALL),
    "output_shape": ("1_single_example", SUPERVISED),
    "loss_at_initialisation": ("1_single_example", SUPERVISED),
    "loss_recomputed": ("1_single_example", SUPERVISED),
    "loss_is_a_mean": ("1_single_example", ("classifier", "regressor", *_SEQUENCES)),
    "gradient_reaches_every_parameter": ("1_single_example", _ALL),
    "gradient_is_the_derivative": ("1_single_example", SUPERVISED),
    "step_uses_the_gradient": ("1_single_example", SUPERVISED),
    "gradient_starts_from_zero": ("1_single_example", ("gan", "rl")),
    "trains_in_training_mode": ("1_single_example", SUPERVISED),
    "dropout_is_drawn_anew": ("1_single_example", SUPERVISED),
    "evaluation_changes_nothing": ("1_single_example", _ALL),
    "examples_are_independent": ("1_single_example", SUPERVISED),
    "every_token_is_learnt": ("1_single_example", _SEQUENCES),
    "does_not_look_ahead": ("1_single_example", ("language_model",)),
    "targets_are_the_next_tokens": ("1_single_example", ("language_model",)),
    "padding_does_not_count": ("1_single_example", _SEQUENCES),
    "state_is_carried_as_stated": ("1_single_example", _SEQUENCES),
    "batches_cover_the_data": ("1_single_example", (*SUPERVISED, "gan")),
    "batches_are_mixed": ("1_single_example", ("classifier",)),
    "inputs_as_declared": ("1_single_example", SUPERVISED),
    "augmentation_as_declared": ("1_single_example", SUPERVISED),
    "collate_keeps_the_examples": ("1_single_example", ("classifier", "regressor", *_SEQUENCES)),
    "every_class_occurs": ("1_single_example", ("classifier", "sequence")),
    "average_is_kept_as_stated": ("1_single_example", (*SUPERVISED, "gan")),
    "layers_do_not_collapse": ("1_single_example", _ALL),
    "each_step_trains_its_own_network": ("1_single_example", ("gan",)),
    "losses_pull_apart": ("1_single_example", ("gan",)),
    "losses_as_stated": ("1_single_example", ("gan",)),
    "steps_do_not_share_gradients": ("1_single_example", ("gan",)),
    "noise_is_drawn_as_stated": ("1_single_example", ("gan",)),
    "real_data_cover_all_modes": ("1_single_example", ("gan",)),
    "penalty_is_there": ("1_single_example", ("gan",)),
    "penalty_is_as_stated": ("1_single_example", ("gan",)),
    "real_penalty_is_as_stated": ("1_single_example", ("gan",)),
    "noise_is_added_consistently": ("1_single_example", ("diffusion",)),
    "network_is_told_the_time": ("1_single_example", ("diffusion",)),
    "every_time_is_drawn": ("1_single_example", ("diffusion",)),
    "loss_is_of_the_noise": ("1_single_example", ("diffusion",)),
    "environment_is_seeded": ("1_single_example", ("rl",)),
    "target_recomputed": ("1_single_example", ("rl",)),
    "advantages_recomputed": ("1_single_example", ("rl",)),
    "value_learns_the_returns": ("1_single_example", ("rl",)),
    "surrogate_recomputed": ("1_single_example", ("rl",)),
    "policy_can_be_certain": ("1_single_example", ("rl",)),
    "exploration_fades": ("1_single_example", ("rl",)),
    "acts_as_it_says": ("1_single_example", ("rl",)),
    "experience_is_gathered_as_stated": ("1_single_example", ("rl",)),
    "episodes_begin_anew": ("1_single_example", ("rl",)),
    "loss_is_of_the_taken_action": ("1_single_example", ("rl",)),
    "replay_holds_what_happened": ("1_single_example", ("rl",)),
    "rollout_holds_what_happened": ("1_single_example", ("rl",)),
    "target_network_follows": ("1_single_example", ("rl",)),
    "numpy_reference_agrees": ("1_single_example", SUPERVISED),
    "settings_agree_with_the_paper": ("1_single_example", _ALL),
    "overfits_one_example": ("2_overfit", SUPERVISED),
    "overfits_one_batch": ("2_overfit", SUPERVISED),
    "zeroed_inputs_do_worse": ("2_overfit", ("classifier", "regressor", "sequence")),
    "reaches_its_bar": ("3_generalize", _ALL),
    "beats_input_independent_baseline": ("3_generalize", SUPERVISED),
    "beats_an_untrained_agent": ("3_generalize", ("rl",)),
    "generated_examples_cover_modes": ("3_generalize", ("gan",)),
    "metric_recomputed": ("3_generalize", SUPERVISED),
    "evaluation_adds_up": ("3_generalize", ("classifier", "regressor")),
    "evaluation_sees_the_network": ("3_generalize", _ALL),
    "evaluation_matches_episodes": ("3_generalize", ("rl",)),
    "full_replay_takes_in_the_new": ("3_generalize", ("rl",)),
    "learning_rate_as_declared": ("3_generalize", _ALL),
    "no_leak_into_held_out": ("3_generalize", (*SUPERVISED, "gan")),
    "standardised_by_the_training_data": ("3_generalize", SUPERVISED),
    "inputs_do_not_hold_the_target": ("3_generalize", ("classifier", "regressor")),
    "held_out_is_not_augmented": ("3_generalize", SUPERVISED),
    "same_seed_same_training": ("3_generalize", _ALL),
    "same_loss_curve": ("4_optimize", SUPERVISED),
    "same_final_loss": ("4_optimize", SUPERVISED),
    "not_slower": ("4_optimize", SUPERVISED),
    "bitwise_resume": ("4_optimize", _ALL),
    "resumed_stream_goes_on": ("4_optimize", (*SUPERVISED, "gan")),
    "workers_give_the_same_stream": ("4_optimize", SUPERVISED),
    "workers_draw_apart": ("4_optimize", SUPERVISED),
    "data_keep_up": ("4_optimize", SUPERVISED),
    "lower_precision_agrees": ("4_optimize", SUPERVISED),
    "devices_agree": ("4_optimize", SUPERVISED),
}

# What `--full` adds: trainings that cost more than seconds.
_FULL: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "every_setting_matters": ("1_single_example", SUPERVISED),
    "shuffled_labels_stay_at_chance": ("3_generalize", ("classifier", "sequence")),
    "two_processes_agree": ("4_optimize", SUPERVISED),
    "compiled_agrees": ("4_optimize", SUPERVISED),
    "seeds_agree": ("3_generalize", ("classifier",)),
}

# Held against the stages' own settings: a program without stages has none.
_STAGED_ONLY = frozenset({"same_loss_curve", "same_final_loss", "not_slower", "seeds_agree"})

# A project's settings are composed by Hydra, which refuses unknown names by itself.
_PLAIN_ONLY = frozenset({"every_setting_matters"})

# What a project's gates need, by family and stage. A check that is not here may be skipped for
# good reasons (augmented inputs cannot be found in the data, a schedule need not be stated).
_REQUIRED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "classifier": {
        "1_single_example": (
            "one_example_runs",
            "output_shape",
            "loss_at_initialisation",
            "loss_recomputed",
            "loss_is_a_mean",
            "gradient_reaches_every_parameter",
            "gradient_is_the_derivative",
            "step_uses_the_gradient",
            "trains_in_training_mode",
            "evaluation_changes_nothing",
            "examples_are_independent",
            "numpy_reference_agrees",
        ),
        "2_overfit": (
            "overfits_one_example",
            "overfits_one_batch",
            "zeroed_inputs_do_worse",
        ),
        "3_generalize": (
            "reaches_its_bar",
            "beats_input_independent_baseline",
            "metric_recomputed",
            "no_leak_into_held_out",
            "same_seed_same_training",
        ),
        "4_optimize": (
            "same_loss_curve",
            "same_final_loss",
            "not_slower",
            "bitwise_resume",
        ),
    },
}

# What only a paper's model can be held against: the paper's stated settings.
_PAPER_ONLY = ("settings_agree_with_the_paper",)

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

REQUIRED: Mapping[str, Mapping[str, tuple[str, ...]]] = _REQUIRED


def check_names() -> frozenset[str]:
    """Return the names of all checks."""
    return frozenset(_CHECKS) | frozenset(_FULL)


def stage_of(name: str) -> str:
    """Return the stage that a check belongs to.

    Raises:
        KeyError: There is no such check.
    """
    return (_CHECKS.get(name) or _FULL[name])[0]


def checks_for(family: str, *, tier: str = "quick") -> tuple[str, ...]:
    """Return the checks that say something about a program without stages, in order."""
    table = {**_CHECKS, **(_FULL if tier == "full" else {})}
    return tuple(
        name
        for name, (_, families) in table.items()
        if family in families and name not in _STAGED_ONLY
    )


def required_checks(family: str, stage: str, *, subject: str, tier: str) -> tuple[str, ...]:
    """Return the names of the checks that a project's stage needs, in the order they run.

    Raises:
        KeyError: The family has no list yet.
    """
    names = REQUIRED[family][stage]
    if subject == "paper":
        names += tuple(name for name in _PAPER_ONLY)
    if tier == "full":
        names += tuple(
            n
            for n, (at, families) in _FULL.items()
            if at == stage and family in families and n not in _PLAIN_ONLY
        )
    return names
