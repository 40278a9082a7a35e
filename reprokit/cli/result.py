"""What a command gives back: the document for `--json`, the text for people, the exit code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Prints one line of progress or notice on stderr, cleaned for the terminal.
Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one command."""

    document: Mapping[str, Any]
    text: str
    exit_code: int = 0
