"""A web server that publishes a calendar, soundly or not."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bot.providers.base import Account
from bot.providers.fetch import Door
from bot.providers.ics.feed import Feed, connect

SECRET = "/private-3f2a9c/basic.ics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is answered: the bytes, or something that goes on making them."""

    status: int = 200
    body: bytes | Callable[[], Iterator[bytes]] = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Publisher:
    """Answers every request with the same page, until told otherwise."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}{SECRET}"
        self.page = Page()
        self.seen: list[Mapping[str, str]] = []
        self.allowed = frozenset({f"127.0.0.1:{port}"})

    def says(self, body: bytes | Callable[[], Iterator[bytes]], headers: str = "", *, status: int = 200) -> None:
        """From now on; the headers as they are written, a line each."""
        told = dict(line.split(": ", 1) for line in headers.splitlines())
        self.page = Page(status=status, body=body, headers=told)

    def open(self, *, within: float = 60, read_within: float = 20) -> Feed:
        account = Account(
            provider="ics", url="", user="Feed of 127.0.0.1", password=self.url, addresses=("ana@example.org",)
        )
        door = Door(
            allowed=self.allowed,
            all_within=timedelta(seconds=within),
            read_within=timedelta(seconds=read_within),
        )
        return connect(account, door)


@contextmanager
def publisher() -> Iterator[Publisher]:
    """Such a server, on a free port."""
    holder: list[Publisher] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            holder[0].seen.append(dict(self.headers))
            page = holder[0].page
            status = page.status
            if page.headers.get("ETag") and self.headers.get("If-None-Match") == page.headers["ETag"]:
                status = 304
            self.send_response(status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if status == 200:
                self._write(page.body)

        def _write(self, body: bytes | Callable[[], Iterator[bytes]]) -> None:
            try:
                for part in [body] if isinstance(body, bytes) else body():
                    self.wfile.write(part)
            except OSError:
                return  # they hung up, as they should

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    holder.append(Publisher(server.server_port))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield holder[0]
    finally:
        server.shutdown()
        server.server_close()
