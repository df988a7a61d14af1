"""The working side: everybody who answers what was kept, and what it takes to answer.

It is large (the language, the search, the conversations, the calendars), and nothing of it stands before an ack. So it
is imported and made when it is first asked for, which a thread does right after the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from bot.chat.call import InCall
from bot.chat.codec import decode_home
from bot.chat.conversations.ask import AskTalk
from bot.chat.conversations.conflict import ConflictTalk
from bot.chat.conversations.connect import ConnectTalk
from bot.chat.conversations.connection import ConnectionTalk
from bot.chat.conversations.doubt import DoubtTalk
from bot.chat.conversations.help import HelpTalk
from bot.chat.conversations.invite import InviteTalk
from bot.chat.conversations.left import LeftTalk
from bot.chat.conversations.meeting import MeetingTalk
from bot.chat.conversations.parting import PartTalk
from bot.chat.conversations.proposal import ProposalTalk
from bot.chat.conversations.rival import RivalTalk
from bot.chat.conversations.rooms import RoomTalk
from bot.chat.conversations.settings import SettingsTalk
from bot.chat.conversations.status import StatusTalk
from bot.chat.conversations.why import WhyTalk
from bot.chat.inbox import Inbox
from bot.chat.messages import Messages
from bot.chat.places import Places
from bot.chat.router import Router
from bot.chat.surface import Surface
from bot.chat.tray import Tray
from bot.conflicts.rivals import Rivals
from bot.conflicts.watch import Watching
from bot.core.errors import OverlapError
from bot.core.ids import CalendarId, TenantId
from bot.core.outside import out_of_reach
from bot.handlers.teams.registration import Registration
from bot.people.connect import Connecting
from bot.people.gone import Departing
from bot.people.grants import Grants
from bot.people.keeping import Keeping
from bot.people.leaving import Leaving
from bot.people.limits import LONGEST_REST, Limits
from bot.people.listing import Listing
from bot.people.preferences import Preferring
from bot.people.rooms import Rooms
from bot.people.services import why_not
from bot.people.signing_in import SigningIn
from bot.people.who import Who
from bot.providers.base import Account
from bot.providers.registry import Services, providers, sign_ins
from bot.scheduling.ask import Asking
from bot.scheduling.book import Booking
from bot.scheduling.change import Changing
from bot.scheduling.explaining import Explaining
from bot.scheduling.following import Following
from bot.scheduling.inviting import Inviting
from bot.scheduling.propose import Proposing
from bot.scheduling.saga import Saga
from bot.sync.channels import Ringing
from bot.sync.engine import Sync
from bot.sync.owners import Reminding
from bot.wiring.settings import Settings
from bot.wiring.trust import trust
from bot.wiring.workspace import WorkspaceNames

IN_PASSING = 0.2
"""Seconds that a reading waits for a place at a busy account; nobody waits for it, so it rather comes back."""

if TYPE_CHECKING:
    from bot.handlers.slack.surface import SlackSurface


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everybody who works off due rows, answers within a call, or stands behind a page."""

    inbox: Inbox
    call: InCall
    messages: Messages
    connecting: Connecting
    signing_in: SigningIn
    rooms: Rooms
    leaving: Leaving
    listing: Listing
    grants: Grants
    sync: Sync
    ringing: Ringing
    reminding: Reminding
    departing: Departing
    proposing: Proposing
    saga: Saga
    asking: Asking
    following: Following
    watching: Watching
    rivals: Rivals

    def close(self) -> None:
        """Let go of calendars."""
        self.grants.close()


def make_desk(settings: Settings, tray: Tray, teams: Registration | None) -> Desk:
    """Everybody, joined, over the tray's database."""
    database, clock, vault = tray.database, tray.clock, tray.vault
    services = Services(
        private_hosts=settings.private_hosts,
        ca_file=settings.ca_file,
        google=settings.google,
        microsoft=settings.microsoft,
    )
    opening = providers(services)
    slack = _slack(settings)
    surfaces = _surfaces(slack, teams)
    rest = LONGEST_REST if settings.sync_every is None else 2 * settings.sync_every.total_seconds()
    limits = Limits(longest_rest=min(rest, LONGEST_REST))
    grants = Grants(database, vault, opening, limits, partial(is_offered, settings))
    signing = sign_ins(services)
    connecting = Connecting(
        database,
        clock,
        vault,
        opening,
        settings.public_url,
        settings.sync_every,
        settings.account_domains,
        settings.offered,
        WorkspaceNames(clock, {} if slack is None else {"slack": slack.workspace}),
    )
    rooms = Rooms(connecting, grants.open_account, settings.admins)
    proposing = Proposing(database, clock)
    asking = Asking(database, clock, proposing.times_for_move)
    rivals = Rivals(database, clock)
    watching = Watching(database, clock, proposing.times_for_move)
    changing = Changing(database, clock)
    booking = Booking(database, clock, settings.title_template, settings.meeting_url_template)
    inviting = Inviting(database, clock)
    who = Who(database, clock, surfaces)

    def own_title(tenant: TenantId, calendar: CalendarId, uid: str, starts: datetime) -> str | None:
        try:
            with grants.open_calendar(tenant, calendar) as (provider, remote):
                return provider.title(remote, uid, starts)
        except OverlapError:
            return None

    router = Router(
        clock=clock,
        help=HelpTalk(database),
        status=StatusTalk(
            database, clock, out_of_reach(settings.public_url, rings=bool(settings.heard)), rooms.is_admin
        ),
        connect=ConnectTalk(connecting),
        parting=PartTalk(connecting),
        connection=ConnectionTalk(database, clock),
        rooms=RoomTalk(rooms),
        settings=SettingsTalk(Preferring(connecting)),
        doubt=DoubtTalk(database, clock),
        left=LeftTalk(database, clock),
        proposal=ProposalTalk(database, clock, who, proposing, booking, inviting),
        invite=InviteTalk(database, inviting),
        meeting=MeetingTalk(database, clock, changing, asking, proposing),
        ask=AskTalk(database, clock, asking),
        conflict=ConflictTalk(database, clock, changing, asking, watching, own_title),
        rival=RivalTalk(database, clock, rivals, changing),
        why=WhyTalk(database, clock, Explaining(database, clock)),
    )
    places = Places(database, clock, vault, surfaces)
    messages = Messages(database, clock, vault, surfaces, router.views)
    return Desk(
        inbox=Inbox(database, clock, tray, places, surfaces, who, router),
        call=InCall(database, clock, tray, places, who, router),
        messages=messages,
        connecting=connecting,
        rooms=rooms,
        signing_in=SigningIn(connecting, signing, settings.consent),
        leaving=Leaving(database, clock, vault, opening, signing),
        listing=Listing(database, clock, grants.open_account, Keeping(vault, settings.sync_every)),
        grants=grants,
        sync=Sync(database, clock, vault, partial(grants.open_calendar, patience=IN_PASSING), settings.sync_every),
        ringing=Ringing(database, clock, grants.open_calendar, settings.public_url, settings.heard),
        reminding=Reminding(database, clock),
        departing=Departing(database, clock, surfaces, decode_home, connecting.disconnect),
        proposing=proposing,
        saga=Saga(database, clock, grants.open_calendar),
        asking=asking,
        following=Following(database, clock, grants.open_calendar, proposing.times_for_move),
        watching=watching,
        rivals=rivals,
    )


def is_offered(settings: Settings, account: Account) -> bool:
    """Whether such an account may be connected here, or stay so."""
    return why_not(account, settings.offered, settings.account_domains) is None


def _slack(settings: Settings) -> "SlackSurface | None":
    if settings.slack is None:
        return None
    from bot.handlers.slack.surface import SlackSurface

    return SlackSurface(settings.slack.bot_token, api_url=settings.slack.api_url, ssl=trust(settings.ca_file))


def _surfaces(slack: "SlackSurface | None", teams: Registration | None) -> Mapping[str, Surface]:
    surfaces: dict[str, Surface] = {}
    if slack is not None:
        surfaces["slack"] = slack
    if teams is not None:
        from bot.handlers.teams.surface import surface

        surfaces["teams"] = surface(teams)
    return surfaces
