"""Where this copy of reprokit was installed from (PEP 610), so that a project can ask for it.

Reads the metadata of the installed distribution; nothing else.
"""

import json
import re
from collections.abc import Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any
from urllib.parse import urlsplit

# `reprokit` alone is another project on PyPI.
DISTRIBUTION = "reprokit-papers"
EXTRA = "checks"

# The requirement goes into pyproject.toml: only what can be nothing but a URL and a commit.
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


def installed() -> Distribution | None:
    """Return the metadata of this copy; none where it runs from a folder of sources."""
    try:
        return distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return None


def requirement(metadata: Distribution | None, version: str) -> str:
    """Return the requirement by which pip installs this very copy, with what the gates need."""
    origin = _origin(metadata)
    if origin:
        url, commit = origin
        return f"{DISTRIBUTION}[{EXTRA}] @ git+{url}@{commit}"
    return f"{DISTRIBUTION}[{EXTRA}]=={version}"


def repository_url(metadata: Distribution | None) -> str | None:
    """Return the public page of the repository that this copy was installed from."""
    origin = _origin(metadata)
    if origin and origin[0].startswith("https://"):
        return origin[0].removesuffix("/").removesuffix(".git")
    return None


def _origin(metadata: Distribution | None) -> tuple[str, str] | None:
    """Return the git URL, without credentials, and the commit."""
    try:
        document = json.loads((metadata and metadata.read_text("direct_url.json")) or "null")
    except ValueError:
        return None
    if not isinstance(document, Mapping) or "subdirectory" in document:
        return None
    vcs = document.get("vcs_info")
    if not isinstance(vcs, Mapping) or vcs.get("vcs") != "git":
        return None
    url, commit = _public(document.get("url")), vcs.get("commit_id")
    if url is None or not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
        return None
    return url, commit


def _public(url: Any) -> str | None:
    """Return the URL without user and password, or none where it is not a plain git URL."""
    # urlsplit leaves out line breaks: what is checked must be what was there.
    if not isinstance(url, str) or not url.isascii() or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    user, _, host = parts.netloc.rpartition("@")
    plain = not parts.query and not parts.fragment and _HOST.fullmatch(host)
    if parts.scheme not in ("https", "ssh") or not plain or not _PATH.fullmatch(parts.path):
        return None
    # ssh logs in as the user `git` everywhere; any other name is somebody's account.
    login = "git@" if parts.scheme == "ssh" and user.partition(":")[0] == "git" else ""
    return f"{parts.scheme}://{login}{host}{parts.path}"
