"""A CalDAV server that answers as it is told: for everything that no sound server does."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bot.providers.base import Account, CalendarProvider, Remote
from bot.providers.registry import Services, providers

XML = {"Content-Type": "application/xml; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered to a request."""

    status: int = 207
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: XML)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that came in."""

    method: str
    path: str
    body: str
    headers: Mapping[str, str]


class Scripted:
    """Answers by method and path, or by method, path and a word of the body; 404 to everything else."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        self.work = Remote(f"{self.url}ana/work/")
        self.seen: list[Asked] = []
        self._answers: dict[tuple[str, str, str], Answer] = {}

    def says(self, method: str, path: str, answer: Answer, *, to: str = "") -> None:
        """From now on this is the answer to that request, if `to` is in its body."""
        self._answers[method, path, to] = answer

    def open(self) -> CalendarProvider:
        account = Account(provider="caldav", url=self.url, user="ana", password="secret", addresses=("a@b.org",))
        allowed = frozenset({self.url.removeprefix("http://").rstrip("/")})
        return providers(Services(private_hosts=allowed))["caldav"](account)

    def answer(self, asked: Asked) -> Answer:
        self.seen.append(asked)
        for (method, path, word), answer in reversed(self._answers.items()):
            if (method, path) == (asked.method, asked.path) and word in asked.body:
                return answer
        return Answer(404, "", {})


def multistatus(*responses: str) -> Answer:
    """A 207 of these responses."""
    inner = "".join(responses)
    names = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/"'
    return Answer(207, f'<?xml version="1.0"?><D:multistatus {names}>{inner}</D:multistatus>')


def member(href: str, props: str = "", *, status: int = 200, whole: int | None = None) -> str:
    """One response: properties with a status, or a status for the whole."""
    if whole is not None:
        return f"<D:response><D:href>{href}</D:href><D:status>HTTP/1.1 {whole} X</D:status></D:response>"
    return (
        f"<D:response><D:href>{href}</D:href><D:propstat><D:prop>{props}</D:prop>"
        f"<D:status>HTTP/1.1 {status} X</D:status></D:propstat></D:response>"
    )


@contextmanager
def scripted() -> Iterator[Scripted]:
    """Such a server, on a free port."""
    holder: list[Scripted] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # else each answer leaves in pieces, and waits for an acknowledgement between them

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            told = holder[0].answer(Asked(self.command, self.path, body, dict(self.headers)))
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body.encode())))
            self.end_headers()
            try:
                self.wfile.write(told.body.encode())
                self.wfile.flush()
            except OSError:
                self.close_connection = True  # they hung up, as they should

        do_GET = do_PUT = do_DELETE = do_OPTIONS = do_PROPFIND = do_REPORT = handle_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    holder.append(Scripted(server.server_port))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield holder[0]
    finally:
        server.shutdown()
        server.server_close()
