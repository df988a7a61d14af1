"""Keeping the push channels of calendars open."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.errors import Refused, SignInNeeded, TryLater
from bot.core.ids import CalendarId, TenantId
from bot.providers.base import Abilities, CalendarProvider, Remote
from bot.storage import calendars, channels
from bot.storage.channels import Kept
from bot.sync.channels import AFTER_REFUSAL, GRACE, Ringing
from tests.builders import TENANT
from tests.sync.office import Office, office

PUBLIC = "https://overlap.example.com"
HEARD = frozenset({"memory"})
QUIET = Abilities(quiet_cadence=timedelta(minutes=30))


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as ana:
        ana.service.abilities = QUIET
        yield ana


def ringing(ana: Office, heard: frozenset[str] = HEARD, url: str = PUBLIC) -> Ringing:
    @contextmanager
    def opened(_tenant: TenantId, _calendar: CalendarId) -> Iterator[tuple[CalendarProvider, Remote]]:
        with ana.service.connect(ana.service.account("ana")) as provider:
            yield provider, ana.remote

    return Ringing(ana.database, ana.clock, opened, url, heard, chance=lambda: 0.5)


def tend(ana: Office, heard: frozenset[str] = HEARD) -> datetime | None:
    return ringing(ana, heard).tend(TENANT, ana.calendar.id)


def kept(ana: Office) -> list[Kept]:
    with ana.database.reading() as tx:
        return channels.of_calendar(tx, TENANT, ana.calendar.id)


def distrust(ana: Office) -> None:
    with ana.database.transaction() as tx:
        channels.distrust(tx, TENANT, ana.calendar.id, ana.clock.now())


def test_a_channel_is_opened_and_what_came_before_it_is_looked_for(ana: Office) -> None:
    again = tend(ana)
    (channel,) = kept(ana)
    assert list(ana.service.ringing) == [channel.service]
    assert again == channel.renew_at
    life = channel.expires_at - channel.opened_at
    assert 0.5 * life <= channel.renew_at - channel.opened_at <= 0.7 * life
    assert ana.kept().rings_until == channel.expires_at
    assert ana.waits("calendar")


def test_neither_its_path_nor_its_secret_is_kept(ana: Office) -> None:
    tend(ana)
    (channel,) = kept(ana)
    ((_, secret, address),) = ana.service.ringing.values()
    path = address.removeprefix(f"{PUBLIC}/ring/memory/")
    assert (channel.secret, channel.path) == (channels.hashed(secret), channels.hashed(path))


def test_a_young_channel_costs_no_call(ana: Office) -> None:
    tend(ana)
    before = ana.service.calls
    assert tend(ana) == kept(ana)[0].renew_at
    assert ana.service.calls == before


def test_where_it_can_be_renewed_it_stays(ana: Office) -> None:
    tend(ana)
    (first,) = kept(ana)
    ana.clock.move(first.renew_at - ana.clock.now())
    tend(ana)
    (channel,) = kept(ana)
    assert channel.service == first.service
    assert channel.expires_at > first.expires_at
    assert ana.kept().rings_until == channel.expires_at


def test_where_it_cannot_a_new_one_rings_before_the_old_one_ends(ana: Office) -> None:
    ana.service.renews = False
    tend(ana)
    (first,) = kept(ana)
    ana.clock.move(first.renew_at - ana.clock.now())
    tend(ana)
    (channel,) = kept(ana)
    assert channel.service != first.service
    assert channel.path != first.path
    assert list(ana.service.ringing) == [channel.service]
    assert channel.opened_at < first.expires_at


def test_a_channel_that_its_service_forgot_is_opened_anew(ana: Office) -> None:
    tend(ana)
    (first,) = kept(ana)
    ana.service.ringing.clear()
    ana.clock.move(first.renew_at - ana.clock.now())
    tend(ana)
    (channel,) = kept(ana)
    assert list(ana.service.ringing) == [channel.service]
    assert channel.service != first.service


def test_nothing_rings_where_its_service_cannot_reach_us(ana: Office) -> None:
    assert tend(ana, frozenset()) is None
    assert (kept(ana), ana.service.ringing) == ([], {})
    assert ana.kept().rings_until is None


def test_a_calendar_that_no_longer_counts_falls_silent(ana: Office) -> None:
    tend(ana)
    with ana.database.transaction() as tx:
        calendars.choose(tx, TENANT, ana.calendar.person, counts=(), receives=None)
    assert tend(ana) is None
    assert (kept(ana), ana.service.ringing) == ([], {})
    assert ana.kept().rings_until is None


def test_what_its_service_refuses_is_asked_again_a_week_later(ana: Office) -> None:
    ana.service.trouble("ana", Refused("no push for holidays"))
    assert tend(ana) == ana.clock.now() + AFTER_REFUSAL
    assert ana.kept().rings_until is None


def test_an_account_that_may_open_none_is_asked_again_a_week_later(ana: Office) -> None:
    ana.service.abilities = Abilities()
    assert tend(ana) == ana.clock.now() + AFTER_REFUSAL
    assert (kept(ana), ana.kept().rings_until) == ([], None)


def test_trouble_is_tried_again_and_the_old_channel_rings_meanwhile(ana: Office) -> None:
    tend(ana)
    (first,) = kept(ana)
    ana.clock.move(first.renew_at - ana.clock.now())
    ana.service.trouble("ana", TryLater("down"))
    with pytest.raises(TryLater):
        tend(ana)
    assert ana.kept().rings_until == first.expires_at
    ana.clock.move(first.expires_at - ana.clock.now())
    with pytest.raises(TryLater):
        tend(ana)
    assert ana.kept().rings_until is None, "it is polled from now on"
    ana.service.trouble("ana", None)
    tend(ana)
    assert [one.service for one in kept(ana)] == list(ana.service.ringing)[-1:]


def test_an_account_that_must_be_mended_waits_for_its_owner(ana: Office) -> None:
    ana.service.trouble("ana", SignInNeeded("revoked"))
    again = tend(ana)
    assert again is not None
    assert again - ana.clock.now() > timedelta(hours=1)


def test_a_channel_that_tells_late_is_trusted_again(ana: Office) -> None:
    tend(ana)
    (first,) = kept(ana)
    distrust(ana)
    assert tend(ana) == ana.clock.now() + GRACE
    with ana.database.transaction() as tx:
        channels.rang(tx, first, ana.clock.now())
    ana.clock.move(GRACE)
    assert tend(ana) == first.renew_at
    assert [one.service for one in kept(ana)] == [first.service]


def test_a_channel_that_stays_silent_is_replaced(ana: Office) -> None:
    tend(ana)
    (first,) = kept(ana)
    distrust(ana)
    ana.clock.move(GRACE)
    tend(ana)
    (channel,) = kept(ana)
    assert channel.service != first.service
    assert list(ana.service.ringing) == [channel.service]
    assert channel.silences == 1


def test_one_that_falls_silent_again_and_again_is_replaced_ever_more_rarely(ana: Office) -> None:
    tend(ana)
    waits = []
    for _ in range(3):
        distrust(ana)
        ana.clock.move(GRACE)
        again = tend(ana)
        assert again is not None
        if kept(ana)[0].doubted_at is not None:
            waits.append(again - ana.clock.now())
            assert ana.kept().rings_until is None
            ana.clock.move(again - ana.clock.now())
            tend(ana)
    assert waits == [timedelta(minutes=10), timedelta(minutes=20)]


def test_a_calendar_disconnected_meanwhile_leaves_no_channel(ana: Office) -> None:
    tend(ana)
    with ana.database.transaction() as tx:
        calendars.disconnect(tx, TENANT, ana.calendar.connection)
    assert kept(ana) == []
    assert tend(ana) is None


def test_under_another_address_a_new_one_is_opened_and_the_old_one_is_not_believed(ana: Office) -> None:
    tend(ana)
    (first,) = kept(ana)
    ana.waits("calendar")
    moved = ringing(ana, url="https://elsewhere.example.com")
    moved.look_after()
    assert ana.kept().rings_until is None
    assert ana.waits("channel"), "it is opened at once"
    assert ana.waits("calendar"), "and looked at, for something may have changed meanwhile"
    moved.tend(TENANT, ana.calendar.id)
    (channel,) = kept(ana)
    assert list(ana.service.ringing) == [channel.service] != [first.service]
    moved.look_after()
    assert ana.kept().rings_until == channel.expires_at, "it rings where we are"


def test_what_can_no_longer_reach_us_is_not_believed(ana: Office) -> None:
    tend(ana)
    ringing(ana, frozenset()).look_after()
    assert ana.kept().rings_until is None
    assert ana.waits("channel")


@pytest.mark.parametrize("renews", [True, False])
def test_after_a_new_sign_in_no_channel_of_the_old_grant_is_relied_on(ana: Office, renews: bool) -> None:
    ana.service.renews = renews
    tend(ana)
    (first,) = kept(ana)
    ana.service.ringing.clear()  # the grant was taken back, and its channels ended with it
    with ana.database.transaction() as tx:
        channels.anew(tx, TENANT, ana.calendar.id, ana.clock.now())
    assert ana.waits("channel")
    tend(ana)
    (channel,) = kept(ana)
    assert list(ana.service.ringing) == [channel.service] != [first.service]


def test_rows_that_were_lost_come_back(ana: Office) -> None:
    with ana.database.transaction() as tx:
        channels.every_wanted(tx, ["google"], ana.clock.now())
    assert not ana.waits("channel")
    remote, _ = ana.also("Google", "google")
    assert remote
    with ana.database.transaction() as tx:
        channels.every_wanted(tx, ["google"], ana.clock.now())
    assert ana.waits("channel")
