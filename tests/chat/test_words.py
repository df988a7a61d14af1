"""What is answered to help, to nonsense, and to names of whom nobody can be asked about."""

from pathlib import Path

import pytest

from bot.chat.cards import Press
from bot.core.people import Standing
from tests.chat.office import Office, labels


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.joins("ana", zone="Europe/Berlin")
    made.joins("alex", zone="America/New_York")
    return made


def answer(office: Office, text: str, user: str = "ana") -> str:
    office.types(user, text)
    return office.whisper(user).card.summary


@pytest.mark.parametrize("text", [pytest.param("", id="nothing"), pytest.param("help", id="the word")])
def test_help_is_by_examples_that_name_the_command(office: Office, text: str) -> None:
    told = answer(office, text)
    assert "/meet @alex 30m next week." in told
    assert "/meet status: " in told


def test_connect_answers_with_a_link_for_one_person_once(office: Office) -> None:
    assert "works once, and for ten minutes" in answer(office, "connect")
    assert labels(office.whisper("ana").card) == ["Open the page"]


def test_connect_typed_in_the_dm_whispers_the_link_there(office: Office) -> None:
    office.types("ana", "connect", in_dm=True)
    assert labels(office.whisper("ana").card) == ["Open the page"]
    assert office.surface.seen("ana") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("@alex 30m flurbsday", "flurbsday", id="what was not understood is quoted"),
        pytest.param("30m next week", "Who should join?", id="nobody named"),
        pytest.param("@alex 30m today before 8:00", "has passed", id="in the past"),
        pytest.param("1" * 10_000, "That is 10,000 characters; I read up to 1,000.", id="10 kB of digits"),
        pytest.param("'; DROP TABLE person; --", "I can't read", id="SQL"),
        pytest.param(
            "z\u0336\u0321\u0345a\u0337\u0322lgo \u202eevil", "I can't read", id="zalgo and a right-to-left mark"
        ),
    ],
)
def test_nonsense_gets_a_friendly_answer_with_an_example(office: Office, text: str, said: str) -> None:
    told = answer(office, text)
    assert said in told
    assert "Try: /meet @" in told
    assert labels(office.whisper("ana").card) == ["How to ask"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("@nobody 30m next week", "I couldn't tell who “@nobody” is.", id="unknown"),
        pytest.param("@robot 30m next week", "“@robot” is an app, and apps keep no calendar.", id="a bot"),
        pytest.param("@gone 30m next week", "Gone's account is switched off", id="deactivated"),
        pytest.param("@ana 30m next week", "A meeting needs somebody besides you.", id="oneself alone"),
        pytest.param("me 30m next week", "A meeting needs somebody besides you.", id="me alone"),
        pytest.param("@sam 30m next week", "“@sam” could be Sam Gray (sam1@example.com) or Sam Low", id="two"),
    ],
)
def test_each_problem_with_a_name_has_its_sentence_and_a_way_on(office: Office, text: str, said: str) -> None:
    office.joins("robot", standing=Standing.BOT, calendars=())
    office.joins("gone", standing=Standing.DEACTIVATED, calendars=())
    office.joins("sam1", name="Sam Gray", calendars=())
    office.joins("sam2", name="Sam Low", calendars=())
    told = answer(office, text)
    assert said in told
    assert "Nothing was looked up or booked." in told
    assert labels(office.whisper("ana").card) == ["How to ask"]


@pytest.mark.parametrize("standing", [Standing.GUEST, Standing.STRANGER])
def test_guests_may_be_invited_and_may_not_ask(office: Office, standing: Standing) -> None:
    office.joins("guest", standing=standing)
    assert "Guests can be invited, but can't ask" in answer(office, "@ana 30m next week", "guest")
    assert "30 min with Guest" in answer(office, "@guest 30m next week")


def test_two_of_one_first_name_are_told_apart(office: Office) -> None:
    office.joins("kim1", name="Kim Gray", zone="Asia/Kolkata")
    office.joins("kim2", name="Kim Low", zone="Asia/Kolkata", calendars=())
    told = answer(office, "@kim1 @kim2 30m next week")
    assert "30 min with Kim Gray and Kim Low" in told
    assert "Kim Low hasn't connected a calendar" in told


def test_even_two_of_one_whole_name_can_be_asked_apart(office: Office) -> None:
    office.joins("kim1", name="Kim Low", calendars=())
    office.joins("kim2", name="Kim Low", calendars=())
    answer(office, "@kim1 @kim2 30m next week")
    assert labels(office.whisper("ana").card) == [
        "Ask Kim Low (1) to connect",
        "Ask Kim Low (2) to connect",
        "Book without seeing it",
        "Not now",
    ]


def test_a_greeting_is_said_once(office: Office) -> None:
    office.opens("ana")
    office.opens("ana")
    assert len(office.surface.seen("ana")) == office.surface.unread("ana") == 1
    assert labels(office.dm("ana").card) == ["How to ask"]


def test_a_title_stays_words_whatever_it_says(office: Office) -> None:
    told = answer(office, "@alex 30m next week about <!channel> *now*")
    assert "“<!channel> *now*”" in told


def test_a_button_of_another_time_says_so(office: Office) -> None:
    office.types("ana", "help")
    office.door.sends("ana", office.whisper("ana"), Press("gone.verb", "x"))
    office.works()
    assert "older message of mine" in office.whisper("ana").card.summary


def test_a_greeting_does_not_ask_for_what_is_there(office: Office) -> None:
    office.joins("bea", calendars=())
    office.opens("bea")
    assert "Connect your calendar first" in office.dm("bea").card.summary
    assert labels(office.dm("bea").card) == ["Connect my calendar", "How to ask"]
    office.joins("cem")
    office.opens("cem")
    assert "Your calendar is connected." in office.dm("cem").card.summary
