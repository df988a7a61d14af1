"""The page on which somebody says how they want to be scheduled, through its real routes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import pytest
from httpx import Response

from bot.core.events import BusyCause, Instance
from bot.core.intervals import Interval
from bot.core.preferences import AllDay, Choices, Counts, Preferences
from bot.core.reasons import WhoseHours
from bot.core.rules import Away, Caps, DaySpan, Lunch, Override
from bot.people.connect import SETTINGS
from bot.storage import mirror, rules
from tests.builders import NOW, TENANT, instance
from tests.people.desk import Desk, a_desk, token_of
from tests.web.browser import Browser, link, title

HOME = "/connect/settings"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
def browser(desk: Desk) -> Browser:
    """At Ana's settings."""
    browser = Browser(desk)
    browser.post(f"/connect/{token_of(desk.connecting.link(desk.ana, purpose=SETTINGS))}")
    return browser


def fields(page: Response) -> dict[str, list[str]]:
    """What a browser would send of it, untouched."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", page.text):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if told.get("type") not in ("checkbox", "radio") or " checked" in tag:
            found.setdefault(told["name"], []).append(told.get("value", ""))
    for name, options in re.findall(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL):
        chosen = re.search(r"<option([^>]*) selected>([^<]*)", options)
        assert chosen is not None, name
        value = re.search(r'value="([^"]*)"', chosen[1])
        found[name] = [value[1] if value else chosen[2]]
    return found


Changes: TypeAlias = Mapping[str, str | list[str]]
NOTHING: Changes = MappingProxyType({})


def sends(browser: Browser, does: str = "save", changes: Changes = NOTHING, **also: str | list[str]) -> Response:
    """The form of the page, with these fields changed (a dash in a name is an underscore here)."""
    assert browser.page is not None
    page = browser.get(HOME) if browser.page.url.path != HOME else browser.page
    changed = {
        name.replace("_", "-"): [one] if isinstance(one, str) else one for name, one in {**changes, **also}.items()
    }
    return browser.post(HOME, **{**fields(page), **changed, "do": does})


def kept(desk: Desk) -> Preferences:
    with desk.database.reading() as tx:
        return rules.of(tx, TENANT, (desk.ana.id,))[desk.ana.id]


def is_read(desk: Desk, calendar: str = "Work", *rows: Instance) -> None:
    """Every calendar of Ana's was read; that one holds these."""
    window = Interval(NOW - timedelta(days=30), NOW + timedelta(days=60))
    with desk.database.transaction() as tx:
        for name, one in desk.calendars().items():
            mirror.replace(tx, TENANT, one.id, rows if name == calendar else (), window, desk.clock.now())


def words(page: Response) -> list[str]:
    """The week in words, a line for each day."""
    found = re.search(r'<ul class="points">(.*?)</ul>', page.text, re.DOTALL)
    assert found is not None
    return re.findall(r"<li>(.*?)</li>", found[1])


def test_the_link_says_what_it_is_for_and_leads_to_the_page(desk: Desk) -> None:
    browser = Browser(desk)
    path = f"/connect/{token_of(desk.connecting.link(desk.ana, purpose=SETTINGS))}"
    assert title(browser.get(path)) == "Say how Ana wants to be scheduled"
    page = browser.post(path)
    assert (page.url.path, title(page)) == (HOME, "How you want to be scheduled")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param(
            {"from_0": ["08:00", "13:00"], "to_0": ["12:00", "16:00"]},
            {"monday": "08:00-12:00 13:00-16:00"},
            id="a break",
        ),
        pytest.param({"from_0": "22:00", "to_0": "06:00"}, {"monday": "22:00-06:00"}, id="a night"),
        pytest.param({"on_0": []}, {"monday": ""}, id="a day without meetings"),
        pytest.param({"zone": "kolkata"}, {"zone": "Asia/Kolkata"}, id="zone"),
        pytest.param(
            {"before": "5", "after": "10"},
            {"before": timedelta(minutes=5), "after": timedelta(minutes=10)},
            id="buffers",
        ),
        pytest.param({"notice": "2", "notice_unit": "days"}, {"notice": timedelta(days=2)}, id="notice"),
        pytest.param(
            {"lunch_minutes": "30", "lunch_from": "12:00", "lunch_to": "14:00"},
            {"lunch": Lunch(DaySpan(time(12), time(14)), 30)},
            id="lunch",
        ),
        pytest.param(
            {
                "date": ["2026-12-24", "2026-12-24", "2026-12-25", ""],
                "date_from": ["13:00", "09:00", "", ""],
                "date_to": ["15:00", "11:00", "", ""],
            },
            {
                "overrides": (
                    Override(date(2026, 12, 24), (DaySpan(time(9), time(11)), DaySpan(time(13), time(15)))),
                    Override(date(2026, 12, 25)),
                )
            },
            id="single dates",
        ),
        pytest.param(
            {"away_first": "2026-12-10", "away_last": "2026-12-12", "away_zone": "tokyo"},
            {"away": (Away(date(2026, 12, 10), date(2026, 12, 12), "Asia/Tokyo"),)},
            id="a journey",
        ),
        pytest.param(
            {"meetings_day": "4", "minutes_day": "240", "meetings_week": "15", "minutes_week": "900"},
            {"caps": Caps(meetings_a_day=4, minutes_a_day=240, meetings_a_week=15, minutes_a_week=900)},
            id="limits",
        ),
        pytest.param({"week_start": "6"}, {"week_start": 6}, id="weeks that start on Sunday"),
        pytest.param({"outside": "never"}, {"outside": timedelta(0)}, id="never outside"),
        pytest.param({"outside": "some", "outside_hours": "2"}, {"outside": timedelta(hours=2)}, id="a little outside"),
        pytest.param(
            {"unanswered": "free", "tentative": "hard", "elsewhere": "soft"},
            {"choices": Choices(unanswered=Counts.FREE, tentative=Counts.HARD, elsewhere=Counts.SOFT)},
            id="what counts",
        ),
        pytest.param({"whose": "organiser"}, {"whose_hours": WhoseHours.ORGANISER}, id="whose hours"),
        pytest.param({"step": "30"}, {"step": timedelta(minutes=30)}, id="the grid"),
        pytest.param({"title": "{asker}: {title}"}, {"title": "{asker}: {title}"}, id="title"),
        pytest.param({"link": "https://meet.example/{id}"}, {"link": "https://meet.example/{id}"}, id="link"),
        pytest.param(
            {"quiet_from": "20:00", "quiet_to": "07:00"}, {"quiet": DaySpan(time(20), time(7))}, id="quiet hours"
        ),
    ],
)
def test_what_is_set_is_kept_and_stands_there_the_next_time(
    desk: Desk, browser: Browser, changes: Changes, expected: dict[str, object]
) -> None:
    page = sends(browser, changes=changes)
    assert (page.status_code, "Saved." in page.text) == (200, True)
    found = kept(desk)
    monday = " ".join(f"{one.start:%H:%M}-{one.end:%H:%M}" for one in (found.rules.days or ((),))[0])
    for name, value in expected.items():
        told = monday if name == "monday" else getattr(found.rules if hasattr(found.rules, name) else found, name)
        assert told == value
    again = sends(browser)
    assert again.status_code == 200
    assert kept(desk) == found


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        pytest.param(
            {"from_0": ["08:00", "11:00"], "to_0": ["12:00", "17:00"]}, "from-0", "Monday’s hours overlap", id="hours"
        ),
        pytest.param({"from_0": "09:00", "to_0": ""}, "from-0", "Monday must end", id="half an hour"),
        pytest.param({"zone": "Mars"}, "zone", "no time zone", id="zone"),
        pytest.param({"before": "-5"}, "before", "number of minutes from 0 to 240", id="buffer"),
        pytest.param({"after": "٣"}, "after", "number of minutes from 0 to 240", id="other digits"),
        pytest.param({"notice": "900", "notice_unit": "days"}, "notice", "a number from 0 to 60", id="notice"),
        pytest.param({"lunch_minutes": "30"}, "lunch-minutes", "Lunch needs all three", id="lunch without a span"),
        pytest.param(
            {"lunch_from": "12:00", "lunch_to": "14:00"}, "lunch-minutes", "Lunch needs all three", id="how long"
        ),
        pytest.param(
            {"lunch_minutes": "90", "lunch_from": "12:00", "lunch_to": "13:00"},
            "lunch-minutes",
            "longer than",
            id="long lunch",
        ),
        pytest.param({"date": "2026-13-01", "date_from": "", "date_to": ""}, "date-0", "Which date", id="no date"),
        pytest.param({"date": "", "date_from": "09:00", "date_to": "10:00"}, "date-0", "Which date", id="date missing"),
        pytest.param(
            {"date": "2026-12-24", "date_from": "09:00", "date_to": ""}, "date-0", "Fill in both", id="half a date"
        ),
        pytest.param(
            {"date": ["2026-12-24"] * 2, "date_from": ["09:00", "10:00"], "date_to": ["11:00", "12:00"]},
            "date-1",
            "hours of 24 December overlap",
            id="a date twice",
        ),
        pytest.param(
            {"away_first": "2026-12-10", "away_last": "2026-12-09", "away_zone": "Asia/Tokyo"},
            "away-first-0",
            "not before the first",
            id="a journey back in time",
        ),
        pytest.param(
            {"away_first": "2026-12-10", "away_last": "2026-12-11", "away_zone": "Mars"},
            "away-zone-0",
            "no time zone",
            id="to Mars",
        ),
        pytest.param(
            {
                "away_first": ["2026-12-10", "2026-12-11"],
                "away_last": ["2026-12-11", "2026-12-12"],
                "away_zone": ["Asia/Tokyo", "UTC"],
            },
            "away-first-1",
            "Two journeys overlap",
            id="two journeys",
        ),
        pytest.param({"meetings_day": "few"}, "meetings-day", "A limit a day", id="limit"),
        pytest.param({"outside": "some", "outside_hours": ""}, "outside-hours", "How many hours", id="how far outside"),
        pytest.param({"title": "{secret}"}, "title", "may stand in braces", id="title"),
        pytest.param({"title": "{asker.id}"}, "title", "may stand in braces", id="title that looks inside"),
        pytest.param({"title": "{asker"}, "title", "may stand in braces", id="an open brace"),
        pytest.param({"link": "http://meet.example"}, "link", "no address of a meeting room", id="link without TLS"),
        pytest.param({"link": "javascript:alert(1)"}, "link", "no address of a meeting room", id="no link at all"),
        pytest.param({"link": "https://me:secret@meet.example"}, "link", "no address", id="link with a password"),
        pytest.param({"link": "https://meet.example/{asker}"}, "link", "Only {id}", id="link with a name"),
        pytest.param({"quiet_from": "20:00"}, "quiet-from", "Fill in both times", id="half of quiet"),
        pytest.param({"quiet_from": "00:00", "quiet_to": "00:00"}, "quiet-from", "must end", id="quiet for ever"),
    ],
)
def test_a_mistake_is_said_at_its_field_saves_nothing_and_loses_nothing(
    desk: Desk, browser: Browser, changes: Changes, field: str, says: str
) -> None:
    before = kept(desk)
    page = sends(browser, changes=changes)
    assert page.status_code == 422
    assert f'<a href="#{field}">' in page.text
    assert f'id="{field}"' in page.text
    assert f'id="{field}-wrong"' in page.text
    assert page.text.count(says) == 2
    assert kept(desk) == before
    sent = {name.replace("_", "-"): [one] if isinstance(one, str) else one for name, one in changes.items()}
    shown = fields(page)
    for name, values in sent.items():
        assert shown.get(name, [])[: len(values)] == list(values)


def test_a_mistake_in_a_fold_opens_it(browser: Browser) -> None:
    page = sends(browser, lunch_minutes="30")
    assert re.findall(r'<details class="card fold" open>\s*<summary><h2>(\w+)', page.text) == ["Lunch"]


def test_an_end_before_its_start_is_said_to_be_on_the_next_day(desk: Desk, browser: Browser) -> None:
    page = sends(browser, "preview", from_6="22:00", to_6="06:00", on_6="1")
    assert "ends on Monday" in page.text
    assert any(
        "works 00:00–06:00, 09:00–17:00" in line
        for line in words(sends(browser, from_6="22:00", to_6="06:00", on_6="1"))
    )


def test_a_preview_shows_the_week_and_saves_nothing(desk: Desk, browser: Browser) -> None:
    desk.connect()
    is_read(desk, "Work", instance("12:00-13:00", uid="lunch with Bo"))
    before = kept(desk)
    page = sends(browser, "preview", lunch_minutes="60", lunch_from="12:00", lunch_to="15:00", after="30")
    assert "Nothing is saved yet" in page.text
    assert kept(desk) == before
    (tuesday,) = [line for line in words(page) if line.startswith("Tuesday")]
    assert tuesday == (
        "Tuesday 1 December: works 09:00–17:00; 60 minutes kept free within 12:00–15:00; busy 13:00–14:00;"
        " offered 09:00–12:30, 14:00–17:00."
    )


def test_the_week_tells_dates_journeys_and_what_is_not_known(desk: Desk, browser: Browser) -> None:
    page = sends(
        browser,
        date=["2026-12-02", "2026-12-03"],
        date_from=["10:00", ""],
        date_to=["12:00", ""],
        away_first="2026-12-04",
        away_last="2026-12-04",
        away_zone="Asia/Tokyo",
    )
    _, _, wednesday, thursday, friday, _, _ = words(page)
    assert wednesday == "Wednesday 2 December: works 10:00–12:00 (its own hours); not known; nothing is offered."
    assert thursday == "Thursday 3 December: no hours (its own hours); not known; nothing is offered."
    assert friday.startswith("Friday 4 December: works 09:00–17:00; by the clocks of Tokyo;")
    assert "No calendar of yours tells when you are free" in page.text


def test_weeks_are_turned_without_losing_what_was_typed(browser: Browser) -> None:
    page = sends(browser, "week:2026-12-07", before="25")
    assert "7 – 13 December 2026" in page.text
    assert fields(page)["before"] == ["25"]
    page = sends(browser, "save")
    assert "7 – 13 December 2026" in page.text


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "yesterday", ""])
def test_no_week_is_so_far_that_it_breaks(browser: Browser, day: str) -> None:
    assert sends(browser, f"week:{day}").status_code == 200


def test_rows_are_added_and_taken_out_before_anything_is_saved(desk: Desk, browser: Browser) -> None:
    dates: Changes = {"date": ["2026-12-24", "2026-12-25"], "date_from": ["", ""], "date_to": ["", ""]}
    page = sends(browser, "add:date", dates)
    assert fields(page)["date"] == ["2026-12-24", "2026-12-25", ""]
    page = sends(browser, "drop:date-0")
    assert fields(page)["date"] == ["2026-12-25", ""]
    assert kept(desk).rules.overrides == ()


def test_all_day_events_of_a_calendar_are_chosen_by_what_they_block(desk: Desk, browser: Browser) -> None:
    desk.connect()
    trip = replace(instance("+1 00:00-24:00", uid="trip", zone="Europe/Berlin"), all_day=True)
    longer = replace(trip, uid="fair", when=Interval(trip.when.start, trip.when.end + timedelta(days=2)))
    fair = replace(longer, blocks=False, cause=BusyCause.FREE)
    is_read(desk, "Work", trip, fair)
    work = desk.calendars()["Work"].id
    page = browser.get(HOME)
    assert "As each is marked: 1 day<" in page.text
    assert "Always: 3 days<" in page.text
    assert 'Work <span class="hint">1 whole day in the next 4 weeks' in page.text
    sends(browser, changes={f"all_day_{work}": "never"})
    assert desk.calendars()["Work"].all_day is AllDay.NEVER
    assert "no whole days of Work" in browser.get(HOME).text


def test_what_is_past_is_not_asked_about_any_more(desk: Desk, browser: Browser) -> None:
    sends(browser, date=["2026-12-02"], date_from=[""], date_to=[""])
    desk.clock.move(timedelta(days=3))
    again = Browser(desk)
    again.post(f"/connect/{token_of(desk.connecting.link(desk.ana, purpose=SETTINGS))}")
    assert fields(again.get(HOME))["date"] == [""]


def test_whatever_is_saved_is_looked_at_at_once(desk: Desk, browser: Browser) -> None:
    desk.nothing_is_due()
    sends(browser, after="10")
    assert desk.due("reading") == {desk.ana.id: timedelta(0)}


def test_a_form_without_the_key_changes_nothing(desk: Desk, browser: Browser) -> None:
    page = browser.ask("POST", HOME, data={**fields(browser.get(HOME)), "key": "forged", "after": "10"})
    assert (page.status_code, title(page)) == (400, "This form is out of date")
    assert kept(desk).rules.after == timedelta(0)


def test_a_session_for_something_else_does_not_open_it(desk: Desk, browser: Browser) -> None:
    other = Browser(desk)
    other.post(link(desk))
    assert (other.get(HOME).status_code, browser.get("/connect/calendars").status_code) == (410, 410)
    assert "/meet settings" in other.get(HOME).text


def test_the_page_needs_no_script_and_no_style_of_its_own(browser: Browser) -> None:
    page = browser.get(HOME)
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_hours_past_midnight_survive_the_page_of_calendars(desk: Desk, browser: Browser) -> None:
    sends(browser, from_0="22:00", to_0="06:00")
    desk.connect()
    work = desk.calendars()["Work"].id
    other = Browser(desk)
    other.post(link(desk))
    page = other.get("/connect/calendars")
    sent = {**fields(page), "counts": [work], "receives": [work]}
    assert other.post("/connect/calendars", **sent).status_code == 200
    assert (kept(desk).rules.days or ())[0] == (DaySpan(time(22), time(6)),)
    other.get("/connect/calendars")
    assert other.post("/connect/calendars", **{**sent, "from-1": "22:00", "to-1": "06:00"}).status_code == 422
