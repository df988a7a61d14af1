"""A command typed in the direct message of two people: it looks like our own, and is answered to its asker alone."""

import pytest

from bot.playground.tour.asking import REQUEST
from bot.playground.tour.play import Play, offers

pytestmark = pytest.mark.xdist_group("stage")


def test_it_is_answered_privately_and_our_own_dm_is_left_alone(play: Play) -> None:
    since, theirs = play.count("ana"), play.count("alex")
    play.types("ana", REQUEST, channel="@alex")
    shown = play.sees("ana", offers, "times", since=since, quiet=True)
    assert shown.is_ephemeral
    assert shown.channel != play.stage.slack.home("ana")
    assert play.count("alex") == theirs
    play.clicks("ana", shown, "Not now")


def test_typed_in_our_own_dm_it_lasts_there(play: Play) -> None:
    since = play.count("ana")
    play.types("ana", REQUEST, channel=play.stage.slack.home("ana"))
    shown = play.sees("ana", offers, "times", since=since, quiet=True)
    assert not shown.is_ephemeral
    assert shown.channel == play.stage.slack.home("ana")
    play.clicks("ana", shown, "Not now")
