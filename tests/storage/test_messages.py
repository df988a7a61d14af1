"""Who sees which subject, where, and what was last drawn."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.ids import PersonId, TenantId
from bot.storage import due, messages
from bot.storage.database import METADATA, Database, Tx
from bot.storage.messages import Handle, Posted, Shown
from tests.builders import NOW, TENANT

ANA, ALEX = PersonId("ana"), PersonId("alex")
SUBJECT = {"kind": "meeting", "subject": "m1"}
FIRST, SECOND = Posted(channel="D1", message="1"), Posted(channel="D1", message="2")


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Tx]:
    database = Database(f"sqlite:///{tmp_path}/messages.db")
    METADATA.create_all(database.engine)
    with database.transaction() as open_tx:
        yield open_tx
    database.close()


def shows(tx: Tx, person: PersonId = ANA, *, ring: bool = False) -> None:
    messages.show(tx, TENANT, **SUBJECT, person=person, now=NOW, ring=ring)


def row(tx: Tx, person: PersonId = ANA, tenant: TenantId = TENANT) -> Shown:
    found = messages.shown(tx, tenant, messages.id_of("meeting", "m1", person))
    assert found is not None
    return found


def due_now(tx: Tx) -> set[str]:
    """Which rows are due; asking lends them and gives them back done."""
    lent = due.take(tx, NOW, kinds=[messages.KIND], limit=10, lease=timedelta(minutes=1))
    for one in lent:
        due.done(tx, one)
    return {one.subject for one in lent}


def handle(sealed: bytes = b"sealed", uses: int = 4, *, name: str = "") -> Handle:
    return Handle(sealed=sealed, name=name or sealed.decode(), uses=uses, until=NOW + timedelta(minutes=29))


def test_showing_makes_a_row_that_is_due_and_not_drawn(tx: Tx) -> None:
    shows(tx)
    assert (row(tx).digest, row(tx).posted, row(tx).is_awaited) == ("", None, True)
    assert due_now(tx) == {row(tx).id}


def test_showing_again_keeps_one_row_and_counts_rings(tx: Tx) -> None:
    shows(tx)
    shows(tx, ring=True)
    shows(tx, ring=True)
    assert row(tx).rings_wanted == 2
    assert row(tx).rings


def test_a_change_makes_everybodys_message_due_and_nothing_else(tx: Tx) -> None:
    shows(tx)
    shows(tx, ALEX)
    messages.show(tx, TENANT, kind="meeting", subject="m2", person=ANA, now=NOW, ring=False)
    due_now(tx)
    messages.changed(tx, TENANT, "meeting", "m1", NOW)
    assert due_now(tx) == {row(tx).id, row(tx, ALEX).id}


def test_another_tenant_sees_nothing_of_it(tx: Tx) -> None:
    shows(tx)
    due_now(tx)
    other = TenantId("memory:other")
    messages.changed(tx, other, "meeting", "m1", NOW)
    assert messages.shown(tx, other, row(tx).id) is None
    assert due_now(tx) == set()


def test_what_is_dropped_is_no_more(tx: Tx) -> None:
    shows(tx)
    row_id = row(tx).id
    messages.drop(tx, TENANT, "meeting", "m1", ANA)
    assert messages.shown(tx, TENANT, row_id) is None


def test_posting_anew_keeps_the_older_one_until_it_is_shrunk(tx: Tx) -> None:
    shows(tx, ring=True)
    messages.posted(tx, row(tx), FIRST, "one", is_awaited=False)
    shows(tx, ring=True)
    messages.posted(tx, row(tx), SECOND, "two", is_awaited=False)
    assert (row(tx).posted, row(tx).older, row(tx).rings) == (SECOND, FIRST, False)
    messages.shrunk(tx, row(tx))
    assert (row(tx).posted, row(tx).older) == (SECOND, None)


def test_a_ring_that_came_while_it_was_drawn_is_not_lost(tx: Tx) -> None:
    shows(tx, ring=True)
    before = row(tx)
    shows(tx, ring=True)
    messages.posted(tx, before, FIRST, "one", is_awaited=False)
    assert row(tx).rings


def test_a_drawing_uses_up_the_handle(tx: Tx) -> None:
    messages.placed(tx, TENANT, **SUBJECT, person=ANA, handle=handle(uses=1), now=NOW)
    messages.whispered(tx, row(tx), "one", is_awaited=False)
    left = row(tx).handle
    assert left is not None
    assert not left.is_open(NOW)


def test_a_handle_closes_with_its_time(tx: Tx) -> None:
    assert handle().is_open(NOW + timedelta(minutes=28))
    assert not handle().is_open(NOW + timedelta(minutes=29))


def test_a_newer_handle_is_not_used_up_by_an_older_drawing(tx: Tx) -> None:
    messages.placed(tx, TENANT, **SUBJECT, person=ANA, handle=handle(b"old"), now=NOW)
    before = row(tx)
    messages.placed(tx, TENANT, **SUBJECT, person=ANA, handle=handle(b"new"), now=NOW)
    messages.whispered(tx, before, "one", is_awaited=False)
    messages.closed(tx, before)
    left = row(tx).handle
    assert left is not None
    assert (left.sealed, left.uses) == (b"new", 4)


def test_the_same_handle_again_has_no_more_uses_than_it_had(tx: Tx) -> None:
    messages.placed(tx, TENANT, **SUBJECT, person=ANA, handle=handle(b"first", name="one"), now=NOW)
    before = row(tx)
    messages.placed(tx, TENANT, **SUBJECT, person=ANA, handle=handle(b"again", name="one"), now=NOW)
    messages.whispered(tx, before, "one", is_awaited=False)
    messages.placed(tx, TENANT, **SUBJECT, person=ANA, handle=handle(b"third", name="one"), now=NOW)
    left = row(tx).handle
    assert left is not None
    assert (left.sealed, left.uses) == (b"third", 3)


def test_a_handle_that_was_closed_stays_closed(tx: Tx) -> None:
    messages.placed(tx, TENANT, **SUBJECT, person=ANA, handle=handle(), now=NOW)
    messages.closed(tx, row(tx))
    messages.placed(tx, TENANT, **SUBJECT, person=ANA, handle=handle(), now=NOW)
    left = row(tx).handle
    assert left is not None
    assert not left.is_open(NOW)


def test_a_post_lets_go_of_the_handle(tx: Tx) -> None:
    messages.placed(tx, TENANT, **SUBJECT, person=ANA, handle=handle(), now=NOW)
    messages.posted(tx, row(tx), FIRST, "one", is_awaited=False)
    assert row(tx).handle is None


@pytest.mark.parametrize(
    ("known", "posted", "older"),
    [
        pytest.param(None, FIRST, None, id="one that a crash lost is the one we know now"),
        pytest.param(FIRST, FIRST, None, id="the one we know stays"),
        pytest.param(SECOND, SECOND, FIRST, id="an older one is to shrink"),
    ],
)
def test_a_pressed_message(tx: Tx, known: Posted | None, posted: Posted, older: Posted | None) -> None:
    shows(tx)
    if known is not None:
        messages.posted(tx, row(tx), known, "one", is_awaited=False)
    messages.pressed(tx, TENANT, row(tx).id, FIRST, NOW)
    assert (row(tx).posted, row(tx).older) == (posted, older)


def test_a_lost_message_is_forgotten(tx: Tx) -> None:
    shows(tx)
    messages.posted(tx, row(tx), FIRST, "one", is_awaited=False)
    messages.lost(tx, row(tx))
    assert row(tx).posted is None


def test_what_was_refused_is_tried_again_once_they_write_to_us(tx: Tx) -> None:
    shows(tx)
    messages.refused(tx, row(tx))
    due_now(tx)
    assert messages.was_refused(tx, TENANT, ANA)
    messages.welcome(tx, TENANT, ANA, NOW)
    assert not row(tx).is_refused
    assert due_now(tx) == {row(tx).id}
