"""What would fit where nothing does: the cheapest first, and everything that it overlooks."""

from datetime import timedelta

import pytest

from bot.availability.relaxing import relaxations
from bot.availability.terms import Attendee, Rows, Search
from bot.core.ids import PersonId
from bot.core.reasons import Code, Relaxation
from bot.core.rules import Rules, office_hours
from tests.builders import at

ANA, BO = PersonId("ana"), PersonId("bo")
START = int(at("00:00").timestamp())
DAY = 24 * 3600
BERLIN = Rules.of(office_hours("Europe/Berlin"))
TOKYO = Rules.of(office_hours("Asia/Tokyo"))
ALL_DAY = ((START, START + DAY),)


def ways(*others: Attendee, kept: dict[PersonId, tuple[tuple[int, int], ...]] | None = None) -> list[Relaxation]:
    """What would do on that day for Ana in Berlin with these."""
    ana = Attendee(person=ANA, rules=BERLIN)
    search = Search(now=START, length=1800, step=900, zone="Europe/Berlin", windows=ALL_DAY, people=(ana, *others))
    return relaxations(search, kept=kept)


def overlooked(found: list[Relaxation]) -> list[list[tuple[PersonId | None, Code]]]:
    return [[(cause.person, cause.code) for cause in one.overlooks] for one in found]


def test_where_something_fits_nothing_is_offered_instead() -> None:
    assert ways(Attendee(person=BO, rules=BERLIN)) == []


def test_soft_time_is_cheaper_than_hard() -> None:
    assert overlooked(ways(Attendee(person=BO, rules=BERLIN, taken=Rows(soft=ALL_DAY)))) == [[], [(BO, Code.SOFT)]]


def test_a_meeting_of_ours_is_never_booked_over() -> None:
    bo = Attendee(person=BO, rules=BERLIN, taken=Rows(hard=ALL_DAY))

    assert [(BO, Code.BUSY)] in overlooked(ways(bo))
    assert [(BO, Code.BUSY)] not in overlooked(ways(bo, kept={BO: ALL_DAY}))


def test_outside_hours_it_says_whose_and_no_farther_than_they_want() -> None:
    far = Attendee(person=BO, rules=TOKYO)

    assert any(cause.code is Code.HOURS for one in ways(far) for cause in one.overlooks)
    never = Attendee(person=BO, rules=Rules(zone="Asia/Tokyo", days=TOKYO.days, outside=timedelta(0)))
    assert all(cause.person != BO for one in ways(never) for cause in one.overlooks)


def test_several_rules_of_one_person_at_once_are_the_last_resort() -> None:
    bo = Attendee(person=BO, rules=Rules(zone="Europe/Berlin", days=((),) * 7), taken=Rows(hard=ALL_DAY))

    assert overlooked(ways(bo)) == [[(BO, Code.BUSY), (BO, Code.HOURS)]]


def crowd(count: int) -> list[Attendee]:
    busy = Attendee(person=BO, rules=BERLIN, taken=Rows(hard=ALL_DAY))
    return [*(Attendee(person=PersonId(f"p{number}"), rules=BERLIN) for number in range(count)), busy]


@pytest.mark.parametrize("count", [5, 40])
def test_the_one_who_hinders_all_may_be_asked_to_give_up_their_time(count: int) -> None:
    assert overlooked(ways(*crowd(count))) == [[], [(BO, Code.BUSY)]]
