"""A Microsoft grant: refreshed by one at a time, kept before it is used, and every refusal told apart."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.calendars import Access
from bot.core.clock import SetClock
from bot.core.errors import ConsentNeeded, OurFault, OverlapError, SignInNeeded, TryLater
from bot.playground.stands.microsoft.stand import MicrosoftStand
from bot.providers.base import Held, Loose
from bot.providers.microsoft.adapter import connect
from bot.providers.microsoft.grant import kept
from bot.providers.microsoft.signin import MicrosoftSignIn
from bot.providers.oauth import NotSignedIn
from tests.contracts.microsoft_stage import CALLBACK, client, dead, signed_in
from tests.providers.microsoft import ALEX, ANA, World, again, door, microsoft, world


class Watched:
    """A keeper that notes how much had been asked of Graph whenever the grant was saved."""

    def __init__(self, grant: str, stand: MicrosoftStand) -> None:
        self.grant = grant
        self.asked_before: list[int] = []
        self.turn = threading.Lock()
        self._stand = stand

    def save(self, grant: str) -> None:
        self.grant = grant
        self.asked_before.append(len(self._stand.graph.calls))

    @contextmanager
    def alone(self) -> Iterator[Held]:
        with self.turn:
            yield self


@pytest.fixture(scope="module")
def one() -> Iterator[World]:
    with world() as made:
        yield made


def without_access(grant: str) -> str:
    """The same grant once its access token has ended."""
    told = kept(grant)
    cache = json.loads(told.cache)
    cache["AccessToken"] = {}
    return type(told)(json.dumps(cache), told.scopes, told.is_work, told.has_video).words


def refresh_token(grant: str) -> str:
    (one,) = json.loads(kept(grant).cache)["RefreshToken"].values()
    return str(one["secret"])


def test_the_newest_refresh_token_is_kept_before_what_it_bought_is_used() -> None:
    with microsoft() as stand:
        account = signed_in(stand, ANA)
        keeper = Watched(without_access(account.grant), stand)
        stand.graph.calls.clear()
        opened = connect(account, client(stand), door(stand), keeper)
        opened.health()
        opened.close()
        assert keeper.asked_before == [0]
        assert stand.tokens.used == [refresh_token(account.grant)]
        assert refresh_token(keeper.grant) not in stand.tokens.used


def test_the_grant_of_whoever_refreshed_last_is_taken() -> None:
    with microsoft() as stand:
        account = signed_in(stand, ANA)
        keeper = Watched(without_access(account.grant), stand)
        first, second = (connect(account, client(stand), door(stand), keeper) for _ in range(2))
        first.health()
        keeper.grant = without_access(keeper.grant)
        newest = refresh_token(keeper.grant)
        second.health()
        assert stand.tokens.used[-1] == newest
        first.close()
        second.close()


def test_two_who_need_a_token_at_once_refresh_once() -> None:
    with microsoft() as stand:
        account = signed_in(stand, ANA)
        keeper = Watched(without_access(account.grant), stand)
        opened = [connect(account, client(stand), door(stand), keeper) for _ in range(4)]
        threads = [threading.Thread(target=one.health) for one in opened]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(stand.tokens.used) == 1
        for one in opened:
            one.close()


def test_a_token_that_lives_is_not_asked_for_again() -> None:
    with world() as one:
        for _ in range(3):
            one.opened.health()
        assert one.stand.tokens.used == []


def test_a_token_is_refreshed_before_it_ends() -> None:
    clock = SetClock(datetime.now(UTC))
    with microsoft() as stand:
        account = signed_in(stand, ANA)
        keeper = Loose(account.grant)
        opened = connect(account, client(stand), door(stand), keeper, clock)
        opened.health()
        clock.set(clock.now() + timedelta(minutes=58))
        keeper.save(without_access(keeper.grant))
        opened.health()
        assert len(stand.tokens.used) == 1
        opened.close()


def test_a_token_that_was_taken_back_is_replaced_once() -> None:
    with world() as one:
        one.opened.health()
        one.stand.tokens.end_accesses(one.stand.directory.user(ANA).oid)
        one.opened.health()
        assert len(one.stand.tokens.used) == 1


def test_a_challenge_is_answered_with_its_claims() -> None:
    with world() as one:
        one.stand.graph.challenge = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}'
        one.opened.health()
        assert len(one.stand.tokens.used) == 1
        assert "nbf" in one.stand.authority.claims[-1]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *[(code, SignInNeeded) for code in (70008, 700082, 50173, 50034, 50057)],
        *[(code, SignInNeeded) for code in (50076, 50079, 50158, 53000, 53003)],
        *[(code, ConsentNeeded) for code in (65001, 65004, 90094, 90095)],
        *[(code, OurFault) for code in (700016, 7000215, 7000222)],
        (90033, TryLater),
    ],
)
def test_every_refusal_of_a_refresh_has_its_error(one: World, code: int, expected: type[OverlapError]) -> None:
    one.stand.authority.troubles.clear()
    account = replace(one.account, grant=without_access(signed_in(one.stand, ALEX).grant))
    one.stand.authority.troubles[one.stand.directory.user(ALEX).oid] = code
    opened = again(one, account)
    with pytest.raises(expected) as told:
        opened.health()
    assert type(told.value) is expected
    opened.close()


def test_a_grant_that_was_taken_back_asks_for_a_new_sign_in() -> None:
    with world() as one:
        opened = again(one)
        one.stand.revoke(ANA)
        with pytest.raises(SignInNeeded):
            opened.health()
        opened.close()


def test_a_grant_that_is_none_asks_for_a_new_sign_in(one: World) -> None:
    opened = again(one, replace(one.account, grant=dead(one.account.grant)))
    with pytest.raises(SignInNeeded):
        opened.health()
    opened.close()
    with pytest.raises(SignInNeeded):
        again(one, replace(one.account, grant="nonsense"))


def test_a_sign_in_that_is_down_passes() -> None:
    with world() as one:
        opened = again(one, replace(one.account, grant=without_access(one.account.grant)))
        one.stand.authority.status = 503
        with pytest.raises(TryLater):
            opened.health()
        opened.close()


def test_what_an_authority_says_of_itself_is_asked_once() -> None:
    with world() as one:
        asked = one.stand.authority.metadata_asked
        for _ in range(3):
            opened = again(one)
            opened.health()
            opened.close()
        assert one.stand.authority.metadata_asked == asked == 1


@pytest.mark.parametrize(("status", "expected"), [(503, TryLater), (429, TryLater), (404, OurFault), (400, OurFault)])
def test_an_authority_that_never_answered_before_passes_or_is_set_up_wrong(
    status: int, expected: type[OverlapError]
) -> None:
    with microsoft() as stand:
        stand.authority.status = status
        made = MicrosoftSignIn(client(stand), door(stand))
        with pytest.raises(NotSignedIn) as told:
            made.begin(state="s", redirect_uri=CALLBACK, access=Access.FULL)
        assert type(told.value.__cause__) is expected
