"""Colleagues who connected nothing: what the asker's own account may see of them is read for the asker alone.

A company's calendar service shows its people each other's free/busy (learn.microsoft.com/graph/api/calendar-getschedule
and developers.google.com/calendar/api/v3/reference/freebusy). Such a calendar answers the requests of that one asker,
is unknown until it was read, and goes once they connect their own.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from bot.availability import known
from bot.core.calendars import Calendar, Connection
from bot.core.ids import PersonId, TenantId
from bot.core.people import Person
from bot.providers.base import shared
from bot.storage import calendars, due, seen
from bot.storage.database import Tx


def seek(tx: Tx, asker: Person, others: Iterable[Person], now: datetime) -> None:
    """Everybody of whom the asker's accounts could tell, and no calendar of their own does, is read there at once."""
    accounts = [one for one in calendars.connections_of(tx, asker.tenant, asker.id) if _sees(one)]
    wanted = [one for one in others if one.id != asker.id and one.email] if accounts else []
    held = calendars.of_people(tx, asker.tenant, [one.id for one in wanted], asker=asker.id) if wanted else []
    for person in wanted:
        theirs = [one for one in held if one.person == person.id]
        account = None if _tell(theirs) else _next(accounts, person, theirs)
        if account is not None:
            made = seen.add(tx, account, person, shared(person.email or ""))
            due.mark(tx, made.tenant, "calendar", made.id, now)


def telling(counting: Sequence[Calendar]) -> list[Calendar]:
    """The calendars whose word counts: their owners' own before what a company shows of them, and none that is mute."""
    own = {one.person for one in known.vouchers(counting) if one.seen_by is None}
    return [one for one in counting if one.seen_by is None or (one.person not in own and not is_mute(one))]


def is_mute(calendar: Calendar) -> bool:
    """The service does not show that person to this asker: nothing is known, which is never free."""
    return calendar.problem is not None and calendar.problem.is_final


def mute_to(tx: Tx, tenant: TenantId, asker: PersonId, people: Collection[PersonId]) -> set[PersonId]:
    """Those of them whom the company calendar was asked about, and did not show."""
    held = calendars.of_people(tx, tenant, people, asker=asker)
    return {one.person for one in held if one.seen_by is not None and is_mute(one)}


def _tell(theirs: Sequence[Calendar]) -> bool:
    return any(one.seen_by is None for one in known.vouchers(theirs)) or any(
        one.seen_by is not None and not is_mute(one) for one in theirs
    )


def _sees(account: Connection) -> bool:
    return account.sees_colleagues and (account.problem is None or not account.problem.is_final)


def _next(accounts: Sequence[Connection], person: Person, theirs: Iterable[Calendar]) -> Connection | None:
    """The account to ask next, those of the person's own company first; each is asked once."""
    asked = {one.connection for one in theirs if one.seen_by is not None}
    company = f"@{(person.email or '').rpartition('@')[2]}".casefold()
    ranked = sorted(accounts, key=lambda one: company not in one.label.casefold())
    return next((one for one in ranked if one.id not in asked), None)
