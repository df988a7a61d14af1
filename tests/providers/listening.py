"""Whoever is posted to: a small server that keeps what came, and answers a handshake as it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATIENCE = 10.0


@dataclass
class Listener:
    """What came in at one address."""

    url: str = ""
    items: list[dict[str, Any]] = field(default_factory=list)
    handshakes: int = 0
    echoes: Callable[[str], tuple[int, str, str]] = lambda word: (200, "text/plain; charset=utf-8", word)
    """How a validation token is answered: status, type and body."""

    def wait(self, count: int) -> list[dict[str, Any]]:
        """The items, as soon as there are that many."""
        until = time.monotonic() + PATIENCE
        while len(self.items) < count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.items) >= count
        return list(self.items)


@contextmanager
def listening() -> Iterator[Listener]:
    """Such a server, on a free port."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            words = parse_qs(urlsplit(self.path).query).get("validationToken")
            if words:
                listener.handshakes += 1
                status, kind, told = listener.echoes(words[0])
            else:
                listener.items += json.loads(body)["value"]
                status, kind, told = 202, "text/plain", ""
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(told.encode())))
            self.end_headers()
            self.wfile.write(told.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.url = f"http://127.0.0.1:{server.server_port}/ring/secret"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
