"""The views of a proposal in every state: they say all of themselves in words, in the viewer's zone."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.cards import Card
from bot.core.ids import CalendarId, MeetingId
from bot.core.intervals import Interval
from bot.core.meetings import MeetingState
from bot.core.proposals import Basis, Origin, Proposal, ProposalState, Slot, Vouching
from bot.storage import calendars, proposals
from tests.builders import span
from tests.chat.office import NOW, Office
from tests.chat.views import NOON, SECRET, a_meeting, a_proposal, ids, is_complete, keep


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.joins("ana", zone="Europe/Berlin")
    made.joins("alex", zone="America/New_York")
    made.joins("kim", zone="Asia/Kolkata")
    return made


def proposal_card(office: Office, proposal: Proposal) -> Card:
    with office.database.transaction() as tx:
        proposals.insert(tx, proposal)
    return is_complete(office.messages.card("proposal", proposal.id, office.person("ana")))


def unread(office: Office, vouching: Vouching, user: str, name: str) -> tuple[Basis, ...]:
    read_at = NOW - timedelta(seconds=40)
    (owner,) = ids(office, user)
    return (Basis(person=owner, calendar=CalendarId("x"), name=name, read_at=read_at, vouching=vouching),)


def test_an_offer_names_each_time_for_everyone(office: Office) -> None:
    card = proposal_card(office, a_proposal(office, ProposalState.OPEN))
    assert "Tue 1 Dec 13:00–13:30 · 07:00 for Alex · 17:30 for Kim." in card.summary
    assert "2 of 2 calendars, read just now." in card.summary


def test_two_tuesdays_on_one_page_have_labels_with_dates(office: Office) -> None:
    weekly = tuple(
        Slot(str(n), Interval(NOON.start + n * timedelta(weeks=1), NOON.end + n * timedelta(weeks=1))) for n in range(2)
    )
    card = proposal_card(office, a_proposal(office, ProposalState.OPEN, slots=weekly))
    assert [one.label for one in card.buttons] == ["Book Tue 1 Dec 13:00", "Book Tue 8 Dec 13:00", "Not now"]


def test_a_time_on_another_date_for_somebody_says_the_date(office: Office) -> None:
    late = (Slot("late", span("20:00-20:30", day="2026-12-01")),)
    card = proposal_card(office, a_proposal(office, ProposalState.OPEN, slots=late))
    assert "Tue 1 Dec 21:00–21:30 · 15:00 for Alex · Wed 2 Dec 01:30 for Kim." in card.summary


@pytest.mark.parametrize(
    ("ages", "said"),
    [
        pytest.param({"ana": 2, "kim": 40}, "2 of 2 calendars, read 40 s ago. ", id="alike"),
        pytest.param({"ana": 2, "kim": 300}, "2 of 2 calendars, read 2 s ago, Kim's 5 min ago. ", id="one is older"),
        pytest.param({"kim": 2, "ana": 300}, "2 of 2 calendars, read 2 s ago, yours 5 min ago. ", id="one's own is"),
        pytest.param(
            {"ana": 2, "alex": 30, "kim": 300, "lee": 480, "mo": 600},
            "5 of 5 calendars, read 30 s ago, some 10 min ago. ",
            id="many are older",
        ),
    ],
)
def test_what_it_rests_on_names_people_only_where_ages_differ(office: Office, ages: dict[str, int], said: str) -> None:
    for user in ("lee", "mo"):
        office.joins(user)
    basis = tuple(
        Basis(
            person=office.person(user).id,
            calendar=CalendarId(user),
            name=SECRET,
            read_at=NOW - timedelta(seconds=age),
            vouching=Vouching.KNOWN,
        )
        for user, age in ages.items()
    )
    people = ids(office, "ana", "alex", "kim", "lee", "mo")
    card = proposal_card(office, a_proposal(office, ProposalState.OPEN, basis=basis, people=people))
    assert f" {said}Times are in your zone" in card.summary


def test_who_gets_no_invitation_is_said_before_book(office: Office) -> None:
    (kim,) = ids(office, "kim")
    with office.database.transaction() as tx:
        calendars.choose(tx, office.tenant, kim, {CalendarId("kim-work")}, None)
    card = proposal_card(office, a_proposal(office, ProposalState.OPEN))
    assert "No calendar invitation can reach Kim: only my message tells them." in card.summary


def test_reading_names_whose_calendar_and_its_age(office: Office) -> None:
    reading = a_proposal(
        office,
        ProposalState.OPEN,
        slots=(),
        basis=unread(office, Vouching.READING, "kim", SECRET),
        reading_until=NOW + timedelta(seconds=10),
    )
    card = proposal_card(office, reading)
    assert "Reading Kim's calendar (40 s old)…" in card.summary
    assert card.is_waiting


def test_reading_names_the_viewers_own_calendar(office: Office) -> None:
    reading = a_proposal(
        office,
        ProposalState.OPEN,
        slots=(),
        basis=unread(office, Vouching.READING, "ana", "Work"),
        reading_until=NOW + timedelta(seconds=10),
    )
    assert "Reading your calendar “Work” (40 s old)…" in proposal_card(office, reading).summary


@pytest.mark.parametrize("vouching", [Vouching.READING, Vouching.BROKEN])
@pytest.mark.parametrize("user", ["ana", "kim"])
def test_what_is_not_known_is_never_called_nothing(office: Office, vouching: Vouching, user: str) -> None:
    name = "Work" if user == "ana" else SECRET
    unknown = a_proposal(office, ProposalState.OPEN, slots=(), basis=unread(office, vouching, user, name))
    card = proposal_card(office, unknown)
    assert "Nothing fits" not in card.summary
    assert "I offer no time that I don't know to be free." in card.summary
    assert card.is_waiting


def test_nothing_fits_has_a_reason_and_a_next_step(office: Office) -> None:
    card = proposal_card(office, a_proposal(office, ProposalState.OPEN, slots=()))
    assert "Nothing fits." in card.summary
    assert "Another try: /meet @alex @kim 30m this week." in card.summary


@pytest.mark.parametrize(
    ("state", "said"),
    [
        pytest.param(ProposalState.DISMISSED, "Nothing was booked. Nobody was told.", id="dismissed"),
        pytest.param(ProposalState.EXPIRED, "These times are no longer on offer.", id="expired"),
    ],
)
def test_a_proposal_that_is_over_says_so(office: Office, state: ProposalState, said: str) -> None:
    assert said in proposal_card(office, a_proposal(office, state)).summary


@pytest.mark.parametrize("waits_for", ["ana", "kim"])
def test_a_proposal_that_waits_says_for_whom(office: Office, waits_for: str) -> None:
    waiting = a_proposal(office, ProposalState.WAITING, slots=(), waiting_for=ids(office, waits_for))
    card = proposal_card(office, waiting)
    assert card.is_waiting
    assert "I keep this request for 24 hours" in card.summary


@pytest.mark.parametrize("state", MeetingState)
def test_a_booked_proposal_says_what_became_of_it(office: Office, state: MeetingState) -> None:
    keep(office, a_meeting(office, state))
    booked = a_proposal(office, ProposalState.BOOKED, meeting=MeetingId("meeting"))
    assert "Tue 1 Dec 13:00–13:30 (Berlin time)" in proposal_card(office, booked).summary


@pytest.mark.parametrize("user", ["alex", "kim"])
def test_nobody_else_sees_a_proposal(office: Office, user: str) -> None:
    proposal_card(office, a_proposal(office, ProposalState.OPEN))
    assert office.messages.card("proposal", "proposal", office.person(user)) is None


@pytest.mark.parametrize(
    ("origin", "user", "age", "said"),
    [
        pytest.param(
            Origin.COMPANY, "kim", timedelta(minutes=2), "Kim's from the company calendar, read 2 min ago", id="company"
        ),
        pytest.param(Origin.FEED, "kim", timedelta(hours=3), "Kim's from a feed, read 3 h ago", id="feed"),
        pytest.param(
            Origin.IMPORT, "ana", timedelta(days=23), "yours also from an import as of Tue 3 Nov", id="import"
        ),
    ],
)
def test_what_is_less_sure_is_said_for_each_person(
    office: Office, origin: Origin, user: str, age: timedelta, said: str
) -> None:
    ana, owner = ids(office, "ana", user)
    sure = Basis(person=ana, calendar=CalendarId("w"), name="Work", read_at=NOW, vouching=Vouching.KNOWN)
    vouching = Vouching.BROKEN if origin is Origin.IMPORT else Vouching.KNOWN
    less = replace(sure, person=owner, calendar=CalendarId("x"), read_at=NOW - age, vouching=vouching, origin=origin)
    card = proposal_card(office, a_proposal(office, ProposalState.OPEN, basis=(sure, less)))
    assert f"1 of 1 calendar, read just now; {said}. Times are in your zone" in card.summary


def test_of_many_whose_calendars_are_less_sure_only_the_number_is_said(office: Office) -> None:
    people = [office.joins(user).id for user in ("lee", "mo", "pat")]
    sure = Basis(person=people[0], calendar=CalendarId("w"), name="", read_at=NOW, vouching=Vouching.KNOWN)
    basis = tuple(replace(sure, person=one, calendar=CalendarId(one), origin=Origin.COMPANY) for one in people)
    everyone = (*ids(office, "ana", "alex", "kim"), *people)
    card = proposal_card(office, a_proposal(office, ProposalState.OPEN, basis=basis, people=everyone))
    assert "3 people's from company calendars." in card.summary


def test_an_import_is_nothing_that_could_not_be_read(office: Office) -> None:
    basis = tuple(replace(one, origin=Origin.IMPORT) for one in unread(office, Vouching.BROKEN, "kim", SECRET))
    card = proposal_card(office, a_proposal(office, ProposalState.OPEN, slots=(), basis=basis))
    assert "Nothing fits." in card.summary


@pytest.mark.parametrize(
    ("user", "can_go_on"), [pytest.param("kim", True, id="somebody else's"), pytest.param("ana", False, id="one's own")]
)
def test_only_others_calendars_can_be_left_out(office: Office, user: str, *, can_go_on: bool) -> None:
    basis = unread(office, Vouching.READING, user, SECRET if user == "kim" else "Work")
    card = proposal_card(office, a_proposal(office, ProposalState.OPEN, slots=(), basis=basis))
    assert ("Book without seeing it" in [one.label for one in card.buttons]) is can_go_on


def test_what_could_not_be_read_that_far_ahead_is_said(office: Office) -> None:
    ahead = a_proposal(
        office, ProposalState.OPEN, slots=(), basis=unread(office, Vouching.AHEAD, "kim", SECRET), reading_until=None
    )
    assert "I could not read Kim's calendar that far ahead yet; I keep trying." in proposal_card(office, ahead).summary


def test_times_that_are_near_are_offered_while_those_far_ahead_are_read(office: Office) -> None:
    ahead = a_proposal(
        office,
        ProposalState.OPEN,
        basis=unread(office, Vouching.AHEAD, "kim", SECRET),
        reading_until=NOW + timedelta(seconds=10),
    )
    summary = proposal_card(office, ahead).summary
    assert "1 of 1 calendar, read 40 s ago. Reading further ahead…" in summary


def test_each_time_names_those_who_were_not_checked(office: Office) -> None:
    (kim,) = ids(office, "kim")
    blind = a_proposal(office, ProposalState.OPEN, without=(kim,), unseen=(kim,))
    assert proposal_card(office, blind).summary.count("· Kim not checked") == 5
