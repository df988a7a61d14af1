"""The way to one's own settings in the chat: a private link, and a button that makes a fresh one."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.cards import OpenPage, Press
from bot.core.rules import Caps
from bot.people.connect import SETTINGS, Alive
from bot.storage import rules
from tests.chat.office import Office, labels


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    office.joins("ana", calendars=("Work",))
    yield office
    office.database.close()


def test_whoever_asks_gets_a_link_to_their_own_page(office: Office) -> None:
    office.types("ana", "settings")
    (button,) = office.whisper("ana").card.buttons
    assert isinstance(button.does, OpenPage)
    found = office.rooms.connecting.look(button.does.url.rpartition("/")[2])
    assert isinstance(found, Alive)
    assert (found.person.id, found.purpose) == (office.person("ana").id, SETTINGS)


def test_where_words_last_a_button_lasts_that_makes_fresh_links(tmp_path: Path) -> None:
    office = Office(tmp_path, whispers=False)
    office.joins("ana")
    office.types("ana", "settings")
    shown = office.dm("ana")
    assert labels(shown.card) == ["Get my link"]
    (button,) = shown.card.buttons
    assert button.does == Press("settings.link")
    office.database.close()


def test_help_names_it(office: Office) -> None:
    office.types("ana", "help")
    assert "/meet settings" in office.whisper("ana").card.summary


def test_a_dead_link_brings_the_button(office: Office) -> None:
    connecting = office.rooms.connecting
    token = connecting.link(office.person("ana"), purpose=SETTINGS).rpartition("/")[2]
    connecting.open_session(token)
    assert connecting.send_again(token)
    office.works()
    assert labels(office.dm("ana").card) == ["Get my link"]


def test_two_ways_that_start_together_tell_their_lengths(office: Office) -> None:
    office.joins("alex", calendars=("Work",))
    ana = office.person("ana")
    with office.database.transaction() as tx:
        hers = rules.of(tx, office.tenant, (ana.id,))[ana.id]
        limited = replace(hers.rules, caps=Caps(minutes_a_week=20))
        rules.save(tx, office.tenant, ana.id, replace(hers, rules=limited))
    office.types("ana", "@alex 30m next week")
    alike = [one for one in labels(office.whisper("ana").card) if " min" in one]
    assert [one.rpartition(", ")[2] for one in alike] == ["20 min", "30 min"]
