"""What the tests of the GitHub source share: a clock that sleeping moves, and small universes."""

from reprokit.sources.github import Github
from services.client import TOKEN
from services.server import Services
from services.universe import Comment, Issue, Repo, Universe

ID = "1706.03762"
QUERIES = [
    ("readme-id", f"{ID} in:readme"),
    ("title", '"attention is all you need" in:name,description,readme'),
    ("acronym", "transformer in:name,description"),
    ("topic", "topic:transformer"),
]
ISSUES = [
    Issue(1, "Loss is NaN", "In half precision.\nAlways.", comments=["Lower the rate."] * 3),
    Issue(2, "BLEU is 25", "Why?", "closed", labels=["bug"], reactions=4, association="NONE",
          comments=[Comment("Average the\tlast.", "ada", "OWNER", "2021-01-01T00:00:00Z")]),
    Issue(3, "Fix typo", None, is_pull=True, merged=True, author=None, comments=["Thanks"] * 5),
    Issue(4, "Add tests", "", is_pull=True),
]  # fmt: skip


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def many(count: int, **more: object) -> Universe:
    """Return a universe of so many repositories that all fit the queries."""
    repos = [
        Repo(
            f"user{place}/transformer",
            f"The transformer, number {place}",
            topics=["transformer"],
            language="Python",
            languages={"Shell": 5, "Python": 900},
            stars=count - place,
            readme=f"# Attention is all you need\n\n{ID}, number {place}",
            files={"train.py": "import torch\n", "src/net.py": "x = 1\n"},
            issues=ISSUES,
        )
        for place in range(count)
    ]
    return Universe(repos, **more)  # type: ignore[arg-type]


def source(services: Services, clock: Clock, token: str | None = TOKEN, **more: object) -> Github:
    """Return GitHub as it is asked in the tests."""
    options = {"deadline_s": 30.0, "clock": clock, "sleep": clock.sleep, **more}
    return Github(token=token, url=services.url_github, **options)  # type: ignore[arg-type]
