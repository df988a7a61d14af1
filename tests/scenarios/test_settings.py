"""Every rule is set on the page behind `/meet settings`, and what is offered follows; one row for each of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.playground.believable import Weeks
from bot.playground.road import Road
from bot.playground.stage import Stage
from bot.playground.tour import teams
from bot.playground.tour.browser import Browser
from bot.playground.tour.play import Play, has, offers, reads_otherwise, slots
from bot.playground.tour.telling import Silent, until
from bot.playground.world import WORK, Account
from tests.scenarios.at_settings import BERLIN, MORE, Changes, Settings, Time, every_day, lives, on_the_wall, times
from tests.scenarios.dana import living, rows
from tests.scenarios.reading import answer

pytestmark = pytest.mark.xdist_group("stage")

NEXT_WEEK = "/meet @ana 30m next week"
MON, TUE, WED, THU, FRI = range(5)


@dataclass
class Dana:
    """She, her calendars, and her settings."""

    account: Account
    settings: Settings
    weeks: Weeks

    def day(self, name: str, later: int = 0) -> date:
        return self.weeks.day(name, later)

    def on(self, name: str, rest: str = "", later: int = 0) -> str:
        """She asks for half an hour with Ana on that day."""
        day = self.day(name, later)
        return f"/meet @ana 30m {day.day} {day:%b} {rest}".rstrip()


@pytest.fixture(scope="module")
def dana(connected: Stage, road: Road) -> Iterator[Dana]:
    play = Play(connected, Silent())
    with living(connected, road) as account:
        lives(account, connected.world.today)
        play.connect("dana")
        answer(play, "dana", NEXT_WEEK, offers)
        yield Dana(account, Settings(play), Weeks(connected.world.today))


def inside(start: str, end: str) -> Callable[[Time], bool]:
    return lambda when: start <= f"{when[0]:%H:%M}" and f"{when[1]:%H:%M}" <= end


def beside(start: str, end: str) -> Callable[[Time], bool]:
    return lambda when: f"{when[1]:%H:%M}" <= start or end <= f"{when[0]:%H:%M}"


def not_on(*weekdays: int) -> Callable[[Time], bool]:
    return lambda when: when[0].weekday() not in weekdays


@pytest.mark.parametrize(
    ("changes", "obeys"),
    [
        pytest.param(every_day("14:00-16:00"), inside("14:00", "16:00"), id="hours"),
        pytest.param(every_day("12:00-13:00", "15:00-17:00"), beside("13:00", "15:00"), id="several spans a day"),
        pytest.param(every_day("16:00-06:00"), inside("16:00", "17:00"), id="hours past midnight"),
        pytest.param({"on_1": []}, not_on(TUE), id="a day without meetings"),
        pytest.param({"zone": "America/New_York"}, inside("15:00", "17:00"), id="zone"),
        pytest.param({"before": "45"}, lambda when: f"{when[0]:%H:%M}" >= "12:45", id="buffer before"),
        pytest.param(
            {"lunch_minutes": "60", "lunch_from": "13:00", "lunch_to": "14:00"}, beside("13:00", "14:00"), id="lunch"
        ),
        pytest.param({"meetings_day": "2"}, not_on(TUE), id="meetings a day"),
        pytest.param({"minutes_day": "240"}, not_on(TUE), id="minutes a day"),
        pytest.param({"step": "60"}, lambda when: when[0].minute == 0, id="the grid"),
        pytest.param({"tentative": "soft", "unanswered": "free"}, not_on(WED), id="tentative is perhaps busy"),
        pytest.param({"tentative": "free", "unanswered": "hard"}, not_on(THU), id="unanswered is busy"),
        pytest.param({"elsewhere": "hard"}, not_on(FRI), id="working elsewhere is busy"),
    ],
)
def test_what_is_offered_obeys(play: Play, dana: Dana, changes: Changes, obeys: Callable[[Time], bool]) -> None:
    loose = {"tentative": "free", "unanswered": "free", "elsewhere": "free"}
    dana.settings.set(loose)
    assert not all(map(obeys, times(play, NEXT_WEEK))), "nothing to obey"
    dana.settings.set({**loose, **changes})
    found = times(play, NEXT_WEEK)
    assert found
    assert all(map(obeys, found))


def test_a_buffer_after_keeps_away_from_what_follows(play: Play, dana: Dana) -> None:
    late = {**every_day("09:00-19:00"), "whose": "organiser"}
    line = dana.on("Tue", "after 16:00")
    dana.settings.set(late)
    assert any(f"{end:%H:%M}" > "17:30" for _, end in times(play, line))
    dana.settings.set({**late, "after": "90"})
    assert all(f"{end:%H:%M}" <= "17:30" for _, end in times(play, line))


def test_nobody_books_sooner_than_the_notice(play: Play, dana: Dana) -> None:
    wednesday = datetime.combine(dana.day("Wed"), datetime.min.time(), BERLIN)
    hours = -(-(wednesday - datetime.now(UTC)).total_seconds() // 3600)
    loose = {"tentative": "free", "unanswered": "free"}
    dana.settings.set({**loose, "notice": str(int(hours)), "notice_unit": "hours"})
    found = times(play, NEXT_WEEK)
    assert found
    assert all(start >= wednesday for start, _ in found)


def test_a_date_has_hours_of_its_own_or_none(play: Play, dana: Dana) -> None:
    off, short = dana.day("Tue"), dana.day("Wed")
    dates = {"date": [str(off), str(short)], "date_from": ["", "15:00"], "date_to": ["", "17:00"]}
    dana.settings.set({"tentative": "free", **dates})
    assert times(play, dana.on("Tue")) == []
    assert all(map(inside("15:00", "17:00"), times(play, dana.on("Wed"))))


def test_on_a_journey_hours_are_read_by_the_clocks_there(play: Play, dana: Dana) -> None:
    first, last = dana.day("Tue"), dana.day("Tue")
    dana.settings.set({"away_first": str(first), "away_last": str(last), "away_zone": "America/New_York"})
    assert all(map(inside("15:00", "17:00"), times(play, dana.on("Tue"))))
    dana.settings.set({"away_first": str(first), "away_last": str(last), "away_zone": "Asia/Tokyo"})
    assert times(play, dana.on("Tue")) == []


@pytest.mark.parametrize("limit", [{"meetings_week": "7"}, {"minutes_week": "1100"}], ids=str)
def test_a_week_takes_no_more_than_its_limit(play: Play, dana: Dana, limit: Changes) -> None:
    dana.settings.set(limit)
    assert times(play, dana.on("Tue")) == []


def test_a_week_starts_where_its_owner_says(play: Play, dana: Dana) -> None:
    line = dana.on("Thu", later=1)
    dana.settings.set({"meetings_week": "7"})
    assert times(play, line)
    dana.settings.set({"meetings_week": "7", "week_start": "6"})
    assert times(play, line) == []


def test_whose_hours_count_is_the_askers_to_say(play: Play, dana: Dana) -> None:
    line = dana.on("Thu", "after 17:00", later=1)
    late = every_day("09:00-20:00")
    dana.settings.set(late)
    assert times(play, line) == []
    dana.settings.set({**late, "whose": "organiser"})
    assert times(play, line)
    dana.settings.set({"whose": "any"})
    assert times(play, line)


@pytest.mark.parametrize(
    ("changes", "may_ask"),
    [
        pytest.param({"outside": "never"}, False, id="never"),
        pytest.param({"outside": "some", "outside_hours": "1"}, False, id="not so far"),
        pytest.param({"outside": "some", "outside_hours": "4"}, True, id="so far"),
        pytest.param({"outside": "any"}, True, id="whatever it takes"),
    ],
)
def test_others_ask_for_time_outside_hours_as_far_as_they_may(
    play: Play, dana: Dana, changes: Changes, may_ask: bool
) -> None:
    dana.settings.set({**every_day("09:00-13:00"), **changes})
    day = dana.day("Thu", 1)
    shown = answer(play, "ana", f"/meet @dana 30m {day.day} {day:%b} between 16:00 and 16:30", has("30 min with"))
    assert any(label.startswith("Book anyway") for label in shown.labels) is may_ask


def test_all_day_events_of_a_calendar_block_as_it_was_chosen(play: Play, dana: Dana) -> None:
    (personal,) = rows(
        play.stage,
        "select id from calendar where name = 'Personal' and connection in"
        " (select id from connection where label like ?)",
        f"{dana.account.user}%",
    )
    field = f"all-day-{personal[0]}"
    retreat, fair = dana.on("Wed", later=1), dana.on("Mon")
    dana.settings.set({})
    assert (times(play, retreat), bool(times(play, fair))) == ([], True)
    dana.settings.set({field: "never"})
    assert times(play, retreat)
    dana.settings.set({field: "always"})
    assert times(play, fair) == []
    assert "Personal 2 whole days in the next 4 weeks" in dana.settings.set({field: "always"}).words


def test_what_is_on_offer_follows_at_once(play: Play, dana: Dana) -> None:
    dana.settings.set({})
    asked = answer(play, "dana", NEXT_WEEK, offers)
    play.clicks("dana", asked, MORE)  # Slack lets nobody change what a command answered before it was pressed
    shown = play.becomes("dana", asked, reads_otherwise(asked), "more times", quiet=True)
    dana.settings.set(every_day("16:00-17:00"))
    changed = play.becomes("dana", shown, reads_otherwise(shown), "other times", quiet=True)
    assert all(map(inside("16:00", "17:00"), on_the_wall(play, "dana", slots(changed))))


def test_meetings_carry_the_title_and_the_room_of_who_books(play: Play, dana: Dana) -> None:
    dana.settings.set({"title": "{people} with {asker}", "link": "https://rooms.example/dana"})
    shown = answer(play, "dana", NEXT_WEEK, offers)
    since = play.count("dana")
    play.clicks("dana", shown, offers(shown)[0])
    booked = play.sees("dana", has("Booked:"), "booked", since=since, quiet=True)
    (copy,) = play.copies("dana")
    assert copy.summary == "Ana Brandt with Dana Fuchs"
    assert "https://rooms.example/dana" in f"{copy.url} {copy.description} {copy.location}"
    play.clicks("dana", booked, "Undo")
    play.becomes("dana", booked, has("Taken back"), "taken back", within=10.0, quiet=True)


def test_a_clash_is_told_when_quiet_hours_are_over(play: Play, dana: Dana) -> None:
    now = datetime.now(BERLIN)
    quiet = {"quiet_from": f"{now - timedelta(hours=1):%H:%M}", "quiet_to": f"{now + timedelta(hours=2):%H:%M}"}
    dana.settings.set(quiet)
    shown = answer(play, "dana", dana.on("Thu", later=1), offers)
    since = play.count("dana")
    play.clicks("dana", shown, offers(shown)[0])
    booked = play.sees("dana", has("Booked:"), "booked", since=since, quiet=True)
    (copy,) = play.copies("dana")
    assert isinstance(copy.start, datetime)
    before = play.count("dana")
    uid = dana.account.put(WORK, "Dentist", copy.start, copy.start + timedelta(hours=1))
    play.comes_true(lambda: rows(play.stage, "select 1 from mirror where uid = ?", uid), "it was read", within=10.0)
    answer(play, "dana", "/meet help")
    assert play.count("dana") == before + 1
    dana.settings.set({})
    play.sees("dana", has("Dentist"), "the clash, once quiet hours are over", since=before, within=10.0, quiet=True)
    dana.account.delete(WORK, uid)
    play.clicks("dana", booked, "Undo")
    play.becomes("dana", booked, has("Taken back"), "taken back", within=10.0, quiet=True)


def test_in_teams_a_button_makes_the_link(play: Play) -> None:
    office = play.stage.teams
    if not office.messages("kim"):
        office.install("kim")
        until(lambda: office.messages("kim") or None, "Kim was not greeted in Teams", within=6.0)
    since = teams.says(play, "kim", "meet settings")
    shown = teams.sees(play, "kim", lambda one: "Get my link" in one.labels, "a button", since=since, quiet=True)
    teams.presses(play, "kim", shown, "Get my link")
    url = next(button.url for one in office.messages("kim") for button in one.buttons if button.url)
    browser = Browser()
    page = browser.submit(browser.open(url))
    assert "How you want to be scheduled" in page.words
    browser.close()
