"""The click and what follows: the event on both calendars, a message to each person, answers, undo."""

from bot.playground.stands.slack.messages import Message
from bot.playground.tour.asking import REQUEST
from bot.playground.tour.play import Play, has, offers
from bot.playground.tour.telling import must


def offered(play: Play, request: str = REQUEST, who: str = "ana") -> Message:
    """They ask, and times are there; told in one line."""
    since = play.count(who)
    play.types(who, request)
    return play.sees(who, offers, "times", since=since, within=12.0, quiet=True)


def book(play: Play, message: Message, *, place: int = 0) -> tuple[Message, Message]:
    """Ana books that time; her message about it, and Alex's."""
    mine, theirs = play.count("ana"), play.count("alex")
    play.clicks("ana", message, offers(message)[place])
    ours = play.sees("ana", has("Booked:", "no answer yet"), "Ana's own message: booked", since=mine)
    invited = play.sees("alex", lambda one: "Accept" in one.labels, "Alex is told, and can answer", since=theirs)
    return ours, invited


def book_and_look(play: Play) -> None:
    """The click books, and the calendar servers report it."""
    message = offered(play)
    ours, invited = book(play, message)
    play.comes_true(lambda: play.copies("ana") and play.copies("alex"), "it is on both calendars")
    (mine,), (theirs,) = play.copies("ana"), play.copies("alex")
    play.holds(mine.uid == theirs.uid and mine.tag == theirs.tag, "the same UID on both, tagged as ours")
    play.holds((mine.start, mine.end) == (theirs.start, theirs.end), "at the same time")
    play.holds(mine.zone == "Europe/Berlin" and theirs.zone == "America/New_York", "each in its owner's zone")
    play.holds("Ana" in mine.summary and "Alex" in mine.summary, "titled from the template")
    play.holds("https://meet.example.com/" in f"{mine.url} {mine.location} {mine.description}", "with a meeting link")
    play.holds("Undo" in ours.labels, "Ana can undo")
    play.holds({"Accept", "Decline", "Suggest another time"} <= set(invited.labels), "Alex can answer in three ways")
    play.holds("New York" in invited.words and "Berlin" not in invited.words, "Alex reads New York time")
    second_click(play, message)
    answers(play, ours, invited)
    suggest(play, invited)
    undo(play)


def second_click(play: Play, message: Message) -> None:
    """Neither a second click nor somebody else's books anything more."""
    booked = len(play.copies("ana"))
    labels = offers(message)
    play.clicks("ana", message, labels[0], is_stale=True)
    play.clicks("ana", message, labels[1], is_stale=True)
    seen = play.count("kim")
    play.tell.behind("Kim presses Ana's button, with a forged request")
    ack = play.stage.slack.press("kim", message, labels[2], is_stale=True, is_forged=True)
    must(ack.is_good, f"Slack got {ack.status}")
    told = play.sees("kim", lambda one: not offers(one), "Kim is told, privately, that it is not hers", since=seen)
    must(told.is_ephemeral, "only Kim sees it")
    play.holds(len(play.copies("ana")) == booked, "nothing more was booked")


def answers(play: Play, ours: Message, invited: Message) -> None:
    """An answer is an edit of Ana's message, and shows in the calendar."""
    play.stage.slack.read("ana")
    play.clicks("alex", invited, "Accept")
    play.becomes("ana", ours, has("Alex: accepted"), "Ana's message says so, as an edit")
    play.holds(play.stage.slack.unread("ana") == 0, "an edit rings nobody")
    play.clicks("alex", play.now("alex", invited), "Maybe")
    play.comes_true(
        lambda: [one.status for one in play.copies("alex")] == ["TENTATIVE"],
        "Alex's copy is tentative in the calendar itself",
    )


def suggest(play: Play, invited: Message) -> None:
    """Alex suggests another time; Ana keeps, then moves."""
    mine, theirs = play.count("ana"), play.count("alex")
    play.clicks("alex", play.now("alex", invited), "Suggest another time")
    choices = play.sees("alex", _asks, "five checked times to choose from", since=theirs)
    play.holds(len(_asks(choices)) == 5, "five times")
    play.clicks("alex", choices, _asks(choices)[0])
    asked = play.sees("ana", has("asks to move"), "Ana is asked: Move or Keep", since=mine)
    move = next(label for label in asked.labels if label.startswith("Move"))
    must(any(label.startswith("Keep") for label in asked.labels), "Keep is there too")
    before = play.copies("ana")[0]
    theirs = play.count("alex")
    play.clicks("ana", asked, move)
    play.comes_true(
        lambda: (
            {(one.start, one.sequence) for who in ("ana", "alex") for one in play.copies(who)}
            == {(play.copies("ana")[0].start, before.sequence + 1)}
            and play.copies("ana")[0].start != before.start
        ),
        "moved on both calendars: same event, SEQUENCE one higher",
    )
    must({one.uid for who in ("ana", "alex") for one in play.copies(who)} == {before.uid}, "the same UID")
    play.sees("alex", has("moved", "Now", "Before:"), "Alex is told anew: old time and new", since=theirs)


def _asks(message: Message) -> list[str]:
    return [label for label in message.labels if label.startswith("Ask for")]


def undo(play: Play) -> None:
    """Undo takes it off both calendars and tells Alex."""
    theirs = play.count("alex")
    take_back(play)
    play.sees("alex", has("took back"), "Alex is told", since=theirs)


def take_back(play: Play) -> None:
    """Ana undoes it, and it is off both calendars."""
    ours = play.sees("ana", lambda one: "Undo" in one.labels, "Ana's message", quiet=True)
    play.clicks("ana", ours, "Undo")
    play.comes_true(lambda: not play.copies("ana") and not play.copies("alex"), "it is off both calendars")
    play.becomes("ana", ours, lambda one: "Undo" not in one.labels, "Ana's message says so")


def decline(play: Play) -> None:
    """A decline deletes the copy and frees the time."""
    ours, invited = book(play, offered(play))
    play.clicks("alex", invited, "Decline")
    play.comes_true(lambda: not play.copies("alex"), "Alex's copy is gone from the calendar")
    play.holds(len(play.copies("ana")) == 1, "Ana's stands")
    play.becomes("ana", ours, has("Alex: declined"), "Ana's message says so")
    take_back(play)
