"""One meeting across three services: Ana receives on Google, Alex on Microsoft, Sam on a CalDAV server."""

from collections.abc import Iterator
from datetime import UTC

from bot.playground.client import Event
from bot.playground.tour.asking import free_for
from bot.playground.tour.booking import book, offered, take_back
from bot.playground.tour.play import Play, link
from bot.playground.tour.telling import must
from bot.playground.world import GOOGLE, MICROSOFT, WORK

REQUEST = "/meet @alex @sam 30m next week"
PLACES = {"ana": GOOGLE, "alex": MICROSOFT, "sam": WORK}
"""Where each of the three receives."""


def across(play: Play) -> None:
    """One click writes it on all three, once each; undo takes it off all three."""
    ana, alex = play.stage.world.account("ana").who, play.stage.world.account("alex").who
    receives(play, "ana", ana.google)
    play.tell.holds("Ana’s bookings go to her Google calendar now", None)
    receives(play, "alex", alex.microsoft)
    play.tell.holds("Alex’s to his Microsoft calendar; Sam keeps his CalDAV server", None)
    message = offered(play, REQUEST)
    free_for(play, message, tuple(PLACES))
    book(play, message)
    play.comes_true(lambda: all(map(play.copies, PLACES)), "it is at Google, at Microsoft and on the CalDAV server")
    once_each(play)
    by_its_road(play)
    take_back(play)
    play.comes_true(lambda: not any(map(play.copies, PLACES)), "and off the third one too")
    receives(play, "ana", "Work")
    receives(play, "alex", "Work")
    play.tell.holds("both receive on their CalDAV server again", None)


def receives(play: Play, who: str, words: str) -> None:
    """On their own page they choose the calendar beside which these words stand to get their bookings."""
    since = play.count(who)
    play.types(who, "/meet connect")
    message = play.sees(who, link, "a private link", since=since, quiet=True)
    browser, page = play.opened(link(message))
    page = browser.open(f"{page.url}/calendars")
    page = browser.submit(page, receives=page.forms[0].choice("receives", words))
    browser.close()
    must("That’s it" in page.words, f"the page said: {page.words[:200]}")


def once_each(play: Play) -> None:
    """Each has one copy, in the calendar that they chose, and all of them are the same meeting."""
    stands = {who: list(_standing(play, who)) for who in PLACES}
    for who, place in PLACES.items():
        found = [calendar for calendar, _ in stands[who]]
        must(found == [place], f"{who} has it in {found or 'no calendar'}, not once in {place}")
    play.tell.holds("once for each of the three, in the calendar that each chose", None)
    copies = [event for found in stands.values() for _, event in found]
    play.holds(len({one.tag for one in copies}) == 1, "our tag is on each, and names the same meeting")
    play.holds(len({_instants(one) for one in copies}) == 1, "at the same time")


def by_its_road(play: Play) -> None:
    """Nobody is a guest of anybody's: a service that knew them as guests would write it for them a second time."""
    for who in PLACES:
        (_, event), *_ = _standing(play, who)
        others = [play.name(one) for one in PLACES if one != who]
        must(all(one in event.summary + event.text for one in others), f"{who}'s copy does not name {others}")
    world = play.stage.world
    at_google = world.google.office.calendars[world.account("ana").who.google].events.values()
    ours = [
        one
        for one in at_google
        if "overlapMeeting" in str(one.get("extendedProperties")) and one["status"] != "cancelled"
    ]
    play.holds(
        len(ours) == 1 and not ours[0].get("attendees"),
        "Overlap wrote each copy itself: Google knows of no guests, so nobody is invited twice",
    )


def _standing(play: Play, who: str) -> Iterator[tuple[str, Event]]:
    account = play.stage.world.account(who)
    for calendar in account.calendars:
        yield from ((calendar, one) for one in account.events(calendar) if one.tag)


def _instants(event: Event) -> tuple[object, object]:
    return event.start.astimezone(UTC), event.end.astimezone(UTC)  # type: ignore[union-attr]
