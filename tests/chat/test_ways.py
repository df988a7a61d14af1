"""Where nothing fits: what would, who pays for it, and what they are told first."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.cards import Card
from bot.core.events import Kind, Response
from bot.core.intervals import Interval
from bot.core.meetings import Meeting
from bot.core.preferences import Preferences
from bot.core.reasons import Code
from bot.core.rules import Rules
from bot.storage import ledger, meetings, proposals, rules
from tests.chat.office import Office, labels
from tests.chat.test_story import berlin, reads

WEEK = berlin("2026-11-30", "00:00-12:00").start


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.joins("ana", zone="Europe/Berlin", calendars=("Work",))
    made.joins("alex", zone="America/New_York", calendars=("Work",))
    return made


def fills(office: Office, user: str, *, kind: Kind = Kind.HARD, days: int = 7) -> None:
    office.service.place(
        office.remote(user), uid=f"{user}-busy", when=Interval(WEEK, WEEK + timedelta(days=days)), kind=kind
    )
    reads(office, user)


def meeting_of(office: Office) -> Meeting:
    """The one that there is."""
    with office.database.reading() as tx:
        asked = proposals.last(tx, office.tenant, office.person("ana").id)
        assert asked is not None
        assert asked.meeting is not None
        return meetings.meeting(tx, office.tenant, asked.meeting)


def shown(office: Office, user: str = "ana") -> Card:
    return office.whisper(user).card


def test_over_something_hard_is_offered_last_and_asks_first(office: Office) -> None:
    fills(office, "alex")
    office.types("ana", "@alex 30m next week")
    assert "Book anyway Mon 15:30" in labels(shown(office))
    office.presses("ana", office.whisper("ana"), "Book anyway Mon 15:30")
    asked = shown(office).summary
    assert "Although Alex is busy." in asked
    assert "Alex is told that first, and can decline it." in asked
    assert labels(shown(office)) == ["Book it anyway", "Back to the choices"]


def test_unsure_is_back_at_the_choices_and_nothing_is_booked(office: Office) -> None:
    fills(office, "alex")
    office.types("ana", "@alex 30m next week")
    before = shown(office)
    office.presses("ana", office.whisper("ana"), "Book anyway Mon 15:30")
    office.presses("ana", office.whisper("ana"), "Back to the choices")
    assert labels(shown(office)) == labels(before)
    assert office.says("alex") == []


def test_whoever_pays_hears_of_it_first_and_is_only_invited(office: Office) -> None:
    fills(office, "alex")
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), "Book anyway Mon 15:30")
    office.presses("ana", office.whisper("ana"), "Book it anyway")
    told = office.dm("alex").card
    assert "Although you are busy. Ana knows that. You can decline, or suggest another time." in told.summary
    assert {"Accept", "Decline", "Suggest another time"} <= set(labels(told))
    meeting = meeting_of(office)
    part = meeting.attendance(office.person("alex").id)
    assert part is not None
    assert (part.overlooks, part.response) == ((Code.BUSY,), Response.NEEDS_ACTION)
    with office.database.reading() as tx:
        claims = ledger.taken(tx, office.tenant, meeting.people, meeting.when, office.clock.now(), besides=None)
    assert [person for person, _ in claims] == [office.person("ana").id]


def test_what_it_was_booked_over_is_no_conflict(office: Office) -> None:
    fills(office, "alex")
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), "Book anyway Mon 15:30")
    office.presses("ana", office.whisper("ana"), "Book it anyway")
    reads(office, "alex")
    assert not any("overlap" in words or "same time" in words for words in office.says("alex"))


def test_over_something_tentative_they_are_asked_too(office: Office) -> None:
    fills(office, "alex", kind=Kind.SOFT)
    office.types("ana", "@alex 30m next week")
    assert "over Alex’s tentative or focus time" in shown(office).summary
    office.presses("ana", office.whisper("ana"), "Book anyway Mon 15:30")
    office.presses("ana", office.whisper("ana"), "Book it anyway")
    assert office.dm("alex").card.summary.count("Over your tentative or focus time.") == 1


def test_a_week_later_costs_nobody_and_is_booked_at_once(office: Office) -> None:
    fills(office, "alex")
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), "Book Mon 7 Dec 15:30")
    assert "Booked Mon 7 Dec 15:30" in shown(office).summary
    assert "Although" not in office.dm("alex").card.summary


def test_whoever_never_wants_to_be_asked_outside_their_hours_is_not(office: Office) -> None:
    alex = office.person("alex")
    late = Preferences(rules=Rules(zone="America/New_York", days=((),) * 7))
    with office.database.transaction() as tx:
        rules.save(tx, office.tenant, alex.id, late)
    office.types("ana", "@alex 30m next week")
    assert any(label.startswith("Book anyway") for label in labels(shown(office)))
    never = Preferences(rules=Rules(zone="America/New_York", days=((),) * 7, outside=timedelta(0)))
    with office.database.transaction() as tx:
        rules.save(tx, office.tenant, alex.id, never)
    office.types("ana", "@alex 30m next week")
    assert not any(label.startswith("Book anyway") for label in labels(shown(office)))


def test_an_exact_time_is_answered_with_why_and_the_nearest_that_fit(office: Office) -> None:
    office.service.place(office.remote("alex"), uid="call", when=berlin("2026-12-01", "16:00-17:00"))
    reads(office, "alex")
    office.types("ana", "@alex 30m Tuesday between 16:00 and 16:30")
    told = shown(office)
    assert "That time doesn’t fit: Alex is busy." in told.summary
    assert "The nearest that do" in told.summary
    assert labels(told)[:2] == ["Book anyway Tue 16:00", "Book Tue 15:30"]


def test_moved_by_its_organiser_it_costs_nobody_any_more(office: Office) -> None:
    fills(office, "alex", days=1)
    office.types("ana", "@alex 30m Monday")
    office.presses("ana", office.whisper("ana"), "Book anyway Mon 15:30")
    office.presses("ana", office.whisper("ana"), "Book it anyway")
    assert not meeting_of(office).attendances[1].is_claimed
    office.changing.move(
        office.tenant, meeting_of(office).id, berlin("2026-12-01", "15:30-16:00"), office.person("ana").id
    )
    office.works()
    moved = meeting_of(office)
    assert (moved.when, moved.attendances[1].overlooks) == (berlin("2026-12-01", "15:30-16:00"), ())
    assert moved.attendances[1].is_claimed
