"""What is known of everyone's time: the mirror, the ledger and the hours side by side, from the database alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.availability import busy, known
from bot.availability.ranking import ranked
from bot.availability.search import Times, search
from bot.core.calendars import Calendar
from bot.core.events import Busy
from bot.core.ids import MeetingId, PersonId, TenantId
from bot.core.intervals import Interval
from bot.core.people import Person, Standing
from bot.core.proposals import Basis, Origin, Vouching
from bot.providers.base import SHARED
from bot.scheduling.colleagues import telling
from bot.storage import calendars, ledger, meetings, mirror, seen
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
    unseen: tuple[PersonId, ...] = ()
    """Those whose time is not known, and is taken to be free because the asker wants it so."""

    @property
    def is_known(self) -> bool:
        """Whether what is not taken is free, for everyone."""
        return all(one.known is not None for one in self.times)

    def best(self, windows: Sequence[Interval], length: timedelta, limit: int) -> list[Interval]:
        """The best times at which all are free, best first."""
        candidates = search(people=self.times, windows=windows, length=length)
        zones = [one.zone for one in self.people if one.standing is not Standing.ROOM]  # no hour is early for a room
        return ranked(candidates, zones=zones, limit=limit)

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
    asker: PersonId | None = None,
    besides: MeetingId | None = None,
    taken: Collection[Interval] = (),
    without: Collection[PersonId] = (),
    skips_unconnected: bool = False,
) -> Sight:
    """What is known of these people's time, to everybody, or to that `asker`.

    A meeting `besides` which one looks is no obstacle; `taken` are stretches that the caller knows to be taken, though
    no calendar has told us yet. Whom one looks `without` hinders nobody while nothing is known of them; the same for
    all of whom no calendar tells, where those are skipped.
    """
    ids = [one.id for one in people]
    every = calendars.of_people(tx, tenant, ids, asker=asker)
    counting = telling([one for one in every if one.counts and one.copy_of is None])
    rows = mirror.busy(tx, tenant, [one.id for one in counting], within)
    if besides is not None:
        rows = _but_itself(rows, counting, meetings.meeting(tx, tenant, besides).when)
    claims = ledger.taken(tx, tenant, ids, within, now, besides=besides)
    connected = {one.person for one in known.vouchers(counting)}
    unconnected = tuple(one for one in ids if one not in connected)
    skipped = {*without, *(unconnected if skips_unconnected else ())}
    times: list[Times] = []
    unseen: list[PersonId] = []
    for person in people:
        theirs = {one.id: one for one in counting if one.person == person.id}
        blocked = busy.taken((row for row in rows if row.calendar in theirs), besides=besides)
        claimed = (when for claimant, when in claims if claimant == person.id)
        told = known.stretch(theirs.values(), now)
        if told is None and person.id in skipped:
            unseen.append(person.id)
            told = within
        times.append(
            Times(
                person=person.id,
                hours=person.hours,
                known=told,
                taken=(*blocked, *claimed, *taken),
            )
        )
    services = seen.services(tx, tenant, {one.connection for one in counting})
    origins = {one.id: _origin(one, services.get(one.connection, "")) for one in counting}
    sorted_by_person = (one for person in ids for one in counting if one.person == person)
    return Sight(
        people=tuple(people),
        times=tuple(times),
        basis=tuple(_basis(one, origins[one.id], within, now) for one in sorted_by_person),
        unconnected=unconnected,
        unseen=tuple(unseen),
    )


def _but_itself(rows: Sequence[Busy], counting: Collection[Calendar], when: Interval) -> list[Busy]:
    """The rows but for the meeting's own time in what is seen by address alone, where no event has a UID."""
    shared = {one.id for one in counting if one.remote.startswith(SHARED)}
    return [one for one in rows if not (one.calendar in shared and when.contains(one.instance.when))]


def unconnected(tx: Tx, tenant: TenantId, people: Collection[PersonId]) -> tuple[PersonId, ...]:
    """Those of them who have no calendar of their own that could ever vouch for them."""
    counting = [one for one in calendars.of_people(tx, tenant, people) if one.counts]
    connected = {one.person for one in known.vouchers(counting)}
    return tuple(one for one in people if one not in connected)


def _origin(calendar: Calendar, service: str) -> Origin:
    if calendar.seen_by is not None:
        return Origin.COMPANY
    if calendar.is_static:
        return Origin.IMPORT
    return Origin.FEED if service == "ics" else Origin.OWN


def _basis(calendar: Calendar, origin: Origin, within: Interval, now: datetime) -> Basis:
    vouching = known.vouching(calendar, now)
    is_short = calendar.window is not None and calendar.window.end < within.end
    return Basis(
        person=calendar.person,
        calendar=calendar.id,
        name=calendar.name,
        read_at=calendar.read_at,
        vouching=Vouching.AHEAD if vouching is Vouching.KNOWN and is_short else vouching,
        origin=origin,
    )
