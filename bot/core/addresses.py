"""E-mail addresses that reach the same mailbox: with a tag behind a plus, and however Gmail is written."""

from collections.abc import Iterable

GMAIL = ("gmail.com", "googlemail.com")
"""One service with two names, for which dots in front of the @ are nothing. For any other they are letters."""


def folded(address: str) -> str:
    """The mailbox behind an address: in lower case and without a tag (RFC 5233), at Gmail without dots."""
    user, at, domain = _untagged(address.strip().lower()).rpartition("@")
    return f"{user.replace('.', '')}{at}{GMAIL[0]}" if domain in GMAIL else f"{user}{at}{domain}"


def spellings(addresses: Iterable[str]) -> tuple[str, ...]:
    """Those addresses as they are, and after them every other plain way to write the mailboxes behind them."""
    found = [one.strip().lower() for one in addresses]
    for one in tuple(found):
        found += [_untagged(one), *_at_gmail(folded(one))]
    return tuple(dict.fromkeys(found))


def _untagged(address: str) -> str:
    user, at, domain = address.rpartition("@")
    return f"{user.partition('+')[0] or user}{at}{domain}"


def _at_gmail(address: str) -> tuple[str, ...]:
    """By both names of Gmail, if it is there."""
    user, _, domain = address.rpartition("@")
    return tuple(f"{user}@{name}" for name in GMAIL) if domain in GMAIL else (address,)
