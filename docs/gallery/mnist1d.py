"""Run the paper's table of MNIST-1D by the authors' recipe, and write the page.

    python docs/gallery/mnist1d.py [--work DIR] [--seeds 3]

Generates the project with `reprokit new 2011.14439 --offline`, trains four networks on plain
and on shuffled positions over several seeds (about a quarter of an hour on two cores), and
replaces the table and the figure of mnist1d.md. Finished runs are kept: stop it at any time.
"""

import argparse
import itertools
import json
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAPER = "2011.14439"
SLUG = "scaling_down_deep_learning_mnist_1d"
MODELS = ("linear", "mlp", "cnn", "gru")
DATASETS = {False: "MNIST-1D", True: "MNIST-1D (shuffled)"}
PROCESSES = 2


def make_project(work: Path) -> Path:
    """Return the generated project; the one of an earlier run is used again."""
    project = work / SLUG
    if not project.is_dir():
        command = ["new", PAPER, "--offline", "-o", str(work)]
        subprocess.run([sys.executable, "-m", "reprokit", *command], check=True)
    return project


def train(project: Path, model: str, seed: int, *, is_shuffled: bool) -> dict[str, Any]:
    """Train one network by the authors' recipe, or take the record of a finished run."""
    out_dir = f"runs/gallery/{model}{'-shuffled' * is_shuffled}-s{seed}"
    if record := find_record(project, out_dir):
        return record
    overrides = [
        "stage=3_generalize",
        "scale=paper",
        f"model={model}",
        f"data.shuffle_positions={str(is_shuffled).lower()}",
        f"seed={seed}",
        f"out_dir={out_dir}",
        "threads=1",
        "loading=indexed",
        "progress=false",
        "tensorboard=false",
    ]
    command = [sys.executable, "train.py", *overrides]
    subprocess.run(command, cwd=project, check=True, stdout=subprocess.DEVNULL)
    record = find_record(project, out_dir)
    if record is None:
        sys.exit(f"{' '.join(command)} left no record")
    sys.stdout.write(f"{out_dir}: {record['metrics']['accuracy']:.1%}, {record['seconds']:.0f} s\n")
    return record


def find_record(project: Path, out_dir: str) -> dict[str, Any] | None:
    """Return the record of a run that ended well on the present code."""
    sys.path.insert(0, str(project))
    from records import fingerprint  # noqa: PLC0415  the project's

    for path in project.joinpath("results").glob("3_generalize-*.json"):
        record: dict[str, Any] = json.loads(path.read_text("utf-8"))
        is_it = record["config"]["out_dir"] == out_dir and record["exit_code"] == 0
        if is_it and record["fingerprint"] == fingerprint(project):
            return record
    return None


def published(project: Path) -> dict[tuple[str, str], float]:
    """Return the paper's numbers by data and method, from the project's paper.json."""
    claims = json.loads((project / "paper.json").read_text("utf-8"))["claims"]
    return {
        (claim["dataset"], claim["method"]): float(claim["value"])
        for claim in claims
        if claim["metric"] == "test_accuracy"
    }


def table(rows: list[dict[str, Any]]) -> str:
    """Return the numbers as Markdown."""
    lines = [
        "| data | network | published | ours, mean | spread (s.d.) | seeds | s a run |",
        "|---|---|---:|---:|---:|---|---:|",
    ]
    for row in rows:
        seeds = ", ".join(f"{value:.1f}" for value in row["accuracies"])
        lines.append(
            f"| {row['dataset']} | {row['model']} | {row['published']:g} | {row['mean']:.1f} "
            f"| {row['deviation']:.1f} | {seeds} | {row['seconds']:.0f} |"
        )
    return "\n".join(lines)


def draw(rows: list[dict[str, Any]], path: Path) -> None:
    """Draw each seed beside the published number."""
    import matplotlib as mpl  # noqa: PLC0415  half a second

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(7, 3.2))
    for place, row in enumerate(rows):
        axes.plot([place] * len(row["accuracies"]), row["accuracies"], "o", color="tab:blue", ms=4)
        axes.plot([place - 0.3, place + 0.3], [row["published"]] * 2, color="tab:red", lw=1.5)
    names = [row["model"] + "\nshuffled" * ("shuffled" in row["dataset"]) for row in rows]
    axes.set_xticks(range(len(rows)), names)
    axes.set_ylabel("test accuracy, %")
    axes.set_ylim(0, 100)
    axes.set_title("MNIST-1D: published (line) and each of our seeds (dot)", fontsize=10)
    figure.tight_layout()
    figure.savefig(path, dpi=120, metadata={"Software": None})


def main() -> None:
    """Train what is missing, then write the page's table and figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--work", type=Path, default=HERE.parent / "_build" / "gallery")
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    project = make_project(args.work)
    cases = list(itertools.product(DATASETS, MODELS))
    runs = [(*case, seed) for case in cases for seed in range(args.seeds)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        records = pool.map(lambda r: train(project, r[1], r[2], is_shuffled=r[0]), runs)
        found = dict(zip(runs, records, strict=True))
    numbers = published(project)
    rows = []
    for is_shuffled, model in cases:
        mine = [found[is_shuffled, model, seed] for seed in range(args.seeds)]
        accuracies = [round(100 * record["metrics"]["accuracy"], 2) for record in mine]
        rows.append(
            {
                "dataset": DATASETS[is_shuffled],
                "model": model,
                "published": numbers[DATASETS[is_shuffled], model],
                "accuracies": accuracies,
                "mean": statistics.fmean(accuracies),
                "deviation": statistics.stdev(accuracies) if args.seeds > 1 else 0.0,
                "seconds": statistics.fmean(record["seconds"] for record in mine),
            }
        )
    page = HERE / "mnist1d.md"
    before, _, rest = page.read_text("utf-8").partition("<!-- table -->")
    _, _, after = rest.partition("<!-- /table -->")
    text = f"{before}<!-- table -->\n\n{table(rows)}\n\n<!-- /table -->{after}"
    page.write_text(text, "utf-8")
    draw(rows, HERE / "mnist1d.png")


if __name__ == "__main__":
    main()
