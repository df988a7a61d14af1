"""The calendars: days as long as they truly are, looks that say what an event is, and what a hand can do in them."""

from typing import Any

import pytest

from tests.playground.page.conftest import PHONE
from tests.playground.page.pretend import Pretend, event, until

AXIS = """async ([zone, monday, at]) => {
  const { Axis } = await import("/page/week/axis.js");
  const axis = new Axis(zone, monday);
  const place = axis.days.findIndex((one) => one.start <= Date.parse(at) && Date.parse(at) < one.end);
  const day = axis.days[place];
  const stands = axis.place(day, Date.parse(at));
  return {minutes: axis.minutes, days: axis.days.map((one) => one.minutes), day: day.date, stands,
          back: new Date(axis.instant(day, stands)).toISOString(), missing: axis.days.map((one) => axis.missing(one)),
          hours: axis.hours().map((one) => one.hour)};
}"""
TUESDAY = ("2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z")


@pytest.mark.parametrize(("zone", "monday", "at", "day", "stands"), [
    pytest.param("Europe/Berlin", "2026-11-23", "2026-11-24T10:00:00Z", "2026-11-24", 660, id="a usual day"),
    pytest.param("Asia/Kolkata", "2026-11-23", "2026-11-24T10:00:00Z", "2026-11-24", 930, id="half an hour aside"),
    pytest.param("America/New_York", "2026-11-23", "2026-11-24T03:00:00Z", "2026-11-23", 1320, id="still yesterday"),
    pytest.param("Europe/Berlin", "2026-10-19", "2026-10-25T00:30:00Z", "2026-10-25", 150, id="the hour, first time"),
    pytest.param("Europe/Berlin", "2026-10-19", "2026-10-25T01:30:00Z", "2026-10-25", 210, id="the hour, once more"),
    pytest.param("Europe/Berlin", "2026-10-19", "2026-10-25T08:00:00Z", "2026-10-25", 600, id="after the long night"),
    pytest.param("Europe/Berlin", "2026-10-19", "2026-10-20T07:00:00Z", "2026-10-20", 600, id="that week’s Tuesday"),
    pytest.param("Europe/Berlin", "2026-03-23", "2026-03-29T00:59:00Z", "2026-03-29", 119, id="before the jump"),
    pytest.param("Europe/Berlin", "2026-03-23", "2026-03-29T01:00:00Z", "2026-03-29", 180, id="after the jump"),
    pytest.param("Australia/Lord_Howe", "2026-03-30", "2026-04-05T12:00:00Z", "2026-04-05", 1380, id="by half an hour"),
    pytest.param("America/Havana", "2026-03-02", "2026-03-08T05:00:00Z", "2026-03-08", 60, id="no midnight that day"),
])  # fmt: skip
def test_an_instant_stands_where_the_clocks_say(
    sheet: Any, zone: str, monday: str, at: str, day: str, stands: int
) -> None:
    found = sheet.evaluate(AXIS, [zone, monday, at])
    assert (found["day"], found["stands"]) == (day, stands)
    assert found["back"].replace(".000", "") == at


def test_the_day_that_is_an_hour_longer_has_a_row_more_and_the_others_mark_it_as_missing(sheet: Any) -> None:
    found = sheet.evaluate(AXIS, ["Europe/Berlin", "2026-10-19", "2026-10-25T08:00:00Z"])
    assert found["days"] == [1440] * 6 + [1500]
    assert found["minutes"] == 1500
    assert found["hours"][:5] == [0, 1, 2, 2, 3]
    assert found["missing"][0] == [{"from": 180, "to": 240, "isSkipped": False}]
    assert found["missing"][6] == []


def test_the_day_that_is_an_hour_shorter_marks_the_hour_that_it_does_not_have(sheet: Any) -> None:
    found = sheet.evaluate(AXIS, ["Europe/Berlin", "2026-03-23", "2026-03-29T08:00:00Z"])
    assert found["days"] == [1440] * 6 + [1380]
    assert found["missing"][6] == [{"from": 120, "to": 180, "isSkipped": True}]


@pytest.mark.parametrize(("zone", "date", "minutes", "at"), [
    pytest.param("Europe/Berlin", "2026-03-29", 150, "2026-03-29T01:00:00.000Z", id="in a gap: the first moment after"),
    pytest.param("Europe/Berlin", "2026-10-25", 150, "2026-10-25T00:30:00.000Z", id="in a fold: the earlier"),
    pytest.param("America/New_York", "2026-12-01", 600, "2026-12-01T15:00:00.000Z", id="any day"),
])  # fmt: skip
def test_wall_time_becomes_an_instant(sheet: Any, zone: str, date: str, minutes: int, at: str) -> None:
    script = """async ([zone, date, minutes]) =>
      new Date((await import("/page/week/zones.js")).instant(zone, date, minutes)).toISOString()"""
    assert sheet.evaluate(script, [zone, date, minutes]) == at


def test_an_event_says_everything_about_itself(visit: Any, world: Pretend) -> None:
    world.events["alex"] = [event("Review", *TUESDAY, isTentative=True, isOurs=True, calendar="personal")]
    page = visit()
    button = page.get_by_role(
        "button",
        name="Alex: Review, Tue 24 Nov, 11:00–12:00 Berlin time, Personal calendar, booked by Overlap, tentative",
    )
    assert "is-tentative" in button.get_attribute("class")
    assert button.locator(".mark").count() == 1


def test_a_title_is_words_and_never_markup(visit: Any, world: Pretend) -> None:
    title = "<img src=x onerror=alert(1)> <script>alert(1)</script> " + "W" * 300
    world.events["ana"] = [
        event(title, *TUESDAY),
        event(title, *TUESDAY, uid="2", allDay=True, first="2026-11-24", last="2026-11-25"),
    ]
    page = visit()
    assert page.locator(".week img, .week script").count() == 0
    assert page.locator(".event bdi").first.inner_text().startswith("<img src=x")
    page.locator(".column .event").click()
    assert page.locator("dialog h2").inner_text() == title
    assert page.evaluate("document.documentElement.scrollWidth") == 1440


def test_on_whose_clocks_is_a_choice(visit: Any, world: Pretend) -> None:
    world.events["kim"] = [event("Sync", *TUESDAY)]
    page = visit()
    assert page.locator(".event-time").inner_text() == "11:00–12:00"
    page.get_by_label("On whose clocks").select_option(label="Kolkata (Kim)")
    assert page.locator(".event-time").inner_text() == "15:30–16:30"


def test_side_by_side_everybody_is_on_their_own_clocks(visit: Any, world: Pretend) -> None:
    world.events["ana"] = world.events["alex"] = [event("Sync", *TUESDAY)]
    page = visit()
    page.get_by_label("On whose clocks").select_option(label="Each their own")
    assert page.locator(".panel").count() == 4
    names = page.locator(".event").evaluate_all("(all) => all.map((one) => one.getAttribute('aria-label'))")
    assert [name.split(", ")[2] for name in names] == ["11:00–12:00 Berlin time", "05:00–06:00 New York time"]


def test_somebody_can_be_left_out(visit: Any, world: Pretend) -> None:
    world.events["ana"] = world.events["kim"] = [event("Sync", *TUESDAY)]
    page = visit()
    page.locator(".person-chip", has_text="Kim").click()
    assert page.locator(".event").count() == 1


def test_offered_times_are_ghosts_and_are_found_in_another_week(visit: Any, world: Pretend) -> None:
    world.ghosts = [{"start": "2026-12-01T14:30:00Z", "end": "2026-12-01T15:00:00Z", "label": "Book Tue 15:30"}]
    page = visit()
    page.get_by_role("button", name="1 time is on offer in the week of 30 Nov – 6 Dec 2026").click()
    page.get_by_role("img", name="Offered: 15:30–16:00").wait_for()
    assert page.locator("#week-title").inner_text() == "30 Nov – 6 Dec 2026"
    assert page.locator(".offer-link").count() == 0


def test_arrow_keys_go_from_event_to_event_and_enter_opens(visit: Any, world: Pretend) -> None:
    world.events["ana"] = [
        event("Early", "2026-11-24T08:00:00Z", "2026-11-24T09:00:00Z"),
        event("Late", "2026-11-24T15:00:00Z", "2026-11-24T16:00:00Z"),
        event("Next day", "2026-11-25T14:00:00Z", "2026-11-25T15:00:00Z"),
    ]
    page = visit()
    page.locator(".event").first.focus()
    reached = []
    for key in ("ArrowDown", "ArrowRight", "ArrowLeft", "Home"):
        page.keyboard.press(key)
        reached.append(page.evaluate("document.activeElement.querySelector('bdi').textContent"))
    assert reached == ["Late", "Next day", "Late", "Early"]
    assert page.locator('.event[tabindex="0"]').count() == 1
    page.keyboard.press("Enter")
    assert page.locator("dialog h2").inner_text() == "Early"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.querySelector('bdi').textContent") == "Early"


def test_delete_asks_first_then_deletes_that_one(visit: Any, world: Pretend) -> None:
    world.events["ana"] = [event("Stand-up", *TUESDAY, isSeries=True, instance="2026-11-24T10:00:00Z")]
    page = visit()
    page.locator(".event").focus()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Keep").click()
    assert world.wanted("events/delete") == []
    page.locator(".event").focus()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Delete this one").click()
    (sent,) = until(lambda: world.wanted("events/delete"), "the deletion")
    assert sent == {"person": "ana", "calendar": "work", "uid": "Stand-up@test", "instance": "2026-11-24T10:00:00Z"}


def test_an_event_is_moved_in_its_dialog(visit: Any, world: Pretend) -> None:
    world.events["alex"] = [event("Review", *TUESDAY)]
    page = visit()
    page.locator(".event").click()
    assert "05:00–06:00 (New York time)" in page.locator("dialog").inner_text()
    page.get_by_role("button", name="Move it").click()
    assert page.locator(".wrong").inner_text() == "Choose another time first, then move it."
    page.get_by_label("Starts (Berlin)").fill("14:30")
    page.get_by_role("button", name="Move it").click()
    (sent,) = until(lambda: world.wanted("events/move"), "the move")
    assert sent["start"] == "2026-11-24T13:30:00Z"
    assert sent["person"] == "alex"


def test_a_drag_over_free_paper_puts_an_event(page: Any, world: Pretend) -> None:
    column = page.locator('.column[data-date="2026-11-26"]')
    box = column.bounding_box()
    per_minute = box["height"] / 1440
    top = box["y"] + 10 * 60 * per_minute
    page.mouse.move(box["x"] + 20, top + 1)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, top + 40 * per_minute, steps=3)
    assert page.locator(".draft").inner_text() == "10:00–10:45"
    page.mouse.up()
    page.get_by_label("Title").fill("Surprise")
    page.locator("select[name=person]").select_option("kim")
    page.get_by_role("button", name="Put it in the calendar").click()
    (sent,) = until(lambda: world.wanted("events"), "the event")
    assert sent == {
        "person": "kim", "calendar": "work", "title": "Surprise",
        "start": "2026-11-26T09:00:00Z", "end": "2026-11-26T09:45:00Z",
    }  # fmt: skip


def test_an_event_is_dragged_to_another_day_and_escape_lets_it_be(visit: Any, world: Pretend) -> None:
    world.events["ana"] = [event("Review", *TUESDAY)]
    page = visit()
    shown = page.locator(".event").bounding_box()
    aim = page.locator('.column[data-date="2026-11-26"]').bounding_box()
    for is_kept in (False, True):
        page.mouse.move(shown["x"] + 10, shown["y"] + 5)
        page.mouse.down()
        page.mouse.move(aim["x"] + 20, shown["y"] + 5 + aim["height"] / 24, steps=4)
        assert page.locator(".draft").inner_text().startswith("12:00–13:00")
        if not is_kept:
            page.keyboard.press("Escape")
        page.mouse.up()
        assert page.locator("dialog").count() == 0
    (sent,) = until(lambda: world.wanted("events/move"), "the move")
    assert sent["start"] == "2026-11-26T11:00:00Z"


def test_a_drag_onto_a_stopped_server_is_told_calmly_and_the_event_stays(visit: Any, world: Pretend) -> None:
    world.events["ana"] = [event("Review", *TUESDAY)]
    world.refusals["/api/events/move"] = (503, "Ana’s calendar server does not answer, so nothing was changed.")
    page = visit()
    before = page.locator(".event").bounding_box()
    page.mouse.move(before["x"] + 10, before["y"] + 5)
    page.mouse.down()
    page.mouse.move(before["x"] + 10, before["y"] + 90, steps=4)
    page.mouse.up()
    page.get_by_text("Ana’s calendar server does not answer, so nothing was changed.").wait_for()
    assert page.locator(".event").bounding_box() == before


def test_a_stopped_server_leaves_its_last_picture_and_says_so(visit: Any, world: Pretend) -> None:
    world.events["kim"] = [event("Sync", *TUESDAY)]
    page = visit()
    page.locator(".event").wait_for()
    world.down.add("kim")
    world.events["kim"] = []
    world.ring("week")
    page.get_by_text("The calendar server of Kim is stopped: these events are as they were last seen.").wait_for()
    assert page.locator(".event").count() == 1


def test_the_line_of_now_is_on_the_servers_clock(visit: Any, world: Pretend) -> None:
    def an_hour_off(page: Any) -> None:
        page.clock.install(time="2026-11-25T10:20:00Z")

    page = visit(beforehand=an_hour_off)
    assert page.get_by_role("img", name="Now: 10:20").count() == 1
    assert page.locator(".day-head.is-today").get_attribute("data-date") == "2026-11-25"
    assert page.locator(".eye-clock").first.inner_text().startswith("10:20")


def test_a_finger_taps_an_hour_and_scrolls_otherwise(visit: Any, world: Pretend) -> None:
    page = visit("#tab=week", viewport=PHONE, has_touch=True)
    page.locator('.column[data-date="2026-11-25"]').tap(position={"x": 30, "y": 500})
    assert page.get_by_label("Title").is_visible()
