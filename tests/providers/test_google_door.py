"""Google's answers are bounded and timed, whatever they are, and nothing of them leaks."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import AddressRefused, NotACalendar, Refused, TryLater
from bot.playground.stands.google.calls import Fault
from bot.playground.stands.google.stand import GoogleStand
from bot.providers.fetch import Door
from bot.providers.google.adapter import Google, connect
from bot.wiring.logs import scrub
from tests.contracts.google_stage import account, client
from tests.providers.google import ANA, DRAFT, NINE, OWN, WINDOW, ZONE, door, opened, opening, placed, stand

__all__ = ["opened", "stand"]


def before(stand: GoogleStand, through: Door) -> Google:
    return connect(account(stand, ANA), client(stand), through)


def test_a_door_that_does_not_open_is_not_gone_through(stand: GoogleStand) -> None:
    with pytest.raises(AddressRefused):
        before(stand, Door()).calendars()
    assert stand.calls == []


def test_an_answer_without_end_is_cut(stand: GoogleStand) -> None:
    for _ in range(5):
        placed(stand, description="x" * 1000)
    google = before(stand, replace(door(stand), most_bytes=400))
    with pytest.raises(NotACalendar):
        google.read(OWN, WINDOW, ZONE)
    google.close()


def test_an_answer_that_does_not_come_is_not_waited_for(stand: GoogleStand) -> None:
    asked = threading.Event()
    stand.meanwhile["calendar.calendarList.list"] = lambda: asked.wait(2)
    google = before(stand, replace(door(stand), read_within=timedelta(milliseconds=100)))
    with pytest.raises(TryLater):
        google.calendars()
    asked.set()
    google.close()


@pytest.mark.parametrize(
    ("status", "error"), [(200, NotACalendar), (403, Refused), (502, TryLater)], ids=["fine", "forbidden", "broken"]
)
def test_a_page_of_html_is_no_calendar(
    stand: GoogleStand, opened: Google, status: int, error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    calls: list[Callable[[], object]] = [
        opened.calendars,
        lambda: opened.read(OWN, WINDOW, ZONE),
        lambda: opened.put(OWN, DRAFT),
    ]
    for call in calls:
        stand.faults.append(Fault(status, html="<html>canary</html>"))
        with pytest.raises(error) as told:
            call()
        assert "canary" not in str(told.value)
    assert "canary" not in caplog.text


def test_nothing_that_is_secret_or_somebodys_is_logged(stand: GoogleStand, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    placed(stand, summary="canary-title", eventType="siesta")
    with opening(stand) as google:
        google.read(OWN, WINDOW, ZONE)
        google.put(OWN, DRAFT)
        google.title(OWN, DRAFT.uid, NINE.start)
        stand.faults.append(Fault(429))
        with pytest.raises(TryLater):
            google.calendars()
        stand.revoke(ANA)
        with pytest.raises(Exception, match="sign in"):
            google.calendars()
    said = "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith(("asyncio", "httpcore")))
    for secret in ("canary-title", DRAFT.title, "ya29.", "1//", "GOCSPX"):
        assert secret not in said
    ours = "\n".join(one.getMessage() for one in caplog.records if one.name.startswith(("bot.", "googleapiclient")))
    assert ANA not in ours


@pytest.mark.parametrize("secret", ["ya29.a0Ab-cd_ef", f"1//{'x' * 40}", "GOCSPX-abcdefgh"])
def test_googles_secrets_are_told_by_their_shape(secret: str) -> None:
    assert secret not in scrub(f"refused: {secret} was wrong")
