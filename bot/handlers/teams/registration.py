"""The bot as Azure knows it, whom it listens to, and which hosts may ever see its token."""

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from bot.core.errors import InvalidInput

if TYPE_CHECKING:
    import ssl

ANY_TENANT = "botframework.com"
"""The authority that issues tokens of a bot that serves several tenants."""
USUAL_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One app registration and where the servers around it are."""

    app_id: str
    password: str = field(repr=False)
    tenants: tuple[str, ...] = ()
    """Those that may use the bot; empty: all."""
    openid_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    issuer: str = "https://api.botframework.com"
    login_url: str = "https://login.microsoftonline.com"
    service_hosts: tuple[str, ...] = ("smba.trafficmanager.net", ".botframework.com")
    """`name[:port]`; a leading dot means all below it."""
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if not self.app_id or not self.password:
            raise InvalidInput("a bot without app id and password would believe anybody")

    @property
    def authority(self) -> str:
        """Whose tokens the bot carries: its only tenant's, else the Bot Framework's."""
        name = self.tenants[0] if len(self.tenants) == 1 else ANY_TENANT
        return f"{self.login_url.rstrip('/')}/{name}"

    def admits(self, tenant: str) -> bool:
        """Whether people of that tenant may use the bot."""
        return bool(tenant) and (not self.tenants or tenant.lower() in {one.lower() for one in self.tenants})

    def trusts(self, service: str) -> bool:
        """Whether the bot's token may be sent there; in the clear only to this machine or to a port named for it."""
        try:
            parts = urlsplit(service)
            port = parts.port or USUAL_PORTS.get(parts.scheme)
        except ValueError:
            return False
        if port is None or not parts.hostname or parts.username or parts.password:
            return False
        return any(_allows(rule.lower(), parts, port) for rule in self.service_hosts)


def _allows(rule: str, parts: SplitResult, port: int) -> bool:
    host = parts.hostname or ""
    at = urlsplit(f"//{rule}")
    is_same = host.endswith(rule) if rule.startswith(".") else host == at.hostname
    if not is_same or (at.port is not None and at.port != port):
        return False
    return parts.scheme == "https" or at.port is not None or _is_this_machine(host)


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def trust(ca_file: Path | None) -> "ssl.SSLContext":
    """What the usual authorities vouch for, and the operator's own."""
    import httpx

    context = httpx.create_ssl_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context
