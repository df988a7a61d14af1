"""The guarded door to calendar servers: who may be contacted at all, decided before anything is sent.

A calendar's address is typed by a user and its answers name further ones, so any of them may point into our own
network (server-side request forgery). The name is resolved once, every address it has must be public, and the
connection goes to one of those very addresses: a name that changes its answer in between reaches nothing.
What travels through the door is in `providers/pinned`.
"""

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bot.core.errors import AddressRefused, TryLater

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

HTTPS = 443
UNPRIVILEGED = 1024

NEVER = tuple(
    ipaddress.ip_network(network)
    for network in (
        # Written out, although `is_global` knows most: its answer depends on the patch level of Python.
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata server
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's host, for all that it looks public
        "169.254.0.0/16",  # link-local; the metadata server of most clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",  # unspecified, loopback, IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # Teredo and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",  # unique local
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)

Resolve = Callable[[str, int], Sequence[str]]
"""The numeric addresses of a name; `OSError` when there are none."""


def system_resolver(host: str, port: int) -> Sequence[str]:
    """What this machine's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a connection would go to."""

    scheme: str
    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What may be contacted, how much may come back, and how long it may take."""

    allowed: frozenset[str] = frozenset()
    """`name[:port]` of hosts that the operator lets be private and speak http."""
    ca_file: Path | None = None
    resolve: Resolve = system_resolver
    connect_within: timedelta = timedelta(seconds=5)
    read_within: timedelta = timedelta(seconds=20)
    all_within: timedelta = timedelta(seconds=60)
    in_a_row: timedelta = timedelta(minutes=10)
    """Of all answers that are waited for one after another: a list may have a page more for ever."""
    most_bytes: int = 10 * 1024 * 1024
    """Of one answer, after decompression."""
    most_addresses: int = 8
    """Of one name: each that is dead costs `connect_within`, and whoever answers for the name says how many it has."""

    def target(self, url: str) -> Target:
        """Whom that address names, if it may be contacted at all; nothing is resolved yet."""
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError as error:
            raise AddressRefused("This is no web address that I can use.") from error
        if not host or parts.scheme not in ("http", "https") or not url.isprintable() or set(" \\") & set(url):
            raise AddressRefused("A calendar's address looks like https://calendar.example.org/.")
        if parts.username is not None or parts.password is not None:
            raise AddressRefused("Leave user and password out of the address; there are fields for them.")
        target = Target(parts.scheme, host, port or (HTTPS if parts.scheme == "https" else 80))
        self.admit(target)
        return target

    def admit(self, target: Target) -> None:
        """Refuses what the operator must allow first: plain http, and ports where other services listen."""
        if self.is_allowed(target):
            return
        if target.scheme != "https":
            raise AddressRefused("Only https:// addresses can be used: the password would travel in the clear.")
        if target.port != HTTPS and target.port < UNPRIVILEGED:
            raise AddressRefused(f"No calendar server is expected at port {target.port}.")

    def is_allowed(self, target: Target) -> bool:
        """Whether the operator named this host."""
        host = f"[{target.host}]" if ":" in target.host else target.host
        return host.lower() in self.allowed or f"{host}:{target.port}".lower() in self.allowed

    def addresses(self, target: Target) -> Sequence[str]:
        """The addresses to connect to, and no others: looked up once, and every one of them checked."""
        self.admit(target)
        try:
            found = self.resolve(target.host, target.port)
        except (OSError, UnicodeError) as error:
            raise TryLater("There is no server of that name, or it cannot be looked up now.") from error
        if not self.is_allowed(target) and not all(map(is_public, found)):
            raise AddressRefused("This address lies inside a private network and must not be contacted.")
        return found[: self.most_addresses]


def is_public(address: str) -> bool:
    """Whether that numeric address lies in the public internet."""
    try:
        ip: IpAddress = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return (
        ip.is_global
        and not ip.is_multicast
        and not any(ip in network for network in NEVER if network.version == ip.version)
    )
