"""Noticing change: a delta round over the window, walked once and then only continued.

The window is frozen into its links, so a cursor says which one it covers. What changes outside is told as removed,
even when it is new; a round may repeat itself. So its answer is a hint, and `reading` the truth.
https://learn.microsoft.com/graph/delta-query-overview
"""

from datetime import UTC, datetime, timedelta

import msgspec

from bot.core.errors import CursorExpired, NotACalendar, NotFound, Stale
from bot.core.intervals import Interval
from bot.providers.base import Cursor, Remote
from bot.providers.microsoft.api import Graph, Misunderstood
from bot.providers.microsoft.reading import literal, path
from bot.providers.microsoft.shapes import Named

PREFER = 'odata.maxpagesize=50, outlook.body-content-type="text"'
"""A round cannot be told to leave bodies out (event-delta), so its pages are short, and their bodies plain."""
AHEAD = timedelta(days=7)
"""A round covers a week more than was asked, so that it outlives the daily roll of the horizon."""
_LOST = (CursorExpired, NotFound, NotACalendar, Misunderstood, Stale)


class _Mark(msgspec.Struct, frozen=True):
    """A cursor: the link is a secret with which the next changes are told."""

    start: int
    end: int
    link: str

    def covers(self, window: Interval) -> bool:
        return self.start <= window.start.timestamp() and window.end.timestamp() <= self.end


class Detector:
    """Where the delta rounds of one account stand. Used by one thread at a time."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._reached: dict[Remote, _Mark] = {}

    def changed(self, remote: Remote, since: Cursor) -> bool:
        """Whether anything may have changed; `CursorExpired` at whatever makes the round useless."""
        mark = _mark(since)
        try:
            told = list(self._graph.onward(mark.link, Named, prefer=PREFER))
        except _LOST as error:
            self._reached.pop(remote, None)
            raise CursorExpired("Microsoft forgot where we were.") from error
        if told[-1].delta is None:
            raise CursorExpired("Microsoft did not say where to go on.")
        self._reached[remote] = _Mark(mark.start, mark.end, told[-1].delta)
        return any(page.value for page in told)

    def cursor(self, remote: Remote, window: Interval) -> Cursor | None:
        """From where the next change in that window will be told; None where Graph has no such round."""
        reached = self._reached.get(remote)
        if reached is None or not reached.covers(window):
            reached = self._begun(remote, window)
        if reached is None:
            return None
        self._reached[remote] = reached
        return Cursor(msgspec.json.encode(reached).decode())

    def _begun(self, remote: Remote, window: Interval) -> _Mark | None:
        start, end = window.start - timedelta(days=1), window.end + AHEAD
        query = {"startDateTime": literal(start), "endDateTime": literal(end)}
        link: str | None = None
        try:
            for page in self._graph.pages(f"{path(remote)}/calendarView/delta", Named, query, prefer=PREFER):
                link = page.delta
        except NotFound:
            raise
        except _LOST:
            return None
        return None if link is None else _Mark(int(start.timestamp()), int(end.timestamp()), link)


def _mark(cursor: Cursor) -> _Mark:
    try:
        return msgspec.json.decode(cursor, type=_Mark)
    except msgspec.DecodeError as error:
        raise CursorExpired("This is no cursor of Microsoft's.") from error


def covered(cursor: Cursor) -> Interval:
    """The window that a cursor covers."""
    mark = _mark(cursor)
    return Interval(datetime.fromtimestamp(mark.start, UTC), datetime.fromtimestamp(mark.end, UTC))
