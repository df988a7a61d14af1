"""How each person wants to be scheduled, as it is kept."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from bot.core.ids import PersonId
from bot.core.people import ChatIdentity, Person, Profile
from bot.core.preferences import Choices, Counts, Preferences
from bot.core.reasons import WhoseHours
from bot.core.rules import Away, Caps, DaySpan, Lunch, Override, Rules, office_hours
from bot.storage import people, rules
from bot.storage.database import METADATA, Database, Tx
from tests.builders import NOW, TENANT

MINUTE = timedelta(minutes=1)
NIGHT = DaySpan(time(22), time(6))
EVERYTHING = Preferences(
    rules=Rules(
        zone="Asia/Tokyo",
        days=((NIGHT,), (DaySpan(time(9), time(12)), DaySpan(time(13), time(0)))) + ((),) * 5,
        overrides=(Override(date(2026, 12, 3), (DaySpan(time(9), time(12)),)), Override(date(2026, 12, 24))),
        away=(Away(date(2027, 1, 4), date(2027, 1, 9), "America/New_York"),),
        before=5 * MINUTE,
        after=10 * MINUTE,
        notice=120 * MINUTE,
        caps=Caps(meetings_a_day=4, minutes_a_week=900),
        week_start=6,
        lunch=Lunch(DaySpan(time(12), time(14)), 30),
        outside=60 * MINUTE,
    ),
    choices=Choices(unanswered=Counts.FREE, tentative=Counts.HARD, elsewhere=Counts.SOFT),
    step=30 * MINUTE,
    whose_hours=WhoseHours.ORGANISER,
    title="{asker} / {people}",
    link="https://meet.example/ana",
    quiet=DaySpan(time(20), time(8)),
)


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Tx]:
    database = Database(f"sqlite:///{tmp_path / 'overlap.db'}")
    METADATA.create_all(database.engine)
    with database.transaction() as tx:
        yield tx
    database.close()


@pytest.fixture
def ana(tx: Tx) -> Person:
    return people.keep(tx, Profile(identity=ChatIdentity(TENANT, "U1"), name="Ana", zone="Europe/Berlin"), NOW)


def test_whoever_chose_nothing_has_what_most_would(tx: Tx, ana: Person) -> None:
    assert rules.of(tx, TENANT, [ana.id]) == {ana.id: Preferences(rules=Rules.of(office_hours("Europe/Berlin")))}


def test_every_choice_is_kept_as_it_was_made(tx: Tx, ana: Person) -> None:
    rules.save(tx, TENANT, ana.id, EVERYTHING)

    assert rules.of(tx, TENANT, [ana.id]) == {ana.id: EVERYTHING}
    assert people.person(tx, TENANT, ana.id).hours.zone == "Asia/Tokyo"


def test_of_two_choices_the_later_one_counts(tx: Tx, ana: Person) -> None:
    plain = Preferences(rules=Rules.of(office_hours("Europe/Berlin")))
    rules.save(tx, TENANT, ana.id, EVERYTHING)
    rules.save(tx, TENANT, ana.id, plain)

    assert rules.of(tx, TENANT, [ana.id]) == {ana.id: plain}


def test_whoever_is_not_known_has_no_rules(tx: Tx) -> None:
    assert rules.of(tx, TENANT, [PersonId("nobody")]) == {}
