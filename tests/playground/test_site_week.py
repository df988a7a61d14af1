"""The week behind the page: what the servers hold, and what a visitor does to it behind the bot's back."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from bot.playground.site.serve import Site
from tests.playground.visitor import Visitor, next_monday, until

pytestmark = pytest.mark.xdist_group("site")


def named(visitor: Visitor, person: str, title: str, first: date | None = None) -> list[dict[str, Any]]:
    return [one for one in visitor.events(person, first or next_monday()) if one["title"] == title]


def local(event: dict[str, Any], zone: str) -> str:
    return datetime.fromisoformat(event["start"]).astimezone(ZoneInfo(zone)).strftime("%a %H:%M")


def at(day: str, clock: str, zone: str) -> str:
    number = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(day)
    begins = datetime.fromisoformat(f"{next_monday() + timedelta(days=number)}T{clock}").replace(tzinfo=ZoneInfo(zone))
    return begins.isoformat()


def test_a_series_is_told_one_by_one_with_what_was_moved_and_left_out(visitor: Visitor) -> None:
    stand_ups = [one for one in named(visitor, "ana", "Team stand-up") if one["start"] < str(weeks(1))]
    assert [local(one, "Europe/Berlin") for one in stand_ups] == ["Mon 09:30", "Tue 09:30", "Thu 11:00", "Fri 09:30"]
    assert all(one["isSeries"] and one["instance"] for one in stand_ups)


def test_every_kind_of_event_bears_its_marks(visitor: Visitor) -> None:
    (pitch,), (numbers,) = named(visitor, "ana", "Vendor pitch"), named(visitor, "ana", "Quarterly numbers")
    (freeze,), (office,) = named(visitor, "ana", "Release freeze"), named(visitor, "ana", "In the Berlin office")
    assert (pitch["isDeclined"], numbers["isTentative"], freeze["isFree"]) == (True, True, True)
    assert office["allDay"]
    assert (office["first"], office["last"]) == (str(next_monday()), str(next_monday() + timedelta(days=2)))
    assert office["instance"] is None
    assert named(visitor, "ana", "Planning offsite") == [], "what was cancelled is not there"
    assert {one["calendar"] for one in visitor.events("ana", next_monday())} == {"work", "personal", "google"}


def test_a_series_keeps_its_hour_when_the_clocks_change(visitor: Visitor) -> None:
    change = next_change("Europe/Berlin")
    before, after = (named(visitor, "ana", "Guild meeting", change + timedelta(days=days))[0] for days in (-7, 1))
    assert local(before, "Europe/Berlin") == local(after, "Europe/Berlin") == "Wed 12:00"
    assert {before["start"][-9:], after["start"][-9:]} == {"10:00:00Z", "11:00:00Z"}


def test_an_event_is_put_moved_declined_and_deleted(visitor: Visitor, site: Site) -> None:
    start, end = at("Sat", "10:00", "America/New_York"), at("Sat", "11:30", "America/New_York")
    where = {"person": "alex", "calendar": "personal"}
    uid = visitor.post("events", **where, title="Chess", start=start, end=end)["uid"]
    (chess,) = named(visitor, "alex", "Chess")
    assert local(chess, "America/New_York") == "Sat 10:00"
    assert [one.summary for one in site.parts.stage.world.account("alex").events("personal") if one.uid == uid]
    visitor.post("events/move", **where, uid=uid, instance=None, start=at("Sun", "12:15", "America/New_York"))
    (chess,) = named(visitor, "alex", "Chess")
    assert local(chess, "America/New_York") == "Sun 12:15"
    length = datetime.fromisoformat(chess["end"]) - datetime.fromisoformat(chess["start"])
    assert length == timedelta(minutes=90)
    visitor.post("events/decline", **where, uid=uid)
    assert named(visitor, "alex", "Chess")[0]["isDeclined"]
    visitor.post("events/delete", **where, uid=uid)
    assert named(visitor, "alex", "Chess") == []
    assert visitor.refused("events/delete", **where, uid=uid) == (404, "That event is not there any more.")
    assert visitor.refused("events/move", **where, uid=uid, start=start)[0] == 404


def test_one_of_a_series_is_moved_and_one_deleted_alone(visitor: Visitor) -> None:
    client = named(visitor, "kim", "Client sync") + named(visitor, "kim", "Client sync", weeks(1))
    first, second = sorted({one["instance"]: one for one in client}.values(), key=lambda one: one["start"])[:2]
    where = {"person": "kim", "calendar": "work", "uid": first["uid"]}
    moved_to = at("Sat", "09:00", "Asia/Kolkata")
    visitor.post("events/move", **where, instance=first["instance"], start=moved_to)
    assert "Sat 09:00" in [local(one, "Asia/Kolkata") for one in named(visitor, "kim", "Client sync")]
    assert local(named(visitor, "kim", "Client sync", weeks(1))[-1], "Asia/Kolkata") == "Tue 14:30"
    visitor.post("events/delete", **where, instance=first["instance"])
    left = {one["instance"] for one in named(visitor, "kim", "Client sync") + named(visitor, "kim", "Client sync",
                                                                                   weeks(1))}  # fmt: skip
    assert first["instance"] not in left
    assert second["instance"] in left


def test_whole_days_stay_whole_days(visitor: Visitor) -> None:
    where, day = {"person": "sam", "calendar": "personal"}, next_monday() + timedelta(days=5)
    ends = day + timedelta(days=1)
    uid = visitor.post("events", **where, title="Fair", start=str(day), end=str(ends))["uid"]
    (fair,) = named(visitor, "sam", "Fair")
    assert (fair["allDay"], fair["first"], fair["last"]) == (True, str(day), str(day))
    assert visitor.refused("events/move", **where, uid=uid, start=at("Sat", "10:00", "Europe/London"))[0] == 400
    visitor.post("events/move", **where, uid=uid, start=str(ends))
    assert named(visitor, "sam", "Fair")[0]["first"] == str(ends)
    visitor.post("events/delete", **where, uid=uid)


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        pytest.param(
            {"end": "2026-12-01T09:00:00Z"}, 400, "An event ends after it begins.", id="ends before it begins"
        ),
        pytest.param({"end": "2026-12-02"}, 400, "An event is either whole days", id="half a whole day"),
        pytest.param({"end": "2027-12-02T10:00:00Z"}, 400, "That is longer than a month.", id="a year long"),
        pytest.param({"start": "soon"}, 400, "That is no time.", id="no time"),
        pytest.param({"start": "0001-01-01T00:00:00+14:00"}, 400, "That is no time.", id="before time"),
        pytest.param({"start": "1066-10-14T09:00:00Z"}, 400, "That is too far away.", id="long ago"),
        pytest.param({"person": "mallory"}, 404, "There is no such calendar here.", id="nobody's"),
        pytest.param({"calendar": "../x"}, 404, "There is no such calendar here.", id="a path"),
    ],
)
def test_what_cannot_be_put_has_a_calm_answer(visitor: Visitor, change: dict[str, str], status: int, says: str) -> None:
    event = {"title": "X", "start": "2026-12-01T10:00:00Z", "end": "2026-12-01T11:00:00Z"}
    told = visitor.refused("events", **{"person": "ana", "calendar": "work", **event, **change})
    assert told[0] == status
    assert told[1].startswith(says)


def test_while_a_server_is_stopped_nothing_is_changed_and_the_week_stays(visitor: Visitor) -> None:
    before = visitor.events("kim", next_monday())
    visitor.post("servers", name="kim", isUp=False)
    try:
        visitor.post("servers", name="kim", isUp=False)
        event = {"start": at("Sat", "10:00", "Asia/Kolkata"), "end": at("Sat", "11:00", "Asia/Kolkata")}
        for path, more in (("events", event), ("events/move", {"uid": "client-kim@acme.example", **event}),
                           ("events/delete", {"uid": "client-kim@acme.example"})):  # fmt: skip
            told = visitor.refused(path, person="kim", calendar="work", **more)
            assert told == (503, "Kim’s calendar server does not answer, so nothing was changed.")
        people = {one["handle"]: one["isUp"] for one in visitor.week(next_monday())["people"]}
        assert people == {"ana": True, "alex": True, "sam": True, "kim": False}
        assert visitor.events("kim", next_monday()) == before
    finally:
        visitor.post("servers", name="kim", isUp=True)
    until(lambda: all(one["isUp"] for one in visitor.week(next_monday())["people"]) or None, "it is back")
    assert visitor.refused("servers", name="nobody's", isUp=True)[0] == 404


def test_a_change_by_somebody_else_rings_every_browser(visitor: Visitor, site: Site) -> None:
    account = site.parts.stage.world.account("ana")
    start = datetime.fromisoformat(at("Sun", "09:00", "Europe/Berlin"))
    with httpx.stream("GET", f"{site.url}api/stream", timeout=30) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        first = next(line for line in lines if line.startswith("event: glass"))
        assert first
        uid = account.put("personal", "Brunch", start, start + timedelta(hours=2))
        assert next(line for line in lines if line == "event: week")
    assert named(visitor, "ana", "Brunch")
    account.delete("personal", uid)


def test_a_week_that_is_no_date_is_refused_in_a_sentence(visitor: Visitor) -> None:
    for wrong in ("", "tomorrow", "2026-13-01", "9999-01-01"):
        assert visitor.http.get("api/week", params={"from": wrong}).status_code == 400


def next_change(zone: str) -> date:
    """The first day on which the clocks there change."""
    noon = datetime.combine(next_monday(), time(12), ZoneInfo(zone))
    days = (noon + timedelta(days=number) for number in range(370))
    return next(day.date() for day in days if day.utcoffset() != (day - timedelta(days=1)).utcoffset())


def weeks(later: int) -> date:
    return next_monday() + timedelta(weeks=later)
