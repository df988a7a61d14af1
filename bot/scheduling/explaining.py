"""Why times were offered, and why one was not: asked of the search itself, as things stand now.

One's own calendars are told exactly; of everybody else a class and nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.availability import judge
from bot.availability.finding import starts
from bot.availability.pages import nearest
from bot.availability.relaxing import around
from bot.core.clock import Clock
from bot.core.ids import CalendarId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.people import Person
from bot.core.proposals import Proposal
from bot.core.reasons import Cause, Code, Relaxation
from bot.core.zones import WallTime
from bot.scheduling.answering import left_of, sight_of
from bot.scheduling.sight import Sight
from bot.storage import calendars, mirror, people, proposals
from bot.storage.database import Database, Tx

MOST_DAYS = 7
"""A clock without a day is looked at on so many days of the window."""
NEAR = 3
"""So many of the nearest times that fit are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Something in the reader's own calendars that stands in the way; its title is read live, or not told."""

    calendar: CalendarId
    name: str
    uid: str
    when: Interval
    is_all_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One time, and everything that stands against it."""

    when: Interval
    causes: tuple[Cause, ...]
    """None of them: it fits."""
    own: tuple[Own, ...] = ()
    way: Relaxation | None = None
    """What it would take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is told of a proposal: its times with their points, or the times that were asked about."""

    proposal: Proposal
    verdicts: tuple[Verdict, ...]
    nearest: tuple[Interval, ...] = ()
    """The nearest times that fit, where what was asked about does not."""
    is_over: bool = False
    """Nothing of what was asked about is still to come."""


@dataclass(frozen=True)
class Explaining:
    """Explains the last proposal of whoever asks."""

    database: Database
    clock: Clock

    def last(self, tenant: TenantId, asker: PersonId) -> Proposal | None:
        """Their newest proposal that still stands or stood; None where they never asked."""
        with self.database.reading() as tx:
            return proposals.last(tx, tenant, asker)

    def not_offered(self, proposal: Proposal, clock: time, day: date | None) -> Explanation:
        """What stands against that time: on that day, or on each day that was asked about."""
        now = self.clock.now()
        with self.database.reading() as tx:
            asker = people.person(tx, proposal.tenant, proposal.asker)
            asked = [one for one in _times(proposal, clock, day, asker.zone) if one.start > now]
            if not asked:
                return Explanation(proposal=proposal, verdicts=(), is_over=True)
            left = left_of(tx, proposal, now)
            looked_at = [*left, *asked]
            whole = Interval(min(one.start for one in looked_at), max(one.end for one in looked_at))
            known = sight_of(tx, proposal, [whole], now)
            verdicts = tuple(_verdict(tx, known, asker, left, when) for when in asked)
        if day is None:
            verdicts = tuple(one for one in verdicts if not _is_day_off(one, asker.id)) or verdicts[:1]
        near = () if any(not one.causes for one in verdicts) else _nearest(known, left, asked[0])
        return Explanation(proposal=proposal, verdicts=verdicts, nearest=near)


def _is_day_off(verdict: Verdict, asker: PersonId) -> bool:
    """Whether its asker does not work then: nobody wonders why that was not offered."""
    return any(one.person == asker and one.code in (Code.HOURS, Code.OVERRIDE) for one in verdict.causes)


def _times(proposal: Proposal, clock: time, day: date | None, zone: str) -> list[Interval]:
    window = proposal.request.window
    count = 1 if day is not None else min((window.last - window.first).days + 1, MOST_DAYS)
    days = [(day or window.first) + timedelta(days=number) for number in range(count)]
    begins = [WallTime(one, clock, zone).instant() for one in days]
    return [Interval(start, start + proposal.request.length) for start in begins]


def _verdict(tx: Tx, known: Sight, asker: Person, left: Sequence[Interval], when: Interval) -> Verdict:
    search = known.search(left)
    start = _second(when.start)
    causes = judge.causes(search, start)
    if not causes:
        return Verdict(when=when, causes=())
    is_taken = any(one.person == asker.id and one.code in (Code.BUSY, Code.SOFT, Code.BUFFER) for one in causes)
    return Verdict(
        when=when,
        causes=causes,
        own=_own(tx, known, asker, when) if is_taken else (),
        way=around(known.search([when]), start, known.kept),
    )


def _own(tx: Tx, known: Sight, asker: Person, when: Interval) -> tuple[Own, ...]:
    """What of their own stands there, or near enough for their buffers."""
    rules = next(one.rules for one in known.attendees if one.person == asker.id)
    wide = Interval(when.start - rules.before, when.end + rules.after)
    counting = {one.id: one for one in calendars.of_person(tx, asker.tenant, asker.id) if one.counts}
    return tuple(
        Own(
            calendar=row.calendar,
            name=counting[row.calendar].name,
            uid=row.instance.uid,
            when=row.instance.when,
            is_all_day=row.instance.all_day,
        )
        for row in mirror.busy(tx, asker.tenant, list(counting), wide)
    )


def _nearest(known: Sight, left: Sequence[Interval], asked: Interval) -> tuple[Interval, ...]:
    """The times that fit and lie nearest to it, in order of time."""
    search = known.search(left)
    found = sorted(one.start for one in nearest(search, starts(search), _second(asked.start), NEAR))
    begins = [datetime.fromtimestamp(start, UTC) for start in found]
    return tuple(Interval(start, start + asked.length) for start in begins)


def _second(at: datetime) -> int:
    return int(at.timestamp())
