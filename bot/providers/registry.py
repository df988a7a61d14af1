"""Which calendar services there are. An SDK is imported when its service is first connected, not before."""

from pathlib import Path

from bot.providers.base import Account, CalendarProvider, Connect, Providers
from bot.providers.fetch import Door


def providers(*, private_hosts: frozenset[str] = frozenset(), ca_file: Path | None = None) -> Providers:
    """Every service by the name that an `Account` carries; all of them go through one guarded door."""
    door = Door(allowed=frozenset(host.lower() for host in private_hosts), ca_file=ca_file)
    return {"caldav": _caldav(door)}


def _caldav(door: Door) -> Connect:
    def connect(account: Account) -> CalendarProvider:
        from bot.providers.caldav import connect as connect_caldav

        return connect_caldav(account, door)

    return connect
