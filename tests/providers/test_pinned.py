"""What goes through the guarded door, against a server of our own on loopback."""

import gzip
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
import requests

from bot.core.errors import AddressRefused, NotACalendar, TryLater
from bot.providers.fetch import Door
from bot.providers.pinned import GuardedSession


class Strange(BaseHTTPRequestHandler):
    """A server that misbehaves by path, and remembers what it was sent."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[list[tuple[str, str, str | None]]] = []
    elsewhere: ClassVar[str] = ""

    def answer(self) -> None:
        self.seen.append((self.command, self.path, self.headers.get("Authorization")))
        match self.path:
            case "/redirect":
                self.redirect("/here")
            case "/circle":
                self.redirect("/circle")
            case "/metadata":
                self.redirect("http://169.254.169.254/latest/")
            case "/elsewhere":
                self.redirect(self.elsewhere)
            case "/large":
                self.say(b"x" * 5000)
            case "/bomb":
                self.say(gzip.compress(b"x" * 5_000_000), encoding="gzip")
            case "/drip":
                self.drip()
            case "/half":
                self.say(b"half", length=1000)
                self.close_connection = True
            case _:
                self.say(b"here")

    do_GET = do_PROPFIND = do_PUT = answer  # noqa: N815 - the names http.server looks for

    def redirect(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def say(self, body: bytes, *, encoding: str = "", length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.send_header("Set-Cookie", "session=mine")
        self.end_headers()
        self.wfile.write(body)

    def drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        over = threading.Event()
        try:
            while not over.wait(0.05):
                self.wfile.write(b".")
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    Strange.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Strange)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def door(port: int) -> Door:
    return Door(allowed=frozenset({f"127.0.0.1:{port}"}), most_bytes=4000)


def ask(door: Door, port: int, path: str, method: str = "GET") -> requests.Response:
    with GuardedSession(door) as session:
        return session.request(method, f"http://127.0.0.1:{port}{path}", auth=("ana", "secret"))


def test_an_allowed_host_answers(door: Door, port: int) -> None:
    assert ask(door, port, "/").content == b"here"


def test_nothing_is_sent_to_a_host_that_is_not_allowed(port: int) -> None:
    with pytest.raises(AddressRefused):
        ask(Door(), port, "/")
    assert Strange.seen == []


def test_a_name_that_points_inside_is_refused_where_the_socket_is_made(port: int) -> None:
    door = Door(resolve=lambda _host, _port: ["127.0.0.1"])
    with pytest.raises(AddressRefused), GuardedSession(door) as session:
        session.get(f"https://calendar.example.org:{port}/")
    assert Strange.seen == []


def test_a_name_is_looked_up_once_and_the_connection_goes_there(port: int) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    door = Door(allowed=frozenset({"calendar.test"}), resolve=lambda _host, _port: next(answers))
    with GuardedSession(door) as session:
        assert session.get(f"http://calendar.test:{port}/").content == b"here"
        assert session.get(f"http://calendar.test:{port}/again").content == b"here"


def test_a_redirect_keeps_method_and_password_on_the_same_host(door: Door, port: int) -> None:
    ask(door, port, "/redirect", "PROPFIND")
    assert [(method, path) for method, path, _ in Strange.seen] == [("PROPFIND", "/redirect"), ("PROPFIND", "/here")]
    assert Strange.seen[1][2] == Strange.seen[0][2] is not None


def test_a_redirect_to_another_host_carries_no_password(door: Door, port: int) -> None:
    Strange.elsewhere = f"http://other.test:{port}/there"
    wider = Door(allowed=door.allowed | {f"other.test:{port}"}, resolve=lambda _host, _port: ["127.0.0.1"])
    ask(wider, port, "/elsewhere")
    assert Strange.seen[-1] == ("GET", "/there", None)


def test_a_redirect_to_the_metadata_server_is_refused(door: Door, port: int) -> None:
    with pytest.raises(AddressRefused):
        ask(door, port, "/metadata")


def test_a_write_is_not_redirected(door: Door, port: int) -> None:
    assert ask(door, port, "/redirect", "PUT").status_code == 302


def test_a_circle_ends(door: Door, port: int) -> None:
    with pytest.raises(TryLater, match="circles"):
        ask(door, port, "/circle")
    assert len(Strange.seen) == 6


@pytest.mark.parametrize("path", ["/large", "/bomb"])
def test_too_large_an_answer_is_no_calendar(door: Door, port: int, path: str) -> None:
    with pytest.raises(NotACalendar):
        ask(door, port, path)


def test_half_an_answer_is_a_passing_fault(door: Door, port: int) -> None:
    with pytest.raises(TryLater):
        ask(door, port, "/half")


def test_a_server_that_drips_is_cut_off(door: Door, port: int) -> None:
    with pytest.raises(TryLater):
        ask(replace(door, all_within=timedelta(seconds=0.3)), port, "/drip")


def test_no_cookie_is_kept(door: Door, port: int) -> None:
    with GuardedSession(door) as session:
        session.get(f"http://127.0.0.1:{port}/")
        assert not session.cookies


def test_a_server_that_is_down_may_be_back_later(port: int) -> None:
    door = Door(allowed=frozenset({"127.0.0.1"}))
    with pytest.raises(TryLater):
        ask(door, 1, "/")
