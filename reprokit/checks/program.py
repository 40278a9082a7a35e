"""Open a training program: a module that offers the functions of the protocol."""

import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from reprokit.checks.outcome import CheckSkipped


@dataclass(frozen=True, slots=True)
class Program:
    """A training program. Its functions are reached by name, so that a missing one skips."""

    module: ModuleType

    @property
    def root(self) -> Path:
        """The folder that the program lies in."""
        return Path(str(self.module.__file__)).resolve().parent

    @property
    def family(self) -> str:
        """The family that the program declares."""
        return str(getattr(self.module, "FAMILY", ""))

    @property
    def spec(self) -> Mapping[str, Any]:
        """The declared facts of the paper."""
        return dict(getattr(self.module, "SPEC", {}))

    def function(self, name: str) -> Callable[..., Any]:
        """Return one of the program's functions.

        Raises:
            CheckSkipped: The program has no such function.
        """
        found = getattr(self.module, name, None)
        if not callable(found):
            raise CheckSkipped(f"no {name}")
        return found  # type: ignore[no-any-return]


def load_program(path: Path) -> Program:
    """Import a program by its path, with its folder first on the import path.

    The program's modules import each other by top-level names (`model`, `data`), so one
    process can hold one program: the gates start a process of their own.
    """
    sys.path.insert(0, str(path.parent))
    return Program(importlib.import_module(path.stem))
