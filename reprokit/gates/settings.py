"""gates.yaml: the thresholds, the waivers, and what was loosened since the first commit."""

import difflib
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reprokit.checks.required import THRESHOLDS, check_names
from reprokit.errors import UnreadableFile
from reprokit.gates.git import run_git
from reprokit.project import Project

SUBJECTS = ("placeholder", "paper")


@dataclass(frozen=True, slots=True)
class GateSettings:
    """What gates.yaml says."""

    subjects: Mapping[str, tuple[str, ...]]
    thresholds: Mapping[str, Any]
    waivers: Mapping[str, str]


def read_settings(project: Project) -> GateSettings:
    """Read gates.yaml.

    Raises:
        UnreadableFile: It is missing, no YAML, or not of the expected shape.
    """
    try:
        text = project.gates_file.read_text(encoding="utf-8")
    except OSError as error:
        raise UnreadableFile(
            f"cannot read {project.gates_file.name!r}: {error.strerror}",
            hint="take gates.yaml back from git: the gates need its thresholds",
        ) from error
    return parse_settings(text)


def parse_settings(text: str) -> GateSettings:
    """Parse the text of a gates.yaml.

    Raises:
        UnreadableFile: It is no YAML, or not of the expected shape.
    """
    import yaml  # noqa: PLC0415  the command line stays light

    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise UnreadableFile(
            f"gates.yaml is no YAML: {problem}", hint="mend it or take it back from git"
        ) from error
    parts = {name: mapping(document, name) for name in ("subjects", "thresholds", "waivers")}
    waivers = {str(name): str(reason or "").strip() for name, reason in parts["waivers"].items()}
    for name, reason in waivers.items():
        if not reason:
            raise UnreadableFile(
                f"gates.yaml waives {name!r} without a reason", hint="write the reason beside it"
            )
    refuse_unknown("waivers", waivers, sorted(check_names()))
    refuse_unknown("thresholds", parts["thresholds"], THRESHOLDS)
    subjects = {str(k): tuple(map(str, v or ())) for k, v in parts["subjects"].items()}
    return GateSettings(subjects, parts["thresholds"], waivers)


def refuse_unknown(part: str, given: Iterable[object], known: Sequence[str]) -> None:
    """Refuse a name that means nothing: it would promise, or waive, nothing."""
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            raise UnreadableFile(
                f"gates.yaml: {part} has an unknown name {name!r}",
                hint=f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}",
            )


def mapping(document: Any, name: str) -> Mapping[str, Any]:
    """Return one part of the document, which has to be a mapping; a missing one is empty."""
    part = document.get(name) if isinstance(document, dict) else None
    if part is None:
        part = {}
    if not isinstance(document, dict) or not isinstance(part, dict):
        raise UnreadableFile(
            f"gates.yaml: {name!r} is {type(part).__name__}, expected a mapping",
            hint="take gates.yaml back from git",
        )
    return part


def flat_thresholds(thresholds: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the thresholds by name, those of a subject as `name.subject`."""
    flat: dict[str, float | None] = {}
    for name, value in thresholds.items():
        if isinstance(value, Mapping):
            flat |= {f"{name}.{subject}": number(inner) for subject, inner in value.items()}
        else:
            flat[name] = number(value)
    return flat


def number(value: Any) -> float | None:
    """Return a threshold as a number; None where it is none."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None


def loosened(first: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return a sentence for each threshold that promises less than it first did.

    `min_…` promises less when lower, `max_…` when higher; one that was removed promises
    nothing. Setting one for the first time is no loosening.
    """
    before, after = flat_thresholds(first), flat_thresholds(now)
    found = []
    for name, old in before.items():
        new = after.get(name)
        if old is None:
            continue
        if new is None:
            found.append(f"{name}: {old:g} at first, now not set")
        elif (new < old) if name.startswith("min_") else (new > old):
            found.append(f"{name}: {old:g} at first, now {new:g}")
    return found


def loosened_since_first_commit(project: Project, now: GateSettings) -> list[str]:
    """Compare each threshold with the first number that a commit gave it."""
    try:
        commits = run_git(project.root, "log", "--format=%H", "--", "gates.yaml").split()
        is_shallow = run_git(project.root, "rev-parse", "--is-shallow-repository").strip() == "true"
        if not commits or is_shallow:
            return ["the first commit is not here (a shallow clone?): thresholds not compared"]
        first: dict[str, float] = {}
        for commit in reversed(commits):
            text = run_git(project.root, "show", f"{commit}:./gates.yaml")
            for name, value in flat_thresholds(parse_settings(text).thresholds).items():
                if value is not None:
                    first.setdefault(name, value)
    except (OSError, subprocess.SubprocessError):
        return ["git gave no first commit: thresholds not compared"]
    except UnreadableFile as error:
        return [f"the first gates.yaml cannot be read: thresholds not compared ({error.message})"]
    return loosened(first, now.thresholds)
