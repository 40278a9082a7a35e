"""What a piece of code uses of a framework, and what for."""

from dataclasses import dataclass, field
from typing import Literal

Purpose = Literal["training", "model", "data", "evaluation", "conversion", "other"]


@dataclass(frozen=True, slots=True)
class Use:
    """One framework, used for one purpose in one file.

    Args:
        framework: A name of `vocabulary.FRAMEWORKS`, or `tf.keras`, which counts for two.
        purpose: What it is used for.
        count: How often; an import alone is a quarter of a use.
    """

    framework: str
    purpose: Purpose
    count: float


@dataclass(frozen=True, slots=True)
class FileUses:
    """What one file uses.

    Args:
        path: Of the file in the repository.
        uses: Everything found, several of a framework and purpose possible.
        evidence: The places that show it: framework, "12" or "cell 3", and the line's text.
    """

    path: str
    uses: list[Use] = field(default_factory=list)
    evidence: list[tuple[str, str, str]] = field(default_factory=list)
