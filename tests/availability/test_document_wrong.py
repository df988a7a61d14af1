"""Whatever is wrong with a document is told by a code, a field, and the person whose it is."""

from typing import Any

import pytest

from bot.availability.document.world import MOST_INTERVALS
from bot.availability.terms import Rows
from tests.availability.documents import as_bytes, busy, person, search, world, wrong

BACK = {"start": "2026-12-01T10:00:00Z", "end": "2026-12-01T09:00:00Z"}
NAIVE = {"start": "2026-12-01T10:00:00", "end": "2026-12-01T11:00:00Z"}
TOKYO = {"from": "2026-12-01", "to": "2026-12-03", "zone": "Asia/Tokyo"}
ROOM = {"id": "room", "need": 1, "of": ["elbe"]}
ELBE = person("elbe", role="member")


def at(start: str) -> dict[str, str]:
    return {"start": start, "end": "2026-12-01T11:00:00Z"}


@pytest.mark.parametrize(
    ("document", "code", "field", "who"),
    [
        pytest.param(b"", "invalid_json", None, None, id="nothing at all"),
        pytest.param(b"{", "invalid_json", None, None, id="only a beginning"),
        pytest.param(b"\xff\xfe{}", "invalid_json", None, None, id="not UTF-8"),
        pytest.param(b'{"now":' + b"[" * 200_000, "invalid_json", None, None, id="nested too deeply"),
        pytest.param(b"[]", "invalid_value", None, None, id="a list"),
        pytest.param(b" " * (16 * 1024 * 1024 + 1), "too_large", None, None, id="above 16 MB"),
        pytest.param(b"[0" + b",0" * 8_000_000 + b"]", "too_large", None, None, id="of millions of values"),
        pytest.param({}, "missing_key", "now", None, id="without anything"),
        pytest.param(world(nonsense=1), "unknown_key", "nonsense", None, id="an unknown key"),
        pytest.param(world(request={"durationn": 1}), "unknown_key", "request.durationn", None, id="in the request"),
        pytest.param(world(person(bufer=1)), "unknown_key", "people[0].bufer", "ana", id="of a person"),
        pytest.param(world(person(hours={"mo": []})), "unknown_key", "people[0].hours.mo", "ana", id="a weekday"),
        pytest.param(world({"zone": "UTC"}), "missing_key", "people[0].id", None, id="a person without an id"),
        pytest.param(world(person(role="boss")), "invalid_value", "people[0].role", "ana", id="an unknown role"),
        pytest.param(world(request={"hours": "all"}), "invalid_value", "request.hours", None, id="unknown hours"),
        pytest.param(world(request={"duration_min": 0}), "invalid_value", "request.duration_min", None, id="no length"),
        pytest.param(
            world(request={"duration_min": 1441}), "invalid_value", "request.duration_min", None, id="above a day"
        ),
        pytest.param(world(request={"step_min": 1441}), "invalid_value", "request.step_min", None, id="a huge step"),
        pytest.param(world(request={"step_min": 0}), "invalid_value", "request.step_min", None, id="no step"),
        pytest.param(
            world(person(buffer_after_min=-1)), "invalid_value", "people[0].buffer_after_min", "ana", id="below zero"
        ),
        pytest.param(
            world(person(max_meetings_per_day=10**30)),
            "invalid_value",
            "people[0].max_meetings_per_day",
            "ana",
            id="a number beyond all",
        ),
        pytest.param(
            world(person(hours={"mon": [["9:00", "17:00"]]})),
            "invalid_value",
            "people[0].hours.mon[0][0]",
            "ana",
            id="a clock of three digits",
        ),
        pytest.param(
            world(person(hours={"mon": [["24:00", "17:00"]]})),
            "invalid_value",
            "people[0].hours.mon[0][0]",
            "ana",
            id="24:00 as a start",
        ),
        pytest.param(
            world(person(hours={"mon": [["09:00", "09:00"]]})),
            "invalid_interval",
            "people[0].hours.mon[0]",
            "ana",
            id="hours of no length",
        ),
        pytest.param(
            world(person(busy=[busy("09:00", "10:00"), NAIVE])),
            "invalid_time",
            "people[0].busy[1].start",
            "ana",
            id="a time without a zone",
        ),
        pytest.param(
            world(person(busy=[at("2016-12-31T23:59:60Z")])),
            "invalid_time",
            "people[0].busy[0].start",
            "ana",
            id="a leap second",
        ),
        pytest.param(
            world(person(busy=[at("0000-12-31T23:00:00Z")])),
            "invalid_time",
            "people[0].busy[0].start",
            "ana",
            id="the year 0",
        ),
        pytest.param(
            world(person(unknown=[at("0001-01-01T00:00:00+01:00")])),
            "invalid_time",
            "people[0].unknown[0].start",
            "ana",
            id="the year 0 in UTC",
        ),
        pytest.param(
            world(person(busy=[{"start": "2026-12-01T10:00:00Z", "end": "10000-01-01T00:00:00Z"}])),
            "invalid_time",
            "people[0].busy[0].end",
            "ana",
            id="the year 10000",
        ),
        pytest.param(
            world(person(busy=[{"start": "2026-12-01T10:00:00Z", "end": "9999-12-31T23:59:59-01:00"}])),
            "invalid_time",
            "people[0].busy[0].end",
            "ana",
            id="the year 10000 in UTC",
        ),
        pytest.param(
            world(person(overrides={"2026-02-30": []})),
            "invalid_time",
            "people[0].overrides.2026-02-30",
            "ana",
            id="a date that is none",
        ),
        pytest.param(
            world(person(overrides={"2026-12-1": []})),
            "invalid_value",
            "people[0].overrides",
            "ana",
            id="a date of one digit",
        ),
        pytest.param(world(person(zone="Mars/Base")), "unknown_zone", "people[0].zone", "ana", id="a zone on Mars"),
        pytest.param(world(request={"zone": ""}), "unknown_zone", "request.zone", None, id="an empty zone"),
        pytest.param(
            world(person(away=[TOKYO | {"zone": "../etc"}])),
            "unknown_zone",
            "people[0].away[0].zone",
            "ana",
            id="a path as a zone",
        ),
        pytest.param(world(person(busy=[BACK])), "invalid_interval", "people[0].busy[0]", "ana", id="a reversed one"),
        pytest.param(
            world(request={"windows": [BACK]}), "invalid_interval", "request.windows[0]", None, id="a reversed window"
        ),
        pytest.param(
            world(request={"windows": [at("2026-12-01T11:00:00Z")]}),
            "invalid_interval",
            "request.windows[0]",
            None,
            id="an empty window",
        ),
        pytest.param(world(horizon=BACK), "invalid_interval", "horizon", None, id="a reversed horizon"),
        pytest.param(
            world(request={"windows": None}), "missing_key", "request.windows", None, id="neither windows nor horizon"
        ),
        pytest.param(
            world(request={"windows": [{"start": "2026-01-01T00:00:00Z", "end": "2030-01-01T00:00:00Z"}]}),
            "too_large",
            "request.windows",
            None,
            id="a window of years",
        ),
        pytest.param(world(people=[]), "missing_key", "people", None, id="nobody"),
        pytest.param(
            world(*(person(f"p{n}") for n in range(1001))), "too_large", "people", None, id="a thousand people and one"
        ),
        pytest.param(world(person(), person()), "contradiction", "people[1].id", "ana", id="the same person twice"),
        pytest.param(
            world(person(role="optional")), "contradiction", "people[0].role", "ana", id="the first one is optional"
        ),
        pytest.param(world(person(), ELBE), "contradiction", "people[1].role", "elbe", id="a member of no group"),
        pytest.param(
            world(person(), ELBE, groups=[ROOM | {"need": 2}]), "contradiction", "groups[0].need", None, id="2 of 1"
        ),
        pytest.param(
            world(person(), ELBE, groups=[ROOM | {"need": 0}]), "invalid_value", "groups[0].need", None, id="0 of 1"
        ),
        pytest.param(
            world(person(), ELBE, groups=[ROOM | {"of": ["elbe", "isar"]}]),
            "unknown_person",
            "groups[0].of[1]",
            "isar",
            id="a member who is nobody",
        ),
        pytest.param(
            world(person(), ELBE, groups=[ROOM | {"of": ["elbe", "elbe"]}]),
            "contradiction",
            "groups[0].of[1]",
            "elbe",
            id="a member twice",
        ),
        pytest.param(
            world(person(), ELBE, groups=[ROOM, ROOM]), "contradiction", "groups[1].id", None, id="a group twice"
        ),
        pytest.param(
            world(person(away=[TOKYO, TOKYO | {"from": "2026-12-03", "to": "2026-12-05"}])),
            "contradiction",
            "people[0].away[1]",
            "ana",
            id="in two zones on one date",
        ),
        pytest.param(
            world(person(away=[TOKYO | {"to": "2026-11-30"}])),
            "invalid_interval",
            "people[0].away[0]",
            "ana",
            id="a journey backwards",
        ),
        pytest.param(
            world(person(lunch={"from": "12:00", "to": "14:00", "minutes": 0})),
            "invalid_value",
            "people[0].lunch.minutes",
            "ana",
            id="lunch of no length",
        ),
    ],
)
def test_it_is_told_where(document: Any, code: str, field: str | None, who: str | None) -> None:
    assert wrong(document) == (code, field, who)


def test_the_limit_of_intervals_is_exact() -> None:
    """Of two people together; a window is none of them."""
    half = [{"start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"}] * (MOST_INTERVALS // 2)
    fits = world(person(busy=half), person("kim", unknown=half))
    taken = search(fits).people[0].taken
    assert isinstance(taken, Rows)
    assert len(taken.hard) == MOST_INTERVALS // 2
    assert wrong(world(person(busy=half), person("kim", unknown=[*half, half[0]]))) == (
        "too_large",
        "people[1].unknown",
        "kim",
    )


def test_nobody_s_long_text_is_repeated_whole() -> None:
    _, field, who = wrong(world(person("a" * 150, **{"x" * 5000: 1})))
    assert field is not None
    assert len(field) <= 200
    assert who == "a" * 150


def test_every_beginning_of_a_document_is_an_error_and_never_more() -> None:
    whole = as_bytes(world(person(busy=[busy("09:00", "10:00")])))
    for length in range(0, len(whole), 7):
        assert wrong(whole[:length])[0] in {"invalid_json", "missing_key", "invalid_value"}
