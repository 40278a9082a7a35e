"""Every check by name, and how one is run: one explicit table, no registry."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from reprokit.checks import (
    adversarial,
    agents,
    aggregates,
    augmentation,
    bars,
    carried,
    collation,
    configuration,
    data,
    diffusion,
    embeddings,
    engines,
    evaluation,
    exploration,
    forward,
    gan,
    generalize,
    gradients,
    judged,
    layers,
    leakage,
    loss,
    masks,
    metrics,
    modes,
    optimize,
    overfit,
    penalties,
    policy,
    reference,
    replay,
    resume,
    rl,
    schedule,
    scores,
    sequences,
    settings,
    surrogate,
    targets,
    updates,
)
from reprokit.checks.batch import size, take
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Outcome, Passed
from reprokit.checks.required import SUPERVISED

N_RERUNS = 2

CHECKS: Mapping[str, Callable[[Context], Passed]] = {
    function.__name__: function
    for function in (
        forward.one_example_runs,
        forward.output_shape,
        forward.loss_at_initialisation,
        forward.examples_are_independent,
        forward.loss_is_a_mean,
        loss.loss_recomputed,
        gradients.gradient_reaches_every_parameter,
        gradients.gradient_is_the_derivative,
        updates.step_uses_the_gradient,
        updates.gradient_starts_from_zero,
        updates.trains_in_training_mode,
        embeddings.every_token_is_learnt,
        sequences.does_not_look_ahead,
        sequences.targets_are_the_next_tokens,
        sequences.padding_does_not_count,
        data.batches_cover_the_data,
        data.batches_are_mixed,
        data.inputs_as_declared,
        collation.collate_keeps_the_examples,
        leakage.every_class_occurs,
        augmentation.augmentation_as_declared,
        layers.layers_do_not_collapse,
        leakage.no_leak_into_held_out,
        leakage.standardised_by_the_training_data,
        leakage.inputs_do_not_hold_the_target,
        augmentation.held_out_is_not_augmented,
        collation.workers_draw_apart,
        reference.numpy_reference_agrees,
        settings.settings_agree_with_the_paper,
        configuration.every_setting_matters,
        evaluation.evaluation_changes_nothing,
        judged.average_is_kept_as_stated,
        metrics.metric_recomputed,
        bars.evaluation_sees_the_network,
        overfit.overfits_one_example,
        overfit.overfits_one_batch,
        overfit.zeroed_inputs_do_worse,
        generalize.reaches_its_bar,
        generalize.beats_input_independent_baseline,
        generalize.shuffled_labels_stay_at_chance,
        generalize.seeds_agree,
        schedule.learning_rate_as_declared,
        resume.same_seed_same_training,
        resume.bitwise_resume,
        resume.resumed_stream_goes_on,
        aggregates.evaluation_adds_up,
        masks.dropout_is_drawn_anew,
        carried.state_is_carried_as_stated,
        resume.workers_give_the_same_stream,
        optimize.same_loss_curve,
        optimize.same_final_loss,
        optimize.not_slower,
        engines.data_keep_up,
        engines.lower_precision_agrees,
        engines.devices_agree,
        engines.compiled_agrees,
        engines.two_processes_agree,
        gan.each_step_trains_its_own_network,
        scores.losses_pull_apart,
        adversarial.losses_as_stated,
        adversarial.steps_do_not_share_gradients,
        gan.noise_is_drawn_as_stated,
        modes.real_data_cover_all_modes,
        penalties.penalty_is_there,
        penalties.penalty_is_as_stated,
        penalties.real_penalty_is_as_stated,
        modes.generated_examples_cover_modes,
        diffusion.noise_is_added_consistently,
        diffusion.network_is_told_the_time,
        diffusion.every_time_is_drawn,
        diffusion.loss_is_of_the_noise,
        agents.environment_is_seeded,
        rl.target_recomputed,
        targets.loss_is_of_the_taken_action,
        replay.replay_holds_what_happened,
        replay.full_replay_takes_in_the_new,
        replay.rollout_holds_what_happened,
        exploration.acts_as_it_says,
        exploration.experience_is_gathered_as_stated,
        exploration.episodes_begin_anew,
        targets.target_network_follows,
        agents.evaluation_matches_episodes,
        agents.beats_an_untrained_agent,
        policy.advantages_recomputed,
        policy.value_learns_the_returns,
        surrogate.surrogate_recomputed,
        surrogate.policy_can_be_certain,
        exploration.exploration_fades,
    )
}

# Luck has a part in these: a failure is run again at two more seeds.
LUCKY = frozenset({
    "overfits_one_example",
    "overfits_one_batch",
    "zeroed_inputs_do_worse",
    "reaches_its_bar",
    "beats_input_independent_baseline",
    "beats_an_untrained_agent",
    "generated_examples_cover_modes",
    "evaluation_matches_episodes",
    "shuffled_labels_stay_at_chance",
    "same_final_loss",
    "not_slower",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rerun:
    """What running a failure again at other seeds said."""

    outcomes: tuple[Outcome, ...]

    @property
    def confirms(self) -> bool:
        """Whether any of the other seeds did not pass either: two of three."""
        return any(outcome.verdict != "passed" for outcome in self.outcomes)


def run_check(name: str, context: Context) -> Outcome:
    """Run one check; a failure in which luck has a part is run again at two more seeds.

    With a false-alarm rate p of one run, two of three fail with 3 p^2.
    """
    first = run_once(name, context)
    if first.verdict != "failed" or name not in LUCKY:
        return first
    seeds = [context.seed + i for i in range(1, N_RERUNS + 1)]
    again = Rerun(tuple(run_once(name, context.at_seed(seed)) for seed in seeds))
    verdicts = ", ".join(
        f"seed {seed}: {outcome.verdict}"
        for seed, outcome in zip(seeds, again.outcomes, strict=True)
    )
    return replace(
        first,
        verdict="failed" if again.confirms else "passed",
        detail=f"failed at seed {context.seed} ({first.detail}); run again, {verdicts}",
        seconds=first.seconds + sum(outcome.seconds for outcome in again.outcomes),
        reruns=N_RERUNS,
        metrics=first.metrics if again.confirms else again.outcomes[0].metrics,
    )


def takes_no_part(context: Context) -> bool:
    """Return whether loss_fn takes a batch of the program's own, and raises for a part of it."""
    if context.program.family not in SUPERVISED:
        return False
    loss_fn = context.program.function("loss_fn")
    try:
        state = context.fresh()
        net, whole = context.net(state), context.batch(state)
        loss_fn(net, whole)
    except Exception:  # noqa: BLE001  the program is the user's
        return False
    try:
        loss_fn(net, take(whole, range(max(1, size(whole) // 2))))
    except Exception:  # noqa: BLE001  likewise
        return True
    return False


def run_once(name: str, context: Context) -> Outcome:
    """Run one check once; whatever it raises becomes its outcome."""
    began = time.perf_counter()

    def outcome(verdict: str, detail: str, metrics: dict[str, float] | None = None) -> Outcome:
        seconds = time.perf_counter() - began
        return Outcome(name, context.stage, verdict, detail, seconds, metrics or {})  # type: ignore[arg-type]

    try:
        passed = CHECKS[name](context)
    except CheckFailed as finding:
        return outcome("failed", str(finding))
    except CheckSkipped as reason:
        return outcome("skipped", str(reason))
    except KeyError as error:
        return outcome("error", f"KeyError: {error} is missing")
    except Exception as error:  # noqa: BLE001  the program is the user's: anything may happen
        if takes_no_part(context):
            return outcome("skipped", "no part of a batch that the program takes: whole ones only")
        return outcome("error", f"{type(error).__name__}: {error}")
    return outcome("passed", passed.detail, passed.metrics)
