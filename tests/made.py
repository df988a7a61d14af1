"""Calendars made by a seed: as large as wanted, of the kinds of events that people's apps write."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Tokyo")
DAYS = ("MO", "TU", "WE", "TH", "FR")
OWNER = "olga@made.example"
"""Whose calendar it is: among the guests of every event."""
ANSWERS = (*["ACCEPTED"] * 16, "DECLINED", "DECLINED", "TENTATIVE", "NEEDS-ACTION")
WORDS = ("planning", "review", "sync", "budget", "release", "customer", "interview", "roadmap", "lunch", "design")


def calendar(
    events: int, *, seed: int, first: date, days: int = 365, repeating: float = 0.1, full: bool = True
) -> bytes:
    """That many events over so many days; `full` has all that a real export carries besides the times."""
    dice = random.Random(seed)
    lines = ["BEGIN:VCALENDAR", "PRODID:-//Made//EN", "VERSION:2.0", "CALSCALE:GREGORIAN"]
    for number in range(events):
        start = datetime.combine(
            first + timedelta(dice.randrange(days)), time(dice.randrange(7, 19), dice.choice((0, 30)))
        )
        make = series if dice.random() < repeating else single
        for event in make(dice, f"{number:06}@made.example", start):
            lines += ["BEGIN:VEVENT", *event, *(_besides(dice) if full else ()), "END:VEVENT"]
    return "\r\n".join([*map(_folded, lines), "END:VCALENDAR", ""]).encode()


def single(dice: random.Random, uid: str, start: datetime) -> Iterator[list[str]]:
    """An event that stands once: in a zone, in UTC, of whole days, or with a duration."""
    length = timedelta(minutes=dice.choice((15, 30, 45, 60, 90, 480)))
    match dice.randrange(10):
        case 0:
            yield [f"UID:{uid}", *_days(start.date(), dice.randrange(1, 4))]
        case 1:
            yield [f"UID:{uid}", f"DTSTART:{_at(start)}Z", f"DURATION:PT{int(length.total_seconds() // 60)}M"]
        case 2:
            yield [f"UID:{uid}", f"DTSTART:{_at(start)}Z", f"DTEND:{_at(start + length)}Z"]
        case _:
            yield [f"UID:{uid}", *_zoned(dice.choice(ZONES), start, length), *_state(dice)]


def series(dice: random.Random, uid: str, start: datetime) -> Iterator[list[str]]:
    """One that repeats, with instances left out, moved and cancelled."""
    if dice.random() < 0.1:
        yield [f"UID:{uid}", *_days(start.date(), dice.randrange(1, 3)), f"RRULE:{rule(dice, start, is_day=True)}"]
        return
    zone, length = dice.choice(ZONES), timedelta(minutes=dice.choice((15, 30, 60)))
    if dice.random() < 0.7:
        start -= timedelta(days=dice.randrange(700))
    told = rule(dice, start)
    exceptions = sorted({start + timedelta(days=7 * dice.randrange(1, 30)) for _ in range(dice.randrange(4))})
    excluded, moved = exceptions[::2], exceptions[1::2]
    exdates = [f"EXDATE;TZID={zone}:{','.join(map(_at, excluded))}"] if excluded else []
    yield [f"UID:{uid}", *_zoned(zone, start, length), f"RRULE:{told}", *exdates]
    for at in moved:
        to = at + timedelta(minutes=dice.choice((-60, 90, 1500)))
        status = ["STATUS:CANCELLED"] if dice.random() < 0.2 else []
        yield [f"UID:{uid}", f"RECURRENCE-ID;TZID={zone}:{_at(at)}", *_zoned(zone, to, length), *status]


def rule(dice: random.Random, start: datetime, *, is_day: bool = False) -> str:
    """One of the rules that people make."""
    every = f";INTERVAL={dice.choice((2, 3, 4))}" if dice.random() < 0.3 else ""
    until = start + timedelta(days=dice.randrange(30, 700))
    ends = dice.choice(
        ("", "", "", "", f";COUNT={dice.randrange(1, 60)}", f";UNTIL={_at(until)[:8] if is_day else _at(until) + 'Z'}")
    )
    here = DAYS[start.weekday()] if start.weekday() < 5 else "SA"
    days = ",".join(sorted({here, *dice.sample(DAYS, dice.randrange(0, 3))}))
    number = (start.day - 1) // 7 + 1
    kinds = [
        *["FREQ=DAILY"] * 2,
        *[f"FREQ=WEEKLY;BYDAY={days}"] * 8,
        f"FREQ=WEEKLY;WKST=SU;BYDAY={days}",
        "FREQ=WEEKLY",
        f"FREQ=MONTHLY;BYMONTHDAY={start.day}",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        f"FREQ=MONTHLY;BYDAY={min(number, 4)}{here}",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY",
        "FREQ=YEARLY",
        f"FREQ=YEARLY;BYMONTH={start.month};BYDAY={min(number, 4)}{here}",
        f"FREQ=YEARLY;BYMONTH={start.month},{start.month % 12 + 1};BYMONTHDAY=1,15",
    ]
    return f"{dice.choice(kinds)}{every}{ends}"


def _zoned(zone: str, start: datetime, length: timedelta) -> list[str]:
    return [f"DTSTART;TZID={zone}:{_at(start)}", f"DTEND;TZID={zone}:{_at(start + length)}"]


def _days(first: date, number: int) -> list[str]:
    return [f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{first + timedelta(days=number):%Y%m%d}"]


def _state(dice: random.Random) -> list[str]:
    return {0: ["TRANSP:TRANSPARENT"], 1: ["STATUS:CANCELLED"], 2: ["STATUS:TENTATIVE"]}.get(dice.randrange(20), [])


def _besides(dice: random.Random) -> Iterator[str]:
    yield f"SUMMARY:{' '.join(dice.sample(WORDS, 3))}"
    yield f"DESCRIPTION:{' '.join(dice.choices(WORDS, k=40))}\\n"
    yield f"LOCATION:Room {dice.randrange(40)}\\, second floor"
    yield "DTSTAMP:20260101T000000Z"
    yield "CREATED:20260101T000000Z"
    yield "LAST-MODIFIED:20260101T000000Z"
    yield "SEQUENCE:1"
    yield "CLASS:PUBLIC"
    yield "ORGANIZER;CN=Olivia Organiser:mailto:olivia@made.example"
    owner = dice.randrange(3)
    for number in range(3):
        who = f"guest{dice.randrange(100, 1000)}@made.example"
        name, address = ("Olga Owner", OWNER) if number == owner else (f"Guest {number}", who)
        answer = dice.choice(ANSWERS) if number == owner else "ACCEPTED"
        yield f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};CN={name}:mailto:{address}"
    yield "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC"
    yield from ("BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Reminder", "TRIGGER:-PT10M", "END:VALARM")


def _folded(line: str) -> str:
    """RFC 5545 §3.1: lines of at most 75 octets."""
    parts = [line[:75], *(line[at : at + 74] for at in range(75, len(line), 74))]
    return "\r\n ".join(parts)


def _at(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}"
