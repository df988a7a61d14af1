"""The three ways to an answer give the same one: bits, the sweep over rows, and a look at one start after another."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.availability import bits, clock, finding, judge, sweep
from bot.availability.bits import Bits
from bot.availability.terms import Attendee, Daily, Group, Role, Rows, Search, WhoseHours
from bot.core.ids import PersonId
from bot.core.rules import Away, Caps, DaySpan, Lunch, Override, Rules
from bot.core.weeks import bits_of

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC", "America/St_Johns")
CHANGES = ("2026-10-24", "2026-10-31", "2026-03-28", "2026-04-04", "2026-11-30", "2027-12-31")
HOUR = 3600


def second(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def span(dice: random.Random, grain: int) -> DaySpan:
    start, end = dice.sample(range(0, 24 * 60, grain), 2)
    return DaySpan(time(start // 60, start % 60), time(end // 60, end % 60))


def rules(dice: random.Random, day: date, grain: int) -> Rules:
    minute = timedelta(minutes=grain)
    days = tuple(tuple(span(dice, grain) for _ in range(dice.choice((0, 1, 1, 2)))) for _ in range(7))
    away = (Away(day + timedelta(days=dice.randint(-1, 3)), day + timedelta(days=4), dice.choice(ZONES)),)
    lunch = Lunch(DaySpan(time(12), time(14, grain % 60)), grain * dice.randint(1, 6))
    return Rules(
        zone=dice.choice(ZONES),
        days=dice.choice((None, days, days)),
        overrides=dice.choice(((), (Override(day, (span(dice, grain),)), Override(day + timedelta(days=1))))),
        away=dice.choice(((), away)),
        before=dice.choice((0, 0, 1, 3)) * minute,
        after=dice.choice((0, 0, 2)) * minute,
        notice=dice.choice((0, 0, 90)) * minute,
        caps=dice.choice((Caps(), Caps(meetings_a_day=2), Caps(minutes_a_day=90, meetings_a_week=6))),
        week_start=dice.choice((0, 6)),
        lunch=dice.choice((None, None, lunch)),
    )


def pairs(dice: random.Random, start: int, count: int, grain: int) -> tuple[tuple[int, int], ...]:
    step = grain * 60
    begins = sorted(start + dice.randrange(0, 7 * 24 * HOUR // step) * step for _ in range(count))
    return tuple((one, one + dice.choice((0, 1, 2, 6, 30)) * step) for one in begins)


def world(dice: random.Random, *, grain: int) -> Search:
    start = second(dice.choice(CHANGES))
    day = datetime.fromtimestamp(start, UTC).date()
    people = tuple(
        Attendee(
            person=PersonId(f"p{number}"),
            role=Role.REQUIRED if number < 2 else dice.choice((Role.MEMBER, Role.MEMBER, Role.OPTIONAL)),
            rules=rules(dice, day, grain),
            taken=Rows(hard=pairs(dice, start, dice.randint(0, 12), grain), soft=pairs(dice, start, 3, grain)),
            unknown=tuple(clock.merged(pairs(dice, start, dice.choice((0, 0, 2)), grain))),
        )
        for number in range(dice.randint(1, 5))
    )
    members = tuple(one.person for one in people if one.role is Role.MEMBER)
    return Search(
        now=start + dice.choice((-5, 0, 30)) * HOUR,
        length=dice.choice((1, 2, 6, 9)) * grain * 60,
        step=dice.choice((1, 3, 7)) * grain * 60,
        zone=dice.choice(ZONES),
        windows=((start + 2 * HOUR, start + 50 * HOUR), (start + 48 * HOUR + 7, start + 80 * HOUR)),
        horizon=dice.choice((None, (start + 5 * HOUR, start + 70 * HOUR + 11))),
        daily=dice.choice(((), (Daily(span(dice, grain), dice.choice(ZONES)), Daily(span(dice, grain), "UTC")))),
        hours=dice.choice(tuple(WhoseHours)),
        people=people,
        groups=(Group(id="some", need=dice.randint(1, len(members)), of=members),) if members else (),
        allow_unknown=dice.random() < 0.3,
        allow_soft=dice.random() < 0.3,
    )


def one_by_one(search: Search) -> list[int]:
    look = judge.Judge(search)
    first, last = search.windows[0][0], search.windows[-1][1]
    return [at for at in clock.on_grid(first, last, search.step, search.zone) if not look.causes(at)]


@pytest.mark.parametrize("seed", range(120))
def test_on_five_minutes_all_three_agree(seed: int) -> None:
    search = world(random.Random(seed), grain=5)
    found = sweep.starts(search)

    assert found == one_by_one(search)
    assert finding.starts(search) == found


@pytest.mark.parametrize("seed", range(120, 180))
def test_off_five_minutes_rows_are_read_and_both_agree(seed: int) -> None:
    search = world(random.Random(seed), grain=7)
    found = finding.starts(search)

    assert found == one_by_one(search)


def stored(one: Attendee, first: int, count: int) -> Attendee:
    assert isinstance(one.taken, Rows)
    return replace(one, counted=clock.counted(one.rules, one.taken.hard), taken=bits_of(one.taken, first, count))


@pytest.mark.parametrize("seed", range(200, 260))
def test_what_bits_answer_from_stored_weeks_is_what_rows_answer(seed: int) -> None:
    search = world(random.Random(seed), grain=5)
    first, count = bits.span_of(search)
    by_weeks = replace(search, people=tuple(stored(one, first - 1, count + 2) for one in search.people))

    assert finding.starts(by_weeks) == sweep.starts(search)
    found = Bits(by_weeks)
    assert found.seconds(found.starts(), 3) == sweep.starts(search)[:3]
    at = search.windows[0][0]
    assert judge.states(by_weeks, at) == judge.states(search, at)


@pytest.mark.parametrize("seed", range(300, 330))
def test_the_shortlist_has_those_that_the_fewest_miss(seed: int) -> None:
    dice = random.Random(seed)
    search = world(dice, grain=5)
    optional = tuple(replace(one, role=Role.OPTIONAL) for one in search.people[1:])
    search = replace(search, people=(search.people[0], *optional), groups=())
    look = judge.Judge(search)
    found = sorted(finding.starts(search), key=lambda at: (sum(not look.fits(one.person, at) for one in optional), at))

    assert finding.shortlist(search, 7) == found[:7]
