"""What can be asked, by examples; the first word of a greeting; and what to say when something went wrong."""

from dataclasses import dataclass

from bot.chat.answers import Answer, Says
from bot.chat.cards import Button, Buttons, Card, Heading, Look, Press
from bot.chat.conversations.words import command, paragraph, told
from bot.core.errors import OverlapError
from bot.core.ids import TenantId
from bot.core.people import Person
from bot.core.text import Code
from bot.language.parse import COMMANDS, Unclear
from bot.language.wording import unclear as wording
from bot.storage import calendars
from bot.storage.database import Database

GREETING = "greeting"
"""The kind of the message that greets somebody, once; its subject is the person."""

EXAMPLES = (
    "@alex 30m next week",
    "@alex @kim 1h tomorrow afternoon about Budget",
    "alex@example.com 45m Thursday after 14:00",
)


@dataclass(frozen=True)
class HelpTalk:
    """Says how to ask."""

    database: Database

    def typed(self, by: Person, called: str) -> Answer:
        return Says(card=_help(called))

    def show(self, by: Person, press: Press) -> Answer:
        return Says(card=_help(command(by)))

    def view(self, tenant: TenantId, subject: str, viewer: Person) -> Card | None:
        """The greeting."""
        if subject != viewer.id:
            return None
        with self.database.reading() as tx:
            is_connected = bool(calendars.of_person(tx, tenant, viewer.id))
        example = Code(f"{command(viewer)} {EXAMPLES[0]}")
        first = "Your calendar is connected. Try " if is_connected else "Connect your calendar first, then try "
        return told(
            paragraph("Hello! I find times that are free on everyone's calendars, and book them."),
            paragraph(first, example, "."),
            paragraph("I read when you are busy, and write only the meetings that you book."),
            Buttons((_how(),) if is_connected else (_connect(), _how())),
        )


def unclear(found: Unclear) -> Card:
    """What was understood of a request, what not, and an example that works."""
    return told(paragraph(wording.unclear(found)), Buttons((_how(),)))


def explained(error: OverlapError) -> Card:
    """An error of ours says itself what happened and what to do."""
    return told(paragraph(str(error)), Buttons((_how(),)))


def broken(reference: str) -> Card:
    """Something that nobody foresaw."""
    return told(
        paragraph("Something went wrong on my side, and I could not finish this. Nothing was booked by it."),
        paragraph("Please try again. If it happens again, tell whoever runs me this reference: ", Code(reference)),
        Buttons((_how(),)),
    )


def _help(called: str) -> Card:
    asks = [paragraph(Code(f"{called} {example}")) for example in EXAMPLES]
    verbs = [paragraph(Code(f"{called} {one.verb}"), f": {one.description.lower()}.") for one in COMMANDS[1:]]
    return told(
        Heading("Find a time that is free for everyone"),
        paragraph("Name the people, how long, when, and what about. For example:"),
        *asks,
        paragraph("You alone see the times; nothing is booked before you choose one."),
        *verbs,
        Buttons((_connect(),)),
    )


def _connect() -> Button:
    return Button(label="Connect my calendar", does=Press("connect.link"), look=Look.PRIMARY)


def _how() -> Button:
    return Button(label="How to ask", does=Press("help.show"))
