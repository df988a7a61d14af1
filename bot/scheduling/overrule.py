"""The organiser moved a meeting in their own calendar, where nobody could refuse it: it stands there now.

The calendar is the truth. Whoever is not free then is invited all the same, without a claim on their time, and sees
the conflict in a message of their own.
"""

from datetime import datetime

from bot.core.errors import Taken
from bot.core.intervals import Interval
from bot.core.meetings import Meeting
from bot.scheduling.asked import withdraw_asks
from bot.scheduling.baseline import keep_own_conflicts
from bot.scheduling.change import claim, hand_to_saga, moving
from bot.scheduling.saga_plan import attending
from bot.scheduling.saga_rows import KIND
from bot.storage import ledger
from bot.storage.database import Tx


def overrule(tx: Tx, meeting: Meeting, to: Interval, now: datetime) -> Meeting:
    """The meeting is on its way to where the organiser's copy stands already; the saga takes the others there."""
    withdraw_asks(tx, meeting, now)
    _claim_what_is_free(tx, meeting, to, now)
    keep_own_conflicts(tx, meeting, to, [meeting.organiser], now)
    return hand_to_saga(tx, moving(meeting, to), now)


def _claim_what_is_free(tx: Tx, meeting: Meeting, to: Interval, now: datetime) -> None:
    for person in attending(meeting):
        try:
            claim(tx, meeting, (person,), to, now)
        except Taken:
            ledger.claim(
                tx,
                meeting.tenant,
                subject=meeting.id,
                cause=KIND,
                people=(person,),
                when=to,
                state="invited",
                now=now,
            )
