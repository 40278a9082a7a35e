"""The verdict of a stage: which checks, on which subject, and why. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from reprokit.checks.outcome import Outcome

Verdict = Literal["passed", "failed", "not_run", "not_started"]
Subject = Literal["placeholder", "paper"]


@dataclass(frozen=True, slots=True)
class StageVerdict:
    """What a gate says about one stage.

    Args:
        stage: The stage's whole name.
        verdict: `not_run` while an earlier stage has not passed, `not_started` while what
            was asked for is not written.
        subject: What was trained: the placeholder or the paper's model.
        reason: One sentence where the verdict is not `passed`.
        outcomes: The checks that ran.
        waived: Required checks that gates.yaml waives, with the reason.
    """

    stage: str
    verdict: Verdict
    subject: Subject
    reason: str = ""
    outcomes: tuple[Outcome, ...] = ()
    waived: Mapping[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """The seconds that the checks took."""
        return sum(outcome.seconds for outcome in self.outcomes)

    @property
    def metrics(self) -> dict[str, float]:
        """The numbers that the checks found worth keeping."""
        return {k: v for outcome in self.outcomes for k, v in outcome.metrics.items()}

    @property
    def reruns(self) -> int:
        """How often a check was run again at another seed."""
        return sum(outcome.reruns for outcome in self.outcomes)

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as it stands in `gate --json`."""
        return {
            "stage": self.stage,
            "verdict": self.verdict,
            "subject": self.subject,
            "reason": self.reason,
            "seconds": round(self.seconds, 3),
            "reruns": self.reruns,
            "metrics": self.metrics,
            "waived": dict(self.waived),
            "checks": [outcome.to_json() for outcome in self.outcomes],
        }


@dataclass(frozen=True, slots=True)
class Report:
    """One gate run: a verdict for every stage that was asked for.

    Args:
        paper_reason: Why the paper's model is not what was trained; empty if it is.
    """

    project: str
    commit: str | None
    fingerprint: str
    gates_fingerprint: str
    tier: str
    stages: tuple[StageVerdict, ...]
    paper_reason: str = ""

    @property
    def has_passed(self) -> bool:
        """Every stage that was asked for passed."""
        return bool(self.stages) and all(stage.verdict == "passed" for stage in self.stages)

    def to_json(self) -> dict[str, Any]:
        """Return the report as it stands in `gate --json`."""
        return {
            "schema": 1,
            "project": self.project,
            "commit": self.commit,
            "fingerprint": self.fingerprint,
            "tier": self.tier,
            "paper": self.paper_reason or "the verdicts are about the paper's model",
            "stages": [stage.to_json() for stage in self.stages],
        }


def judge(
    stage: str,
    subject: Subject,
    required: Sequence[str],
    outcomes: Sequence[Outcome],
    waivers: Mapping[str, str],
) -> StageVerdict:
    """Return the verdict that the outcomes of a stage's checks add up to.

    A stage passes if every required check that is not waived is there and passed, and no
    check at all failed or raised. With nothing required, nothing can pass.
    """
    by_name = {outcome.name: outcome for outcome in outcomes}
    waived = {name: reason for name, reason in waivers.items() if name in required}
    against = [
        f"{name} is required and {by_name[name].verdict if name in by_name else 'missing'}"
        for name in required
        if name not in waived and (name not in by_name or by_name[name].verdict != "passed")
    ]
    against += [
        f"{outcome.name} {outcome.verdict}"
        for outcome in outcomes
        if outcome.verdict in ("failed", "error")
        and outcome.name not in required
        and outcome.name not in waivers
    ]
    if not set(required) - set(waived):
        against.append("no required check is left: nothing was shown")
    verdict: Verdict = "failed" if against else "passed"
    return StageVerdict(stage, verdict, subject, "; ".join(against), tuple(outcomes), waived)
