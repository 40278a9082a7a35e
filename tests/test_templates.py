"""The templates: what they generate works, and files that repeat each other stay in step."""

import ast
import difflib
import json
import os
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from reprokit.dossier import Dossier
from reprokit.paper import ArxivId, Paper
from reprokit.project import Project
from reprokit.scaffold import make_project
from reprokit.sources.catalogue import Catalogue

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "templates"
PAPER = ArxivId.parse("2011.14439")
CASES = ("other", "cnn", "mnist1d")


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("generated")
    worked = Catalogue().find(PAPER)
    assert worked is not None
    plain = Dossier(Paper(id=None, title="A title", url="https://example.org/"))
    dossiers = {"other": (plain, "other"), "cnn": (plain, "cnn"), "mnist1d": (worked, "cnn")}
    for name, (dossier, area) in dossiers.items():
        make_project(
            dossier,
            target=folder / f"{name}_project",
            area=area,
            inputs={},
            environ=os.environ,
            notify=print,
        )
    return {name: folder / f"{name}_project" for name in CASES}


def run(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    "command", [("ruff", "check", "--no-cache"), ("ruff", "format", "--check", "--no-cache")]
)
def test_a_generated_project_passes_its_own_linter(
    case: str, command: tuple[str, ...], projects: dict[str, Path]
) -> None:
    done = run(projects[case], *command)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_generated_project_passes_its_own_type_checker(
    case: str, projects: dict[str, Path], tmp_path: Path
) -> None:
    done = run(projects[case], "mypy", "--cache-dir", str(tmp_path))
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_generated_project_passes_its_own_tests_and_gates(
    case: str, projects: dict[str, Path]
) -> None:
    done = run(projects[case], "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout
    lines = [
        json.loads(line) for line in (projects[case] / "ledger.jsonl").read_text().splitlines()
    ]
    subject = "paper" if case == "mnist1d" else "placeholder"
    assert [(line["verdict"], line["subject"]) for line in lines] == [("passed", subject)] * 4


@pytest.mark.slow
def test_ctrl_c_saves_and_the_resumed_run_ends_as_an_uninterrupted_one(
    projects: dict[str, Path],
) -> None:
    overrides = ["stage=3_generalize", "tensorboard=false", "threads=1", "steps=1500"]
    command = [sys.executable, "train.py", *overrides]
    whole = subprocess.run(
        [*command, "out_dir=runs/whole"], cwd=projects["cnn"], capture_output=True, check=True
    )
    with subprocess.Popen(
        [*command, "out_dir=runs/cut"], cwd=projects["cnn"], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("step ")
        process.send_signal(signal.SIGINT)
        process.stderr.read()
    assert process.returncode == 130
    curve = (projects["cnn"] / "runs" / "cut" / "metrics.jsonl").read_text().splitlines()
    assert json.loads(curve[-1])["step"] < 1500

    resumed = subprocess.run(
        [*command, "out_dir=runs/cut", "resume=true"],
        cwd=projects["cnn"],
        capture_output=True,
        check=True,
    )
    assert resumed.stdout == whole.stdout
    records = [
        json.loads(path.read_text()) for path in (projects["cnn"] / "results").glob("3*.json")
    ]
    runs = {r["config"]["out_dir"]: r for r in records if r["exit_code"] == 0}
    whole_record, cut_record = (runs[f"runs/{name}"] for name in ("whole", "cut"))
    assert cut_record["sha256"]["predictions"] == whole_record["sha256"]["predictions"]


@pytest.mark.slow
def test_the_paper_s_scale_does_not_run_until_it_is_filled_in(projects: dict[str, Path]) -> None:
    done = run(projects["cnn"], "train", "stage=3_generalize", "scale=paper")
    assert done.returncode != 0
    assert "Missing mandatory value: steps" in done.stderr
    assert not list((projects["cnn"] / "results").glob("*paper*"))


@pytest.mark.parametrize("case", CASES)
def test_the_project_and_the_gates_compute_the_same_fingerprint(
    case: str, projects: dict[str, Path]
) -> None:
    code = "import records, pathlib; print(records.fingerprint(pathlib.Path('.')))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=projects[case], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == Project(projects[case]).fingerprint()


@pytest.mark.parametrize("case", CASES)
def test_every_generated_file_can_be_read_by_its_reader(
    case: str, projects: dict[str, Path]
) -> None:
    readers = {".py": ast.parse, ".yaml": yaml.safe_load, ".yml": yaml.safe_load}
    readers |= {".toml": tomllib.loads, ".json": json.loads}
    for path in projects[case].rglob("*"):
        if path.suffix in readers and ".git" not in path.parts:
            readers[path.suffix](path.read_text("utf-8"))


@pytest.mark.parametrize("case", CASES)
def test_train_py_is_short_and_does_not_need_reprokit(case: str, projects: dict[str, Path]) -> None:
    for path in projects[case].glob("*.py"):
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 200, path.name
        assert "import reprokit" not in text
        assert "from reprokit" not in text


@pytest.mark.parametrize("case", CASES)
def test_the_four_names_are_everywhere_the_same(case: str, projects: dict[str, Path]) -> None:
    names = {path.stem for path in (projects[case] / "conf" / "stage").iterdir()}
    gates = (projects[case] / "tests" / "gates").glob("test_*.py")
    notes = (projects[case] / "notes").glob("[0-9]*.md")
    assert names == {path.stem.removeprefix("test_") for path in gates}
    assert names == {path.stem for path in notes}


@pytest.mark.parametrize("case", CASES)
def test_nothing_generated_requires_the_other_reprokit(
    case: str, projects: dict[str, Path]
) -> None:
    document = tomllib.loads((projects[case] / "pyproject.toml").read_text("utf-8"))
    extras = document["project"]["optional-dependencies"].values()
    requirements = [*document["project"]["dependencies"], *(r for extra in extras for r in extra)]
    mine = [r for r in requirements if "reprokit" in r]
    assert mine
    assert all(r.startswith("reprokit-papers[checks]") for r in mine)
    assert any(r.startswith("torch>=2") for r in requirements)


def changed_lines(overlay: str, below: str, name: str) -> list[str]:
    texts = [(TEMPLATES / part / name).read_text("utf-8").splitlines() for part in (below, overlay)]
    return [line for line in difflib.ndiff(*texts) if line[0] in "+-"]


@pytest.mark.parametrize(
    ("overlay", "below", "name", "expected"),
    [
        ("cnn", "base", "gates.yaml", {"-     placeholder: 0.70", "+     placeholder: 0.85"}),
        (
            "papers/2011.14439",
            "base",
            "conf/config.yaml",
            {
                "-   - model: placeholder",
                "+   - model: cnn",
                "-   - data: lines",
                "+   - data: mnist1d",
            },
        ),
    ],
)
def test_a_file_that_repeats_another_differs_where_it_must(
    overlay: str, below: str, name: str, expected: set[str]
) -> None:
    assert set(changed_lines(overlay, below, name)) == expected


def test_the_worked_paper_s_gates_differ_in_subject_and_bar_alone() -> None:
    changed = changed_lines("papers/2011.14439", "cnn", "gates.yaml")
    assert {line.split(":")[0].strip("+- ") for line in changed} == {"paper"}


def test_the_worked_paper_s_requirements_differ_in_its_package_alone() -> None:
    changed = changed_lines("papers/2011.14439", "base", "pyproject.toml")
    assert all(line[0] == "+" for line in changed)
    assert all(
        "mnist1d" in line or "mypy" in line or "missing" in line or len(line) < 3
        for line in changed
    )
