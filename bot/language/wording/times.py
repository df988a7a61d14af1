"""How times read: weekday, day and month always, 24 hours, the reader's own zone."""

from datetime import date, datetime, time, timedelta

from bot.core.intervals import Interval
from bot.core.requests import Window
from bot.core.zones import local

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

ALL_DAY = time(0)


def day(on: date) -> str:
    """Tue 1 Dec."""
    return f"{WEEKDAYS[on.weekday()][:3]} {_short(on)}"


def long_day(on: date) -> str:
    """Tuesday 1 December 2026."""
    return f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]} {on.year}"


def clock(at: time) -> str:
    """10:00."""
    return f"{at:%H:%M}"


def stretch(when: Interval, zone: str) -> str:
    """Tue 1 Dec 10:00–10:30; with both days when it crosses midnight, with both zone marks when the clocks change."""
    start, end = local(when.start, zone), local(when.end, zone)
    begins, ends = _clocks(when, zone)
    if start.date() == end.date():
        return f"{day(start)} {begins}–{ends}"
    return f"{day(start)} {begins} – {day(end)} {ends}"


def long_stretch(when: Interval, zone: str) -> str:
    """Tuesday 1 December 2026, 10:00–10:30 CET; at most 74 characters."""
    start, end = local(when.start, zone), local(when.end, zone)
    begins, ends = _clocks(when, zone)
    if start.utcoffset() == end.utcoffset():
        ends = f"{ends} {zone_mark(when.end, zone)}"
    if start.date() == end.date():
        return f"{long_day(start)}, {begins}–{ends}"
    return f"{long_day(start)}, {begins} – {day(end)}, {ends}"


def length(lasting: timedelta) -> str:
    """30 min, 1 h, 1 h 30 min."""
    hours, minutes = divmod(round(lasting.total_seconds() / 60), 60)
    parts = [f"{hours} h"] if hours else []
    if minutes or not hours:
        parts.append(f"{minutes} min")
    return " ".join(parts)


def age(old: timedelta) -> str:
    """20 s, 3 min, 2 h, 4 days: the largest unit that is not zero, rounded down."""
    seconds = max(int(old.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 60 * 60:
        return f"{seconds // 60} min"
    if seconds < 48 * 60 * 60:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} days"


def window(asked: Window) -> str:
    """30 Nov – 6 Dec; Tue 1 Dec for a single day; with its hours if it has some."""
    return f"{_dates(asked.first, asked.last)}{_hours(asked.from_time, asked.to_time)}"


def place(zone: str) -> str:
    """Berlin: the last part of the zone's name, as people say it."""
    return zone.rpartition("/")[2].replace("_", " ")


def zone_mark(at: datetime, zone: str) -> str:
    """CET, or UTC+3:30 where the zone has no letters of its own."""
    here = local(at, zone)
    name = here.tzname() or ""
    if name[:1].isalpha():
        return name
    sign, rest = ("-", name[1:]) if name.startswith("-") else ("+", name.lstrip("+"))
    minutes = f":{rest[2:]}" if rest[2:] else ""
    return f"UTC{sign}{int(rest[:2] or 0)}{minutes}"


def _clocks(when: Interval, zone: str) -> tuple[str, str]:
    start, end = local(when.start, zone), local(when.end, zone)
    if start.utcoffset() == end.utcoffset():
        return clock(start.time()), clock(end.time())
    # 02:30–02:00 reads like a mistake in the night when the clocks go back.
    begins, ends = zone_mark(when.start, zone), zone_mark(when.end, zone)
    return f"{clock(start.time())} {begins}", f"{clock(end.time())} {ends}"


def _short(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1][:3]}"


def _dates(first: date, last: date) -> str:
    if first == last:
        return day(first)
    if first.year != last.year:
        return f"{_short(first)} {first.year} – {_short(last)} {last.year}"
    if first.month == last.month:
        return f"{first.day}–{_short(last)}"
    return f"{_short(first)} – {_short(last)}"


def _hours(start: time, end: time) -> str:
    if start == ALL_DAY and end == ALL_DAY:
        return ""
    if end == ALL_DAY:
        return f" from {clock(start)}"
    if start == ALL_DAY:
        return f" before {clock(end)}"
    return f" {clock(start)}–{clock(end)}"
