"""From what came in to the conversation that answers it: a row for each button and each kind of subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from bot.chat.answers import Answer, Handler, Says, Shows, View
from bot.chat.conversations import help as helping
from bot.chat.conversations.ask import AskTalk
from bot.chat.conversations.conflict import ConflictTalk
from bot.chat.conversations.connect import ConnectTalk
from bot.chat.conversations.connection import ConnectionTalk
from bot.chat.conversations.doubt import DoubtTalk
from bot.chat.conversations.help import GREETING, HelpTalk
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
from bot.chat.surface import Incoming, Met, Pressed, Typed
from bot.core.clock import Clock
from bot.core.errors import InvalidInput, OverlapError
from bot.core.people import Person
from bot.language.parse import Connect, Help, Meet, Rooms, Settings, Status, Unclear, Why, understand


@dataclass(frozen=True, kw_only=True)
class Router:
    """Knows every conversation."""

    clock: Clock
    help: HelpTalk
    status: StatusTalk
    connect: ConnectTalk
    connection: ConnectionTalk
    parting: PartTalk
    rooms: RoomTalk
    settings: SettingsTalk
    doubt: DoubtTalk
    left: LeftTalk
    proposal: ProposalTalk
    invite: InviteTalk
    meeting: MeetingTalk
    ask: AskTalk
    conflict: ConflictTalk
    rival: RivalTalk
    why: WhyTalk

    @property
    def views(self) -> Mapping[str, View]:
        """What draws each kind of subject."""
        return {
            "proposal": self.proposal.view,
            "invite": self.invite.view,
            "meeting": self.meeting.view,
            "ask": self.ask.view,
            "conflict": self.conflict.view,
            "rival": self.rival.view,
            "connection": self.connection.view,
            "room": self.rooms.view,
            "rooms": self.rooms.way,
            "settings": self.settings.view,
            "doubt": self.doubt.view,
            "left": self.left.view,
            "connect": self.connect.view,
            "approved": self.connect.approved,
            GREETING: self.help.view,
        }

    @property
    def views_in_call(self) -> Mapping[str, View]:
        """The same from rows alone, where somebody waits for the answer in a call."""
        return {**self.views, "conflict": self.conflict.view_in_call}

    @property
    def verbs(self) -> Mapping[str, Handler]:
        """What each button does."""
        return {
            "proposal.book": self.proposal.book,
            "proposal.anyway": self.proposal.anyway,
            "proposal.agreed": self.proposal.agreed,
            "proposal.unsure": self.proposal.unsure,
            "proposal.more": self.proposal.more,
            "proposal.back": self.proposal.back,
            "proposal.dismiss": self.proposal.dismiss,
            "proposal.again": self.proposal.again,
            "proposal.invite": self.proposal.invite,
            "proposal.unseen": self.proposal.unseen,
            "meeting.undo": self.meeting.undo,
            "meeting.accept": self.meeting.accept,
            "meeting.tentative": self.meeting.tentative,
            "meeting.decline": self.meeting.decline,
            "meeting.suggest": self.meeting.suggest,
            "meeting.instead": self.proposal.instead,
            "meeting.again": self.meeting.again,
            "ask.pick": self.ask.pick,
            "ask.move": self.ask.move,
            "ask.keep": self.ask.keep,
            "ask.withdraw": self.ask.withdraw,
            "conflict.move": self.conflict.move,
            "conflict.ask": self.conflict.ask,
            "conflict.keep": self.conflict.keep,
            "rival.ours": self.rival.ours,
            "rival.theirs": self.rival.theirs,
            "doubt.take": self.doubt.take,
            "doubt.keep": self.doubt.keep,
            "account.part": self.parting.asks,
            "account.disconnect": self.parting.disconnects,
            "account.keep": self.parting.keeps,
            "connect.link": self.connect.link,
            "connect.again": self.connect.again,
            "rooms.link": self.rooms.link,
            "rooms.show": self.rooms.show,
            "settings.link": self.settings.link,
            "connect.consent": self.connect.consent,
            "connect.later": self.invite.later,
            "connect.never": self.invite.never,
            "help.show": self.help.show,
        }

    def route(self, by: Person, incoming: Incoming) -> Answer:
        """What that person gets for it. Errors of ours say what to answer instead (`explained`)."""
        match incoming:
            case Typed() as typed:
                return self._typed(by, typed)
            case Pressed(press=press):
                handler = self.verbs.get(press.verb)
                if handler is None:
                    raise InvalidInput("That button is from an older message of mine. Please ask again.")
                return handler(by, press)
            case Met():
                return Shows(kind=GREETING, subject=by.id)
            case _:
                assert_never(incoming)

    def explained(self, error: OverlapError) -> Says:
        """What happened and what to do, said to the one who asked."""
        return Says(card=helping.explained(error))

    def broken(self, reference: str) -> Says:
        """It could not be answered at all."""
        return Says(card=helping.broken(reference))

    def _typed(self, by: Person, typed: Typed) -> Answer:
        match understand(typed.said, now=self.clock.now(), zone=by.zone, command=typed.command):
            case Meet(request):
                return self.proposal.ask(by, request)
            case Connect():
                return self.connect.typed(by)
            case Status():
                return self.status.typed(by)
            case Rooms():
                return self.rooms.typed(by)
            case Settings():
                return self.settings.typed(by)
            case Why() as why:
                return self.why.typed(by, why)
            case Help():
                return self.help.typed(by, typed.command)
            case Unclear() as unclear:
                return Says(card=helping.unclear(unclear))
            case never:
                assert_never(never)
