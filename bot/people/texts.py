"""Calendars that are text: a feed's address, read again and again, or a file, read once. Neither can be written to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bot.core.calendars import Connection
from bot.core.ids import ConnectionId, derived
from bot.people.connect import Connecting
from bot.people.pending import Pending, identity
from bot.people.services import NotConnected, Why, web_address
from bot.providers.base import Account
from bot.providers.ics.preview import Preview, preview
from bot.storage import calendars, people
from bot.storage.links import Session

MOST_ADDRESSES = 10
LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedFeed:
    """What was typed of a feed."""

    url: str = field(repr=False)
    name: str
    addresses: str
    """Its owner's e-mail addresses, which tell what they declined: a feed has no owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A file that was handed over, and what it comes to."""

    account: Account
    preview: Preview
    replaces: Connection | None
    """What was imported from a file of that name before."""


@dataclass(frozen=True)
class Texts:
    """Connects feeds and files."""

    connecting: Connecting

    def feed(
        self, session: Session, typed: TypedFeed, instead: ConnectionId | None = None
    ) -> Pending | Connection | NotConnected:
        """Fetched once, to see that it is a calendar; then it waits for its owner's word, unless it is the new link of
        a feed of theirs: that one keeps all that was chosen for it."""
        wrong: list[Why] = []
        url = _feed_url(typed.url)
        if isinstance(url, Why):
            wrong.append(url)
        addresses = emails(typed.addresses)
        if addresses is None:
            wrong.append(Why.NOT_MAIL)
        if wrong or isinstance(url, Why) or addresses is None:
            return NotConnected(tuple(wrong))
        if self.connecting.try_once(session) is None:
            return NotConnected((Why.TOO_MANY_TRIES,))
        parts = web_address(url)
        host = parts.hostname if parts is not None else ""
        account = Account(
            provider="ics",
            url="",
            user=_shorn(typed.name) or f"Feed of {host}",
            password=url,
            addresses=addresses,
            # Its address is a secret, and the same address is the same feed.
            subject=derived("feed", url),
        )
        return self.connecting.propose(session, account, instead=instead)

    def look(self, session: Session, name: str, data: bytes, typed_addresses: str) -> Handed | NotConnected:
        """What that file holds; nothing is kept. Raises `NotACalendar` with a sentence for one that is none."""
        addresses = emails(typed_addresses)
        if addresses is None:
            return NotConnected((Why.NOT_MAIL,))
        if not data:
            return NotConnected((Why.NO_FILE,))
        if self.connecting.try_once(session) is None:
            return NotConnected((Why.TOO_MANY_TRIES,))
        house = self.connecting
        with house.database.reading() as tx:
            owner = people.person(tx, session.tenant, session.person)
        found = preview(data, owner.hours.zone, addresses, house.clock.now())
        account = Account(
            provider="import",
            url="",
            user=_shorn(PurePosixPath(name.replace("\\", "/")).name) or "calendar.ics",
            # Tells a newer file of the same name from the one before, wherever one of them is open.
            password=hashlib.sha256(found.text.encode()).hexdigest(),
            addresses=addresses,
            grant=found.text,
        )
        with house.database.reading() as tx:
            before = calendars.of_account(tx, session.tenant, session.person, identity(account))
        return Handed(account=account, preview=found, replaces=before)

    def hand_over(self, session: Session, handed: Handed, told: Sequence[str]) -> Pending | Connection | NotConnected:
        """It waits for its owner's word, also where it takes the place of an earlier one."""
        return self.connecting.propose(session, handed.account, told=tuple(told), is_asked=True)


def emails(words: str) -> tuple[str, ...] | None:
    """The e-mail addresses among them, in lower case; None where something else stands there."""
    found = tuple(dict.fromkeys(one.casefold() for one in words.replace(",", " ").replace(";", " ").split()))
    if len(found) > MOST_ADDRESSES or not all(_is_mail(one) for one in found):
        return None
    return found


def _is_mail(word: str) -> bool:
    user, at, domain = word.rpartition("@")
    return bool(user and at and domain) and word.isprintable() and len(word) <= 320 and "@" not in user


def _feed_url(typed: str) -> str | Why:
    url = typed.strip()
    if not url:
        return Why.NO_ADDRESS
    scheme, mark, rest = url.partition("://")
    if not mark:
        url = f"https://{url}"
    elif scheme.lower() in ("webcal", "webcals"):
        url = f"https://{rest}"
    parts = web_address(url)
    if parts is None:
        return Why.NOT_AN_ADDRESS
    return Why.USER_IN_ADDRESS if "@" in parts.netloc else url


def _shorn(name: str) -> str:
    """Fit to be shown: one line of printable words, not too long."""
    return " ".join("".join(one if one.isprintable() else " " for one in name).split())[:LONGEST_NAME]
