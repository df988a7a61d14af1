"""Why a time is as it is, in a few words: what it asks of whom, why it does not fit, and what it would take.

Of others it says a class and nothing more: busy, outside their hours, unknown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from bot.core.ids import PersonId
from bot.core.reasons import Cause, Code, Point, Relaxation, Why
from bot.core.zones import local
from bot.language.wording import times

Called = Mapping[PersonId, str]
"""What each is called; the reader is "you"."""

YOU = "you"
MOST = 2
"""So many reasons stand beside a time; `explain` tells them all."""

SAID_OF_A_TIME = (Why.MISSES, Why.UNSEEN, Why.OUTSIDE, Why.SOFT, Why.DAY_OFF, Why.EARLY, Why.LATE, Why.BREAKS)
"""What is worth a word beside a time, the weightiest first; the rest only orders."""


def beside(points: Collection[Point], called: Called) -> list[str]:
    """What it asks of whom, the weightiest first: `early for Kim`; nothing where everybody is simply free."""
    found: list[str] = []
    for why in SAID_OF_A_TIME:
        people = [person for point in points if point.why is why for person in point.people if person in called]
        if people:
            found.append(_asks(why, [called[one] for one in dict.fromkeys(people)]))
    return found[:MOST]


def spelled(point: Point, called: Called) -> str:
    """The same of one point, whatever it is for, with what it adds: `early for Kim by 60 min (+14)`."""
    names = [called.get(one, str(one)) for one in point.people]
    return f"{_reason(point, names)} (+{point.points})"


def cause(one: Cause, called: Called, *, own: str = "") -> str:
    """Why a time does not fit: `Kim is busy`; `own` is what the reader's own calendar says stands there."""
    if one.person is None:
        return _OF_THE_QUESTION[one.code]
    name = called[one.person]
    if name == YOU:
        return f"{_OF_YOU[one.code]}{f' ({own})' if own else ''}"
    return _OF_OTHERS[one.code].format(name=name, their=f"{name}’s")


def way(one: Relaxation, asked: timedelta, called: Called, zones: Mapping[PersonId, str]) -> str:
    """What it would take, and whom it costs: `25 min instead of 30 min`, `08:30 for you, outside your hours`."""
    parts = []
    if timedelta(seconds=one.length) < asked:
        parts.append(f"{times.length(timedelta(seconds=one.length))} instead of {times.length(asked)}")
    if one.weeks:
        parts.append("one week later" if one.weeks == 1 else f"{one.weeks} weeks later")
    by_code: dict[Code, list[PersonId]] = {}
    for it in one.overlooks:
        if it.person is not None:
            by_code.setdefault(Code.HOURS if it.code is Code.OVERRIDE else it.code, []).append(it.person)
    parts += [_costs(code, people, one.start, called, zones) for code, people in by_code.items()]
    return "; ".join(parts)


def paid(codes: Iterable[Code], start: datetime, zone: str) -> str:
    """What a meeting costs its reader: `20:00 for you, outside your hours`."""
    you = PersonId(YOU)
    each = (_costs(one, [you], int(start.timestamp()), {you: YOU}, {you: zone}) for one in codes)
    return " and ".join(dict.fromkeys(each))


def _costs(code: Code, people: Sequence[PersonId], start: int, called: Called, zones: Mapping[PersonId, str]) -> str:
    names = [called[one] for one in people]
    who, whose = _listed(names), _whose(names)
    match code:
        case Code.HOURS | Code.OVERRIDE:
            each = [f"{_clock(start, zones[one])} for {called[one]}" for one in people]
            return f"{_listed(each)}, outside {whose if len(people) == 1 else 'their'} hours"
        case Code.SOFT:
            return f"over {whose} tentative or focus time"
        case Code.UNKNOWN:
            return f"without seeing {whose} calendar: invited and asked"
        case Code.BUSY:
            return f"although {who} {_are(names)} busy"
        case Code.BUFFER:
            return f"right beside something else of {'yours' if names == [YOU] else whose}"
        case Code.NOTICE:
            return f"at shorter notice than {who} {'want' if _is_many(names) else 'wants'}"
        case Code.CAP:
            return f"one more meeting than {who} {'want' if _is_many(names) else 'wants'}"
        case Code.LUNCH:
            return f"over {whose} lunch"
        case Code.WINDOW | Code.GRID:
            return _OF_THE_QUESTION[code]


def _asks(why: Why, names: Sequence[str]) -> str:
    return _ASKED[why].format(who=_listed(names), whose=_whose(names))


def _reason(point: Point, names: Sequence[str]) -> str:
    words = _asks(point.why, names)
    if point.why in (Why.EARLY, Why.LATE):
        return f"{words} by {point.amount} min"
    if point.why is Why.LATER:
        return f"{point.amount} {'day' if point.amount == 1 else 'days'} after the first possible one"
    return words


_ASKED = {
    Why.MISSES: "without {who}",
    Why.UNSEEN: "{who} not checked",
    Why.OUTSIDE: "outside {whose} hours",
    Why.SOFT: "over {whose} tentative or focus time",
    Why.DAY_OFF: "at the weekend",
    Why.EARLY: "early for {who}",
    Why.LATE: "late for {who}",
    Why.BREAKS: "takes {whose} last free hour that day",
    Why.EDGE: "at the edge of {whose} day",
    Why.LUNCH: "at {whose} lunch time",
    Why.CROOKED: "neither on the hour nor on the half",
    Why.LATER: "later than the first possible day",
    Why.SAME_DAY: "another one is that day",
    Why.SAME_HALF: "many are in that half of the day",
}
_OF_THE_QUESTION = {Code.WINDOW: "it is outside the time that was asked about", Code.GRID: "no slot starts then"}
_OF_YOU = {
    Code.BUSY: "you are busy",
    Code.SOFT: "you have something tentative, unanswered or time to focus",
    Code.UNKNOWN: "I can’t see your calendar then",
    Code.HOURS: "it is outside your hours",
    Code.OVERRIDE: "you set other hours for that day",
    Code.BUFFER: "it is too close to something else of yours",
    Code.NOTICE: "it is sooner than the notice you want",
    Code.CAP: "you would have more meetings than you want",
    Code.LUNCH: "it would take your lunch",
}
_OF_OTHERS = {
    Code.BUSY: "{name} is busy",
    Code.SOFT: "{name} may be busy",
    Code.UNKNOWN: "I can’t see {their} calendar then",
    Code.HOURS: "it is outside {their} hours",
    Code.OVERRIDE: "it is outside {their} hours",
    Code.BUFFER: "{name} is busy",
    Code.NOTICE: "it is too soon for {name}",
    Code.CAP: "{name} has enough meetings then",
    Code.LUNCH: "it would take {their} lunch",
}


def _clock(start: int, zone: str) -> str:
    return times.clock(local(datetime.fromtimestamp(start, UTC), zone).time())


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _whose(names: Sequence[str]) -> str:
    return _listed(["your" if name == YOU else f"{name}’s" for name in names])


def _are(names: Sequence[str]) -> str:
    return "are" if _is_many(names) else "is"


def _is_many(names: Sequence[str]) -> bool:
    return len(names) > 1 or names == [YOU]
