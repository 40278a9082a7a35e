"""The battery: automated checks that find the bugs of a training program.

Needs torch, and nothing of the rest of reprokit: useful in anybody's pytest. A program is a
module that offers the functions of the training-program protocol; `load_program` opens one,
`Context` says at which settings and seed, `run_check` runs one check by name.
"""

from reprokit.checks.outcome import Outcome

__all__ = ["Outcome"]
