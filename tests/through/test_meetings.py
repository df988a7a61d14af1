"""A meeting over three services at once, whoever organises it: each has it once, and what anybody does reaches all."""

from datetime import timedelta

import pytest

from bot.core.intervals import Interval
from bot.core.meetings import MeetingState, Road
from tests.through.house import House

pytestmark = pytest.mark.xdist_group("through")
SERVICES = ("google", "microsoft", "caldav")


@pytest.fixture(params=SERVICES)
def home(request: pytest.FixtureRequest, house: House) -> House:
    """Ana, who organises, receives there; Ben and Cem at the other two."""
    others = [one for one in SERVICES if one != request.param]
    for name, at in zip(("ana", "ben", "cem"), (request.param, *others), strict=True):
        house.moves_in(name, at)
    return house


def later(when: Interval, hours: float = 24) -> Interval:
    return Interval(when.start + timedelta(hours=hours), when.end + timedelta(hours=hours))


def test_each_has_it_once_and_everything_done_in_chat_reaches_all(home: House) -> None:
    meeting = home.books("ana", "ben", "cem")
    assert meeting.state is MeetingState.BOOKED
    assert [one.road for one in meeting.attendances] == [Road.ORGANISER, Road.OWN_COPY, Road.OWN_COPY]
    assert home.stands() == [[meeting.when]] * 3
    assert all(app.events()[0].says(meeting.id) for app in home.apps.values())
    moved = home.moves(meeting, later(meeting.when))
    assert (moved.state, moved.when) == (MeetingState.BOOKED, later(meeting.when))
    assert home.stands() == [[moved.when]] * 3
    over = home.undoes(moved)
    assert over.state is MeetingState.UNDONE
    assert home.stands() == [[]] * 3
    assert [home.taken(name) for name in home.people] == [[]] * 3
