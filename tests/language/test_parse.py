"""What is understood of what people type; it is Wednesday 25 November 2026, 11:07 in Berlin."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.core.requests import Marked, Request, Source
from bot.language import mentions
from bot.language.parse import COMMANDS, Connect, Help, Intent, Meet, Rooms, Settings, Status, Unclear, understand
from bot.language.trouble import Code

NOW = datetime(2026, 11, 25, 10, 7, tzinfo=UTC)
BERLIN = "Europe/Berlin"
OPEN = time(0)


def understood(text: str, *, now: datetime = NOW) -> Intent:
    return understand(mentions.slack(text), now=now, zone=BERLIN, command="/meet")


def asked(text: str, *, now: datetime = NOW) -> Request:
    intent = understood(text, now=now)
    assert isinstance(intent, Meet), intent
    return intent.request


def refused(text: str) -> Unclear:
    intent = understood(text)
    assert isinstance(intent, Unclear), intent
    return intent


def test_the_main_job() -> None:
    request = asked("<@U024BE7LH|alex> 30m next week")

    assert [(one.source, one.value) for one in request.people] == [(Source.MENTION, "U024BE7LH")]
    assert request.length == timedelta(minutes=30)
    assert (request.window.first, request.window.last) == (date(2026, 11, 30), date(2026, 12, 6))
    assert (request.window.from_time, request.window.to_time) == (OPEN, OPEN)
    assert request.when_words == "next week"
    assert request.title is None


def test_half_an_hour_within_seven_days_unless_said_otherwise() -> None:
    request = asked("@alex")

    assert request.length == timedelta(minutes=30)
    assert (request.window.first, request.window.last) == (date(2026, 11, 25), date(2026, 12, 1))
    assert request.when_words == "the next 7 days"


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("30m", 30), ("30 min", 30), ("30mins", 30), ("90 min", 90), ("90 minutes", 90), ("30-minute", 30),
        ("1h", 60), ("1 hr", 60), ("2 hours", 120), ("1h30", 90), ("1h30m", 90), ("1h 30m", 90), ("2h15", 135),
        ("1.5h", 90), ("1:30h", 90), ("1 hour 15 minutes", 75), ("1 hour and 15 minutes", 75),
        ("half an hour", 30), ("half hour", 30), ("a half hour", 30), ("an hour", 60), ("one hour", 60),
        ("an hour and a half", 90), ("one and a half hours", 90), ("a quarter of an hour", 15),
        ("three quarters of an hour", 45), ("two hours", 120), ("forty five minutes", 45), ("about 45m", 45),
    ],
)  # fmt: skip
def test_lengths(words: str, minutes: int) -> None:
    assert asked(f"@alex {words} tomorrow").length == timedelta(minutes=minutes)
    assert asked(f"{words} with @alex next week").length == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        pytest.param("today", "2026-11-25", "2026-11-25", id="today"),
        pytest.param("tomorrow", "2026-11-26", "2026-11-26", id="tomorrow"),
        pytest.param("Friday", "2026-11-27", "2026-11-27", id="the coming weekday"),
        pytest.param("on fri", "2026-11-27", "2026-11-27", id="a short one"),
        pytest.param("Wednesday", "2026-12-02", "2026-12-02", id="today's weekday is next week's"),
        pytest.param("Monday", "2026-11-30", "2026-11-30", id="a weekday that passed is next week's"),
        pytest.param("this Friday", "2026-11-27", "2026-11-27", id="this week's"),
        pytest.param("this Wednesday", "2026-11-25", "2026-11-25", id="this weekday may be today"),
        pytest.param("next Friday", "2026-12-04", "2026-12-04", id="next week's, not the coming one"),
        pytest.param("next Monday", "2026-11-30", "2026-11-30", id="next week's Monday"),
        pytest.param("Tuesday next week", "2026-12-01", "2026-12-01", id="a weekday of next week"),
        pytest.param("next week Tuesday", "2026-12-01", "2026-12-01", id="the other way round"),
        pytest.param("this week", "2026-11-25", "2026-11-29", id="this week begins today"),
        pytest.param("next week", "2026-11-30", "2026-12-06", id="next week is Monday to Sunday"),
        pytest.param("3 Dec", "2026-12-03", "2026-12-03", id="day and month"),
        pytest.param("Dec 3", "2026-12-03", "2026-12-03", id="month and day"),
        pytest.param("December 3rd, 2026", "2026-12-03", "2026-12-03", id="with its year"),
        pytest.param("the 3rd of December", "2026-12-03", "2026-12-03", id="the long way"),
        pytest.param("2026-12-03", "2026-12-03", "2026-12-03", id="ISO"),
        pytest.param("3.12.", "2026-12-03", "2026-12-03", id="day, month, dots"),
        pytest.param("3.12.2026", "2026-12-03", "2026-12-03", id="day, month, year, dots"),
        pytest.param("25/12", "2026-12-25", "2026-12-25", id="a slash that has one reading"),
        pytest.param("Thu 3 Dec", "2026-12-03", "2026-12-03", id="a weekday that agrees"),
        pytest.param("25 Nov", "2026-11-25", "2026-11-25", id="today's date"),
        pytest.param("15 Jan", "2027-01-15", "2027-01-15", id="a date that passed long ago is next year's"),
    ],
)
def test_days(words: str, first: str, last: str) -> None:
    window = asked(f"@alex 30m {words}").window

    assert (window.first.isoformat(), window.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        pytest.param("tomorrow morning", 9, 12, id="morning"),
        pytest.param("tomorrow in the afternoon", 12, 17, id="afternoon"),
        pytest.param("Friday after 2pm", 14, 0, id="after"),
        pytest.param("Friday after 14:00", 14, 0, id="after, 24 hours"),
        pytest.param("Friday after 2", 14, 0, id="two is in the afternoon"),
        pytest.param("Friday after 9", 9, 0, id="nine is in the morning"),
        pytest.param("Friday before noon", 0, 12, id="noon"),
        pytest.param("Friday before 11 am", 0, 11, id="before"),
        pytest.param("after 3pm next week", 15, 0, id="the hours first"),
        pytest.param("Friday afternoon before 4pm", 12, 16, id="both hold"),
        pytest.param("Friday after 1pm before 5pm", 13, 17, id="from both sides"),
        pytest.param("Friday between 1 and 3", 13, 15, id="between"),
        pytest.param("Friday from 9 to 5", 9, 17, id="from nine to five"),
        pytest.param("Friday between 8 and 10pm", 20, 22, id="both in the evening"),
        pytest.param("Friday between 10 and 2pm", 10, 14, id="only the second after noon"),
    ],
)
def test_hours_of_the_day(words: str, start: int, end: int) -> None:
    window = asked(f"@alex 30m {words}").window

    assert (window.from_time, window.to_time) == (time(start), time(end))


def test_this_afternoon_is_todays() -> None:
    request = asked("@alex this afternoon")

    assert (request.window.first, request.window.from_time) == (date(2026, 11, 25), time(12))
    assert request.when_words == "this afternoon"


def test_hours_without_a_day_hold_on_each_of_seven_days() -> None:
    request = asked("@alex 30m after 3pm")

    assert request.window.from_time == time(15)
    assert request.when_words == "the next 7 days after 3pm"


def test_the_day_is_the_askers_own() -> None:
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)

    assert asked("@alex tomorrow", now=late).window.first == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        pytest.param("30m tomorrow about the roadmap", "the roadmap", id="after about"),
        pytest.param("30m tomorrow re: Q1 budget", "Q1 budget", id="after re"),
        pytest.param("30m about the plan for next Friday", "the plan for next Friday", id="no time is read in a title"),
        pytest.param('"Launch sync" 30m tomorrow', "Launch sync", id="in quotes"),
        pytest.param("30m about “the 3pm outage” on Thursday", "the 3pm outage", id="quoted, and more after it"),
        pytest.param("30m tomorrow about <!channel>", "@channel", id="a ping is words"),
        pytest.param("30m tomorrow about <@U0SAM0001|sam>'s review", "@sam's review", id="somebody else"),
        pytest.param("30m tomorrow about 会議 und Käse", "会議 und Käse", id="in any script"),
    ],
)
def test_titles(words: str, title: str) -> None:
    request = asked(f"<@U024BE7LH|alex> {words}")

    assert request.title == title
    assert [one.value for one in request.people] == ["U024BE7LH"]


def test_who_is_named_in_the_title_is_meant_when_nobody_else_is() -> None:
    request = asked("30m tomorrow about the budget with @alex")

    assert [one.value for one in request.people] == ["alex"]
    assert request.title == "the budget with @alex"


def test_nothing_need_stand_between_the_parts() -> None:
    assert asked("<@U024BE7LH|alex>30m tomorrow") == asked("<@U024BE7LH|alex> 30m tomorrow")
    assert asked("30m<@U024BE7LH|alex>tomorrow") == asked("30m <@U024BE7LH|alex> tomorrow")


def test_somebody_named_twice_is_one() -> None:
    assert len(asked("@alex and @alex and sam@x.example tomorrow").people) == 2


def test_me_is_a_person() -> None:
    assert [one.source for one in asked("me and @alex tomorrow").people] == [Source.ME, Source.HANDLE]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("", Help()),
        ("  ", Help()),
        ("help", Help()),
        ("HELP", Help()),
        ("/meet help", Help()),
        ("?", Help()),
        ("meet", Help()),
        ("please", Help()),
        ("connect", Connect()),
        ("meet connect", Connect()),
        ("connect my calendar", Connect()),
        ("help!", Help()),
        ("Status, please.", Status()),
        ("status", Status()),
        ("/meet status", Status()),
        ("rooms", Rooms()),
        ("settings", Settings()),
        ("/meet settings, please", Settings()),
        ("/meet rooms, please", Rooms()),
        ("Status of my calendars", Status()),
    ],
)
def test_commands(text: str, intent: Intent) -> None:
    assert understood(text) == intent


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.verb)
def test_every_command_that_a_manifest_may_name_is_understood(command: object) -> None:
    one = next(known for known in COMMANDS if known is command)

    assert not isinstance(understood(f"{one.verb} {one.hint}"), Unclear)
    assert not isinstance(understood(one.hint), Unclear)


@pytest.mark.parametrize(
    ("text", "code", "missed", "example"),
    [
        pytest.param("@alex 30m flurbsday 7", Code.NOT_UNDERSTOOD, "flurbsday 7", "@alex 30m next week", id="nonsense"),
        pytest.param(
            "@alex 1h tomorow", Code.NOT_UNDERSTOOD, "tomorow", "@alex 1h tomorrow", id="a slip is offered, not assumed"
        ),
        pytest.param(
            "@alex 1h tommorow mornign",
            Code.NOT_UNDERSTOOD,
            "tommorow mornign",
            "@alex 1h tomorrow morning",
            id="two slips",
        ),
        pytest.param(
            "coffee with @alex tomorrow",
            Code.NOT_UNDERSTOOD,
            "coffee",
            "@alex 30m tomorrow about coffee",
            id="a topic without about",
        ),
        pytest.param(
            "@alex 30m next week but not Tuesday",
            Code.NOT_UNDERSTOOD,
            "but not",
            "@alex 30m next week",
            id="never what they do not want",
        ),
        pytest.param("@alex 30m every Friday", Code.NOT_UNDERSTOOD, "every", "@alex 30m Friday", id="a series"),
        pytest.param(
            "@alex 25:00 tomorrow", Code.NOT_UNDERSTOOD, "25:00", "@alex 30m tomorrow", id="a clock that does not exist"
        ),
        pytest.param(
            "<!channel> 30m tomorrow", Code.NOT_UNDERSTOOD, "@channel", "@alex 30m tomorrow", id="everybody is nobody"
        ),
        pytest.param(
            "'; DROP TABLE users; --", Code.NOT_UNDERSTOOD, "'; DROP TABLE users", "@alex 30m next week", id="SQL"
        ),
        pytest.param("45m Friday", Code.NO_PARTICIPANTS, "", "@alex 45m Friday", id="nobody"),
        pytest.param("@alex 30m Nov 31", Code.INVALID_DATE, "Nov 31", "@alex 30m 30 Nov", id="no such date"),
        pytest.param(
            "@alex 30m 2026-13-01", Code.INVALID_DATE, "2026-13-01", "@alex 30m next week", id="no such month"
        ),
        pytest.param(
            "@alex 30m 3/12", Code.AMBIGUOUS_DATE, "3/12", "@alex 30m 3 Dec", id="a slash that has two readings"
        ),
        pytest.param(
            "@alex 30m Tue 3 Dec", Code.CONFLICTING_DATE, "Tue 3 Dec", "@alex 30m 3 Dec", id="another weekday"
        ),
        pytest.param("@alex 30m Tue or Wed", Code.SEVERAL_DAYS, "Tue Wed", "@alex 30m Tue", id="two days"),
        pytest.param(
            "@alex 30m tomorrow morning after 2pm",
            Code.NO_HOURS,
            "morning after 2pm",
            "@alex 30m morning",
            id="hours that never meet",
        ),
        pytest.param(
            "@alex 30m today before 9", Code.IN_PAST, "today before 9", "@alex 30m tomorrow", id="it has passed"
        ),
        pytest.param(
            "@alex 30m this Monday", Code.IN_PAST, "this Monday", "@alex 30m tomorrow", id="this week's, passed"
        ),
        pytest.param("@alex 0m tomorrow", Code.INVALID_DURATION, "0m", "@alex 30m tomorrow", id="no time at all"),
        pytest.param("@alex -30m tomorrow", Code.INVALID_DURATION, "-30m", "@alex 30m tomorrow", id="less than none"),
        pytest.param("@alex 24h tomorrow", Code.INVALID_DURATION, "24h", "@alex 30m tomorrow", id="a whole day"),
        pytest.param(
            "@alex 30m 1h tomorrow", Code.CONFLICTING_DURATION, "30m and 1h", "@alex 30m tomorrow", id="two lengths"
        ),
        pytest.param(
            "@alex 2h Friday between 3 and 4",
            Code.WINDOW_TOO_SHORT,
            "Friday between 3 and 4",
            "@alex 2h Friday",
            id="longer than its window",
        ),
    ],
)
def test_refusals_say_what_was_missed_and_give_an_example(text: str, code: Code, missed: str, example: str) -> None:
    answer = refused(text)

    assert (answer.code, answer.missed, answer.example) == (code, missed, f"/meet {example}")
    assert not isinstance(understood(answer.example), Unclear)


def test_what_was_understood_is_said_in_their_words() -> None:
    assert refused("<@U024BE7LH|alex> 1h next week zzz").understood == "1h with @alex next week"


def test_an_id_that_nobody_typed_is_not_quoted() -> None:
    answer = refused("<@U0SAM0001|sam> <@U024BE7LH> 30m zzz 7")

    assert answer.understood == "30m with @sam and 1 other"
    assert answer.example == "/meet @sam 30m next week"


def test_so_many_characters_are_read() -> None:
    assert isinstance(understood(f"@alex 30m about {'x' * 900}"), Meet)
    assert refused(f"@alex 30m about {'x' * 1000}").code is Code.TOO_LONG
    assert refused("9" * 10_000).code is Code.TOO_LONG


def test_so_many_people_are_looked_at() -> None:
    people = " ".join(f"<@U{number:08}>" for number in range(400))

    assert refused(f"{people} 30m tomorrow").code is Code.TOO_MANY_PARTICIPANTS
    assert isinstance(understood(f"{people[: 13 * 100]} 30m tomorrow"), Meet)


def test_what_cannot_be_seen_changes_nothing() -> None:
    assert asked("@alex 30m tomor\u200brow") == asked("@alex 30m tomorrow")
    assert asked("@alex \u202e30m\u202c tomorrow") == asked("@alex 30m tomorrow")
    assert asked("@alex :wave: 30m tomorrow :tada:") == asked("@alex 30m tomorrow")
    assert asked("@alex 30m\u00a0tomorrow 🎉 ☕️") == asked("@alex 30m tomorrow")
    assert asked("@alex ３０ｍ tomorrow") == asked("@alex 30m tomorrow")


def test_a_mark_without_a_person_is_not_a_person() -> None:
    answer = understand(Marked("\ufffc 30m"), now=NOW, zone=BERLIN, command="/meet")

    assert isinstance(answer, Unclear)
