"""The port to chat platforms: what comes in, and how a card goes out.

In: a platform's `parse` makes an `Incoming` of a payload; its `app` keeps it and acks. Out: a `Surface` posts, edits
and looks people up, as plain blocking calls made by workers. Failures are named: `Unreachable` when a message cannot
be delivered there ever (no app, closed reply handle, deleted message, account gone), `TryLater` when it may be later.
A surface never retries, never decides, and never sees the database.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.chat.cards import Card, Press
from bot.core.ids import TenantId
from bot.core.people import ChatIdentity, Person, Profile
from bot.core.requests import Marked

REPLY_USES = 5
REPLY_LIFE = timedelta(minutes=29)
"""A reply handle takes five answers within thirty minutes, of which one is kept back for the way there
(https://docs.slack.dev/interactivity/handling-user-interaction; only Slack has such handles)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something was typed or pressed, and how to answer there."""

    tenant: TenantId
    channel: str
    """Slack's channel id, Teams' conversation id."""
    is_private: bool
    """The app's own DM with that person: answers there last."""
    reply: str | None = None
    """A short-lived handle for private answers (Slack's response_url); a secret."""
    can_replace: bool = False
    """What is said through `reply` can take the place of what was pressed; else it stands below what was said."""
    service: str = ""
    """Where the platform's API for this conversation lives (Teams' serviceUrl)."""
    message: str | None = None
    """The message that was pressed, where it can be edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A message of ours that lasts and can be edited."""

    channel: str
    message: str
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Somebody typed to us."""

    by: ChatIdentity
    said: Marked
    place: Place
    command: str = "/meet"
    """How they call us, for the examples in our answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """Somebody pressed a button of ours."""

    by: ChatIdentity
    press: Press
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Somebody opened our DM or installed the app: greet them once."""

    by: ChatIdentity
    place: Place


Incoming = Typed | Pressed | Met


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An incoming thing and the platform's own key for it, by which a second delivery is recognised."""

    key: str
    incoming: Incoming
    profile: Profile | None = None
    """What the payload itself told about its sender (Teams: name and zone). Only a look-up tells `standing` and
    `email`: a guest's payload looks like anybody's."""


class Surface(Protocol):
    """One platform, going out. Safe to use from several threads."""

    @property
    def is_private_reply_possible(self) -> bool:
        """Whether `whisper` exists here (Slack's ephemerals); elsewhere answers go to the person's own chat."""
        ...

    def is_home(self, identity: ChatIdentity, channel: str) -> bool:
        """Whether that channel, which only they and one other see, is our own DM with them (Slack does not say)."""
        ...

    def whisper(self, place: Place, card: Card, *, replace: bool) -> None:
        """Show it to the one who typed or pressed, through `place.reply`; `replace` takes the pressed message's place.

        Raises `Unreachable` once the handle is expired or used up.
        """
        ...

    def post(self, to: Person, card: Card, *, home: Place | None, key: str) -> Ref:
        """A new message in the app's DM with them; it rings. `home` is where that DM was last seen, if ever.

        `key` names the message for `sent`; no platform refuses the same key twice.
        """
        ...

    def sent(self, to: Person, *, home: Place | None, keys: Collection[str]) -> Mapping[str, Ref]:
        """Which of the messages with those keys stand in our DM with them, as far as can be told: Teams cannot.

        Asked before a message is posted again of which nobody knows whether it was taken the first time.
        """
        ...

    def edit(self, ref: Ref, card: Card) -> None:
        """Make our message say this instead; it does not ring."""
        ...

    def profile(self, identity: ChatIdentity, *, home: Place | None = None) -> Profile:
        """Who that is now; `NotFound` where nobody is. `home` as in `post`: Teams can look somebody up only there."""
        ...

    def has_left(self, identity: ChatIdentity, *, home: Place | None = None) -> bool:
        """Whether they are no longer of the workspace, for sure. False in doubt: not having the app is not it."""
        ...

    def find(self, tenant: TenantId, email: str) -> Profile | None:
        """The member with that address, where the platform can tell."""
        ...
