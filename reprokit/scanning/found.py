"""What is known of a repository's frameworks, and whether it may be a spoiler."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = "unknown"

# Where only words are known, one of these may as well be the other.
_FAMILIES = ({"jax", "flax"}, {"tensorflow", "keras"})


@dataclass(frozen=True, slots=True)
class Frameworks:
    """Which frameworks a repository uses.

    Args:
        primary: A name of `vocabulary.FRAMEWORKS`; "unknown" where nothing tells.
        secondary: The others that are really used, most used first.
        roles: What each is for: training, model, data, evaluation, conversion or other.
        evidence: "train.py:3: import torch", best first.
        confirmed: Read from code, not guessed.
    """

    primary: str
    secondary: tuple[str, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    confirmed: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return what goes to a file."""
        return {
            "primary": self.primary,
            "secondary": list(self.secondary),
            "roles": dict(self.roles),
            "evidence": list(self.evidence),
            "confirmed": self.confirmed,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Frameworks":
        """Read what `to_json` wrote; what is missing is empty."""
        return cls(
            str(document.get("primary", UNKNOWN)),
            tuple(map(str, document.get("secondary", ()))),
            {str(k): str(v) for k, v in dict(document.get("roles", {})).items()},
            tuple(map(str, document.get("evidence", ()))),
            confirmed=bool(document.get("confirmed")),
        )


def may_be(found: Frameworks, framework: str) -> bool:
    """Return whether a repository may give the solution away to a user of a framework.

    It does if it trains or models with that framework. Without its code, it also may if
    nothing tells what it uses, or something near is named.
    """
    if found.confirmed:
        beside = [
            name for name in found.secondary if found.roles.get(name) in {"training", "model"}
        ]
        return framework in {found.primary, *beside}
    if found.primary == UNKNOWN:
        return True
    named = {found.primary, *found.secondary}
    near = {name for family in _FAMILIES if family & named for name in family}
    return framework in named | near
