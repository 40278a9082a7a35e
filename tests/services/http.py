"""The sockets of the made services: one thread that accepts, one for each connection."""

import contextlib
import selectors
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from services.wire import Answer, Request

LARGEST_REQUEST = 10_000_000
_DROP = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


class Handler(BaseHTTPRequestHandler):
    """Reads one request after the other, and delivers the answers."""

    protocol_version = "HTTP/1.1"
    server_version = "GitHub.com"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 600
    server: "Door"

    def log_message(self, *_: Any) -> None:
        """Keep the tests' output clean."""

    def setup(self) -> None:
        super().setup()
        with contextlib.suppress(OSError):
            self.server.doors.joined(self.connection)

    def finish(self) -> None:
        super().finish()
        self.server.doors.left(self.connection)

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def do_GET(self) -> None:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(length) if length.isdecimal() else 0, LARGEST_REQUEST))
        parts = urlsplit(self.path)
        request = Request(
            self.server.service,
            self.command,
            unquote(parts.path),
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            body,
        )
        self.deliver(self.server.respond(request))

    do_POST = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def deliver(self, answer: Answer) -> None:
        """Send an answer as it is to be delivered."""
        closed = self.server.doors.closed
        if answer.delivery in {"hang", "reset"}:
            self.close_connection = True
            if answer.delivery == "hang":
                closed.wait()
            else:
                self.server.doors.dropped(self.connection)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP)
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(answer.body)))
        if answer.delivery != "plain":
            self.send_header("Connection", "close")
            self.close_connection = True
        body = b"" if self.command == "HEAD" or answer.status in {204, 304} else answer.body
        if answer.delivery == "drip":
            self.end_headers()
            self._drip(body, answer.pause_s, closed)
            return
        if answer.delivery == "cut":
            body = body[: len(body) // 2]
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, body: bytes, pause_s: float, closed: threading.Event) -> None:
        for place in range(len(body)):
            self.wfile.write(body[place : place + 1])
            if closed.wait(pause_s):
                return


class Door(ThreadingHTTPServer):
    """The port of one service."""

    daemon_threads = True
    request_queue_size = 256
    timeout = 0

    def __init__(self, service: str, doors: "Doors", respond: Callable[[Request], Answer]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.service, self.doors, self.respond = service, doors, respond

    def server_bind(self) -> None:
        # HTTPServer would look its own name up, which can take seconds without a network.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep what goes wrong in a connection out of the tests' output: clients hang up."""
        del request, client_address

    def shutdown_request(self, request: Any) -> None:
        if self.doors.was_dropped(request):
            request.close()  # without the polite end of shutdown()
        else:
            super().shutdown_request(request)


class Doors:
    """All ports, their connections, and the thread that accepts."""

    def __init__(self, services: tuple[str, ...], respond: Callable[[Request], Answer]) -> None:
        self.closed = threading.Event()
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._dropped: set[socket.socket] = set()
        self._doors = {name: Door(name, self, respond) for name in services}
        self._waker, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, name="services", daemon=True)
        self._thread.start()

    def port(self, service: str) -> int:
        return self._doors[service].server_port

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            for door in self._doors.values():
                selector.register(door, selectors.EVENT_READ, door)
            selector.register(self._woken, selectors.EVENT_READ, None)
            while not self.closed.is_set():
                for key, _ in selector.select():
                    if key.data is not None:
                        key.data.handle_request()

    def joined(self, connection: socket.socket) -> None:
        with self._lock:
            self._open[connection] = threading.current_thread()
            if self.closed.is_set():  # it came in while the doors were closing
                connection.shutdown(socket.SHUT_RDWR)

    def left(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.pop(connection, None)

    def dropped(self, connection: socket.socket) -> None:
        self._dropped.add(connection)

    def was_dropped(self, connection: socket.socket) -> bool:
        return connection in self._dropped

    def close(self) -> None:
        """Stop accepting, end all connections, and wait for their threads."""
        self.closed.set()
        self._waker.send(b"x")
        self._thread.join(5)
        with self._lock:
            threads = list(self._open.values())
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # it is closed already
        for thread in threads:
            thread.join(5)
        for door in self._doors.values():
            door.server_close()
        self._waker.close()
        self._woken.close()
