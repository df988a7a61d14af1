"""What is known of everyone's time: the mirror, the ledger and the hours side by side, from the database alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.availability import busy, known
from bot.availability.ranking import ranked
from bot.availability.search import Times, search
from bot.core.calendars import Calendar
from bot.core.ids import MeetingId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.people import Person
from bot.core.proposals import Basis
from bot.storage import calendars, ledger, mirror
from bot.storage.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Everyone's time in a stretch of it, and what that rests on."""

    people: tuple[Person, ...]
    times: tuple[Times, ...]
    """In the order of `people`."""
    basis: tuple[Basis, ...]
    """Every calendar that counts."""
    unconnected: tuple[PersonId, ...]
    """Those who have no calendar that could ever vouch for them."""

    @property
    def is_known(self) -> bool:
        """Whether what is not taken is free, for everyone."""
        return all(one.known is not None for one in self.times)

    def best(self, windows: Sequence[Interval], length: timedelta, limit: int) -> list[Interval]:
        """The best times at which all are free, best first."""
        candidates = search(people=self.times, windows=windows, length=length)
        return ranked(candidates, zones=[one.zone for one in self.people], limit=limit)

    def busy(self, when: Interval) -> tuple[PersonId, ...]:
        """Whose time is known to be taken then; what is unknown is not named."""
        return tuple(one.person for one in self.times if any(taken.overlaps(when) for taken in one.taken))


def sight(
    tx: Tx,
    tenant: TenantId,
    people: Sequence[Person],
    within: Interval,
    now: datetime,
    *,
    besides: MeetingId | None = None,
    taken: Collection[Interval] = (),
) -> Sight:
    """What is known of these people's time.

    A meeting `besides` which one looks is no obstacle; `taken` are stretches that the caller knows to be taken, though
    no calendar has told us yet.
    """
    ids = [one.id for one in people]
    counting = [one for one in calendars.of_people(tx, tenant, ids) if one.counts]
    rows = mirror.busy(tx, tenant, [one.id for one in counting], within)
    claims = ledger.taken(tx, tenant, ids, within, now, besides=besides)
    times: list[Times] = []
    for person in people:
        theirs = {one.id: one for one in counting if one.person == person.id}
        blocked = busy.taken((row for row in rows if row.calendar in theirs), besides=besides)
        claimed = (when for claimant, when in claims if claimant == person.id)
        times.append(
            Times(
                person=person.id,
                hours=person.hours,
                known=known.stretch(theirs.values(), now),
                taken=(*blocked, *claimed, *taken),
            )
        )
    connected = {one.person for one in known.vouchers(counting)}
    return Sight(
        people=tuple(people),
        times=tuple(times),
        basis=tuple(_basis(one, now) for person in ids for one in counting if one.person == person),
        unconnected=tuple(person for person in ids if person not in connected),
    )


def _basis(calendar: Calendar, now: datetime) -> Basis:
    return Basis(
        person=calendar.person,
        calendar=calendar.id,
        name=calendar.name,
        read_at=calendar.read_at,
        vouching=known.vouching(calendar, now),
    )
