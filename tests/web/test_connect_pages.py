"""The pages on which a calendar is connected, through their real routes."""

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import AddressRefused, TryLater
from bot.core.events import BusyCause, Instance, Kind
from bot.core.ids import CalendarId
from bot.core.intervals import Interval
from bot.core.preferences import AllDay
from bot.core.zones import whole_days
from bot.people.connect import Alive
from bot.providers import memory
from bot.storage import mirror
from bot.web.doors import COOKIE
from tests.builders import works
from tests.people.desk import Desk, a_desk
from tests.web.browser import Browser, buttons, link, title

SECRET = "hunter2-hunter2"
ACCOUNT = {"service": "other", "url": "dav.example.com", "user": "ana", "password": memory.PASSWORD}
WEEK = {
    "zone": "Europe/Berlin",
    **{f"on-{day}": "1" for day in range(5)},
    **{f"from-{day}": "09:00" for day in range(7)},
    **{f"to-{day}": "17:00" for day in range(7)},
}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
def browser(desk: Desk) -> Browser:
    return Browser(desk)


@pytest.fixture
def signed_in(desk: Desk, browser: Browser) -> Browser:
    """A browser at the page of CalDAV services."""
    browser.post(link(desk))
    browser.get("/connect/caldav")
    return browser


@pytest.fixture
def connected(signed_in: Browser) -> Browser:
    """A browser at the page where calendars are chosen."""
    signed_in.post("/connect/caldav", **ACCOUNT)
    signed_in.post("/connect/confirm", answer="yes")
    return signed_in


def test_the_link_says_whose_calendar_it_connects(desk: Desk, browser: Browser) -> None:
    page = browser.get(link(desk))
    assert page.status_code == 200
    assert title(page) == "Connect a calendar to Ana’s chat account"
    assert "Ana@Example.com".lower() in page.text
    assert buttons(page) == ["Continue"]


def test_scanners_consume_nothing(desk: Desk, browser: Browser) -> None:
    where = link(desk)
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        browser.ask(method, where)
    assert isinstance(desk.connecting.look(where.rpartition("/")[2]), Alive)
    assert title(browser.post(where)) == "Where is your calendar?"


def test_only_the_first_post_gets_in(desk: Desk) -> None:
    where, first, second = link(desk), Browser(desk), Browser(desk)
    assert title(first.post(where)) == "Where is your calendar?"
    late = second.post(where)
    assert (late.status_code, title(late)) == (410, "This link has been used")
    assert COOKIE not in second.client.cookies


def test_pressing_continue_twice_is_pressing_once(desk: Desk, browser: Browser) -> None:
    where = link(desk)
    browser.post(where)
    assert title(browser.post(where)) == "Where is your calendar?"


def test_the_session_is_a_cookie_that_only_these_pages_see(desk: Desk, browser: Browser) -> None:
    answer = browser.ask("POST", link(desk), follow=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/connect")
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/connect", "Max-Age=3600"):
        assert part in cookie


def test_without_https_the_cookie_is_sent_all_the_same(tmp_path: Path) -> None:
    with a_desk(tmp_path, public_url="http://127.0.0.1:8000") as desk:
        answer = Browser(desk).ask("POST", link(desk), follow=False)
        assert "Secure" not in answer.headers["set-cookie"]


def test_below_a_path_everything_leads_there(tmp_path: Path) -> None:
    with a_desk(tmp_path, public_url="https://example.com/overlap") as desk:
        browser, where = Browser(desk), link(desk)
        assert f'action="/overlap{where}"' in browser.get(where).text
        answer = browser.ask("POST", where, follow=False)
        assert answer.headers["location"] == "/overlap/connect"
        assert "Path=/overlap/connect" in answer.headers["set-cookie"]


@pytest.mark.parametrize("after", [timedelta(minutes=10), timedelta(days=3)])
def test_a_dead_link_has_one_button_which_answers_in_chat(desk: Desk, browser: Browser, after: timedelta) -> None:
    where = link(desk)
    desk.clock.move(after)
    page = browser.get(where)
    assert (page.status_code, buttons(page)) == (410, ["Send me a new link"])
    assert "Ana" not in page.text
    answer = browser.post(f"{where}/again")
    assert (answer.status_code, title(answer)) == (200, "Look into your chat")
    assert "/connect/" not in answer.text
    assert desk.rung("connect", desk.ana.id) == 1


def test_looking_at_the_button_of_a_dead_link_sends_nothing(desk: Desk, browser: Browser) -> None:
    where = link(desk)
    browser.post(where)
    assert title(browser.get(f"{where}/again")) == "This link has been used"
    assert desk.rung("connect", desk.ana.id) == 0


def test_what_was_never_a_link_tells_nothing_of_anybody(desk: Desk, browser: Browser) -> None:
    for page in (browser.get("/connect/garbage"), browser.post("/connect/garbage"), browser.post("/connect/x/again")):
        assert (page.status_code, title(page), buttons(page)) == (404, "This link is not known", [])


def test_without_a_session_every_page_is_closed(browser: Browser) -> None:
    browser.client.cookies.set(COOKIE, "guessed")
    pages = [browser.get(f"/connect{path}") for path in ("", "/calendars", "/done", "/disconnect")]
    pages += [browser.post("/connect/caldav", **ACCOUNT), browser.post("/connect/calendars", **WEEK)]
    pages.append(browser.post("/connect/disconnect", connection="any"))
    assert {(page.status_code, title(page)) for page in pages} == {(410, "This page is closed")}


def test_after_an_hour_the_page_is_closed(desk: Desk, signed_in: Browser) -> None:
    desk.clock.move(timedelta(hours=1))
    assert signed_in.post("/connect/caldav", **ACCOUNT).status_code == 410
    assert desk.calendars() == {}


def test_connecting_leads_to_the_choice_and_the_choice_to_the_end(desk: Desk, signed_in: Browser) -> None:
    desk.waits("waiting")
    page = signed_in.post("/connect/caldav", **ACCOUNT)
    assert title(page) == "Connect ana to this chat account?"
    assert desk.calendars() == {}
    page = signed_in.post("/connect/confirm", answer="yes")
    assert title(page) == "Your calendars and hours"
    ids = {name: one.id for name, one in desk.calendars().items()}
    page = signed_in.post("/connect/calendars", **WEEK, counts=[ids["Work"], ids["Holidays"]], receives=ids["Private"])
    assert (page.status_code, title(page)) == (200, "That’s it. Back to chat")
    assert "resumes by itself" in page.text
    assert "Monday – Friday 09:00–17:00" in page.text
    assert sorted(name for name, one in desk.calendars().items() if one.counts) == ["Holidays", "Work"]
    assert [name for name, one in desk.calendars().items() if one.receives] == ["Private"]


def test_hours_are_kept_as_they_were_filled_in(desk: Desk, connected: Browser) -> None:
    work = desk.calendars()["Work"].id
    hours = WEEK | {"zone": "kolkata", "from-0": "07:30", "to-4": "00:00"}
    del hours["on-1"]
    page = connected.post("/connect/calendars", **hours, counts=work, receives=work)
    assert page.status_code == 200
    kept = desk.connecting.setup(desk.opened().session).person.hours
    assert kept.zone == "Asia/Kolkata"
    assert kept.on(0) == works("07:30-17:00").on(0)
    assert kept.on(1) == ()
    assert kept.on(4) == works("09:00-24:00").on(4)


def test_a_day_may_have_a_break_in_it(desk: Desk, connected: Browser) -> None:
    work = desk.calendars()["Work"].id
    hours = WEEK | {"from-0": ["13:00", "08:00", ""], "to-0": ["17:00", "12:00", ""]}
    page = connected.post("/connect/calendars", **hours, counts=work, receives=work)
    assert "Monday 08:00–12:00, 13:00–17:00" in page.text
    page = connected.get("/connect/calendars")
    assert re.findall(r'name="from-0" id="([^"]+)" value="([^"]*)"', page.text) == [
        ("from-0", "08:00"),
        ("from-0-2", "13:00"),
        ("from-0-3", ""),
    ]


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        pytest.param(["08:00", "11:00"], ["12:00", "17:00"], "Monday’s hours overlap", id="they overlap"),
        pytest.param(["08:00", "11:00"], ["00:00", "17:00"], "Monday’s hours overlap", id="one goes to midnight"),
        pytest.param(["08:00", "13:00"], ["12:00", ""], "Monday must end after", id="an end is missing"),
        pytest.param([""], [""], "Monday must end after", id="nothing is filled in"),
    ],
)
def test_hours_that_cannot_be_are_told(
    desk: Desk, connected: Browser, starts: list[str], ends: list[str], words: str
) -> None:
    work = desk.calendars()["Work"].id
    hours = WEEK | {"from-0": starts, "to-0": ends}
    page = connected.post("/connect/calendars", **hours, counts=work, receives=work)
    assert page.status_code == 422
    assert page.text.count(words) == 2


def test_disconnecting_asks_once_more_and_then_forgets(desk: Desk, connected: Browser) -> None:
    found = re.search(r'href="(/connect/disconnect\?connection=\w+)"', connected.get("/connect/calendars").text)
    assert found is not None
    page = connected.get(found[1])
    assert (title(page), buttons(page)) == ("Disconnect this account?", ["Disconnect"])
    assert desk.calendars() != {}
    account = found[1].rpartition("=")[2]
    assert title(connected.post("/connect/disconnect", connection=account)) == "Where is your calendar?"
    assert desk.calendars() == {}


def test_an_account_that_is_gone_or_not_theirs_is_left_alone(desk: Desk, connected: Browser) -> None:
    assert title(connected.get("/connect/disconnect?connection=another")) == "Your calendars and hours"
    assert title(connected.post("/connect/disconnect", connection="another")) == "Your calendars and hours"
    assert len(desk.calendars()) == 4


def test_a_wrong_password_keeps_everything_but_the_password(desk: Desk, signed_in: Browser) -> None:
    page = signed_in.post("/connect/caldav", **ACCOUNT | {"password": SECRET})
    assert page.status_code == 422
    assert "did not accept this user name and password" in page.text
    assert 'value="dav.example.com"' in page.text
    assert 'value="ana"' in page.text
    assert SECRET not in page.text
    assert desk.calendars() == {}
    assert title(signed_in.post("/connect/caldav", **ACCOUNT)) == "Connect ana to this chat account?"


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        pytest.param({"service": "", "url": ""}, "services", "Choose where your calendar is", id="nothing chosen"),
        pytest.param({"url": ""}, "url", "is missing", id="no address"),
        pytest.param({"url": "ftp://x"}, "url", "not the address of a server", id="no address of the web"),
        pytest.param({"url": "https://a:b@x.example"}, "url", "into their own fields", id="password in the address"),
        pytest.param({"url": "www.google.com"}, "url", "Google does not let", id="Google"),
        pytest.param({"url": "outlook.live.com"}, "url", "do not speak CalDAV", id="Microsoft"),
        pytest.param({"user": ""}, "user", "user name is missing", id="no user"),
        pytest.param({"password": ""}, "password", "app password is missing", id="no password"),
        pytest.param({"user": "nobody"}, "user", "has no calendar", id="no calendars"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_in_the_summary(
    signed_in: Browser, fields: dict[str, str], field: str, words: str
) -> None:
    page = signed_in.post("/connect/caldav", **ACCOUNT | fields)
    assert page.status_code == 422
    assert f'<a href="#{field}">' in page.text
    assert f'id="{field}"' in page.text
    assert len(re.findall(re.escape(words), page.text)) == 2


def test_a_private_address_is_refused_in_words_that_help(desk: Desk, signed_in: Browser) -> None:
    desk.service.trouble("ana", AddressRefused("10.0.0.1 is private"))
    page = signed_in.post("/connect/caldav", **ACCOUNT | {"url": "https://10.0.0.1/"})
    assert page.status_code == 422
    assert "lies in a private network, so it was not contacted" in page.text
    assert "10.0.0.1 is private" not in page.text


def test_a_known_service_that_does_not_answer_is_told_where_it_was_chosen(desk: Desk, signed_in: Browser) -> None:
    desk.service.trouble("ana", TryLater("timeout"))
    page = signed_in.post("/connect/caldav", **ACCOUNT | {"service": "fastmail", "url": ""})
    assert '<a href="#services">The server does not answer' in page.text


def test_too_many_tries_end_it(signed_in: Browser) -> None:
    for _ in range(20):
        signed_in.post("/connect/caldav", **ACCOUNT | {"password": SECRET})
    assert signed_in.post("/connect/caldav", **ACCOUNT).status_code == 429


def test_a_choice_with_mistakes_saves_nothing_and_keeps_what_was_filled_in(desk: Desk, connected: Browser) -> None:
    before = desk.calendars()
    page = connected.post("/connect/calendars", **WEEK | {"zone": "Mars", "from-2": "18:00"})
    assert page.status_code == 422
    for words in ("Tick at least one calendar", "Choose the calendar", "Wednesday must end", "That is no time zone"):
        assert len(re.findall(words, page.text)) == 2
    assert 'value="Mars"' in page.text
    assert 'value="18:00"' in page.text
    assert desk.calendars() == before


def has_days_off(desk: Desk) -> CalendarId:
    """In the calendar "Private" stand two whole days that are marked as busy, and one that is marked as free."""
    private, now = desk.calendars()["Private"].id, desk.clock.now()
    when = whole_days(now.date() + timedelta(days=3), now.date() + timedelta(days=5), "Europe/Berlin")
    off = Instance(uid="off", starts=when.start, when=when, kind=Kind.HARD, all_day=True)
    when = whole_days(now.date() + timedelta(days=7), now.date() + timedelta(days=8), "Europe/Berlin")
    shown = replace(off, uid="free", starts=when.start, when=when, cause=BusyCause.FREE, blocks=False)
    with desk.database.transaction() as tx:
        window = Interval(now - timedelta(days=1), now + timedelta(days=90))
        mirror.replace(tx, desk.ana.tenant, private, [off, shown], window, now)
    return private


def test_the_page_says_how_many_days_all_day_events_take_by_each_choice(desk: Desk, connected: Browser) -> None:
    assert "Do all-day events take your time?" not in connected.get("/connect/calendars").text
    has_days_off(desk)
    page = connected.get("/connect/calendars").text
    assert "As each is marked: 2 whole days in the next 4 weeks" in page
    assert "Always: 3 whole days in the next 4 weeks" in page


def test_what_was_chosen_of_all_day_events_is_kept_and_shown(desk: Desk, connected: Browser) -> None:
    work, private = desk.calendars()["Work"].id, has_days_off(desk)
    connected.get("/connect/calendars")
    chosen = {"counts": work, "receives": work, f"all-day-{private}": "never", f"all-day-{work}": "nonsense"}
    assert connected.post("/connect/calendars", **WEEK, **chosen).status_code == 200
    kept = {name: one.all_day for name, one in desk.calendars().items()}
    assert (kept["Private"], kept["Work"]) == (AllDay.NEVER, AllDay.AS_MARKED)
    assert '<option value="never" selected>' in connected.get("/connect/calendars").text


def test_a_calendar_that_is_not_theirs_is_a_bad_request(desk: Desk, connected: Browser) -> None:
    work = desk.calendars()["Work"].id
    page = connected.post("/connect/calendars", **WEEK, counts=[work, "another"], receives=work)
    assert (page.status_code, title(page)) == (400, "The list has changed")


def test_a_form_without_the_key_of_its_session_changes_nothing(desk: Desk, connected: Browser) -> None:
    work = desk.calendars()["Work"].id
    for path, fields in (("/connect/caldav", ACCOUNT), ("/connect/calendars", WEEK | {"counts": work})):
        page = connected.post(path, **fields | {"key": "guessed"})
        assert (page.status_code, title(page)) == (400, "This form is out of date")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_cannot_press_for_somebody(desk: Desk, browser: Browser, site: str) -> None:
    where = link(desk)
    page = browser.ask("POST", where, headers={"Sec-Fetch-Site": site})
    assert page.status_code == 403
    assert isinstance(desk.connecting.look(where.rpartition("/")[2]), Alive)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"user=" + b"x" * 70_000, 413, id="too large"),
        pytest.param(b"user=%ff", 400, id="not UTF-8 once decoded"),
        pytest.param(b"\xff\xfe", 400, id="not UTF-8"),
        pytest.param(b"a=1&" * 3000, 400, id="too many fields"),
    ],
)
def test_what_is_no_form_is_refused(signed_in: Browser, body: bytes, status: int) -> None:
    assert signed_in.ask("POST", "/connect/caldav", content=body).status_code == status


def test_names_are_words_and_never_markup(tmp_path: Path) -> None:
    with a_desk(tmp_path, name='<script>alert("x")</script>') as desk:
        desk.service.calendar("ana", "<img src=x onerror=alert(1)>")
        browser = Browser(desk)
        pages = [browser.get(link(desk)), browser.post(link(desk))]
        pages.append(browser.get("/connect/caldav"))
        pages.append(browser.post("/connect/caldav", **ACCOUNT | {"user": '"><script>', "password": "x"}))
        pages.append(browser.post("/connect/caldav", **ACCOUNT))
        pages.append(browser.post("/connect/confirm", answer="yes"))
        pages.append(browser.get("/connect/done"))
    for page in pages:
        assert "<script" not in page.text
        assert "<img src=x" not in page.text
    assert "&lt;img src=x" in pages[4].text
    assert "&lt;img src=x" in pages[5].text


def test_every_page_lets_nothing_in_and_nothing_out(desk: Desk, browser: Browser) -> None:
    pages = [
        browser.get(link(desk)),
        browser.get("/connect/garbage"),
        browser.get("/connect"),
        browser.post(link(desk)),
    ]
    for page in pages:
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["x-frame-options"] == "DENY"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
        assert "<script" not in page.text
        assert "style=" not in page.text


def test_the_session_is_in_no_page(signed_in: Browser) -> None:
    assert signed_in.page is not None
    assert signed_in.client.cookies[COOKIE] not in signed_in.page.text


def test_passwords_and_tokens_are_in_no_log(desk: Desk, signed_in: Browser, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="bot"):
        signed_in.post("/connect/caldav", **ACCOUNT | {"password": SECRET})
    assert SECRET not in caplog.text
    assert signed_in.client.cookies[COOKIE] not in caplog.text


def test_every_field_has_a_label(desk: Desk, connected: Browser) -> None:
    pages = [connected.get(f"/connect{path}") for path in ("", "/caldav", "/icloud", "/calendars")]
    for page in pages:
        for field in re.findall(r"<input [^>]*>", page.text):
            name = re.search(r'id="([^"]+)"', field)
            is_labelled = name is not None and f'for="{name[1]}"' in page.text
            is_within = re.search(rf"<label[^>]*>\s*{re.escape(field)}", page.text) is not None
            assert 'type="hidden"' in field or "aria-label=" in field or is_labelled or is_within, field


def test_the_style_sheet_is_served(desk: Desk, browser: Browser) -> None:
    page = browser.get(link(desk))
    found = re.search(r'href="(/static/overlap\.css\?\w+)"', page.text)
    assert found is not None
    style = browser.get(found[1])
    assert style.headers["content-type"].startswith("text/css")
    assert "prefers-color-scheme: dark" in style.text
