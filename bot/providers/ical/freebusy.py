"""A calendar that only says when somebody is busy: VFREEBUSY (RFC 5545 §3.6.4), as some servers publish it."""

from collections.abc import Iterator

from bot.core.events import BusyCause, Kind
from bot.providers.ical.lines import Document, Line
from bot.providers.ical.moments import Found, Moments
from bot.providers.ical.says import Said, free_busy
from bot.providers.ical.stamps import Odd, duration

KINDS = {
    "BUSY-TENTATIVE": (Kind.SOFT, BusyCause.TENTATIVE),
    "BUSY-UNAVAILABLE": (Kind.AWAY, BusyCause.AWAY),
}
PLAIN = (Kind.HARD, BusyCause.PLAIN)


def busy(document: Document, moments: Moments, since: int, until: int) -> Iterator[tuple[str, Said, Found]]:
    """Every stretch of it that reaches into the window; it has no UID of its own, so one is made of where it stands."""
    for line in document.busy:
        kind = line.params.get("FBTYPE", "BUSY").upper()
        if kind != "FREE":
            for found in _periods(line, moments):
                if found.begins < found.ends and found.overlaps(since, until):
                    yield f"freebusy-{found.begins}-{found.ends}", free_busy(*KINDS.get(kind, PLAIN)), found


def _periods(line: Line, moments: Moments) -> Iterator[Found]:
    zone = f';TZID="{line.params["TZID"]}":' if "TZID" in line.params else ":"
    for period in line.value.split(","):
        start, _, end = period.strip().partition("/")
        begins = moments.utc(moments.wall(f"{zone}{start}".encode()))
        length = duration(end)
        if length is not None:
            yield Found(begins, begins, begins + int(length.total_seconds()))
        elif end:
            yield Found(begins, begins, moments.utc(moments.wall(f"{zone}{end}".encode())))
        else:
            raise Odd("a period without an end")
