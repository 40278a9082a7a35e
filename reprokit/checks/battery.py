"""Every check by name, and how one is run: one explicit table, no registry."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from reprokit.checks import generalize, optimize, overfit, single_example
from reprokit.checks.context import Context
from reprokit.checks.outcome import CheckFailed, CheckSkipped, Outcome, Passed

N_RERUNS = 2


@dataclass(frozen=True, slots=True)
class Check:
    """A check, and whether luck has a part in it: only then is a failure run again."""

    function: Callable[[Context], Passed]
    depends_on_luck: bool = False


CHECKS: Mapping[str, Check] = {
    "one_example_runs": Check(single_example.one_example_runs),
    "output_shape": Check(single_example.output_shape),
    "loss_at_initialisation": Check(single_example.loss_at_initialisation),
    "gradient_reaches_every_parameter": Check(single_example.gradient_reaches_every_parameter),
    "numpy_reference_agrees": Check(single_example.numpy_reference_agrees),
    "settings_agree_with_the_paper": Check(single_example.settings_agree_with_the_paper),
    "overfits_one_example": Check(overfit.overfits_one_example, depends_on_luck=True),
    "overfits_one_batch": Check(overfit.overfits_one_batch, depends_on_luck=True),
    "zeroed_inputs_do_worse": Check(overfit.zeroed_inputs_do_worse, depends_on_luck=True),
    "reaches_its_bar": Check(generalize.reaches_its_bar, depends_on_luck=True),
    "beats_input_independent_baseline": Check(
        generalize.beats_input_independent_baseline, depends_on_luck=True
    ),
    "metric_recomputed": Check(generalize.metric_recomputed),
    "shuffled_labels_stay_at_chance": Check(
        generalize.shuffled_labels_stay_at_chance, depends_on_luck=True
    ),
    "seeds_agree": Check(generalize.seeds_agree),
    "same_loss_curve": Check(optimize.same_loss_curve),
    "same_final_loss": Check(optimize.same_final_loss, depends_on_luck=True),
    "not_slower": Check(optimize.not_slower, depends_on_luck=True),
    "bitwise_resume": Check(optimize.bitwise_resume),
}


def run_check(name: str, context: Context) -> Outcome:
    """Run one check; a failure in which luck has a part is run again at two more seeds.

    With a false-alarm rate p of one run, two of three fail with 3 p^2.
    """
    first = run_once(name, context)
    if first.verdict != "failed" or not CHECKS[name].depends_on_luck:
        return first
    again = [run_once(name, context.at_seed(context.seed + i)) for i in range(1, N_RERUNS + 1)]
    verdicts = ", ".join(f"seed {context.seed + i}: {o.verdict}" for i, o in enumerate(again, 1))
    has_failed = any(outcome.verdict != "passed" for outcome in again)
    return replace(
        first,
        verdict="failed" if has_failed else "passed",
        detail=f"failed at seed {context.seed} ({first.detail}); run again, {verdicts}",
        seconds=first.seconds + sum(outcome.seconds for outcome in again),
        reruns=N_RERUNS,
        metrics=first.metrics if has_failed else again[0].metrics,
    )


def run_once(name: str, context: Context) -> Outcome:
    """Run one check once; whatever it raises becomes its outcome."""
    began = time.perf_counter()

    def outcome(verdict: str, detail: str, metrics: dict[str, float] | None = None) -> Outcome:
        seconds = time.perf_counter() - began
        return Outcome(name, context.stage, verdict, detail, seconds, metrics or {})  # type: ignore[arg-type]

    try:
        passed = CHECKS[name].function(context)
    except CheckFailed as finding:
        return outcome("failed", str(finding))
    except CheckSkipped as reason:
        return outcome("skipped", str(reason))
    except KeyError as error:
        return outcome("error", f"KeyError: {error} is missing")
    except Exception as error:  # noqa: BLE001  the program is the user's: anything may happen
        return outcome("error", f"{type(error).__name__}: {error}")
    return outcome("passed", passed.detail, passed.metrics)
