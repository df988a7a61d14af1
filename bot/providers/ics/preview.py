"""What a calendar file holds, told before anything of it is kept: and the text to keep, if its owner wants it."""

import io
import zipfile
import zlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.errors import InvalidInput, NotACalendar
from bot.core.intervals import Interval
from bot.providers.ical.lines import MOST_BYTES, Document, evened, unfolded
from bot.providers.ical.moments import Moments
from bot.providers.ical.read import Understood, understood
from bot.providers.ical.says import said
from bot.providers.ical.stamps import Odd
from bot.providers.ical.zones import Zones
from bot.providers.ics import text
from bot.providers.ics.imported import newest

AHEAD = timedelta(days=366)
MOST_FILES = 200
MOST_RATIO = 100
CHUNK = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What somebody is about to import."""

    name: str
    """What it calls itself; empty where it does not."""
    events: int
    """How many; a series counts once."""
    repeating: int
    first: datetime | None
    """When the earliest of them begins."""
    last: datetime | None
    """When the latest ends that stands alone or begins a series; None without events."""
    ahead: int
    """How many busy times it adds in the year to come."""
    zones: tuple[str, ...]
    """The zones that it names and that are known."""
    assumed: tuple[str, ...]
    """Those that nothing explains: their times are read in the owner's zone."""
    notes: tuple[str, ...]
    """What was left out or guessed, and why: a sentence each."""
    files: int
    """How many calendar files it is made of: more than one only in an archive."""
    text: str = field(repr=False)
    """What to keep."""


def preview(data: bytes, zone: str, addresses: Collection[str], now: datetime) -> Preview:
    """What that file, or archive of files, comes to; `NotACalendar` with a sentence where it is neither."""
    parts = _unpacked(data) if data.startswith(b"PK") else [data]
    kept = b"\r\n".join(unfolded(evened(part)).strip() for part in parts)
    doc = text.parsed(kept)
    count = len(doc.events)
    doc = newest(doc)
    found = understood(doc, Interval(now, now + AHEAD), zone, addresses)
    stretches = _stretches(doc, zone)
    return Preview(
        name=text.name(doc),
        events=len({event.props.get("UID", number) for number, event in enumerate(doc.events)}) + len(doc.busy),
        repeating=sum("RRULE" in event.props for event in doc.events),
        first=min((begins for begins, _ in stretches), default=None),
        last=max((ends for _, ends in stretches), default=None),
        ahead=sum(one.blocks for one in found.instances),
        zones=tuple(sorted(found.zones - found.assumed)),
        assumed=tuple(sorted(found.assumed)),
        notes=tuple(_notes(found, superseded=count - len(doc.events))),
        files=len(parts),
        text=kept.decode(errors="replace"),
    )


def _unpacked(data: bytes) -> list[bytes]:
    """The calendar files of an archive, none of which is written anywhere."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [one for one in archive.infolist() if one.filename.lower().endswith(".ics") and not one.is_dir()]
            if not members:
                raise NotACalendar("There is no calendar file (.ics) in this archive.")
            if len(members) > MOST_FILES:
                raise NotACalendar(f"There are more than {MOST_FILES} calendar files in this archive.")
            found: list[bytes] = []
            left = min(MOST_BYTES, max(len(data), CHUNK) * MOST_RATIO)
            for member in members:
                # What the archive says of its sizes is not believed: it is read until it ends, or is too much.
                with archive.open(member) as file:
                    part = file.read(left + 1)
                left -= len(part)
                if left < 0:
                    raise NotACalendar("This archive unpacks to more than 10 MB.")
                found.append(part)
            return found
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise NotACalendar(
            "This archive is damaged, or needs a password. Unpack it, and import the .ics file."
        ) from error


def _stretches(doc: Document, zone: str) -> list[tuple[datetime, datetime]]:
    moments = Moments(Zones(zone, doc.timezones), zone)
    found: list[tuple[datetime, datetime]] = []
    for event in doc.events:
        try:
            source = said(event, ())
            one = moments.alone(event, source)
            if one is not None:
                instance = moments.instance("", source, *one)
                found.append((instance.when.start, instance.when.end))
        except (Odd, InvalidInput, OverflowError):
            continue
    return found


def _notes(found: Understood, *, superseded: int) -> list[str]:
    told = (
        (superseded, "older or cancelled versions of events are left out"),
        (found.untold, "events are left out, because nothing says when they are"),
        (found.guessed, "series cannot be expanded; each blocks only the time where it starts"),
    )
    return [f"{number} {words}." for number, words in told if number]
