"""Signing in at a service's own page, from the question to the word at the end, and everything that goes wrong."""

import html
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Access, Connection
from bot.core.errors import OverlapError, Refused, TryLater
from bot.core.ids import ConnectionId, MeetingId
from bot.core.meetings import Attendance, Meeting, MeetingState, Road
from bot.people.grants import unsealed
from bot.people.signing_in import APPROVED, SigningIn
from bot.providers.oauth import Refusal
from bot.storage import calendars, farewells, links, meetings, signins
from bot.storage.vault import Vault
from tests.builders import NOW, TENANT, span
from tests.people.desk import RING, Desk, a_desk, token_of
from tests.web.browser import Browser, link, title

WORK = "work@acme.example"
OTHER = "other@acme.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        for user in (WORK, OTHER):
            desk.service.calendar(user, f"Calendar of {user}")
        yield desk


@pytest.fixture
def browser(desk: Desk) -> Browser:
    """Ana's, behind her link."""
    browser = Browser(desk)
    browser.post(link(desk))
    return browser


def away(browser: Browser, provider: str = "google", **fields: str) -> str:
    """The service's address to which the button leads."""
    browser.get(f"/connect/{provider}" + (f"?account={fields['account']}" if "account" in fields else ""))
    return address(browser.post(f"/connect/{provider}", **fields).text)


def address(page: str) -> str:
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page)
    assert found is not None, page
    return html.unescape(found[1])


def connected(desk: Desk, browser: Browser, user: str = WORK, **fields: str) -> Connection:
    browser.get(desk.google.signs_in(away(browser, **fields), user))
    browser.post("/connect/confirm", answer="yes")
    with desk.database.reading() as tx:
        return calendars.connections_of(tx, TENANT, desk.ana.id)[-1]


def connections(desk: Desk) -> list[Connection]:
    with desk.database.reading() as tx:
        return calendars.connections_of(tx, TENANT, desk.ana.id)


def farewells_of(desk: Desk) -> list[str]:
    return list(desk.due(farewells.KIND))


def test_only_what_is_offered_and_set_up_is_shown(desk: Desk) -> None:
    browser = Browser(
        desk,
        signing_in=SigningIn(desk.connecting, {"google": desk.google}),
        offered=frozenset({"google", "microsoft", "ics"}),
    )
    page = browser.post(link(desk))
    assert "/connect/google" in page.text
    assert "/connect/feed" in page.text
    for kind in ("microsoft", "icloud", "caldav", "import"):
        assert f"/connect/{kind}" not in page.text
        assert browser.get(f"/connect/{kind}").status_code == 404


def test_the_page_asks_once_and_writing_is_chosen(browser: Browser) -> None:
    page = browser.get("/connect/google")
    choices = re.findall(r'<input type="radio" name="access" value="(\w+)"( checked)?>', page.text)
    assert choices == [("full", " checked"), ("freebusy", "")]
    assert "See when I’m busy, and write meetings I book or accept" in page.text
    assert "Only see when I’m busy" in page.text


@pytest.mark.parametrize("fixed", [pytest.param(one, id=one.value) for one in Access])
def test_the_operator_may_fix_the_answer(desk: Desk, fixed: Access) -> None:
    browser = Browser(desk, signing_in=replace(desk.signing_in, consent=fixed))
    browser.post(link(desk))
    assert 'name="access"' not in browser.get("/connect/google").text
    other = next(one for one in Access if one is not fixed)
    assert f"access={fixed.value}" in away(browser, access=other.value)


def test_nothing_counts_before_its_owner_says_yes(desk: Desk, browser: Browser) -> None:
    page = browser.get(desk.google.signs_in(away(browser), WORK))
    assert title(page) == f"Connect {WORK} to this chat account?"
    assert "ana@example.com" in page.text
    assert connections(desk) == []
    page = browser.post("/connect/confirm", answer="yes")
    assert title(page) == "Your calendars and hours"
    assert [(one.provider, one.label, one.access) for one in connections(desk)] == [
        ("google", f"{WORK} · Google", Access.FULL)
    ]


def test_both_sides_are_named_by_their_names(desk: Desk) -> None:
    named = replace(desk.connecting, workspace=lambda _tenant: "Acme")
    desk.connecting, desk.signing_in = named, replace(desk.signing_in, connecting=named)
    browser = Browser(desk)
    assert title(browser.get(link(desk))) == "Connect a calendar to Ana’s chat account at Acme"
    browser.post(link(desk))
    page = browser.get(desk.google.signs_in(away(browser), WORK))
    assert title(page) == f"Connect {WORK} to this chat account at Acme?"


def test_a_no_keeps_nothing_and_gives_back_what_was_granted(desk: Desk, browser: Browser) -> None:
    browser.get(desk.google.signs_in(away(browser), WORK))
    assert title(browser.post("/connect/confirm", answer="no")) == "Where is your calendar?"
    assert connections(desk) == []
    (farewell,) = farewells_of(desk)
    desk.leaving.undo(TENANT, farewell)
    assert desk.google.revoked == [f"refresh-token-of-{WORK}"]
    assert title(browser.get("/connect/confirm")) == "Where is your calendar?"


def test_what_nobody_confirmed_is_wiped_with_its_session(desk: Desk, browser: Browser) -> None:
    browser.get(desk.google.signs_in(away(browser), WORK))
    desk.clock.move(timedelta(hours=2))
    desk.leaving.let_lapse()
    with desk.database.reading() as tx:
        kept = tx.execute(links.SESSIONS.select().where(links.SESSIONS.c.pending.is_not(None))).all()
    assert kept == []


def test_what_waits_is_sealed(desk: Desk, browser: Browser) -> None:
    browser.get(desk.google.signs_in(away(browser), WORK))
    with desk.database.reading() as tx:
        (kept,) = tx.execute(links.SESSIONS.select()).all()
    assert b"refresh-token" not in kept.pending
    assert WORK.encode() not in kept.pending


def test_only_seeing_when_somebody_is_busy_leaves_writing_for_later(desk: Desk, browser: Browser) -> None:
    connection = connected(desk, browser, access="freebusy")
    assert connection.access is Access.FREEBUSY
    assert {(one.is_writable, one.is_granted) for one in desk.calendars().values()} == {(True, False)}
    assert "asks for one more permission at your first booking" in browser.get("/connect/calendars").text


def test_a_box_that_was_unticked_is_told_and_does_not_stop_anything(desk: Desk, browser: Browser) -> None:
    page = browser.get(desk.google.signs_in(away(browser, access="full"), WORK, allows=Access.FREEBUSY))
    assert "Not every box was ticked" in page.text
    page = browser.post("/connect/confirm", answer="yes")
    assert "Not every box was ticked" in page.text
    assert connections(desk)[0].access is Access.FREEBUSY


def test_a_state_is_good_once(desk: Desk, browser: Browser) -> None:
    back = desk.google.signs_in(away(browser), WORK)
    browser.get(back)
    browser.post("/connect/confirm", answer="no")
    page = browser.get(back)
    assert (page.status_code, title(page)) == (410, "This sign-in is over")
    assert desk.connecting.pending(session(desk, browser)) is None


def test_a_state_is_good_for_ten_minutes(desk: Desk, browser: Browser) -> None:
    back = desk.google.signs_in(away(browser), WORK)
    desk.clock.move(timedelta(minutes=10))
    assert title(browser.get(back)) == "This sign-in is over"
    assert connections(desk) == []


@pytest.mark.parametrize("state", ["", "made-up"])
def test_a_wrong_state_connects_nothing(desk: Desk, browser: Browser, state: str) -> None:
    back = desk.google.signs_in(away(browser), WORK)
    page = browser.get(re.sub(r"state=[^&]*", f"state={state}", back))
    assert (page.status_code, title(page)) == (410, "This sign-in is over")
    assert desk.connecting.pending(session(desk, browser)) is None
    assert title(browser.get(back)) == f"Connect {WORK} to this chat account?"


def test_a_code_that_is_played_back_connects_nothing(desk: Desk, browser: Browser) -> None:
    first, second = away(browser), away(browser)
    code = desk.google.signs_in(first, WORK).partition("code=")[2]
    mine = desk.google.signs_in(second, WORK)
    page = browser.get(re.sub(r"code=.*", f"code={code}", mine))
    assert title(page) == "This sign-in is over"
    assert connections(desk) == []


def test_another_browser_cannot_finish_a_sign_in(desk: Desk, browser: Browser) -> None:
    back = desk.google.signs_in(away(browser), WORK)
    stranger = Browser(desk)
    page = stranger.get(back)
    assert (page.status_code, title(page)) == (410, "This sign-in did not start in this browser")
    assert connections(desk) == []


def test_somebody_elses_session_cannot_finish_it_and_its_owner_still_can(desk: Desk, browser: Browser) -> None:
    back = desk.google.signs_in(away(browser), "mallory@evil.example")
    victim = Browser(desk)
    victim.post(link(desk))
    page = victim.get(back)
    assert (page.status_code, title(page)) == (410, "This sign-in is over")
    assert desk.connecting.pending(session(desk, victim)) is None


def test_a_no_on_the_services_page_is_one_plain_page(desk: Desk, browser: Browser) -> None:
    page = browser.get(desk.google.says_no(away(browser)))
    assert (page.status_code, title(page)) == (403, "Not connected")
    assert 'href="/connect/google"' in page.text
    assert connections(desk) == []


@pytest.mark.parametrize(
    ("refusal", "status", "words"),
    [
        (Refusal.NOTHING_GRANTED, 403, "Nothing was allowed"),
        (Refusal.POLICY, 403, "Your organisation’s rules forbid it"),
        (Refusal.NO_MAILBOX, 422, "This account has no calendar"),
        (Refusal.STALE, 410, "This sign-in is over"),
        (Refusal.OURS, 502, "Something is wrong on our side"),
        (Refusal.UNREACHABLE, 502, "Google does not answer"),
        (Refusal.ADMIN_NEEDED, 403, "Your administrator has to allow it"),
    ],
)
def test_what_the_service_refuses_is_one_plain_page(
    desk: Desk, browser: Browser, refusal: Refusal, status: int, words: str
) -> None:
    back = desk.google.signs_in(away(browser), WORK)
    desk.google.fails = refusal
    page = browser.get(back)
    assert (page.status_code, title(page)) == (status, words)
    assert connections(desk) == []
    assert desk.connecting.pending(session(desk, browser)) is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        pytest.param(TryLater("timeout"), "Google does not answer", id="no answer"),
        pytest.param(Refused("no licence"), "This account has no calendar", id="no calendar for us"),
    ],
)
def test_an_account_whose_calendars_cannot_be_listed_is_not_connected(
    desk: Desk, browser: Browser, error: OverlapError, words: str
) -> None:
    desk.service.trouble(WORK, error)
    assert title(browser.get(desk.google.signs_in(away(browser), WORK))) == words
    assert connections(desk) == []
    assert len(farewells_of(desk)) == 1


def test_the_operator_hears_of_what_only_they_can_mend(
    desk: Desk, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    back = desk.google.signs_in(away(browser), WORK)
    desk.google.fails = Refusal.OURS
    page = browser.get(back)
    assert "The people who run Overlap have been told" in page.text
    assert [one.levelno for one in caplog.records if "registration" in one.message] == [logging.ERROR]


def test_an_account_of_another_domain_is_not_connected(desk: Desk) -> None:
    only = replace(desk.connecting, account_domains=frozenset({"acme.example"}))
    browser = Browser(desk, signing_in=replace(desk.signing_in, connecting=only))
    browser.post(link(desk))
    page = browser.get(desk.google.signs_in(away(browser), "ana@gmail.example"))
    assert (page.status_code, title(page)) == (403, "This account may not be connected here")
    assert connections(desk) == []
    assert len(farewells_of(desk)) == 1
    assert title(browser.get(desk.google.signs_in(away(browser), WORK))) == f"Connect {WORK} to this chat account?"


def test_signing_in_again_keeps_calendars_and_choices(desk: Desk, browser: Browser) -> None:
    connection = connected(desk, browser)
    before = {one.id for one in desk.calendars().values()}
    page = browser.get(desk.google.signs_in(away(browser, account=connection.id), WORK))
    assert title(page) == "Your calendars and hours"
    assert "connected again" in page.text
    assert [one.id for one in connections(desk)] == [connection.id]
    assert {one.id for one in desk.calendars().values()} == before
    assert desk.google.hints[-1] == WORK


def test_a_renamed_account_is_the_same_account(desk: Desk, browser: Browser) -> None:
    connection = connected(desk, browser)
    desk.service.calendar("renamed@acme.example", "Same")
    back = desk.google.signs_in(
        away(browser, account=connection.id), "renamed@acme.example", subject=f"subject of {WORK}"
    )
    browser.get(back)
    assert [one.id for one in connections(desk)] == [connection.id]


def test_another_account_than_the_one_to_be_opened_changes_nothing(desk: Desk, browser: Browser) -> None:
    connection = connected(desk, browser)
    page = browser.get(desk.google.signs_in(away(browser, account=connection.id), OTHER))
    assert (page.status_code, title(page)) == (409, "That was another account")
    assert WORK in page.text
    assert OTHER in page.text
    assert f"/connect/google?account={connection.id}" in page.text
    assert [one.id for one in connections(desk)] == [connection.id]
    with desk.database.reading() as tx:
        assert unsealed(tx, Vault(RING), TENANT, connection.id).user == WORK


def test_more_is_allowed_by_a_link_of_its_own_and_what_waited_goes_on(desk: Desk, browser: Browser) -> None:
    connection = connected(desk, browser, access="freebusy")
    waiting = awaits_consent(desk)
    desk.nothing_is_due()
    where = f"/connect/{token_of(desk.connecting.link(desk.ana, consent=connection.id))}"
    assert title(browser.get(where)) == "Let Overlap write meetings into Ana’s calendar"
    url = address(browser.post(where).text)
    assert "access=full" in url
    page = browser.get(desk.google.signs_in(url, WORK))
    assert title(page) == "Your calendars and hours"
    assert connections(desk)[0].access is Access.FULL
    assert all(one.is_granted for one in desk.calendars().values())
    assert desk.due("meeting") == {waiting: timedelta()}


def test_who_still_does_not_allow_writing_is_told_what_that_means(desk: Desk, browser: Browser) -> None:
    connection = connected(desk, browser, access="freebusy")
    awaits_consent(desk)
    desk.nothing_is_due()
    url = address(browser.post(f"/connect/{token_of(desk.connecting.link(desk.ana, consent=connection.id))}").text)
    page = browser.get(desk.google.signs_in(url, WORK, allows=Access.FREEBUSY))
    assert "Writing was not allowed" in page.text
    assert connections(desk)[0].access is Access.FREEBUSY
    assert desk.due("meeting") == {}


def test_nobody_is_led_to_allow_more_of_somebody_elses_account(desk: Desk, browser: Browser) -> None:
    where = f"/connect/{token_of(desk.connecting.link(desk.ana, consent=ConnectionId('of somebody')))}"
    assert title(browser.post(where)) == "Where is your calendar?"


def test_an_administrator_allows_it_for_everybody_who_waits(desk: Desk, browser: Browser) -> None:
    back = desk.microsoft.signs_in(away(browser, "microsoft"), WORK)
    desk.microsoft.fails = Refusal.ADMIN_NEEDED
    page = browser.get(back)
    found = re.search(r"<textarea[^>]*>([^<]+)</textarea>", page.text)
    assert found is not None
    url = html.unescape(found[1])
    assert "https%3A%2F%2Foverlap.example.com%2Fconnect%2Fmicrosoft%2Fadmin" in url
    state = re.search(r"state=([\w-]+)", url)
    assert state is not None
    administrator = Browser(desk)
    no = administrator.get(f"/connect/microsoft/admin?error=access_denied&state={state[1]}")
    assert (no.status_code, desk.rung(APPROVED, desk.ana.id)) == (403, 0)
    yes = administrator.get(f"/connect/microsoft/admin?admin_consent=True&tenant=t&state={state[1]}")
    assert title(yes) == "Thank you: Overlap is allowed now"
    assert desk.rung(APPROVED, desk.ana.id) == 1
    again = administrator.get(f"/connect/microsoft/admin?admin_consent=True&tenant=t&state={state[1]}")
    assert (again.status_code, desk.rung(APPROVED, desk.ana.id)) == (410, 1)
    made_up = administrator.get("/connect/microsoft/admin?admin_consent=True&state=made-up")
    assert made_up.status_code == 410


def test_where_microsoft_sends_nobody_back_the_link_is_to_be_had_all_the_same(desk: Desk, browser: Browser) -> None:
    browser.get("/connect/microsoft")
    page = browser.post("/connect/microsoft/approval")
    assert title(page) == "Your administrator has to allow it"
    assert "https://microsoft.example/adminconsent" in page.text
    with desk.database.reading() as tx:
        assert signins.waits(tx, TENANT, "microsoft", desk.ana.id)


def test_disconnecting_gives_back_what_was_granted_and_wipes(desk: Desk, browser: Browser) -> None:
    connection = connected(desk, browser)
    browser.get(f"/connect/disconnect?connection={connection.id}")
    browser.post("/connect/disconnect", connection=connection.id)
    assert connections(desk) == []
    assert desk.calendars() == {}
    (farewell,) = farewells_of(desk)
    desk.leaving.undo(TENANT, farewell)
    assert desk.google.revoked == [f"refresh-token-of-{WORK}"]
    desk.leaving.undo(TENANT, farewell)
    assert desk.google.revoked == [f"refresh-token-of-{WORK}"]


def test_what_somebody_else_still_uses_is_not_given_back(desk: Desk, browser: Browser) -> None:
    connection = connected(desk, browser)
    browser.get(f"/connect/disconnect?connection={connection.id}")
    browser.post("/connect/disconnect", connection=connection.id)
    (farewell,) = farewells_of(desk)
    connected(desk, browser)
    desk.leaving.undo(TENANT, farewell)
    assert desk.google.revoked == []


def test_no_token_code_or_state_reaches_a_log(desk: Desk, browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="bot"):
        url = away(browser)
        back = desk.google.signs_in(url, WORK)
        browser.get(back)
        browser.post("/connect/confirm", answer="yes")
    for secret in ("refresh-token", back.partition("code=")[2], WORK, url):
        assert secret not in caplog.text


def session(desk: Desk, browser: Browser) -> links.Session:
    found = desk.connecting.session(browser.client.cookies["overlap_connect"])
    assert found is not None
    return found


def awaits_consent(desk: Desk) -> MeetingId:
    """A booking of Ana's that can be written once she allows it."""
    waiting = Meeting(
        id=MeetingId("booked"),
        tenant=TENANT,
        uid="booked@overlap",
        organiser=desk.ana.id,
        title="Ana and Alex",
        when=span("09:00-10:00"),
        state=MeetingState.BOOKING,
        attendances=(Attendance(person=desk.ana.id, road=Road.ORGANISER),),
        awaits_consent_until=NOW + timedelta(minutes=15),
    )
    with desk.database.transaction() as tx:
        meetings.insert(tx, waiting)
    return waiting.id
