"""Our events in Google calendars: written once, whatever happens in between, and as their owners left them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.errors import ConsentNeeded, NotFound, Refused, Stale, TryLater
from bot.core.events import Response, Status
from bot.core.ids import MeetingId
from bot.core.intervals import Interval
from bot.playground.stands.google.calls import Fault
from bot.playground.stands.google.stand import GoogleStand
from bot.providers.base import Remote
from bot.providers.google.adapter import Google
from tests.providers.google import (
    ALEX,
    ANA,
    DRAFT,
    NINE,
    ONLY_FREEBUSY,
    OWN,
    SAM,
    TEN,
    guest,
    opened,
    opening,
    placed,
    stand,
    standing,
)

__all__ = ["opened", "stand"]
INSERT, PATCH, DELETE = "calendar.events.insert", "calendar.events.patch", "calendar.events.delete"
INVITING = replace(DRAFT, invitees=(guest(ALEX),))


def only(stand: GoogleStand, calendar: str = ANA) -> dict[str, object]:
    (event,) = stand.events(calendar)
    return event


def test_a_lost_answer_ends_in_one_event(stand: GoogleStand, opened: Google) -> None:
    stand.faults.append(Fault(503, method=INSERT, is_done=True))
    with pytest.raises(TryLater):
        opened.put(OWN, INVITING)
    assert opened.put(OWN, INVITING).when == NINE
    assert len(stand.events(ANA)) == 1
    assert stand.calls.count(INSERT) == 1, "it was found by its id"


def test_two_who_write_at_once_end_in_one_event(stand: GoogleStand, opened: Google) -> None:
    """The other's event is there between our look and our write: Google says 409, and it is the same."""
    with opening(stand) as other:
        other.put(OWN, DRAFT)
    event = stand.office.calendars[ANA].events.pop(str(only(stand)["id"]))
    stand.meanwhile[INSERT] = lambda: stand.office.store(stand.office.calendars[ANA], event)
    assert opened.put(OWN, DRAFT).ical_uid == event["iCalUID"]
    assert len(stand.events(ANA)) == 1


def test_a_deleted_events_id_is_burned_and_another_is_found(stand: GoogleStand, opened: Google) -> None:
    first = opened.put(OWN, DRAFT)
    stand.delete(ANA, str(only(stand)["id"]))
    assert opened.get(OWN, DRAFT.uid) is None
    again = opened.put(OWN, DRAFT)
    assert (again.uid, again.meeting) == (DRAFT.uid, DRAFT.meeting)
    assert again.ical_uid != first.ical_uid
    assert opened.get(OWN, DRAFT.uid) == again
    assert opened.put(OWN, replace(DRAFT, when=TEN, sequence=1)).when == TEN
    opened.remove(OWN, DRAFT.uid)
    opened.remove(OWN, DRAFT.uid)
    assert stand.events(ANA) == []
    assert opened.put(OWN, DRAFT).when == NINE, "and a third time"
    assert len(stand.events(ANA)) == 1


def test_an_event_is_found_behind_short_and_empty_pages(stand: GoogleStand, opened: Google) -> None:
    stand.lists.page_size, stand.lists.empty_pages = 1, 2
    opened.put(OWN, DRAFT)
    stand.delete(ANA, str(only(stand)["id"]))
    again = opened.put(OWN, DRAFT)
    assert opened.get(OWN, DRAFT.uid) == again
    assert opened.put(OWN, replace(DRAFT, title="Another")).ical_uid == again.ical_uid
    assert len(stand.events(ANA)) == 1
    named = placed(stand, TEN, summary="Theirs")
    assert opened.title(OWN, f"{named}@google.com", TEN.start) == "Theirs"


def test_who_writes_between_our_look_and_our_write_is_not_written_over(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, DRAFT)
    named = str(only(stand)["id"])
    stand.meanwhile[PATCH] = lambda: stand.move(ANA, named, start=TEN.start, end=TEN.end)
    with pytest.raises(Stale):
        opened.put(OWN, replace(DRAFT, title="Another"))
    stand.meanwhile[DELETE] = lambda: stand.edit(ANA, named, summary="By hand")
    with pytest.raises(Stale):
        opened.remove(OWN, DRAFT.uid)
    assert only(stand)["summary"] == "By hand"


def test_deleting_what_somebody_deletes_just_now_is_done(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, DRAFT)
    stand.faults.append(Fault(410, "deleted", method=DELETE))
    opened.remove(OWN, DRAFT.uid)


def test_times_name_their_zone(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, DRAFT)
    assert only(stand)["start"] == {"dateTime": "2026-12-01T09:00:00+01:00", "timeZone": "Europe/Berlin"}


def test_a_time_in_the_repeated_hour_stays_the_one_it_is(stand: GoogleStand, opened: Google) -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    when = Interval(second, second + timedelta(minutes=15))
    assert opened.put(OWN, replace(DRAFT, when=when)).when == when


def test_our_marks_stand_on_every_copy(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, INVITING)
    own, theirs = only(stand)["extendedProperties"], only(stand, ALEX)["extendedProperties"]
    marks = {"overlap": "1", "overlapMeeting": "m1", "overlapUid": DRAFT.uid}
    assert isinstance(own, dict)
    assert own["shared"] == marks
    assert own["private"].items() >= marks.items()
    assert theirs == {"shared": marks}, "what is the organiser's own stays theirs"


def test_what_people_added_stays(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, INVITING)
    named = str(only(stand)["id"])
    guests = [
        {"email": ALEX, "responseStatus": "accepted", "comment": "Late by five", "additionalGuests": 1},
        {"email": SAM, "responseStatus": "needsAction"},
    ]
    stand.edit(ANA, named, attendees=guests, colorId="7", location="Room Elbe", reminders={"useDefault": False})
    stand.edit(ANA, named, extendedProperties={"private": {"other": "app"}})
    link = "https://meet.example.org/m1"
    opened.put(OWN, replace(INVITING, when=TEN, sequence=1, link=link, description="With Alex."))
    event = only(stand)
    assert event["attendees"] == guests, "answers, comments, and whom the owner asked along"
    assert (event["colorId"], event["location"], event["reminders"]) == ("7", "Room Elbe", {"useDefault": False})
    kept = event["extendedProperties"]
    assert isinstance(kept, dict)
    assert kept["private"]["other"] == "app"


def test_our_own_link_follows_and_nobody_elses_place_does(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, replace(DRAFT, link="https://meet.example.org/1"))
    assert only(stand)["location"] == "https://meet.example.org/1"
    opened.put(OWN, replace(DRAFT, link="https://meet.example.org/2"))
    assert only(stand)["location"] == "https://meet.example.org/2"


def test_an_event_that_was_made_a_whole_day_becomes_a_time_again(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, DRAFT)
    day = {
        "start": {"date": "2026-12-02", "dateTime": None, "timeZone": None},
        "end": {"date": "2026-12-03", "dateTime": None},
    }
    stand.edit(ANA, str(only(stand)["id"]), **day)
    found = opened.get(OWN, DRAFT.uid)
    assert found is not None
    assert found.when.length == timedelta(days=1)
    assert opened.put(OWN, replace(DRAFT, when=TEN, sequence=5)).when == TEN
    assert "date" not in dict(only(stand)["start"])  # type: ignore[call-overload]


def test_guests_hear_of_everything_and_nobody_else_of_anything(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, DRAFT)
    opened.put(OWN, replace(DRAFT, when=TEN, sequence=1))
    assert stand.office.mails == []
    opened.put(OWN, replace(INVITING, when=TEN, sequence=1))
    opened.put(OWN, replace(INVITING, when=NINE, sequence=2))
    opened.remove(OWN, DRAFT.uid)
    assert [(who, why) for who, _, why in stand.office.mails] == [
        (ALEX, "changed"),
        (ALEX, "changed"),
        (ALEX, "cancelled"),
    ]


def test_a_cancelled_meeting_is_taken_back_from_everybody(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, INVITING)
    cancelled = opened.put(OWN, replace(INVITING, status=Status.CANCELLED, sequence=1))
    assert (cancelled.status, cancelled.sequence) == (Status.CANCELLED, 1)
    assert (stand.events(ANA), stand.events(ALEX)) == ([], [])
    never = replace(DRAFT, uid="never@overlap", status=Status.CANCELLED)
    assert opened.put(OWN, never).status is Status.CANCELLED
    assert stand.events(ANA) == []


def test_strangers_do_not_see_each_others_addresses(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, replace(DRAFT, invitees=(guest(ALEX), guest(SAM))))
    event = only(stand)
    assert (event["guestsCanSeeOtherGuests"], event["guestsCanModify"], event["guestsCanInviteOthers"]) == (False,) * 3
    opened.put(OWN, replace(DRAFT, uid="b@overlap", invitees=(guest(ALEX), guest("kim@acme.example"))))
    (other,) = [one for one in stand.events(ANA) if one["id"] != event["id"]]
    assert other["guestsCanSeeOtherGuests"] is True


def test_a_guests_copy_is_not_ours_to_move_and_goes_as_a_decline(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, INVITING)
    with opening(stand, ALEX) as theirs:
        with pytest.raises(Stale):
            theirs.put(Remote(ALEX), replace(DRAFT, when=TEN, sequence=1))
        theirs.remove(Remote(ALEX), DRAFT.uid)
    found = opened.get(OWN, DRAFT.uid)
    assert found is not None
    assert (found.when, found.answers) == (NINE, ((ALEX, Response.DECLINED),))


def test_another_meetings_event_is_not_written_over(opened: Google) -> None:
    opened.put(OWN, DRAFT)
    with pytest.raises(Stale):
        opened.put(OWN, replace(DRAFT, meeting=MeetingId("m2")))


def test_a_link_that_failed_is_ordered_anew(stand: GoogleStand, opened: Google) -> None:
    stand.office.meets_wait = True
    video = replace(DRAFT, wants_video=True)
    assert opened.put(OWN, video).link is None
    stand.office.videos_arrive("failure")
    assert opened.put(OWN, video).link is None
    stand.office.videos_arrive()
    found = opened.get(OWN, DRAFT.uid)
    assert found is not None
    assert found.link


def test_a_calendar_without_meet_is_not_asked_for_it(stand: GoogleStand, opened: Google) -> None:
    bare = Remote(stand.new_calendar(ANA, "Bare", video=("eventHangout",)))
    assert opened.put(bare, replace(DRAFT, wants_video=True)).link is None
    assert "conferenceData" not in only(stand, bare)


def test_a_room_is_asked_as_a_room_and_its_answer_is_heard(stand: GoogleStand, opened: Google) -> None:
    room = "c_elbe@resource.calendar.google.com"
    stand.add_room(room, "Elbe")
    stand.office.rooms_wait = True
    assert opened.put(OWN, replace(DRAFT, invitees=(guest(room, is_room=True),))).answers == (
        (room, Response.NEEDS_ACTION),
    )
    assert dict(only(stand)["attendees"][0])["resource"] is True  # type: ignore[index]
    stand.office.rooms_answer()
    found = opened.get(OWN, DRAFT.uid)
    assert found is not None
    assert found.answers == ((room, Response.ACCEPTED),)
    second = opened.put(OWN, replace(DRAFT, uid="b@overlap", invitees=(guest(room, is_room=True),)))
    stand.office.rooms_answer()
    taken = opened.get(OWN, second.uid)
    assert taken is not None
    assert taken.answers == ((room, Response.DECLINED),)


def test_an_answer_changes_ones_own_word_and_the_organiser_hears_it(stand: GoogleStand, opened: Google) -> None:
    theirs = [
        {"email": ANA, "responseStatus": "needsAction"},
        {"email": SAM, "responseStatus": "tentative", "comment": "Perhaps"},
    ]
    stand.place(ALEX, start=NINE.start, end=NINE.end, attendees=theirs)
    uid = str(only(stand)["iCalUID"])
    opened.answer(OWN, uid, Response.ACCEPTED)
    expected = [{**theirs[0], "responseStatus": "accepted"}, theirs[1]]
    for calendar in (ANA, ALEX, SAM):
        assert only(stand, calendar)["attendees"] == expected
    assert [(who, why) for who, _, why in stand.office.mails] == [(ALEX, "accepted")]
    with pytest.raises(NotFound):
        opened.answer(OWN, "missing@google.com", Response.ACCEPTED)
    placed(stand, TEN)
    own = next(one["iCalUID"] for one in stand.events(ANA) if one["iCalUID"] != uid)
    with pytest.raises(NotFound):
        opened.answer(OWN, str(own), Response.ACCEPTED)


def test_what_a_guest_answers_to_ours_goes_by_our_uid(stand: GoogleStand, opened: Google) -> None:
    opened.put(OWN, INVITING)
    with opening(stand, ALEX) as theirs:
        theirs.answer(Remote(ALEX), DRAFT.uid, Response.TENTATIVE)
    found = opened.get(OWN, DRAFT.uid)
    assert found is not None
    assert found.answers == ((ALEX, Response.TENTATIVE),)


def test_a_title_is_its_own_where_an_instance_has_one(stand: GoogleStand, opened: Google) -> None:
    series = placed(stand, summary="Weekly", recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"])
    second = NINE.start + timedelta(days=7)
    stand.edit(ANA, f"{series}_{second:%Y%m%dT%H%M%SZ}", summary="The great one")
    uid = f"{series}@google.com"
    assert opened.title(OWN, uid, NINE.start) == "Weekly"
    assert opened.title(OWN, uid, second) == "The great one"


@pytest.mark.parametrize(
    ("fault", "error", "after"),
    [
        (Fault(403, "rateLimitExceeded"), TryLater, None),
        (Fault(403, "userRateLimitExceeded", retry_after=30), TryLater, timedelta(seconds=30)),
        (Fault(403, "quotaExceeded"), TryLater, timedelta(hours=1)),
        (Fault(429, "rateLimitExceeded", retry_after=3600), TryLater, timedelta(hours=1)),
        (Fault(503, "backendError", retry_after=5), TryLater, timedelta(seconds=5)),
        (Fault(500, "backendError"), TryLater, None),
        (Fault(403, "forbidden"), Refused, None),
        (Fault(404, "notFound"), NotFound, None),
    ],
)
def test_a_refusal_has_its_name_and_is_not_repeated(
    stand: GoogleStand, opened: Google, fault: Fault, error: type[TryLater], after: timedelta | None
) -> None:
    stand.faults.append(fault)
    before = len(stand.calls)
    with pytest.raises(error) as told:
        opened.calendars()
    assert len(stand.calls) - before == 1
    assert getattr(told.value, "after", None) == after
    assert ANA not in str(told.value)


def test_what_may_only_be_read_is_refused(stand: GoogleStand, opened: Google) -> None:
    stand.share(SAM, ANA, "reader")
    with pytest.raises(Refused) as told:
        opened.put(Remote(SAM), DRAFT)
    assert not isinstance(told.value, ConsentNeeded)
    with opening(stand, scopes=ONLY_FREEBUSY) as google:
        calls = (
            lambda: google.put(OWN, DRAFT),
            lambda: google.remove(OWN, DRAFT.uid),
            lambda: google.answer(OWN, DRAFT.uid, Response.ACCEPTED),
        )
        for call in calls:
            with pytest.raises(ConsentNeeded):
                call()


def test_a_permission_that_google_no_longer_sees_is_asked_for(stand: GoogleStand) -> None:
    """The grant says more than the token may: the owner took a part of it back."""
    with opening(stand) as google:
        stand.faults.append(Fault(403, "insufficientPermissions"))
        with pytest.raises(ConsentNeeded):
            google.put(OWN, DRAFT)


def test_a_vanished_calendar_is_not_found(stand: GoogleStand, opened: Google) -> None:
    gone = Remote(stand.new_calendar(ANA, "Gone"))
    opened.put(gone, DRAFT)
    stand.drop_calendar(gone)
    for call in (lambda: opened.put(gone, DRAFT), lambda: standing(opened, gone), lambda: opened.get(gone, DRAFT.uid)):
        with pytest.raises(NotFound):
            call()
