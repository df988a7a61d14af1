"""How long: `30m`, `1h30`, `90 min`, `half an hour`, `an hour and a half`."""

from dataclasses import dataclass
from datetime import timedelta

from bot.language.lexicon import en
from bot.language.tokens import Kind, Token, are_joined, kind_at, word_at

SHORTEST = timedelta(minutes=5)
LONGEST = timedelta(hours=12)

Line = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Length:
    """A length as read, which may be none that we can book."""

    lasting: timedelta

    @property
    def is_possible(self) -> bool:
        return SHORTEST <= self.lasting <= LONGEST


def read(line: Line, at: int) -> tuple[Length, int] | None:
    """The length that begins there and the position after it; the longest reading."""
    sign = -1 if word_at(line, at) == "-" and are_joined(line, at) else 1
    found = _fraction(line, at) or _counted(line, at + 1 if sign < 0 else at)
    if found is None:
        return None
    minutes, after = found
    return Length(timedelta(minutes=sign * round(minutes))), after


def _fraction(line: Line, at: int) -> tuple[float, int] | None:
    """Half an hour, a quarter of an hour, three quarters of an hour."""
    start = at + 1 if word_at(line, at) in en.ARTICLES else at
    match word_at(line, start):
        case en.HALF | "half-hour":
            share, after = 30, start + 1
        case en.QUARTER:
            share, after = 15, start + 1
        case "three" if word_at(line, start + 1) == en.QUARTERS:
            share, after = 45, start + 2
        case _:
            return None
    if word_at(line, start) == "half-hour":
        return share, after
    if word_at(line, after) == en.OF:
        after += 1
    if word_at(line, after) in en.ARTICLES:
        after += 1
    return (share, after + 1) if word_at(line, after) in en.HOURS else None


def _counted(line: Line, at: int) -> tuple[float, int] | None:
    """A count and its unit, and what may follow: `1h30`, `1 hour 15 min`, `two hours and a half`."""
    if kind_at(line, at) is Kind.CLOCK and word_at(line, at + 1) in en.HOURS:
        hours, minutes = line[at].word.split(":")
        return int(hours) * 60 + int(minutes), at + 2
    counted = _count(line, at)
    if counted is None:
        return None
    count, after = counted
    if word_at(line, after) == "-":
        after += 1
    if word_at(line, after) in en.MINUTES:
        return count, after + 1
    if word_at(line, after) not in en.HOURS:
        return None
    more, end = _beyond_hours(line, after + 1)
    return count * 60 + more, end


def _count(line: Line, at: int) -> tuple[float, int] | None:
    if kind_at(line, at) is Kind.NUMBER:
        count, after = float(line[at].word), at + 1
    elif word_at(line, at) in en.ARTICLES:
        count, after = 1.0, at + 1
    elif (tens := en.NUMBERS.get(word_at(line, at))) is not None:
        ones = en.NUMBERS.get(word_at(line, at + 1), 0) if tens >= 20 else 0
        count, after = (tens + ones, at + 2) if 0 < ones < 10 else (tens, at + 1)
    else:
        return None
    if [word_at(line, after + more) for more in range(3)] == [en.AND, "a", en.HALF]:
        return count + 0.5, after + 3
    return count, after


def _beyond_hours(line: Line, at: int) -> tuple[float, int]:
    """The minutes that follow an hour; none, when what follows is something else (`1h 30 Nov`)."""
    if kind_at(line, at) is Kind.NUMBER and are_joined(line, at - 1) and "." not in line[at].word:
        return float(line[at].word), at + 2 if are_joined(line, at) and word_at(line, at + 1) in en.MINUTES else at + 1
    start = at + 1 if word_at(line, at) == en.AND else at
    if word_at(line, start) == "a" and word_at(line, start + 1) in (en.HALF, en.QUARTER) and start > at:
        return (30 if word_at(line, start + 1) == en.HALF else 15), start + 2
    counted = _count(line, start)
    if counted is not None and word_at(line, counted[1]) in en.MINUTES:
        return counted[0], counted[1] + 1
    return 0, at
