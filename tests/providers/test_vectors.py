"""Where an address that somebody typed, or a server named, could lead us: nowhere inside, by no adapter, at no hop.

Two listeners stand at one port of loopback and count who calls. Whatever is refused is refused by name, and neither
is ever called.
"""

import select
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass

import pytest

from bot.core.errors import AddressRefused, OverlapError, TryLater
from bot.providers.base import Account, CalendarProvider, Remote
from bot.providers.caldav import connect as caldav
from bot.providers.fetch import Door
from bot.providers.ics.feed import FEED
from bot.providers.ics.feed import connect as feed
from tests.providers.microsoft import WINDOW
from tests.providers.publisher import Publisher, publisher
from tests.providers.scripted import Answer, Scripted, member, multistatus, scripted

LITERAL = {
    "loopback": "https://127.0.0.1:{port}/",
    "the end of loopback": "https://127.255.255.254:{port}/",
    "loopback by name": "https://localhost:{port}/",
    "loopback by name with a dot": "https://localhost.:{port}/",
    "loopback in one number": "https://2130706433:{port}/",
    "loopback in octal": "https://0177.0.0.1:{port}/",
    "loopback in hexadecimal": "https://0x7f000001:{port}/",
    "loopback cut short": "https://127.1:{port}/",
    "loopback in wide digits": "https://１２７.０.０.１:{port}/",
    "nowhere": "https://0.0.0.0:{port}/",
    "loopback of IPv6": "https://[::1]:{port}/",
    "nowhere of IPv6": "https://[::]:{port}/",
    "mapped": "https://[::ffff:127.0.0.1]:{port}/",
    "mapped in hexadecimal": "https://[::ffff:7f00:1]:{port}/",
    "compatible": "https://[::127.0.0.1]:{port}/",
    "NAT64": "https://[64:ff9b::7f00:1]:{port}/",
    "NAT64 of one's own": "https://[64:ff9b:1::7f00:1]:{port}/",
    "6to4": "https://[2002:7f00:1::]:{port}/",
    "Teredo": "https://[2001:0:7f00:1::]:{port}/",
    "unique local": "https://[fd12:3456::1]:{port}/",
    "link-local of IPv6": "https://[fe80::1]:{port}/",
    "site-local": "https://[fec0::1]:{port}/",
    "segment routing": "https://[5f00::1]:{port}/",
    "the metadata server of IPv6": "https://[fd00:ec2::254]/",
    "private, ten": "https://10.0.0.1:{port}/",
    "private, 172": "https://172.31.255.254:{port}/",
    "private, 192": "https://192.168.0.1:{port}/",
    "CGNAT": "https://100.64.0.1:{port}/",
    "link-local": "https://169.254.1.1:{port}/",
    "the metadata server": "https://169.254.169.254/latest/meta-data/",
    "Alibaba's metadata server": "https://100.100.100.200/",
    "Azure's host": "https://168.63.129.16/",
    "Oracle's metadata server": "https://192.0.0.192/",
    "multicast": "https://224.0.0.1:{port}/",
    "broadcast": "https://255.255.255.255:{port}/",
    "http": "http://127.0.0.1:{port}/",
    "http to a public one": "http://93.184.215.14/",
    "a user before the host": "https://calendar.example.org@127.0.0.1:{port}/",
    "a user and a password": "https://a:b@127.0.0.1:{port}/",
    "a backslash": "https://calendar.example.org\\@127.0.0.1:{port}/",
    "a file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:{port}/_x",
    "ftp": "ftp://127.0.0.1:{port}/",
    "data": "data:text/calendar,BEGIN:VCALENDAR",
    "a port of another service": "https://93.184.215.14:22/",
    "a name that cannot be written": "https://*.example.org/",
    "brackets around nothing": "https://[/",
}
IN_A_HEADER = {name: url for name, url in LITERAL.items() if url.isascii()}
NAMES = ("metadata.google.internal", "metadata", "rebound.example.org")


@dataclass
class Trap:
    """Who listens where nobody may call."""

    sockets: Sequence[socket.socket]
    port: int

    @property
    def was_called(self) -> bool:
        return bool(select.select(self.sockets, [], [], 0)[0])


@pytest.fixture(scope="module")
def trap() -> Iterator[Trap]:
    with ExitStack() as open_:
        four = open_.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        port: int = four.getsockname()[1]
        sockets = [four]
        with suppress(OSError):
            sockets.append(open_.enter_context(closing(socket.create_server(("::1", port), family=socket.AF_INET6))))
        yield Trap(sockets, port)


def signed_in(url: str, door: Door) -> CalendarProvider:
    return caldav(Account(provider="caldav", url=url, user="ana", password="secret", addresses=()), door)


def published(url: str, door: Door) -> CalendarProvider:
    return feed(Account(provider="ics", url="", user="Feed", password=url, addresses=()), door)


ADAPTERS = {"a CalDAV server": signed_in, "a feed": published}


def goes(opened: Callable[[], CalendarProvider]) -> None:
    provider = opened()
    try:
        provider.calendars()
    finally:
        provider.close()


@pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS)
@pytest.mark.parametrize("url", LITERAL.values(), ids=LITERAL)
def test_no_address_that_is_typed_leads_inside(
    adapter: Callable[[str, Door], CalendarProvider], url: str, trap: Trap
) -> None:
    with pytest.raises(AddressRefused):
        goes(lambda: adapter(url.format(port=trap.port), Door()))
    assert not trap.was_called


@pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS)
@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_inside_whatever_it_answers_the_next_time(
    adapter: Callable[[str, Door], CalendarProvider], name: str, trap: Trap
) -> None:
    answers = iter([["93.184.215.14", "127.0.0.1"], ["127.0.0.1"], ["127.0.0.1"]])
    door = Door(resolve=lambda _host, _port: next(answers))
    for _ in range(2):
        with pytest.raises(AddressRefused):
            goes(lambda: adapter(f"https://{name}:{trap.port}/", door))
    assert not trap.was_called


@pytest.mark.parametrize("adapter", ADAPTERS.values(), ids=ADAPTERS)
def test_a_name_that_changes_its_answer_is_gone_to_where_it_was_checked(
    adapter: Callable[[str, Door], CalendarProvider], trap: Trap
) -> None:
    asked: list[str] = []

    def rebinds(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["192.0.2.1"] if len(asked) > 1 else ["::ffff:127.0.0.1"]

    with pytest.raises(AddressRefused):
        goes(lambda: adapter(f"https://rebound.example.org:{trap.port}/", Door(resolve=rebinds)))
    assert asked == ["rebound.example.org"]
    assert not trap.was_called


@pytest.fixture(scope="module")
def server() -> Iterator[Scripted]:
    with scripted() as server:
        yield server


@pytest.fixture(scope="module")
def web() -> Iterator[Publisher]:
    with publisher() as web:
        yield web


@pytest.mark.parametrize("hop", [1, 3, 6])
@pytest.mark.parametrize("url", IN_A_HEADER.values(), ids=IN_A_HEADER)
def test_no_redirect_of_a_server_leads_inside_at_any_hop(server: Scripted, url: str, hop: int, trap: Trap) -> None:
    moved = url.format(port=trap.port)
    for number in range(1, hop):
        server.says("PROPFIND", f"/{number - 1 or ''}", Answer(307, "", {"Location": f"/{number}"}))
    server.says("PROPFIND", f"/{hop - 1 or ''}", Answer(308, "", {"Location": moved}))
    with pytest.raises(OverlapError):
        goes(server.open)
    assert not trap.was_called


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("url", IN_A_HEADER.values(), ids=IN_A_HEADER)
def test_no_redirect_of_a_feed_leads_inside(web: Publisher, url: str, status: int, trap: Trap) -> None:
    web.says(b"", f"Location: {url.format(port=trap.port)}", status=status)
    with closing(web.open()) as opened, pytest.raises(AddressRefused):
        opened.calendars()
    assert not trap.was_called


HREFS: dict[str, Callable[[Scripted, str], None]] = {
    "who the account is": lambda server, url: server.says(
        "PROPFIND",
        "/",
        multistatus(
            member("/", f"<D:current-user-principal><D:href>{url}</D:href></D:current-user-principal>"),
        ),
    ),
    "where its calendars are": lambda server, url: server.says(
        "PROPFIND",
        "/",
        multistatus(member("/", f"<C:calendar-home-set><D:href>{url}</D:href></C:calendar-home-set>")),
    ),
}


@pytest.mark.parametrize("says", HREFS.values(), ids=HREFS)
@pytest.mark.parametrize("url", LITERAL.values(), ids=LITERAL)
def test_no_link_in_an_answer_leads_inside(
    server: Scripted, says: Callable[[Scripted, str], None], url: str, trap: Trap
) -> None:
    says(server, url.format(port=trap.port))
    with pytest.raises(OverlapError):
        goes(server.open)
    assert not trap.was_called


def test_no_calendar_that_stands_inside_is_read(server: Scripted, trap: Trap) -> None:
    for url in LITERAL.values():
        remote = Remote(url.format(port=trap.port))
        with closing(server.open()) as opened, pytest.raises(OverlapError):
            opened.read(remote, WINDOW, "UTC")
    assert not trap.was_called


def test_a_name_with_dead_addresses_without_end_is_soon_given_up() -> None:
    door = Door(allowed=frozenset({"many.example.org"}), resolve=lambda _host, _port: ["127.0.0.1"] * 10_000)
    with closing(published("http://many.example.org:1/", door)) as opened, pytest.raises(TryLater):
        opened.read(FEED, WINDOW, "UTC")
    assert len(door.addresses(door.target("http://many.example.org:1/"))) == 8
