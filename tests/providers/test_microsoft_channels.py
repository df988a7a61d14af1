"""Push from Microsoft: subscriptions that really shake hands, ring, are renewed, and end."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import NotFound, Refused, TryLater
from bot.providers.base import Channel, Channels, shared
from tests.providers.listening import Listener, listening
from tests.providers.microsoft import ALEX, DRAFT, NINE, World, world


@pytest.fixture
def one() -> Iterator[World]:
    with world() as made:
        yield made


@pytest.fixture
def ear() -> Iterator[Listener]:
    with listening() as made:
        yield made


def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def channels(one: World) -> Channels:
    found = one.opened.channels
    assert found is not None
    return found


def opened(one: World, ear: Listener, secret: str = "s3cret") -> Channel:
    return channels(one).open(one.remote, channel="c-1", secret=secret, address=ear.url, now=now())


def test_it_rings_of_every_change_and_proves_itself(one: World, ear: Listener) -> None:
    channel = opened(one, ear)
    assert ear.handshakes == 1
    event = one.stand.place(one.remote, NINE.start, NINE.end)
    one.stand.move(event, NINE.end)
    one.stand.delete(event)
    told = ear.wait(3)
    assert [each["changeType"] for each in told] == ["created", "updated", "deleted"]
    assert {(each["subscriptionId"], each["clientState"]) for each in told} == {(channel.id, "s3cret")}


def test_it_rings_of_its_own_calendar_only(one: World, ear: Listener) -> None:
    opened(one, ear)
    one.stand.place(one.stand.calendar(ALEX), NINE.start, NINE.end)
    one.opened.put(one.remote, DRAFT)
    one.stand.push.settle()
    assert {each["changeType"] for each in ear.items} == {"created"}


def test_it_lives_nearly_a_week(one: World, ear: Listener) -> None:
    length = opened(one, ear).expires_at - now()
    assert timedelta(days=6, hours=23) < length < timedelta(days=7)


def test_where_it_may_only_live_three_days_it_does(one: World, ear: Listener) -> None:
    one.stand.push.longest = timedelta(minutes=4_230)
    channel = opened(one, ear)
    assert timedelta(days=2) < channel.expires_at - now() < timedelta(days=3)
    renewed = channels(one).renew(channel, now=now())
    assert renewed is not None
    assert renewed.expires_at >= channel.expires_at


def test_it_is_renewed_in_place(one: World, ear: Listener) -> None:
    channel = opened(one, ear)
    renewed = channels(one).renew(channel, now=now())
    assert renewed is not None
    assert (renewed.id, renewed.expires_at >= channel.expires_at) == (channel.id, True)


def test_one_that_microsoft_lost_is_not_found(one: World, ear: Listener) -> None:
    channel = opened(one, ear)
    one.stand.push.lose(channel.id)
    with pytest.raises(NotFound):
        channels(one).renew(channel, now=now())
    channels(one).close(channel)


def test_closed_is_closed(one: World, ear: Listener) -> None:
    channel = opened(one, ear)
    channels(one).close(channel)
    channels(one).close(channel)
    one.stand.place(one.remote, NINE.start, NINE.end)
    one.stand.push.settle()
    assert ear.items == []


@pytest.mark.parametrize("event", ["reauthorizationRequired", "subscriptionRemoved", "missed"])
def test_what_happens_to_it_is_told_to_the_same_address(one: World, ear: Listener, event: str) -> None:
    channel = opened(one, ear)
    one.stand.push.lifecycle(event)
    (told,) = ear.wait(1)
    assert (told["lifecycleEvent"], told["subscriptionId"], told["clientState"]) == (event, channel.id, "s3cret")
    if event == "subscriptionRemoved":
        with pytest.raises(NotFound):
            channels(one).renew(channel, now=now())


@pytest.mark.parametrize(
    "answer",
    [
        (200, "text/plain", "something else"),
        (404, "text/plain", "{}"),
        (200, "text/html", "{}"),
        (202, "text/plain", "{}"),
    ],
)
def test_an_address_that_does_not_shake_hands_opens_nothing(answer: tuple[int, str, str]) -> None:
    with listening() as ear, world() as one:
        status, kind, body = answer
        ear.echoes = lambda word: (status, kind, body.replace("{}", word))
        with pytest.raises(TryLater):
            opened(one, ear)
        assert one.stand.push.subscriptions == {}
        assert {each.partition(": ")[2].split()[1] for each in one.stand.graph.refusals} == {"ValidationError"}
        one.stand.graph.refusals.clear()


def test_a_second_one_for_the_same_is_not_opened(one: World, ear: Listener) -> None:
    opened(one, ear)
    with pytest.raises(TryLater):
        opened(one, ear)


def test_what_is_only_seen_rings_nobody(one: World, ear: Listener) -> None:
    with pytest.raises(Refused):
        channels(one).open(shared(ALEX), channel="c", secret="s", address=ear.url, now=now())


def test_an_address_that_is_slow_to_shake_hands_opens_nothing(one: World, ear: Listener) -> None:
    one.stand.push.handshake_seconds = 0.2
    slow = threading.Event()

    def echo(word: str) -> tuple[int, str, str]:
        slow.wait(5)
        return 200, "text/plain", word

    ear.echoes = echo
    with pytest.raises(TryLater):
        opened(one, ear)
    slow.set()
    one.stand.graph.refusals.clear()
