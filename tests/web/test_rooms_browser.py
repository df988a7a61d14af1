"""The administrators' pages in a real browser, at a stand-in of Google, on a phone and on a desk, light and dark."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette

from bot.people.grants import Grants
from bot.playground.stands.google.stand import GoogleStand
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.playground.stands.serving import Serving, held
from bot.storage import calendars, farewells, faults
from bot.web.connect import routes
from bot.wiring.settings import OFFERED
from tests.builders import TENANT
from tests.people.desk import a_desk
from tests.playground.browser import LOOKS, launched
from tests.web.test_connect_browser import ANA, Place, Window, join, opened, sign_in_at_google

ELBE, SPREE, BEAMER = (f"c_{name}@resource.calendar.google.com" for name in ("elbe", "spree", "beamer"))

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("rooms")
    at = held()
    url = f"http://127.0.0.1:{at.getsockname()[1]}"
    with (
        GoogleStand() as google,
        MicrosoftStand((), folder=folder) as microsoft,
        a_desk(folder, public_url=url) as desk,
    ):
        google.add(ANA, "Ana", is_admin=True)
        screen = [{"feature": {"name": "Screen"}}, {"feature": {"name": "Whiteboard"}}]
        google.add_room(ELBE, "Elbe", capacity=8, buildingId="Harbour", floorName="2", featureInstances=screen)
        google.add_room(SPREE, "Spree", capacity=4, buildingId="Tower")
        google.add_room(BEAMER, "Beamer", resourceCategory="OTHER", buildingId="Harbour")
        join(desk, google, microsoft)
        desk.grants = Grants(desk.database, desk.connecting.vault, desk.connecting.providers)
        app = Starlette(routes=routes(desk.connecting, desk.signing_in, OFFERED, desk.rooms))
        with Serving(app, at=at), launched() as browser:
            yield Place(desk, google, microsoft, url, browser)


@pytest.fixture(params=LOOKS)
def window(place: Place, request: pytest.FixtureRequest) -> Iterator[Window]:
    yield from opened(place, request.param, LOOKS[request.param])
    desk = place.desk
    for one in desk.rooms.every(TENANT):
        desk.rooms.remove(desk.ana, one.person.id)
    with desk.database.reading() as tx:
        mine = calendars.connections_of(tx, TENANT, desk.ana.id)
    for account in mine:
        desk.connecting.disconnect(desk.ana, account.id)
    for farewell in desk.due(farewells.KIND):
        desk.leaving.undo(TENANT, farewell)  # what was allowed is asked for anew


def test_rooms_are_imported_changed_and_removed_by_an_administrator(window: Window) -> None:
    desk = window.place.desk
    connects(window)
    window.page.goto(desk.rooms.link(desk.ana))
    window.is_sound("rooms-link")
    window.press("Continue")
    window.is_sound("rooms-none")
    window.follow("From your organisation’s directory")
    assert window.heading() == "One more permission at Google"
    window.is_sound("rooms-permission")
    window.press("Continue to Google")
    sign_in_at_google(window, ANA)
    assert window.heading() == "Import rooms"
    window.page.get_by_label("Building").select_option("Harbour")
    window.press("Show")
    assert window.page.get_by_label("Spree").count() == 0
    window.press("Import what is ticked")
    assert "Tick at least one room." in window.page.locator(".summary").inner_text()
    window.trouble.clear()  # the browser logs the 422
    window.is_sound("rooms-mistake")
    window.page.get_by_label("Elbe").check()
    window.is_sound("rooms-import")
    window.press("Import what is ticked")
    assert "One room was added." in window.page.locator("main").inner_text()
    window.follow("By its address")
    window.is_sound("rooms-address")
    window.page.get_by_label("The room’s e-mail address").fill(SPREE)
    window.page.get_by_label("Name").fill("Spree")
    window.page.get_by_label("Seats").fill("4")
    window.press("Add the room")
    assert "@spree" in window.page.locator("main").inner_text()
    with window.place.desk.database.transaction() as tx:
        faults.met(tx, TENANT, "microsoft", window.place.desk.clock.now())
    window.page.reload()
    assert "Microsoft refuses Overlap’s own registration" in window.page.locator("main").inner_text()
    window.is_sound("rooms")
    window.follow("A CalDAV calendar")
    window.is_sound("rooms-calendar")
    window.page.goto(f"{window.place.url}/connect/rooms")
    window.follow("Change Elbe")
    window.is_sound("rooms-edit")
    window.page.get_by_label("What is in it").fill("screen, plants")
    window.press("Save")
    assert "screen, plants" in window.page.locator("main").inner_text()
    window.follow("Remove Elbe")
    window.is_sound("rooms-remove")
    window.press("Remove")
    assert [one.room.name for one in desk.rooms.every(TENANT)] == ["Spree"]
    assert window.place.google.sins == []


def connects(window: Window) -> None:
    """Ana's account at Google, by its own page."""
    window.opens()
    window.press("Continue")
    window.follow("Google")
    window.press("Continue to Google")
    sign_in_at_google(window, ANA)
    window.press("Yes, connect it")
