"""Socket Mode: what comes down a line of our own is kept and acked as what comes by HTTP is."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.chat.cards import Press
from bot.chat.surface import Delivery, Pressed, Typed
from bot.handlers.slack.render import PRESS
from bot.handlers.slack.socket import Socket
from bot.playground.stands.slack.people import SlackUser
from bot.playground.stands.slack.stand import SlackStand

ANA = "U0ANA"
HELP = {"command": "/meet", "text": "help", "team_id": "T1", "user_id": ANA, "channel_id": "D1"}


class Kept:
    """What was kept; the first `failing` times it cannot be."""

    def __init__(self, failing: int = 0) -> None:
        self.failing = failing
        self.deliveries: list[Delivery] = []

    def __call__(self, delivery: Delivery) -> None:
        if self.failing:
            self.failing -= 1
            raise OSError("the disk is full")
        self.deliveries.append(delivery)


@pytest.fixture
def stand() -> Iterator[SlackStand]:
    with SlackStand([SlackUser(id=ANA, handle="ana", name="Ana", email="ana@example.com")], by_socket=True) as stand:
        yield stand


@contextmanager
def line(kept: Kept, stand: SlackStand) -> Iterator[None]:
    """Within the block there is a line to Slack, held open in a loop of its own."""
    assert stand.socket is not None
    socket = Socket(app_token=stand.socket.app_token, api_url=stand.api_url, keep=kept, silence=0.5)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(socket.open(), loop).result()
        assert stand.socket.wait(), "no line was opened"
        yield
    finally:
        asyncio.run_coroutine_threadsafe(socket.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_a_command_is_kept_and_acked(stand: SlackStand) -> None:
    kept = Kept()
    with line(kept, stand):
        assert stand.slash("ana", "/meet help").is_good
    (delivery,) = kept.deliveries
    assert isinstance(delivery.incoming, Typed)
    assert (delivery.incoming.command, bool(delivery.key)) == ("/meet", True)


def test_a_press_is_a_press(stand: SlackStand) -> None:
    kept = Kept()
    pressed = {
        "type": "block_actions",
        "team": {"id": "T1"},
        "user": {"id": ANA},
        "container": {"type": "message", "channel_id": "D1", "message_ts": "1.1"},
        "actions": [{"action_id": f"{PRESS}0", "value": Press("help.show").encoded()}],
    }
    with line(kept, stand):
        assert stand.courier.interaction(pressed).is_good
    assert [type(one.incoming) for one in kept.deliveries] == [Pressed]


def test_an_event_is_known_again_by_its_own_id(stand: SlackStand) -> None:
    kept = Kept()
    event = {
        "event_id": "Ev1",
        "type": "event_callback",
        "team_id": "T1",
        "event": {"type": "app_home_opened", "user": ANA, "channel": "D1", "tab": "messages"},
    }
    with line(kept, stand):
        assert [stand.courier.event(event).is_good for _ in range(2)] == [True, True]
    assert [one.key for one in kept.deliveries] == ["Ev1", "Ev1"]


def test_what_could_not_be_kept_is_not_acked(stand: SlackStand) -> None:
    kept = Kept(failing=1)
    assert stand.socket is not None
    with line(kept, stand):
        assert stand.socket.deliver("slash_commands", HELP, 0.5) is None
        assert stand.slash("ana", "/meet help").is_good
    assert len(kept.deliveries) == 1


def test_a_line_that_slack_wants_renewed_is_opened_anew(stand: SlackStand) -> None:
    kept = Kept()
    assert stand.socket is not None
    with line(kept, stand):
        stand.socket.refresh()
        assert stand.socket.wait_for(2), "no second line was opened"
        assert stand.slash("ana", "/meet help").is_good
    assert len(kept.deliveries) == 1


def test_until_slack_answers_it_is_asked_again(stand: SlackStand) -> None:
    kept = Kept()
    stand.door.fail("apps.connections.open", status=503)
    with line(kept, stand):
        assert stand.slash("ana", "/meet help").is_good
