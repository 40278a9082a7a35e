"""The process in which a program is checked: reads a request, writes an event a line.

A process of its own, because a program may crash, hang or exit, and because its modules have
common names. What the program prints is thrown away after its last lines.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Emit = Callable[[Mapping[str, Any]], None]


def main() -> None:
    """Run the checks that the request names, one after another."""
    request = json.load(sys.stdin)
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # whatever the program prints must not mix with the events

    def emit(event: Mapping[str, Any]) -> None:
        events.write(json.dumps(event) + "\n")

    try:
        run(request, emit)
    except SystemExit as ended:  # a program may call exit() anywhere
        emit({"event": "crash", "detail": f"exit({ended.code!r}) was called"})
        return
    emit({"event": "done"})


def run(request: Mapping[str, Any], emit: Emit) -> None:
    """Open the program and run the checks."""
    import warnings  # noqa: PLC0415

    import torch  # noqa: PLC0415  heavy

    from reprokit.checks.battery import run_check  # noqa: PLC0415  heavy
    from reprokit.checks.context import DEFAULTS, Context  # noqa: PLC0415
    from reprokit.checks.program import load_program  # noqa: PLC0415
    from reprokit.checks.required import checks_for, stage_of  # noqa: PLC0415

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    os.environ["CUDA_VISIBLE_DEVICES"] = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    program = load_program(Path(request["program"]))
    names = list(request["checks"]) or checks_for(program.family, tier=request["tier"])
    names = [name for name in names if request["stage"] in ("", stage_of(name))]
    emit({"event": "program", "family": program.family, "checks": names})
    own = {**DEFAULTS, **program.spec} if program.has_stages else {}
    context = Context(
        program, "1_single_example", seed=request["seed"], spec=program.spec, thresholds=own
    )
    for name in names:
        emit({"event": "begin", "name": name})
        outcome = run_check(name, context.at_stage(stage_of(name)))
        emit({"event": "check", "outcome": fields_of(outcome)})


def fields_of(outcome: Any) -> dict[str, Any]:
    """Return an outcome's fields, to be read back as keyword arguments."""
    return {name: getattr(outcome, name) for name in type(outcome).__slots__}


if __name__ == "__main__":
    main()
