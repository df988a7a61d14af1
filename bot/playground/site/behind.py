"""What a visitor does behind the bot's back: straight on the calendar servers, as any other calendar app would."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx

from bot.playground.client import Moment
from bot.playground.site.asked import clean
from bot.playground.site.calm import Calm
from bot.playground.world import Account, World

TITLE = 300
LONGEST = timedelta(days=31)
YEARS = range(2000, 2100)


@dataclass
class Behind:
    """Puts, moves, declines and deletes."""

    world: World
    moved: list[tuple[str, str]] = field(default_factory=list)
    """Whose event was dragged, and which, in that order."""

    def put(self, person: str, calendar: str, title: str, start: str, end: str, *, is_free: bool = False) -> str:
        """A new event; its UID."""
        account = self._account(person, calendar)
        begins, ends = moment(start, account.zone), moment(end, account.zone)
        if isinstance(begins, datetime) != isinstance(ends, datetime):
            raise Calm(400, "An event is either whole days or has a time at both ends.")
        if not begins < ends:
            raise Calm(400, "An event ends after it begins.")
        if ends - begins > LONGEST:
            raise Calm(400, "That is longer than a month.")
        with _calmly(account):
            return account.put(calendar, _title(title), begins, ends, is_free=is_free)

    def move(self, person: str, calendar: str, uid: str, instance: str | None, start: str) -> None:
        """Elsewhere; of a series only that one."""
        account = self._account(person, calendar)
        there = account.app(calendar)
        to, only = moment(start, account.zone), moment(instance, account.zone) if instance else None
        with _calmly(account):
            known = there.event(calendar, uid)
            if known is None:
                raise LookupError(uid)
            if isinstance(known.start, datetime) != isinstance(to, datetime):
                raise Calm(400, "Whole days stay whole days: drag it to another day.")
            there.move(calendar, uid, to, instance=only)
            self.moved.append((person, uid))

    def decline(self, person: str, calendar: str, uid: str) -> None:
        """They say no to it; it stays where it is."""
        account = self._account(person, calendar)
        with _calmly(account):
            account.decline(calendar, uid)

    def delete(self, person: str, calendar: str, uid: str, instance: str | None = None) -> None:
        """Gone; of a series only that one, where one is named."""
        account = self._account(person, calendar)
        only = moment(instance, account.zone) if instance else None
        with _calmly(account):
            account.delete(calendar, uid, instance=only)

    def _account(self, person: str, calendar: str) -> Account:
        account = self.world.accounts.get(person)
        if account is None or calendar not in account.calendars:
            raise Calm(404, "There is no such calendar here.")
        return account


def moment(words: str, zone: str) -> Moment:
    """An instant, or a whole day; wall time without an offset is on the clocks of that zone."""
    try:
        if len(words) == len("2026-12-01"):
            at: Moment = date.fromisoformat(words)
        else:
            named = datetime.fromisoformat(words)
            at = (named if named.tzinfo else named.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Calm(400, "That is no time.") from error
    if at.year not in YEARS:
        raise Calm(400, "That is too far away.")
    return at


def _title(words: str) -> str:
    return " ".join(clean(words).split())[:TITLE] or "New event"


@contextmanager
def _calmly(account: Account) -> Iterator[None]:
    """What can be wrong with a calendar server, in words; nothing of it is the visitor's fault."""
    name = account.name.split()[0]
    try:
        yield
    except LookupError as error:
        raise Calm(404, "That event is not there any more.") from error
    except httpx.HTTPStatusError as error:
        if error.response.status_code in {404, 409, 412}:
            raise Calm(409, "That event has changed meanwhile. Look again.") from error
        raise Calm(502, f"{name}’s calendar server refused it ({error.response.status_code}).") from error
    except httpx.HTTPError as error:
        raise Calm(503, f"{name}’s calendar server does not answer, so nothing was changed.") from error
