"""iCalendar text taken apart: content lines (RFC 5545 §3.1), unfolded, counted and sorted, before any is interpreted.

What a calendar says about busy time stands in a handful of properties; everything else, titles among it, is passed
over here and never reaches a parser. Everything that could make a parser run away is measured here, where it is cheap.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

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
PEOPLE = frozenset({"ATTENDEE", "ORGANIZER"})
ABOUT = frozenset({"X-WR-TIMEZONE", "X-WR-CALNAME", "NAME", "METHOD", "REFRESH-INTERVAL", "X-PUBLISHED-TTL"})
"""What a calendar says of itself."""
DATES = frozenset({"RDATE", "EXDATE"})
EDGES = frozenset({b"BEGIN", b"END"})
EDGE = 4_096
"""Where the first and the last line are looked for."""
SLICE = 256 * 1024
_ZONE = re.compile(rb"\n(?i:(BEGIN:VTIMEZONE[^\n]*\n.*?\nEND:VTIMEZONE))", re.DOTALL)
_BROKEN_NAME = re.compile(rb"\n[A-Za-z-]+\r\n[ \t]")
_TZID = re.compile(r"(?i:TZID)[;:]")


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


@dataclass(slots=True)
class Event:
    """The properties of one VEVENT that were asked for; each as the bytes after its name until somebody looks."""

    props: dict[str, bytes] = field(default_factory=dict)
    """The first of each name."""
    more: list[tuple[str, bytes]] | None = None
    """The further ones."""

    @property
    def lines(self) -> Iterator[Line]:
        for name, rest in (*self.props.items(), *(self.more or ())):
            yield _line(name, rest)

    @property
    def dates(self) -> int:
        """How many dates its RDATEs and EXDATEs hold."""
        if "EXDATE" not in self.props and "RDATE" not in self.props:
            return 0
        return sum(rest.count(b",") + 1 for name in DATES for rest in self.raw(name))

    def every(self, name: str) -> tuple[Line, ...]:
        return tuple(_line(name, rest) for rest in self.raw(name))

    def raw(self, name: str) -> list[bytes]:
        """All of that name, unread."""
        first = self.props.get(name)
        if first is None:
            return []
        return [first] if self.more is None else [first, *[rest for other, rest in self.more if other == name]]

    def first(self, name: str) -> Line | None:
        rest = self.props.get(name)
        return None if rest is None else _line(name, rest)

    def value(self, name: str) -> str:
        """The value in upper case without blanks around it, or nothing."""
        line = self.first(name)
        return "" if line is None else line.value.strip().upper()


@dataclass(slots=True)
class Document:
    """One or several VCALENDARs: their events and what they say about zones."""

    events: list[Event] = field(default_factory=list)
    busy: list[Line] = field(default_factory=list)
    """The FREEBUSY lines of its VFREEBUSY components (RFC 5545 §3.6.4)."""
    timezones: dict[str, list[str]] = field(default_factory=dict)
    """The lines of each VTIMEZONE, by its TZID."""
    about: dict[str, Line] = field(default_factory=dict)
    """What the first calendar of them says of itself."""

    @property
    def zone(self) -> str | None:
        """X-WR-TIMEZONE: where the floating times of an export belong."""
        line = self.about.get("X-WR-TIMEZONE")
        return None if line is None else line.value.strip()


def document(data: bytes, *, needed: frozenset[str] = NEEDED) -> Document:
    """The events of an iCalendar text; `NotACalendar` for an empty, cut, oversized or altogether different one."""
    if len(data) > MOST_BYTES:
        raise NotACalendar("The calendar is too large to be read.")
    text = evened(data)
    # A page that asks for a password comes with 200 and parses as an empty calendar; so does half a file.
    first, last = text[:EDGE].split(b"\n", 1)[0], text[-EDGE:].rstrip().rpartition(b"\n")[2]
    if first.strip().upper() != b"BEGIN:VCALENDAR" or last.strip().upper() != b"END:VCALENDAR":
        raise NotACalendar("The answer is no calendar, or only a part of one.")
    found = _Sorting().sorted(text, needed)
    for match in _ZONE.finditer(text) if found.has_zones else ():
        lines = unfolded(match[1]).decode(errors="replace").split("\r\n")
        named = next((line(one).value for one in lines if _TZID.match(one)), "")
        found.document.timezones.setdefault(named.strip(), lines)
    return found.document


def evened(data: bytes) -> bytes:
    """The same text with CRLF at the end of every line; still folded, but for names."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = data.decode("utf-16", errors="replace").encode()
    # Each step leaves the text itself alone where there is nothing to do: it may be large.
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if data.count(b"\r") != data.count(b"\n"):
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return unfolded(data) if _BROKEN_NAME.search(data) else data


def unfolded(text: bytes) -> bytes:
    """RFC 5545 §3.1: a line break followed by one blank is no break at all, even within a character."""
    return text.replace(b"\r\n ", b"").replace(b"\r\n\t", b"") if b"\r" in text else text


class _Sorting:
    """One pass over the needed lines."""

    def __init__(self) -> None:
        self.document = Document()
        self.has_zones = False
        self._path: list[bytes] = []
        self._event = Event()
        self._is_cancelling = False

    def sorted(self, text: bytes, needed: frozenset[str]) -> "_Sorting":
        names = {name.encode(): name for name in (*needed, *ABOUT, "FREEBUSY")}
        components: dict[bytes, bytes] = {}
        props = self._begun(b"VCALENDAR")  # the first line, which no line break precedes
        for lines in _wanted(text, needed | ABOUT):
            for written, rest in lines:
                name = names.get(written)
                if name is None:
                    written = written.upper()  # noqa: PLW2901 - it is case-insensitive (RFC 5545 §2)
                    if written in EDGES:
                        component = components.get(rest)
                        if component is None:
                            component = components[rest] = unfolded(rest[1:]).strip().upper()
                        props = self._begun(component) if written == b"BEGIN" else self._ended(component)
                        continue
                    name = names[written]
                if name not in PEOPLE and b"\r" in rest:
                    rest = unfolded(rest)  # noqa: PLW2901 - it is the same line
                if len(rest) > MOST_LINE:  # other lines may be: pictures travel in ATTACH
                    raise NotACalendar("The calendar holds a line that is too long to be read.")
                if props is None:
                    self._aside(name, rest)
                elif name in props:
                    more = self._event.more
                    if more is None:
                        more = self._event.more = []
                    more.append((name, rest))
                else:
                    props[name] = rest
        if self._path:
            raise NotACalendar("The answer is only a part of a calendar.")
        return self

    def _begun(self, component: bytes) -> dict[str, bytes] | None:
        self._path.append(component)
        if len(self._path) > DEEPEST:
            raise NotACalendar("The calendar is nested too deeply to be read.")
        if component == b"VCALENDAR":
            self._is_cancelling = False
        if component != b"VEVENT":
            self.has_zones = self.has_zones or component == b"VTIMEZONE"
            return None
        self._event = Event()
        return self._event.props

    def _ended(self, component: bytes) -> dict[str, bytes] | None:
        if not self._path or self._path.pop() != component:
            raise NotACalendar("The calendar's parts do not fit together.")
        if component == b"VEVENT":
            if len(self.document.events) >= MOST_EVENTS or self._event.dates > MOST_DATES:
                raise NotACalendar("The calendar holds more than can be read.")
            if self._is_cancelling:
                self._event.props["STATUS"] = b":CANCELLED"
            self.document.events.append(self._event)
        # An alarm within an event has ended, and the event goes on.
        return self._event.props if self._path and self._path[-1] == b"VEVENT" else None

    def _aside(self, name: str, rest: bytes) -> None:
        if name in ABOUT and self._path == [b"VCALENDAR"]:
            about = _line(name, rest)
            self.document.about.setdefault(name, about)
            # RFC 5546 §3.2.5: whoever keeps such a file keeps it among the events that it takes back.
            self._is_cancelling |= name == "METHOD" and about.value.strip().upper() == "CANCEL"
        elif name == "FREEBUSY" and self._path[-1:] == [b"VFREEBUSY"]:
            self.document.busy.append(_line(name, rest))
            if len(self.document.busy) > MOST_EVENTS:
                raise NotACalendar("The calendar holds more than can be read.")


def _wanted(text: bytes, needed: frozenset[str]) -> Iterator[list[tuple[bytes, bytes]]]:
    """The needed lines, each as its name and the rest; a slice at a time, so that they are never all in memory."""
    pattern, at = _pattern(needed), 0
    while at < len(text):
        end = _next_line(text, at + SLICE)
        yield pattern.findall(text, at, end)
        at = end


def _next_line(text: bytes, at: int) -> int:
    """Where the next line begins: at the break before it, and not at one that is folded."""
    found = text.find(b"\n", at)
    while found >= 0 and text[found + 1 : found + 2] in (b" ", b"\t"):
        found = text.find(b"\n", found + 1)
    return len(text) if found < 0 else found


@lru_cache(maxsize=8)
def _pattern(needed: frozenset[str]) -> re.Pattern[bytes]:
    # By first letters, each as a set of two, and the rest without regard to case: other lines are passed at once.
    names = sorted({*needed, "BEGIN", "END", "FREEBUSY"})
    kinds = groupby(names, key=lambda name: name[0])
    either = "|".join(
        f"[{first}{first.lower()}](?i:{'|'.join(re.escape(name[1:]) for name in of_it)})" for first, of_it in kinds
    )
    return re.compile(rf"\n({either})([;:][^\r\n]*+(?:\r\n[ \t][^\r\n]*+)*+)".encode())


def _line(name: str, rest: bytes) -> Line:
    return line(name + unfolded(rest).decode(errors="replace"))


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
    if '"' not in text:
        head, _, value = text.partition(":")
        return head, value
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
