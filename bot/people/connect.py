"""Connecting a calendar: the link that leads to it, the sign-in, and what its owner chooses.

A link is bound to one person, lives ten minutes from the press, and is consumed once; what it opens is an hour in
which that person, and nobody else, signs in and chooses.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from bot.core.calendars import Access, Calendar, Connection
from bot.core.clock import Clock
from bot.core.errors import (
    AddressRefused,
    InvalidInput,
    NotACalendar,
    NotFound,
    OverlapError,
    Refused,
    SentAway,
    SignInNeeded,
)
from bot.core.ids import CalendarId, ConnectionId, ProposalId, TenantId
from bot.core.people import Person
from bot.core.preferences import AllDay
from bot.core.rules import WorkingHours
from bot.people import pending
from bot.people.habits import Suggested, suggested
from bot.people.keeping import Keeping, go_on, receive_somewhere
from bot.people.leaving import give_up, leave
from bot.people.pending import Pending, identity, label
from bot.people.services import NotConnected, SignIn, Why, address, why_not
from bot.providers.base import Abilities, Account, Providers, RemoteCalendar
from bot.storage import accounts, calendars, channels, due, links, messages, mirror, people, proposals, taken
from bot.storage.database import Database, Tx
from bot.storage.links import Session
from bot.storage.vault import Vault

log = logging.getLogger(__name__)

PURPOSE = "connect"
ADMIN = "admin"
RECONNECT = "reconnect"
SETTINGS = "settings"
"""What a link is for: one's own calendars, the workspace's rooms, one account that is connected again, or how one wants
to be scheduled."""
AGAIN = {PURPOSE: "connect", ADMIN: "rooms", RECONNECT: "connection", SETTINGS: "settings"}
"""The kind of the message whose button makes a new one of that purpose."""
LINK_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(hours=1)
RENEWED_AT_MOST_EVERY = timedelta(minutes=1)
MOST_TRIES = 20
"""Sign-ins in one session: nobody mistypes more often, and we are not to be somebody's guessing machine."""
MOST_CALENDARS = 500
"""Of one account: nobody has so many, and each would be read for ever after."""
KEPT_FOR = timedelta(days=7)
"""How long a dead link can still be answered with a new one."""


class Dead(StrEnum):
    """Why a link opens nothing."""

    USED = "used"
    EXPIRED = "expired"
    UNKNOWN = "unknown"
    """Never ours, or so old that it is forgotten."""


@dataclass(frozen=True, slots=True)
class Alive:
    """A link that would open a session for that person."""

    person: Person
    consent: Connection | None = None
    """The account of which they would allow more, or which they would connect again."""
    purpose: str = PURPOSE


@dataclass(frozen=True, slots=True)
class Opened:
    """A session that has just begun; `token` is for its cookie and is told only now."""

    token: str
    session: Session
    again: ConnectionId | None = None
    """The account that its link is to connect again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What its owner wants of their calendars."""

    counts: frozenset[CalendarId]
    receives: CalendarId | None
    hours: WorkingHours
    all_day: Mapping[CalendarId, AllDay] = field(default_factory=dict)
    """What the all-day events of a calendar are to a search; one that is missing stays as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Everything that the pages show of a person."""

    person: Person
    connections: tuple[Connection, ...]
    calendars: tuple[Calendar, ...]
    is_awaited: bool
    """A request waits for this person's calendar."""
    suggested: Suggested | None
    """What their account tells of when they work, while they have not said it."""
    whole_days: Mapping[CalendarId, Mapping[AllDay, int]]
    """How many of the days to come the all-day events of each calendar block, by each choice; of what was read."""


@dataclass(frozen=True)
class Connecting:
    """Connects calendars to people; `cadence` replaces what each provider says about how often it is read."""

    database: Database
    clock: Clock
    vault: Vault
    providers: Providers
    public_url: str
    cadence: timedelta | None = None
    account_domains: frozenset[str] = frozenset()
    """The domains of which an account must be; empty: any."""
    offered: frozenset[str] | None = None
    """The kinds of which it must be; None: any."""
    workspace: Callable[[TenantId], str | None] = field(default=lambda _tenant: None)
    """What a chat workspace calls itself, where that is known."""

    def link(
        self,
        person: Person,
        resume: ProposalId | None = None,
        consent: ConnectionId | None = None,
        purpose: str = PURPOSE,
    ) -> str:
        """A new address for that person alone: good once, and for ten minutes from now.

        `consent` names an account of theirs of which they are to allow more, or with `RECONNECT` the one that they
        connect again: the link leads straight to that.
        """
        token = links.new_token()
        handed_out = links.Link(
            hash=links.hashed(token),
            tenant=person.tenant,
            person=person.id,
            purpose=purpose,
            resume=resume,
            consent=consent,
            expires_at=self.clock.now() + LINK_LIFE,
        )
        with self.database.transaction() as tx:
            links.add(tx, handed_out)
            links.forget(tx, self.clock.now() - KEPT_FOR)
        return f"{self.public_url.rstrip('/')}/connect/{token}"

    def look(self, token: str) -> Alive | Dead:
        """What that link would do; looking consumes nothing, because scanners open links."""
        with self.database.reading() as tx:
            link = links.link(tx, token)
            if link is None:
                return Dead.UNKNOWN
            if link.used_at is not None:
                return Dead.USED
            if link.expires_at <= self.clock.now():
                return Dead.EXPIRED
            theirs = calendars.connections_of(tx, link.tenant, link.person)
            consent = next((one for one in theirs if one.id == link.consent), None)
            return Alive(people.person(tx, link.tenant, link.person), consent, link.purpose)

    def open_session(self, token: str) -> Opened | Dead:
        """The hour that this link opens, for the first who asks."""
        cookie = links.new_token()
        now = self.clock.now()
        with self.database.transaction() as tx:
            known = links.link(tx, token)
            link = None if known is None else links.consume(tx, token, known.purpose, now)
            if link is not None:
                again = link.consent if link.purpose == RECONNECT else None
                link = replace(link, purpose=PURPOSE, consent=None) if again is not None else link
                return Opened(cookie, links.open_session(tx, cookie, link, now + SESSION_LIFE), again)
        found = self.look(token)
        return Dead.USED if isinstance(found, Alive) else found

    def session(self, token: str) -> Session | None:
        """Whose hour it is, while it lasts."""
        with self.database.reading() as tx:
            return links.session(tx, token, self.clock.now())

    def reconnects(self, token: str) -> ConnectionId | None:
        """The account that this link is to connect again, used or not."""
        with self.database.reading() as tx:
            link = links.link(tx, token)
        return link.consent if link is not None and link.purpose == RECONNECT else None

    def opened_by(self, session: Session, token: str) -> bool:
        """Whether that link opened that session: then a second press on its button is the same press."""
        return session.link == links.hashed(token)

    def send_again(self, token: str) -> bool:
        """A way to a new link goes to the chat of whom a dead link was bound to; False for a link that is not ours."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            link = links.renew(tx, token, now, not_since=now - RENEWED_AT_MOST_EVERY)
            if link is None:
                return links.link(tx, token) is not None  # asked for a moment ago: it is on its way
            subject = link.consent if link.purpose == RECONNECT and link.consent is not None else link.person
            messages.show(
                tx, link.tenant, kind=AGAIN[link.purpose], subject=subject, person=link.person, now=now, ring=True
            )
        return True

    def setup(self, session: Session) -> Setup:
        """What that person has connected and chosen so far."""
        tenant, person = session.tenant, session.person
        with self.database.reading() as tx:
            whose = people.person(tx, tenant, person)
            connections = calendars.connections_of(tx, tenant, person)
            theirs = calendars.of_person(tx, tenant, person)
            return Setup(
                person=whose,
                connections=tuple(connections),
                calendars=tuple(theirs),
                is_awaited=any(person in one.waiting_for for one in proposals.open_for(tx, tenant, person)),
                suggested=suggested(tx, whose, connections, theirs, self.clock.now()),
                whole_days={
                    one.id: taken.whole_days(tx, tenant, one.id, whose.zone or "UTC", self.clock.now())
                    for one in theirs
                    if one.window is not None
                },
            )

    def sign_in(self, session: Session, typed: SignIn) -> Pending | Connection | NotConnected:
        """Opens the account with the service itself; what it lists waits for its owner's word."""
        url = address(typed)
        if isinstance(url, NotConnected):
            return url
        owner = self.try_once(session)
        if owner is None:
            return _nothing(Why.TOO_MANY_TRIES)
        return self.propose(session, by_password(url, typed, owner))

    def try_once(self, session: Session) -> Person | None:
        """Who tries to sign in; None once they have tried too often."""
        with self.database.transaction() as tx:
            if links.try_once(tx, session) > MOST_TRIES:
                return None
            return people.person(tx, session.tenant, session.person)

    def propose(
        self,
        session: Session,
        account: Account,
        wanted: Access = Access.FULL,
        *,
        told: tuple[str, ...] = (),
        is_asked: bool = False,
        instead: ConnectionId | None = None,
    ) -> Pending | Connection | NotConnected:
        """That account waits for its owner's word; one that is theirs already takes its own place at once, unless
        they are to be asked all the same. `instead` is a connection of theirs whose place it takes."""
        ids = {"tenant": session.tenant, "person": session.person}
        wrong = why_not(account, self.offered, self.account_domains)
        if wrong is not None:
            log.info("a calendar account was not connected: %s", wrong, extra=ids)
            return _nothing(wrong)
        listed = self._listed(account)
        if isinstance(listed, NotConnected):
            log.info("a calendar account was not connected: %s", ", ".join(listed.reasons), extra=ids)
            return listed
        abilities, found = listed
        new = Pending(account=account, abilities=abilities, calendars=tuple(found), wanted=wanted, told=told)
        with self.database.transaction() as tx:
            known = calendars.of_account(tx, session.tenant, session.person, identity(account))
            if instead is not None and known is not None and known.id != instead:
                return _nothing(Why.CONNECTED)
            if instead is not None:
                accounts.is_now(tx, session.tenant, instead, identity(account), label(account))
            if instead is not None or (known is not None and not is_asked):
                give_up(tx, self.vault, session, self.clock.now())
                return self._keep(tx, session, new)
            give_up(tx, self.vault, session, self.clock.now(), instead=new)
        return new

    def pending(self, session: Session) -> Pending | None:
        """The account that waits for its owner's word."""
        with self.database.reading() as tx:
            return pending.get(tx, self.vault, session)

    def confirm(self, session: Session) -> Connection | None:
        """Keep what waits, with every calendar that was listed; None where nothing waits any more."""
        with self.database.transaction() as tx:
            new = pending.get(tx, self.vault, session)
            return None if new is None else self._keep(tx, session, new)

    def decline(self, session: Session) -> None:
        """It is not theirs, or not the right one: it is forgotten, and what was granted is given back."""
        with self.database.transaction() as tx:
            give_up(tx, self.vault, session, self.clock.now())

    def choose(self, session: Session, choice: Choice) -> None:
        """From now on these count, this one receives, these are the hours; and what waited goes on."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            theirs = calendars.of_person(tx, session.tenant, session.person)
            _refuse_unfit(choice, theirs)
            calendars.choose(tx, session.tenant, session.person, choice.counts, choice.receives)
            people.set_hours(tx, session.tenant, session.person, choice.hours)
            for one in theirs:
                if one.id in choice.counts and one.read_at is None:
                    calendars.dirty(tx, one.tenant, one.id, now)
                if (one.counts, one.receives) != (one.id in choice.counts, one.id == choice.receives):
                    channels.wanted(tx, one.tenant, one.id, now)
                mirror.choose_all_day(tx, one.tenant, one.id, choice.all_day.get(one.id, one.all_day))
            for connection in {one.connection for one in theirs}:
                messages.changed(tx, session.tenant, "connection", connection, now)
            go_on(tx, session.tenant, session.person, now)
            if session.resume is not None:
                due.mark(tx, session.tenant, "proposal", session.resume, now)

    def disconnect(self, person: Person, connection: ConnectionId) -> None:
        """Forgets that account; `NotFound` where it is not theirs."""
        now = self.clock.now()
        with self.database.transaction() as tx:
            if calendars.connection(tx, person.tenant, connection).person != person.id:
                raise NotFound("That calendar account is not connected (any more).")
            leave(tx, self.vault, person.tenant, connection, now)
            receive_somewhere(tx, person.tenant, person.id)
            messages.changed(tx, person.tenant, "connection", connection, now)
            due.mark(tx, person.tenant, "reading", person.id, now)
        ids = {"tenant": person.tenant, "person": person.id, "connection": connection}
        log.info("a calendar account was disconnected", extra=ids)

    def _listed(self, account: Account) -> tuple[Abilities, Sequence[RemoteCalendar]] | NotConnected:
        """What the service lists for that account; a call outside, so never in a transaction."""
        try:
            with closing(self.providers[account.provider](account)) as opened:
                found = opened.calendars()
                if len(found) > MOST_CALENDARS:
                    return _nothing(Why.TOO_MANY_CALENDARS)
                return (opened.abilities, found) if found else _nothing(Why.NO_CALENDARS)
        except SentAway:
            return _nothing(Why.SENT_AWAY)
        except AddressRefused:
            return _nothing(Why.NOT_SECURE if _is_plain(account) else Why.ADDRESS_REFUSED)
        except SignInNeeded:
            return _nothing(Why.WRONG_PASSWORD)
        except Refused:
            return _nothing(Why.FORBIDDEN)
        except (NotFound, NotACalendar):
            return _nothing(Why.NOT_CALDAV)
        except OverlapError:
            return _nothing(Why.UNREACHABLE)

    def _keep(self, tx: Tx, session: Session, new: Pending) -> Connection:
        owner = people.person(tx, session.tenant, session.person)
        connection = Keeping(self.vault, self.cadence).keep(tx, owner, new, self.clock.now())
        pending.forget(tx, session)
        log.info(
            "a calendar account was connected",
            extra={"tenant": owner.tenant, "person": owner.id, "connection": connection.id},
        )
        return connection


def _nothing(why: Why) -> NotConnected:
    return NotConnected((why,))


def by_password(url: str, typed: SignIn, owner: Person) -> Account:
    """The account, with the addresses by which its owner is recognised among ATTENDEEs."""
    user = typed.user.strip()
    named = {one.casefold() for one in (owner.email, user) if one is not None and "@" in one}
    return Account(provider="caldav", url=url, user=user, password=typed.password, addresses=tuple(sorted(named)))


def _is_plain(account: Account) -> bool:
    """Whether it would be asked without TLS; a feed's address is its password."""
    return (account.url or account.password).lower().startswith("http:")


def _refuse_unfit(choice: Choice, theirs: Sequence[Calendar]) -> None:
    writable = {one.id for one in theirs if one.is_writable}
    if not choice.counts <= {one.id for one in theirs}:
        raise InvalidInput("One of these calendars is not connected any more. Look at the list again.")
    if not choice.counts:
        raise InvalidInput("Tick at least one calendar: without one nobody can tell when you are free.")
    if (choice.receives not in writable) if writable else choice.receives is not None:
        raise InvalidInput("Choose the calendar that is to receive your bookings.")
