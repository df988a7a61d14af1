"""A road to a calendar server that can be made to break: an HTTP proxy on loopback, told what happens to each request.

It knows nothing of calendars. What passes unharmed arrives whole, as long as its links are paths.
"""

import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, assert_never

PATIENCE_SECONDS = 60.0
HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "te", "upgrade"})
PLAIN = HOP_BY_HOP | {"accept-encoding"}
"""What a request loses on the way: an answer is to come uncompressed, so that it can be altered."""
METHODS = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PROPFIND", "REPORT", "POST", "MKCALENDAR", "PROPPATCH")


@dataclass(frozen=True, slots=True)
class Passage:
    """A request on its way."""

    method: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """This is what comes back, whatever the server would say."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_done: bool = False
    """Whether the server has done what was asked all the same."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The line goes dead: nothing comes back."""

    is_done: bool = False
    """Whether the request had arrived by then, and was done."""


@dataclass(frozen=True, slots=True)
class Altered:
    """Its body comes back as something else."""

    into: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Late:
    """It arrives, after so many seconds."""

    seconds: float


Mishap = Instead | Lost | Altered | Late
Weather = Callable[[Passage], Mishap | None]
"""What happens to a request; None: nothing."""


def fair(_passage: Passage) -> Mishap | None:
    """Everything arrives."""
    return None


@dataclass(frozen=True, slots=True)
class Trip:
    """A request, what happened to it, and when that was over, in seconds since 1970."""

    passage: Passage
    mishap: Mishap | None
    until: float


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a server said."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]


class Road:
    """Stands while its `with` block lasts; `leads_to` is a `name:port`, and may be set once that is known."""

    def __init__(self, leads_to: str = "") -> None:
        self.leads_to = leads_to
        self.weather: Weather = fair
        self.travelled: list[Trip] = []
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def host(self) -> str:
        """As `OVERLAP_ALLOW_PRIVATE_HOSTS` names it."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(PATIENCE_SECONDS)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def carry(self, passage: Passage, headers: list[tuple[str, str]], body: bytes) -> _Answer | None:
        """What comes back for that request; None where the line goes dead."""
        mishap = self.weather(passage)
        try:
            return self._befallen(mishap, passage, headers, body)
        finally:
            self.travelled.append(Trip(passage, mishap, time.time()))

    def _befallen(
        self, mishap: Mishap | None, passage: Passage, headers: list[tuple[str, str]], body: bytes
    ) -> _Answer | None:
        match mishap:
            case None:
                return self._asked(passage, headers, body)
            case Instead(status=status, body=instead, headers=told, is_done=is_done):
                if is_done:
                    self._asked(passage, headers, body)
                return _Answer(status, instead, tuple(told.items()))
            case Lost(is_done):
                if is_done:
                    self._asked(passage, headers, body)
                return None
            case Altered(into):
                answer = self._asked(passage, headers, body)
                return answer and _Answer(answer.status, into(answer.body), answer.headers)
            case Late(seconds):
                time.sleep(seconds)
                return self._asked(passage, headers, body)
            case _:
                assert_never(mishap)

    def _asked(self, passage: Passage, headers: list[tuple[str, str]], body: bytes) -> _Answer | None:
        """What the server says; a server that is not there is a line that goes dead."""
        server = HTTPConnection(self.leads_to, timeout=PATIENCE_SECONDS)
        try:
            server.request(passage.method, passage.path, body or None, dict(headers))
            answer = server.getresponse()
            kept = tuple((name, told) for name, told in answer.getheaders() if name.lower() not in HOP_BY_HOP)
            return _Answer(answer.status, answer.read(), kept)
        except (OSError, HTTPException):
            return None
        finally:
            server.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_about: Any) -> None:
        """Whoever asked is gone: nobody waits for the answer any more."""


def _handler(road: Road) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One connection."""

        protocol_version = "HTTP/1.1"

        def travel(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kept = [(name, told) for name, told in self.headers.items() if name.lower() not in PLAIN]
            answer = road.carry(Passage(self.command, self.path), kept, body)
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response_only(answer.status)
            for name, told in answer.headers:
                self.send_header(name, told)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else answer.body)

        def log_message(self, *_words: Any) -> None:
            """Nothing: it would tell the terminal."""

    for method in METHODS:
        setattr(Handler, f"do_{method}", Handler.travel)
    return Handler
