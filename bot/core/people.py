"""Who somebody is: an identity in one chat workspace, and the person we keep for it."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.ids import PersonId, TenantId
from bot.core.rules import WorkingHours


class Standing(StrEnum):
    """What somebody is to the workspace."""

    MEMBER = "member"
    GUEST = "guest"
    """May be invited, may not ask about others' times."""
    STRANGER = "stranger"
    """Of another organisation; as a guest."""
    BOT = "bot"
    DEACTIVATED = "deactivated"
    ADDRESS = "address"
    """Known by an e-mail address alone."""
    ROOM = "room"
    """A room or equipment, which has a calendar and no chat; its identity is `room:` and its address."""


@dataclass(frozen=True, slots=True)
class ChatIdentity:
    """Somebody in one workspace. `user` is Slack's U…/W… id, Teams' aadObjectId, or `mailto:` and an address."""

    tenant: TenantId
    user: str

    @property
    def platform(self) -> str:
        """`slack`, `teams` or `memory`."""
        return self.tenant.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a chat platform tells of somebody."""

    identity: ChatIdentity
    name: str
    zone: str
    """Empty where the platform does not say (a Teams roster): what is known of them stays, UTC at first."""
    standing: Standing = Standing.MEMBER
    email: str | None = None
    handle: str | None = None
    is_admin: bool | None = None
    """Whether the platform calls them an administrator of the workspace; None where it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whose time we look at."""

    id: PersonId
    identity: ChatIdentity
    name: str
    zone: str
    standing: Standing
    email: str | None
    hours: WorkingHours
    is_admin: bool = False
    """The platform calls them an administrator of the workspace."""

    @property
    def tenant(self) -> TenantId:
        return self.identity.tenant
