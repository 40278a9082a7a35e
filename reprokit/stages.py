"""The four stages, in order.

The same four names are the files of `conf/stage/`, the modules of the gates and the folders
of `runs/` in every generated repository.
"""

from reprokit.errors import UsageError

STAGES = ("1_single_example", "2_overfit", "3_generalize", "4_optimize")


def parse_stage(text: str) -> str:
    """Return the whole name of the stage that `1`, `overfit` or `2_overfit` stands for.

    Raises:
        UsageError: No stage has that name.
    """
    wanted = text.strip().lower()
    for stage in STAGES:
        number, name = stage.split("_", 1)
        if wanted in (number, name, stage):
            return stage
    raise UsageError(f"{text!r} is not a stage", hint=f"the stages are {', '.join(STAGES)}")


def stages_before(stage: str) -> tuple[str, ...]:
    """Return the stages that must have passed before this one, in order."""
    return STAGES[: STAGES.index(stage)]
