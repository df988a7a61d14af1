"""An account's grant: msal's token cache, kept sealed by somebody else and refreshed by one at a time.

Refresh tokens are replaced at every use, so the newest is kept before what it bought is used: a crash in between must
not leave us with the one that was replaced.
"""

import copy
import json
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msal
import msgspec
from msal.authority import WELL_KNOWN_AUTHORITY_HOSTS
from msal.exceptions import MsalError

from bot.core.clients import MicrosoftClient
from bot.core.clock import Clock
from bot.core.errors import OurFault, SignInNeeded, TryLater
from bot.providers.base import Keeper
from bot.providers.microsoft.errors import refresh_refused
from bot.providers.pinned import GuardedSession

READ_BASIC, READ_WRITE = "Calendars.ReadBasic", "Calendars.ReadWrite"
MAILBOX, PLACES = "MailboxSettings.Read", "Place.Read.All"
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of all personal accounts."""
EARLY = timedelta(minutes=5)

_discovered: dict[str, dict[str, Any]] = {}
"""What each authority says of itself, so that an account does not ask anew."""
_discovering = threading.Lock()


class Kept(msgspec.Struct, frozen=True):
    """A grant, as it is kept."""

    cache: str
    """Of msal: tokens in clear, which is why a grant is sealed."""
    scopes: list[str]
    is_work: bool = True
    has_video: bool = False
    """Whether its calendar may make Teams meetings."""

    @property
    def words(self) -> str:
        return msgspec.json.encode(self).decode()


def kept(grant: str) -> Kept:
    """What `Kept.words` told."""
    try:
        return msgspec.json.decode(grant, type=Kept)
    except msgspec.DecodeError as error:
        raise SignInNeeded("This account has no grant that I can use: sign in again.") from error


def application(client: MicrosoftClient, session: GuardedSession, cache: msal.SerializableTokenCache) -> Any:
    """msal's application, over the guarded door; what it learns of the authority is learnt once a process."""
    # msal locks what it shares per application alone: each gets a copy, and only what never changes comes back.
    with _discovering:
        learnt = copy.deepcopy(_discovered.get(client.authority, {}))
    is_microsofts = (urlsplit(client.authority).hostname or "") in WELL_KNOWN_AUTHORITY_HOSTS
    try:
        made = msal.ConfidentialClientApplication(
            client.client_id,
            client_credential=client.client_secret,
            authority=client.authority,
            token_cache=cache,
            http_client=session,
            http_cache=learnt,
            client_capabilities=["CP1"],
            instance_discovery=None if is_microsofts else False,
        )
        made.get_accounts()
    except (MsalError, RuntimeError) as error:
        raise TryLater("Microsoft's sign-in does not answer as it should.") from error
    except (ValueError, KeyError) as error:
        if isinstance(error.__context__, json.JSONDecodeError) or "HTTP status: 429" in str(error.__context__):
            raise TryLater("Microsoft's sign-in does not answer as it should.") from error
        raise OurFault("OVERLAP_MICROSOFT_AUTHORITY is no authority that signs people in.") from error
    with _discovering:
        _discovered[client.authority] = copy.deepcopy(learnt)
    return made


class Grant:
    """Access tokens for one account, from the newest grant there is. Used by one thread at a time."""

    def __init__(self, client: MicrosoftClient, session: GuardedSession, keeper: Keeper, clock: Clock) -> None:
        self._client = client
        self._session = session
        self._keeper = keeper
        self._clock = clock
        self._tokens: dict[tuple[str, ...], tuple[str, datetime]] = {}

    def token(self, scopes: Sequence[str] = (), *, claims: str | None = None, is_refused: bool = False) -> str:
        """A token for these scopes, or for what the account was connected with; raises as the port does."""
        known = self._tokens.get(tuple(scopes))
        if known is not None and not is_refused and self._clock.now() < known[1]:
            return known[0]
        with self._keeper.alone() as held:
            stands = kept(held.grant)
            cache = msal.SerializableTokenCache()
            cache.deserialize(stands.cache or "{}")
            wanted = list(scopes) or stands.scopes
            answer = self._asked(cache, wanted, claims, is_forced=is_refused and claims is None)
            if cache.has_state_changed:
                held.save(msgspec.structs.replace(stands, cache=cache.serialize()).words)
        if "access_token" not in answer:
            raise refresh_refused(answer)
        lasts = timedelta(seconds=int(answer.get("expires_in", 0)))
        self._tokens[tuple(scopes)] = answer["access_token"], self._clock.now() + lasts - EARLY
        return str(answer["access_token"])

    def _asked(
        self, cache: msal.SerializableTokenCache, scopes: list[str], claims: str | None, *, is_forced: bool
    ) -> Mapping[str, Any]:
        made = application(self._client, self._session, cache)
        account = next(iter(made.get_accounts()), None)
        try:
            answer = made.acquire_token_silent_with_error(
                scopes, account, force_refresh=is_forced, claims_challenge=claims
            )
        except (MsalError, ValueError, KeyError, RuntimeError) as error:
            raise TryLater("Microsoft's sign-in does not answer as it should.") from error
        if answer is None:
            raise SignInNeeded("Microsoft no longer lets us in: sign in again.")
        return dict(answer)
