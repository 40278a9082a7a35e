"""Which repositories are copies of another lead.

Pure.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from reprokit.repositories import Lead, Repository

_LONG = 30  # characters; shorter lines are everybody's
_COMMON = 12  # repositories that share a line of boilerplate
_ALIKE = 0.7
_FEWEST = 3


def originals(leads: Sequence[Lead]) -> Mapping[str, str]:
    """Return the lead that a lead's README was copied from, by name.

    Of two that are alike, the copy is a fork, or the one with fewer stars, or the younger.
    """
    lines = {lead.repository.name: _lines(lead.repository) for lead in leads}
    holders: dict[str, list[str]] = defaultdict(list)
    for name, held in lines.items():
        for line in held:
            holders[line].append(name)
    by_name = {lead.repository.name: lead.repository for lead in leads}
    found: dict[str, str] = {}
    for name in sorted(lines):
        shared = Counter(
            other
            for line in lines[name]
            for other in (holders[line] if len(holders[line]) <= _COMMON else ())
            if other != name
        )
        for other, count in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0])):
            together = len(lines[name]) + len(lines[other]) - count
            alike = count >= _FEWEST and count >= _ALIKE * together
            if alike and _order(by_name[other]) < _order(by_name[name]):
                found[name] = other
                break
    return found


def _lines(repository: Repository) -> frozenset[str]:
    readme = (repository.readme or "")[:40_000]
    said = (line.strip().casefold() for line in readme.splitlines())
    return frozenset(line[:300] for line in said if len(line) >= _LONG)


def _order(repository: Repository) -> tuple[bool, int, str, str]:
    return (
        repository.is_fork,
        -(repository.stars or 0),
        repository.created_at or "9999",
        repository.name.casefold(),
    )
