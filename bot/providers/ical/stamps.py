"""Dates and times as they are written in iCalendar text, read as numbers; `Odd` for whatever is written otherwise."""

import re
from datetime import date, timedelta

from bot.providers.ical.offsets import DAY
from bot.providers.ical.steps import EPOCH

_DURATION = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z")
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?\Z")
MOST_DAYS = 10_000_000


class Odd(Exception):
    """This is not written in one of the common forms."""


def day_number(digits: str | bytes) -> int:
    """`20261201` as the number of days since 1970-01-01."""
    if len(digits) != 8 or not digits.isdigit():
        raise Odd("no date")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).toordinal() - EPOCH
    except ValueError as error:
        raise Odd("a date that is none") from error


def second_of_day(digits: str | bytes) -> int:
    """`093000` as seconds since midnight."""
    if len(digits) != 6 or not digits.isdigit():
        raise Odd("no time of day")
    hour, minute, second = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if hour > 23 or minute > 59 or second > 59:
        raise Odd("a time of day that is none")
    return hour * 3600 + minute * 60 + second


def wall_second(text: str) -> int:
    """`20261201T093000`, with or without Z, or a date alone, as a wall second (`ical/offsets`)."""
    plain = text.strip().upper().removesuffix("Z")
    day, mark, rest = plain.partition("T")
    return day_number(day) * DAY + (second_of_day(rest) if mark else 0)


def offset_seconds(text: str) -> int:
    """`+0530` as seconds (UTC-OFFSET, RFC 5545 §3.3.14)."""
    found = _OFFSET.match(text.strip())
    if found is None:
        raise Odd("no offset")
    seconds = int(found[2]) * 3600 + int(found[3]) * 60 + int(found[4] or 0)
    return -seconds if found[1] == "-" else seconds


def duration(text: str) -> timedelta | None:
    """`P1DT2H` (RFC 5545 §3.3.6); None where it is no duration."""
    found = _DURATION.match(text.strip().upper())
    if found is None or not any(found.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int((part or "0")[:9]) for part in found.groups()[1:])
    if weeks * 7 + days > MOST_DAYS:
        return None
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length
