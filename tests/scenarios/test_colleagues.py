"""A colleague of whom no calendar tells: booked without seeing it, asked once for all, never asked again."""

import pytest

from bot.playground.stands.slack.messages import Message
from bot.playground.stands.slack.people import SlackUser
from bot.playground.tour.play import Play, has, offers
from tests.scenarios.reading import answer, settled

pytestmark = pytest.mark.xdist_group("stage")

WHEN = "30m next week"
BLIND = "Book without seeing it"
NIA = SlackUser(id="U0DEMONIA1", handle="nia", name="Nia New", tz="Europe/Paris", email="nia@acme.example")
OLE = SlackUser(id="U0DEMOOLE1", handle="ole", name="Ole Olsen", tz="Europe/Oslo", email="ole@acme.example")


@pytest.fixture
def town(play: Play) -> Play:
    """The workspace, with two more people who connected nothing."""
    for one in (NIA, OLE):
        play.stage.slack.people.add(one)
    return play


def offered(message: Message) -> bool:
    return bool(offers(message))


def test_a_time_without_somebodys_calendar_says_so_to_everybody_in_it(town: Play) -> None:
    mine, theirs = town.count("ana"), town.count("nia")
    shown = settled(town, "ana", answer(town, "ana", f"/meet @nia {WHEN}"))
    assert shown.labels[-3:] == ("Ask Nia to connect", BLIND, "Not now")
    town.clicks("ana", shown, BLIND)
    times = town.becomes("ana", shown, offered, "times without Nia's calendar", quiet=True)
    assert times.words.count("· Nia not checked") == len(offers(times))
    assert "I can't see whether Nia can make any of these." in times.words
    town.clicks("ana", times, offers(times)[0])
    told = town.sees("nia", has("without seeing your calendar"), "Nia is told so", since=theirs, quiet=True)
    assert "Decline" in told.labels
    ours = town.sees("ana", has("Booked:", "Nia's calendar was not checked"), "booked", since=mine, quiet=True)
    town.clicks("ana", ours, "Undo")
    town.becomes("ana", ours, has("Taken back"), "taken back", within=10.0, quiet=True)


def test_one_message_asks_for_everybody_and_never_means_never(town: Play) -> None:
    theirs = town.count("ole")
    shown = settled(town, "ana", answer(town, "ana", f"/meet @ole {WHEN}"))
    other = answer(town, "kim", f"/meet @ole {WHEN}")
    town.clicks("ana", shown, "Ask Ole to connect")
    asked = town.sees("ole", has("Ana would like to find 30 min with you"), "Ole is asked", since=theirs, quiet=True)
    assert asked.labels == ("Connect my calendar", "Not now", "Never ask")
    town.becomes("ana", shown, has("Asked, waiting"), "Ana reads that they were asked", quiet=True)
    town.clicks("kim", other, "Ask Ole to connect")
    town.becomes("kim", other, has("Ole was asked on", "has not connected yet"), "Kim reads the same", quiet=True)
    assert sum("Never ask" in one.labels for one in town.stage.slack.messages("ole")[theirs:]) == 1
    town.clicks("ole", asked, "Never ask")
    town.becomes("ole", asked, has("I never ask you again"), "Ole is left alone", quiet=True)
    again = answer(town, "kim", f"/meet @ole {WHEN}")
    assert "Ole does not want to be asked." in again.words
    assert again.labels == (BLIND, "Not now")
