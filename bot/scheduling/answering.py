"""What a proposal offers as the mirror and the ledger have it now: times, or of whom nothing is known yet.

What does not vouch is due to be read, and a colleague who connected nothing is sought through the asker's account.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.availability.hours import windows
from bot.availability.looks import Ranked
from bot.availability.pages import PAGE
from bot.core.intervals import Interval
from bot.core.proposals import Proposal, ProposalState, Slot, Vouching, Way
from bot.core.reasons import Relaxation
from bot.scheduling.colleagues import seek
from bot.scheduling.recording import record
from bot.scheduling.sight import Sight, sight
from bot.storage import calendars, due, people
from bot.storage.database import Tx

LIMIT = 5 * PAGE
"""The pages somebody will turn."""
READING = timedelta(seconds=10)
"""How long "reading…" is an answer, before it says what could not be read."""
A_DAY = timedelta(days=1)
LATER = timedelta(weeks=4)
"""How far beyond what was asked about something that fits is sought, where nothing in there does."""
YEAR = timedelta(days=365)
"""How far ahead anybody's time is looked at."""
UNREAD = (Vouching.READING, Vouching.AHEAD)
"""What a reading that was asked for may change."""


def answered(tx: Tx, proposal: Proposal, now: datetime, *, taken: Collection[Interval] = ()) -> Proposal:
    """The proposal as the mirror and the ledger have it now, not saved, though what it rests on is recorded.

    What does not vouch is due to be read.
    """
    before, left = proposal, left_of(tx, proposal, now)
    known = sight_of(tx, proposal, left, now, taken=taken)
    proposal = replace(proposal, waiting_for=known.unconnected, unseen=known.unseen, basis=known.basis)
    if not set(known.unconnected) <= set(proposal.without):
        record(tx, proposal, known, left, limit=LIMIT)
        return replace(proposal, state=ProposalState.WAITING, slots=(), page=0, reading_until=None)
    reading_until = _reading_until(tx, before, known, left, now)
    offered = replace(
        proposal,
        state=ProposalState.OPEN,
        slots=_slots(known.best(left, LIMIT), proposal.request.length),
        ways=(),
        is_beside=False,
        reading_until=reading_until,
    )
    if not offered.slots and left and reading_until is None:
        offered = _beyond(tx, offered, left, now, taken=taken)
    else:
        record(tx, proposal, known, left, limit=LIMIT)
    if offered.way(offered.confirming) is None:
        offered = replace(offered, confirming=None)
    return replace(offered, page=min(offered.page, last_page(offered)))


def _beyond(
    tx: Tx, proposal: Proposal, left: Sequence[Interval], now: datetime, *, taken: Collection[Interval] = ()
) -> Proposal:
    """Nothing fits: what would, and of one exact time the nearest that do."""
    is_one = is_exact(proposal) and left[0].length == proposal.request.length  # none of it is past
    soonest = max(now, left[0].start - A_DAY) if is_one else left[0].start
    wide = Interval(soonest, left[-1].end + LATER)
    known = sight_of(tx, proposal, [wide], now, taken=taken)
    if not is_one:
        record(tx, proposal, known, left, limit=LIMIT)
        return replace(proposal, ways=_ways(known.ways(left)))
    asked = left[0]
    record(tx, proposal, known, [wide], limit=PAGE, near=asked.start)
    itself = known.way_to(asked)
    near = known.nearest(wide, asked.start, PAGE)
    ways = _ways([itself]) if itself is not None else ()
    return replace(proposal, ways=ways, slots=_slots(near, asked.length), is_beside=bool(near))


def is_exact(proposal: Proposal) -> bool:
    """Whether it asks about one time of one day."""
    window = proposal.request.window
    start = timedelta(hours=window.from_time.hour, minutes=window.from_time.minute)
    end = timedelta(hours=window.to_time.hour, minutes=window.to_time.minute) or timedelta(days=1)
    return window.first == window.last and end - start == proposal.request.length


def _slots(found: Sequence[Ranked], length: timedelta) -> tuple[Slot, ...]:
    return tuple(_slot(one, datetime.fromtimestamp(one.start, UTC), length) for one in found)


def _slot(one: Ranked, start: datetime, length: timedelta) -> Slot:
    when = Interval(start, start + length)
    return Slot(slot_id(when), when, one.points)


def _ways(found: Sequence[Relaxation]) -> tuple[Way, ...]:
    return tuple(Way(f"{one.start // 60:x}-{one.length // 60}", one) for one in found)


def slot_id(when: Interval) -> str:
    """The same for the same time, so that a button drawn before a new look still means what it says."""
    return f"{int(when.start.timestamp()) // 60:x}"


def left_of(tx: Tx, proposal: Proposal, now: datetime) -> list[Interval]:
    """What is left of the stretches in which it may lie."""
    whole = windows(proposal.request.window, people.person(tx, proposal.tenant, proposal.asker).zone, now)
    end = proposal.created_at + YEAR
    return [one if one.end <= end else Interval(one.start, end) for one in whole if one.start < end]


def sight_of(
    tx: Tx, proposal: Proposal, left: Sequence[Interval], now: datetime, *, taken: Collection[Interval] = ()
) -> Sight:
    """What is known to the asker of everybody's time in there."""
    everyone = [people.person(tx, proposal.tenant, one) for one in proposal.people]
    within = Interval(left[0].start, left[-1].end) if left else Interval(now, now + timedelta(days=1))
    if left:
        seek(tx, everyone[0], everyone[1:], now)
    return sight(
        tx,
        proposal.tenant,
        everyone,
        within,
        proposal.request.length,
        now,
        asker=proposal.asker,
        taken=taken,
        without=proposal.without,
    )


def _reading_until(
    tx: Tx, proposal: Proposal, known: Sight, left: Sequence[Interval], now: datetime
) -> datetime | None:
    """Until when readings are awaited; they are asked for when one becomes necessary, and not again at every look."""
    unread = [one for one in known.basis if one.vouching in UNREAD]
    if not unread:
        return None
    if not _is_unread(proposal):
        for one in unread:
            if one.vouching is Vouching.AHEAD:
                calendars.reach(tx, proposal.tenant, one.calendar, left[-1].end, now)
            else:
                due.mark(tx, proposal.tenant, "calendar", one.calendar, now)
        return now + READING
    is_over = proposal.reading_until is None or proposal.reading_until <= now
    return None if is_over else proposal.reading_until


def _is_unread(proposal: Proposal) -> bool:
    return any(one.vouching in UNREAD for one in proposal.basis)


def last_page(proposal: Proposal) -> int:
    """Counted from zero."""
    return max(len(proposal.slots) - 1, 0) // PAGE
