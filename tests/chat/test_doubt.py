"""An owner is asked about a reading that is hard to believe."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Doubt, DoubtState, Problem
from bot.core.ids import CalendarId
from bot.core.intervals import Interval
from bot.storage import calendars, doubts, due, messages, mirror, progress
from bot.sync.engine import Sync
from tests.chat.office import NOW, Office, labels
from tests.chat.views import is_complete

WORK = CalendarId("ana-work")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.joins("ana", zone="Europe/Berlin")
    made.joins("alex")
    return made


def doubts_it(office: Office, *, found: int = 3, moved: int = 0, state: DoubtState = DoubtState.ASKED) -> None:
    now = office.clock.now()
    doubt = Doubt(state=state, marks=frozenset(), found=found, of=40, moved=moved, until=now + timedelta(days=90))
    with office.database.transaction() as tx:
        doubts.keep(tx, office.tenant, WORK, doubt)
        progress.in_doubt(tx, office.tenant, WORK)
        messages.show(tx, office.tenant, kind="doubt", subject=WORK, person=office.person("ana").id, now=now, ring=True)
    office.works()


def state(office: Office) -> DoubtState | None:
    with office.database.reading() as tx:
        doubt = doubts.doubt(tx, office.tenant, WORK)
    return None if doubt is None else doubt.state


@pytest.mark.parametrize(
    ("found", "moved", "said"),
    [
        (3, 0, "Your calendar “Work” suddenly shows 3 of its 40 events. Is that right?"),
        (0, 0, "Your calendar “Work” suddenly shows none of its 40 events. Is that right?"),
        (40, 1, "Everything in your calendar “Work” suddenly stands one hour later. Is that right?"),
        (40, -6, "Everything in your calendar “Work” suddenly stands 6 hours earlier. Is that right?"),
    ],
)
def test_the_question(office: Office, found: int, moved: int, said: str) -> None:
    doubts_it(office, found=found, moved=moved)
    assert said in office.dm("ana").card.summary
    assert labels(office.dm("ana").card) == ["Yes, take it", "No, keep what was there"]
    assert office.surface.unread("ana") == 1


@pytest.mark.parametrize(
    ("button", "decided", "answered"),
    [
        ("Yes, take it", DoubtState.TAKEN, "I take “Work” as it is now, and read it again"),
        ("No, keep what was there", DoubtState.KEPT, "I keep what was in “Work” before"),
    ],
)
def test_the_owner_decides(office: Office, button: str, decided: DoubtState, answered: str) -> None:
    doubts_it(office)
    office.door.press("ana", office.dm("ana"), button)
    office.works(but="calendar")
    assert state(office) is decided
    assert answered in office.dm("ana").card.summary
    with office.database.reading() as tx:
        assert due.next_at(tx, ["calendar"]) is not None, "it is read at once"


def test_what_was_kept_can_be_taken_after_all(office: Office) -> None:
    doubts_it(office, state=DoubtState.KEPT)
    office.door.press("ana", office.dm("ana"), "Take it after all")
    office.works(but="calendar")
    assert state(office) is DoubtState.TAKEN


def test_it_is_its_owners_question_alone(office: Office) -> None:
    doubts_it(office)
    assert office.messages.card("doubt", WORK, office.person("alex")) is None


@pytest.mark.parametrize("of", [*DoubtState, None])
def test_it_reads_in_every_state(office: Office, of: DoubtState | None) -> None:
    doubts_it(office, state=of or DoubtState.ASKED)
    if of is None:
        with office.database.transaction() as tx:
            doubts.settle(tx, office.tenant, WORK)
    is_complete(office.messages.card("doubt", WORK, office.person("ana")))


def test_a_calendar_that_is_gone_asks_nothing(office: Office) -> None:
    doubts_it(office)
    with office.database.transaction() as tx:
        calendars.disconnect(tx, office.tenant, calendars.calendar(tx, office.tenant, WORK).connection)
    assert labels(is_complete(office.messages.card("doubt", WORK, office.person("ana")))) == []


def test_status_says_that_it_waits_for_a_word(office: Office) -> None:
    doubts_it(office)
    with office.database.reading() as tx:
        assert calendars.calendar(tx, office.tenant, WORK).problem is Problem.DOUBTED
    office.types("ana", "status")
    assert "It suddenly tells something that is hard to believe. I wait for your word." in (
        office.whisper("ana").card.summary
    )


def test_the_whole_story_from_the_reading_to_the_word(office: Office) -> None:
    sync = Sync(office.database, office.clock, office.vault, office.open_calendar)
    work = office.remote("ana")
    later = Interval(NOW + timedelta(days=9), NOW + timedelta(days=9, hours=1))
    for number in range(40):
        office.service.place(work, uid=f"e{number}", when=later)
    sync.read(office.tenant, WORK)
    for number in range(3, 40):
        office.service.drop(work, f"e{number}")
    for _ in range(2):
        sync.read(office.tenant, WORK)
    office.works(but="calendar")
    assert "“Work” suddenly shows 3 of its 40 events. Is that right?" in office.dm("ana").card.summary
    office.door.press("ana", office.dm("ana"), "Yes, take it")
    office.works(but="calendar")
    sync.read(office.tenant, WORK)
    office.works(but="calendar")
    assert "“Work” is clear again" in office.dm("ana").card.summary
    with office.database.reading() as tx:
        assert len(mirror.everything(tx, office.tenant, WORK)) == 3
