"""How a due message is drawn: what rings, what is edited, what happens when a platform refuses or forgets."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.chat.surface import REPLY_USES
from bot.core.errors import TryLater
from bot.storage import messages
from bot.storage.messages import Shown
from tests.builders import span
from tests.chat.office import Office, labels


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.joins("ana", zone="Europe/Berlin")
    made.joins("alex", zone="America/New_York")
    made.types("ana", "@alex 30m next week")
    return made


def book(office: Office) -> None:
    office.presses("ana", office.whisper("ana"), "Book Mon 15:30")


def rings_again(office: Office, user: str) -> None:
    """Something about their meeting is to ring."""
    row = meeting_row(office, user)
    with office.database.transaction() as tx:
        messages.show(
            tx,
            office.tenant,
            kind="meeting",
            subject=row.subject,
            person=row.person,
            now=office.clock.now(),
            ring=True,
        )


def meeting_row(office: Office, user: str) -> Shown:
    with office.database.reading() as tx:
        ids = tx.exec_driver_sql(
            "select id from messages where kind = 'meeting' and person = ?", (office.person(user).id,)
        ).scalars()
        row = messages.shown(tx, office.tenant, next(iter(ids)))
    assert row is not None
    return row


def test_a_ring_is_a_new_message_and_the_older_one_shrinks_to_a_line(office: Office) -> None:
    book(office)
    rings_again(office, "alex")
    office.works()
    older, newer = office.surface.seen("alex")
    assert labels(older.card) == []
    assert len(older.card.blocks) == 1
    assert "Accept" in labels(newer.card)
    assert office.surface.unread("alex") == 2


def test_two_rings_before_one_drawing_are_one_message(office: Office) -> None:
    book(office)
    rings_again(office, "alex")
    rings_again(office, "alex")
    office.works()
    assert len(office.surface.seen("alex")) == 2


def test_a_drawing_that_shows_nothing_new_is_none(office: Office) -> None:
    book(office)
    office.passes(timedelta(seconds=5))
    with office.database.transaction() as tx:
        row = meeting_row(office, "alex")
        messages.changed(tx, office.tenant, "meeting", row.subject, office.clock.now())
    office.works()
    assert office.dm("alex").edits == 0


def test_a_message_whose_answer_was_lost_is_found_and_says_how_things_stand(office: Office) -> None:
    office.surface.lose_answer()
    book(office)
    office.passes(timedelta(seconds=5))
    assert "Undo" in labels(office.dm("ana").card)
    assert len(office.surface.seen("ana")) == len(office.surface.seen("alex")) == 1
    assert office.surface.unread("ana") == office.surface.unread("alex") == 1


def test_a_message_that_was_lost_shrinks_once_a_newer_one_rings(office: Office) -> None:
    book(office)
    rings_again(office, "alex")
    office.surface.lose_answer()
    office.works()
    rings_again(office, "alex")
    office.passes(timedelta(seconds=5))
    *older, newest = office.surface.seen("alex")
    assert [labels(one.card) for one in older] == [[], []]
    assert "Accept" in labels(newest.card)


def test_a_message_that_was_lost_and_then_deleted_is_posted_again(office: Office) -> None:
    office.surface.lose_answer()
    book(office)
    (lost,) = [*office.surface.seen("ana"), *office.surface.seen("alex")][:1]
    office.surface.delete(lost)
    office.passes(timedelta(seconds=5))
    assert len(office.surface.seen("ana")) == len(office.surface.seen("alex")) == 1


def test_where_a_platform_cannot_tell_a_lost_answer_at_worst_repeats_a_message(office: Office) -> None:
    office.surface.forget_keys()
    office.surface.lose_answer()
    book(office)
    office.passes(timedelta(seconds=5))
    assert "Undo" in labels(office.dm("ana").card)
    assert len(office.surface.seen("ana")) + len(office.surface.seen("alex")) == 3


def test_pressing_the_message_that_a_crash_lost_works_and_shrinks_it(office: Office) -> None:
    office.surface.forget_keys()
    office.surface.lose_answer()
    book(office)
    office.passes(timedelta(seconds=5))
    lost = office.surface.seen("ana")[0]
    office.presses("ana", lost, "Undo")
    assert "was taken back" in office.surface.seen("ana")[0].card.summary
    assert labels(office.surface.seen("ana")[0].card) == []
    assert office.dm("ana").card.summary.startswith("Taken back: “Ana / Alex”.")


def test_a_platform_that_asks_for_patience_gets_it(office: Office) -> None:
    office.surface.trouble(TryLater("busy", after=timedelta(seconds=30)))
    office.door.press("ana", office.whisper("ana"), "Book Mon 15:30")
    office.works()
    assert office.surface.seen("ana") == []
    office.surface.trouble(None)
    office.passes(timedelta(seconds=31))
    assert len(office.surface.seen("ana")) == len(office.surface.seen("alex")) == 1


def test_who_has_no_app_is_named_to_the_organiser_and_not_tried_again(office: Office) -> None:
    office.surface.leave(office.person("alex").identity)
    book(office)
    told = office.dm("ana").card.summary
    assert "Alex does not have Overlap in this chat; the calendar invitation reaches them." in told
    assert meeting_row(office, "alex").is_refused
    office.presses("ana", office.dm("ana"), "Undo")
    assert office.surface.seen("alex") == []
    assert "was told" not in office.dm("ana").card.summary


def test_who_gets_the_app_later_is_told_then(office: Office) -> None:
    office.surface.leave(office.person("alex").identity)
    book(office)
    office.joins("alex", zone="America/New_York", calendars=())
    office.opens("alex")
    assert any("Ana booked 30 min with you" in one for one in office.says("alex"))
    assert "does not have Overlap" not in office.dm("ana").card.summary


def test_a_message_that_its_person_deleted_is_not_posted_again_for_an_edit(office: Office) -> None:
    book(office)
    office.surface.delete(office.dm("ana"))
    office.presses("alex", office.dm("alex"), "Accept")
    assert office.surface.seen("ana") == []


def test_a_message_that_its_person_deleted_is_posted_again_for_news(office: Office) -> None:
    book(office)
    office.surface.delete(office.dm("alex"))
    office.presses("ana", office.dm("ana"), "Undo")
    assert office.dm("alex").card.summary.startswith("Ana took back")


def gets_busier(office: Office, times: int) -> None:
    """Alex's calendar fills up, reading by reading."""
    for hour in range(10, 10 + times):
        busy = span(f"{hour}:00-{hour}:30", day="2026-11-30")
        office.service.place(office.remote("alex"), uid=f"busy-{hour}", when=busy)
        office.clock.move(timedelta(seconds=2))
        office.reads("alex")
        office.works()


def test_once_a_meeting_is_over_its_messages_have_no_buttons_and_ring_nobody(office: Office) -> None:
    office.presses("ana", office.whisper("ana"), "Book Mon 15:30")
    for user in ("ana", "alex"):
        assert labels(office.dm(user).card)
        office.surface.read(user)
    office.passes(datetime.fromisoformat("2026-11-30T15:00:00+00:00") - office.clock.now())
    for user in ("ana", "alex"):
        assert office.dm(user).card.summary.endswith("This meeting is over.")
        assert labels(office.dm(user).card) == []
        assert office.surface.unread(user) == 0


def test_what_cannot_be_replaced_is_not_said_again_below(office: Office) -> None:
    gets_busier(office, 8)
    assert office.whisper("ana").edits == 0
    assert len(office.surface.whispers("ana")) == 1
    assert office.surface.seen("ana") == []


def test_a_used_up_handle_is_left_alone(office: Office) -> None:
    office.presses("ana", office.whisper("ana"), "More times")
    offered = office.whisper("ana")
    gets_busier(office, 2 * REPLY_USES)
    assert 0 < office.whisper("ana").edits < REPLY_USES + 1
    assert office.surface.seen("ana") == []
    office.presses("ana", offered, "Not now")
    assert labels(office.whisper("ana").card) == []


def test_a_faulty_answer_is_given_up_with_a_reference(office: Office) -> None:
    office.door.type("ana", "@alex 30m next week")
    with office.database.reading() as tx:
        waiting = tx.exec_driver_sql("select subject from due where kind = 'incoming'").scalar()
    office.inbox.give_up(office.tenant, str(waiting))
    assert f"this reference: {str(waiting)[:8]}." in office.whisper("ana").card.summary


def test_what_was_answered_is_not_answered_again(office: Office) -> None:
    office.door.type("ana", "help")
    with office.database.reading() as tx:
        waiting = str(tx.exec_driver_sql("select subject from due where kind = 'incoming'").scalar())
    office.inbox.answer(office.tenant, waiting)
    office.inbox.answer(office.tenant, waiting)
    assert len(office.surface.whispers("ana")) == 2
