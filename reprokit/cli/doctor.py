"""`reprokit doctor`: what works here, and what does not."""

import argparse
import os
import platform
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from reprokit import __version__
from reprokit.cli.machine import Finding, examine_cache, examine_machine, is_token, token_of
from reprokit.cli.result import Notify, Result
from reprokit.errors import Unavailable

DESCRIPTION = """\
Show what works here: Python, torch, git, a compiler, the GitHub token, the services that are
asked about papers, and the cache. The exit code is 0 whatever is found.

The token is read from GITHUB_TOKEN, else from GH_TOKEN. It is sent to GitHub alone, and never
shown.
"""
EXAMPLES = """\
examples:
  reprokit doctor
  reprokit doctor --offline     ask no service
"""

GITHUB_URL = "https://api.github.com"
# A paper that everybody knows.
PAPER = "1706.03762"

# All services are asked side by side.
SERVICE_DEADLINE_S = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--offline", action="store_true", help="ask no service")


def run(args: argparse.Namespace, _notify: Notify) -> Result:
    """Look at this machine, and ask the services meanwhile."""
    is_offline = args.offline or os.environ.get("REPROKIT_OFFLINE", "0") not in ("", "0")
    findings = examine(os.environ, is_offline=is_offline)
    lines = [f"reprokit {__version__} on {platform.system()} {platform.machine()}"]
    lines += [f"  {f'{found.name} ':.<18} {found.status:8}{found.detail}" for found in findings]
    document = {
        "schema": 1,
        "reprokit": __version__,
        "findings": [found.to_json() for found in findings],
    }
    return Result(document, "\n".join(lines))


def examine(environ: Mapping[str, str], *, is_offline: bool) -> list[Finding]:
    """Return all findings, in the order in which they are shown."""
    services: dict[str, Callable[[], Finding]] = {
        "arXiv": lambda: ask_arxiv(environ),
        "GitHub": lambda: ask_github(environ),
        "Hugging Face": lambda: ask_hub(environ),
        "Papers with Code": lambda: ask_papers_with_code(environ),
    }
    if is_offline:
        answers = [Finding(name, "skipped", "offline") for name in services]
        return [*examine_machine(environ), *answers, examine_cache(environ)]
    with ThreadPoolExecutor(len(services)) as pool:
        # each ends by itself within its deadline
        asked = [pool.submit(ask) for ask in services.values()]
        machine = examine_machine(environ)
        answers = [one.result() for one in asked]
    return [*machine, *answers, examine_cache(environ)]


def timed(name: str, ask: Callable[[], tuple[str, dict[str, Any]]]) -> Finding:
    """Return whether a service answers, how fast, and what."""
    began = time.monotonic()
    try:
        said, values = ask()
    except Unavailable as error:
        return Finding(name, "failed", error.message)
    seconds = time.monotonic() - began
    detail = f"answers in {seconds:.1f} s" + (f"; {said}" if said else "")
    return Finding(name, "ok", detail, {"seconds": round(seconds, 3), **values})


def ask_arxiv(environ: Mapping[str, str]) -> Finding:
    """Ask arXiv for a paper, as politely as always: it may be another process's turn."""
    from reprokit.cache import cache_dir  # noqa: PLC0415  keeps --help fast
    from reprokit.paper import ArxivId  # noqa: PLC0415
    from reprokit.sources.arxiv import Arxiv  # noqa: PLC0415

    def ask() -> tuple[str, dict[str, Any]]:
        url = environ.get("REPROKIT_ARXIV_URL")
        source = Arxiv(cache_dir(environ), url=url, deadline_s=SERVICE_DEADLINE_S)
        found = source.find(ArxivId(PAPER))
        return "" if found else f"it does not know {PAPER}, or answered empty", {}

    return timed("arXiv", ask)


def ask_github(environ: Mapping[str, str]) -> Finding:
    """Ask GitHub how much may still be asked, which costs nothing."""
    from reprokit.web import Refused, get_json  # noqa: PLC0415  keeps --help fast

    found = token_of(environ)
    name, token = found if found and is_token(found[1]) else ("", "")

    def ask() -> tuple[str, dict[str, Any]]:
        url = (environ.get("REPROKIT_GITHUB_URL") or GITHUB_URL).rstrip("/") + "/rate_limit"
        headers = {"Accept": "application/vnd.github+json"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        try:
            answer = get_json(url, headers=headers, deadline_s=SERVICE_DEADLINE_S, service="GitHub")
        except Refused as error:
            if not token or error.status != 401:  # noqa: PLR2004  the status of a bad token
                raise
            message = f"GitHub does not take the token of {name} (HTTP 401)"
            raise Unavailable(message, hint=f"set {name} to a valid one, or unset it") from None
        return read_limits(answer)

    return timed("GitHub", ask)


def read_limits(answer: Any) -> tuple[str, dict[str, Any]]:
    """Return how much may still be asked, in words and by resource."""
    resources = answer.get("resources") if isinstance(answer, Mapping) else None
    if not isinstance(resources, Mapping):
        raise Unavailable("GitHub: the answer has no limits in it", hint="is it GitHub?")
    words, values = [], {}
    for name in ("core", "search", "graphql"):
        given = resources.get(name)
        known = given if isinstance(given, Mapping) else {}
        left, limit, reset = (known.get(key) for key in ("remaining", "limit", "reset"))
        if not all(type(number) is int for number in (left, limit, reset)):
            continue
        values[name] = {"remaining": left, "limit": limit, "reset": reset}
        words.append(f"{name} {left} of {limit} left")
    return ", ".join(words), {"limits": values}


def ask_hub(environ: Mapping[str, str]) -> Finding:
    """Ask Hugging Face for the code of a paper."""
    from reprokit.sources.huggingface import HuggingFace  # noqa: PLC0415  keeps --help fast

    source = HuggingFace(environ.get("REPROKIT_HF_URL"), deadline_s=SERVICE_DEADLINE_S)
    return timed("Hugging Face", lambda: count_leads(source))


def ask_papers_with_code(environ: Mapping[str, str]) -> Finding:
    """Ask Papers with Code for the code of a paper."""
    from reprokit.sources.paperswithcode import PapersWithCode  # noqa: PLC0415  keeps --help fast

    source = PapersWithCode(environ.get("REPROKIT_PWC_URL"), deadline_s=SERVICE_DEADLINE_S)
    return timed("Papers with Code", lambda: count_leads(source))


def count_leads(source: Any) -> tuple[str, dict[str, Any]]:
    """Ask a source for the repositories of a paper; only that it answers counts."""
    from reprokit.paper import ArxivId, Paper  # noqa: PLC0415  keeps --help fast

    source.leads(Paper(ArxivId(PAPER), "Attention Is All You Need"))
    return "", {}
