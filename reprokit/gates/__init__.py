"""Run a project's stages, judge them, and keep the ledger.

The project's own tests call `run_gates`; the command line does the same.
"""

from reprokit.gates.runner import Request, run_gates
from reprokit.gates.verdict import Report, StageVerdict

__all__ = ["Report", "Request", "StageVerdict", "run_gates"]
