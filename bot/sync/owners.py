"""Telling people what is wrong with an account: its owner once, and again on days 3 and 10; the operator once a day.

Whom only the owner can mend is told at once; that a server merely does not answer is told to nobody.
"""

import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.calendars import Calendar, Connection, Problem
from bot.core.clock import Clock
from bot.core.errors import NotFound
from bot.core.ids import ConnectionId, TenantId
from bot.storage import accounts, calendars, due, messages
from bot.storage.database import Database, Tx
from bot.sync import plan

log = logging.getLogger(__name__)

KIND = "connection"
"""The kind of its messages, and of the due rows that remind."""
REMINDERS = (timedelta(days=3), timedelta(days=10))
A_DAY = timedelta(days=1)
UNTOLD = (None, Problem.UNREACHABLE, Problem.DOUBTED)
"""What is no problem of the account: nothing, what passes, and what its owner is asked about on its own."""


OF_THE_WHOLE = (Problem.SIGN_IN_NEEDED, Problem.OURS, Problem.NOT_ALLOWED)
"""What keeps all calendars of an account from being read, whichever shows it first."""


@dataclass(slots=True)
class Operator:
    """Whoever runs Overlap: told in the log what only they can mend, each thing once a day at most."""

    _told: dict[str, datetime] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hears(self, account: Connection, kind: Problem, now: datetime) -> None:
        """What this problem of an account says about our registration at its service, if anything."""
        if kind is Problem.OURS and self._is_news(f"{account.provider} refuses", now):
            log.error(
                "%s refuses Overlap's own registration: look at its client id and secret, which may have expired",
                account.provider,
            )
        if plan.is_lapse(account, kind, now) and self._is_news("testing", now):
            log.error(
                "Google ends every grant after seven days while the publishing status of the project is “Testing”:"
                " publish it (Google Auth Platform, Audience), then its users must sign in once more"
            )

    def _is_news(self, what: str, now: datetime) -> bool:
        with self._lock:
            before = self._told.get(what)
            if before is not None and now - before < A_DAY:
                return False
            self._told[what] = now
            return True


def blame(tx: Tx, calendar: Calendar, kind: Problem, now: datetime) -> None:
    """The account has this problem because one of its calendars does; its owner is told when it begins."""
    account = calendars.connection(tx, calendar.tenant, calendar.connection)
    if not _concerns(calendar, account, kind):
        return
    if account.problem is kind:
        return
    since = (account.broken_since or now) if kind.is_theirs else None
    calendars.blame(tx, account.tenant, account.id, kind, since=since)
    is_lapse = plan.is_lapse(account, kind, now)
    if is_lapse:
        calendars.lapsed(tx, account.tenant, account.id)
    begins = account.problem is None or (kind.is_final and not account.problem.is_final)
    # Grants of a client in "Testing" end every week: told once, and from then on shown by `status` alone.
    if begins and not (is_lapse and account.lapses):
        messages.show(tx, account.tenant, kind=KIND, subject=account.id, person=account.person, now=now, ring=True)
        if kind.is_theirs and not is_lapse:
            due.mark(tx, account.tenant, KIND, account.id, now + REMINDERS[0])
    else:
        messages.changed(tx, account.tenant, KIND, account.id, now)


def _concerns(calendar: Calendar, account: Connection, kind: Problem | None) -> bool:
    """Whether that is a problem of the account. What it may see of a colleague is none, nor is a calendar of no use.

    A room that it may no longer see is one of the room: those who keep it are told of that.
    """
    if kind in UNTOLD or calendar.seen_by is not None:
        return False
    return kind in OF_THE_WHOLE or (plan.matters(calendar) and calendar.person == account.person)


def absolve(tx: Tx, calendar: Calendar, now: datetime) -> None:
    """The account's problem is over once none of its calendars has one."""
    account = calendars.connection(tx, calendar.tenant, calendar.connection)
    if account.problem is None:
        return
    its = calendars.of_connection(tx, calendar.tenant, account.id)
    if not any(_concerns(one, account, one.problem) for one in its):
        calendars.blame(tx, calendar.tenant, account.id, None)
        messages.changed(tx, calendar.tenant, KIND, account.id, now)


@dataclass(frozen=True)
class Reminding:
    """Reminds owners of accounts that only they can mend: twice, then no more; and once before a permission ends."""

    database: Database
    clock: Clock

    def remind(self, tenant: TenantId, connection: ConnectionId) -> datetime | None:
        """Its row came due: ring if it is time; when to come back, None once it is mended or was told often enough."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            try:
                account = calendars.connection(tx, tenant, connection)
            except NotFound:
                return None
            if account.broken_since is None:
                return _remind_of_its_end(tx, account, now)
            if account.reminded >= len(REMINDERS):
                return _ends_later(account, now)
            at = account.broken_since + REMINDERS[account.reminded]
            if now < at:
                return at
            told = sum(now - account.broken_since >= one for one in REMINDERS)
            calendars.was_reminded(tx, tenant, account.id, told)
            messages.show(tx, tenant, kind=KIND, subject=account.id, person=account.person, now=now, ring=True)
            return account.broken_since + REMINDERS[told] if told < len(REMINDERS) else _ends_later(account, now)


def _ends_later(account: Connection, now: datetime) -> datetime | None:
    """When to come back because what was allowed ends: the service may mend by itself until then."""
    return account.warns_at if account.warns_at is not None and account.warns_at > now else None


def _remind_of_its_end(tx: Tx, account: Connection, now: datetime) -> datetime | None:
    """Ring once while there is time to act; signing in again sets a new end."""
    at = account.warns_at
    if at is None or account.ends_at is None or account.is_end_told or now >= account.ends_at:
        return None
    if now < at:
        return at
    accounts.end_told(tx, account.tenant, account.id)
    messages.show(tx, account.tenant, kind=KIND, subject=account.id, person=account.person, now=now, ring=True)
    return None
