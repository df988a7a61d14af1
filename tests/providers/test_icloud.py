"""iCloud among the CalDAV servers: read oftener, waited for longer, and found again where it has moved an account."""

from datetime import timedelta

import pytest

from bot.providers.base import Account, Remote
from bot.providers.caldav import connect
from bot.providers.discovery import moved
from bot.providers.fetch import Door


@pytest.mark.parametrize(
    ("url", "minutes"),
    [
        pytest.param("https://caldav.icloud.com/", (5, 1), id="iCloud"),
        pytest.param("https://p42-caldav.icloud.com:443/1/", (5, 1), id="one of its hosts"),
        pytest.param("https://dav.example.org/", (10, 2), id="any other"),
        pytest.param("https://caldav.icloud.com.example.org/", (10, 2), id="one that only looks like it"),
    ],
)
def test_how_often_it_is_read(url: str, minutes: tuple[int, int]) -> None:
    opened = connect(Account(provider="caldav", url=url, user="ana", password="secret"), Door())
    cadence, hot = (timedelta(minutes=each) for each in minutes)
    assert (opened.abilities.cadence, opened.abilities.hot_cadence) == (cadence, hot)
    opened.close()


@pytest.mark.parametrize(
    ("homes", "expected"),
    [
        pytest.param(
            ["https://p02-caldav.icloud.com:443/7/calendars/"], "https://p02-caldav.icloud.com:443", id="moved"
        ),
        pytest.param(["https://p01-caldav.icloud.com/7/calendars/"], None, id="still there"),
        pytest.param(["https://p02-caldav.icloud.com/8/calendars/"], None, id="somebody else's home"),
        pytest.param([], None, id="no home"),
    ],
)
def test_a_calendar_is_found_where_its_account_is_now(homes: list[str], expected: str | None) -> None:
    there = moved(Remote("https://p01-caldav.icloud.com/7/calendars/work/"), homes)
    assert there == (f"{expected}/7/calendars/work/" if expected else None)
