"""The same in Teams: connect, ask, book, and what is said about somebody who removed the app."""

from bot.playground.stands.teams.messages import Message
from bot.playground.tour import drawing
from bot.playground.tour.play import Play, Shows, has, offers
from bot.playground.tour.telling import must, stopwatch, until

REQUEST = "meet sam@acme.example 30m next week"


def the_same(play: Play) -> None:
    """In Teams' personal chats."""
    for who in ("ana", "sam"):
        play.stage.teams.install(who)
        _connect(play, who)
    for line, shown in (("help", "next week"), ("meet status", "counts as busy")):
        since = says(play, "ana", line)
        sees(play, "ana", has(shown), f"“{line}” works in the personal chat", since=since)
    ours = _book(play)
    _removed(play, ours)


def _book(play: Play) -> Message:
    before = {who: len(play.copies(who)) for who in ("ana", "sam")}
    says(play, "ana", REQUEST)
    offer = sees(play, "ana", offers, "the same answer, as an Adaptive Card")
    must(len(offers(offer)) == 5 and has("30 min with Sam", "5 of 5 calendars")(offer), "as in Slack")
    presses(play, "ana", offer, offers(offer)[0])
    now = next(one for one in play.stage.teams.messages("ana") if one.id == offer.id)
    play.holds(not offers(now), "the card replaced itself: no button is left to press twice")
    ours = sees(play, "ana", has("Booked:", "Sam"), "Ana's message about the meeting")
    sees(play, "sam", lambda one: "Accept" in one.labels, "Sam is told in Teams")
    play.comes_true(lambda: all(len(play.copies(who)) == before[who] + 1 for who in before), "it is on both calendars")
    return ours


def _removed(play: Play, ours: Message) -> None:
    presses(play, "ana", ours, "Undo")
    sees(play, "sam", has("took back"), "Sam is told that it was taken back")
    play.tell.behind("Sam removes the app from Teams")
    play.stage.teams.uninstall("sam")
    since = says(play, "ana", REQUEST)
    offer = sees(play, "ana", offers, "times, as before", since=since, quiet=True)
    presses(play, "ana", offer, offers(offer)[0])
    told = sees(play, "ana", has("does not have Overlap in Teams"), "the card says how Sam is told instead")
    play.holds(has("the calendar invitation reaches them")(told), "the calendar invitation reaches Sam")
    play.comes_true(lambda: play.copies("sam"), "it stands in Sam's calendar")


def _connect(play: Play, who: str) -> None:
    says(play, who, "connect")
    button = sees(play, who, lambda one: "Get my link" in one.labels, "a button for a private link", quiet=True)
    presses(play, who, button, "Get my link")
    message = next(one for one in play.stage.teams.messages(who) if any(one.url for one in one.buttons))
    url = next(one.url for one in message.buttons if one.url)
    page = play.sign_in(who, url)
    must("That’s it" in page.words, f"the page said: {page.words[:200]}")
    play.tell.holds(f"{play.name(who)} connected the same calendars to their Teams account", None)


def says(play: Play, who: str, words: str) -> int:
    """They type to the bot in their personal chat; how many messages they had seen before."""
    since = len(play.stage.teams.messages(who))
    play.tell.types(play.name(who), words)
    answer = play.stage.teams.say(who, words)
    must(answer.status_code in (200, 201, 202), f"Teams got {answer.status_code} for “{words}”")
    return since


def presses(play: Play, who: str, message: Message, label: str) -> None:
    """They press a button of a card."""
    play.tell.clicks(play.name(who), label)
    play.stage.teams.press(who, message, label)


def sees(
    play: Play, who: str, shows: Shows, words: str, *, since: int = 0, within: float = 6.0, quiet: bool = False
) -> Message:
    """Their newest message comes to read so."""

    def newest() -> Message | None:
        return next((one for one in reversed(play.stage.teams.messages(who)[since:]) if shows(one)), None)

    with stopwatch() as seconds:
        found = until(newest, f"{who} was not shown in Teams: {words}", within=within)
    if not quiet:
        play.tell.shows(f"{play.name(who)}, in Teams", drawing.teams(found.card or {}), private=False)
        play.tell.holds(words, seconds())
    return found
