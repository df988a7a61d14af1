"""Reasons in a few words, and never more of others than a class."""

from datetime import timedelta

import pytest

from bot.core.ids import PersonId
from bot.core.reasons import Cause, Code, Point, Relaxation, Why
from bot.language.wording import reasons
from tests.builders import at

ANA, KIM, BO = PersonId("ana"), PersonId("kim"), PersonId("bo")
CALLED = {ANA: "you", KIM: "Kim", BO: "Bo"}
ZONES = {ANA: "Europe/Berlin", KIM: "Asia/Tokyo", BO: "Europe/Berlin"}
START = int(at("12:00").timestamp())
HALF_HOUR = timedelta(minutes=30)


def way(*overlooks: Cause, length: int = 1800, weeks: int = 0) -> Relaxation:
    return Relaxation(start=START, length=length, weeks=weeks, overlooks=overlooks, price=1)


def against(person: PersonId, code: Code) -> Cause:
    return Cause(person=person, code=code)


@pytest.mark.parametrize(
    ("relaxation", "words"),
    [
        pytest.param(way(length=1500), "25 min instead of 30 min", id="shorter"),
        pytest.param(way(weeks=1), "one week later", id="later"),
        pytest.param(way(weeks=3), "3 weeks later", id="weeks later"),
        pytest.param(way(against(KIM, Code.HOURS)), "21:00 for Kim, outside Kim’s hours", id="outside hours"),
        pytest.param(way(against(ANA, Code.OVERRIDE)), "13:00 for you, outside your hours", id="outside your own"),
        pytest.param(
            way(against(ANA, Code.HOURS), against(KIM, Code.HOURS)),
            "13:00 for you and 21:00 for Kim, outside their hours",
            id="outside the hours of two",
        ),
        pytest.param(way(against(KIM, Code.SOFT)), "over Kim’s tentative or focus time", id="soft"),
        pytest.param(way(against(KIM, Code.UNKNOWN)), "without seeing Kim’s calendar: invited and asked", id="unknown"),
        pytest.param(way(against(KIM, Code.BUSY)), "although Kim is busy", id="busy"),
        pytest.param(way(against(ANA, Code.BUSY)), "although you are busy", id="busy yourself"),
        pytest.param(way(against(ANA, Code.BUFFER)), "right beside something else of yours", id="buffer"),
        pytest.param(
            way(against(KIM, Code.SOFT), against(BO, Code.SOFT), against(BO, Code.LUNCH)),
            "over Kim’s and Bo’s tentative or focus time; over Bo’s lunch",
            id="two things of two people",
        ),
    ],
)
def test_what_it_would_take(relaxation: Relaxation, words: str) -> None:
    assert reasons.way(relaxation, HALF_HOUR, CALLED, ZONES) == words


def test_whoever_pays_is_told_by_their_own_clock() -> None:
    assert reasons.paid([Code.HOURS], at("12:00"), "Asia/Tokyo") == "21:00 for you, outside your hours"
    assert reasons.paid([Code.BUSY, Code.LUNCH], at("12:00"), "UTC") == "although you are busy and over your lunch"


def test_the_weightiest_stand_beside_a_time_and_no_more_than_two() -> None:
    points = [
        Point(Why.LATE, 14, (KIM,)),
        Point(Why.LATER, 4, (), 2),
        Point(Why.EARLY, 11, (ANA,)),
        Point(Why.MISSES, 40, (BO,)),
    ]

    assert reasons.beside(points, CALLED) == ["without Bo", "early for you"]


def test_where_everybody_is_free_nothing_stands_beside_a_time() -> None:
    assert reasons.beside([Point(Why.LATER, 4, (), 2), Point(Why.CROOKED, 3)], CALLED) == []


@pytest.mark.parametrize("code", [code for code in Code if code not in (Code.WINDOW, Code.GRID)])
def test_every_cause_has_its_words_for_oneself_and_for_others(code: Code) -> None:
    assert "you" in reasons.cause(against(ANA, code), CALLED)
    assert "Kim" in reasons.cause(against(KIM, code), CALLED)
    assert "Lunch" not in reasons.cause(against(KIM, code), CALLED, own="Lunch")


def test_ones_own_event_is_named_to_oneself() -> None:
    assert reasons.cause(against(ANA, Code.BUSY), CALLED, own="Review") == "you are busy (Review)"


@pytest.mark.parametrize("why", list(Why))
def test_every_point_can_be_spelled_out(why: Why) -> None:
    assert reasons.spelled(Point(why, 7, (KIM,), 2), CALLED).endswith("(+7)")
