"""What a check says: passed, failed, skipped or error, with numbers. Pure."""

from dataclasses import dataclass, field
from typing import Any, Literal

Verdict = Literal["passed", "failed", "skipped", "error"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one check.

    Args:
        name: The check's name.
        stage: The stage it belongs to.
        verdict: `skipped` where the program lacks what the check needs, `error` where the
            check itself raised: neither is a pass, and an error is no finding.
        detail: What was found, with numbers; for a failure also what was expected, the
            likely causes in order, and where to look.
        seconds: How long it took.
        metrics: Numbers worth keeping in the ledger.
        reruns: How often it was run again at another seed.
    """

    name: str
    stage: str
    verdict: Verdict
    detail: str
    seconds: float = 0.0
    metrics: dict[str, float] = field(default_factory=dict)
    reruns: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as it stands in `gate --json`."""
        return {
            "name": self.name,
            "verdict": self.verdict,
            "detail": self.detail,
            "seconds": round(self.seconds, 3),
        }


class CheckFailed(Exception):
    """A check found something.

    Args:
        expected: What a correct program shows.
        found: What this one shows, with numbers.
        causes: The likely bugs, most likely first.
        look: Where to look.
    """

    def __init__(self, *, expected: str, found: str, causes: tuple[str, ...], look: str) -> None:
        likely = "; ".join(f"{rank}. {cause}" for rank, cause in enumerate(causes, 1))
        super().__init__(f"expected {expected}; found {found}; likely: {likely}; look at {look}")


class CheckSkipped(Exception):
    """The program does not offer what the check needs; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What a check returns: a sentence with numbers, and the numbers worth keeping."""

    detail: str
    metrics: dict[str, float] = field(default_factory=dict)
