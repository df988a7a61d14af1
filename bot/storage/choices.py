"""What counts as busy in each calendar, as whose time it is chose: three settings of theirs, and one of the calendar's.

What else they chose lies in the same row and is read by `storage/rules`.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Table, Text, and_, select

from bot.core.ids import CalendarId, TenantId
from bot.core.preferences import AllDay, Choices, Counts
from bot.core.weighing import Weighing
from bot.storage.calendars import CALENDARS
from bot.storage.database import METADATA, Tx
from bot.storage.people import PEOPLE

RULES = Table(
    "rule",
    METADATA,
    Column("tenant", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("kept", Text, nullable=False),
    ForeignKeyConstraint(["tenant", "person"], [PEOPLE.c.tenant, PEOPLE.c.id], ondelete="CASCADE"),
)


def weighings(tx: Tx, tenant: TenantId, calendar_ids: Collection[CalendarId]) -> Mapping[CalendarId, Weighing]:
    """What was chosen of each of these calendars, in one statement."""
    theirs = and_(RULES.c.tenant == CALENDARS.c.tenant, RULES.c.person == CALENDARS.c.person)
    found = (
        select(CALENDARS.c.id, CALENDARS.c.all_day, RULES.c.kept)
        .outerjoin(RULES, theirs)
        .where(CALENDARS.c.tenant == tenant, CALENDARS.c.id.in_(calendar_ids))
    )
    return {
        row.id: Weighing(Choices() if row.kept is None else choices_read(json.loads(row.kept)), AllDay(row.all_day))
        for row in tx.execute(found)
    }


def choices_kept(choices: Choices) -> list[str]:
    """The three settings as JSON has them."""
    return [choices.unanswered, choices.tentative, choices.elsewhere]


def choices_read(kept: dict[str, Any]) -> Choices:
    """What `choices_kept` made, out of all that is kept of a person."""
    unanswered, tentative, elsewhere = (Counts(one) for one in kept["choices"])
    return Choices(unanswered=unanswered, tentative=tentative, elsewhere=elsewhere)
