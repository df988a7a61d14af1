"""What `status` shows of each calendar: its age, its road, what is wrong and what to do."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.chat.answers import Says
from bot.chat.cards import Card, OpenPage, Press
from bot.chat.conversations.status import StatusTalk
from bot.core.calendars import Calendar, Connection, Problem
from bot.core.ids import CalendarId, ConnectionId
from bot.core.meetings import MeetingState
from bot.core.proposals import ProposalState
from bot.people.connect import RECONNECT, Alive
from bot.storage import accounts, calendars, faults, meetings, progress, proposals
from tests.chat.office import NOW, Office, labels
from tests.chat.views import HOSTILE, a_meeting, a_proposal, is_complete

MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    for user in ("ana", "alex", "kim"):
        made.joins(user)
    return made


def shown(office: Office, *, limits: tuple[str, ...] = ()) -> Card:
    answer = StatusTalk(office.database, office.clock, limits).typed(office.person("ana"))
    assert isinstance(answer, Says)
    return is_complete(answer.card)


def changes(office: Office, calendar: str = "ana-work", **values: object) -> None:
    """So it stands with that calendar."""
    with office.database.transaction() as tx:
        its = calendars.CALENDARS.c.id == calendar
        tx.execute(calendars.CALENDARS.update().where(its).values(**values))


def account(office: Office) -> Connection:
    with office.database.reading() as tx:
        return calendars.connection(tx, office.tenant, ConnectionId("ana-account"))


def blames(office: Office, problem: Problem, **rest: datetime) -> None:
    with office.database.transaction() as tx:
        calendars.blame(tx, office.tenant, ConnectionId("ana-account"), problem, **rest)
        progress.has_problem(tx, office.tenant, CalendarId("ana-work"), problem)


def also(office: Office, provider: str, name: str, **rest: object) -> None:
    """Ana has another account of one calendar."""
    other = replace(account(office), id=ConnectionId(f"ana-{provider}"), provider=provider, label=f"{name} account")
    with office.database.transaction() as tx:
        work = calendars.calendar(tx, office.tenant, CalendarId("ana-work"))
        held: Calendar = replace(work, id=CalendarId(f"ana-{name}"), connection=other.id, name=name, receives=False)
        calendars.add_connection(tx, other, b"sealed")
        calendars.add(tx, replace(held, **rest))  # type: ignore[arg-type]


def test_one_that_rings(office: Office) -> None:
    changes(office, rings_until=int((NOW + timedelta(days=1)).timestamp()))
    assert "Work: counts as busy, receives bookings. Read just now; it tells me of changes at once." in (
        shown(office).summary
    )


def test_one_that_is_looked_at(office: Office) -> None:
    office.clock.move(3 * MINUTE)
    assert "Work: counts as busy, receives bookings. Read 3 min ago; I look every 10 min." in shown(office).summary


def test_one_that_is_too_old(office: Office) -> None:
    office.clock.move(45 * MINUTE)
    assert "Read 45 min ago; I look every 10 min. Too old to go by: I am reading it again." in shown(office).summary


def test_one_that_was_never_read(office: Office) -> None:
    changes(office, read_at=None)
    assert "Not read yet; I look every 10 min. I am reading it now." in shown(office).summary


def test_an_import_says_from_when_it_is(office: Office) -> None:
    also(office, "import", "Old", is_static=True)
    assert "Old: counts as busy. Imported on Thu 26 Nov, not updating." in shown(office).summary


def test_a_feed_is_called_one(office: Office) -> None:
    also(office, "ics", "Feed", cadence=timedelta(hours=1))
    assert "Feed: counts as busy. Read just now; a feed, which I look at every 1 h." in shown(office).summary


def test_a_copy_is_named(office: Office) -> None:
    also(office, "ics", "Feed", copy_of=CalendarId("ana-work"))
    assert "It is a copy of “Work” and not counted twice." in shown(office).summary


def test_one_that_does_not_count_takes_few_words(office: Office) -> None:
    changes(office, counts=False, receives=False)
    assert "• Work: does not count." in shown(office).summary


def test_what_comes_from_the_company_calendar_is_told_to_the_one_who_sees_it(office: Office) -> None:
    with office.database.transaction() as tx:
        work = calendars.calendar(tx, office.tenant, CalendarId("ana-work"))
        seen = replace(
            work,
            id=CalendarId("seen"),
            person=office.person("alex").id,
            seen_by=office.person("ana").id,
            receives=False,
            name="Whatever",
        )
        calendars.add(tx, seen)
    told = shown(office).summary
    assert "From the company calendar, for your requests alone: when Alex can meet." in told
    assert "Whatever" not in told
    office.types("alex", "status")
    assert "company calendar" not in office.whisper("alex").card.summary


def test_what_our_address_keeps_from_working(office: Office) -> None:
    told = shown(office, limits=("Teams", "pages for guests")).summary
    assert "Overlap cannot be reached from the internet, so these do not work: Teams, pages for guests." in told


def test_somebody_with_forty_calendars_of_long_names(office: Office) -> None:
    with office.database.transaction() as tx:
        work = calendars.calendar(tx, office.tenant, CalendarId("ana-work"))
        for number in range(40):
            calendars.add(tx, replace(work, id=CalendarId(f"c{number}"), name=HOSTILE, receives=False, counts=False))
    told = shown(office)
    assert "and 29 more" in told.summary
    assert "Work: counts as busy, receives bookings." in told.summary, "what counts comes first"


def test_a_broken_one_offers_to_reconnect(office: Office) -> None:
    blames(office, Problem.SIGN_IN_NEEDED)
    told = shown(office)
    assert "ana · dav.example.com – it no longer accepts the password. Connect it again." in told.summary
    assert labels(told) == ["Reconnect", "Open my calendars", "Disconnect"]


def card(office: Office) -> Card:
    return is_complete(office.messages.card("connection", "ana-account", office.person("ana")))


def test_what_trouble_touches_is_one_line(office: Office) -> None:
    with office.database.transaction() as tx:
        meetings.insert(tx, a_meeting(office, MeetingState.BOOKED))
        proposals.insert(tx, a_proposal(office, ProposalState.OPEN))
    blames(office, Problem.SIGN_IN_NEEDED)
    assert "It touches “Work”, 1 open request and 1 coming meeting." in card(office).summary


def test_a_reminder_says_since_when(office: Office) -> None:
    blames(office, Problem.REFUSED, since=NOW)
    assert card(office).summary.startswith("I can't read your calendar account “ana · dav.example.com”: it no longer")
    with office.database.transaction() as tx:
        calendars.was_reminded(tx, office.tenant, ConnectionId("ana-account"), 1)
    assert "I still can't read your calendar account “ana · dav.example.com” since Thu 26 Nov: it no" in (
        card(office).summary
    )


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem.SIGN_IN_NEEDED, "my permission there has ended or was taken back. Connect it again."),
        (Problem.REFUSED, "a permission is missing. Connect it again, and leave every box ticked."),
    ],
)
def test_a_permission_is_no_password(office: Office, problem: Problem, said: str) -> None:
    with office.database.transaction() as tx:
        tx.execute(calendars.CONNECTIONS.update().values(provider="microsoft"))
    blames(office, problem)
    assert said in card(office).summary


def test_a_registration_in_testing_is_not_put_on_the_person(office: Office) -> None:
    with office.database.transaction() as tx:
        tx.execute(calendars.CONNECTIONS.update().values(provider="google"))
        calendars.lapsed(tx, office.tenant, ConnectionId("ana-account"))
    blames(office, Problem.SIGN_IN_NEEDED)
    told = card(office)
    assert "Whoever runs Overlap can mend that for good, and has been told." in told.summary
    assert labels(told) == ["Reconnect"]


def test_reconnect_leads_to_that_very_account(office: Office) -> None:
    blames(office, Problem.SIGN_IN_NEEDED)
    (button,) = [one for one in shown(office).buttons if one.label == "Reconnect"]
    assert button.does == Press("connect.again", "ana-account")
    office.types("ana", "status")
    office.presses("ana", office.whisper("ana"), "Reconnect")
    told = office.whisper("ana").card
    assert "Connect “ana · dav.example.com” again on my page." in told.summary
    (opens,) = told.buttons
    assert isinstance(opens.does, OpenPage)
    found = office.connecting.look(opens.does.url.rpartition("/")[2])
    assert isinstance(found, Alive)
    assert (found.purpose, found.consent) == (RECONNECT, account(office))


def test_of_several_broken_ones_each_has_its_button(office: Office) -> None:
    also(office, "google", "Side")
    with office.database.transaction() as tx:
        tx.execute(calendars.CONNECTIONS.update().values(problem=Problem.SIGN_IN_NEEDED))
    assert labels(shown(office))[:2] == ["Reconnect ana · dav.example.com", "Reconnect Side account"]


def test_what_is_not_allowed_any_more_is_one_sentence_and_nothing_to_mend(office: Office) -> None:
    blames(office, Problem.NOT_ALLOWED)
    said = "whoever runs Overlap no longer allows such accounts here, so I do not ask it. Nothing was deleted."
    assert said in card(office).summary
    assert said in shown(office).summary
    assert labels(card(office)) == ["Open my calendars"]
    assert "Reconnect" not in labels(shown(office))


def test_one_deleted_calendar_of_several_is_no_broken_account(office: Office) -> None:
    with office.database.transaction() as tx:
        work = calendars.calendar(tx, office.tenant, CalendarId("ana-work"))
        calendars.add(tx, replace(work, id=CalendarId("ana-private"), name="Private", receives=False))
    blames(office, Problem.GONE, since=NOW)
    told = card(office)
    assert told.summary.startswith("“Work” is no longer in your calendar account “ana · dav.example.com”. Choose what")
    assert labels(told) == ["Open my calendars"]


def test_a_permission_that_ends_is_shown_and_can_be_renewed_in_time(office: Office) -> None:
    with office.database.transaction() as tx:
        accounts.ends(tx, office.tenant, ConnectionId("ana-account"), NOW + timedelta(days=30))
    assert "my permission there ends on Sat 26 Dec." in shown(office).summary
    assert "Reconnect" not in labels(shown(office))
    assert labels(card(office)) == ["Open my calendars"]
    office.clock.move(timedelta(days=28))
    assert "Reconnect" in labels(shown(office))
    assert "my permission there ends on Sat 26 Dec, as you chose." in card(office).summary
    assert labels(card(office)) == ["Reconnect"]


def as_admin(office: Office) -> str:
    answer = StatusTalk(office.database, office.clock, (), lambda _person: True).typed(office.person("kim"))
    assert isinstance(answer, Says)
    return is_complete(answer.card).summary


def test_an_administrator_sees_that_a_service_refuses_our_registration(office: Office) -> None:
    with office.database.transaction() as tx:
        tx.execute(calendars.CONNECTIONS.update().values(provider="microsoft"))
    blames(office, Problem.OURS)
    told = as_admin(office)
    assert "For administrators: Microsoft refuses Overlap’s own registration. 1 account here cannot be read" in told
    assert "OVERLAP_MICROSOFT_CLIENT_SECRET" in told
    assert "For administrators" not in shown(office).summary


def test_an_administrator_sees_that_nobody_could_sign_in_until_somebody_can(office: Office) -> None:
    with office.database.transaction() as tx:
        faults.met(tx, office.tenant, "google", NOW)
    assert "Google refuses Overlap’s own registration. Nobody can sign in there." in as_admin(office)
    with office.database.transaction() as tx:
        faults.mended(tx, office.tenant, "google")
    assert "refuses" not in as_admin(office)


def test_an_administrator_sees_that_grants_end_after_a_week(office: Office) -> None:
    with office.database.transaction() as tx:
        its = calendars.CONNECTIONS.c.id == "ana-account"
        tx.execute(calendars.CONNECTIONS.update().where(its).values(provider="google"))
        accounts.ends(tx, office.tenant, ConnectionId("ana-account"), account(office).connected_at + timedelta(days=7))
    assert "the publishing status “Testing” (1 account here)" in as_admin(office)
    with office.database.transaction() as tx:
        accounts.ends(tx, office.tenant, ConnectionId("ana-account"), None)
    assert "Testing" not in as_admin(office)
