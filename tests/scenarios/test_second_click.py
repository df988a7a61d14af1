"""A button that is pressed more than once, at the same moment, or again by somebody who overheard it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bot.playground.stands.slack.delivery import Ack
from bot.playground.tour import booking
from bot.playground.tour.play import Play, has, offers
from tests.scenarios.reading import answer

pytestmark = pytest.mark.xdist_group("stage")

FINGERS = 4


def test_two_presses_at_once_book_one_meeting(play: Play) -> None:
    shown = booking.offered(play)
    theirs, labels = play.count("alex"), offers(shown)
    start = Barrier(FINGERS)

    def press(finger: int) -> Ack:
        start.wait()
        return play.stage.slack.press("ana", shown, labels[finger % 2], is_stale=True)

    with ThreadPoolExecutor(FINGERS) as fingers:
        acks = list(fingers.map(press, range(FINGERS)))
    try:
        assert [ack.status for ack in acks] == [200] * FINGERS
        play.sees("alex", lambda one: "Accept" in one.labels, "Alex is told", since=theirs, quiet=True)
        play.becomes("ana", shown, has("Booked"), "the offer says that it is booked", quiet=True)
        for ack in acks:
            again = play.stage.slack.replay(ack)
            assert (again.status, again.body) == (200, "")
        answer(play, "ana", "/meet help")
        (mine,), (theirs_now,) = play.copies("ana"), play.copies("alex")
        assert mine.uid == theirs_now.uid
        assert sum("Accept" in one.labels for one in play.stage.slack.messages("alex")[theirs:]) == 1
    finally:
        booking.take_back(play)


def test_undo_pressed_twice_at_once_undoes_once(play: Play) -> None:
    ours, _ = booking.book(play, booking.offered(play))
    theirs = play.count("alex")
    with ThreadPoolExecutor(2) as fingers:
        acks = list(fingers.map(lambda _: play.stage.slack.press("ana", ours, "Undo", is_stale=True), range(2)))
    assert [ack.status for ack in acks] == [200, 200]
    play.comes_true(lambda: not play.copies("ana") and not play.copies("alex"), "it is off both calendars")
    play.sees("alex", has("took back"), "Alex is told", since=theirs, quiet=True)
    answer(play, "ana", "/meet help")
    assert sum("took back" in one.words for one in play.stage.slack.messages("alex")[theirs:]) == 1
