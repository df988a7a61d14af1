"""What the pieces of when mean together, on the day they were said: one window, or what is wrong with them."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from bot.core.requests import Window
from bot.core.zones import WallTime, local, midnight
from bot.language.trouble import Code, Trouble
from bot.language.when import Either, Hours, OnDate, Piece, Relative, Said, Week, Weekday, words_of
from bot.language.wording import times

ONE_DAY = timedelta(days=1)
WINDOW_DAYS = 7
"""How many days are looked at when none is named, today included: no weekday comes twice."""
LAST_YEARS = timedelta(days=90)
"""A date without a year that passed less than this ago was a slip, not next year's."""
OPEN = time(0)


def resolve(said: Sequence[Said], *, now: datetime, zone: str) -> Window | Trouble:
    """The window that all the pieces together mean, or the first thing that is wrong with them."""
    here = local(now, zone)
    days = _days([one for one in said if not isinstance(one.piece, Hours)], here.date())
    if isinstance(days, Trouble):
        return days
    hours = _together([one for one in said if isinstance(one.piece, Hours)])
    if isinstance(hours, Trouble):
        return hours
    first, last = days
    words = words_of(said)
    if _end(last, hours.end, zone) <= now:
        return Trouble(
            code=Code.IN_PAST,
            words=words,
            hint=f"it is {times.clock(here.time())} on {times.day(here.date())}",
            instead="tomorrow",
        )
    return Window(first=first, last=last, from_time=hours.start, to_time=hours.end)


def _days(said: Sequence[Said], today: date) -> tuple[date, date] | Trouble:
    """The first and the last day."""
    pieces = list(dict.fromkeys(one.piece for one in said))
    words = words_of(said)
    match pieces:
        case []:
            return today, today + (WINDOW_DAYS - 1) * ONE_DAY
        case [piece]:
            return _one_day(piece, words, today)
        case [Weekday(number, None), Week(week)] | [Week(week), Weekday(number, None)]:
            return _one_day(Weekday(number, week), words, today)
        case [Weekday(number, None), (OnDate() | Relative()) as on] | [
            (OnDate() | Relative()) as on,
            Weekday(number, None),
        ]:
            return _agreeing(number, on, said, today)
        case _:
            return Trouble(code=Code.SEVERAL_DAYS, words=words, instead=said[0].words)


def _one_day(piece: Piece, words: str, today: date) -> tuple[date, date] | Trouble:
    monday = today - today.weekday() * ONE_DAY
    match piece:
        case Relative(days):
            return today + days * ONE_DAY, today + days * ONE_DAY
        case Week(week):
            return max(monday + 7 * week * ONE_DAY, today), monday + (7 * week + 6) * ONE_DAY
        case Weekday(number, week):
            coming = (number - today.weekday() - 1) % 7 + 1
            day = today + coming * ONE_DAY if week is None else monday + (7 * week + number) * ONE_DAY
            return day, day
        case OnDate():
            return _on_date(piece, words, today)
        case Either(first, second):
            readings = " or ".join(f"{one.day} {times.MONTHS[one.month - 1][:3]}" for one in (first, second))
            return Trouble(code=Code.AMBIGUOUS_DATE, words=words, hint=readings, instead=readings.partition(" or ")[0])
        case Hours():
            return Trouble(code=Code.NOT_UNDERSTOOD, words=words)


def _on_date(asked: OnDate, words: str, today: date) -> tuple[date, date] | Trouble:
    try:
        day = date(asked.year or today.year, asked.month, asked.day)
        if asked.year is None and day < today - LAST_YEARS:
            day = day.replace(year=today.year + 1)
    except ValueError:
        nearest = _nearest(asked, today)
        return Trouble(
            code=Code.INVALID_DATE, words=words, hint=nearest, instead=nearest.partition(" or ")[0] or "next week"
        )
    return day, day


def _nearest(asked: OnDate, today: date) -> str:
    """The dates on either side of one that does not exist."""
    if not 1 <= asked.month <= 12:
        return ""
    year = asked.year or today.year
    last = monthrange(year, asked.month)[1]
    if asked.day <= last or asked.month == 12:
        return ""
    return f"{last} {times.MONTHS[asked.month - 1][:3]} or 1 {times.MONTHS[asked.month][:3]}"


def _agreeing(number: int, on: OnDate | Relative, said: Sequence[Said], today: date) -> tuple[date, date] | Trouble:
    on_words = next(one.words for one in said if one.piece == on)
    days = _one_day(on, on_words, today)
    if isinstance(days, Trouble) or days[0].weekday() == number:
        return days
    return Trouble(
        code=Code.CONFLICTING_DATE,
        words=words_of(said),
        hint=f"a {times.WEEKDAYS[days[0].weekday()]}",
        instead=on_words,
    )


def _together(said: Sequence[Said]) -> Hours | Trouble:
    """The hours that lie in all of them."""
    hours = [one.piece for one in said if isinstance(one.piece, Hours)]
    start = max((one.start for one in hours), default=OPEN)
    end = min((one.end for one in hours if one.end != OPEN), default=OPEN)
    if end != OPEN and start >= end:
        return Trouble(code=Code.NO_HOURS, words=words_of(said), instead=said[0].words)
    return Hours(start, end)


def _end(last: date, end: time, zone: str) -> datetime:
    return midnight(last + ONE_DAY, zone) if end == OPEN else WallTime(last, end, zone).instant()
