"""The story, told over the chat in memory: from the first request to the last message."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import Refused, TryLater
from bot.core.events import Status
from bot.core.intervals import Interval
from bot.storage import people
from tests.builders import span
from tests.chat.office import Office, labels

FIRST = "Book Mon 15:30"
TITLE = "Dentist, the secret one"
OFFERED = ["Book Mon 15:30", "Book Tue 15:30", "Book Wed 15:30", "Book Mon 16:00", "Book Thu 15:30"]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.joins("ana", zone="Europe/Berlin", calendars=("Work", "Private"))
    made.joins("alex", zone="America/New_York", calendars=("Work", "Private"))
    return made


@pytest.fixture
def booked(office: Office) -> Office:
    """Ana's meeting with Alex, Mon 30 Nov 15:30 in Berlin, and both have read of it."""
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), FIRST)
    office.surface.read("ana")
    office.surface.read("alex")
    return office


def berlin(day: str, hours: str) -> Interval:
    return span(hours, day=day, zone="Europe/Berlin")


def collides(office: Office, user: str) -> None:
    """A colleague puts something over the meeting in that person's calendar, and it is read."""
    office.service.place(office.remote(user), uid="dentist", when=berlin("2026-11-30", "15:00-16:00"), title=TITLE)
    reads(office, user)


def reads(office: Office, user: str) -> None:
    office.clock.move(timedelta(seconds=2))
    office.reads(user)
    office.works()


def stands(office: Office, user: str) -> list[Interval]:
    """Where copies of ours stand in that person's calendar, as its service tells it."""
    return [one.when for one in office.service.events(office.remote(user)) if one.ours is not None]


def test_a_request_is_answered_to_the_asker_alone(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    told = office.whisper("ana").card
    assert told.summary.startswith("30 min with Alex · next week, 30 Nov – 6 Dec. ")
    assert "Mon 30 Nov 15:30–16:00 · 09:30 for Alex." in told.summary
    assert "4 of 4 calendars, read just now. Times are in your zone (Berlin)." in told.summary
    assert labels(told) == [*OFFERED, "More times", "Not now"]
    assert office.surface.seen("ana") == office.surface.seen("alex") == office.surface.whispers("alex") == []


def test_a_button_says_its_full_date_to_a_screen_reader(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    assert office.whisper("ana").card.buttons[0].hint == "Book Monday 30 November 2026, 15:30–16:00 CET"


def test_more_times_take_the_place_of_the_first_ones_and_back_brings_them(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), "More times")
    assert "Back" in labels(office.whisper("ana").card)
    assert labels(office.whisper("ana").card)[:5] != OFFERED
    office.presses("ana", office.whisper("ana"), "Back")
    assert labels(office.whisper("ana").card)[:5] == OFFERED
    assert len(office.surface.whispers("ana")) == 1


def test_many_pages_can_be_turned_because_each_press_brings_a_new_handle(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    for _ in range(8):
        office.presses("ana", office.whisper("ana"), "More times")
        office.presses("ana", office.whisper("ana"), "Back")
    assert labels(office.whisper("ana").card)[:5] == OFFERED


def test_not_now_leaves_no_button(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), "Not now")
    assert labels(office.whisper("ana").card) == []


def test_booking_tells_each_in_their_own_dm_and_zone(booked: Office) -> None:
    assert booked.whisper("ana").card.summary.startswith("Booked Mon 30 Nov 15:30–16:00 (Berlin time)")
    assert booked.says("ana") == [
        "Booked: “Ana / Alex”. Mon 30 Nov 15:30–16:00 (Berlin time) · 09:30 for Alex."
        " It is on your calendar and Alex's. Alex: no answer yet. You can choose: Undo."
    ]
    assert booked.says("alex") == [
        "Ana booked 30 min with you: “Ana / Alex”. Mon 30 Nov 09:30–10:00 (New York time). Please answer."
        " You can choose: Accept, Maybe, Decline or Suggest another time."
    ]
    assert stands(booked, "ana") == stands(booked, "alex") == [berlin("2026-11-30", "15:30-16:00")]


def test_a_second_click_books_nothing_more(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    offer = office.whisper("ana")
    office.presses("ana", offer, FIRST)
    office.presses("ana", offer, FIRST)
    office.presses("ana", offer, "Book Tue 15:30")
    assert len(stands(office, "ana")) == len(stands(office, "alex")) == 1
    assert office.surface.unread("alex") == 1


def test_another_person_clicking_is_told_so_privately_and_nothing_is_booked(office: Office) -> None:
    office.joins("mallory")
    office.types("ana", "@alex 30m next week")
    offer = office.whisper("ana")
    office.presses("mallory", offer, FIRST)
    assert office.whisper("mallory").card.summary.startswith("Only Ana, who asked for these times, can choose here.")
    assert stands(office, "ana") == []
    assert office.whisper("ana") == offer


def test_answers_are_edits_in_the_organisers_message(booked: Office) -> None:
    booked.presses("alex", booked.dm("alex"), "Accept")
    assert "You accepted." in booked.dm("alex").card.summary
    assert "Alex: accepted." in booked.dm("ana").card.summary
    assert booked.surface.unread("ana") == booked.surface.unread("alex") == 0


def test_maybe_is_tentative_in_the_calendar(booked: Office) -> None:
    booked.presses("alex", booked.dm("alex"), "Maybe")
    (copy,) = (one for one in booked.service.events(booked.remote("alex")) if one.ours)
    assert copy.status is Status.TENTATIVE
    assert "Alex: maybe." in booked.dm("ana").card.summary


def test_a_decline_takes_the_copy_away_and_can_be_taken_back(booked: Office) -> None:
    booked.presses("alex", booked.dm("alex"), "Decline")
    assert stands(booked, "alex") == []
    assert "Alex: declined." in booked.dm("ana").card.summary
    assert labels(booked.dm("alex").card) == ["Accept"]
    booked.presses("alex", booked.dm("alex"), "Accept")
    assert len(stands(booked, "alex")) == 1


def test_undo_takes_it_off_both_calendars_and_rings_the_other(booked: Office) -> None:
    booked.presses("ana", booked.dm("ana"), "Undo")
    assert stands(booked, "ana") == stands(booked, "alex") == []
    assert booked.surface.unread("alex") == 1
    assert booked.dm("alex").card.summary == (
        "Ana took back “Ana / Alex”. It was Mon 30 Nov 09:30–10:00 (New York time)."
        " You need not be there. The time is yours again."
    )
    older = booked.surface.seen("alex")[0].card
    assert older.summary == "“Ana / Alex”, Mon 30 Nov 09:30–10:00 (New York time), was taken back."
    assert labels(older) == labels(booked.dm("ana").card) == []
    assert "Alex was told." in booked.dm("ana").card.summary


def test_a_participant_cannot_undo(booked: Office) -> None:
    booked.presses("alex", booked.dm("ana"), "Undo")
    assert len(stands(booked, "ana")) == 1
    assert "organiser" in booked.whisper("alex").card.summary


@pytest.fixture
def failed(office: Office) -> Office:
    """Ana booked a time that Alex's calendar filled unseen in that moment."""
    office.types("ana", "@alex 30m next week")
    office.service.place(office.remote("alex"), uid="sudden", when=berlin("2026-11-30", "15:30-16:00"))
    office.presses("ana", office.whisper("ana"), FIRST)
    return office


def test_a_booking_that_fails_says_so_and_lists_fresh_times(failed: Office) -> None:
    told = failed.dm("ana").card
    assert told.summary.startswith(
        "Not booked: “Ana / Alex”. Mon 30 Nov 15:30–16:00 (Berlin time), with Alex: the time was taken meanwhile."
        " Nothing is left on any calendar. Nobody else was told. These times are free instead:"
    )
    assert labels(told)[:2] == ["Book Mon 16:00", "Book Tue 15:30"]
    assert (len(labels(told)), labels(told)[-1]) == (6, "Find other times")
    assert stands(failed, "ana") == stands(failed, "alex") == failed.surface.seen("alex") == []


def test_a_time_in_the_place_of_one_that_failed_is_booked_from_there(failed: Office) -> None:
    told = failed.dm("ana")
    failed.presses("ana", told, "Book Tue 15:30")
    failed.presses("ana", told, "Book Wed 15:30")
    assert stands(failed, "ana") == stands(failed, "alex") == [berlin("2026-12-01", "15:30-16:00")]
    older, newer = failed.surface.seen("ana")
    assert older.card.summary.endswith("You chose another time: a newer message tells how that stands.")
    assert newer.card.summary.startswith("Booked: “Ana / Alex”. Tue 1 Dec 15:30–16:00")
    assert labels(older.card) == []


def test_the_times_instead_stay_true(failed: Office) -> None:
    told = failed.dm("ana")
    failed.service.place(failed.remote("alex"), uid="more", when=berlin("2026-12-01", "15:00-18:00"))
    failed.clock.move(timedelta(seconds=2))
    failed.reads("alex")
    failed.presses("ana", told, "Book Tue 15:30")
    assert failed.whisper("ana").card.summary.startswith("That time is no longer free.")
    assert "Book Tue 15:30" not in labels(failed.dm("ana").card)
    assert "Book Wed 15:30" in labels(failed.dm("ana").card)


def test_a_clash_is_told_to_the_organiser_alone_with_times_to_move_to(booked: Office) -> None:
    collides(booked, "ana")
    clash = booked.dm("ana").card
    assert clash.summary.startswith(
        f"Clash: your event “{TITLE}”, Mon 30 Nov 15:00–16:00, now overlaps “Ana / Alex” with Alex,"
        " Mon 30 Nov 15:30–16:00 (Berlin time)."
    )
    assert booked.surface.unread("ana") == 1
    assert booked.surface.unread("alex") == 0
    assert [one.startswith("Move to ") for one in labels(clash)] == [True] * 5 + [False]
    assert TITLE not in " ".join(booked.says("alex"))


def test_the_title_of_an_event_is_in_no_row_and_no_log(
    booked: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    collides(booked, "ana")
    assert TITLE in booked.dm("ana").card.summary
    kept = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"Ana / Alex" in kept
    assert TITLE.encode() not in kept
    assert TITLE not in caplog.text


def test_one_click_moves_the_meeting_and_rings_the_other(booked: Office) -> None:
    collides(booked, "ana")
    booked.presses("ana", booked.dm("ana"), "Move to Tue 15:30")
    assert stands(booked, "ana") == stands(booked, "alex") == [berlin("2026-12-01", "15:30-16:00")]
    assert booked.surface.unread("alex") == 1
    assert booked.dm("alex").card.summary.startswith(
        "Ana moved “Ana / Alex” (30 min with you). Now Tue 1 Dec 09:30–10:00 (New York time)."
        " Before: Mon 30 Nov 09:30–10:00 (New York time)."
    )
    assert labels(booked.surface.seen("alex")[0].card) == []
    assert "Now Tue 1 Dec 15:30–16:00 (Berlin time)" in booked.says("ana")[0]
    assert booked.says("ana")[1] == "No clash any more: “Ana / Alex” is now Tue 1 Dec 15:30–16:00 (Berlin time)."


def test_a_move_out_of_a_clash_that_cannot_be_leaves_the_clash_open(booked: Office) -> None:
    collides(booked, "ana")
    clash = booked.dm("ana")
    booked.service.trouble("ana", Refused("403"))
    booked.presses("ana", clash, "Move to Tue 15:30")
    told = booked.dm("ana").card.summary
    assert "It stays there and could not be moved: your calendar can be read, and not written to." in told
    assert "Move to Tue 15:30" in labels(next(one for one in booked.surface.seen("ana") if one.id == clash.id).card)


def test_after_a_move_everyone_is_asked_again(booked: Office) -> None:
    booked.presses("alex", booked.dm("alex"), "Accept")
    collides(booked, "ana")
    booked.presses("ana", booked.dm("ana"), "Move to Tue 15:30")
    assert "Please answer." in booked.dm("alex").card.summary
    assert labels(booked.dm("alex").card)[0] == "Accept"
    assert "Alex: no answer yet." in booked.says("ana")[0]


def test_a_move_that_was_agreed_and_cannot_be_is_told_to_the_one_who_asked(booked: Office) -> None:
    booked.presses("alex", booked.dm("alex"), "Suggest another time")
    booked.presses("alex", booked.dm("alex"), "Ask for Tue 09:30")
    booked.service.place(booked.remote("alex"), uid="sudden", when=berlin("2026-12-01", "15:30-16:00"))
    booked.surface.read("alex")
    booked.presses("ana", booked.dm("ana"), "Move to Tue 15:30")
    assert booked.surface.unread("alex") == 1
    assert booked.dm("alex").card.summary == (
        "Ana agreed to move “Ana / Alex”, but it could not move. Tue 1 Dec 09:30–10:00 (New York time) is no longer"
        " possible: it stays Mon 30 Nov 09:30–10:00 (New York time). You can suggest another time in the meeting's own"
        " message."
    )
    assert "agreed to move" not in " ".join(booked.says("alex")[:-1])
    assert "It stays there and could not be moved: the time was taken meanwhile." in booked.dm("ana").card.summary


def test_a_clash_in_a_participants_calendar_is_theirs_alone_and_asks(booked: Office) -> None:
    collides(booked, "alex")
    assert booked.surface.unread("ana") == 0
    assert [one.startswith("Ask to move to ") for one in labels(booked.dm("alex").card)] == [True] * 5 + [False]
    booked.presses("alex", booked.dm("alex"), "Ask to move to Tue 09:30")
    assert booked.surface.unread("ana") == 1
    assert booked.dm("ana").card.summary.startswith(
        "Alex asks to move “Ana / Alex” from Mon 30 Nov 15:30–16:00 to Tue 1 Dec 15:30–16:00 (Berlin time)."
    )
    assert TITLE not in " ".join(booked.says("ana"))
    booked.presses("ana", booked.dm("ana"), "Move to Tue 15:30")
    assert stands(booked, "alex") == [berlin("2026-12-01", "15:30-16:00")]
    assert "Now Tue 1 Dec 09:30–10:00 (New York time)" in booked.dm("alex").card.summary


def test_keep_reaches_the_one_who_asked(booked: Office) -> None:
    collides(booked, "alex")
    booked.presses("alex", booked.dm("alex"), "Ask to move to Tue 09:30")
    booked.surface.read("alex")
    booked.presses("ana", booked.dm("ana"), "Keep Mon 15:30")
    assert booked.surface.unread("alex") == 1
    assert booked.dm("alex").card.summary.startswith("Ana keeps “Ana / Alex” where it is: Mon 30 Nov 09:30–10:00")
    assert "You asked" not in booked.says("alex")[1]


def test_keep_both_closes_the_clash(booked: Office) -> None:
    collides(booked, "ana")
    booked.presses("ana", booked.dm("ana"), "Keep both")
    assert booked.dm("ana").card.summary.startswith("You keep both: “Ana / Alex”")
    assert labels(booked.dm("ana").card) == []


def test_a_clash_that_goes_away_closes_its_message_without_ringing(booked: Office) -> None:
    collides(booked, "ana")
    booked.surface.read("ana")
    booked.service.drop(booked.remote("ana"), "dentist")
    reads(booked, "ana")
    assert booked.dm("ana").card.summary == (
        "No clash any more: “Ana / Alex”, Mon 30 Nov 15:30–16:00 (Berlin time). Nothing to do."
    )
    assert booked.surface.unread("ana") == 0


def test_suggest_shows_five_times_and_the_pick_reaches_the_organiser(booked: Office) -> None:
    booked.presses("alex", booked.dm("alex"), "Suggest another time")
    assert booked.dm("alex").card.summary.startswith("When would suit you better for “Ana / Alex”? It is Mon 30 Nov")
    assert [one.startswith("Ask for ") for one in labels(booked.dm("alex").card)] == [True] * 5 + [False]
    booked.presses("alex", booked.dm("alex"), labels(booked.dm("alex").card)[0])
    assert "I'm waiting for Ana's answer." in booked.dm("alex").card.summary
    assert labels(booked.dm("ana").card)[1] == "Keep Mon 15:30"


def test_an_ask_can_be_taken_back(booked: Office) -> None:
    booked.presses("alex", booked.dm("alex"), "Suggest another time")
    booked.presses("alex", booked.dm("alex"), labels(booked.dm("alex").card)[0])
    booked.presses("alex", booked.dm("alex"), "Take it back")
    assert booked.dm("ana").card.summary.startswith("Alex no longer asks to move “Ana / Alex”.")
    assert labels(booked.dm("ana").card) == []


def test_a_slot_that_was_taken_meanwhile_is_said_and_fresh_times_stand_there(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    offer = office.whisper("ana")
    office.service.place(office.remote("alex"), uid="new", when=berlin("2026-11-30", "15:30-16:00"))
    office.clock.move(timedelta(seconds=2))
    office.reads("alex")
    office.presses("ana", offer, FIRST)
    first, note = office.surface.whispers("ana")
    assert FIRST not in labels(first.card)
    assert note.card.summary.startswith("That time is no longer free.")
    assert stands(office, "ana") == []


def test_an_event_that_disappears_frees_its_time_in_the_next_answer(office: Office) -> None:
    office.service.place(office.remote("alex"), uid="block", when=berlin("2026-11-30", "15:00-18:00"))
    reads(office, "alex")
    office.types("ana", "@alex 30m next week")
    assert FIRST not in labels(office.whisper("ana").card)
    office.service.drop(office.remote("alex"), "block")
    reads(office, "alex")
    office.types("ana", "@alex 30m next week")
    assert FIRST in labels(office.whisper("ana").card)


def test_what_is_not_known_is_not_offered_until_it_is_read(office: Office) -> None:
    office.service.trouble("alex", TryLater("down"))
    office.clock.move(timedelta(minutes=40))
    office.reads("ana")
    office.types("ana", "@alex 30m next week")
    told = office.whisper("ana").card
    assert told.summary.startswith(
        "30 min with Alex · next week, 30 Nov – 6 Dec. Reading Alex's calendars (40 min old)…"
    )
    assert labels(told) == ["Not now"]
    office.passes(timedelta(seconds=11))
    assert "I could not read Alex's calendars just now" in office.whisper("ana").card.summary
    assert "Nothing fits" not in office.whisper("ana").card.summary
    office.service.trouble("alex", None)
    reads(office, "alex")
    assert labels(office.whisper("ana").card)[:5] == OFFERED


def test_nothing_fits_says_why_and_what_to_try(office: Office) -> None:
    week = berlin("2026-11-30", "00:00-12:00")
    office.service.place(office.remote("alex"), uid="busy", when=Interval(week.start, week.start + timedelta(days=7)))
    reads(office, "alex")
    office.types("ana", "@alex 30m next week")
    told = office.whisper("ana").card.summary
    assert "Nothing fits. What all of you have in common is taken; Alex's time most of all." in told
    assert "These would: Mon 7 Dec 15:30–16:00" in told
    assert "one week later" in told
    assert "although Alex is busy" in told


def test_a_request_typed_in_the_dm_of_two_people_is_answered_to_the_asker_alone(office: Office) -> None:
    office.types("ana", "@alex 30m next week", beside="alex")
    assert labels(office.whisper("ana").card)[:5] == OFFERED
    assert office.surface.seen("ana") == office.surface.seen("alex") == []
    with office.database.reading() as tx:
        assert people.home(tx, office.tenant, office.person("ana").id) is None


def test_where_nobody_can_tell_whose_dm_it_is_the_answer_is_whispered(office: Office) -> None:
    office.surface.lose_homes()
    office.types("ana", "help", in_dm=True)
    assert office.whisper("ana").card.summary.startswith("Find a time that is free for everyone.")
    assert office.surface.seen("ana") == []


def test_a_request_typed_in_the_dm_gets_a_lasting_message(office: Office) -> None:
    office.types("ana", "@alex 30m next week", in_dm=True)
    assert office.surface.whispers("ana") == []
    office.presses("ana", office.dm("ana"), "More times")
    assert len(office.surface.seen("ana")) == 1
    assert "Back" in labels(office.dm("ana").card)
    office.presses("ana", office.dm("ana"), "Back")
    office.presses("ana", office.surface.seen("ana")[0], FIRST)
    assert len(office.surface.seen("ana")) == 2


def test_an_answer_that_comes_after_the_handle_closed_comes_in_the_dm(office: Office) -> None:
    office.service.trouble("alex", TryLater("down"))
    office.clock.move(timedelta(minutes=40))
    office.reads("ana")
    office.types("ana", "@alex 30m next week")
    office.clock.move(timedelta(minutes=31))
    office.service.trouble("alex", None)
    office.reads("ana")
    reads(office, "alex")
    assert labels(office.dm("ana").card)[:5] == OFFERED


def test_an_offer_nobody_touched_is_not_repeated_in_the_dm(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    office.passes(timedelta(minutes=31))
    office.service.place(office.remote("alex"), uid="new", when=berlin("2026-11-30", "15:30-16:00"))
    reads(office, "alex")
    office.passes(timedelta(days=3))
    assert office.surface.seen("ana") == []
