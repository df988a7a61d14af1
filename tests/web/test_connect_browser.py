"""Connecting calendars in a real browser, at stand-ins of Google and Microsoft, on a phone and on a desk."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette

from bot.core.calendars import Access
from bot.core.clients import GoogleClient, MicrosoftClient
from bot.people.connect import RECONNECT
from bot.people.leaving import Leaving
from bot.people.signing_in import APPROVED, SigningIn
from bot.playground.stands.google.stand import GoogleStand
from bot.playground.stands.microsoft.directory import MicrosoftUser
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.playground.stands.serving import Serving, held
from bot.providers.memory import PASSWORD
from bot.providers.registry import Services, providers, sign_ins
from bot.storage import calendars, farewells, signins
from bot.web.connect import routes
from bot.wiring.settings import OFFERED
from tests.builders import TENANT
from tests.people.desk import Desk, a_desk
from tests.playground.browser import DESKTOP, LOOKS, SERIOUS, launched

ANA = "ana@acme.example"
WORK, BOSS, ORGANISATION = "ana@strict.example", "boss@strict.example", "7d1f2c5e-1c52-4f7e-9a52-5a0f5b6f2f10"
"""An organisation in which nobody but its administrator may allow an app anything."""
PICTURES = os.environ.get("OVERLAP_PICTURES", "")
"""A folder for pictures of every page, for whoever wants to look at them."""

FILE = """\
BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
DTSTART:20261201T090000Z
DTEND:20261201T100000Z
END:VEVENT
END:VCALENDAR
"""

pytestmark = pytest.mark.xdist_group("browser")


@dataclass
class Place:
    """Everything: our pages, the services, and the browser."""

    desk: Desk
    google: GoogleStand
    microsoft: MicrosoftStand
    url: str
    browser: Any
    names: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("connect")
    at = held()
    url = f"http://127.0.0.1:{at.getsockname()[1]}"
    people = (
        MicrosoftUser(email=ANA, name="Ana"),
        MicrosoftUser(email="bo@acme.example", name="Bo"),
        MicrosoftUser(email=WORK, name="Ana at work", tenant=ORGANISATION),
        MicrosoftUser(email=BOSS, name="Boss", tenant=ORGANISATION, is_admin=True),
    )
    with (
        GoogleStand() as google,
        MicrosoftStand(people, folder=folder) as microsoft,
        a_desk(folder, public_url=url) as desk,
    ):
        google.add(ANA, "Ana")
        google.add("other@acme.example", "Other")
        google.new_calendar(ANA, "Side project")
        microsoft.directory.only_admins.add(ORGANISATION)
        join(desk, google, microsoft)
        app = Starlette(routes=routes(desk.connecting, desk.signing_in, OFFERED, desk.rooms))
        with Serving(app, at=at), launched() as browser:
            yield Place(desk, google, microsoft, url, browser)


def join(desk: Desk, google: GoogleStand, microsoft: MicrosoftStand) -> None:
    """The desk's services are the real adapters, before the stand-ins."""
    services = Services(
        ca_file=microsoft.ca_file,
        google=GoogleClient(
            client_id=google.client_id, client_secret=google.client_secret, api_url=google.url, oauth_url=google.url
        ),
        microsoft=MicrosoftClient(
            client_id=microsoft.directory.client_id,
            client_secret=microsoft.directory.client_secret,
            graph_url=microsoft.url,
            authority=f"{microsoft.url}/common",
        ),
    )
    opening, signing = providers(services), sign_ins(services)
    desk.connecting = replace(desk.connecting, providers={**opening, "caldav": desk.service.connect})
    desk.signing_in = SigningIn(desk.connecting, signing)
    desk.leaving = Leaving(desk.database, desk.clock, desk.connecting.vault, opening, signing)


@pytest.fixture(autouse=True)
def clean(place: Place) -> Iterator[None]:
    """Nothing is connected before a test, and nobody is told twice."""
    yield
    with place.desk.database.reading() as tx:
        mine = calendars.connections_of(tx, TENANT, place.desk.ana.id)
    for one in mine:
        place.desk.connecting.disconnect(place.desk.ana, one.id)


@dataclass
class Window:
    """One window, and whatever went wrong in it."""

    place: Place
    page: Any
    look: str
    trouble: list[str]

    def opens(self, **rest: Any) -> None:
        """Behind a link of Ana's."""
        self.page.goto(self.place.desk.connecting.link(self.place.desk.ana, **rest))

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words).click()

    def follow(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()

    def heading(self) -> str:
        return str(self.page.locator("h1").inner_text())

    def is_sound(self, name: str) -> None:
        """Nobody is kept from using it, nothing is cut off, and nothing went wrong; and a picture, if wanted."""
        from axe_playwright_python.sync_playwright import Axe

        if PICTURES:
            Path(PICTURES).mkdir(exist_ok=True)
            self.page.screenshot(path=f"{PICTURES}/{name}-{self.look}.png", full_page=True)
        found = Axe().run(self.page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS] == []
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
        assert self.trouble == []


@pytest.fixture(params=LOOKS)
def window(place: Place, request: pytest.FixtureRequest) -> Iterator[Window]:
    yield from opened(place, request.param, LOOKS[request.param])


@pytest.fixture
def desktop(place: Place) -> Iterator[Window]:
    yield from opened(place, "desktop", DESKTOP)


def opened(place: Place, look: str, shape: dict[str, Any]) -> Iterator[Window]:
    context = place.browser.new_context(**shape, ignore_https_errors=True, reduced_motion="reduce")
    context.set_default_timeout(20_000)
    trouble: list[str] = []
    context.on(
        "console",
        lambda said: (
            trouble.append(said.text)
            if said.type in {"error", "warning"} and said.location["url"].startswith(place.url)
            else None
        ),
    )
    context.on(
        "request",
        lambda asked: trouble.append(asked.url) if urlsplit(asked.url).hostname != "127.0.0.1" else None,
    )
    page = context.new_page()
    yield Window(place, page, look, trouble)
    context.close()


def test_every_page_can_be_used_by_everybody(window: Window) -> None:
    window.opens()
    window.is_sound("link")
    window.press("Continue")
    window.is_sound("start")
    for name, words in {
        "google": "Google",
        "microsoft": "Microsoft 365",
        "icloud": "iCloud",
        "caldav": "Another calendar service",
        "feed": "A calendar’s link",
        "import": "A calendar file",
    }.items():
        window.follow(words)
        window.is_sound(name)
        window.page.go_back()
    window.follow("Microsoft 365")
    window.page.locator("summary", has_text="Need admin approval").click()
    window.press("Get a link for my administrator")
    assert "adminconsent" in window.page.get_by_label("Link for your administrator").input_value()
    window.trouble.clear()  # the browser logs the 403
    window.is_sound("approval")
    window.follow("Another calendar")
    window.follow("A calendar file")
    window.press("Look at it")
    assert "Choose a file" in window.page.locator(".summary").inner_text()
    window.trouble.clear()  # the browser logs the 422
    window.is_sound("import-mistake")
    buffer = FILE.encode()
    window.page.set_input_files("#file", {"name": "work.ics", "mimeType": "text/calendar", "buffer": buffer})
    window.press("Look at it")
    window.is_sound("import-preview")
    window.press("Yes, connect it")
    window.is_sound("calendars-import")
    window.page.goto(f"{window.place.url}/connect/google")
    window.press("Continue to Google")
    sign_in_at_google(window, ANA)
    window.is_sound("confirm")
    window.press("Yes, connect it")
    window.page.locator("summary", has_text="Add hours").first.click()
    window.is_sound("calendars")
    window.page.goto(f"{window.place.url}/connect")
    window.is_sound("accounts")
    window.follow("Disconnect")
    window.is_sound("disconnect")
    window.page.goto(f"{window.place.url}/connect/google/callback?error=access_denied&state=made-up")
    window.trouble.clear()  # the browser logs the 410
    window.is_sound("trouble")


def test_google_is_connected_and_a_break_at_noon_is_kept(desktop: Window) -> None:
    desktop.opens()
    desktop.press("Continue")
    desktop.follow("Google")
    desktop.press("Continue to Google")
    sign_in_at_google(desktop, ANA)
    assert desktop.heading() == f"Connect {ANA} to this chat account?"
    desktop.press("Yes, connect it")
    desktop.page.locator("#to-0").fill("12:00")
    desktop.page.locator("summary", has_text="Add hours").first.click()
    desktop.page.locator("#from-0-2").fill("13:00")
    desktop.page.locator("#to-0-2").fill("17:30")
    desktop.press("Save")
    assert "Monday 09:00–12:00, 13:00–17:30" in desktop.page.locator("main").inner_text()
    desktop.follow("Change something")
    assert desktop.page.locator("#from-0-2").input_value() == "13:00"
    desktop.press("Save")
    assert "Monday 09:00–12:00, 13:00–17:30" in desktop.page.locator("main").inner_text()
    assert desktop.trouble == []
    assert desktop.place.google.sins == []


def test_microsoft_is_connected(desktop: Window) -> None:
    desktop.opens()
    desktop.press("Continue")
    desktop.follow("Microsoft 365")
    desktop.page.get_by_label("Only see when I’m busy").check()
    desktop.press("Continue to Microsoft")
    sign_in_at_microsoft(desktop, ANA)
    assert desktop.heading() == f"Connect {ANA} to this chat account?"
    desktop.press("Yes, connect it")
    with desktop.place.desk.database.reading() as tx:
        (one,) = calendars.connections_of(tx, TENANT, desktop.place.desk.ana.id)
    assert (one.provider, one.access) == ("microsoft", Access.FREEBUSY)
    desktop.opens(consent=one.id)
    desktop.press("Continue")
    sign_in_at_microsoft(desktop, ANA)
    with desktop.place.desk.database.reading() as tx:
        (one,) = calendars.connections_of(tx, TENANT, desktop.place.desk.ana.id)
    assert one.access is Access.FULL
    assert desktop.place.microsoft.refusals == []


def test_accounts_are_connected_again_on_pages_that_know_them(window: Window) -> None:
    desk = window.place.desk
    for url, name in (("https://dav.example.com/", "again"), ("https://caldav.icloud.com/", "again-icloud")):
        account = desk.connect(url=url)
        window.opens(consent=account.id, purpose=RECONNECT)
        window.is_sound(f"{name}-link")
        assert window.heading() == f"Connect {account.label} again"
        window.press("Continue")
        window.is_sound(name)
        window.page.get_by_label("password").last.fill("not-the-password")
        window.press("Connect")
        assert "did not accept" in window.page.locator(".summary").inner_text()
        window.trouble.clear()  # the browser logs the 422
        window.is_sound(f"{name}-mistake")
        window.page.get_by_label("password").last.fill(PASSWORD)
        window.press("Connect")
        assert window.heading() == "Your calendars and hours"
    with desk.database.transaction() as tx:
        tx.execute(
            calendars.CONNECTIONS.update().where(calendars.CONNECTIONS.c.id == account.id).values(provider="ics")
        )
    window.opens(consent=account.id, purpose=RECONNECT)
    window.press("Continue")
    window.is_sound("again-feed")
    window.page.goto(f"{window.place.url}/connect")
    window.is_sound("again-accounts")


def test_reconnect_leads_to_microsoft_as_that_very_account(desktop: Window) -> None:
    desktop.opens()
    desktop.press("Continue")
    desktop.follow("Microsoft 365")
    desktop.press("Continue to Microsoft")
    sign_in_at_microsoft(desktop, ANA)
    desktop.press("Yes, connect it")
    with desktop.place.desk.database.reading() as tx:
        (one,) = calendars.connections_of(tx, TENANT, desktop.place.desk.ana.id)
    desktop.opens(consent=one.id, purpose=RECONNECT)
    desktop.press("Continue")
    desktop.page.wait_for_url("**/authorize**")
    assert "login_hint=ana%40acme.example" in desktop.page.url
    assert "prompt=" not in desktop.page.url
    sign_in_at_microsoft(desktop, "bo@acme.example")
    assert desktop.heading() == "That was another account"
    desktop.follow("Try again")
    desktop.press("Continue to Microsoft")
    sign_in_at_microsoft(desktop, ANA)
    assert "connected again" in desktop.page.locator(".caution").first.inner_text()


def test_an_administrator_allows_it_for_everybody_and_whoever_waited_is_told_and_goes_on(window: Window) -> None:
    place = window.place
    nothing_is_allowed(place)
    told_before = place.desk.rung(APPROVED, place.desk.ana.id)
    goes_to_microsoft(window)
    sign_in_at_microsoft(window, WORK)
    assert window.heading() == "Your administrator has to allow it"
    carried = window.page.get_by_label("Link for your administrator").input_value()
    window.trouble.clear()  # the browser logs the 403
    window.is_sound("approval-needed")
    for boss in opened(place, f"boss-{window.look}", LOOKS[window.look]):
        boss.page.goto(carried)
        assert boss.heading() == "Permissions requested for your organisation"
        sign_in_at_microsoft(boss, BOSS)
        assert boss.heading() == "Thank you: Overlap is allowed now"
        boss.is_sound("approved")
        boss.page.goto(carried)
        sign_in_at_microsoft(boss, BOSS)
        assert boss.heading() == "This has been answered before"
    assert place.desk.rung(APPROVED, place.desk.ana.id) == told_before + 1
    goes_to_microsoft(window)
    sign_in_at_microsoft(window, WORK)
    assert window.heading() == f"Connect {WORK} to this chat account?"
    window.press("Yes, connect it")
    with place.desk.database.reading() as tx:
        (one,) = calendars.connections_of(tx, TENANT, place.desk.ana.id)
        assert not signins.waits(tx, TENANT, "microsoft", place.desk.ana.id)
    assert (one.label, one.access) == (f"{WORK} · Microsoft", Access.FULL)


def test_an_administrator_who_says_no_allows_nothing_and_nobody_is_told(desktop: Window) -> None:
    place = desktop.place
    nothing_is_allowed(place)
    told_before = place.desk.rung(APPROVED, place.desk.ana.id)
    goes_to_microsoft(desktop)
    sign_in_at_microsoft(desktop, WORK)
    carried = desktop.page.get_by_label("Link for your administrator").input_value()
    for boss in opened(place, "boss", DESKTOP):
        boss.page.goto(carried)
        boss.page.get_by_label(BOSS).check()
        boss.press("Cancel")
        boss.page.wait_for_url(re.compile(re.escape(place.url)))
        assert boss.heading() == "Overlap was not allowed at Microsoft"
    assert place.desk.rung(APPROVED, place.desk.ana.id) == told_before
    assert place.microsoft.directory.allowed.get(ORGANISATION, set()) == set()


def test_a_copied_answer_is_of_no_use_in_another_browser(desktop: Window) -> None:
    desktop.opens()
    desktop.press("Continue")
    desktop.follow("Google")
    desktop.press("Continue to Google")
    desktop.page.wait_for_url(re.compile(re.escape(desktop.place.google.url)))
    asked = desktop.page.url
    answered = desktop.place.google.press(asked, "other@acme.example")
    for stranger in opened(desktop.place, "stranger", DESKTOP):
        stranger.opens()
        stranger.press("Continue")
        query = "&".join(f"{name}={value}" for name, value in answered.items())
        stranger.page.goto(f"{desktop.place.url}/connect/google/callback?{query}")
        assert stranger.heading() == "This sign-in is over"
    with desktop.place.desk.database.reading() as tx:
        assert calendars.connections_of(tx, TENANT, desktop.place.desk.ana.id) == []


def test_disconnecting_takes_back_what_google_was_allowed(desktop: Window) -> None:
    desktop.opens()
    desktop.press("Continue")
    desktop.follow("Google")
    desktop.press("Continue to Google")
    sign_in_at_google(desktop, ANA)
    desktop.press("Yes, connect it")
    desktop.follow("Disconnect")
    desktop.press("Disconnect")
    assert desktop.heading() == "Where is your calendar?"
    for farewell in desktop.place.desk.due(farewells.KIND):
        desktop.place.desk.leaving.undo(TENANT, farewell)
    living = [one for one in desktop.place.google.consent.grants.values() if not one.is_over]
    assert [one.email for one in living if one.email == ANA] == []


def nothing_is_allowed(place: Place) -> None:
    """In the strict organisation, to anybody."""
    directory = place.microsoft.directory
    for whose in (ORGANISATION, directory.user(WORK).oid):
        directory.allowed.pop(whose, None)


def goes_to_microsoft(window: Window) -> None:
    window.opens()
    window.press("Continue")
    window.follow("Microsoft 365")
    window.press("Continue to Microsoft")


def sign_in_at_google(window: Window, email: str) -> None:
    window.page.wait_for_url(re.compile(re.escape(window.place.google.url)))
    window.page.get_by_label("Account").select_option(email)
    window.press("Continue")
    window.page.wait_for_url(re.compile(re.escape(window.place.url)))


def sign_in_at_microsoft(window: Window, email: str) -> None:
    window.page.wait_for_url(re.compile(re.escape(window.place.microsoft.url)))
    window.page.get_by_label(email).check()
    window.press("Accept")
    window.page.wait_for_url(re.compile(re.escape(window.place.url)))
