"""The port to calendars: one opened account, in which calendars are read and our own events written.

Adapters only translate. Every failure is a named error of `core/errors`: `SignInNeeded` (401), `Refused` (403, a
read-only calendar), `NotFound` (404/410 of a calendar), `CursorExpired`, `NotACalendar` (a body that is none, or a part
of one), `AddressRefused`, and `TryLater` for everything that passes. They never retry, never decide, never log a
secret or a title, and never see the database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NewType, Protocol

from bot.core.events import Draft, Instance, Written
from bot.core.intervals import Interval

Remote = NewType("Remote", str)
"""A calendar as its service names it: a CalDAV href (absolute URL), a Google id, a Graph id."""

Cursor = NewType("Cursor", str)
"""Where a change detector stands: an opaque word of the service (sync-token, ctag, delta link)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a service can do, as data."""

    can_write: bool = True
    invites: bool = False
    """Whether it sends invitations to ATTENDEEs itself (RFC 6638 calendar-auto-schedule)."""
    is_static: bool = False
    """An import: it never changes and never vouches for free time."""
    cadence: timedelta = timedelta(minutes=10)
    """How often it is read where nothing rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteCalendar:
    """A calendar that the account holds."""

    remote: Remote
    name: str
    zone: str | None = None
    is_writable: bool = True
    is_transparent: bool = False
    """Its owner marked it as not counting for free/busy (RFC 6638 §9.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One authoritative, complete read of a window."""

    instances: tuple[Instance, ...]
    """Everything that blocks or is ours; what is free, declined or cancelled is left out, unless it is ours."""
    window: Interval
    cursor: Cursor | None
    """Taken before the read, so that a change during it is seen next time."""


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
    password: str = field(repr=False)
    addresses: tuple[str, ...] = ()


Connect = Callable[[Account], CalendarProvider]
"""Opens an account; raises as the port does. It may talk to the service at once or at the first call."""

Providers = Mapping[str, Connect]
