"""A calendar that answers with what is no calendar keeps its last good busy times, and its owner is told once."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.playground.believable import Weeks
from bot.playground.road import Altered, Instead, Mishap, Road, fair
from bot.playground.stage import Stage
from bot.playground.tour.play import Play, has, offers, slots
from bot.playground.tour.telling import Silent, until
from tests.scenarios.dana import DANA, is_focus, living, rows
from tests.scenarios.reading import answer

pytestmark = pytest.mark.xdist_group("stage")

PAGE = b"<!DOCTYPE html><html><body><h1>Sign in to the hotel's network</h1></body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}
XML = {"Content-Type": "application/xml; charset=utf-8"}
ASK = "/meet @dana 30m next week"
TOLD = has("I can't read your calendar account", "something that is no calendar")


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa">]><multistatus xmlns="DAV:">&a;</multistatus>'


def half(body: bytes) -> bytes:
    return body[: len(body) // 2]


NO_CALENDAR: dict[str, Mishap] = {
    "garbage": Instead(status=200, body=bytes(range(256)) * 40),
    "garbage that claims to be an answer": Instead(status=207, body=b"\x00<<<&&&" * 99, headers=XML),
    "half a file": Altered(half),
    "HTML": Instead(status=200, body=PAGE, headers=HTML),
    "HTML that claims to be an answer": Instead(status=207, body=PAGE, headers=HTML),
    "nothing": Instead(status=200),
    "nothing that claims to be an answer": Instead(status=207, headers=XML),
    "an answer about nothing": Instead(status=207, body=b'<multistatus xmlns="DAV:"/>', headers=XML),
    "another kind of document": Instead(status=207, body=b'<rss xmlns="DAV:"><channel/></rss>', headers=XML),
    "an XML bomb": Instead(status=207, body=BOMB, headers=XML),
}  # fmt: skip


@pytest.fixture(scope="module")
def town(connected: Stage, road: Road) -> Iterator[Play]:
    """The stage with Dana connected, through the road."""
    play = Play(connected, Silent())
    with living(connected, road):
        play.connect("dana")
        until(lambda: all(read for (read,) in _calendars(connected, "read_at")), "Dana's calendars are read", within=6)
        yield play
        road.weather = fair
        answer(play, "dana", "/meet status")


def _calendars(stage: Stage, what: str) -> list[tuple[object, ...]]:
    """That column of each of Dana's calendars."""
    return rows(stage, f"SELECT {what} FROM calendar JOIN person USING (tenant) WHERE calendar.person = person.id"
                       " AND person.name = ? ORDER BY calendar.id", DANA.name)  # fmt: skip


def _busy(stage: Stage) -> list[tuple[object, ...]]:
    """Everything that is known to stand in Dana's calendars."""
    return rows(stage, "SELECT mirror.* FROM mirror JOIN calendar ON calendar.id = mirror.calendar JOIN person"
                       " ON person.id = calendar.person WHERE person.name = ? ORDER BY 2, 3, 4", DANA.name)  # fmt: skip


def test_what_is_no_calendar_changes_nothing_and_is_told_once(town: Play, road: Road) -> None:
    stage, told = town.stage, town.count("dana")
    before = _busy(stage)
    assert before
    offered = answer(town, "ana", ASK, offers)
    assert not any(is_focus(town.slot("ana", words)[0]) for words in slots(offered))
    for name, mishap in NO_CALENDAR.items():
        road.travelled.clear()
        road.weather = lambda _passage, mishap=mishap: mishap
        until(
            lambda: len(road.travelled) >= 4 and set(_calendars(stage, "calendar.problem")) == {("garbage",)},
            f"{name} is no calendar, and is known to be none: {_calendars(stage, 'calendar.problem')}",
            within=6,
        )
        assert _busy(stage) == before, name
        assert sum(bool(TOLD(one)) for one in stage.slack.messages("dana")[told:]) == 1, name
    _is_marked_stale(town)
    _is_back(town, road, told)


def evening(stage: Stage) -> tuple[datetime, datetime]:
    """Next Friday, after work."""
    start = datetime.combine(Weeks(stage.world.today).day("Fri"), time(19), ZoneInfo(DANA.zone))
    return start, start + timedelta(minutes=30)


def _is_marked_stale(town: Play) -> None:
    """Once it no longer vouches nothing is offered, and what it rests on is said with its age."""
    status = answer(town, "dana", "/meet status")
    assert has("it answers with something that is no calendar. I keep trying", " ago")(status), status.words
    since = town.count("ana")
    town.types("ana", ASK)
    told = town.sees("ana", has("I could not read Dana's calendars just now", "old); I keep trying"), "its age",
                     since=since, within=12, quiet=True)  # fmt: skip
    assert not offers(told)
    assert not any("Nothing fits" in one.words for one in town.stage.slack.messages("ana")[since:])


def _is_back(town: Play, road: Road, told: int) -> None:
    """It is mended by itself: the message about the trouble says so, and rings nobody again."""
    road.weather = fair
    stage = town.stage
    until(lambda: set(_calendars(stage, "calendar.problem")) == {(None,)}, "Dana's calendars are read again", within=20)
    until(
        lambda: not any(map(TOLD, stage.slack.messages("dana")[told:])), "Dana is told that all is well again", within=6
    )
    assert sum(not one.is_ephemeral for one in stage.slack.messages("dana")[told:]) == 1
    offered = answer(town, "ana", ASK, offers)
    assert not any(is_focus(town.slot("ana", words)[0]) for words in slots(offered))


def test_half_an_event_costs_no_busy_time(town: Play, road: Road) -> None:
    """The answer is whole, and what stands in it is cut off."""
    stage, before = town.stage, _busy(town.stage)
    town.stage.world.account("dana").put("work", "A change", *evening(stage))
    road.travelled.clear()
    road.weather = lambda _passage: Altered(
        lambda body: body.replace(b"END:VEVENT", b"").replace(b"END:VCALENDAR", b"")
    )
    try:
        until(lambda: any(trip.passage.method == "REPORT" for trip in road.travelled), "it is read", within=6)
        answer(town, "ana", "/meet help")
        assert set(before) <= set(_busy(stage))
    finally:
        road.weather = fair
    until(lambda: len(_busy(stage)) > len(before), "the change is seen once it is whole", within=20)


def test_a_complete_answer_without_events_is_an_answer(town: Play) -> None:
    """Where much stood there its owner is asked first, and says that it is right."""
    for calendar in ("work", "personal"):
        account = town.stage.world.account("dana")
        for event in account.events(calendar):
            account.delete(calendar, event.uid)
    answered: set[str] = set()

    def is_empty() -> bool:
        for asked in town.stage.slack.messages("dana"):
            if "Yes, take it" in asked.labels and asked.ts not in answered:
                answered.add(asked.ts)
                town.clicks("dana", asked, "Yes, take it")
        return not _busy(town.stage)

    until(is_empty, "nothing stands in Dana's calendars any more", within=20)
