"""What an answer rested on, kept with its proposal: the question, everybody's rules, and their time as it was read.

It becomes a document that is answered with the very same slots, on any machine, whatever the calendars say by then.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import msgspec

from bot.availability.document.world import World
from bot.availability.document.writing import busy, world_of
from bot.availability.terms import Attendee, Pair, Rows, Weeks
from bot.core.errors import NotFound
from bot.core.ids import PersonId, ProposalId
from bot.core.intervals import Interval
from bot.core.proposals import Proposal
from bot.scheduling.sight import Sight
from bot.storage import recordings
from bot.storage.database import Tx, seconds

FAST = 1
"""How hard zlib tries: it is on the way of every answer, and more effort saves a tenth."""


class _Bits(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Somebody's time as five-minute bits of UTC weeks, the first bit lowest."""

    first: int
    hard: bytes
    soft: bytes


class _Instances(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Somebody's time to the second, where bits do not do."""

    hard: tuple[Pair, ...]
    soft: tuple[Pair, ...]


class _Recording(msgspec.Struct, frozen=True, array_like=True):
    """A document in which nobody is busy, and what is taken of each of its people, in their order."""

    world: World
    taken: tuple[_Bits | _Instances, ...]


def record(
    tx: Tx, proposal: Proposal, known: Sight, windows: Sequence[Interval], *, limit: int, near: datetime | None = None
) -> None:
    """Keep what its answer rests on: the best `limit` times in there, or those nearest to that one."""
    search = known.search(windows)
    world = world_of(
        # Beyond what was looked at nothing is known, and a document would take it to be free.
        replace(search, horizon=(seconds(known.within.start), seconds(known.within.end)), people=_at_rest(known)),
        limit=limit,
        near=None if near is None else seconds(near),
        read_at=dict(_read_at(known)),
        held={person: pairs for person, pairs in known.kept.items() if pairs},
    )
    made = _Recording(world, tuple(_packed(one.taken) for one in known.attendees))
    kept = zlib.compress(msgspec.msgpack.encode(made), FAST)
    recordings.keep(tx, proposal.tenant, proposal.id, kept, known.now)


def document(tx: Tx, proposal: ProposalId) -> World:
    """What was asked and known when that proposal was last answered; `NotFound` where nothing is kept of it."""
    kept = zlib.decompress(recordings.recording(tx, proposal))
    try:
        it = msgspec.msgpack.decode(kept, type=_Recording)
    except msgspec.ValidationError as error:
        raise NotFound("That proposal was recorded by another version of Overlap.") from error
    people = zip(it.world.people, it.taken, strict=True)
    filled = tuple(msgspec.structs.replace(one, busy=busy(_unpacked(taken))) for one, taken in people)
    return msgspec.structs.replace(it.world, people=filled)


def _at_rest(known: Sight) -> tuple[Attendee, ...]:
    return tuple(replace(one, taken=Rows()) for one in known.attendees)


def _read_at(known: Sight) -> Iterator[tuple[PersonId, int]]:
    """Of everyone whose calendars have all been read, when the oldest of these readings was."""
    for person in known.people:
        read = [one.read_at for one in known.basis if one.person == person.id]
        told = [at for at in read if at is not None]
        if told and len(told) == len(read):
            yield person.id, seconds(min(told))


def _packed(taken: Rows | Weeks) -> _Bits | _Instances:
    if isinstance(taken, Rows):
        return _Instances(taken.hard, taken.soft)
    return _Bits(taken.first, _bytes(taken.hard), _bytes(taken.soft))


def _bytes(bits: int) -> bytes:
    return bits.to_bytes((bits.bit_length() + 7) // 8, "little")


def _unpacked(taken: _Bits | _Instances) -> Rows | Weeks:
    if isinstance(taken, _Instances):
        return Rows(hard=taken.hard, soft=taken.soft)
    hard, soft = int.from_bytes(taken.hard, "little"), int.from_bytes(taken.soft, "little")
    return Weeks(first=taken.first, count=0, hard=hard, soft=soft)
