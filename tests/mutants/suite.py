"""The mutation suite: clean programs, bugs planted in them, and correct rewrites of them.

`programs/NAME.py` is clean; `bugs/NAME.toml` and `benign/NAME.toml` hold edits of it, each an
exact text that occurs once and what stands in its place.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Variant:
    """One program of the suite.

    Args:
        program: The clean program that it is, or was made from.
        name: Its own name.
        kind: `clean`, `bug` or `benign`.
        what: What is wrong, or different, in a sentence.
        source: Its whole text.
        half: `seen` if written beside the checks, `unseen` if by somebody who had not read them,
            `correct` for programs of such people that have no bugs: for false alarms alone.
    """

    program: str
    name: str
    kind: str
    what: str
    source: str
    half: str = "seen"


def variants(folder: Path = HERE, half: str = "seen") -> Iterator[Variant]:
    """Yield every clean program, bug and rewrite below a folder."""
    for path in sorted((folder / "programs").glob("*.py")):
        clean = path.read_text("utf-8")
        yield Variant(path.stem, path.stem, "clean", "", clean, half)
        for kind, key in (("bug", "bugs"), ("benign", "benign")):
            file = folder / key / f"{path.stem}.toml"
            if file.is_file():
                for entry in next(iter(tomllib.loads(file.read_text("utf-8")).values())):
                    source = edited(clean, entry)
                    yield Variant(path.stem, entry["id"], kind, entry["what"], source, half)


def edited(clean: str, entry: dict[str, object]) -> str:
    """Return the clean text with an entry's edits made.

    Raises:
        ValueError: A text to replace does not occur exactly once.
    """
    source = clean
    for edit in entry["edit"]:  # type: ignore[attr-defined]
        old, new = edit["old"].strip("\n"), edit["new"].strip("\n")
        if source.count(old) != 1:
            raise ValueError(f"{entry['id']}: occurs {source.count(old)} times: {old!r}")
        source = source.replace(old, new)
    return source


def whole_suite() -> list[Variant]:
    """Return all: `seen` is this folder, `unseen/` and `correct/` are folders of the same form."""
    parts = [variants(HERE / name, name) for name in ("unseen", "correct")]
    return [*variants(), *(variant for part in parts for variant in part)]
