"""Noticing change in a Microsoft calendar: delta rounds with frozen windows, replays, and a memory that fails."""

import json
from datetime import datetime, timedelta

import pytest

from bot.core.errors import CursorExpired, SignInNeeded, TryLater
from bot.core.events import Response
from bot.core.intervals import Interval
from bot.playground.stands.microsoft.events import series
from bot.providers.base import Cursor
from bot.providers.microsoft.detect import covered
from tests.providers.microsoft import ALEX, ANA, DRAFT, HOUR, NINE, WINDOW, World, again, drafted, guest, span, world


def cursor(one: World) -> Cursor:
    found = one.read().cursor
    assert found is not None
    return found


def test_what_happens_within_the_window_is_noticed_once_it_is_there() -> None:
    with world() as one:
        here = cursor(one)
        assert not one.opened.changed(one.remote, here)
        event = one.stand.place(one.remote, NINE.start, NINE.end)
        assert one.opened.changed(one.remote, here)
        here = cursor(one)
        assert not one.opened.changed(one.remote, here)
        one.stand.move(event, NINE.start + HOUR)
        assert one.opened.changed(one.remote, here)


def test_what_somebody_answers_is_noticed_in_the_organisers_calendar() -> None:
    with world() as one:
        one.opened.put(one.remote, drafted(invitees=(guest(ALEX),)))
        here = cursor(one)
        (copy,) = one.stand.events(one.stand.calendar(ALEX))
        one.stand.decline(copy)
        assert one.opened.changed(one.remote, here)
        found = one.opened.get(one.remote, DRAFT.uid)
        assert found is not None
        assert found.answers == ((ALEX, Response.DECLINED),)


def test_a_series_that_is_deleted_leaves_nothing_behind() -> None:
    with world() as one:
        weeks = [NINE.start + timedelta(days=7 * week) for week in range(8)]
        every = series(one.remote, "weekly@example.org", [(at, at, at + HOUR) for at in weeks])
        for event in every:
            one.stand.mailboxes.put(event, "created")
        here = cursor(one)
        assert len(one.standing()) == 8
        one.stand.delete(every[0])
        assert one.opened.changed(one.remote, here)
        assert one.standing() == []


def test_a_change_during_the_reading_is_seen_next_time() -> None:
    with world() as one:
        one.read()
        one.stand.graph.race("GET", lambda: one.stand.place(one.remote, NINE.start, NINE.end))
        here = cursor(one)
        assert one.opened.changed(one.remote, here)


def test_a_cursor_is_good_for_another_task() -> None:
    with world() as one:
        here = cursor(one)
        other = again(one)
        assert not other.changed(one.remote, here)
        one.stand.place(one.remote, NINE.start, NINE.end)
        assert other.changed(one.remote, here)
        other.close()


def test_a_cursor_covers_the_window_that_was_read_and_a_week_more() -> None:
    with world() as one:
        reached = covered(cursor(one))
        assert reached.contains(WINDOW)
        assert reached.end >= WINDOW.end + timedelta(days=7)


def test_a_window_that_moved_on_a_day_needs_no_new_round_and_one_that_moved_far_does() -> None:
    with world() as one:
        cursor(one)
        begun = [call for call in one.stand.graph.calls if call.path.endswith("/delta")]
        tomorrow = Interval(WINDOW.start + timedelta(days=1), WINDOW.end + timedelta(days=1))
        assert one.read(tomorrow).cursor == one.read().cursor
        assert [call for call in one.stand.graph.calls if call.path.endswith("/delta")] == begun
        far = Interval(WINDOW.start, WINDOW.end + timedelta(days=200))
        found = one.read(far).cursor
        assert found is not None
        assert covered(found).contains(far)


def test_what_never_was_in_the_window_is_a_hint_and_no_event() -> None:
    """Graph tells a new event outside the window as removed: it may be looked at, and changes nothing."""
    with world() as one:
        one.stand.place(one.remote, NINE.start, NINE.end)
        here = cursor(one)
        before = one.read().instances
        one.stand.place(one.remote, WINDOW.end + timedelta(days=90), WINDOW.end + timedelta(days=90, hours=1))
        assert one.opened.changed(one.remote, here)
        assert one.read().instances == before


def test_a_round_that_repeats_itself_changes_nothing() -> None:
    with world() as one:
        one.stand.deltas.replays = True
        event = one.stand.place(one.remote, NINE.start, NINE.end)
        here = cursor(one)
        one.stand.move(event, NINE.start + HOUR)
        for _ in range(2):
            assert one.opened.changed(one.remote, here)
            assert [found.when.start for found in one.standing()] == [NINE.start + HOUR]


def test_a_round_that_was_forgotten_is_expired() -> None:
    with world() as one:
        here = cursor(one)
        one.stand.deltas.forget()
        with pytest.raises(CursorExpired):
            one.opened.changed(one.remote, here)
        here = cursor(one)
        assert not one.opened.changed(one.remote, here)


@pytest.mark.parametrize("page", range(4))
def test_a_round_that_is_forgotten_at_any_page_leaves_a_reading_whole(page: int) -> None:
    with world() as one:
        hours = [span(day, 8) for day in range(1, 5)]
        for when in hours:
            one.stand.place(one.remote, when.start, when.end)
        one.stand.office.page_limit = 1
        one.stand.deltas.forget_pages = page
        reading = one.read()
        assert sorted(found.when for found in reading.instances) == hours
        assert reading.cursor is None
        assert one.read().cursor is not None


@pytest.mark.parametrize("page", range(3))
def test_a_change_that_is_forgotten_at_any_page_is_expired(page: int) -> None:
    with world() as one:
        here = cursor(one)
        for day in range(1, 4):
            one.stand.place(one.remote, *_ends(span(day, 8)))
        one.stand.office.page_limit = 1
        one.stand.deltas.forget_pages = page
        with pytest.raises(CursorExpired):
            one.opened.changed(one.remote, here)
        assert len(one.standing()) == 3


@pytest.mark.parametrize(
    ("status", "code"),
    [(410, "syncStateNotFound"), (410, ""), (400, "SyncStateInvalid"), (404, "resyncRequired"), (400, "BadRequest")],
)
def test_whatever_makes_a_round_useless_is_an_expired_cursor(status: int, code: str) -> None:
    with world() as one:
        here = cursor(one)
        one.stand.graph.fail(status, code, path="/delta")
        with pytest.raises(CursorExpired):
            one.opened.changed(one.remote, here)


def test_a_service_that_is_down_says_nothing_of_the_cursor() -> None:
    with world() as one:
        here = cursor(one)
        one.stand.graph.fail(503, path="/delta")
        with pytest.raises(TryLater):
            one.opened.changed(one.remote, here)
        assert not one.opened.changed(one.remote, here)
        one.stand.revoke(ANA)
        with pytest.raises(SignInNeeded):
            one.opened.changed(one.remote, here)


def test_a_cursor_that_points_to_another_server_is_expired_and_not_followed() -> None:
    with world() as one:
        told = json.loads(cursor(one))
        told["link"] = "https://attacker.example/v1.0/me/calendarView/delta?$deltatoken=x"
        with pytest.raises(CursorExpired):
            one.opened.changed(one.remote, Cursor(json.dumps(told)))


def _ends(when: Interval) -> tuple[datetime, datetime]:
    return when.start, when.end
