"""A chat in Teams that is left and opened anew: an answer to a press is gone from the screen, what lasts is there."""

import pytest

from bot.playground.stands.teams.messages import Message
from bot.playground.tour.play import Play, has, offers
from bot.playground.tour.teams import REQUEST, presses, says, sees
from bot.playground.tour.telling import until

pytestmark = pytest.mark.xdist_group("stage")


def connects(play: Play, who: str) -> Message:
    """They have the app and connect the calendars that they have in Slack too; the message that linked to the page."""
    play.stage.teams.install(who)
    since = says(play, who, "connect")
    button = sees(play, who, lambda one: "Get my link" in one.labels, "a button", since=since, quiet=True)
    presses(play, who, button, "Get my link")
    linked = now(play, button)
    assert "That’s it" in play.sign_in(who, next(one.url for one in linked.buttons if one.url)).words
    return linked


def now(play: Play, message: Message) -> Message:
    """The message as it stands on the screen."""
    return next(one for one in play.stage.teams.messages(message.user) if one.id == message.id)


def lasts(play: Play, message: Message, label: str) -> Message:
    """It is edited since it read like that, so that the button does not come back; nobody is rung."""
    until(lambda: now(play, message).edits > message.edits, "the message itself was not edited", within=6.0)
    unread = play.stage.teams.unread(message.user)
    play.stage.teams.reopen(message.user)
    assert unread == 0
    assert label not in now(play, message).labels
    return now(play, message)


def test_no_button_comes_back_and_no_link_stays(play: Play) -> None:
    linked = connects(play, "ana")
    assert [one.label for one in linked.buttons] == ["Open the page"]
    play.stage.teams.reopen("ana")
    assert now(play, linked).labels == ("Get my link",)
    connects(play, "sam")
    since = says(play, "ana", REQUEST)
    offer = sees(play, "ana", offers, "times", since=since, quiet=True)
    first = offers(offer)
    presses(play, "ana", offer, "More times")
    second = lasts(play, offer, first[0])
    assert "Back" in second.labels
    presses(play, "ana", second, "Not now")
    assert not lasts(play, second, "Not now").buttons


def test_an_offer_that_was_booked_offers_nothing_any_more(play: Play) -> None:
    for who in ("ana", "sam"):
        connects(play, who)
    since = says(play, "ana", REQUEST)
    offer = sees(play, "ana", offers, "times", since=since, quiet=True)
    presses(play, "ana", offer, offers(offer)[0])
    booked = sees(play, "ana", has("Booked:", "Sam"), "Ana's message about the meeting", since=since, quiet=True)
    play.stage.teams.read("ana")
    try:
        assert not lasts(play, offer, offers(offer)[0]).buttons
    finally:
        presses(play, "ana", booked, "Undo")
        assert not lasts(play, booked, "Undo").buttons
