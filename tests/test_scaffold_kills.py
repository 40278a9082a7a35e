"""reprokit.scaffold: a run that is killed, or is not alone, leaves a whole project or none."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from projects import ask_git, list_files, make


def start_new(target: Path) -> subprocess.Popen[bytes]:
    what = ["--title", "T", "--url", "https://example.org/", "--area", "cnn", "--offline"]
    where = ["--slug", target.name, "-o", str(target.parent)]
    command = [sys.executable, "-m", "reprokit", "new", *what, *where]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_at_random_instants(kills: int, folder: Path) -> tuple[int, int]:
    """Kill as many runs as asked for; return how many left a project, and how many left none."""
    target = folder / "out" / "gan"
    started = time.perf_counter()
    with start_new(folder / "timed" / "gan") as process:
        process.wait()
    run_s = time.perf_counter() - started
    assert process.returncode == 0
    good = list_files(folder / "timed" / "gan")
    chance = random.Random(kills)  # noqa: S311  instants, no secrets
    whole = none = 0
    for _ in range(kills):
        with start_new(target) as process:
            try:
                process.wait(chance.uniform(0, 1.1 * run_s))
            except subprocess.TimeoutExpired:
                process.kill()
        if target.exists():
            assert list_files(target) == good
            assert ask_git(target, "status", "--porcelain", "--ignored") == ""
            target.rename(folder / f"whole{whole}")
            whole += 1
        else:
            none += 1
    make(target)
    assert list((folder / "out").iterdir()) == [target]
    return whole, none


def test_a_run_killed_at_any_instant_leaves_the_whole_project_or_none(tmp_path: Path) -> None:
    whole, none = kill_at_random_instants(20, tmp_path)

    assert whole + none == 20


@pytest.mark.slow
def test_two_hundred_killed_runs_leave_whole_projects_or_none(tmp_path: Path) -> None:
    whole, none = kill_at_random_instants(200, tmp_path)

    assert whole > 0
    assert none > 0


def test_of_two_runs_at_once_one_makes_the_project_and_the_other_leaves_it(tmp_path: Path) -> None:
    target = tmp_path / "gan"
    with start_new(target) as first, start_new(target) as second:
        outcomes = {first.wait(), second.wait()}

    assert 0 in outcomes
    assert "train.py" in list_files(target)
    assert list(tmp_path.iterdir()) == [target]
