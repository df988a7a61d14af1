"""Why nothing fits."""

from collections.abc import Sequence
from datetime import timedelta

from bot.availability.explain import HoursNeverMeet, OutsideHours, Over, Reason, TakenUp, TooShort, Unknown
from bot.availability.explain import explain as why_nothing
from bot.availability.terms import Attendee, Rows, Search
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.rules import Rules, WorkingHours, office_hours
from tests.builders import NOW, span, spans, works

EVER = Interval(NOW - timedelta(days=2), NOW + timedelta(weeks=8))
ANA, ALEX = PersonId("ana"), PersonId("alex")


def pairs(stretches: Sequence[Interval]) -> tuple[tuple[int, int], ...]:
    return tuple((int(one.start.timestamp()), int(one.end.timestamp())) for one in stretches)


def times(name: str, *, taken: str = "", hours: WorkingHours | None = None, known: Interval | None = EVER) -> Attendee:
    rules = Rules.of(hours or office_hours("UTC"))
    unknown = () if known else pairs([EVER])
    return Attendee(person=PersonId(name), rules=rules, taken=Rows(hard=pairs(spans(taken))), unknown=unknown)


def explain(people: Sequence[Attendee], windows: Sequence[Interval]) -> Reason | None:
    search = Search(now=0, length=3600, step=900, zone="UTC", windows=pairs(windows), people=tuple(people))
    return why_nothing(search)


def test_nothing_to_explain_when_something_fits() -> None:
    assert explain(people=[times("ana")], windows=spans("09:00-10:00")) is None


def test_the_window_is_over() -> None:
    assert explain(people=[times("ana")], windows=[]) == Over()


def test_the_window_is_too_short() -> None:
    found = explain(people=[times("ana")], windows=spans("09:00-09:30 10:00-10:45"))

    assert found == TooShort(timedelta(minutes=45))


def test_somebody_does_not_work_then() -> None:
    people = [times("ana"), times("alex", hours=works("09:00-17:00", days="Mon"))]

    assert explain(people=people, windows=[span("08:00-20:00")]) == OutsideHours((ALEX,))


def test_their_hours_never_meet() -> None:
    people = [times("ana", hours=works("08:00-12:00")), times("alex", hours=works("12:00-16:00"))]

    assert explain(people=people, windows=[span("08:00-20:00")]) == HoursNeverMeet((ANA, ALEX))


def test_nobody_says_taken_of_what_is_unknown() -> None:
    people = [times("ana", taken="09:00-17:00"), times("alex", known=None)]

    assert explain(people=people, windows=[span("09:00-17:00")]) == Unknown((ALEX,))


def test_who_is_taken_how_much() -> None:
    people = [times("ana", taken="09:00-10:00"), times("alex", taken="10:00-17:00")]
    found = explain(people=people, windows=[span("09:00-17:00")])

    assert isinstance(found, TakenUp)
    assert [(share.person, share.percent) for share in found.shares] == [(ALEX, 88), (ANA, 12)]
