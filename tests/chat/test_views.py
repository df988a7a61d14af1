"""Every view in every state: it says all of itself in words, in the viewer's zone, with labels that differ."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.chat.cards import Card, Note, OpenPage, Press, Row
from bot.chat.conversations import agreed, attended, organised
from bot.chat.conversations.connect import ConnectTalk
from bot.chat.conversations.words import names
from bot.core.calendars import Problem
from bot.core.conflicts import Conflict, ConflictState
from bot.core.ids import AskId, CalendarId, ConflictId, MeetingId, PersonId, ProposalId
from bot.core.intervals import Interval
from bot.core.meetings import Ask, AskState, Attendance, Meeting, MeetingState, Response, Road
from bot.core.people import Person, Standing
from bot.core.proposals import Basis, Proposal, ProposalState, Slot, Vouching
from bot.handlers.memory.surface import refuse
from bot.handlers.slack import render as slack
from bot.handlers.teams import render as teams
from bot.storage import asks, calendars, conflicts, meetings, proposals
from tests.builders import person, request, span
from tests.chat.office import NOW, Office

NOON = span("12:00-12:30", day="2026-12-01")
LATER = span("10:00-10:30", day="2026-12-02")
TITLE = "Ana / Alex"
SECRET = "Kim's own calendar name"
HOSTILE = "<!channel> *_~`[x](https://evil.example) \u202e" + "é" * 300


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.joins("ana", zone="Europe/Berlin")
    made.joins("alex", zone="America/New_York")
    made.joins("kim", zone="Asia/Kolkata")
    return made


def is_complete(card: Card | None) -> Card:
    """What holds for every card: a real platform takes it, and its summary leaves nothing out."""
    assert card is not None
    refuse(card)
    assert slack.message(card)["text"]
    assert teams.render(card)["body"]
    labels = [one.label for one in card.buttons]
    assert len(labels) == len(set(labels))
    for label in labels:
        assert label in card.summary
    for block in card.blocks:
        if isinstance(block, Row | Note):
            assert " ".join(block.text.plain().split()).rstrip(".") in card.summary
    assert SECRET not in card.summary
    for button in card.buttons:
        if isinstance(button.does, Press):
            assert Press.decoded(button.does.encoded()) == button.does
            assert len(button.does.encoded()) < 100
        else:
            assert isinstance(button.does, OpenPage)
    return card


def ids(office: Office, *users: str) -> tuple[PersonId, ...]:
    return tuple(office.person(user).id for user in users)


def a_proposal(office: Office, state: ProposalState, **rest: object) -> Proposal:
    ana, alex, kim = ids(office, "ana", "alex", "kim")
    slots = tuple(
        Slot(str(n), Interval(NOON.start + n * timedelta(hours=24), NOON.end + n * timedelta(hours=24)))
        for n in range(12)
    )
    whole = Proposal(
        id=ProposalId("proposal"),
        tenant=office.tenant,
        asker=ana,
        people=(ana, alex, kim),
        request=request("alex", "kim", title=HOSTILE),
        state=state,
        created_at=NOW,
        slots=slots,
        basis=(
            Basis(person=ana, calendar=CalendarId("ana-work"), name="Work", read_at=NOW, vouching=Vouching.KNOWN),
            Basis(person=kim, calendar=CalendarId("kim-work"), name=SECRET, read_at=NOW, vouching=Vouching.KNOWN),
        ),
    )
    return replace(whole, **rest)  # type: ignore[arg-type]


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
    assert "2 of 2 calendars, read 0 s ago." in card.summary


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


def test_calendars_of_different_ages_are_told_apart(office: Office) -> None:
    basis = (
        *unread(office, Vouching.KNOWN, "kim", SECRET),
        Basis(
            person=office.person("ana").id, calendar=CalendarId("y"), name="Work", read_at=NOW, vouching=Vouching.KNOWN
        ),
    )
    card = proposal_card(office, a_proposal(office, ProposalState.OPEN, basis=basis))
    assert "2 of 2 calendars; Kim's read 40 s ago and yours read 0 s ago." in card.summary


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
        pytest.param(ProposalState.DISMISSED, "Nothing was booked, and nobody was told.", id="dismissed"),
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


def a_meeting(office: Office, state: MeetingState, **rest: object) -> Meeting:
    ana, alex, kim = ids(office, "ana", "alex", "kim")
    whole = Meeting(
        id=MeetingId("meeting"),
        tenant=office.tenant,
        uid="meeting@overlap",
        organiser=ana,
        title=TITLE,
        when=NOON,
        state=state,
        attendances=(
            Attendance(
                person=ana, road=Road.ORGANISER, response=Response.ACCEPTED, calendar=CalendarId("ana-work"), written=0
            ),
            Attendance(person=alex, road=Road.OWN_COPY, calendar=CalendarId("alex-work"), written=0),
            Attendance(person=kim, road=Road.NONE),
        ),
        moving_to=LATER if state is MeetingState.MOVING else None,
        booked_at=None if state in (MeetingState.BOOKING, MeetingState.FAILED) else NOW,
        proposal=ProposalId("proposal"),
    )
    return replace(whole, **rest)  # type: ignore[arg-type]


def keep(office: Office, meeting: Meeting) -> None:
    with office.database.transaction() as tx:
        meetings.insert(tx, meeting)


def meeting_card(office: Office, meeting: Meeting, user: str) -> Card:
    keep(office, meeting)
    card = is_complete(office.messages.card("meeting", "meeting", office.person(user)))
    assert TITLE in card.summary
    return card


@pytest.mark.parametrize("state", MeetingState)
def test_a_meeting_reads_in_its_organisers_zone(office: Office, state: MeetingState) -> None:
    card = meeting_card(office, a_meeting(office, state), "ana")
    assert "Tue 1 Dec 13:00–13:30 (Berlin time)" in card.summary


@pytest.mark.parametrize(
    "state", [one for one in MeetingState if one not in (MeetingState.BOOKING, MeetingState.FAILED)]
)
def test_a_meeting_reads_in_its_participants_zone(office: Office, state: MeetingState) -> None:
    card = meeting_card(office, a_meeting(office, state), "alex")
    assert "Tue 1 Dec 07:00–07:30 (New York time)" in card.summary
    assert "Berlin" not in card.summary


@pytest.mark.parametrize("state", [MeetingState.BOOKING, MeetingState.FAILED])
def test_nobody_is_told_of_a_meeting_that_never_was(office: Office, state: MeetingState) -> None:
    keep(office, a_meeting(office, state))
    assert office.messages.card("meeting", "meeting", office.person("alex")) is None


@pytest.mark.parametrize("user", ["ana", "alex"])
def test_a_moved_meeting_says_both_times_in_plain_words(office: Office, user: str) -> None:
    card = meeting_card(office, a_meeting(office, MeetingState.BOOKED, when=LATER, was=NOON), user)
    zone = {"ana": "Wed 2 Dec 11:00–11:30 (Berlin time)", "alex": "Wed 2 Dec 05:00–05:30 (New York time)"}[user]
    old = {"ana": "Tue 1 Dec 13:00–13:30 (Berlin time)", "alex": "Tue 1 Dec 07:00–07:30 (New York time)"}[user]
    assert f"Now {zone}" in card.summary
    assert f"Before: {old}." in card.summary
    assert zone in card.line
    assert old in card.line


@pytest.mark.parametrize("reason", ["taken", "refused", "sign_in_needed", "late"])
def test_a_meeting_that_failed_says_why_and_offers_other_times(office: Office, reason: str) -> None:
    card = meeting_card(office, a_meeting(office, MeetingState.FAILED, reason=reason), "ana")
    assert organised.REASONS[reason] in card.summary
    assert "Find other times" in [one.label for one in card.buttons]


@pytest.mark.parametrize("reason", ["taken", "refused", "sign_in_needed", "late"])
def test_a_meeting_that_could_not_move_says_why(office: Office, reason: str) -> None:
    card = meeting_card(office, a_meeting(office, MeetingState.BOOKED, reason=reason), "ana")
    assert f"It stays there and could not be moved: {organised.REASONS[reason]}." in card.summary


@pytest.mark.parametrize("response", Response)
def test_each_answer_is_seen_by_both(office: Office, response: Response) -> None:
    meeting = a_meeting(office, MeetingState.BOOKED)
    first, second, third = meeting.attendances
    keep(office, replace(meeting, attendances=(first, replace(second, response=response), third)))
    organiser = is_complete(office.messages.card("meeting", "meeting", office.person("ana")))
    mine = is_complete(office.messages.card("meeting", "meeting", office.person("alex")))
    assert f"Alex: {organised.ANSWERS[response]}; Kim: no answer yet." in organiser.summary
    assert attended.OWN_ANSWERS[response] in mine.summary


def test_a_copy_that_is_late_and_a_person_without_one_are_said(office: Office) -> None:
    meeting = a_meeting(office, MeetingState.BOOKED)
    first, second, third = meeting.attendances
    late = replace(meeting, attendances=(first, replace(second, written=None), replace(third, is_reachable=False)))
    card = meeting_card(office, late, "ana")
    assert "It is not on Alex's calendar yet: I keep trying." in card.summary
    assert "Kim does not have Overlap in this chat, and no invitation reaches them: please tell them." in card.summary


def test_a_meeting_that_is_over_has_no_buttons(office: Office) -> None:
    keep(office, a_meeting(office, MeetingState.BOOKED))
    office.clock.set(NOON.end)
    for user in ("ana", "alex"):
        assert is_complete(office.messages.card("meeting", "meeting", office.person(user))).buttons == ()


def test_a_meeting_link_is_shown(office: Office) -> None:
    card = meeting_card(office, a_meeting(office, MeetingState.BOOKED, link="https://meet.example.com/x"), "alex")
    assert "Join the meeting (https://meet.example.com/x)" in card.summary


def an_ask(office: Office, state: AskState, **rest: object) -> Ask:
    keep(office, a_meeting(office, MeetingState.BOOKED))
    (alex,) = ids(office, "alex")
    wanted = None if state is AskState.CHOOSING else LATER
    whole = Ask(
        id=AskId("ask"),
        tenant=office.tenant,
        meeting=MeetingId("meeting"),
        by=alex,
        state=state,
        slots=(LATER,),
        wanted=wanted,
        expires_at=NOW + timedelta(hours=24),
    )
    ask = replace(whole, **rest)  # type: ignore[arg-type]
    with office.database.transaction() as tx:
        asks.insert(tx, ask)
    return ask


@pytest.mark.parametrize("state", AskState)
def test_an_ask_reads_for_the_one_who_asks(office: Office, state: AskState) -> None:
    an_ask(office, state)
    card = is_complete(office.messages.card("ask", "ask", office.person("alex")))
    assert TITLE in card.summary


@pytest.mark.parametrize("state", [one for one in AskState if one is not AskState.CHOOSING])
def test_an_ask_reads_for_the_organiser(office: Office, state: AskState) -> None:
    an_ask(office, state)
    card = is_complete(office.messages.card("ask", "ask", office.person("ana")))
    assert TITLE in card.summary
    assert "Alex" in card.summary


def test_an_open_ask_has_both_times_and_how_long_it_is_held(office: Office) -> None:
    an_ask(office, AskState.OPEN)
    card = is_complete(office.messages.card("ask", "ask", office.person("ana")))
    assert "from Tue 1 Dec 13:00–13:30 to Wed 2 Dec 11:00–11:30 (Berlin time)." in card.summary
    assert "It is held until Fri 27 Nov 09:00." in card.summary
    assert [one.label for one in card.buttons] == ["Move to Wed 11:00", "Keep Tue 13:00"]


@pytest.mark.parametrize("is_known", [True, False])
def test_an_ask_without_times_says_whether_there_are_none(office: Office, is_known: bool) -> None:
    an_ask(office, AskState.CHOOSING, slots=(), is_known=is_known)
    card = is_complete(office.messages.card("ask", "ask", office.person("alex")))
    assert ("No other time works for everyone." in card.summary) is is_known


def test_nobody_else_sees_an_ask_nor_the_organiser_before_it_is_asked(office: Office) -> None:
    an_ask(office, AskState.CHOOSING)
    assert office.messages.card("ask", "ask", office.person("kim")) is None
    assert office.messages.card("ask", "ask", office.person("ana")) is None


def conflict_card(office: Office, state: ConflictState, user: str, **rest: object) -> Card | None:
    keep(office, a_meeting(office, MeetingState.BOOKED))
    (owner,) = ids(office, user)
    office.service.place(office.remote(user), uid="other", when=NOON, title=HOSTILE)
    whole = Conflict(
        id=ConflictId("conflict"),
        tenant=office.tenant,
        person=owner,
        meeting=MeetingId("meeting"),
        calendar=CalendarId(f"{user}-work"),
        uid="other",
        starts=NOON.start,
        when=NOON,
        state=state,
        slots=(LATER,),
    )
    with office.database.transaction() as tx:
        conflicts.insert(tx, replace(whole, **rest))  # type: ignore[arg-type]
    return office.messages.card("conflict", "conflict", office.person(user))


@pytest.mark.parametrize("user", ["ana", "alex"])
@pytest.mark.parametrize("state", ConflictState)
def test_a_conflict_reads_in_every_state(office: Office, state: ConflictState, user: str) -> None:
    card = is_complete(conflict_card(office, state, user))
    assert TITLE in card.summary
    assert ("<!channel>" in card.summary) is (state is ConflictState.OPEN)
    assert bool(card.buttons) is (state is ConflictState.OPEN)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_conflict_without_times_says_whether_there_are_none(office: Office, is_known: bool) -> None:
    card = is_complete(conflict_card(office, ConflictState.OPEN, "ana", slots=(), is_known=is_known))
    assert ("No other time works for everyone." in card.summary) is is_known
    assert [one.label for one in card.buttons] == ["Keep both"]


def test_a_conflict_is_its_persons_alone(office: Office) -> None:
    conflict_card(office, ConflictState.OPEN, "alex")
    assert office.messages.card("conflict", "conflict", office.person("ana")) is None
    assert office.messages.card("conflict", "conflict", office.person("kim")) is None


@pytest.mark.parametrize("problem", [None, *Problem])
def test_a_connection_reads_in_every_state(office: Office, problem: Problem | None) -> None:
    with office.database.transaction() as tx:
        (account,) = calendars.connections_of(tx, office.tenant, office.person("ana").id)
        calendars.blame(tx, office.tenant, account.id, problem)
    card = is_complete(office.messages.card("connection", account.id, office.person("ana")))
    assert "“ana · dav.example.com”" in card.summary
    assert office.messages.card("connection", account.id, office.person("alex")) is None


def test_the_greeting_and_the_way_to_a_link_are_ones_own(office: Office) -> None:
    ana = office.person("ana")
    for kind in ("greeting", "connect"):
        is_complete(office.messages.card(kind, ana.id, ana))
        assert office.messages.card(kind, ana.id, office.person("alex")) is None
    assert isinstance(office.router.connect, ConnectTalk)


@pytest.mark.parametrize("state", ProposalState)
def test_an_invitation_to_connect_reads_in_every_state(office: Office, state: ProposalState) -> None:
    (alex,) = ids(office, "alex")
    with office.database.transaction() as tx:
        proposals.insert(tx, a_proposal(office, state, waiting_for=(alex,) if state is ProposalState.WAITING else ()))
    card = is_complete(office.messages.card("invite", "proposal", office.person("alex")))
    assert "Ana" in card.summary
    assert office.messages.card("invite", "proposal", office.person("ana")) is None


def test_thirty_people_of_long_names_fit_into_a_card(office: Office) -> None:
    crowd = [person(f"p{n}", zone="Asia/Kathmandu") for n in range(30)]
    everyone: dict[PersonId, Person] = {one.id: replace(one, name=HOSTILE) for one in crowd}
    meeting = replace(
        a_meeting(office, MeetingState.BOOKED),
        title=HOSTILE,
        organiser=crowd[0].id,
        attendances=tuple(Attendance(person=one.id, road=Road.NONE, is_reachable=False) for one in crowd),
    )
    now = datetime(2026, 11, 26, tzinfo=UTC)
    for viewer in crowd[:2]:
        shown = agreed.Scene(meeting, everyone[viewer.id], everyone, names(list(everyone.values())), now)
        card = (organised if viewer is crowd[0] else attended).card(shown)
        refuse(is_complete(card))


def test_an_address_is_called_as_it_stands() -> None:
    kim = replace(person("kim", standing=Standing.ADDRESS), name="kim.low@client.example")
    assert names([kim]) == {kim.id: "kim.low@client.example"}
