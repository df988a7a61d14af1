"""The answer as a document: slots with how everyone stands to them, what else would do, and what all of it rests on.

It is given piece by piece, since with 500 people every feasible start is more than anybody wants in memory.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from bot.availability.clock import zone_at
from bot.availability.document.asking import held_of, near_of
from bot.availability.document.instants import down, written
from bot.availability.document.world import World
from bot.availability.document.wrong import Wrong
from bot.availability.finding import starts
from bot.availability.judge import Judge
from bot.availability.pages import nearest, ranked
from bot.availability.relaxing import around, relaxations
from bot.availability.terms import Search, State
from bot.core.ids import PersonId
from bot.core.reasons import Point, Relaxation
from bot.core.zones import local

SEVERAL = "several"
"""The kind of a relaxation that overlooks more than one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """How reasons are said; the room of words hands it in."""

    point: Callable[[Point], str]
    way: Callable[[Relaxation], str]


class _Stands(msgspec.Struct, frozen=True):
    state: State
    local: str


class _Slot(msgspec.Struct, frozen=True, kw_only=True):
    start: str
    end: str
    people: dict[str, _Stands]
    chosen: dict[str, tuple[PersonId, ...]]
    score: int | None = None
    reasons: list[str] = []


def answer(world: World, search: Search, words: Worded) -> Iterator[bytes]:
    """The best slots, best first; where there are none, what else would do."""
    near, held, limit = near_of(world), held_of(world), world.request.limit
    feasible = starts(search)
    ways: list[Relaxation] = []
    if near is not None:
        best = nearest(search, feasible, near, limit)
        itself = None if near in feasible else around(search, near, held)
        ways += [] if itself is None else [itself]
    elif feasible:
        best = ranked(search, feasible, limit)
    else:
        best = []
        ways += relaxations(search, kept=held)
    slots = (
        _slot(search, it.start, it.states, it.chosen, it.score, [words.point(one) for one in it.points]) for it in best
    )
    return _whole(world, slots, [_way(search, one, words) for one in ways])


def answer_all(world: World, search: Search) -> Iterator[bytes]:
    """Every feasible start by time, without a score."""
    judge = Judge(search)
    slots = (_slot(search, start, judge.states(start), judge.chosen(start)) for start in starts(search))
    return _whole(world, slots, [])


def explanation(search: Search, start: int) -> bytes:
    """Whether that start fits, and everything that speaks against it."""
    causes = Judge(search).causes(start)
    because = [
        {"who": it.person, "code": it.code, "until": None if it.until is None else written(it.until)} for it in causes
    ]
    return msgspec.json.encode({"fits": not causes, "because": because})


def complaint(wrong: Wrong) -> bytes:
    """What is wrong with the document, as the answer to it."""
    told = {"code": wrong.fault, "field": wrong.field, "person": wrong.person, "message": str(wrong)}
    return msgspec.json.encode({"error": told})


def _whole(world: World, slots: Iterable[_Slot], ways: Sequence[object]) -> Iterator[bytes]:
    yield b'{"slots":['
    for at, slot in enumerate(slots):
        yield (b",\n" if at else b"\n") + msgspec.json.encode(slot)
    yield b'],\n"relaxations":' + msgspec.json.encode(ways)
    yield b',\n"rests_on":' + msgspec.json.encode(_rests_on(world)) + b"}"


def _slot(
    search: Search,
    start: int,
    states: Sequence[State],
    chosen: Mapping[str, tuple[PersonId, ...]],
    score: int | None = None,
    reasons: Sequence[str] = (),
) -> _Slot:
    at = datetime.fromtimestamp(start, UTC)
    people = {
        str(who.person): _Stands(state, local(at, zone_at(who.rules, start)).isoformat())
        for who, state in zip(search.people, states, strict=True)
    }
    return _Slot(
        start=written(start),
        end=written(start + search.length),
        people=people,
        chosen=dict(chosen),
        score=score,
        reasons=list(reasons),
    )


def _way(search: Search, one: Relaxation, words: Worded) -> object:
    return {
        "kind": _kind(search, one),
        "who": one.payers,
        "price": words.way(one),
        "slot": {"start": written(one.start), "end": written(one.start + one.length)},
    }


def _kind(search: Search, one: Relaxation) -> str:
    kinds = {str(cause.code) for cause in one.overlooks}
    if one.length < search.length:
        kinds.add("shorter")
    if one.weeks:
        kinds.add("later")
    return kinds.pop() if len(kinds) == 1 else SEVERAL


def _rests_on(world: World) -> object:
    """Of everyone when their calendars were read, and the oldest of these; null where nobody says."""
    read = {one.id: None if one.read_at is None else down(one.read_at, "read_at") for one in world.people}
    known = [at for at in read.values() if at is not None]
    told = {person: None if at is None else written(at) for person, at in read.items()}
    return {"oldest": written(min(known)) if known else None, "people": told}
