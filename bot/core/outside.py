"""What our own address permits: plain http, or a name that only our network knows, does for some things and not all."""

import ipaddress
from urllib.parse import urlsplit

_PRIVATE_ENDINGS = (".local", ".lan", ".internal", ".home", ".home.arpa", ".intranet", ".corp", ".test", ".localhost")
"""Names that no public resolver knows (RFC 6761, RFC 6762, RFC 8375, and what networks commonly use)."""


def is_public(url: str) -> bool:
    """Whether a service on the internet can be expected to reach that address: https, and a name that it can know."""
    parts = urlsplit(url)
    return parts.scheme == "https" and _is_known_outside(parts.hostname or "")


def reaches(service: str, url: str) -> bool:
    """Whether a service at `service` can be expected to post to that address: our own machine reaches itself."""
    here = (_is_this_machine(urlsplit(one).hostname or "") for one in (service, url))
    return is_public(url) or all(here)


def out_of_reach(url: str, *, rings: bool = False) -> tuple[str, ...]:
    """What does not work while that is our address, in the words in which it is said; empty where all does.

    `rings`: calendar services reach us all the same, because they are on this machine, too.
    """
    if is_public(url):
        return ()
    parts = urlsplit(url)
    name = parts.hostname or ""
    push = [] if rings else ["push from calendars (they are polled instead)"]
    lacking = ["Teams", *push, "pages for guests"]
    if not _is_this_machine(name):
        # Google takes only public names, or this machine's; Microsoft any name, but https.
        if not _is_known_outside(name) or parts.scheme != "https":
            lacking.append("Google sign-in")
        if parts.scheme != "https":
            lacking.append("Microsoft sign-in")
    return tuple(lacking)


def _is_known_outside(name: str) -> bool:
    name = name.rstrip(".").lower()
    try:
        return ipaddress.ip_address(name).is_global
    except ValueError:
        return "." in name and not f".{name}".endswith(_PRIVATE_ENDINGS)


def _is_this_machine(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name.lower() == "localhost"
