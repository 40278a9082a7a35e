"""What the made repositories are put together from: entries, README tokens, files, issues.

A README in the data modules may hold tokens: `[[bib ID]]` (BibTeX with the arXiv id),
`[[conf ID]]` (BibTeX of the conference, no id), `[[badges]]`, `[[install]]`, `[[license]]`.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from universe.cited import CITED
from universe.shapes import Issue, Repo
from universe.stock import IMPORTS, LANGUAGES, LOOP, OPTIONS, REQUIREMENTS, TAILS

TOKEN = re.compile(r"\[\[(\w+)(?: ([^\]]+))?\]\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A repository and its grade for each paper; what is not named is 0."""

    repo: Repo
    rel: dict[str, int] = field(default_factory=dict)


def digits(text: str, below: int) -> int:
    """Return a number that depends on the text alone."""
    return crc32(text.encode()) % below


def stamp(month: str, salt: str) -> str:
    """Return a time in `YYYY-MM`, the same for the same salt."""
    day, hour, second = digits(salt, 28) + 1, digits(salt + "h", 24), digits(salt + "s", 3600)
    return f"{month}-{day:02}T{hour:02}:{second // 60:02}:{second % 60:02}Z"


def issue(title: str, body: str = "", **more: Any) -> Issue:
    """Return an issue; `replies` are (association, text) or texts; numbers and times come later."""
    author = more.pop("by", f"user{digits(title, 90000)}")
    replies = [
        ("NONE", reply) if isinstance(reply, str) else reply for reply in more.pop("replies", ())
    ]
    comments = [
        {
            "author": f"reader{digits(text, 9000)}",
            "association": association,
            "body": text,
            "created_at": "",
        }
        for association, text in replies
    ]
    return Issue(0, title, body, author=author, comments=comments, **more)


def dated(found: Issue, number: int, first: str, last: str) -> Issue:
    """Return the issue with its number and with times between two of its repository's."""
    years = range(int(first[:4]), int(last[:4]) + 1)
    year = years[digits(found.title + str(number), len(years))]
    month = f"{year}-{digits(found.title, 12) + 1:02}"
    made = min(max(stamp(month, found.title), first), last)
    comments = [
        {**comment, "created_at": min(max(stamp(month, comment["body"]), made), last)}
        for comment in found.comments
    ]
    times = [made, *(comment["created_at"] for comment in comments)]
    changed = {
        "number": number,
        "comments": comments,
        "created_at": made,
        "updated_at": max(times),
    }
    kept = {name: getattr(found, name) for name in Issue.__slots__ if name not in changed}
    return Issue(**kept, **changed)


def bibtex(number: str, *, with_id: bool) -> str:
    """Return the BibTeX entry of a cited paper."""
    key, authors, title, year, venue = CITED[number]
    kind, place = (
        ("article", f"  journal={{arXiv preprint arXiv:{number}}},")
        if with_id
        else ("inproceedings", f"  booktitle={{{venue}}},")
    )
    return (
        f"```bibtex\n@{kind}{{{key},\n  title={{{title}}},\n  author={{{authors}}},\n"
        f"{place}\n  year={{{year}}}\n}}\n```"
    )


def expand(readme: str, name: str, framework: str, licence: str | None) -> str:
    """Return the README with its tokens replaced."""
    badge = "https://img.shields.io/badge"
    parts = {
        "badges": f"[![Build Status](https://travis-ci.org/{name}.svg?branch=master)]"
        f"(https://travis-ci.org/{name}) ![License]({badge}/license-{licence or 'none'}-blue.svg)"
        f" ![Python]({badge}/python-3.6%2B-blue)",
        "install": f"## Installation\n\n```bash\ngit clone https://github.com/{name}.git\n"
        f"cd {name.partition('/')[2]}\npip install -r requirements.txt\n```\n\n"
        f"Needs:\n\n{''.join(f'- {one}{chr(10)}' for one in needs(framework))}",
        "license": f"## License\n\nReleased under the {licence or 'terms in'} license, see"
        " [LICENSE](LICENSE).",
    }

    def part(match: re.Match[str]) -> str:
        if match[1] in {"bib", "conf"}:
            return bibtex(match[2], with_id=match[1] == "bib")
        return parts[match[1]]

    return TOKEN.sub(part, readme)


def needs(framework: str) -> list[str]:
    """Return the requirements as people list them."""
    return REQUIREMENTS.get(framework, "").split() or ["see the build files"]


def file_text(path: str, framework: str, name: str) -> str:
    """Return plausible contents for a file of a repository."""
    base = path.rpartition("/")[2]
    stem, _, extension = base.rpartition(".")
    if extension == "py" and base != "setup.py":
        return python_text(stem, framework, name)
    cell = {
        "cell_type": "code",
        "metadata": {},
        "outputs": [],
        "source": [IMPORTS.get(framework, "")],
    }
    settings = f"name: {stem}\nbatch_size: {16 * (1 + digits(name, 8))}\nlr: 0.0003\nseed: 1\n"
    texts = {
        "requirements.txt": REQUIREMENTS.get(framework, ""),
        "setup.py": f'from setuptools import setup\n\nsetup(name="{name}", version="0.1.0")\n',
        "ipynb": json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}),
        "yaml": settings,
        "yml": settings,
        "sh": '#!/usr/bin/env bash\nset -e\npython train.py --seed 1 "$@"\n',
    }
    return texts.get(base, texts.get(extension, f"{base} of {name}\n"))


def python_text(stem: str, framework: str, name: str) -> str:
    """Return a training script for a name like one, else a module with a class."""
    head = IMPORTS.get(framework, "")
    if re.match(r"(?:train|main|run|experiment|fit)", stem):
        numbers = {"epochs": 10 + digits(name, 190), "batch": 2 ** (4 + digits(name, 5))}
        rate = (0.001, 0.0003, 0.0001, 0.01)[digits(name, 4)]
        return head + "import argparse\n" + LOOP.format(rate=rate, seed=digits(name, 9), **numbers)
    title = "".join(part.title() for part in re.split(r"[_\W]+", stem))
    return f'{head}\n\nclass {title or "Init"}:\n    """Part of {name}."""\n'


def files_of(paths: str, framework: str, name: str) -> dict[str, str]:
    """Return the files named in a text of paths."""
    return {path: file_text(path, framework, name) for path in paths.split()}


def tail(name: str, files: dict[str, str]) -> str:
    """Return the sections with which a README ends that say nothing of a paper: 0 to 4."""
    chosen = [text for text in TAILS if digits(name + text, 3) == 0][:3]
    if files and digits(name, 3) == 1:
        listing = "\n".join(f"├── {path}" for path in sorted(files))
        chosen.insert(0, f"## Project structure\n\n```\n.\n{listing}\n```")
    scripts = [path for path in files if re.search(r"(?:^|/)(?:train|main|run)\w*\.py$", path)]
    if scripts and digits(name + "options", 5) < 3:
        numbers = {"epochs": 10 + digits(name, 190), "batch": 2 ** (4 + digits(name, 5))}
        chosen.insert(
            0, OPTIONS.format(script=scripts[0], rate=(0.001, 0.0003)[digits(name, 2)], **numbers)
        )
    owner = name.partition("/")[0]
    return "".join("\n" + text.format(name=name, owner=owner) + "\n" for text in chosen)


def entry(name: str, description: str | None, stars: int, readme: str = "", **more: Any) -> Entry:
    """Return a repository from few words.

    Among `more`: fw (framework or language), files (paths in one text), extra (files with
    contents), rel, made and pushed (`YYYY-MM`), topics (in one text), lic, org, issues, and
    any field of `Repo`.
    """
    framework, licence = more.pop("fw", "torch"), more.pop("lic", "MIT")
    rel, made, pushed = more.pop("rel", {}), more.pop("made", "2019-02"), more.pop("pushed", None)
    first = stamp(made, name)
    last = max(stamp(pushed or f"{int(made[:4]) + 1}{made[4:]}", name + "p"), first)
    paths = more.pop("files", "train.py model.py data.py requirements.txt LICENSE")
    files = files_of(paths, framework, name.partition("/")[2]) | more.pop("extra", {})
    language = more.pop("language", LANGUAGES.get(framework, "Python"))
    weight = 4000 + digits(name, 90000)
    languages = {language: weight} if language else {}
    numbered = [
        dated(found, 2 + 3 * place + digits(name, 2), first, last)
        for place, found in enumerate(more.pop("issues", ()))
    ]
    fields: dict[str, Any] = {
        "topics": more.pop("topics", "").split(),
        "language": language,
        "languages": languages | more.pop("languages", {}),
        "forks": stars // (4 + digits(name, 5)),
        "license": licence,
        "default_branch": "master" if made < "2020-10" else "main",
        "size": 40 + sum(map(len, files.values())) // 100 + digits(name, 4000),
        "owner_type": "Organization" if more.pop("org", False) else "User",
        **more,
    }
    text = readme.strip()
    if text:
        text = expand(text + "\n", name, framework, licence) + tail(name, files)
    repo = Repo(
        name,
        description,
        stars=stars,
        readme=text,
        files=files,
        issues=numbered,
        created_at=first,
        pushed_at=last,
        **fields,
    )
    return Entry(repo, rel)


def fork(origin: Entry, owner: str, stars: int = 0, **changed: Any) -> Entry:
    """Return a fork without changes, graded 0 unless `rel` says more."""
    old, rel = origin.repo, changed.pop("rel", {})
    name = f"{owner}/{changed.pop('name', old.full_name.partition('/')[2])}"
    kept = {field: getattr(old, field) for field in Repo.__slots__}
    made = stamp(f"{int(old.created_at[:4]) + 1}-{digits(name, 12) + 1:02}", name)
    plain = {
        "fork": True,
        "parent": old.full_name,
        "issues": [],
        "topics": [],
        "forks": 0,
        "archived": False,
        "owner_type": "User",
        "created_at": min(made, old.pushed_at),
    }
    return Entry(Repo(**(kept | plain | {"full_name": name, "stars": stars} | changed)), rel)
