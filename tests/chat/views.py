"""What holds for every card, and what the tests of views are about."""

from dataclasses import replace
from datetime import timedelta

from bot.chat.cards import Card, Note, OpenPage, Press, Row
from bot.core.events import Response
from bot.core.ids import CalendarId, MeetingId, PersonId, ProposalId
from bot.core.intervals import Interval
from bot.core.meetings import Attendance, Meeting, MeetingState, Road
from bot.core.proposals import Basis, Proposal, ProposalState, Slot, Vouching
from bot.handlers.memory.surface import refuse
from bot.handlers.slack import render as slack
from bot.handlers.teams import render as teams
from bot.storage import meetings
from tests.builders import request, span
from tests.chat.office import NOW, Office

NOON = span("12:00-12:30", day="2026-12-01")
LATER = span("10:00-10:30", day="2026-12-02")
TITLE = "Ana / Alex"
SECRET = "Kim's own calendar name"
HOSTILE = "<!channel> *_~`[x](https://evil.example) \u202e" + "é" * 300


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
