"""reprokit.scaffold.first_commit."""

import subprocess
from pathlib import Path

import pytest

from reprokit.scaffold.first_commit import commit_all

ALICE = "[user]\nname = Alice\nemail = alice@example.org\n"


class Machine:
    """A home with a git configuration, and a folder to be committed."""

    def __init__(self, tmp_path: Path, path: str) -> None:
        self.home = tmp_path / "home"
        self.root = tmp_path / "project"
        self.home.mkdir()
        (self.root / "results").mkdir(parents=True)
        (self.root / "train.py").write_text("print()\n")
        (self.root / "results" / ".gitkeep").write_text("")
        (self.root / ".gitignore").write_text("runs/\n")
        self.environ = {"HOME": str(self.home), "PATH": path, "GIT_CONFIG_NOSYSTEM": "1"}

    def configure(self, text: str) -> None:
        (self.home / ".gitconfig").write_text(text)

    def ask(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.root), *arguments]
        done = subprocess.run(command, env=self.environ, check=True, capture_output=True, text=True)
        return done.stdout.strip()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    import os  # noqa: PLC0415

    monkeypatch.delenv("GIT_DIR", raising=False)
    return Machine(tmp_path, os.environ["PATH"])


def test_without_git_there_is_a_reason_and_no_repository(machine: Machine) -> None:
    assert commit_all(machine.root, "Start", {"PATH": ""}) == "git is not installed"
    assert not (machine.root / ".git").exists()


def test_where_git_fails_its_words_are_the_reason_and_no_half_repository_stays(
    machine: Machine,
) -> None:
    machine.configure("[user\n")

    problem = commit_all(machine.root, "Start", machine.environ)

    assert problem is not None
    assert "bad config" in problem
    assert not (machine.root / ".git").exists()


def test_where_a_commit_is_refused_no_half_repository_stays(machine: Machine) -> None:
    environ = {**machine.environ, "GIT_AUTHOR_DATE": "no date"}

    problem = commit_all(machine.root, "Start", environ)

    assert problem is not None
    assert "no date" in problem
    assert not (machine.root / ".git").exists()


def test_everything_is_committed_on_main_by_the_configured_user(machine: Machine) -> None:
    machine.configure(ALICE + "[init]\ndefaultBranch = trunk\n")

    assert commit_all(machine.root, "Start gan", machine.environ) is None

    assert machine.ask("log", "--format=%an %ae %s") == "Alice alice@example.org Start gan"
    assert machine.ask("branch", "--show-current") == "main"
    assert machine.ask("status", "--porcelain", "--ignored") == ""
    assert machine.ask("ls-files").split() == [".gitignore", "results/.gitkeep", "train.py"]


def test_without_an_identity_the_commit_is_made_by_reprokit(machine: Machine) -> None:
    assert commit_all(machine.root, "Start gan", machine.environ) is None

    assert machine.ask("log", "--format=%an %ae %cn") == "reprokit reprokit@localhost reprokit"
    assert "user" not in (machine.root / ".git" / "config").read_text()


def test_the_commit_goes_to_no_other_repository(machine: Machine, tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "init", "-q", str(other)], env=machine.environ, check=True)
    environ = {
        **machine.environ,
        "GIT_DIR": str(other / ".git"),
        "GIT_WORK_TREE": str(other),
        "GIT_INDEX_FILE": str(other / "index"),
    }

    assert commit_all(machine.root, "Start", environ) is None

    assert machine.ask("log", "--format=%s") == "Start"
    assert not (other / "index").exists()


def test_no_program_of_the_users_settings_is_run_and_no_file_left_out(
    machine: Machine, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-commit", "post-commit", "prepare-commit-msg", "run"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {ran}\n")
        (hooks / name).chmod(0o755)
    (machine.home / "ignore").write_text("*.py\nresults/\n")
    (machine.home / "attributes").write_text("* filter=x\n")
    machine.configure(
        f"{ALICE}[core]\nhooksPath = {hooks}\nexcludesFile = ~/ignore\n"
        f"attributesFile = ~/attributes\nfsmonitor = {hooks}/run\nautocrlf = true\n"
        f"[commit]\ngpgSign = true\n[gpg]\nprogram = {hooks}/run\n"
        f'[filter "x"]\nclean = {hooks}/run\nrequired = true\n'
    )

    assert commit_all(machine.root, "Start", machine.environ) is None

    assert not ran.exists()
    listed = machine.ask("-c", "core.fsmonitor=false", "ls-tree", "-r", "--name-only", "HEAD")
    assert listed.split() == [".gitignore", "results/.gitkeep", "train.py"]
