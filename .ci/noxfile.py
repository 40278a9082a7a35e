"""The tasks of this project: `python -m nox -f .ci/noxfile.py`, or one with `-s NAME`.

They run in the environment that nox is started from: the README's command has installed
everything, and one environment with torch is enough.
"""

from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parents[1]
PYTEST = ("python", "-m", "pytest")

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "tests", "docs", "benchmarks"]

# One thread a process: two of them share two cores, and oversubscribed OpenMP is slower.
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@nox.session
def lint(session: nox.Session) -> None:
    """Run pre-commit: ruff, mypy, import contracts, spelling, the package's metadata."""
    session.chdir(ROOT)
    session.run("pre-commit", "run", "--all-files", "--show-diff-on-failure")


@nox.session
def fast(session: nox.Session) -> None:
    """Run the tests that take seconds."""
    session.chdir(ROOT)
    session.run(*PYTEST, "-n", "2", "-m", "not slow", *session.posargs, env=ENVIRONMENT)


@nox.session
def tests(session: nox.Session) -> None:
    """Run every test, with branch coverage over all processes."""
    session.chdir(ROOT)
    session.run("coverage", "erase")
    session.run(*PYTEST, "-n", "2", "--cov", "--cov-report=", *session.posargs, env=ENVIRONMENT)
    session.run("coverage", "report")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; a warning is an error."""
    session.chdir(ROOT)
    session.run("python", "-m", "sphinx", "-W", "-q", "-b", "html", "docs", "docs/_build")


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure start-up, scaffolding, the training loop and the gates against their bars."""
    session.chdir(ROOT)
    session.run("python", "tests/benchmarks/run.py", *session.posargs, env=ENVIRONMENT)
    session.run("python", "tests/benchmarks/find.py", env=ENVIRONMENT)


@nox.session
def thresholds(session: nox.Session) -> None:
    """Train 20 seeds of every template and show how far its bars are from the mean."""
    session.chdir(ROOT)
    session.run("python", "tests/benchmarks/thresholds.py", *session.posargs, env=ENVIRONMENT)


@nox.session
def gallery(session: nox.Session) -> None:
    """Run the worked reproduction and write its page; finished runs are kept."""
    session.chdir(ROOT)
    session.run("python", "docs/gallery/mnist1d.py", *session.posargs, env=ENVIRONMENT)
