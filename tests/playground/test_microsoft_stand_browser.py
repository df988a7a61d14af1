"""The stand-in's sign-in page in a real browser: who, yes or no, and a way back."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.core.calendars import Access
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.providers.microsoft.signin import MicrosoftSignIn
from bot.providers.oauth import NotSignedIn, Refusal
from tests.contracts.microsoft_stage import client
from tests.playground.browser import launched
from tests.providers.microsoft import ALEX, ANA, door, microsoft


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture
def stand() -> Iterator[MicrosoftStand]:
    with microsoft() as started:
        yield started


def pressed(chromium: Any, stand: MicrosoftStand, url: str, button: str, email: str) -> dict[str, str]:
    page = chromium.new_page(ignore_https_errors=True)
    page.goto(url)
    page.get_by_label(email).check()
    page.get_by_role("button", name=button).click()
    page.wait_for_url(f"{stand.url}/back**")
    answered = {name: value[0] for name, value in parse_qs(urlsplit(page.url).query).items()}
    page.close()
    return answered


def test_somebody_chooses_themselves_and_says_yes(chromium: Any, stand: MicrosoftStand) -> None:
    signing = MicrosoftSignIn(client(stand), door(stand))
    begun = signing.begin(state="s-1", redirect_uri=f"{stand.url}/back", access=Access.FULL, hint=ANA)
    found = signing.finish(begun.flow, pressed(chromium, stand, begun.url, "Accept", ALEX))
    assert (found.user, found.access) == (ALEX, Access.FULL)


def test_somebody_says_no(chromium: Any, stand: MicrosoftStand) -> None:
    signing = MicrosoftSignIn(client(stand), door(stand))
    begun = signing.begin(state="s-2", redirect_uri=f"{stand.url}/back", access=Access.FULL)
    answered = pressed(chromium, stand, begun.url, "Cancel", ALEX)
    with pytest.raises(NotSignedIn) as told:
        signing.finish(begun.flow, answered)
    assert told.value.refusal is Refusal.DENIED


def test_an_administrator_says_yes_for_everybody(chromium: Any, stand: MicrosoftStand) -> None:
    url = MicrosoftSignIn(client(stand), door(stand)).admin_url(state="s-3", redirect_uri=f"{stand.url}/back")
    assert url is not None
    assert pressed(chromium, stand, url, "Accept", ANA)["admin_consent"] == "True"
