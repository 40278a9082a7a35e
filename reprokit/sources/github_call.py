"""One call to GitHub: how long it may take, how long it may wait, how much it may ask.

Clock and threads. Every kind of failure has its own class here, all of them `Unavailable`.
"""

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

from reprokit.errors import Unavailable

LATER = "try again later, or go on without: --offline"
WITH_TOKEN = "set GITHUB_TOKEN to a token of yours, or try again later"  # noqa: S105  a hint

_T = TypeVar("_T")


class Limited(Unavailable):
    """A rate limit is used up.

    Args:
        message: What is wrong, in one line.
        hint: What to do about it, in one line.
        until: When it may be asked again, in seconds since the epoch.
        resource: Which budget; None for all of them.
    """

    def __init__(self, message: str, *, hint: str, until: float, resource: str | None) -> None:
        super().__init__(message, hint=hint)
        self.until = until
        self.resource = resource


class TokenRefused(Unavailable):
    """GitHub does not take the token."""


class Gone(Unavailable):
    """What was asked for is not there, not to be had, or empty.

    Args:
        message: What is wrong, in one line.
        hint: What to do about it, in one line.
        status: GitHub's HTTP status.
    """

    def __init__(self, message: str, *, hint: str, status: int) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class Passing(Unavailable):
    """A failure that may be over at the second time."""


class OutOfRequests(Unavailable):
    """The call has asked as often as it may."""


class Call:
    """One call: all requests of it share the time and the budget.

    Args:
        deadline_s: Nobody waits longer, waiting for a rate limit aside.
        may_wait_s: How long the rate limits may be waited for, all together.
        most: Without a token, it asks so often at most; None is as often as it likes.
    """

    def __init__(self, deadline_s: float, may_wait_s: float, most: int | None = None) -> None:
        self.deadline_s = deadline_s
        self.most = most
        self.spent = 0
        self.turn = threading.Lock()
        self._lock = threading.Lock()
        self._may_wait_s = may_wait_s
        self._ends = time.monotonic() + deadline_s

    def left(self) -> float:
        """Return the seconds that are left."""
        return self._ends - time.monotonic()

    def grants(self, wait_s: float) -> bool:
        """Tell whether a limit may be waited for; the waiting does not count as time taken."""
        with self._lock:
            if wait_s > self._may_wait_s:
                return False
            self._may_wait_s -= wait_s
            self._ends += wait_s
            return True

    def spend(self, *, has_token: bool) -> None:
        """Count a request.

        Raises:
            OutOfRequests: It would be one too many.
        """
        with self._lock:
            if self.most is not None and not has_token and self.spent >= self.most:
                raise OutOfRequests(
                    "without a token a paper gets few of GitHub's 60 requests an hour",
                    hint=WITH_TOKEN,
                )
            self.spent += 1

    def late(self) -> Unavailable:
        """Return the failure of who took too long."""
        return Unavailable(f"GitHub gave no answer within {self.deadline_s:g} s", hint=LATER)


def side_by_side(
    jobs: Sequence[Callable[[], _T]], call: Call, at_once: int
) -> list[_T | Unavailable]:
    """Run jobs in threads; return what each gave, or why it gave nothing, in their order.

    At the deadline the rest is left behind: name resolution and a dripping answer cannot be
    stopped.
    """
    todo = deque(enumerate(jobs))
    done: queue.SimpleQueue[tuple[int, _T | Unavailable]] = queue.SimpleQueue()

    def work() -> None:
        while True:
            try:
                place, job = todo.popleft()
            except IndexError:
                return
            done.put((place, _attempt(job)))

    for _ in range(min(at_once, len(jobs))):
        threading.Thread(target=work, daemon=True).start()
    results: dict[int, _T | Unavailable] = {}
    while len(results) < len(jobs) and call.left() > 0:
        try:
            place, result = done.get(timeout=max(0.001, call.left()))
        except queue.Empty:
            continue  # the end may have moved, for a limit that is waited for
        results[place] = result
    todo.clear()
    return [results.get(place, call.late()) for place in range(len(jobs))]


def _attempt(job: Callable[[], _T]) -> _T | Unavailable:
    try:
        return job()
    except Unavailable as error:
        return error
    except Exception as error:  # noqa: BLE001  an answer that nobody thought of is no traceback
        kind = type(error).__name__
        return Unavailable(f"GitHub's answer cannot be read ({kind})", hint=LATER)
