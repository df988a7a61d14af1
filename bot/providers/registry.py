"""Every calendar service there is, by the name that an `Account` carries: one row each.

An SDK is imported when its service is first connected, not before. Everything goes through one guarded door; only the
operator's own settings open it to further hosts.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from bot.core.clients import GoogleClient, MicrosoftClient
from bot.providers.base import Account, CalendarProvider, Connect, Keeper, Providers
from bot.providers.fetch import Door
from bot.providers.oauth import OAuth, SignIns


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the operator of this house set up."""

    private_hosts: frozenset[str] = frozenset()
    ca_file: Path | None = None
    google: GoogleClient | None = None
    microsoft: MicrosoftClient | None = None

    @property
    def door(self) -> Door:
        """The door for addresses that people type."""
        return Door(allowed=frozenset(host.lower() for host in self.private_hosts), ca_file=self.ca_file)

    def door_to(self, *urls: str) -> Door:
        """The door for addresses that the operator set, which may be anywhere."""
        door = self.door
        return replace(door, allowed=door.allowed | {urlsplit(url).netloc.lower() for url in urls if url})


def providers(services: Services) -> Providers:
    """How each of them is opened; Google and Microsoft only where their client is registered."""
    found: dict[str, Connect] = {"caldav": _caldav(services), "ics": _ics(services), "import": _ics_import()}
    if services.google is not None:
        found["google"] = _google(services, services.google)
    if services.microsoft is not None:
        found["microsoft"] = _microsoft(services, services.microsoft)
    return found


def sign_ins(services: Services) -> SignIns:
    """Those to which one signs in on the service's own page."""
    found: dict[str, OAuth] = {}
    if services.google is not None:
        from bot.providers.google.signin import GoogleSignIn

        client = services.google
        found["google"] = GoogleSignIn(client, services.door_to(client.api_url, client.oauth_url))
    if services.microsoft is not None:
        from bot.providers.microsoft.signin import MicrosoftSignIn

        entra = services.microsoft
        found["microsoft"] = MicrosoftSignIn(entra, services.door_to(entra.graph_url, entra.authority))
    return found


def _caldav(services: Services) -> Connect:
    door = services.door

    def connect(account: Account, _keeper: Keeper | None = None, /) -> CalendarProvider:
        from bot.providers.caldav import connect as connect_caldav

        return connect_caldav(account, door)

    return connect


def _ics(services: Services) -> Connect:
    door = services.door

    def connect(account: Account, _keeper: Keeper | None = None, /) -> CalendarProvider:
        from bot.providers.ics.feed import connect as connect_feed

        return connect_feed(account, door)

    return connect


def _ics_import() -> Connect:
    def connect(account: Account, _keeper: Keeper | None = None, /) -> CalendarProvider:
        from bot.providers.ics.imported import connect as connect_import

        return connect_import(account)

    return connect


def _google(services: Services, client: GoogleClient) -> Connect:
    door = services.door_to(client.api_url, client.oauth_url)

    def connect(account: Account, keeper: Keeper | None = None, /) -> CalendarProvider:
        from bot.providers.google.adapter import connect as connect_google

        return connect_google(account, client, door, keeper)

    return connect


def _microsoft(services: Services, client: MicrosoftClient) -> Connect:
    door = services.door_to(client.graph_url, client.authority)

    def connect(account: Account, keeper: Keeper | None = None, /) -> CalendarProvider:
        from bot.providers.microsoft.adapter import connect as connect_microsoft

        return connect_microsoft(account, client, door, keeper)

    return connect
