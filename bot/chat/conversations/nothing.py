"""Why nothing fits, in words, and what to try next."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import assert_never

from bot.availability.explain import HoursNeverMeet, OutsideHours, Over, Reason, TakenUp, TooShort, Unknown, explain
from bot.availability.hours import windows
from bot.chat.conversations.words import command, first_name, listed
from bot.core.ids import PersonId
from bot.core.intervals import Interval
from bot.core.people import Person, Standing
from bot.core.proposals import Proposal
from bot.core.requests import Request
from bot.core.text import Code, Text, say
from bot.language.wording import times
from bot.people.room_book import slug
from bot.scheduling.sight import sight
from bot.storage.database import Tx

HALF_AN_HOUR = timedelta(minutes=30)


def reason(tx: Tx, proposal: Proposal, everyone: Mapping[PersonId, Person], now: datetime) -> Reason | None:
    """The first thing that stands in the way of every slot; None when something fits after all."""
    open_windows = windows(proposal.request.window, everyone[proposal.asker].zone, now)
    if not open_windows:
        return Over()
    within = Interval(open_windows[0].start, open_windows[-1].end)
    people = [everyone[one] for one in proposal.people]
    known = sight(
        tx,
        proposal.tenant,
        people,
        within,
        proposal.request.length,
        now,
        asker=proposal.asker,
        without=proposal.without,
    )
    return explain(known.search(open_windows))


def why(found: Reason | None, called: Mapping[PersonId, str], length: timedelta) -> str:
    """One sentence that says it; `called` has the viewer as "you"."""
    match found:
        case Over():
            return "That time is over."
        case TooShort(longest):
            return f"The longest stretch in there is {times.length(longest)}."
        case Unknown(people):
            return f"I don't know enough of {_whose(people, called)} time."
        case OutsideHours(people):
            return f"{_capital(_whose(people, called))} working hours leave no {times.length(length)} in there."
        case HoursNeverMeet():
            return "Your working hours never meet in there for long enough."
        case TakenUp(shares):
            return f"What all of you have in common is taken; {_whose((shares[0].person,), called)} time most of all."
        case None:
            return "Your free times do not meet."
        case _:
            assert_never(found)


def next_step(request: Request, asker: Person, others: Sequence[Person]) -> Text:
    """What to type instead: a shorter meeting where it is long, else another week."""
    who = " ".join(_named(one) for one in others)
    if request.length > HALF_AN_HOUR:
        return say("A shorter one may fit: ", Code(f"{command(asker)} {who} 30m {request.when_words}"))
    if request.when_words == "next week":
        return say("Another try: ", Code(f"{command(asker)} {who} {_typed(request.length)} this week"))
    return say("Another try: ", Code(f"{command(asker)} {who} {_typed(request.length)} next week"))


def _named(person: Person) -> str:
    if person.standing is Standing.ROOM:
        return f"@{slug(person.name)}"
    return first_name(person) if person.standing is Standing.ADDRESS else f"@{first_name(person).lower()}"


def _typed(length: timedelta) -> str:
    return f"{int(length.total_seconds()) // 60}m"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _whose(people: tuple[PersonId, ...], called: Mapping[PersonId, str]) -> str:
    """your and Kim's."""
    return listed(["your" if called[one] == "you" else f"{called[one]}'s" for one in people])
