"""The process in which a project's program runs: started by the runner, one for a gate run.

Reads one JSON request on stdin; writes one JSON object a line on stdout. What the program
prints goes to stderr. A process of its own, because the program's modules have common names
(`model`, `data`), because it may crash or exit, and because torch takes its number of threads
from the environment it starts in.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reprokit.stages import STAGES, stages_before

Emit = Callable[[Mapping[str, Any]], None]


def main() -> None:
    """Run the stages that the request names until one of them fails."""
    request = json.load(sys.stdin)
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # whatever the program prints must not mix with the events

    def emit(event: Mapping[str, Any]) -> None:
        events.write(json.dumps(event) + "\n")

    for event in run_stages(request):
        emit(event)
    emit({"event": "done"})


def run_stages(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the events of a gate run: subject, checks, stages."""
    import torch  # noqa: PLC0415  heavy

    from reprokit.checks.battery import run_check  # noqa: PLC0415  heavy
    from reprokit.checks.context import Context  # noqa: PLC0415
    from reprokit.checks.program import load_program  # noqa: PLC0415
    from reprokit.checks.required import required_checks  # noqa: PLC0415
    from reprokit.gates.subject import resolve_subject  # noqa: PLC0415

    torch.set_num_threads(1)
    program = load_program(Path(request["project"]) / "train.py")
    subject, reason = resolve_subject(program, request["subjects"], request["subject"])
    stages = plan(request["wanted"], request["fresh"].get(subject, ()))
    about = {"subject": subject, "reason": reason, "family": program.family, "stages": stages}
    yield {"event": "subject", **about}
    if request["subject"] not in ("auto", subject):
        return
    context = Context(
        program,
        stages[0],
        seed=request["seed"],
        overrides=tuple(request["subjects"].get(subject, ())),
        thresholds=request["thresholds"],
        subject=subject,
        spec=program.spec if subject == "paper" else {},
    )
    for stage in stages:
        names = required_checks(program.family, stage, subject=subject, tier=request["tier"])
        at_stage = context.at_stage(stage)
        outcomes = []
        for name in names:
            if name in request["waivers"]:
                continue
            outcomes.append(run_check(name, at_stage))
            yield {"event": "check", "stage": stage, "outcome": vars_of(outcomes[-1])}
        yield {"event": "stage", "stage": stage, "required": list(names)}
        if any(outcome.verdict != "passed" for outcome in outcomes):
            return


def plan(wanted: Sequence[str], fresh: Sequence[str]) -> list[str]:
    """Return the stages to run: those asked for, and what they stand on without a fresh pass."""
    needed = {*wanted, *(set(stages_before(wanted[-1])) - set(fresh))}
    return [stage for stage in STAGES if stage in needed]


def vars_of(outcome: Any) -> dict[str, Any]:
    """Return an outcome's fields, to be read back as keyword arguments."""
    return {name: getattr(outcome, name) for name in type(outcome).__slots__}


if __name__ == "__main__":
    main()
