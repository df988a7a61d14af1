"""Forms as browsers send them: read within limits, refused across sites, and understood field by field."""

from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from functools import lru_cache
from itertools import pairwise
from urllib.parse import parse_qs
from zoneinfo import available_timezones

from starlette.requests import Request

from bot.core.errors import InvalidInput
from bot.core.rules import DaySpan, WorkingHours

LARGEST = 64 * 1024
LARGEST_FILE = 10 * 1024 * 1024
MOST_FIELDS = 2000
MOST_PARTS = 20
MOST_SPANS = 5
"""Stretches of work in one day."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class File:
    """A file that was chosen; without a name where none was."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in; every field may be there several times, or not at all."""

    fields: Mapping[str, Sequence[str]]
    file: File | None = None

    def one(self, name: str) -> str:
        """The field's first value, empty where there is none."""
        return next(iter(self.fields.get(name, ())), "")

    def every(self, name: str) -> Sequence[str]:
        """All its values, in the order of the page."""
        return self.fields.get(name, ())

    def all(self, name: str) -> frozenset[str]:
        return frozenset(self.fields.get(name, ()))


class Overlapping(InvalidInput):
    """Two stretches of one day meet."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What was sent is no form of ours: the status to answer with, what happened, and what to do."""

    status: int
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """A field that was filled in wrongly: its id on the page, what is wrong, and what to do."""

    field: str
    words: str


async def read(request: Request, *, takes_file: bool = False) -> Form | Unreadable:
    """The form that was posted; only one that takes a file may be large."""
    if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        # The cookie alone would not tell our own page from a stranger's that posts to us.
        return Unreadable(403, "That came from another site", "Open the link from your chat and start again there.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST + (LARGEST_FILE if takes_file else 0):
            words = "A file may have 10 MB at most." if takes_file else "Go back and send a shorter form."
            return Unreadable(413, "That was too much", words)
    if takes_file:
        return await _with_file(request, bytes(body))
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        return Unreadable(400, "That could not be read", "Go back, reload the page and send the form again.")
    return Form(fields)


async def _with_file(request: Request, body: bytes) -> Form | Unreadable:
    """A form that holds a file (RFC 7578); it stays in memory, because it is nobody's business."""
    from starlette.formparsers import MultiPartException, MultiPartParser  # nobody waits for it before the first file

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(request.headers, stream(), max_files=1, max_fields=MOST_PARTS, max_part_size=LARGEST)
    parser.spool_max_size = LARGEST_FILE + LARGEST
    try:
        parts = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError):
        return Unreadable(400, "That could not be read", "Go back, reload the page and send the form again.")
    fields: dict[str, list[str]] = {}
    file: File | None = None
    for name, value in parts.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
        else:
            file = File(value.filename or "", await value.read())
            await value.close()
    return Form(fields, file)


def hours(form: Form, crossing: WorkingHours | None = None, *, crosses: bool = False) -> WorkingHours | list[Mistake]:
    """The working hours that were filled in, or everything that is wrong with them.

    An end before its start is taken for a slip, but where hours may cross midnight, or do so already in `crossing`.
    """
    mistakes: list[Mistake] = []
    days: list[tuple[DaySpan, ...]] = []
    for number, name in enumerate(DAYS):
        try:
            days.append(_day(form, number, crossing.on(number) if crossing is not None else (), crosses=crosses))
        except Overlapping:
            mistakes.append(Mistake(f"from-{number}", f"{name}’s hours overlap: one must end before the next starts."))
        except (InvalidInput, ValueError):
            mistakes.append(Mistake(f"from-{number}", f"{name} must end after it starts: check both times."))
    zone = zone_called(form.one("zone"))
    if zone is None:
        mistakes.append(Mistake("zone", "That is no time zone. Pick one from the list, for example Europe/Berlin."))
    return mistakes if mistakes or zone is None else WorkingHours(zone, tuple(days))


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The time zones to pick from, by place."""
    return ("UTC", *sorted(one for one in _every_zone() if "/" in one and not one.startswith("Etc/")))


def zone_called(words: str) -> str | None:
    """The zone of that name, or of that place where only one is called so: "berlin" is Europe/Berlin."""
    wanted = words.strip().replace(" ", "_").casefold()
    places = [one for one in zones() if one.casefold().rpartition("/")[2] == wanted]
    exact = [one for one in _every_zone() if one.casefold() == wanted]
    return next(iter(exact or (places if len(places) == 1 else ())), None)


@lru_cache(maxsize=1)
def _every_zone() -> frozenset[str]:
    return frozenset(available_timezones())


def _day(form: Form, number: int, crossing: Collection[DaySpan], *, crosses: bool) -> tuple[DaySpan, ...]:
    if not form.one(f"on-{number}"):
        return ()
    found = [DaySpan(clock(start), clock(end)) for start, end in spans(form, number)]
    if any(one.crosses and not crosses and one not in crossing for one in found):
        raise InvalidInput("hours end after they start")
    return apart(found)


def spans(form: Form, number: int) -> list[tuple[str, str]]:
    """From and to of that weekday as typed, without pairs that were left empty; never none at all."""
    typed = zip(form.every(f"from-{number}"), form.every(f"to-{number}"), strict=False)
    return [pair for pair in typed if any(pair)][:MOST_SPANS] or [("", "")]


def apart(found: Iterable[DaySpan]) -> tuple[DaySpan, ...]:
    """The stretches of one day in order; `Overlapping` where two of them meet."""
    ordered = sorted(found)
    for one, other in pairwise(ordered):
        if one.end == time(0) or one.crosses or other.start < one.end:
            raise Overlapping("hours of one day overlap")
    return tuple(ordered)


def clock(typed: str) -> time:
    """The time that was filled in, as the clock on the wall shows it."""
    found = time.fromisoformat(typed)
    if found.tzinfo is not None:
        raise InvalidInput("hours are by the clock on the wall")
    return found.replace(second=0, microsecond=0)
