"""How a meeting that could not be booked reads to its organiser: why, and the times that can be had instead."""

from bot.availability.ranking import PAGE
from bot.chat.cards import Block, Button, Buttons, Card, Look, Press
from bot.chat.conversations import basis, slots
from bot.chat.conversations.agreed import Scene, line, off
from bot.chat.conversations.words import listed, note, paragraph, told
from bot.core.meetings import Meeting, Road
from bot.core.proposals import Proposal, ProposalState
from bot.core.text import Strong
from bot.language.wording import times

REASONS = {
    "taken": "the time was taken meanwhile",
    "refused": "your calendar refused it",
    "sign_in_needed": "your calendar must be connected again first",
    "late": "your calendar did not answer in time",
}


def because(meeting: Meeting) -> str:
    """Why it was not booked, or not moved."""
    return REASONS.get(meeting.reason, REASONS["refused"])


def card(shown: Scene, instead: Proposal | None) -> Card:
    """Why there is no meeting; `instead` is its request as it stands now."""
    meeting = shown.meeting
    return told(
        paragraph(Strong(f"Not booked: {shown.title}."), f" {shown.when()}, with {shown.who}: {because(meeting)}."),
        paragraph(f"{off(shown, 'Nothing is left on any calendar.')} Nobody else was told."),
        *_instead(shown, instead),
        line=line(shown),
    )


def _instead(shown: Scene, proposal: Proposal | None) -> list[Block]:
    meeting = shown.meeting
    if proposal is not None and proposal.state is ProposalState.BOOKED:
        return [paragraph("You chose another time: a newer message tells how that stands.")]
    if proposal is not None and proposal.failed != meeting.id:
        return [paragraph("You tried another time since: a newer message tells of it.")]
    if meeting.reason == "sign_in_needed":
        return [Buttons((_connect(), _again(shown, Look.PLAIN)))]
    if proposal is None or proposal.state is not ProposalState.OPEN or not proposal.slots:
        return [Buttons((_again(shown, Look.PRIMARY),))]
    page = [(one.when, Press("meeting.instead", meeting.id, one.id)) for one in proposal.slots[:PAGE]]
    called = {person: name for person, name in shown.called.items() if person != shown.viewer.id}
    unseen = [called[one] for one in proposal.unseen if one in called]
    rests = basis.rests_on(proposal.basis, shown.viewer, called, shown.now)
    return [
        paragraph("These times are free instead:"),
        *slots.rows("Book", page, shown.viewer, shown.others, shown.called, unseen),
        *_out_of_reach(shown),
        note(f"{rests} Times are in your zone ({times.place(shown.viewer.zone)})."),
        Buttons((_again(shown, Look.PLAIN),)),
    ]


def _again(shown: Scene, look: Look) -> Button:
    return Button(label="Find other times", does=Press("meeting.again", shown.meeting.id), look=look)


def _connect() -> Button:
    return Button(label="Connect my calendar", does=Press("connect.link"), look=Look.PRIMARY)


def _out_of_reach(shown: Scene) -> list[Block]:
    """Whom no invitation can reach is said before Book."""
    out = [shown.called[one.person] for one in shown.meeting.attendances if one.road is Road.NONE]
    return [paragraph(f"No calendar invitation can reach {listed(out)}: only my message tells them.")] if out else []
