"""Put a new project under version control: `git init` and the first commit.

Runs git, in an environment where nothing but its own repository can be written to.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

TIMEOUT_S = 30

# Of git's variables only these are kept: GIT_DIR and its like (set in hooks, for one) would
# send the commit to another repository.
_KEPT = (
    "GIT_AUTHOR_",
    "GIT_COMMITTER_",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_EXEC_PATH",
)

# The user's settings that would run programs, ask questions, leave files out or change them.
_SETTINGS = (
    "init.defaultBranch=main",
    f"core.hooksPath={os.devnull}",
    f"core.excludesFile={os.devnull}",
    f"core.attributesFile={os.devnull}",
    "core.autocrlf=false",
    "core.fsmonitor=false",
    "commit.gpgSign=false",
    "maintenance.auto=false",
    "gc.auto=0",
)
_CONFIGURED_IDENTITY = ("user.useConfigOnly=true",)
_IDENTITY = ("user.name=reprokit", "user.email=reprokit@localhost")


def commit_all(root: Path, message: str, environ: Mapping[str, str]) -> str | None:
    """Make the folder a repository with one commit of all its files.

    Args:
        root: The folder; what git leaves in it is taken away if it fails.
        message: Never text from outside: it could name people and issues.
        environ: The variables that git runs with, less those that point elsewhere.

    Returns:
        Why there is no commit; `None` where there is one.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith("GIT_") or name.startswith(_KEPT)
    }
    try:
        _run_git(root, kept, (), "init", "--quiet", "--template=")
        _run_git(root, kept, (), "add", "--all")
        _commit(root, kept, message)
    except FileNotFoundError:
        return "git is not installed"
    except (OSError, subprocess.SubprocessError) as error:
        shutil.rmtree(root / ".git", ignore_errors=True)
        return f"git failed: {getattr(error, 'stderr', None) or error}"
    return None


def _commit(root: Path, environ: Mapping[str, str], message: str) -> None:
    commit = ("commit", "--quiet", "--no-verify", "--message", message)
    try:
        _run_git(root, environ, _CONFIGURED_IDENTITY, *commit)
    except subprocess.CalledProcessError:
        # Mostly: git does not know who the user is. Anything else fails again.
        _run_git(root, environ, _IDENTITY, *commit)


def _run_git(
    root: Path, environ: Mapping[str, str], settings: tuple[str, ...], *arguments: str
) -> None:
    options = [part for setting in (*_SETTINGS, *settings) for part in ("-c", setting)]
    subprocess.run(
        ["git", *options, *arguments],
        cwd=root,
        env=dict(environ),
        check=True,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=TIMEOUT_S,
    )
