"""Push channels at Google: what is really posted, until when, and what ends them."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bot.core.errors import OurFault, Refused, SignInNeeded
from bot.playground.stands.google.calls import Fault
from bot.playground.stands.google.stand import GoogleStand
from bot.providers.base import Channel, Remote
from bot.providers.google.adapter import Google
from tests.providers.google import ANA, OWN, opened, placed, stand

__all__ = ["opened", "stand"]
PATIENCE = 10.0


class Listener:
    """Somebody who is rung at."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.heard: list[dict[str, str]] = []
        self._more = threading.Condition()

    def hear(self, headers: dict[str, str]) -> None:
        with self._more:
            self.heard.append(headers)
            self._more.notify_all()

    def states(self, count: int) -> list[str]:
        """What was said, once so many messages came."""
        with self._more:
            assert self._more.wait_for(lambda: len(self.heard) >= count, PATIENCE), self.heard
            return [one["x-goog-resource-state"] for one in self.heard]


@pytest.fixture
def listener() -> Iterator[Listener]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(204)
            self.end_headers()
            listener.hear(told)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    listener = Listener(f"http://127.0.0.1:{server.server_port}/ring")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield listener
    server.shutdown()
    thread.join()
    server.server_close()


def open_one(google: Google, stand: GoogleStand, listener: Listener, channel: str = "c-1") -> Channel:
    return google.channels.open(OWN, channel=channel, secret="s-1", address=listener.url, now=stand.now())


def test_every_change_is_posted_with_our_secret(stand: GoogleStand, opened: Google, listener: Listener) -> None:
    channel = open_one(opened, stand, listener)
    placed(stand)
    placed(stand)
    assert listener.states(3) == ["sync", "exists", "exists"]
    assert {one["x-goog-channel-id"] for one in listener.heard} == {"c-1"}
    assert {one["x-goog-channel-token"] for one in listener.heard} == {"s-1"}
    assert {one["x-goog-resource-id"] for one in listener.heard} == {channel.resource}
    numbers = [int(one["x-goog-message-number"]) for one in listener.heard]
    assert numbers[0] == 1
    assert numbers == sorted(set(numbers)), "increasing, and not always by one"


def test_only_what_google_answers_says_until_when(stand: GoogleStand, opened: Google, listener: Listener) -> None:
    channel = open_one(opened, stand, listener)
    assert timedelta(days=6) < channel.expires_at - stand.now() <= timedelta(days=7)
    stand.let_pass(timedelta(days=8))
    placed(stand)
    assert listener.states(1) == ["sync"]


def test_a_new_channel_overlaps_the_old_one(stand: GoogleStand, opened: Google, listener: Listener) -> None:
    old = open_one(opened, stand, listener)
    assert opened.channels.renew(old, now=stand.now()) is None
    open_one(opened, stand, listener, channel="c-2")
    placed(stand)
    assert listener.states(4) == ["sync", "sync", "exists", "exists"]
    opened.channels.close(old)
    opened.channels.close(old)
    placed(stand)
    assert [one["x-goog-channel-id"] for one in listener.heard if listener.states(5)][4:] == ["c-2"]


def test_a_calendar_that_does_not_ring_is_refused(stand: GoogleStand, opened: Google, listener: Listener) -> None:
    holidays = Remote(stand.new_calendar(ANA, "Holidays", rings=False))
    with pytest.raises(Refused):
        opened.channels.open(holidays, channel="c-1", secret="s", address=listener.url, now=stand.now())


def test_an_address_that_google_does_not_trust_is_the_operators(
    stand: GoogleStand, opened: Google, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    """It answers 401, which is not the account's: no token is renewed and nobody is asked to sign in."""
    stand.faults.append(Fault(401, "push.webhookUrlUnauthorized"))
    with pytest.raises(OurFault):
        open_one(opened, stand, listener)
    assert stand.consent.refreshes == 0
    assert "webhookUrlUnauthorized" in caplog.text


def test_a_revoked_grant_ends_its_channels_in_silence(stand: GoogleStand, opened: Google, listener: Listener) -> None:
    channel = open_one(opened, stand, listener)
    stand.revoke(ANA)
    placed(stand)
    opened.channels.close(channel)
    with pytest.raises(SignInNeeded):
        opened.calendars()
    assert listener.states(1) == ["sync"]
