"""When many calendars wait for a look at once: those on which much rests go first, the others follow spread out.

A service that is asked by everybody at the same moment refuses some of them. Where a calendar falls is drawn from its
id, so that it is the same after every start.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Row, Select, and_, select

from bot.storage import due, stake
from bot.storage.calendars import CALENDARS
from bot.storage.database import Tx, seconds
from bot.storage.due import DUE

KIND = "calendar"
EACH = timedelta(milliseconds=250)
"""How far apart they are on the average, unless so many wait that this is more than a calendar's own cadence."""


def bring_back(tx: Tx, now: datetime) -> None:
    """Every calendar without a due row gets one: none is ever left unread because a row was lost."""
    its = and_(DUE.c.tenant == CALENDARS.c.tenant, DUE.c.subject == CALENDARS.c.id)
    waits = and_(its, DUE.c.kind.in_((KIND, "ailing")))
    lost = tx.execute(_calendars().outerjoin(DUE, waits).where(DUE.c.subject.is_(None))).all()
    for row, at in _spread(tx, lost, now):
        due.mark(tx, row.tenant, KIND, row.id, at)


def after_a_stop(tx: Tx, now: datetime) -> None:
    """What came due while nothing ran does not all begin with the process."""
    its = and_(DUE.c.tenant == CALENDARS.c.tenant, DUE.c.subject == CALENDARS.c.id, DUE.c.kind == KIND)
    overdue = tx.execute(_calendars().join(DUE, its).where(DUE.c.next_at <= seconds(now))).all()
    for row, at in _spread(tx, overdue, now):
        if at > now:
            due.postpone(tx, row.tenant, KIND, row.id, at)


def _calendars() -> Select[Any]:
    kept = CALENDARS.c
    return select(kept.tenant, kept.id, kept.person, kept.cadence, kept.read_at, kept.dirty_at).select_from(CALENDARS)


def _spread(tx: Tx, rows: Sequence[Row[Any]], now: datetime) -> list[tuple[Row[Any], datetime]]:
    """Each with when it is looked at."""
    hot = stake.hot(tx, now) if rows else frozenset()

    def is_urgent(row: Row[Any]) -> bool:
        return row.read_at is None or row.dirty_at is not None or (row.tenant, row.person) in hot

    most = EACH * sum(not is_urgent(row) for row in rows)
    return [(row, now if is_urgent(row) else now + _part(row) * min(most, _cadence(row))) for row in rows]


def _cadence(row: Row[Any]) -> timedelta:
    return timedelta(seconds=row.cadence)


def _part(row: Row[Any]) -> float:
    """From nothing to all of it, the same for the same calendar."""
    return int.from_bytes(blake2b(f"{row.tenant} {row.id}".encode(), digest_size=4).digest()) / 2**32
