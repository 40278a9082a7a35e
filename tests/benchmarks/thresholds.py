"""How far the templates' bars stand from what 20 seeds reach; exit with 1 where too near.

    python tests/benchmarks/thresholds.py [--seeds 20]

For each template and subject: every check of the quick tier at every seed, without reruns; the
number of failures; and for the bar of stage 3, mean and standard deviation of the confidence
bound that is held against it. A bar has to stand four standard deviations below the mean.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CASES = (
    ("other", None, "placeholder"),
    ("cnn", None, "placeholder"),
    ("cnn", "2011.14439", "paper"),
)
DISTANCE = 4.0


def generate(folder: Path, area: str, paper: str | None) -> Path:
    """Generate a project; return its folder."""
    what = [paper] if paper else ["--title", "A title", "--url", "https://example.org/"]
    command = ["new", *what, "--offline", "--area", area, "--slug", f"{area}_project"]
    subprocess.run(
        [sys.executable, "-m", "reprokit", *command, "-o", str(folder)],
        check=True,
        capture_output=True,
    )
    return folder / f"{area}_project"


def measure(project: Path, subject: str, seeds: int) -> dict[str, Any]:
    """Run every check at every seed in this process; return bounds and failures."""
    import torch
    import yaml

    from reprokit.checks.battery import run_once
    from reprokit.checks.context import Context
    from reprokit.checks.program import load_program
    from reprokit.checks.required import required_checks
    from reprokit.stages import STAGES

    torch.set_num_threads(1)
    program = load_program(project / "train.py")
    gates = yaml.safe_load((project / "gates.yaml").read_text("utf-8"))
    spec = program.spec if subject == "paper" else {}
    bounds, failures = [], []
    for seed in range(seeds):
        context = Context(
            program, STAGES[0], seed, tuple(gates["subjects"][subject]), gates["thresholds"],
            subject, spec,
        )  # fmt: skip
        for stage in STAGES:
            for name in required_checks(program.family, stage, subject=subject, tier="quick"):
                outcome = run_once(name, context.at_stage(stage))
                if outcome.verdict != "passed":
                    failures.append(f"seed {seed} {name}: {outcome.detail}")
                if "accuracy_bound" in outcome.metrics:
                    bounds.append(outcome.metrics["accuracy_bound"])
    bar = gates["thresholds"]["min_accuracy"][subject]
    return {"bar": bar, "bounds": bounds, "failures": failures}


def main() -> int:
    """Measure every case in a process of its own and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--measure", nargs=2, metavar=("PROJECT", "SUBJECT"))
    args = parser.parse_args()
    if args.measure:
        found = measure(Path(args.measure[0]), args.measure[1], args.seeds)
        sys.stdout.write("\n" + json.dumps(found) + "\n")
        return 0
    is_fine = True
    print(f"{'template':24} {'bar':>6} {'mean':>7} {'s.d.':>7} {'distance':>9}  failures")
    for area, paper, subject in CASES:
        with tempfile.TemporaryDirectory() as folder:
            project = generate(Path(folder), area, paper)
            command = [sys.executable, __file__, "--seeds", str(args.seeds)]
            printed = subprocess.run(
                [*command, "--measure", str(project), subject],
                check=True,
                capture_output=True,
                text=True,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            ).stdout
        found = json.loads(printed.splitlines()[-1])
        mean, deviation = statistics.fmean(found["bounds"]), statistics.stdev(found["bounds"])
        distance = (mean - found["bar"]) / deviation
        is_fine = is_fine and distance >= DISTANCE
        name = f"{paper or area} ({subject})"
        numbers = f"{found['bar']:6.3f} {mean:7.4f} {deviation:7.4f} {distance:9.1f}"
        print(f"{name:24} {numbers}  {len(found['failures'])} of {args.seeds} seeds", flush=True)
        for failure in found["failures"]:
            print(f"    {failure}")
    return 0 if is_fine else 1


if __name__ == "__main__":
    sys.exit(main())
