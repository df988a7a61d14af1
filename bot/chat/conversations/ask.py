"""An ask: one person chooses another time, the organiser moves the meeting there or keeps it where it is."""

from dataclasses import dataclass
from typing import assert_never

from bot.chat.answers import Answer, Shows
from bot.chat.cards import Button, Buttons, Card, Look, Press
from bot.chat.conversations import agreed, slots
from bot.chat.conversations.agreed import Scene
from bot.chat.conversations.words import note, paragraph, told
from bot.core.clock import Clock
from bot.core.errors import InvalidInput
from bot.core.ids import AskId, TenantId
from bot.core.intervals import Interval
from bot.core.meetings import Ask, AskState
from bot.core.people import Person
from bot.core.text import Strong
from bot.language.wording import times
from bot.scheduling.ask import Asking
from bot.storage import asks, meetings
from bot.storage.database import Database

KIND = "ask"


@dataclass(frozen=True)
class AskTalk:
    """Picks a time for the asking person, and takes the organiser's answer."""

    database: Database
    clock: Clock
    asking: Asking

    def pick(self, by: Person, press: Press) -> Answer:
        """The time named by the button, wherever it stands in the list by now."""
        with self.database.reading() as tx:
            ask = asks.ask(tx, by.tenant, AskId(press.subject))
        wanted = slots.named(press.choice, ask.slots)
        if wanted is None:
            raise InvalidInput("That time is no longer on offer. The message shows the times of now.")
        self.asking.pick(by.tenant, ask.id, wanted, by.id)
        return Shows(kind=KIND, subject=ask.id)

    def move(self, by: Person, press: Press) -> Answer:
        self.asking.answer(by.tenant, AskId(press.subject), by.id, move=True)
        return Shows(kind=KIND, subject=press.subject)

    def keep(self, by: Person, press: Press) -> Answer:
        self.asking.answer(by.tenant, AskId(press.subject), by.id, move=False)
        return Shows(kind=KIND, subject=press.subject)

    def withdraw(self, by: Person, press: Press) -> Answer:
        self.asking.withdraw(by.tenant, AskId(press.subject), by.id)
        return Shows(kind=KIND, subject=press.subject)

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        with self.database.reading() as tx:
            ask = asks.ask(tx, tenant, AskId(subject))
            meeting = meetings.meeting(tx, tenant, ask.meeting)
            shown = agreed.scene(tx, meeting, viewer, self.clock.now())
        if viewer.id == ask.by:
            return _asking(ask, shown)
        return _asked(ask, shown) if viewer.id == meeting.organiser else None


def _asking(ask: Ask, shown: Scene) -> Card:
    """As the one who asks sees it."""
    match ask.state:
        case AskState.CHOOSING:
            return _choosing(ask, shown)
        case AskState.OPEN:
            until = f" The time is held for you until {_until(ask, shown)}." if ask.expires_at else ""
            return told(
                paragraph(Strong(f"You asked {shown.organiser} to move {shown.title}"), f" {_change(ask, shown)}."),
                paragraph(f"I'm waiting for {shown.organiser}'s answer.{until}"),
                Buttons((_button("Take it back", "withdraw", ask),)),
                line=f"You asked {shown.organiser} to move {shown.title}.",
            )
        case AskState.AGREED:
            return told(
                paragraph(Strong(f"{shown.organiser} agreed to move {shown.title}"), f" {_change(ask, shown)}."),
                paragraph("A message of its own tells when it has moved."),
            )
        case AskState.MOVED:
            return told(paragraph(f"{shown.organiser} moved {shown.title} to {_there(ask, shown)}, as you asked."))
        case AskState.STAYED:
            return told(
                paragraph(
                    Strong(f"{shown.organiser} agreed to move {shown.title}, but it could not move."),
                    f" {_there(ask, shown)} is no longer possible: it stays {shown.when()}.",
                ),
                paragraph("You can suggest another time in the meeting's own message."),
            )
        case AskState.KEPT:
            return told(
                paragraph(Strong(f"{shown.organiser} keeps {shown.title} where it is"), f": {shown.when()}."),
                paragraph("You asked for another time. You can still decline in the meeting's own message."),
            )
        case AskState.WITHDRAWN:
            return told(paragraph(f"Closed: nobody is asked to move {shown.title} any more. It is {shown.when()}."))
        case AskState.EXPIRED:
            return told(
                paragraph(
                    Strong(f"{shown.organiser} did not answer in time."), f" {shown.title} stays {shown.when()}."
                ),
                paragraph("You can suggest another time in the meeting's own message."),
            )
        case _:
            assert_never(ask.state)


def _choosing(ask: Ask, shown: Scene) -> Card:
    never_mind = Buttons((_button("Never mind", "withdraw", ask),))
    head = paragraph(Strong(f"When would suit you better for {shown.title}?"), f" It is {shown.when()}.")
    if not ask.slots:
        why = "No other time works for everyone." if ask.is_known else "I don't know enough calendars to name a time."
        return told(head, paragraph(f"{why} You can still decline in the meeting's own message."), never_mind)
    presses = [(one, Press("ask.pick", ask.id, slots.name_of(one))) for one in ask.slots]
    return told(
        head,
        *slots.rows("Ask for", presses, shown.viewer, shown.others, shown.called, shown.not_checked),
        note(f"{shown.each_is_free}. {shown.organiser} decides. Times are in your zone ({_zone(shown)})."),
        never_mind,
    )


def _asked(ask: Ask, shown: Scene) -> Card | None:
    """As the organiser sees it; nothing while the other still chooses."""
    by = shown.called[ask.by]
    match ask.state:
        case AskState.CHOOSING:
            return None
        case AskState.OPEN:
            return _deciding(ask, shown, by)
        case AskState.AGREED:
            return told(paragraph(f"You move {shown.title} {_change(ask, shown)}, as {by} asked."))
        case AskState.MOVED:
            return told(paragraph(f"You moved {shown.title} to {_there(ask, shown)}, as {by} asked."))
        case AskState.STAYED:
            return told(
                paragraph(
                    f"{shown.title} could not move to {_there(ask, shown)}, as {by} asked: it stays {shown.when()}."
                    f" {by} was told."
                )
            )
        case AskState.KEPT:
            return told(paragraph(f"You keep {shown.title} where it is: {shown.when()}. {by} was told."))
        case AskState.WITHDRAWN:
            return told(paragraph(f"{by} no longer asks to move {shown.title}. It is {shown.when()}."))
        case AskState.EXPIRED:
            return told(paragraph(f"The time {by} asked for is no longer held. {shown.title} stays {shown.when()}."))
        case _:
            assert_never(ask.state)


def _deciding(ask: Ask, shown: Scene, by: str) -> Card:
    wanted = _wanted(ask, shown)
    move = Button(
        label=f"Move to {slots.short(wanted, shown.viewer.zone)}",
        does=Press("ask.move", ask.id),
        hint=slots.hint("Move to", wanted, shown.viewer.zone),
        look=Look.PRIMARY,
    )
    keep = Button(
        label=f"Keep {slots.short(shown.meeting.when, shown.viewer.zone)}",
        does=Press("ask.keep", ask.id),
        hint=slots.hint("Keep", shown.meeting.when, shown.viewer.zone),
    )
    held = f" It is held until {_until(ask, shown)}." if ask.expires_at else ""
    return told(
        paragraph(Strong(f"{by} asks to move {shown.title}"), f" {_change(ask, shown)}."),
        paragraph(f"The new time is free for everyone.{held}"),
        Buttons((move, keep)),
        line=f"{by} asked to move {shown.title}.",
    )


def _change(ask: Ask, shown: Scene) -> str:
    """from Tue 1 Dec 16:00–16:30 to Wed 2 Dec 11:00–11:30 (Berlin time)."""
    stood, wanted = shown.meeting.when, _wanted(ask, shown)
    if stood == wanted:
        return f"to {slots.in_zone(wanted, shown.viewer.zone)}"
    return f"from {times.stretch(stood, shown.viewer.zone)} to {slots.in_zone(wanted, shown.viewer.zone)}"


def _wanted(ask: Ask, shown: Scene) -> Interval:
    return ask.wanted or shown.meeting.when


def _there(ask: Ask, shown: Scene) -> str:
    return shown.when(_wanted(ask, shown))


def _until(ask: Ask, shown: Scene) -> str:
    assert ask.expires_at is not None
    return slots.moment(ask.expires_at, shown.viewer.zone)


def _zone(shown: Scene) -> str:
    return times.place(shown.viewer.zone)


def _button(label: str, verb: str, ask: Ask) -> Button:
    return Button(label=label, does=Press(f"ask.{verb}", ask.id))
