"""Bad input in Slack: what is not signed does nothing, and what makes no sense gets a friendly word."""

import hashlib
import hmac
import time
from dataclasses import replace

import pytest

from bot.playground.stands.slack.delivery import FORM, Courier, Signed
from bot.playground.stands.slack.messages import Message
from bot.playground.tour import booking
from bot.playground.tour.play import Play, has, offers
from tests.scenarios.reading import answer, nothing_came_of_it

pytestmark = pytest.mark.xdist_group("stage")

STAMP, SIGNATURE = "x-slack-request-timestamp", "x-slack-signature"
LARGEST = 256 * 1024
REQUEST = "@alex 30m next week"
RLO, PDF, RLM = TURNS = "\u202e\u202c\u200f"
"""What turns the direction of a line around."""
ZALGO = "".join(f"{char}\u0335\u0321\u0353\u0300\u0301\u0302" for char in "meet")


def stamped(play: Play, stamp: str, body: bytes) -> Signed:
    """The body, rightly signed for that timestamp, whatever stands in it."""
    secret = play.stage.slack.signing_secret.encode()
    signed = hmac.new(secret, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return Signed(body, {"content-type": FORM, STAMP: stamp, SIGNATURE: f"v0={signed}"})


@pytest.fixture
def good(play: Play) -> Signed:
    """A command that was signed and sent, and whose answer has come."""
    answer(play, "ana", "/meet help")
    return play.stage.slack.courier.acks[-1].sent


def without(signed: Signed, name: str) -> Signed:
    return replace(signed, headers={key: value for key, value in signed.headers.items() if key != name})


def test_a_wrong_or_missing_signature_is_401_and_does_nothing(play: Play, good: Signed) -> None:
    before = play.count("ana")
    stranger = Courier("", "another secret", time.time)
    for refused in (
        without(good, SIGNATURE),
        without(good, STAMP),
        replace(good, headers={**good.headers, SIGNATURE: f"v0={'0' * 64}"}),
        replace(good, body=good.body + b"&text=connect"),
        stranger.signed(good.body, FORM),
    ):
        ack = play.stage.slack.courier.deliver(refused)
        assert (ack.status, ack.body) == (401, "")
    stranger.close()
    assert nothing_came_of_it(play, "ana", before)


@pytest.mark.parametrize("age", [pytest.param(-301, id="stale"), pytest.param(310, id="of the future")])
def test_a_signature_of_another_time_is_401(play: Play, good: Signed, age: int) -> None:
    before = play.count("ana")
    assert play.stage.slack.courier.deliver(stamped(play, str(int(time.time()) + age), good.body)).status == 401
    assert nothing_came_of_it(play, "ana", before)


@pytest.mark.parametrize("stamp", ["yesterday", "", "1e9", "-1", "0x10", "1 2", "9" * 400, "{now}.5", "+{now}"])
def test_a_timestamp_that_is_no_number_is_401_and_never_500(play: Play, good: Signed, stamp: str) -> None:
    words = stamp.replace("{now}", str(int(time.time())))
    assert play.stage.slack.courier.deliver(stamped(play, words, good.body)).status == 401


def test_the_same_signed_request_again_is_200_and_empty_and_does_nothing_twice(play: Play) -> None:
    answer(play, "ana", "/meet help")
    asked = play.stage.slack.courier.acks[-1]
    before = play.count("ana")
    for _ in range(2):
        again = play.stage.slack.replay(asked)
        assert (again.status, again.body) == (200, "")
    assert nothing_came_of_it(play, "ana", before)


def test_a_body_over_256_kb_is_413_and_one_of_256_kb_is_read(play: Play) -> None:
    courier = play.stage.slack.courier
    assert courier.deliver(courier.signed(b"text=" + b"x" * (LARGEST - 4), FORM)).status == 413
    assert courier.deliver(Signed(b"x" * (LARGEST + 1), {"content-type": FORM})).status == 413
    assert courier.deliver(Signed(b"x" * LARGEST, {"content-type": FORM})).status == 401


def friendly(message: Message) -> None:
    """It gives an example and rings nobody."""
    assert "Try: " in message.words
    assert "/meet @" in message.words or "@example.com" in message.words
    assert message.is_ephemeral
    assert not message.pings
    assert "How to ask" in message.labels


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        pytest.param("flurble the wug", ("flurble",), id="nonsense"),
        pytest.param("@alex flurble 30m next week", ("30m with @alex", "not “flurble”"), id="half of it nonsense"),
        pytest.param("7" * 10_000, ("10,000 characters", "1,000"), id="10 kB of digits"),
        pytest.param("@alex " + "7" * 900, ("“7777",), id="digits that are read"),
        pytest.param(f"@alex {ZALGO} next week", ("not “",), id="zalgo"),
        pytest.param(f"@alex {RLO}30m next week{PDF} {RLM}abc", ("30m next week", "not “abc”"), id="right-to-left"),
        pytest.param("'; DROP TABLE meeting; --", ("DROP",), id="SQL"),
        pytest.param("@alex 30m next week'; DELETE FROM due WHERE '1'='1", ("DELETE",), id="SQL behind a request"),
        pytest.param("@channel 30m next week", ("not “@channel”",), id="everybody in the channel"),
        pytest.param("<!channel> @alex 30m next week", ("not “<!channel>”",), id="markup typed by hand"),
    ],
)  # fmt: skip
def test_what_is_not_understood_gets_a_friendly_word(play: Play, typed: str, says: tuple[str, ...]) -> None:
    shown = answer(play, "ana", f"/meet {typed}")
    friendly(shown)
    assert has(*says)(shown), shown.words


def test_what_cannot_be_seen_and_emoji_stand_in_no_ones_way(play: Play) -> None:
    shown = answer(play, "ana", f"/meet \x00\x07\ufffe @alex {RLM}\U0001f600 next week", offers)
    assert has("30 min with Alex")(shown)


@pytest.mark.parametrize("title", ["@channel party", "<!channel> & <@U0DEMOKIM1> *party*", f"{RLO}ytrap{PDF} {ZALGO}"])
def test_a_title_pings_nobody_wherever_it_is_shown(play: Play, title: str) -> None:
    offered = answer(play, "ana", f"/meet {REQUEST} about {title}", offers)
    ours, invited = booking.book(play, offered)
    try:
        for shown in (offered, ours, invited, play.now("ana", offered)):
            assert not shown.pings
            assert not set(TURNS) & set(shown.text + shown.words)
        copies = [copy for who in ("ana", "alex") for copy in play.copies(who)]
        assert len(copies) == 2
        assert not any(set(f"{TURNS}\r\n") & set(copy.summary) for copy in copies)
    finally:
        booking.take_back(play)


def test_meet_typed_in_the_apps_own_dm_gets_a_lasting_message(play: Play) -> None:
    home = play.stage.slack.home("ana")
    for line, shows in ((f"/meet {REQUEST}", offers), ("/meet status", has("Work")), ("/meet flurble", has("Try: "))):
        shown = answer(play, "ana", line, shows, channel=home)
        assert not shown.is_ephemeral
        assert shown.channel == home
