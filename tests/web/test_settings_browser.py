"""The settings page in a real browser, on a phone and on a desk, light and dark."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.applications import Starlette

from bot.core.events import BusyCause, Kind
from bot.core.intervals import Interval
from bot.core.preferences import Preferences
from bot.core.rules import Rules, office_hours
from bot.people.connect import SETTINGS
from bot.playground.stands.google.stand import GoogleStand
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.playground.stands.serving import Serving, held
from bot.storage import mirror, rules
from bot.web.connect import routes
from bot.wiring.settings import OFFERED
from tests.builders import NOW, TENANT, instance
from tests.people.desk import Desk, a_desk
from tests.playground.browser import LOOKS, launched
from tests.web.test_connect_browser import Place, Window, opened

_SPANS = re.compile(r"(?:\+\d )?\d\d:\d\d-\d\d:\d\d")

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("settings")
    at = held()
    url = f"http://127.0.0.1:{at.getsockname()[1]}"
    with (
        GoogleStand() as google,
        MicrosoftStand((), folder=folder) as microsoft,
        a_desk(folder, public_url=url) as desk,
    ):
        desk.connect()
        a_full_week(desk)
        app = Starlette(routes=routes(desk.connecting, desk.signing_in, OFFERED, desk.rooms))
        with Serving(app, at=at), launched() as browser:
            yield Place(desk, google, microsoft, url, browser)


def a_full_week(desk: Desk) -> None:
    """Ana's calendars were read: what is busy this week and the next, what is so perhaps, and a holiday."""
    told = "09:30-10:00 +1 13:00-15:00 +2 08:00-08:30 +2 11:00-12:30 +6 09:00-10:00 +7 12:00-14:00"
    busy = [instance(words, uid=f"busy-{number}") for number, words in enumerate(_SPANS.findall(told))]
    perhaps = [
        replace(instance(words, uid=words, kind=Kind.SOFT), cause=BusyCause.TENTATIVE)
        for words in ("14:00-15:00", "+3 09:00-11:00")
    ]
    holiday = replace(instance("+8 00:00-24:00", uid="holiday"), all_day=True)
    rows = {"Work": [*busy, *perhaps], "Holidays": [holiday]}
    window = Interval(NOW - timedelta(days=30), NOW + timedelta(days=60))
    with desk.database.transaction() as tx:
        for name, calendar in desk.calendars().items():
            mirror.replace(tx, TENANT, calendar.id, rows.get(name, []), window, desk.clock.now())


@pytest.fixture(params=LOOKS)
def window(place: Place, request: pytest.FixtureRequest) -> Iterator[Window]:
    yield from opened(place, request.param, LOOKS[request.param])
    desk = place.desk
    with desk.database.transaction() as tx:
        rules.save(tx, TENANT, desk.ana.id, Preferences(rules=Rules.of(office_hours("Europe/Berlin"))))


def test_the_page_can_be_used_by_everybody(window: Window) -> None:
    page = window.page
    window.opens(purpose=SETTINGS)
    window.is_sound("settings-link")
    window.press("Continue")
    assert window.heading() == "How you want to be scheduled"
    window.is_sound("settings")
    for fold in page.locator("details.fold > summary").all():
        fold.click()
    page.get_by_label("How long").fill("45")
    page.get_by_label("Somewhere between: from").fill("12:00")
    page.get_by_label("Somewhere between: to").fill("14:00")
    page.get_by_label("Date 1", exact=True).fill("2026-12-03")
    page.get_by_label("Date 1 from").fill("08:00")
    page.get_by_label("Date 1 to").fill("12:00")
    page.get_by_label("Journey 1, first day").fill("2026-12-04")
    page.get_by_label("Journey 1, last day").fill("2026-12-05")
    page.get_by_label("Journey 1, time zone").fill("Asia/Tokyo")
    page.get_by_label("After").fill("10")
    page.get_by_label("Title").fill("{asker} & {people}")
    window.is_sound("settings-open")
    window.press("Preview")
    assert page.get_by_role("status").inner_text() == "This is how it would be. Nothing is saved yet."
    page.get_by_text("The same in words").click()
    window.is_sound("settings-preview")
    window.press("The week after")
    assert page.locator(".turn h2").inner_text() == "7 – 13 December 2026"
    window.press("Save")
    assert "Saved." in page.get_by_role("status").inner_text()
    assert page.locator(".turn h2").inner_text() == "7 – 13 December 2026"
    window.is_sound("settings-saved")
    page.get_by_label("Time zone", exact=True).fill("Mars")
    page.get_by_label("Before").fill("soon")
    window.press("Save")
    assert page.get_by_role("alert").locator("li").count() == 2
    window.trouble[:] = [one for one in window.trouble if "422" not in one]  # that is how mistakes are answered
    window.is_sound("settings-mistakes")
