"""How hard what stands in calendars blocks, by the choices of whose time it is."""

from dataclasses import replace

import pytest

from bot.core.events import BusyCause, Instance, Kind
from bot.core.preferences import AllDay, Choices, Counts
from bot.core.weighing import Weighing, weighed
from tests.builders import instance

PLAIN = instance()
AWAY = replace(PLAIN, kind=Kind.AWAY, cause=BusyCause.AWAY)
FOCUS = replace(PLAIN, kind=Kind.SOFT, cause=BusyCause.FOCUS)
UNANSWERED = replace(PLAIN, kind=Kind.SOFT, cause=BusyCause.UNANSWERED)
TENTATIVE = replace(PLAIN, kind=Kind.SOFT, cause=BusyCause.TENTATIVE)
ELSEWHERE = replace(PLAIN, kind=Kind.SOFT, cause=BusyCause.ELSEWHERE, blocks=False)
FREE = replace(PLAIN, cause=BusyCause.FREE, blocks=False)
DECLINED = replace(PLAIN, blocks=False, is_declined=True)


def whole(one: Instance) -> Instance:
    return replace(one, all_day=True)


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        pytest.param(PLAIN, Kind.HARD, id="busy"),
        pytest.param(AWAY, Kind.AWAY, id="out of office"),
        pytest.param(FOCUS, Kind.SOFT, id="focus time"),
        pytest.param(UNANSWERED, Kind.SOFT, id="unanswered"),
        pytest.param(TENTATIVE, Kind.SOFT, id="tentative"),
        pytest.param(ELSEWHERE, None, id="working elsewhere"),
        pytest.param(whole(PLAIN), Kind.HARD, id="a whole day"),
        pytest.param(whole(FREE), None, id="a whole day that is shown as free"),
        pytest.param(DECLINED, None, id="declined"),
    ],
)
def test_how_hard_it_blocks_whoever_chose_nothing(one: Instance, kind: Kind | None) -> None:
    assert weighed(one, Choices()) is kind


@pytest.mark.parametrize(("counts", "kind"), [(Counts.FREE, None), (Counts.SOFT, Kind.SOFT), (Counts.HARD, Kind.HARD)])
def test_each_of_the_three_settings_is_for_its_own_cause(counts: Counts, kind: Kind | None) -> None:
    each = {
        BusyCause.UNANSWERED: (UNANSWERED, Choices(unanswered=counts)),
        BusyCause.TENTATIVE: (TENTATIVE, Choices(tentative=counts)),
        BusyCause.ELSEWHERE: (ELSEWHERE, Choices(elsewhere=counts)),
    }
    for cause, (one, chosen) in each.items():
        assert weighed(one, chosen) is kind
        for other, (another, _) in each.items():
            assert other is cause or weighed(another, chosen) is weighed(another, Choices())


@pytest.mark.parametrize("one", [PLAIN, AWAY, FOCUS, DECLINED])
def test_what_nobody_may_choose_is_the_same_by_every_choice(one: Instance) -> None:
    for counts in Counts:
        chosen = Choices(unanswered=counts, tentative=counts, elsewhere=counts)
        for all_day in AllDay:
            assert weighed(one, chosen, all_day) is weighed(one, Choices())


@pytest.mark.parametrize("one", [PLAIN, AWAY, UNANSWERED, ELSEWHERE, FREE])
def test_no_whole_day_blocks_in_a_calendar_whose_all_day_events_never_do(one: Instance) -> None:
    assert weighed(whole(one), Choices(elsewhere=Counts.HARD), AllDay.NEVER) is None


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        pytest.param(PLAIN, Kind.HARD, id="busy"),
        pytest.param(FREE, Kind.HARD, id="shown as free"),
        pytest.param(ELSEWHERE, Kind.HARD, id="working elsewhere"),
        pytest.param(FOCUS, Kind.SOFT, id="focus time"),
        pytest.param(TENTATIVE, Kind.SOFT, id="tentative, and that is free"),
        pytest.param(DECLINED, None, id="declined"),
    ],
)
def test_every_whole_day_blocks_in_a_calendar_whose_all_day_events_always_do(one: Instance, kind: Kind | None) -> None:
    assert weighed(whole(one), Choices(tentative=Counts.FREE), AllDay.ALWAYS) is kind


def test_what_counts_is_told_as_hard_as_it_was_chosen() -> None:
    weighing = Weighing(Choices(elsewhere=Counts.HARD, tentative=Counts.FREE))
    assert list(weighing.counted([PLAIN, TENTATIVE, ELSEWHERE, FREE])) == [
        PLAIN,
        replace(ELSEWHERE, kind=Kind.HARD, blocks=True),
    ]
