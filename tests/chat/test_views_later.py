"""The views of a meeting and of all that comes of it, in every state and for everyone who sees them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.chat.cards import Card
from bot.chat.conversations import agreed, attended, organised
from bot.chat.conversations.connect import ConnectTalk
from bot.chat.conversations.refusals import BECAUSE
from bot.chat.conversations.words import names
from bot.core.calendars import Problem
from bot.core.conflicts import Conflict, ConflictState
from bot.core.events import Response
from bot.core.ids import AskId, CalendarId, ConflictId, MeetingId, PersonId
from bot.core.meetings import Ask, AskState, Attendance, Meeting, MeetingState, Road
from bot.core.people import Person, Standing
from bot.core.proposals import ProposalState
from bot.handlers.memory.surface import refuse
from bot.storage import asks, calendars, conflicts, meetings, proposals
from tests.builders import person
from tests.chat.office import NOW, Office
from tests.chat.views import HOSTILE, LATER, NOON, TITLE, a_meeting, a_proposal, ids, is_complete, keep


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.joins("ana", zone="Europe/Berlin")
    made.joins("alex", zone="America/New_York")
    made.joins("kim", zone="Asia/Kolkata")
    return made


def meeting_card(office: Office, meeting: Meeting, user: str) -> Card:
    keep(office, meeting)
    card = is_complete(office.messages.card("meeting", "meeting", office.person(user)))
    assert TITLE in card.summary
    return card


@pytest.mark.parametrize("state", MeetingState)
def test_a_meeting_reads_in_its_organisers_zone(office: Office, state: MeetingState) -> None:
    card = meeting_card(office, a_meeting(office, state), "ana")
    assert "Tue 1 Dec 13:00–13:30" in card.summary
    assert "(Berlin time)" in card.summary


@pytest.mark.parametrize(
    "state", [one for one in MeetingState if one not in (MeetingState.BOOKING, MeetingState.FAILED)]
)
def test_a_meeting_reads_in_its_participants_zone(office: Office, state: MeetingState) -> None:
    card = meeting_card(office, a_meeting(office, state), "alex")
    assert "Tue 1 Dec 07:00–07:30" in card.summary
    assert "(New York time)" in card.summary
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


@pytest.mark.parametrize("reason", BECAUSE)
def test_a_meeting_that_failed_says_why_and_offers_other_times(office: Office, reason: str) -> None:
    card = meeting_card(office, a_meeting(office, MeetingState.FAILED, reason=reason), "ana")
    assert BECAUSE[reason] in card.summary
    assert "Find other times" in [one.label for one in card.buttons]


@pytest.mark.parametrize(
    ("proposal", "labels"),
    [
        pytest.param(
            {"failed": MeetingId("meeting")},
            [f"Book {day} 13:00" for day in ("Tue", "Wed", "Thu", "Fri", "Sat")] + ["Find other times"],
            id="there are times",
        ),
        pytest.param({"failed": MeetingId("meeting"), "slots": ()}, ["Find other times"], id="there is none"),
        pytest.param({"failed": MeetingId("another")}, [], id="another one failed since"),
        pytest.param(
            {"failed": MeetingId("meeting"), "meeting": MeetingId("another"), "state": ProposalState.BOOKED},
            [],
            id="another time is booked",
        ),
        pytest.param(
            {"failed": MeetingId("meeting"), "state": ProposalState.EXPIRED}, ["Find other times"], id="it expired"
        ),
    ],
)
def test_a_meeting_that_failed_lists_the_times_that_can_be_had_instead(
    office: Office, proposal: dict[str, Any], labels: list[str]
) -> None:
    with office.database.transaction() as tx:
        proposals.insert(tx, a_proposal(office, **{"state": ProposalState.OPEN} | proposal))
    card = meeting_card(office, a_meeting(office, MeetingState.FAILED, reason="taken"), "ana")
    assert [one.label for one in card.buttons] == labels
    assert ("2 of 2 calendars" in card.summary) is (len(labels) > 1)


def test_times_are_offered_only_where_a_calendar_can_receive_them(office: Office) -> None:
    with office.database.transaction() as tx:
        proposals.insert(tx, a_proposal(office, ProposalState.OPEN, failed=MeetingId("meeting")))
    card = meeting_card(office, a_meeting(office, MeetingState.FAILED, reason="sign_in_needed"), "ana")
    assert [one.label for one in card.buttons] == ["Connect my calendar", "Find other times"]


@pytest.mark.parametrize("reason", BECAUSE)
def test_a_meeting_that_could_not_move_says_why(office: Office, reason: str) -> None:
    card = meeting_card(office, a_meeting(office, MeetingState.BOOKED, reason=reason), "ana")
    assert f"It stays there and could not be moved: {BECAUSE[reason]}." in card.summary


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


@pytest.mark.parametrize("state", [MeetingState.UNDONE, MeetingState.CANCELLED, MeetingState.FAILED])
def test_from_where_it_could_not_be_taken_yet_is_said(office: Office, state: MeetingState) -> None:
    meeting = a_meeting(office, state)
    first, second, third = meeting.attendances
    gone = replace(first, written=None)
    card = meeting_card(office, replace(meeting, attendances=(gone, second, third)), "ana")
    assert "I could not take it off Alex's calendar yet: I keep trying." in card.summary
    if state is not MeetingState.FAILED:
        theirs = is_complete(office.messages.card("meeting", "meeting", office.person("alex")))
        assert "I could not take it off your calendar yet: I keep trying." in theirs.summary
    again = replace(meeting, attendances=(gone, replace(second, written=None), third))
    with office.database.transaction() as tx:
        meetings.save(tx, again)
    assert "I keep trying" not in is_complete(office.messages.card("meeting", "meeting", office.person("ana"))).summary


def test_only_who_came_was_told_of_the_end(office: Office) -> None:
    meeting = a_meeting(office, MeetingState.UNDONE)
    first, second, third = meeting.attendances
    declined = replace(second, response=Response.DECLINED)
    card = meeting_card(office, replace(meeting, attendances=(first, declined, third)), "ana")
    assert "Kim was told." in card.summary


def test_what_stood_in_for_a_calendar_that_did_not_answer_is_said_until_it_is_read(office: Office) -> None:
    meeting = a_meeting(office, MeetingState.BOOKED)
    first, second, third = meeting.attendances
    keep(office, replace(meeting, attendances=(first, replace(second, went_by=NOW), third)))
    office.clock.move(timedelta(minutes=3))
    said = "Alex's calendar did not answer at the last look; I went by what I knew from 3 min ago."
    assert said in is_complete(office.messages.card("meeting", "meeting", office.person("ana"))).summary
    assert said not in is_complete(office.messages.card("meeting", "meeting", office.person("alex"))).summary
    office.reads("alex")
    assert said not in is_complete(office.messages.card("meeting", "meeting", office.person("ana"))).summary


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
