"""The title of one instance of somebody else's event, read when it is shown to the calendar's owner."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.providers.base import Remote
from bot.providers.microsoft.api import Graph
from bot.providers.microsoft.reading import BASIC, event_path, found_by_ical_uid, literal, path, series_uid
from bot.providers.microsoft.shapes import Event, instant

SELECT = "id,iCalUId,start,end,subject,originalStart"


def instance_title(graph: Graph, remote: Remote, uid: str, starts: datetime) -> str | None:
    """What it is called; looked for where it began, and by its series where it was moved far."""
    for one in _around(graph, f"{path(remote)}/calendarView", starts):
        if series_uid(one.i_cal_u_id or "") == uid and _is_meant(one, starts):
            return one.subject
    series = found_by_ical_uid(graph, remote, uid, BASIC)
    if series is None:
        return None
    if series.type != "seriesMaster":
        return series.subject
    instances = _around(graph, f"{event_path(series.id)}/instances", starts, far=timedelta(days=366))
    return next((one.subject for one in instances if _is_meant(one, starts)), None)


def _around(graph: Graph, where: str, starts: datetime, far: timedelta = timedelta(days=1)) -> Iterator[Event]:
    query = {
        "startDateTime": literal(starts - far),
        "endDateTime": literal(starts + far + timedelta(days=1)),
        "$select": SELECT,
        "$top": "250",
    }
    for page in graph.pages(where, Event, query):
        yield from page.value


def _is_meant(one: Event, starts: datetime) -> bool:
    return starts in (one.start.instant, instant(one.original_start)) or (
        # A whole day is told from midnight to midnight of UTC, and meant in its owner's zone.
        one.start.date_time[11:16] == one.end.date_time[11:16] == "00:00"
        and abs(one.start.instant - starts) < timedelta(days=1)
    )
