"""What is known of everyone's time: the mirror, the ledger and the rules side by side, from the database alone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.availability import judge, known
from bot.availability.finding import starts
from bot.availability.looks import Ranked
from bot.availability.pages import nearest, ranked
from bot.availability.relaxing import around, relaxations
from bot.availability.terms import Attendee, Pair, Search
from bot.core.calendars import Calendar
from bot.core.ids import MeetingId, PersonId, TenantId
from bot.core.intervals import Interval, subtract
from bot.core.people import Person, Standing
from bot.core.preferences import Preferences
from bot.core.proposals import Basis, Origin, Vouching
from bot.core.reasons import Cause, Code, Relaxation
from bot.scheduling.colleagues import telling
from bot.scheduling.taking import Taking
from bot.storage import calendars, ledger, rules, seen
from bot.storage.database import Tx

A_DAY = timedelta(days=1)
TAKEN = frozenset({Code.BUSY, Code.SOFT})
"""What stands in somebody's time, or is claimed of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Everyone's time in a stretch of it, and what that rests on."""

    people: tuple[Person, ...]
    asks: Preferences
    """How the first of them, who asks, wants to be offered times."""
    length: timedelta
    now: datetime
    within: Interval
    """What was looked at; of what is beyond, nothing is known."""
    attendees: tuple[Attendee, ...]
    """In the order of `people`."""
    kept: Mapping[PersonId, tuple[Pair, ...]]
    """What is claimed for other meetings of ours, and never booked over."""
    basis: tuple[Basis, ...]
    """Every calendar that counts."""
    unconnected: tuple[PersonId, ...]
    """Those who have no calendar that could ever vouch for them."""
    dark: tuple[PersonId, ...] = ()
    """Those of whom nothing at all is known now."""
    unseen: tuple[PersonId, ...] = ()
    """Those whose time is not known, and is taken to be free because the asker wants it so."""

    @property
    def is_known(self) -> bool:
        """Whether everybody's calendars tell: what is not taken is free, as far as they were read."""
        return not self.dark

    def search(self, windows: Sequence[Interval]) -> Search:
        """The question whether and when they can meet in these windows, as far as was looked."""
        return Search(
            now=_floor(self.now),
            length=int(self.length.total_seconds()),
            step=int(self.asks.step.total_seconds()),
            zone=self.people[0].zone or self.asks.rules.zone,
            windows=tuple(_pair(one) for one in windows),
            horizon=_pair(self.within),
            hours=self.asks.whose_hours,
            people=self.attendees,
        )

    def best(self, windows: Sequence[Interval], limit: int) -> list[Ranked]:
        """The best times at which all are free, best first."""
        search = self.search(windows)
        return ranked(search, starts(search), limit) if windows else []

    def nearest(self, within: Interval, to: datetime, limit: int) -> list[Ranked]:
        """The times in there at which all are free that lie nearest to that one, no two overlapping."""
        search = self.search([within])
        return nearest(search, starts(search), _floor(to), limit)

    def way_to(self, when: Interval) -> Relaxation | None:
        """What it would take to meet at that very time; None where it cannot be had."""
        return around(self.search([when]), _floor(when.start), self.kept)

    def ways(self, windows: Sequence[Interval]) -> list[Relaxation]:
        """Where nothing fits, what would: the cheapest first."""
        return relaxations(self.search(windows), kept=self.kept) if windows else []

    def against(self, when: Interval) -> tuple[Cause, ...]:
        """What stands against that very time, whatever was asked."""
        return judge.causes(self.search([when]), _floor(when.start))

    def busy(self, when: Interval) -> tuple[PersonId, ...]:
        """Whose time is known to be taken then; what is unknown is not named."""
        return tuple(
            dict.fromkeys(one.person for one in self.against(when) if one.code in TAKEN and one.person is not None)
        )


def sight(
    tx: Tx,
    tenant: TenantId,
    people: Sequence[Person],
    within: Interval,
    length: timedelta,
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
    wishes = rules.of(tx, tenant, ids)
    claims = ledger.taken(tx, tenant, ids, _widened(within), now, besides=besides)
    kept = {one: tuple(_pair(when) for person, when in claims if person == one) for one in ids}
    also = {one: (*kept[one], *(_pair(when) for when in taken)) for one in ids}
    connected = {one.person for one in known.vouchers(counting)}
    unconnected = tuple(one for one in ids if one not in connected)
    skipped = {*without, *(unconnected if skips_unconnected else ())}
    told = {one: known.stretch([it for it in counting if it.person == one], now) for one in ids}
    unseen = tuple(one for one in ids if told[one] is None and one in skipped)
    taking = Taking(tx=tx, tenant=tenant, counting=counting, within=within, now=now, besides=besides, also=also)
    attendees = tuple(
        Attendee(
            person=one.id,
            rules=wishes[one.id].rules,
            unknown=() if one.id in unseen else _unknown(told[one.id], within),
            is_room=one.standing is Standing.ROOM,
        )
        for one in people
    )
    services = seen.services(tx, tenant, {one.connection for one in counting})
    origins = {one.id: _origin(one, services.get(one.connection, "")) for one in counting}
    sorted_by_person = (one for person in ids for one in counting if one.person == person)
    known_by_rules = Sight(
        people=tuple(people),
        asks=wishes[ids[0]],
        length=length,
        now=now,
        within=within,
        attendees=attendees,
        kept=kept,
        basis=tuple(_basis(one, origins[one.id], within, now) for one in sorted_by_person),
        unconnected=unconnected,
        dark=tuple(one for one in ids if told[one] is None and one not in unseen),
        unseen=unseen,
    )
    return replace(known_by_rules, attendees=taking.filled(known_by_rules.search([within])))


def _unknown(told: Interval | None, within: Interval) -> tuple[Pair, ...]:
    """Where it is not known whether they are free; before and after what was asked about, nothing is known either."""
    wide = _widened(within)
    gaps = [wide] if told is None else subtract(wide, [told])
    return tuple(_pair(one) for one in gaps)


def _widened(within: Interval) -> Interval:
    return within.widened(A_DAY)


def _pair(when: Interval) -> Pair:
    """Its seconds: an instant of ours is a whole one, or else it is in the past."""
    return _floor(when.start), _floor(when.end)


def _floor(at: datetime) -> int:
    return int(at.timestamp())


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
