"""The stand-in's consent page in a real browser: boxes that people untick, and a way back."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.core.calendars import Access
from bot.playground.stands.google.stand import GoogleStand
from tests.playground.browser import launched
from tests.providers.google import ALEX, signing_in, stand

__all__ = ["stand"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.mark.parametrize(
    ("unticked", "access"), [([], Access.FULL), (["calendar.events"], Access.FREEBUSY)], ids=["everything", "a part"]
)
def test_people_allow_what_they_tick(chromium: Any, stand: GoogleStand, unticked: list[str], access: Access) -> None:
    sign_in = signing_in(stand)
    back = f"{stand.url}/back"
    begun = sign_in.begin(state="s-1", redirect_uri=back, access=Access.FULL)
    page = chromium.new_page()
    page.goto(begun.url)
    page.get_by_label("Account").select_option(ALEX)
    for name in unticked:
        page.get_by_label(name, exact=True).uncheck()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{back}**")
    answered = {name: value[0] for name, value in parse_qs(urlsplit(page.url).query).items()}
    page.close()
    found = sign_in.finish(begun.flow, answered)
    assert (found.user, found.access) == (ALEX, access)
