"""The story as a visitor plays it: each step is ticked when it has happened, and not before."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.playground.site.serve import Site
from bot.playground.site.story import ELSEWHERE, STEPS
from bot.playground.tour.mixed import PLACES, receives
from bot.playground.tour.play import Play
from bot.playground.tour.story import CHAPTERS
from bot.playground.tour.telling import Silent
from tests.playground.visitor import GENERAL, Visitor, labels, next_monday, offers, until, words

pytestmark = pytest.mark.xdist_group("site")

REQUEST = "/meet @alex 30m next week"


@pytest.fixture(scope="module")
def opened_anew(site: Site) -> Iterator[Site]:
    """A page on the same stage that has seen nothing of what other tests did there."""
    with Site(site.parts.stage) as anew:
        yield anew


@pytest.fixture
def visitor(opened_anew: Site) -> Iterator[Visitor]:
    with httpx.Client(base_url=opened_anew.url, timeout=90) as http:
        yield Visitor(http)


def ticked(visitor: Visitor, step: str) -> None:
    until(lambda: step in visitor.done() or None, f"“{step}” is ticked")


def book(visitor: Visitor) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ana books the first time; the message to them and the one to Alex."""
    mine, theirs = visitor.place("ana"), visitor.place("alex")
    since = max(visitor.newest("ana", mine), visitor.newest("alex", theirs))
    message = visitor.offered("ana", REQUEST)
    visitor.presses("ana", GENERAL, message, offers(message)[0])
    ours = visitor.sees("ana", mine, lambda one: "Undo" in labels(one), "it is booked", since=since)
    invited = visitor.sees("alex", theirs, lambda one: "Accept" in labels(one), "an invitation", since=since)
    until(lambda: (visitor.ours("ana") and visitor.ours("alex")) or None, "it is on both calendars")
    return ours, invited


def undo(visitor: Visitor) -> None:
    home = visitor.place("ana")
    now = visitor.sees("ana", home, lambda one: "Undo" in labels(one), "Undo")
    visitor.presses("ana", home, now, "Undo")
    until(lambda: (not visitor.ours("ana") and not visitor.ours("alex")) or None, "it is off both calendars")


def test_every_chapter_of_the_tour_is_something_to_try_or_says_why_not() -> None:
    assert {one.number for one in CHAPTERS} == {one.chapter for one in STEPS} | ELSEWHERE.keys()
    assert len({one.id for one in STEPS}) == len(STEPS)


def test_at_first_nothing_is_ticked_and_nothing_unread(found: dict[str, Any]) -> None:
    for state in found.values():
        assert not any(step["done"] for step in state["story"])
        assert {place["unread"] for place in state["places"]} == {0}
        assert state["general"] == []
        assert state["bot"] == {"isUp": True, "isStarting": False}


def test_asking_turning_pages_and_putting_away(visitor: Visitor) -> None:
    first = visitor.offered("ana", REQUEST)
    ticked(visitor, "ask")
    assert len(visitor.week(next_monday())["ghosts"]) == len(offers(first)) == 5
    assert first["onlyForYou"]
    assert first["ts"] not in [one["ts"] for one in visitor.messages("alex", GENERAL)]
    visitor.presses("ana", GENERAL, first, "More times")
    more = visitor.sees("ana", GENERAL, lambda one: one["edits"] and offers(one) != offers(first), "others")
    assert "pages" not in visitor.done()
    visitor.presses("ana", GENERAL, more, "Not now")
    ticked(visitor, "pages")
    assert visitor.done() == {"ask", "pages"}
    assert visitor.week(next_monday())["ghosts"] == []


def test_what_goes_from_a_calendar_is_room(visitor: Visitor) -> None:
    def on_offer() -> list[str]:
        message = visitor.offered("ana", REQUEST)
        starts = [one["start"] for one in visitor.week(next_monday())["ghosts"]]
        visitor.presses("ana", GENERAL, message, "Not now")
        return starts

    visitor.offered("ana", REQUEST)
    first = visitor.week(next_monday())["ghosts"][0]
    focus = {"title": "Focus", "start": first["start"], "end": first["end"]}
    uid = visitor.post("events", person="ana", calendar="work", **focus)["uid"]
    until(lambda: first["start"] not in on_offer() or None, "it is on offer no more")
    assert "room" not in visitor.done()
    visitor.post("events/delete", person="ana", calendar="work", uid=uid)
    until(lambda: first["start"] in on_offer() or None, "it is on offer again")
    ticked(visitor, "room")


def test_booking_answering_suggesting_and_taking_back(visitor: Visitor) -> None:
    _, invited = book(visitor)
    ticked(visitor, "book")
    mine, theirs = visitor.place("ana"), visitor.place("alex")
    assert next(one["unread"] for one in visitor.state("alex")["places"] if one["kind"] == "app") == 1
    visitor.presses("alex", theirs, invited, "Accept")
    ticked(visitor, "answer")
    now = visitor.sees("alex", theirs, lambda one: one["ts"] == invited["ts"] and one["edits"], "the answer")
    visitor.presses("alex", theirs, now, "Suggest another time")
    choices = visitor.sees("alex", theirs, lambda one: any(x.startswith("Ask for") for x in labels(one)), "times")
    visitor.presses("alex", theirs, choices, next(one for one in labels(choices) if one.startswith("Ask for")))
    asked = visitor.sees("ana", mine, lambda one: any(x.startswith("Keep") for x in labels(one)), "the question")
    assert "suggest" not in visitor.done()
    visitor.presses("ana", mine, asked, next(one for one in labels(asked) if one.startswith("Move")))
    ticked(visitor, "suggest")
    visitor.sees("ana", mine, lambda one: "Undo" in labels(one) and "Before:" in words(one), "it moved")
    undo(visitor)
    ticked(visitor, "undo")


def test_declining(visitor: Visitor) -> None:
    _, invited = book(visitor)
    visitor.presses("alex", visitor.place("alex"), invited, "Decline")
    until(lambda: not visitor.ours("alex") or None, "Alex's copy is gone")
    assert len(visitor.ours("ana")) == 1
    ticked(visitor, "decline")
    home = visitor.place("ana")
    visitor.presses("ana", home, visitor.sees("ana", home, lambda one: "Undo" in labels(one), "Undo"), "Undo")
    until(lambda: not visitor.ours("ana") or None, "it is off Ana's calendar")


def test_clashes_of_the_organiser_and_of_the_other(visitor: Visitor) -> None:
    book(visitor)
    mine, theirs = visitor.place("ana"), visitor.place("alex")
    stands = visitor.ours("ana")[0]
    since = visitor.newest("ana", mine)
    over = {"title": "Dentist", "start": stands["start"], "end": stands["end"]}
    uid = visitor.post("events", person="ana", calendar="personal", **over)["uid"]
    clash = visitor.sees("ana", mine, lambda one: any(x.startswith("Move to") for x in labels(one)), "the clash",
                         since=since)  # fmt: skip
    assert "Dentist" in words(clash)
    visitor.presses("ana", mine, clash, next(one for one in labels(clash) if one.startswith("Move to")))
    until(lambda: visitor.ours("alex")[0]["start"] != stands["start"] or None, "it moved")
    ticked(visitor, "clash")
    visitor.post("events/delete", person="ana", calendar="personal", uid=uid)

    stands, since = visitor.ours("alex")[0], visitor.newest("alex", theirs)
    over = {"title": "Board call", "start": stands["start"], "end": stands["end"]}
    uid = visitor.post("events", person="alex", calendar="work", **over)["uid"]
    clash = visitor.sees("alex", theirs, lambda one: any(x.startswith("Ask to move") for x in labels(one)), "the clash",
                         since=since)  # fmt: skip
    assert "clash-other" not in visitor.done()
    visitor.presses("alex", theirs, clash, next(one for one in labels(clash) if one.startswith("Ask to move")))
    asked = visitor.sees("ana", mine, lambda one: any(x.startswith("Keep") for x in labels(one)), "the question")
    ticked(visitor, "clash-other")
    visitor.presses("ana", mine, asked, next(one for one in labels(asked) if one.startswith("Keep")))
    visitor.post("events/delete", person="alex", calendar="work", uid=uid)
    visitor.sees("alex", theirs, lambda one: one["ts"] == clash["ts"] and not labels(one), "the clash closes")
    undo(visitor)


def test_a_booking_that_is_dragged_takes_the_others_along(visitor: Visitor) -> None:
    book(visitor)
    stands = visitor.ours("ana")[0]
    to = datetime.fromisoformat(stands["start"]) + timedelta(days=14, hours=-1)
    visitor.post("events/move", person="ana", calendar=stands["calendar"], uid=stands["uid"], start=to.isoformat())
    until(lambda: not visitor.ours("alex") or None, "Alex's copy follows")
    ticked(visitor, "drag")
    undo(visitor)


def test_how_everything_stands(visitor: Visitor) -> None:
    visitor.types("ana", "/meet status", visitor.place("ana"))
    ticked(visitor, "status")


def test_one_meeting_across_google_microsoft_and_a_caldav_server(visitor: Visitor, opened_anew: Site) -> None:
    play = Play(opened_anew.parts.stage, Silent())
    receives(play, "ana", "gmail.example")
    receives(play, "alex", "outlook.example")
    message = visitor.offered("ana", "/meet @alex @sam 30m next week")
    assert "mixed" not in visitor.done()
    visitor.presses("ana", GENERAL, message, offers(message)[0])
    until(lambda: all(map(visitor.ours, PLACES)) or None, "it is on all three")
    ticked(visitor, "mixed")
    stands = {who: visitor.ours(who) for who in PLACES}
    assert {who: [one["calendar"] for one in events] for who, events in stands.items()} == {
        who: [place] for who, place in PLACES.items()
    }
    assert len({(one["start"], one["end"]) for events in stands.values() for one in events}) == 1
    undo(visitor)
    until(lambda: not visitor.ours("sam") or None, "it is off Sam's calendar")
    receives(play, "ana", "Work")
    receives(play, "alex", "Work")


def test_a_kill_right_after_a_press_books_once(visitor: Visitor) -> None:
    message = visitor.offered("ana", REQUEST)
    visitor.presses("ana", GENERAL, message, offers(message)[0])
    visitor.post("bot", isUp=False)
    assert visitor.state()["bot"] == {"isUp": False, "isStarting": False}
    assert "kill" not in visitor.done()
    visitor.post("bot", isUp=True)
    assert visitor.state()["bot"] == {"isUp": True, "isStarting": False}
    until(lambda: len(visitor.ours("ana")) == len(visitor.ours("alex")) == 1 or None, "it is on both calendars")
    ticked(visitor, "kill")
    undo(visitor)


def test_what_a_stopped_server_holds_is_not_known_until_it_is_back(visitor: Visitor, site: Site) -> None:
    visitor.post("servers", name="kim", isUp=False)
    try:
        assert next(one for one in visitor.state()["servers"] if one["name"] == "kim")["isUp"] is False
        kim = next(one for one in visitor.week(next_monday())["people"] if one["handle"] == "kim")
        assert not kim["isUp"]
        assert kim["events"]

        def unknown() -> Any:
            since = visitor.newest("ana", GENERAL)
            visitor.types("ana", "/meet @kim 30m next week")
            shown = visitor.sees("ana", GENERAL, lambda one: "Not now" in labels(one), "an answer", since=since)
            return None if offers(shown) else shown

        message = until(unknown, "Kim's calendars vouch no longer")
        assert "Kim" in words(message)
        assert "outage" not in visitor.done()
    finally:
        visitor.post("servers", name="kim", isUp=True)
    visitor.sees("ana", GENERAL, offers, "times", since=message["ts"][:-1])
    ticked(visitor, "outage")
    assert visitor.done() == {one.id for one in STEPS}


def test_slack_refused_nothing_meanwhile(site: Site) -> None:
    assert site.parts.stage.slack.refusals == []
