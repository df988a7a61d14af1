"""Several tasks that need a new token of one account at the same moment."""

import base64
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.core.errors import NotFound, SignInNeeded
from bot.people.grants import Grants, sealed, unsealed
from bot.people.limits import Limits
from bot.providers import memory
from bot.providers.base import Account, CalendarProvider, Keeper
from bot.providers.registry import providers
from bot.storage import calendars
from bot.storage.database import METADATA, Database
from bot.storage.vault import KeyRing, Vault
from tests.contracts.microsoft_stage import services, signed_in
from tests.providers.microsoft import ANA, microsoft
from tests.providers.test_microsoft_grant import refresh_token, without_access
from tests.storage.test_calendars import ACCOUNT, TENANT, WORK

VAULT = Vault(KeyRing.parse("test:" + base64.b64encode(bytes(32)).decode()))
AT_ONCE, TIMES = 3, 20


@dataclass
class Rotating:
    """A service whose refresh tokens are good once: whoever brings one a second time has lost the account."""

    newest: str = "token-0"
    was_traded: Callable[[], None] = lambda: None
    """What happens between the trade and its answer."""
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def trade(self, token: str) -> str:
        with self._lock:
            if token != self.newest:
                raise SignInNeeded("This token was used before.")
            self._count += 1
            self.newest = f"token-{self._count}"
        self.was_traded()
        return self.newest


@dataclass
class House:
    """One account of that service, sealed in a database."""

    database: Database
    service: Rotating
    keepers: list[Keeper] = field(default_factory=list)

    def connect(self, account: Account, keeper: Keeper | None = None, /) -> CalendarProvider:
        assert keeper is not None
        self.keepers.append(keeper)
        twin = memory.Service()
        return twin.connect(twin.account("ana"))

    def keeper(self) -> Keeper:
        """What an account that is opened now gets for its grant."""
        with self.grants.open_account(TENANT, ACCOUNT.id):
            return self.keepers.pop()

    def __post_init__(self) -> None:
        self.grants = Grants(self.database, VAULT, {"memory": self.connect}, Limits())

    def refresh(self, keeper: Keeper) -> None:
        with keeper.alone() as held:
            held.save(self.service.trade(held.grant))

    def kept(self) -> str:
        with self.database.reading() as tx:
            return unsealed(tx, VAULT, TENANT, ACCOUNT.id).grant

    def sign_in(self, grant: str) -> None:
        """Its owner signs in anew, in a browser."""
        with self.database.transaction() as tx:
            account = replace(unsealed(tx, VAULT, TENANT, ACCOUNT.id), grant=grant)
            calendars.replace_account(tx, TENANT, ACCOUNT.id, sealed(tx, VAULT, TENANT, ACCOUNT.id, account))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'overlap.db'}")
    METADATA.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def house(database: Database) -> Iterator[House]:
    connected(database, Account(provider="memory", url="", user="ana", grant="token-0"))
    house = House(database, Rotating())
    yield house
    house.grants.close()


def connected(database: Database, account: Account) -> None:
    with database.transaction() as tx:
        kept = sealed(tx, VAULT, TENANT, ACCOUNT.id, account)
        calendars.add_connection(tx, replace(ACCOUNT, provider=account.provider), kept)
        calendars.add(tx, WORK)


def test_tokens_that_rotate_are_lost_by_nobody_and_the_newest_is_kept(house: House) -> None:
    with house.grants.open_account(TENANT, ACCOUNT.id), house.grants.open_account(TENANT, ACCOUNT.id):
        pass  # two were opened at once, each with a keeper of its own
    keepers = list(house.keepers)
    assert len(keepers) == 2
    start = threading.Barrier(len(keepers))

    def refresh(keeper: Keeper) -> None:
        start.wait(20)
        for _ in range(TIMES):
            house.refresh(keeper)

    with ThreadPoolExecutor(len(keepers)) as pool:
        for done in [pool.submit(refresh, one) for one in keepers]:
            done.result(60)
    assert house.kept() == house.service.newest == f"token-{len(keepers) * TIMES}"


def test_a_token_is_kept_before_whoever_traded_it_goes_on(house: House) -> None:
    with house.keeper().alone() as held:
        held.save(house.service.trade(held.grant))
        assert house.kept() == held.grant == "token-1"


def test_a_refresh_never_takes_the_place_of_a_new_sign_in(house: House) -> None:
    keeper = house.keeper()
    house.service.was_traded = lambda: house.sign_in("signed in anew")
    house.refresh(keeper)
    assert house.kept() == "signed in anew"
    with keeper.alone() as held:
        assert held.grant == "signed in anew"


def test_a_refresh_brings_back_no_account_that_was_disconnected_meanwhile(house: House) -> None:
    def disconnect() -> None:
        with house.database.transaction() as tx:
            calendars.disconnect(tx, TENANT, ACCOUNT.id)

    keeper = house.keeper()
    house.service.was_traded = disconnect
    with pytest.raises(NotFound):
        house.refresh(keeper)
    with pytest.raises(NotFound):
        house.kept()


def test_whoever_fails_to_refresh_keeps_nobody_waiting(house: House) -> None:
    keeper = house.keeper()
    house.service.newest = "taken back"
    with pytest.raises(SignInNeeded):
        house.refresh(keeper)
    house.sign_in("taken back")
    house.refresh(keeper)
    assert house.kept() == house.service.newest


def test_at_microsoft_one_refreshes_for_all_and_the_newest_token_is_kept(database: Database) -> None:
    with microsoft() as stand:
        account = signed_in(stand, ANA)
        first = without_access(account.grant)
        connected(database, replace(account, grant=first))
        grants = Grants(database, VAULT, providers(services(stand)))
        start = threading.Barrier(AT_ONCE)

        def ask() -> None:
            with grants.open_account(TENANT, ACCOUNT.id, patience=20) as opened:
                start.wait(20)
                opened.health()

        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(ask) for _ in range(AT_ONCE)]:
                done.result(60)
        with database.reading() as tx:
            kept = refresh_token(unsealed(tx, VAULT, TENANT, ACCOUNT.id).grant)
        assert stand.tokens.used == [refresh_token(first)]
        assert kept in stand.tokens.refreshes
        assert kept != refresh_token(first)
        grants.close()
        assert stand.refusals == []
