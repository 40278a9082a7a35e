"""A pytest plugin: `pytest --reprokit train.py` turns a training program into test items.

Imports nothing until `--reprokit` is given.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from reprokit.checks.outcome import Outcome


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--reprokit` and `--reprokit-full`."""
    group = parser.getgroup("reprokit", "checks of training programs")
    group.addoption(
        "--reprokit", action="append", default=[], metavar="PROGRAM.py",
        help="run reprokit's battery of checks on this training program (repeatable)",
    )  # fmt: skip
    group.addoption("--reprokit-full", action="store_true", help="also the checks that train again")


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Append an item for every check that applies to each program."""
    for given in config.getoption("--reprokit"):
        items += items_of(session, Path(given), is_full=config.getoption("--reprokit-full"))


def items_of(session: pytest.Session, path: Path, *, is_full: bool) -> Iterator[pytest.Item]:
    """Yield the items of one program; the first that runs runs the battery for all."""
    from reprokit.checks import process  # noqa: PLC0415  heavy, and rarely asked for

    tier = "full" if is_full else "quick"
    try:
        _, names = process.plan(path, tier=tier)
    except process.NotAProgram as error:
        raise pytest.UsageError(f"--reprokit {path}: {error}") from error
    battery = Battery(path, tier)
    for name in names:
        yield CheckItem.from_parent(
            session, name=f"{path.name}::{name}", path=path, battery=battery, check=name
        )


class Battery:
    """The outcomes of one program: the battery runs once, when the first one is asked for."""

    def __init__(self, path: Path, tier: str) -> None:
        self.path, self.tier = path, tier
        self.outcomes: dict[str, Outcome] = {}

    def outcome(self, name: str) -> "Outcome":
        """Return the outcome of a check."""
        from reprokit.checks import process  # noqa: PLC0415

        if not self.outcomes:
            found = process.inspect(self.path, tier=self.tier)
            self.outcomes = {outcome.name: outcome for outcome in found.outcomes}
        return self.outcomes[name]


class CheckItem(pytest.Item):
    """One check of one program."""

    def __init__(self, *, battery: Battery, check: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.battery, self.check = battery, check

    def runtest(self) -> None:
        """Fail or skip as the check says."""
        outcome = self.battery.outcome(self.check)
        if outcome.verdict == "skipped":
            pytest.skip(outcome.detail)
        if outcome.verdict != "passed":
            pytest.fail(f"{outcome.verdict}: {outcome.detail}", pytrace=False)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the item comes from, and its title."""
        return self.path, None, self.name
