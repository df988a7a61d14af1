"""What goes wrong around it: a calendar server that stops, and a bot that is killed in the middle of its work."""

from bot.playground.tour.booking import offered, undo
from bot.playground.tour.play import Play, has, offers
from bot.playground.tour.telling import must, until

KIM = "/meet @kim 30m next week"


def server_stops(play: Play) -> None:
    """Kim's server stops: the answer comes as fast, tells the age of its picture, and offers nothing unknown."""
    offered(play, KIM)
    play.tell.holds("with Kim's server up there are times", None)
    play.tell.behind("Kim's calendar server is stopped")
    play.stage.world.stop_server("kim")
    try:
        since = _ages(play)
    finally:
        play.tell.behind("Kim's calendar server is started again")
        play.stage.world.start_server("kim")
    message = play.sees("ana", offers, "sync resumes by itself, and the times return", within=15.0, since=since)
    play.clicks("ana", message, "Not now")


def _ages(play: Play) -> int:
    """Until its last reading is too old, then what is said; how many messages Ana had seen before that."""
    since = play.count("ana")
    play.types("ana", KIM)
    play.sees("ana", lambda _: True, "an answer within the same second", since=since, within=1.0)

    def no_longer_vouches() -> int | None:
        seen = play.count("ana")
        play.stage.slack.slash("ana", KIM)
        answer = play.sees("ana", lambda _: True, "an answer", since=seen, within=1.0, quiet=True)
        must("Nothing fits" not in answer.words, "“nothing fits” is never said of what is not known")
        return None if offers(answer) else seen

    seen = until(no_longer_vouches, "Kim's calendars vouch no longer", within=10.0)
    play.sees(
        "ana", has("Reading Kim"), "once they no longer vouch, it says what it is reading, and how old", since=seen
    )
    told = play.sees(
        "ana",
        lambda one: has("Kim")(one) and not has("Reading")(one),
        "after ten seconds it says what it does not know",
        within=12.0,
        since=seen,
    )
    must("Nothing fits" not in told.words and not offers(told), "and still nothing is offered that is not known")
    return seen


def killed(play: Play) -> None:
    """`kill -9` right after a click: when it starts again the booking finishes, once."""
    message = offered(play)
    theirs = play.count("alex")
    play.clicks("ana", message, offers(message)[0])
    play.stage.bot.kill()
    play.tell.behind("kill -9: the bot is gone, right after the click")
    play.stage.bot.start()
    play.tell.behind("it is started again")
    play.comes_true(
        lambda: len(play.copies("ana")) == 1 and len(play.copies("alex")) == 1,
        "the booking finishes on both calendars",
        within=8.0,
    )
    play.sees("alex", lambda one: "Accept" in one.labels, "Alex is told", since=theirs, within=8.0)
    play.holds({len(play.copies(who)) for who in ("ana", "alex")} == {1}, "once")
    undo(play)
