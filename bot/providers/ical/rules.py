"""Recurrence rules made safe before they are expanded: an RRULE of forty bytes can keep a machine busy for minutes.

What has no instance in the window is dropped, an old start is brought forward without changing the phase, and what
cannot be expanded in reasonable time is refused (`Untamed`), for its caller to show as one block.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import lcm

from bot.core.errors import InvalidInput
from bot.core.intervals import Interval
from bot.core.zones import WallTime

MOST_STEPS = 10_000
"""Periods that may lie between a rule's start and the window's end."""
MOST_TIMES = 24
"""Instances a day, by BYHOUR, BYMINUTE and BYSECOND."""
MARGIN = timedelta(days=60)
"""How far before the window a start is brought: longer than any event that may reach into it."""
STEPS = {
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
    "MONTHLY": timedelta(days=28),
    "YEARLY": timedelta(days=365),
}
WEEKDAYS = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}


class Untamed(Exception):
    """This rule cannot be expanded."""


class Incessant(Untamed):
    """It repeats more often than hourly: in effect one long block from its start to its end, if it has one."""


@dataclass(frozen=True, slots=True)
class Tamed:
    """A rule that can be expanded, and the start it counts from; no rule when nothing of it is in the window."""

    rule: str | None
    start: datetime | date


def tamed(rule: str, start: datetime | date, zone: str, window: Interval) -> Tamed:
    """The rule that gives the same instances in the window; `Untamed` when there is none that can be expanded.

    `start` is DTSTART as it is written: a date, or the time on the wall in `zone`.
    """
    parts = _parts(rule)
    frequency, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    step = STEPS[frequency] * interval
    if not _has_a_day(parts, frequency, start, window):
        return Tamed(None, start)
    # Where an end cannot be believed, the series goes on: a time too much is seen, one too few is booked.
    if "COUNT" in parts and ("UNTIL" in parts or int(parts["COUNT"]) > MOST_STEPS):
        del parts["COUNT"]
    if "UNTIL" in parts and (until := _until(parts.pop("UNTIL"), start, zone)) is not None:
        parts["UNTIL"] = until
    if (window.end.date() - _day(start)) / step > MOST_STEPS:
        start = _brought_forward(parts, frequency, interval, start, window)
    return Tamed(";".join(f"{name}={value}" for name, value in parts.items()), start)


def _parts(rule: str) -> dict[str, str]:
    parts = dict(part.split("=", 1) for part in rule.upper().strip().strip(";").split(";") if "=" in part)
    if parts.get("FREQ") in ("SECONDLY", "MINUTELY") and "COUNT" not in parts:
        raise Incessant("it repeats more often than hourly")
    if parts.get("FREQ") not in STEPS:
        raise Untamed("no frequency that can be expanded")
    if not parts.get("INTERVAL", "1").isdecimal() or not 1 <= int(parts.get("INTERVAL", "1")) <= 10_000:
        raise Untamed("an interval that never advances")
    if not parts.get("COUNT", "1").isdecimal():
        raise Untamed("a count that is no number")
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= len(parts.get(name, "").split(","))
    if times > MOST_TIMES:
        raise Untamed("too many times a day")
    if "BYSETPOS" in parts and parts["FREQ"] in ("HOURLY", "DAILY"):
        raise Untamed("a position that may never be reached")
    if "BYWEEKNO" in parts and parts["FREQ"] != "YEARLY":
        raise Untamed("BYWEEKNO is for yearly rules (RFC 5545 §3.3.10)")
    return parts


def _until(until: str, start: datetime | date, zone: str) -> str | None:
    """UNTIL in the form that DTSTART asks for; a bare date includes that whole day, as its author meant it."""
    try:
        day = datetime.strptime(until[:8], "%Y%m%d").date()  # noqa: DTZ007
        if not isinstance(start, datetime):
            return f"{day:%Y%m%d}"
        if until.endswith("Z"):
            return until
        at = time.fromisoformat(until[9:15]) if len(until) >= 15 else time(23, 59, 59)
        return f"{_instant(day, at, zone):%Y%m%dT%H%M%SZ}"
    except ValueError:
        return None


def _instant(day: date, at: time, zone: str) -> datetime:
    try:
        return WallTime(day, at, zone).instant()
    except InvalidInput:
        # A zone that only the document describes: rather one instance too many than one too few.
        return datetime.combine(day, at) + timedelta(hours=14)


def _brought_forward(
    parts: dict[str, str], frequency: str, interval: int, start: datetime | date, window: Interval
) -> datetime | date:
    """A start close to the window in the same phase. Only where every period is equally long and nothing counts."""
    if frequency not in ("HOURLY", "DAILY", "WEEKLY") or "COUNT" in parts:
        raise Untamed("too many periods before the window")
    # Whole days, so that the time on the wall stays: hours are not equally long where clocks change.
    phase = timedelta(hours=lcm(interval, 24)) if frequency == "HOURLY" else STEPS[frequency] * interval
    periods = (window.start.date() - MARGIN - _day(start)) // phase
    return start + max(periods, 0) * phase


def _has_a_day(parts: dict[str, str], frequency: str, start: datetime | date, window: Interval) -> bool:
    """Whether any day of the window, or of the margin before it, can be one of the rule's.

    Necessary, not sufficient: it keeps rules such as the thirtieth of February from being searched to the year 9999.
    """
    months = {int(month) for month in _numbers(parts, "BYMONTH")}
    month_days = set(_numbers(parts, "BYMONTHDAY"))
    year_days = set(_numbers(parts, "BYYEARDAY"))
    try:
        weekdays = {WEEKDAYS[day.strip()[-2:]] for day in parts.get("BYDAY", "").split(",") if day.strip()}
    except KeyError as error:
        raise Untamed("a weekday that is none") from error
    if not (months or month_days or year_days or weekdays):
        return True
    counted = "COUNT" in parts
    until = window.end.date() + timedelta(days=1)
    since = max(_day(start), window.start.date() - MARGIN)
    if counted:
        # What counts must be counted from the start: only a rule without any day at all is dropped.
        since, until = _day(start), min(until, _day(start) + timedelta(days=366 * 40))
    return any(
        (not months or day.month in months)
        and (not month_days or bool(_from_both_ends(day.day, _days_in_month(day)) & month_days))
        and (not year_days or bool(_from_both_ends(day.timetuple().tm_yday, _days_in_year(day)) & year_days))
        and (not weekdays or day.weekday() in weekdays)
        for day in _days(since, until)
    )


def _numbers(parts: dict[str, str], name: str) -> list[int]:
    try:
        return [int(number) for number in parts.get(name, "").split(",") if number.strip()]
    except ValueError as error:
        raise Untamed(f"{name} that is no number") from error


def _days(since: date, until: date) -> Iterator[date]:
    day = since
    while day <= until:
        yield day
        day += timedelta(days=1)


def _from_both_ends(number: int, of: int) -> set[int]:
    return {number, number - of - 1}


def _days_in_month(day: date) -> int:
    after = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (after - timedelta(days=1)).day


def _days_in_year(day: date) -> int:
    return date(day.year, 12, 31).timetuple().tm_yday


def _day(start: datetime | date) -> date:
    return start.date() if isinstance(start, datetime) else start
