"""What is taken of each person's time, in the cheapest form that answers a search exactly.

Weeks of bits were made when the calendars were read, and do for nearly every search. Rows are read where they do not:
for rules off the five-minute grid, for limits that count meetings, and for a meeting that is about to move.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.availability import known
from bot.availability.clock import counted
from bot.availability.finding import needs_rows
from bot.availability.terms import Attendee, Pair, Rows, Search, Weeks
from bot.core.calendars import Calendar
from bot.core.events import Kind
from bot.core.ids import MeetingId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.weeks import bits_of, together, week_of
from bot.providers.base import SHARED
from bot.storage import busy_weeks, meetings, mirror, taken
from bot.storage.database import Tx, seconds

A_DAY = timedelta(days=1)
AROUND_A_WEEK = timedelta(days=8)
"""A limit on a week counts what lies on both sides of the time in question."""

Claims = Mapping[PersonId, tuple[Pair, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Reads the counting calendars of a search's people."""

    tx: Tx
    tenant: TenantId
    counting: Sequence[Calendar]
    within: Interval
    now: datetime
    besides: MeetingId | None
    also: Claims
    """What is taken of each besides: claims, and what no calendar tells yet."""

    def filled(self, search: Search) -> tuple[Attendee, ...]:
        """The people of the search, with what is taken of their time."""
        limited = [one.person for one in search.people if one.rules.caps]
        counts = self._rows(limited, AROUND_A_WEEK) if limited else {}
        people = tuple(
            replace(one, counted=counted(one.rules, counts[one.person].hard)) if one.person in counts else one
            for one in search.people
        )
        if self.besides is None:
            weeks = self._weeks(people)
            by_bits = replace(search, people=tuple(replace(one, taken=weeks[one.person]) for one in people))
            if not needs_rows(by_bits):
                return by_bits.people
        rows = self._rows([one.person for one in people], A_DAY)
        return tuple(replace(one, taken=rows[one.person]) for one in people)

    def _weeks(self, people: Collection[Attendee]) -> dict[PersonId, Weeks]:
        first = week_of(seconds(self.within.start - A_DAY))
        count = week_of(seconds(self.within.end + A_DAY)) - first + 1
        loaded = busy_weeks.load(self.tx, self.tenant, [one.id for one in self.counting], first, count)
        weeks = {one.person: [bits_of(Rows(hard=self.also[one.person]), first, count)] for one in people}
        for calendar in self.counting:
            weeks[calendar.person].append(self._proven(calendar, loaded[calendar.id]))
        return {person: together(several) for person, several in weeks.items()}

    def _proven(self, calendar: Calendar, weeks: Weeks) -> Weeks:
        """What a calendar says that is no proof can be held against nobody: it is soft."""
        if known.is_proof(calendar, self.now):
            return weeks
        return replace(weeks, hard=0, soft=weeks.hard | weeks.soft)

    def _rows(self, people: Collection[PersonId], around: timedelta) -> dict[PersonId, Rows]:
        theirs = [one for one in self.counting if one.person in people]
        proven = [one for one in theirs if known.is_proof(one, self.now)]
        wide = Interval(self.within.start - around, self.within.end + around)
        firm, doubtful = self._read(proven, wide), self._read([one for one in theirs if one not in proven], wide)
        nothing = Rows()
        return {
            person: Rows(
                hard=_with(firm.get(person, nothing).hard, self.also[person]),
                soft=tuple(sorted((*firm.get(person, nothing).soft, *_all(doubtful.get(person, nothing))))),
            )
            for person in people
        }

    def _read(self, these: Collection[Calendar], wide: Interval) -> Mapping[PersonId, Rows]:
        """Their rows; of what is seen by address alone, where no event has a UID, without the meeting's own time."""
        own = None if self.besides is None else meetings.meeting(self.tx, self.tenant, self.besides).when
        shared = [one for one in these if own is not None and one.remote.startswith(SHARED)]
        owners = {one.id: one.person for one in these if one not in shared}
        found = dict(
            taken.rows(self.tx, self.tenant, owners, seconds(wide.start), seconds(wide.end), besides=self.besides)
        )
        for one in shared:
            assert own is not None
            before = found.get(one.person, Rows())
            found[one.person] = _joined(before, self._but_itself(one, wide, own))
        return found

    def _but_itself(self, calendar: Calendar, wide: Interval, own: Interval) -> Rows:
        rows = mirror.busy(self.tx, self.tenant, [calendar.id], wide)
        others = [one.instance for one in rows if not own.contains(one.instance.when)]
        pairs = [(seconds(one.when.start), seconds(one.when.end), one.kind is Kind.SOFT) for one in others]
        return Rows(
            hard=tuple((start, end) for start, end, is_soft in pairs if not is_soft),
            soft=tuple((start, end) for start, end, is_soft in pairs if is_soft),
        )


def _with(rows: Sequence[Pair], claims: Sequence[Pair]) -> tuple[Pair, ...]:
    """The rows, and those claims that no row tells of yet: limits count a meeting once."""
    told = set(rows)
    return tuple(sorted((*rows, *(one for one in claims if one not in told))))


def _all(rows: Rows) -> tuple[Pair, ...]:
    return (*rows.hard, *rows.soft)


def _joined(one: Rows, other: Rows) -> Rows:
    return Rows(hard=tuple(sorted((*one.hard, *other.hard))), soft=tuple(sorted((*one.soft, *other.soft))))
