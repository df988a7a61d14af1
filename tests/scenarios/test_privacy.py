"""Nobody's titles are kept: not in a row, not in a log, not in anybody else's messages."""

from pathlib import Path

import pytest

from bot.playground.tour import booking
from bot.playground.tour.play import Play, has

pytestmark = pytest.mark.xdist_group("stage")

SECRET = "Quarrel-with-the-landlord"


def kept(play: Play) -> dict[str, bytes]:
    """Every file that the bot has written, and what is in it."""
    folder = Path(play.stage.bot.log).parent
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_an_own_title_is_shown_to_its_owner_and_is_in_no_row_and_no_log(play: Play) -> None:
    ours, _ = booking.book(play, booking.offered(play))
    meeting = play.copies("ana")[0]
    since, others = play.count("ana"), play.count("alex")
    ana = play.stage.world.account("ana")
    uid = ana.put("personal", SECRET, meeting.start, meeting.end)
    clash = play.sees("ana", has("Clash"), "the clash", since=since)
    assert SECRET in clash.words
    ana.delete("personal", uid)
    play.becomes("ana", clash, lambda one: not one.buttons, "it closes")
    booking.undo(play)
    assert [name for name, content in kept(play).items() if SECRET.encode() in content] == []
    assert not any(SECRET in one.words for one in play.stage.slack.messages("alex")[others:])
    assert ours.ts


def test_no_title_password_or_link_of_the_demo_is_in_any_file_of_the_bot(play: Play) -> None:
    world = play.stage.world
    titles = {event.summary for account in world.accounts.values() for event in account.events() if not event.tag}
    secrets = {account.password for account in world.accounts.values()} | {play.stage.slack.token}
    assert titles
    for name, content in kept(play).items():
        assert [title for title in titles if len(title) > 8 and title.encode() in content] == [], name
        assert [one for one in secrets if one.encode() in content] == [], name
        assert b"/connect/" not in content, name
