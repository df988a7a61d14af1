"""Pages that are written from the code say what the code says."""

from bot.cli.scopes import sections
from scripts import write_admins, write_settings, write_slots_schema


def test_the_settings_are_those_that_are_read() -> None:
    assert write_settings.PAGE.read_text() == write_settings.page(), "make fix writes it anew"


def test_administrators_read_what_is_asked() -> None:
    assert write_admins.PAGE.read_text() == write_admins.page(), "make fix writes it anew"


def test_the_schema_of_a_slots_document_is_that_of_the_types() -> None:
    assert write_slots_schema.PAGE.read_text() == write_slots_schema.page(), "make fix writes it anew"


def test_every_service_is_told_of_whole() -> None:
    for section in sections():
        assert section.asks, section.title
        assert all(one.scope and one.why and one.when and one.stored for one in section.asks)
