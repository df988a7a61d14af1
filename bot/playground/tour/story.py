"""The story, chapter by chapter, in the order in which it is told."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.tour import asking, booking, clashes, connecting, mixed, outages, teams
from bot.playground.tour.play import Play


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the story: what it is called, and who plays it."""

    number: str
    title: str
    play: Callable[[Play], None]


CHAPTERS = (
    Chapter("0", "Three people connect their calendars", asking.connect_everyone),
    Chapter("1", "Ana asks for half an hour with Alex", asking.ask),
    Chapter("1b", "More times, and not now", asking.turn_pages),
    Chapter("2–3", "One click books it on both calendars, once", booking.book_and_look),
    Chapter("2b", "Alex declines", booking.decline),
    Chapter("4", "Something lands on it in Ana's calendar, then in Alex's", clashes.clashes),
    Chapter("5", "What changes in a calendar changes the next answer", clashes.freed_again),
    Chapter("6", "Kim's calendar server stops", outages.server_stops),
    Chapter("7", "Sam connects, and the request that waited resumes", connecting.help_and_links),
    Chapter("7b", "How everything stands", connecting.status),
    Chapter("7c", "One meeting across Google, Microsoft and a CalDAV server", mixed.across),
    Chapter("8", "kill -9 right after a click", outages.killed),
    Chapter("9", "The same in Teams", teams.the_same),
)


def perform(play: Play) -> None:
    """Tell everything, in order."""
    for chapter in CHAPTERS:
        play.tell.chapter(chapter.number, chapter.title)
        chapter.play(play)
    play.holds(
        not play.stage.slack.refusals, f"Slack refused nothing that the bot sent{_list(play.stage.slack.refusals)}"
    )


def _list(refusals: object) -> str:
    return f": {refusals}" if refusals else ""
