"""Colleagues who connected nothing: what the company calendar tells, booking without it, and asking once."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.errors import NotFound, TryLater
from bot.core.intervals import Interval
from bot.providers.base import Abilities, Remote
from bot.storage import calendars
from tests.builders import span
from tests.chat.office import Office, labels

ASK, BLIND = "Ask Alex to connect", "Book without seeing it"
WORK = Remote("memory://service/kim/work/")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Ana and Bea are connected, Alex is not."""
    made = Office(tmp_path)
    made.joins("ana")
    made.joins("bea")
    made.joins("alex", calendars=())
    return made


@pytest.fixture
def company(tmp_path: Path) -> Office:
    """The service of Ana and Bea shows them when Kim is busy; Kim connected nothing."""
    made = Office(tmp_path)
    made.service.abilities = Abilities(sees_colleagues=True)
    made.joins("ana")
    made.joins("bea")
    made.joins("kim", calendars=())
    assert made.service.calendar("kim", "Work") == WORK
    for day in ("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"):
        made.service.place(WORK, uid=day, when=span("08:00-14:00", day=day, zone="Europe/Berlin"), title="Secret")
    made.service.shows["kim@example.com"] = "kim"
    return made


def connects(office: Office, user: str) -> None:
    """As the connect page leaves it."""
    office.connects(office.person(user), "Mine")
    office.works()


def card(office: Office, user: str = "ana") -> str:
    return office.whisper(user).card.summary


def asks_ana(office: Office, words: str = "@alex 30m next week") -> None:
    office.types("ana", words)
    office.presses("ana", office.whisper("ana"), ASK)


def waits(office: Office, by: timedelta) -> None:
    """Time passes, and everybody's calendars are read again."""
    office.clock.move(by)
    for user in ("ana", "bea"):
        office.reads(user)
    office.works()


def stands(office: Office, user: str) -> list[Interval]:
    return [one.when for one in office.service.events(office.remote(user)) if one.ours is not None]


def test_the_company_calendar_is_read_for_the_one_who_asks(company: Office) -> None:
    company.types("ana", "@kim 30m next week")
    told = company.whisper("ana").card
    assert "1 of 1 calendar, read just now; Kim's from the company calendar, read just now." in told.summary
    starts = [one.removeprefix("Book ")[4:] for one in labels(told) if one.startswith("Book ")]
    assert starts
    assert all(one >= "14:00" for one in starts)
    assert "Secret" not in told.summary


def test_that_nothing_fits_is_explained_by_what_the_company_calendar_tells(company: Office) -> None:
    for day in ("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"):
        company.service.place(WORK, uid=f"{day} too", when=span("14:00-18:00", day=day, zone="Europe/Berlin"))
    company.types("ana", "@kim 30m next week")
    assert "Nothing fits. What all of you have in common is taken; Kim's time most of all." in card(company)


def test_until_its_first_reading_nothing_is_known_and_then_the_card_edits_itself(company: Office) -> None:
    company.door.type("ana", "@kim 30m next week")
    company.works(but="calendar")
    assert "Reading Kim's company calendar…" in card(company)
    assert labels(company.whisper("ana").card) == ["Not now"]
    company.works()
    assert "Kim's from the company calendar" in card(company)


def test_what_one_asker_may_see_answers_nobody_else(company: Office) -> None:
    company.service.abilities = Abilities()
    company.joins("cem")
    company.service.abilities = Abilities(sees_colleagues=True)
    company.types("ana", "@kim 30m next week")
    company.types("cem", "@kim 30m next week")
    assert "Kim hasn't connected a calendar, so I can't know" in card(company, "cem")
    assert "company" not in card(company, "cem")


def test_whom_the_company_does_not_show_is_unknown_and_never_free(company: Office) -> None:
    company.service.shows["kim@example.com"] = NotFound("no mailbox")
    company.types("ana", "@kim 30m next week")
    assert "Kim hasn't connected a calendar, and the company calendar doesn't show me theirs" in card(company)
    assert labels(company.whisper("ana").card) == ["Ask Kim to connect", BLIND, "Not now"]


def test_whom_it_does_not_show_is_not_looked_for_at_every_look(company: Office) -> None:
    company.service.shows["kim@example.com"] = NotFound("no mailbox")
    company.types("ana", "@kim 30m next week")
    company.service.shows["kim@example.com"] = "kim"
    company.types("ana", "@kim 45m next week")
    company.types("ana", "@kim 15m next week")
    assert "doesn't show me theirs" in card(company)
    waits(company, timedelta(hours=6))
    assert "Kim's from the company calendar" in company.dm("ana").card.summary


def test_a_company_calendar_that_does_not_answer_offers_the_way_without_it(company: Office) -> None:
    company.service.shows["kim@example.com"] = TryLater("down")
    company.types("ana", "@kim 30m next week")
    company.passes(timedelta(seconds=11))
    assert "I could not read Kim's company calendar just now (not read yet); I keep trying." in card(company)
    assert labels(company.whisper("ana").card) == [BLIND, "Not now"]


def test_a_booking_with_them_looks_at_the_company_calendar_once_more(company: Office) -> None:
    company.types("ana", "@kim 30m next week")
    company.service.place(WORK, uid="sudden", when=span("14:00-18:00", day="2026-11-30", zone="Europe/Berlin"))
    first = labels(company.whisper("ana").card)[0]
    company.presses("ana", company.whisper("ana"), first)
    assert "the time was taken meanwhile" in company.dm("ana").card.summary


def test_once_they_connect_their_own_calendar_it_rules(company: Office) -> None:
    company.types("ana", "@kim 30m next week")
    connects(company, "kim")
    company.presses("ana", company.whisper("ana"), "More times")
    assert "2 of 2 calendars, read just now. Times" in card(company)
    company.passes(timedelta(minutes=13))
    with company.database.reading() as tx:
        theirs = calendars.of_people(tx, company.tenant, (company.person("kim").id,), asker=company.person("ana").id)
    assert [one.seen_by for one in theirs] == [None]


def test_without_seeing_it_each_time_says_who_was_not_checked(office: Office) -> None:
    office.types("ana", "@alex @bea 30m next week")
    assert labels(office.whisper("ana").card) == [ASK, BLIND, "Not now"]
    office.presses("ana", office.whisper("ana"), BLIND)
    told = office.whisper("ana").card
    assert told.summary.count(" · Alex not checked") == 5
    assert "I can't see whether Alex can make any of these." in told.summary
    assert "2 of 2 calendars, read just now." in told.summary
    assert [one[:5] for one in labels(told)] == ["Book "] * 5 + ["More ", "Ask A", "Not n"]


def test_only_times_at_which_everybody_seen_is_free_are_offered_without(office: Office) -> None:
    office.service.place(office.remote("bea"), uid="w", when=span("2026-11-30 00:00-24:00", zone="Europe/Berlin"))
    office.clock.move(timedelta(seconds=1))
    office.reads("bea")
    office.types("ana", "@alex @bea 30m next week")
    office.presses("ana", office.whisper("ana"), BLIND)
    assert not any("Mon" in one for one in labels(office.whisper("ana").card))


def test_booking_without_seeing_claims_no_knowledge(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), BLIND)
    office.presses("ana", office.whisper("ana"), labels(office.whisper("ana").card)[0])
    assert len(stands(office, "ana")) == 1
    assert "Alex's calendar was not checked." in office.dm("ana").card.summary
    assert "Ana booked this without seeing your calendar" in office.dm("alex").card.summary


def test_an_answer_of_their_own_says_more_than_a_calendar(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), BLIND)
    office.presses("ana", office.whisper("ana"), labels(office.whisper("ana").card)[0])
    office.presses("alex", office.dm("alex"), "Accept")
    assert "not checked" not in office.dm("ana").card.summary
    assert "without seeing" not in office.dm("alex").card.summary


def test_another_time_for_it_is_not_called_free_for_whom_nobody_sees(office: Office) -> None:
    office.types("ana", "@alex @bea 30m next week")
    office.presses("ana", office.whisper("ana"), BLIND)
    office.presses("ana", office.whisper("ana"), labels(office.whisper("ana").card)[0])
    office.presses("bea", office.dm("bea"), "Suggest another time")
    told = office.dm("bea").card
    assert told.summary.count(" · Alex not checked") == 5
    assert "Each is free for everyone whose calendar I can see." in told.summary
    office.presses("bea", office.dm("bea"), labels(told)[0])
    office.presses("ana", office.dm("ana"), next(one for one in labels(office.dm("ana").card) if "Move" in one))
    assert "Now " in office.dm("alex").card.summary


def test_the_same_time_of_somebody_unseen_may_be_booked_by_two(office: Office) -> None:
    for user in ("ana", "bea"):
        office.types(user, "@alex 30m next week")
        office.presses(user, office.whisper(user), BLIND)
        office.presses(user, office.whisper(user), labels(office.whisper(user).card)[0])
    assert stands(office, "ana") == stands(office, "bea")
    assert len(stands(office, "ana")) == 1


def test_a_broken_calendar_can_be_left_out_too(office: Office) -> None:
    office.clock.move(timedelta(hours=3))
    office.reads("ana")
    office.service.trouble("bea", TryLater("down"))
    office.door.type("ana", "@bea 30m next week")
    office.works(but="calendar")
    office.clock.move(timedelta(seconds=11))
    office.works(but="calendar")
    assert labels(office.whisper("ana").card) == [BLIND, "Not now"]
    office.door.press("ana", office.whisper("ana"), BLIND)
    office.works(but="calendar")
    assert "Bea not checked" in card(office)


def test_one_who_was_asked_is_waited_for_until_the_time_is_past_and_then_the_request_answers_itself(
    office: Office,
) -> None:
    asks_ana(office)
    assert "Asked, waiting: I asked Alex to connect one." in card(office)
    assert "until its time is past" in card(office)
    waits(office, timedelta(days=3))
    connects(office, "alex")
    assert len(labels(office.dm("ana").card)) > 3
    assert office.surface.unread("ana") == 1


def test_times_without_the_one_who_was_asked_are_told_anew_once_they_connect(office: Office) -> None:
    asks_ana(office)
    office.presses("ana", office.whisper("ana"), BLIND)
    waits(office, timedelta(hours=5))
    connects(office, "alex")
    assert "not checked" not in office.dm("ana").card.summary
    assert len(labels(office.dm("ana").card)) > 3
    assert office.surface.unread("ana") == 1


def test_after_the_time_is_past_that_is_said(office: Office) -> None:
    asks_ana(office)
    waits(office, timedelta(days=12))
    assert (
        "Alex did not connect a calendar, and the time that you asked about is past." in office.dm("ana").card.summary
    )
    assert office.surface.unread("ana") == 1
    connects(office, "alex")
    assert "Alex connected a calendar, but the time that you asked about is past." in office.dm("ana").card.summary
    assert labels(office.dm("ana").card) == ["Look again"]
    assert office.surface.unread("ana") == 2


def test_nobody_is_asked_twice_in_fourteen_days_over_all_who_would(office: Office) -> None:
    asks_ana(office)
    office.types("bea", "@alex 45m next week")
    assert "Alex was asked on Thu 26 Nov and has not connected yet." in card(office, "bea")
    assert ASK not in labels(office.whisper("bea").card)
    assert office.surface.unread("alex") == 1
    waits(office, timedelta(days=14))
    office.types("bea", "@alex 45m next week")
    office.presses("bea", office.whisper("bea"), ASK)
    assert office.surface.unread("alex") == 2


def test_a_button_from_before_asks_nobody_twice(office: Office) -> None:
    office.types("bea", "@alex 45m next week")
    before = office.whisper("bea")
    asks_ana(office)
    office.presses("bea", before, ASK)
    assert office.surface.unread("alex") == 1


def test_never_means_never_and_is_said_without_shame(office: Office) -> None:
    asks_ana(office)
    office.presses("alex", office.dm("alex"), "Never ask")
    assert office.dm("alex").card.summary.startswith("All right, I never ask you again.")
    assert "Alex does not want to be asked." in card(office)
    waits(office, timedelta(days=20))
    office.types("bea", "@alex 30m next week")
    assert "Alex does not want to be asked." in card(office, "bea")
    assert labels(office.whisper("bea").card) == [BLIND, "Not now"]


def test_not_now_is_not_told_and_asks_nobody_again_soon(office: Office) -> None:
    asks_ana(office)
    office.presses("alex", office.dm("alex"), "Not now")
    office.types("ana", "@alex 45m next week")
    assert "Alex was asked on Thu 26 Nov and has not connected yet." in card(office)


def test_the_one_who_is_asked_reads_who_asks_and_for_what(office: Office) -> None:
    asks_ana(office, '@alex 30m next week "Budget"')
    assert office.dm("alex").card.summary.startswith(
        "Ana would like to find 30 min with you, 30 Nov – 6 Dec. It is about “Budget”."
    )
    assert labels(office.dm("alex").card) == ["Connect my calendar", "Not now", "Never ask"]


def test_times_without_alex_stay_true_and_check_alex_once_connected(office: Office) -> None:
    office.types("ana", "@alex 30m next week")
    office.presses("ana", office.whisper("ana"), BLIND)
    connects(office, "alex")
    assert "not checked" not in card(office)
    assert "2 of 2 calendars" in card(office)


def test_a_time_far_ahead_is_read_first(office: Office) -> None:
    office.door.type("ana", "@bea 30m on 15 June 2027")
    office.works(but="calendar")
    assert "Reading further ahead…" in card(office)
    with office.database.reading() as tx:
        (work,) = calendars.of_person(tx, office.tenant, office.person("bea").id)
    assert work.reach is not None
    assert work.reach.date().isoformat() == "2027-06-15"


def test_beyond_a_year_is_said_plainly(office: Office) -> None:
    office.types("ana", "@bea 30m on 15 June 2028")
    assert "That is too far away. I look at most a year ahead." in card(office)


def test_whom_the_message_could_not_reach_was_not_asked(office: Office) -> None:
    office.surface.leave(office.person("alex").identity)
    asks_ana(office)
    assert "I can't write to Alex: they don't have Overlap yet." in card(office)
    office.types("bea", "@alex 45m next week")
    assert ASK in labels(office.whisper("bea").card)
    office.joins("alex", calendars=())
    office.opens("alex")
    office.types("bea", "@alex 60m next week")
    assert "Alex was asked on Thu 26 Nov and has not connected yet." in card(office, "bea")


def test_many_of_whom_no_calendar_tells_fit_into_a_line_of_buttons(office: Office) -> None:
    for number in range(4):
        office.joins(f"p{number}", calendars=())
    office.types("ana", "@p0 @p1 @p2 @p3 30m next week")
    assert len(labels(office.whisper("ana").card)) == 5
    office.presses("ana", office.whisper("ana"), BLIND)
    office.presses("ana", office.whisper("ana"), "More times")
    told = office.whisper("ana").card
    assert " · P0, P1, P2 and P3 not checked" in told.summary
    assert [one[:4] for one in labels(told) if not one.startswith("Book")] == ["More", "Back", "Ask ", "Ask ", "Not "]
