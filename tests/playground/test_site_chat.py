"""The chat behind the page: who sees what, what is typed and pressed, and calm answers to everything else."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from bot.playground.site.again import Again
from bot.playground.site.serve import Site
from tests.playground.visitor import GENERAL, Visitor, buttons, labels, next_monday, offers, until, words

pytestmark = pytest.mark.xdist_group("site")


def unread(visitor: Visitor, who: str) -> dict[str, int]:
    return {place["with"] or place["kind"]: place["unread"] for place in visitor.state(who)["places"]}


def dm(visitor: Visitor, who: str, partner: str) -> str:
    return next(str(one["id"]) for one in visitor.state(who)["places"] if one["with"] == partner)


def test_everybody_has_the_channel_the_app_and_the_others(visitor: Visitor) -> None:
    state = visitor.state("sam")
    assert [one["kind"] for one in state["places"]] == ["channel", "app", "dm", "dm", "dm"]
    assert [one["with"] for one in state["places"][2:]] == ["ana", "alex", "kim"]
    assert state["me"]["zone"] == "Europe/London"
    assert {one["handle"] for one in state["directory"]} > {"overlap", "ana", "bo", "deploybot", "li", "gus"}


def test_what_is_said_in_the_channel_is_for_everybody_and_not_for_the_app(visitor: Visitor, site: Site) -> None:
    before, read = len(site.parts.stage.slack.courier.acks), unread(visitor, "kim")["channel"]
    said = "<script>alert(1)</script> & @alex \u202eno\u202c 🙂"
    assert "ack" not in visitor.types("sam", said)
    seen = visitor.messages("kim", GENERAL)[-1]
    assert seen["text"] == "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <@U0DEMOALEX> \u202eno\u202c 🙂"
    assert seen["by"] == {"handle": "sam", "name": "Sam Okafor", "isBot": False}
    assert len(site.parts.stage.slack.courier.acks) == before
    assert unread(visitor, "kim")["channel"] == read + 1
    assert unread(visitor, "sam")["channel"] == 0
    visitor.post("read", **{"as": "kim", "place": GENERAL})
    assert unread(visitor, "kim")["channel"] == 0


def test_a_dm_is_for_two(visitor: Visitor) -> None:
    place = dm(visitor, "kim", "sam")
    visitor.types("kim", "between us", place)
    assert visitor.messages("sam", place)[-1]["text"] == "between us"
    assert unread(visitor, "sam")["kim"] == 1
    answer = visitor.http.get("api/messages", params={"as": "ana", "place": place})
    assert answer.status_code == 404
    assert "between us" not in answer.text
    assert visitor.refused("type", **{"as": "ana", "place": place, "text": "me too"})[0] == 404


def test_the_app_answers_a_mention_and_words_in_its_dm(visitor: Visitor) -> None:
    home = visitor.place("kim")
    since = visitor.newest("kim", home)
    assert visitor.types("kim", "hey @Overlap 30m with @sam next week")["ack"]["status"] == 200
    visitor.sees("kim", home, offers, "times", since=since)
    assert visitor.messages("sam", GENERAL)[-1]["text"].startswith("hey <@U0OVERLAPB> 30m")
    since = visitor.newest("kim", home)
    visitor.types("kim", "help", home)
    visitor.sees("kim", home, lambda one: "next week" in words(one) and not offers(one), "help", since=since)
    assert unread(visitor, "kim")["app"] == 1
    visitor.post("read", **{"as": "kim", "place": home, "isOpened": True})
    assert unread(visitor, "kim")["app"] == 0


def test_what_only_one_sees_is_not_sent_to_another(visitor: Visitor) -> None:
    message = visitor.offered("kim", "/meet @sam 45m next week")
    assert message["onlyForYou"]
    for who in ("ana", "alex", "sam"):
        assert message["ts"] not in json.dumps(visitor.messages(who, GENERAL))
    pressed = visitor.press("kim", GENERAL, message, offers(message)[0]) | {"as": "sam"}
    assert visitor.refused("press", **pressed) == (409, "That message has changed meanwhile. Look again.")
    visitor.presses("kim", GENERAL, message, "Not now")


def test_of_two_tabs_that_race_one_books_and_both_are_answered(visitor: Visitor, site: Site) -> None:
    home = visitor.place("kim")
    message = visitor.offered("kim", "/meet @sam 20m next week")
    pressed = visitor.press("kim", GENERAL, message, offers(message)[0])
    with ThreadPoolExecutor(2) as tabs:
        answers = list(tabs.map(lambda _: visitor.post("press", **pressed), range(2)))
    assert [one["ack"]["status"] for one in answers] == [200, 200]
    ours = visitor.sees("kim", home, lambda one: "Undo" in labels(one), "it is booked")
    visitor.sees("kim", GENERAL, lambda one: one["ts"] == message["ts"] and not buttons(one), "the times are gone")
    late = visitor.post("press", **visitor.press("kim", GENERAL, message, offers(message)[1]))
    assert late["ack"]["status"] == 200, "a tab that still shows the times may press them"
    until(lambda: len(visitor.ours("kim")) == len(visitor.ours("sam")) == 1 or None, "one meeting")
    visitor.presses("kim", home, ours, "Undo")
    until(lambda: (not visitor.ours("kim") and not visitor.ours("sam")) or None, "it is gone")
    assert site.parts.stage.slack.refusals == []


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        pytest.param({"text": "  \n "}, 400, "Type something first.", id="nothing"),
        pytest.param({"text": "\x00\x07"}, 400, "Type something first.", id="what no keyboard writes"),
        pytest.param({"text": "x" * 12_001}, 413, "That is 12,001 characters; a message takes 12,000 at most.",
                     id="too long a message"),
        pytest.param({"text": "/mete @alex"}, 400, "“/mete” is not a command here. Try /meet help.",
                     id="a command that is none"),
        pytest.param({"as": "mallory"}, 404, "Nobody here is called “mallory”.", id="nobody"),
        pytest.param({"place": "C0YESTERDAY"}, 404, "That conversation is not here.", id="a place of yesterday"),
        pytest.param({"place": 7}, 400, "The request needs “place”.", id="a number for a place"),
        pytest.param({"text": None}, 400, "The request needs “text”.", id="no text"),
    ],
)  # fmt: skip
def test_what_cannot_be_typed_has_a_calm_answer(visitor: Visitor, body: dict[str, object], status: int,
                                                says: str) -> None:  # fmt: skip
    told = visitor.refused("type", **{"as": "ana", "place": GENERAL, "text": "hello", **body})
    assert told[0] == status
    assert told[1].startswith(says)


def test_half_a_character_is_kept_as_a_whole_one(visitor: Visitor) -> None:
    body = '{"as":"sam","place":"C0GENERAL1","text":"broken \\ud83d emoji"}'
    answer = visitor.http.post("api/type", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200
    assert visitor.messages("sam", GENERAL)[-1]["text"] == "broken \ufffd emoji"


def test_ten_megabytes_are_refused_in_a_sentence(site: Site) -> None:
    body = json.dumps({"as": "ana", "place": GENERAL, "text": "x" * 10_000_000})
    answer = httpx.post(f"{site.url}api/type", content=body, headers={"content-type": "application/json"}, timeout=60)
    assert answer.status_code == 413
    assert "at most" in answer.json()["says"]


def test_while_the_bot_is_gone_a_command_says_so_and_a_message_comes_again(visitor: Visitor, site: Site) -> None:
    home = visitor.place("sam")
    again = Again(site.parts.stage.slack, after=(0.2,) * 300)
    visitor.post("bot", isUp=False)
    try:
        status, says = visitor.refused("type", **{"as": "sam", "place": home, "text": "/meet status"})
        assert (status, says) == (502, "/meet failed because Overlap did not respond. Try again in a moment.")
        message = visitor.sees("sam", home, lambda one: "Connected:" in words(one), "that he is connected")
        assert visitor.refused("press", **visitor.press("sam", home, message, labels(message)[0]))[0] == 502
        told = visitor.types("sam", "help", home)
        assert told["ack"]["status"] == 0
        assert "again" in told["says"]
        since = visitor.newest("sam", home)
        again.deliver(site.parts.stage.slack.courier.acks[-1])
    finally:
        visitor.post("bot", isUp=True)
    visitor.sees("sam", home, lambda one: "next week" in words(one), "help, late", since=since)
    again.end()


def test_the_week_is_told_apart_by_its_reader(visitor: Visitor) -> None:
    message = visitor.offered("sam", "/meet @kim 30m next week")
    assert len(visitor.week(next_monday(), "sam")["ghosts"]) == len(offers(message))
    labelled = [one["label"] for one in visitor.week(next_monday(), "sam")["ghosts"]]
    assert labelled == offers(message)
    visitor.presses("sam", GENERAL, message, "Not now")
