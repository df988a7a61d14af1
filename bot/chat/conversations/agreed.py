"""A meeting with everyone in it, as one of them sees it; what both views of it share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.chat.cards import Block, Button, Buttons, Look, Press
from bot.chat.conversations import slots
from bot.chat.conversations.words import everyone, listed, names, paragraph, quoted
from bot.core.calendars import Connection
from bot.core.events import Response
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.meetings import LIVE, Attendance, Meeting, MeetingState, Road
from bot.core.people import Person
from bot.core.text import Link
from bot.language.wording import times
from bot.scheduling.saga_plan import THEIRS, attending
from bot.scheduling.sight import unconnected
from bot.storage import calendars
from bot.storage.database import Tx

COMES = (Response.ACCEPTED, Response.TENTATIVE)


@dataclass(frozen=True, slots=True)
class Scene:
    """A meeting and everyone in it, as one of them sees it at this moment."""

    meeting: Meeting
    viewer: Person
    everyone: Mapping[PersonId, Person]
    called: Mapping[PersonId, str]
    now: datetime
    went_by: Mapping[PersonId, datetime] = field(default_factory=dict)
    """Whose calendars did not answer the last look nor since, and when what we know of them was read."""
    unconnected: tuple[PersonId, ...] = ()
    """Of whom no calendar tells: other times are looked for without them."""

    asks: Connection | None = None
    """The viewer's account to which they would have to allow us to write, for this meeting to stand there."""

    @property
    def others(self) -> tuple[Person, ...]:
        """The people in it but for the viewer; rooms are none."""
        rooms = {one.person for one in self.rooms}
        return tuple(one for one in self.everyone.values() if one.id != self.viewer.id and one.id not in rooms)

    @property
    def rooms(self) -> tuple[Attendance, ...]:
        return tuple(one for one in self.meeting.attendances if one.is_room)

    @property
    def who(self) -> str:
        """Alex and Sam, in Elbe."""
        rooms = listed([self.called[one.person] for one in self.rooms])
        people = listed([self.called[one.id] for one in self.others])
        return f"{people}, in {rooms}" if people and rooms else people or rooms

    @property
    def organiser(self) -> str:
        return self.called[self.meeting.organiser]

    @property
    def title(self) -> str:
        return quoted(self.meeting.title)

    @property
    def not_checked(self) -> list[str]:
        """Who, besides the viewer, may be busy at any other time that is named."""
        return [self.called[one] for one in self.unconnected if one != self.viewer.id]

    @property
    def each_is_free(self) -> str:
        """What is known of other times that are named."""
        seen = " whose calendar I can see" if self.unconnected else ""
        return f"Each is free for everyone{seen}"

    @property
    def is_over(self) -> bool:
        return self.meeting.when.end <= self.now

    @property
    def until(self) -> datetime | None:
        """When its message must lose its buttons."""
        return None if self.is_over else self.meeting.when.end

    @property
    def move(self) -> str:
        """From Tue 1 Dec 16:00–16:30 to Wed 2 Dec 11:00–11:30 (Berlin time)."""
        return f"From {times.stretch(self.meeting.when, self.viewer.zone)} to {self.when(self.meeting.moving_to)}"

    def when(self, when: Interval | None = None) -> str:
        """Tue 1 Dec 16:00–16:30 (Berlin time)."""
        return slots.in_zone(when or self.meeting.when, self.viewer.zone)


def scene(tx: Tx, meeting: Meeting, viewer: Person, now: datetime) -> Scene:
    """The meeting with its people."""
    people = everyone(tx, meeting.tenant, meeting.people)
    blind = unconnected(tx, meeting.tenant, attending(meeting))
    called = names(list(people.values()))
    return Scene(meeting, viewer, people, called, now, _went_by(tx, meeting), blind, _asks(tx, meeting, viewer))


def _asks(tx: Tx, meeting: Meeting, viewer: Person) -> Connection | None:
    mine = meeting.attendance(viewer.id)
    if mine is None or meeting.state not in LIVE:
        return None
    place = None
    if mine.road is Road.NONE and mine.response in COMES:
        place = calendars.receiving(tx, meeting.tenant, viewer.id)
    elif meeting.awaits_consent_until is not None and mine.road is Road.ORGANISER and mine.calendar is not None:
        place = calendars.calendar(tx, meeting.tenant, mine.calendar)
    if place is None or place.is_granted or not place.is_writable:
        return None
    return calendars.connection(tx, meeting.tenant, place.connection)


def allow(account: Connection) -> tuple[str, Buttons]:
    """The account by its address, and the button that leads to where its owner allows us to write to it."""
    name = account.label.partition(" · ")[0]
    button = Button(label="Allow it", does=Press("connect.consent", account.id), look=Look.PRIMARY)
    return name, Buttons((button,))


def _went_by(tx: Tx, meeting: Meeting) -> dict[PersonId, datetime]:
    found: dict[PersonId, datetime] = {}
    for one in meeting.attendances:
        if one.went_by is not None:
            theirs = calendars.of_person(tx, meeting.tenant, one.person)
            if any(each.counts and each.read_at is not None and each.read_at <= one.went_by for each in theirs):
                found[one.person] = one.went_by
    return found


def over(shown: Scene) -> list[Block]:
    return [paragraph("This meeting is over.")] if shown.is_over else []


def link(shown: Scene) -> list[Block]:
    return [paragraph(Link(shown.meeting.link, "Join the meeting"))] if shown.meeting.link else []


def still_there(shown: Scene) -> list[str]:
    """Whose calendar could not be made to let go of it yet, as `your` and `Alex's`."""
    return [
        "your" if one.person == shown.viewer.id else f"{shown.called[one.person]}'s"
        for one in shown.meeting.attendances
        if one.calendar is not None and one.written is not None
    ]


def off(shown: Scene, gone: str) -> str:
    """`gone` once it stands nowhere any more; else from where it could not be taken yet."""
    left = still_there(shown)
    return f"I could not take it off {calendar_of(left)} yet: I keep trying." if left else gone


def calendar_of(owners: list[str], *, last: str = "and") -> str:
    """your calendar and Alex's."""
    return listed([f"{owners[0]} calendar", *owners[1:]], last=last)


def line(shown: Scene) -> str:
    """What is left of a message once a newer one tells how the meeting stands."""
    meeting = shown.meeting
    match meeting.state:
        case MeetingState.BOOKED | MeetingState.MOVING if meeting.was is not None:
            return f"{shown.title} has moved from {shown.when(meeting.was)} to {shown.when()}."
        case MeetingState.UNDOING | MeetingState.UNDONE if meeting.reason == THEIRS:
            return f"{shown.title}, {shown.when()}, is kept by another scheduler now."
        case MeetingState.UNDOING | MeetingState.UNDONE:
            return f"{shown.title}, {shown.when()}, was taken back."
        case MeetingState.CANCELLED:
            return f"{shown.title}, {shown.when()}, was cancelled."
        case MeetingState.FAILED:
            return f"{shown.title}, {shown.when()}, was not booked."
        case _:
            return f"{shown.title}, {shown.when()}: there is a newer message about it."
