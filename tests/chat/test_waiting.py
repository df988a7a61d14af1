"""Requests that wait: for the asker's calendar, for somebody else's, for somebody who does not want to."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.cards import OpenPage
from bot.core.calendars import Problem
from bot.people.connect import Opened
from bot.storage import calendars, due, messages, progress
from tests.chat.office import Office, labels


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.joins("ana", zone="Europe/Berlin")
    return made


def connects(office: Office, user: str) -> None:
    """As the connect page leaves it: the calendar is there, and what waited for it is due."""
    office.connects(office.person(user), "Work")
    with office.database.transaction() as tx:
        for one in calendars.connections_of(tx, office.tenant, office.person(user).id):
            messages.show(
                tx,
                office.tenant,
                kind="connection",
                subject=one.id,
                person=one.person,
                now=office.clock.now(),
                ring=True,
            )
    office.works()


def url_of(office: Office, user: str) -> str:
    (button,) = office.whisper(user).card.buttons
    assert isinstance(button.does, OpenPage)
    return button.does.url


def test_the_asker_is_asked_to_connect_first_and_the_request_is_kept(office: Office) -> None:
    office.joins("bea", calendars=())
    office.types("bea", "@ana 30m next week")
    told = office.whisper("bea").card
    assert told.summary.startswith("30 min with Ana · next week, 30 Nov – 6 Dec. To find times I need to know when you")
    assert labels(told) == ["Connect my calendar", "Not now"]
    office.presses("bea", office.whisper("bea"), "Connect my calendar")
    assert url_of(office, "bea").startswith("https://overlap.example.com/connect/")
    assert "goes on by itself" in office.whisper("bea").card.summary
    connects(office, "bea")
    assert labels(office.dm("bea").card)[-2:] == ["More times", "Not now"]
    assert office.surface.unread("bea") == 2


def test_somebody_else_can_be_asked_to_connect(office: Office) -> None:
    office.joins("alex", zone="America/New_York", calendars=())
    office.types("ana", "@alex 30m next week")
    assert "Alex hasn't connected a calendar" in office.whisper("ana").card.summary
    office.presses("ana", office.whisper("ana"), "Ask Alex to connect")
    assert "I asked Alex to connect one." in office.whisper("ana").card.summary
    assert labels(office.whisper("ana").card) == ["Book without seeing it", "Not now"]
    assert office.dm("alex").card.summary.startswith("Ana would like to find 30 min with you, 30 Nov – 6 Dec.")
    office.presses("alex", office.dm("alex"), "Connect my calendar")
    assert url_of(office, "alex").startswith("https://overlap.example.com/connect/")
    office.clock.move(timedelta(hours=2))
    office.reads("ana")
    connects(office, "alex")
    assert len(labels(office.dm("ana").card)) > 5
    assert office.surface.seen("alex")[0].card.summary.startswith("Thank you: your calendar is connected")


def test_asking_twice_tells_once(office: Office) -> None:
    office.joins("alex", calendars=())
    office.types("ana", "@alex 30m next week")
    waiting = office.whisper("ana")
    office.presses("ana", waiting, "Ask Alex to connect")
    office.presses("ana", waiting, "Ask Alex to connect")
    assert office.surface.unread("alex") == 1


def test_not_now_is_an_answer(office: Office) -> None:
    office.joins("alex", calendars=())
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), "Ask Alex to connect")
    office.presses("alex", office.dm("alex"), "Not now")
    assert office.dm("alex").card.summary.startswith("All right, not now.")
    assert len(office.surface.seen("alex")) == 1


def test_a_whisper_from_before_the_answer_points_to_it(office: Office) -> None:
    office.joins("bea", calendars=())
    office.types("bea", "@ana 30m next week")
    before = office.whisper("bea")
    office.clock.move(timedelta(minutes=31))
    office.reads("ana")
    connects(office, "bea")
    assert "Not now" in labels(office.whisper("bea").card)
    office.presses("bea", before, "Not now")
    assert office.whisper("bea").card.summary == "The answer is in our direct messages."
    assert "Nothing was booked" in office.dm("bea").card.summary


def test_a_disconnected_account_says_so(office: Office) -> None:
    breaks(office, Problem.GONE)
    (account,) = _accounts(office)
    office.connecting.disconnect(office.person("ana"), account)
    office.works()
    assert office.dm("ana").card.summary == (
        "Disconnected: this calendar account is no longer connected. I read and write nothing there any more."
    )
    assert labels(office.dm("ana").card) == []


def test_who_cannot_be_asked_is_said(office: Office) -> None:
    alex = office.joins("alex", calendars=())
    office.surface.leave(alex.identity)
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), "Ask Alex to connect")
    assert "I can't write to Alex: they don't have Overlap yet." in office.whisper("ana").card.summary


def test_who_writes_to_us_later_gets_what_was_refused(office: Office) -> None:
    alex = office.joins("alex", calendars=())
    office.surface.leave(alex.identity)
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), "Ask Alex to connect")
    office.joins("alex", calendars=())
    office.opens("alex")
    assert any(one.startswith("Ana would like to find") for one in office.says("alex"))


def test_an_address_that_nobody_here_has_cannot_be_asked(office: Office) -> None:
    office.types("ana", "kim@client.example 30m next week")
    told = office.whisper("ana").card
    assert "I don't know kim@client.example here yet: ask them to write to me" in told.summary
    assert labels(told) == ["Book without seeing it", "Not now"]


def test_after_a_day_the_request_is_let_go_and_that_is_said(office: Office) -> None:
    office.joins("alex", calendars=())
    office.types("ana", "@alex 30m next week")
    office.passes(timedelta(hours=25))
    assert "I waited 24 hours for a calendar and let this request go." in office.dm("ana").card.summary
    office.presses("ana", office.dm("ana"), "Look again")
    assert "Alex hasn't connected a calendar" in office.dm("ana").card.summary


def test_a_dead_links_page_answers_with_a_button_never_a_link(office: Office) -> None:
    ana = office.person("ana")
    with office.database.transaction() as tx:
        messages.show(
            tx, office.tenant, kind="connect", subject=ana.id, person=ana.id, now=office.clock.now(), ring=True
        )
    office.works()
    assert labels(office.dm("ana").card) == ["Get my link"]
    office.presses("ana", office.dm("ana"), "Get my link")
    first = url_of(office, "ana")
    office.presses("ana", office.dm("ana"), "Get my link")
    assert url_of(office, "ana") != first
    assert labels(office.dm("ana").card) == ["Get my link"]


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        pytest.param(Problem.SIGN_IN_NEEDED, "it no longer accepts the password. Connect it again.", id="signed out"),
        pytest.param(Problem.REFUSED, "it no longer lets me read it.", id="refused"),
        pytest.param(Problem.GONE, "it is no longer there. Connect another one.", id="gone"),
        pytest.param(Problem.GARBAGE, "it answers with something that is no calendar. I keep trying.", id="garbage"),
    ],
)
def test_an_owner_is_told_what_is_wrong_and_what_to_do(office: Office, problem: Problem, said: str) -> None:
    breaks(office, problem)
    assert said in office.dm("ana").card.summary
    assert "It touches “Work”." in office.dm("ana").card.summary
    assert labels(office.dm("ana").card) == ["Reconnect" if problem.is_final else "Open my calendars"]


def test_a_mended_account_is_an_edit(office: Office) -> None:
    breaks(office, Problem.GARBAGE)
    office.surface.read("ana")
    breaks(office, None)
    assert office.dm("ana").card.summary.startswith("Connected: “ana · dav.example.com”.")
    assert office.surface.unread("ana") == 0


def breaks(office: Office, problem: Problem | None) -> None:
    (account,) = _accounts(office)
    with office.database.transaction() as tx:
        calendars.blame(tx, office.tenant, account, problem)
        for one in calendars.of_connection(tx, office.tenant, account):
            progress.has_problem(tx, office.tenant, one.id, problem)
        now = office.clock.now()
        messages.show(
            tx,
            office.tenant,
            kind="connection",
            subject=account,
            person=office.person("ana").id,
            now=now,
            ring=problem is not None,
        )
    office.works()


def _accounts(office: Office):  # type: ignore[no-untyped-def]
    with office.database.reading() as tx:
        return [one.id for one in calendars.connections_of(tx, office.tenant, office.person("ana").id)]


def test_a_broken_calendar_of_ones_own_is_named_in_the_answer(office: Office) -> None:
    office.joins("alex")
    breaks(office, Problem.SIGN_IN_NEEDED)
    office.types("ana", "@alex 30m next week")
    told = office.whisper("ana").card
    assert "I can no longer read your calendar “Work”: connect it again." in told.summary
    assert labels(told) == ["Connect it again", "Not now"]


def test_the_button_leads_to_that_account_and_the_request_waits_for_it(office: Office) -> None:
    office.joins("alex")
    breaks(office, Problem.SIGN_IN_NEEDED)
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), "Connect it again")
    told = office.whisper("ana").card
    assert "Connect “ana · dav.example.com” again on my page." in told.summary
    (opens,) = told.buttons
    assert isinstance(opens.does, OpenPage)
    opened = office.connecting.open_session(opens.does.url.rpartition("/")[2])
    assert isinstance(opened, Opened)
    assert opened.again in _accounts(office)
    assert opened.session.resume is not None


def test_a_broken_calendar_of_somebody_else_is_not_named(office: Office) -> None:
    office.joins("alex")
    breaks(office, Problem.SIGN_IN_NEEDED)
    office.types("alex", "@ana 30m next week")
    told = office.whisper("alex").card
    assert "I can no longer read Ana's calendar: Ana must connect it again and was told." in told.summary
    assert "Work" not in told.summary


def test_status_tells_age_and_trouble(office: Office) -> None:
    office.clock.move(timedelta(minutes=3))
    office.types("ana", "status")
    assert office.whisper("ana").card.summary == (
        "Your calendars. ana · dav.example.com; • Work: counts as busy, receives bookings."
        " Read 3 min ago; I look every 10 min. Working hours: Mon–Fri 09:00–17:00 (Berlin time)."
        " You can choose: Open my calendars or Disconnect."
    )
    breaks(office, Problem.SIGN_IN_NEEDED)
    office.types("ana", "status")
    told = office.whisper("ana").card
    assert "it no longer accepts the password. Connect it again." in told.summary
    assert labels(told) == ["Reconnect", "Open my calendars", "Disconnect"]


def test_status_without_a_calendar_offers_to_connect_one(office: Office) -> None:
    office.joins("bea", calendars=())
    office.types("bea", "status")
    assert labels(office.whisper("bea").card) == ["Connect a calendar"]


def test_nothing_is_left_to_do(office: Office) -> None:
    office.types("ana", "connect")
    with office.database.reading() as tx:
        assert due.next_at(tx, ["incoming", "message"]) is None
