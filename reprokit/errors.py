"""One tree of expected errors: each says what is wrong, with the value, and what to do.

    ReprokitError            exit 4
    ├── UsageError           exit 2   the command line is wrong
    │   └── InvalidPaper     exit 2   PAPER is not a paper
    ├── Unavailable          exit 3   something from outside is not to be had
    ├── FolderExists         exit 4
    ├── NotAProject          exit 4
    └── UnreadableFile       exit 4

Errors never print and never exit; only `reprokit.cli` does.
"""


class ReprokitError(Exception):
    """An expected failure.

    Args:
        message: What is wrong, with the value, in one line.
        hint: What to do about it, in one line.
    """

    exit_code = 4

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ReprokitError):
    """The command line is wrong."""

    exit_code = 2


class InvalidPaper(UsageError):
    """The text given as PAPER names no paper."""


class Unavailable(ReprokitError):
    """Something needed from outside is not to be had: network, rate limit, unknown paper."""

    exit_code = 3


class FolderExists(ReprokitError):
    """The target folder exists; it is never written into."""


class NotAProject(ReprokitError):
    """The folder is no generated reproduction."""


class UnreadableFile(ReprokitError):
    """A file cannot be read, or does not hold what it should."""
