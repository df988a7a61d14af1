"""What somebody's account tells of when they work is filled in for them, and counts once they save it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Connection
from bot.core.rules import WorkingHours, office_hours
from bot.people.connect import Choice, Setup
from bot.people.habits import Suggested
from bot.providers.base import Account
from bot.providers.memory import PASSWORD
from bot.storage import people
from tests.builders import works
from tests.people.desk import Desk, a_desk
from tests.web.browser import Browser, link

EARLY = works("07:00-15:00", zone="America/New_York", days="Mon Tue")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        yield desk


def connects(
    desk: Desk, provider: str = "microsoft", *, user: str = "", hours: WorkingHours | None = None, zone: str = ""
) -> None:
    """Ana connects an account that tells that."""
    user = user or f"ana@{provider}.example"
    desk.service.calendar(user, f"At {provider}", zone=zone or None, hours=hours)
    session = desk.opened().session
    account = Account(provider=provider, url="", user=user, password=PASSWORD, subject=user, grant="refresh-token")
    desk.connecting.propose(session, account)
    assert isinstance(desk.connecting.confirm(session), Connection)


def setup(desk: Desk) -> Setup:
    return desk.connecting.setup(desk.opened().session)


def test_outlooks_hours_are_suggested_and_nothing_goes_by_them_yet(desk: Desk) -> None:
    connects(desk, hours=EARLY)
    seen = setup(desk)
    assert seen.suggested == Suggested(EARLY, "your Outlook settings")
    assert seen.person.hours == office_hours("Europe/Berlin")


def test_the_page_is_filled_in_with_them_and_says_where_they_are_from(desk: Desk) -> None:
    connects(desk, hours=EARLY)
    browser = Browser(desk)
    browser.post(link(desk))
    page = browser.get("/connect/calendars").text
    assert "Filled in from your Outlook settings." in page
    assert 'value="America/New_York"' in page
    assert 'value="07:00"' in page


def test_what_somebody_has_chosen_is_never_filled_over(desk: Desk) -> None:
    connects(desk, hours=EARLY)
    theirs = desk.calendars()["At microsoft"].id
    chosen = Choice(counts=frozenset({theirs}), receives=theirs, hours=works("10:00-18:00", zone="Europe/Berlin"))
    desk.connecting.choose(desk.opened().session, chosen)
    connects(desk, user="ana@other.example", hours=EARLY)
    seen = setup(desk)
    assert seen.suggested is None
    assert seen.person.hours == chosen.hours


def test_a_zone_whose_clock_is_that_of_the_chat_stays_the_one_of_the_chat(desk: Desk) -> None:
    with desk.database.transaction() as tx:
        tx.execute(people.PEOPLE.update().values(zone="Europe/Amsterdam"))
    connects(desk, hours=works("08:00-16:00", zone="Europe/Berlin"))
    seen = setup(desk)
    assert seen.suggested is not None
    assert seen.suggested.hours == works("08:00-16:00", zone="Europe/Amsterdam")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        pytest.param("Asia/Tokyo", Suggested(office_hours("Asia/Tokyo"), "your Google calendar"), id="another clock"),
        pytest.param("Europe/Paris", None, id="the clock of the chat"),
        pytest.param("UTC", None, id="one that nobody ever gave a zone"),
        pytest.param("", None, id="none"),
    ],
)
def test_googles_zone_is_suggested_where_it_tells_more_than_the_chat(
    desk: Desk, zone: str, expected: Suggested | None
) -> None:
    connects(desk, "google", zone=zone)
    assert setup(desk).suggested == expected


def test_of_two_accounts_the_one_connected_last_speaks(desk: Desk) -> None:
    connects(desk, hours=EARLY)
    desk.clock.move(timedelta(minutes=1))
    late = works("12:00-20:00", zone="America/New_York")
    connects(desk, user="ana@other.example", hours=late)
    seen = setup(desk)
    assert seen.suggested is not None
    assert seen.suggested.hours == late


def test_with_the_account_its_suggestion_goes(desk: Desk) -> None:
    connects(desk, hours=EARLY)
    (one,) = setup(desk).connections
    desk.connecting.disconnect(desk.ana, one.id)
    assert setup(desk).suggested is None
