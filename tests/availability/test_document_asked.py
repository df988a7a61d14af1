"""What a document asks the engine: every key, its default, and how it is read to the second."""

import json
from datetime import date, time, timedelta
from typing import Any

import pytest

from bot.availability.document.answering import Worded, answer, answer_all, explanation
from bot.availability.document.instants import instant
from bot.availability.document.reading import read
from bot.availability.terms import Counted, Rows
from bot.core.rules import DaySpan, Override
from tests.availability.documents import TUESDAY, as_bytes, busy, person, search, world

WORDS = Worded(point=lambda point: str(point.why), way=lambda way: "costs")
NINE, TEN = instant("2026-12-01T09:00:00Z", "at"), instant("2026-12-01T10:00:00Z", "at")


def answered(document: Any) -> Any:
    return json.loads(b"".join(answer(read(as_bytes(document)), search(document), WORDS)))


def clocks(document: Any) -> list[str]:
    """When the feasible slots start, in UTC."""
    told = json.loads(b"".join(answer_all(read(as_bytes(document)), search(document))))
    assert all(slot["score"] is None and slot["reasons"] == [] for slot in told["slots"])
    return [slot["start"][11:16] for slot in told["slots"]]


def because(document: Any, at: str) -> list[tuple[str | None, str, str | None]]:
    told = json.loads(explanation(search(document), instant(f"2026-12-01T{at}:00Z", "at")))
    assert told["fits"] is (told["because"] == [])
    return [(one["who"], one["code"], one["until"] and one["until"][11:16]) for one in told["because"]]


def test_what_is_absent_has_its_default() -> None:
    made = search(
        {"now": "2026-11-30T00:00:00Z", "horizon": TUESDAY, "request": {"duration_min": 30}, "people": [{"id": "a"}]}
    )
    assert (made.step, made.zone, made.windows) == (900, "UTC", (made.horizon,))
    assert made.people[0].rules.zone == "UTC"
    assert made.people[0].rules.days is None


def test_a_person_lives_by_the_request_s_clock_where_they_have_none() -> None:
    assert search(world({"id": "a"}, request={"zone": "Asia/Kolkata"})).people[0].rules.zone == "Asia/Kolkata"


def test_taken_time_is_widened_to_seconds_and_windows_are_narrowed() -> None:
    part = {"start": "2026-12-01T09:00:00.9Z", "end": "2026-12-01T09:59:59.1Z"}
    made = search(world(person(busy=[part], unknown=[part]), request={"windows": [part]}))
    assert made.people[0].taken == Rows(hard=((NINE, TEN),))
    assert made.people[0].unknown == ((NINE, TEN),)
    assert made.windows == ((NINE + 1, TEN - 1),)


def test_what_has_no_length_is_dropped_and_what_is_unknown_joined() -> None:
    stretches = [busy("09:30", "10:00"), busy("09:00", "09:30"), busy("08:00", "08:00")]
    made = search(world(person(busy=[busy("09:00", "09:00")], unknown=stretches)))
    assert (made.people[0].taken, made.people[0].unknown) == (Rows(), ((NINE, TEN),))


def test_the_end_of_a_span_may_be_24_00_or_the_next_day() -> None:
    spans = [["00:00", "24:00"], ["22:00", "06:00"]]
    rules = search(world(person(hours={"tue": spans}, overrides={"2026-12-02": []}))).people[0].rules
    assert rules.days is not None
    assert rules.days[1] == (DaySpan(time(0), time(0)), DaySpan(time(22), time(6)))
    assert rules.days[0] == ()
    assert rules.overrides == (Override(date(2026, 12, 2)),)


def test_counts_are_what_the_caps_count() -> None:
    made = search(world(person(counts={"2026-12-01": [2, 45.5]}, max_meetings_per_day=2, buffer_before_min=5)))
    assert made.people[0].counted == {date(2026, 12, 1): Counted(2, 2730)}
    assert made.people[0].rules.before == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param({"hours": {"tue": [["09:00", "12:00"]]}}, ["08:00", "09:00", "10:00"], id="hours"),
        pytest.param(
            {"hours": {"tue": [["09:00", "12:00"], ["12:00", "13:00"]]}},
            ["08:00", "09:00", "10:00", "11:00"],
            id="that touch",
        ),
        pytest.param({"hours": {}}, [], id="every weekday absent"),
        pytest.param({"hours": {}, "overrides": {"2026-12-01": [["09:00", "10:00"]]}}, ["08:00"], id="an override"),
        pytest.param(
            {
                "hours": {"tue": [["09:00", "11:00"]]},
                "away": [{"from": "2026-12-01", "to": "2026-12-01", "zone": "Asia/Tokyo"}],
            },
            ["00:00", "01:00"],
            id="away",
        ),
        pytest.param(
            {"hours": {"tue": [["09:00", "13:00"]]}, "busy": [busy("09:00", "10:00")], "buffer_after_min": 10},
            ["10:00", "11:00"],
            id="a buffer",
        ),
        pytest.param(
            {"hours": {"tue": [["09:00", "12:00"]]}, "max_meetings_per_day": 1, "counts": {"2026-12-01": [1, 5]}},
            [],
            id="a cap by counts",
        ),
        pytest.param(
            {"busy": [{"start": "0001-01-01T00:00:00Z", "end": "2026-12-01T22:00:00Z"}], "max_meetings_per_day": 1},
            ["22:00", "23:00"],
            id="busy since the year 1",
        ),
        pytest.param(
            {
                "busy": [
                    {"start": "2026-12-01T02:00:00Z", "end": "9999-12-31T23:59:59.5Z"},
                    {"start": "9999-12-31T23:00:00Z", "end": "9999-12-31T23:59:59Z"},
                ],
                "away": [{"from": "2026-12-01", "to": "9999-12-31", "zone": "Asia/Tokyo"}],
                "max_meetings_per_week": 5,
            },
            ["00:00", "01:00"],
            id="busy and away for ever",
        ),
    ],
)
def test_all_that_fits(rules: dict[str, Any], expected: list[str]) -> None:
    assert clocks(world(person(**rules))) == expected


def test_an_answer_tells_how_everyone_stands_and_by_their_clock() -> None:
    document = world(
        person(hours={"tue": [["09:00", "10:00"]]}, read_at="2026-11-29T12:00:00Z"),
        person(
            "kim", role="optional", zone="Asia/Kathmandu", busy=[busy("08:30", "09:00")], read_at="2026-11-29T11:00:00Z"
        ),
        person("elbe", role="member", busy=[busy("08:00", "09:00")]),
        person("isar", role="member"),
        groups=[{"id": "room", "need": 1, "of": ["elbe", "isar"]}],
    )
    told = answered(document)
    (slot,) = told["slots"]
    assert (slot["start"], slot["end"]) == ("2026-12-01T08:00:00Z", "2026-12-01T09:00:00Z")
    assert slot["people"]["ana"] == {"state": "free", "local": "2026-12-01T09:00:00+01:00"}
    assert slot["people"]["kim"] == {"state": "busy", "local": "2026-12-01T13:45:00+05:45"}
    assert slot["people"]["elbe"]["state"] == "busy"
    assert slot["chosen"] == {"room": ["isar"]}
    assert slot["score"] > 0
    assert "misses" in slot["reasons"]
    assert told["relaxations"] == []
    assert told["rests_on"] == {
        "oldest": "2026-11-29T11:00:00Z",
        "people": {"ana": "2026-11-29T12:00:00Z", "kim": "2026-11-29T11:00:00Z", "elbe": None, "isar": None},
    }


def test_the_local_time_is_that_of_where_they_are() -> None:
    tokyo = {"from": "2026-12-01", "to": "2026-12-01", "zone": "Asia/Tokyo"}
    told = answered(world(person(away=[tokyo], hours={"tue": [["09:00", "10:00"]]})))
    assert told["slots"][0]["people"]["ana"]["local"] == "2026-12-01T09:00:00+09:00"


def test_where_nothing_fits_it_tells_what_would() -> None:
    soft = busy("08:00", "09:00", kind="soft")
    told = answered(world(person(hours={"tue": [["09:00", "10:00"]]}, busy=[soft], max_outside_min=0)))
    assert told["slots"] == []
    slot = {"start": "2026-12-01T08:00:00Z", "end": "2026-12-01T09:00:00Z"}
    assert {"kind": "soft", "who": ["ana"], "price": "costs", "slot": slot} in told["relaxations"]


def test_windows_beyond_the_horizon_offer_nothing() -> None:
    horizon = {"start": "2026-11-30T00:00:00Z", "end": "2026-12-01T00:00:00Z"}
    assert answered(world(horizon=horizon))["slots"] == []
    assert because(world(horizon=horizon), "10:00") == [(None, "window", None)]


def test_no_more_slots_than_the_limit() -> None:
    assert len(answered(world(request={"limit": 2}))["slots"]) == 2


def test_every_cause_is_told_in_order() -> None:
    document = world(
        person(busy=[busy("09:00", "10:30")], hours={}, min_notice_min=60 * 48),
        person("kim", unknown=[busy("08:00", "11:00")], overrides={"2026-12-01": []}),
        person("sam", role="optional", busy=[busy("09:00", "10:00")]),
    )
    assert because(document, "09:20") == [
        ("ana", "busy", "10:30"),
        ("ana", "hours", None),
        ("ana", "notice", None),
        ("kim", "unknown", "11:00"),
        ("kim", "override", None),
        (None, "grid", None),
    ]
    assert because(world(), "10:00") == []


def test_five_hundred_people_are_answered() -> None:
    people = [person(f"p{n}", busy=[busy("09:00", "10:00")], hours={"tue": [["09:00", "12:00"]]}) for n in range(500)]
    assert clocks(world(*people)) == ["08:00", "10:00"]
