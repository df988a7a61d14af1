"""The request and its answer: who sees what, and what it rests on."""

from collections.abc import Sequence

from bot.playground.stands.slack.messages import Message
from bot.playground.tour.play import Play, has, offers, slots
from bot.playground.tour.telling import must
from bot.playground.truth import is_in_office_hours, taken

REQUEST = "/meet @alex 30m next week"


def connect_everyone(play: Play) -> None:
    """Everybody connects their calendars through their own private link."""
    for who in ("ana", "alex", "kim"):
        play.connect(who)


def ask(play: Play) -> None:
    """Ana asks, and she alone sees five times that are free for both."""
    since, others = play.count("ana"), play.count("alex")
    play.types("ana", REQUEST)
    message = play.sees("ana", offers, "five ranked times", within=1.0, since=since)
    play.holds(has("30 min with Alex", "next week")(message), "what was understood is said first")
    play.holds(len(offers(message)) == 5, "five times, each with a button of its own")
    play.holds(has("6 of 6 calendars")(message), "it says what it rests on: six of six calendars, and their age")
    play.holds(message.words.count(" for Alex") == 5, "each with Alex's local time")
    play.holds(message.is_ephemeral and play.count("alex") == others, "only Ana sees it; Alex was not bothered")
    must({"More times", "Not now"} <= set(message.labels), "More times and Not now are there")
    free_for_both(play, message)


def free_for_both(play: Play, message: Message) -> None:
    """Every time on offer is checked against the calendar servers themselves, and against both people's hours."""
    free_for(play, message, ("ana", "alex"))
    play.tell.holds("the calendar servers agree: each is free on all six, and inside both people's hours", None)


def free_for(play: Play, message: Message, people: Sequence[str]) -> None:
    """Whatever Ana is offered is free for all of these, and inside their hours."""
    for words in slots(message):
        start, end = play.slot("ana", words)
        for who in people:
            account = play.stage.world.account(who)
            must(not taken(account, start, end), f"{words} is not free for {who}: {taken(account, start, end)}")
            must(is_in_office_hours(account, start, end), f"{words} is outside {who}'s hours")


def turn_pages(play: Play) -> None:
    """More times, and not now."""
    since = play.count("ana")
    play.types("ana", REQUEST)
    message = play.sees("ana", offers, "times", since=since, quiet=True)
    first = offers(message)
    play.clicks("ana", message, "More times")
    more = play.becomes("ana", message, lambda one: offers(one) and offers(one) != first, "five others, in place")
    play.clicks("ana", more, "Not now")
    play.becomes("ana", message, lambda one: not one.buttons, "put away, without buttons")
