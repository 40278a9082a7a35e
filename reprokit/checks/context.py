"""What a check is given: the program, the settings of its stage, a seed, the thresholds."""

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reprokit.checks.outcome import CheckSkipped
from reprokit.checks.program import Program


@dataclass(frozen=True, slots=True)
class Run:
    """One finished training run, and the state loaded again from its checkpoint."""

    metrics: Mapping[str, float]
    state: Any


@dataclass(frozen=True, slots=True)
class Context:
    """One stage of one program at one seed.

    Args:
        program: The training program.
        stage: The stage's whole name.
        seed: The seed of this attempt.
        overrides: What selects the subject (`model=…`, `data=…`).
        thresholds: By name; one number, or one by subject.
        subject: `placeholder` or `paper`.
        spec: The paper's stated facts; empty for a placeholder.
    """

    program: Program
    stage: str
    seed: int = 0
    overrides: tuple[str, ...] = ()
    thresholds: Mapping[str, Any] = field(default_factory=dict)
    subject: str = "paper"
    spec: Mapping[str, Any] = field(default_factory=dict)
    runs: dict[tuple[str, int], Run] = field(default_factory=dict)

    def at_seed(self, seed: int) -> "Context":
        """Return the same stage at another seed."""
        return replace(self, seed=seed)

    def at_stage(self, stage: str) -> "Context":
        """Return the same program at another stage; finished runs are kept."""
        return replace(self, stage=stage)

    def with_thresholds(self, thresholds: Mapping[str, Any]) -> "Context":
        """Return the same stage held against other thresholds."""
        return replace(self, thresholds=thresholds)

    def threshold(self, name: str) -> float:
        """Return a threshold, that of the subject where there are two.

        Raises:
            CheckSkipped: gates.yaml does not set it: nothing can be promised without it.
        """
        value = self.thresholds.get(name)
        if isinstance(value, Mapping):
            value = value.get(self.subject)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        number = float(value) if is_number and value is not None else math.nan
        if not math.isfinite(number):
            raise CheckSkipped(
                f"thresholds.{name} ({self.subject}) is {value!r} in gates.yaml: set it first"
            )
        return number

    def config(self, *overrides: str, stage: str | None = None) -> dict[str, Any]:
        """Return the settings of the stage, on one CPU thread, without logs.

        On the CPU also where there is a GPU: bits and bars are promised for the same machine
        that CI has.
        """
        read = self.program.function("config")
        named = f"stage={stage or self.stage}"
        quiet = ("progress=false", "tensorboard=false", "threads=1", "device=cpu")
        return dict(read(named, f"seed={self.seed}", *quiet, *self.overrides, *overrides))

    def setup(self, *overrides: str, stage: str | None = None) -> Any:
        """Return a fresh state at this seed."""
        return self.program.function("setup")(self.seed, self.config(*overrides, stage=stage))

    def steps(
        self, state: Any, count: int, change: Callable[[Any], Any] | None = None
    ) -> list[Any]:
        """Take steps with the program's own batches and train_step; return the losses."""
        batches = self.program.function("batches")(state)
        train_step = self.program.function("train_step")
        losses = []
        for _ in range(count):
            batch = next(batches)
            losses.append(train_step(state, batch if change is None else change(batch)))
        return losses

    def trained(self, stage: str | None = None) -> Run:
        """Return the whole training run of a stage at this seed; it is run once.

        The state is loaded from the checkpoint that the run left, so that what is judged is
        what was kept.
        """
        stage = stage or self.stage
        key = (stage, self.seed)
        if key not in self.runs:
            overrides = (
                *self.overrides,
                f"seed={self.seed}",
                f"out_dir=runs/{stage}/gate-s{self.seed}",
            )
            cfg = self.config(*overrides, stage=stage)
            # the record of the run names the command that does the same by hand
            sys.argv = ["train.py", f"stage={stage}", *overrides]
            metrics = self.program.function("train")(cfg)
            path = self.program.root / cfg["out_dir"] / "checkpoint.pt"
            if not path.is_file():
                raise CheckSkipped(f"the run left no checkpoint at {cfg['out_dir']}")
            self.runs[key] = Run(metrics, self.program.function("load")(path))
        return self.runs[key]
