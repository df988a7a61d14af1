"""An administrator makes one of their calendars a room's, and somebody books it with a person."""

from collections.abc import Iterator

import pytest

from bot.playground.people import Resident
from bot.playground.road import Road
from bot.playground.stage import Stage
from bot.playground.tour import teams
from bot.playground.tour.browser import Browser
from bot.playground.tour.play import Play, has, link, offers
from bot.playground.tour.telling import Silent, until
from bot.playground.world import PERSONAL, Account
from tests.scenarios.dana import living, rows
from tests.scenarios.reading import answer

ADA = Resident(handle="ada", name="Ada Admin", zone="Europe/Berlin", slack_id="U0DEMOADA1", server="ada")
ROOM = "Elbe"

pytestmark = pytest.mark.xdist_group("stage")


@pytest.fixture
def ada(connected: Stage, road: Road) -> Iterator[Account]:
    """Ada, whom Slack calls an administrator, and who has connected her calendars."""
    with living(connected, road, ADA, is_admin=True) as account:
        Play(connected, Silent()).connect("ada")
        yield account


def pages(play: Play) -> tuple[Browser, str]:
    """Ada at the rooms' pages, behind the link from her chat; and where they are."""
    browser = Browser()
    url = link(answer(play, "ada", "/meet rooms", link))
    page = browser.submit(browser.open(url))
    assert "Rooms and equipment" in page.words
    return browser, page.url


def test_a_room_added_by_hand_is_booked_with_a_person_and_removed(play: Play, ada: Account) -> None:
    browser, home = pages(play)
    page = browser.open(f"{home}/calendar")
    (chosen,) = rows(
        play.stage,
        "select id from calendar where name = 'Personal' and connection in"
        " (select id from connection where label like ?)",
        f"{ada.user}%",
    )
    page = browser.submit(page, calendar=chosen[0], name=ROOM, capacity="8", features="screen", second="")
    assert f"{ROOM} @elbe" in page.words
    assert "8 seats" in page.words
    assert "no second account" in page.words
    assert "@elbe: Elbe, 8 seats, screen" in answer(play, "kim", "/meet rooms").words

    since, theirs = play.count("ana"), play.count("kim")
    shown = answer(play, "ana", "/meet @kim @elbe 30m next week", offers)
    assert "30 min with Kim, in Elbe" in shown.words
    assert "Free in Elbe, 8 seats." in shown.words
    play.clicks("ana", shown, offers(shown)[0])
    booked = play.sees("ana", has("Booked:", "Elbe is booked."), "booked, with its room", since=since, quiet=True)
    play.sees("kim", has("Ana booked 30 min with you"), "Kim is told", since=theirs, quiet=True)
    (copy,) = [one for one in ada.events(PERSONAL) if one.tag]
    assert copy.start is not None
    assert [event.tag for event in play.copies("ada")] == [copy.tag]

    play.clicks("ana", booked, "Undo")
    play.becomes("ana", booked, has("Taken back"), "taken back", within=10.0, quiet=True)
    play.comes_true(lambda: not play.copies("ada"), "the room is free again", within=10.0)

    ((room,),) = rows(play.stage, "select person from room where name = ?", ROOM)
    page = browser.submit(browser.open(f"{home}/remove?room={room}"))
    assert "The room was removed." in page.words
    gone = answer(play, "kim", "/meet @elbe 30m next week")
    assert not offers(gone)


def test_who_does_not_administer_gets_the_list_and_no_link(play: Play, ada: Account) -> None:
    assert not link(answer(play, "kim", "/meet rooms"))


def test_teams_has_rooms_of_its_own(play: Play) -> None:
    office = play.stage.teams
    if not office.messages("kim"):
        office.install("kim")
        until(lambda: office.messages("kim") or None, "Kim was not greeted in Teams", within=6.0)
    since = teams.says(play, "kim", "meet rooms")
    teams.sees(play, "kim", has("There are no rooms here yet."), "none is known there", since=since, quiet=True)
