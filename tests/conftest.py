"""Fixtures that several modules use, and a world without network for all of them."""

import threading
from collections.abc import Iterator

import pytest

from arxiv_server import ArxivServer


@pytest.fixture(autouse=True)
def _no_network(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the cache to a folder of the test run, all services to a port that nobody answers."""
    cache = tmp_path_factory.mktemp("cache", numbered=True)
    monkeypatch.setenv("REPROKIT_CACHE_DIR", str(cache))
    monkeypatch.setenv("REPROKIT_ARXIV_URL", "http://127.0.0.1:9/api/query")
    for name in ("GITHUB", "HF", "PWC"):
        monkeypatch.setenv(f"REPROKIT_{name}_URL", "http://127.0.0.1:9")
    for name in ("GITHUB_TOKEN", "GH_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def arxiv_server() -> Iterator[ArxivServer]:
    server = ArxivServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.stop()
    thread.join()
