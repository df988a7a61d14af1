"""How a proposal reads to the one who asked: the times, or what is missing before there can be any."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from bot.availability.pages import PAGE
from bot.chat.cards import Block, Button, Buttons, Card, Look, Press
from bot.chat.conversations import basis, nothing, slots, ways
from bot.chat.conversations.missing import missing, unseen_button
from bot.chat.conversations.rooms import described
from bot.chat.conversations.words import everyone, listed, names, note, paragraph, quoted, told
from bot.core.ids import MeetingId, PersonId
from bot.core.meetings import MeetingState, Road
from bot.core.people import Person, Standing
from bot.core.proposals import Proposal, ProposalState, Vouching
from bot.core.requests import Request
from bot.core.rooms import Room
from bot.core.text import Strong, Text, say
from bot.core.zones import local
from bot.language.wording import reasons, times
from bot.scheduling.answering import YEAR
from bot.scheduling.book import roads
from bot.scheduling.propose import was_asked
from bot.scheduling.sight import unconnected
from bot.storage import meetings, rooms
from bot.storage.database import Tx

MOST_BUTTONS = 5
"""What a line of buttons holds."""
A_YEAR = "I look at most a year ahead."
OURS = "The details are in our direct messages."


@dataclass(frozen=True, slots=True)
class Scene:
    """A proposal and everyone in it, as its asker sees it at this moment."""

    proposal: Proposal
    asker: Person
    everyone: Mapping[PersonId, Person]
    called: Mapping[PersonId, str]
    """What the others are called."""
    now: datetime
    kept: Mapping[PersonId, Room] = field(default_factory=dict)
    """What is known of those of them that are rooms."""

    @property
    def others(self) -> tuple[Person, ...]:
        return tuple(self.everyone[one] for one in self.called)

    @property
    def costs(self) -> ways.Costs:
        """Its ways, with whom they cost what."""
        return ways.Costs(self.proposal, self.asker, self.everyone, self.called)

    @property
    def rooms(self) -> tuple[Room, ...]:
        return tuple(self.kept[one.id] for one in self.others if one.id in self.kept)

    @property
    def whom(self) -> str:
        """with Alex and Sam, in Elbe."""
        is_room = {one.id: one.standing is Standing.ROOM for one in self.others}
        people = listed([name for one, name in self.called.items() if not is_room[one]])
        rooms = listed([name for one, name in self.called.items() if is_room[one]])
        return ", ".join([f"with {people}"] * bool(people) + [f"in {rooms}"] * bool(rooms))

    @property
    def what(self) -> Text:
        """30 min with Alex · next week, 30 Nov – 6 Dec · “Budget”."""
        request = self.proposal.request
        title = f" · {quoted(request.title)}" if request.title else ""
        return say(Strong(f"{times.length(request.length)} {self.whom}"), f" · {_when(request)}{title}")


def scene(tx: Tx, proposal: Proposal, asker: Person, now: datetime) -> Scene:
    """The proposal with its people."""
    people = everyone(tx, proposal.tenant, proposal.people)
    called = names([one for one in people.values() if one.id != asker.id])
    return Scene(proposal, asker, people, called, now, rooms.of(tx, proposal.tenant, list(called)))


def card(tx: Tx, shown: Scene) -> Card:
    """The proposal as it stands."""
    match shown.proposal.state:
        case ProposalState.WAITING if shown.asker.id in shown.proposal.waiting_for:
            return _asker_first(shown)
        case ProposalState.WAITING:
            return _waiting(tx, shown)
        case ProposalState.OPEN if (way := shown.proposal.way(shown.proposal.confirming)) is not None:
            return ways.confirm(shown.costs, way, shown.what)
        case ProposalState.OPEN if shown.proposal.slots:
            return _offered(tx, shown)
        case ProposalState.OPEN:
            return _empty(tx, shown)
        case ProposalState.BOOKED:
            return _booked(tx, shown)
        case ProposalState.DISMISSED:
            return _dismissed(tx, shown)
        case ProposalState.EXPIRED:
            return _expired(tx, shown)
        case _:
            assert_never(shown.proposal.state)


def _offered(tx: Tx, shown: Scene) -> Card:
    proposal = shown.proposal
    first = proposal.page * PAGE
    shown_now = proposal.slots[first : first + PAGE]
    page = [(one.when, Press("proposal.book", proposal.id, one.id)) for one in shown_now]
    called = {**shown.called, shown.asker.id: reasons.YOU}
    asks = [reasons.beside(one.points, called) for one in shown_now]
    turns = [_button("More times", shown, "more")] if len(proposal.slots) > first + PAGE else []
    turns += [_button("Back", shown, "back")] if first else []
    rests = basis.rests_on(proposal.basis, shown.asker, shown.called, shown.now)
    unseen = [shown.called[one] for one in proposal.unseen if one in shown.called]
    gap = missing(tx, proposal, shown.asker, shown.everyone, shown.called, shown.now)
    return told(
        paragraph(shown.what),
        *_instead(shown),
        *slots.rows("Book", page, shown.asker, shown.others, shown.called, unseen, asks),
        *_not_seen(unseen),
        *(paragraph(line) for line in gap.became),
        *_out_of_reach(tx, shown),
        note(f"{rests}{_ahead(shown)}{_rooms(shown)} Times are in your zone ({times.place(shown.asker.zone)})."),
        Buttons((*turns, *gap.asks[: MOST_BUTTONS - 1 - len(turns)], _button("Not now", shown, "dismiss"))),
    )


def _instead(shown: Scene) -> list[Block]:
    """What stands against the very time that was asked for, where the times on offer are others."""
    proposal = shown.proposal
    if not proposal.is_beside:
        return []
    called = {**shown.called, shown.asker.id: reasons.YOU}
    exact = [one for one in proposal.ways if slots.is_asked(one.when, proposal.request.window, shown.asker.zone)]
    against = [reasons.cause(cause, called) for one in exact for cause in one.relaxation.overlooks]
    why = f"That time doesn’t fit: {listed(against)}." if against else "That time doesn’t fit."
    return [paragraph(why), *ways.rows(shown.costs, exact), paragraph("The nearest that do:")]


def _not_seen(unseen: list[str]) -> list[Block]:
    """What the times do not say, where somebody's calendar was left out of them."""
    return [paragraph(f"I can't see whether {listed(unseen)} can make any of these.")] if unseen else []


def _ahead(shown: Scene) -> str:
    """What is still missing of the time that was asked about."""
    proposal = shown.proposal
    if _ends_beyond(shown):
        return f" {A_YEAR}"
    if not any(one.vouching is Vouching.AHEAD for one in proposal.basis):
        return ""
    is_reading = proposal.reading_until is not None and shown.now < proposal.reading_until
    return " Reading further ahead…" if is_reading else " Later times are not read yet."


def _rooms(shown: Scene) -> str:
    """Which rooms the times are free in."""
    return f" Free in {listed([described(one) for one in shown.rooms])}." if shown.rooms else ""


def _ends_beyond(shown: Scene) -> bool:
    return shown.proposal.request.window.last > (shown.proposal.created_at + YEAR).date()


def _begins_beyond(shown: Scene) -> bool:
    return shown.proposal.request.window.first > (shown.proposal.created_at + YEAR).date()


def _out_of_reach(tx: Tx, shown: Scene) -> list[Block]:
    """Whom no invitation can reach is said before Book."""
    out = [one for one in roads(tx, [shown.asker, *shown.others]) if one.road is Road.NONE]
    who = listed([shown.called[one.person] for one in out if not one.is_room])
    places = listed([shown.called[one.person] for one in out if one.is_room])
    told_of = [f"No calendar invitation can reach {who}: only my message tells them."] if who else []
    told_of += [f"{places} cannot be booked from your calendar: please book it yourself."] if places else []
    return [paragraph(line) for line in told_of]


def _empty(tx: Tx, shown: Scene) -> Card:
    """No time is known to be free: something is not known yet, or nothing fits. Never the second while the first."""
    proposal = shown.proposal
    not_now = _button("Not now", shown, "dismiss")
    unread = basis.unread(proposal.basis)
    if _begins_beyond(shown):
        return told(paragraph(shown.what), paragraph(f"That is too far away. {A_YEAR}"), Buttons((not_now,)))
    if proposal.reading_until is not None and shown.now < proposal.reading_until:
        reading = basis.reading(unread, shown.asker, shown.called, shown.now)
        return told(paragraph(shown.what), paragraph(reading), Buttons((not_now,)), is_waiting=True)
    if unread:
        lines = [paragraph(line) for line in basis.unknown(unread, shown.asker, shown.called, shown.now, shown.kept)]
        mend = basis.mend(unread, shown.asker, proposal.id)
        others = () if mend or not _is_blind(shown) else (unseen_button(proposal),)
        return told(paragraph(shown.what), *lines, Buttons((*mend, *others, not_now)), is_waiting=True)
    reason = nothing.reason(tx, proposal, shown.everyone, shown.now)
    called = {**shown.called, shown.asker.id: reasons.YOU}
    return told(
        paragraph(shown.what),
        paragraph(f"Nothing fits. {nothing.why(reason, called, proposal.request.length)}"),
        *_would(shown),
        note(basis.rests_on(proposal.basis, shown.asker, shown.called, shown.now)),
        Buttons((not_now,)),
    )


def _would(shown: Scene) -> list[Block]:
    """What would fit, at which price; else what to ask instead."""
    if not shown.proposal.ways:
        return [paragraph(nothing.next_step(shown.proposal.request, shown.asker, shown.others))]
    return [paragraph("These would:"), *ways.rows(shown.costs, shown.proposal.ways), note(ways.NOTE)]


def _is_blind(shown: Scene) -> bool:
    """Whether only others' calendars do not tell, so that one may go on without seeing them."""
    unread = {one.person for one in basis.unread(shown.proposal.basis) if one.vouching is not Vouching.AHEAD}
    return bool(unread) and shown.asker.id not in unread


def _asker_first(shown: Scene) -> Card:
    connect = Button(label="Connect my calendar", does=Press("connect.link", shown.proposal.id), look=Look.PRIMARY)
    return told(
        paragraph(shown.what),
        paragraph("To find times I need to know when you are free. Connect a calendar first."),
        note("I keep this request for 24 hours, and answer it as soon as you have."),
        Buttons((connect, _button("Not now", shown, "dismiss"))),
        is_waiting=True,
    )


def _waiting(tx: Tx, shown: Scene) -> Card:
    proposal = shown.proposal
    gap = missing(tx, proposal, shown.asker, shown.everyone, shown.called, shown.now)
    people = [one for one in shown.others if one.standing is not Standing.ROOM]
    both = ("you", "you both")[len(people)] if len(people) < 2 else "you all"
    return told(
        paragraph(shown.what),
        paragraph(f"{gap.sentence}, so I can't know a time for {both}."),
        *(paragraph(line) for line in gap.became),
        note(f"I keep this request {_kept(tx, proposal)}, and answer it here or in our direct messages when I can."),
        Buttons((*gap.asks, unseen_button(proposal), _button("Not now", shown, "dismiss"))),
        is_waiting=True,
    )


def _kept(tx: Tx, proposal: Proposal) -> str:
    is_asked = any(was_asked(tx, proposal, one) for one in proposal.waiting_for)
    return "until its time is past" if is_asked else "for 24 hours"


def _dismissed(tx: Tx, shown: Scene) -> Card:
    asked = [one for one in shown.proposal.waiting_for if was_asked(tx, shown.proposal, one)]
    told_of_it = f"{listed([shown.called[one] for one in asked])} had been asked to connect a calendar."
    words = told_of_it if asked else "Nobody was told."
    return told(paragraph(shown.what), paragraph(f"Not now, then. Nothing was booked. {words}"))


def _booked(tx: Tx, shown: Scene) -> Card:
    """What became of the click. The meeting itself lives in the app's DM."""
    meeting = meetings.meeting(tx, shown.proposal.tenant, MeetingId(shown.proposal.meeting or ""))
    length = times.length(meeting.when.length)
    what = f"{slots.in_zone(meeting.when, shown.asker.zone)}, {length} {shown.whom}"
    return told(paragraph(Strong(f"{_word(meeting.state)} {what}."), f" {OURS}"))


def _word(state: MeetingState) -> str:
    match state:
        case MeetingState.BOOKING:
            return "Booking"
        case MeetingState.BOOKED | MeetingState.MOVING:
            return "Booked"
        case MeetingState.UNDOING | MeetingState.UNDONE | MeetingState.CANCELLED:
            return "No longer booked:"
        case MeetingState.FAILED:
            return "Not booked:"
        case _:
            assert_never(state)


def _why_over(tx: Tx, shown: Scene) -> str:
    proposal = shown.proposal
    waited = [one for one in proposal.waiting_for if one not in proposal.without]
    still = unconnected(tx, proposal.tenant, waited)
    came = [shown.called.get(one, "you") for one in waited if one not in still]
    is_past = proposal.request.window.last < local(shown.now, shown.asker.zone).date()
    past = "the time that you asked about is past"
    if came:
        rest = f", but {past}" if is_past else " by now"
        return f"{listed(came)} connected a calendar{rest}. Nothing was booked."
    if not waited:
        return "These times are no longer on offer. Nothing was booked."
    if any(was_asked(tx, proposal, one) for one in waited):
        since = past if is_past else "two weeks are over"
        names_of = listed([shown.called.get(one, "you") for one in waited])
        return f"{names_of} did not connect a calendar, and {since}. Nothing was booked."
    return "I waited 24 hours for a calendar and let this request go. Nothing was booked."


def _expired(tx: Tx, shown: Scene) -> Card:
    words = _why_over(tx, shown)
    again = Button(label="Look again", does=Press("proposal.again", shown.proposal.id), look=Look.PRIMARY)
    return told(paragraph(shown.what), paragraph(words), Buttons((again,)))


def _button(label: str, shown: Scene, verb: str) -> Button:
    return Button(label=label, does=Press(f"proposal.{verb}", shown.proposal.id))


def _when(request: Request) -> str:
    dates = times.window(request.window)
    return dates if request.when_words.casefold() == dates.casefold() else f"{request.when_words}, {dates}"
