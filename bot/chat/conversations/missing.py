"""Of whom no calendar tells: whose, what became of asking them, and the ways on without it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.chat.cards import Button, Look, Press
from bot.chat.conversations.words import has_or_have, listed
from bot.core.ids import PersonId
from bot.core.people import Person, Standing
from bot.core.proposals import Proposal
from bot.core.rooms import MARK
from bot.core.zones import local
from bot.language.wording import times
from bot.scheduling.colleagues import mute_to
from bot.scheduling.inviting import may_be_asked
from bot.scheduling.propose import INVITE
from bot.storage import invitations, messages
from bot.storage.database import Tx

MOST_ASKED = 3
"""A line of buttons holds five, and two of them are other ways on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Those of whom no calendar tells, as the one who waits for them sees it."""

    called: tuple[str, ...]
    mute: tuple[str, ...]
    """Those of them whom the company calendar was asked about in vain."""
    rooms: tuple[str, ...]
    """Those of them that are rooms."""
    became: tuple[str, ...]
    """What became of asking them, where there is anything to say."""
    asks: tuple[Button, ...]

    @property
    def sentence(self) -> str:
        """Alex hasn't connected a calendar, and the company calendar doesn't show me theirs."""
        if self.rooms:
            whose = listed([f"{one}'s" for one in self.rooms])
            people = [one for one in self.called if one not in self.rooms]
            lost = f"I can't see {whose} calendar"
            return f"{listed(people)} {has_or_have(people)}n't connected a calendar, and {lost}" if people else lost
        who = f"{listed(self.called)} {has_or_have(self.called)}n't connected a calendar"
        if not self.mute:
            return who
        whose = "theirs" if set(self.mute) == set(self.called) else f"that of {listed(self.mute)}"
        return f"{who}, and the company calendar doesn't show me {whose}"


def missing(
    tx: Tx,
    proposal: Proposal,
    asker: Person,
    everyone: Mapping[PersonId, Person],
    called: Mapping[PersonId, str],
    now: datetime,
) -> Missing:
    """Everybody but the asker for whom it waits."""
    people = [everyone[one] for one in proposal.waiting_for if one != asker.id]
    mute = mute_to(tx, asker.tenant, asker.id, [one.id for one in people])
    told = [_told(tx, proposal, asker, one, called[one.id], now) for one in people]
    return Missing(
        called=tuple(called[one.id] for one in people),
        mute=tuple(called[one.id] for one in people if one.id in mute),
        rooms=tuple(called[one.id] for one in people if _is_room(one)),
        became=tuple(words for words, _ in told if words),
        asks=tuple(button for _, button in told if button is not None)[:MOST_ASKED],
    )


def unseen_button(proposal: Proposal) -> Button:
    """The way on without the calendars that do not tell."""
    return Button(label="Book without seeing it", does=Press("proposal.unseen", proposal.id))


def _is_room(person: Person) -> bool:
    """Also one that was removed meanwhile."""
    return person.identity.user.startswith(MARK)


def _told(
    tx: Tx, proposal: Proposal, asker: Person, person: Person, name: str, now: datetime
) -> tuple[str, Button | None]:
    """What became of asking them, and the button that does."""
    if person.standing is Standing.DEACTIVATED and _is_room(person):
        return f"{name} was removed: it can no longer be booked here.", None
    if person.standing is Standing.ROOM:
        return f"Whoever administers this workspace can name an account that sees {name}.", None
    if person.standing is Standing.ADDRESS:
        return f"I don't know {name} here yet: ask them to write to me, then to connect a calendar.", None
    row = messages.shown(tx, person.tenant, messages.id_of(INVITE, proposal.id, person.id))
    if row is not None and row.is_refused:
        return f"I can't write to {name}: they don't have Overlap yet.", None
    told = invitations.of(tx, person.tenant, person.id)
    if told.is_unwanted:
        return f"{name} does not want to be asked.", None
    if may_be_asked(told, now) or told.asked_at is None:
        press = Press("proposal.invite", proposal.id, person.id)
        return "", Button(label=f"Ask {name} to connect", does=press, look=Look.PRIMARY)
    if row is not None:
        return f"Asked, waiting: I asked {name} to connect one.", None
    day = times.day(local(told.asked_at, asker.zone).date())
    return f"{name} was asked on {day} and has not connected yet.", None
