"""Slack's door: only what Slack signed gets in, everything that gets in is kept once, and the ack says so."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from bot.chat.cards import Button, Press, plain_card
from bot.chat.surface import Met, Pressed, Typed
from bot.core.clock import SystemClock
from bot.core.errors import InvalidInput
from bot.core.text import say
from bot.handlers.slack import app, render
from bot.handlers.slack.front import LARGEST
from bot.playground.stands.slack.delivery import FORM, JSON, Signed
from bot.playground.stands.slack.stand import SlackStand
from tests.handlers.slack_door import Behind, door

COMMAND = b"command=%2Fmeet&text=&team_id=T1&user_id=U1&channel_id=C1"
Spoil = Callable[[Signed], Signed]


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[SlackStand, Behind]]:
    with door() as both:
        yield both


@pytest.fixture
def slack(opened: tuple[SlackStand, Behind]) -> SlackStand:
    return opened[0]


@pytest.fixture
def behind(opened: tuple[SlackStand, Behind]) -> Behind:
    opened[1].kept.clear()
    opened[1].failure = None
    return opened[1]


def with_header(name: str, value: str) -> Spoil:
    return lambda signed: replace(signed, headers={**signed.headers, name: value})


def without_header(name: str) -> Spoil:
    return lambda signed: replace(signed, headers={k: v for k, v in signed.headers.items() if k != name})


STAMP, SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(without_header(STAMP), id="no timestamp"),
        pytest.param(without_header(SIGNATURE), id="no signature"),
        pytest.param(with_header(STAMP, "yesterday"), id="a timestamp that is no number"),
        pytest.param(with_header(STAMP, ""), id="an empty timestamp"),
        pytest.param(with_header(STAMP, "-1"), id="a negative timestamp"),
        pytest.param(with_header(STAMP, "1e9"), id="a timestamp with an exponent"),
        pytest.param(with_header(STAMP, "9" * 400), id="a timestamp beyond all time"),
        pytest.param(with_header(STAMP, str(int(time.time()) + 100)), id="another second than was signed"),
        pytest.param(with_header(SIGNATURE, "v0=" + "0" * 64), id="a wrong signature"),
        pytest.param(with_header(SIGNATURE, "v1=x"), id="another version of signature"),
        pytest.param(lambda signed: replace(signed, body=signed.body + b"&x=1"), id="another body than was signed"),
    ],
)
def test_what_slack_did_not_sign_is_refused_and_does_nothing(slack: SlackStand, behind: Behind, spoil: Spoil) -> None:
    ack = slack.courier.deliver(spoil(slack.courier.signed(COMMAND, FORM)))
    assert ack.status == 401
    assert not behind.kept


@pytest.mark.parametrize("age", [pytest.param(-301, id="too old"), pytest.param(310, id="from the future")])
def test_a_signature_of_another_time_is_refused(slack: SlackStand, behind: Behind, age: int) -> None:
    courier = replace(slack.courier, now=lambda: time.time() + age)
    assert courier.deliver(courier.signed(COMMAND, FORM)).status == 401
    assert not behind.kept


def test_a_body_over_256_kb_is_refused_before_it_is_looked_at(slack: SlackStand, behind: Behind) -> None:
    signed = slack.courier.signed(COMMAND + b"&x=" + b"1" * LARGEST, FORM)
    assert slack.courier.deliver(signed).status == 413
    assert not behind.kept


def test_a_large_body_that_does_not_say_its_size_is_refused(slack: SlackStand, behind: Behind) -> None:
    signed = slack.courier.signed(b"x" * (LARGEST + 1), FORM)
    chunks = iter([signed.body[:1000], signed.body[1000:]])
    answer = slack.courier._client.post(slack.courier.url, content=chunks, headers=dict(signed.headers))
    assert answer.status_code == 413
    assert not behind.kept


def test_a_signed_command_is_kept_and_acked_with_nothing(slack: SlackStand, behind: Behind) -> None:
    ack = slack.slash("ana", "/meet @alex 30m next week")
    assert (ack.status, ack.body) == (200, "")
    assert isinstance(behind.last.incoming, Typed)


def test_any_name_of_the_command_is_taken(slack: SlackStand, behind: Behind) -> None:
    assert slack.slash("ana", "/overlap-beta help").is_good
    incoming = behind.last.incoming
    assert isinstance(incoming, Typed)
    assert incoming.command == "/overlap-beta"


def test_the_same_request_again_is_acked_and_does_nothing_twice(slack: SlackStand, behind: Behind) -> None:
    ack = slack.slash("ana", "/meet help")
    again = slack.replay(ack)
    assert (again.status, again.body) == (200, "")
    assert len(behind.kept) == 1


def test_an_event_that_slack_sends_again_does_nothing_twice(slack: SlackStand, behind: Behind) -> None:
    ack = slack.say("ana", "help")
    assert slack.redeliver(ack).is_good
    assert len(behind.kept) == 1


def test_opening_the_dm_is_kept(slack: SlackStand, behind: Behind) -> None:
    assert slack.open_home("ana").is_good
    assert isinstance(behind.last.incoming, Met)


def test_a_press_is_kept(slack: SlackStand, behind: Behind) -> None:
    card = plain_card(say("Go?"), Button(label="Go", does=Press("v", "s", "c")))
    message = slack.workspace.post(slack.home("ana"), render.message(card))
    assert slack.press("ana", message, "Go").is_good
    assert isinstance(behind.last.incoming, Pressed)


def test_what_is_none_of_ours_is_acked_and_not_kept(slack: SlackStand, behind: Behind) -> None:
    assert slack.event({"type": "reaction_added", "user": "U0ANA"}).is_good
    assert not behind.kept


def test_a_delivery_that_cannot_be_kept_is_not_acked(slack: SlackStand, behind: Behind) -> None:
    behind.failure = OSError("the database is gone")
    assert slack.slash("ana", "/meet help").status == 500
    behind.failure = None
    assert slack.slash("ana", "/meet help").is_good


def test_a_look_at_the_certificate_is_answered_without_a_signature(slack: SlackStand, behind: Behind) -> None:
    assert slack.courier.deliver(Signed(b"ssl_check=1&token=x", {"content-type": FORM})).status == 200
    assert not behind.kept


def test_a_command_that_claims_to_be_a_look_at_the_certificate_needs_a_signature(slack: SlackStand) -> None:
    assert slack.courier.deliver(Signed(COMMAND + b"&ssl_check=1", {"content-type": FORM})).status == 401


def test_slack_verifies_the_address(slack: SlackStand) -> None:
    signed = slack.courier.signed(b'{"type":"url_verification","challenge":"abc"}', JSON)
    ack = slack.courier.deliver(signed)
    assert (ack.status, ack.body) == (200, '{"challenge": "abc"}')
    assert slack.courier.deliver(replace(signed, headers={"content-type": JSON})).status == 401


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b"{", JSON, id="half of some JSON"),
        pytest.param(b"[1]", JSON, id="a list"),
        pytest.param(b'{"a":' * 40_000, JSON, id="deeper than any parser goes"),
        pytest.param(b"payload=[1]", FORM, id="a payload that is a list"),
        pytest.param(b'payload={"type":"block_actions","actions":[]}', FORM, id="a press of nothing"),
        pytest.param(b'payload={"type":"block_actions","actions":"x"}', FORM, id="a press of a word"),
        pytest.param(b'{"type":"event_callback","event":"x"}', JSON, id="an event that is a word"),
        pytest.param(b'{"type":"event_callback","authorizations":["x"],"event":{}}', JSON, id="authorised by a word"),
        pytest.param(b"\xff\xfe", FORM, id="no UTF-8"),
    ],
)
def test_a_signed_body_of_no_shape_is_a_bad_request(slack: SlackStand, behind: Behind, body: bytes, kind: str) -> None:
    assert slack.courier.deliver(slack.courier.signed(body, kind)).status == 400
    assert not behind.kept


def test_without_a_signing_secret_there_is_no_door() -> None:
    with pytest.raises(InvalidInput, match="signing secret"):
        app.routes(signing_secret="", keep=lambda _delivery: None, clock=SystemClock())


def test_bolts_own_variables_change_nothing() -> None:
    tempting = {"SLACK_SIGNING_SECRET": "other", "SLACK_BOT_TOKEN": "xoxb-other", "SLACK_CLIENT_ID": "1",
                "SLACK_CLIENT_SECRET": "2", "SLACK_VERIFICATION_TOKEN": "x"}  # fmt: skip
    script = (
        "from tests.handlers.slack_door import door\n"
        "with door() as (slack, behind):\n"
        "    ack = slack.slash('ana', '/meet help')\n"
        "    print(ack.status, len(behind.kept))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, **tempting}, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["200", "1"]
