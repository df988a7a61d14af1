"""A page of 250 Google events: from its bytes to what blocks, against `json` and `datetime.fromisoformat`.

The page is a believable one: a series every working day, meetings with many guests, whole days, what is free, declined
and out of office, as Google sends it without `fields` and with the ones that we ask for. Both ways must agree first.
"""

import gc
import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from bot.core.events import BusyCause, Instance, Kind, Status, distinct
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.core.zones import zone
from bot.playground.stands.google.described import method
from bot.providers.google.reading import FIELDS, PAGE, instances
from tests.benchmarks.rows import Row, median_of_ratios

ZONE = "Europe/Berlin"
WINDOW = Interval(datetime(2026, 11, 23, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))
EVENTS, ROUNDS, REPEATS = 250, 15, 20
SECOND = timedelta(seconds=1)
STATUSES = frozenset({"confirmed", "tentative", "cancelled"})
KINDS = frozenset({"default", "fromGmail", "focusTime", "outOfOffice", "workingLocation", "birthday"})
ANSWERS = frozenset({"", "needsAction", "accepted", "tentative", "declined"})

log = logging.getLogger(__name__)


def rows() -> list[Row]:
    """The medians over rounds in which both take turns."""
    page = full_page(random.Random(7))
    asked = method("calendar.v3", "events", "list").picked(page, FIELDS)
    found = []
    for name, told in (("whole", page), ("as we ask for it", asked)):
        body = json.dumps(told).encode()
        mine, theirs = ours(body), by_hand(body)
        if mine != theirs or len(mine) < EVENTS / 2:
            raise AssertionError("the two do not read the same from the page")
        gc.collect()
        gc.freeze()  # what the benchmark itself holds is nobody's to look through
        took = [(spent(ours, body), spent(by_hand, body)) for _ in range(ROUNDS)]
        gc.unfreeze()
        ratio = median_of_ratios([one for one, _ in took], [other for _, other in took])
        found += [
            Row(name=f"250 Google events {name}, against json + fromisoformat", value=ratio, unit="×", goal=0.5),
            Row(
                name=f"250 Google events {name} ({len(body) // 1024} KiB), CPU",
                value=median(one for one, _ in took),
                unit="ms",
            ),
        ]
    return found


def spent(read: Callable[[bytes], object], body: bytes) -> float:
    """CPU milliseconds of one reading."""
    began = time.thread_time()
    for _ in range(REPEATS):
        read(body)
    return (time.thread_time() - began) * 1000 / REPEATS


def ours(body: bytes) -> list[Instance]:
    """As the adapter reads it."""
    page = PAGE.decode(body)
    return distinct(instances(page.items, WINDOW, page.time_zone or ZONE))


def by_hand(body: bytes) -> list[Instance]:
    """The same with the standard library alone."""
    page = json.loads(body)
    return distinct(_each(page["items"], page["timeZone"]))


def _each(items: list[dict[str, Any]], zone_name: str) -> Iterator[Instance]:
    for event in items:
        marks = _marks(event.get("extendedProperties") or {})
        meeting = marks.get("overlapMeeting") or None
        answer = _own_answer(event.get("attendees") or ())
        shown, said = event.get("transparency", "opaque"), event.get("status", "confirmed")
        is_off, is_free = said == "cancelled" or answer == "declined", shown == "transparent"
        start, end = event.get("start"), event.get("end") or event.get("start")
        if not start or not end:
            continue
        is_none = is_off or (is_free and "date" not in start)
        if meeting is None and (is_none or event.get("eventType") in ("workingLocation", "birthday")):
            continue
        begins, ends = _instant(start, zone_name), _instant(end, zone_name)
        is_empty = begins == ends and "date" not in start
        if meeting is None and (begins >= WINDOW.end or ends <= WINDOW.start or is_empty):
            continue
        original = event.get("originalStartTime")
        kind, cause = _kind(event, shown, said, answer)
        yield Instance(
            uid=marks.get("overlapUid") or event.get("iCalUID") or event["id"],
            starts=begins if original is None or original == start else _instant(original, zone_name),
            when=Interval(begins, max(ends, begins + SECOND)),
            kind=kind,
            all_day="date" in start,
            ours=None if meeting is None else MeetingId(meeting),
            status=Status(said) if said in STATUSES else Status.CONFIRMED,
            sequence=event.get("sequence", 0),
            blocks=not (is_off or is_free),
            is_declined=answer == "declined",
            cause=BusyCause.PLAIN if is_off else BusyCause.FREE if is_free else cause,
        )


def _marks(kept: dict[str, Any]) -> dict[str, str]:
    for side in ("shared", "private"):
        marks: dict[str, str] = kept.get(side) or {}
        if "overlapMeeting" in marks:
            return marks
    return {}


def _own_answer(guests: Sequence[dict[str, Any]]) -> str:
    for guest in guests:
        if guest.get("self"):
            answer = str(guest.get("responseStatus", ""))
            return "" if guest.get("organizer") and answer == "needsAction" else answer
    return ""


def _kind(event: dict[str, Any], shown: str, said: str, answer: str) -> tuple[Kind, BusyCause]:
    kind = event.get("eventType", "default")
    if kind not in KINDS or shown not in ("opaque", "transparent") or answer not in ANSWERS:
        log.warning("Something at Google is unknown: it blocks")
    if kind == "outOfOffice":
        return Kind.AWAY, BusyCause.AWAY
    if kind == "focusTime":
        return Kind.SOFT, BusyCause.FOCUS
    if answer == "needsAction":
        return Kind.SOFT, BusyCause.UNANSWERED
    is_unsure = said == "tentative" or answer == "tentative"
    return (Kind.SOFT, BusyCause.TENTATIVE) if is_unsure else (Kind.HARD, BusyCause.PLAIN)


def _instant(moment: dict[str, Any], zone_name: str) -> datetime:
    told = moment.get("dateTime")
    if told is None:
        day = date.fromisoformat(moment["date"])
        return datetime(day.year, day.month, day.day, tzinfo=zone(zone_name)).astimezone(UTC)
    at = datetime.fromisoformat(told).replace(microsecond=0)
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone(moment.get("timeZone") or zone_name))
    return at.astimezone(UTC)


def full_page(chance: random.Random) -> dict[str, Any]:
    """What Google sends without `fields`."""
    return {
        "kind": "calendar#events",
        "etag": '"p33o9f"',
        "summary": "ana@acme.example",
        "updated": "2026-11-25T08:00:00.000Z",
        "timeZone": ZONE,
        "accessRole": "owner",
        "defaultReminders": [{"method": "popup", "minutes": 10}],
        "items": [_event(chance, number) for number in range(EVENTS)],
    }


def _event(chance: random.Random, number: int) -> dict[str, Any]:
    at = datetime(2026, 11, 23, 8, tzinfo=zone(ZONE)) + timedelta(
        days=number // 3, minutes=chance.randrange(0, 540, 15)
    )
    ends = at + timedelta(minutes=chance.choice((15, 30, 60, 90)))
    named = f"{chance.getrandbits(130):026x}"
    is_whole_day = number % 25 == 0
    event: dict[str, Any] = {
        "kind": "calendar#event",
        "etag": f'"{chance.getrandbits(52)}"',
        "id": named,
        "status": "tentative" if number % 20 == 0 else "confirmed",
        "htmlLink": f"https://www.google.com/calendar/event?eid={named * 2}",
        "created": "2026-01-05T09:12:44.000Z",
        "updated": "2026-11-20T16:40:03.117Z",
        "summary": f"Meeting number {number}",
        "description": "What there is to talk about, and what there was last time.\n" * chance.randrange(4),
        "creator": {"email": "boss@acme.example"},
        "organizer": {"email": "boss@acme.example", "displayName": "The Boss"},
        "start": {"date": at.date().isoformat()} if is_whole_day else _moment(at),
        "end": {"date": (at.date() + timedelta(days=1)).isoformat()} if is_whole_day else _moment(ends),
        "iCalUID": f"{named}@google.com",
        "sequence": number % 3,
        "reminders": {"useDefault": True},
        "eventType": ("outOfOffice" if number % 50 == 1 else "focusTime" if number % 30 == 2 else "default"),
    }
    if number % 9 == 4:
        event["transparency"] = "transparent"
    if number % 3:
        answer = chance.choice(("accepted", "accepted", "accepted", "declined", "needsAction", "tentative"))
        event["attendees"] = [{"email": "ana@acme.example", "self": True, "responseStatus": answer}]
    if number % 2 and not is_whole_day:
        event |= {"recurringEventId": named, "originalStartTime": _moment(at)}
    if number % 40 == 7:
        marks = {"overlap": "1", "overlapMeeting": f"m{number}", "overlapUid": f"{named}@overlap"}
        event["extendedProperties"] = {"shared": marks, "private": marks}
    return event


def _moment(at: datetime) -> dict[str, str]:
    return {"dateTime": at.isoformat(), "timeZone": ZONE}
