"""Another scheduler that wrote a meeting, too, is told once, to its organiser; an ordinary clash is none."""

from pathlib import Path

import pytest

from bot.conflicts.rivals import Rivals
from bot.core.errors import NotAllowed
from bot.core.ids import MeetingId, PersonId
from bot.core.meetings import MeetingState
from bot.core.rivals import RivalState
from bot.storage import rivals
from tests.builders import TENANT, span
from tests.conflicts.test_watch import Watched

MEETING = MeetingId("meeting")


class Rivalled(Watched):
    """A town in which another scheduler writes, too."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.rivals = Rivals(self.database, self.clock)

    def looks(self, person: PersonId) -> object:
        self.notices(person)
        self.rivals.look(TENANT, person)
        return self.watching.look(TENANT, person)

    def writes_too(self, *people: PersonId, words: str = "10:00-10:30", uid: str = "theirs") -> None:
        for person in people:
            self.service.place(self.remote(person), uid=uid, when=span(words))
        for person in people:
            self.looks(person)

    @property
    def state(self) -> RivalState | None:
        with self.database.reading() as tx:
            rival = rivals.of_meeting(tx, TENANT, MEETING)
        return None if rival is None else rival.state


@pytest.fixture
def town(tmp_path: Path) -> Rivalled:
    made = Rivalled(tmp_path)
    made.meets("10:00-10:30")
    return made


def test_one_event_in_the_calendars_of_two_of_its_people_is_told_once(town: Rivalled) -> None:
    town.writes_too(town.ana, town.ben)
    town.looks(town.ana)
    town.looks(town.ben)
    assert town.state is RivalState.OPEN
    assert (town.rings(town.ana, "rival"), town.rings(town.ben, "rival")) == (1, 0)


@pytest.mark.parametrize(
    ("words", "people", "uid"),
    [
        pytest.param("10:00-10:30", ("ana",), "theirs", id="in one calendar alone"),
        pytest.param("10:00-11:00", ("ana", "ben"), "theirs", id="at another time"),
    ],
)
def test_an_ordinary_clash_is_none(town: Rivalled, words: str, people: tuple[str, ...], uid: str) -> None:
    town.writes_too(*(getattr(town, name) for name in people), words=words, uid=uid)
    assert town.state is None
    assert town.rings(town.ana, "conflict") == 1


def test_two_events_of_two_people_are_two_clashes(town: Rivalled) -> None:
    town.writes_too(town.ana, uid="one")
    town.writes_too(town.ben, uid="other")
    assert town.state is None


def test_what_is_told_so_is_no_clash_as_well(town: Rivalled) -> None:
    for person in (town.ana, town.ben):
        town.service.place(town.remote(person), uid="theirs", when=span("10:00-10:30"))
        town.notices(person)
    town.looks(town.ana)
    town.looks(town.ben)
    assert (town.rings(town.ana, "conflict"), town.rings(town.ben, "conflict")) == (0, 0)


def test_overlap_writes_and_asks_no_more(town: Rivalled) -> None:
    town.writes_too(town.ana, town.ben)
    with pytest.raises(NotAllowed):
        town.rivals.ours(TENANT, MEETING, town.ben)
    town.rivals.ours(TENANT, MEETING, town.ana)
    town.looks(town.ana)
    assert town.state is RivalState.OURS
    assert town.rings(town.ana, "rival") == 1
    assert town.meeting().state is MeetingState.BOOKED


def test_the_other_one_writes_and_our_copies_go(town: Rivalled) -> None:
    town.writes_too(town.ana, town.ben)
    town.changing.hand_over(TENANT, MEETING, town.ana)
    town.goes_on()
    assert (town.state, town.meeting().state, town.meeting().reason) == (
        RivalState.THEIRS,
        MeetingState.UNDONE,
        "theirs",
    )
    for person in (town.ana, town.ben):
        assert [one.uid for one in town.stands(person)] == ["theirs"]


def test_an_event_that_goes_needs_no_answer(town: Rivalled) -> None:
    town.writes_too(town.ana, town.ben)
    for person in (town.ana, town.ben):
        town.service.drop(town.remote(person), "theirs")
        town.looks(person)
    assert town.state is RivalState.GONE
