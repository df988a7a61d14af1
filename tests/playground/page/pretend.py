"""A pretend playground behind the page: it says what a test wants said, and remembers what the page asked for."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import bot.playground
from bot.playground.site.guard import HEADERS

Json = dict[str, Any]

PAGE = Path(bot.playground.__file__).parent / "page"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
NOW = datetime(2026, 11, 25, 9, 20, tzinfo=UTC)
GENERAL = "C0GENERAL"
PEOPLE = [
    {"handle": "ana", "name": "Ana Brandt", "zone": "Europe/Berlin", "id": "U0ANA"},
    {"handle": "alex", "name": "Alex Rivera", "zone": "America/New_York", "id": "U0ALEX"},
    {"handle": "sam", "name": "Sam Okafor", "zone": "Europe/London", "id": "U0SAM"},
    {"handle": "kim", "name": "Kim Rao", "zone": "Asia/Kolkata", "id": "U0KIM"},
]
BOT = {"handle": None, "name": "Overlap", "isBot": True}
FINE: Json = {"ok": True, "ack": {"status": 200, "seconds": 0.021}}


def block_kit(*blocks: Json) -> list[Json]:
    return [{"block_id": f"b{place}", **block} for place, block in enumerate(blocks)]


def event(title: str, start: str, end: str, **more: Any) -> Json:
    """An event as /api/week tells it."""
    usual = {
        "uid": f"{title}@test", "instance": None, "calendar": "work", "title": title, "start": start, "end": end,
        "allDay": False, "first": None, "last": None, "isFree": False, "isDeclined": False, "isTentative": False,
        "isOurs": False, "isSeries": False, "place": "",
    }  # fmt: skip
    return {**usual, **more}


@dataclass
class Pretend:
    """Its fields are the whole world; a test sets them, and rings."""

    now: datetime = NOW
    is_bot_up: bool = True
    down: set[str] = field(default_factory=set)
    """Handles of those whose calendar server is off."""
    unread: dict[tuple[str, str], int] = field(default_factory=dict)
    story: list[Json] = field(default_factory=list)
    ghosts: list[Json] = field(default_factory=list)
    events: dict[str, list[Json]] = field(default_factory=dict)
    """By handle; whatever week is asked for."""
    exchanges: list[Json] = field(default_factory=list)
    messages: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """By whose eyes and where."""
    asked: list[tuple[str, Json]] = field(default_factory=list)
    """What the page wanted done: path and body, in order."""
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By path: the status and the sentence to answer with."""
    _version: int = 1
    _listeners: set[int] = field(default_factory=set)
    _rung: list[str] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _server: ThreadingHTTPServer | None = None
    _port: int = 0

    # Its life.

    def start(self) -> None:
        """Serve; after a stop, at the same address again."""
        handler = type("Handler", (_Handler,), {"pretend": self})
        self._server = _Server(("127.0.0.1", self._port), handler)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Stop answering, and let every listener go."""
        server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        server.server_close()
        with self._changed:
            self._changed.notify_all()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/"

    # What tests do with it.

    def says(
        self, *blocks: Json, who: Json = BOT, text: str = "words", to: str = "ana", place: str = GENERAL, **more: Any
    ) -> Json:
        """A new message there; the page hears of it by the next `ring`."""
        said = self.messages.setdefault((to, place), [])
        at = self.now + timedelta(seconds=len(said))
        message = {
            "ts": f"{at.timestamp():.6f}", "at": at.isoformat(), "by": who, "text": text,
            "blocks": block_kit(*blocks), "onlyForYou": False, "edits": 0, "isDeleted": False, **more,
        }  # fmt: skip
        said.append(message)
        return message

    def ring(self, *topics: str) -> None:
        """Tell the page that these have changed."""
        with self._changed:
            self._version += 1
            self._rung += topics
            self._changed.notify_all()

    def wanted(self, path: str) -> list[Json]:
        """The bodies that the page sent there."""
        return [body for where, body in self.asked if where == f"/api/{path}"]

    # What it answers.

    def answer(self, path: str, query: Mapping[str, str]) -> Json:
        match path:
            case "/api/state":
                return self._state(query["as"])
            case "/api/messages":
                return {"messages": self.messages.get((query["as"], query["place"]), [])}
            case "/api/week":
                return {"from": query["from"], "people": [self._week(one) for one in PEOPLE], "ghosts": self.ghosts}
            case "/api/glass":
                return {"exchanges": [one for one in self.exchanges if one["n"] > int(query["after"])]}
        raise KeyError(path)

    def _state(self, who: str) -> Json:
        me = next(one for one in PEOPLE if one["handle"] == who)
        others = [one for one in PEOPLE if one is not me]
        places = [
            {"id": GENERAL, "kind": "channel", "name": "general"},
            {"id": f"D0{who}", "kind": "app", "name": "Overlap"},
            *({"id": f"D0{who}{one['handle']}", "kind": "dm", "name": one["name"]} for one in others),
        ]
        return {
            "me": me,
            "people": PEOPLE,
            "places": [{**one, "unread": self.unread.get((who, str(one["id"])), 0)} for one in places],
            "bot": {"isUp": self.is_bot_up},
            "servers": [
                {"name": "office", "people": ["ana", "alex", "sam"], "isUp": "ana" not in self.down},
                {"name": "kim", "people": ["kim"], "isUp": "kim" not in self.down},
            ],
            "story": self.story,
            "now": self.now.isoformat(),
            "version": self._version,
        }

    def _week(self, person: Json) -> Json:
        calendars = [{"id": "work", "name": "Work"}, {"id": "personal", "name": "Personal"}]
        return {
            **{key: person[key] for key in ("handle", "name", "zone")},
            "calendars": calendars,
            "isUp": person["handle"] not in self.down,
            "events": self.events.get(str(person["handle"]), []),
        }

    def do(self, path: str, body: Json) -> tuple[int, Json]:
        self.asked.append((path, body))
        if path in self.refusals:
            status, says = self.refusals[path]
            return status, {"ok": False, "says": says}
        if path == "/api/read":
            self.unread.pop((body["as"], body["place"]), None)
        if path == "/api/bot":
            self.is_bot_up = body["isUp"]
        return 200, FINE

    def listen(self, write: Any) -> None:
        """Tell one browser of every ring until the server stops."""
        server, heard = self._server, len(self._rung)
        write(b"retry: 200\n\n")
        while self._server is server:
            with self._changed:
                self._changed.wait(timeout=0.5)
                topics, heard = self._rung[heard:], len(self._rung)
            if self._server is server:
                write("".join(f"event: {one}\ndata: {{}}\n\n" for one in topics).encode() or b": here\n\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that went away is nothing to tell."""


class _Handler(BaseHTTPRequestHandler):
    pretend: Pretend

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/api/stream":
            self._head(200, "text/event-stream", None)
            self.pretend.listen(lambda words: (self.wfile.write(words), self.wfile.flush()))
        elif parts.path.startswith("/api/"):
            self._json(*self._looked(parts.path, dict(parse_qsl(parts.query))))
        else:
            self._file(parts.path.removeprefix("/page") if parts.path != "/" else "/index.html")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._json(*self.pretend.do(self.path, body))

    def _looked(self, path: str, query: Mapping[str, str]) -> tuple[int, Json]:
        try:
            return 200, self.pretend.answer(path, query)
        except (KeyError, StopIteration):
            return 404, {"ok": False, "says": "That is not here."}

    def _file(self, path: str) -> None:
        found = PAGE / path.lstrip("/")
        if not found.is_file():
            self._json(404, {"ok": False, "says": "That file is not part of the page."})
            return
        body = found.read_bytes()
        self._head(200, KINDS[found.suffix], len(body))
        self.wfile.write(body)

    def _json(self, status: int, body: Json) -> None:
        words = json.dumps(body).encode()
        self._head(status, "application/json", len(words))
        self.wfile.write(words)

    def _head(self, status: int, kind: str, length: int | None) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "content-type": kind}.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("content-length", str(length))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def until(is_so: Any, what: str, *, within: float = 5.0) -> Any:
    """What it gives once that is true."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        if found := is_so():
            return found
        time.sleep(0.02)
    raise AssertionError(f"not within {within} s: {what}")
