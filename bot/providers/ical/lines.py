"""iCalendar text taken apart: content lines (RFC 5545 §3.1), unfolded, counted and sorted, before any is interpreted.

What a calendar says about busy time stands in a handful of properties; everything else, titles among it, is passed
over here and never reaches a parser. Everything that could make a parser run away is measured here, where it is cheap.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.core.errors import NotACalendar

MOST_BYTES = 10 * 1024 * 1024
MOST_LINE = 200_000
MOST_EVENTS = 20_000
MOST_DATES = 5_000
"""Of RDATE and EXDATE in one event."""
DEEPEST = 8

NEEDED = frozenset(
    {
        "UID",
        "DTSTART",
        "DTEND",
        "DURATION",
        "RRULE",
        "RDATE",
        "EXDATE",
        "RECURRENCE-ID",
        "SEQUENCE",
        "STATUS",
        "TRANSP",
        "ATTENDEE",
        "ORGANIZER",
        "X-MICROSOFT-CDO-BUSYSTATUS",
        "X-MICROSOFT-CDO-INTENDEDSTATUS",
        "X-OVERLAP-MEETING",
    }
)
_NAME = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One property: its parameters by upper-case name, its value as it was written."""

    name: str
    params: Mapping[str, str]
    value: str

    def written(self) -> str:
        """The line as it is written, unfolded."""
        params = "".join(f';{name}="{value}"' for name, value in self.params.items())
        return f"{self.name}{params}:{self.value}"


@dataclass(frozen=True, slots=True)
class Event:
    """The lines of one VEVENT that were asked for."""

    lines: tuple[Line, ...]

    def every(self, name: str) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.name == name)

    def first(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)

    def value(self, name: str) -> str:
        """The value in upper case without blanks around it, or nothing."""
        line = self.first(name)
        return "" if line is None else line.value.strip().upper()


@dataclass(slots=True)
class Document:
    """One or several VCALENDARs: their events and what they say about zones."""

    events: list[Event] = field(default_factory=list)
    timezones: dict[str, list[str]] = field(default_factory=dict)
    """The lines of each VTIMEZONE, by its TZID."""
    zone: str | None = None
    """X-WR-TIMEZONE: where the floating times of an export belong."""


def document(data: bytes, *, needed: frozenset[str] = NEEDED) -> Document:
    """The events of an iCalendar text; `NotACalendar` for an empty, cut, oversized or altogether different one."""
    if len(data) > MOST_BYTES:
        raise NotACalendar("The calendar is too large to be read.")
    lines = _unfolded(data)
    # A page that asks for a password comes with 200 and parses as an empty calendar; so does half a file.
    if not lines or lines[0].upper() != "BEGIN:VCALENDAR" or lines[-1].upper() != "END:VCALENDAR":
        raise NotACalendar("The answer is no calendar, or only a part of one.")
    return _sorted(lines, needed)


def _unfolded(data: bytes) -> list[str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", errors="replace").encode()
    plain = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    # RFC 5545 §3.1: a line break followed by one blank is no break at all, even within a character.
    unfolded = plain.replace(b"\n ", b"").replace(b"\n\t", b"").decode(errors="replace")
    lines = [line for line in unfolded.split("\n") if line.strip()]
    if lines:
        lines[0], lines[-1] = lines[0].strip(), lines[-1].strip()
    return lines


def _sorted(lines: list[str], needed: frozenset[str]) -> Document:
    found = Document()
    path: list[str] = []
    event: list[Line] = []
    zone: list[str] = []
    for text in lines:
        name = _name(text)
        if len(text) > MOST_LINE and name in needed:  # others may be: pictures travel in ATTACH
            raise NotACalendar("The calendar holds a line that is too long to be read.")
        if name == "BEGIN":
            path.append(text[6:].strip().upper())
            if len(path) > DEEPEST:
                raise NotACalendar("The calendar is nested too deeply to be read.")
            if path[-1] == "VEVENT":
                event = []
            elif path[-1] == "VTIMEZONE":
                zone = []
        if "VTIMEZONE" in path:
            zone.append(text)
        elif path and path[-1] == "VEVENT" and name in needed:
            event.append(line(text))
        elif name == "X-WR-TIMEZONE" and path == ["VCALENDAR"]:
            found.zone = line(text).value.strip()
        if name == "END":
            ended = text[4:].strip().upper()
            if not path or path.pop() != ended:
                raise NotACalendar("The calendar's parts do not fit together.")
            _collect(found, ended, event, zone)
    if path:
        raise NotACalendar("The answer is only a part of a calendar.")
    return found


def _collect(found: Document, ended: str, event: list[Line], zone: list[str]) -> None:
    if ended == "VEVENT":
        dates = sum(one.value.count(",") + 1 for one in event if one.name in ("RDATE", "EXDATE"))
        if len(found.events) >= MOST_EVENTS or dates > MOST_DATES:
            raise NotACalendar("The calendar holds more than can be read.")
        found.events.append(Event(tuple(event)))
    elif ended == "VTIMEZONE":
        named = next((line(text).value for text in zone if _name(text) == "TZID"), "")
        found.timezones.setdefault(named.strip(), list(zone))


def _name(text: str) -> str:
    match = _NAME.match(text)
    return match.group().upper() if match else ""


def line(text: str) -> Line:
    """One unfolded content line: `NAME;PARAM=value:value`, where quotes may hide the separators."""
    head, value = _parted(text)
    name, *params = _split(head, ";")
    return Line(name.strip().upper(), dict(_params(params)), value)


def _params(params: list[str]) -> Iterator[tuple[str, str]]:
    for param in params:
        name, _, value = param.partition("=")
        yield name.strip().upper(), value.strip().strip('"').strip()


def _parted(text: str) -> tuple[str, str]:
    quoted = False
    for at, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            return text[:at], text[at + 1 :]
    head, _, value = text.partition(":")
    return head, value


def _split(text: str, separator: str) -> list[str]:
    if '"' not in text:
        return text.split(separator)
    return re.findall(rf'(?:[^{separator}"]|"[^"]*"?)+', text)
