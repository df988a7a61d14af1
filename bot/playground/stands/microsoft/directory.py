"""Who there is at Microsoft: people and rooms of tenants, the one registered app, and what it was allowed."""

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"
SCOPES = frozenset(
    {
        "Calendars.ReadBasic",
        "Calendars.Read",
        "Calendars.ReadWrite",
        "Calendars.Read.Shared",
        "Calendars.ReadWrite.Shared",
        "MailboxSettings.Read",
        "Place.Read.All",
        "User.Read",
    }
)
ADMIN_ONLY = frozenset({"Place.Read.All"})
BASIC = frozenset({"openid", "profile", "offline_access", "email"})


@dataclass(slots=True, kw_only=True)
class MicrosoftUser:
    """Somebody with an account: at work when `tenant` is a tenant, else personal."""

    name: str
    email: str
    tenant: str = PERSONAL
    zone: str = "W. Europe Standard Time"
    works: tuple[str, str] = ("08:00", "17:00")
    """From when until when, on the days that `works_on` names, as Outlook sets it for everybody."""
    works_on: tuple[str, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")
    works_in: str | None = None
    """The zone of these hours, where it is not the mailbox's."""
    oid: str = field(default_factory=lambda: str(uuid.uuid4()))
    is_admin: bool = False
    has_mailbox: bool = True
    may_see: frozenset[str] | None = None
    """Whose free/busy they may see; None: everybody's in their tenant."""

    @property
    def is_work(self) -> bool:
        return self.tenant != PERSONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrosoftRoom:
    """A room of a tenant; it answers invitations by itself."""

    name: str
    email: str
    tenant: str
    capacity: int = 8
    building: str = "Main"
    floor: int = 1
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class Directory:
    """All of it."""

    users: dict[str, MicrosoftUser] = field(default_factory=dict)
    """By address, lower case."""
    rooms: dict[str, MicrosoftRoom] = field(default_factory=dict)
    client_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    is_registered: bool = True
    allowed: dict[str, set[str]] = field(default_factory=dict)
    """What each user (by oid) or each tenant (by id) allowed the app."""
    only_admins: set[str] = field(default_factory=set)
    """Tenants in which users may not consent for themselves."""

    def add(self, users: Iterable[MicrosoftUser], rooms: Iterable[MicrosoftRoom] = ()) -> None:
        self.users |= {one.email.lower(): one for one in users}
        self.rooms |= {one.email.lower(): one for one in rooms}

    def user(self, named: str) -> MicrosoftUser:
        """By address, or by the part before the @."""
        plain = named.lower().lstrip("@")
        found = [one for address, one in self.users.items() if plain in (address, address.partition("@")[0])]
        if len(found) != 1:
            raise LookupError(f"no one user is called {named}")
        return found[0]

    def by_oid(self, oid: str) -> MicrosoftUser:
        return next(one for one in self.users.values() if one.oid == oid)

    def granted(self, user: MicrosoftUser) -> set[str]:
        """Everything the app may do for them."""
        return self.allowed.get(user.oid, set()) | self.allowed.get(user.tenant, set())

    def needs_admin(self, user: MicrosoftUser, scopes: Iterable[str]) -> bool:
        """Whether what is asked needs an administrator who has not allowed it yet."""
        missing = set(scopes) - BASIC - self.granted(user)
        return user.is_work and bool(missing & ADMIN_ONLY or (missing and user.tenant in self.only_admins))
