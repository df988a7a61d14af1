"""How somebody wants to be scheduled: what they chose, the week that results, and that it counts once it is saved."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.availability import known
from bot.availability.terms import Pair, Rows
from bot.core.calendars import Calendar
from bot.core.events import Instance, Kind
from bot.core.ids import CalendarId
from bot.core.intervals import Interval, subtract
from bot.core.people import Person
from bot.core.preferences import AllDay, Preferences
from bot.core.weighing import Weighing
from bot.core.zones import local
from bot.people.connect import SETTINGS, Connecting
from bot.people.week import Week, first_of_week, week, whole
from bot.storage import calendars, due, ledger, mirror, people, rules, taken
from bot.storage.database import Tx, instant, seconds
from bot.storage.links import Session

log = logging.getLogger(__name__)

FARTHEST = timedelta(days=370)
"""No week is shown farther ahead; nobody's calendars are read so far."""
AROUND = timedelta(days=8)
"""What lies beside a week counts for it, too: for limits on a week, and for buffers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Everything that somebody can choose: of themselves, and of each of their calendars."""

    preferences: Preferences
    all_day: Mapping[CalendarId, AllDay]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """What somebody chose so far, and what their calendars make of it."""

    person: Person
    wanted: Wanted
    calendars: tuple[Calendar, ...]
    """Those that count and were read."""
    whole_days: Mapping[CalendarId, Mapping[AllDay, int]]
    """On how many days of the next four weeks the all-day events of each block, by each choice that there is."""
    is_connected: bool
    """Whether any calendar tells when they are free."""


@dataclass(frozen=True)
class Preferring:
    """Keeps what people choose."""

    connecting: Connecting

    def link(self, person: Person) -> str:
        """A single-use address of their own page."""
        return self.connecting.link(person, purpose=SETTINGS)

    def mine(self, session: Session) -> Mine:
        """What that person chose so far."""
        tenant, now = session.tenant, self.connecting.clock.now()
        with self.connecting.database.reading() as tx:
            theirs = _counting(tx, session)
            chosen = rules.of(tx, tenant, (session.person,))[session.person]
            read = tuple(one for one in theirs if one.read_at is not None)
            return Mine(
                person=people.person(tx, tenant, session.person),
                wanted=Wanted(preferences=chosen, all_day={one.id: one.all_day for one in read}),
                calendars=read,
                whole_days=whole_days(tx, read, chosen.rules.zone, now),
                is_connected=bool(known.vouchers(theirs)),
            )

    def save(self, session: Session, wanted: Wanted) -> None:
        """From now on this counts, also for what is on offer."""
        tenant, now = session.tenant, self.connecting.clock.now()
        with self.connecting.database.transaction() as tx:
            rules.save(tx, tenant, session.person, wanted.preferences)
            theirs = {one.id for one in calendars.of_person(tx, tenant, session.person)}
            for calendar, all_day in wanted.all_day.items():
                if calendar in theirs:
                    mirror.choose_all_day(tx, tenant, calendar, all_day)
            due.mark(tx, tenant, "reading", session.person, now)
        log.info("somebody chose how to be scheduled", extra={"tenant": tenant, "person": session.person})

    def week(self, session: Session, wanted: Wanted, day: date | None) -> Week:
        """The week that holds that day, or today, as these choices would have it; nothing of it is saved."""
        now, theirs = self.connecting.clock.now(), wanted.preferences.rules
        today = local(now, theirs.zone).date()
        wished = today if day is None else min(max(day, today - FARTHEST), today + FARTHEST)
        first = first_of_week(wished, theirs)
        begins, ends = whole(first, theirs)
        stretch = Interval(instant(begins), instant(ends)).widened(AROUND)
        with self.connecting.database.reading() as tx:
            counting = _counting(tx, session)
            rows = _rows(tx, counting, wanted, stretch, now)
            claims = ledger.taken(tx, session.tenant, (session.person,), stretch, now, besides=None)
        held = [(seconds(when.start), seconds(when.end)) for _, when in claims]
        also = Rows(hard=tuple(sorted({*rows.hard, *held})), soft=rows.soft)
        unknown = _unknown(counting, stretch)
        return week(session.person, wanted.preferences, first, also, unknown, now=seconds(now))


def whole_days(
    tx: Tx, theirs: Sequence[Calendar], zone: str, now: datetime
) -> Mapping[CalendarId, Mapping[AllDay, int]]:
    """What the all-day events of each of these calendars block in the next four weeks, by each choice."""
    return {one.id: taken.whole_days(tx, one.tenant, one.id, zone, now) for one in theirs}


def _counting(tx: Tx, session: Session) -> list[Calendar]:
    every = calendars.of_person(tx, session.tenant, session.person)
    return [one for one in every if one.counts and one.copy_of is None]


def _rows(tx: Tx, counting: Sequence[Calendar], wanted: Wanted, stretch: Interval, now: datetime) -> Rows:
    """What stands in these calendars, as hard as was wished, an event in several of them once."""
    hard: set[tuple[Pair, str]] = set()
    soft: set[tuple[Pair, str]] = set()
    for calendar in counting:
        chosen = Weighing(wanted.preferences.choices, wanted.all_day.get(calendar.id, calendar.all_day))
        for one in chosen.counted(mirror.between(tx, calendar.tenant, calendar.id, stretch)):
            is_soft = one.kind is Kind.SOFT or not known.is_proof(calendar, now)
            (soft if is_soft else hard).add((_pair(one), one.uid))
    return Rows(
        hard=tuple(sorted(pair for pair, _ in hard)),
        soft=tuple(sorted(pair for pair, _ in soft - hard)),
    )


def _unknown(counting: Sequence[Calendar], stretch: Interval) -> list[Pair]:
    """Where no calendar has told anything yet, or one of them not."""
    vouching = known.vouchers(counting)
    read = [one.window for one in vouching if one.window is not None and not (one.problem and one.problem.is_final)]
    if not vouching or len(read) < len(vouching):
        return [(seconds(stretch.start), seconds(stretch.end))]
    start, end = max(one.start for one in read), min(one.end for one in read)
    left = [stretch] if start >= end else subtract(stretch, [Interval(start, end)])
    return [(seconds(one.start), seconds(one.end)) for one in left]


def _pair(one: Instance) -> Pair:
    return seconds(one.when.start), seconds(one.when.end)
