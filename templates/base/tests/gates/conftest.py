"""The gates as tests: one gate run for all the stages that were collected."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("1_single_example", "2_overfit", "3_generalize", "4_optimize")


@pytest.fixture(scope="session")
def gates(request: pytest.FixtureRequest) -> dict[str, tuple[str, str]]:
    """Return each stage's verdict and what its gate found, from one run of the gates."""
    # train.py runs without reprokit; only the gates need it
    from reprokit.gates import Request, run_gates  # noqa: PLC0415
    from reprokit.project import open_project  # noqa: PLC0415

    names = {item.path.stem.removeprefix("test_") for item in request.session.items}
    report = run_gates(open_project(ROOT), Request(tuple(s for s in STAGES if s in names)))
    return {
        stage.stage: (
            stage.verdict,
            "\n".join([stage.reason, *(f"{o.name}: {o.detail}" for o in stage.outcomes)]),
        )
        for stage in report.stages
    }
