"""The corpus: one file for every oddity that calendars are known to hold, and what must be read from it."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.errors import NotACalendar
from bot.core.events import BusyCause, Instance, Kind
from bot.core.intervals import Interval
from bot.providers.ical.read import instances

CORPUS = Path(__file__).parent.parent / "corpus"
WINDOW = Interval(datetime(2026, 11, 23, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
NINE = "12-01 08:00–12-01 09:00"
MOVED = ["11-24 08:00–11-24 09:00", "12-01 13:00–12-01 14:00", "12-08 08:00–12-08 09:00"]
DAY = "11-30 23:00–12-01 23:00"


def read(name: str, window: Interval = WINDOW) -> list[Instance]:
    data = (CORPUS / f"{name}.ics").read_bytes()
    return sorted(
        instances(data, window, "Europe/Berlin", ["ana@example.org"]), key=lambda one: (one.when.start, one.starts)
    )


def told(found: list[Instance]) -> list[str]:
    return [f"{one.when.start:%m-%d %H:%M}–{one.when.end:%m-%d %H:%M}" for one in found if one.blocks or one.ours]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain", [NINE]),
        ("transparent", []),
        ("cancelled", []),
        ("declined", []),
        ("delegated", []),
        ("accepted", [NINE]),
        ("tentative", [NINE]),
        ("unanswered", [NINE]),
        ("host-unanswered", [NINE]),
        ("outlook-free", []),
        ("outlook-away", [NINE]),
        ("outlook-unknown", [NINE]),
        ("all-day", [DAY]),
        ("all-day-no-end", [DAY]),
        ("all-day-equal-end", [DAY]),
        ("all-day-weekly", [DAY, "12-07 23:00–12-08 23:00"]),
        ("floating", [NINE]),
        ("floating-in-export", ["12-01 14:00–12-01 15:00"]),
        ("utc-in-export", ["11-24 09:00–11-24 10:00", "12-01 09:00–12-01 10:00"]),
        ("windows-zone", ["12-01 14:00–12-01 15:00"]),
        ("path-zone", ["12-01 14:00–12-01 15:00"]),
        ("unexplained-zone", [NINE]),
        ("own-zone-tokyo", ["12-01 00:00–12-01 01:00"]),
        ("own-zone-athens", ["12-01 07:00–12-01 08:00", "12-02 07:00–12-02 08:00"]),
        (
            "series-with-exceptions",
            ["11-24 08:00–11-24 09:00", "12-02 13:00–12-02 14:00", "12-22 08:00–12-22 09:00"],
        ),
        ("series-exdate-in-utc", ["11-24 08:00–11-24 09:00", "12-08 08:00–12-08 09:00"]),
        (
            "series-until-date",
            ["11-24 08:00–11-24 09:00", "11-25 08:00–11-25 09:00", "11-26 08:00–11-26 09:00"],
        ),
        (
            "series-until-floating",
            ["11-24 08:00–11-24 09:00", "11-25 08:00–11-25 09:00", "11-26 08:00–11-26 09:00"],
        ),
        ("moved-into-window", [NINE]),
        (
            "series-with-bad-dates",
            ["11-24 08:00–11-24 09:00", "12-01 08:00–12-01 09:00", "12-08 08:00–12-08 09:00"],
        ),
        ("series-with-two-ends", ["11-24 08:00–11-24 09:00", "12-01 08:00–12-01 09:00"]),
        ("series-that-has-ended", []),
        ("long-series-that-has-ended", ["11-20 23:00–11-24 23:00"]),
        ("override-without-master", [NINE]),
        ("declined-instance", ["11-24 08:00–11-24 09:00"]),
        ("this-and-future", ["11-24 08:00–11-24 09:00", "12-01 10:00–12-01 11:00", "12-08 10:00–12-08 11:00"]),
        ("duration-over-dst", ["03-27 21:00–03-28 05:00", "03-28 20:00–03-29 04:00"]),
        ("days-over-dst", ["03-27 21:00–03-28 20:00"]),
        ("weekly-over-dst", ["03-05 14:00–03-05 14:30", "03-12 14:00–03-12 14:30", "03-19 13:00–03-19 13:30"]),
        ("rdate-periods", ["12-01 09:00–12-01 10:00", "12-02 09:00–12-02 11:00", "12-03 09:00–12-03 09:30"]),
        ("no-end", []),
        ("zero-length", []),
        ("end-before-start", [NINE]),
        ("no-start", [NINE]),
        ("no-uid", [NINE]),
        ("folded-and-bom", [NINE]),
        ("lf-only", [NINE]),
        ("cr-only", [NINE]),
        ("lower-case", [NINE]),
        ("two-calendars", [NINE, "12-02 08:00–12-02 09:00"]),
        ("same-uid-twice", [NINE, "12-02 08:00–12-02 09:00"]),
        ("only-a-task", []),
        ("nothing", []),
        ("ours-far-away", ["01-01 09:00–01-01 10:00"]),
        ("ours-cancelled", [NINE]),
        ("birthday-from-1604", [DAY]),
        (
            "daily-from-year-one",
            ["11-23 09:00–11-23 10:00", "11-24 09:00–11-24 10:00", "11-25 09:00–11-25 10:00"],
        ),
        ("fortnightly-from-1950", ["11-24 09:00–11-24 10:00", "11-26 09:00–11-26 10:00"]),
        ("zone-windows-dropped", ["11-30 21:00–11-30 22:00"]),
        ("zone-of-nobody", [NINE]),
        ("zone-of-nobody-in-export", ["12-01 14:00–12-01 15:00"]),
        ("zone-as-offset", ["12-01 07:00–12-01 08:00"]),
        ("zone-windows-label", [NINE]),
        ("zone-microsoft-utc", ["12-01 09:00–12-01 10:00"]),
        ("zone-eastern-label", [NINE]),
        ("zone-trailing-space", ["12-01 14:00–12-01 15:00"]),
        ("zone-misdescribed", [NINE]),
        ("zone-described-by-dates", ["12-01 14:00–12-01 15:00", "03-15 13:00–03-15 14:00"]),
        ("zone-described-oddly", [NINE, "03-15 05:00–03-15 06:00"]),
        ("in-a-gap", ["03-28 01:30–03-28 02:30"]),
        (
            "series-through-a-gap",
            ["03-27 01:30–03-27 02:30", "03-28 01:30–03-28 02:30", "03-29 00:30–03-29 01:30"],
        ),
        ("series-exdate-as-date", ["11-24 08:00–11-24 09:00", "12-08 08:00–12-08 09:00"]),
        ("recurrence-id-in-utc", MOVED),
        ("recurrence-id-as-date", MOVED),
        ("two-exceptions-of-one", [MOVED[0], "12-01 15:00–12-01 16:00", MOVED[2]]),
        ("series-day-shift", ["11-24 08:00–11-24 09:00", "11-25 08:00–11-25 09:00", "12-02 08:00–12-02 09:00"]),
        ("outlook-elsewhere", []),
        ("outlook-tentative", [NINE]),
        ("private", [NINE]),
        ("accepted-and-transparent", [NINE]),
        ("utf-16", [NINE]),
        ("latin-1", [NINE]),
        ("folded-in-a-name", [NINE]),
    ],
)
def test_the_corpus(name: str, expected: list[str]) -> None:
    assert told(read(name)) == expected


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("plain", BusyCause.PLAIN),
        ("unanswered", BusyCause.UNANSWERED),
        ("tentative", BusyCause.TENTATIVE),
        ("outlook-tentative", BusyCause.TENTATIVE),
        ("outlook-elsewhere", BusyCause.ELSEWHERE),
        ("all-day", BusyCause.PLAIN),
        ("all-day-free", BusyCause.FREE),
    ],
)
def test_what_its_owner_may_choose_is_told_with_its_cause(name: str, cause: BusyCause) -> None:
    (found,) = read(name)
    assert (found.cause, found.blocks) == (cause, cause not in (BusyCause.FREE, BusyCause.ELSEWHERE))


def test_every_instance_of_whole_days_that_are_shown_as_free_is_known() -> None:
    assert [(one.when.start.day, one.cause) for one in read("all-day-free-weekly")] == [
        (30, BusyCause.FREE),
        (7, BusyCause.FREE),
    ]


@pytest.mark.parametrize("name", ["transparent", "cancelled", "declined", "delegated"])
def test_what_could_not_block_by_any_choice_is_not_known(name: str) -> None:
    assert read(name) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("broken-rule", [NINE], id="a weekday that is none"),
        pytest.param("rule-of-nonsense", [NINE], id="a sentence"),
        pytest.param("bomb-interval-zero", ["12-01 09:00–12-01 10:00"], id="an interval that never advances"),
        pytest.param("bomb-every-second-of-day", ["12-01 09:00–12-01 10:00"], id="every minute of every day"),
        pytest.param("bomb-secondly", ["12-01 09:00–04-01 00:00"], id="every second, for ever"),
        pytest.param("bomb-minutely-1970", ["01-01 09:00–04-01 00:00"], id="every minute since 1970"),
        pytest.param("bomb-thirtieth-of-february", [], id="a day that never comes"),
    ],
)
def test_a_series_that_cannot_be_expanded_becomes_one_block(name: str, expected: list[str]) -> None:
    assert told(read(name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("duration-over-autumn", ["10-30 21:00–10-31 05:00"], id="eight hours are eight hours"),
        pytest.param("end-over-autumn", ["10-30 21:00–10-31 06:00"], id="until seven is until seven"),
        pytest.param("in-a-fold", ["10-31 00:30–10-31 00:45"], id="what is shown twice is the first"),
        pytest.param(
            "half-hour-over-autumn",
            ["03-28 22:00–03-28 23:00", "04-04 22:30–04-04 23:30"],
            id="clocks set by half an hour",
        ),
    ],
)
def test_clocks_that_are_set(name: str, expected: list[str]) -> None:
    later = Interval(datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC))
    assert told(read(name, later)) == expected


def test_a_count_of_billions_ends_at_the_window() -> None:
    assert len(read("count-of-billions")) == 19


def test_how_hard_it_blocks() -> None:
    kinds = {name: read(name)[0].kind for name in ("accepted", "tentative", "unanswered", "outlook-away", "no-start")}
    assert kinds == {
        "accepted": Kind.HARD,
        "tentative": Kind.SOFT,
        "unanswered": Kind.SOFT,
        "outlook-away": Kind.AWAY,
        "no-start": Kind.HARD,
    }


def test_a_moved_instance_is_known_by_where_it_was() -> None:
    moved = read("series-with-exceptions")[1]
    assert moved.starts == datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert read("this-and-future")[2].starts == datetime(2026, 12, 8, 8, tzinfo=UTC)


def test_whole_days_are_marked_and_begin_where_their_owner_lives() -> None:
    data = (CORPUS / "all-day.ics").read_bytes()
    (there,) = instances(data, WINDOW, "Asia/Kolkata", [])
    assert there.all_day
    assert there.when.start == datetime(2026, 11, 30, 18, 30, tzinfo=UTC)


def test_two_zones_of_the_same_name_do_not_meet() -> None:
    for _ in range(2):
        assert told(read("own-zone-tokyo")) == ["12-01 00:00–12-01 01:00"]
        assert told(read("own-zone-athens"))[0] == "12-01 07:00–12-01 08:00"


def test_a_copy_of_ours_is_known_whatever_its_status_or_time() -> None:
    (far,) = read("ours-far-away")
    assert (far.ours, far.sequence, far.blocks) == ("m1", 3, True)
    (cancelled,) = read("ours-cancelled")
    assert (cancelled.ours, cancelled.blocks) == ("m1", False)


WHOLE = (CORPUS / "plain.ics").read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\r\n\r\n", id="blank lines"),
        pytest.param(b"<!DOCTYPE html><html><body>Please sign in</body></html>", id="a web page"),
        pytest.param(WHOLE[: len(WHOLE) // 2], id="half a file"),
        pytest.param(WHOLE[: WHOLE.rindex(b"END:VCALENDAR")], id="all but the last line"),
        pytest.param(WHOLE.replace(b"END:VEVENT\r\n", b""), id="an event that never ends"),
        pytest.param(b"calendar.ics", id="a file name, which must not be opened"),
        pytest.param(b"\xff\xfe\x00\x01", id="noise"),
        pytest.param(b'{"error": "not found"}', id="JSON"),
        pytest.param(WHOLE.replace(b"UID:plain", b"UID:" + b"x" * 300_000), id="an endless line that is needed"),
        pytest.param(
            b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\n" * 3000 + b"END:X\r\n" * 3000 + b"END:VCALENDAR", id="deep"
        ),
        pytest.param(WHOLE.replace(b"UID:plain", b"EXDATE:" + b"20261201T090000Z," * 6000), id="dates without end"),
        pytest.param(b"BEGIN:VCALENDAR\r\n" + b" " * 11_000_000 + b"\r\nEND:VCALENDAR", id="eleven megabytes"),
    ],
)
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(NotACalendar):
        instances(data, WINDOW, "UTC", [])


def test_a_picture_in_an_event_harms_nobody() -> None:
    picture = b"ATTACH;ENCODING=BASE64;VALUE=BINARY:" + b"A" * 300_000 + b"\r\nEND:VEVENT"
    assert told(instances(WHOLE.replace(b"END:VEVENT", picture), WINDOW, "UTC", [])) == [NINE]


def test_a_path_is_text_and_never_opened(tmp_path: Path) -> None:
    kept = tmp_path / "kept.ics"
    kept.write_bytes(WHOLE)
    with pytest.raises(NotACalendar):
        instances(str(kept).encode(), WINDOW, "UTC", [])


@given(st.binary(max_size=400))
def test_noise_is_refused_and_nothing_worse(data: bytes) -> None:
    with pytest.raises(NotACalendar):
        instances(data, WINDOW, "UTC", [])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(path.stem for path in CORPUS.glob("*.ics") if not path.stem.startswith("bomb"))),
    at=st.floats(0, 1),
    length=st.integers(0, 12),
    instead=st.one_of(
        st.binary(max_size=6), st.text("0123456789TZ:;,=-+PBYDAWEKMOINTRVLC", max_size=8).map(str.encode)
    ),
)
def test_damage_is_read_or_refused_and_nothing_worse(name: str, at: float, length: int, instead: bytes) -> None:
    data = (CORPUS / f"{name}.ics").read_bytes()
    here = int(at * len(data))
    with suppress(NotACalendar):
        instances(data[:here] + instead + data[here + length :], WINDOW, "UTC", ["ana@example.org"])


@given(
    start=st.dates(date(2026, 6, 1), date(2027, 3, 1)),
    frequency=st.sampled_from([("DAILY", 1), ("WEEKLY", 7)]),
    interval=st.integers(1, 5),
    excluded=st.sets(st.integers(0, 20), max_size=4),
    since=st.integers(0, 4000),
)
def test_simple_series_stand_where_arithmetic_puts_them(
    start: date, frequency: tuple[str, int], interval: int, excluded: set[int], since: int
) -> None:
    name, days = frequency
    step = timedelta(days=days * interval)
    first = start - since * step
    visible = [start + number * step for number in range(-400, 400)]
    within = [day for day in visible if day >= first and WINDOW.start.date() <= day < WINDOW.end.date()]
    out = {within[number] for number in excluded if number < len(within)}
    exdates = "".join(f"EXDATE:{day:%Y%m%d}T120000Z\r\n" for day in out)
    data = (
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\n"
        f"DTSTART:{first:%Y%m%d}T120000Z\r\nDTEND:{first:%Y%m%d}T130000Z\r\n"
        f"RRULE:FREQ={name};INTERVAL={interval}\r\n{exdates}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    found = {one.when.start.date() for one in instances(data.encode(), WINDOW, "UTC", [])}
    assert found == set(within) - out


def invited(*guests: str) -> list[Instance]:
    lines = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:one", "DTSTART:20261201T080000Z", "DTEND:20261201T090000Z"]
    data = "\r\n".join([*lines, *(f"ATTENDEE;{guest}" for guest in guests), "END:VEVENT", "END:VCALENDAR", ""])
    return instances(data.encode(), WINDOW, "Europe/Berlin", ["ana@example.org", "a.na@gmail.com"])


@pytest.mark.parametrize(
    ("guests", "causes"),
    [
        pytest.param(["PARTSTAT=DECLINED:mailto:Ana+clubs@example.org"], [], id="with a tag"),
        pytest.param(["PARTSTAT=DECLINED:mailto:ana@exam\r\n ple.org"], [], id="folded within the address"),
        pytest.param(["PARTSTAT=DECLINED:mailto:an.a@googlemail.com"], [], id="as Gmail may be written"),
        pytest.param(["PARTSTAT=DECLINED:mailto:joana@example.org"], [BusyCause.PLAIN], id="a longer name"),
        pytest.param(["PARTSTAT=DECLINED:mailto:ana+x@example.com"], [BusyCause.PLAIN], id="another house"),
        pytest.param(
            ["PARTSTAT=DECLINED:mailto:ana+x@example.org", "PARTSTAT=TENTATIVE:mailto:ana@example.org"],
            [BusyCause.TENTATIVE],
            id="the very address goes first",
        ),
    ],
)
def test_an_invitation_finds_its_owner(guests: list[str], causes: list[BusyCause]) -> None:
    assert [one.cause for one in invited(*guests)] == causes
