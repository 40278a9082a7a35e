"""Measure what the project promises about speed; exit with 1 where a promise is missed.

    python tests/benchmarks/run.py            everything, about three minutes on two cores
    python tests/benchmarks/run.py help new   only these

Standard library only. The commands of a comparison run in turn, A B A B …, after a round that
is not counted; a figure is the median of the ratios round by round, so that it holds while the
machine's speed drifts; a miss is measured once more. Whole commands are compared by the CPU time
of their processes (user and system, the operating system's own account); training loops by the
CPU time of their threads, turn by turn in one process (loops.py). One thread throughout.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAPER = "2011.14439"
SLUG = "scaling_down_deep_learning_mnist_1d"
BIN = Path(sys.executable).parent
N_LOOP_RUNS = 2  # processes: the memory's layout differs between them
# One thread. Freed memory is kept (glibc): giving it back and getting it again at every step
# costs either loop up to a third, by the chance of where its tensors lie.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "2000000000",
    "MALLOC_TRIM_THRESHOLD_": "2000000000",
}


def run(command: list[str], folder: Path) -> tuple[float, str]:
    """Run a command to its end; return its CPU seconds, children included, and its output."""
    with (folder / "output").open("w+b") as output:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **ENVIRONMENT}, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read().decode("utf-8", "replace")
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{printed}")
    return usage.ru_utime + usage.ru_stime, printed


def ratios(one: Callable[[], float], other: Callable[[], float], rounds: int) -> list[float]:
    """Return one / other, round by round; the first round is not counted.

    Who goes first changes from round to round, so that a drift favours neither.
    """
    found = []
    for number in range(rounds + 1):
        if number % 2:
            second = other()
            found.append(one() / second)
        else:
            first = one()
            found.append(first / other())
    return found[1:]


def show(name: str, values: list[float], bar: float, *, at_most: bool) -> bool:
    """Print one figure beside its bar; return whether it is met."""
    median = statistics.median(values)
    is_met = median <= bar if at_most else median >= bar
    sign = "<=" if at_most else ">="
    verdict = "ok" if is_met else "MISSED"
    spread = f"{min(values):.3f} to {max(values):.3f}, n = {len(values)}"
    print(f"{name:58} {median:8.3f}  {sign} {bar:<6g} {verdict:6} ({spread})", flush=True)
    return is_met


def bench_help(folder: Path) -> bool:
    """Compare `reprokit --help` with `cookiecutter --help`, CPU time."""
    ours, theirs = [str(BIN / "reprokit"), "--help"], [str(BIN / "cookiecutter"), "--help"]
    values = ratios(lambda: run(ours, folder)[0], lambda: run(theirs, folder)[0], 11)
    return show("reprokit --help / cookiecutter --help, cpu", values, 0.30, at_most=True)


def bench_new(folder: Path) -> bool:
    """Compare `reprokit new` with the cookiecutter command on the same folder, CPU time."""
    template = compose_template(folder)
    os.environ["REPROKIT_CACHE_DIR"] = str(folder / "cache")  # as on a new machine
    out = folder / "out"

    def fresh(command: list[str]) -> float:
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        return run(command, folder)[0]

    ours = [str(BIN / "reprokit"), "new", PAPER, "--offline", "-o", str(out)]
    theirs = [str(BIN / "cookiecutter"), "--no-input", "-o", str(out), str(template)]
    values = ratios(lambda: fresh(ours), lambda: fresh(theirs), 11)
    return show("reprokit new --offline / cookiecutter, cpu", values, 1.0, at_most=True)


def compose_template(folder: Path) -> Path:
    """Write the folder that `reprokit new` renders, as a template for the cookiecutter command."""
    from reprokit.scaffold.template import RENDERED, compose, templates_dir

    template = folder / "template"
    inner = template / "{{cookiecutter.slug}}"
    compose(templates_dir(), ("base", "cnn", f"papers/{PAPER}"), inner)
    context = {
        "slug": SLUG,
        "version": "0.1.0",
        "requirement": "reprokit-papers[checks]==0.1.0",
        "_copy_without_render": [p.name for p in inner.iterdir() if p.name not in RENDERED],
    }
    (template / "cookiecutter.json").write_text(json.dumps(context))
    return template


def make_project(folder: Path) -> Path:
    """Generate a fresh project; return its folder."""
    out = Path(tempfile.mkdtemp(dir=folder))
    run([str(BIN / "reprokit"), "new", PAPER, "--offline", "-o", str(out)], folder)
    return out / SLUG


def bench_loop(folder: Path) -> bool:
    """Compare the generated training loop with a bare one and with Lightning's Trainer."""
    project = make_project(folder)

    def pairs(kind: str, size: str) -> list[float]:
        command = [sys.executable, str(HERE / "loops.py"), kind, size, str(project)]
        return list(json.loads(run(command, folder)[1].splitlines()[-1]))

    tiny = [ratio for _ in range(N_LOOP_RUNS) for ratio in pairs("bare", "tiny")]
    large = [ratio for _ in range(N_LOOP_RUNS) for ratio in pairs("bare", "large")]
    lightning = pairs("lightning", "tiny")
    return all(
        [
            show("generated loop / bare loop, tiny model", tiny, 0.90, at_most=False),
            show("generated loop / bare loop, steps of 100 ms", large, 0.98, at_most=False),
            show("generated loop / Lightning Trainer, tiny", lightning, 1.5, at_most=False),
        ]
    )


def bench_gate(folder: Path) -> bool:
    """Time the quick tier on a fresh project, wall seconds."""
    seconds = []
    for _ in range(3):
        project = make_project(folder)
        began = time.perf_counter()
        run([str(BIN / "reprokit"), "gate", "--project", str(project)], folder)
        seconds.append(time.perf_counter() - began)
    return show("quick tier on the fresh project, wall seconds", seconds, 20.0, at_most=True)


BENCHMARKS = {"help": bench_help, "new": bench_new, "loop": bench_loop, "gate": bench_gate}


def main() -> int:
    """Run the benchmarks that the command line names, or all."""
    names = sys.argv[1:] or list(BENCHMARKS)
    with tempfile.TemporaryDirectory() as folder:
        results = [is_kept(name, Path(folder)) for name in names]
    return 0 if all(results) else 1


def is_kept(name: str, folder: Path) -> bool:
    """Measure a promise; a missed one is measured once more, and both are shown."""
    if BENCHMARKS[name](folder):
        return True
    print(f"missed: {name} is measured once more, for the machine may have been busy", flush=True)
    return BENCHMARKS[name](folder)


if __name__ == "__main__":
    sys.exit(main())
