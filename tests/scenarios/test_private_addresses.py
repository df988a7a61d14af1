"""A calendar's address that points into our own network is refused before anything is sent there."""

import select
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

import pytest

from bot.playground.road import Altered, Instead, Road, Weather, fair
from bot.playground.tour.browser import Browser, Page
from bot.playground.tour.play import Play, link
from tests.scenarios.dana import living, rows
from tests.scenarios.reading import answer

pytestmark = pytest.mark.xdist_group("stage")

REFUSED = "so it was not contacted"
"""It lies in a private network."""
IN_THE_OPEN = "would send your password in the open"

PRIVATE = {
    "loopback": "https://127.0.0.1:{port}/",
    "loopback by name": "https://localhost:{port}/",
    "loopback by a name that ends in a dot": "https://LocalHost.:{port}/",
    "loopback in one number": "https://2130706433:{port}/",
    "loopback in hexadecimal": "https://0x7f000001:{port}/",
    "loopback cut short": "https://127.1:{port}/",
    "anywhere in loopback": "https://127.8.9.10:{port}/",
    "no address at all": "https://0.0.0.0:{port}/",
    "loopback of IPv6": "https://[::1]:{port}/",
    "loopback of IPv4 in IPv6": "https://[::ffff:127.0.0.1]:{port}/",
    "a private network": "https://10.0.0.1:{port}/dav/",
    "another private network": "https://172.16.31.9/",
    "the router at home": "https://192.168.1.1/",
    "carrier-grade NAT": "https://100.64.0.1/",
    "link-local": "https://169.254.7.7/",
    "the metadata server": "https://169.254.169.254/latest/meta-data/",
}
MORE = {
    "the metadata server of IPv6": ("https://[fd00:ec2::254]/", REFUSED),
    "link-local of IPv6": ("https://[fe80::1]/", REFUSED),
    "NAT64 to loopback": ("https://[64:ff9b::7f00:1]:{port}/", REFUSED),
    "another port of an allowed host": ("https://127.0.0.1:{port}/", REFUSED),
    "http": ("http://127.0.0.1:{port}/", IN_THE_OPEN),
    "http to the metadata server": ("http://169.254.169.254/", IN_THE_OPEN),
    "a port of another service": ("https://127.0.0.1:22/", REFUSED),
    "a password in the address": ("https://a:b@127.0.0.1:{port}/", "holds a user name"),
    "a file": ("file:///etc/passwd", "not the address of a server"),
    "gopher": ("gopher://127.0.0.1:{port}/", "not the address of a server"),
}


@dataclass
class Trap:
    """Somebody on loopback who listens at a port, and notes whether anybody ever called."""

    sockets: list[socket.socket]
    port: int

    @property
    def was_touched(self) -> bool:
        return bool(select.select(self.sockets, [], [], 0.05)[0])


@contextmanager
def trap() -> Iterator[Trap]:
    with closing(socket.create_server(("127.0.0.1", 0))) as four:
        port: int = four.getsockname()[1]
        listening = [four]
        with suppress(OSError):
            listening.append(socket.create_server(("::1", port), family=socket.AF_INET6))
        yield Trap(listening, port)
        for one in listening[1:]:
            one.close()


@contextmanager
def signing_in(play: Play, who: str) -> Iterator[tuple[Browser, Page]]:
    """They opened their link, and the page asks for an account."""
    shown = answer(play, who, "/meet connect", link)
    browser = Browser()
    try:
        page = browser.submit(browser.open(link(shown)))
        page = browser.open(f"{page.url}/caldav")
        assert "Sign in" in page.words
        yield browser, page
    finally:
        browser.close()


def typed(browser: Browser, page: Page, url: str) -> Page:
    return browser.submit(page, service="other", url=url, user="bo", password="secret")


def test_private_addresses_are_refused_before_anything_is_sent(play: Play) -> None:
    with trap() as somebody, signing_in(play, "bo") as (browser, page):
        for name, url in PRIVATE.items():
            told = typed(browser, page, url.format(port=somebody.port))
            assert told.status == 422, name
            assert REFUSED in told.words, (name, told.words)
            assert "secret" not in told.words
        assert not somebody.was_touched


def test_so_is_whatever_else_is_no_public_https_address(play: Play) -> None:
    with trap() as somebody, signing_in(play, "bo") as (browser, page):
        for name, (url, says) in MORE.items():
            told = typed(browser, page, url.format(port=somebody.port))
            assert told.status == 422, name
            assert says in told.words, (name, told.words)
        assert not somebody.was_touched
    assert not rows(play.stage, "SELECT 1 FROM connection JOIN person ON person.id = person WHERE name = 'Bo Lund'")


def test_an_allowed_server_cannot_send_us_on_to_a_private_one(play: Play, road: Road) -> None:
    with trap() as somebody, living(play.stage, road), signing_in(play, "bo") as (browser, page):
        evil = f"http://127.0.0.1:{somebody.port}/"
        weathers: dict[str, Weather] = {
            "by a redirect": lambda _: Instead(status=302, headers={"Location": evil}),
            "by a permanent redirect": lambda _: Instead(status=308, headers={"Location": "https://169.254.169.254/"}),
            "by the links in its answers": lambda _: Altered(
                lambda body: body.replace(b"<href>/", f"<href>{evil}".encode())
            ),
        }
        account = play.stage.world.account("dana")
        try:
            for name, weather in weathers.items():
                road.weather = weather
                told = browser.submit(page, service="other", url=road.url, user=account.user, password=account.password)
                assert told.status == 422, (name, told.words)
        finally:
            road.weather = fair
        assert not somebody.was_touched
