"""A small universe for trying the made services, and the plainest client for them."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from services.server import Services
from services.universe import Discussion, Issue, Paper, Repo, Universe

TOKEN = "t0ken-valid"  # noqa: S105  (of a made server)


ATTENTION = "1706.03762"


def repositories() -> list[Repo]:
    issues = [
        Issue(1, "Loss is NaN", "With half precision.", comments=["Lower the rate."] * 3),
        Issue(
            2,
            "Cannot reproduce",
            "BLEU 25",
            "closed",
            labels=["bug"],
            comments=["Use the average."],
        ),
        Issue(3, "Fix typo", "", is_pull=True, merged=True, comments=["Thanks"] * 5),
        Issue(4, "Data?", None, author=None, reactions=7, created_at="2021-02-03T04:05:06Z"),
    ]
    return [
        Repo(
            "ada/attention-pytorch",
            "A PyTorch implementation of the Transformer",
            topics=["transformer", "nlp"],
            language="Python",
            languages={"Shell": 50, "Python": 900},
            stars=500,
            license="MIT",
            readme=f"# Attention is all you need\n\nSee arXiv:{ATTENTION}v5.",
            files={
                "train.py": "import torch\n",
                "src/model/net.py": "x = 1\n",
                "logo.png": b"\x89PNG\0",
            },
            issues=issues,
            pushed_at="2022-05-06T07:08:09Z",
            discussions=[Discussion(5, "Which GPU?", "?", comments=["A V100"])],
        ),
        Repo(
            "Grace-Lab/NMT2",
            "attention in TensorFlow",
            language="Jupyter Notebook",
            stars=90,
            readme="The transformer, is all you need in attention.",
            owner_type="Organization",
        ),
        Repo(
            "ada/fork-of-it", "attention", fork=True, parent="Grace-Lab/NMT2", stars=3, readme="#"
        ),
        Repo(
            "zoe/old", "attention, archived", archived=True, language="Python", stars=20, readme="#"
        ),
        Repo("zoe/nothing-yet", "attention of nobody"),
        Repo("zoe/taken-down", "copied", readme="secret", blocked="dmca"),
        Repo("zoe/deleted", "attention, deleted since", readme="#", gone=True),
    ]


UNIVERSE = Universe(
    repositories(),
    papers=[
        Paper(ATTENTION, "Attention Is All You Need", ["A. Vaswani", "N. Shazeer"], "We propose")
    ],
    renamed={"ada/transformer": "ada/attention-pytorch", "ada/first": "ada/transformer"},
    hub={
        ATTENTION: {
            "githubRepo": "https://github.com/ada/attention-pytorch",
            "githubRepoAddedBy": "user",
            "linkedModels": [{"id": "ada/transformer-base"}],
        }
    },
    pwc={
        ATTENTION: {
            "repositories": [{"url": "https://github.com/ada/transformer", "is_official": True}],
            "evaluations": [{"model_name": f"m{n}", "metrics": {"BLEU": n}} for n in range(5)],
        }
    },
)


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    url: str,
    path: str = "",
    *,
    token: str | None = None,
    body: Any = None,
    timeout: float = 10,
    headers: dict[str, str] | None = None,
    **query: Any,
) -> Reply:
    """Send one request with the standard library, which follows and repeats nothing."""
    parts = urlsplit(url + path)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    target += f"?{urlencode(query)}" if query else ""
    sent = {"User-Agent": "tests"} | (headers or {})
    if token:
        sent["Authorization"] = f"Bearer {token}"
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
    try:
        data = None if body is None else json.dumps(body).encode()
        connection.request("POST" if data is not None else "GET", target, data, sent)
        answer = connection.getresponse()
        shown = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, shown, answer.read())
    finally:
        connection.close()


def graphql(services: Services, query: str, **variables: Any) -> Any:
    body = {"query": query, "variables": variables}
    reply = ask(services.url_github, "/graphql", token=TOKEN, body=body)
    assert reply.status == 200, reply.body
    return reply.json
