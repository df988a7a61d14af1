"""When, as people write it: days and hours as symbols, read without knowing what day it is.

Pieces may come in any order: `Wednesday after 2pm`, `afternoon next week`, `next week Tuesday`. What they mean
together, on a certain day, is the business of `window`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time

from bot.language.lexicon import en
from bot.language.tokens import Kind, Token, kind_at, word_at

Line = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Relative:
    """Today or tomorrow."""

    days: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """A weekday: the coming one, or, with `week`, the one of this (0) or the next (1) week."""

    number: int
    week: int | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """This week (0), from today on, or the next (1): Monday to Sunday."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDate:
    """A date, perhaps without its year."""

    day: int
    month: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Either:
    """A date that reads as two: 3/12."""

    first: OnDate
    second: OnDate


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the day; 00:00 leaves that end open."""

    start: time
    end: time


Day = Relative | Weekday | Week | OnDate | Either
Piece = Day | Hours


@dataclass(frozen=True, slots=True)
class Said:
    """A piece and the words it was said in; of two pieces said in the same words, the last has them."""

    piece: Piece
    words: str


def words_of(said: Iterable[Said]) -> str:
    """All of it, as it was said."""
    return " ".join(one.words for one in said if one.words)


def read(line: Line, at: int) -> tuple[tuple[Piece, ...], int] | None:
    """What is said about when, from there, and the position after it; the longest reading."""
    for reader in (_this_part, _day, _hours):
        found = reader(line, at)
        if found is not None:
            return found
    return None


Found = tuple[tuple[Piece, ...], int] | None


def _this_part(line: Line, at: int) -> Found:
    """This morning: today's."""
    if word_at(line, at) in en.THIS and (part := en.PARTS.get(word_at(line, at + 1))):
        return (Relative(0), Hours(*part)), at + 2
    return None


def _day(line: Line, at: int) -> Found:
    word, after = word_at(line, at), word_at(line, at + 1)
    if word in en.TODAY or word in en.TOMORROW:
        return (Relative(0 if word in en.TODAY else 1),), at + 1
    if word in en.NEXT or word in en.THIS:
        week = 1 if word in en.NEXT else 0
        if after in en.WEEK:
            return (Week(week),), at + 2
        return ((Weekday(en.WEEKDAYS[after], week),), at + 2) if after in en.WEEKDAYS else None
    if word in en.WEEKDAYS:
        return (Weekday(en.WEEKDAYS[word]),), at + 1
    return _date(line, at)


def _date(line: Line, at: int) -> Found:
    """`2026-12-03`, `3.12.`, `3 Dec`, `3rd of December 2026`, `Dec 3`."""
    word = word_at(line, at)
    match kind_at(line, at):
        case Kind.ISO:
            year, month, day = (int(part) for part in word.split("-"))
            return (OnDate(day=day, month=month, year=year),), at + 1
        case Kind.DOTTED:
            day, month, *rest = (int(part) for part in word.split(".") if part)
            return (OnDate(day=day, month=month, year=rest[0] if rest else None),), at + 1
        case Kind.SLASHED:
            return (_slashed(word),), at + 1
        case Kind.NUMBER:
            return _day_then_month(line, at)
        case Kind.WORD if word in en.MONTHS:
            return _month_then_day(line, at)
        case _:
            return None


def _slashed(word: str) -> Day:
    one, other, *rest = (int(part) for part in word.split("/"))
    year = None if not rest else rest[0] if rest[0] > 99 else 2000 + rest[0]
    day_first, month_first = OnDate(day=one, month=other, year=year), OnDate(day=other, month=one, year=year)
    if one > 12 or one == other:
        return day_first
    return month_first if other > 12 else Either(day_first, month_first)


def _day_then_month(line: Line, at: int) -> Found:
    if not (number := line[at].word).isdigit() or int(number) > 31:
        return None
    after = at + 1 if word_at(line, at + 1) not in en.ORDINALS else at + 2
    after = after + 1 if word_at(line, after) == en.OF else after
    if (month := en.MONTHS.get(word_at(line, after))) is None:
        return None
    year, after = _year(line, after + 1)
    return (OnDate(day=int(number), month=month, year=year),), after


def _month_then_day(line: Line, at: int) -> Found:
    number = word_at(line, at + 1)
    if kind_at(line, at + 1) is not Kind.NUMBER or not number.isdigit() or int(number) > 31:
        return None
    after = at + 2 if word_at(line, at + 2) not in en.ORDINALS else at + 3
    comma = 1 if word_at(line, after) == "," else 0
    year, end = _year(line, after + comma)
    return (OnDate(day=int(number), month=en.MONTHS[line[at].word], year=year),), end if year else after


def _year(line: Line, at: int) -> tuple[int | None, int]:
    word = word_at(line, at)
    if kind_at(line, at) is Kind.NUMBER and len(word) == 4 and word.startswith("20") and word.isdigit():
        return int(word), at + 1
    return None, at


def _hours(line: Line, at: int) -> Found:
    word = word_at(line, at)
    if word in en.PARTS:
        return (Hours(*en.PARTS[word]),), at + 1
    if word in en.BETWEEN or word in en.AFTER:
        between = _range(line, at + 1)
        if between is not None or word in en.BETWEEN:
            return between
    if word in en.AFTER or word in en.BEFORE:
        clock = clock_at(line, at + 1)
        if clock is None:
            return None
        start, end = (clock[0], time(0)) if word in en.AFTER else (time(0), clock[0])
        return (Hours(start, end),), clock[1]
    return None


def _range(line: Line, at: int) -> Found:
    """2pm and 4pm; 2 to 4; 8 to 10pm, both in the evening."""
    start = clock_at(line, at)
    if start is None or word_at(line, start[1]) not in en.TO:
        return None
    end = clock_at(line, start[1] + 1)
    if end is None:
        return None
    begins = start[0]
    shared = word_at(line, end[1] - 1) in en.AFTERNOON_MARKS and word_at(line, start[1] - 1) not in en.MORNING_MARKS
    if shared and begins.hour < 12 and begins.replace(hour=begins.hour + 12) < end[0]:
        begins = begins.replace(hour=begins.hour + 12)
    return (Hours(begins, end[0]),), end[1]


def clock_at(line: Line, at: int) -> tuple[time, int] | None:
    """14:30, 2pm, noon, and 2 for the afternoon: without am or pm, one to six are after noon (not with a leading 0)."""
    word = word_at(line, at)
    if word in en.CLOCKS:
        return en.CLOCKS[word], at + 1
    if (
        kind_at(line, at) not in (Kind.CLOCK, Kind.NUMBER)
        or "." in word
        or word_at(line, at + 1) in en.HOURS | en.MINUTES
    ):
        return None
    hour, minute = int(word.partition(":")[0]), int(word.partition(":")[2] or 0)
    mark = word_at(line, at + 1)
    if mark in en.MORNING_MARKS or mark in en.AFTERNOON_MARKS:
        if not 1 <= hour <= 12 or minute > 59:
            return None
        return time(hour % 12 + (12 if mark in en.AFTERNOON_MARKS else 0), minute), at + 2
    if hour > 23 or minute > 59:
        return None
    if 1 <= hour <= 6 and not word.startswith("0"):
        hour += 12
    return time(hour, minute), at + 1
