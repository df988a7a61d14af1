"""What to say when somebody whom a request names cannot be asked about: one sentence each, and a next step."""

from collections.abc import Sequence
from typing import assert_never

from bot.chat.cards import Button, Buttons, Card, Press
from bot.chat.conversations.words import command, listed, paragraph, quoted, shorn, told
from bot.core.people import Person, Standing
from bot.core.requests import Request
from bot.core.text import Code, Text, say
from bot.language.wording import times
from bot.people.room_book import slug
from bot.people.who import (
    ROOM,
    Ambiguous,
    Deactivated,
    Found,
    GuestAsker,
    IsBot,
    OnlyYourself,
    Problem,
    TooMany,
    Unknown,
)

LONGEST = 60
MOST_SAID = 5
"""So many problems are named; a list of thirty is not read."""


def card(asker: Person, request: Request, found: Found) -> Card:
    """What is wrong with the names, what was understood otherwise, and a way on."""
    said = [paragraph(_sentence(one, asker, request)) for one in found.problems[:MOST_SAID]]
    if len(found.problems) > MOST_SAID:
        said.append(paragraph(f"And {len(found.problems) - MOST_SAID} more like these."))
    understood = f"I understood {times.length(request.length)}, {request.when_words}. Nothing was looked up or booked."
    help_ = Button(label="How to ask", does=Press("help.show"))
    return told(*said, paragraph(understood), Buttons((help_,)))


def _sentence(problem: Problem, asker: Person, request: Request) -> Text:
    match problem:
        case Unknown(typed):
            whose = "Slack's" if asker.identity.platform == "slack" else "the"
            way = f"Pick the name from {whose} list as you type, or use an address: "
            return say(f"I couldn't tell who {_typed(typed)} is. {way}", _try(asker, request))
        case IsBot(typed, _):
            return say(f"{_typed(typed)} is an app, and apps keep no calendar. Name a person: ", _try(asker, request))
        case Deactivated(_, name):
            return say(f"{shorn(name, LONGEST)}'s account is switched off: they cannot be invited. Ask without them.")
        case Ambiguous(typed, choices):
            return say(f"{_typed(typed)} could be {_choices(choices)}. Use the address, so that I ask the right one.")
        case OnlyYourself():
            return say("A meeting needs somebody besides you. Who should join? For example: ", _try(asker, request))
        case TooMany(_, count, most):
            return say(f"You named {count} people, and I can look at {most} at once. Name those who must be there.")
        case GuestAsker():
            return say("Guests can be invited, but can't ask about others' times. Ask a member here to set it up.")
        case _:
            assert_never(problem)


def _typed(typed: str) -> str:
    return quoted(shorn(typed, LONGEST)) if typed else "that"


def _choices(people: Sequence[Person]) -> str:
    return listed([_told_apart(one) for one in people][:8], last="or")


def _told_apart(person: Person) -> str:
    name = shorn(person.name, LONGEST)
    if person.standing is Standing.ROOM:
        return f"the room {name} (@{ROOM}{slug(person.name)})"
    return f"{name} ({person.email})" if person.email else name


def _try(asker: Person, request: Request) -> Code:
    length = int(request.length.total_seconds()) // 60
    return Code(f"{command(asker)} alex@example.com {length}m {request.when_words}")
