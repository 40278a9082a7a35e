"""What `reprokit doctor` finds on this machine, without asking anybody."""

import platform
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from reprokit.quoting import clean

Status = Literal["ok", "missing", "failed", "skipped"]

TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
COMPILERS = ("cc", "gcc", "clang", "cl")

_PROGRAM_S, _TORCH_S = 5.0, 60.0
_LONGEST = 200
_MOST_FILES = 10_000

# Importing torch may crash, or take long: that is for another process.
_TORCH = """
import json, torch
cuda = torch.cuda.is_available()
names = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())] if cuda else []
print()
print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads(), "cuda": names}))
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one thing.

    Args:
        name: Of the thing.
        status: `missing` is not there, `failed` is there and does not work.
        detail: A sentence.
        values: The same for programs.
    """

    name: str
    status: Status
    detail: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the finding as a JSON document."""
        document = {"name": self.name, "status": self.status, "detail": self.detail}
        return {**document, "values": dict(self.values)}


def examine_machine(environ: Mapping[str, str]) -> list[Finding]:
    """Return what is found without asking anybody."""
    version = platform.python_version()
    return [
        Finding("Python", "ok", f"{version}, {sys.executable}", {"version": version}),
        examine_torch(),
        examine_program("git", ("git",), "`reprokit new` makes no first commit without it"),
        examine_program("compiler", COMPILERS, "torch.compile does not work without one"),
        examine_token(environ),
    ]


def output_of(command: list[str], limit_s: float) -> tuple[int | None, str]:
    """Return exit code and output of a program; no code where it cannot be run, or hangs."""
    import subprocess  # noqa: PLC0415  keeps --help fast

    try:
        done = subprocess.run(  # noqa: PLW1510  the exit code is looked at
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit_s,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return None, type(error).__name__
    return done.returncode, done.stdout.decode("utf-8", "replace")


def examine_torch() -> Finding:
    """Return version, threads and devices of torch, which is imported in another process."""
    import importlib.util  # noqa: PLC0415  keeps --help fast
    import json  # noqa: PLC0415

    try:
        spec = importlib.util.find_spec("torch")
    except (ImportError, ValueError):
        spec = None
    if spec is None or spec.origin is None:  # a folder of that name has no origin
        needed = "the gates need it: pip install 'reprokit-papers[checks]'"
        return Finding("torch", "missing", needed)
    code, output = output_of([sys.executable, "-P", "-c", _TORCH], _TORCH_S)
    try:
        values = json.loads(output.splitlines()[-1])
        version, threads, cuda = values["version"], values["threads"], values["cuda"]
    except (ValueError, IndexError, KeyError, TypeError):
        how = output if code is None else f"exit code {code}"
        return Finding("torch", "failed", f"it is installed, and cannot be imported ({how})")
    devices = f"CUDA: {', '.join(cuda)}" if cuda else "no CUDA device"
    return Finding("torch", "ok", f"{version}, {threads} threads, {devices}", values)


def examine_program(name: str, programs: tuple[str, ...], without: str) -> Finding:
    """Return the first of these programs that is there, and its version."""
    found = next((path for program in programs if (path := shutil.which(program))), None)
    if found is None:
        return Finding(name, "missing", without)
    # Microsoft's compiler knows no --version and prints it anyway, elsewhere
    code, output = output_of([found, "--version"], _PROGRAM_S)
    first = clean((output.splitlines() or [""])[0][:_LONGEST])
    if code is None:
        return Finding(name, "failed", f"{found} cannot be run ({first})", {"path": found})
    version = first if code == 0 else ""
    shown = f"{version}, {found}" if version else found
    return Finding(name, "ok", shown, {"path": found, "version": version or None})


def token_of(environ: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the variable that holds the GitHub token, and the token."""
    return next(((name, t) for name in TOKENS if (t := environ.get(name, "").strip())), None)


def is_token(text: str) -> bool:
    """Tell whether a text can be sent as a token: other characters would end the header."""
    return text.isascii() and text.isprintable() and " " not in text and len(text) <= _LONGEST * 5


def examine_token(environ: Mapping[str, str]) -> Finding:
    """Return whether there is a token, and where; never the token."""
    found = token_of(environ)
    if found is None:
        limits = "60 requests an hour instead of 5,000; set GITHUB_TOKEN to one without any scope"
        return Finding("GitHub token", "missing", limits, {"variable": None})
    name, token = found
    if not is_token(token):
        detail = f"{name} is set, and holds something that is no token"
        return Finding("GitHub token", "failed", detail, {"variable": name})
    return Finding("GitHub token", "ok", f"from {name}", {"variable": name})


def examine_cache(environ: Mapping[str, str]) -> Finding:
    """Return where the cache is, how large, and whether it can be written."""
    from reprokit.cache import cache_dir  # noqa: PLC0415  keeps --help fast

    folder = cache_dir(environ)
    n_bytes = size_of(folder)
    values = {"path": str(folder), "bytes": n_bytes, "writable": is_writable(folder)}
    if not values["writable"]:
        detail = f"{folder} cannot be written; nothing is kept (REPROKIT_CACHE_DIR names another)"
        return Finding("cache", "failed", detail, values)
    return Finding("cache", "ok", f"{folder}, {n_bytes / 1e6:.1f} MB", values)


def size_of(folder: Path) -> int:
    """Return the size of the files in a folder; what cannot be read counts nothing."""
    total = 0
    for number, path in enumerate(folder.rglob("*")):
        if number >= _MOST_FILES:
            break
        try:
            total += path.lstat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def is_writable(folder: Path) -> bool:
    """Tell whether a folder can be written, or made; it is not made here."""
    there = next((one for one in (folder, *folder.absolute().parents) if one.exists()), None)
    if there is None or not there.is_dir():
        return False
    try:
        with tempfile.TemporaryFile(dir=there):
            return True
    except OSError:
        return False
