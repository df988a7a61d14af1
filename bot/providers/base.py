"""The port to calendars: one opened account, in which calendars are read and our own events written.

Adapters only translate. Every failure is a named error of `core/errors`: `SignInNeeded` (401, a revoked grant),
`Refused` (403, a read-only calendar), `ConsentNeeded` (a missing scope), `NotFound` (404/410 of a calendar),
`CursorExpired`, `NotACalendar` (a body that is none, or a part of one), `AddressRefused`, `OurFault` (our own client
secret), and `TryLater` for everything that passes. They never retry, never decide, never log a secret or a title, and
never see the database.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NewType, Protocol

from bot.core.calendars import Access
from bot.core.events import Draft, Instance, Response, Written
from bot.core.intervals import Interval
from bot.core.rules import WorkingHours

Remote = NewType("Remote", str)
"""A calendar as its service names it: a CalDAV href (absolute URL), a Google id, a Graph id."""

Cursor = NewType("Cursor", str)
"""Where a change detector stands: an opaque word of the service (sync-token, ctag, delta link)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a service can do, as data; what an account's owner allowed of it is `Account.access`.

    A booking is planned before its organiser has allowed it to be written, so these must not change with that.
    """

    can_write: bool = True
    invites: bool = False
    """Whether it sends invitations to ATTENDEEs itself (RFC 6638 calendar-auto-schedule)."""
    is_static: bool = False
    """An import: it never changes and never vouches for free time."""
    cadence: timedelta = timedelta(minutes=10)
    """How often it is read where nothing rings."""
    hot_cadence: timedelta | None = None
    """How often while somebody is asking or a meeting of ours is near; None: no oftener."""
    quiet_cadence: timedelta | None = None
    """How often while a channel rings of every change; None where none can be opened."""
    video: str | None = None
    """What its own video link is called (`Google Meet`), where it makes one for an event that wants it."""
    sees_colleagues: bool = False
    """Whether `shared` calendars can be read: what the account may see of others' free/busy."""
    keeps_uid: bool = True
    """Whether an event keeps the UID it is given; where not, `Written.ical_uid` says which one others see."""
    mailbox_limit: int = 3
    """How many requests one account takes at once."""


SHARED = "freebusy:"


def shared(address: str) -> Remote:
    """Somebody's or a room's free/busy by address, as this account may see it: it can be read, and nothing else.

    Its instances have no UID of their own: one is made from where each of them stands.
    """
    return Remote(f"{SHARED}{address.strip().lower()}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteCalendar:
    """A calendar that the account holds."""

    remote: Remote
    name: str
    zone: str | None = None
    is_writable: bool = True
    is_transparent: bool = False
    """Its owner marked it as not counting for free/busy (RFC 6638 §9.1)."""
    hours: WorkingHours | None = None
    """When the account's owner works, where their service tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One authoritative, complete read of a window."""

    instances: tuple[Instance, ...]
    """Everything that blocks or is ours; what is free, declined or cancelled is left out, unless it is ours."""
    window: Interval
    cursor: Cursor | None
    """Taken before the read, so that a change during it is seen next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A push channel: a promise of the service to tell us of changes until it expires."""

    id: str
    """As the service's notifications name it."""
    resource: str
    """What else is needed to close it (Google's resourceId); empty where nothing is."""
    expires_at: datetime


class Channels(Protocol):
    """How an account opens push channels. A notification is a hint and is never believed beyond that."""

    def open(self, remote: Remote, *, channel: str, secret: str, address: str, now: datetime) -> Channel:
        """A new channel that posts to `address` and proves itself with `secret`, for as long as the service allows.

        `channel` is an id of ours, never used before; a service that names channels itself answers with its own.
        Raises `Refused` for a calendar of which it tells nothing (holidays).
        """
        ...

    def renew(self, channel: Channel, *, now: datetime) -> Channel | None:
        """The same channel for longer; None where the service cannot: then a new one is opened before this one ends.

        Raises `NotFound` when the service no longer knows it.
        """
        ...

    def close(self, channel: Channel) -> None:
        """No more of it; closing what is gone is fine."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room, or a piece of equipment, as an organisation's directory tells of it."""

    address: str
    name: str
    capacity: int | None = None
    building: str = ""
    floor: str = ""
    features: tuple[str, ...] = ()
    is_equipment: bool = False


class Directory(Protocol):
    """An organisation's rooms, for an administrator's account that may read them."""

    def rooms(self) -> Sequence[Room]:
        """All of them, every page; `ConsentNeeded` where the account may not."""
        ...


class CalendarProvider(Protocol):
    """An opened account. One per task, used by one thread; `close` it."""

    @property
    def abilities(self) -> Abilities:
        """What this account's service can do."""
        ...

    @property
    def addresses(self) -> Sequence[str]:
        """The owner's own calendar addresses (e-mail, lower case), which tell which ATTENDEE is them."""
        ...

    def calendars(self) -> Sequence[RemoteCalendar]:
        """Every calendar of events that the account holds."""
        ...

    def changed(self, remote: Remote, since: Cursor) -> bool:
        """Whether anything may have changed since `since`; a detector only, the truth is `read`.

        Raises `CursorExpired` when the service forgot.
        """
        ...

    def read(self, remote: Remote, window: Interval, zone: str) -> Reading:
        """Everything that stands in the window, expanded; all or nothing, never a part.

        `zone` is where floating times and whole days are understood: the owner's.
        """
        ...

    def put(self, remote: Remote, draft: Draft) -> Written:
        """Make the event with the draft's UID stand as drafted, and answer what stands there now, read back.

        Harmless to repeat: a create that was lost in truth, or whose answer was lost, ends in one event. Keeps what
        people added by hand (alarms, unknown properties). Never lowers SEQUENCE. Raises `Stale` when the UID is
        somebody else's event, and when it changed between our read and our write.
        """
        ...

    def get(self, remote: Remote, uid: str) -> Written | None:
        """The event with that UID as it stands, or None."""
        ...

    def remove(self, remote: Remote, uid: str) -> None:
        """Make sure that no event of ours with that UID stands there; removing what is gone is fine."""
        ...

    def answer(self, remote: Remote, uid: str, response: Response) -> None:
        """The owner's own answer to an invitation that stands in their calendar under that UID; their organiser hears
        of it by the service's own way.

        Changes nothing but their PARTSTAT. Raises `NotFound` when no such invitation stands there (any more).
        """
        ...

    @property
    def channels(self) -> Channels | None:
        """How it rings; None where it cannot."""
        ...

    @property
    def directory(self) -> Directory | None:
        """The rooms of the account's organisation; None where there is no such thing."""
        ...

    def health(self) -> None:
        """One cheap call that says whether the account still opens; raises as everything here does."""
        ...

    def title(self, remote: Remote, uid: str, starts: datetime) -> str | None:
        """The title of one instance, read live, to be shown to the account's owner only and kept nowhere."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What opens an account: kept sealed in the vault, never logged."""

    provider: str
    """Its name in `providers/registry`."""
    url: str
    user: str
    password: str = field(default="", repr=False)
    addresses: tuple[str, ...] = ()
    subject: str = ""
    """What its service calls the account for ever, where its name may change (OpenID `sub`; Microsoft's `oid.tid`)."""
    access: Access = Access.FULL
    grant: str = field(default="", repr=False)
    """What an OAuth sign-in left, as its adapter understands it: tokens, when they end, what they allow."""
    ends_at: int | None = None
    """When what its owner allowed ends by itself, in seconds since 1970; None where nothing says that it does."""

    @property
    def identity(self) -> tuple[str, str, str]:
        """The same for the same account, however often it is signed in to."""
        return self.provider, self.url, self.subject or self.user


class Held(Protocol):
    """A grant in the hands of the only one who may change it now."""

    @property
    def grant(self) -> str:
        """The newest, whoever refreshed it."""
        ...

    def save(self, grant: str) -> None:
        """Keep a new one; call it before the new one is used."""
        ...


class Keeper(Protocol):
    """Where an account's grant is kept. Refresh tokens rotate: two who refresh at once would lose one."""

    def alone(self) -> AbstractContextManager[Held]:
        """Wait until nobody else holds the grant, and hold it within the block."""
        ...


class Loose:
    """A keeper of a grant that is in no database (yet): of an account that is just being signed in to."""

    def __init__(self, grant: str) -> None:
        self.grant = grant

    def save(self, grant: str) -> None:
        self.grant = grant

    @contextmanager
    def alone(self) -> Iterator[Held]:
        yield self


class Connect(Protocol):
    """Opens an account; raises as the port does. It may talk to the service at once or at the first call."""

    def __call__(self, account: Account, keeper: Keeper | None = None, /) -> CalendarProvider:
        """`keeper` holds the newest grant of an OAuth account; without one, the account's own is used."""
        ...


Providers = Mapping[str, Connect]
