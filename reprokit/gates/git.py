"""Ask git about a project: only reading."""

import subprocess
from pathlib import Path

TIMEOUT_S = 20


def run_git(root: Path, *arguments: str) -> str:
    """Return what git prints.

    Raises:
        OSError: There is no git.
        subprocess.SubprocessError: git refuses, or takes too long.
    """
    command = ["git", "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    return done.stdout


def head_commit(root: Path) -> str | None:
    """Return the commit that is checked out, or None where there is none."""
    try:
        return run_git(root, "rev-parse", "--verify", "HEAD").strip()
    except (OSError, subprocess.SubprocessError):
        return None
