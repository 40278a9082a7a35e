"""Start the worker, gather what it says, judge it, write the ledger."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

from reprokit.checks.outcome import Outcome
from reprokit.checks.required import REQUIRED
from reprokit.errors import ReprokitError
from reprokit.gates import ledger
from reprokit.gates.git import head_commit
from reprokit.gates.settings import SUBJECTS, GateSettings, read_settings
from reprokit.gates.verdict import Report, StageVerdict, Subject, judge
from reprokit.project import Project
from reprokit.stages import STAGES


@dataclass(frozen=True, slots=True)
class Request:
    """What to judge.

    Args:
        stages: Whole names; all of them if empty.
        subject: `auto` takes the paper's model as soon as it exists.
        tier: `quick`, or `full` with the trainings that cost more than seconds.
        seed: The first seed; a check in which luck has a part may go on to the next two.
        is_ledger_trusted: An earlier stage with a fresh pass is not run again.
    """

    stages: tuple[str, ...] = ()
    subject: str = "auto"
    tier: str = "quick"
    seed: int = 0
    is_ledger_trusted: bool = True


def run_gates(
    project: Project, request: Request | None = None, *, notify: Callable[[str], None] | None = None
) -> Report:
    """Judge the stages of a project and append the verdicts to its ledger.

    Earlier stages without a fresh pass are run first: nothing is judged on sand.

    Raises:
        ReprokitError: The project cannot be run at all.
    """
    request = request or Request()
    settings = read_settings(project)
    wanted = tuple(stage for stage in STAGES if stage in (request.stages or STAGES))
    gathered = Gathered()
    fresh = fresh_passes(project) if request.is_ledger_trusted else {}
    with worker(project, request, settings, wanted, fresh) as events:
        for event in events:
            gathered.add(event)
            if notify and event["event"] == "check":
                notify(progress(event))
    if gathered.subject is None and gathered.crash:
        is_missing = "ModuleNotFoundError" in gathered.crash
        raise ReprokitError(
            f"train.py cannot be opened: {gathered.crash}",
            hint="in the project's folder: python -m pip install '.[gates,dev]'"
            if is_missing
            else "run `python train.py` to see the whole traceback",
        )
    report = Report(
        project=project.root.name,
        commit=head_commit(project.root),
        fingerprint=project.fingerprint(),
        gates_fingerprint=project.gates_fingerprint(),
        tier=request.tier,
        stages=tuple(verdicts(gathered, gathered.planned or wanted, settings, request)),
        paper_reason=gathered.reason,
    )
    hardware = {"threads": 1, "cpus": os.cpu_count()}
    ledger.append(project, ledger.lines(report, now=datetime.now(UTC), hardware=hardware))
    return report


def fresh_passes(project: Project) -> dict[str, list[str]]:
    """Return by subject the stages whose newest verdict is a pass that still fits."""
    found: dict[str, list[str]] = {}
    for subject in SUBJECTS:
        newest = {stage: ledger.newest(project, stage, subject) for stage in STAGES}
        found[subject] = [
            stage
            for stage, entry in newest.items()
            if entry and entry["verdict"] == "passed" and ledger.is_fresh(project, entry)
        ]
    return found


class Gathered:
    """What the worker has said so far."""

    def __init__(self) -> None:
        self.subject: Subject | None = None
        self.reason = ""
        self.crash = ""
        self.family = ""
        self.planned: tuple[str, ...] = ()
        self.outcomes: dict[str, list[Outcome]] = {}
        self.required: dict[str, tuple[str, ...]] = {}

    def add(self, event: Mapping[str, Any]) -> None:
        """Take in one event."""
        match event["event"]:
            case "subject":
                self.subject, self.reason = event["subject"], event["reason"]
                self.family, self.planned = event["family"], tuple(event["stages"])
            case "check":
                self.outcomes.setdefault(event["stage"], []).append(Outcome(**event["outcome"]))
            case "stage":
                self.required[event["stage"]] = tuple(event["required"])
            case "crash":
                self.crash = event["detail"]


def verdicts(
    gathered: Gathered, planned: Sequence[str], settings: GateSettings, request: Request
) -> Iterator[StageVerdict]:
    """Yield a verdict for every planned stage; after one that did not pass, none is run."""
    subject = gathered.subject or "placeholder"
    if request.subject not in ("auto", subject):
        for stage in planned:
            yield StageVerdict(stage, "not_started", "paper", gathered.reason)
        return
    stopped = ""
    for stage in planned:
        if stopped:
            yield StageVerdict(stage, "not_run", subject, f"{stopped} has not passed")
            continue
        verdict = verdict_of(stage, subject, gathered, settings)
        if verdict.verdict != "passed":
            stopped = stage
        yield verdict


def verdict_of(
    stage: str, subject: Subject, gathered: Gathered, settings: GateSettings
) -> StageVerdict:
    """Judge one stage by the checks that ended before the worker did."""
    outcomes = gathered.outcomes.get(stage, [])
    required = gathered.required.get(stage) or REQUIRED.get(gathered.family, {}).get(stage, ())
    if gathered.crash and stage not in gathered.required:
        detail = f"the program ended the process: {gathered.crash}"
        outcomes = [*outcomes, Outcome("process", stage, "error", detail)]
    return judge(stage, subject, required, outcomes, settings.waivers)


def progress(event: Mapping[str, Any]) -> str:
    """Return a line about a check that has just ended."""
    outcome = event["outcome"]
    verdict, seconds = outcome["verdict"], outcome["seconds"]
    return f"{event['stage']}: {outcome['name']}: {verdict} ({seconds:.1f} s)"


class worker:  # noqa: N801  used as a context: `with worker(...) as events`
    """The process that runs the program; its events, and a last one if it dies."""

    def __init__(
        self,
        project: Project,
        request: Request,
        settings: GateSettings,
        wanted: Sequence[str],
        fresh: Mapping[str, Sequence[str]],
    ) -> None:
        self.document = {
            "project": str(project.root),
            "wanted": list(wanted),
            "fresh": {subject: list(stages) for subject, stages in fresh.items()},
            "subject": request.subject,
            "tier": request.tier,
            "seed": request.seed,
            "subjects": {name: list(values) for name, values in settings.subjects.items()},
            "thresholds": settings.thresholds,
            "waivers": dict(settings.waivers),
        }

    def __enter__(self) -> Iterator[Mapping[str, Any]]:
        """Start the process."""
        self.log: IO[bytes] = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "reprokit.gates.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env={**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
            text=True,
            encoding="utf-8",
        )
        return self.events()

    def events(self) -> Iterator[Mapping[str, Any]]:
        """Yield what the process says; `crash` if it ends before it is done."""
        if self.process.stdin is None or self.process.stdout is None:
            return
        self.process.stdin.write(json.dumps(self.document))
        self.process.stdin.close()
        for line in self.process.stdout:
            event = json.loads(line)
            if event["event"] == "done":
                return
            yield event
        code = self.process.wait()
        yield {"event": "crash", "detail": f"exit code {code}: {self.last_words()}"}

    def last_words(self) -> str:
        """Return the last line that the process wrote on stderr, and the place it names."""
        self.log.seek(0)
        text = self.log.read().decode("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        places = re.findall(r'File "(?:[^"]*[/\\])?([^"/\\]+)", line (\d+)', text)
        where = f" ({places[-1][0]}:{places[-1][1]})" if places else ""
        return f"{lines[-1] if lines else 'no message'}{where}"

    def __exit__(self, *_: object) -> None:
        """End the process, also when the gate run is interrupted."""
        if self.process.poll() is None:
            try:
                self.process.wait(timeout=0 if sys.exc_info()[0] else 10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.log.close()
