"""Connecting a calendar: the link, the sign-in, the choice, and what goes on afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Problem
from bot.core.errors import AddressRefused, InvalidInput, NotACalendar, NotFound, OverlapError, Refused, TryLater
from bot.core.ids import CalendarId, PersonId, ProposalId
from bot.core.proposals import ProposalState
from bot.people.connect import MOST_TRIES, Alive, Choice, Dead, Opened
from bot.people.grants import unsealed
from bot.people.services import NotConnected, SignIn, Why
from bot.providers import memory
from bot.storage import calendars, links, messages
from bot.storage.vault import Vault
from tests.builders import TENANT, works
from tests.people.desk import RING, Desk, a_desk, token_of


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


def test_a_link_leads_to_our_page_and_looking_at_it_changes_nothing(desk: Desk) -> None:
    url = desk.connecting.link(desk.ana)
    assert url.startswith("https://overlap.example.com/connect/")
    for _ in range(3):
        assert desk.connecting.look(token_of(url)) == Alive(desk.ana)


def test_a_link_opens_one_session(desk: Desk) -> None:
    token = token_of(desk.connecting.link(desk.ana))
    opened = desk.connecting.open_session(token)
    assert isinstance(opened, Opened)
    assert desk.connecting.session(opened.token) == opened.session
    assert desk.connecting.opened_by(opened.session, token)
    assert desk.connecting.open_session(token) is Dead.USED
    assert desk.connecting.look(token) is Dead.USED


def test_a_link_is_dead_after_ten_minutes(desk: Desk) -> None:
    token = token_of(desk.connecting.link(desk.ana))
    desk.clock.move(timedelta(minutes=10))
    assert desk.connecting.look(token) is Dead.EXPIRED
    assert desk.connecting.open_session(token) is Dead.EXPIRED


def test_what_was_never_a_link_is_not_known(desk: Desk) -> None:
    assert desk.connecting.look("garbage") is Dead.UNKNOWN
    assert desk.connecting.open_session("garbage") is Dead.UNKNOWN
    assert not desk.connecting.send_again("garbage")


def test_a_session_lasts_an_hour(desk: Desk) -> None:
    token = desk.opened().token
    desk.clock.move(timedelta(minutes=59))
    assert desk.connecting.session(token) is not None
    desk.clock.move(timedelta(minutes=1))
    assert desk.connecting.session(token) is None


def test_a_new_link_is_offered_in_the_chat_of_whom_the_dead_one_was_for(desk: Desk) -> None:
    token = token_of(desk.connecting.link(desk.ana))
    desk.clock.move(timedelta(hours=3))
    assert desk.connecting.send_again(token)
    assert desk.connecting.send_again(token)
    assert desk.rung("connect", desk.ana.id) == 1
    desk.clock.move(timedelta(minutes=1))
    assert desk.connecting.send_again(token)
    assert desk.rung("connect", desk.ana.id) == 2


def test_signing_in_keeps_the_account_sealed_and_its_calendars(desk: Desk) -> None:
    connection = desk.connect()
    assert (connection.provider, connection.label) == ("caldav", "ana · dav.example.com")
    with desk.database.reading() as tx:
        sealed = calendars.sealed_account(tx, TENANT, connection.id)
        account = unsealed(tx, Vault(RING), TENANT, connection.id)
    assert memory.PASSWORD.encode() not in sealed
    assert (account.password, account.addresses) == (memory.PASSWORD, ("ana@example.com",))
    assert desk.calendars()["Work"].cadence == timedelta(minutes=7)
    assert desk.calendars()["Work"].zone == "Europe/Berlin"


def test_own_calendars_count_and_the_first_one_receives_until_their_owner_chooses(desk: Desk) -> None:
    desk.connect()
    told = {name: (one.counts, one.receives) for name, one in desk.calendars().items()}
    assert told == {
        "Work": (True, True),
        "Private": (True, False),
        "Birthdays": (False, False),
        "Holidays": (False, False),
    }


def test_an_account_that_can_only_be_read_counts_and_receives_nothing(desk: Desk) -> None:
    desk.service.calendar("ben", "Shared", is_writable=False)
    desk.connect(user="ben")
    assert [(one.counts, one.receives) for one in desk.calendars().values()] == [(True, False)]


def test_everything_connected_is_read_at_once_and_its_owner_is_told(desk: Desk) -> None:
    connection = desk.connect()
    assert desk.due("calendar") == {one.id: timedelta() for one in desk.calendars().values()}
    assert desk.rung("connection", connection.id) == 1


def test_the_operator_may_set_the_cadence(desk: Desk) -> None:
    quick = replace(desk.connecting, cadence=timedelta(seconds=2))
    session = desk.opened().session
    quick.sign_in(session, SignIn(url="dav.example.com", user="ana", password=memory.PASSWORD))
    quick.confirm(session)
    assert {one.cadence for one in desk.calendars().values()} == {timedelta(seconds=2)}


def test_the_same_account_again_takes_its_own_place_and_keeps_what_was_chosen(desk: Desk) -> None:
    connection = desk.connect()
    work, private = desk.calendars()["Work"], desk.calendars()["Private"]
    with desk.database.transaction() as tx:
        calendars.choose(tx, TENANT, desk.ana.id, {private.id}, private.id)
        calendars.blame(tx, TENANT, connection.id, Problem.SIGN_IN_NEEDED)
    desk.service.calendar("ana", "New")
    again = desk.connect()
    assert (again.id, again.problem) == (connection.id, None)
    kept = desk.calendars()
    assert (kept["Work"].id, kept["Work"].counts) == (work.id, False)
    assert (kept["Private"].counts, kept["Private"].receives) == (True, True)
    assert (kept["New"].counts, kept["New"].receives) == (True, False)


def test_a_second_account_leaves_bookings_where_they_go(desk: Desk) -> None:
    desk.service.calendar("ana2", "Second")
    desk.connect()
    desk.connect(user="ana2")
    assert [name for name, one in desk.calendars().items() if one.receives] == ["Work"]


@pytest.mark.parametrize(
    ("error", "url", "why"),
    [
        pytest.param(AddressRefused("private"), "https://10.0.0.1/", Why.ADDRESS_REFUSED, id="a private address"),
        pytest.param(AddressRefused("http"), "http://dav.example.com/", Why.NOT_SECURE, id="http"),
        pytest.param(Refused("403"), "https://dav.example.com/", Why.FORBIDDEN, id="forbidden"),
        pytest.param(NotFound("404"), "https://dav.example.com/", Why.NOT_CALDAV, id="nothing there"),
        pytest.param(NotACalendar("html"), "https://dav.example.com/", Why.NOT_CALDAV, id="a web page"),
        pytest.param(TryLater("timeout"), "https://dav.example.com/", Why.UNREACHABLE, id="no answer"),
    ],
)
def test_what_cannot_be_opened_is_not_connected(desk: Desk, error: OverlapError, url: str, why: Why) -> None:
    desk.service.trouble("ana", error)
    assert desk.sign_in(url=url) == NotConnected((why,))
    assert desk.calendars() == {}


def test_a_wrong_password_connects_nothing(desk: Desk) -> None:
    assert desk.sign_in(password="guess") == NotConnected((Why.WRONG_PASSWORD,))
    assert desk.calendars() == {}


def test_an_account_without_calendars_is_not_connected(desk: Desk) -> None:
    assert desk.sign_in(user="nobody") == NotConnected((Why.NO_CALENDARS,))


def test_google_is_refused_before_anything_is_sent(desk: Desk) -> None:
    assert desk.sign_in(url="https://calendar.google.com/") == NotConnected((Why.GOOGLE,))
    assert desk.service.calls == 0


def test_nobody_guesses_passwords_through_us(desk: Desk) -> None:
    session = desk.opened().session
    for _ in range(MOST_TRIES):
        desk.connecting.sign_in(session, SignIn(url="dav.example.com", user="ana", password="guess"))
    calls = desk.service.calls
    refused = desk.connecting.sign_in(session, SignIn(url="dav.example.com", user="ana", password=memory.PASSWORD))
    assert refused == NotConnected((Why.TOO_MANY_TRIES,))
    assert desk.service.calls == calls


def test_choosing_keeps_the_choice_and_the_hours(desk: Desk) -> None:
    desk.connect()
    work, private = desk.calendars()["Work"], desk.calendars()["Private"]
    hours = works("08:00-12:00", zone="Europe/London", days="Mon Tue")
    session = desk.opened().session
    desk.connecting.choose(session, Choice(counts=frozenset({work.id}), receives=private.id, hours=hours))
    assert [name for name, one in desk.calendars().items() if one.counts] == ["Work"]
    assert [name for name, one in desk.calendars().items() if one.receives] == ["Private"]
    assert desk.connecting.setup(session).person.hours == hours


def test_what_waited_goes_on_after_the_choice(desk: Desk) -> None:
    waiting = desk.waits("waiting")
    desk.waits("booked", ProposalState.BOOKED)
    desk.connect()
    desk.nothing_is_due()
    work = desk.calendars()["Work"]
    choice = Choice(counts=frozenset({work.id}), receives=work.id, hours=desk.ana.hours)
    desk.connecting.choose(desk.opened().session, choice)
    assert desk.due("proposal") == {waiting: timedelta()}
    assert desk.due("reading") == {desk.ana.id: timedelta()}


def test_what_waited_goes_on_also_when_the_page_is_closed_without_choosing(desk: Desk) -> None:
    waiting = desk.waits("waiting")
    desk.connect()
    assert desk.due("proposal") == {waiting: timedelta(minutes=2)}


def test_the_request_that_a_link_was_made_for_goes_on(desk: Desk) -> None:
    token = token_of(desk.connecting.link(desk.ana, resume=ProposalId("asked")))
    opened = desk.connecting.open_session(token)
    assert isinstance(opened, Opened)
    desk.connect()
    work = desk.calendars()["Work"]
    desk.connecting.choose(opened.session, Choice(counts=frozenset({work.id}), receives=work.id, hours=desk.ana.hours))
    assert desk.due("proposal")["asked"] == timedelta()


@pytest.mark.parametrize(
    ("counts", "receives"),
    [
        pytest.param("", "Work", id="nothing counts"),
        pytest.param("Work", "", id="nothing receives"),
        pytest.param("Work", "Holidays", id="bookings into what can only be read"),
        pytest.param("Work somebody-else's", "Work", id="a calendar that is not theirs"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(desk: Desk, counts: str, receives: str) -> None:
    desk.connect()
    before = desk.calendars()
    ids = {name: one.id for name, one in before.items()}
    choice = Choice(
        counts=frozenset(ids.get(name, CalendarId(name)) for name in counts.split()),
        receives=ids.get(receives),
        hours=desk.ana.hours,
    )
    with pytest.raises(InvalidInput):
        desk.connecting.choose(desk.opened().session, choice)
    assert desk.calendars() == before


def test_disconnecting_forgets_the_account_and_lets_bookings_go_elsewhere(desk: Desk) -> None:
    desk.service.calendar("ana2", "Second")
    first = desk.connect()
    desk.connect(user="ana2")
    desk.nothing_is_due()
    desk.connecting.disconnect(desk.ana, first.id)
    assert {name: one.receives for name, one in desk.calendars().items()} == {"Second": True}
    assert desk.due("reading") == {desk.ana.id: timedelta()}
    assert messages.id_of("connection", first.id, desk.ana.id) in desk.due("message")


def test_nobody_disconnects_somebody_elses_account(desk: Desk) -> None:
    connection = desk.connect()
    with pytest.raises(NotFound):
        desk.connecting.disconnect(replace(desk.ana, id=PersonId("mallory")), connection.id)
    assert len(desk.calendars()) == 4


def test_dead_links_are_forgotten_after_a_week(desk: Desk) -> None:
    token = token_of(desk.connecting.link(desk.ana))
    desk.clock.move(timedelta(days=8))
    desk.connecting.link(desk.ana)
    with desk.database.reading() as tx:
        assert links.link(tx, token) is None
