"""Where a project stands: each stage's newest verdict, what is stale, and the next step."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reprokit.gates import ledger
from reprokit.project import Project
from reprokit.stages import STAGES

# What the settings call the placeholder and its data.
_STAND_INS = frozenset(["placeholder", "lines"])


@dataclass(frozen=True, slots=True)
class StageStatus:
    """What the ledger knows of one stage.

    Args:
        verdict: `not_run` where the ledger has no line about it.
        is_stale: Code, settings or thresholds have changed since it was judged.
    """

    stage: str
    verdict: str
    subject: str | None
    is_stale: bool
    time: str | None
    metrics: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return the status as it stands in `status --json`."""
        return {
            "stage": self.stage,
            "verdict": self.verdict,
            "subject": self.subject,
            "stale": self.is_stale,
            "time": self.time,
            "metrics": dict(self.metrics),
        }


def stage_statuses(project: Project) -> tuple[StageStatus, ...]:
    """Return the status of the four stages."""
    return tuple(stage_status(project, stage) for stage in STAGES)


def stage_status(project: Project, stage: str) -> StageStatus:
    """Return the status of one stage by its newest line in the ledger."""
    entry = ledger.newest(project, stage)
    if entry is None:
        return StageStatus(stage, "not_run", None, is_stale=False, time=None, metrics={})
    metrics = entry.get("metrics")
    return StageStatus(
        stage,
        str(entry.get("verdict")),
        str(entry.get("subject")),
        is_stale=not ledger.is_fresh(project, entry),
        time=str(entry.get("time")),
        metrics=metrics if isinstance(metrics, dict) else {},
    )


def next_step(
    statuses: Sequence[StageStatus], overrides: Sequence[str] = (), *, has_record: bool = False
) -> str:
    """Return what to do next, in one sentence.

    Args:
        statuses: Of the four stages.
        overrides: What selects the paper's model on the command line.
        has_record: A record at the paper's scale fits the present code.
    """
    for status in statuses:
        number = status.stage[0]
        if status.verdict == "not_run":
            return f"run `reprokit gate {number}`: {status.stage} has not been judged yet"
        if status.is_stale:
            return f"run `reprokit gate {number}`: {status.stage} was judged on other code"
        if status.verdict != "passed":
            return f"mend {status.stage}, then run `reprokit gate {number}`: it says what it found"
    if any(status.subject != "paper" for status in statuses):
        return (
            "write the paper's core in reference.py, then model.py and data.py: "
            "all four stages pass, on the placeholder only"
        )
    if has_record:
        return "hold the newest record in results/ against the claims in paper.json"
    command = " ".join(["python train.py stage=3_generalize scale=paper", *overrides])
    return f"train at the paper's scale: `{command}`"


def paper_record(project: Project) -> dict[str, Any] | None:
    """Return the newest good record of stage 3 or 4 of the paper's model at its own scale."""
    records = []
    for path in project.results_dir.glob("*.json"):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            is_good = record["scale"] == "paper" and record["exit_code"] == 0
            names = {record["config"]["model"]["name"], record["config"]["data"]["name"]}
            if is_good and record["stage"] in STAGES[2:] and not names & _STAND_INS:
                records.append((str(record["time"]), path.name, record))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    if not records:
        return None
    _, name, record = max(records, key=lambda found: found[:2])
    return {"name": name, "fits": record.get("fingerprint") == project.fingerprint()}


def newest_paper_record(project: Project) -> str:
    """Return whether the newest record at the paper's scale fits the present code."""
    record = paper_record(project)
    if record is None:
        return "no record of the paper's model at its own scale yet"
    fits = "fits" if record["fits"] else "does not fit"
    return f"{record['name']} {fits} the present code and settings"
