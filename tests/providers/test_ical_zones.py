"""Zones: what a TZID means, and what a document says of its own."""

from collections.abc import Sequence

import pytest

from bot.providers.ical.observed import Observed
from bot.providers.ical.offsets import DAY, named
from bot.providers.ical.stamps import Odd, wall_second
from bot.providers.ical.vtimezone import described
from bot.providers.ical.zones import Zones, known

OUTLOOK = """BEGIN:VTIMEZONE
TZID:Customized Time Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE""".splitlines()

BEFORE_2007 = """BEGIN:VTIMEZONE
TZID:Eastern
BEGIN:DAYLIGHT
DTSTART:19870405T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19671029T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE""".splitlines()

HALF = described("Australia/Lord_Howe", 2025, 2028)


@pytest.mark.parametrize(
    ("lines", "zone", "first", "last"),
    [
        pytest.param(OUTLOOK, "Europe/Berlin", "20260101", "20280101", id="as Outlook writes it"),
        pytest.param(BEFORE_2007, "America/New_York", "20050101", "20090101", id="with rules that ended"),
        pytest.param(described("Europe/Berlin", 2025, 2028), "Europe/Berlin", "20260101", "20280101", id="as we do"),
        pytest.param(
            described("Australia/Lord_Howe", 2025, 2028), "Australia/Lord_Howe", "20260101", "20280101", id="half"
        ),
        pytest.param(described("Asia/Kolkata", 2025, 2028), "Asia/Kolkata", "20260101", "20280101", id="none at all"),
    ],
)
def test_a_described_zone_is_the_one_that_it_describes(lines: Sequence[str], zone: str, first: str, last: str) -> None:
    observed, there = Observed(lines), named(zone)
    for wall in range(wall_second(first), wall_second(last), 30 * 60):
        assert observed.utc(wall) == there.utc(wall), wall


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("RRULE:FREQ=DAILY", id="clocks that change every day"),
        pytest.param("RRULE:FREQ=YEARLY;BYYEARDAY=60", id="a rule of the uncommon kind"),
        pytest.param("TZOFFSETTO:east", id="an offset that is none"),
        pytest.param("DTSTART:then", id="a time that is none"),
    ],
)
def test_what_cannot_be_read_here_is_odd(line: str) -> None:
    lines = [line if each.startswith(line.partition(":")[0]) else each for each in OUTLOOK]
    with pytest.raises(Odd):
        Observed(lines)
    with pytest.raises(Odd):
        Observed(["BEGIN:VTIMEZONE", "END:VTIMEZONE"])


@pytest.mark.parametrize(
    ("tzid", "means"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Mid-Atlantic Standard Time", "Etc/GMT+2"),
        ("/mozilla.org/20050126_1/America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("GMT+0200", "Etc/GMT-2"),
        ("UTC-5", "Etc/GMT+5"),
        ("GMT+0530", None),
        ("Z", "UTC"),
        ("Customized Time Zone", None),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", None),
        ("../../etc/passwd", None),
        ("", None),
    ],
)
def test_what_a_tzid_means(tzid: str, means: str | None) -> None:
    assert known(tzid) == means


def test_a_zone_of_nobody_is_the_owners_and_is_told() -> None:
    zones = Zones("Asia/Tokyo", {})
    assert zones.offsets("Customized Time Zone").utc(9 * 3600) == 0
    assert zones.assumed == {"Customized Time Zone"}
    assert zones.offsets(None).utc(DAY) == DAY - 9 * 3600
