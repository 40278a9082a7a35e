"""The ledger: one line per stage that a gate judged, appended and meant to be committed."""

import json
import platform
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from reprokit import __version__
from reprokit.gates.verdict import Report
from reprokit.project import Project

_LIBRARIES = ("torch", "numpy", "hydra-core")


def lines(report: Report, *, now: datetime, hardware: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the ledger's lines for a report: the stages that were judged."""
    common = {
        "time": now.isoformat(timespec="seconds"),
        "commit": report.commit,
        "fingerprint": report.fingerprint,
        "gates": report.gates_fingerprint,
        "tier": report.tier,
        "versions": library_versions(),
        "hardware": dict(hardware),
    }
    return [
        {
            "stage": stage.stage,
            "verdict": stage.verdict,
            "subject": stage.subject,
            "seconds": round(stage.seconds, 3),
            "reruns": stage.reruns,
            "metrics": stage.metrics,
            "waived": sorted(stage.waived),
            **common,
        }
        for stage in report.stages
        if stage.verdict in ("passed", "failed")
    ]


def library_versions() -> dict[str, str]:
    """Return the versions of what judged: reprokit, Python and the libraries that compute."""
    found = {"reprokit": __version__, "python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def append(project: Project, entries: Iterable[Mapping[str, Any]]) -> None:
    """Append lines to the ledger in one write; an unfinished last line is closed first."""
    text = "".join(json.dumps(entry, sort_keys=False) + "\n" for entry in entries)
    if not text:
        return
    with project.ledger_file.open("a+b") as file:
        if file.tell() > 0:
            file.seek(-1, 2)
            if file.read(1) != b"\n":
                text = "\n" + text
        file.write(text.encode())


def read(project: Project) -> list[dict[str, Any]]:
    """Return the ledger's lines, oldest first; a line that is no JSON object is left out."""
    try:
        raw = project.ledger_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in raw:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and "stage" in entry:
            found.append(entry)
    return found


def newest(project: Project, stage: str, subject: str | None = None) -> dict[str, Any] | None:
    """Return the newest line about a stage, of one subject where that is asked."""
    matching = (
        entry
        for entry in reversed(read(project))
        if entry.get("stage") == stage and subject in (None, entry.get("subject"))
    )
    return next(matching, None)


def is_fresh(project: Project, entry: Mapping[str, Any]) -> bool:
    """Return whether code, settings and thresholds are still those that were judged."""
    return (
        entry.get("fingerprint") == project.fingerprint()
        and entry.get("gates") == project.gates_fingerprint()
    )
