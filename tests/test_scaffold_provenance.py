"""reprokit.scaffold.provenance."""

import json
from collections.abc import Mapping
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reprokit.scaffold.provenance import installed, repository_url, requirement

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PINNED = "reprokit-papers[checks]==1.2.3"


def install(folder: Path, direct_url: str | None) -> PathDistribution:
    if direct_url is not None:
        (folder / "direct_url.json").write_text(direct_url, encoding="utf-8")
    return PathDistribution(folder)


def from_git(url: object, **vcs: object) -> Mapping[str, Any]:
    return {"url": url, "vcs_info": {"vcs": "git", "commit_id": COMMIT, **vcs}}


@pytest.mark.parametrize(
    "document",
    [
        {"url": "file:///home/somebody/reprokit", "dir_info": {"editable": True}},
        {"url": "https://example.org/reprokit.whl", "archive_info": {}},
        from_git("file:///home/somebody/reprokit"),
        from_git("http://example.org/r.git"),
        from_git("git://example.org/r.git"),
        from_git("https://example.org/r.git", vcs="hg"),
        from_git("https://example.org/r.git", commit_id="main"),
        from_git("https://example.org/r.git", commit_id=COMMIT[:7]),
        from_git("https://example.org/r.git", commit_id=None),
        from_git("https://example.org/r.git", commit_id=COMMIT + "\n"),
        {**from_git("https://example.org/r.git"), "subdirectory": "tools"},
        from_git(None),
        from_git("https://[example.org/r.git"),
        from_git("https://example.org"),
        from_git("https://example.org/r.git?x=1"),
        from_git("https://example.org/r.git#egg=other"),
        from_git("https://example.org/../r.git"),
        from_git("https://example.org/{{ 7*7 }}"),
        from_git('https://example.org/r" ; os_name == "'),
        from_git("https://exa mple.org/r.git"),
        from_git("https://example.org/r.git\nevil"),
        from_git("ssh://-oProxyCommand=id/r.git"),
        {"url": "https://example.org/r.git", "vcs_info": "git"},
        [],
        "https://example.org/r.git",
        None,
    ],
)
def test_a_copy_with_no_public_repository_is_required_by_its_version(
    tmp_path: Path, document: object
) -> None:
    metadata = install(tmp_path, json.dumps(document))

    assert requirement(metadata, "1.2.3") == PINNED
    assert repository_url(metadata) is None


@pytest.mark.parametrize("text", ["{", "", "\x00"])
def test_a_malformed_record_counts_as_none(tmp_path: Path, text: str) -> None:
    assert requirement(install(tmp_path, text), "1.2.3") == PINNED


def test_a_copy_from_a_package_index_or_from_sources_is_required_by_its_version(
    tmp_path: Path,
) -> None:
    assert requirement(install(tmp_path, None), "1.2.3") == PINNED
    assert requirement(None, "1.2.3") == PINNED
    assert repository_url(None) is None


@pytest.mark.parametrize(
    ("url", "required", "page"),
    [
        (
            "https://example.org/o/r.git",
            "https://example.org/o/r.git",
            "https://example.org/o/r",
        ),
        (
            "https://user:secret@example.org:8443/o/r",
            "https://example.org:8443/o/r",
            "https://example.org:8443/o/r",
        ),
        ("https://secret@example.org/r", "https://example.org/r", "https://example.org/r"),
        ("ssh://git@example.org/o/r.git", "ssh://git@example.org/o/r.git", None),
        ("ssh://git:secret@example.org/r.git", "ssh://git@example.org/r.git", None),
        ("ssh://somebody@example.org/r.git", "ssh://example.org/r.git", None),
    ],
)
def test_a_copy_from_git_is_required_by_url_and_commit_without_credentials(
    tmp_path: Path, url: str, required: str, page: str | None
) -> None:
    metadata = install(tmp_path, json.dumps(from_git(url)))

    assert requirement(metadata, "1.2.3") == f"reprokit-papers[checks] @ git+{required}@{COMMIT}"
    assert repository_url(metadata) == page


@given(st.text(), st.text())
def test_no_url_makes_anything_but_a_requirement_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, url: str, commit: str
) -> None:
    document = from_git(f"https://example.org/{url}", commit_id=commit)
    folder = tmp_path_factory.mktemp("info")

    assert requirement(install(folder, json.dumps(document)), "1.2.3") == PINNED


def test_the_requirement_of_this_copy_is_never_the_other_project_of_that_name() -> None:
    assert requirement(installed(), "1.2.3").startswith("reprokit-papers[checks]")
