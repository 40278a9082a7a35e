"""Open a training program: a module that offers the functions of the protocol."""

import importlib.util
import inspect
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
        declared = getattr(self.module, "SPEC", None)
        return dict(declared) if isinstance(declared, Mapping) else {}

    @property
    def has_stages(self) -> bool:
        """Whether `config` takes overrides, so that each stage has settings of its own."""
        config = getattr(self.module, "config", None)
        if not callable(config) or not self.has("train"):
            return False
        parameters = inspect.signature(config).parameters.values()
        return any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters)

    def has(self, name: str) -> bool:
        """Return whether the program offers a function."""
        return callable(getattr(self.module, name, None))

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
    path = path.resolve()
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module  # dataclasses, pickles and workers look it up by name
    spec.loader.exec_module(module)
    return Program(module)
