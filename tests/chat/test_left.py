"""Somebody leaves the workspace: what stops, who is told, and what is wiped."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import NotFound, TryLater
from bot.core.ids import CalendarId, MeetingId
from bot.core.meetings import MeetingState
from bot.core.people import ChatIdentity, Profile, Standing
from bot.people import gone
from bot.storage import calendars, due, proposals, recordings
from bot.storage.database import Tx
from bot.sync.engine import Sync
from tests.chat.office import Office, labels
from tests.chat.views import a_meeting, is_complete, keep

WEEK = timedelta(days=7)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    for user in ("ana", "alex", "kim"):
        made.joins(user)
    return made


def profile(office: Office, user: str) -> Profile:
    return office.surface.profile(ChatIdentity(office.tenant, user))


def leaves(office: Office, user: str) -> None:
    """Their account is deactivated, and the daily look notices."""
    office.surface.join(replace(profile(office, user), standing=Standing.DEACTIVATED))
    with office.database.transaction() as tx:
        gone.sweep(tx, office.clock.now())
    office.works()


def returns(office: Office, user: str) -> None:
    office.surface.join(replace(profile(office, user), standing=Standing.MEMBER))
    looks(office)


def looks(office: Office) -> None:
    office.clock.move(timedelta(days=1))
    with office.database.transaction() as tx:
        gone.sweep(tx, office.clock.now())
    office.works()


def accounts(office: Office, user: str) -> int:
    with office.database.reading() as tx:
        return len(calendars.connections_of(tx, office.tenant, office.person(user).id))


def held_by(office: Office, user: str) -> list[CalendarId]:
    with office.database.reading() as tx:
        return [one.id for one in calendars.of_person(tx, office.tenant, office.person(user).id)]


def test_whoever_meets_them_is_told_once_in_one_message(office: Office) -> None:
    keep(office, a_meeting(office, MeetingState.BOOKED))
    keep(
        office,
        replace(a_meeting(office, MeetingState.BOOKED), id=MeetingId("m2"), uid="m2", title="Plans", proposal=None),
    )
    leaves(office, "ana")
    for user in ("alex", "kim"):
        (told,) = [one for one in office.says(user) if "has left" in one]
        assert "Ana has left this chat. These meetings with you are theirs" in told
        assert "“Ana / Alex”, Tue 1 Dec 13:00–13:30" in told
        assert "“Plans”" in told
    looks(office)
    assert len([one for one in office.says("alex") if "has left" in one]) == 1
    is_complete(office.messages.card("left", office.person("ana").id, office.person("alex")))


def test_their_calendars_are_not_read(office: Office) -> None:
    leaves(office, "alex")
    (held,) = held_by(office, "alex")
    before = office.service.calls
    again = Sync(office.database, office.clock, office.vault, office.open_calendar).read(office.tenant, held)
    assert again == office.clock.now() + timedelta(days=1)
    assert office.service.calls == before


def test_nothing_is_offered_with_them_any_more(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    offered = office.whisper("ana")
    leaves(office, "alex")
    office.presses("ana", offered, next(one for one in labels(offered.card) if one.startswith("Book")))
    assert office.says("alex") == []
    office.types("ana", "@alex 30m next week")
    assert "Alex's account is switched off" in office.whisper("ana").card.summary


def test_what_was_recorded_of_answers_with_them_goes_at_once(office: Office) -> None:
    for other in ("alex", "kim"):
        office.types("ana", f"@{other} 30m next week")
        office.clock.move(timedelta(seconds=1))
    with office.database.reading() as tx:
        with_alex, with_kim = proposals.open_for(tx, office.tenant, office.person("ana").id)
        assert recordings.recording(tx, with_alex.id)
    leaves(office, "alex")
    with office.database.reading() as tx:
        assert recordings.recording(tx, with_kim.id)
        with pytest.raises(NotFound):
            recordings.recording(tx, with_alex.id)


def test_asking_again_says_that_they_left(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), "More times")
    leaves(office, "alex")
    office.presses("ana", office.whisper("ana"), "Look again")
    assert "Alex left this chat. Please ask again without them." in office.whisper("ana").card.summary


def test_nobody_can_be_asked_to_move_what_was_theirs(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    offered = office.whisper("ana")
    office.presses("ana", offered, next(one for one in labels(offered.card) if one.startswith("Book")))
    meeting = office.dm("alex")
    leaves(office, "ana")
    office.presses("alex", meeting, "Suggest another time")
    assert "Ana, whose meeting this is, left this chat" in office.whisper("alex").card.summary


def test_a_week_later_their_accounts_are_wiped(office: Office) -> None:
    leaves(office, "alex")
    office.passes(WEEK - timedelta(minutes=1))
    assert accounts(office, "alex") == 1
    office.passes(timedelta(minutes=1))
    assert accounts(office, "alex") == 0


def test_back_within_the_week_all_is_as_before(office: Office) -> None:
    keep(office, a_meeting(office, MeetingState.BOOKED))
    leaves(office, "ana")
    returns(office, "ana")
    assert office.person("ana").standing is Standing.MEMBER
    assert "Ana is back in this chat" in office.dm("alex").card.summary
    office.passes(2 * WEEK)
    assert accounts(office, "ana") == 1
    office.types("alex", "@ana 30m next week")
    assert any(one.startswith("Book") for one in labels(office.whisper("alex").card))


def test_a_message_that_is_refused_makes_us_look(office: Office) -> None:
    office.surface.join(replace(profile(office, "alex"), standing=Standing.DEACTIVATED))
    office.surface.leave(ChatIdentity(office.tenant, "alex"))
    office.types("ana", "@alex 30m next week")
    offered = office.whisper("ana")
    office.presses("ana", offered, next(one for one in labels(offered.card) if one.startswith("Book")))
    assert office.person("alex").standing is Standing.DEACTIVATED


def test_not_having_the_app_is_not_having_left(office: Office) -> None:
    office.surface.leave(ChatIdentity(office.tenant, "alex"))
    looks(office)
    assert office.person("alex").standing is Standing.MEMBER


def test_a_chat_that_does_not_answer_tells_nothing(office: Office) -> None:
    office.surface.trouble(TryLater("busy"))
    with office.database.transaction() as tx:
        gone.sweep(tx, office.clock.now() + timedelta(days=1))
    with pytest.raises(TryLater):
        office.departing.look(office.tenant, office.person("alex").id)
    assert office.person("alex").standing is Standing.MEMBER


def test_nobody_is_looked_for_twice_a_day_and_those_of_no_account_never(office: Office) -> None:
    office.joins("bea", calendars=())

    def waits(tx: Tx) -> set[str]:
        gone.sweep(tx, office.clock.now())
        rows = tx.execute(due.DUE.select().where(due.DUE.c.kind == "gone")).all()
        return {row.subject for row in rows}

    office.clock.move(timedelta(days=1))
    with office.database.transaction() as tx:
        assert waits(tx) == {office.person(user).id for user in ("ana", "alex", "kim")}
    office.works()
    office.clock.move(timedelta(hours=23))
    with office.database.transaction() as tx:
        assert waits(tx) == set()
