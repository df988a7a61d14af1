"""What later breaks a meeting: the right person is told, with a way out."""

from collections.abc import Callable

from bot.playground.stands.slack.messages import Message
from bot.playground.tour.asking import REQUEST
from bot.playground.tour.booking import book, offered, undo
from bot.playground.tour.play import Play, has, offers, reads_otherwise, slots
from bot.playground.tour.telling import must

SYNC = 4.0
"""One sync of two seconds, the reading, and the message."""


def clashes(play: Play) -> None:
    """First in Ana's calendar, then in Alex's, over the same meeting."""
    clash_with_the_organiser(play)
    clash_with_the_other(play)


def clash_with_the_organiser(play: Play) -> None:
    """Something lands on the meeting in Ana's calendar: Ana, and only Ana, gets a way out, and moves."""
    world = play.stage.world
    book(play, offered(play))
    before = play.copies("ana")[0]
    mine, theirs = play.count("ana"), play.count("alex")
    play.tell.behind("in another calendar app, Ana's own calendar gets “Dentist” at the same time")
    uid = world.account("ana").put("personal", "Dentist", before.start, before.end)
    clash = play.sees(
        "ana", has("Clash"), "Ana is told of the clash, with times that work now", since=mine, within=SYNC
    )
    play.holds("Dentist" in clash.words, "it names Ana's own event to Ana")
    play.holds(play.count("alex") == theirs, "Alex is told nothing: nothing changed for Alex")
    moves = [label for label in clash.labels if label.startswith("Move to")]
    must(moves, "there are times to move to, one click each")
    play.stage.slack.read("alex")
    play.clicks("ana", clash, moves[0])
    play.comes_true(
        lambda: (
            {one.sequence for who in ("ana", "alex") for one in play.copies(who)} == {before.sequence + 1}
            and play.copies("ana")[0].start != before.start
        ),
        "moved on both calendars: same UID, SEQUENCE one higher",
    )
    must({one.uid for who in ("ana", "alex") for one in play.copies(who)} == {before.uid}, "the same UID")
    told = play.sees("alex", has("moved", "Now", "Before:"), "Alex is told, old time and new", since=theirs)
    must(len(told.fallback) > 40, "the notification says it in words alone")
    play.holds(play.stage.slack.unread("alex") > 0, "and has something unread")
    play.becomes("ana", clash, lambda one: not one.buttons, "Ana's clash closes")
    world.account("ana").delete("personal", uid)


def clash_with_the_other(play: Play) -> None:
    """The same in Alex's calendar: Alex asks, Ana decides, the time is held meanwhile."""
    world = play.stage.world
    before = play.copies("alex")[0]
    mine, theirs = play.count("ana"), play.count("alex")
    play.tell.behind("Alex's calendar gets “Board call” over the meeting")
    uid = world.account("alex").put("work", "Board call", before.start, before.end)
    clash = play.sees("alex", has("Clash"), "Alex is told", since=theirs, within=SYNC)
    play.holds("Board call" in clash.words and play.count("ana") == mine, "Alex alone, with Alex's own title")
    asks = [label for label in clash.labels if label.startswith("Ask to move")]
    must(asks and not any(label.startswith("Move") for label in clash.labels), "Alex can ask, not move")
    play.clicks("alex", clash, asks[0])
    asked = play.sees("ana", has("asks to move"), "Ana is asked: Move or Keep", since=mine)
    held_meanwhile(play, asked)
    keep = next(label for label in asked.labels if label.startswith("Keep"))
    theirs = play.count("alex")
    play.clicks("ana", asked, keep)
    play.sees("alex", has("keeps"), "Alex gets the answer", since=theirs)
    play.tell.behind("Alex's “Board call” goes away again")
    world.account("alex").delete("work", uid)
    play.becomes("alex", clash, lambda one: not one.buttons, "the clash closes its message by itself", within=SYNC)
    undo(play)


def held_meanwhile(play: Play, asked: Message) -> None:
    """While Ana has not answered, the time asked for is offered to nobody."""
    wanted = next(label for label in asked.labels if label.startswith("Move to")).removeprefix("Move to ")
    message = offered(play)
    seen = offers(message)
    while "More times" in message.labels:
        play.clicks("ana", message, "More times")
        message = play.becomes("ana", message, reads_otherwise(message), "more", quiet=True)
        seen += offers(message)
    play.holds(f"Book {wanted}" not in seen, "the time asked for is held, and on no offer")
    play.clicks("ana", message, "Not now")


def freed_again(play: Play) -> None:
    """What disappears, moves, is declined or transparent frees its time in the next answer."""
    ana = play.stage.world.account("ana")
    first = slots(offered(play))[0]
    start, end = play.slot("ana", first)
    away = start.replace(hour=4)
    changes: tuple[tuple[str, Callable[[], object]], ...] = (
        ("is declined", lambda: ana.decline("work", "focus")),
        ("turns transparent", lambda: ana.put("work", "Focus", start, end, uid="focus", is_free=True)),
        ("moves away", lambda: ana.move("work", "focus", away)),
        ("disappears", lambda: ana.delete("work", "focus")),
    )
    for does, change in changes:
        play.tell.behind(f"an event lands on {first} in Ana's calendar")
        ana.put("work", "Focus", start, end, uid="focus")
        play.comes_true(lambda: first not in _answer(play), "the next answer does not offer it", within=SYNC)
        change()
        play.comes_true(lambda: first in _answer(play), f"when it {does}, its time is free again", within=SYNC)


def _answer(play: Play) -> list[str]:
    """The times of an answer given now."""
    since = play.count("ana")
    play.stage.slack.slash("ana", REQUEST)
    message = play.sees("ana", offers, "times", since=since, within=12.0, quiet=True)
    return slots(message)
