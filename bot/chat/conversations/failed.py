"""How a meeting that could not be booked reads to its organiser: why, and the times that can be had instead."""

from bot.availability.pages import PAGE
from bot.chat.cards import Block, Button, Buttons, Card, Look, Press
from bot.chat.conversations import basis, slots
from bot.chat.conversations.agreed import Scene, line, off
from bot.chat.conversations.refusals import BECAUSE, THEIRS_TO_MEND
from bot.chat.conversations.words import listed, note, paragraph, told
from bot.core.events import Response
from bot.core.meetings import Road
from bot.core.proposals import Proposal, ProposalState
from bot.core.text import Strong
from bot.language.wording import times
from bot.scheduling.saga_plan import ROOM_DECLINED


def because(shown: Scene) -> str:
    """Why it was not booked, or not moved."""
    no = [shown.called[one.person] for one in shown.rooms if one.response is Response.DECLINED]
    if shown.meeting.reason == ROOM_DECLINED and no:
        return f"{listed(no)} said no"
    return BECAUSE.get(shown.meeting.reason, BECAUSE["refused"])


def card(shown: Scene, instead: Proposal | None) -> Card:
    """Why there is no meeting; `instead` is its request as it stands now."""
    return told(
        paragraph(Strong(f"Not booked: {shown.title}."), f" {shown.when()}, with {shown.who}: {because(shown)}."),
        paragraph(f"{off(shown, 'Nothing is left on any calendar.')} {_told(shown)}"),
        *_instead(shown, instead),
        line=line(shown),
    )


def _told(shown: Scene) -> str:
    """A room answers an invitation, and whoever else is on it got theirs from the calendar service."""
    is_invited = any(one.road is Road.ATTENDEE and not one.is_room for one in shown.meeting.attendances)
    if shown.meeting.reason == ROOM_DECLINED and is_invited:
        return "Whoever had a calendar invitation already gets its cancellation."
    return "Nobody else was told."


def _instead(shown: Scene, proposal: Proposal | None) -> list[Block]:
    meeting = shown.meeting
    if proposal is not None and proposal.state is ProposalState.BOOKED:
        return [paragraph("You chose another time: a newer message tells how that stands.")]
    if proposal is not None and proposal.failed != meeting.id:
        return [paragraph("You tried another time since: a newer message tells of it.")]
    if meeting.reason in THEIRS_TO_MEND:
        return [Buttons((_connect(meeting.reason), _again(shown, Look.PLAIN)))]
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


def _connect(reason: str) -> Button:
    label = "Connect my calendar" if reason == "sign_in_needed" else "Open my calendars"
    return Button(label=label, does=Press("connect.link"), look=Look.PRIMARY)


def _out_of_reach(shown: Scene) -> list[Block]:
    """Whom no invitation can reach is said before Book."""
    parts = [one for one in shown.meeting.attendances if one.road is Road.NONE]
    out = [shown.called[one.person] for one in parts if not one.is_room]
    return [paragraph(f"No calendar invitation can reach {listed(out)}: only my message tells them.")] if out else []
