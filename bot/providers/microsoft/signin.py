"""Signing in to Microsoft: authorization code with PKCE and a nonce, both of which msal brings.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
"""

import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msal
from msal.exceptions import MsalError

from bot.core.calendars import Access
from bot.core.clients import MicrosoftClient
from bot.core.errors import NotFound, OurFault, OverlapError, Refused, TryLater
from bot.providers.base import Account
from bot.providers.fetch import Door
from bot.providers.microsoft.api import Graph
from bot.providers.microsoft.errors import sign_in_refused
from bot.providers.microsoft.grant import MAILBOX, PERSONAL, PLACES, READ_BASIC, READ_WRITE, Kept, application
from bot.providers.microsoft.shapes import Calendar
from bot.providers.microsoft.writing import TEAMS
from bot.providers.oauth import Asked, Begun, NotSignedIn, Refusal
from bot.providers.pinned import GuardedSession

SCOPES: Mapping[Access, tuple[str, ...]] = {Access.FREEBUSY: (READ_BASIC,), Access.FULL: (READ_WRITE, MAILBOX)}
READS = frozenset(one.lower() for one in (READ_BASIC, READ_WRITE, "Calendars.Read"))
GRAPH = "https://graph.microsoft.com/"
ASKS = (
    Asked(
        scope=READ_BASIC,
        why="To see when somebody is busy: start, end, how it is shown, their answer. No text, no attachment.",
        when="Sign-in, “Only see when I'm busy”.",
        stored="Start and end of what blocks, for the days ahead, until the calendar is disconnected; with each answer "
        "that rested on them for 7 days at most.",
    ),
    Asked(
        scope=READ_WRITE,
        why="To see when somebody is busy, and to write, move and cancel the meetings they book or accept.",
        when="Sign-in, “See when I'm busy, and write meetings”; or at the first booking that needs it.",
        stored="The same, and of our own meetings their id, time and who was invited. No title of anything else.",
    ),
    Asked(
        scope=MAILBOX,
        why="To understand whole days in the time zone of the mailbox, and to suggest working hours once.",
        when="Together with Calendars.ReadWrite.",
        stored="The name of the zone and the working hours, until the calendar is disconnected.",
    ),
    Asked(
        scope=PLACES,
        why="To list the organisation's rooms, for the administrator who imports them.",
        when="Never at a sign-in: an administrator allows it for the organisation.",
        stored="Address, name, capacity, building and features of the rooms that are imported.",
    ),
    Asked(
        scope="offline_access openid profile",
        why="To know which account was connected, and to stay connected without signing in again.",
        when="Every sign-in.",
        stored="Who it is, and a refresh token, encrypted, until the calendar is disconnected.",
    ),
)


class MicrosoftSignIn:
    """Microsoft's sign-in, for work, school and personal accounts."""

    def __init__(self, client: MicrosoftClient, door: Door) -> None:
        self._client = client
        self._door = door

    @property
    def asks(self) -> tuple[Asked, ...]:
        return ASKS

    def begin(
        self, *, state: str, redirect_uri: str, access: Access, hint: str | None = None, rooms: bool = False
    ) -> Begun:
        with GuardedSession(self._door) as session:
            try:
                made = application(self._client, session, msal.SerializableTokenCache())
            except OurFault as error:
                raise NotSignedIn(Refusal.OURS) from error
            except TryLater as error:
                raise NotSignedIn(Refusal.UNREACHABLE) from error
            with warnings.catch_warnings():
                # msal would have form_post: that comes back from another site, and our cookie would stay at home.
                warnings.simplefilter("ignore", UserWarning)
                flow = made.initiate_auth_code_flow(
                    list(SCOPES[access]),
                    redirect_uri=redirect_uri,
                    state=state,
                    # A hint names the account; asked to choose all the same, people would have to find it again.
                    prompt="select_account" if hint is None else None,
                    login_hint=hint,
                    response_mode="query",
                )
        return Begun(flow["auth_uri"], json.dumps({"flow": flow, "access": access.value}))

    def finish(self, flow: str, answered: Mapping[str, str]) -> Account:
        begun = json.loads(flow)
        if answered.get("error"):
            raise NotSignedIn(sign_in_refused(answered))
        with GuardedSession(self._door) as session:
            cache = msal.SerializableTokenCache()
            told = self._redeemed(session, cache, begun["flow"], answered)
        granted = [one.removeprefix(GRAPH) for one in str(told.get("scope", "")).split()]
        if not READS & {one.lower() for one in granted}:
            raise NotSignedIn(Refusal.NOTHING_GRANTED)
        return self._account(told, cache, granted, Access(begun["access"]))

    def admin_url(self, *, state: str, redirect_uri: str) -> str | None:
        parts = urlsplit(self._client.authority)
        everything = (READ_BASIC, READ_WRITE, MAILBOX, PLACES)
        asked = {
            "client_id": self._client.client_id,
            "redirect_uri": redirect_uri,
            "state": state,
            "scope": " ".join(f"{GRAPH}{one}" for one in everything),
        }
        tenant = parts.path.strip("/")
        whose = tenant if tenant not in ("common", "consumers") else "organizations"
        return f"{parts.scheme}://{parts.netloc}/{whose}/v2.0/adminconsent?{urlencode(asked, quote_via=quote)}"

    def revoke(self, account: Account) -> None:
        """Microsoft has no way to give one grant back: what is left is to forget it."""

    def _redeemed(
        self,
        session: GuardedSession,
        cache: msal.SerializableTokenCache,
        flow: dict[str, Any],
        answered: Mapping[str, str],
    ) -> Mapping[str, Any]:
        try:
            made = application(self._client, session, cache)
            told = made.acquire_token_by_auth_code_flow(flow, dict(answered))
        except OurFault as error:
            raise NotSignedIn(Refusal.OURS) from error
        except (TryLater, MsalError) as error:
            raise NotSignedIn(Refusal.UNREACHABLE) from error
        except (ValueError, RuntimeError, KeyError, AssertionError) as error:
            # Another state, another nonce, a code that is none.
            raise NotSignedIn(Refusal.STALE) from error
        if "access_token" not in told:
            raise NotSignedIn(sign_in_refused(told))
        claims = told.get("id_token_claims") or {}
        if claims.get("aud") != self._client.client_id or not claims.get("oid") or not claims.get("tid"):
            raise NotSignedIn(Refusal.STALE)
        return dict(told)

    def _account(
        self, told: Mapping[str, Any], cache: msal.SerializableTokenCache, granted: Sequence[str], asked: Access
    ) -> Account:
        claims = told["id_token_claims"]
        calendar = self._calendar(str(told["access_token"]))
        owner = (calendar.owner.address if calendar.owner else None) or ""
        named = [str(one).lower() for one in (owner, claims.get("email"), claims.get("preferred_username")) if one]
        addresses = tuple(dict.fromkeys(one for one in named if "@" in one))
        may_write = READ_WRITE.lower() in {one.lower() for one in granted}
        access = asked if may_write else Access.FREEBUSY
        scopes = [one for one in SCOPES[access] if one in granted] or [one for one in granted if one.lower() in READS]
        is_work = claims["tid"] != PERSONAL
        return Account(
            provider="microsoft",
            url="",
            user=next(iter(addresses), str(claims["oid"])),
            addresses=addresses,
            subject=f"{claims['oid']}.{claims['tid']}",
            access=access,
            grant=Kept(
                cache=cache.serialize(),
                scopes=scopes,
                is_work=is_work,
                has_video=TEAMS in (calendar.allowed_online_meeting_providers or ()),
            ).words,
        )

    def _calendar(self, token: str) -> Calendar:
        """The calendar that is there first: without one there is nothing to connect."""
        graph = Graph(self._client.graph_url, self._door, _Given(token))
        try:
            return graph.get("/me/calendar", Calendar, {"$select": "id,name,owner,allowedOnlineMeetingProviders"})
        except (NotFound, Refused) as error:
            raise NotSignedIn(Refusal.NO_MAILBOX) from error
        except OverlapError as error:
            raise NotSignedIn(Refusal.UNREACHABLE) from error
        finally:
            graph.close()


class _Given:
    """The one token that the sign-in gave."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self, scopes: Sequence[str] = (), *, claims: str | None = None, is_refused: bool = False) -> str:
        return self._token
