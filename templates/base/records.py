"""What a training run leaves behind: a curve, a progress line, one record in results/.

The record is small and meant to be committed: command, commit, fingerprint of code and
settings, seed, seconds, hardware, versions, metrics, and hashes of what it produced.
"""

import hashlib
import json
import platform
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

import torch
from torch import Tensor

CODE = ("*.py", "conf/**/*.yaml", "paper.json")
INTERRUPTED = 130


def fingerprint(root: Path) -> str:
    """Return 12 hexadecimal digits over the code, the settings and the paper's facts."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in CODE for path in root.glob(pattern)}):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def git(root: Path, *arguments: str) -> str:
    """Return what git answers, or nothing where there is no git or no repository."""
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()


def hardware() -> dict[str, Any]:
    """Return what this machine is, as far as it matters for a result."""
    gpu = torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
    return {"machine": platform.machine(), "threads": torch.get_num_threads(), "gpu": gpu}


def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that compute."""
    return {
        "python": platform.python_version(),
        **{name: version(name) for name in ("torch", "numpy", "hydra-core")},
    }


class Run:
    """One run: use it as a context, `log` while training, `finish` at the end."""

    def __init__(self, cfg: dict[str, Any], root: Path, start: int) -> None:
        self.cfg = cfg
        self.root = root
        self.folder = root / cfg["out_dir"]
        self.start = start
        self.is_interrupted = False
        self.metrics: dict[str, float] = {}
        self.hashes: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Open the curve; from now on Ctrl-C asks the loop to stop after its step."""
        self.began = self.logged_at = time.perf_counter()
        self.logged_step = self.start
        self.folder.mkdir(parents=True, exist_ok=True)
        self.curve = self.folder / "metrics.jsonl"
        lines = self.kept_lines()
        self.file = self.curve.open("w", encoding="utf-8", buffering=1)
        self.file.writelines(lines)
        self.board = self.tensorboard() if self.cfg["tensorboard"] else None
        self.handlers = {
            number: signal.signal(number, self.interrupt)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def kept_lines(self) -> list[str]:
        """Return the curve up to the step that this run starts from."""
        if not self.start or not self.curve.exists():
            return []
        lines = self.curve.read_text("utf-8").splitlines(keepends=True)
        return [line for line in lines if json.loads(line)["step"] <= self.start]

    def tensorboard(self) -> Any:
        """Return a writer: look at the curves with `tensorboard --logdir runs`."""
        from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415  a second to import

        return SummaryWriter(str(self.folder), purge_step=self.start or None)

    def interrupt(self, number: int, _frame: FrameType | None) -> None:
        """Stop after this step; a second Ctrl-C stops at once."""
        if self.is_interrupted:
            raise KeyboardInterrupt
        self.is_interrupted = True
        sys.stderr.write(f"\n{signal.Signals(number).name}: saving; resume=true goes on\n")

    def log(self, step: int, **scalars: float) -> None:
        """Append one point to the curve and show it."""
        now = time.perf_counter()
        rate = (step - self.logged_step) / max(now - self.logged_at, 1e-9)
        self.logged_at, self.logged_step = now, step
        point = {"step": step, **scalars, "steps_per_second": round(rate, 2)}
        self.file.write(json.dumps(point) + "\n")
        if self.board:
            for name, value in scalars.items():
                self.board.add_scalar(name, value, step)
        if self.cfg["progress"]:
            shown = "  ".join(f"{name} {value:.4f}" for name, value in scalars.items())
            line = f"step {step}/{self.cfg['steps']}  {shown}  {rate:.0f} steps/s"
            if sys.stderr.isatty():
                sys.stderr.write(f"{line}\x1b[K\r")
            elif step % max(1, self.cfg["steps"] // 10) < self.cfg["log_every"]:
                sys.stderr.write(f"{line}\n")

    def finish(self, metrics: dict[str, float], checkpoint: Path, predictions: Tensor) -> None:
        """Keep the final metrics and the hashes of checkpoint and predictions."""
        self.metrics = metrics
        raw = predictions.to(torch.int64).numpy().tobytes()
        with checkpoint.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
        self.hashes = {
            "checkpoint": digest.hexdigest(),
            "predictions": hashlib.sha256(raw).hexdigest(),
        }

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write the record, also of a run that failed."""
        for number, handler in self.handlers.items():
            signal.signal(number, handler)
        self.file.close()
        if self.board:
            self.board.close()
        if self.cfg["progress"] and sys.stderr.isatty():
            sys.stderr.write("\n")
        stopped = self.is_interrupted or kind is KeyboardInterrupt
        self.write_record(INTERRUPTED if stopped else int(kind is not None))
        if stopped and kind is None:
            raise SystemExit(INTERRUPTED)

    def write_record(self, exit_code: int) -> None:
        """Write results/<stage>-<run>.json; the same code, settings and seed give the same name."""
        code = fingerprint(self.root)
        commit = git(self.root, "rev-parse", "HEAD")
        settings = json.dumps(self.cfg, sort_keys=True)
        name = f"{self.cfg['model']['name']}-s{self.cfg['seed']}"
        digest = hashlib.sha256((code + settings).encode()).hexdigest()[:8]
        record = {
            "schema": 1,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "stage": self.cfg["stage"],
            "scale": self.cfg["scale"],
            "command": ["python", *sys.argv],
            "commit": commit or None,
            "is_committed": bool(commit) and not git(self.root, "status", "--porcelain", *CODE),
            "fingerprint": code,
            "seed": self.cfg["seed"],
            "exit_code": exit_code,
            "seconds": round(time.perf_counter() - self.began, 3),
            "hardware": hardware(),
            "versions": versions(),
            "metrics": self.metrics,
            "sha256": self.hashes,
            "config": self.cfg,
        }
        path = self.root / "results" / f"{self.cfg['stage']}-{name}-{digest}.json"
        path.parent.mkdir(exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(record, indent=2) + "\n", "utf-8")
        partial.replace(path)
