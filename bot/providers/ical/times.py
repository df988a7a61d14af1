"""A VEVENT's times rewritten so that no parser has to guess: every zone named, every rule tamed, and nothing else."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from bot.core.intervals import Interval
from bot.providers.ical.lines import Event, Line
from bot.providers.ical.rules import Untamed, tamed
from bot.providers.ical.says import number
from bot.providers.ical.zones import Zones

SOURCE = "X-OVERLAP-SOURCE"
"""Carries the VEVENT's number through the expansion."""
OTHERS = ("RECURRENCE-ID", "RDATE", "EXDATE")
KEPT_PARAMS = ("VALUE", "RANGE")
_DATES = re.compile(r"\s*\d{8}(T\d{6}Z?(/[^,]+)?)?(,\d{8}(T\d{6}Z?(/[^,]+)?)?)*\s*\Z", re.IGNORECASE)
"""What is no date excludes and adds nothing; it must not cost the whole series."""
_UNTIL = re.compile(r"UNTIL=(\d{8})", re.IGNORECASE)


def text(events: Iterable[Iterable[str]], zones: Zones) -> bytes:
    """A calendar of these VEVENTs and of the VTIMEZONEs that they use."""
    inner = [line for event in events for line in ("BEGIN:VEVENT", *event, "END:VEVENT")]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *zones.used.values(), *inner, "END:VCALENDAR", ""]).encode()


def repeated(event: Event, source: int, zones: Zones, window: Interval) -> Iterator[str]:
    """The lines that say where every instance of it stands that may reach into the window; `Untamed` if they cannot."""
    yield "UID:series"
    yield f"{SOURCE}:{source}"
    yield f"SEQUENCE:{number(event.value('SEQUENCE'))}"
    start, end, rule = event.first("DTSTART"), event.first("DTEND"), event.first("RRULE")
    if start is None:
        raise Untamed("no start")
    begins = zoned(start, zones)
    shift = timedelta(0)
    if rule is not None:
        reach = Interval(window.start - length(event), window.end)
        safe = tamed(rule.value, written(start), begins.params.get("TZID", "UTC"), reach)
        shift = safe.start - written(start)
        if safe.rule is not None:
            yield f"RRULE:{safe.rule}"
    yield _shifted(begins, shift).written()
    if end is not None:
        yield _shifted(zoned(end, zones), shift).written()
    elif (lasts := event.first("DURATION")) is not None:
        yield lasts.written()
    yield from (
        zoned(line, zones).written() for line in event.lines if line.name in OTHERS and _DATES.match(line.value)
    )


def zoned(line: Line, zones: Zones) -> Line:
    """The same line with its zone named, a floating time in the owner's; dates and UTC stay as they are."""
    value = line.value.strip().upper()
    kept = {name: param for name, param in line.params.items() if name in KEPT_PARAMS}
    if line.name == "DURATION":
        return Line(line.name, {}, value)
    if "T" not in value:
        return Line(line.name, {**kept, "VALUE": "DATE"}, value)
    if all(part.partition("/")[0].endswith("Z") for part in value.split(",")):
        return Line(line.name, kept, value)
    return Line(line.name, {**kept, "TZID": zones.named(line.params.get("TZID"))}, value)


def written(line: Line) -> Any:
    """A date or the time on the wall as it is written, without its zone."""
    value = line.value.strip().upper().removesuffix("Z")
    return datetime.strptime(value, "%Y%m%dT%H%M%S") if "T" in value else _date(value)  # noqa: DTZ007


def moved_by(event: Event) -> timedelta | None:
    """By how much an override moves the instances after it too (RANGE=THISANDFUTURE, RFC 5545 §3.2.13)."""
    start, original = event.first("DTSTART"), event.first("RECURRENCE-ID")
    if start is None or original is None or "RANGE" not in original.params:
        return None
    moved: timedelta = written(start) - written(original)
    return moved


def length(event: Event) -> timedelta:
    """At most how long before the window an instance may start that still reaches into it."""
    start, end = event.first("DTSTART"), event.first("DTEND")
    if start is None or end is None:
        return timedelta(days=7)
    days = _date(end.value.strip()[:8]) - _date(start.value.strip()[:8])
    return max(days, timedelta(0)) + timedelta(days=1)


def lies_far(event: Event, window: Interval, pad: timedelta) -> bool:
    """Whether an event, or a series that has ended, is days away from the window, told by its written dates alone."""
    start, end, rule = event.first("DTSTART"), event.first("DTEND"), event.first("RRULE")
    if start is None or end is None or event.first("RDATE") is not None:
        return False
    first, last = start.value.strip()[:8], end.value.strip()[:8]
    if rule is not None:
        until = _UNTIL.search(rule.value)
        if until is None:
            return False
        last = max(last, until[1])
        pad += length(event)
    if not (first.isdecimal() and last.isdecimal()):
        return False
    return max(first, last) < f"{window.start - pad:%Y%m%d}" or min(first, last) > f"{window.end + pad:%Y%m%d}"


def _shifted(line: Line, by: timedelta) -> Line:
    if not by:
        return line
    moved = written(line) + by
    mark = "Z" if line.value.endswith("Z") else ""
    return replace(line, value=f"{moved:%Y%m%dT%H%M%S}{mark}" if isinstance(moved, datetime) else f"{moved:%Y%m%d}")


def _date(value: str) -> date:
    return datetime.strptime(value, "%Y%m%d").date()  # noqa: DTZ007
