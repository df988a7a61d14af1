"""What a disconnected account leaves at its service is undone there, also when that does not answer at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.calendars import Connection
from bot.core.errors import NotFound, SignInNeeded, TryLater
from bot.core.ids import CalendarId
from bot.people.connect import Connecting
from bot.people.grants import unsealed
from bot.providers.base import Abilities, Account, Remote
from bot.providers.memory import PASSWORD
from bot.storage import calendars, channels, farewells, recordings
from bot.storage.channels import Kept
from bot.storage.links import Session
from bot.storage.vault import Vault
from tests.builders import NOW, TENANT
from tests.people.desk import RING, Desk, a_desk

WORK = "work@acme.example"
LIFE = timedelta(days=7)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as desk:
        desk.service.abilities = Abilities(quiet_cadence=timedelta(hours=6))
        desk.service.calendar(WORK, "Work of hers")
        yield desk


def account(user: str = WORK) -> Account:
    return Account(
        provider="google", url="", user=user, password=PASSWORD, subject=f"subject of {user}", grant="refresh-token"
    )


def connected(desk: Desk) -> Connection:
    session = desk.opened().session
    desk.connecting.propose(session, account())
    made = desk.connecting.confirm(session)
    assert made is not None
    return made


def rings(desk: Desk) -> None:
    """A channel is open for her calendar."""
    (calendar,) = desk.calendars().values()
    ringing = desk.service.connect(account()).channels
    assert ringing is not None
    remote = Remote(calendar.remote)
    channel = ringing.open(remote, channel="service-id", secret="s", address="https://x.example/ring", now=NOW)
    kept = Kept(
        tenant=TENANT,
        id="ours",
        calendar=CalendarId(calendar.id),
        provider="google",
        base="https://overlap.example.com",
        path="p",
        secret="s",
        service=channel.id,
        resource=channel.resource,
        opened_at=NOW,
        expires_at=NOW + LIFE,
        renew_at=NOW + LIFE / 2,
    )
    with desk.database.transaction() as tx:
        channels.keep(tx, kept)


def farewell(desk: Desk) -> str:
    (one,) = desk.due(farewells.KIND)
    return one


def is_kept(desk: Desk, name: str) -> bool:
    with desk.database.reading() as tx:
        try:
            farewells.farewell(tx, TENANT, name)
        except NotFound:
            return False
        return True


def test_connecting_has_its_calendars_ring(desk: Desk) -> None:
    connected(desk)
    assert list(desk.due(channels.KIND)) == [one.id for one in desk.calendars().values()]


def test_channels_are_stopped_and_the_grant_is_given_back(desk: Desk) -> None:
    connection = connected(desk)
    rings(desk)
    desk.connecting.disconnect(desk.ana, connection.id)
    name = farewell(desk)
    desk.leaving.undo(TENANT, name)
    assert desk.service.ringing == {}
    assert desk.google.revoked == ["refresh-token"]
    assert not is_kept(desk, name)


def test_what_was_recorded_of_her_time_goes_at_once(desk: Desk) -> None:
    connection = connected(desk)
    proposal = desk.waits("asked of her")
    with desk.database.transaction() as tx:
        recordings.keep(tx, TENANT, proposal, b"kept", NOW)
    desk.connecting.disconnect(desk.ana, connection.id)
    with desk.database.reading() as tx, pytest.raises(NotFound):
        recordings.recording(tx, proposal)


def test_nothing_of_it_is_left_here_but_what_undoing_takes(desk: Desk) -> None:
    connection = connected(desk)
    rings(desk)
    desk.connecting.disconnect(desk.ana, connection.id)
    with desk.database.reading() as tx:
        assert calendars.connections_of(tx, TENANT, desk.ana.id) == []
        assert tx.execute(channels.CHANNELS.select()).all() == []
        sealed, _ = farewells.farewell(tx, TENANT, farewell(desk))
    assert b"refresh-token" not in sealed


def test_a_service_that_does_not_answer_is_asked_again(desk: Desk) -> None:
    connection = connected(desk)
    rings(desk)
    desk.connecting.disconnect(desk.ana, connection.id)
    name = farewell(desk)
    desk.service.trouble(WORK, TryLater("timeout"))
    with pytest.raises(TryLater):
        desk.leaving.undo(TENANT, name)
    assert is_kept(desk, name)
    desk.service.trouble(WORK, None)
    desk.leaving.undo(TENANT, name)
    assert (desk.service.ringing, desk.google.revoked) == ({}, ["refresh-token"])


def test_an_account_that_no_longer_opens_is_given_back_all_the_same(desk: Desk) -> None:
    connection = connected(desk)
    rings(desk)
    desk.connecting.disconnect(desk.ana, connection.id)
    desk.service.trouble(WORK, SignInNeeded("revoked"))
    desk.leaving.undo(TENANT, farewell(desk))
    assert desk.google.revoked == ["refresh-token"]


def test_after_a_week_nobody_tries_any_more_and_the_secret_is_wiped(desk: Desk) -> None:
    connection = connected(desk)
    desk.connecting.disconnect(desk.ana, connection.id)
    name = farewell(desk)
    desk.clock.move(timedelta(days=7))
    desk.leaving.undo(TENANT, name)
    assert desk.google.revoked == []
    assert not is_kept(desk, name)


def test_undoing_twice_is_undoing_once(desk: Desk) -> None:
    connection = connected(desk)
    desk.connecting.disconnect(desk.ana, connection.id)
    name = farewell(desk)
    desk.leaving.undo(TENANT, name)
    desk.leaving.undo(TENANT, name)
    assert desk.google.revoked == ["refresh-token"]


def test_a_password_account_has_nothing_to_give_back(desk: Desk) -> None:
    desk.connecting.disconnect(desk.ana, desk.connect().id)
    assert desk.due(farewells.KIND) == {}


def test_an_account_whose_secret_no_longer_opens_is_forgotten_all_the_same(desk: Desk) -> None:
    connection = connected(desk)
    with desk.database.transaction() as tx:
        calendars.replace_account(tx, TENANT, connection.id, b"\x01" + b"x" * 40)
    desk.connecting.disconnect(desk.ana, connection.id)
    assert desk.calendars() == {}


def test_a_password_account_of_another_domain_is_not_connected(desk: Desk) -> None:
    only: Connecting = replace(desk.connecting, account_domains=frozenset({"acme.example"}))
    desk.connecting = only
    assert "DOMAIN" in str(desk.sign_in(user="ana"))
    assert "DOMAIN" not in str(desk.sign_in(user="ana", url="https://dav.acme.example/"))


def test_what_was_kept_opens_again(desk: Desk) -> None:
    connection = connected(desk)
    with desk.database.reading() as tx:
        assert unsealed(tx, Vault(RING), TENANT, connection.id) == account()


def signs_in(desk: Desk, user: str = WORK) -> Session:
    """Somebody signed in, and has not said yet whether that account is theirs."""
    session = desk.opened().session
    desk.connecting.propose(session, account(user))
    return session


def all_undone(desk: Desk) -> list[str]:
    """What was given back, once every farewell is worked off."""
    for one in desk.due(farewells.KIND):
        desk.leaving.undo(TENANT, one)
    return desk.google.revoked


def test_what_nobody_confirmed_is_given_back_once_its_session_is_over(desk: Desk) -> None:
    session = signs_in(desk)
    desk.leaving.let_lapse()
    assert desk.connecting.pending(session) is not None
    desk.clock.move(timedelta(hours=1))
    desk.leaving.let_lapse()
    assert desk.connecting.pending(session) is None
    assert all_undone(desk) == ["refresh-token"]


def test_a_second_look_finds_nothing_more_to_give_back(desk: Desk) -> None:
    signs_in(desk)
    desk.clock.move(timedelta(hours=1))
    desk.leaving.let_lapse()
    desk.leaving.let_lapse()
    assert len(desk.due(farewells.KIND)) == 1


def test_a_session_is_not_forgotten_before_what_waits_in_it_is_given_back(desk: Desk) -> None:
    signs_in(desk)
    desk.clock.move(timedelta(days=30))
    desk.opened()  # to hand out a link is to forget old ones
    desk.leaving.let_lapse()
    assert all_undone(desk) == ["refresh-token"]


def test_nothing_is_given_back_of_an_account_that_waits_elsewhere_or_was_confirmed_there(desk: Desk) -> None:
    signs_in(desk)
    desk.clock.move(timedelta(minutes=59))
    later = signs_in(desk)
    desk.clock.move(timedelta(minutes=1))
    desk.leaving.let_lapse()
    assert all_undone(desk) == []
    assert desk.connecting.confirm(later) is not None
    desk.clock.move(timedelta(hours=1))
    desk.leaving.let_lapse()
    assert all_undone(desk) == []


def test_another_account_takes_the_place_of_the_one_that_waited_which_is_given_back(desk: Desk) -> None:
    session = signs_in(desk)
    desk.service.calendar("home@acme.example", "Home of hers")
    desk.connecting.propose(session, account("home@acme.example"))
    assert all_undone(desk) == ["refresh-token"]
    waits = desk.connecting.pending(session)
    assert waits is not None
    assert waits.account.user == "home@acme.example"


def test_the_same_account_once_more_in_one_session_keeps_its_grant(desk: Desk) -> None:
    session = signs_in(desk)
    desk.connecting.propose(session, account())
    assert all_undone(desk) == []
    assert desk.connecting.confirm(session) is not None


def test_what_waited_is_given_back_when_a_known_account_is_signed_in_to_instead(desk: Desk) -> None:
    connected(desk)
    desk.service.calendar("home@acme.example", "Home of hers")
    session = signs_in(desk, "home@acme.example")
    assert isinstance(desk.connecting.propose(session, account()), Connection)
    assert desk.connecting.pending(session) is None
    assert all_undone(desk) == ["refresh-token"]
    assert [one.name for one in desk.calendars().values()] == ["Work of hers"]
