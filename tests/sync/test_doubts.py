"""A reading that is hard to believe: a second one must confirm it, and then its owner decides."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.availability import known
from bot.core.calendars import DoubtState, Problem
from bot.core.errors import NotACalendar, TryLater
from bot.core.proposals import Vouching
from bot.storage import calendars
from bot.sync import plan
from tests.builders import NOW, TENANT, span
from tests.sync.office import CADENCE, Office, office


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as ana:
        ana.fill(40)
        ana.read()
        ana.waits("reading")
        ana.clock.move(CADENCE)
        yield ana


def is_asked(ana: Office) -> None:
    """Two readings in a row show three of forty events."""
    ana.fill(3)
    ana.read()
    ana.read()
    assert ana.rings("doubt") == 1


def test_a_second_reading_must_confirm_it_within_seconds(ana: Office) -> None:
    ana.fill(3)
    again = ana.read()
    assert again is not None
    assert again - ana.clock.now() <= plan.CONFIRM_WITHIN
    assert len(ana.rows()) == 40
    assert ana.rings("doubt") == 0
    assert ana.kept().read_at == NOW, "what it says is not known to be true"


def test_a_second_reading_that_is_as_before_ends_it(ana: Office) -> None:
    ana.fill(3)
    ana.read()
    ana.fill(40)
    ana.read()
    assert ana.doubt() is None
    assert (len(ana.rows()), ana.kept().read_at) == (40, NOW + CADENCE)
    assert ana.rings("doubt") == 0


def test_once_confirmed_what_was_known_stays_and_its_owner_is_asked_once(ana: Office) -> None:
    is_asked(ana)
    assert ana.waits("reading"), "what rests on it is looked at"
    for _ in range(3):
        ana.clock.move(CADENCE)
        ana.read()
    assert len(ana.rows()) == 40
    assert (ana.kept().problem, ana.rings("doubt"), ana.rings()) == (Problem.DOUBTED, 1, 0)
    assert known.vouching(ana.kept(), ana.clock.now()) is Vouching.READING, "it does not vouch beyond what it did"


def test_the_numbers_in_the_question_are_those_of_now(ana: Office) -> None:
    is_asked(ana)
    ana.fill(1)
    ana.read()
    doubt = ana.doubt()
    assert doubt is not None
    assert (doubt.found, doubt.of) == (1, 40)
    assert ana.rings("doubt") == 1
    assert ana.waits("message")


def test_taken_it_is_read_as_it_is(ana: Office) -> None:
    is_asked(ana)
    ana.waits("reading")
    ana.decides(DoubtState.TAKEN)
    ana.read()
    assert (len(ana.rows()), ana.kept().problem, ana.doubt()) == (3, None, None)
    assert ana.kept().read_at == ana.clock.now()
    assert ana.waits("reading")


def test_kept_it_is_ignored_until_something_new_stands_there(ana: Office) -> None:
    is_asked(ana)
    ana.decides(DoubtState.KEPT)
    ana.read()
    assert (len(ana.rows()), ana.kept().problem) == (40, None)
    assert known.vouching(ana.kept(), ana.clock.now()) is Vouching.KNOWN, "its owner stands by it"
    ana.clock.move(timedelta(days=2))
    ana.read()
    assert (len(ana.rows()), ana.rings("doubt")) == (40, 1)
    ana.service.place(ana.remote, uid="new", when=span("+9 12:00-13:00"))
    ana.read()
    ana.read()
    assert ana.rings("doubt") == 2


def test_a_calendar_that_recovers_asks_nobody_any_more(ana: Office) -> None:
    is_asked(ana)
    ana.fill(40)
    ana.service.place(ana.remote, uid="one-more", when=span("12:00-13:00"))
    ana.waits("message")
    ana.read()
    assert (len(ana.rows()), ana.kept().problem, ana.doubt()) == (41, None, None)
    assert ana.waits("message"), "the question is taken back"


def test_a_server_that_goes_silent_answers_no_question(ana: Office) -> None:
    is_asked(ana)
    ana.service.trouble("ana", TryLater("down"))
    ana.read()
    assert ana.kept().problem is Problem.DOUBTED


def test_an_empty_answer_is_an_answer_where_little_stood(ana: Office) -> None:
    ana.fill(4)
    ana.read()
    ana.read()
    ana.decides(DoubtState.TAKEN)
    ana.read()
    ana.fill(0)
    ana.read()
    assert ana.rows() == []


def test_a_body_that_is_no_calendar_replaces_nothing(ana: Office) -> None:
    ana.service.trouble("ana", NotACalendar("html"))
    for _ in range(3):
        ana.read()
    assert len(ana.rows()) == 40
    assert ana.doubt() is None


def test_nobody_is_asked_about_a_calendar_on_which_nothing_rests(ana: Office) -> None:
    with ana.database.transaction() as tx:
        calendars.choose(tx, TENANT, ana.calendar.person, (), None)
    ana.fill(0)
    ana.read()
    assert (ana.rows(), ana.rings("doubt")) == ([], 0)


def test_a_file_that_its_owner_gives_anew_is_believed(ana: Office) -> None:
    remote, file = ana.also("Old", "import", is_static=True)
    for number in range(20):
        ana.service.place(remote, uid=f"f{number}", when=span("12:00-13:00"))
    ana.sync.read(ana.calendar.tenant, file)
    for number in range(20):
        ana.service.drop(remote, f"f{number}")
    ana.sync.read(ana.calendar.tenant, file)
    assert ana.calendar_of(file).read_at == ana.clock.now()
