"""What rows take of people's time, in numbers: for searches that weeks of bits cannot answer, and to be told of."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TypeAlias

from bot.core.events import BusyCause, Kind
from bot.core.ids import CalendarId, MeetingId, PersonId, TenantId
from bot.core.preferences import AllDay
from bot.core.weeks import Rows
from bot.core.weighing import Weighing
from bot.core.zones import local, midnight
from bot.storage.choices import weighings
from bot.storage.database import Tx, instant, seconds
from bot.storage.mirror import MARKED, MARKS, MIRROR, Marks, weighed

AHEAD = timedelta(weeks=4)
"""So far ahead all-day events are counted."""
DAY = timedelta(days=1)

_Ends: TypeAlias = dict[tuple[int, str], int]
"""When each event ends: the same UID at the same start is the same one, in whichever calendar it stands."""


def rows(
    tx: Tx,
    tenant: TenantId,
    owners: Mapping[CalendarId, PersonId],
    since: int,
    until: int,
    *,
    besides: MeetingId | None = None,
) -> Mapping[PersonId, Rows]:
    """What is taken of these people's time between two seconds, an event in several calendars of one's once.

    Of copies that differ the later end counts, and the harder kind for as long as it lasts. `besides` is a meeting of
    ours that is about to move: its own copies are no obstacle.
    """
    asked = MARKED.where(MIRROR.c.begins < until, MIRROR.c.ends > since)
    found = [(*row[MARKS:], owners[row[0]], kind) for row, kind in weighed(tx, tenant, owners, asked)]
    own = {(person, uid) for uid, _, _, ours, person, _ in found if besides is not None and ours == besides}
    hard: dict[PersonId, _Ends] = defaultdict(dict)
    soft: dict[PersonId, _Ends] = defaultdict(dict)
    for uid, begins, end, _, person, kind in found:
        if (person, uid) not in own:
            ends = (soft if kind is Kind.SOFT else hard)[person]
            if ends.get((begins, uid), 0) < end:
                ends[begins, uid] = end
    return {person: _once(hard[person], soft[person]) for person in set(owners.values())}


def _once(hard: _Ends, soft: _Ends) -> Rows:
    return Rows(
        hard=tuple(sorted((event[0], end) for event, end in hard.items())),
        soft=tuple(sorted((event[0], end) for event, end in soft.items() if hard.get(event, 0) < end)),
    )


def whole_days(tx: Tx, tenant: TenantId, calendar: CalendarId, zone: str, now: datetime) -> Mapping[AllDay, int]:
    """On how many days of the next four weeks its all-day events block, by each choice that there is of them."""
    choices = weighings(tx, tenant, (calendar,))[calendar].choices
    first = local(now, zone).date()
    start, end = midnight(first, zone), midnight(first + AHEAD, zone)
    its = (MIRROR.c.tenant == tenant, MIRROR.c.calendar == calendar, MIRROR.c.all_day)
    meets = (MIRROR.c.begins < seconds(end), MIRROR.c.ends > seconds(start))
    blocked: dict[AllDay, set[date]] = {choice: set() for choice in AllDay}
    for row in tx.execute(MARKED.where(*its, *meets)):
        marks = Marks(Kind(row.kind), BusyCause(row.cause), row.all_day, row.blocks)
        days = _days(max(instant(row.begins), start), min(instant(row.ends), end), zone)
        for choice in AllDay:
            if Weighing(choices, choice).of(marks) is not None:
                blocked[choice] |= days
    return {choice: len(days) for choice, days in blocked.items()}


def _days(start: datetime, end: datetime, zone: str) -> set[date]:
    first, last = local(start, zone).date(), local(end - timedelta(seconds=1), zone).date()
    return {first + number * DAY for number in range((last - first).days + 1)}
