"""The common recurrence rules, stepped by arithmetic: from a start straight into the window, whatever lies before.

Days are numbers here, counted from 1970-01-01. A rule in any other form is `None`: it is expanded by a library, in a
process of its own (`ical/guarded`).
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from bot.providers.ical.rules import MOST_STEPS, WEEKDAYS

EPOCH = date(1970, 1, 1).toordinal()
FIRST, LAST = date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH
NAMES = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An RRULE (RFC 5545 §3.3.10) that says which days, and leaves the time of day to DTSTART."""

    frequency: str
    interval: int
    count: int | None
    until: str | None
    weekdays: tuple[tuple[int, int], ...]
    """Each with its number in the month; 0 for every one."""
    month_days: tuple[int, ...]
    months: tuple[int, ...]
    positions: tuple[int, ...]
    week_start: int

    def days(self, first: int, since: int, until: int) -> Sequence[int]:
        """The days in `since` … `until` (both inclusive) of a series that begins on `first`, in order."""
        until = min(until, LAST)
        match self.frequency:
            case "DAILY":
                return self._daily(first, since, until)
            case "WEEKLY":
                return self._weekly(first, since, until)
            case _:
                return self._monthly(first, since, until)

    def _daily(self, first: int, since: int, until: int) -> range:
        begin = first + max(0, -((first - since) // self.interval)) * self.interval
        if self.count is not None:
            until = min(until, first + (self.count - 1) * self.interval)
        return range(begin, until + 1, self.interval)

    def _weekly(self, first: int, since: int, until: int) -> list[int]:
        starts = (_weekday(first) - self.week_start) % 7
        week, step = first - starts, 7 * self.interval
        wanted = sorted({(day - self.week_start) % 7 for _, day in self.weekdays} or {starts})
        before = bisect_left(wanted, starts)
        number = max(0, (since - week) // step)
        # How many of the series lie before this week: those of whole weeks, less what precedes the start.
        passed = number * len(wanted) - before if number else 0
        found: list[int] = []
        while week + number * step <= until:
            for day in wanted[before:] if number == 0 else wanted:
                if self.count is not None and passed >= self.count:
                    return found
                passed += 1
                at = week + number * step + day
                if since <= at <= until:
                    found.append(at)
            number += 1
        return found

    def _monthly(self, first: int, since: int, until: int) -> list[int]:
        start = date.fromordinal(first + EPOCH)
        counted = 0
        found: list[int] = []
        begin = first if self.count is not None else max(first, since)
        for month in self._months(start, begin):
            if month_start(month) > until:
                break
            for at in self._in_month(month, start):
                if at < first:
                    continue
                counted += 1
                if self.count is not None and counted > self.count:
                    return found
                if since <= at <= until:
                    found.append(at)
        return found

    def _months(self, start: date, begin: int) -> Iterator[int]:
        """The months of the rule, as numbers, from the one in which `begin` lies."""
        at = date.fromordinal(begin + EPOCH)
        now, last = _month(at), _month(date.max) - 1
        if self.frequency == "MONTHLY":
            origin = _month(start)
            periods = max(0, now - origin) // self.interval
            every = range(origin + periods * self.interval, last, self.interval)
            yield from (month for month in every if not self.months or month % 12 + 1 in self.months)
            return
        periods = max(0, at.year - start.year) // self.interval
        for year in range(start.year + periods * self.interval, date.max.year - 1, self.interval):
            yield from (year * 12 + month - 1 for month in self.months or (start.month,))

    def _in_month(self, month: int, start: date) -> Sequence[int]:
        """Its days in that month, in order."""
        begins, length = month_start(month), month_start(month + 1) - month_start(month)
        if self.weekdays:
            found = sorted({begins + day for one in self.weekdays for day in _nth(one, _weekday(begins), length)})
            if self.month_days:
                allowed = {begins + day for day in _from_both_ends(self.month_days, length)}
                found = [day for day in found if day in allowed]
        else:
            found = sorted({begins + day for day in _from_both_ends(self.month_days or (start.day,), length)})
        if not self.positions:
            return found
        ranks = {rank - 1 if rank > 0 else len(found) + rank for rank in self.positions}
        return [day for rank, day in enumerate(found) if rank in ranks]


@lru_cache(maxsize=4096)
def rule(text: str) -> Rule | None:
    """The rule, where it is one of the common ones."""
    parts = dict(part.split("=", 1) for part in text.upper().strip().strip(";").split(";") if "=" in part)
    if not parts.keys() <= NAMES or len(text) > 500:
        return None
    try:
        found = Rule(
            frequency=parts.get("FREQ", ""),
            interval=_number(parts.get("INTERVAL", "1"), 1, 1000),
            count=_number(parts["COUNT"], 1, 10**15) if "COUNT" in parts and "UNTIL" not in parts else None,
            until=parts.get("UNTIL"),
            weekdays=tuple(_day(day) for day in _listed(parts, "BYDAY")),
            month_days=tuple(_number(day, -31, 31) for day in _listed(parts, "BYMONTHDAY")),
            months=tuple(sorted({_number(month, 1, 12) for month in _listed(parts, "BYMONTH")})),
            positions=tuple(_number(rank, -31, 31) for rank in _listed(parts, "BYSETPOS")),
            week_start=WEEKDAYS[parts.get("WKST", "MO")],
        )
    except (ValueError, KeyError):
        return None
    return _believed(found) if _is_common(found) else None


def _is_common(found: Rule) -> bool:
    has_numbers = any(number for number, _ in found.weekdays)
    match found.frequency:
        case "DAILY":
            return not (found.weekdays or found.month_days or found.months or found.positions)
        case "WEEKLY":
            return not (has_numbers or found.month_days or found.months or found.positions)
        case "MONTHLY":
            return not found.positions or bool(found.weekdays)
        case "YEARLY":
            # BYMONTHDAY alone means every month, and BYDAY alone every week of the year.
            return not found.positions and (bool(found.months) or not (found.weekdays or found.month_days))
        case _:
            return False


def _believed(found: Rule) -> Rule:
    """Where an end cannot be believed, the series goes on: a time too much is seen, one too few is booked."""
    if found.count is None or found.count <= MOST_STEPS:
        return found
    return replace(found, count=None)


def _listed(parts: dict[str, str], name: str) -> list[str]:
    return [part.strip() for part in parts[name].split(",")] if name in parts else []


def _number(text: str, least: int, most: int) -> int:
    number = int(text)
    if not least <= number <= most or number == 0 or not text.lstrip("+-").isdecimal():
        raise ValueError(text)
    return number


def _day(text: str) -> tuple[int, int]:
    number = text[:-2]
    return _number(number, -5, 5) if number else 0, WEEKDAYS[text[-2:]]


def _nth(one: tuple[int, int], first: int, length: int) -> Sequence[int]:
    """The days of a month, counted from 0, that are that weekday; the month begins with the weekday `first`."""
    number, weekday = one
    every = range((weekday - first) % 7, length, 7)
    if number == 0:
        return every
    at = number - 1 if number > 0 else len(every) + number
    return (every[at],) if 0 <= at < len(every) else ()


def _from_both_ends(numbers: Sequence[int], length: int) -> Iterator[int]:
    for number in numbers:
        at = number - 1 if number > 0 else length + number
        if 0 <= at < length:
            yield at


def _weekday(day: int) -> int:
    return (day + 3) % 7


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


@lru_cache(maxsize=2048)
def month_start(month: int) -> int:
    """The first day of that month, which is `year * 12 + month - 1`."""
    return date(month // 12, month % 12 + 1, 1).toordinal() - EPOCH
