"""arXiv's query API on the loopback, with every fault that was seen of it.

The id that is asked for chooses the scenario: `SCENARIOS` maps ids to what happens, `TITLES`
ids to hostile titles; any other id gets the paper of `FEED`. Use the fixture `arxiv_server`:
`server.url` is for REPROKIT_ARXIV_URL, `server.asked` lists the ids in the order of requests,
`server.agents` the user agents.
"""

import html
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

ATOM = "application/atom+xml; charset=utf-8"

HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"
      xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/loopback</id>
  <title>arXiv Query</title>
  <updated>2026-11-20T00:00:00Z</updated>
  <opensearch:itemsPerPage>1</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
"""

ENTRY = """  <entry>
    <id>http://arxiv.org/abs/{id}</id>
    <title>{title}</title>
    <updated>2026-01-02T00:00:00Z</updated>
    <link href="https://arxiv.org/abs/{id}" rel="alternate" type="text/html"/>
    <summary>{summary}</summary>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
    <category term="stat.ML" scheme="http://arxiv.org/schemas/atom"/>
    <published>2026-01-01T00:00:00Z</published>
    <arxiv:comment>{comment}</arxiv:comment>
    <arxiv:primary_category term="cs.LG"/>
    <author><name>A. Uthor</name></author>
    <author><name>B. \x85Writer</name></author>
  </entry>
"""

# The dialect of 2007: another order, offsets, wrapped lines.
OLD_ENTRY = """  <entry xmlns="http://www.w3.org/2005/Atom">
    <id>http://arxiv.org/abs/{id}</id>
    <published>2003-07-07T13:46:39-04:00</published>
    <updated>2003-07-07T13:46:39-04:00</updated>
    <title>Multi-Electron Production at High Transverse Momenta in ep Collisions at
  HERA</title>
    <summary>  Multi-electron production is studied.
</summary>
    <author><name>H1 Collaboration</name></author>
    <arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">23 pages</arxiv:comment>
    <link href="http://arxiv.org/abs/{id}" rel="alternate" type="text/html"/>
    <arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="hep-ex"/>
    <category term="hep-ex" scheme="http://arxiv.org/schemas/atom"/>
  </entry>
"""

ERROR = """  <entry>
    <id>https://arxiv.org/api/errors#incorrect_id_format_for_abc</id>
    <title>Error</title>
    <updated>2026-04-12T22:59:06Z</updated>
    <summary>incorrect id format for abc</summary>
    <author><name>arXiv api core</name></author>
  </entry>
"""

TITLES = {
    "2601.00101": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "2601.00102": "${oc.env:HOME}",
    "2601.00103": "../../x",
    "2601.00104": "escape \x9b31m and \u202ebidi\u202c",
    "2601.00105": "[/foo] [bold]x[/bold]",
    "2601.00106": "a smile \U0001f600 for {{GAN}} and {% the state",
    "2601.00107": "'\"\\ $(id) `id` <script>alert(1)</script> ${{ github.token }}",
}

SCENARIOS = {
    "2601.00201": "limited",
    "2601.00202": "unavailable",
    "2601.00203": "html",
    "2601.00204": "empty",
    "2601.00205": "truncated",
    "2601.00206": "drip",
    "2601.00207": "hang",
    "2601.00208": "huge",
    "2601.00209": "error_200",
    "2601.00210": "error_400",
    "2601.00211": "another",
    "2601.00212": "withdrawn",
    "2601.00213": "patients",
    "2601.00214": "empty_once",
    "2601.00215": "elsewhere",
    "2601.00216": "bad_date",
    "2601.00217": "cut_off",
    "hep-ex/0307015": "dialect_2007",
    "1803.01271": "hang",  # one that the catalogue knows
    "1801.04406": "limited",
}


def entry(number: str, **fields: str) -> str:
    defaults = {"title": f"Paper {number}", "summary": "What it says.", "comment": "9 pages"}
    shown = number if "v" in number else f"{number}v2"
    escaped = {key: html.escape(value) for key, value in (defaults | fields).items()}
    return ENTRY.format(id=shown, **escaped)


def feed(*entries: str) -> bytes:
    return (HEAD.format(total=len(entries)) + "".join(entries) + "</feed>\n").encode()


class Handler(BaseHTTPRequestHandler):
    """Plays one request."""

    server: "ArxivServer"

    def log_message(self, *_: Any) -> None:
        """Keep the tests' output clean."""

    def do_GET(self) -> None:
        number = parse_qs(urlsplit(self.path).query).get("id_list", [""])[0]
        self.server.asked.append(number)
        self.server.agents.append(self.headers["User-Agent"])
        scenario = SCENARIOS.get(number, "paper")
        play: Callable[[str], None] = getattr(self, scenario)
        try:
            play(number)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def answer(self, body: bytes, status: int = 200, kind: str = ATOM) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def paper(self, number: str) -> None:
        base = number.partition("v")[0]
        title = TITLES.get(base, f"Paper {base}")
        self.answer(feed(entry(number, title=title)))

    def limited(self, _: str) -> None:
        self.send_response(429)
        self.send_header("Retry-After", "3600")
        self.send_header("Content-Length", "14")
        self.end_headers()
        self.wfile.write(b"Rate exceeded.")

    def unavailable(self, _: str) -> None:
        self.answer(b"busy", 503, "text/plain")

    def html(self, _: str) -> None:
        self.answer(b"<html><body>Access Denied</body></html>", kind="text/html")

    def empty(self, _: str) -> None:
        self.answer(feed())

    def empty_once(self, number: str) -> None:
        self.answer(feed() if self.server.asked.count(number) == 1 else feed(entry(number)))

    def truncated(self, number: str) -> None:
        self.answer(feed(entry(number))[:-40])

    def cut_off(self, number: str) -> None:
        body = feed(entry(number))
        self.send_response(200)
        self.send_header("Content-Type", ATOM)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:-40])
        self.close_connection = True

    def drip(self, number: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", ATOM)
        self.end_headers()
        for byte in feed(entry(number)):
            self.wfile.write(bytes([byte]))
            if self.server.stopped.wait(0.05):
                return

    def hang(self, _: str) -> None:
        self.server.stopped.wait(60)

    def huge(self, _: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", ATOM)
        self.end_headers()
        for _chunk in range(50):
            self.wfile.write(b" " * 1_000_000)
            self.server.sent += 1_000_000

    def error_200(self, _: str) -> None:
        self.answer(feed(ERROR))

    def error_400(self, _: str) -> None:
        self.answer(feed(ERROR), 400)

    def another(self, _: str) -> None:
        self.answer(feed(entry("2601.09999")))

    def withdrawn(self, number: str) -> None:
        comment = "This paper has been withdrawn by the author. It has been superseded"
        self.answer(feed(entry(number, comment=comment)))

    def patients(self, number: str) -> None:
        summary = "Three patients were withdrawn from the study."
        self.answer(feed(entry(number, summary=summary)))

    def elsewhere(self, _: str) -> None:
        self.send_response(302)
        self.send_header("Location", "http://localhost.invalid/api/query")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def bad_date(self, number: str) -> None:
        self.answer(feed(entry(number)).replace(b"2026-01-01T00:00:00Z", b"yesterday"))

    def dialect_2007(self, number: str) -> None:
        self.answer(feed(OLD_ENTRY.format(id=f"{number}v1")))


class ArxivServer(ThreadingHTTPServer):
    """The server, and what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.agents: list[str] = []
        self.sent = 0
        self.stopped = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api/query"

    def stop(self) -> None:
        self.stopped.set()
        self.shutdown()
        self.server_close()
