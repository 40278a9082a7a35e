"""What a check is given: the program, the settings of its stage, a seed, the thresholds."""

import math
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reprokit.checks import probe
from reprokit.checks.outcome import CheckFailed, CheckSkipped
from reprokit.checks.program import Program

THE_END = object()  # of a stream of batches, which may themselves be None
TRAINING = "3_generalize"  # the stage whose settings are those of the whole training

# What holds where a program has no gates.yaml; bars come from its SPEC.
DEFAULTS: Mapping[str, float] = {
    "max_reference_error": 1e-6,
    "max_init_loss_deviation": 0.75,
    "max_overfit_loss": 0.05,
}

# Where neither SPEC nor the settings state the length of a training.
_DEFAULT_STEPS = 500
_MAX_TRAINING_SECONDS = 150.0

# Calls of train_step until the first step of an optimizer.
_MAX_GATHERING = 3000
_MAX_IDLE = 5


@dataclass(frozen=True, slots=True)
class Run:
    """One finished training run.

    Args:
        metrics: What the program's evaluation said at the end.
        state: The state loaded again from the checkpoint: what was kept is what is judged.
        rates: The learning rates of every optimizer's groups at each of its steps.
        losses: The losses that train_step returned.
    """

    metrics: Mapping[str, float]
    state: Any
    rates: Mapping[str, list[list[float]]] = field(default_factory=dict)
    losses: list[Any] = field(default_factory=list)


def note_rates(state: Any, seen: list[probe.Step], rates: dict[str, list[list[float]]]) -> None:
    """Append each optimizer's rates at its first step in a train_step, and forget the steps.

    Where it took none, the rates that it holds.
    """
    first = {step.optimizer: step.groups for step in reversed(seen)}
    for name, optimizer in state.optimizers.items():
        groups = first.get(name, optimizer.param_groups)
        rates[name].append([float(group["lr"]) for group in groups])
    seen.clear()


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
        runs: The finished training runs, by stage and seed.
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

    def threshold(self, name: str) -> float:
        """Return a threshold: that of gates.yaml (of the subject, where there are two).

        Without gates.yaml it is the one that SPEC states, else the battery's own.

        Raises:
            CheckSkipped: Nothing sets it: nothing can be promised without it.
        """
        has_file = self.program.has_stages or bool(self.thresholds)
        given = self.thresholds if has_file else {**DEFAULTS, **self.spec}
        value = given.get(name)
        if isinstance(value, Mapping):
            value = value.get(self.subject)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        number = float(value) if is_number and value is not None else math.nan
        if not math.isfinite(number):
            raise CheckSkipped(
                f"thresholds.{name} ({self.subject}) is {value!r} in gates.yaml: set it first"
                if has_file
                else f"no {name} in SPEC"
            )
        return number

    def config(self, *overrides: str, stage: str | None = None) -> dict[str, Any]:
        """Return the settings of the stage, on one CPU thread, without logs.

        On the CPU also where there is a GPU: bits and bars are promised for the same machine
        that CI has. A program without stages gives the settings that it has, which may be none.
        """
        if not self.program.has_stages:
            return dict(self.program.function("config")()) if self.program.has("config") else {}
        read = self.program.function("config")
        named = f"stage={stage or self.stage}"
        quiet = ("progress=false", "tensorboard=false", "threads=1", "device=cpu")
        return dict(read(named, f"seed={self.seed}", *quiet, *self.overrides, *overrides))

    def setup(self, *overrides: str, stage: str | None = None) -> Any:
        """Return a fresh state at this seed."""
        setup = self.program.function("setup")
        if not self.program.has_stages:
            return setup(self.seed)
        return setup(self.seed, self.config(*overrides, stage=stage))

    def fresh(self) -> Any:
        """Return a fresh state at the settings of the whole training."""
        return self.setup(stage=TRAINING)

    def batch(self, state: Any) -> Any:
        """Return the next batch of the program's own; after the last, the first.

        Raises:
            CheckSkipped: There is none.
        """
        batches = self.program.function("batches")
        found = next(iter(batches(state)), THE_END)
        if found is THE_END:  # a stream that ends with the training
            step, state.step = state.step, 0
            try:
                found = next(iter(batches(state)), THE_END)
            finally:
                state.step = step
        if found is THE_END:
            raise CheckSkipped("no batches")
        return found

    def steps(
        self, state: Any, count: int, change: Callable[[Any], Any] | None = None
    ) -> list[Any]:
        """Take steps with the program's own batches and train_step; return the losses."""
        batches = iter(self.program.function("batches")(state))
        train_step = self.program.function("train_step")
        losses = []
        for _ in range(count):
            batch = next(batches, THE_END)
            if batch is THE_END:
                raise CheckSkipped("no further batches: the stream ends with the training")
            losses.append(train_step(state, batch if change is None else change(batch)))
        return losses

    def learning(self, state: Any) -> Any:
        """Take steps until an optimizer has taken one; return the state.

        An agent gathers experience first; everything else learns at once.

        Raises:
            CheckFailed: None does.
        """
        tries = _MAX_GATHERING if self.program.family == "rl" else _MAX_IDLE
        with probe.steps_of(state) as seen:
            for _ in range(tries):
                self.steps(state, 1)
                if seen:
                    return state
        raise CheckFailed(
            expected="the optimizer to take a step in train_step",
            found=f"none in {tries} calls",
            causes=("optimizer.step() is missing, or never reached",),
            look="train_step in train.py",
        )

    def net(self, state: Any) -> Any:
        """Return the network that loss_fn takes: `model`, else the first that is trained."""
        if "model" in state.nets:
            return state.nets["model"]
        owned = {
            id(p)
            for optimizer in state.optimizers.values()
            for group in optimizer.param_groups
            for p in group["params"]
        }
        trained = [n for n in state.nets.values() if any(id(p) in owned for p in n.parameters())]
        return (trained or list(state.nets.values()))[0]

    def n_steps(self) -> int:
        """Return how long the training is: as SPEC states it, else the settings."""
        for facts in (self.spec, self.config()):
            value = facts.get("steps")
            if isinstance(value, int) and value > 0:
                return value
        return _DEFAULT_STEPS

    def trained(self, stage: str | None = None) -> Run:
        """Return the whole training run of a stage at this seed; it is run once.

        The state is loaded from the checkpoint that the run left, so that what is judged is
        what was kept.
        """
        key = (stage or self.stage, self.seed)
        if not self.program.has_stages:
            key = (TRAINING, self.seed)
        if key not in self.runs:
            run = self.run_stage(key[0]) if self.program.has_stages else self.run_by_hand()
            self.runs[key] = run
        return self.runs[key]

    def run_stage(self, stage: str) -> Run:
        """Run a stage with the program's own `train`."""
        overrides = (
            *self.overrides, f"seed={self.seed}", f"out_dir=runs/{stage}/gate-s{self.seed}",
        )  # fmt: skip
        cfg = self.config(*overrides, stage=stage)
        # the record of the run names the command that does the same by hand
        sys.argv = ["train.py", f"stage={stage}", *overrides]
        metrics = self.program.function("train")(cfg)
        path = self.program.root / cfg["out_dir"] / "checkpoint.pt"
        if not path.is_file():
            raise CheckSkipped(f"the run left no checkpoint at {cfg['out_dir']}")
        return Run(metrics, self.program.function("load")(path))

    def run_by_hand(self) -> Run:
        """Train a program that has no `train`, from its first step to its last.

        Raises:
            CheckSkipped: The training is longer than what a check may take.
        """
        state = self.setup()
        count, ends_at = self.n_steps(), time.monotonic() + _MAX_TRAINING_SECONDS
        losses: list[Any] = []
        rates: dict[str, list[list[float]]] = {name: [] for name in state.optimizers}
        with probe.steps_of(state) as seen:
            batches = iter(self.program.function("batches")(state))
            train_step = self.program.function("train_step")
            while len(losses) < count:
                batch = next(batches, THE_END)
                if batch is THE_END:  # an epoch has ended; or the training has
                    batches = iter(self.program.function("batches")(state))
                    batch = next(batches, THE_END)
                if batch is THE_END:
                    break
                losses.append(train_step(state, batch))
                note_rates(state, seen, rates)
                if time.monotonic() > ends_at:
                    raise CheckSkipped(
                        f"no finished training: {len(losses)} of {count} steps in "
                        f"{_MAX_TRAINING_SECONDS:.0f} s"
                    )
        metrics = self.program.function("evaluate")(state)
        return Run(metrics, self.kept(state), rates, losses)

    def kept(self, state: Any) -> Any:
        """Return the state after a round trip through its checkpoint, where there is one."""
        if not (self.program.has("save") and self.program.has("load")):
            return state
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "checkpoint.pt"
            self.program.function("save")(state, path)
            return self.program.function("load")(path)
