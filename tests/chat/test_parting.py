"""Disconnecting an account from what `status` shows: asked once, then done, and nothing of it is left."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.calendars import Connection
from bot.core.ids import ConnectionId
from bot.storage import calendars
from tests.chat.office import Office, labels
from tests.chat.views import is_complete


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    for user in ("ana", "alex"):
        made.joins(user)
    return made


def accounts(office: Office, user: str = "ana") -> list[Connection]:
    with office.database.reading() as tx:
        return calendars.connections_of(tx, office.tenant, office.person(user).id)


def also(office: Office, *named: str) -> None:
    """Ana has more accounts, called that."""
    (first, *_) = accounts(office)
    with office.database.transaction() as tx:
        for number, name in enumerate(named):
            calendars.add_connection(tx, replace(first, id=ConnectionId(f"more-{number}"), label=name), b"sealed")


def test_disconnecting_takes_two_presses(office: Office) -> None:
    office.types("ana", "status")
    office.presses("ana", office.whisper("ana"), "Disconnect")
    asked = is_complete(office.whisper("ana").card)
    assert asked.summary.startswith("Disconnect “ana · dav.example.com”?")
    assert "nobody can be offered a time with you then" in asked.summary
    assert len(accounts(office)) == 1
    office.presses("ana", office.whisper("ana"), "Disconnect it")
    done = is_complete(office.whisper("ana").card)
    assert done.summary.startswith("Disconnected: “ana · dav.example.com”. I know nothing of it any more.")
    assert labels(done) == ["Connect a calendar"]
    assert accounts(office) == []
    assert len(accounts(office, "alex")) == 1


def test_thinking_better_of_it_changes_nothing(office: Office) -> None:
    office.types("ana", "status")
    office.presses("ana", office.whisper("ana"), "Disconnect")
    office.presses("ana", office.whisper("ana"), "Keep it")
    assert office.whisper("ana").card.summary == "All right, it stays connected."
    assert len(accounts(office)) == 1


def test_of_several_accounts_each_has_its_button(office: Office) -> None:
    also(office, "ana@acme.example · Google")
    office.types("ana", "status")
    told = office.whisper("ana")
    assert labels(told.card) == [
        "Open my calendars",
        "Disconnect ana · dav.example.com",
        "Disconnect ana@acme.example · Google",
    ]
    office.presses("ana", told, "Disconnect ana@acme.example · Google")
    assert "your only one" not in office.whisper("ana").card.summary


@pytest.mark.parametrize(
    "named",
    [
        pytest.param(("one", "two", "three"), id="of so many that the card would be all buttons"),
        pytest.param(("holidays.ics", "holidays.ics"), id="of two that are called alike"),
    ],
)
def test_the_page_alone_disconnects(office: Office, named: tuple[str, ...]) -> None:
    also(office, *named)
    office.types("ana", "status")
    assert labels(office.whisper("ana").card) == ["Open my calendars"]


def test_what_is_disconnected_already_is_said(office: Office) -> None:
    office.types("ana", "status")
    told = office.whisper("ana")
    office.connecting.disconnect(office.person("ana"), accounts(office)[0].id)
    office.presses("ana", told, "Disconnect")
    assert "is not connected (any more)" in office.whisper("ana").card.summary
