"""What goes wrong at a sign-in, from our pages to Google's and Microsoft's and back: one plain page, and nothing kept.

The services are the stand-ins, reached by the real libraries; the pages are the real routes.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from bot.core.clients import GoogleClient, MicrosoftClient
from bot.people.leaving import Leaving
from bot.people.signing_in import SigningIn
from bot.playground.stands.google.stand import GoogleStand
from bot.playground.stands.microsoft.directory import MicrosoftUser
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.providers.registry import Services, providers, sign_ins
from bot.storage.database import METADATA
from tests.people.desk import Desk, a_desk
from tests.web.browser import Browser, link, title
from tests.web.test_sign_in_pages import away, connections, session

ANA, OTHER = "ana@acme.example", "other@acme.example"
HELD = ("connection", "calendar")
"""The tables in which a connected account would stand."""
BOXES = ("calendar.events", "calendar.events.freebusy", "calendar.freebusy", "calendar.calendarlist.readonly")


@dataclass
class Place:
    """A desk before both services."""

    desk: Desk
    google: GoogleStand
    microsoft: MicrosoftStand
    folder: Path

    def decide(self, provider: str, url: str, email: str = ANA, *, accepts: bool = True) -> dict[str, str]:
        """Somebody decides on the service's page; with what their browser is sent back."""
        if provider == "google":
            return self.google.press(url, email, answer="allow" if accepts else "deny")
        return self.microsoft.decide(url, email, accepts=accepts)[1]

    @property
    def kept(self) -> bytes:
        """All that stands on disk."""
        return b"".join(path.read_bytes() for path in self.folder.rglob("connect.sqlite3*"))

    @property
    def secrets(self) -> list[str]:
        """All that opens an account, as the services gave it out."""
        tokens = self.microsoft.tokens
        consent = self.google.consent
        given = [*tokens.accesses, *tokens.refreshes, *tokens.codes, *consent.codes]
        return [*given, self.google.client_secret, self.microsoft.directory.client_secret]


@pytest.fixture(scope="module")
def stands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GoogleStand, MicrosoftStand]]:
    people = (MicrosoftUser(email=ANA, name="Ana"), MicrosoftUser(email=OTHER, name="Other"))
    with ExitStack() as open_:
        google = open_.enter_context(GoogleStand())
        google.add(ANA, "Ana")
        google.add(OTHER, "Other")
        yield google, open_.enter_context(MicrosoftStand(people, folder=tmp_path_factory.mktemp("microsoft")))


@pytest.fixture
def place(stands: tuple[GoogleStand, MicrosoftStand], tmp_path: Path) -> Iterator[Place]:
    google, microsoft = stands
    google.revoke(ANA)  # what they once allowed would count again
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
    with a_desk(tmp_path) as desk:
        opening, signing = providers(services), sign_ins(services)
        desk.connecting = replace(desk.connecting, providers=opening)
        desk.signing_in = SigningIn(desk.connecting, signing)
        desk.leaving = Leaving(desk.database, desk.clock, desk.connecting.vault, opening, signing)
        yield Place(desk, google, microsoft, tmp_path)


@pytest.fixture
def browser(place: Place) -> Browser:
    browser = Browser(place.desk)
    browser.post(link(place.desk))
    return browser


def back(provider: str, answered: Mapping[str, str]) -> str:
    return f"/connect/{provider}/callback?{urlencode(answered)}"


def is_empty(place: Place, browser: Browser | None = None) -> bool:
    """Nothing was connected, nothing waits for a yes, and no secret stands on disk in clear."""
    with place.desk.database.reading() as tx:
        rows = [row for name in HELD for row in tx.execute(select(METADATA.tables[name])).all()]
    waits = None if browser is None else place.desk.connecting.pending(session(place.desk, browser))
    return not rows and waits is None and not any(one.encode() in place.kept for one in place.secrets)


SERVICES = pytest.mark.parametrize("provider", ["google", "microsoft"])


@SERVICES
def test_whoever_says_yes_is_connected_and_no_secret_stands_in_clear(
    place: Place, browser: Browser, provider: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="bot"):
        answered = place.decide(provider, away(browser, provider))
        assert title(browser.get(back(provider, answered))) == f"Connect {ANA} to this chat account?"
        browser.post("/connect/confirm", answer="yes")
    assert [one.provider for one in connections(place.desk)] == [provider]
    for secret in [*place.secrets, answered["code"], answered["state"]]:
        assert secret.encode() not in place.kept
        assert secret not in caplog.text


@SERVICES
@pytest.mark.parametrize("state", ["", "made-up", "x" * 5000])
def test_a_wrong_state_connects_nothing(place: Place, browser: Browser, provider: str, state: str) -> None:
    answered = place.decide(provider, away(browser, provider))
    page = browser.get(back(provider, {**answered, "state": state}))
    assert (page.status_code, title(page)) == (410, "This sign-in is over")
    assert is_empty(place, browser)


@SERVICES
def test_a_state_of_the_other_service_connects_nothing(place: Place, browser: Browser, provider: str) -> None:
    other = "microsoft" if provider == "google" else "google"
    answered = place.decide(provider, away(browser, provider))
    page = browser.get(back(other, answered))
    assert (page.status_code, title(page)) == (410, "This sign-in is over")
    assert is_empty(place, browser)


@SERVICES
def test_what_came_back_is_good_once(place: Place, browser: Browser, provider: str) -> None:
    where = back(provider, place.decide(provider, away(browser, provider)))
    browser.get(where)
    browser.post("/connect/confirm", answer="no")
    page = browser.get(where)
    assert (page.status_code, title(page)) == (410, "This sign-in is over")
    assert is_empty(place, browser)


@SERVICES
def test_a_code_of_another_sign_in_connects_nothing(place: Place, browser: Browser, provider: str) -> None:
    """Its proof is another's (RFC 7636), so the service itself refuses it."""
    first = place.decide(provider, away(browser, provider))
    second = place.decide(provider, away(browser, provider))
    page = browser.get(back(provider, {**second, "code": first["code"]}))
    assert (page.status_code, title(page)) == (410, "This sign-in is over")
    assert is_empty(place, browser)


@SERVICES
def test_another_browser_finishes_nothing(place: Place, browser: Browser, provider: str) -> None:
    where = back(provider, place.decide(provider, away(browser, provider)))
    assert title(Browser(place.desk).get(where)) == "This sign-in did not start in this browser"
    victim = Browser(place.desk)
    victim.post(link(place.desk))
    page = victim.get(where)
    assert (page.status_code, title(page)) == (410, "This sign-in is over")
    assert is_empty(place, victim)


@SERVICES
def test_a_no_is_a_no(place: Place, browser: Browser, provider: str) -> None:
    page = browser.get(back(provider, place.decide(provider, away(browser, provider), accepts=False)))
    assert (page.status_code, title(page)) == (403, "Not connected")
    assert is_empty(place, browser)


@SERVICES
def test_after_ten_minutes_it_is_over(place: Place, browser: Browser, provider: str) -> None:
    where = back(provider, place.decide(provider, away(browser, provider)))
    place.desk.clock.move(timedelta(minutes=10))
    assert title(browser.get(where)) == "This sign-in is over"
    assert is_empty(place, browser)


def test_where_every_box_was_unticked_nothing_is_connected(place: Place, browser: Browser) -> None:
    url = away(browser, "google")
    page = browser.get(back("google", place.google.press(url, ANA, untick=BOXES)))
    assert (page.status_code, title(page)) == (403, "Nothing was allowed")
    assert is_empty(place, browser)


def test_where_writing_was_unticked_it_is_said_before_anything_counts(place: Place, browser: Browser) -> None:
    answered = place.google.press(away(browser, "google"), ANA, untick=["calendar.events"])
    page = browser.get(back("google", answered))
    assert title(page) == f"Connect {ANA} to this chat account?"
    assert re.search(r"(?i)writ", page.text)
    assert connections(place.desk) == []


@SERVICES
def test_another_account_than_the_one_to_be_opened_changes_nothing(
    place: Place, browser: Browser, provider: str
) -> None:
    browser.get(back(provider, place.decide(provider, away(browser, provider))))
    browser.post("/connect/confirm", answer="yes")
    (connection,) = connections(place.desk)
    url = away(browser, provider, account=connection.id)
    page = browser.get(back(provider, place.decide(provider, url, OTHER)))
    assert (page.status_code, title(page)) == (409, "That was another account")
    assert [one.id for one in connections(place.desk)] == [connection.id]
