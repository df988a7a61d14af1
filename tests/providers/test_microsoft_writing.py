"""Writing to a Microsoft calendar: once, whatever is lost on the way, and nothing of what people added."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import NotFound, Refused, Stale, TryLater
from bot.core.events import Kind, Response, Status
from bot.core.intervals import Interval
from bot.playground.stands.microsoft.mailboxes import Mail
from bot.providers.base import Remote
from tests.providers.microsoft import ALEX, ANA, DRAFT, NINE, ROOM, TEN, World, again, drafted, guest, world


@pytest.fixture
def one() -> Iterator[World]:
    with world() as made:
        yield made


def ours(one: World) -> list[tuple[str, datetime]]:
    return [(event.subject, event.start) for event in one.stand.events(one.remote)]


# What is lost on the way.


@pytest.mark.parametrize("duplicates", ["conflict", "same"])
def test_a_create_whose_answer_was_lost_ends_in_one_event(one: World, duplicates: str) -> None:
    one.stand.office.duplicates = duplicates
    one.stand.graph.loses_answer = True
    with pytest.raises(TryLater):
        one.opened.put(one.remote, DRAFT)
    assert one.opened.put(one.remote, DRAFT).when == NINE
    assert ours(one) == [(DRAFT.title, NINE.start)]


@pytest.mark.parametrize("duplicates", ["conflict", "same"])
def test_a_create_that_two_try_at_once_ends_in_one_event(one: World, duplicates: str) -> None:
    """The other one's event comes between our look and our create: the transaction is known already."""
    one.stand.office.duplicates = duplicates
    other = again(one)
    one.stand.graph.race("POST", lambda: other.put(one.remote, DRAFT))
    assert one.opened.put(one.remote, replace(DRAFT, when=TEN, sequence=1)).when == TEN
    assert ours(one) == [(DRAFT.title, TEN.start)]
    other.close()


def test_what_was_deleted_and_is_booked_again_gets_a_life_of_its_own(one: World) -> None:
    for _ in range(3):
        one.opened.put(one.remote, DRAFT)
        one.opened.remove(one.remote, DRAFT.uid)
    assert one.opened.put(one.remote, DRAFT).when == NINE
    assert ours(one) == [(DRAFT.title, NINE.start)]


def test_an_answer_that_tells_of_a_deleted_event_is_not_believed() -> None:
    late = datetime.now(UTC).timestamp()
    with world(now=lambda: late) as one:
        one.stand.office.duplicates = "same"
        one.opened.put(one.remote, DRAFT)
        one.opened.remove(one.remote, DRAFT.uid)
        with pytest.raises(TryLater):
            one.opened.put(one.remote, DRAFT)
        made = next(iter(one.stand.mailboxes.transactions.values()))
        made.created -= timedelta(hours=1)
        assert one.opened.put(one.remote, DRAFT).when == NINE
        assert ours(one) == [(DRAFT.title, NINE.start)]


def test_a_change_whose_answer_was_lost_is_harmless_to_repeat(one: World) -> None:
    one.opened.put(one.remote, DRAFT)
    moved = replace(DRAFT, when=TEN, sequence=1)
    one.stand.graph.loses_answer = True
    with pytest.raises(TryLater):
        one.opened.put(one.remote, moved)
    assert one.opened.put(one.remote, moved).when == TEN
    assert ours(one) == [(DRAFT.title, TEN.start)]


def test_what_changed_between_the_look_and_the_write_is_stale(one: World) -> None:
    one.opened.put(one.remote, DRAFT)
    event = one.stand.find(one.remote, DRAFT.title)
    one.stand.graph.race("PATCH", lambda: one.stand.move(event, TEN.end))
    with pytest.raises(Stale):
        one.opened.put(one.remote, replace(DRAFT, when=TEN, sequence=1))
    assert ours(one) == [(DRAFT.title, TEN.end)], "what its owner did stays"


def test_an_id_survives_a_move(one: World) -> None:
    one.opened.put(one.remote, DRAFT)
    before = one.stand.find(one.remote, DRAFT.title).id
    one.opened.put(one.remote, replace(DRAFT, when=TEN, sequence=1))
    assert one.stand.find(one.remote, DRAFT.title).id == before


# What is written.


def test_times_name_the_zone_of_their_owner(one: World) -> None:
    one.opened.put(one.remote, DRAFT)
    body = one.stand.graph.bodies[-1]
    assert body["start"] == {"dateTime": "2026-12-01T09:00:00", "timeZone": "W. Europe Standard Time"}


@pytest.mark.parametrize("zone", ["Europe/Vienna", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
def test_a_zone_without_a_windows_name_goes_by_its_own(one: World, zone: str) -> None:
    assert one.opened.put(one.remote, replace(DRAFT, zone=zone)).when == NINE


def test_a_zone_that_exchange_does_not_know_is_written_in_utc(one: World) -> None:
    one.stand.graph.fail(400, "TimeZoneNotSupportedException", path="/events", method="POST")
    assert one.opened.put(one.remote, replace(DRAFT, zone="Antarctica/Troll")).when == NINE
    one.stand.graph.fail(400, "TimeZoneNotSupportedException", path="/events", method="PATCH")
    assert one.opened.put(one.remote, replace(DRAFT, zone="Antarctica/Troll", when=TEN, sequence=1)).when == TEN
    assert one.stand.graph.bodies[-1]["start"]["timeZone"] == "UTC"


def test_an_hour_that_the_clocks_show_twice_is_meant_once(one: World) -> None:
    second = Interval(datetime(2027, 10, 31, 1, tzinfo=UTC), datetime(2027, 10, 31, 2, tzinfo=UTC))
    assert one.opened.put(one.remote, replace(DRAFT, when=second)).when == second


def test_a_copy_without_people_tells_nobody(one: World) -> None:
    one.opened.put(one.remote, DRAFT)
    one.opened.put(one.remote, replace(DRAFT, when=TEN, sequence=1))
    one.opened.remove(one.remote, DRAFT.uid)
    assert one.stand.mailboxes.mails == []


def test_who_is_invited_is_told_of_all_that_happens(one: World) -> None:
    draft = drafted(invitees=(guest(ALEX), guest("sam@elsewhere.example")))
    written = one.opened.put(one.remote, draft)
    one.opened.put(one.remote, replace(draft, when=TEN, sequence=1))
    one.opened.remove(one.remote, draft.uid)
    told = [(mail.kind, mail.to) for mail in one.stand.mailboxes.mails]
    both = (ALEX, "sam@elsewhere.example")
    assert sorted(told) == sorted((kind, to) for kind in ("invited", "updated", "cancelled") for to in both)
    assert {mail.ical_uid for mail in one.stand.mailboxes.mails} == {written.ical_uid}


def test_an_invited_colleague_has_a_copy_that_does_not_carry_our_tag(one: World) -> None:
    written = one.opened.put(one.remote, drafted(invitees=(guest(ALEX),)))
    theirs = one.stand.calendar(ALEX)
    (copy,) = one.stand.events(theirs)
    assert (copy.ical_uid, copy.properties, copy.response) == (written.ical_uid, {}, "notResponded")


def test_an_invitation_is_answered_for_its_owner(one: World) -> None:
    theirs = one.stand.place(one.stand.calendar(ALEX), NINE.start, NINE.end, organizer=ALEX, attendees=_attendees(ANA))
    one.stand.mailboxes.make(theirs)
    (invited,) = one.standing()
    assert (invited.uid, invited.kind) == (theirs.ical_uid, Kind.SOFT)
    one.opened.answer(one.remote, theirs.ical_uid, Response.ACCEPTED)
    one.opened.answer(one.remote, theirs.ical_uid, Response.ACCEPTED)
    assert one.stand.mailboxes.mails[-1] == Mail("accepted", ALEX, theirs.ical_uid)
    assert [mail.kind for mail in one.stand.mailboxes.mails].count("accepted") == 1
    assert one.standing()[0].kind is Kind.HARD


def test_a_meeting_of_ones_own_is_no_invitation(one: World) -> None:
    one.opened.put(one.remote, DRAFT)
    with pytest.raises(NotFound):
        one.opened.answer(one.remote, DRAFT.uid, Response.DECLINED)


def test_a_room_is_a_resource_and_the_place(one: World) -> None:
    one.stand.mailboxes.room_seconds = 3600
    draft = drafted(invitees=(guest(ROOM, is_room=True),))
    assert one.opened.put(one.remote, draft).answers == ((ROOM, Response.NEEDS_ACTION),)
    event = one.stand.find(one.remote, DRAFT.title)
    assert [(each["type"], each["emailAddress"]["address"]) for each in event.attendees] == [("resource", ROOM)]
    assert event.locations[0]["locationEmailAddress"] == ROOM
    one.stand.mailboxes.room_seconds = 0
    found = one.opened.get(one.remote, draft.uid)
    assert found is not None
    assert found.answers == ((ROOM, Response.ACCEPTED),)


def test_a_room_that_is_taken_declines(one: World) -> None:
    one.opened.put(one.remote, drafted(uid="first@overlap", invitees=(guest(ROOM, is_room=True),)))
    one.opened.get(one.remote, "first@overlap")
    one.opened.put(one.remote, drafted(invitees=(guest(ROOM, is_room=True),)))
    found = one.opened.get(one.remote, DRAFT.uid)
    assert found is not None
    assert found.answers == ((ROOM, Response.DECLINED),)


def test_more_people_than_microsoft_invites_are_refused(one: World) -> None:
    crowd = tuple(guest(f"p{number}@elsewhere.example") for number in range(501))
    with pytest.raises(Refused):
        one.opened.put(one.remote, drafted(invitees=crowd))
    assert ours(one) == []


def test_our_own_link_is_where_apps_look_for_it(one: World) -> None:
    draft = drafted(link="https://meet.example.org/m1?a=1&b=2")
    one.opened.put(one.remote, draft)
    event = one.stand.find(one.remote, DRAFT.title)
    assert event.location == draft.link
    assert "https://meet.example.org/m1?a=1&amp;b=2" in event.body


def test_words_cannot_become_markup(one: World) -> None:
    one.opened.put(one.remote, drafted(description='<script>alert("1")</script>'))
    assert "<script" not in one.stand.find(one.remote, DRAFT.title).body


# What people added.


def test_the_way_into_a_teams_meeting_survives_what_we_write(one: World) -> None:
    draft = drafted(wants_video=True)
    link = one.opened.put(one.remote, draft).link
    assert link is not None
    changed = one.opened.put(one.remote, replace(draft, description="Now with Sam.", when=TEN, sequence=1))
    assert changed.link == link
    body = one.stand.find(one.remote, DRAFT.title).body
    assert link in body
    assert "Now with Sam." in body
    assert "With Alex." not in body


def test_a_personal_calendar_makes_no_teams_meeting() -> None:
    with world("ana@outlook.example") as one:
        assert one.opened.abilities.video is None
        assert one.opened.put(one.remote, drafted(wants_video=True)).link is None


def test_what_somebody_wrote_into_the_body_stays(one: World) -> None:
    one.opened.put(one.remote, DRAFT)
    event = one.stand.find(one.remote, DRAFT.title)
    one.stand.mailboxes.put(event.changed(body=f"{event.body}<p>Bring the plan.</p>"))
    one.opened.put(one.remote, replace(DRAFT, description="Elsewhere."))
    body = one.stand.find(one.remote, DRAFT.title).body
    assert "Bring the plan." in body
    assert body.count('id="overlap"') == 1


def test_whom_somebody_invited_by_hand_stays(one: World) -> None:
    draft = drafted(invitees=(guest(ALEX),))
    one.opened.put(one.remote, draft)
    event = one.stand.find(one.remote, DRAFT.title)
    one.stand.mailboxes.put(event.changed(attendees=[*event.attendees, *_attendees("boss@elsewhere.example")]))
    written = one.opened.put(one.remote, replace(draft, invitees=(guest("sam@elsewhere.example"),)))
    assert [address for address, _ in written.answers] == ["boss@elsewhere.example", "sam@elsewhere.example"]


def test_a_place_that_somebody_filled_in_stays(one: World) -> None:
    draft = drafted(link="https://meet.example.org/m1")
    one.opened.put(one.remote, draft)
    event = one.stand.find(one.remote, DRAFT.title)
    one.stand.mailboxes.put(event.changed(location="Ana's desk"))
    one.opened.put(one.remote, replace(draft, link="https://meet.example.org/m2"))
    assert one.stand.find(one.remote, DRAFT.title).location == "Ana's desk"


def test_how_its_owner_shows_it_stays(one: World) -> None:
    one.opened.put(one.remote, DRAFT)
    event = one.stand.find(one.remote, DRAFT.title)
    one.stand.mailboxes.put(event.changed(show_as="oof"))
    one.opened.put(one.remote, replace(DRAFT, title="Renamed"))
    assert one.stand.find(one.remote, "Renamed").show_as == "oof"


def test_a_copy_that_its_owner_dragged_to_whole_days_is_put_back_at_its_hour(one: World) -> None:
    one.opened.put(one.remote, DRAFT)
    event = one.stand.find(one.remote, DRAFT.title)
    one.stand.mailboxes.put(event.changed(days=(NINE.start.date(), NINE.start.date() + timedelta(days=1))))
    assert one.opened.put(one.remote, replace(DRAFT, sequence=1)).when == NINE


# What is refused.


def test_a_calendar_that_can_only_be_read_is_refused(one: World) -> None:
    with pytest.raises(Refused):
        one.opened.put(Remote(one.stand.calendar(ANA, "Team", can_edit=False)), DRAFT)


@pytest.mark.parametrize(("status", "code"), [(507, "ErrorQuotaExceeded"), (403, "ErrorQuotaExceeded"), (507, "")])
def test_a_full_mailbox_has_its_sentence(one: World, status: int, code: str) -> None:
    one.stand.graph.fail(status, code, path="/events", times=3)
    with pytest.raises(Refused, match="full"):
        one.opened.put(one.remote, DRAFT)


def test_a_cancelled_copy_stays_ours_and_takes_no_time(one: World) -> None:
    one.opened.put(one.remote, DRAFT)
    cancelled = one.opened.put(one.remote, replace(DRAFT, status=Status.CANCELLED, sequence=1))
    assert cancelled.status is Status.CANCELLED
    (found,) = one.standing()
    assert (found.ours, found.blocks, found.status) == (DRAFT.meeting, False, Status.CANCELLED)
    assert one.opened.put(one.remote, replace(DRAFT, sequence=2)).status is Status.CONFIRMED
    assert one.standing()[0].blocks


def test_what_its_owner_deleted_meanwhile_is_gone(one: World) -> None:
    one.opened.put(one.remote, DRAFT)
    one.stand.delete(one.stand.find(one.remote, DRAFT.title))
    assert one.opened.get(one.remote, DRAFT.uid) is None
    one.opened.remove(one.remote, DRAFT.uid)


def _attendees(*addresses: str) -> list[dict[str, object]]:
    return [{"emailAddress": {"address": each, "name": ""}, "type": "required"} for each in addresses]
