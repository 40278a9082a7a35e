"""Run the battery on the mutation suite and print the matrix, the rates and the false alarms.

    python tests/mutants/run.py                 every variant at seed 0
    python tests/mutants/run.py --seeds 20      correct programs at 20 seeds (stages 3, 4: at 5)
    python tests/mutants/run.py --correct       no bugs
    python tests/mutants/run.py --half seen     what was written beside the checks
    python tests/mutants/run.py --sample 24     a fixed sample, for CI
    python tests/mutants/run.py gan dqn         only these programs

Results are kept by program, checks and seed in `.mutants/` (ignored by git), so that a run can be
stopped and goes on. Exits with 1 where a bug slips below the bar or a correct program is flagged.
"""

import argparse
import hashlib
import json
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import reprokit.checks
from reprokit.checks.process import inspect, plan
from reprokit.checks.required import check_names, checks_for, stage_of
from reprokit.checks.statistics import lower_bound, upper_bound
from suite import HERE, Variant, whole_suite

KEPT = HERE / ".mutants"
MIN_CAUGHT = 0.97
N_WORKERS = 2
N_TRAINED = 5  # seeds at which stages 3 and 4 are run as well: they train


def fingerprint() -> str:
    """Return a hash of the battery's own text."""
    folder = Path(reprokit.checks.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def verdicts(variant: Variant, seed: int, version: str) -> dict[str, str]:
    """Return verdict and detail by check, run or kept from an earlier run."""
    names = [] if seed < N_TRAINED else [n for n in sorted(check_names()) if stage_of(n) < "3"]
    text = f"{version}\n{seed}\n{variant.source}"
    kept = KEPT / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"
    if kept.is_file():
        return dict(json.loads(kept.read_text("utf-8")))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{variant.program}.py"
        path.write_text(variant.source, encoding="utf-8")
        family = plan(path)[0] if names else ""
        names = [n for n in checks_for(family) if n in names] if names else []
        outcomes = inspect(path, seed=seed, limit=120, checks=names).outcomes
    found = {o.name: f"{o.verdict} {o.seconds:.2f} {o.detail}" for o in outcomes}
    KEPT.mkdir(exist_ok=True)
    kept.write_text(json.dumps(found), encoding="utf-8")
    return found


def flagged(found: dict[str, str], verdict: str = "failed") -> list[str]:
    """Return the checks with a verdict."""
    return [name for name, text in found.items() if text.startswith(verdict)]


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("programs", nargs="*")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--half", choices=("seen", "unseen", "correct"))
    parser.add_argument("--correct", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    chosen = [
        v for v in whole_suite()
        if (not args.programs or v.program in args.programs)
        and not (args.correct and v.kind == "bug")
        and args.half in (None, v.half)
    ]  # fmt: skip
    if args.sample:
        chosen = chosen[:: max(1, len(chosen) // args.sample)]
    jobs = [(v, s) for v in chosen for s in range(1 if v.kind == "bug" else args.seeds)]
    version = fingerprint()
    with ThreadPoolExecutor(N_WORKERS) as pool:
        results = list(pool.map(lambda job: verdicts(*job, version), jobs))
    return report(list(zip(jobs, results, strict=True)), verbose=args.verbose)


def report(results: list[tuple[tuple[Variant, int], dict[str, str]]], *, verbose: bool) -> int:
    """Print what was found; return the exit code."""
    by_check: Counter[str] = Counter()
    alarms = missed = 0
    for (variant, seed), found in results:
        caught, errors = flagged(found), flagged(found, "error")
        by_check.update(caught if variant.kind == "bug" else [])
        is_wrong = bool(caught) != (variant.kind == "bug") or (variant.kind != "bug" and errors)
        missed += variant.kind == "bug" and not caught
        alarms += variant.kind != "bug" and bool(caught or errors)
        if is_wrong or verbose:
            mark = "WRONG" if is_wrong else "ok"
            print(f"{mark:6}{variant.kind:7}{variant.program:14}{variant.name} (seed {seed})")
            print(f"      {variant.what}")
            for name in (*caught, *errors):
                print(f"      {name}: {found[name][:300]}")
    print("\ncheck".ljust(40), "bugs it catches")
    for name, count in by_check.most_common():
        print(f"{name:40}{count}")
    for half in ("seen", "unseen"):
        bugs = [f for (v, _), f in results if v.kind == "bug" and v.half == half]
        if bugs:
            k, n = sum(bool(flagged(f)) for f in bugs), len(bugs)
            low, high = lower_bound(k, n, 0.025), upper_bound(k, n, 0.025)
            print(f"{half}: {k} of {n} bugs caught, {k / n:.1%} ({low:.1%} to {high:.1%})")
    right = [f for (v, _), f in results if v.kind != "bug"]
    bound = upper_bound(alarms, len(right), 0.05) if right else 1.0
    print(f"correct programs: {alarms} of {len(right)} flagged (at most {bound:.1%} at 95 %)")
    n_bugs = len(results) - len(right)
    return int(alarms > 0 or missed > (1 - MIN_CAUGHT) * max(n_bugs, 1))


if __name__ == "__main__":
    sys.exit(main())
