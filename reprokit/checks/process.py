"""Check a program in a process of its own, with a time limit for each check.

A check at which the process ends or hangs is an error of its own; the others still run, in a
new process.
"""

import contextlib
import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from reprokit.checks.outcome import Outcome
from reprokit.checks.required import FAMILIES, checks_for, stage_of

LIMIT = 300.0  # seconds a check may take: a whole training is in some
_GRACE = 5.0  # seconds
_MAX_LINE = 300  # characters of a program's last words


class NotAProgram(Exception):
    """The file cannot be opened as a training program; the text says why."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the battery says of one program.

    Args:
        program: The path as it was given.
        family: The family that the program declares.
        outcomes: One for each check, in order.
    """

    program: str
    family: str
    outcomes: tuple[Outcome, ...] = field(default=())

    @property
    def has_passed(self) -> bool:
        """Whether something passed, and nothing failed or was in error."""
        verdicts = {outcome.verdict for outcome in self.outcomes}
        return "passed" in verdicts and not verdicts & {"failed", "error"}

    def to_json(self) -> dict[str, Any]:
        """Return the inspection as it stands in `check --json`."""
        return {
            "program": self.program,
            "family": self.family,
            "checks": [
                {"name": o.name, "stage": o.stage, **o.to_json(), "reruns": o.reruns}
                for o in self.outcomes
            ],
        }


def inspect(
    path: Path,
    *,
    checks: Sequence[str] = (),
    stage: str = "",
    tier: str = "quick",
    seed: int = 0,
    limit: float = LIMIT,
    notify: Callable[[Outcome], None] | None = None,
) -> Inspection:
    """Run the checks that apply to a program's family, or those that are named.

    Raises:
        NotAProgram: The file cannot be imported, or declares no known FAMILY.
    """
    outcomes: list[Outcome] = []
    request = {
        "program": str(path.resolve()), "checks": list(checks), "stage": stage, "tier": tier,
        "seed": seed,
    }  # fmt: skip
    family, left = "", None
    while left is None or left:
        for event in worker(request, limit):
            if event["event"] == "program":
                if left is None:
                    family, left = known_family(event["family"]), list(event["checks"])
                continue
            if left is None:
                raise NotAProgram(event["detail"])
            outcomes.append(outcome_of(event, left[0]))
            left.remove(outcomes[-1].name)
            if notify:
                notify(outcomes[-1])
        request = {**request, "checks": left, "stage": ""}
    return Inspection(str(path), family, tuple(outcomes))


def plan(path: Path, *, tier: str = "quick", limit: float = LIMIT) -> tuple[str, tuple[str, ...]]:
    """Return a program's family and the checks that apply to it; none is run.

    Raises:
        NotAProgram: The file cannot be imported, or declares no known FAMILY.
    """
    request = {
        "program": str(path.resolve()), "checks": [], "stage": "none", "tier": tier, "seed": 0,
    }  # fmt: skip
    for event in worker(request, limit):
        if event["event"] != "program":
            raise NotAProgram(event["detail"])
        family = known_family(event["family"])
        return family, checks_for(family, tier=tier)
    raise NotAProgram("it said nothing")


def known_family(family: str) -> str:
    """Return the family if it is one.

    Raises:
        NotAProgram: It is unknown.
    """
    if family not in FAMILIES:
        said = f"FAMILY is {family!r}" if family else "it declares no FAMILY"
        raise NotAProgram(f"{said}; known: {', '.join(sorted(FAMILIES))}")
    return family


def outcome_of(event: Mapping[str, Any], current: str) -> Outcome:
    """Return the outcome that an event tells: of a check that ended, or at which all ended."""
    if event["event"] == "check":
        return Outcome(**event["outcome"])
    name = event["name"] or current
    detail = f"the program ended the process: {event['detail']}"
    return Outcome(name, stage_of(name), "error", detail, event["seconds"])


def worker(request: Mapping[str, Any], limit: float) -> Iterator[Mapping[str, Any]]:
    """Yield what one process says; `crash` with the check it was at if it dies or hangs."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "reprokit.checks.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            env={**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
            text=True, encoding="utf-8", start_new_session=True,
        )  # fmt: skip
        is_done = False
        try:
            is_done = yield from events_of(process, log, request, limit)
        finally:
            end(process, is_done=is_done)


def events_of(
    process: Any, log: IO[bytes], request: Mapping[str, Any], limit: float
) -> Generator[Mapping[str, Any], None, bool]:
    """Yield the events of a process until it is done, dies, or is silent for too long."""
    process.stdin.write(json.dumps(request))
    process.stdin.close()
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        for line in process.stdout:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    at = ""
    while True:
        try:
            line = lines.get(timeout=limit)
        except queue.Empty:
            yield crash(at, f"nothing for {limit:g} s, stopped", limit)
            return False
        if not line:
            yield crash(at, last_words(log) or f"exit code {process.wait()}")
            return True
        event = json.loads(line)
        if event["event"] == "begin":
            at = event["name"]
        elif event["event"] == "crash":
            yield crash(at, event["detail"])
            return True
        elif event["event"] == "done":
            return True
        else:
            yield event


def crash(name: str, detail: str, seconds: float = 0.0) -> dict[str, Any]:
    """Return the event of a process that ended at a check."""
    return {"event": "crash", "name": name, "detail": detail, "seconds": seconds}


def end(process: Any, *, is_done: bool) -> None:
    """End a process and whatever it started, and close its pipes.

    One that is done has a moment to go by itself; threads that a program left are not waited for.
    """
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=_GRACE if is_done else 0)
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, 9)
        process.kill()
    process.wait()
    process.stdout.close()


def last_words(log: IO[bytes]) -> str:
    """Return the last line that the process wrote on stderr, and the place it names."""
    log.seek(max(0, log.seek(0, os.SEEK_END) - 20_000))
    text = log.read().decode("utf-8", "replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    places = re.findall(r'File "(?:[^"]*[/\\])?([^"/\\]+)", line (\d+)', text)
    where = f" ({places[-1][0]}:{places[-1][1]})" if places else ""
    return f"{lines[-1][:_MAX_LINE]}{where}" if lines else ""
