"""The cache never fails a command."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reprokit.cache import Cache, cache_dir

NOW = "2026-11-20T12:00:00+00:00"


def test_what_was_put_is_there_for_the_next_process(tmp_path: Path) -> None:
    assert Cache(tmp_path / "new").put("arxiv", "id:1", {"title": "x\U0001f600"}, NOW)
    answer = Cache(tmp_path / "new").get("arxiv", "id:1")
    assert answer is not None
    assert (answer.body, answer.fetched_at) == ({"title": "x\U0001f600"}, NOW)


def test_sources_and_requests_are_kept_apart(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("arxiv", "id:1", {"n": 1}, NOW)
    assert cache.get("arxiv", "id:2") is None
    assert cache.get("github", "id:1") is None


def test_a_newer_answer_replaces_the_older(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for n in (1, 2):
        cache.put("arxiv", "id:1", {"n": n}, NOW)
    answer = cache.get("arxiv", "id:1")
    assert answer is not None
    assert answer.body == {"n": 2}


def test_a_file_that_is_no_database_is_empty_and_replaced(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.path.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    assert cache.get("arxiv", "id:1") is None
    assert cache.put("arxiv", "id:1", {"n": 1}, NOW)
    assert cache.get("arxiv", "id:1") is not None


def test_an_answer_that_is_no_object_is_none(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("arxiv", "id:1", {"n": 1}, NOW)
    with sqlite3.connect(cache.path) as database:
        database.execute("UPDATE answers SET body = '[1'")
    database.close()
    assert cache.get("arxiv", "id:1") is None


def test_a_folder_that_cannot_be_made_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "folder")
    assert not cache.put("arxiv", "id:1", {}, NOW)
    assert cache.get("arxiv", "id:1") is None


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_locked_database_is_left_alone(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("arxiv", "id:1", {"n": 1}, NOW)
    database = sqlite3.connect(cache.path, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    assert not cache.put("arxiv", "id:1", {"n": 2}, NOW)
    database.execute("ROLLBACK")
    database.close()
    answer = cache.get("arxiv", "id:1")
    assert answer is not None
    assert answer.body == {"n": 1}


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        kept = pool.map(lambda n: Cache(tmp_path).put("arxiv", f"id:{n}", {"n": n}, NOW), range(40))
    assert all(kept)
    assert all(Cache(tmp_path).get("arxiv", f"id:{n}") for n in range(40))


def test_the_folder_is_that_of_the_environment_else_the_platform_s(tmp_path: Path) -> None:
    assert cache_dir({"REPROKIT_CACHE_DIR": str(tmp_path)}) == tmp_path
    assert cache_dir({}).name == "reprokit-papers"
