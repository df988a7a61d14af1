"""A colleague who connected nothing, seen through the asker's own Google account as their company lets everybody.

A command's response URL only ever adds a message: in Slack what was awaited stands below "Reading…".
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.playground.stands.slack.messages import Message
from bot.playground.stands.slack.people import SlackUser
from bot.playground.tour.play import Play, Shows, has, offers, slots
from tests.scenarios.reading import answer

pytestmark = pytest.mark.xdist_group("stage")

ZONE = "Europe/Berlin"
WHEN = "30m next week"
QUESTION = "calendar.freebusy.query"
BLIND = "Book without seeing it"
TITLE = "Dentist-of-theirs"
HELD_SECONDS = 3.0
FREE_FROM = 11


def works_here(play: Play, handle: str, *, is_shown: bool = True) -> str:
    """Somebody at the company of Ana's Google account, busy in the mornings, who connects nothing; their address."""
    email = f"{handle}@gmail.example"
    google = play.stage.world.google
    google.add(email, handle.title(), zone=ZONE)
    google.office.users[email].shows_freebusy = is_shown
    morning = datetime.combine(play.stage.world.today, datetime.min.time(), ZoneInfo(ZONE)).replace(hour=7)
    for day in range(15):
        start = morning + timedelta(days=day)
        google.place(email, start=start, end=start.replace(hour=FREE_FROM), summary=TITLE)
    who = SlackUser(id=f"U0DEMO{handle.upper()}", handle=handle, name=f"{handle.title()} Grau", tz=ZONE, email=email)
    play.stage.slack.people.add(who)
    return email


@contextmanager
def thinking(play: Play) -> Iterator[None]:
    """Within the block Google has not answered the next question for busy times yet."""
    answers = threading.Event()
    play.stage.world.google.meanwhile[QUESTION] = lambda: answers.wait(HELD_SECONDS)
    try:
        yield
    finally:
        answers.set()


def offered(message: Message) -> bool:
    return bool(offers(message))


def starts(play: Play, message: Message) -> list[datetime]:
    return [play.slot("ana", one)[0].astimezone(ZoneInfo(ZONE)) for one in slots(message)]


def follows(play: Play, shown: Message, shows: Shows, words: str) -> Message:
    """What Ana was told after that message, as she waited for it."""
    since = 1 + [one.ts for one in play.stage.slack.messages("ana")].index(shown.ts)
    return play.sees("ana", shows, words, since=since, quiet=True)


def test_it_says_that_it_reads_and_then_answers_by_itself(play: Play) -> None:
    works_here(play, "gia")
    with thinking(play):
        shown = answer(play, "ana", f"/meet @gia {WHEN}", has("Reading Gia's company calendar…"))
        assert offers(shown) == []
    times = follows(play, shown, offered, "times by the company calendar")
    assert "Gia's from the company calendar, read " in times.words
    assert [one for one in starts(play, times) if one.hour < FREE_FROM] == []
    assert TITLE not in times.words


def test_an_error_for_one_person_is_unknown_and_not_free(play: Play) -> None:
    email = works_here(play, "hal")
    silent = play.stage.world.google.service.silent
    silent.add(email)
    shown = answer(play, "ana", f"/meet @hal {WHEN}")
    told = follows(play, shown, has("I could not read Hal's company calendar"), "that it could not be read")
    assert told.labels == (BLIND, "Not now")
    silent.discard(email)
    play.types("ana", "/meet @hal 45m next week")  # which asks at once, and not when the first would have been repeated
    first = follows(play, told, lambda it: offered(it) and has("30 min with Hal")(it), "times for what waited")
    assert [one for one in starts(play, first) if one.hour < FREE_FROM] == []


def test_whom_the_company_does_not_show_is_not_free_either(play: Play) -> None:
    works_here(play, "ivo", is_shown=False)
    shown = answer(play, "ana", f"/meet @ivo {WHEN}")
    told = follows(play, shown, has("the company calendar doesn't show me theirs"), "that it is not shown")
    assert told.labels == ("Ask Ivo to connect", BLIND, "Not now")
